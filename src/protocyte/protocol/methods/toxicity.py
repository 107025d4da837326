"""Words for designs that look for a dose by its toxicity."""

from typing import Annotated, Literal

from pydantic import Field

from protocyte.protocol.chapter import Chapter
from protocyte.protocol.methods.probability import Target

Sizes = Annotated[tuple[Annotated[int, Field(ge=1, le=20)], ...], Field(min_length=1)]


class ThreePlusThree(Chapter):
    """Cohorts of three, at most six a dose."""

    form: Literal["no de-escalation", "de-escalation", "six at the MTD"] = "no de-escalation"
    """Which of the three conventions in use."""


class RollingSix(Chapter):
    """Up to six a dose, enrolled while others are still watched (Skolnik 2008)."""

    five_clean: Literal["wait", "escalate"] = "wait"
    """What to do while six are enrolled, five are without DLT and one is still watched."""


class IntervalSettings(Chapter):
    """What every design has that compares the DLT rate at a dose with limits."""

    target: Target
    """Target toxicity probability [1]."""
    eliminate_above: Target = 0.95
    """Posterior probability of exceeding the target at which a dose is closed [1]."""
    eliminate_from: Annotated[int, Field(ge=1, le=20)] = 3
    """Participants at a dose from which on it may be closed."""
    extra_safe: bool = False
    """Whether the lowest dose is stopped earlier."""
    extra_safe_offset: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    """What is then taken off `eliminate_above` for the lowest dose [1]."""
    stop_at: Annotated[int, Field(ge=1)] | None = None
    """Participants on one dose at which the trial stops."""
    stop_when: Literal["staying", "always"] = "staying"
    """Whether it stops then only if the next cohort would stay at the dose."""
    cohort_sizes: Sizes | None = None
    """Participants of the first cohort, the second, …, if they differ; the last is repeated."""


class BOIN(IntervalSettings):
    """Bayesian optimal interval design (Liu and Yuan 2015)."""

    target: Annotated[float, Field(ge=0.05, le=0.6)]
    """Target toxicity probability [1]."""
    too_low: Target | None = None
    """Toxicity probability below which a dose is too low [1]; 0.6 x target if absent."""
    too_high: Target | None = None
    """Toxicity probability above which a dose is too high [1]; 1.4 x target if absent."""
    bound_mtd: bool = False
    """Whether the selected dose's estimate must lie below the de-escalation boundary."""
    adjusted: Literal["stay at 1 of 3", "de-escalate at 2 of 6"] | None = None
    """One row of the table as a 3+3 would have it."""


class EquivalenceSettings(IntervalSettings):
    """What every design has in which an interval around the target counts as the target."""

    margin_below: Annotated[float, Field(ge=0, lt=1)] = 0.05
    """How far the interval reaches below the target [1]."""
    margin_above: Annotated[float, Field(ge=0, lt=1)] = 0.05
    """How far it reaches above [1]."""


class I3Plus3(EquivalenceSettings):
    """The i3+3 rule (Liu 2020)."""


class MTPI(EquivalenceSettings):
    """Modified toxicity probability interval method (Ji 2010)."""


class MTPI2(EquivalenceSettings):
    """mTPI-2: intervals as short as the one around the target (Guo 2017)."""


class Keyboard(EquivalenceSettings):
    """Keyboard design (Yan 2017)."""

    edges: Literal["drop", "rescale"] = "drop"
    """The shorter keys at either end: left out, or kept with their own width."""


class UseThreePlusThree(Chapter):
    """The 3+3 design."""

    settings: ThreePlusThree = Field(alias="3+3")
    """Settings."""


class UseRollingSix(Chapter):
    """The rolling six design."""

    settings: RollingSix = Field(alias="rolling six")
    """Settings."""


class UseI3Plus3(Chapter):
    """The i3+3 design."""

    settings: I3Plus3 = Field(alias="i3+3")
    """Settings."""


class UseMTPI(Chapter):
    """The mTPI design."""

    settings: MTPI = Field(alias="mTPI")
    """Settings."""


class UseMTPI2(Chapter):
    """The mTPI-2 design."""

    settings: MTPI2 = Field(alias="mTPI-2")
    """Settings."""


class UseKeyboard(Chapter):
    """The Keyboard design."""

    settings: Keyboard = Field(alias="Keyboard")
    """Settings."""


class UseBOIN(Chapter):
    """The BOIN design."""

    settings: BOIN = Field(alias="BOIN")
    """Settings."""
