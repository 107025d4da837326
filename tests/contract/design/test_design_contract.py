"""One suite for every design: the laws of the interface.

Cells that cannot hold are marked with their reason, not left out.
"""

import copy
import dataclasses
import itertools
import json
from collections.abc import Callable

import numpy as np
import pytest

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
    Outcomes,
    Precise,
    PredictiveArm,
    RollingSix,
    SafetyMonitor,
    SafetyStop,
    Scenario,
    SimonTwoStage,
    SingleStage,
    States,
    Staying,
    StopAfter,
    StoppingBoundary,
    StopWhen,
    TableDesign,
    ThreePlusThree,
    Titration,
    TooToxic,
    TradeOff,
    find_characteristics,
    find_skeleton,
)
from protocyte.design.exact.binomial import find_cohort_counts
from protocyte.design.late_onset.backfill import BEBOIN, BFBOIN
from protocyte.design.late_onset.rolling_six import RollingSixInTime
from protocyte.design.late_onset.suspension import Suspension
from protocyte.design.late_onset.tite_boin import TITEBOIN
from protocyte.design.late_onset.tite_boin12 import TITEBOIN12
from protocyte.design.late_onset.tite_crm import TITECRM
from protocyte.design.late_onset.tite_keyboard import TITEKeyboard
from protocyte.errors import OutcomeError
from protocyte.simulation.designs import simulate_design

TOX = (0.08, 0.2, 0.33, 0.5, 0.65)
EFF = (0.15, 0.35, 0.5, 0.6, 0.62)
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
CASES = [(name, make, doses) for name, make in MANY_DOSES.items() for doses in (1, 3)] + [
    (name, make, 1) for name, make in ONE_DOSE.items()
]
DESIGNS = [pytest.param(make(doses), id=f"{name}, {doses} doses") for name, make, doses in CASES]
TOXICITY_ONLY = [
    pytest.param(make(3), id=name)
    for name, make in MANY_DOSES.items()
    if "eff" not in make(3).features
]


def _truth(design: Design) -> Scenario:
    return Scenario(TOX[: design.n_doses], EFF[: design.n_doses])


def _reached(design: Design) -> list[Outcomes]:
    """Return every outcome that a trial of the design can reach, path by path merged."""
    seen: dict[Outcomes, None] = {}
    ahead = [Outcomes.none(design.n_doses)]
    while ahead:
        outcomes = ahead.pop()
        decision = design.decide(outcomes)
        if decision.dose is None:
            continue
        doses = [dose for dose, _ in decision.shares] or [decision.dose]
        cohorts = find_cohort_counts(design.features, decision.size).tolist()
        for dose, row in itertools.product(doses, cohorts):
            shown = dict(zip(design.features, row, strict=True))
            after = outcomes.after(
                dose,
                n=shown["n"],
                tox=shown.get("tox", 0),
                eff=shown.get("eff", 0),
                both=shown.get("both", 0) if "both" in shown or "eff" not in shown else None,
            )
            if after not in seen and len(seen) < 400:
                seen[after] = None
                ahead.append(after)
    return list(seen)


@pytest.fixture(scope="module")
def reached() -> Callable[[Design], list[Outcomes]]:
    kept: dict[int, list[Outcomes]] = {}

    def give(design: Design) -> list[Outcomes]:
        if id(design) not in kept:
            kept[id(design)] = _reached(design)
        return kept[id(design)]

    return give


Reach = Callable[[Design], list[Outcomes]]


@pytest.mark.parametrize("design", DESIGNS)
def test_nothing_known_starts_the_trial(design: Design) -> None:
    decision = design.decide(Outcomes.none(design.n_doses))
    start = design.start()
    assert (decision.action, decision.dose, decision.size) == ("start", start.dose + 1, start.size)
    assert 0 < start.size <= design.planned
    selection = design.select(Outcomes.none(design.n_doses))
    assert selection.dose is None
    assert selection.reason == "Nobody has been treated yet."


@pytest.mark.parametrize("design", DESIGNS)
def test_probabilities_add_up_to_one(design: Design) -> None:
    found = find_characteristics(design, [_truth(design)])
    assert abs(found.selection[0].sum() + found.none[0] - 1) <= 1e-12
    assert abs(found.total_distribution[0].sum() - 1) <= 1e-12
    assert abs(sum(values[0] for values in found.stopping.values()) - 1) <= 1e-12
    assert found.participants[0].sum() == pytest.approx(found.total[0], abs=1e-10)
    # Wald: expected events at a dose are its probability times the expected participants.
    if found.dlts is not None:
        expected = np.array(TOX[: design.n_doses]) * found.participants[0]
        assert found.dlts[0] == pytest.approx(expected, abs=1e-10)
    if found.responses is not None:
        expected = np.array(EFF[: design.n_doses]) * found.participants[0]
        assert found.responses[0] == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("design", DESIGNS)
def test_exact_values_lie_within_the_error_of_simulated_ones(design: Design) -> None:
    exact = find_characteristics(design, [_truth(design)])
    simulated = simulate_design(
        design, [_truth(design)], trials=20_000, rng=np.random.default_rng(20261)
    )
    for name, errors in simulated.errors.items():
        values, shares = getattr(exact, name), getattr(simulated, name)
        known = ~np.isnan(values)
        # A share of zero has no error of its own: judge it by the exact value's.
        floor = np.sqrt(np.maximum(values * (1 - values), 0) / 20_000) if name != "utility" else 0
        z = np.abs(shares - values)[known] - 4.5 * np.maximum(errors, floor)[known]
        assert np.all(z <= 1e-9), name


@pytest.mark.parametrize("design", DESIGNS)
def test_walking_equals_enumerating_every_path(design: Design) -> None:
    """Follow every path of outcomes, without merging, as far as the first 3,000 endings allow."""
    truth = _truth(design)
    joint = [
        {(1, 1): b, (1, 0): t - b, (0, 1): e - b, (0, 0): 1 - t - e + b}
        for t, e, b in zip(TOX[: design.n_doses], EFF[: design.n_doses], truth.joint, strict=True)
    ]
    if design.planned > 6:
        design = Cap(design, participants=6)
    selected = np.zeros(design.n_doses + 1)
    paths: list[tuple[Outcomes, float]] = [(Outcomes.none(design.n_doses), 1.0)]
    while paths:
        outcomes, mass = paths.pop()
        decision = design.decide(outcomes)
        if decision.dose is None:
            selected[design.select(outcomes).dose or 0] += mass
            continue
        for dose, share in decision.shares or ((decision.dose, 1.0),):
            chances = joint[dose - 1]
            cohort: dict[tuple[int, int, int], float] = {}
            for people in itertools.product(chances, repeat=decision.size):
                key = (
                    sum(t for t, _ in people),
                    sum(e for _, e in people),
                    sum(t * e for t, e in people),
                )
                weight = float(np.prod([chances[person] for person in people]))
                cohort[key] = cohort.get(key, 0.0) + weight
            for (tox, eff, both), chance in cohort.items():
                after = outcomes.after(dose, n=decision.size, tox=tox, eff=eff, both=both)
                paths.append((after, mass * share * chance))
    found = find_characteristics(design, [truth])
    assert [found.none[0], *found.selection[0]] == pytest.approx(selected, abs=1e-13)


@pytest.mark.parametrize("design", DESIGNS)
def test_one_rule_for_one_trial_and_for_many(design: Design, reached: Reach) -> None:
    many = reached(design)
    rows = [outcomes.states(design.features) for outcomes in many]
    last = [row.last for row in rows if row.last is not None]
    states = States(
        design.features,
        np.concatenate([row.counts for row in rows]),
        np.concatenate([row.dose for row in rows]),
        np.concatenate(last) if len(last) == len(rows) else None,
    )
    steps, closed = design.decide_states(states), design.closed_states(states)
    selected = design.select_states(states)
    for i, outcomes in enumerate(many):
        decision = design.decide(outcomes)
        assert (decision.dose or 0) == steps.dose[i] + 1
        assert decision.size == steps.size[i]
        assert decision.closed == tuple(np.flatnonzero(closed[i]) + 1)
        level = design.select(outcomes).dose
        assert level is None or level == selected[i] + 1


@pytest.mark.parametrize("design", DESIGNS)
def test_closed_doses_are_neither_given_nor_selected(design: Design, reached: Reach) -> None:
    if isinstance(design, BOINET) and design.conduct == "boinet":
        pytest.skip("never: it stays at a dose that is not admissible where none above is")
    for outcomes in reached(design):
        decision, selection = design.decide(outcomes), design.select(outcomes)
        assert decision.dose not in decision.closed
        assert not {dose for dose, _ in decision.shares} & set(decision.closed)
        assert selection.dose not in decision.closed
        # What closes a dose closes those above; a dose with too few responses is closed alone.
        # A combination closes what is no lower in either factor, which numbers do not show.
        if decision.closed and not isinstance(design, BOINET | TEPI | CombinationBOIN):
            assert decision.closed == tuple(range(decision.closed[0], design.n_doses + 1))


@pytest.mark.parametrize("design", DESIGNS)
def test_plans_and_grids_are_kept(design: Design, reached: Reach) -> None:
    for outcomes in reached(design):
        decision = design.decide(outcomes)
        assert outcomes.total + decision.size <= design.planned
        if decision.dose is None:
            assert (decision.action, decision.size) == ("stop", 0)
            continue
        assert 1 <= decision.dose <= design.n_doses
        assert decision.size > 0
        assert outcomes.n[decision.dose - 1] + decision.size <= design.capacity
        assert outcomes.dose is not None
        if isinstance(design, CombinationBOIN):
            # Never: levels are numbered dose by dose, and one step of dose passes every regimen.
            assert decision.dose <= outcomes.dose + design.regimens
            continue
        highest = max(level for level, n in enumerate(outcomes.n, start=1) if n)
        assert decision.dose <= highest + 1
        # U-BOIN comes back to any tried dose, BOIN-ET passes futile ones.
        if not isinstance(design, UBOIN | BOINET | Cap):
            assert decision.dose <= outcomes.dose + 1


@pytest.mark.parametrize("design", DESIGNS)
def test_decisions_explain_themselves(design: Design, reached: Reach) -> None:
    for outcomes in reached(design)[:60]:
        decision, selection = design.decide(outcomes), design.select(outcomes)
        assert decision.reason.endswith((".", ")."))
        assert "{" not in decision.reason
        assert decision.arithmetic
        assert any(character.isdigit() for character in decision.arithmetic[0])
        assert selection.arithmetic
        assert json.loads(json.dumps(decision.as_dict()))["why"] == decision.why
        assert json.loads(json.dumps(selection.as_dict()))["dose"] == selection.dose


@pytest.mark.parametrize("design", TOXICITY_ONLY)
def test_more_dlts_are_never_bolder(design: Design, reached: Reach) -> None:
    """One DLT more at the last dose: never a higher next dose, and no stop for toxicity undone."""
    for outcomes in reached(design):
        assert outcomes.dose is not None
        place = outcomes.dose - 1
        if outcomes.tox[place] == outcomes.n[place]:
            continue
        worse = Outcomes.from_counts(
            outcomes.n,
            [tox + (j == place) for j, tox in enumerate(outcomes.tox)],
            dose=outcomes.dose,
        )
        before, after = design.decide(outcomes), design.decide(worse)
        if before.dose is not None and after.dose is not None:
            assert after.dose <= before.dose
        if before.why in {"toxic", "toxic_early"}:
            assert after.dose is None
        assert set(before.closed) <= set(after.closed)


def test_more_dlts_can_be_bolder_in_boin12() -> None:
    """Never holds there: a DLT makes this dose less desirable, and an untried one may be better."""
    design = BOIN12(3)
    calm = Outcomes.from_counts([3, 0, 0], [0, 0, 0], eff=[2, 0, 0], dose=1)
    worse = Outcomes.from_counts([3, 0, 0], [1, 0, 0], eff=[1, 0, 0], dose=1)
    assert design.decide(calm).dose == 1
    assert design.decide(worse).dose == 2


@pytest.mark.parametrize("design", DESIGNS)
def test_the_dose_of_another_trial_is_refused(design: Design) -> None:
    doses = design.n_doses + 1
    with pytest.raises(OutcomeError, match=f"The outcomes have {doses} dose levels"):
        design.decide(Outcomes.none(doses))


@pytest.mark.parametrize("design", DESIGNS)
def test_more_participants_than_planned_end_the_trial(design: Design) -> None:
    n = design.planned + 1
    counts = [n] + [0] * (design.n_doses - 1)
    none = [0] * design.n_doses
    decision = design.decide(Outcomes.from_counts(counts, none, eff=counts, both=none, dose=1))
    by_dose = isinstance(design, ThreePlusThree | RollingSix | RollingSixInTime)
    by_dose |= isinstance(design, Titration | LeastAtSelected) and isinstance(
        design.parent, ThreePlusThree
    )
    if by_dose and design.n_doses > 1:
        # Never holds: these end when a dose is settled, however many were treated.
        assert decision.action == "escalate"
    else:
        assert decision.action == "stop"


@pytest.mark.parametrize("design", DESIGNS)
def test_designs_are_values(design: Design) -> None:
    assert copy.deepcopy(design) == design
    assert hash(copy.deepcopy(design)) == hash(design)
    first = dataclasses.fields(design)[0].name  # type: ignore[arg-type]
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(design, first, 99)
