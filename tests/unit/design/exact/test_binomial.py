"""Binomial probabilities and cohort counts."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from protocyte.design.exact.binomial import (
    find_binomial,
    find_cohort_counts,
    find_cohort_number,
    find_cohort_ways,
)


@pytest.mark.parametrize("n", [1, 5, 60, 61, 200])
@pytest.mark.parametrize("p", [Fraction(1, 20), Fraction(1, 2), Fraction(97, 100)])
def test_terms_equal_rational_arithmetic(n: int, p: Fraction) -> None:
    exact = [float(comb(n, k) * p**k * (1 - p) ** (n - k)) for k in range(n + 1)]
    assert find_binomial(n, float(p)) == pytest.approx(exact, rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("n", [3, 100])
def test_certain_events(n: int) -> None:
    assert find_binomial(n, 0.0).tolist() == [1.0] + n * [0.0]
    assert find_binomial(n, 1.0).tolist() == n * [0.0] + [1.0]


def test_thousands_of_participants_still_add_up() -> None:
    assert find_binomial(5000, 0.01).sum() == pytest.approx(1, abs=1e-14)


@pytest.mark.parametrize(
    ("features", "outcomes"),
    [(("n", "tox"), 4), (("n", "tox", "eff"), 16), (("n", "tox", "eff", "both"), 20)],
)
def test_ways_count_every_sequence_of_three(features: tuple[str, ...], outcomes: int) -> None:
    counts, ways = find_cohort_counts(features, 3), find_cohort_ways(features, 3)
    assert len(counts) == len(ways) == outcomes == find_cohort_number(features, 3)
    # Two or four things can happen to each participant.
    assert ways.sum() == (2**3 if len(features) == 2 else 4**3)
    assert np.all(counts[:, 0] == 3)


def test_what_is_handed_out_cannot_be_changed() -> None:
    counts = find_cohort_counts(("n", "tox"), 2)
    with pytest.raises(ValueError, match="read-only"):
        counts[0, 0] = 7
