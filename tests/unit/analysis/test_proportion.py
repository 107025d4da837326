"""Proportions at the edges, and what is refused."""

import pytest

from protocyte.analysis.proportion import (
    ProportionMethod,
    compare_proportion_with,
    estimate_proportion,
)
from protocyte.errors import OutcomeError

METHODS: tuple[ProportionMethod, ...] = (
    "Clopper-Pearson",
    "Wilson",
    "Wilson with correction",
    "Jeffreys",
)


@pytest.mark.parametrize("method", METHODS)
def test_none_and_all_have_one_sided_limits(method: ProportionMethod) -> None:
    none, everybody = (estimate_proportion(x, 9, method=method) for x in (0, 9))
    assert (none.value, none.lower) == (0.0, 0.0)
    assert (everybody.value, everybody.upper) == (1.0, 1.0)
    assert none.upper is not None
    assert everybody.lower == pytest.approx(1 - none.upper, abs=1e-12)


def test_x_and_n_travel_with_the_percentage() -> None:
    rate = estimate_proportion(5, 9)
    assert (rate.events, rate.n, rate.level, rate.unit) == (5, 9, 0.95, "1")
    assert rate.method == "Clopper-Pearson"
    assert "Biometrika 1934" in rate.references[0]


def test_nobody_is_not_a_proportion() -> None:
    rate = estimate_proportion(0, 0)
    assert (rate.value, rate.lower, rate.upper) == (None, None, None)
    assert rate.note == "no participants to count"
    assert compare_proportion_with(0, 0, against=0.2).p_value is None


@pytest.mark.parametrize(("x", "n"), [(-1, 3), (4, 3), (0, -1)])
def test_impossible_counts_are_refused(x: int, n: int) -> None:
    with pytest.raises(OutcomeError, match=f"{x} of {n} participants is not a proportion"):
        estimate_proportion(x, n)
    with pytest.raises(OutcomeError, match="is not a proportion"):
        compare_proportion_with(x, n, against=0.5)


def test_unknown_options_are_refused() -> None:
    with pytest.raises(ValueError, match='"Wald" is not an interval that is known'):
        estimate_proportion(1, 3, method="Wald")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="confidence level"):
        estimate_proportion(1, 3, level=95)
    with pytest.raises(ValueError, match="is not a proportion"):
        compare_proportion_with(1, 3, against=20)


def test_a_test_names_its_hypothesis() -> None:
    test = compare_proportion_with(5, 9, against=0.2, alternative="greater")
    assert (test.events, test.n, test.against, test.alternative) == (5, 9, 0.2, "greater")
    assert test.method == "exact binomial"
