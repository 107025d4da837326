"""The saved calibration against figures made from the same 40 patients by other code.

Source: ``car22/README.md`` beside the data (Lichtenstein2021, doi:10.1182/blood.2021011898). Rates
and medians of samples are compared with what the calibration forecasts of the same statistic in
groups of as many virtual patients, sampled on the same days: fitted parameters are not read off
the source, so they can only be right if what they forecast looks like it.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from protocyte.files import read_source
from protocyte.kinetics.parameter import Floats
from protocyte.simulation.calibration.cohort import NEEDED, Cohort, Samples
from protocyte.simulation.calibration.fit import sample_calibration
from protocyte.simulation.calibration.gated import sample_course
from protocyte.simulation.calibration.population import Effort, sample_logs
from protocyte.simulation.calibration.result import load_calibration

pytestmark = pytest.mark.shared

SAVED = load_calibration()


@pytest.fixture(scope="module")
def cohort(request: pytest.FixtureRequest) -> Cohort:
    folder = request.getfixturevalue("shared") / "car22"
    return Cohort.from_tables(*(read_source(folder / name) for name in NEEDED))


def rates(samples: Samples, value: Floats, first: str, last: str) -> Floats:
    """Slopes of ln cells between two timepoints of patients who were counted at both."""
    found = []
    for patient in np.unique(samples.patient):
        at = {
            samples.timepoint[i]: i
            for i in np.flatnonzero(samples.patient == patient)
            if value[i] > np.log(SAVED.made["limit"])
        }
        if first in at and last in at:
            i, j = at[first], at[last]
            found.append((value[j] - value[i]) / (samples.day[j] - samples.day[i]))
    return np.array(found)


def median_rate(samples: Samples, value: Floats, *, first: str, last: str) -> float:
    return float(np.median(rates(samples, value, first, last)))


def forecast_of(
    samples: Samples, statistic: Callable[[Samples, Floats], float], *, n: int = 200
) -> Floats:
    """Give the statistic of virtual patients sampled as the real ones, many times.

    Each group of virtual patients belongs to one draw of the posterior.
    """
    rng = np.random.default_rng(1)
    found = []
    for k in range(n):
        one = SAVED.population.at(k % SAVED.population.size)
        logs, residual = sample_logs(one, int(samples.patient.max()) + 1, rng=rng)
        value = np.empty(samples.size)
        for i in np.unique(samples.patient):
            own = samples.patient == i
            level = sample_course(logs[[i]], samples.day[own], one.fixed)[0]
            value[own] = level + residual[i] * rng.normal(size=level.size)
        found.append(statistic(samples, value))
    return np.array(found)


def test_the_cohort_is_the_one_of_the_source(cohort: Cohort) -> None:
    assert cohort.size == 40
    assert cohort.sampled.size == 36
    assert np.bincount(cohort.grades["Lee 2014"]).tolist() == [5, 15, 16, 2, 2]
    assert np.bincount(cohort.grades["ASTCT 2019"]).tolist() == [5, 12, 15, 6, 2]
    assert np.nanmedian(cohort.onset) == 8
    with_crs = cohort.grades["Lee 2014"] > 0
    log_il6 = np.log(cohort.il6[with_crs])
    assert np.exp(log_il6.mean()) == pytest.approx(210, abs=0.5)
    assert log_il6.std(ddof=1) == pytest.approx(1.87, abs=0.005)


def test_rates_of_the_source_are_found_and_forecast(cohort: Cohort, shared: Path) -> None:
    everything = Cohort.from_tables(
        read_source(shared / "car22" / "kinetics.csv"),
        limit=1e-9,
    ).samples
    counted = np.where(everything.below, -np.inf, everything.value)
    growth = _rates(everything, counted, "day_7", "day_14")
    decline = -_rates(everything, counted, "day_14", "day_28")
    assert growth.size == 11
    assert np.median(growth) == pytest.approx(1.04, abs=0.005)
    assert decline.size == 21
    assert np.median(decline) == pytest.approx(0.133, abs=0.0005)

    samples = cohort.samples
    for first, last, sign in (("day_7", "day_14", 1), ("day_14", "day_28", -1)):
        seen = sign * np.median(rates(samples, samples.value, first, last))
        drawn = sign * forecast_of(samples, partial(median_rate, first=first, last=last))
        low, high = np.quantile(drawn, (0.025, 0.975))
        assert low < seen < high


def _rates(samples: Samples, value: Floats, first: str, last: str) -> Floats:
    """As `rates`, with every count above nought."""
    shifted = np.where(np.isfinite(value), value + 30.0, -np.inf)
    return rates(samples, shifted, first, last)


@pytest.mark.parametrize(
    ("timepoint", "median"),
    # That of day 14 lies near the end of its forecast: peaks are a little too low.
    [("day_14", 762), ("day_21", 215), ("day_28", 105)],
)
def test_medians_of_the_source_are_forecast(cohort: Cohort, timepoint: str, median: float) -> None:
    at = np.array(cohort.samples.timepoint) == timepoint
    assert np.exp(np.median(cohort.samples.value[at])) == pytest.approx(median, abs=0.5)
    drawn = forecast_of(cohort.samples, lambda _, v: float(np.exp(np.median(v[at]))), n=400)
    low, high = np.quantile(drawn, (0.025, 0.975))
    assert low < median < high


def test_how_many_hardly_expand_is_forecast(cohort: Cohort) -> None:
    """9 of 36 sampled peaks lie below 40 cells/µL: the lower quartile of the source is 41.7."""

    def low_peaks(samples: Samples, value: Floats) -> int:
        peaks = [value[samples.patient == i].max() for i in np.unique(samples.patient)]
        return int((np.array(peaks) < np.log(40)).sum())

    assert low_peaks(cohort.samples, cohort.samples.value) == 9
    low, high = np.quantile(forecast_of(cohort.samples, low_peaks, n=200), (0.025, 0.975))
    assert low < 9 < high


def test_a_short_fit_finds_what_is_saved(cohort: Cohort) -> None:
    found = sample_calibration(
        cohort, effort=Effort(chains=4, warm=400, kept=1200), rng=np.random.default_rng(2)
    )
    for part, rows in SAVED.summaries.items():
        for name, row in rows.items():
            again, sd = found.summaries[part][name]["mean"], row["sd"]
            assert again is not None
            assert sd is not None
            if not name.startswith("correlation"):
                # Monte Carlo error of a short fit, and of fifty draws of each patient's peak.
                size = max(found.summaries[part][name]["bulk"] or 1.0, 4.0)
                allowed = (4.5 / np.sqrt(size) + 0.2) * sd
                assert abs(again - (row["mean"] or 0)) < allowed, (part, name)


def test_crs_onset_and_il6_are_those_of_the_source() -> None:
    """Onset 8 days (quartiles 7 to 9); peak IL-6 210 pg/mL, SD of ln 1.87, before censoring."""
    onset, il6 = SAVED.summaries["onset"], SAVED.summaries["il6"]
    assert (onset["day"]["q2.5"] or 9) < 8 < (onset["day"]["q97.5"] or 0)
    assert (il6["peak"]["q2.5"] or 999) < 210 < (il6["peak"]["q97.5"] or 0)
    # Values at the ceiling are known only to be at least that high: the spread is larger.
    assert 1.87 < (il6["sd"]["q50"] or 0) < 2.6
    # Peak IL-6 does not follow peak CAR-T cells (Spearman -0.13 of 31).
    assert (il6["slope_cells"]["q2.5"] or 1) < 0 < (il6["slope_cells"]["q97.5"] or -1)
