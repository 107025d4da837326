"""Two comparisons cross or cover each other, in whatever units they are written."""

import pytest

from protocyte.protocol.comparison import Comparison
from protocyte.protocol.rule import parse_rule


def read(text: str) -> Comparison:
    (found,) = parse_rule(text).required
    return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hb >= 100 g/L", "Hb < 10 g/dL"),
        ("Hb > 100 g/L", "Hb <= 10 g/dL"),
        ("CD3 > 0.5 10*9/L", "CD3 < 500 cells/uL"),
        ("age >= 18 years", "age < 200 months"),
        ("ALT >= 3 ULN", "ALT <= 2 ULN"),
        ("ECOG = 0", "ECOG = 1"),
    ],
)
def test_crossing_works_both_ways(one: str, other: str) -> None:
    assert read(one).crosses(read(other))
    assert read(other).crosses(read(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hb >= 100 g/L", "Hb <= 10 g/dL"),
        ("Hb >= 100 g/L", "ANC < 10 g/L"),
        ("ALT >= 3 ULN", "ALT <= 40 U/L"),
        ("ALT >= 3 ULN", "ALT <= 2 LLN"),
        ("creatinine >= 2 mg/dL", "creatinine <= 100 umol/L"),
        ("x >= 5", "x <= 3 g/L"),
        ("x >= 5 foo", "x <= 3 g/L"),
        ("x >= 5 {score}", "x <= 3 g/L"),
    ],
)
def test_what_meets_or_cannot_be_compared_does_not_cross(one: str, other: str) -> None:
    assert not read(one).crosses(read(other))
    assert not read(other).crosses(read(one))


@pytest.mark.parametrize(
    ("wide", "narrow", "is_covered"),
    [
        ("Hb >= 6 g/dL", "Hb >= 60 g/L", True),
        ("Hb > 6 g/dL", "Hb >= 60 g/L", False),
        ("Hb >= 6 g/dL", "Hb > 60 g/L", True),
        ("Hb >= 50 g/L", "Hb 60..90 g/L", True),
        ("Hb 50..80 g/L", "Hb 60..90 g/L", False),
        ("Hb <= 90 g/L", "Hb = 9 g/dL", True),
        ("Hb != 90 g/L", "Hb = 9 g/dL", False),
        ("Hb >= 1 ULN", "Hb >= 60 g/L", False),
    ],
)
def test_covering(wide: str, narrow: str, is_covered: bool) -> None:
    assert read(wide).covers(read(narrow)) is is_covered


def test_narrowing_keeps_the_stricter_bound() -> None:
    narrowed = read("Hb >= 60 g/L").narrowed(read("Hb > 6 g/dL"))
    assert str(narrowed) == "Hb > 60 g/L"
    narrowed = read("Hb <= 60 g/L").narrowed(read("Hb < 6 g/dL"))
    assert str(narrowed) == "Hb < 60 g/L"


@pytest.mark.parametrize(
    "text",
    ["age 18..75 years", "ALT <= 3 ULN", "ANC > 1 10*9/L", "ECOG = 1", "x < 2 g/L"],
)
def test_it_is_shown_as_it_is_written(text: str) -> None:
    assert str(read(text)) == text
