"""Words for designs that look for a dose by its toxicity."""

from typing import Annotated, Literal

from pydantic import Field

from protocyte.protocol.chapter import Chapter
from protocyte.protocol.methods.probability import Target


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


class UseThreePlusThree(Chapter):
    """The 3+3 design."""

    settings: ThreePlusThree = Field(alias="3+3")
    """Settings."""


class UseBOIN(Chapter):
    """The BOIN design."""

    settings: BOIN = Field(alias="BOIN")
    """Settings."""
