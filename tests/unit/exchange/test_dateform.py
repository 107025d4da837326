"""Dates as sources write them."""

import polars as pl
import pytest

from protocyte.exchange.dateform import DateForm


def dates(form: str, *texts: str | None) -> list[str | None]:
    frame = pl.DataFrame({"text": list(texts)}, schema={"text": pl.String})
    return frame.select(DateForm.read(form).dates(pl.col("text")).alias("d"))["d"].to_list()


@pytest.mark.parametrize(
    ("form", "text", "iso"),
    [
        ("ISO 8601", "2026-03-09", "2026-03-09"),
        ("ISO 8601", "2026-03", "2026-03"),
        ("ISO 8601", "2026", "2026"),
        ("ISO 8601", "2026-03-09T12:30", "2026-03-09T12:30"),
        ("ISO 8601", "2026-03-09 12:30:05", "2026-03-09T12:30:05"),
        ("DD.MM.YYYY", "09.03.2026", "2026-03-09"),
        ("DD.MM.YYYY", "9.3.2026", "2026-03-09"),
        ("MM/DD/YYYY", "03/09/2026", "2026-03-09"),
        ("YYYYMMDD", "20260309", "2026-03-09"),
        ("DD-MON-YYYY", "09-MAR-2026", "2026-03-09"),
        ("DD MON YYYY", "9 Dec 2026", "2026-12-09"),
        ("DD.MM.YYYY[ hh:mm]", "09.03.2026 7:05", "2026-03-09T07:05"),
        ("DD.MM.YYYY[ hh:mm]", "09.03.2026", "2026-03-09"),
        ("DD.MM.YYYY hh:mm:ss", "09.03.2026 07:05:59", "2026-03-09T07:05:59"),
    ],
)
def test_date(form: str, text: str, iso: str) -> None:
    assert dates(form, text) == [iso]


@pytest.mark.parametrize(
    ("form", "text", "iso"),
    [
        ("DD.MM.YYYY", "UN.03.2026", "2026-03"),
        ("DD.MM.YYYY", "??.??.2026", "2026"),
        ("DD-MON-YYYY", "UN-UNK-2026", "2026"),
        # A day without its month says nothing.
        ("DD-MON-YYYY", "09-UNK-2026", "2026"),
        ("DD.MM.YYYY[ hh:mm]", "UN.03.2026 07:05", "2026-03"),
    ],
)
def test_what_is_said_to_be_unknown_stays_unknown(form: str, text: str, iso: str) -> None:
    assert dates(form, text) == [iso]


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("ISO 8601", "09.03.2026"),
        ("ISO 8601", "2026-02-30"),
        ("ISO 8601", "2026-13-01"),
        ("DD.MM.YYYY", "31.02.2026"),
        ("DD.MM.YYYY", "09.13.2026"),
        ("DD.MM.YYYY", "09.03.26"),
        ("DD.MM.YYYY", "x09.03.2026"),
        ("DD-MON-YYYY", "09-Mrz-2026"),
        ("DD.MM.YYYY[ hh:mm]", "09.03.2026 25:00"),
    ],
)
def test_what_no_calendar_has_is_no_date(form: str, text: str) -> None:
    assert dates(form, text) == [None]


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ("DD.MM.YY", "names no year of four digits"),
        ("european", "names no year of four digits"),
        ("MM.MM.YYYY", "names a part of the date twice"),
        ("DD MM MON YYYY", "names a part of the date twice"),
        ("DD.MM.YYYY[ hh:mm", "has a bracket without its other half"),
    ],
)
def test_form_that_cannot_be_read(form: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        DateForm.read(form)


def test_characters_of_patterns_stand_for_themselves() -> None:
    assert dates("DD.MM.YYYY", "09-03-2026") == [None]
    assert dates("YYYY(MM)DD", "2026(03)09") == ["2026-03-09"]
