"""The posterior of a logistic regression on a lattice that fits it.

Toxicity and efficacy are two such regressions. Each posterior is shifted, turned and scaled until
it has mean 0 and variance 1 in every direction; there a lattice that is the same for all data sums
it up.
"""

import math
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from protocyte.design.model_based.lattice import Lattice
from protocyte.design.model_based.partial import find_part_table
from protocyte.design.state import Floats

CLIMBS: Final = 15
"""Steps towards the peak; it need not be reached, only be near."""
PASSES: Final = 2
"""Times that mean and variance are taken anew."""
SCOUTS: Final[dict[int, Lattice]] = {
    2: Lattice((0.8, 0.8), 8.0),
    3: Lattice((1.0, 1.0, 1.0), 7.0),
}
"""The coarse lattice on which they are taken, by the number of parameters."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Margin:
    """A logistic regression on dose with independent normal priors.

    Parameters
    ----------
    basis : ndarray of float, shape (n_doses, n_parameters)
        What each parameter is multiplied by at each dose [1].
    mean, sd : tuple of float
        Prior means and standard deviations of the parameters [1].

    Examples
    --------
    >>> Margin(np.ones((1, 2)), (0.0, 0.0), (1.0, 1.0)).basis.shape
    (1, 2)
    """

    basis: Floats
    mean: tuple[float, ...]
    sd: tuple[float, ...]

    def posterior(self, n: Floats, events: Floats) -> "Posterior":
        """Return the posteriors after counts.

        Parameters
        ----------
        n, events : ndarray of float, shape (n_states, n_doses)
            Participants, and those with the event [participants].

        Returns
        -------
        Posterior
            The posteriors, one a state.
        """
        found = self._peak(n, events)
        scout = SCOUTS[len(self.mean)]
        for _ in range(PASSES):
            points = found.centre[:, np.newaxis] + scout.nodes @ found.scale.transpose(0, 2, 1)
            weight = np.exp(found.log_weight(scout))
            weight /= weight.sum(axis=1, keepdims=True)
            centre = (weight[:, np.newaxis] @ points)[:, 0]
            away = points - centre[:, np.newaxis]
            variance = (away * weight[:, :, np.newaxis]).transpose(0, 2, 1) @ away
            scale = np.asarray(np.linalg.cholesky(variance), dtype=np.float64)
            found = Posterior(self, n, events, centre, scale)
        return found

    def _peak(self, n: Floats, events: Floats) -> "Posterior":
        """Return the posteriors seen from their highest points, scaled by the curvature there."""
        mean, precision = np.array(self.mean), np.diag(1 / np.square(self.sd))
        # No posterior is more curved than with all probabilities at a half: steps never overshoot.
        bound = self._curvature(n / 4) + precision
        at = np.tile(mean, (len(n), 1))
        for _ in range(CLIMBS):
            slope = (events - n * _expit(at @ self.basis.T)) @ self.basis - (at - mean) @ precision
            at += np.linalg.solve(bound, slope[:, :, np.newaxis])[:, :, 0]
        p = _expit(at @ self.basis.T)
        curved = self._curvature(n * p * (1 - p)) + precision
        return Posterior(self, n, events, at, np.linalg.cholesky(np.linalg.inv(curved)))

    def _curvature(self, weight: Floats) -> Floats:
        curvature: Floats = (self.basis.T * weight[:, np.newaxis]) @ self.basis
        return curvature


@final
@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Posteriors of many trials, each with its own way from the lattice to the parameters.

    Parameters
    ----------
    margin : Margin
        The regression.
    n, events : ndarray of float, shape (n_states, n_doses)
        Participants, and those with the event [participants].
    centre : ndarray of float, shape (n_states, n_parameters)
        The parameters at the middle of the lattice [1].
    scale : ndarray of float, shape (n_states, n_parameters, n_parameters)
        How the parameters change along the axes of the lattice [1].

    Examples
    --------
    >>> margin = Margin(np.ones((1, 2)), (0.0, 0.0), (1.0, 1.0))
    >>> found = margin.posterior(np.full((1, 1), 3.0), np.zeros((1, 1)))
    >>> found.probability(Lattice((0.5, 0.5), 6.0)).shape
    (1, 1, 441)
    """

    margin: Margin
    n: Floats
    events: Floats
    centre: Floats
    scale: Floats

    def log_weight(self, lattice: Lattice) -> Floats:
        """Return logarithms of the posterior weights of nodes; 0 is the largest.

        Parameters
        ----------
        lattice : Lattice
            The nodes.

        Returns
        -------
        ndarray of float, shape (n_states, n_nodes)
            Logarithms of weights [1].
        """
        mean, sd = np.array(self.margin.mean), np.array(self.margin.sd)
        off = (self.centre - mean)[:, :, np.newaxis] + self.scale @ lattice.nodes.T
        weight: Floats = -0.5 * np.square(off / sd[:, np.newaxis]).sum(axis=1)
        for j in np.flatnonzero(self.n.any(axis=0)):
            odds = self._log_odds(lattice, int(j))
            weight += self.events[:, j, np.newaxis] * odds
            weight -= self.n[:, j, np.newaxis] * _softplus(odds)
        weight -= weight.max(axis=1, keepdims=True)
        return weight

    def probability(self, lattice: Lattice) -> Floats:
        """Return the probability of the event at each dose and node.

        Parameters
        ----------
        lattice : Lattice
            The nodes.

        Returns
        -------
        ndarray of float, shape (n_states, n_doses, n_nodes)
            Probabilities [1].
        """
        doses = range(len(self.margin.basis))
        return np.stack([_expit(self._log_odds(lattice, j)) for j in doses], axis=1)

    def below(self, limit: float, lattice: Lattice, mass: Floats) -> Floats:
        """Return how probable it is that each dose's event probability is below a limit.

        Parameters
        ----------
        limit : float
            The limit [1].
        lattice : Lattice
            The nodes.
        mass : ndarray of float, shape (n_states, n_nodes)
            Weights of the nodes, adding up to 1 [1].

        Returns
        -------
        ndarray of float, shape (n_states, n_doses)
            Posterior probabilities [1].
        """
        from protocyte.design.model_based.cut import find_below

        turned = self.margin.basis @ self.scale
        away = math.log(limit / (1 - limit)) - self.centre @ self.margin.basis.T
        found = np.empty(away.shape)
        spacings = np.array(lattice.spacings)
        find_below(turned, away, lattice.nodes, spacings, mass, find_part_table(), found)
        return found

    def _log_odds(self, lattice: Lattice, dose: int) -> Floats:
        """Return the log-odds of the event at one dose, shape (n_states, n_nodes)."""
        basis = self.margin.basis[dose]
        odds: Floats = (basis @ self.scale) @ lattice.nodes.T
        odds += (self.centre @ basis)[:, np.newaxis]
        return odds


def _softplus(odds: Floats) -> Floats:
    """Return log(1 + exp(odds)); a smaller number than 1 loses no digits that matter in a sum."""
    grown = np.abs(odds)
    np.negative(grown, out=grown)
    np.exp(grown, out=grown)
    grown += 1
    np.log(grown, out=grown)
    grown += np.maximum(odds, 0)
    return grown


def _expit(odds: Floats) -> Floats:
    with np.errstate(over="ignore"):
        p: Floats = 1 / (1 + np.exp(-odds))
    return p
