"""Forecasts for patients nobody has fitted: their samples, their peaks, their grades of CRS.

One law: a forecast is averaged over the posterior; no parameter is taken for known.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm

from protocyte.kinetics.parameter import Floats
from protocyte.simulation.calibration.cohort import Cohort, Samples
from protocyte.simulation.calibration.crs import sample_high_il6
from protocyte.simulation.calibration.gated import sample_course
from protocyte.simulation.calibration.population import Population, sample_logs
from protocyte.simulation.calibration.result import Calibration

PATIENTS: Final = 10_000
"""New patients over whom a forecast is averaged."""
IMPUTED: Final = 100
"""Draws of peaks of a patient."""


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """What a population forecasts of samples.

    Parameters
    ----------
    low, high : ndarray of float, shape (n_samples,)
        Forecast probability of a value below the sample's [1]; from 0 to that of the limit where
        the sample is censored, else twice the same.
    score : ndarray of float, shape (n_samples,)
        Log-density of ln cells, or log-probability of being below the limit [1].
    """

    low: Floats
    high: Floats
    score: Floats

    def coverage(self, share: float) -> Floats:
        """Give how much of each sample lies in the central interval, shape (n_samples,).

        1 or 0 where a sample was counted; where it is censored, the share of what it may have
        been, so that the mean is ``share`` for a forecast that is right.
        """
        a, b = 0.5 - share / 2, 0.5 + share / 2
        width = self.high - self.low
        inside = np.minimum(self.high, b) - np.maximum(self.low, a)
        censored = np.clip(inside, 0, None) / np.where(width > 0, width, 1.0)
        return np.where(width > 0, censored, (self.low >= a) & (self.low <= b))


def sample_forecast(
    samples: Samples, population: Population, *, n: int = PATIENTS, rng: np.random.Generator
) -> Forecast:
    """Forecast every sample for a patient of whom nothing else is known.

    Parameters
    ----------
    samples : Samples
        Samples.
    population : Population
        Posterior draws.
    n : int
        New patients over whom is averaged.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    Forecast
        Probabilities and scores.

    Examples
    --------
    >>> from protocyte.simulation.calibration.result import load_calibration
    >>> from protocyte.simulation.calibration.virtual import simulate_cohort
    >>> rng = np.random.default_rng(1)
    >>> known = load_calibration()
    >>> samples = simulate_cohort(known, 3, rng=rng).samples
    >>> sample_forecast(samples, known.population, n=500, rng=rng).score.shape
    (12,)
    """
    logs, residual = sample_logs(population, n, rng=rng)
    days, at = np.unique(samples.day, return_inverse=True)
    levels = sample_course(logs, days, population.fixed)
    below, score = np.empty(samples.size), np.empty(samples.size)
    for i in range(samples.size):
        z = (samples.value[i] - levels[:, at[i]]) / residual
        below[i] = norm.cdf(z).mean()
        exact = norm.logpdf(z) - np.log(residual)
        each = norm.logcdf(z) if samples.below[i] else exact
        score[i] = logsumexp(each) - np.log(n)
    return Forecast(np.where(samples.below, 0.0, below), below, score)


def sample_peaks(
    cohort: Cohort, population: Population, *, n: int = PATIENTS, rng: np.random.Generator
) -> Floats:
    """Sample each patient's peak given his or her own samples, by importance.

    Parameters
    ----------
    cohort : Cohort
        The patients.
    population : Population
        Posterior draws of the population they are taken to belong to.
    n : int
        New patients who are weighed by how well they explain the samples.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    ndarray of float, shape (n_patients, 100)
        Draws of ln peak [ln cells/µL].

    Examples
    --------
    >>> from protocyte.simulation.calibration.result import load_calibration
    >>> from protocyte.simulation.calibration.virtual import simulate_cohort
    >>> rng = np.random.default_rng(1)
    >>> known = load_calibration()
    >>> sample_peaks(simulate_cohort(known, 3, rng=rng), known.population, rng=rng).shape
    (3, 100)
    """
    logs, residual = sample_logs(population, n, rng=rng)
    found = np.empty((cohort.size, IMPUTED))
    samples = cohort.samples
    for i in range(cohort.size):
        own = samples.patient == i
        weight = np.zeros(n)
        if own.any():
            level = sample_course(logs, samples.day[own], population.fixed)
            z = (samples.value[own] - level) / residual[:, None]
            exact = norm.logpdf(z) - np.log(residual)[:, None]
            weight = np.where(samples.below[own], norm.logcdf(z), exact).sum(axis=1)
        share = np.exp(weight - logsumexp(weight))
        found[i] = logs[rng.choice(n, IMPUTED, p=share / share.sum()), 0]
    return found


def sample_grade_shares(
    cohort: Cohort, calibration: Calibration, scale: str, *, rng: np.random.Generator
) -> Floats:
    """Forecast the probability of each patient's highest grade of CRS.

    Parameters
    ----------
    cohort : Cohort
        The patients; their samples and IL-6 are used, their grades are not.
    calibration : Calibration
        What was fitted to others.
    scale : str
        Grading scale.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    ndarray of float, shape (n_patients, 4)
        Probability of at least grade 1, 2, 3 and 4 [1].

    Examples
    --------
    >>> from protocyte.simulation.calibration.result import load_calibration
    >>> from protocyte.simulation.calibration.virtual import simulate_cohort
    >>> rng = np.random.default_rng(1)
    >>> known = load_calibration()
    >>> shares = sample_grade_shares(simulate_cohort(known, 3, rng=rng), known, "Lee 2014", rng=rng)
    >>> shares.shape, bool((np.diff(shares, axis=1) < 0).all())
    ((3, 4), True)
    """
    peaks = np.exp(sample_peaks(cohort, calibration.population, rng=rng))
    il6 = calibration.summaries["il6"]
    mean, sd = np.log(float(il6["peak"]["q50"] or 1)), float(il6["sd"]["q50"] or 1)
    high = np.exp(sample_high_il6(cohort.il6, float(mean), sd, IMPUTED, rng=rng))
    models = calibration.crs_draws(scale)
    each = [[m.share(peaks, high, grade).mean(axis=1) for grade in range(1, 5)] for m in models]
    return np.asarray(np.mean(each, axis=0).T)
