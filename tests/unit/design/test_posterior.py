"""Posterior tails against rational arithmetic."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from protocyte.design.posterior import (
    find_elimination_limit,
    find_lower_tail,
    find_upper_tail,
)


def _exact_upper_tail(events: int, n: int, limit: Fraction) -> Fraction:
    """P(p > limit) = P(Binomial(n + 1, limit) ≤ events) under the uniform prior."""
    return sum(
        (comb(n + 1, k) * limit**k * (1 - limit) ** (n + 1 - k) for k in range(events + 1)),
        start=Fraction(0),
    )


@pytest.mark.parametrize("limit", [Fraction(1, 5), Fraction(3, 10), Fraction(7, 20)])
def test_tails_equal_the_binomial_identity(limit: Fraction) -> None:
    for n in range(25):
        for events in range(n + 1):
            exact = float(_exact_upper_tail(events, n, limit))
            y, m = np.array([events]), np.array([n])
            assert find_upper_tail(y, m, limit=float(limit))[0] == pytest.approx(exact, rel=1e-12)
            lower = find_lower_tail(y, m, limit=float(limit))[0]
            assert lower == pytest.approx(1 - exact, abs=1e-14)


@pytest.mark.parametrize("target", [Fraction(1, 5), Fraction(1, 4), Fraction(3, 10)])
@pytest.mark.parametrize("certainty", [Fraction(9, 10), Fraction(19, 20)])
def test_elimination_limits_equal_rational_arithmetic(
    target: Fraction, certainty: Fraction
) -> None:
    for n in range(1, 31):
        tails = [_exact_upper_tail(y, n, target) for y in range(n + 1)]
        smallest = next((y for y, tail in enumerate(tails) if tail > certainty), n + 1)
        found = find_elimination_limit(n, limit=float(target), certainty=float(certainty))
        assert found == smallest


def test_few_participants_close_nothing() -> None:
    assert find_elimination_limit(2, limit=0.1, certainty=0.9, n_least=3) == 3
