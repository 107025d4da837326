"""What all chapters of a protocol share: frozen, strict about keys, described for editors."""

from pydantic import BaseModel, ConfigDict


class Chapter(BaseModel):
    """A part of a protocol. Values never change; a key that is not known is a finding."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        defer_build=True,  # most are read as a part of another, not alone
        populate_by_name=True,
        use_attribute_docstrings=True,
    )
