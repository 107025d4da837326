"""Where stopping boundaries stand on a record."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from protocyte.derivation import Watch, derive_monitoring
from protocyte.record import Event
from protocyte.record.event import AdverseEventSeen, Consented, Died, Treated

START = date(2026, 3, 1)
TABLE = "{table: [{among: 3, stop_from: 2}, {among: 6, stop_from: 3}]}"


def person(
    name: str, day: int, *, grade: int | None = None, onset: int = 3, dies: int | None = None
) -> list[Event]:
    told: Any = {"by": "site", "recorded": datetime(2028, 1, 1, tzinfo=UTC), "participant": name}

    def on(days: int) -> str:
        return (START + timedelta(days=day + days)).isoformat()

    cells: Any = {"treatment": "cells", "category": "CELL INFUSION", "level": 1}
    events: list[Event] = [
        Consented(happened=on(-9), **told),
        Treated(happened=on(0), **cells, **told),
    ]
    if grade is not None:
        events.append(
            AdverseEventSeen(
                happened=on(onset),
                identifier="1",
                term="Cytokine release syndrome",
                grade=grade,
                until=on(onset + 1),
                related=False,
                **told,
            )
        )
    if dies is not None:
        events.append(Died(happened=on(dies), **told))
    return events


def watched(derive: Any, *people: list[Event], settings: str, at: int = 100) -> Watch:
    day = (START + timedelta(days=at)).isoformat()
    patch = f"safety: {{monitoring: {{harm: {{{settings}, participants: 6}}}}}}"
    (watch,) = derive_monitoring(derive([e for one in people for e in one], at=day, patch=patch))
    assert isinstance(watch, Watch)
    return watch


def test_without_boundaries_nothing_is_watched(derive: Any) -> None:
    assert derive_monitoring(derive(person("A", 0), at="2026-06-01")) == ()


def test_deaths_in_their_time_count(derive: Any) -> None:
    people = [person("A", 0, dies=20), person("B", 5, dies=31), person("C", 9)]
    settings = f"of: death, until: 30 days, rule: {TABLE}"
    found = watched(derive, *people, settings=settings)
    assert (found.treated, found.events, found.reached) == (3, 1, None)
    assert found.sentence == "harm: 1 of 3 with death; from 3 among the first 6: stop the trial."
    forever = watched(derive, *people, settings=f"of: death, rule: {TABLE}")
    assert forever.reached == (3, 2, 2)
    assert forever.decision.action == "stop"


def test_a_death_to_come_does_not_count_yet(derive: Any) -> None:
    people = [person("A", 0, dies=20), person("B", 5, dies=31)]
    settings = f"of: death, rule: {TABLE}"
    assert watched(derive, *people, settings=settings, at=35).events == 1
    # Two of two: the look at three participants can end in one way only.
    assert watched(derive, *people, settings=settings, at=36).reached == (3, 2, 2)


@pytest.mark.parametrize(("grade", "events"), [(1, 0), (2, 1), (4, 1)])
def test_a_toxicity_counts_from_its_grade_whoever_is_blamed(
    derive: Any, grade: int, events: int
) -> None:
    found = watched(derive, person("A", 0, grade=grade), settings=f"of: CRS >= 2, rule: {TABLE}")
    assert found.events == events


def test_dose_limiting_toxicities_are_those_of_the_dosing_chapter(derive: Any) -> None:
    # The event is not related to the product, and the chapter asks for related ones.
    found = watched(
        derive, person("A", 0, grade=4), settings=f"of: dose-limiting toxicity, rule: {TABLE}"
    )
    assert found.events == 0


def test_a_toxicity_before_the_infusion_does_not_count(derive: Any) -> None:
    found = watched(
        derive, person("A", 0, grade=4, onset=-3), settings=f"of: CRS >= 2, rule: {TABLE}"
    )
    assert found.events == 0


def test_a_look_is_over_when_the_next_has_come(derive: Any) -> None:
    people = [person(name, day, dies=90) for name, day in (("A", 0), ("B", 1))]
    others = [person(name, day) for name, day in zip("CDEF", range(2, 6), strict=True)]
    settings = f"of: death, rule: {TABLE}, then: pause"
    # At three participants, the look at three stops by two deaths; at six it takes three.
    assert watched(derive, *people, others[0], settings=settings).decision.action == "suspend"
    found = watched(derive, *people, *others, settings=settings)
    assert (found.treated, found.events, found.reached) == (6, 2, None)


def test_only_the_first_planned_are_watched_in_the_order_of_infusion(derive: Any) -> None:
    late = [person("A", 50 + k, dies=3) for k in range(1)]
    early = [person(name, day) for name, day in zip("BCDEFG", range(6), strict=True)]
    found = watched(derive, *late, *early, settings=f"of: death, rule: {TABLE}")
    assert (found.treated, found.events) == (6, 0)
    assert found.sentence.startswith("harm: 0 of 6 with death; from 3 among the first 6")
