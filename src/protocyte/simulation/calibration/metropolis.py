"""Posteriors of a few parameters by adaptive Metropolis, all chains at once.

One law: the walk learns its shape while warming up, and keeps it while draws are kept.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from protocyte.kinetics.parameter import Floats

_ROUNDS: Final = 4
_SCALES: Final = (0.4, 1.0, 1.0, 2.0)


def sample_posterior(
    log_density: Callable[[Floats], Floats],
    start: Floats,
    scale: Floats,
    *,
    chains: int = 4,
    warm: int = 2000,
    kept: int = 5000,
    rng: np.random.Generator,
) -> Floats:
    """Sample a posterior of a few parameters.

    Parameters
    ----------
    log_density : callable
        Gives the logarithm of the density, shape (n_chains,), of parameters of shape
        (n_chains, n_parameters); minus infinity where it is nought.
    start, scale : ndarray of float, shape (n_parameters,)
        Where chains start, and how far apart [in any unit]; steps begin with ``scale``, too.
    chains, warm, kept : int
        Chains, iterations thrown away and iterations kept.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    ndarray of float, shape (n_chains, kept, n_parameters)
        Draws [in any unit].

    Examples
    --------
    >>> def standard_normal(x):
    ...     return -0.5 * (x**2).sum(axis=1)
    >>> rng = np.random.default_rng(1)
    >>> draws = sample_posterior(standard_normal, np.zeros(2), np.ones(2), rng=rng)
    >>> bool(abs(draws.std() - 1) < 0.05), draws.shape
    (True, (4, 5000, 2))
    """
    size = len(start)
    now = start + scale * rng.normal(size=(chains, size))
    height = log_density(now)
    for _ in range(100):
        lost = ~np.isfinite(height)
        if not lost.any():
            break
        now[lost] = start + 0.3 * scale * rng.normal(size=(int(lost.sum()), size))
        height = log_density(now)
    chol = np.diag(scale) * 2.38 / np.sqrt(size)
    for _ in range(_ROUNDS):
        seen, now, height = _walk(log_density, now, height, chol, warm // _ROUNDS, rng)
        covariance = np.cov(seen[:, len(seen[0]) // 2 :].reshape(-1, size).T).reshape(size, size)
        covariance += 1e-6 * np.diag(scale**2)
        chol = np.linalg.cholesky(covariance) * 2.38 / np.sqrt(size)
    return _walk(log_density, now, height, chol, kept, rng)[0]


def _walk(  # noqa: PLR0917
    log_density: Callable[[Floats], Floats],
    now: Floats,
    height: Floats,
    chol: Floats,
    steps: int,
    rng: np.random.Generator,
) -> tuple[Floats, Floats, Floats]:
    """Take steps; give all places, the last one and its height."""
    chains, size = now.shape
    seen = np.empty((chains, steps, size))
    moves = rng.normal(size=(steps, chains, size)) @ chol.T
    moves *= rng.choice(_SCALES, size=(steps, chains, 1))
    luck = np.log(rng.random((steps, chains)))
    for k in range(steps):
        tried = now + moves[k]
        then = log_density(tried)
        taken = luck[k] < then - height
        now = np.where(taken[:, None], tried, now)
        height = np.where(taken, then, height)
        seen[:, k] = now
    return seen, now, height
