"""Durations and labels of days: months are calendar steps, and there is no Day 0 in CDISC."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocyte.standards.calendar import Duration, Step, convert_duration
from protocyte.standards.studyday import (
    convert_day_to_date,
    convert_protocol_day,
    label_protocol_day,
    label_study_day,
)

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
OFFSETS = st.integers(-400, 400)


@pytest.mark.parametrize(
    ("length", "on", "after"),
    [
        (Duration(3, "month"), date(2026, 11, 30), date(2027, 2, 28)),
        (Duration(3, "month"), date(2027, 11, 30), date(2028, 2, 29)),
        (Duration(1, "month"), date(2026, 1, 31), date(2026, 2, 28)),
        (Duration(12, "month"), date(2024, 2, 29), date(2025, 2, 28)),
        (Duration(1, "year"), date(2024, 2, 29), date(2025, 2, 28)),
        (Duration(4, "year"), date(2024, 2, 29), date(2028, 2, 29)),
        (Duration(2, "week"), date(2026, 12, 25), date(2027, 1, 8)),
        (Duration(90, "day"), date(2026, 11, 30), date(2027, 2, 28)),
        (Duration(72, "hour"), date(2026, 12, 30), date(2027, 1, 2)),
        (Duration(36, "hour"), date(2026, 12, 30), date(2026, 12, 31)),
        (Duration(0, "month"), date(2026, 1, 31), date(2026, 1, 31)),
    ],
)
def test_after(length: Duration, on: date, after: date) -> None:
    assert length.after(on) == after


@pytest.mark.parametrize(
    ("length", "on", "before"),
    [
        (Duration(3, "month"), date(2026, 5, 31), date(2026, 2, 28)),
        (Duration(1, "year"), date(2024, 2, 29), date(2023, 2, 28)),
        (Duration(14, "month"), date(2026, 1, 15), date(2024, 11, 15)),
        (Duration(1, "week"), date(2026, 1, 3), date(2025, 12, 27)),
    ],
)
def test_before(length: Duration, on: date, before: date) -> None:
    assert length.before(on) == before


@given(DAYS, st.integers(0, 60), st.sampled_from(["day", "week", "month", "year"]))
def test_later_is_later_and_near_its_nominal_length(on: date, count: int, step: Step) -> None:
    length = Duration(count, step)
    days = (length.after(on) - on).days
    assert days >= 0
    assert abs(days - length.nominal_days) <= 3
    assert (on - length.before(on)).days >= 0


@pytest.mark.parametrize(
    ("text", "count", "step", "shown"),
    [
        ("28 days", 28, "day", "28 days"),
        ("1 day", 1, "day", "1 day"),
        (" 2weeks ", 2, "week", "2 weeks"),
        ("1.5 days", 1.5, "day", "1.5 days"),
        ("72 hours", 72, "hour", "72 hours"),
        ("3 months", 3, "month", "3 months"),
        ("1 year", 1, "year", "1 year"),
    ],
)
def test_durations_are_read_and_written(text: str, count: float, step: Step, shown: str) -> None:
    found = convert_duration(text)
    assert found == Duration(count, step)
    assert str(found) == shown
    assert convert_duration(shown) == found


@pytest.mark.parametrize("text", ["", "28", "days", "-1 day", "3 moons", "1e1 days", "28 d"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration; write a number and hours, days"):
        convert_duration(text)


def test_months_are_whole() -> None:
    with pytest.raises(ValueError, match="months and years are calendar steps; write a whole"):
        convert_duration("1.5 months")


@given(DAYS, OFFSETS)
def test_study_days_skip_zero(reference: date, offset: int) -> None:
    """CDISC SDTMIG v3.4, section 4.4.4: Day 1 is the reference, the day before is Day -1."""
    label = label_study_day(reference + timedelta(days=offset), reference=reference)
    assert label != 0
    assert label - (offset > -1) == offset


@given(OFFSETS, st.booleans())
def test_a_protocol_day_and_back(offset: int, day_zero: bool) -> None:
    label = label_protocol_day(offset, day_zero=day_zero)
    assert convert_protocol_day(label, day_zero=day_zero) == offset
    assert day_zero or label != 0


@given(DAYS, OFFSETS)
def test_without_a_day_zero_protocol_days_are_study_days(anchor: date, offset: int) -> None:
    on = anchor + timedelta(days=offset)
    label = label_protocol_day(offset, day_zero=False)
    assert label == label_study_day(on, reference=anchor)
    assert convert_day_to_date(label, anchor=anchor, day_zero=False) == on


def test_day_zero_of_a_protocol_that_has_none() -> None:
    with pytest.raises(ValueError, match="has no Day 0; write Day 1 or Day -1"):
        convert_protocol_day(0, day_zero=False)
