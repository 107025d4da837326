"""Results of instruments: unknown is not 0, and bounds answer what they can."""

import math
from decimal import Decimal

import pytest

from protocyte.standards.grade import (
    Classification,
    Component,
    Grade,
    Score,
    classify_value,
    convert_decimal,
)


@pytest.mark.parametrize(("threshold", "answer"), [(2, True), (3, None), (4, False)])
def test_bounds_answer_a_threshold(threshold: int, answer: bool | None) -> None:
    assert Grade("ASTCT 2019", None, 2, 3).reaches(threshold) is answer
    assert Score("SLEDAI-2K", None, 2, 3).reaches(threshold) is answer


def test_a_lower_bound_is_told_from_a_grade() -> None:
    assert Grade("ASTCT 2019", 3, 3, 4, reason="ICE").lower_bound
    assert not Grade("ASTCT 2019", 3, 3, 3).lower_bound
    assert not Grade("ASTCT 2019", None, 3, 4).lower_bound


@pytest.mark.parametrize(
    ("met", "verdict"),
    [
        ((True, True), True),
        ((True, None), None),
        ((True, False), False),
        ((None, False), False),
        ((None, None), None),
    ],
)
def test_three_valued_and(met: tuple[bool | None, ...], verdict: bool | None) -> None:
    parts = tuple(Component(str(i), m, "") for i, m in enumerate(met))
    classification = Classification("any", parts)
    assert classification.verdict is verdict
    assert all(part.met is verdict for part in classification.decided_by)
    assert classification.decided_by


@pytest.mark.parametrize("value", [0.3, 3 * 0.1, 1.5 - 1.2, 0.30000000000000004])
def test_decimals_as_written(value: float) -> None:
    assert convert_decimal(value) == Decimal("0.3")
    assert classify_value("PGA rise", value, "<", 0.3, unit="").met is False
    assert classify_value("PGA rise", value, "≥", 0.3, unit="").met is True


@pytest.mark.parametrize("value", [None, math.nan])
def test_no_value_is_unknown(value: float | None) -> None:
    part = classify_value("platelets", value, "<", 100, unit="10^9/L")
    assert (part.met, part.because) == (None, "no value for platelets")


def test_a_value_off_the_scale_is_of_another_unit() -> None:
    part = classify_value("PGA", 45.0, "<", 0.5, unit="", scale=(0.0, 3.0))
    assert part.met is None
    assert part.because == "unit: PGA is 45, outside the scale of 0 to 3"


def test_scores_are_added() -> None:
    maxima = {"a": 4, "b": 1}
    assert Score.added("any", {"a": 3, "b": 0}, maxima) == Score("any", 3, 3, 3)
    assert Score.added("any", {"a": 3}, maxima) == Score("any", None, 3, 4, ("b",))
    with pytest.raises(ValueError, match='"c" is not an item of any; use a, b'):
        Score.added("any", {"c": 1}, maxima)
    with pytest.raises(ValueError, match="2 points for b are not possible"):
        Score.added("any", {"b": 2}, maxima)
