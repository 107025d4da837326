"""The fit of TITE-CRM with weighted likelihood; the calendar engine compiles these functions."""

# A compiled rule is one function of plain numbers.
# ruff: noqa: PLR0917

import math

from protocyte.design.state import Floats, Integers


def find_adaptive_weight(days: float, window: float, dlt_days: Floats, count: int) -> float:
    """Find the weight of a pending participant from the days of the DLTs seen so far.

    Parameters
    ----------
    days : float
        Follow-up [d], less than the window.
    window : float
        Time in which a DLT counts [d].
    dlt_days : ndarray of float, shape (at least count,)
        Days of the DLTs after their infusions [d], ascending.
    count : int
        How many of them are known.

    Returns
    -------
    float
        Weight [1], between 0 and 1; the share of the window if there was no DLT.

    References
    ----------
    .. [1] Cheung YK, Chappell R. Sequential designs for phase I clinical trials with late-onset
       toxicities. *Biometrics* 2000;56:1177-1182. doi:10.1111/j.0006-341X.2000.01177.x

    Examples
    --------
    >>> import numpy as np
    >>> find_adaptive_weight(15.0, 30.0, np.array([10.0, 20.0]), 2)
    0.5
    """
    passed, before, after = 0, 0.0, window
    for i in range(count):
        if dlt_days[i] <= days:
            passed, before = passed + 1, dlt_days[i]
        else:
            after = dlt_days[i]
            break
    part = (days - before) / (after - before) if after > before else 0.0
    return float((passed + part) / (count + 1))


def find_tite_estimate(
    n: Integers,
    tox: Integers,
    waiting: Integers,
    weights: Floats,
    count: int,
    log_tox: Floats,
    log_no_tox: Floats,
    nodes: Floats,
    prior: Floats,
) -> float:
    """Find the posterior mean of the parameter of a curve, pending participants weighted.

    Parameters
    ----------
    n, tox : ndarray of int, shape (n_doses,)
        Complete participants, and those with a DLT, at each dose [participants].
    waiting : ndarray of int, shape (at least count,)
        Index of the dose of each pending participant [1].
    weights : ndarray of float, shape (at least count,)
        Their weights [1].
    count : int
        How many are pending.
    log_tox, log_no_tox : ndarray of float, shape (n_doses, n_nodes)
        Logarithms of the probability of a DLT, and of none, at each node [1].
    nodes, prior : ndarray of float, shape (n_nodes,)
        Values of the parameter, and the prior weight of each [1].

    Returns
    -------
    float
        The posterior mean [1].

    References
    ----------
    .. [1] Cheung YK, Chappell R. Sequential designs for phase I clinical trials with late-onset
       toxicities. *Biometrics* 2000;56:1177-1182. doi:10.1111/j.0006-341X.2000.01177.x

    Examples
    --------
    >>> import numpy as np
    >>> nothing, half = np.zeros(1, dtype=int), np.log(np.full((1, 3), 0.5))
    >>> values, one = np.array([-1.0, 0.0, 1.0]), np.ones(3)
    >>> find_tite_estimate(nothing, nothing, nothing, np.zeros(1), 0, half, half, values, one)
    0.0
    """
    top, best = len(n), -1e300
    for q in range(len(nodes)):
        likely = 0.0
        for j in range(top):
            likely += tox[j] * log_tox[j, q] + (n[j] - tox[j]) * log_no_tox[j, q]
        best = max(best, likely)
    mass, moment = 0.0, 0.0
    for q in range(len(nodes)):
        likely = -best
        for j in range(top):
            likely += tox[j] * log_tox[j, q] + (n[j] - tox[j]) * log_no_tox[j, q]
        weight = prior[q] * math.exp(likely)
        for i in range(count):
            weight *= 1.0 - weights[i] * math.exp(log_tox[waiting[i], q])
        mass += weight
        moment += weight * nodes[q]
    return float(moment / mass)


def find_tite_recommendation(
    parameter: float, labels: Floats, intercept: float, logistic: float, target: float
) -> int:
    """Find the dose whose estimated DLT probability is nearest to the target.

    Parameters
    ----------
    parameter : float
        Posterior mean [1].
    labels : ndarray of float, shape (n_doses,)
        What stands for each dose in the curve [1].
    intercept : float
        Fixed intercept of the logistic curve [1].
    logistic : float
        1 for the logistic curve, 0 for the empiric one [1].
    target : float
        DLT probability aimed at [1].

    Returns
    -------
    int
        Index of the dose, the lower of equally near ones.

    Examples
    --------
    >>> import numpy as np
    >>> find_tite_recommendation(0.0, np.log([0.1, 0.3, 0.5]), 3.0, 0.0, 0.3)
    1
    """
    nearest, least = 0, 2.0
    for j in range(len(labels)):
        steep = labels[j] * math.exp(parameter)
        chance = 1 / (1 + math.exp(-intercept - steep)) if logistic > 0 else math.exp(steep)
        away = abs(chance - target)
        if away < least - 1e-12:
            nearest, least = j, away
    return nearest
