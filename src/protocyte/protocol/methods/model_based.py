"""Words for designs that fit a curve to all doses: CRM, BLRM with overdose control, EffTox."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from protocyte.protocol.chapter import Chapter
from protocyte.protocol.methods.probability import Target
from protocyte.protocol.quantity import CellDoseText

Spread = Annotated[float, Field(ge=0.01, le=20)]
Middle = Annotated[float, Field(ge=-50, le=50)]


class NormalPrior(Chapter):
    """A normal distribution."""

    mean: Middle
    """Mean [1]."""
    sd: Spread
    """Standard deviation [1]."""


class CurvePrior(Chapter):
    """What is believed of a logistic curve before the trial."""

    intercept: NormalPrior
    """Log-odds of toxicity at the reference dose."""
    log_slope: NormalPrior
    """Logarithm of the slope on the log dose."""
    correlation: Annotated[float, Field(ge=-0.99, le=0.99)] = 0
    """Correlation of the two [1]."""


class CRM(Chapter):
    """Continual reassessment method (O'Quigley 1990)."""

    target: Target
    """Target toxicity probability [1]."""
    skeleton: tuple[Target, ...] | None = None
    """Prior guess of the toxicity probability at each level [1], rising; made from `half_width` if
    absent."""
    half_width: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    """Half-width of the indifference interval from which a skeleton is made [1]."""
    prior_mtd: Annotated[int, Field(ge=1)] | None = None
    """Level that is guessed to be the MTD; the middle one if absent."""
    curve: Literal["empiric", "logistic", "two-parameter logistic"] = "empiric"
    """A power of the skeleton, a logistic curve with a fixed intercept, or one with two
    parameters."""
    intercept: Annotated[float, Field(ge=-20, le=20)] = 3
    """Fixed intercept of the logistic curve with one parameter [1]."""
    prior_sd: Annotated[float, Field(ge=0.01, le=100)] = 1.34**0.5
    """Standard deviation of the only parameter before the trial [1]."""
    prior: CurvePrior | None = None
    """What is believed of two parameters; at their means the curve is the skeleton."""
    estimate: Literal["plug-in", "posterior mean"] = "plug-in"
    """Whether the curve at the mean parameters is compared with the target, or the mean curve."""
    coherent: bool = True
    """Whether the dose is not raised while the last cohort's toxicity rate reaches the target."""
    skipping: bool = False
    """Whether untried levels may be skipped."""

    @model_validator(mode="after")
    def _one_prior(self) -> "CRM":
        two = self.curve == "two-parameter logistic"
        if two and self.prior is None:
            raise ValueError("a curve with two parameters needs a prior of both; write `prior`")
        if self.prior is not None and not two:
            raise ValueError(
                "a prior of two parameters is given and the curve has one; write `curve: "
                "two-parameter logistic`, or `prior_sd` in place of `prior`"
            )
        return self

    @model_validator(mode="after")
    def _skeleton_stands(self) -> "CRM":
        if self.skeleton is None:
            if not self.half_width < min(self.target, 1 - self.target):
                raise ValueError(
                    f"the half-width {self.half_width:g} leaves no room around the target "
                    f"{self.target:g}; write a smaller one, customarily 0.04 to 0.06"
                )
        elif any(a >= b for a, b in zip(self.skeleton, self.skeleton[1:], strict=False)):
            raise ValueError("the skeleton does not rise from level to level")
        return self


class BLRM(Chapter):
    """Bayesian logistic regression with overdose control (Neuenschwander 2008, Babb 1998)."""

    reference: CellDoseText
    """Dose at which the prior's intercept is the log-odds of toxicity."""
    prior: CurvePrior
    """What is believed of the curve before the trial."""
    on_target: tuple[Target, Target] = (0.20, 0.35)
    """Toxicity probabilities that are on target [1]: from the first to below the second."""
    overdose_limit: Target = 0.25
    """A dose is safe enough while overdosing is less probable than this [1]."""
    at_the_limit: Literal["too toxic", "safe"] = "too toxic"
    """What a dose is whose probability of overdosing is exactly the limit."""
    one_level_up: bool = True
    """Whether the next dose is at most one level above the highest tried."""
    largest_increase: Annotated[float, Field(gt=0, le=100)] | None = None
    """Largest increase over the highest dose tried, as a share of it [1]; 1 doubles it."""
    negligible: Target | None = None
    """If no dose that may be given is on target with more probability than this, the highest is
    given [1]."""
    least_at_mtd: Annotated[int, Field(ge=1, le=200)] | None = None
    """Participants without whom a dose is not declared the MTD."""
    least_on_target: Target | None = None
    """Probability of being on target without which a dose is not declared the MTD [1]."""
    stop_when_declared: bool = False
    """Whether the trial stops once the next dose can be declared the MTD."""

    @model_validator(mode="after")
    def _in_order(self) -> "BLRM":
        low, high = self.on_target
        if low >= high:
            raise ValueError(
                f"the target interval from {low:g} to {high:g} is empty; write the lower end first"
            )
        if self.stop_when_declared and self.least_at_mtd is None and self.least_on_target is None:
            raise ValueError(
                "the trial would stop as soon as an MTD can be declared, and nothing is asked of "
                "an MTD; write `least_at_mtd` or `least_on_target`"
            )
        return self


class Contour(Chapter):
    """Three points that are equally good, and a curve through them."""

    least_response: Target
    """Response probability that is just enough if there is no toxicity [1]."""
    middle_response: Target
    """Response probability of a point between [1]."""
    middle_toxicity: Target
    """Toxicity probability of that point [1]."""
    most_toxicity: Annotated[float, Field(gt=0, le=1)]
    """Toxicity probability that is just bearable if everybody responds [1]."""

    @model_validator(mode="after")
    def _in_order(self) -> "Contour":
        if self.least_response >= self.middle_response:
            raise ValueError("`middle_response` must be above `least_response`")
        if self.middle_toxicity >= self.most_toxicity:
            raise ValueError("`middle_toxicity` must be below `most_toxicity`")
        return self


class EffToxPrior(Chapter):
    """What is believed of two logistic curves on the log dose before the trial."""

    tox_intercept: NormalPrior
    """Log-odds of toxicity at the mean log dose."""
    tox_slope: NormalPrior
    """Its slope."""
    eff_intercept: NormalPrior
    """Log-odds of response at the mean log dose."""
    eff_slope: NormalPrior
    """Its slope."""
    eff_curvature: NormalPrior
    """Its curvature."""
    association: NormalPrior
    """Association of toxicity and response."""


class EffTox(Chapter):
    """Best trade-off of response and toxicity (Thall and Cook 2004)."""

    toxicity_limit: Target
    """Toxicity probability that a tolerable dose is below [1]."""
    efficacy_floor: Target
    """Response probability that an effective dose is above [1]."""
    contour: Contour
    """What is worth the same."""
    prior: EffToxPrior
    """What is believed before the trial."""
    toxicity_certainty: Target = 0.1
    """Probability of being tolerable that an acceptable dose exceeds [1]."""
    efficacy_certainty: Target = 0.1
    """Probability of being effective that an acceptable dose exceeds [1]."""
    reach: Literal["one level beyond tried", "any"] = "one level beyond tried"
    """How far the next dose may be from those tried."""


class UseCRM(Chapter):
    """The CRM."""

    settings: CRM = Field(alias="CRM")
    """Settings."""


class UseBLRM(Chapter):
    """The BLRM with overdose control."""

    settings: BLRM = Field(alias="BLRM")
    """Settings."""


class UseEffTox(Chapter):
    """The EffTox design."""

    settings: EffTox = Field(alias="EffTox")
    """Settings."""
