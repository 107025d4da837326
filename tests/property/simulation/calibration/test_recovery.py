"""The samplers hold what they promise: ranks of the truth are uniform, intervals hold it."""

import numpy as np
import pytest
from scipy import stats

from protocyte.kinetics.parameter import Floats
from protocyte.simulation.calibration.cohort import Samples
from protocyte.simulation.calibration.crs import sample_grades
from protocyte.simulation.calibration.gated import NAMES, Fixed, sample_course
from protocyte.simulation.calibration.hierarchical import sample_population
from protocyte.simulation.calibration.metropolis import sample_posterior
from protocyte.simulation.calibration.population import Effort, Population, sample_logs

LIMIT = np.log(0.1)
WINDOWS = ((5, 9), (11, 16), (19, 23), (25, 31))
"""Days on which the samples of Lichtenstein2021 labelled day 7, 14, 21 and 28 were drawn."""
SD = np.array([1.2, 0.2, 1.5, 0.5])
CORRELATION = np.array(
    [[1.0, 0.3, 0.0, -0.3], [0.3, 1.0, 0.2, 0.0], [0.0, 0.2, 1.0, 0.0], [-0.3, 0.0, 0.0, 1.0]]
)
TRUTH = Population(
    np.log([[900.0, 12.0, 2e4, 0.18]]),
    (SD[:, None] * SD * CORRELATION)[None],
    np.array([0.7]),
    np.array([0.2]),
    np.array([6.0]),
    Fixed(),
)


def draw_samples(truth: Population, n: int, rng: np.random.Generator) -> Samples:
    """Draw patients and samples on the days of the source, censored as there."""
    logs, residual = sample_logs(truth, n, rng=rng)
    day = np.stack([rng.integers(*window, size=n) for window in WINDOWS], axis=1).astype(float)
    value = np.stack([sample_course(logs[[i]], day[i], truth.fixed)[0] for i in range(n)])
    value += residual[:, None] * rng.normal(size=value.shape)
    below = value < LIMIT
    return Samples(
        np.repeat(np.arange(n), 4),
        day.ravel(),
        np.maximum(value, LIMIT).ravel(),
        below.ravel(),
        ("day",) * (4 * n),
    )


@pytest.mark.slow
def test_known_parameters_are_recovered_from_200_patients() -> None:
    true = {name: float(values[0]) for name, values in TRUTH.quantities().items()}
    asked = [*NAMES, *(f"sd_{name}" for name in NAMES), "residual", "fails_to_expand",
             "failed_peak"]  # fmt: skip
    held: list[bool] = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        fit = sample_population(
            draw_samples(TRUTH, 200, rng), effort=Effort(chains=2, warm=300, kept=1000), rng=rng
        )
        found = fit.population.quantities()
        for name in asked:
            low, high = np.quantile(found[name], (0.05, 0.95))
            held.append(bool(low < true[name] < high))
    # 55 intervals of 90 %: fewer than 44 would come about once in a thousand.
    assert sum(held) >= stats.binom.ppf(1e-3, len(held), 0.9)


def test_a_population_without_failures_is_recovered_without_a_mixture() -> None:
    truth = Population(
        TRUTH.mean, TRUTH.covariance, TRUTH.residual, np.zeros(1), np.zeros(1), Fixed()
    )
    rng = np.random.default_rng(11)
    fit = sample_population(
        draw_samples(truth, 60, rng), mixture=False,
        effort=Effort(chains=2, warm=200, kept=500), rng=rng,
    )  # fmt: skip
    found, true = fit.population.quantities(), truth.quantities()
    assert "fails_to_expand" not in found
    for name in ("c_max", "t_max", "residual", "sd_c_max"):
        low, high = np.quantile(found[name], (0.005, 0.995))
        assert low < true[name][0] < high


def test_ranks_of_the_truth_are_uniform() -> None:
    """Simulation-based calibration (Talts 2018) of a normal with unknown mean and SD."""
    rng = np.random.default_rng(5)
    ranks = []
    for _ in range(80):
        true = np.array([rng.normal(), 0.5 * rng.normal()])
        seen = true[0] + np.exp(true[1]) * rng.normal(size=8)

        def log_density(at: Floats, seen: Floats = seen) -> Floats:
            z = (seen - at[:, :1]) / np.exp(at[:, 1:])
            prior = 0.5 * at[:, 0] ** 2 + 0.5 * (at[:, 1] / 0.5) ** 2
            return np.asarray((-0.5 * z**2 - at[:, 1:]).sum(axis=1) - prior)

        drawn = sample_posterior(
            log_density, np.zeros(2), np.full(2, 0.4), chains=2, warm=200, kept=400, rng=rng
        )
        ranks.append((drawn < true).mean(axis=(0, 1)))
    for column in np.array(ranks).T:
        assert stats.kstest(column, "uniform").pvalue > 1e-3


def test_an_ordered_logit_is_recovered_from_peaks_seen_well_and_ill() -> None:
    rng = np.random.default_rng(7)
    cuts, slopes, n = np.array([-2.0, 0.5, 2.5, 4.0]), np.array([0.5, 0.4]), 800
    peak, il6 = rng.normal(5, 2, n), rng.normal(5, 1.5, n)
    latent = slopes[0] * (np.maximum(peak, np.log(0.1)) - 5) + slopes[1] * (il6 - 5)
    grades = (latent[:, None] + rng.logistic(size=(n, 1)) > cuts).sum(axis=1)
    drawn = sample_grades(grades, peak[:, None], il6[:, None], kept=800, rng=rng)
    low, high = np.quantile(drawn, (0.005, 0.995), axis=(0, 1))
    truth = np.array([*cuts, *slopes])
    assert np.all((low < truth) & (truth < high))


def test_a_peak_known_ill_does_not_shrink_the_slope() -> None:
    """Draws of a peak given what was seen of it enter as a mixture, not as their mean."""
    rng = np.random.default_rng(8)
    n, noise = 500, 1.5
    peak = rng.normal(5, 2, n)
    seen = peak + noise * rng.normal(size=n)
    share = 4 / (4 + noise**2)
    imputed = 5 + share * (seen - 5)[:, None] + np.sqrt(4 * (1 - share)) * rng.normal(size=(n, 40))
    grades = ((0.8 * (peak - 5))[:, None] + rng.logistic(size=(n, 1)) > [-2.0, 0.0, 2.0, 3.0]).sum(
        1
    )
    il6 = np.full((n, 40), 5.0)
    drawn = sample_grades(grades, np.maximum(imputed, -2.3), il6, kept=300, rng=rng)[..., 4]
    naive = sample_grades(grades, seen[:, None], il6[:, :1], kept=300, rng=rng)[..., 4]
    assert naive.mean() < 0.65
    assert np.quantile(drawn, 0.005) < 0.8 < np.quantile(drawn, 0.995)
