"""Scores: each against a value worked out by hand or by scipy."""

import numpy as np
import pytest
from scipy import stats

from protocyte.errors import RecordError
from protocyte.simulation.calibration.baseline import find_baseline, find_naive_scores
from protocyte.simulation.calibration.cohort import SCALES, Cohort, Samples
from protocyte.simulation.calibration.forecast import Forecast, sample_forecast
from protocyte.simulation.calibration.gated import sample_course
from protocyte.simulation.calibration.population import Population, sample_logs
from protocyte.simulation.calibration.result import load_calibration
from protocyte.simulation.calibration.score import (
    Scored,
    find_concordance,
    find_score_table,
    sample_folds,
    sample_scores,
)

SAVED = load_calibration()
LIMIT = SAVED.made["limit"]


def virtual_samples(population: Population, n: int, *, seed: int) -> Samples:
    """Samples of new patients of a population on days like those of the source."""
    rng = np.random.default_rng(seed)
    logs, residual = sample_logs(population, n, rng=rng)
    days = np.array([7.0, 13.0, 20.0, 27.0])
    level = sample_course(logs, days, population.fixed) + residual[:, None] * rng.normal(
        size=(n, 4)
    )
    below = level < np.log(LIMIT)
    return Samples(
        np.repeat(np.arange(n), 4),
        np.tile(days, n),
        np.maximum(level, np.log(LIMIT)).ravel(),
        below.ravel(),
        ("day_7", "day_14", "day_21", "day_28") * n,
    )


def virtual_cohort(n: int, *, seed: int) -> Cohort:
    rng = np.random.default_rng(seed)
    samples = virtual_samples(SAVED.population, n, seed=seed)
    grades = {scale: rng.integers(0, 5, n) for scale in SCALES}
    il6 = np.exp(rng.normal(5, 1.5, n))
    names = tuple(map(str, range(n)))
    return Cohort(names, samples, LIMIT, il6, grades, rng.uniform(4, 12, n))


def test_intervals_of_the_truth_hold_their_share() -> None:
    samples = virtual_samples(SAVED.population, 1500, seed=3)
    forecast = sample_forecast(samples, SAVED.population, rng=np.random.default_rng(4))
    assert 0.05 < samples.below.mean() < 0.4
    # Four samples a patient are worth some two thousand: three standard errors are 0.033.
    assert abs(forecast.coverage(0.5).mean() - 0.5) < 0.035
    assert abs(forecast.coverage(0.9).mean() - 0.9) < 0.02


def test_a_censored_sample_counts_in_part() -> None:
    forecast = Forecast(np.array([0.0, 0.3]), np.array([0.5, 0.3]), np.zeros(2))
    assert forecast.coverage(0.5).tolist() == [0.5, 1.0]
    assert forecast.coverage(0.2).tolist() == pytest.approx([0.2, 0.0])


def test_concordance_is_the_area_under_the_curve() -> None:
    rng = np.random.default_rng(1)
    forecast, came = rng.normal(size=60).round(1), rng.integers(0, 2, 60)
    area = stats.mannwhitneyu(forecast[came == 1], forecast[came == 0]).statistic
    area /= came.sum() * (came == 0).sum()
    assert find_concordance(forecast, came.astype(float)) == pytest.approx(area)
    assert np.isnan(find_concordance(forecast, np.zeros(60)))


def test_naive_forecast_of_counted_samples_is_their_log_normal() -> None:
    value = np.array([1.0, 2.0, 4.0, 5.0, 3.0])
    samples = Samples(np.arange(5), np.full(5, 14.0), value, np.zeros(5, bool), ("day_14",) * 5)
    found = find_baseline(samples)["day_14"]
    assert found.mean == pytest.approx(value.mean(), abs=1e-3)
    assert found.sd == pytest.approx(value.std(), abs=1e-3)
    score = find_naive_scores(samples, {"all": found})
    assert score == pytest.approx(stats.norm.logpdf(value, found.mean, found.sd))


def test_truth_beats_the_naive_forecast_by_nothing_it_should_not() -> None:
    cohort = virtual_cohort(40, seed=5)
    scored = sample_scores(cohort, SAVED, rng=np.random.default_rng(6))
    table = find_score_table(scored, rng=np.random.default_rng(7))
    assert table["samples"]["all"]["n"] == cohort.samples.size
    assert {"week 1", "week 2", "week 3", "week 4", "all"} == set(table["samples"])
    for row in table["samples"].values():
        gain = row["log_score"]["value"] - row["naive_log_score"]["value"]
        assert row["gain"]["value"] == pytest.approx(gain)
        assert row["gain"]["low"] <= row["gain"]["value"] <= row["gain"]["high"]
    for row in table["crs"].values():
        # Grades came by lot: nothing discriminates.
        assert row["c_index"]["low"] < 0.5 < row["c_index"]["high"]


def test_patients_without_grades_or_onset_are_scored_on_samples_alone() -> None:
    cohort = virtual_cohort(6, seed=8)
    bare = Cohort(
        cohort.ids, cohort.samples, LIMIT, np.full(6, np.nan),
        {scale: np.full(6, -1) for scale in SCALES}, np.full(6, np.nan),
    )  # fmt: skip
    scored = sample_scores(bare, SAVED, rng=np.random.default_rng(1))
    table = find_score_table(scored, rng=np.random.default_rng(2))
    assert table["crs"] == {}
    assert "onset" not in table


def test_another_limit_is_refused() -> None:
    cohort = virtual_cohort(4, seed=1)
    other = Cohort(cohort.ids, cohort.samples, 0.5, cohort.il6, cohort.grades, cohort.onset)
    with pytest.raises(RecordError, match="scores would not compare"):
        sample_scores(other, SAVED, rng=np.random.default_rng(1))


def test_every_patient_is_scored_once_by_folds() -> None:
    cohort = virtual_cohort(10, seed=2)
    sizes = []

    def fit(part: Cohort, _: np.random.Generator) -> object:
        sizes.append(part.size)
        return SAVED

    scored: Scored = sample_folds(cohort, 3, fit, rng=np.random.default_rng(1))  # type: ignore[arg-type]
    assert sorted(sizes) == [6, 7, 7]
    assert scored.patients == 10
    assert sorted(set(scored.owner.tolist())) == list(range(10))
    with pytest.raises(RecordError, match="cannot be dealt to 11 folds"):
        sample_folds(cohort, 11, fit, rng=np.random.default_rng(1))  # type: ignore[arg-type]
