"""Laws of designs that decide while outcomes are pending."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocyte.design import BOIN, BOIN12, Scenario, find_characteristics
from protocyte.design.late_onset.backfill import BEBOIN, BFBOIN
from protocyte.design.late_onset.follow_up import Followed, FollowUp
from protocyte.design.late_onset.late_onset import LateOnsetDesign
from protocyte.design.late_onset.rolling_six import RollingSixInTime
from protocyte.design.late_onset.suspension import Suspension
from protocyte.design.late_onset.tite_boin import TITEBOIN
from protocyte.design.late_onset.tite_boin12 import TITEBOIN12
from protocyte.design.late_onset.tite_crm import TITECRM
from protocyte.design.late_onset.tite_keyboard import TITEKeyboard
from protocyte.design.model_based.crm import CRM
from protocyte.design.toxicity.keyboard import Keyboard
from protocyte.design.toxicity.rolling_six import RollingSix
from protocyte.simulation.calendar import Calendar, EventTimes
from protocyte.simulation.calendar_characteristics import simulate_calendar
from protocyte.simulation.calendar_run import simulate_with

BOIN_3 = BOIN(target=0.3, n_doses=3, cohorts=4, early_stop=9)
WAIT = Suspension(0.5, 2, 0.25)
WINDOW = 30.0
TRUTH = Scenario((0.1, 0.3, 0.5), (0.2, 0.4, 0.5))


MAKE: dict[str, Callable[[float], LateOnsetDesign]] = {
    "TITE-BOIN": lambda window: TITEBOIN(BOIN_3, window, WAIT),
    "TITE-BOIN ESS": lambda window: TITEBOIN(BOIN_3, window, WAIT, method="effective sample size"),
    "TITE-Keyboard": lambda window: TITEKeyboard(
        Keyboard(target=0.3, n_doses=3, cohorts=4), window, WAIT
    ),
    "TITE-CRM": lambda window: TITECRM(
        CRM(target=0.3, skeleton=(0.15, 0.3, 0.45), cohorts=4), window, WAIT
    ),
    "TITE-BOIN12": lambda window: TITEBOIN12(
        BOIN12(3, cohorts=4), window, 2 * window, Suspension(0.5, None, None)
    ),
    "rolling six": lambda window: RollingSixInTime(RollingSix(3), window),
    "BF-BOIN": lambda window: BFBOIN(BOIN_3, window, cap=9),
    "BE-BOIN": lambda window: BEBOIN(BOIN_3, window, WAIT, cap=9),
}
DESIGNS = {name: make(WINDOW) for name, make in MAKE.items()}
INTERVAL = ["TITE-BOIN", "TITE-BOIN ESS", "TITE-Keyboard"]


@st.composite
def follow_ups(draw: st.DrawFn, *, complete: bool = False) -> FollowUp:
    """Trials that have had whole cohorts of three from the lowest dose on."""
    people = []
    for _ in range(draw(st.integers(1, 3))):
        level = draw(st.integers(1, 3))
        for _ in range(3):
            days = draw(st.floats(2 * WINDOW, 200) if complete else st.floats(0.5, 100))
            dlt = draw(st.none() | st.floats(0, min(days, WINDOW)))
            response = draw(st.none() | st.floats(0, min(days, 2 * WINDOW)))
            people.append(Followed(level, days, dlt, response))
    return FollowUp(3, tuple(people))


@pytest.mark.parametrize("name", ["TITE-BOIN", "TITE-BOIN ESS", "TITE-Keyboard", "TITE-CRM",
                                  "TITE-BOIN12", "BF-BOIN", "BE-BOIN"])  # fmt: skip
@given(followed=follow_ups(complete=True))
@settings(max_examples=60, deadline=None)
def test_complete_outcomes_are_decided_as_the_parent_decides(name: str, followed: FollowUp) -> None:
    design = DESIGNS[name]
    late, plain = design.decide_followed(followed), _parent(design, followed)
    assert (late.action, late.dose, late.size, late.why) == plain


def _parent(design: LateOnsetDesign, followed: FollowUp) -> Any:
    outcomes = followed.outcomes(WINDOW, 2 * WINDOW)
    if isinstance(design, TITECRM):
        # The CRM's last cohort: the last three participants.
        last = followed.participants[-3:]
        before = FollowUp(3, followed.participants[:-3]).outcomes(WINDOW, 2 * WINDOW)
        tox = sum(one.has_dlt(WINDOW) for one in last)
        outcomes = before.after(last[0].dose, n=3, tox=tox)
    plain = design.parent.decide(outcomes)
    return plain.action, plain.dose, plain.size, plain.why


@pytest.mark.parametrize("name", DESIGNS)
@given(followed=follow_ups())
@settings(max_examples=60, deadline=None)
def test_every_answer_is_one(name: str, followed: FollowUp) -> None:
    design = DESIGNS[name]
    found = design.decide_followed(followed)
    assert found.action in {"escalate", "stay", "de-escalate", "stop", "suspend"}
    assert (found.dose is None) == (found.action in {"stop", "suspend"})
    assert (found.size > 0) == (found.dose is not None)
    assert found.dose not in found.closed
    assert found.arithmetic
    assert "{" not in found.reason
    if found.action == "suspend":
        assert "wait" in found.arithmetic[-1]


@pytest.mark.parametrize("name", INTERVAL)
@given(followed=follow_ups(), which=st.integers(0, 8))
@settings(max_examples=80, deadline=None)
def test_one_dlt_more_is_never_bolder(name: str, followed: FollowUp, which: int) -> None:
    people = list(followed.participants)
    one = people[which % len(people)]
    if one.dlt is not None or one.dose != followed.current:
        return
    people[which % len(people)] = replace(one, dlt=min(one.days, WINDOW))
    before = DESIGNS[name].decide_followed(followed)
    after = DESIGNS[name].decide_followed(FollowUp(3, tuple(people)))
    if before.dose is not None and after.dose is not None:
        assert after.dose <= before.dose
    assert set(before.closed) <= set(after.closed)


@pytest.mark.parametrize("name", INTERVAL)
@given(followed=follow_ups(), days=st.floats(0, 40))
@settings(max_examples=80, deadline=None)
def test_follow_up_without_dlt_is_never_more_careful(
    name: str, followed: FollowUp, days: float
) -> None:
    """Waiting without an event never lowers the dose of an interval design.

    It may end the trial: a design that stops where enough were treated and it would stay does so
    once the rate has fallen to where it stays.
    """
    before = DESIGNS[name].decide_followed(followed)
    after = DESIGNS[name].decide_followed(followed.later(days))
    if before.dose is not None and after.why != "enough":
        assert after.dose is not None
        assert after.dose >= before.dose


@pytest.mark.parametrize("name", DESIGNS)
@given(followed=follow_ups(), scale=st.sampled_from([1 / 7, 24.0, 365.25]))
@settings(max_examples=40, deadline=None)
def test_the_unit_of_time_does_not_matter(name: str, followed: FollowUp, scale: float) -> None:
    scaled = FollowUp(
        3,
        tuple(
            replace(
                one,
                days=one.days * scale,
                dlt=None if one.dlt is None else one.dlt * scale,
                response=None if one.response is None else one.response * scale,
            )
            for one in followed.participants
        ),
    )
    before = DESIGNS[name].decide_followed(followed)
    after = MAKE[name](WINDOW * scale).decide_followed(scaled)
    assert (before.action, before.dose, before.why) == (after.action, after.dose, after.why)


@pytest.mark.parametrize("name", DESIGNS)
def test_the_unit_of_time_scales_a_trial(name: str) -> None:
    calendar = Calendar(gap=8, window=WINDOW, response_window=2 * WINDOW, stagger=(7,))
    weeks = Calendar(gap=56, window=7 * WINDOW, response_window=14 * WINDOW, stagger=(49,))
    first = simulate_with(DESIGNS[name], calendar, seed=3)(0, 60, calendar.truth(TRUTH))
    second = simulate_with(MAKE[name](7 * WINDOW), weeks, seed=3)(0, 60, weeks.truth(TRUTH))
    assert first.counts.tolist() == second.counts.tolist()
    assert second.figures[:, :4] == pytest.approx(7 * first.figures[:, :4], abs=1e-6)


@pytest.mark.parametrize("name", ["TITE-BOIN", "TITE-Keyboard", "TITE-CRM", "TITE-BOIN12",
                                  "BF-BOIN", "BE-BOIN"])  # fmt: skip
def test_a_window_of_nothing_gives_the_exact_walk(name: str) -> None:
    """Outcomes are known before the next patient comes: the late design is its parent."""
    window = 1e-7
    design = MAKE[name](window)
    calendar = Calendar(gap=10, window=window, response_window=2 * window)
    found = simulate_calendar(
        design, [TRUTH], calendar, trials=20_000, rng=np.random.default_rng(8)
    )
    exact = find_characteristics(design.parent, [TRUTH])
    for key in ("selection", "participants", "dlts", "total"):
        values, errors = getattr(exact, key)[0], found.errors[key][0]
        assert np.all(np.abs(getattr(found, key)[0] - values) <= 4.5 * errors + 1e-9), key
    assert found.stopping.keys() <= exact.stopping.keys()


def test_waiting_for_everybody_gives_the_exact_walk() -> None:
    """However long the window and the stagger are, complete outcomes decide as counts do."""
    calendar = Calendar(gap=3, window=90, stagger=(14,), no_place="leaves")
    for design in (BOIN_3, Keyboard(target=0.3, n_doses=3, cohorts=4)):
        found = simulate_calendar(
            design, [TRUTH], calendar, trials=20_000, rng=np.random.default_rng(9)
        )
        exact = find_characteristics(design, [TRUTH])
        error = 4.5 * found.errors["selection"] + 1e-9
        assert np.all(np.abs(found.selection - exact.selection) <= error)


@pytest.mark.parametrize("name", ["BF-BOIN", "BE-BOIN"])
def test_without_a_response_backfilling_is_its_parent(name: str) -> None:
    """Trial by trial, the same patients, the same days."""
    design = DESIGNS[name]
    parent = BOIN_3 if name == "BF-BOIN" else TITEBOIN(BOIN_3, WINDOW, WAIT)
    truth = Scenario(TRUTH.tox, (0.0, 0.0, 0.0))
    for no_place in ("waits", "leaves", "queues"):
        calendar = Calendar(gap=8, window=WINDOW, no_place=no_place)
        first = simulate_with(design, calendar, seed=4)(0, 300, calendar.truth(truth))
        second = simulate_with(parent, calendar, seed=4)(0, 300, calendar.truth(truth))
        assert first.counts.tolist() == second.counts.tolist()
        assert first.figures == pytest.approx(second.figures)


def test_the_same_seed_gives_the_same_patients_to_every_design() -> None:
    """Nobody has a DLT below the least latent number, whichever design meets the patients."""
    calendar = Calendar(gap=8, window=WINDOW, toxicity_times=EventTimes("uniform"))
    found = [
        simulate_calendar(
            design, [TRUTH], calendar, trials=500, rng=np.random.default_rng(12)
        ).selection.tolist()
        for design in (BOIN_3, BOIN_3, TITEBOIN(BOIN_3, WINDOW, Suspension(0.0, None, None)))
    ]
    # A design that waits until nobody is pending decides as its parent on the same patients.
    assert found[0] == found[1] == found[2]


def test_earlier_decisions_shorten_the_trial() -> None:
    durations = []
    for share in (0.0, 0.5, None):
        design = TITEBOIN(BOIN_3, WINDOW, Suspension(share, None, None))
        found = simulate_calendar(
            design, [TRUTH], Calendar(gap=8, window=WINDOW), trials=2_000,
            rng=np.random.default_rng(12),
        )  # fmt: skip
        durations.append(found.calendar["duration"][0])
    assert durations[0] > durations[1] > durations[2]
