"""Conventions of calendar time, one by one, against numbers that follow by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from protocyte.design import BOIN, BOIN12, Cap, FixedSample, Scenario, StopAfter, ThreePlusThree
from protocyte.design.decision import Reason
from protocyte.design.late_onset.backfill import BEBOIN
from protocyte.design.late_onset.suspension import Suspension
from protocyte.design.late_onset.tite_boin import TITEBOIN
from protocyte.design.late_onset.tite_boin12 import TITEBOIN12
from protocyte.design.outcome import Outcomes
from protocyte.errors import DesignError
from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL, amend_example
from protocyte.protocol.parse import parse_protocol
from protocyte.protocol.rehearsal import parse_rehearsal
from protocyte.simulation.calendar import Calendar, EventTimes
from protocyte.simulation.calendar_chance import (
    sample_luck,
    sample_response_day,
    sample_toxicity_day,
    sample_uniform,
)
from protocyte.simulation.calendar_characteristics import simulate_calendar
from protocyte.simulation.calendar_complete import simulate_three_plus_three
from protocyte.simulation.calendar_run import simulate_with

NONE = Scenario((0.0, 0.0), (0.0, 0.0))
ALL = Scenario((1.0, 1.0), (1.0, 1.0))
TWO = BOIN(target=0.3, n_doses=2, cohorts=2)
PLAIN = Calendar(gap=10, window=28, gaps="fixed")


def figures(design: Any, calendar: Calendar, truth: Scenario = NONE) -> dict[str, float]:
    block = simulate_with(design, calendar, seed=1)(0, 1, calendar.truth(truth))
    names = ("duration", "closed", "idle", "waiting", "enrolled", "infused", "refused", "lost",
             "unused", "backfilled")  # fmt: skip
    return dict(zip(names, block.figures[0].tolist(), strict=True))


def test_patients_wait_for_the_last_window() -> None:
    """Infusions at 0, 10, 20 | complete at 48, and who waits there is first: 48, 58, 68 | 96."""
    found = figures(TWO, PLAIN)
    assert found["duration"] == 96
    # The fourth came at 30 and waited 18 days; the place was closed for 28 from day 20.
    assert found["waiting"] * 6 == pytest.approx(18)
    assert (found["closed"], found["idle"]) == (28, 40)
    assert (found["enrolled"], found["infused"], found["refused"]) == (6, 6, 0)


def test_a_queue_forms() -> None:
    """Arrivals go on every 10 days: the fourth to sixth are there at 48 and infused at once."""
    found = figures(TWO, replace(PLAIN, no_place="queues"))
    # The fourth came at 30, the fifth at 40, the sixth comes at 50.
    assert found["duration"] == 50 + 28
    assert found["waiting"] * 6 == pytest.approx(18 + 8)


def test_patients_leave() -> None:
    """30 and 40 are turned away; 50, 60, 70 are treated."""
    found = figures(TWO, replace(PLAIN, no_place="leaves"))
    assert (found["duration"], found["refused"]) == (98, 2)


def test_the_first_patient_may_come_after_a_gap() -> None:
    assert figures(TWO, replace(PLAIN, first="after a gap"))["duration"] == 106


def test_stagger_repeats_its_last_gap() -> None:
    """0, 14, 35 | 63, 77, 98 | 126."""
    calendar = replace(PLAIN, gap=1, stagger=(14, 21))
    assert figures(TWO, calendar)["duration"] == 126
    # Only the first cohort at a dose: both are; a third at the highest dose is not: 126, 127, 128.
    longer = replace(TWO, cohorts=3)
    calendar = replace(calendar, stagger_cohorts="first at a dose")
    assert figures(longer, calendar)["duration"] == 128 + 28


def test_next_cohort_and_review() -> None:
    """0, 10, 20 | 20 + 42 + 3 = 65, 75, 85 | 113."""
    calendar = replace(PLAIN, next_cohort_after=42, review=3)
    assert figures(TWO, calendar)["duration"] == 113


def test_dlts_shorten_a_cohort() -> None:
    """Uniform times: the cohort is complete with its last DLT; three in three stop the trial."""
    calendar = replace(PLAIN, toxicity_times=EventTimes("uniform"), final="last outcome")
    found = figures(TWO, calendar, ALL)
    assert (found["infused"], found["duration"]) == (3, found["duration"])
    assert 20 < found["duration"] < 48
    assert figures(TWO, replace(calendar, final="last window"), ALL)["duration"] == 48


def test_a_cohort_may_be_cut() -> None:
    """All at once: the second DLT closes the dose for good, and the third is not infused."""
    calendar = replace(PLAIN, toxicity_times=EventTimes("uniform"), stagger=(30,), gap=1)
    whole = figures(ThreePlusThree(2), calendar, ALL)
    cut = figures(ThreePlusThree(2), replace(calendar, cut_cohort=True), ALL)
    assert (whole["infused"], cut["infused"], cut["lost"]) == (3, 2, 1)


def test_vein_to_vein_time_delays_the_dose() -> None:
    """Fixed at apheresis: 20, 30, 40 | 68 + 20, 98, 108 | 136. At infusion 20 days come back."""
    calendar = replace(PLAIN, vein_to_vein=20)
    assert figures(TWO, calendar)["duration"] == 136
    # Apheresis from day 48 on, for an infusion on day 68, when the decision falls.
    assert figures(TWO, replace(calendar, assigned="at infusion"))["duration"] == 116


def test_slots() -> None:
    """One a week: 0, 14 (came 10), 21 | 49, 63 (59), 70 | 98; slots 7 to 63 without 14, 21, 49."""
    found = figures(TWO, replace(PLAIN, slots_per_week=1))
    # The fourth waits until 49, the fifth comes 10 days later, the sixth at 69.
    assert found["duration"] == 98
    assert found["unused"] == 11 - 6


def test_lost_patients_are_replaced_or_not() -> None:
    found = figures(TWO, replace(PLAIN, drop_out=0.5))
    assert found["infused"] == 6
    assert found["enrolled"] - found["lost"] == 6
    kept = simulate_calendar(
        TWO, [NONE], replace(PLAIN, manufacturing_failure=0.3, drop_out=0.2, replaced=False),
        trials=4000, rng=np.random.default_rng(2),
    )  # fmt: skip
    # A participant is treated with probability .7 × .8 of each of six places.
    assert kept.calendar["infused"][0] == pytest.approx(6 * 0.56, abs=0.1)
    assert kept.calendar["enrolled"][0] == 6


def test_waste_is_counted_when_doses_are_assigned_at_infusion() -> None:
    calendar = replace(PLAIN, gap=1, vein_to_vein=20, assigned="at infusion")
    found = figures(TWO, replace(calendar, toxicity_times=EventTimes("at the end")), ALL)
    assert (found["infused"], found["enrolled"], found["lost"]) == (3, 6, 3)


def test_infusions_count_every_dose_of_a_participant() -> None:
    found = simulate_calendar(
        TWO, [NONE], replace(PLAIN, infusions_each=2), trials=10, rng=np.random.default_rng(1)
    )
    assert found.calendar["infusions"][0] == 12
    assert found.as_dict()["scenarios"][0]["calendar"]["infusions"] == 12


def test_late_onset_designs_need_not_wait() -> None:
    """Decided at the fourth arrival on day 30, with one complete and two pending: wait to 38."""
    design = TITEBOIN(TWO, 28, Suspension(0.5, None, None))
    assert figures(design, PLAIN)["duration"] == 38 + 20 + 28
    free = TITEBOIN(TWO, 28, Suspension(None, None, None))
    assert figures(free, PLAIN)["duration"] == 50 + 28
    # As soon as the data allow: the cohort is full on day 20 and the place open at once.
    assert figures(free, replace(PLAIN, decides="when data allow"))["duration"] == 50 + 28
    waits = figures(design, replace(PLAIN, no_place="leaves"))
    assert (waits["refused"], waits["duration"]) == (1, 40 + 20 + 28)


def test_a_cohort_at_the_lowest_dose_is_cut_only_once_it_is_closed() -> None:
    """Two DLTs in three ask to go down, which is not possible; three in three close the dose."""
    calendar = replace(PLAIN, gap=40, cut_cohort=True)
    assert figures(TWO, calendar, ALL)["infused"] == 3
    design = BOIN(target=0.3, n_doses=5)
    truth = Scenario((0.4, 0.5, 0.55, 0.6, 0.7))
    block = simulate_with(design, calendar, seed=1)(0, 2000, calendar.truth(truth))
    assert block.counts[:, :, 0].sum(axis=1).max() <= 30


@pytest.mark.parametrize("assigned", ["at apheresis", "at infusion"])
def test_waiting_ends_though_sums_of_times_are_not_exact(assigned: Any) -> None:
    design = TITEBOIN(BOIN(target=0.3, n_doses=3), 28, Suspension(0.5, None, None))
    calendar = Calendar(
        gap=10, window=28, no_place="queues", vein_to_vein=21, slots_per_week=2, drop_out=0.1,
        assigned=assigned,
    )  # fmt: skip
    truth = calendar.truth(Scenario((0.1, 0.3, 0.5)))
    took = simulate_with(design, calendar, seed=11)(0, 2000, truth).figures[:, 0]
    assert took.min() > 28
    assert took.max() < 5000


def test_a_design_that_waits_for_nobody_goes_on_at_its_dose() -> None:
    """One complete participant, two wanted before escalation, and nobody is watched."""
    boin = BOIN(target=0.3, n_doses=2, cohorts=6, cohort_size=1)
    design = TITEBOIN(boin, 28, Suspension(0.5, 2, None))
    block = simulate_with(design, replace(PLAIN, gap=40), seed=1)(0, 1, PLAIN.truth(NONE))
    assert block.counts[0, :, 0].tolist() == [2, 4]


@pytest.mark.parametrize("no_place", ["waits", "queues", "leaves"])
def test_backfilling_ends_when_decisions_follow_the_data(no_place: Any) -> None:
    waits = Suspension(0.49, None, 0.25, unless_toxic=True)
    design = BEBOIN(BOIN(target=0.3, n_doses=3), 28, waits)
    calendar = replace(PLAIN, gap=4, no_place=no_place, decides="when data allow")
    truth = calendar.truth(Scenario((0.1, 0.3, 0.5), (0.3, 0.4, 0.5)))
    block = simulate_with(design, calendar, seed=3)(0, 500, truth)
    escalated = block.counts[:, :, 0].sum(axis=1) - block.figures[:, 9]
    assert escalated.max() == 30


@pytest.mark.parametrize("kind", ["Weibull", "uniform", "thirds", "at the end"])
def test_event_times(kind: Any) -> None:
    times = EventTimes(kind, late_share=0.7, thirds=(0.5, 0.1, 0.4))
    calendar = replace(PLAIN, toxicity_times=times)
    plan, truth = calendar.plan(), calendar.truth(Scenario((0.4,)))
    luck: Any = np.uint64(sample_luck(np.uint64(5), 1))  # type: ignore[arg-type]
    days = np.array([sample_toxicity_day(0, plan, truth, luck, k) for k in range(20_000)])
    seen = days[days >= 0]
    assert len(seen) / len(days) == pytest.approx(0.4, abs=0.015)
    assert seen.max() <= 28
    late = np.mean(seen > 14)
    expected = {"Weibull": 0.7, "uniform": 0.5, "thirds": 0.45, "at the end": 1.0}[kind]
    assert late == pytest.approx(expected, abs=0.025)
    if kind == "thirds":
        assert np.mean(seen <= 28 / 3) == pytest.approx(0.5, abs=0.025)


def test_linked_outcomes_keep_their_joint_probability() -> None:
    truth = PLAIN.truth(Scenario((0.4,), (0.5,), (0.3,)))
    plan = PLAIN.plan()
    luck: Any = np.uint64(sample_luck(np.uint64(5), 1))  # type: ignore[arg-type]
    both = 0
    for k in range(20_000):
        toxic = sample_toxicity_day(0, plan, truth, luck, k) >= 0
        both += toxic and sample_response_day(0, toxic, plan, truth, luck, k) >= 0
    assert both / 20_000 == pytest.approx(0.3, abs=0.012)


def test_numbers_of_persons_are_uniform_and_their_own() -> None:
    luck: Any = np.uint64(sample_luck(np.uint64(7), 3))  # type: ignore[arg-type]
    draws = np.array([sample_uniform(luck, k, 1) for k in range(20_000)])
    assert draws.min() >= 0
    assert draws.max() < 1
    assert abs(draws.mean() - 0.5) < 4 * np.sqrt(1 / 12 / 20_000)
    assert abs(np.corrcoef(draws[:-1], draws[1:])[0, 1]) < 0.03
    assert sample_uniform(luck, 5, 1) != sample_uniform(luck, 5, 2)


@pytest.mark.parametrize("form", ["A", "B", "C"])
def test_compiled_three_plus_three_is_the_design(form: Any) -> None:
    design = ThreePlusThree(3, form)
    rng = np.random.default_rng(3)
    for _ in range(400):
        n = rng.choice([0, 3, 6], size=3)
        here = int(rng.integers(3))
        n[here] = rng.choice([3, 6])
        tox = rng.binomial(n, 0.25)
        counts = np.stack([n, tox, 0 * n, 0 * n], axis=1)
        dose, size, reason = simulate_three_plus_three(counts, here, "ABC".index(form))
        decision = design.decide(Outcomes.from_counts(n.tolist(), tox.tolist(), dose=here + 1))
        assert (dose + 1, size, Reason(reason).name.lower()) == (
            decision.dose or 0, decision.size, decision.why,
        )  # fmt: skip


def test_any_design_that_counts_runs() -> None:
    for design in (StopAfter(TWO, participants_at_dose=3), Cap(TWO, participants=4), BOIN12(2)):
        found = simulate_calendar(
            design, [Scenario((0.2, 0.4), (0.3, 0.5))], PLAIN, trials=50,
            rng=np.random.default_rng(1),
        )  # fmt: skip
        assert found.calendar["duration"][0] > 28
    one = simulate_calendar(
        FixedSample(4), [Scenario((0.2,), (0.3,))], PLAIN, trials=5, rng=np.random.default_rng(1)
    )
    assert one.total[0] == 4


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"gap": 0}, "gap is 0 days"),
        ({"gap": float("nan")}, "gap is nan"),
        ({"window": -1}, "window is -1 days"),
        ({"stagger": (7, -1)}, "stagger 2 is -1 days"),
        ({"manufacturing_failure": 1}, "manufacturing_failure is 1"),
        ({"slots_per_week": 0}, "slots_per_week is 0"),
        ({"no_place": "argues"}, "no_place is 'argues'"),
        ({"infusions_each": 0}, "infusions_each is 0"),
        ({"gap": 1e-6, "no_place": "leaves"}, "more than 100,000 patients away"),
    ],
)
def test_senseless_conventions_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(DesignError, match=words):
        Calendar(**({"gap": 10, "window": 28} | settings))


def test_senseless_times_are_refused() -> None:
    with pytest.raises(DesignError, match="name one of Weibull"):
        EventTimes("normal")  # type: ignore[arg-type]
    with pytest.raises(DesignError, match="late_share is 1"):
        EventTimes(late_share=1)
    with pytest.raises(DesignError, match="three shares"):
        EventTimes("thirds", thirds=(0.5, 0.5, 0.5))


def test_calendars_that_do_not_fit_are_refused() -> None:
    rng = np.random.default_rng(1)
    design = TITEBOIN(TWO, 42, Suspension(0.5, None, None))
    with pytest.raises(DesignError, match="watches for 42 days and the calendar for 28"):
        simulate_calendar(design, [NONE], PLAIN, rng=rng)
    with pytest.raises(DesignError, match="0 trials show nothing"):
        simulate_calendar(TWO, [NONE], PLAIN, trials=0, rng=rng)
    with pytest.raises(DesignError, match="leave cut_cohort out"):
        simulate_calendar(BOIN12(2), [NONE], replace(PLAIN, cut_cohort=True), rng=rng)
    held = Cap(TITEBOIN(TWO, 28, Suspension(0.5, None, None)), participants=4)
    with pytest.raises(DesignError, match="without rules around it"):
        simulate_calendar(held, [NONE], PLAIN, rng=rng)
    late = TITEBOIN12(BOIN12(2), 28, 80, Suspension(0.5, None, None))
    with pytest.raises(DesignError, match="waits 80 days for a response"):
        simulate_calendar(late, [NONE], PLAIN, rng=rng)


def test_a_protocol_describes_its_calendar() -> None:
    plan = parse_protocol(EXAMPLE).plan
    assert plan is not None
    rehearsal = parse_rehearsal(REHEARSAL, protocol=plan).plan
    assert rehearsal is not None
    calendar = Calendar.from_protocol(plan, rehearsal)
    # 3 a month consent and 9 in 10 of them are eligible.
    assert calendar.gap == pytest.approx(365.25 / 12 / 2.7)
    assert (calendar.window, calendar.stagger, calendar.vein_to_vein) == (28, (14,), 0)
    first = parse_protocol(
        amend_example(
            "dosing: {cohort: {stagger_applies_to: first participant, next_after: 42 days}}"
        )
    ).plan
    assert first is not None
    calendar = Calendar.from_protocol(first, rehearsal)
    assert (calendar.stagger, calendar.next_cohort_after) == ((14, 0), 42)
    without = parse_protocol(amend_example("dosing: {dlt: null}")).plan
    assert without is not None
    with pytest.raises(DesignError, match="need a DLT window"):
        Calendar.from_protocol(without, rehearsal)
