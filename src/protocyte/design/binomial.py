"""Binomial probabilities, and what a cohort's counts may be.

A probability is summed from terms of one sign, so that sums over all counts stay within rounding
of 1 for any number of participants.
"""

import math
from functools import lru_cache

import numpy as np

from protocyte.design.state import Floats, Integers


def find_binomial(n: int, probability: float) -> Floats:
    """Find the probability of every number of events.

    Parameters
    ----------
    n : int
        Participants.
    probability : float
        Probability of the event [1], 0 to 1.

    Returns
    -------
    ndarray of float, shape (n + 1,)
        Probability of 0, 1, …, n events [1].

    Examples
    --------
    >>> find_binomial(2, 0.5).tolist()
    [0.25, 0.5, 0.25]
    """
    if n <= 60:
        counts = np.arange(n + 1)
        ways = np.array([math.comb(n, k) for k in range(n + 1)], dtype=float)
        mass: Floats = ways * np.power(probability, counts) * np.power(1 - probability, n - counts)
        return mass
    if probability in {0.0, 1.0}:
        mass = np.zeros(n + 1)
        mass[n if probability else 0] = 1.0
        return mass
    peak = min(n, int((n + 1) * probability))
    odds = probability / (1 - probability)
    k = np.arange(n)
    ratios = (n - k) / (k + 1) * odds
    upper = np.cumprod(ratios[peak:])
    lower = np.cumprod(1 / ratios[:peak][::-1])[::-1]
    mass = np.concatenate([lower, [1.0], upper])
    mass /= mass.sum()
    return mass


@lru_cache(maxsize=64)
def find_cohort_counts(features: tuple[str, ...], size: int) -> tuple[Integers, Floats]:
    """Find everything that a cohort can show, and in how many ways.

    Parameters
    ----------
    features : tuple of str
        What is counted: "n", then of "tox", "eff", "both".
    size : int
        Participants of the cohort.

    Returns
    -------
    counts : ndarray of int, shape (n_outcomes, n_features)
        The possible counts [participants].
    ways : ndarray of float, shape (n_outcomes,)
        In how many ways the participants can show them [1].

    Examples
    --------
    >>> counts, ways = find_cohort_counts(("n", "tox"), 3)
    >>> counts[:, 1].tolist(), ways.tolist()
    ([0, 1, 2, 3], [1.0, 3.0, 3.0, 1.0])
    """
    if "both" in features:
        rows = [
            (both + tox_only, both + eff_only, both)
            for both in range(size + 1)
            for tox_only in range(size + 1 - both)
            for eff_only in range(size + 1 - both - tox_only)
        ]
        ways = [
            math.comb(size, both) * math.comb(size - both, t - both) * math.comb(size - t, e - both)
            for t, e, both in rows
        ]
        return _kept(np.array([(size, *row) for row in rows]), np.array(ways, dtype=float))
    single = np.array([math.comb(size, k) for k in range(size + 1)], dtype=float)
    events = len(features) - 1
    grid = np.stack(np.meshgrid(*[np.arange(size + 1)] * events, indexing="ij"), axis=-1)
    counts = grid.reshape(-1, events)
    return _kept(np.insert(counts, 0, size, axis=1), np.prod(single[counts], axis=1))


def _kept(counts: Integers, ways: Floats) -> tuple[Integers, Floats]:
    """Return arrays that nobody can change, since they are kept and handed out again."""
    counts.flags.writeable = ways.flags.writeable = False
    return counts, ways
