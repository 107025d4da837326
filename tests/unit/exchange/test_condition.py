"""Conditions: what they mean, what is unknown, and what cannot be read."""

import polars as pl
import pytest

from protocyte.exchange.condition import Condition
from protocyte.exchange.notation import Notation

COLUMNS = {
    "crs": ["1", "1.0", "0", None],
    "grade": ["3", "2", None, "4"],
    "date of visit": ["x", None, None, None],
}


def held(text: str, *, decimal: str = ".") -> list[bool | None]:
    frame = pl.DataFrame(COLUMNS)
    holds = Condition.read(text).holds(Notation(decimal))
    return frame.select(holds.alias("holds"))["holds"].to_list()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("crs = 1", [True, True, False, None]),
        ("crs != 1", [False, False, True, None]),
        ("crs = one", [False, False, False, None]),
        ("grade >= 3", [True, False, None, True]),
        ("grade < 3", [False, True, None, False]),
        ("grade in (2, 4)", [False, True, None, True]),
        ("grade is missing", [False, False, True, False]),
        ("grade is present", [True, True, False, True]),
        ('"date of visit" is present', [True, False, False, False]),
        ("'date of visit' = x", [True, None, None, None]),
        ("crs = 1 and grade >= 3", [True, False, False, None]),
        ("crs = 1 or grade >= 3", [True, True, None, True]),
        ("not crs = 1", [False, False, True, None]),
        ("not (crs = 1 and grade >= 3)", [False, True, True, None]),
        # "and" binds closer than "or".
        ("crs = 0 or crs = 1 and grade = 2", [False, True, True, None]),
    ],
)
def test_meaning(text: str, expected: list[bool | None]) -> None:
    assert held(text) == expected


def test_numbers_are_read_as_the_table_writes_them() -> None:
    frame = pl.DataFrame({"dose": ["1,5", "1.5"]})
    holds = Condition.read("dose >= 1.5").holds(Notation(","))
    assert frame.select(holds.alias("h"))["h"].to_list() == [True, None]


def test_columns_are_named_once_in_order() -> None:
    assert Condition.read("b = 1 and (a is present or not b = 2)").columns == ("b", "a")


@pytest.mark.parametrize(
    "text",
    ["", "crs", "crs =", "= 1", "crs = 1 and", "crs == 1", "(crs = 1", "crs is there",
     "crs in ()", "crs in (1", "date of visit = 1", "crs = 1 grade = 2", 'crs = "1', "not"],
)  # fmt: skip
def test_what_is_not_a_condition_says_where_reading_stopped(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a condition \(reading stopped at .*\); write"):
        Condition.read(text)


def test_comparison_with_a_word_is_refused() -> None:
    with pytest.raises(ValueError, match='compares with "high", which is not a number'):
        Condition.read("grade >= high")
