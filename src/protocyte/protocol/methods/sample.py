"""Words for how many are treated at one dose."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from protocyte.protocol.chapter import Chapter
from protocyte.protocol.methods.probability import Target
from protocyte.protocol.quantity import DurationText

Look = Annotated[int, Field(ge=1, le=5000)]
Looks = Annotated[tuple[Look, ...], Field(min_length=1, max_length=1000)]
Positive = Annotated[float, Field(gt=0, le=10_000)]


class Hypotheses(Chapter):
    """What a rule on responders tells apart."""

    endpoint: str
    """Name of the endpoint whose response is counted."""
    p0: Target
    """Response probability that is not worth pursuing [1]."""
    p1: Target
    """Response probability that is [1]."""


class Tested(Hypotheses):
    """Hypotheses and error rates from which the number of participants follows."""

    alpha: Target
    """Largest probability of a false positive [1]."""
    power: Target
    """Least probability of a true positive [1]."""


class Calibrated(Hypotheses):
    """Hypotheses, looks, and a curve of certainty that is calibrated to the error rate."""

    looks: Looks
    """Participants at each look; the last is the number treated."""
    alpha: Target
    """Largest probability of a false positive [1]."""
    power: Target | None = None
    """Least probability of a true positive [1]; as much as there is if absent."""
    alpha_control: Literal["strict", "closest"] = "strict"
    """Whether the exact error stays at or below alpha, or comes as close to it as it can."""


class Component(Chapter):
    """A beta distribution of a prior."""

    weight: Annotated[float, Field(ge=0, le=1)] = 1
    """Its share [1]; all shares add up to 1."""
    a: Positive = 1
    """First parameter: as if so many had responded [1]."""
    b: Positive = 1
    """Second parameter: as if so many had not [1]."""


Prior = Annotated[tuple[Component, ...], Field(min_length=1)]


class Simon(Tested):
    """Two stages, stopping early for futility (Simon 1989)."""

    kind: Literal["optimal", "minimax"] = "optimal"
    """Least expected, or least largest, number of participants."""


class SingleStage(Tested):
    """One stage, decided by an exact binomial test (A'Hern 2001)."""

    slack: Annotated[float, Field(ge=0, lt=0.1)] = 0
    """By how much both errors may exceed their limits [1]."""


class Fleming(Tested):
    """Two stages, stopping early for futility or for efficacy (Fleming 1982)."""

    kind: Literal["optimal", "minimax"] = "optimal"
    """Least expected, or least largest, number of participants."""
    under: Literal["p0", "p1"] = "p0"
    """Truth under which participants are expected."""


class BOP2(Calibrated):
    """Bayesian optimal phase II design, stopping early for futility (Zhou 2017)."""


class BOP2FE(Calibrated):
    """Bayesian optimal phase II design that also stops for efficacy (Xu 2025)."""

    boundary: Literal["power", "O'Brien-Fleming"] = "power"
    """Shape of the efficacy boundary."""


class BOP2WithToxicity(Hypotheses):
    """BOP2 of response and toxicity: either stops it, both are needed (Zhou 2017)."""

    unacceptable: Target
    """Probability of a dose-limiting toxicity that is not acceptable [1]."""
    acceptable: Target
    """Probability of one that is [1]."""
    looks: Looks
    """Participants at each look; the last is the number treated."""
    alpha: Target
    """Largest probability of a positive result where neither is good enough [1]."""
    power: Target | None = None
    """Least probability of one where both are [1]; as much as there is if absent."""
    alpha_control: Literal["strict", "closest"] = "strict"
    """Whether the exact error stays at or below alpha, or comes as close to it as it can."""

    @model_validator(mode="after")
    def _in_order(self) -> "BOP2WithToxicity":
        if self.acceptable >= self.unacceptable:
            raise ValueError(
                f"a toxicity probability of {self.acceptable:g} is called acceptable and one of "
                f"{self.unacceptable:g} unacceptable; write the lower one as `acceptable`"
            )
        return self


class TOP(Calibrated):
    """BOP2 for responses that come late: decides while some are awaited (Lin 2020)."""

    window: DurationText
    """Time within which a response counts."""


class Predictive(Hypotheses):
    """Stops when success at the end has become too improbable, or certain (Lee and Liu 2008)."""

    looks: Looks
    """Participants at each look; the last is the number treated."""
    prior: Prior = (Component(),)
    """Belief about the response probability before the trial."""
    certainty: Target
    """Posterior probability of exceeding p0 that is success at the end [1]."""
    futility: Target | None = None
    """Predictive probability of success below which the trial stops [1]; never if absent."""
    efficacy: Target | None = None
    """Predictive probability of success above which the trial stops [1]; never if absent."""


class BayesianArm(Chapter):
    """Judges by the posterior, under a prior that may be a robust mixture."""

    endpoint: str
    """Name of the endpoint whose response is counted."""
    p0: Target
    """Response probability to exceed [1]."""
    p1: Target | None = None
    """Response probability that is worth pursuing [1], under which power is reported."""
    looks: Looks
    """Participants at each look; the last is the number treated."""
    prior: Prior = (Component(),)
    """Belief about the response probability before the trial."""
    control: Annotated[tuple[Component, ...], Field(min_length=1)] | None = None
    """Belief about a control's response probability, to be exceeded in place of p0 (Thall 1994)."""
    margin: Annotated[float, Field(ge=0, lt=1)] = 0
    """By how much it is to be exceeded [1]."""
    certainty: Target
    """Posterior probability of exceeding it that is success at the end [1]."""
    futility: Target | None = None
    """Posterior probability below which an earlier look stops [1]; never if absent."""
    efficacy: Target | None = None
    """Posterior probability above which an earlier look stops [1]; never if absent."""


class FixedSample(Chapter):
    """A number of participants, and no rule that stops or decides."""

    participants: Annotated[int, Field(ge=1)]
    """Number treated."""
    endpoint: str | None = None
    """Name of the endpoint whose precision the number gives."""


class UseSimon(Chapter):
    """Simon's two-stage design."""

    settings: Simon = Field(alias="Simon")
    """Settings."""


class UseSingleStage(Chapter):
    """A single stage with an exact test."""

    settings: SingleStage = Field(alias="single stage")
    """Settings."""


class UseFleming(Chapter):
    """Fleming's two-stage design."""

    settings: Fleming = Field(alias="Fleming")
    """Settings."""


class UseBOP2(Chapter):
    """The BOP2 design."""

    settings: BOP2 = Field(alias="BOP2")
    """Settings."""


class UseBOP2FE(Chapter):
    """The BOP2-FE design."""

    settings: BOP2FE = Field(alias="BOP2-FE")
    """Settings."""


class UseBOP2WithToxicity(Chapter):
    """The BOP2 design of response and toxicity."""

    settings: BOP2WithToxicity = Field(alias="BOP2 with toxicity")
    """Settings."""


class UseTOP(Chapter):
    """The TOP design."""

    settings: TOP = Field(alias="TOP")
    """Settings."""


class UsePredictive(Chapter):
    """Predictive probability monitoring."""

    settings: Predictive = Field(alias="predictive probability")
    """Settings."""


class UseBayesianArm(Chapter):
    """A single arm judged by its posterior."""

    settings: BayesianArm = Field(alias="Bayesian single arm")
    """Settings."""


class UseFixedSample(Chapter):
    """A fixed number of participants."""

    settings: FixedSample = Field(alias="fixed sample")
    """Settings."""
