"""How many states a walk will hold, told from how it grew so far."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from protocyte.design.state import Floats

INFORMED: Final = 7
MANY: Final = 20_000
HORIZON: Final = 4
"""Cohorts and states from which on the growth of a walk says how it goes on, and how far ahead."""


def find_peak(layers: Sequence[int], left: int) -> float:
    """Find how many states a walk will soon hold at most, from how its layers grew so far.

    Growth slows down with every cohort, the more the more doses are full. Its logarithm is taken to
    go on falling as it did over the last cohorts, and only a few cohorts ahead: what was found so
    lay between the truth and twice the truth.

    Parameters
    ----------
    layers : sequence of int
        States before each cohort so far.
    left : int
        Cohorts still to come.

    Returns
    -------
    float
        States before and after one of the next cohorts, at most [1].

    Examples
    --------
    >>> find_peak([1, 12, 95, 636, 3156, 14548, 46260], 5) / 106_201 < 12
    True
    """
    if len(layers) < INFORMED or layers[-1] < MANY:
        return float(layers[-1])
    growth = np.diff(np.log(np.array(layers[-4:], dtype=float)))
    slope = min(0.0, float(growth[-1] - growth[0]) / 2)
    now, rate, peak = float(layers[-1]), float(growth[-1]), float(layers[-1])
    for _ in range(min(left, HORIZON)):
        rate += slope
        following = now * math.exp(min(rate, 50.0))
        peak = max(peak, now + following)
        now = min(following, 1e30)
    return peak


def find_far_peak(
    layers: Sequence[int],
    left: int,
    *,
    n_doses: int,
    features: tuple[str, ...],
    most: int,
    size: int,
    informed: int = INFORMED,
    many: int = MANY,
) -> float:
    """Find how many states a walk will hold before any of its cohorts, at most.

    How many counts there are for a number of participants is known; rules let a trial reach a
    share of them only. That share is taken to go on falling as it last fell, and never to rise:
    what was found so for BOIN12 with three to five doses lay between a fifth of the truth and
    three times the truth.

    Parameters
    ----------
    layers : sequence of int
        States before each cohort so far.
    left : int
        Cohorts still to come.
    n_doses : int
        How many doses there are.
    features : tuple of str
        What is counted at each.
    most : int
        Participants that a dose may have at most.
    size : int
        Participants of a cohort.
    informed, many : int
        Cohorts and states from which on the growth says how it goes on [1].

    Returns
    -------
    float
        States before one of the cohorts to come, at most [1].

    Examples
    --------
    >>> seen = [1, 12, 95, 636, 3192, 15802, 57057, 177416]
    >>> far = find_far_peak(
    ...     seen, 8, n_doses=3, features=("n", "tox", "eff"), most=90, size=3)
    >>> 1 < far / 43_170_139 < 1.1
    True
    """
    now = len(layers) - 1
    if len(layers) < informed or layers[-1] < many:
        return float(layers[-1])
    possible = _possible(now + left, n_doses, features, most, size)
    share = layers[-1] / possible[now]
    falls = min(1.0, share / (layers[-2] / possible[now - 1]))
    ahead = possible[now:] * share * falls ** np.arange(left + 1)
    return float(ahead.max())


def _possible(
    cohorts: int, n_doses: int, features: tuple[str, ...], most: int, size: int
) -> Floats:
    """Return how many counts there are after 0, 1, 2, … cohorts, if no rule forbids any."""
    treated = size * np.arange(cohorts + 1.0)
    if "both" in features:
        of_one = (treated + 1) * (treated + 2) * (treated + 3) / 6
    else:
        of_one = (treated + 1) ** (len(features) - 1)
    of_one[treated > most] = 0.0
    found: Floats = np.eye(1, cohorts + 1)[0]
    for _ in range(n_doses):
        found = np.convolve(found, of_one)[: cohorts + 1]
    return found
