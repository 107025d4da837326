"""Proportions against R 4.2.2: binom.test, prop.test and qbeta, printed in full precision."""

import csv
from pathlib import Path

import pytest

from protocyte.analysis.estimate import Alternative
from protocyte.analysis.proportion import (
    ProportionMethod,
    compare_proportion_with,
    estimate_proportion,
)

pytestmark = pytest.mark.shared
TOLERANCE = 1e-10


def rows(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "analysis" / "binom_R" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_clopper_pearson(shared: Path) -> None:
    table = rows(shared, "clopper_pearson.csv")
    assert len(table) == 1299
    for row in table:
        found = estimate_proportion(int(row["x"]), int(row["n"]), level=float(row["conf.level"]))
        expected = [float(row[name]) for name in ("estimate", "lower", "upper")]
        assert [found.value, found.lower, found.upper] == pytest.approx(expected, abs=TOLERANCE)


@pytest.mark.parametrize(
    ("method", "column"),
    [("Wilson", "wilson"), ("Wilson with correction", "wilson_cc"), ("Jeffreys", "jeffreys")],
)
def test_other_intervals(shared: Path, method: ProportionMethod, column: str) -> None:
    table = rows(shared, "wilson_jeffreys.csv")
    assert len(table) == 87
    for row in table:
        found = estimate_proportion(int(row["x"]), int(row["n"]), method=method)
        expected = [float(row[f"{column}_l"]), float(row[f"{column}_u"])]
        assert [found.lower, found.upper] == pytest.approx(expected, abs=TOLERANCE)


@pytest.mark.parametrize(
    ("alternative", "column"),
    [("two-sided", "p_two_sided"), ("greater", "p_greater"), ("less", "p_less")],
)
def test_exact_p(shared: Path, alternative: Alternative, column: str) -> None:
    table = rows(shared, "exact_p.csv")
    assert len(table) == 348
    for row in table:
        found = compare_proportion_with(
            int(row["x"]), int(row["n"]), against=float(row["p0"]), alternative=alternative
        )
        assert found.p_value == pytest.approx(float(row[column]), abs=TOLERANCE)
