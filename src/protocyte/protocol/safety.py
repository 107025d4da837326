"""Chapter: safety (ICH M11 section 8.4 and 9): scales, treatment-emergent window, interests."""

from typing import Annotated, Literal

from pydantic import Field

from protocyte.protocol.chapter import Chapter
from protocyte.protocol.methods.monitoring import Monitoring
from protocyte.protocol.quantity import DurationText
from protocyte.protocol.schedule import Anchor

AdverseEventScale = Literal["CTCAE 4.0", "CTCAE 4.03", "CTCAE 5.0", "CTCAE 6.0"]
CrsScale = Literal["ASTCT 2019", "Lee 2014", "CTCAE 4.03", "CTCAE 5.0"]
IcansScale = Literal["ASTCT 2019", "CTCAE 5.0"]
GvhdScale = Literal["MAGIC 2016", "Glucksberg 1974"]
#: Scales made for single syndromes, with what they grade.
SYNDROME_SCALES: dict[str, tuple[str, ...]] = {
    "ASTCT 2019": ("CRS", "ICANS"),
    "Lee 2014": ("CRS",),
}
Interest = Literal["CRS", "ICANS", "GvHD", "IEC-HS", "infection", "cytopenia"]


class Scales(Chapter):
    """Which edition grades what. The same people graded on two scales give two answers."""

    adverse_events: AdverseEventScale | None = Field(default=None, alias="AE")
    """Adverse events in general."""
    crs: CrsScale | None = Field(default=None, alias="CRS")
    """Cytokine release syndrome."""
    icans: IcansScale | None = Field(default=None, alias="ICANS")
    """Immune effector cell-associated neurotoxicity syndrome."""
    gvhd: GvhdScale | None = Field(default=None, alias="GvHD")
    """Acute graft-versus-host disease."""

    def of(self, term: str) -> str | None:
        """Return the scale that grades a term; adverse events in general unless it has its own."""
        own = {"CRS": self.crs, "ICANS": self.icans, "GvHD": self.gvhd}
        return own.get(term, self.adverse_events)


class TreatmentEmergent(Chapter):
    """When an adverse event counts as treatment-emergent."""

    anchor: Anchor = Field(default="infusion", alias="from")
    """Start of the window."""
    until: DurationText
    """Length of the window; the last day is included."""
    worsened: bool = True
    """Whether an event that existed before and worsened counts."""


class Safety(Chapter):
    """How harm is graded, and when it counts."""

    scales: Scales = Scales()
    """Scales, each by edition."""
    treatment_emergent: TreatmentEmergent | None = None
    """Window of treatment-emergent adverse events."""
    of_interest: tuple[Interest, ...] = ()
    """Adverse events of special interest, reported apart."""
    monitoring: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Monitoring] | None = None
    """Stopping boundaries, each under a name of its own."""
