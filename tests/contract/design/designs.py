"""The designs that the contract holds for: every one that a protocol can name, and the rules.

A design is made for a number of doses; those of several doses stand the laws with one and three.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from protocyte.cli.brought import load_design
from protocyte.design import (
    BLRM,
    BOIN,
    BOIN12,
    BOINET,
    BOP2,
    BOP2FE,
    CRM,
    MTPI,
    MTPI2,
    TEPI,
    TOP,
    UBOIN,
    BayesianArm,
    BetaMixture,
    BivariateNormal,
    Cap,
    CombinationBOIN,
    Design,
    EffTox,
    EffToxPrior,
    EnoughAtDose,
    EnoughTreated,
    FixedSample,
    FlemingTwoStage,
    I3Plus3,
    IncreaseLimit,
    IntervalTable,
    JointBOP2,
    Keyboard,
    LeastAtSelected,
    LetterTable,
    MostAtDose,
    NearTarget,
    NoSkipping,
    Precise,
    PredictiveArm,
    RollingSix,
    SafetyMonitor,
    SafetyStop,
    SimonTwoStage,
    SingleStage,
    Staying,
    StopAfter,
    StoppingBoundary,
    StopWhen,
    TableDesign,
    ThreePlusThree,
    Titration,
    TooToxic,
    TradeOff,
    find_skeleton,
)
from protocyte.design.late_onset.backfill import BEBOIN, BFBOIN
from protocyte.design.late_onset.rolling_six import RollingSixInTime
from protocyte.design.late_onset.suspension import Suspension
from protocyte.design.late_onset.tite_boin import TITEBOIN
from protocyte.design.late_onset.tite_boin12 import TITEBOIN12
from protocyte.design.late_onset.tite_crm import TITECRM
from protocyte.design.late_onset.tite_keyboard import TITEKeyboard

TABLE = IntervalTable(
    tuple(n // 5 for n in range(1, 19)),
    tuple(n // 3 + 1 for n in range(1, 19)),
    tuple(n // 2 + 2 for n in range(1, 19)),
)
LETTER_TABLE = LetterTable(
    tuple((n, tuple(TABLE.letter(n, tox) for tox in range(n + 1))) for n in range(1, 19))
)


def _skeleton(doses: int) -> tuple[float, ...]:
    return find_skeleton(0.07, target=0.3, prior_mtd=min(doses, 2), n_doses=doses)


VAGUE = BivariateNormal((-0.85, 0.0), (1.0, 0.8), -0.2)
RESPONSE = EffToxPrior((-3.0, 2.0), (2.0, 1.5), (-0.5, 1.5), (1.5, 1.5), (0.0, 0.2))

# The design that the guide writes in a file of its own.
_GUIDE = Path(__file__).parents[3] / "docs/how-to/example/cumulative_cohort.py"
BROUGHT: Callable[..., Design] = load_design(_GUIDE, hint="--compare")

MANY_DOSES: dict[str, Callable[[int], Design]] = {
    "3+3 A": lambda doses: ThreePlusThree(doses, "A"),
    "3+3 B": lambda doses: ThreePlusThree(doses, "B"),
    "3+3 C": lambda doses: ThreePlusThree(doses, "C"),
    "BOIN": lambda doses: BOIN(target=0.3, n_doses=doses, cohorts=5),
    "BOIN with options": lambda doses: BOIN(
        target=0.25, n_doses=doses, cohorts=5, extra_safe=0.05, bound_mtd=True, early_stop=9
    ),
    "BOIN in cohorts of 2": lambda doses: BOIN(
        target=0.3, n_doses=doses, cohorts=6, cohort_size=2, start_dose=doses
    ),
    "the guide's own": lambda doses: BROUGHT(target=0.3, n_doses=doses, cohorts=5),
    "table": lambda doses: TableDesign(TABLE, target=0.3, n_doses=doses, cohorts=5),
    "BOIN12": lambda doses: BOIN12(doses, cohorts=4, early_stop=9, explore_from=6),
    "BOIN12 joint": lambda doses: BOIN12(
        doses, cohorts=3, utilities_of=(100, 30, 55, 0), select_by="desirability"
    ),
    "BOIN-ET": lambda doses: BOINET(doses, cohorts=4),
    "BOIN-ET as boinet": lambda doses: BOINET(
        doses, cohorts=4, conduct="boinet", select_by="scores"
    ),
    "BOIN-ET, lowest of ties": lambda doses: BOINET(
        doses, cohorts=4, efficacy_target=0.4, tied="lowest", select_by="truncated linear"
    ),
    "TEPI": lambda doses: TEPI(doses, toxicity_target=0.3, efficacy_floor=0.2, cohorts=4),
    "TEPI by posterior mean": lambda doses: TEPI(doses, cohorts=4, estimate="posterior mean"),
    "U-BOIN": lambda doses: UBOIN(doses, cohorts=5, stage_one=6, stage_two=9),
    "U-BOIN at random": lambda doses: UBOIN(
        doses, cohorts=5, stage_one=6, stage_two=9, next_dose="proportional"
    ),
    "U-BOIN joint": lambda doses: UBOIN(
        doses,
        cohorts=3,
        utilities_of=(100, 30, 55, 0),
        stage_one=3,
        stage_two=9,
        next_dose="equal",
        candidates="all",
    ),
    "cap of U-BOIN at random": lambda doses: Cap(
        UBOIN(doses, cohorts=4, stage_one=3, stage_two=9, next_dose="equal"), participants=10
    ),
    "BOIN combination": lambda doses: CombinationBOIN(
        min(doses, 2), 2, 0.3, cohorts=4, early_stop=6
    ),
    "BOIN combination, dose first": lambda doses: CombinationBOIN(
        min(doses, 2), 2, 0.25, cohorts=4, tied="dose", rounded=False
    ),
    "rolling six": lambda doses: RollingSix(doses, cohort_size=4),
    "i3+3": lambda doses: I3Plus3(target=0.25, n_doses=doses, cohorts=5),
    "mTPI": lambda doses: MTPI(target=0.3, n_doses=doses, cohorts=5, close_from=1),
    "mTPI-2": lambda doses: MTPI2(target=0.3, n_doses=doses, cohorts=4, cohort_size=(1, 2, 3)),
    "Keyboard": lambda doses: Keyboard(
        target=0.2, n_doses=doses, cohorts=5, edges="rescale", early_stop=6
    ),
    "BOIN, a row of 3+3": lambda doses: BOIN(
        target=0.3, n_doses=doses, cohorts=5, adjusted="de-escalate at 2 of 6"
    ),
    "table of letters": lambda doses: TableDesign(
        LETTER_TABLE, target=0.3, n_doses=doses, cohorts=5
    ),
    "CRM": lambda doses: CRM(target=0.3, skeleton=_skeleton(doses), cohorts=5),
    "CRM one at a time": lambda doses: CRM(
        target=0.25,
        skeleton=_skeleton(doses),
        model="logistic",
        estimate="posterior mean",
        cohorts=8,
        cohort_size=1,
    ),
    "CRM with two parameters": lambda doses: CRM(
        target=0.3,
        skeleton=_skeleton(doses),
        model="two-parameter logistic",
        prior=VAGUE,
        cohorts=4,
        start_dose=doses,
        coherent=False,
    ),
    "BLRM": lambda doses: BLRM((1.0, 3.0, 9.0)[:doses], 3.0, VAGUE, cohorts=4),
    "BLRM with conditions": lambda doses: BLRM(
        (1.0, 3.0, 9.0)[:doses],
        9.0,
        VAGUE,
        at_the_limit="safe",
        largest_increase=2.0,
        negligible=0.05,
        least_at_mtd=6,
        least_on_target=0.3,
        stop_when_declared=True,
        cohorts=5,
        cohort_size=2,
    ),
    "EffTox": lambda doses: EffTox(
        (1.0, 3.0, 9.0)[:doses],
        RESPONSE,
        TradeOff(0.3, (0.6, 0.25), 0.6),
        toxicity_limit=0.35,
        efficacy_floor=0.25,
        cohorts=2,
    ),
    "cap of CRM": lambda doses: Cap(
        StopAfter(CRM(target=0.3, skeleton=_skeleton(doses), cohorts=6), participants_at_dose=9),
        participants=13,
    ),
    "titration": lambda doses: Titration(BOIN(target=0.3, n_doses=doses, cohorts=5)),
    "titration of 3+3, not to the top": lambda doses: Titration(
        ThreePlusThree(doses, "B"), up_to=min(doses, 2)
    ),
    "stop when": lambda doses: StopWhen(
        BOIN(target=0.3, n_doses=doses, cohorts=5),
        (EnoughAtDose(6) & (Precise(0.6) | Staying()))
        | TooToxic(0.9, at="any")
        | NearTarget(0.1, 0.4, 0.8)
        | EnoughTreated(14),
    ),
    "most at a dose": lambda doses: MostAtDose(
        BOIN(target=0.3, n_doses=doses, cohorts=5), participants=5
    ),
    "least at the selected dose": lambda doses: LeastAtSelected(
        ThreePlusThree(doses, "A"), participants=6
    ),
    "least at the selected dose, then most": lambda doses: MostAtDose(
        LeastAtSelected(BOIN(target=0.3, n_doses=doses, cohorts=6, early_stop=6), participants=9),
        participants=9,
    ),
    "increase limited, nothing skipped": lambda doses: IncreaseLimit(
        NoSkipping(Keyboard(target=0.3, n_doses=doses, cohorts=5)),
        doses=(1e6, 2e6, 4e6)[:doses],
        increase=1.0,
    ),
    "stop after": lambda doses: StopAfter(
        BOIN(target=0.3, n_doses=doses, cohorts=5), participants_at_dose=6
    ),
    "cap": lambda doses: Cap(ThreePlusThree(doses, "C"), participants=3 * doses + 1),
    "cap of stop": lambda doses: Cap(
        StopAfter(BOIN12(doses, cohorts=4), participants_at_dose=6, when="staying"), participants=10
    ),
    "TITE-BOIN": lambda doses: TITEBOIN(
        BOIN(target=0.3, n_doses=doses, cohorts=4), 28, Suspension(0.5, None, None)
    ),
    "TITE-Keyboard": lambda doses: TITEKeyboard(
        Keyboard(target=0.3, n_doses=doses, cohorts=4), 28, Suspension(0.5, 2, None)
    ),
    "TITE-CRM": lambda doses: TITECRM(
        CRM(target=0.3, skeleton=(0.1, 0.25, 0.4)[:doses], cohorts=4),
        28,
        Suspension(None, None, None),
    ),
    "TITE-BOIN12": lambda doses: TITEBOIN12(
        BOIN12(doses, cohorts=3), 28, 84, Suspension(0.5, None, None)
    ),
    "rolling six in time": lambda doses: RollingSixInTime(RollingSix(doses), 28),
    "BF-BOIN": lambda doses: BFBOIN(BOIN(target=0.3, n_doses=doses, cohorts=4), 28),
    "BE-BOIN": lambda doses: BEBOIN(
        BOIN(target=0.3, n_doses=doses, cohorts=4), 28, Suspension(0.49, None, 0.25)
    ),
}
ONE_DOSE: dict[str, Callable[[int], Design]] = {
    "Simon": lambda _: SimonTwoStage(1, 8, 4, 20, p0=0.1, p1=0.35),
    "single stage": lambda _: SingleStage(3, 15),
    "Fleming": lambda _: FlemingTwoStage(0, 4, 7, 4, 18, p0=0.1, p1=0.35),
    "BOP2": lambda _: BOP2((4, 9, 15), p0=0.2, cutoff=0.85, shape=0.8, p1=0.45),
    "BOP2 of toxicity": lambda _: BOP2(
        (4, 9, 15), p0=0.4, cutoff=0.8, shape=0.8, p1=0.15, counted="tox"
    ),
    "BOP2-FE": lambda _: BOP2FE((5, 10, 15), 0.2, cutoff=0.9, shape=0.9, efficacy_shape=1.5),
    "TOP": lambda _: TOP((5, 10, 15), p0=0.2, cutoff=0.85, shape=0.8, window=90),
    "predictive probability": lambda _: PredictiveArm(
        (5, 10, 15), 0.2, BetaMixture.beta(1, 1), certainty=0.9, futility=0.1, efficacy=0.95
    ),
    "Bayesian single arm": lambda _: BayesianArm(
        (5, 10, 15), BetaMixture.robust(4, 8, weight=0.6), 0.2, futility=0.3, efficacy=0.97
    ),
    "safety monitor": lambda _: SafetyMonitor(StoppingBoundary((2, 5, 9), (2, 3, 4)), planned=12),
    "safety stop": lambda _: SafetyStop(
        SimonTwoStage(1, 8, 4, 20), StoppingBoundary((3, 6, 12), (2, 3, 5))
    ),
    "safety stop around joint counts": lambda _: SafetyStop(
        FixedSample(5, features=("n", "tox", "eff", "both")), StoppingBoundary((2, 4), (2, 3))
    ),
    "joint BOP2": lambda _: JointBOP2((4, 8, 12), 0.2, 0.4, cutoff=0.7, shape=0.7),
    "joint BOP2 of two responses": lambda _: JointBOP2(
        (4, 8), 0.2, 0.7, cutoff=0.8, shape=0.7, fails="both"
    ),
    "fixed sample": lambda _: FixedSample(9),
    "fixed sample joint": lambda _: FixedSample(5, features=("n", "tox", "eff", "both")),
}


@dataclass(frozen=True, eq=False)
class Case:
    """A design for a number of doses."""

    name: str
    make: Callable[[int], Design]
    doses: int
    design: Design

    @property
    def id(self) -> str:
        """How tests call it."""
        return f"{self.name}, {self.doses} dose{'s' * (self.doses > 1)}"


CASES = tuple(
    Case(name, make, doses, make(doses))
    for names, sizes in ((MANY_DOSES, (1, 3)), (ONE_DOSE, (1,)))
    for name, make in names.items()
    for doses in sizes
)
