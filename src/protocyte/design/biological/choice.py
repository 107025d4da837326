"""The best of the doses that may be chosen."""

from typing import Final, Literal

import numpy as np

from protocyte.design.state import Booleans, Floats, Integers
from protocyte.errors import DesignError

DIGITS: Final = 10
"""Worths are compared after rounding to so many digits."""


def find_best(
    values: Floats, allowed: Booleans, *, tied: Literal["highest", "lowest"] = "lowest"
) -> Integers:
    """Find the allowed dose with the largest value in each state.

    Parameters
    ----------
    values : ndarray of float, shape (n_states, n_doses)
        What each dose is worth, on any scale [1].
    allowed : ndarray of bool, shape (n_states, n_doses)
        Doses that may be chosen [1].
    tied : {"highest", "lowest"}
        Which of equally good doses.

    Returns
    -------
    ndarray of int, shape (n_states,)
        Index of the dose [1]; -1 where none is allowed.

    Examples
    --------
    >>> find_best(np.array([[3.0, 5.0, 5.0]]), np.ones((1, 3), bool), tied="highest").tolist()
    [2]
    """
    dose, best = np.full(len(values), -1, dtype=np.int64), np.full(len(values), -np.inf)
    for j in range(values.shape[1]):
        value = values[:, j]
        better = allowed[:, j] & (value >= best if tied == "highest" else value > best)
        dose[better] = j
        best = np.where(better, value, best)
    return dose


def find_equal_shares(among: Booleans) -> Floats:
    """Find the probabilities with which one of some doses is drawn, each as probably.

    Parameters
    ----------
    among : ndarray of bool, shape (n_states, n_doses)
        The doses [1].

    Returns
    -------
    ndarray of float, shape (n_states, n_doses)
        Probability of each [1]; where there is none, the lowest dose stands in with 1.

    Examples
    --------
    >>> find_equal_shares(np.array([[False, True, True], [False, False, False]])).tolist()
    [[0.0, 0.5, 0.5], [1.0, 0.0, 0.0]]
    """
    among = among.copy()
    among[~among.any(axis=1), 0] = True
    shares: Floats = among / among.sum(axis=1, keepdims=True)
    return shares


def find_sound_utilities(
    values: tuple[float, float, float, float],
) -> tuple[float, float, float, float]:
    """Find whether the worths of the four outcomes make sense together.

    Parameters
    ----------
    values : tuple of float
        Utility, 0 to 100, of a response without DLT, neither, both, a DLT without response [1].

    Returns
    -------
    tuple of float
        The same [1].

    Raises
    ------
    DesignError
        If a response without DLT is not the best with 100, or a DLT without response not the worst
        with 0.

    Examples
    --------
    >>> find_sound_utilities((100, 40, 60, 0))
    (100, 40, 60, 0)
    """
    best, neither, both, worst = values
    if not (best == 100 and worst == 0 and 0 <= neither <= 100 and 0 <= both <= 100):
        raise DesignError(
            f"The utilities are {values}; a response without DLT counts 100, a DLT without "
            f"response 0, and the two others lie between."
        )
    return values
