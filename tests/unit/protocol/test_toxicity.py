"""Toxicities as protocols word them."""

import pytest

from protocyte.protocol.toxicity import ToxicityClause
from protocyte.standards.calendar import Duration


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("CRS >= 3", ToxicityClause("CRS", 3)),
        ("  GvHD>=2 ", ToxicityClause("GvHD", 2)),
        ("IEC-HS >= 1", ToxicityClause("IEC-HS", 1)),
        (
            "non-haematological AE >= 3 for > 7 days",
            ToxicityClause("non-haematological AE", 3, Duration(7, "day"), longer=True),
        ),
        (
            "tumour lysis syndrome >= 4 for >= 2 weeks",
            ToxicityClause("tumour lysis syndrome", 4, Duration(2, "week"), longer=False),
        ),
    ],
)
def test_a_clause_is_read_and_written_back(text: str, clause: ToxicityClause) -> None:
    assert ToxicityClause.read(text) == clause
    assert ToxicityClause.read(str(clause)) == clause
    assert ToxicityClause.read(clause) is clause


@pytest.mark.parametrize(
    "text",
    ["CRS", "CRS > 3", "CRS >= 0", "CRS >= 6", "CRS >= III", ">= 3", "3 >= CRS", "CRS ≥ 3", "",
     "CRS >= 3 for 7 days", "CRS >= 3 lasting > 7 days"],
)  # fmt: skip
def test_what_is_not_a_clause(text: str) -> None:
    with pytest.raises(ValueError, match="is not a toxicity; write a term") as raised:
        ToxicityClause.read(text)
    assert str(raised.value).startswith(
        f'"{text}" is not a toxicity; write a term, ">=" and a grade'
    )


def test_a_duration_that_is_none() -> None:
    with pytest.raises(ValueError, match='"long" is not a duration; write a number and hours'):
        ToxicityClause.read("CRS >= 3 for > long")
