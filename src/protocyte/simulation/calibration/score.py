"""Score a calibration on patients it has not seen: coverage, log score, discrimination.

One law: every figure comes with an interval from resampling patients, not samples.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from protocyte.errors import RecordError
from protocyte.kinetics.parameter import Floats
from protocyte.simulation.calibration.baseline import find_naive_scores
from protocyte.simulation.calibration.cohort import Cohort
from protocyte.simulation.calibration.forecast import sample_forecast, sample_grade_shares
from protocyte.simulation.calibration.result import Calibration

SHARES: Final = (0.5, 0.9)
"""Central intervals whose coverage is looked at [1]."""
RESAMPLED: Final = 2000
_INTERVAL: Final = (0.025, 0.975)
_GRADES: Final = (2, 3)
_HALF_DAY: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Scores of patients, before they are averaged.

    Parameters
    ----------
    patients : int
        Number of patients.
    owner : ndarray of int, shape (n_samples,)
        Patient of each sample.
    week : ndarray of int, shape (n_samples,)
        Week nearest to the day of each sample.
    covered : ndarray of float, shape (n_samples, 2)
        How much of each sample lies in the intervals of `SHARES`.
    score, naive : ndarray of float, shape (n_samples,)
        Log score of the model and of the naive forecast.
    grades : mapping of str to ndarray of int, shape (n_patients,)
        Highest grade by scale; -1 if not known.
    forecast : mapping of str to ndarray of float, shape (n_patients, 4)
        Probability of at least each grade, by scale; empty if the calibration has no CRS.
    onset : ndarray of float, shape (n_patients, 2)
        Whether the first day of CRS lies in the intervals of `SHARES`; NaN without CRS.
    """

    patients: int
    owner: NDArray[np.int64]
    week: NDArray[np.int64]
    covered: Floats
    score: Floats
    naive: Floats
    grades: Mapping[str, NDArray[np.int64]]
    forecast: Mapping[str, Floats]
    onset: Floats

    @classmethod
    def join(cls, parts: "Sequence[Scored]") -> "Scored":
        """Put folds together; patients are numbered on."""
        before = np.cumsum([0, *(part.patients for part in parts)])
        scales = [s for s in parts[0].forecast if all(s in part.forecast for part in parts)]

        def joined(name: str) -> Any:
            return np.concatenate([getattr(part, name) for part in parts])

        return cls(
            int(before[-1]),
            np.concatenate([p.owner + b for p, b in zip(parts, before, strict=False)]),
            joined("week"),
            joined("covered"),
            joined("score"),
            joined("naive"),
            {s: np.concatenate([part.grades[s] for part in parts]) for s in scales},
            {s: np.concatenate([part.forecast[s] for part in parts]) for s in scales},
            joined("onset"),
        )


def sample_scores(cohort: Cohort, calibration: Calibration, *, rng: np.random.Generator) -> Scored:
    """Score a calibration on a cohort that it has not seen.

    Parameters
    ----------
    cohort : Cohort
        The patients.
    calibration : Calibration
        What was fitted to others.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    Scored
        Scores of samples and patients.

    Raises
    ------
    RecordError
        If the cohort was censored at another limit.

    Examples
    --------
    >>> from protocyte.simulation.calibration.result import load_calibration
    >>> from protocyte.simulation.calibration.virtual import simulate_cohort
    >>> rng = np.random.default_rng(1)
    >>> known = load_calibration()
    >>> sample_scores(simulate_cohort(known, 4, rng=rng), known, rng=rng).score.shape
    (16,)
    """
    limit = calibration.made["limit"]
    if cohort.limit != limit:
        raise RecordError(
            f"these samples are censored at {cohort.limit:g} cells/µL and the calibration is at "
            f"{limit:g}; scores would not compare"
        )
    samples = cohort.samples
    forecast = sample_forecast(samples, calibration.population, rng=rng)
    shares = {
        scale: sample_grade_shares(cohort, calibration, scale, rng=rng)
        for scale in calibration.scales
        if (cohort.grades[scale] >= 0).any()
    }
    return Scored(
        cohort.size,
        samples.patient,
        np.round(samples.day / 7).astype(np.int64),
        np.stack([forecast.coverage(share) for share in SHARES], axis=1),
        forecast.score,
        find_naive_scores(samples, calibration.baseline),
        {scale: cohort.grades[scale] for scale in shares},
        shares,
        _onset(cohort, calibration),
    )


def _onset(cohort: Cohort, calibration: Calibration) -> Floats:
    """Say whether first days of CRS, which are whole days, lie in the forecast's intervals."""
    found = np.full((cohort.size, len(SHARES)), np.nan)
    if "onset" not in calibration.draws:
        return found
    middle, sd = (calibration.draws["onset"][name] for name in ("day", "sd"))
    seen = np.isfinite(cohort.onset)

    def below(day: Floats) -> Floats:
        z = (np.log(np.maximum(day, 1e-9))[:, None] - np.log(middle)) / sd
        return np.asarray(norm.cdf(z).mean(axis=1))

    low, high = below(cohort.onset[seen] - _HALF_DAY), below(cohort.onset[seen] + _HALF_DAY)
    for k, share in enumerate(SHARES):
        inside = np.minimum(high, 0.5 + share / 2) - np.maximum(low, 0.5 - share / 2)
        found[seen, k] = np.clip(inside, 0, None) / np.maximum(high - low, 1e-12)
    return found


def find_concordance(forecast: Floats, grades: Floats) -> float:
    """Find the share of pairs of unlike grades that a forecast puts in order; ties count half.

    Parameters
    ----------
    forecast, grades : ndarray of float, shape (n_patients,)
        What is forecast, and what came [in any unit].

    Returns
    -------
    float
        Concordance [1], 0.5 for chance; NaN without unlike grades. For two grades the area under
        the receiver operating characteristic.

    Examples
    --------
    >>> find_concordance(np.array([0.1, 0.4, 0.3]), np.array([0, 1, 2]))
    0.6666666666666666
    """
    higher = grades[:, None] > grades[None, :]
    if not higher.any():
        return float("nan")
    gap = forecast[:, None] - forecast[None, :]
    return float(((gap > 0) + 0.5 * (gap == 0))[higher].mean())


def find_score_table(scored: Scored, *, rng: np.random.Generator) -> dict[str, Any]:
    """Average scores, with intervals from resampled patients.

    Parameters
    ----------
    scored : Scored
        Scores.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    dict of str to object
        Plain data: ``samples`` by week and overall, ``crs`` by scale, ``onset``; an estimate is
        ``{"value", "low", "high"}`` with a 95 % interval.

    Examples
    --------
    >>> from protocyte.simulation.calibration.result import load_calibration
    >>> from protocyte.simulation.calibration.virtual import simulate_cohort
    >>> rng = np.random.default_rng(1)
    >>> known = load_calibration()
    >>> scored = sample_scores(simulate_cohort(known, 4, rng=rng), known, rng=rng)
    >>> find_score_table(scored, rng=rng)["samples"]["all"]["n"]
    16
    """
    picks = rng.integers(scored.patients, size=(RESAMPLED, scored.patients))
    counts = np.stack([np.bincount(row, minlength=scored.patients) for row in picks])
    found: dict[str, Any] = {"patients": scored.patients, "samples": {}}
    for name, at in _groups(scored).items():
        weights = counts[:, scored.owner[at]].astype(float)
        entry: dict[str, Any] = {"n": int(at.sum())}
        for k, share in enumerate(SHARES):
            entry[f"coverage_{100 * share:.0f}"] = _mean(scored.covered[at, k], weights)
        entry["log_score"] = _mean(scored.score[at], weights)
        entry["naive_log_score"] = _mean(scored.naive[at], weights)
        entry["gain"] = _mean(scored.score[at] - scored.naive[at], weights)
        found["samples"][name] = entry
    found["crs"] = {s: _crs(scored.grades[s], scored.forecast[s], picks) for s in scored.forecast}
    with_crs = np.isfinite(scored.onset[:, 0])
    if with_crs.any():
        weights = counts[:, with_crs].astype(float)
        found["onset"] = {"n": int(with_crs.sum())} | {
            f"coverage_{100 * share:.0f}": _mean(scored.onset[with_crs, k], weights)
            for k, share in enumerate(SHARES)
        }
    return found


def _groups(scored: Scored) -> dict[str, NDArray[np.bool_]]:
    """Tell samples apart by week, and all of them."""
    if not scored.week.size:
        return {}
    weeks = {f"week {week}": scored.week == week for week in np.unique(scored.week)}
    return weeks | {"all": np.ones(scored.week.size, bool)}


def _mean(values: Floats, weights: Floats) -> dict[str, float]:
    """Average values, and resampled ones; resamples without any value are left out."""
    total = weights.sum(axis=1)
    resampled = (weights @ values)[total > 0] / total[total > 0]
    return _estimate(float(values.mean()), resampled)


def _estimate(value: float, resampled: Floats) -> dict[str, float]:
    kept = resampled[np.isfinite(resampled)]
    low, high = np.quantile(kept, _INTERVAL) if kept.size else (np.nan, np.nan)
    return {"value": value, "low": float(low), "high": float(high)}


@dataclass(frozen=True, slots=True, eq=False)
class _AtLeast:
    """The forecast of a grade or more, and whether it came."""

    chance: Floats
    reached: Floats

    def area(self, at: NDArray[np.int64]) -> float:
        return find_concordance(self.chance[at], self.reached[at])

    def brier(self, at: NDArray[np.int64]) -> float:
        return float(np.mean((self.chance[at] - self.reached[at]) ** 2))


def _crs(grades: NDArray[np.int64], shares: Floats, picks: NDArray[np.int64]) -> dict[str, Any]:
    """Discrimination and calibration of grades on one scale."""
    known = grades >= 0
    severity = shares.sum(axis=1)

    def resampled(statistic: Callable[[NDArray[np.int64]], float]) -> dict[str, float]:
        value = statistic(np.flatnonzero(known))
        return _estimate(value, np.array([statistic(row[known[row]]) for row in picks]))

    entry: dict[str, Any] = {
        "n": int(known.sum()),
        "c_index": resampled(lambda at: find_concordance(severity[at], grades[at].astype(float))),
    }
    for grade in _GRADES:
        reached = (grades >= grade).astype(float)
        chance = shares[:, grade - 1]
        pair = _AtLeast(chance, reached)
        entry[f"auc_{grade}"] = resampled(pair.area)
        entry[f"brier_{grade}"] = resampled(pair.brier)
        middle, spread = chance[known].sum(), np.sqrt((chance * (1 - chance))[known].sum())
        entry[f"count_{grade}"] = {
            "observed": int(reached[known].sum()),
            "expected": float(middle),
            "low": float(max(middle - 1.96 * spread, 0.0)),
            "high": float(middle + 1.96 * spread),
        }
    return entry


def sample_folds(
    cohort: Cohort,
    folds: int,
    fit: Callable[[Cohort, np.random.Generator], Calibration],
    *,
    progress: Callable[[int], object] | None = None,
    rng: np.random.Generator,
) -> Scored:
    """Score by cross-validation: fit to all folds but one, score that one.

    Parameters
    ----------
    cohort : Cohort
        The patients, who are dealt to folds at random.
    folds : int
        Number of folds, 2 or more.
    fit : callable
        Fits a calibration to a cohort.
    progress : callable, optional
        Told how many folds are done.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    Scored
        Scores of all patients, each by a fit that has not seen the patient.

    Raises
    ------
    RecordError
        If there are fewer patients than folds.

    Examples
    --------
    >>> from protocyte.simulation.calibration.result import load_calibration
    >>> from protocyte.simulation.calibration.virtual import simulate_cohort
    >>> rng = np.random.default_rng(1)
    >>> known = load_calibration()
    >>> cohort = simulate_cohort(known, 4, rng=rng)
    >>> sample_folds(cohort, 2, lambda part, luck: known, rng=rng).patients
    4
    """
    if not 2 <= folds <= cohort.size:
        raise RecordError(
            f"{cohort.size} patients cannot be dealt to {folds} folds; ask for 2 to {cohort.size}"
        )
    dealt = rng.permutation(np.arange(cohort.size) % folds)
    parts = []
    for fold in range(folds):
        left, out = (np.flatnonzero(dealt != fold), np.flatnonzero(dealt == fold))
        fitting, scoring = rng.spawn(2)
        parts.append(sample_scores(cohort.of(out), fit(cohort.of(left), fitting), rng=scoring))
        if progress:
            progress(fold + 1)
    return Scored.join(parts)
