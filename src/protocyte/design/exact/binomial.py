"""Binomial probabilities, and what a cohort's counts may be.

A probability is summed from terms of one sign, so that sums over all counts stay within rounding
of 1 for any number of participants.
"""

import math
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from protocyte.design.state import Floats, Integers

Scalar = TypeVar("Scalar", bound=np.generic)


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
def find_cohort_counts(features: tuple[str, ...], size: int) -> Integers:
    """Find everything that a cohort can show.

    Parameters
    ----------
    features : tuple of str
        What is counted: "n", then of "tox", "eff", "both".
    size : int
        Participants of the cohort.

    Returns
    -------
    ndarray of int, shape (n_outcomes, n_features)
        The possible counts [participants]; not to be changed.

    Examples
    --------
    >>> find_cohort_counts(("n", "tox"), 2).tolist()
    [[2, 0], [2, 1], [2, 2]]
    """
    if "both" in features:
        rows = [
            (size, both + tox_only, both + eff_only, both)
            for both in range(size + 1)
            for tox_only in range(size + 1 - both)
            for eff_only in range(size + 1 - both - tox_only)
        ]
        return _kept(np.array(rows))
    events = len(features) - 1
    grid = np.stack(np.meshgrid(*[np.arange(size + 1)] * events, indexing="ij"), axis=-1)
    return _kept(np.insert(grid.reshape(-1, events), 0, size, axis=1))


@lru_cache(maxsize=64)
def find_cohort_ways(features: tuple[str, ...], size: int) -> Floats:
    """Find in how many ways a cohort can show its possible counts.

    Parameters
    ----------
    features : tuple of str
        What is counted: "n", then of "tox", "eff", "both".
    size : int
        Participants of the cohort.

    Returns
    -------
    ndarray of float, shape (n_outcomes,)
        Ways [1], in the order of the counts; not to be changed.

    Examples
    --------
    >>> find_cohort_ways(("n", "tox"), 3).tolist()
    [1.0, 3.0, 3.0, 1.0]
    """
    counts = find_cohort_counts(features, size)
    if "both" in features:
        ways = [
            math.comb(size, both) * math.comb(size - both, t - both) * math.comb(size - t, e - both)
            for _, t, e, both in counts.tolist()
        ]
        return _kept(np.array(ways, dtype=float))
    single = np.array([math.comb(size, k) for k in range(size + 1)], dtype=float)
    return _kept(np.prod(single[counts[:, 1:]], axis=1))


def find_cohort_number(features: tuple[str, ...], size: int) -> int:
    """Find how many different counts a cohort can show.

    Parameters
    ----------
    features : tuple of str
        What is counted: "n", then of "tox", "eff", "both".
    size : int
        Participants of the cohort.

    Returns
    -------
    int
        Number of outcomes.

    Examples
    --------
    >>> find_cohort_number(("n", "tox", "eff"), 3)
    16
    """
    if "both" in features:
        return math.comb(size + 3, 3)
    return int((size + 1) ** (len(features) - 1))


def _kept(values: NDArray[Scalar]) -> NDArray[Scalar]:
    """Return an array that nobody can change, since it is kept and handed out again."""
    values.flags.writeable = False
    return values
