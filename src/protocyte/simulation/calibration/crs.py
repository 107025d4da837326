"""Cytokine release syndrome fitted: grade by peaks of cells and IL-6, IL-6 itself, first day.

Peaks that are known only in part, because cells were counted once a week or the assay has a
ceiling, enter as draws, over which the likelihood of a grade is averaged.
One law: the scale is named, and IL-6 has an effect of the patient that cells do not explain.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_expit
from scipy.stats import norm, truncnorm

from protocyte.kinetics.parameter import Floats
from protocyte.simulation.calibration.cohort import CEILING
from protocyte.simulation.calibration.metropolis import sample_posterior

LEAST_PEAK: Final = 0.1
"""A peak of CAR-T cells below this counts as this [cells/µL]: about the limit of detection."""
CENTRE: Final = 5.0
"""Logarithm of either peak at which cutpoints are given [1]."""
GRADES: Final = 5
SLOPE_SD: Final = 1.0
"""SD of the normal prior of either slope, which has mean 0 [1]."""
_CUTS: Final = GRADES - 1


@dataclass(frozen=True, slots=True)
class CrsModel:
    """Ordered logit of the highest grade of CRS.

    The logistic term is the patient's own effect: with one highest grade a patient, a second one
    could not be told apart from it.

    Parameters
    ----------
    scale : str
        Grading scale.
    cutpoints : tuple of float, shape (4,)
        Log-odds limits of grade 0, 1, 2 and 3, at peaks of e^5 [1].
    slope_peak : float
        Log-odds a unit of ln peak CAR-T cells [cells/µL] [1].
    slope_il6 : float
        Log-odds a unit of ln peak IL-6 [pg/mL] [1].

    Examples
    --------
    >>> CrsModel("Lee 2014", (-2.4, 0.6, 3.5, 4.8), 0.43, 0.61).share(150.0, 150.0, 3)
    array(0.0296...)
    """

    scale: str
    cutpoints: tuple[float, ...]
    slope_peak: float
    slope_il6: float

    def latent(self, peak: Floats | float, il6: Floats | float) -> Floats:
        """Give the log-odds that move the cutpoints, from peaks [cells/µL] and [pg/mL]."""
        cells = np.log(np.maximum(peak, LEAST_PEAK)) - CENTRE
        return np.asarray(self.slope_peak * cells + self.slope_il6 * (np.log(il6) - CENTRE))

    def share(self, peak: Floats | float, il6: Floats | float, grade: int) -> Floats:
        """Give the probability of at least a grade, 1 to 4 [1]."""
        return np.asarray(expit(self.latent(peak, il6) - self.cutpoints[grade - 1]), float)


def sample_grades(
    grades: NDArray[np.int64],
    log_peaks: Floats,
    log_il6: Floats,
    *,
    kept: int = 5000,
    rng: np.random.Generator,
) -> Floats:
    """Sample the posterior of an ordered logit of grades.

    Parameters
    ----------
    grades : ndarray of int, shape (n_patients,)
        Highest grade of each patient [1], 0 to 4.
    log_peaks, log_il6 : ndarray of float, shape (n_patients, n_imputed)
        Draws of the logarithms of both peaks [ln cells/µL], [ln pg/mL].
    kept : int
        Iterations kept.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    ndarray of float, shape (n_chains, kept, 6)
        Draws of four cutpoints, the slope of cells and that of IL-6 [1].

    Notes
    -----
    Priors: shares of the five grades at peaks of e^5 uniform (Dirichlet of ones), slopes normal.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> peaks = np.array([[0.0], [4.0], [6.0], [8.0]])
    >>> sample_grades(np.array([0, 1, 2, 4]), peaks, peaks, kept=50, rng=rng).shape
    (4, 50, 6)
    """
    cells = np.maximum(log_peaks, np.log(LEAST_PEAK)) - CENTRE
    il6 = log_il6 - CENTRE
    lower = np.maximum(grades - 1, 0)
    upper = np.minimum(grades, _CUTS - 1)

    def log_density(at: Floats) -> Floats:
        cuts, slopes = _cutpoints(at[:, :_CUTS]), at[:, _CUTS:]
        moved = slopes[:, 0, None, None] * cells + slopes[:, 1, None, None] * il6
        above = np.where(grades[:, None] > 0, expit(moved - cuts[:, lower, None]), 1.0)
        beyond = np.where(grades[:, None] < _CUTS, expit(moved - cuts[:, upper, None]), 0.0)
        each = np.log(np.maximum((above - beyond).mean(axis=2), 1e-300)).sum(axis=1)
        prior = (log_expit(cuts) + log_expit(-cuts)).sum(axis=1) + at[:, 1:_CUTS].sum(axis=1)
        return np.asarray(each + prior - 0.5 * ((slopes / SLOPE_SD) ** 2).sum(axis=1))

    draws = sample_posterior(
        log_density,
        np.array([-2.0, 0.9, 0.9, 0.3, 0.3, 0.3]),
        np.array([0.5, 0.3, 0.3, 0.5, 0.2, 0.2]),
        kept=kept,
        rng=rng,
    )
    draws[..., :_CUTS] = _cutpoints(draws[..., :_CUTS])
    return draws


def _cutpoints(free: Floats) -> Floats:
    """Turn a first cutpoint and logarithms of gaps into cutpoints."""
    gaps = np.concatenate([free[..., :1], np.exp(free[..., 1:])], axis=-1)
    return np.asarray(np.cumsum(gaps, axis=-1))


def sample_il6(il6: Floats, log_peaks: Floats, *, rng: np.random.Generator) -> Floats:
    """Sample the posterior of the peak of IL-6: its mean, its slope on cells, its SD.

    Parameters
    ----------
    il6 : ndarray of float, shape (n_patients,)
        Highest IL-6 [pg/mL]; values at or above the ceiling are known only to be that high.
    log_peaks : ndarray of float, shape (n_patients, n_imputed)
        Draws of ln peak CAR-T cells [ln cells/µL].
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    ndarray of float, shape (n_chains, n_kept, 3)
        Draws of the mean of ln IL-6, the slope a unit of ln cells, and ln SD [1].

    Notes
    -----
    Priors: mean normal (5, 3), slope normal (0, 1), ln SD normal (0.5, 1).

    Examples
    --------
    >>> il6 = np.array([20.0, 300.0, 1500.0])
    >>> sample_il6(il6, np.array([[3.0], [6.0], [7.0]]), rng=np.random.default_rng(1)).shape
    (4, 5000, 3)
    """
    high = il6 >= CEILING
    value = np.log(np.minimum(il6, CEILING))
    cells = np.maximum(log_peaks, np.log(LEAST_PEAK)).mean(axis=1)
    cells = cells - cells.mean()

    def log_density(at: Floats) -> Floats:
        mean, slope, sd = at[:, :1], at[:, 1:2], np.exp(at[:, 2:3])
        z = (value - mean - slope * cells) / sd
        each = np.where(high, norm.logsf(z), -0.5 * z**2 - at[:, 2:3]).sum(axis=1)
        prior = ((mean - 5) / 3) ** 2 + slope**2 + (at[:, 2:3] - 0.5) ** 2
        return np.asarray(each - 0.5 * prior[:, 0])

    return sample_posterior(
        log_density, np.array([5.3, 0.0, 0.6]), np.array([0.3, 0.15, 0.12]), rng=rng
    )


def sample_onset(onset: Floats, *, rng: np.random.Generator) -> Floats:
    """Sample the posterior of the first day of CRS, log-normal.

    Parameters
    ----------
    onset : ndarray of float, shape (n_patients,)
        First day [d] of patients with CRS.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    ndarray of float, shape (n_chains, n_kept, 2)
        Draws of the mean of ln day and of ln SD [1].

    Notes
    -----
    Priors: mean normal (2, 1), ln SD normal (-1, 1).

    Examples
    --------
    >>> drawn = sample_onset(np.array([7.0, 8.0, 9.0]), rng=np.random.default_rng(1))
    >>> float(np.exp(drawn[..., 0].mean()).round(0))
    8.0
    """
    value = np.log(np.maximum(onset, 0.5))

    def log_density(at: Floats) -> Floats:
        z = (value - at[:, :1]) / np.exp(at[:, 1:])
        prior = (at[:, 0] - 2) ** 2 + (at[:, 1] + 1) ** 2
        return np.asarray((-0.5 * z**2 - at[:, 1:]).sum(axis=1) - 0.5 * prior)

    return sample_posterior(log_density, np.array([2.0, -1.0]), np.array([0.1, 0.15]), rng=rng)


def sample_high_il6(
    il6: Floats, mean: float, sd: float, n: int, *, rng: np.random.Generator
) -> Floats:
    """Sample the logarithm of peaks of IL-6 where they are not known exactly.

    Parameters
    ----------
    il6 : ndarray of float, shape (n_patients,)
        Highest IL-6 [pg/mL]; drawn above the ceiling where it is at or above, and anew if NaN.
    mean, sd : float
        Mean and SD of ln IL-6 [1].
    n : int
        Draws a patient.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    ndarray of float, shape (n_patients, n)
        Draws [ln pg/mL].

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> drawn = sample_high_il6(np.array([20.0, 1500.0]), 5.3, 1.9, 3, rng=rng)
    >>> drawn[0].round(2).tolist(), bool((drawn[1] > np.log(CEILING)).all())
    ([3.0, 3.0, 3.0], True)
    """
    luck = rng.random((il6.size, n))
    cut = (np.log(CEILING) - mean) / sd
    high = mean + sd * truncnorm.ppf(luck, cut, np.inf)
    free = mean + sd * norm.ppf(luck)
    known = np.log(np.maximum(np.where(np.isnan(il6), 1.0, il6), 1e-3))[:, None]
    drawn = np.where((il6 >= CEILING)[:, None], high, known)
    return np.asarray(np.where(np.isnan(il6)[:, None], free, drawn))
