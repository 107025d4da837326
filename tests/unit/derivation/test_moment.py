"""Dates from recorded text, whole and partial."""

from datetime import date, datetime

import polars as pl
import pytest

from protocyte.derivation.moment import (
    derive_date,
    derive_date_after,
    derive_date_flag,
    derive_earliest_date,
    derive_latest_date,
    derive_moment,
)
from protocyte.standards.calendar import Duration, Step


def told(text: str | None, expression: pl.Expr) -> object:
    return pl.DataFrame({"d": [text]}, schema={"d": pl.String}).select(expression).item()


@pytest.mark.parametrize(
    ("text", "day", "first", "last", "flag"),
    [
        ("2026-03-09", date(2026, 3, 9), date(2026, 3, 9), date(2026, 3, 9), None),
        ("2026-03-09T23:59", date(2026, 3, 9), date(2026, 3, 9), date(2026, 3, 9), None),
        ("2026-02", None, date(2026, 2, 1), date(2026, 2, 28), "D"),
        ("2024-02", None, date(2024, 2, 1), date(2024, 2, 29), "D"),
        ("2026-12", None, date(2026, 12, 1), date(2026, 12, 31), "D"),
        ("2026", None, date(2026, 1, 1), date(2026, 12, 31), "M"),
        (None, None, None, None, None),
    ],
)
def test_what_a_text_may_mean(
    text: str | None, day: date | None, first: date | None, last: date | None, flag: str | None
) -> None:
    assert told(text, derive_date("d")) == day
    assert told(text, derive_earliest_date("d")) == first
    assert told(text, derive_latest_date("d")) == last
    assert told(text, derive_date_flag("d")) == flag


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-09T07:05", datetime(2026, 3, 9, 7, 5)),  # noqa: DTZ001 - as SDTM has it
        ("2026-03-09T07:05:59", datetime(2026, 3, 9, 7, 5)),  # noqa: DTZ001
        ("2026-03-09T07", None),
        ("2026-03-09", None),
        (None, None),
    ],
)
def test_a_time_of_day_is_known_to_the_minute_or_not(
    text: str | None, moment: datetime | None
) -> None:
    assert told(text, derive_moment("d")) == moment


@pytest.mark.parametrize("count", [0, 1, 3, 5, 12, 18, 1.5, 36])
@pytest.mark.parametrize("step", ["hour", "day", "week", "month", "year"])
@pytest.mark.parametrize(
    "on", [date(2026, 11, 30), date(2024, 2, 29), date(2026, 1, 31), date(2026, 6, 15)]
)
def test_columns_of_dates_move_as_single_dates_do(on: date, step: Step, count: float) -> None:
    if step in ("month", "year") and count != int(count):
        return
    length = Duration(count, step)
    moved = pl.DataFrame({"d": [on]}).select(derive_date_after(pl.col("d"), length)).item()
    assert moved == length.after(on)
