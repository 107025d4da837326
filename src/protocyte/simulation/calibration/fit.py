"""Calibrate to a cohort: kinetics first, then what depends on them.

Kinetics are fitted without a look at toxicity; draws of each patient's peak go into the model of
CRS, so that a peak that was not seen well counts for less. One law: the same seed and the same
files give the same result.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from protocyte.kinetics.parameter import Floats
from protocyte.simulation.calibration.baseline import find_baseline
from protocyte.simulation.calibration.cohort import Cohort
from protocyte.simulation.calibration.crs import (
    GRADES,
    sample_grades,
    sample_high_il6,
    sample_il6,
    sample_onset,
)
from protocyte.simulation.calibration.gated import Fixed
from protocyte.simulation.calibration.hierarchical import sample_population
from protocyte.simulation.calibration.population import Effort, Fit, Prior, sample_logs
from protocyte.simulation.calibration.result import (
    KEPT,
    Calibration,
    Summary,
    find_summary,
)

IMPUTED: Final = 50
"""Draws of each patient's peak over which the likelihood of a grade is averaged."""
_FEWEST: Final = 10


def sample_calibration(
    cohort: Cohort,
    *,
    made: Mapping[str, Any] | None = None,
    mixture: bool = True,
    prior: Prior | None = None,
    fixed: Fixed | None = None,
    effort: Effort | None = None,
    progress: Callable[[int], object] | None = None,
    rng: np.random.Generator,
) -> Calibration:
    """Calibrate kinetics, IL-6, CRS and its first day to a cohort.

    Parameters
    ----------
    cohort : Cohort
        The patients.
    made : mapping of str to object, optional
        What is to be remembered of how the result came about.
    mixture : bool
        Whether there may be patients in whom the cells hardly expand.
    prior, fixed, effort : optional
        Priors, what is not fitted, and how long chains of the kinetics run.
    progress : callable, optional
        Told how many iterations of the kinetics are done.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    Calibration
        The posterior.

    Raises
    ------
    RecordError
        If fewer than five patients have CAR-T samples.

    Examples
    --------
    >>> from protocyte.simulation.calibration.result import load_calibration
    >>> from protocyte.simulation.calibration.virtual import simulate_cohort
    >>> rng = np.random.default_rng(1)
    >>> cohort = simulate_cohort(load_calibration(), 12, rng=rng)
    >>> found = sample_calibration(cohort, effort=Effort.of(100), rng=rng)
    >>> found.made["patients"], found.population.size
    (12, 200)
    """
    first, second = rng.spawn(2)
    at = cohort.sampled
    fit = sample_population(
        cohort.samples.of(at), mixture=mixture, prior=prior, fixed=fixed, effort=effort,
        progress=progress, rng=first,
    )  # fmt: skip
    population = fit.population
    chains = {"kinetics": _chained(population.quantities(), fit.chains)}
    log_peaks = _log_peaks(cohort, fit, rng=second)
    chains |= _toxicity(cohort, log_peaks, rng=second)
    summaries: dict[str, dict[str, Summary]] = {
        part: {name: find_summary(values) for name, values in columns.items()}
        for part, columns in chains.items()
    }
    counts = {
        "patients": cohort.size,
        "patients_with_samples": int(at.size),
        "samples": cohort.samples.size,
        "samples_below_limit": int(cohort.samples.below.sum()),
        "limit": cohort.limit,
        "mixture": mixture,
    }
    return Calibration(
        dict(made or {}) | counts,
        population.thin(KEPT),
        {part: _thinned(c) for part, c in chains.items() if part != "kinetics"},
        summaries,
        find_baseline(cohort.samples),
        {},
    )


def _log_peaks(cohort: Cohort, fit: Fit, *, rng: np.random.Generator) -> Floats:
    """Draw the logarithm of every patient's peak: from the fit, or anew without samples.

    Parameters
    ----------
    cohort : Cohort
        The patients.
    fit : Fit
        The fit of those who have samples.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    ndarray of float, shape (n_patients, 50)
        Draws [ln cells/µL].
    """
    found = np.empty((cohort.size, IMPUTED))
    found[:] = sample_logs(fit.population, found.size, rng=rng)[0][:, 0].reshape(found.shape)
    picked = np.linspace(0, len(fit.patients) - 1, IMPUTED).astype(int)
    found[cohort.sampled] = fit.patients[picked, :, 0].T
    return found


def _toxicity(
    cohort: Cohort, log_peaks: Floats, *, rng: np.random.Generator
) -> dict[str, dict[str, Floats]]:
    """Fit IL-6, first day and grades, as far as the cohort has them."""
    chains: dict[str, dict[str, Floats]] = {}
    graded = np.max(list(cohort.grades.values()), axis=0)
    with_crs = (graded > 0) & np.isfinite(cohort.il6)
    if with_crs.sum() < _FEWEST:
        return chains
    il6 = sample_il6(cohort.il6[with_crs], log_peaks[with_crs], rng=rng)
    chains["il6"] = {
        "peak": np.exp(il6[..., 0]),
        "sd": np.exp(il6[..., 2]),
        "slope_cells": il6[..., 1],
    }
    seen = np.isfinite(cohort.onset)
    if seen.sum() >= _FEWEST:
        onset = sample_onset(cohort.onset[seen], rng=rng)
        chains["onset"] = {"day": np.exp(onset[..., 0]), "sd": np.exp(onset[..., 1])}
    centre = float(il6[..., 0].mean()), float(np.exp(il6[..., 2]).mean())
    log_il6 = sample_high_il6(cohort.il6, *centre, IMPUTED, rng=rng)
    for scale, grades in cohort.grades.items():
        known = grades >= 0
        if known.sum() >= _FEWEST:
            drawn = sample_grades(grades[known], log_peaks[known], log_il6[known], rng=rng)
            chains[scale] = {f"cutpoint_{k}": drawn[..., k - 1] for k in range(1, GRADES)}
            chains[scale] |= {"slope_peak": drawn[..., -2], "slope_il6": drawn[..., -1]}
    return chains


def _chained(quantities: Mapping[str, Floats], chains: int) -> dict[str, Floats]:
    return {name: values.reshape(chains, -1) for name, values in quantities.items()}


def _thinned(columns: Mapping[str, Floats]) -> dict[str, Floats]:
    """Take the same draws of every column."""
    size = next(iter(columns.values())).size
    at = np.linspace(0, size - 1, KEPT).round().astype(int)
    return {name: values.ravel()[at] for name, values in columns.items()}
