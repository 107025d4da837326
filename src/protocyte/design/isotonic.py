"""Isotonic regression of many short sequences at once, and the dose nearest a target.

The fit at a dose is the largest, over blocks that end at or after it, of the smallest weighted
block mean: the min-max form of pooling adjacent violators. Doses may be left out.
"""

import numpy as np

from protocyte.design.state import Booleans, Floats, Integers

EQUAL = 1e-10
"""Fitted rates closer than this count as equal [1]."""


def find_isotonic_fit(values: Floats, weights: Floats) -> Floats:
    """Find the increasing sequences nearest to observed rates.

    Parameters
    ----------
    values : ndarray of float, shape (n_states, n_doses)
        Observed rates [1].
    weights : ndarray of float, shape (n_states, n_doses)
        Weights [1], not negative; a weight of 0 leaves a dose out, its fit is then ``nan`` or
        meaningless.

    Returns
    -------
    ndarray of float, shape (n_states, n_doses)
        Fitted rates [1].

    References
    ----------
    .. [1] Robertson T, Wright FT, Dykstra RL. Order restricted statistical inference. Wiley 1988
       (max-min formulas).

    Examples
    --------
    >>> import numpy as np
    >>> find_isotonic_fit(np.array([[0.1, 0.5, 0.3]]), np.ones((1, 3))).round(6).tolist()
    [[0.1, 0.4, 0.4]]
    """
    n_states, n_doses = values.shape
    w = [np.ascontiguousarray(weights[:, j]) for j in range(n_doses)]
    wv = [w[j] * values[:, j] for j in range(n_doses)]
    fit = np.full((n_doses, n_states), -np.inf)
    with np.errstate(invalid="ignore", divide="ignore"):
        for first in range(n_doses):
            mass, moment, means = w[first], wv[first], []
            for last in range(first, n_doses):
                if last > first:
                    mass, moment = mass + w[last], moment + wv[last]
                means.append(moment / mass)
            least = means[-1]
            for last in range(n_doses - 1, first - 1, -1):
                least = np.fmin(least, means[last - first])
                fit[last] = np.fmax(fit[last], least)
    return fit.T


def find_nearest(fit: Floats, allowed: Booleans, *, target: float, tied: str = "BOIN") -> Integers:
    """Find the dose whose rate is nearest to a target.

    Parameters
    ----------
    fit : ndarray of float, shape (n_states, n_doses)
        Increasing rates [1].
    allowed : ndarray of bool, shape (n_states, n_doses)
        Doses that may be chosen [1].
    target : float
        The rate aimed at [1].
    tied : {"BOIN", "highest"}
        Which of equally near doses: with "BOIN" one below the target if there is one, and of
        several with the same rate the highest below the target and the lowest at or above it; with
        "highest" the highest.

    Returns
    -------
    ndarray of int, shape (n_states,)
        Index of the dose [1]; -1 where none is allowed.

    References
    ----------
    .. [1] Yan F, Zhang L, Zhou Y, et al. BOIN: an R package for designing single-agent and
       drug-combination dose-finding trials using Bayesian optimal interval designs. *J Stat
       Softw* 2020;94(13). doi:10.18637/jss.v094.i13

    Examples
    --------
    >>> import numpy as np
    >>> find_nearest(np.array([[0.2, 0.2, 0.4]]), np.ones((1, 3), bool), target=0.3).tolist()
    [1]
    """
    distance = np.where(allowed, np.abs(fit - target), np.inf)
    least = distance[:, 0]
    for j in range(1, fit.shape[1]):
        least = np.minimum(least, distance[:, j])
    nearest = (distance <= least[:, np.newaxis] + EQUAL) & allowed
    if tied == "highest":
        return find_last(nearest)
    below = find_last(nearest & (fit < target - EQUAL))
    lowest = fit.shape[1] - 1 - find_last(nearest[:, ::-1])
    chosen = np.where(below >= 0, below, lowest)
    return np.where(chosen < fit.shape[1], chosen, -1)


def find_last(where: Booleans) -> Integers:
    """Find the last dose for which something holds.

    Parameters
    ----------
    where : ndarray of bool, shape (n_states, n_doses)
        Where it holds [1].

    Returns
    -------
    ndarray of int, shape (n_states,)
        Index of the dose [1]; -1 where it holds for none.

    Examples
    --------
    >>> import numpy as np
    >>> find_last(np.array([[True, True, False], [False, False, False]])).tolist()
    [1, -1]
    """
    # Column by column: doses are few and states are many.
    last = np.full(len(where), -1, dtype=np.int64)
    for j in range(where.shape[1]):
        last[where[:, j]] = j
    return last
