"""Chapter: objectives and endpoints (ICH M11 section 3).

Each endpoint says what is measured, from which anchor, until when, and by which instrument.
"""

from typing import Annotated, Literal

from pydantic import Field

from protocyte.protocol.chapter import Chapter
from protocyte.protocol.quantity import DurationText
from protocyte.protocol.safety import AdverseEventScale, CrsScale, IcansScale, Interest
from protocyte.protocol.schedule import Anchor, Assessment

Instrument = Literal["SRI-4", "DORIS", "drug-free DORIS", "LLDAS"]
ResponseCriteria = Literal[
    "ELN 2022", "Chinese AML guideline 2023", "NCCN ALL", "Lugano 2014", "as reported"
]
KineticParameter = Literal["Cmax", "Tmax", "AUC0-28d", "AUC0-90d", "Clast", "Tlast", "half-life"]
#: Assessments that an endpoint needs: of each group, one must be made.
Needs = tuple[tuple[Assessment, ...], ...]
_STATE: Needs = (("SLEDAI",), ("PGA",), ("medication",))
_INSTRUMENT: dict[Instrument, Needs] = {
    "SRI-4": (("SLEDAI",), ("BILAG",), ("PGA",)),
    "DORIS": _STATE,
    "drug-free DORIS": _STATE,
    "LLDAS": _STATE,
}


class _Endpoint(Chapter):
    says: str | None = None
    """The source's words, shortened where long."""

    @property
    def needs(self) -> Needs:
        """Assessments without which it stays empty: of each group, one must be made."""
        return ()


class AdverseEventEndpoint(_Endpoint):
    """Share of participants with an adverse event in a window, by grade."""

    measure: Literal["adverse events"]
    """Kind of endpoint."""
    of: Literal["treatment-emergent"] | Interest = "treatment-emergent"
    """All treatment-emergent events, or one of special interest."""
    related: bool = False
    """Only events that the investigator relates to the product."""
    anchor: Anchor = Field(default="infusion", alias="from")
    """Start of the window."""
    until: DurationText | None = None
    """Length of the window; absent for the whole follow-up."""
    scale: AdverseEventScale | CrsScale | IcansScale | None = None
    """Scale, if other than the safety chapter's."""

    @property
    def needs(self) -> Needs:
        """Somebody must ask for adverse events."""
        return (("safety",),)


class DoseLimitingToxicityEndpoint(_Endpoint):
    """Share of participants with a dose-limiting toxicity, as the dosing chapter defines it."""

    measure: Literal["dose-limiting toxicity"]
    """Kind of endpoint."""


class DoseEndpoint(_Endpoint):
    """The dose that the trial is to find."""

    measure: Literal["dose"]
    """Kind of endpoint."""
    finds: Literal["recommended phase 2 dose", "optimal biological dose", "maximum tolerated dose"]
    """What is found."""


class ResponseEndpoint(_Endpoint):
    """Share of participants whose best response is one of those that count."""

    measure: Literal["response rate"]
    """Kind of endpoint."""
    criteria: ResponseCriteria
    """Response criteria, by edition."""
    responders: Annotated[tuple[str, ...], Field(min_length=1)]
    """Categories that count as response, such as CR, CRi, PR."""
    anchor: Anchor = Field(default="infusion", alias="from")
    """Start of the window."""
    until: DurationText | None = None
    """Length of the window; absent for the whole follow-up."""
    assessed_by: Literal["investigator", "independent committee"] = "investigator"
    """Who judges."""
    denominator: Literal["infused", "enrolled", "evaluable"] = "infused"
    """Who is counted."""

    @property
    def needs(self) -> Needs:
        """Response must be judged."""
        return (("disease response",),)


class TimeToEventEndpoint(_Endpoint):
    """Time from an anchor to the first of some events."""

    measure: Literal["time to event"]
    """Kind of endpoint."""
    anchor: Anchor | Literal["first response"] = Field(alias="from")
    """Where the clock starts."""
    until_first: Annotated[
        tuple[Literal["death", "progression", "relapse", "new therapy"], ...], Field(min_length=1)
    ]
    """Endpoint events."""
    horizon: DurationText | None = None
    """Time at which the estimate is reported, besides the median."""
    censor_at: tuple[Literal["new therapy", "transplant", "withdrawal"], ...] = ()
    """Intercurrent events that end observation."""

    @property
    def needs(self) -> Needs:
        """Disease must be looked at for its events; any contact tells that a person lives."""
        disease = self.anchor == "first response" or {"progression", "relapse"} & set(
            self.until_first
        )
        contact: Needs = (("survival", "disease response", "safety"),)
        return (("disease response",),) if disease else contact


class ResponderEndpoint(_Endpoint):
    """Share of participants who reach a state that an instrument defines."""

    measure: Literal["responder"]
    """Kind of endpoint."""
    instrument: Instrument
    """Instrument that defines the state."""
    at: Annotated[tuple[str, ...], Field(min_length=1)]
    """Visits at which it is judged, by name."""
    maintained: bool = False
    """Whether the state must hold at each of these visits."""
    missing: Literal["non-responder", "excluded"] = "non-responder"
    """What a participant without the assessment counts as."""

    @property
    def needs(self) -> Needs:
        """Every score that the instrument is made of."""
        return _INSTRUMENT[self.instrument]


class ChangeEndpoint(_Endpoint):
    """Change of a score or value from baseline."""

    measure: Literal["change"]
    """Kind of endpoint."""
    of: Literal["SLEDAI", "ECOG", "PGA", "B cells"]
    """What is measured."""
    at: Annotated[tuple[str, ...], Field(min_length=1)]
    """Visits at which it is reported, by name."""

    @property
    def needs(self) -> Needs:
        """The score or value itself."""
        return ((self.of,),)


class KineticsEndpoint(_Endpoint):
    """Expansion and persistence of the infused cells."""

    measure: Literal["cell kinetics"]
    """Kind of endpoint."""
    parameters: Annotated[tuple[KineticParameter, ...], Field(min_length=1)]
    """Parameters of the concentration-time profile."""
    analyte: Literal["transgene", "CAR-positive cells"] = "transgene"
    """What is counted in blood."""

    @property
    def needs(self) -> Needs:
        """Blood samples for the count of cells."""
        return (("cell kinetics",),)


Endpoint = Annotated[
    AdverseEventEndpoint
    | DoseLimitingToxicityEndpoint
    | DoseEndpoint
    | ResponseEndpoint
    | TimeToEventEndpoint
    | ResponderEndpoint
    | ChangeEndpoint
    | KineticsEndpoint,
    Field(discriminator="measure"),
]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Endpoints(Chapter):
    """Endpoints by rank."""

    primary: dict[Name, Endpoint]
    """Primary endpoints."""
    secondary: dict[Name, Endpoint] = Field(default_factory=dict)
    """Secondary endpoints."""
    exploratory: dict[Name, Endpoint] = Field(default_factory=dict)
    """Exploratory endpoints."""

    def ranked(self) -> "list[tuple[str, str, Endpoint]]":
        """Return rank, name and endpoint of each, primary ones first."""
        return [
            (rank, name, endpoint)
            for rank in ("primary", "secondary", "exploratory")
            for name, endpoint in getattr(self, rank).items()
        ]

    def named(self, name: str) -> "Endpoint | None":
        """Return the endpoint of a name, primary ones first; None if there is none."""
        return next((endpoint for _, known, endpoint in self.ranked() if known == name), None)
