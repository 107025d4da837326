"""Dates from recorded text: full ones, and the span that a partial one may mean."""

from datetime import timedelta
from typing import Final

import polars as pl

from protocyte.standards.calendar import MONTHS_A_YEAR, Duration

_YEAR: Final = len("2000")
_MONTH: Final = len("2000-01")
_DAY: Final = len("2000-01-01")
_MINUTE: Final = len("2000-01-01T00:00")


def derive_date(column: str) -> pl.Expr:
    """Give the date of recorded text; null where the day is not known.

    Parameters
    ----------
    column : str
        Column of ISO 8601 text.

    Returns
    -------
    polars.Expr
        Dates.

    Examples
    --------
    >>> frame = pl.DataFrame({"AESTDTC": ["2026-03-09T12:00", "2026-03"]})
    >>> frame.select(derive_date("AESTDTC"))["AESTDTC"].to_list()
    [datetime.date(2026, 3, 9), None]
    """
    return pl.col(column).str.slice(0, _DAY).str.to_date("%Y-%m-%d", strict=False)


def derive_moment(column: str) -> pl.Expr:
    """Give the date and time of recorded text; null where the time of day is not known.

    Parameters
    ----------
    column : str
        Column of ISO 8601 text.

    Returns
    -------
    polars.Expr
        Moments, to the minute.

    Examples
    --------
    >>> frame = pl.DataFrame({"PCDTC": ["2026-03-09T12:30", "2026-03-09"]})
    >>> frame.select(derive_moment("PCDTC"))["PCDTC"].to_list()
    [datetime.datetime(2026, 3, 9, 12, 30), None]
    """
    return pl.col(column).str.slice(0, _MINUTE).str.to_datetime("%Y-%m-%dT%H:%M", strict=False)


def derive_earliest_date(column: str) -> pl.Expr:
    """Give the first date that recorded text may mean; null where nothing is known.

    Parameters
    ----------
    column : str
        Column of ISO 8601 text, possibly partial.

    Returns
    -------
    polars.Expr
        Dates.

    Examples
    --------
    >>> pl.DataFrame({"d": ["2026-03"]}).select(derive_earliest_date("d"))["d"].item()
    datetime.date(2026, 3, 1)
    """
    text, length = pl.col(column), pl.col(column).str.len_chars()
    padded = (
        pl.when(length >= _DAY)
        .then(text.str.slice(0, _DAY))
        .when(length == _MONTH)
        .then(text + "-01")
        .when(length == _YEAR)
        .then(text + "-01-01")
    )
    return padded.str.to_date("%Y-%m-%d", strict=False)


def derive_latest_date(column: str) -> pl.Expr:
    """Give the last date that recorded text may mean; null where nothing is known.

    Parameters
    ----------
    column : str
        Column of ISO 8601 text, possibly partial.

    Returns
    -------
    polars.Expr
        Dates.

    Examples
    --------
    >>> pl.DataFrame({"d": ["2026"]}).select(derive_latest_date("d"))["d"].item()
    datetime.date(2026, 12, 31)
    """
    length = pl.col(column).str.len_chars()
    first = derive_earliest_date(column)
    return (
        pl.when(length == _MONTH)
        .then(first.dt.month_end())
        .when(length == _YEAR)
        .then(first.dt.offset_by("11mo").dt.month_end())
        .otherwise(first)
    )


def derive_date_flag(column: str) -> pl.Expr:
    """Give the imputation flag of recorded text (ADaM `--DTF`).

    Parameters
    ----------
    column : str
        Column of ISO 8601 text, possibly partial.

    Returns
    -------
    polars.Expr
        ``D`` if the day was not known, ``M`` if the month was not, null otherwise.

    Examples
    --------
    >>> pl.DataFrame({"d": ["2026-03", "2026-03-09"]}).select(derive_date_flag("d")).to_series()
    shape: (2,)
    Series: 'literal' [str]
    [
        "D"
        null
    ]
    """
    length = pl.col(column).str.len_chars()
    return pl.when(length == _MONTH).then(pl.lit("D")).when(length == _YEAR).then(pl.lit("M"))


def derive_date_after(date: pl.Expr, duration: Duration) -> pl.Expr:
    """Give the date a length of time after another, in calendar steps.

    Parameters
    ----------
    date : polars.Expr
        Dates.
    duration : Duration
        Length of time.

    Returns
    -------
    polars.Expr
        Dates; a month's end is cut to the end of a shorter month.

    Examples
    --------
    >>> from datetime import date
    >>> frame = pl.DataFrame({"d": [date(2026, 11, 30)]})
    >>> frame.select(derive_date_after(pl.col("d"), Duration(3, "month")))["d"].item()
    datetime.date(2027, 2, 28)
    """
    if duration.step in ("month", "year"):
        months = int(duration.count) * (MONTHS_A_YEAR if duration.step == "year" else 1)
        return date.dt.offset_by(f"{months}mo")
    return date + timedelta(days=int(duration.nominal_days))
