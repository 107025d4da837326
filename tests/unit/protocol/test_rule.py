"""Rules are read, or told where and why not."""

import pytest

from protocyte.protocol.rule import parse_rule


@pytest.mark.parametrize(
    ("text", "column", "problem"),
    [
        ("", 1, 'the rule ends where "(" or a name is expected'),
        ("age >= ", 8, "the rule ends where a name or a number is expected"),
        ("ALT <= 3 ULN and and", 18, '"and" stands where "(" or a name is expected'),
        ("5 >= ALT", 1, '"5" stands where "(" or a name is expected'),
        ("biologic within weeks", 17, '"weeks" stands where a number is expected'),
        (
            "biologic within 4",
            18,
            "the rule ends where hours, days, weeks, months, years or half-lives is expected",
        ),
        ("(a or b", 8, 'the rule ends where ")" is expected'),
        ("count(BILAG = A >= 1", 17, '">=" stands where ")" is expected'),
        ("age ≥ 18 years", 5, '"≥ 18 years" is not expected here'),
        ("age 18-75 years", 7, '"-75 years" is not expected here'),
        ("Hb >= -5 g/L", 7, '"-5 g/L" is not expected here'),
    ],
)
def test_what_cannot_be_read_is_told_with_its_column(text: str, column: int, problem: str) -> None:
    rule = parse_rule(text)
    assert rule.tree is None
    assert (rule.column, rule.problem) == (column, problem)
    assert not any(
        (rule.required, rule.alternatives, rule.unwindowed, rule.comparisons, rule.names)
    )


@pytest.mark.parametrize(
    "text",
    [
        "age 18..75 years",
        "SLEDAI >= 6 and (count(BILAG = A) >= 1 or count(BILAG = B) >= 2) or SLEDAI >= 8",
        "count(conventional_SLE_drug where failed and duration >= 3 months) >= 2",
        "ANC >= 1 10*9/L and not colony_stimulating_factor within 2 weeks before ANC",
        "not childbearing or serum_hCG = negative within 7 days",
        "immunosuppressant within 5 half-lives or biologic within 4 weeks",
        "NYHA >= 3 or (MI or CABG) within 6 months",
        "any(LVEF < 45 %) within 8 weeks",
        "stem cell transplant and not stopped immunosuppressant at least 6 weeks before enrolment",
        "HBsAg = positive and HBV_DNA > LLOD",
        "active infection",
        "x ever before enrolment",
        "age >= 18 years\n  and sex = female",
    ],
)
def test_what_protocols_write_is_read(text: str) -> None:
    rule = parse_rule(text)
    assert rule.tree is not None
    assert (rule.column, rule.problem) == (0, "")


def shown(comparisons: object) -> list[str]:
    assert isinstance(comparisons, tuple)
    return [str(comparison) for comparison in comparisons]


class TestComparisons:
    def test_required_ones_must_all_hold(self) -> None:
        rule = parse_rule("age 18..75 years and (ALT <= 3 ULN and Hb > 60 g/L) and SLE")
        assert shown(rule.required) == ["age 18..75 years", "ALT <= 3 ULN", "Hb > 60 g/L"]

    @pytest.mark.parametrize(
        "text",
        [
            "Hb > 60 g/L or SLE",
            "not (Hb > 60 g/L)",
            "Hb > 60 g/L within 2 weeks",
            "(Hb > 60 g/L) within 2 weeks",
            "any(Hb > 60 g/L)",
            "count(Hb > 60) >= 2",
            "HBV_DNA > LLOD",
        ],
    )
    def test_others_are_not_required(self, text: str) -> None:
        assert parse_rule(text).required == ()

    def test_equality_bounds_both_sides(self) -> None:
        (one,) = parse_rule("ECOG = 1").required
        assert (one.low, one.high, one.low_strict, one.high_strict) == (1, 1, False, False)

    def test_strict_signs(self) -> None:
        low, high = parse_rule("x > 1 and y < 2").required
        assert (low.low_strict, low.high_strict) == (True, False)
        assert (high.low_strict, high.high_strict) == (False, True)

    def test_alternatives_are_each_enough(self) -> None:
        rule = parse_rule("a > 1 and b > 2 or c < 3 or (d > 4 or e > 5)")
        assert [shown(group) for group in rule.alternatives] == [
            ["a > 1", "b > 2"],
            ["c < 3"],
            ["d > 4"],
            ["e > 5"],
        ]

    @pytest.mark.parametrize(
        "text",
        ["a > 1 and pregnant", "(a > 1 and b > 1) and pregnant", "a != 1", "a > 1 within 2 days",
         "a > 1 and (b > 1 or c > 1)", "not (a > 1)", "a > LLOD and b > 1"],
    )  # fmt: skip
    def test_what_needs_more_is_not_enough(self, text: str) -> None:
        assert parse_rule(text).alternatives == ()

    def test_unwindowed_ones_are_found_anywhere(self) -> None:
        rule = parse_rule(
            "not (a > 1 g/L) or latest(b > 2 g/L) or c > 3 g/L within 2 days "
            "or count(x where d >= 4 months) >= 2"
        )
        assert shown(rule.unwindowed) == ["a > 1 g/L", "b > 2 g/L"]
        assert shown(rule.comparisons) == ["a > 1 g/L", "b > 2 g/L", "c > 3 g/L", "d >= 4 months"]

    def test_names_are_told_once(self) -> None:
        rule = parse_rule("ALT > 3 ULN or ALT > 5 ULN or heart failure within 6 months before ALT")
        assert rule.names == ("ALT", "heart failure")
