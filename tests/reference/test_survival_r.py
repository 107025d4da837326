"""Kaplan-Meier against R 4.5.0, survival 3.8-3: six data sets, five kinds of limits."""

import csv
import functools
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from protocyte.analysis.survival import KaplanMeier, estimate_follow_up, estimate_survival

pytestmark = pytest.mark.shared
TOLERANCE = 1e-9
COLUMNS = {
    "time": "time",
    "at_risk": "n.risk",
    "events": "n.event",
    "censored": "n.censor",
    "survival": "surv",
    "std_err": "std.err",
    "lower": "lower",
    "upper": "upper",
}


@functools.cache
def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "analysis" / "survival_R" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@functools.cache
def curve(folder: Path, data: str, group: str, conf_type: Any) -> KaplanMeier:
    some = [r for r in rows(folder, f"data_{data}.csv") if group in ("", r["group"])]
    return estimate_survival(
        [float(row["time"]) for row in some],
        [int(row["event"]) for row in some],
        conf_type=conf_type,
    )


def number(text: str) -> float | None:
    return None if text in ("", "NA") else float(text)


def agree(found: float | None, text: str) -> bool:
    expected = number(text)
    if found is None or expected is None:
        return found is expected
    return abs(found - expected) <= TOLERANCE


def test_tables(shared: Path) -> None:
    tables = defaultdict(list)
    for row in rows(shared, "km_tables.csv"):
        tables[row["data"], row["strata"], row["conf.type"], row["by"]].append(row)
    assert sum(map(len, tables.values())) == 2475
    for (data, group, conf_type, _), expected in tables.items():
        found = curve(shared, data, group, conf_type).rows()
        assert len(found) == len(expected)
        for ours, theirs in zip(found, expected, strict=True):
            wrong = [ours_ for ours_, r in COLUMNS.items() if not agree(ours[ours_], theirs[r])]
            assert not wrong, (data, group, conf_type, ours, theirs)


def test_quantiles(shared: Path) -> None:
    table = rows(shared, "km_quantiles.csv")
    assert len(table) == 80
    for row in table:
        km = curve(shared, row["data"], row["strata"], row["conf.type"])
        for percent in (25, 50, 75):
            found = km.quantile(percent / 100)
            assert agree(found.value, row[f"q{percent}"]), row
            assert agree(found.lower, row[f"q{percent}_lcl"]), row
            assert agree(found.upper, row[f"q{percent}_ucl"]), row


def test_landmarks(shared: Path) -> None:
    """R carries the last step past a group's last time, with nobody at risk."""
    table = rows(shared, "km_landmarks.csv")
    assert len(table) == 275
    for row in table:
        km = curve(shared, row["data"], row["strata"], row["conf.type"])
        found = km.at(float(row["time"]), extend=True)
        assert agree(found.value, row["surv"]), row
        assert agree(found.lower, row["lower"]), row
        assert agree(found.upper, row["upper"]), row
        at_risk = km.numbers_at_risk([float(row["time"])])
        assert at_risk.tolist() == [int(float(row["n.risk"]))], row


def test_follow_up(shared: Path) -> None:
    table = rows(shared, "reverse_km.csv")
    assert len(table) == 6
    for row in table:
        data = rows(shared, f"data_{row['data']}.csv")
        found = estimate_follow_up(
            [float(r["time"]) for r in data], [int(r["event"]) for r in data]
        )
        assert agree(found.value, row["median_followup"]), row
        assert agree(found.lower, row["lcl"]), row
        assert agree(found.upper, row["ucl"]), row


@pytest.mark.parametrize(
    ("conf_type", "limits"), [("log", (285.0, 363.0)), ("log-log", (284.0, 361.0))]
)
def test_median_of_lung(shared: Path, conf_type: str, limits: tuple[float, float]) -> None:
    """`survival::lung`: a median of 310 days, whose limits depend on their kind."""
    median = curve(shared, "lung", "", conf_type).median()
    assert (median.value, median.lower, median.upper) == (310.0, *limits)
