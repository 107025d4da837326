"""Words for designs that look for the optimal biological dose."""

from typing import Annotated, Final, Literal

from pydantic import Field

from protocyte.protocol.chapter import Chapter
from protocyte.protocol.methods.model_based import UseEffTox
from protocyte.protocol.methods.probability import Target


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


class UseBOIN12(Chapter):
    """The BOIN12 design."""

    settings: BOIN12 = Field(alias="BOIN12")
    """Settings."""


Probabilities = Annotated[tuple[Target, ...], Field(min_length=1, max_length=9)]
Rising = tuple[Annotated[float, Field(ge=0, le=1)], Annotated[float, Field(ge=0, le=1)]]


class Prior(Chapter):
    """Participants that a prior stands for, by outcome [participants]."""

    response_only: Annotated[float, Field(gt=0, le=100)] = 0.25
    """Response without toxicity."""
    neither: Annotated[float, Field(gt=0, le=100)] = 0.25
    """Neither."""
    both: Annotated[float, Field(gt=0, le=100)] = 0.25
    """Response with toxicity."""
    toxicity_only: Annotated[float, Field(gt=0, le=100)] = 0.25
    """Toxicity without response."""


class UBOIN(Chapter):
    """Optimal biological dose by BOIN first, then by utility (Zhou 2019)."""

    toxicity_limit: Annotated[float, Field(gt=0.05, le=0.65)] = 0.3
    """Highest acceptable toxicity probability [1]."""
    efficacy_floor: Target = 0.2
    """Lowest acceptable response probability [1]."""
    utilities: Utilities = Utilities()
    """Worth of the outcomes."""
    margin: Target = 0.05
    """How far below the limit the first stage aims [1]."""
    stage_one: Annotated[int, Field(ge=1)] = 12
    """Participants on one dose at which the second stage begins."""
    stage_two: Annotated[int, Field(ge=2)] = 24
    """Participants on one dose at which the trial stops."""
    toxicity_certainty: Target = 0.95
    """Posterior certainty at which a dose is too toxic [1]."""
    futility_certainty: Target = 0.90
    """Posterior certainty at which a dose is futile [1]."""
    prior: Prior = Prior()
    """What the prior stands for; one participant, split evenly, by default."""
    next_dose: Literal["best", "proportional", "equal"] = "best"
    """Whether the second stage gives the best dose, or draws one of the admissible: by its mean
    utility, or each as probably."""
    candidates: Literal["tried", "all"] = "tried"
    """Whether untried doses compete in the second stage."""


class Limits(Chapter):
    """Rates that BOIN-ET compares with."""

    lambda_1: Annotated[float, Field(ge=0, lt=1)]
    """Toxicity rate at or below which a dose is tolerated [1]."""
    lambda_2: Annotated[float, Field(gt=0, le=1)]
    """Toxicity rate at or above which a dose is left [1]."""
    eta_1: Annotated[float, Field(ge=0, lt=1)]
    """Response rate at or below which a dose does too little [1]."""


class BOINET(Chapter):
    """Optimal biological dose by the rates of toxicity and response (Takeda 2018)."""

    toxicity_target: Target = 0.3
    """Toxicity probability aimed at [1]."""
    efficacy_target: Target = 0.6
    """Response probability aimed at [1]."""
    too_safe: Target | None = None
    """Toxicity probability that is needlessly low [1]; 0.1 x target if absent."""
    too_toxic: Target | None = None
    """Toxicity probability that is too high [1]; 1.4 x target if absent."""
    too_weak: Target | None = None
    """Response probability that is too low [1]; 0.6 x target if absent."""
    toxicity_certainty: Target = 0.95
    """Posterior certainty at which a dose is too toxic [1]."""
    futility_certainty: Target = 0.99
    """Posterior certainty at which a dose is futile [1]."""
    limits: Limits | None = None
    """Rates to compare with; those with the fewest wrong moves if absent."""
    reading: Literal["package", "own truth"] = "package"
    """How wrong moves are reckoned: as the R package boinet, or each under its own truth."""
    tied: Literal["random", "lowest", "highest"] = "random"
    """Which of neighbours with the same response rate comes next."""
    conduct: Literal["careful", "boinet"] = "careful"
    """Whether a dose that is not admissible is never given, or sometimes, as in the R package."""
    select_by: Literal["response", "weighted", "truncated linear", "scores"] = "response"
    """What the selected dose maximises."""
    scores: Utilities = Utilities()
    """Worth of the outcomes, for selection by scores."""
    stop_at: Annotated[int, Field(ge=1)] | None = None
    """Participants on one dose at which the trial stops."""


class TEPI(Chapter):
    """Optimal biological dose by intervals of toxicity and response (Li 2017)."""

    toxicity_target: Target
    """Toxicity probability that must not be exceeded [1]."""
    efficacy_floor: Target
    """Lowest response probability worth going on with [1]."""
    toxicity_cuts: Probabilities
    """Where intervals of the toxicity probability meet [1], rising."""
    efficacy_cuts: Probabilities
    """Where intervals of the response probability meet [1], rising."""
    moves: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[ESD]+$")], ...], Field(min_length=2, max_length=10)
    ]
    """A row a toxicity interval, lowest first, with a letter a response interval: E escalate, S
    stay, D de-escalate."""
    toxicity_certainty: Target = 0.95
    """Posterior certainty at which a dose is too toxic [1]."""
    futility_chance: Target = 0.3
    """Posterior probability of reaching the floor below which a dose is futile [1]."""
    harmless: Rising = (0.15, 0.4)
    """Toxicity probabilities up to which a dose has full worth, and from which none [1]."""
    useful: Rising = (0.3, 0.6)
    """Response probabilities up to which a dose has no worth, and from which full worth [1]."""
    estimate: Literal["plug-in", "posterior mean"] = "plug-in"
    """Whether the worth is taken of mean rates, or averaged over the posterior."""
    stop_at: Annotated[int, Field(ge=1)] | None = None
    """Participants on one dose at which the trial stops."""


class UseUBOIN(Chapter):
    """The U-BOIN design."""

    settings: UBOIN = Field(alias="U-BOIN")
    """Settings."""


class UseBOINET(Chapter):
    """The BOIN-ET design."""

    settings: BOINET = Field(alias="BOIN-ET")
    """Settings."""


class UseTEPI(Chapter):
    """The TEPI design."""

    settings: TEPI = Field(alias="TEPI")
    """Settings."""


WEIGH_BENEFIT: Final = (UseBOIN12, UseUBOIN, UseBOINET, UseTEPI, UseEffTox)
"""Methods that weigh response against toxicity."""
