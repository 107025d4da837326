"""Numbers as a reader reads them: no more digits than they bear, nothing rounded to certainty."""

from datetime import date
from typing import Any

import pytest

from protocyte.analysis.estimate import Estimate
from protocyte.analysis.proportion import estimate_proportion
from protocyte.report.word import (
    NARROW,
    render_count,
    render_date,
    render_estimate,
    render_heading,
    render_number,
    render_percent,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (float("nan"), "–"),
        (0, "0"),
        (-0.0, "0"),
        (1.0, "1.00"),
        (0.5, "0.5"),
        (9.999, "10.0"),
        (99.95, "100"),
        (999.4, "999"),
        (999.5, "1,000"),
        (1234.5, "1,230"),
        (123456.0, "123,000"),
        (9_994_999.0, "9,990,000"),
        (9_999_999.0, "1.00e+07"),
        (1.5e9, "1.50e+09"),
        (0.0001, "0.0001"),
        (0.00012345, "0.000123"),
        (0.00001, "1.00e-05"),
        (1e-300, "1.00e-300"),
        (-3.0, "−3.00"),
        (-1234.5, "−1,230"),
    ],
)
def test_numbers(value: float | None, text: str) -> None:
    assert render_number(value) == text


@pytest.mark.parametrize(("digits", "text"), [(1, "2,000"), (2, "1,800"), (5, "1,765.4")])
def test_digits(digits: int, text: str) -> None:
    assert render_number(1765.4321, digits=digits) == text


@pytest.mark.parametrize(
    ("share", "digits", "text"),
    [
        (None, 1, "–"),
        (0.0, 1, "0.0 %"),
        (1.0, 1, "100.0 %"),
        (0.256, 1, "25.6 %"),
        (0.9994, 1, "99.9 %"),
        (0.9995, 1, ">99.9 %"),
        (1 - 1e-12, 1, ">99.9 %"),
        (0.001, 1, "0.1 %"),
        (0.0009, 1, "<0.1 %"),
        (1e-12, 1, "<0.1 %"),
        (0.996, 0, ">99 %"),
        (0.994, 0, "99 %"),
        (0.004, 0, "<1 %"),
        (0.04321, 2, "4.32 %"),
    ],
)
def test_percentages(share: float | None, digits: int, text: str) -> None:
    assert render_percent(share, digits=digits) == text


def test_counts_and_headings() -> None:
    assert render_count(0, 0) == "0/0"
    assert render_count(0, 9) == "0/9 (0.0 %)"
    assert render_count(9, 9) == "9/9 (100.0 %)"
    assert render_count(1999, 2000) == "1999/2000 (>99.9 %)"
    assert render_heading("All", 3) == f"All (n{NARROW}={NARROW}3)"
    assert render_date(date(2026, 1, 2)) == "2 Jan 2026"
    assert render_date(None) == "–"


def estimate(
    value: float | None, lower: float | None, upper: float | None, **more: Any
) -> Estimate:
    return Estimate(value, lower, upper, n=9, **more)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (estimate_proportion(5, 9), "5/9 (55.6 %; 21.2–86.3)"),
        (estimate_proportion(0, 9), "0/9 (0.0 %; 0.0–33.6)"),
        (estimate_proportion(9, 9), "9/9 (100.0 %; 66.4–100.0)"),
        (estimate_proportion(0, 0), "not estimable"),
        (estimate(213.0, 85.0, None, unit="d"), "213 (85.0–not reached) d"),
        (estimate(None, 85.0, None, unit="d"), "not reached (85.0–not reached) d"),
        (estimate(None, None, None, unit="d"), "not estimable"),
        (estimate(-6.5, -12.0, 1.0), "−6.50 (−12.0 to 1.00)"),
        (estimate(900.0, None, None, unit="copies/ug"), "900 copies/ug"),
        (estimate(12.0, 3.0, 40.0, unit="1"), "12.0 (3.00–40.0)"),
        (
            estimate(0.75, 0.4, 0.9, events=3, method="Kaplan-Meier, log"),
            "75.0 % (40.0–90.0)",
        ),
        (
            estimate(0.0, None, None, events=3, method="Kaplan-Meier, log"),
            "0.0 % (not estimable–not estimable)",
        ),
    ],
)
def test_estimates(given: Estimate, text: str) -> None:
    assert render_estimate(given) == text
