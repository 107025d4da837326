"""The posterior of a logistic curve with two parameters, on a plane of nodes.

logit p = intercept + exp(log slope) x. The prior is bivariate normal. Nodes are equally spaced in
the directions in which the prior is a round hill, so that sums over them converge as fast as the
trapezoid rule does; probabilities of intervals take a node only in part where the limit passes by.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, final

import numpy as np

from protocyte.design.kinds import find_sound_kinds
from protocyte.design.model_based.partial import find_part_below
from protocyte.design.state import Floats, Integers
from protocyte.errors import DesignError

REACH: Final = 7.5
"""Nodes lie within so many prior standard deviations."""
FINENESS: Final = 1.4
"""Nodes a standard deviation of the narrowest posterior."""
WIDEST: Final = 0.2
"""The farthest that nodes are apart, however few the participants [1]."""
BLOCK: Final = 16
"""States at once: what the processor's nearest memory holds."""


@final
@dataclass(frozen=True, slots=True)
class BivariateNormal:
    """A normal prior of intercept and log slope.

    Parameters
    ----------
    mean : tuple of float
        Means of intercept and log slope [1].
    sd : tuple of float
        Their standard deviations [1].
    correlation : float
        Their correlation [1], between -1 and 1.

    Raises
    ------
    DesignError
        If these make no distribution.

    Examples
    --------
    >>> BivariateNormal((-0.85, 1.0), (1.0, 1.0), -0.5).correlation
    -0.5
    """

    mean: tuple[float, float]
    sd: tuple[float, float]
    correlation: float = 0.0

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        for name in ("mean", "sd"):
            pair = tuple(float(value) for value in getattr(self, name))
            if len(pair) != 2 or not all(math.isfinite(value) for value in pair):
                raise DesignError(
                    f"The prior's {name} is {pair}; give one number for the intercept and one for "
                    f"the log slope."
                )
            object.__setattr__(self, name, pair)
        if not all(0.01 <= sd <= 20 for sd in self.sd) or not all(abs(m) <= 50 for m in self.mean):
            raise DesignError(
                f"The prior has means {self.mean} and standard deviations {self.sd}; give standard "
                f"deviations between 0.01 and 20, and means within 50 of 0."
            )
        if not -0.99 <= self.correlation <= 0.99:
            raise DesignError(
                f"The correlation of the prior is {self.correlation}; give one from -0.99 to 0.99."
            )


@final
@dataclass(frozen=True, slots=True, eq=False)
class LogisticPlane:
    """Curves through all nodes of the plane.

    Parameters
    ----------
    labels : ndarray of float, shape (n_doses,)
        What stands for each dose in the curve [1].
    log_prior : ndarray of float, shape (n_nodes,)
        Logarithm of each node's prior weight, but for a constant [1].
    log_tox, log_no_tox : ndarray of float, shape (n_doses, n_nodes)
        Log-probabilities of a DLT and of none [1].
    averaged : ndarray of float, shape (n_nodes, 2 + n_doses)
        Intercept, log slope and DLT probabilities at each node [1].
    below : ndarray of float, shape (n_nodes, n_limits * n_doses)
        How much of each node counts below each limit of the DLT probability, at each dose [1].

    Examples
    --------
    >>> plane = find_plane(BivariateNormal((0.0, 0.0), (1.0, 1.0)), (-1.0, 0.0), 12, (0.2, 0.35))
    >>> plane.below.shape[1]
    4
    """

    labels: Floats
    log_prior: Floats
    log_tox: Floats
    log_no_tox: Floats
    averaged: Floats
    below: Floats

    def means(self, counts: Integers) -> Floats:
        """Return posterior means of intercept, log slope and each dose's DLT probability.

        Parameters
        ----------
        counts : ndarray of int, shape (n_states, n_doses, 2)
            Participants and those with a DLT at each dose [participants].

        Returns
        -------
        ndarray of float, shape (n_states, 2 + n_doses)
            The means [1].
        """
        return self._expect(counts, self.averaged)

    def tails(self, counts: Integers) -> Floats:
        """Return how probable it is that each dose is below each limit.

        Parameters
        ----------
        counts : ndarray of int, shape (n_states, n_doses, 2)
            Participants and those with a DLT at each dose [participants].

        Returns
        -------
        ndarray of float, shape (n_states, n_limits, n_doses)
            Posterior probabilities [1].
        """
        return self._expect(counts, self.below).reshape(len(counts), -1, len(self.labels))

    def tox(self, intercept: Floats, log_slope: Floats) -> Floats:
        """Return the DLT probabilities of curves.

        Parameters
        ----------
        intercept, log_slope : ndarray of float, shape (n,)
            The parameters [1].

        Returns
        -------
        ndarray of float, shape (n, n_doses)
            Probabilities of a DLT [1].
        """
        steep = np.exp(log_slope)[:, np.newaxis] * self.labels
        tox: Floats = np.exp(-np.logaddexp(0.0, -intercept[:, np.newaxis] - steep))
        return tox

    def _expect(self, counts: Integers, values: Floats) -> Floats:
        found = np.empty((len(counts), values.shape[1]))
        for first in range(0, len(counts), BLOCK):
            seen = counts[first : first + BLOCK].astype(float)
            tox = seen[:, :, 1]
            weight = tox @ self.log_tox + (seen[:, :, 0] - tox) @ self.log_no_tox
            weight += self.log_prior
            weight -= weight.max(axis=1, keepdims=True)
            np.exp(weight, out=weight)
            total = weight.sum(axis=1, keepdims=True)
            found[first : first + BLOCK] = (weight @ values) / total
        return found


@lru_cache(maxsize=8)
def find_plane(
    prior: BivariateNormal,
    labels: tuple[float, ...],
    participants: int,
    limits: tuple[float, ...] = (),
    fineness: float = FINENESS,
) -> LogisticPlane:
    """Find nodes that are close enough for the posterior of so many participants.

    Parameters
    ----------
    prior : BivariateNormal
        Prior of intercept and log slope.
    labels : tuple of float
        What stands for each dose in the curve [1].
    participants : int
        The most participants of a trial.
    limits : tuple of float
        Limits of the DLT probability whose tails will be asked for [1].
    fineness : float
        Nodes a standard deviation of the narrowest posterior [1].

    Returns
    -------
    LogisticPlane
        The curves.

    Examples
    --------
    >>> prior = BivariateNormal((0.0, 0.0), (1.0, 1.0))
    >>> few, many = find_plane(prior, (0.0,), 10), find_plane(prior, (0.0,), 100)
    >>> len(few.log_prior) < len(many.log_prior)
    True
    """
    # A participant tells at most 1/4 about the intercept. About the log slope it can be more, but
    # only where the slope is steep; half does for the sum over the plane.
    rest = prior.sd[0] * math.sqrt(1 - prior.correlation**2)
    widest = min(WIDEST, 0.6 / rest) * FINENESS
    across = min(1 / math.sqrt(1 + participants * rest**2 / 4), widest) / fineness
    widest = WIDEST * FINENESS
    along = min(1 / math.sqrt(1 + participants * prior.sd[1] ** 2 / 2), widest) / fineness
    u, v = np.meshgrid(_spaced(along), _spaced(across), indexing="ij")
    inside = u**2 + v**2 <= REACH**2
    u, v = u[inside], v[inside]
    middle = prior.mean[0] + prior.correlation * prior.sd[0] * u
    intercept, log_slope = middle + rest * v, prior.mean[1] + prior.sd[1] * u
    x = np.array(labels)
    steep = np.exp(log_slope) * x[:, np.newaxis]
    log_tox = -np.logaddexp(0.0, -intercept - steep)
    below = [
        find_part_below((math.log(limit / (1 - limit)) - steep - middle) / rest - v, across)
        for limit in limits
    ]
    parts = np.concatenate(below) if below else np.zeros((0, len(v)))
    return LogisticPlane(
        x,
        -0.5 * (u**2 + v**2),
        log_tox,
        -np.logaddexp(0.0, intercept + steep),
        np.ascontiguousarray(np.vstack([intercept, log_slope, np.exp(log_tox)]).T),
        np.ascontiguousarray(parts.T),
    )


def _spaced(spacing: float) -> Floats:
    """Return nodes around 0 as far as they reach."""
    half = math.ceil(REACH / spacing)
    return np.linspace(-half * spacing, half * spacing, 2 * half + 1)
