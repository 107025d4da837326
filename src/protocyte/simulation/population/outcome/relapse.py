"""Relapse, progression and death of virtual patients.

Antigen-positive relapse follows from the cells' loss of persistence, unless by chance no target
cell was left; antigen-negative relapse from cells that had lost the antigen. Nothing is seen before
the first assessment of the disease that the protocol plans. One law: chance enters with a patient's
own luck, so that a knob changes only what it acts on.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, pdtr, pdtrik

from protocyte.kinetics.parameter import Floats
from protocyte.simulation.population.outcome.table import HORIZON, Flags, Grades

PROGRESSION: Final = 1.2
"""Target cells at progression, of those at infusion [1] (Kimmel2021)."""
_MOST_FOUNDERS: Final = 1e12
_LEAST_CELLS: Final = 1e-300


def find_targets(
    days: Floats,
    expected: Floats,
    *,
    extinct: Floats,
    founders: Floats,
    growth: Floats,
    luck: tuple[Floats, Floats],
) -> tuple[Floats, Floats]:
    """Let chance settle which target cells a patient has: expected numbers are of many patients.

    Parameters
    ----------
    days : ndarray of float, shape (n_days,)
        Days after the infusion [d].
    expected : ndarray of float, shape (n_patients, n_days)
        Antigen-positive target cells, expected [cells].
    extinct : ndarray of float, shape (n_patients,)
        Probability that none of them is left in the end [1].
    founders : ndarray of float, shape (n_patients,)
        Antigen-negative cells, expected, counted back to day 0 [cells].
    growth : ndarray of float, shape () or (n_patients,)
        Growth of the target [1/d].
    luck : tuple of ndarray of float, shape (n_patients,)
        Standard normals [1] of extinction and of antigen loss.

    Returns
    -------
    tuple of ndarray of float, shape (n_patients, n_days)
        Antigen-positive and antigen-negative target cells [cells]; of a patient whose
        antigen-positive cells die out, none.

    Examples
    --------
    >>> days, cells = np.array([0.0, 100.0]), np.array([[1e11, 1e-3]])
    >>> luck = np.array([-1.0]), np.array([0.0])
    >>> positive, negative = find_targets(days, cells, extinct=np.array([0.9]),
    ...     founders=np.array([3.0]), growth=np.array([0.1]), luck=luck)
    >>> positive.tolist(), negative.round().tolist()
    ([[0.0, 0.0]], [[3.0, 66079.0]])
    """
    last, escape = luck
    positive = np.where((ndtr(last) < extinct)[:, np.newaxis], 0.0, expected)
    number = _count_founders(ndtr(escape), np.clip(founders, _LEAST_CELLS, _MOST_FOUNDERS))
    rate = np.broadcast_to(growth, number.shape)
    return positive, number[:, np.newaxis] * np.exp(np.outer(rate, days))


def find_relapse(
    days: Floats,
    positive: Floats,
    negative: Floats,
    *,
    level: Floats,
    progression: Floats,
    since: float,
) -> tuple[Floats, Grades]:
    """Find the day and the kind of relapse, or of progression without remission.

    Parameters
    ----------
    days : ndarray of float, shape (n_days,)
        Days after the infusion [d].
    positive, negative : ndarray of float, shape (n_patients, n_days)
        Antigen-positive and antigen-negative target cells, or anything else that rises with the
        disease [in any unit].
    level : ndarray of float, shape () or (n_patients,)
        Below it is remission; from it on, relapse [in the unit of the cells].
    progression : ndarray of float, shape () or (n_patients,)
        Progression without remission [in the unit of the cells].
    since : float
        Day of the first assessment, one of ``days`` [d].

    Returns
    -------
    tuple of ndarray, shape (n_patients,)
        Day [d], NaN if not within the days, and kind: 1 antigen-positive, 2 antigen-negative.

    Examples
    --------
    >>> days = np.array([0.0, 28.0, 100.0])
    >>> cells = np.array([[1e11, 1e8, 1e10], [1e11, 1e11, 2e11]])
    >>> day, kind = find_relapse(days, cells, np.zeros((2, 3)), level=np.array(1e9),
    ...                          progression=np.array(1.2e11), since=28.0)
    >>> day.round(1).tolist(), kind.tolist()
    ([64.0, 46.9], [1, 1])
    """
    total = positive + negative
    with np.errstate(divide="ignore"):
        height = np.log(total)
    seen = np.asarray(days) >= since
    low, progressed = (np.broadcast_to(one, total.shape[0]) for one in (level, progression))
    remitted = np.logical_or.accumulate((total < low[:, np.newaxis]) & seen, axis=1)
    back, at_back = _find_first(days, height, np.log(low), remitted)
    worse, at_worse = _find_first(days, height, np.log(progressed), ~remitted & seen)
    # Whoever was worse first is not followed into a later remission.
    relapses = np.isnan(worse)
    day = np.where(relapses, back, worse)
    at = np.where(relapses, at_back, at_worse)[:, np.newaxis]
    escaped = np.take_along_axis(negative > positive, at, axis=1)[:, 0]
    kind = np.where(np.isnan(day), 0, np.where(escaped, 2, 1))
    return day, kind.astype(np.int8)


def find_death(relapse: Floats, median: float | None, luck: Floats) -> Floats:
    """Find the day of death after relapse or progression.

    Parameters
    ----------
    relapse : ndarray of float, shape (n_patients,)
        Day of relapse or progression [d]; NaN without.
    median : float or None
        Median time from there to death [d]; None where the rehearsal states none.
    luck : ndarray of float, shape (n_patients,)
        Standard normals [1].

    Returns
    -------
    ndarray of float, shape (n_patients,)
        Day of death [d]; NaN if not within the year. Nobody dies of anything else here.

    Examples
    --------
    >>> find_death(np.array([100.0, np.nan]), 50.0, np.zeros(2)).tolist()
    [150.0, nan]
    """
    if median is None:
        return np.full_like(relapse, np.nan)
    after = -np.log(np.maximum(ndtr(luck), 1e-300)) / np.log(2) * median
    day = relapse + after
    return np.where(day <= HORIZON, day, np.nan)


def _find_first(
    days: Floats, height: Floats, level: Floats, asked: Flags
) -> tuple[Floats, NDArray[np.int64]]:
    """Find the first of the asked days at or above a level, between days on a straight line."""
    limit = level[:, np.newaxis]
    over = asked & (height >= limit)
    at = over.argmax(axis=1)
    before = np.maximum(at - 1, 0)
    one, two = (np.take_along_axis(height, i[:, np.newaxis], axis=1)[:, 0] for i in (before, at))
    crossed = np.take_along_axis(asked, before[:, np.newaxis], axis=1)[:, 0] & np.isfinite(one)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(crossed & (one < level), (level - one) / (two - one), 1.0)
        # Where no day is over the level, the first day stands for both: taken back below.
        day = days[before] + part * (days[at] - days[before])
    return np.where(over.any(axis=1), day, np.nan), at


def _count_founders(share: Floats, mean: Floats) -> Floats:
    """Give quantiles of Poisson distributions; `scipy.stats` takes long to import."""
    near = np.ceil(np.nan_to_num(pdtrik(share, mean)))
    lower = np.maximum(near - 1, 0)
    return np.asarray(np.where(pdtr(lower, mean) >= share, lower, near))
