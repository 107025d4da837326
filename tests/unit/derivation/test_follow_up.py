"""From analysis data to follow-up: who is pending, for how long, and what follows."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from protocyte.derivation import (
    Observed,
    derive_decision,
    derive_follow_up,
    derive_outcomes,
)
from protocyte.design import BOIN, BOIN12, Outcomes
from protocyte.design.late_onset.backfill import BFBOIN
from protocyte.design.late_onset.follow_up import FollowUp
from protocyte.design.late_onset.late_onset import LateOnsetDesign
from protocyte.design.late_onset.suspension import Suspension
from protocyte.design.late_onset.tite_boin import TITEBOIN
from protocyte.design.late_onset.tite_boin12 import TITEBOIN12
from protocyte.record import Event
from protocyte.record.event import AdverseEventSeen, Consented, LeftTrial, Measured, Treated

START = date(2026, 3, 1)
WAITS = Suspension(0.5, None, None)
DESIGN = TITEBOIN(BOIN(target=0.3, n_doses=3, cohorts=6), 28, WAITS)
LASTING = "dosing: {dlt: {window: 28 days, is: [CRS >= 3 for > 7 days]}}"


def person(
    name: str,
    level: int,
    day: int,
    *,
    cohort: int | None = None,
    toxic: int | None = None,
    lasts: int | None = 2,
    left: int | None = None,
    response: int | None = None,
) -> list[Event]:
    """A participant infused on a day of the trial; what happened is counted from there."""
    told: Any = {
        "by": "site",
        "recorded": datetime(2028, 1, 1, tzinfo=UTC),
        "participant": name,
    }

    def on(days: int) -> str:
        return (START + timedelta(days=day + days)).isoformat()

    cells: Any = {"treatment": "cells", "category": "CELL INFUSION"}
    events: list[Event] = [
        Consented(happened=on(-20), **told),
        Treated(happened=on(0), level=level, cohort=cohort, **cells, **told),
    ]
    if toxic is not None:
        until = None if lasts is None else on(toxic + lasts)
        events.append(
            AdverseEventSeen(
                happened=on(toxic),
                identifier="1",
                term="Cytokine release syndrome",
                grade=3,
                until=until,
                **told,
            )
        )
    if left is not None:
        events.append(LeftTrial(happened=on(left), reason="LOST TO FOLLOW-UP", **told))
    if response is not None:
        result: Any = {"domain": "RS", "test": "OVRLRESP", "name": "Overall response", "text": "CR"}
        events.append(Measured(happened=on(response), **result, **told))
    return events


def seen(derive: Any, *people: list[Event], at: int, patch: str = "{}") -> tuple[Observed, date]:
    day = START + timedelta(days=at)
    data = derive([e for one in people for e in one], at=day.isoformat(), patch=patch)
    return derive_outcomes(data), day


def followed(
    derive: Any,
    *people: list[Event],
    at: int,
    design: LateOnsetDesign = DESIGN,
    patch: str = "{}",
) -> FollowUp:
    observed, day = seen(derive, *people, at=at, patch=patch)
    return derive_follow_up(observed, design, at=day)


def test_days_are_counted_from_the_infusion_and_a_toxicity_on_its_day(derive: Any) -> None:
    found = followed(
        derive,
        person("A", 1, 0),
        person("B", 1, 14, toxic=5),
        person("C", 1, 28),
        at=38,
    )
    # Who has had a toxicity is complete.
    assert [(one.days, one.dlt) for one in found.participants] == [(38, None), (28, 5), (10, None)]
    assert [one.awaits_toxicity(28) for one in found.participants] == [False, False, True]


def test_the_last_day_of_the_window_is_watched_and_then_nothing_is_awaited(derive: Any) -> None:
    (day_before,) = followed(derive, person("A", 1, 0), at=27).participants
    (on_the_day,) = followed(derive, person("A", 1, 0), at=28).participants
    assert (day_before.days, day_before.awaits_toxicity(28)) == (27, True)
    assert (on_the_day.days, on_the_day.awaits_toxicity(28)) == (28, False)


def test_who_left_before_the_end_without_a_toxicity_is_not_counted(derive: Any) -> None:
    found = followed(
        derive,
        person("A", 1, 0, left=20),
        person("B", 1, 1, left=20, toxic=3),
        person("C", 1, 2, left=40),
        at=50,
    )
    assert found.n == (2, 0, 0)
    assert found.tox(28) == (1, 0, 0)


def test_a_toxicity_that_may_still_last_long_enough_keeps_a_participant_pending(
    derive: Any,
) -> None:
    mild = person("A", 1, 0, toxic=25, lasts=None)
    (early,) = followed(derive, mild, at=30, patch=LASTING).participants
    assert (early.days, early.awaits_toxicity(28)) == (27, True)
    (later,) = followed(derive, mild, at=33, patch=LASTING).participants
    assert (later.dlt, later.awaits_toxicity(28)) == (25, False)


def test_responses_are_awaited_apart_from_toxicities(derive: Any) -> None:
    patch = """
dosing:
  efficacy: {endpoint: orr}
  method:
    BOIN: null
    TITE-BOIN12:
      toxicity_limit: 0.35
      efficacy_floor: 0.25
      response_window: 60 days
      suspend: {pending_share: 0.5, completed: null, follow_up: null}
endpoints: {secondary: {orr: {until: 60 days}}}
"""
    design = TITEBOIN12(BOIN12(3), 28, 60, WAITS)
    found = followed(
        derive,
        person("A", 1, 0, response=30),
        person("B", 1, 1),
        person("C", 1, 2, left=50),
        person("D", 1, 40, response=10),
        person("E", 1, 50),
        at=58,
        design=design,
        patch=patch,
    )
    people = found.participants
    assert [one.response for one in people] == [30, None, None, 10, None]
    assert [one.awaits_response(60) for one in people] == [False, True, False, False, True]
    assert [one.awaits_toxicity(28) for one in people] == [False, False, False, True, True]


def test_a_response_counts_by_its_endpoint_even_after_the_nominal_window(derive: Any) -> None:
    patch = """
dosing:
  efficacy: {endpoint: orr}
  method:
    BOIN: null
    TITE-BOIN12:
      toxicity_limit: 0.35
      efficacy_floor: 0.25
      response_window: 55 days
      suspend: {pending_share: 0.5, completed: null, follow_up: null}
endpoints: {secondary: {orr: {until: 60 days}}}
"""
    design = TITEBOIN12(BOIN12(3), 28, 55, WAITS)
    people = [person("A", 1, 0, response=58), person("B", 1, 0)]
    late = followed(derive, *people, at=58, design=design, patch=patch).participants
    assert [one.has_response(55) for one in late] == [True, False]
    assert [one.awaits_response(55) for one in late] == [False, True]
    over = followed(derive, *people, at=60, design=design, patch=patch).participants
    assert [one.awaits_response(55) for one in over] == [False, False]


def test_a_lower_level_than_the_cohort_s_is_backfilled(derive: Any) -> None:
    patch = "dosing: {method: {BOIN: null, BF-BOIN: {target: 0.3}}}"
    people = [
        *(person(name, 1, day, cohort=1) for name, day in (("A", 0), ("B", 1), ("C", 2))),
        person("D", 2, 40, cohort=2),
        person("E", 1, 45, cohort=2),
        person("F", 2, 50, cohort=2),
    ]
    design = BFBOIN(BOIN(target=0.3, n_doses=3), 28)
    found = followed(derive, *people, at=60, design=design, patch=patch)
    assert [one.dose for one in found.participants if one.backfilled] == [1]
    assert found.current == 2
    observed, day = seen(derive, *people, at=90, patch=patch)
    assert observed.notation == "1NNN 1N 2NN"
    decision = derive_decision(observed, design, at=day)
    assert (decision.why, decision.dose, decision.size) == ("fill", 2, 1)


def test_an_open_cohort_is_filled_unless_it_is_toxic(derive: Any) -> None:
    first = [person(name, 1, day, cohort=1) for name, day in (("A", 0), ("B", 1), ("C", 2))]
    open_cohort = [*first, person("D", 2, 40, cohort=2), person("E", 2, 45, cohort=2)]
    observed, day = seen(derive, *open_cohort, at=50)
    decision = derive_decision(observed, DESIGN, at=day)
    assert (decision.action, decision.dose, decision.size) == ("stay", 2, 1)
    toxic = [
        *first,
        person("D", 2, 40, cohort=2, toxic=3),
        person("E", 2, 45, cohort=2, toxic=2),
    ]
    observed, day = seen(derive, *toxic, at=50)
    assert derive_decision(observed, DESIGN, at=day).action == "de-escalate"


def test_who_left_too_early_is_replaced_at_the_same_dose(derive: Any) -> None:
    people = [
        person("A", 1, 0, cohort=1),
        person("B", 1, 1, cohort=1, left=9),
        person("C", 1, 2, cohort=1),
    ]
    observed, day = seen(derive, *people, at=50)
    decision = derive_decision(observed, DESIGN, at=day)
    assert (decision.why, decision.dose, decision.size) == ("fill", 1, 1)
    observed, day = seen(derive, *people, person("D", 1, 51, cohort=1), at=90)
    assert derive_decision(observed, DESIGN, at=day).dose == 2


@pytest.mark.parametrize("toxic", [(0, 0), (0, 1), (1, 1), (0, 2), (1, 3), (3, 0)])
def test_without_pending_participants_counts_decide(derive: Any, toxic: tuple[int, int]) -> None:
    people = [
        person(
            f"{level}{k}",
            level,
            60 * level + k,
            cohort=level,
            toxic=3 if k < toxic[level - 1] else None,
        )
        for level in (1, 2)
        for k in range(3)
    ]
    observed, day = seen(derive, *people, at=300)
    decision = derive_decision(observed, DESIGN, at=day)
    counted = Outcomes.from_counts((3, 3, 0), (*toxic, 0), dose=2)
    assert observed.outcomes.n == counted.n
    expected = DESIGN.decide(counted)
    assert (decision.action, decision.dose, decision.why) == (
        expected.action,
        expected.dose,
        expected.why,
    )
