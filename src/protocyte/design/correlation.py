"""Toxicity and response of one participant: how probable both are together.

A Gaussian copula links the two events: a pair of normal numbers with a correlation, each below a
limit where its event happens. The margins stay as they are.
"""

import math
from dataclasses import replace
from typing import Final

import numpy as np

from protocyte.design.scenario import Scenario
from protocyte.design.state import Floats
from protocyte.errors import DesignError

NODES: Final = 96
"""Nodes of the Gauss-Legendre rule; the integrand is smooth."""


def find_joint_probability(tox: float, eff: float, correlation: float) -> float:
    """Find the probability of two events that a Gaussian copula links.

    Parameters
    ----------
    tox, eff : float
        Probabilities of the events [1], 0 to 1.
    correlation : float
        Correlation of the normal numbers behind them [1], -1 to 1.

    Returns
    -------
    float
        Probability of both [1].

    Raises
    ------
    DesignError
        If these are not probabilities, or not a correlation.

    Notes
    -----
    The derivative of the bivariate normal distribution function by its correlation is its density,
    so that the probability is that of independent events plus an integral over the correlation.

    References
    ----------
    .. [1] Drezner Z, Wesolowsky GO. On the computation of the bivariate normal integral. *J Stat
       Comput Simul* 1990;35:101-107.

    Examples
    --------
    >>> round(find_joint_probability(0.5, 0.5, 0.5), 12)
    0.333333333333
    """
    # SciPy takes longer to import than most scenarios to read.
    from scipy.special import ndtri

    if not (0 <= tox <= 1 and 0 <= eff <= 1):
        raise DesignError(f"{tox} and {eff} are not two probabilities; give numbers from 0 to 1.")
    if not -1 <= correlation <= 1:
        raise DesignError(f"{correlation} is no correlation; give a number from -1 to 1.")
    if min(tox, eff) == 0 or max(tox, eff) == 1 or abs(correlation) == 1:
        return _at_the_edge(tox, eff, correlation)
    h, k = float(ndtri(tox)), float(ndtri(eff))
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    most = math.asin(correlation)
    angle = most * (nodes + 1) / 2
    density = np.exp(-(h * h + k * k - 2 * h * k * np.sin(angle)) / (2 * np.cos(angle) ** 2))
    both = tox * eff + most / 2 * float(weights @ density) / (2 * math.pi)
    return min(max(both, tox + eff - 1, 0.0), tox, eff)


def find_linked(scenario: Scenario, correlation: float) -> Scenario:
    """Find the scenario with the same margins and linked events.

    Parameters
    ----------
    scenario : Scenario
        A truth with toxicity and response.
    correlation : float
        Correlation of the normal numbers behind the two events [1], -1 to 1.

    Returns
    -------
    Scenario
        The same truth with the probability of both events at each dose.

    Raises
    ------
    DesignError
        If the truth lacks one of the two, or this is no correlation.

    Examples
    --------
    >>> linked = find_linked(Scenario((0.5,), (0.5,), name="flat"), 0.5)
    >>> linked.name, [round(both, 6) for both in linked.joint]
    ('flat, correlation 0.5', [0.333333])
    """
    if scenario.tox is None or scenario.eff is None:
        raise DesignError(
            f"Scenario {scenario.name!r} lacks toxicity or response, so there is nothing to link; "
            f"give both."
        )
    both = tuple(
        find_joint_probability(tox, eff, correlation)
        for tox, eff in zip(scenario.tox, scenario.eff, strict=True)
    )
    name = f"{scenario.name}, correlation {correlation:g}".removeprefix(", ")
    return replace(scenario, both=both, name=name)


def find_response_given_toxicity(scenario: Scenario) -> tuple[Floats, Floats]:
    """Find the probability of a response without and with a DLT.

    Parameters
    ----------
    scenario : Scenario
        A truth with responses.

    Returns
    -------
    tuple of ndarray of float, shape (n_doses,)
        Probability of a response without, and with, a DLT at each dose [1].

    Examples
    --------
    >>> without, together = find_response_given_toxicity(Scenario((0.5,), (0.5,), (0.1,)))
    >>> without.tolist(), together.tolist()
    ([0.8], [0.2])
    """
    eff = np.array(scenario.eff, dtype=float)
    if scenario.both is None:
        return eff, eff
    tox, both = np.array(scenario.tox, dtype=float), np.array(scenario.both)
    without = np.divide(eff - both, 1 - tox, out=np.zeros_like(eff), where=tox < 1)
    return without, np.divide(both, tox, out=np.zeros_like(eff), where=tox > 0)


def _at_the_edge(tox: float, eff: float, correlation: float) -> float:
    """Return the probability of both where one is certain, or one follows from the other."""
    if correlation == 1:
        return min(tox, eff)
    if correlation == -1:
        return max(0.0, tox + eff - 1)
    return tox * eff
