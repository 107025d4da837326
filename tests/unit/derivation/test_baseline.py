"""Baseline: the last value on or before the infusion, one record of it, and the change from it."""

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from protocyte.record import Event
from protocyte.record.event import Consented, Measured, Treated

P: dict[str, Any] = {
    "participant": "P1",
    "by": "site",
    "recorded": datetime(2027, 9, 1, tzinfo=UTC),
}
CONSENT = Consented(happened="2026-02-01", **P)
INFUSED = Treated(happened="2026-03-02", treatment="cells", category="CELL INFUSION", **P)


def measured(on: str, number: float | None, **values: Any) -> Measured:
    more: dict[str, Any] = {"domain": "LB", "test": "ALT", "name": "ALT", "unit": "U/L"} | values
    return Measured(happened=on, number=number, **P, **more)


def rows(derive: Any, *events: Event, infused: bool = True) -> list[tuple[Any, ...]]:
    data = derive([CONSENT, *([INFUSED] if infused else []), *events])
    found: list[tuple[Any, ...]] = data.adlb.select("AVAL", "ABLFL", "BASE", "CHG", "PCHG").rows()
    return found


def test_the_last_value_on_or_before_the_infusion(derive: Any) -> None:
    events = [
        measured("2026-03-09", 60.0),
        measured("2026-03-02", 50.0),
        measured("2026-02-20", 40.0),
    ]
    assert rows(derive, *events) == [
        (40.0, None, 50.0, -10.0, -20.0),
        (50.0, "Y", 50.0, 0.0, 0.0),
        (60.0, None, 50.0, 10.0, 20.0),
    ]


def test_one_record_of_a_day_is_the_baseline(derive: Any) -> None:
    events = [
        measured("2026-03-02", 45.0, visit="morning"),
        measured("2026-03-02", 50.0, visit="evening"),
        measured("2026-03-02", None, visit="night"),
    ]
    assert [row[1] for row in rows(derive, *events)] == [None, "Y", None]
    assert {row[2] for row in rows(derive, *events)} == {50.0}


def test_a_value_that_is_missing_is_no_baseline(derive: Any) -> None:
    events = [measured("2026-02-20", 40.0), measured("2026-03-01", None)]
    assert [row[:3] for row in rows(derive, *events)] == [(40.0, "Y", 40.0), (None, None, 40.0)]


@pytest.mark.parametrize(
    ("base", "later", "expected"),
    [(0.0, 5.0, (5.0, None)), (-4.0, -2.0, (2.0, 50.0)), (10.0, None, (None, None))],
)
def test_change(
    derive: Any, base: float, later: float | None, expected: tuple[float | None, float | None]
) -> None:
    found = rows(derive, measured("2026-03-01", base), measured("2026-03-09", later))
    assert found[1][3:] == expected


def test_without_an_infusion_there_is_no_baseline(derive: Any) -> None:
    (row,) = rows(derive, measured("2026-02-20", 40.0), infused=False)
    assert row == (40.0, None, None, None, None)


def test_performance_status_stands_beside_laboratory_values(derive: Any) -> None:
    status = {"domain": "RS", "test": "ECOG", "name": "ECOG performance status", "unit": None}
    data = derive(
        [
            CONSENT,
            INFUSED,
            measured("2026-02-20", 1.0, **status),
            measured("2026-04-20", 0.0, **status),
            measured("2026-04-20", 3.0, domain="RS", test="OVRLRESP", name="x", unit=None),
        ]
    )
    assert data.adlb["PARAMCD"].unique().to_list() == ["ECOG"]
    assert data.adlb["CHG"].to_list() == [0.0, -1.0]
    assert data.adlb.filter(pl.col("SRCDOM") == "RS").height == 2


def test_a_value_without_a_date_is_left_out(derive: Any) -> None:
    assert rows(derive, measured("2026-03", 40.0)) == []
