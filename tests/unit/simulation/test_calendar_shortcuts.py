"""What the calendar engine does not compute again is what the design's own functions would say."""

import numpy as np
import pytest

from protocyte.design import BOIN, BOIN12, Scenario
from protocyte.design.decision import Reason
from protocyte.design.late_onset.backfill import BEBOIN
from protocyte.design.late_onset.suspension import Suspension
from protocyte.design.late_onset.tite_boin12 import TITEBOIN12
from protocyte.design.late_onset.tite_crm import TITECRM
from protocyte.design.late_onset.tite_crm_rule import (
    find_tite_estimate,
    find_tite_recommendation,
)
from protocyte.design.late_onset.utility_rule import (
    EFF,
    EFF_SIZE,
    PENDING,
    SCORE,
    TOX,
    TOX_SIZE,
    N,
    Worth,
    decide_by_utility,
    find_beta_above,
    find_expected_outcomes,
)
from protocyte.design.model_based.crm import CRM
from protocyte.design.state import Floats, Integers
from protocyte.simulation import calendar_accrual as accrual
from protocyte.simulation import calendar_backfill as backfill
from protocyte.simulation.calendar import Calendar, EventTimes
from protocyte.simulation.calendar_model import (
    UNCLEAR,
    find_estimate,
    find_nearest_doses,
    find_sketch,
    find_sketched_dose,
    simulate_sketch,
)
from protocyte.simulation.calendar_run import simulate_with
from protocyte.simulation.calendar_utility import (
    find_above,
    find_bounds,
    simulate_utility_decision,
)

WINDOW, ANSWERS, LEVELS = 28.0, 56.0, 4
NEVER = Suspension(None, None, None)


def sample_rows(people: int, rng: np.random.Generator, kind: str) -> Floats:
    """Draw participants in the order of their infusions, at doses that wander."""
    rows = np.zeros((people, accrual.FACTS))
    start = np.cumsum(rng.choice([0.0, 3.0, 7.0, 12.5], people))
    dose = np.clip(np.cumsum(rng.integers(-1, 2, people)), 0, LEVELS - 1)
    dlt = rng.random(people) < rng.choice([0.05, 0.3, 0.6])
    answer = rng.random(people) < rng.choice([0.1, 0.4, 0.8])
    day = np.where(dlt, WINDOW * rng.random(people), WINDOW)
    seen = ANSWERS * rng.random(people) if kind == "soon" else np.full(people, ANSWERS)
    rows[:, accrual.START], rows[:, accrual.KNOWN] = start, start + day
    rows[:, accrual.SEEN] = np.where(answer, start + seen, accrual.NEVER_SEEN)
    known = start + np.where(answer, seen, ANSWERS)
    rows[:, accrual.COMPLETE] = np.maximum(rows[:, accrual.KNOWN], known)
    rows[:, accrual.DOSE], rows[:, accrual.DLT], rows[:, accrual.ANSWER] = dose, dlt, answer
    rows[:, accrual.EXTRA] = rng.random(people) < 0.3
    return rows


def sample_moments(rows: Floats, rng: np.random.Generator) -> list[tuple[float, int]]:
    """Draw times at which a trial is seen, and how many participants it has by then."""
    first, last = rows[0, accrual.START], rows[-1, accrual.START] + 1.2 * ANSWERS
    times = rng.uniform(first, last, 12).tolist()
    times += rows[rng.integers(0, len(rows), 6), accrual.KNOWN].tolist()
    found = [(time, int((rows[:, accrual.START] <= time).sum())) for time in sorted(times)]
    return [*found, (last + 1, len(rows))]


def decide_plainly(
    design: TITEBOIN12, now: float, here: int, rows: Floats
) -> tuple[tuple[int, int], Floats]:
    """Decide by the functions of the design, all integrals computed."""
    rule = design.rule
    days = np.maximum(now - rows[:, accrual.START], 0.0)
    tox = np.where(rows[:, accrual.KNOWN] > now, PENDING, rows[:, accrual.DLT]).astype(int)
    over = rows[:, accrual.START] + ANSWERS <= now
    eff = np.where(rows[:, accrual.SEEN] <= now, 1, np.where(over, 0, PENDING))
    shares = np.minimum(days / WINDOW, 1.0), np.minimum(days / ANSWERS, 1.0)
    dose, expected = rows[:, accrual.DOSE].astype(int), np.zeros((LEVELS, 6))
    find_expected_outcomes(dose, tox, eff, *shares, len(rows), rule.utilities, expected)
    limits = rule.settings[[Worth.TOXICITY_LIMIT, Worth.EFFICACY_FLOOR, Worth.BENCHMARK]].tolist()
    tails = np.zeros((3, LEVELS))
    for j, row in enumerate(expected.tolist()):
        clear = max(row[TOX_SIZE] - row[TOX], 0.0)
        failed = max(row[EFF_SIZE] - row[EFF], 0.0)
        tails[0, j] = find_above(1 + row[TOX], 1 + clear, limits[0])
        tails[1, j] = 1 - find_above(1 + row[EFF], 1 + failed, limits[1])
        tails[2, j] = round(find_above(1 + row[SCORE], 1 + row[N] - row[SCORE], limits[2]), 10)
    at = dose == here
    least = min(
        (float(shares[k][i]) for k, state in enumerate((tox, eff)) for i in np.flatnonzero(at)
         if state[i] == PENDING),
        default=1.0,
    )  # fmt: skip
    pending = int((tox[at] == PENDING).sum()), int((eff[at] == PENDING).sum())
    decision = decide_by_utility(
        expected, tails[0], tails[1], tails[2], rule.limits, here, pending[0], pending[1], least, 0,
        rule.settings,
    )  # fmt: skip
    return decision, expected


UTILITY_DESIGNS = {
    "as published": TITEBOIN12(BOIN12(LEVELS), WINDOW, ANSWERS, Suspension(0.5, None, None)),
    "never waits": TITEBOIN12(BOIN12(LEVELS, early_stop=None), WINDOW, ANSWERS, NEVER),
    "odd utilities": TITEBOIN12(
        BOIN12(LEVELS, utilities_of=(100, 33, 51, 0), explore_from=None, early_stop=None),
        WINDOW,
        ANSWERS,
        Suspension(0.7, 2, 0.25),
    ),
}


@pytest.mark.parametrize("name", UTILITY_DESIGNS)
def test_utility_decisions_are_those_of_the_design(name: str) -> None:
    design, rng = UTILITY_DESIGNS[name], np.random.default_rng(20261)
    rule, planned = design.rule, design.planned
    bounds, reasons = find_bounds(rule.settings, planned), set()
    for number in range(250):
        rows = sample_rows(planned, rng, "soon" if number % 2 else "late")
        lists = np.zeros((LEVELS, planned), dtype=np.int64)
        kept, scores = np.zeros((LEVELS + 1, 4), dtype=np.int64), np.zeros(LEVELS + 1)
        expected, tails = np.zeros((LEVELS, 6)), np.zeros((4, LEVELS))
        for now, total in sample_moments(rows, rng):
            here = int(rows[total - 1, accrual.DOSE])
            # A time may fall short of the one before, and the sums begin again.
            for time in (now, now - 1e-9 if number % 5 == 0 else now):
                found = simulate_utility_decision(
                    time, here, 0, WINDOW, ANSWERS, rows, total, rule.limits, rule.utilities,
                    rule.settings, bounds, lists, kept, scores, expected, tails,
                )  # fmt: skip
                plain, sums = decide_plainly(design, time, here, rows[:total])
                assert found == plain, (number, time)
                reasons.add(Reason(found[1]))
                assert expected[:, [N, TOX]].tolist() == sums[:, [N, TOX]].tolist()
                if plain[1] not in {Reason.TOXIC, Reason.WAIT_SHARE}:
                    assert expected[here].tolist() == sums[here].tolist()
    assert {Reason.TOXIC, Reason.BEST, Reason.PLANNED} <= reasons


def test_bounds_of_tails_hold() -> None:
    settings = UTILITY_DESIGNS["as published"].rule.settings
    bounds, rng = find_bounds(settings, 12), np.random.default_rng(3)
    for _ in range(2000):
        events, without = int(rng.integers(0, 13)), float(rng.uniform(0, 12))
        toxic = find_beta_above(1.0 + events, 1.0 + without, float(settings[Worth.TOXICITY_LIMIT]))
        if without >= bounds.toxic[0, events]:
            assert toxic < settings[Worth.TOXIC_FROM]
        if without <= bounds.toxic[1, events]:
            assert toxic >= settings[Worth.TOXIC_FROM]
    closeness = bounds.toxic[0] - bounds.toxic[1]
    assert (closeness > 0).all()
    assert (closeness < 1e-5).all()


def curve(**settings: object) -> TITECRM:
    plain = {"target": 0.3, "skeleton": (0.1, 0.2, 0.3, 0.45), "cohorts": 30, "cohort_size": 1}
    return TITECRM(CRM(**(plain | settings)), WINDOW, NEVER)  # type: ignore[arg-type]


CURVES = {
    "empiric": curve(),
    "logistic": curve(model="logistic"),
    "wide": curve(prior_sd=2.5, skeleton=(0.05, 0.1, 0.3, 0.31)),
    "narrow": curve(prior_sd=0.3),
}


@pytest.mark.parametrize("name", CURVES)
def test_fits_recommend_the_dose_of_the_design(name: str) -> None:
    rule, rng = CURVES[name].rule, np.random.default_rng(20262)
    sketch, settings, unclear, asked = find_sketch(rule), rule.settings, 0, 0
    nodes = len(rule.nodes)
    for _ in range(60):
        weigh, ends = np.zeros((3, nodes)), np.array([0, nodes])
        taken = np.full((2, LEVELS), -1)
        truth = np.sort(rng.uniform(0, 0.9, LEVELS))
        n, tox = np.zeros(LEVELS, dtype=np.int64), np.zeros(LEVELS, dtype=np.int64)
        for _ in range(30):
            dose = int(rng.integers(0, LEVELS))
            n[dose] += 1
            tox[dose] += rng.random() < truth[dose]
            count = int(rng.integers(0, 6))
            doses: Integers = rng.integers(0, LEVELS, 6)
            weights = rng.random(6)
            simulate_sketch(n, tox, sketch, weigh, taken)
            found = find_sketched_dose(
                doses, weights, count, sketch, rule.nodes, rule.prior, weigh, ends
            )
            mean = find_estimate(n, tox, doses, weights, count, *rule[:4])
            plain = find_tite_recommendation(
                mean, rule.labels, float(settings[0]), float(settings[1]), float(settings[2])
            )
            assert found in {plain, UNCLEAR}
            unclear, asked = unclear + (found == UNCLEAR), asked + 1
        slow = find_tite_estimate(n, tox, doses, weights, count, *rule[:4])
        assert mean == pytest.approx(slow, rel=1e-12)
    assert unclear < 0.01 * asked


def test_a_fit_begins_again_when_outcomes_are_taken_back() -> None:
    rule = CURVES["empiric"].rule
    sketch, weigh, taken = find_sketch(rule), np.zeros((3, 241)), np.full((2, LEVELS), -1)
    more, fewer, none = np.array([3, 2, 0, 0]), np.array([3, 0, 0, 0]), np.zeros(4, dtype=np.int64)
    simulate_sketch(fewer, none, sketch, weigh, taken)
    once = weigh[:2].copy()
    simulate_sketch(more, none, sketch, weigh, taken)
    assert (weigh[0] < once[0]).any()
    simulate_sketch(fewer, none, sketch, weigh, taken)
    assert weigh[:2].tolist() == once.tolist()


def test_borders_lie_where_the_dose_changes() -> None:
    for design in CURVES.values():
        rule, sketch = design.rule, find_sketch(design.rule)
        for k, border in enumerate(sketch.borders.tolist()):
            sides = np.array([border - sketch.near, border + sketch.near])
            assert find_nearest_doses(sides, rule).tolist() == sketch.doses[k : k + 2].tolist()


@pytest.mark.parametrize("imputes", [0, 1])
def test_views_are_what_a_recount_says(imputes: int) -> None:
    rng = np.random.default_rng(20263)
    for number in range(60):
        rows = sample_rows(24, rng, "soon")
        view, followed = np.zeros((7, LEVELS), dtype=np.int64), np.zeros(LEVELS)
        lists, seen, sight = (
            np.zeros((2, 24), dtype=np.int64),
            np.zeros(3, np.int64),
            np.full(1, -1.0),
        )
        moments = sample_moments(rows, rng)
        if number % 3 == 0:
            # Queues: the trial is asked about a time before the last.
            moments[5] = (moments[3][0], moments[5][1])
        for now, total in moments:
            backfill.simulate_view(
                now, imputes, WINDOW, rows, total, view, followed, lists[0], lists[1], seen, sight
            )
            dose, known = rows[:total, accrual.DOSE], rows[:total, accrual.KNOWN] <= now
            for j in range(LEVELS):
                some = rows[:total][dose == j]
                late = rows[:total][(dose == j) & ~known]
                pending = len(late) * (1 - imputes)
                assert view[backfill.ASSIGNED, j] == len(some)
                assert view[backfill.N, j] == len(some) - pending
                assert view[backfill.PENDING, j] == len(late)
                assert view[backfill.EXTRAS, j] == some[:, accrual.EXTRA].sum()
                assert view[backfill.ANSWERS, j] == (some[:, accrual.SEEN] <= now).sum()
                assert (
                    view[backfill.TOX, j] == some[some[:, accrual.KNOWN] <= now, accrual.DLT].sum()
                )
                total_share = 0.0
                for start in late[:, accrual.START].tolist():
                    total_share += min(max(now - start, 0.0) / WINDOW, 1.0)
                assert followed[j] == total_share


def test_cohorts_are_not_cut_for_toxicity_that_nobody_has_seen() -> None:
    # Everybody has a DLT on the last day of the window, when the last participant is treated.
    calendar = Calendar(
        gap=1, window=28, gaps="fixed", cut_cohort=True, toxicity_times=EventTimes("at the end")
    )
    design = BEBOIN(BOIN(target=0.3, n_doses=2, cohorts=3), 28, NEVER, cap=9)
    truth = calendar.truth(Scenario((1.0, 1.0), (0.0, 0.0)))
    block = simulate_with(design, calendar, seed=1)(0, 3, truth)
    assert block.counts[:, :, 0].sum(axis=1).tolist() == [9, 9, 9]
    assert block.figures[:, 7].tolist() == [0, 0, 0]
