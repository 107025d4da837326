"""Posterior means of a one-parameter curve by the trapezoid rule, and how fine it has to be.

For a smooth function that dies away on both sides the trapezoid rule is exact but for a term that
falls with the square of width over spacing: exp(-2 (pi s / h)^2) for a Gaussian of standard
deviation s. The narrowest posterior that so many participants can make gives the spacing.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, final

import numpy as np

from protocyte.design.model_based.curve import Curve
from protocyte.design.model_based.partial import find_part_below
from protocyte.design.state import Booleans, Floats, Integers
from protocyte.errors import DesignError

REACH: Final = 8.5
"""Nodes lie within so many prior standard deviations."""
FINENESS: Final = 1.5
"""Nodes a standard deviation of the narrowest posterior: an error near 1e-19 for a Gaussian."""
BEND: Final = 0.25
"""The curve itself bends as sharply as a Gaussian of this standard deviation [1]."""
TABLED: Final = 64
"""Powers are tabled up to so many participants at a dose."""
BLOCK: Final = 4096
PROBE: Final = 2001


@final
@dataclass(frozen=True, slots=True, eq=False)
class Trapezoid:
    """A curve and a normal prior on equally spaced nodes.

    Parameters
    ----------
    curve : Curve
        The curve.
    nodes : ndarray of float, shape (n_nodes,)
        Values of the parameter [1].
    prior : ndarray of float, shape (n_nodes,)
        Prior weight of each node [1]; they add up to 1.
    log_tox, log_no_tox : ndarray of float, shape (n_doses, n_nodes)
        Log-probabilities of a DLT and of none [1].
    power_tox, power_no_tox : ndarray of float, shape (n_doses, tabled + 1, n_nodes)
        Powers of these probabilities [1].

    Examples
    --------
    >>> rule = find_trapezoid(Curve((0.1, 0.2)), 1.16, 30)
    >>> len(rule.nodes)
    135
    """

    curve: Curve
    nodes: Floats
    prior: Floats
    log_tox: Floats
    log_no_tox: Floats
    power_tox: Floats
    power_no_tox: Floats

    def means(self, counts: Integers, *, of: Literal["parameter", "tox"]) -> Floats:
        """Return posterior means after counts at each dose.

        Parameters
        ----------
        counts : ndarray of int, shape (n_states, n_doses, 2)
            Participants and those with a DLT at each dose [participants].
        of : {"parameter", "tox"}
            What is averaged: the parameter and its square, or the DLT probability at each dose.

        Returns
        -------
        ndarray of float, shape (n_states, 2) or (n_states, n_doses)
            The means [1].
        """
        from protocyte.design.model_based.fit import FAINT, find_means

        values = self.values(of)
        seen = np.ascontiguousarray(counts.transpose(1, 2, 0))
        found = np.zeros((len(counts), len(values) + 1))
        small = bool(seen.size == 0 or seen[:, 0].max() < self.power_tox.shape[1])
        if small:
            find_means(seen, self.power_tox, self.power_no_tox, self.prior, values, found)
        again = np.flatnonzero(found[:, 0] < FAINT)
        for first in range(0, len(again), BLOCK):
            rows = again[first : first + BLOCK]
            found[rows, 1:] = self._by_logarithms(counts[rows]) @ values.T
        return found[:, 1:]

    def weighted_means(
        self, levels: Integers, tox: Booleans, weights: Floats, *, of: Literal["parameter", "tox"]
    ) -> Floats:
        """Return posterior means after single participants with weights (TITE-CRM).

        Parameters
        ----------
        levels : ndarray of int, shape (n_participants,)
            Index of each participant's dose [1].
        tox : ndarray of bool, shape (n_participants,)
            Whether each had a DLT [1].
        weights : ndarray of float, shape (n_participants,)
            Weight of each without a DLT [1], 0 to 1: 1 if the whole window was observed.
        of : {"parameter", "tox"}
            What is averaged: the parameter and its square, or the DLT probability at each dose.

        Returns
        -------
        ndarray of float, shape (2,) or (n_doses,)
            The means [1].
        """
        from protocyte.design.model_based.fit import find_weighted_means

        values = self.values(of)
        found = np.empty(len(values))
        p_tox, p_none = np.exp(self.log_tox), np.exp(self.log_no_tox)
        room = np.empty(len(self.nodes))
        find_weighted_means(levels, tox, weights, p_tox, p_none, self.prior, values, room, found)
        return found

    def exceeding(self, counts: Integers, *, limit: float) -> Floats:
        """Return how probable it is that each dose exceeds a DLT probability.

        Parameters
        ----------
        counts : ndarray of int, shape (n_states, n_doses, 2)
            Participants and those with a DLT at each dose [participants].
        limit : float
            The DLT probability to exceed [1].

        Returns
        -------
        ndarray of float, shape (n_states, n_doses)
            Posterior probabilities [1].
        """
        bound = self.curve.parameter(limit)[:, np.newaxis]
        share = find_part_below(bound - self.nodes, float(self.nodes[1] - self.nodes[0]))
        exceeding: Floats = self._by_logarithms(counts) @ share.T
        return exceeding

    def values(self, of: Literal["parameter", "tox"]) -> Floats:
        """Return what is averaged, at each node.

        Parameters
        ----------
        of : {"parameter", "tox"}
            The parameter and its square, or the DLT probability at each dose.

        Returns
        -------
        ndarray of float, shape (2, n_nodes) or (n_doses, n_nodes)
            The values [1].
        """
        if of == "tox":
            return np.exp(self.log_tox)
        return np.stack([self.nodes, self.nodes**2])

    def _by_logarithms(self, counts: Integers) -> Floats:
        """Return normalised posterior weights of the nodes, however large the counts are."""
        tox = counts[:, :, 1].astype(float)
        weight: Floats = tox @ self.log_tox + (counts[:, :, 0] - tox) @ self.log_no_tox
        weight += np.log(self.prior)
        weight -= weight.max(axis=1, keepdims=True)
        np.exp(weight, out=weight)
        weight /= weight.sum(axis=1, keepdims=True)
        return weight


@lru_cache(maxsize=16)
def find_trapezoid(
    curve: Curve, prior_sd: float, participants: int, fineness: float = FINENESS
) -> Trapezoid:
    """Find nodes that are close enough for the posterior of so many participants.

    Parameters
    ----------
    curve : Curve
        The curve.
    prior_sd : float
        Standard deviation of the parameter's normal prior around 0 [1].
    participants : int
        The most participants of a trial.
    fineness : float
        Nodes a standard deviation of the narrowest posterior [1].

    Returns
    -------
    Trapezoid
        The curve on its nodes.

    Raises
    ------
    DesignError
        If the standard deviation is not positive.

    Examples
    --------
    >>> coarse = find_trapezoid(Curve((0.1, 0.2)), 1.16, 10)
    >>> fine = find_trapezoid(Curve((0.1, 0.2)), 1.16, 100)
    >>> len(coarse.nodes) < len(fine.nodes)
    True
    """
    if not 0.01 <= prior_sd <= 100:
        raise DesignError(
            f"The standard deviation of the prior is {prior_sd}; give one between 0.01 and 100, "
            f"customarily 1.16 (the root of 1.34)."
        )
    farthest = REACH * prior_sd
    information = float(curve.information(np.linspace(-farthest, farthest, PROBE)).max())
    narrowest = min(1 / math.sqrt(1 / prior_sd**2 + participants * information), BEND)
    half = int(np.ceil(farthest * fineness / narrowest))
    nodes = np.linspace(-farthest, farthest, 2 * half + 1)
    prior = np.exp(-0.5 * (nodes / prior_sd) ** 2)
    log_tox, log_no_tox = curve.log_tox(nodes), curve.log_no_tox(nodes)
    powers = np.arange(min(participants, TABLED) + 1)[:, np.newaxis]
    return Trapezoid(
        curve,
        nodes,
        prior / prior.sum(),
        log_tox,
        log_no_tox,
        np.exp(log_tox[:, np.newaxis] * powers),
        np.exp(log_no_tox[:, np.newaxis] * powers),
    )
