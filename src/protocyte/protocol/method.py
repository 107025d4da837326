"""How the dose is found, and how many are treated: the designs a protocol can name.

A method is one key, its settings below it: ``{BOIN: {target: 0.3}}``. The rules themselves live in
`design`; here are the numbers that are signed before the first patient.
"""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from protocyte.protocol.chapter import Chapter
from protocyte.protocol.quantity import Share

Target = Annotated[float, Field(gt=0, lt=1, description="A probability [1], between 0 and 1.")]


class ThreePlusThree(Chapter):
    """Cohorts of three, at most six a dose."""

    form: Literal["no de-escalation", "de-escalation", "six at the MTD"] = "no de-escalation"
    """Which of the three conventions in use."""


class BOIN(Chapter):
    """Bayesian optimal interval design (Liu and Yuan 2015)."""

    target: Annotated[float, Field(ge=0.05, le=0.6)]
    """Target toxicity probability [1]."""
    too_low: Target | None = None
    """Toxicity probability below which a dose is too low [1]; 0.6 x target if absent."""
    too_high: Target | None = None
    """Toxicity probability above which a dose is too high [1]; 1.4 x target if absent."""
    eliminate_above: Target = 0.95
    """Posterior probability of exceeding the target at which a dose is closed [1]."""
    extra_safe: bool = False
    """Whether the lowest dose is stopped earlier."""
    bound_mtd: bool = False
    """Whether the selected dose's estimate must lie below the de-escalation boundary."""
    stop_at: Annotated[int, Field(ge=1)] | None = None
    """Participants on one dose at which the trial stops."""


class Utilities(Chapter):
    """Worth of each joint outcome, 0 to 100."""

    response_only: Annotated[float, Field(ge=0, le=100)] = 100
    """Response without toxicity."""
    neither: Annotated[float, Field(ge=0, le=100)] = 40
    """Neither."""
    both: Annotated[float, Field(ge=0, le=100)] = 60
    """Response with toxicity."""
    toxicity_only: Annotated[float, Field(ge=0, le=100)] = 0
    """Toxicity without response."""


class BOIN12(Chapter):
    """Optimal biological dose by utility (Lin 2020)."""

    toxicity_limit: Target = 0.35
    """Highest acceptable toxicity probability [1]."""
    efficacy_floor: Target = 0.25
    """Lowest acceptable response probability [1]."""
    utilities: Utilities = Utilities()
    """Worth of the outcomes."""
    toxicity_certainty: Target = 0.95
    """Posterior certainty at which a dose is too toxic [1]."""
    futility_certainty: Target = 0.90
    """Posterior certainty at which a dose is futile [1]."""
    stop_at: Annotated[int, Field(ge=1)] | None = 12
    """Participants on one dose at which the trial stops."""
    explore: bool = True
    """Whether an untried higher dose is tried first when nine have been treated."""


class Simon(Chapter):
    """Two stages, stopping early for futility (Simon 1989)."""

    kind: Literal["optimal", "minimax"] = "optimal"
    """Least expected, or least largest, number of participants."""
    endpoint: str
    """Name of the endpoint whose response is counted."""
    p0: Target
    """Response probability that is not worth pursuing [1]."""
    p1: Target
    """Response probability that is [1]."""
    alpha: Target
    """Largest probability of a false positive [1]."""
    power: Target
    """Least probability of a true positive [1]."""


class FixedSample(Chapter):
    """A number of participants, and no rule that stops or decides."""

    participants: Annotated[int, Field(ge=1)]
    """Number treated."""
    endpoint: str | None = None
    """Name of the endpoint whose precision the number gives."""


class UseThreePlusThree(Chapter):
    """The 3+3 design."""

    settings: ThreePlusThree = Field(alias="3+3")
    """Settings."""


class UseBOIN(Chapter):
    """The BOIN design."""

    settings: BOIN = Field(alias="BOIN")
    """Settings."""


class UseBOIN12(Chapter):
    """The BOIN12 design."""

    settings: BOIN12 = Field(alias="BOIN12")
    """Settings."""


class UseSimon(Chapter):
    """Simon's two-stage design."""

    settings: Simon = Field(alias="Simon")
    """Settings."""


class UseFixedSample(Chapter):
    """A fixed number of participants."""

    settings: FixedSample = Field(alias="fixed sample")
    """Settings."""


def _only_key(value: Any) -> str | None:
    if isinstance(value, dict):
        return str(next(iter(value), ""))
    field = type(value).model_fields.get("settings") if isinstance(value, Chapter) else None
    return field.alias if field else None


DoseMethod = Annotated[
    Annotated[UseThreePlusThree, Tag("3+3")]
    | Annotated[UseBOIN, Tag("BOIN")]
    | Annotated[UseBOIN12, Tag("BOIN12")],
    Discriminator(_only_key),
]
SampleMethod = Annotated[
    Annotated[UseSimon, Tag("Simon")] | Annotated[UseFixedSample, Tag("fixed sample")],
    Discriminator(_only_key),
]
__all__ = ["DoseMethod", "SampleMethod", "Share"]
