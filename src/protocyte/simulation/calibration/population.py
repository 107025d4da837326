"""A population of gated courses: its priors, its posterior draws, new patients from them.

One law: what the data do not tell comes from a prior that is stated here.
"""

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from protocyte.kinetics.parameter import Floats
from protocyte.simulation.calibration.gated import NAMES, Fixed, find_shape

SIZE: Final = len(NAMES)


@dataclass(frozen=True, slots=True)
class Prior:
    """Weakly informative priors, on the scales on which they are normal.

    Parameters
    ----------
    mean, sd : tuple of float, shape (4,)
        Normal priors of the typical values, on logarithms: peak about anything from 1 to
        10 000 cells/µL, the others about Stein2019.
    scale : tuple of float, shape (4,)
        Scales of the half-t priors (2 degrees of freedom) of the SDs between patients; their
        correlations are uniform (Huang and Wand 2013).
    shift : tuple of float, shape (2,)
        Mean and SD of the normal prior of delta, cut at 1 from below.
    share : tuple of float, shape (2,)
        Beta prior of pi, the share of patients in whom cells hardly expand.
    residual : tuple of float, shape (2,)
        Shape and scale of the inverse-gamma prior of the residual variance.

    Examples
    --------
    >>> Prior().share
    (1.0, 1.0)
    """

    mean: tuple[float, ...] = (5.0, 2.23, 8.27, -1.83)
    sd: tuple[float, ...] = (2.5, 0.4, 1.5, 0.7)
    scale: tuple[float, ...] = (1.5, 0.4, 1.0, 0.8)
    shift: tuple[float, float] = (5.0, 2.0)
    share: tuple[float, float] = (1.0, 1.0)
    residual: tuple[float, float] = (1.0, 0.3)


@dataclass(frozen=True, slots=True)
class Effort:
    """How long chains run.

    Parameters
    ----------
    chains : int
        Number of chains.
    warm : int
        Iterations that are thrown away, in each of two rounds.
    kept : int
        Iterations that are kept.
    """

    chains: int = 4
    warm: int = 1400
    kept: int = 14_000

    @classmethod
    def of(cls, kept: int) -> "Effort":
        """Give chains that keep so many iterations, and warm up long enough for them."""
        return cls(warm=max(kept // 10, min(kept // 2, 500)), kept=kept)


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """Draws of what describes a population.

    Parameters
    ----------
    mean : ndarray of float, shape (n_draws, 4)
        Means of the logarithms of `gated.NAMES`, of patients in whom cells expand.
    covariance : ndarray of float, shape (n_draws, 4, 4)
        Covariance between patients.
    residual : ndarray of float, shape (n_draws,)
        Residual SD on the log scale [1].
    share : ndarray of float, shape (n_draws,)
        Share of patients in whom cells hardly expand [1]; 0 in a model of one distribution.
    shift : ndarray of float, shape (n_draws,)
        How much lower the logarithm of their peak is [1].
    fixed : Fixed
        What was not fitted.
    """

    mean: Floats
    covariance: Floats
    residual: Floats
    share: Floats
    shift: Floats
    fixed: Fixed = field(default_factory=Fixed)

    @property
    def size(self) -> int:
        """Number of draws."""
        return int(self.residual.size)

    def thin(self, n: int) -> "Population":
        """Give ``n`` draws at equal distances."""
        return self.at(np.linspace(0, self.size - 1, min(n, self.size)).round().astype(int))

    def at(self, at: NDArray[np.int64] | int) -> "Population":
        """Give some of the draws, by their numbers."""
        at = np.atleast_1d(at)
        return replace(
            self,
            mean=self.mean[at],
            covariance=self.covariance[at],
            residual=self.residual[at],
            share=self.share[at],
            shift=self.shift[at],
        )

    def quantities(self) -> dict[str, Floats]:
        """Give every number by name, shape (n_draws,) each."""
        found: dict[str, Floats] = {}
        sds = np.sqrt(np.diagonal(self.covariance, axis1=1, axis2=2))
        for k, name in enumerate(NAMES):
            found[name] = np.exp(self.mean[:, k])
        for k, name in enumerate(NAMES):
            found[f"sd_{name}"] = sds[:, k]
        for i in range(SIZE):
            for j in range(i):
                found[f"correlation_{NAMES[j]}_{NAMES[i]}"] = self.covariance[:, i, j] / (
                    sds[:, i] * sds[:, j]
                )
        found["residual"] = self.residual
        held = self.fixed.as_array()
        if np.any(self.share > 0):
            found["fails_to_expand"] = self.share
            found["failed_peak"] = np.exp(-self.shift)
        found["growth_rate"] = np.array([find_shape(m, held)[-1] for m in self.mean])
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A fitted population and its patients.

    Parameters
    ----------
    population : Population
        Draws of all chains, one after the other.
    chains : int
        Number of chains.
    patients : ndarray of float, shape (n_draws, n_patients, 4)
        Draws of the logarithms of each patient's `gated.NAMES`, thinned.
    failed : ndarray of float, shape (n_patients,)
        Probability that the cells hardly expanded in a patient [1].
    """

    population: Population
    chains: int
    patients: Floats
    failed: Floats


def sample_logs(
    population: Population, n: int, *, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Sample logarithms of the parameters of new patients.

    Parameters
    ----------
    population : Population
        Posterior draws.
    n : int
        Number of patients; draws are taken in turn, so that all count alike.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    logs : ndarray of float, shape (n, 4)
        Logarithms of `gated.NAMES` [their units].
    residual : ndarray of float, shape (n,)
        Residual SD of the draw each belongs to [1].

    Examples
    --------
    >>> one = Population(np.zeros((1, 4)), np.eye(4)[None], np.ones(1), np.zeros(1), np.zeros(1))
    >>> sample_logs(one, 3, rng=np.random.default_rng(1))[0].shape
    (3, 4)
    """
    at = rng.permutation(np.arange(n) % population.size)
    chol = np.linalg.cholesky(population.covariance)
    logs = population.mean[at] + np.einsum("nij,nj->ni", chol[at], rng.normal(size=(n, SIZE)))
    failed = rng.random(n) < population.share[at]
    logs[:, 0] -= failed * population.shift[at]
    return logs, population.residual[at]
