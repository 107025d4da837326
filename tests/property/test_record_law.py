"""Laws of the record: parts fold to the whole, and a file gives back what was written."""

import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from protocyte.errors import RecordError
from protocyte.files import read_record, write_record
from protocyte.record import DOMAINS, About, Event, Record, fold_events
from protocyte.record.event import (
    AdverseEventSeen,
    Consented,
    Corrected,
    Died,
    Enrolled,
    HistoryTaken,
    LeftTrial,
    Measured,
    MedicationTaken,
    ProcedureDone,
    Treated,
    VisitHeld,
)

ABOUT = About("S", "rehearsal", seed=7, command='protocyte "simulate"', notes=("one, two",))
PEOPLE = ("P1", "P2", "P3")
DAYS = st.dates(date(2026, 1, 1), date(2026, 6, 30)).map(date.isoformat)
TEXT = st.text("abé,\"'\n ;", min_size=1, max_size=6).filter(str.strip) | st.none()
NUMBER = st.none() | st.floats(0.001, 1e9, allow_nan=False)
FEW = st.integers(1, 3)
GRADE = st.none() | st.integers(1, 5)
YES_NO = st.none() | st.booleans()


def told(draw: Callable[[Any], Any]) -> dict[str, Any]:
    return {
        "participant": draw(st.sampled_from(PEOPLE)),
        "happened": draw(DAYS),
        "recorded": datetime(2026, 12, 1, tzinfo=UTC),
        "by": "site",
    }


@st.composite
def adverse_events(draw: Callable[[Any], Any]) -> Event:
    return AdverseEventSeen(
        **told(draw),
        identifier=str(draw(FEW)),
        term=draw(st.sampled_from(["Nausea", "Fever"])),
        system=draw(TEXT),
        grade=draw(GRADE),
        grade_before=draw(GRADE),
        serious=draw(YES_NO),
        related=draw(YES_NO),
        outcome=draw(TEXT),
        until=draw(st.none() | st.just("2026-07")),
    )


@st.composite
def measurements(draw: Callable[[Any], Any]) -> Event:
    number = draw(NUMBER)
    return Measured(
        **told(draw),
        domain=draw(st.sampled_from(["LB", "VS", "PC", "RS", "QS"])),
        test=f"T{draw(FEW)}",
        name="test",
        category=draw(st.sampled_from([None, "A"])),
        text=draw(TEXT),
        number=number,
        unit="U/L",
        visit=draw(st.sampled_from([None, "Day 7"])),
    )


@st.composite
def others(draw: Callable[[Any], Any]) -> Event:
    mine = told(draw)
    until = (date.fromisoformat(mine["happened"]) + timedelta(days=3)).isoformat()
    kinds: tuple[Callable[[], Event], ...] = (
        lambda: Enrolled(**mine),
        lambda: LeftTrial(**mine, reason=draw(st.sampled_from(["COMPLETED", "NOT TREATED"]))),
        lambda: Died(**mine, cause=draw(TEXT)),
        lambda: ProcedureDone(**mine, procedure="Leukapheresis", category=draw(TEXT)),
        lambda: Treated(
            **mine,
            treatment="cells",
            category="CELL INFUSION",
            dose=draw(NUMBER),
            unit="cells",
            level=draw(st.none() | FEW),
            until=until,
        ),
        lambda: VisitHeld(**mine, visit=f"Day {draw(FEW)}", visit_number=draw(NUMBER)),
        lambda: HistoryTaken(**mine, condition="Asthma", occurred=draw(YES_NO), until=until),
        lambda: MedicationTaken(**mine, drug="Drug", dose=draw(NUMBER), unit="mg", until=until),
    )
    make: Callable[[], Event] = draw(st.sampled_from(kinds))
    return make()


@st.composite
def histories(draw: Callable[[Any], Any]) -> list[Event]:
    """Events in the order of recording, with corrections of rows that are there."""
    first = told(draw)
    events: list[Event] = [Consented(**first | {"participant": name}) for name in PEOPLE]
    events += draw(st.lists(adverse_events() | measurements() | others(), max_size=12))
    for _ in range(draw(st.integers(0, 3))):
        correction = correction_of(draw, events)
        try:
            fold_events([*events, correction], about=ABOUT)
        except RecordError:
            continue  # two rows would have become one
        events.append(correction)
        events += draw(st.lists(adverse_events() | measurements() | others(), max_size=3))
    return events


def correction_of(draw: Callable[[Any], Any], events: list[Event]) -> Corrected:
    """Correct a value, and perhaps a key, of a row that an event has written."""
    record = fold_events(events, about=ABOUT)
    filled = [name for name in DOMAINS if record[name].height]
    domain = draw(st.sampled_from(filled))
    table, frame = DOMAINS[domain], record[domain]
    row = frame.row(draw(st.integers(0, frame.height - 1)), named=True)
    keys = {key: row[key] for key in table.keys if key != "USUBJID"}
    free = [c.name for c in table.columns if not c.required and not c.terms and c.kind == "text"]
    values: dict[str, Any] = {draw(st.sampled_from(free)): draw(TEXT)} if free else {}
    if table.time in keys:
        values[table.time] = "2026-01-01"
    return Corrected(
        participant=row["USUBJID"],
        happened="2026-07-01",
        recorded=datetime(2026, 12, 1, tzinfo=UTC),
        by="site",
        domain=domain,
        keys=keys,
        values=values,
        reason="transcription",
    )


def assert_equal(one: Record, other: Record) -> None:
    assert one.about == other.about
    for name in DOMAINS:
        assert one[name].equals(other[name]), name


@settings(max_examples=25, deadline=None)
@given(histories(), st.data())
def test_folding_the_rest_onto_a_part_is_folding_all(
    events: list[Event], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(len(PEOPLE), len(events)))
    part = fold_events(events[:cut], about=ABOUT)
    assert_equal(
        fold_events(events[cut:], about=ABOUT, onto=part), fold_events(events, about=ABOUT)
    )


@settings(max_examples=8, deadline=None)
@given(histories())
def test_sequence_numbers_do_not_change_when_more_is_recorded(events: list[Event]) -> None:
    before: dict[tuple[str, Any, int], Any] = {}
    for cut in range(len(PEOPLE), len(events) + 1):
        record = fold_events(events[:cut], about=ABOUT)
        for name, table in DOMAINS.items():
            if not table.sequence:
                continue
            for row in record[name].iter_rows(named=True):
                place = (name, row["USUBJID"], row[table.sequence])
                keys = tuple(row[key] for key in table.keys if key != table.time)
                assert before.setdefault(place, keys) == keys or isinstance(
                    events[cut - 1], Corrected
                )
                before[place] = keys


@settings(max_examples=15, deadline=None)
@given(histories(), st.sampled_from(["parquet", "csv"]))
def test_a_record_is_read_as_it_was_written(
    events: list[Event], form: Literal["parquet", "csv"]
) -> None:
    record = fold_events(events, about=ABOUT)
    with tempfile.TemporaryDirectory() as folder:
        write_record(record, Path(folder), form=form)
        assert_equal(read_record(Path(folder)), record)
