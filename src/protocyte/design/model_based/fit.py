"""The posterior of a one-parameter curve, compiled.

The trapezoid rule sums a likelihood over equally spaced values of the parameter. A likelihood is a
product of probabilities that were tabled once, so that a fit is a few hundred multiplications and
no logarithm.
"""

from typing import Any, Final

import numpy as np
from numba import njit

FAINT: Final = 1e-250
"""A sum below this has lost digits: such a fit is made again with logarithms."""
OFTEN: Final = 64
"""So many factors are multiplied before the product is scaled."""


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
def find_means(  # type: ignore[no-untyped-def] # noqa: PLR0917
    counts, tox, no_tox, prior, values, means
) -> Any:
    """Find posterior means after whole counts at each dose, from tabled powers.

    Parameters
    ----------
    counts : ndarray of int, shape (n_doses, 2, n_states)
        Participants, and those with a DLT [participants]; at most as many as are tabled.
    tox, no_tox : ndarray of float, shape (n_doses, tabled + 1, n_nodes)
        Powers of the probability of a DLT, and of none, at each node [1].
    prior : ndarray of float, shape (n_nodes,)
        Prior weight of each node [1].
    values : ndarray of float, shape (n_values, n_nodes)
        What is averaged, at each node [1].
    means : ndarray of float, shape (n_states, n_values + 1)
        Is filled: the sum of the weights, then the means [1].

    Examples
    --------
    >>> one = np.full((1, 2, 3), 0.5)
    >>> found = np.zeros((1, 2))
    >>> find_means(np.array([[[1], [0]]]), one, one, np.ones(3), np.array([[1.0, 2, 3]]), found)
    >>> found.tolist()
    [[1.5, 2.0]]
    """
    n_doses, n_nodes, n_values = counts.shape[0], len(prior), len(values)
    product = np.empty(n_nodes)
    for i in range(counts.shape[2]):
        product[:] = prior
        for j in range(n_doses):
            y = counts[j, 1, i]
            m = counts[j, 0, i] - y
            if y > 0 and m > 0:
                for q in range(n_nodes):
                    product[q] *= tox[j, y, q] * no_tox[j, m, q]
            elif y > 0:
                for q in range(n_nodes):
                    product[q] *= tox[j, y, q]
            elif m > 0:
                for q in range(n_nodes):
                    product[q] *= no_tox[j, m, q]
        total = 0.0
        for q in range(n_nodes):
            total += product[q]
        means[i, 0] = total
        for v in range(n_values):
            mean = 0.0
            for q in range(n_nodes):
                mean += product[q] * values[v, q]
            means[i, v + 1] = mean / total if total > 0.0 else np.nan


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
def find_weighted_means(  # type: ignore[no-untyped-def] # noqa: PLR0917
    levels, tox, weights, p_tox, p_none, prior, values, product, means
) -> Any:
    """Find posterior means from single participants, each with a weight.

    A participant without a DLT who was followed for a share of the window contributes one minus
    that share of the DLT probability; a DLT counts in full.

    Parameters
    ----------
    levels : ndarray of int, shape (n_participants,)
        Index of each participant's dose [1].
    tox : ndarray of bool, shape (n_participants,)
        Whether each had a DLT [1].
    weights : ndarray of float, shape (n_participants,)
        Weight of each without a DLT [1], 0 to 1.
    p_tox, p_none : ndarray of float, shape (n_doses, n_nodes)
        Probability of a DLT, and of none, at each node [1].
    prior : ndarray of float, shape (n_nodes,)
        Prior weight of each node [1].
    values : ndarray of float, shape (n_values, n_nodes)
        What is averaged, at each node [1].
    product : ndarray of float, shape (n_nodes,)
        Room to work in.
    means : ndarray of float, shape (n_values,)
        Is filled with the means [1].

    References
    ----------
    .. [1] Cheung YK, Chappell R. Sequential designs for phase I clinical trials with late-onset
       toxicities. *Biometrics* 2000;56:1177-1182. doi:10.1111/j.0006-341X.2000.01177.x

    Examples
    --------
    >>> half, found = np.full((1, 3), 0.5), np.zeros(1)
    >>> find_weighted_means(np.array([0]), np.array([False]), np.array([0.2]), half, half,
    ...                     np.ones(3), np.array([[1.0, 2, 3]]), np.empty(3), found)
    >>> found.tolist()
    [2.0]
    """
    n_nodes = len(prior)
    product[:] = prior
    for i in range(len(levels)):
        j = levels[i]
        if tox[i]:
            for q in range(n_nodes):
                product[q] *= p_tox[j, q]
        else:
            rest = 1.0 - weights[i]
            for q in range(n_nodes):
                product[q] *= p_none[j, q] + rest * p_tox[j, q]
        if i % OFTEN == OFTEN - 1:
            largest = 0.0
            for q in range(n_nodes):
                largest = max(largest, product[q])
            for q in range(n_nodes):
                product[q] /= largest
    total = 0.0
    for q in range(n_nodes):
        total += product[q]
    for v in range(len(values)):
        mean = 0.0
        for q in range(n_nodes):
            mean += product[q] * values[v, q]
        means[v] = mean / total
