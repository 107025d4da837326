"""The naive forecast that a model must beat: a log-normal of its own at every nominal timepoint.

One law: it is fitted to the training patients only and saved with them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import norm

from protocyte.kinetics.parameter import Floats
from protocyte.simulation.calibration.cohort import Samples

ALL: Final = "all"
"""Name of the log-normal of all samples, for timepoints that training patients do not have."""
_FEWEST: Final = 4
_LEAST_SD: Final = 0.3


@dataclass(frozen=True, slots=True)
class LogNormal:
    """A log-normal distribution of CAR-T cells.

    Parameters
    ----------
    mean, sd : float
        Mean and SD of ln cells/µL [1].
    n : int
        Samples behind it.

    Examples
    --------
    >>> LogNormal(0.0, 1.0, 9).score(np.zeros(1), np.array([False])).round(3).tolist()
    [-0.919]
    """

    mean: float
    sd: float
    n: int

    def score(self, value: Floats, below: NDArray[np.bool_]) -> Floats:
        """Give the log-density of ln cells, or of being below a limit, shape (n_samples,)."""
        exact = norm.logpdf(value, self.mean, self.sd)
        return np.asarray(np.where(below, norm.logcdf(value, self.mean, self.sd), exact))


def find_baseline(samples: Samples) -> dict[str, LogNormal]:
    """Fit a log-normal to the samples of every nominal timepoint, censored ones as such.

    Parameters
    ----------
    samples : Samples
        Samples of the training patients.

    Returns
    -------
    dict of str to LogNormal
        By timepoint, and `ALL`.

    Notes
    -----
    Maximum likelihood; timepoints with fewer than four samples are left to `ALL`, and no SD is
    below 0.3.

    Examples
    --------
    >>> from protocyte.simulation.calibration.result import load_calibration
    >>> from protocyte.simulation.calibration.virtual import simulate_cohort
    >>> rng = np.random.default_rng(1)
    >>> found = find_baseline(simulate_cohort(load_calibration(), 20, rng=rng).samples)
    >>> sorted(found), found["day_7"].n
    (['all', 'day_14', 'day_21', 'day_28', 'day_7'], 20)
    """
    names = np.array(samples.timepoint, dtype=object)
    found = {ALL: _fit(samples.value, samples.below)}
    for name in sorted(set(samples.timepoint)):
        at = names == name
        if at.sum() >= _FEWEST and not samples.below[at].all():
            found[str(name)] = _fit(samples.value[at], samples.below[at])
    return found


def find_naive_scores(samples: Samples, baseline: Mapping[str, LogNormal]) -> Floats:
    """Give the naive log score of every sample.

    Parameters
    ----------
    samples : Samples
        Samples.
    baseline : mapping of str to LogNormal
        What `find_baseline` fitted.

    Returns
    -------
    ndarray of float, shape (n_samples,)
        Log-densities [1].

    Examples
    --------
    >>> from protocyte.simulation.calibration.result import load_calibration
    >>> from protocyte.simulation.calibration.virtual import simulate_cohort
    >>> rng = np.random.default_rng(1)
    >>> samples = simulate_cohort(load_calibration(), 3, rng=rng).samples
    >>> find_naive_scores(samples, load_calibration().baseline).shape
    (12,)
    """
    found = np.empty(samples.size)
    for i, name in enumerate(samples.timepoint):
        one = baseline.get(name, baseline[ALL])
        found[i] = one.score(samples.value[i : i + 1], samples.below[i : i + 1])[0]
    return found


def _fit(value: Floats, below: NDArray[np.bool_]) -> LogNormal:
    """Fit by maximum likelihood."""

    def loss(at: Floats) -> float:
        one = LogNormal(float(at[0]), _LEAST_SD + float(np.exp(at[1])), value.size)
        return -float(one.score(value, below).sum())

    best = minimize(loss, [value.mean(), np.log(value.std() + 0.1)], method="Nelder-Mead")
    return LogNormal(float(best.x[0]), _LEAST_SD + float(np.exp(best.x[1])), int(value.size))
