"""Chapter of the rehearsal: what the cell-kinetics model is told about disease and lymphodepletion.

One law: everything here is either an assumption or has its source under `sources`.
"""

from typing import Annotated, Literal

from pydantic import Field

from protocyte.protocol.chapter import Chapter

Disease = Literal["B-ALL", "T-ALL", "AML", "lymphoma", "myeloma", "SLE"]
Depth = Literal["none", "standard", "enhanced", "with alemtuzumab"]
Expansion = Literal["gated", "competition"]


class Biology(Chapter):
    """What virtual patients of the cell-kinetics model are told."""

    disease: Disease | None = None
    """What the cells are sent against; read from the trial's condition if absent."""
    expansion: Expansion = "gated"
    """`gated`: cells grow to each patient's own peak (Stein 2019). `competition`: they grow while
    host lymphocytes are few (Kimmel 2021)."""
    edits: tuple[str, ...] | None = None
    """Genes taken as deleted where no source tells which are."""
    lymphodepletion: Depth | None = None
    """How deep it goes; read from the protocol's regimen if absent."""
    regimens: dict[str, Depth] = Field(default_factory=dict)
    """How deep each named regimen of the protocol goes."""
    dose: Annotated[float, Field(gt=0, le=1e12)] | None = None
    """Cells given where the protocol's levels have none [cells]."""
    parameters: dict[str, float] = Field(default_factory=dict)
    """Typical values, or SDs between patients (`sd_` and the name), other than the model's."""
