"""Months and days are told apart only where no calendar brings them together."""

from datetime import date, timedelta

import pytest

from protocyte.protocol.timepoint import CALENDAR_SLACK, Timepoint
from protocyte.standards.calendar import Duration


@pytest.mark.parametrize("months", [1, 2, 3, 6, 7, 11, 12, 24, 48, 60])
def test_no_month_differs_from_its_nominal_length_by_the_slack(months: int) -> None:
    length = Duration(months, "month")
    for offset in range(0, 4 * 366, 7):
        start = date(2023, 1, 31) + timedelta(days=offset)
        assert abs((length.after(start) - start).days - length.nominal_days) < CALENDAR_SLACK


@pytest.mark.parametrize(
    ("one", "other", "is_after"),
    [
        (Duration(91, "day"), Duration(90, "day"), True),
        (Duration(90, "day"), Duration(90, "day"), False),
        (Duration(3, "month"), Duration(90, "day"), False),
        (Duration(90, "day"), Duration(3, "month"), False),
        (Duration(3, "month"), Duration(88, "day"), True),
        (Duration(95, "day"), Duration(3, "month"), True),
        (Duration(12, "month"), Duration(1, "year"), False),
        (Duration(13, "month"), Duration(1, "year"), True),
        (Duration(4, "week"), Duration(28, "day"), False),
    ],
)
def test_one_length_after_another(one: Duration, other: Duration, is_after: bool) -> None:
    assert Timepoint.of(one).is_after(Timepoint.of(other)) is is_after


def test_a_window_is_added_in_days() -> None:
    late = Timepoint.of(Duration(3, "month")).shifted(7)
    assert late.calendar
    assert late.days == pytest.approx(98.3125)
    assert Timepoint(-28.0).plus(Duration(12, "month")) == Timepoint(337.25, calendar=True)
