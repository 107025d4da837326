"""One row a participant: anchors, populations, the last day known alive, death."""

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from protocyte.derivation import derive_adsl
from protocyte.record import About, Event, Record, fold_events
from protocyte.record.event import (
    AdverseEventSeen,
    Consented,
    Died,
    Enrolled,
    LeftTrial,
    ProcedureDone,
    Treated,
    VisitHeld,
)

P: dict[str, Any] = {
    "participant": "P1",
    "by": "site",
    "recorded": datetime(2027, 1, 1, tzinfo=UTC),
}
CONSENT = Consented(happened="2026-03-01", age=41.0, **P)


def infused(on: str, **values: Any) -> Treated:
    return Treated(happened=on, treatment="cells", category="CELL INFUSION", **P, **values)


def row(plan: Any, *events: Event, patch: str = "{}") -> dict[str, Any]:
    frame = derive_adsl(fold_events([CONSENT, *events], about=About("S")), plan(patch))
    assert frame.height == 1
    return frame.row(0, named=True)


def test_anchors_are_the_first_of_their_kind(plan: Any) -> None:
    found = row(
        plan,
        Enrolled(happened="2026-03-05", **P),
        ProcedureDone(happened="2026-03-20", procedure="Leukapheresis", **P),
        ProcedureDone(happened="2026-03-06", procedure="leukapheresis", **P),
        Treated(happened="2026-04-05", treatment="Flu", category="LYMPHODEPLETION", **P),
        Treated(happened="2026-04-04", treatment="Cy", category="LYMPHODEPLETION", **P),
        Treated(happened="2026-03-10", treatment="Steroid", category="BRIDGING", **P),
        infused("2026-04-09", level=2, cohort=3, dose=3e6, unit="cells/kg"),
    )
    assert found["RFICDT"] == date(2026, 3, 1)
    assert found["ENRLDT"] == date(2026, 3, 5)
    assert found["LEUKDT"] == date(2026, 3, 6)
    assert found["LDSDT"] == date(2026, 4, 4)
    assert found["TRTSDT"] == date(2026, 4, 9)
    assert (found["LEVELN"], found["COHORTN"], found["LEVEL"]) == (2, 3, "Level 2: 3e6 cells/kg")
    assert (found["DOSE"], found["DOSEU"]) == (3e6, "cells/kg")
    assert (found["ENRLFL"], found["SAFFL"]) == ("Y", "Y")


def test_a_second_infusion_moves_neither_start_nor_level(plan: Any) -> None:
    found = row(plan, infused("2026-09-01", level=3), infused("2026-04-09", level=1))
    assert (found["TRTSDT"], found["TRTEDT"]) == (date(2026, 4, 9), date(2026, 9, 1))
    assert found["LEVELN"] == 1


def test_whoever_was_never_infused_is_in_the_set_without_a_treatment(plan: Any) -> None:
    found = row(
        plan,
        Enrolled(happened="2026-03-05", **P),
        ProcedureDone(happened="2026-03-06", procedure="Leukapheresis", **P),
        LeftTrial(happened="2026-04-01", reason="PRODUCT NOT MANUFACTURED", **P),
    )
    assert (found["ENRLFL"], found["SAFFL"], found["TRTSDT"]) == ("Y", "N", None)
    assert found["LEUKDT"] == date(2026, 3, 6)
    assert (found["EOSSTT"], found["EOSDT"]) == ("PRODUCT NOT MANUFACTURED", date(2026, 4, 1))
    assert found["LSTALVDT"] == date(2026, 4, 1)


def test_an_enrolment_on_an_unknown_day_is_an_enrolment(plan: Any) -> None:
    found = row(plan, Enrolled(happened="2026-03", **P))
    assert (found["ENRLDT"], found["ENRLFL"]) == (None, "Y")


def test_levels_of_a_protocol_without_a_dosing_chapter(plan: Any) -> None:
    patch = "{dosing: null, endpoints: {primary: {dlt: null}}, assumptions: null}"
    assert row(plan, infused("2026-04-09", level=1), patch=patch)["LEVEL"] is None


@pytest.mark.parametrize(
    ("event", "last"),
    [
        (VisitHeld(happened="2026-05-07T08:00", visit="Day 28", **P), date(2026, 5, 7)),
        (VisitHeld(happened="2026-05", visit="Day 28", **P), date(2026, 4, 9)),
        (
            AdverseEventSeen(
                happened="2026-04-12", identifier="1", term="Fever", until="2026-04-15", **P
            ),
            date(2026, 4, 15),
        ),
        (LeftTrial(happened="2026-06-01", reason="COMPLETED", **P), date(2026, 6, 1)),
        (Died(happened="2026-06-02", **P), date(2026, 6, 2)),
    ],
)
def test_the_last_day_known_alive(plan: Any, event: Event, last: date) -> None:
    assert row(plan, infused("2026-04-09"), event)["LSTALVDT"] == last


def test_nobody_is_known_alive_after_death(plan: Any) -> None:
    visit = VisitHeld(happened="2026-07-01", visit="Month 3", **P)
    found = row(plan, infused("2026-04-09"), visit, Died(happened="2026-06-02", **P))
    assert (found["LSTALVDT"], found["DTHDT"], found["DTHDTF"]) == (
        date(2026, 6, 2),
        date(2026, 6, 2),
        None,
    )


@pytest.mark.parametrize(
    ("seen", "died", "expected", "flag"),
    [
        # After the last visit, as early as may be.
        ("2026-05-07", "2026-06", date(2026, 6, 1), "D"),
        # In the month of the last visit, not before it.
        ("2026-05-07", "2026-05", date(2026, 5, 7), "D"),
        ("2026-05-07", "2026", date(2026, 5, 7), "M"),
        # Visits after the month of death contradict it; death stays in its month.
        ("2026-07-07", "2026-06", date(2026, 6, 30), "D"),
    ],
)
def test_a_death_on_an_unknown_day_is_a_death(
    plan: Any, seen: str, died: str, expected: date, flag: str
) -> None:
    visit = VisitHeld(happened=seen, visit="Day 28", **P)
    found = row(plan, infused("2026-04-09"), visit, Died(happened=died, **P))
    assert (found["DTHDT"], found["DTHDTF"]) == (expected, flag)


def test_a_death_without_a_date_is_a_death(plan: Any) -> None:
    record = fold_events([CONSENT, infused("2026-04-09")], about=About("S"))
    people = record["DM"].with_columns(pl.lit("Y").alias("DTHFL"))
    record = Record(record.about, dict(record.tables) | {"DM": people})
    found = derive_adsl(record, plan("{}")).row(0, named=True)
    assert (found["DTHDT"], found["DTHDTF"]) == (date(2026, 4, 9), "Y")


def test_the_last_disposition_counts(plan: Any) -> None:
    found = row(
        plan,
        infused("2026-04-09"),
        Died(happened="2026-09-01", **P),
        LeftTrial(happened="2026-08-01", reason="WITHDRAWAL BY SUBJECT", **P),
    )
    assert (found["EOSSTT"], found["EOSDT"]) == ("DEATH", date(2026, 9, 1))
