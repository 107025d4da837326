"""Moves of patients and likelihoods of chains, compiled.

One law: all luck is handed in, so that a seed means the same on every machine.
"""

# ruff: noqa: PLR0917

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from protocyte.kinetics.parameter import Floats
from protocyte.simulation.calibration.gated import find_log_level, find_log_likelihood, find_shape

_SOONEST: Final = -1.0
_LATEST: Final = 5.0
_FASTEST: Final = 3.0
_NEVER: Final = -1e300


@njit(cache=True, nogil=True)
def sample_moves(
    theta: Floats,
    centre: Floats,
    precision: Floats,
    sigma: Floats,
    moves: Floats,
    luck: Floats,
    first: NDArray[np.int64],
    day: Floats,
    value: Floats,
    below: Floats,
    fixed: Floats,
) -> None:
    """Offer every patient of every chain a few steps."""
    steps, chains, n, size = moves.shape
    for c in range(chains):
        tried = np.empty(size)
        for i in range(n):
            a, b = first[i], first[i + 1]
            now = _target(
                theta[c, i], centre[c, i], precision[c], sigma[c], day[a:b], value[a:b],
                below[a:b], fixed,
            )  # fmt: skip
            for k in range(steps):
                for j in range(size):
                    tried[j] = theta[c, i, j] + moves[k, c, i, j]
                then = _target(
                    tried, centre[c, i], precision[c], sigma[c], day[a:b], value[a:b], below[a:b],
                    fixed,
                )  # fmt: skip
                if luck[k, c, i] < then - now:
                    theta[c, i] = tried
                    now = then


@njit(cache=True, nogil=True)
def find_likelihoods(
    theta: Floats,
    sigma: Floats,
    first: NDArray[np.int64],
    day: Floats,
    value: Floats,
    below: Floats,
    fixed: Floats,
    found: Floats,
) -> None:
    """Write the log-likelihood of every chain."""
    for c in range(theta.shape[0]):
        found[c] = 0.0
        for i in range(theta.shape[1]):
            a, b = first[i], first[i + 1]
            found[c] += _within(theta[c, i], sigma[c], day[a:b], value[a:b], below[a:b], fixed)


@njit(cache=True)
def _within(
    logs: Floats, sd: float, day: Floats, value: Floats, below: Floats, fixed: Floats
) -> float:
    """Return the log-likelihood of one patient; none where a day or a rate cannot be."""
    if logs[1] > _LATEST or logs[1] < _SOONEST or logs[3] > _FASTEST:
        return _NEVER
    return find_log_likelihood(logs, day, value, below, sd, fixed)


@njit(cache=True)
def _target(
    logs: Floats,
    centre: Floats,
    precision: Floats,
    sd: float,
    day: Floats,
    value: Floats,
    below: Floats,
    fixed: Floats,
) -> float:
    """Return the log-density of one patient's parameters, up to a constant."""
    distance = 0.0
    for i in range(logs.size):
        for j in range(logs.size):
            distance += (logs[i] - centre[i]) * precision[i, j] * (logs[j] - centre[j])
    return _within(logs, sd, day, value, below, fixed) - 0.5 * distance


@njit(cache=True, nogil=True)
def find_levels(
    theta: Floats, owner: NDArray[np.int64], day: Floats, fixed: Floats, level: Floats
) -> None:
    """Write the logarithm of the level at every sample of every chain."""
    for c in range(theta.shape[0]):
        shape, last = find_shape(theta[c, owner[0]], fixed), owner[0]
        for j in range(day.size):
            i = owner[j]
            if i != last:
                shape, last = find_shape(theta[c, i], fixed), i
            level[c, j] = find_log_level(theta[c, i], shape, day[j], fixed)
