"""Words for rules around a dose method: what holds a step back, and when a trial stops."""

from typing import Annotated, Literal

from pydantic import Field, Tag, model_validator

from protocyte.protocol.chapter import Chapter
from protocyte.protocol.methods.one_key import ONE_KEY
from protocyte.protocol.methods.probability import Target

Count = Annotated[int, Field(ge=1, le=200)]


class TooToxic(Chapter):
    """The posterior probability of exceeding a toxicity limit is great."""

    certainty: Target = 0.95
    """That probability must be greater [1]."""
    limit: Target | None = None
    """Toxicity probability to exceed [1]; the method's target if absent."""
    at: Literal["lowest", "current", "any"] = "lowest"
    """Which dose: the lowest, that of the last cohort, or any."""
    least: Count = 1
    """With fewer participants at the dose it does not hold."""


class Precise(Chapter):
    """The toxicity probability at the last cohort's dose is known well enough."""

    width: Target
    """The posterior interval must be narrower [1]."""
    level: Target = 0.95
    """Posterior probability of the interval [1]."""


class NearTarget(Chapter):
    """The toxicity probability at the last cohort's dose probably lies in an interval."""

    low: Annotated[float, Field(ge=0, lt=1)]
    """Lower end [1]."""
    high: Annotated[float, Field(gt=0, le=1)]
    """Upper end [1]."""
    certainty: Target
    """Its posterior probability must be greater [1]."""

    @model_validator(mode="after")
    def _in_order(self) -> "NearTarget":
        if self.low >= self.high:
            raise ValueError(
                f"the interval from {self.low:g} to {self.high:g} is empty; write the lower end "
                "first"
            )
        return self


class WhenEnoughAtDose(Chapter):
    """Enough participants were treated at the last cohort's dose."""

    settings: Count = Field(alias="enough at the dose")
    """How many are enough."""


class WhenEnoughTreated(Chapter):
    """Enough participants were treated in all."""

    settings: Count = Field(alias="enough treated")
    """How many are enough."""


class WhenStaying(Chapter):
    """The next cohort would stay at the dose."""

    settings: Literal["stays"] = Field(alias="next cohort")
    """Stays at the last cohort's dose."""


class WhenTooToxic(Chapter):
    """A dose is too toxic."""

    settings: TooToxic = Field(alias="too toxic")
    """Which, and how sure one must be."""


class WhenPrecise(Chapter):
    """The toxicity probability is known well enough."""

    settings: Precise = Field(alias="precise")
    """How well."""


class WhenNearTarget(Chapter):
    """The toxicity probability is probably near the target."""

    settings: NearTarget = Field(alias="near the target")
    """How near, and how sure one must be."""


Question = Annotated[
    Annotated[WhenEnoughAtDose, Tag("enough at the dose")]
    | Annotated[WhenEnoughTreated, Tag("enough treated")]
    | Annotated[WhenStaying, Tag("next cohort")]
    | Annotated[WhenTooToxic, Tag("too toxic")]
    | Annotated[WhenPrecise, Tag("precise")]
    | Annotated[WhenNearTarget, Tag("near the target")],
    ONE_KEY,
]


class WhenAllOf(Chapter):
    """All of several conditions."""

    settings: Annotated[tuple[Question, ...], Field(min_length=1)] = Field(alias="all of")
    """The conditions."""


Clause = Annotated[
    Annotated[WhenEnoughAtDose, Tag("enough at the dose")]
    | Annotated[WhenEnoughTreated, Tag("enough treated")]
    | Annotated[WhenStaying, Tag("next cohort")]
    | Annotated[WhenTooToxic, Tag("too toxic")]
    | Annotated[WhenPrecise, Tag("precise")]
    | Annotated[WhenNearTarget, Tag("near the target")]
    | Annotated[WhenAllOf, Tag("all of")],
    ONE_KEY,
]


class WhenAnyOf(Chapter):
    """At least one of several conditions, each of which may be `all of` some."""

    settings: Annotated[tuple[Clause, ...], Field(min_length=1)] = Field(alias="any of")
    """The conditions."""


StopCondition = Annotated[
    Annotated[WhenEnoughAtDose, Tag("enough at the dose")]
    | Annotated[WhenEnoughTreated, Tag("enough treated")]
    | Annotated[WhenStaying, Tag("next cohort")]
    | Annotated[WhenTooToxic, Tag("too toxic")]
    | Annotated[WhenPrecise, Tag("precise")]
    | Annotated[WhenNearTarget, Tag("near the target")]
    | Annotated[WhenAllOf, Tag("all of")]
    | Annotated[WhenAnyOf, Tag("any of")],
    ONE_KEY,
]


class Titration(Chapter):
    """One participant a level until the first DLT, then full cohorts."""

    up_to: Annotated[int, Field(ge=1)] | None = None
    """Number of the level after which it ends; the highest if absent."""


class MostAtDose(Chapter):
    """How many are treated at one dose, at most."""

    cohorts: Count | None = None
    """Cohorts of the usual size."""
    participants: Count | None = None
    """Participants."""

    @model_validator(mode="after")
    def _one_of_both(self) -> "MostAtDose":
        if (self.cohorts is None) == (self.participants is None):
            raise ValueError("the most at a dose is one number; write `cohorts` or `participants`")
        return self


class RuleNoSkipping(Chapter):
    """No untried level is skipped on the way up."""

    settings: Literal["not skipped"] = Field(alias="untried levels")
    """They are not skipped."""


class RuleIncrease(Chapter):
    """The dose rises by no more than a share of the highest dose that was tried."""

    settings: Annotated[float, Field(gt=0, le=100)] = Field(alias="largest increase")
    """That share [1]; 1 doubles the dose."""


class RuleMostAtDose(Chapter):
    """At most so many are treated at one dose."""

    settings: MostAtDose = Field(alias="most at a dose")
    """How many."""


class RuleLeastAtSelected(Chapter):
    """At least so many are treated at a dose that is selected."""

    settings: Count = Field(alias="least at the selected dose")
    """How many participants."""


class RuleTitration(Chapter):
    """Accelerated titration."""

    settings: Titration = Field(alias="accelerated titration")
    """Settings."""


class RuleStop(Chapter):
    """The trial stops when a condition holds."""

    settings: StopCondition = Field(alias="stop when")
    """The condition."""


DoseRule = Annotated[
    Annotated[RuleNoSkipping, Tag("untried levels")]
    | Annotated[RuleIncrease, Tag("largest increase")]
    | Annotated[RuleMostAtDose, Tag("most at a dose")]
    | Annotated[RuleLeastAtSelected, Tag("least at the selected dose")]
    | Annotated[RuleTitration, Tag("accelerated titration")]
    | Annotated[RuleStop, Tag("stop when")],
    ONE_KEY,
]
