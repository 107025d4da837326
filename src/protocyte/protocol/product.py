"""Chapter: the product (ICH M11 trial intervention): receptors, edits, armour, donor."""

from typing import Annotated, Literal

from pydantic import Field

from protocyte.protocol.chapter import Chapter
from protocyte.protocol.quantity import CellDoseText

Donor = Literal["autologous", "healthy donor", "related donor", "umbilical cord blood", "iPSC"]
RECEPTOR_GENES = frozenset({"TRAC", "TRBC", "TCR"})
Gene = Annotated[str, Field(pattern=r"^[A-Z0-9][A-Za-z0-9-]*$", examples=["TRAC"])]


class Release(Chapter):
    """Limits that a batch must keep to be released."""

    tcr_positive: CellDoseText | None = None
    """Most T-cell-receptor-positive cells allowed in a dose."""
    viability: Annotated[float, Field(ge=0, le=1)] | None = None
    """Least share of living cells [1]."""


class Product(Chapter):
    """What is infused, and what was done to its cells."""

    name: str
    """Name or code of the product."""
    aliases: tuple[str, ...] = ()
    """Earlier codes and non-proprietary names."""
    donor: Donor
    """Whose cells they are."""
    cars: Annotated[tuple[str, ...], Field(min_length=1)]
    """Antigens that the chimeric antigen receptors bind."""
    edits: tuple[Gene, ...] | None = None
    """Genes deleted, by symbol; `TCR` where a source names only the receptor. An empty list says
    that none is; absent means that no source tells."""
    armour: tuple[str, ...] = ()
    """Further receptors or ligands that protect the cells, such as `NKG2A CAR`."""
    describes: str | None = None
    """The product in the source's terms, shortened."""
    efficiency: dict[Gene, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=dict)
    """Share of cells in which each edit succeeded, where a source gives it [1]."""
    selection: str | None = None
    """Purification after editing, such as removal of receptor-positive cells."""
    frozen: bool | None = None
    """Whether it is given from the freezer."""
    release: Release | None = None
    """Release limits, where a source gives them."""

    @property
    def is_autologous(self) -> bool:
        """Whether each participant receives his or her own cells."""
        return self.donor == "autologous"

    @property
    def lacks_t_cell_receptor(self) -> bool | None:
        """Whether the T-cell receptor was deleted; None if no source tells."""
        return None if self.edits is None else bool(RECEPTOR_GENES & set(self.edits))
