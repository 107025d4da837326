"""The gated course in closed form, compiled: expansion to a peak, decline to a slow phase.

Without rejection, antigen and fratricide the allogeneic model's CAR-T cells have a closed form; a
fit needs it some ten million times. One law: the parameters mean here what they mean to the solver.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit

from protocyte.kinetics import stein_2019_tisagenlecleucel as stein
from protocyte.kinetics.allogeneic.parameters import PARAMETERS
from protocyte.kinetics.parameter import Floats

NAMES: Final = ("c_max", "t_max", "fold_expansion", "alpha")
"""What differs between patients and is fitted, on the log scale: peak [cells/µL], its day [d], peak
over start [1], decline [1/d]."""
_LEAST_RISE: Final = 0.05
_ROUNDS: Final = 12
_CLOSE: Final = 1e-6
_FLAT: Final = 30.0
_ALWAYS: Final = 60.0
_FAR: Final = -8.0
_HALF_LOG_2PI: Final = 0.5 * math.log(2 * math.pi)


@dataclass(frozen=True, slots=True)
class Fixed:
    """What the samples of one month cannot tell, held at published or assumed values.

    Parameters
    ----------
    lag : float
        Time before the cells grow [d]; at most half the day of the peak is used.
    width : float
        Width of the gate between growth and decline [d].
    persisting_fraction : float
        Share of the peak that declines slowly [1].
    beta : float
        Rate of slow decline [1/d].

    Examples
    --------
    >>> Fixed().persisting_fraction
    0.0079
    """

    lag: float = PARAMETERS["lag"].value
    width: float = PARAMETERS["gate_width"].value
    persisting_fraction: float = stein.PARAMETERS["persisting_fraction"].value
    beta: float = stein.PARAMETERS["beta"].value

    def as_array(self) -> Floats:
        """Give the values as compiled code takes them, shape (4,)."""
        return np.array([self.lag, self.width, self.persisting_fraction, self.beta])


def sample_course(logs: Floats, days: Floats, fixed: Fixed | None = None) -> Floats:
    """Give the logarithm of the level of patients on days.

    Parameters
    ----------
    logs : ndarray of float, shape (n_patients, 4)
        Logarithms of `NAMES` [their units].
    days : ndarray of float, shape (n_days,)
        Days since infusion [d].
    fixed : Fixed, optional
        What is not fitted.

    Returns
    -------
    ndarray of float, shape (n_patients, n_days)
        Logarithm of CAR-T cells in blood [ln cells/µL].

    Examples
    --------
    >>> logs = np.log([[500.0, 12.0, 4000.0, 0.16]])
    >>> sample_course(logs, np.array([0.0, 12.0, 28.0])).round(1).tolist()
    [[-2.1, 6.0, 4.1]]
    """
    logs = np.ascontiguousarray(logs, dtype=np.float64)
    found = np.empty((logs.shape[0], len(days)))
    _courses(logs, np.asarray(days, np.float64), (fixed or Fixed()).as_array(), found)
    return found


@njit(cache=True, inline="always")
def _soft(x: float) -> float:
    """Return ln(1 + e^x)."""
    if x > _FLAT:
        return x
    return math.log1p(math.exp(x))


@njit(cache=True)
def find_shape(logs: Floats, fixed: Floats) -> tuple[float, ...]:
    """Work out what a patient's level needs on any day; the growth rate [1/d] is last.

    The growth rate is the one at which the course rises to its peak as much as asked; Newton finds
    it, whose slope is the time grown, because the day of the peak is where the course is flat.
    """
    t_max, alpha, width = math.exp(logs[1]), math.exp(logs[3]), fixed[1]
    rise = max(logs[2], _LEAST_RISE)
    lag = min(fixed[0], 0.5 * t_max) if fixed[0] > 0 else -_ALWAYS * width
    scale = width / (1 - math.exp((lag - t_max) / width))
    up, down = _soft(-lag / width), _soft(-t_max / width)
    rho = rise / (t_max - max(lag, 0.0))
    for _ in range(_ROUNDS):
        at = max(t_max - width * math.log(alpha / rho), 0.0)
        shut = _soft((at - t_max) / width) - down
        grown = scale * (_soft((at - lag) / width) - up - shut)
        step = (rho * grown - alpha * width * shut - rise) / max(grown, 1e-3)
        rho = max(rho - step, 0.2 * rho)
        if abs(step) < _CLOSE * rho:
            break
    # Seen from late, the decline starts from more than the peak, which the gate has rounded off,
    # and memory is what flowed while the gate closed: a beta function of gate and rates.
    high = rho * scale * ((t_max - lag) / width - up + down) + alpha * width * down - rise
    out, both = (alpha - fixed[3]) * width, (alpha + rho) * width
    if out > -1.0:
        high += math.lgamma(1 + out) + math.lgamma(1 + both - out) - math.lgamma(1 + both)
    return t_max, alpha, lag, scale, up, down, high, rho


@njit(cache=True)
def find_log_level(logs: Floats, shape: tuple[float, ...], day: float, fixed: Floats) -> float:
    """Return the logarithm of the level on a day."""
    t_max, alpha, lag, scale, up, down, high, rho = shape
    width = fixed[1]
    shut = _soft((day - t_max) / width) - down
    grown = scale * (_soft((day - lag) / width) - up - shut)
    effector = rho * grown - alpha * width * shut - max(logs[2], _LEAST_RISE)
    since = day - t_max
    if since <= 0:
        return float(logs[0] + effector)
    memory = math.exp(-fixed[3] * since) - math.exp(-alpha * since)
    level = math.exp(effector) + fixed[2] * math.exp(high) * max(memory, 0.0)
    return float(logs[0] + math.log(level + 1e-300))


@njit(cache=True)
def find_log_below(z: float) -> float:
    """Return the logarithm of the standard normal distribution function."""
    if z > _FAR:
        return float(math.log(0.5 * math.erfc(-z / math.sqrt(2.0))))
    return -0.5 * z * z - _HALF_LOG_2PI - math.log(-z) - 1 / (z * z)


@njit(cache=True)
def find_log_likelihood(  # noqa: PLR0917
    logs: Floats,
    days: Floats,
    values: Floats,
    below: Floats,
    sd: float,
    fixed: Floats,
) -> float:
    """Return the log-likelihood of one patient's samples; ``below`` marks the censored ones."""
    shape = find_shape(logs, fixed)
    total = 0.0
    for j in range(days.size):
        z = (values[j] - find_log_level(logs, shape, days[j], fixed)) / sd
        total += find_log_below(z) if below[j] > 0 else -0.5 * z * z - math.log(sd) - _HALF_LOG_2PI
    return total


@njit(cache=True, nogil=True)
def _courses(logs: Floats, days: Floats, fixed: Floats, found: Floats) -> None:
    for i in range(logs.shape[0]):
        shape = find_shape(logs[i], fixed)
        for j in range(days.size):
            found[i, j] = find_log_level(logs[i], shape, days[j], fixed)
