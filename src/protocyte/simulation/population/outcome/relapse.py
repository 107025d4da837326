"""Relapse, progression and death of virtual patients.

Antigen-positive relapse follows from the cells' loss of persistence, unless by chance no target
cell was left; antigen-negative relapse from cells that had lost the antigen.
One law: chance enters with a patient's own luck, so that a knob changes only what it acts on.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, pdtr, pdtrik

from protocyte.kinetics.parameter import Floats
from protocyte.simulation.population.outcome.table import Grades

_MOST_FOUNDERS: Final = 1e12


def find_relapse(
    summary: NDArray[np.void],
    extinct: Floats,
    growth: Floats,
    level: Floats,
    luck: tuple[Floats, Floats],
) -> tuple[Floats, Grades]:
    """Find the day and the kind of relapse, or of progression without remission.

    Parameters
    ----------
    summary : ndarray, shape (n_patients,)
        Summary of the courses.
    extinct : ndarray of float, shape (n_patients,)
        Probability that no antigen-positive target cell is left [1].
    growth : ndarray of float, shape (n_patients,)
        Growth of the target [1/d]; 0 for B cells.
    level : ndarray of float, shape (n_patients,)
        Target cells at which disease has returned [cells].
    luck : tuple of ndarray of float, shape (n_patients,)
        Standard normals [1] of extinction and of antigen loss.

    Returns
    -------
    tuple of ndarray, shape (n_patients,)
        Day [d], NaN if not within the horizon, and kind: 1 antigen-positive, 2 antigen-negative.
    """
    last, escape = luck
    cured = ndtr(last) < extinct
    positive = np.where(cured, np.nan, summary["relapse_day"])
    never = np.isnan(summary["fall_day"])
    positive = np.where(never, summary["progress_day"], positive)
    founders = _count_founders(ndtr(escape), np.clip(summary["founders"], 1e-300, _MOST_FOUNDERS))
    with np.errstate(divide="ignore", invalid="ignore"):
        negative = np.log(level / founders) / growth
    negative = np.where((founders > 0) & (growth > 0), np.maximum(negative, 1.0), np.nan)
    horizon = 365.0
    negative = np.where(negative <= horizon, negative, np.nan)
    day = np.fmin(positive, negative)
    kind = np.where(np.isnan(day), 0, np.where(day == negative, 2, 1))
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
    return np.where(day <= 365.0, day, np.nan)


def _count_founders(share: Floats, mean: Floats) -> Floats:
    """Give quantiles of Poisson distributions; `scipy.stats` takes long to import."""
    near = np.ceil(np.nan_to_num(pdtrik(share, mean)))
    lower = np.maximum(near - 1, 0)
    return np.asarray(np.where(pdtr(lower, mean) >= share, lower, near))
