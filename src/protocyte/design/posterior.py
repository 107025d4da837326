"""Beta posteriors of an event probability, from whole counts.

Under the uniform prior a posterior tail is a binomial sum: P(p > limit) after y events in n equals
P(Binomial(n + 1, limit) ≤ y). The tail that is wanted is summed, never one minus the other.
"""

import numpy as np

from protocyte.design.exact.binomial import find_binomial
from protocyte.design.state import Floats, Integers


def find_upper_tail(events: Integers, n: Integers, *, limit: float) -> Floats:
    """Find how probable it is that an event is more frequent than a limit.

    Parameters
    ----------
    events, n : ndarray of int
        Events and participants [participants], of equal shape.
    limit : float
        The probability to exceed [1], 0 to 1.

    Returns
    -------
    ndarray of float
        Posterior probability that the event probability exceeds the limit [1], under the uniform
        prior Beta(1, 1).

    Examples
    --------
    >>> import numpy as np
    >>> find_upper_tail(np.array([2]), np.array([3]), limit=0.3).round(4).tolist()
    [0.9163]
    """
    tail = np.empty(np.shape(n))
    for m in np.unique(n):
        here = n == m
        tail[here] = np.cumsum(find_binomial(int(m) + 1, limit))[events[here]]
    return tail


def find_lower_tail(events: Integers, n: Integers, *, limit: float) -> Floats:
    """Find how probable it is that an event is less frequent than a limit.

    Parameters
    ----------
    events, n : ndarray of int
        Events and participants [participants], of equal shape.
    limit : float
        The probability to stay below [1], 0 to 1.

    Returns
    -------
    ndarray of float
        Posterior probability that the event probability is below the limit [1], under the uniform
        prior Beta(1, 1).

    Examples
    --------
    >>> import numpy as np
    >>> find_lower_tail(np.array([0]), np.array([3]), limit=0.25).round(4).tolist()
    [0.6836]
    """
    tail = np.empty(np.shape(n))
    for m in np.unique(n):
        here = n == m
        tail[here] = np.cumsum(find_binomial(int(m) + 1, limit)[::-1])[::-1][events[here] + 1]
    return tail


def find_interval_width(events: Integers, n: Integers, *, level: float) -> Floats:
    """Find how wide the posterior interval of an event probability is.

    Parameters
    ----------
    events, n : ndarray of int
        Events and participants [participants], of equal shape.
    level : float
        Posterior probability of the interval [1], 0 to 1; its tails are equal.

    Returns
    -------
    ndarray of float
        Upper less lower end [1], under the uniform prior Beta(1, 1).

    Examples
    --------
    >>> import numpy as np
    >>> find_interval_width(np.array([0]), np.array([0]), level=0.9).round(4).tolist()
    [0.9]
    """
    from scipy.special import betaincinv

    pairs, where = np.unique(np.stack([events, n], axis=-1), axis=0, return_inverse=True)
    a, b = 1.0 + pairs[:, 0], 1.0 + pairs[:, 1] - pairs[:, 0]
    width = betaincinv(a, b, (1 + level) / 2) - betaincinv(a, b, (1 - level) / 2)
    found: Floats = width[where.ravel()].reshape(np.shape(n))
    return found


def find_elimination_limit(n: int, *, limit: float, certainty: float, n_least: int = 1) -> int:
    """Find the smallest number of events that closes a dose.

    Parameters
    ----------
    n : int
        Participants at the dose.
    limit : float
        The tolerated event probability [1], 0 to 1.
    certainty : float
        Posterior probability of exceeding it above which the dose is closed [1], 0 to 1.
    n_least : int
        With fewer participants nothing is closed.

    Returns
    -------
    int
        Smallest count of events that closes the dose; ``n + 1`` if none does.

    References
    ----------
    .. [1] Liu S, Yuan Y. Bayesian optimal interval designs for phase I clinical trials. *J R Stat
       Soc C* 2015;64:507-523. doi:10.1111/rssc.12089

    Examples
    --------
    >>> find_elimination_limit(6, limit=0.3, certainty=0.95)
    4
    """
    if n < n_least:
        return n + 1
    counts = np.arange(n + 1)
    tails = find_upper_tail(counts, np.full(n + 1, n), limit=limit)
    return int(n + 1 - np.count_nonzero(tails > certainty))
