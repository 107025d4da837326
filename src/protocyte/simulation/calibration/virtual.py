"""Virtual cohorts of a calibration: to test a fit on patients whose truth is known.

One law: a virtual cohort has the shape of a real one, its censoring included.
"""

from typing import Final

import numpy as np

from protocyte.simulation.calibration.cohort import Cohort, Samples
from protocyte.simulation.calibration.gated import sample_course
from protocyte.simulation.calibration.population import sample_logs
from protocyte.simulation.calibration.result import Calibration

WINDOWS: Final = {"day_7": (5, 8), "day_14": (11, 15), "day_21": (19, 22), "day_28": (25, 30)}
"""Days between which samples of a nominal timepoint are drawn, as in Lichtenstein2021 [d]."""
_ONE: Final = 1


def simulate_cohort(calibration: Calibration, n: int, *, rng: np.random.Generator) -> Cohort:
    """Simulate patients of a calibration, sampled as those of Lichtenstein2021 were.

    Parameters
    ----------
    calibration : Calibration
        The population, and the model of CRS.
    n : int
        Number of patients.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    Cohort
        Samples on four days, peak IL-6, grades and first day of CRS.

    Examples
    --------
    >>> from protocyte.simulation.calibration.result import load_calibration
    >>> cohort = simulate_cohort(load_calibration(), 5, rng=np.random.default_rng(1))
    >>> cohort.size, cohort.samples.size
    (5, 20)
    """
    population, limit = calibration.population, float(calibration.made["limit"])
    logs, residual = sample_logs(population, n, rng=rng)
    day = np.stack(
        [rng.integers(low, high + _ONE, n) for low, high in WINDOWS.values()], axis=1
    ).astype(float)
    value = np.concatenate([sample_course(logs[[i]], day[i], population.fixed) for i in range(n)])
    value += residual[:, None] * rng.standard_normal(value.shape)
    below = value < np.log(limit)
    samples = Samples(
        np.repeat(np.arange(n), len(WINDOWS)),
        day.ravel(),
        np.maximum(value, np.log(limit)).ravel(),
        below.ravel(),
        tuple(WINDOWS) * n,
    )
    il6 = np.exp(
        np.log(calibration.typical["i_peak"])
        + calibration.typical["sd_i_peak"] * rng.standard_normal(n)
    )
    # One luck of a patient on every scale: scales differ in limits, not in who is ill.
    luck = rng.logistic(size=n)
    grades = {
        scale: (
            (model.latent(np.exp(logs[:, 0]), il6) + luck)[:, None] > np.array(model.cutpoints)
        ).sum(axis=1)
        for scale, model in calibration.crs.items()
    }
    onset = calibration.summaries["onset"]
    middle, sd = np.log(float(onset["day"]["q50"] or 1)), float(onset["sd"]["q50"] or 1)
    first = np.maximum(np.round(np.exp(middle + sd * rng.standard_normal(n))), 1.0)
    ill = np.max(list(grades.values()), axis=0) > 0
    names = tuple(f"virtual-{i + 1}" for i in range(n))
    return Cohort(names, samples, limit, il6, grades, np.where(ill, first, np.nan))
