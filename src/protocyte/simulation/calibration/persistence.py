"""Rejection by host T cells, calibrated to how long allogeneic cells were seen in patients.

Each virtual patient is followed at many rates of rejection; when the cells were last seen at any
other rate is interpolated, so that every typical rate and spread can be weighed without a solver.
One law: what the source does not tell, the share given alemtuzumab, is averaged over, not chosen.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from protocyte.errors import RecordError
from protocyte.kinetics.parameter import Floats

UCART19: Final = (10, 11, 4)
"""Patients of Dupouy2022 by when CAR-T cells were last seen: by day 28, until day 42, later."""
DAYS: Final = (28.0, 42.0)
"""Days that part them [d]."""
RATES: Final = np.geomspace(0.01, 10.0, 25)
"""Rates of rejection at which patients are followed [1/d]."""
TYPICAL: Final = np.geomspace(0.03, 4.0, 60)
"""Typical rates that are weighed [1/d]; uniform on the log scale."""
SPREADS: Final = np.linspace(0.05, 2.0, 40)
"""SDs of ln between patients that are weighed [1]."""
SHARES: Final = np.linspace(0.25, 0.75, 5)
"""Shares of patients given alemtuzumab that are weighed [1]; uniform, assumed."""
SPREAD_PRIOR: Final = 1.0
"""Scale of the half-normal prior of the SD between patients [1]."""
_KEPT: Final = 200


@dataclass(frozen=True, slots=True, eq=False)
class Rejection:
    """The posterior of rejection by host T cells.

    Parameters
    ----------
    weight : ndarray of float, shape (n_shares, n_typical, n_spreads)
        Posterior probability on the grid [1].
    forecast : ndarray of float, shape (n_shares, n_typical, n_spreads, 3)
        Probability of each class of `UCART19` there.
    counts : tuple of int, shape (3,)
        Patients of each class.
    """

    weight: Floats
    forecast: Floats
    counts: tuple[int, ...]

    def as_dict(self, *, rng: np.random.Generator) -> dict[str, Any]:
        """Give plain data: medians, intervals, draws, and the classes expected and observed."""
        flat = rng.choice(self.weight.size, _KEPT * 50, p=self.weight.ravel())
        _, i, j = np.unravel_index(flat, self.weight.shape)
        # Within a cell of the grid all values are alike.
        step = np.log(TYPICAL[1] / TYPICAL[0])
        typical = TYPICAL[i] * np.exp(step * (rng.random(flat.size) - 0.5))
        spread = SPREADS[j] + (SPREADS[1] - SPREADS[0]) * (rng.random(flat.size) - 0.5)
        expected = np.einsum("abc,abcd->d", self.weight, self.forecast) * sum(self.counts)
        by_share = {
            f"{share:g}": _median(TYPICAL, self.weight[k].sum(axis=1))
            for k, share in enumerate(SHARES)
        }
        return {
            "t_rejection": _summary(typical),
            "sd_t_rejection": _summary(spread),
            "correlation": float(np.corrcoef(np.log(typical), spread)[0, 1]),
            "observed": list(self.counts),
            "expected": [round(float(one), 2) for one in expected],
            "typical_by_share_given_alemtuzumab": by_share,
            "draws": {
                "t_rejection": [float(f"{one:.4g}") for one in typical[:_KEPT]],
                "sd_t_rejection": [float(f"{one:.4g}") for one in spread[:_KEPT]],
            },
        }


def sample_rejection(
    follow: Callable[[float, bool], Floats],
    *,
    counts: tuple[int, ...] = UCART19,
    progress: Callable[[int], object] | None = None,
    rng: np.random.Generator,
) -> Rejection:
    """Weigh typical rates of rejection and their spread by when cells were last seen.

    Parameters
    ----------
    follow : callable
        Given the rate of rejection of everybody [1/d] and whether alemtuzumab was given, returns
        the day on which cells were last seen in each of the same virtual patients [d], NaN if
        never.
    counts : tuple of int, shape (3,)
        Patients observed in each class.
    progress : callable, optional
        Told how many of the ``2 * len(RATES)`` populations have been followed.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    Rejection
        The posterior on the grid of `SHARES`, `TYPICAL` and `SPREADS`.

    Raises
    ------
    RecordError
        If counts are not three numbers, or nobody was observed.

    Examples
    --------
    >>> def follow(rate, drug):
    ...     return np.linspace(40, 60, 50) / (1 + rate * (1 if drug else 3))
    >>> found = sample_rejection(follow, rng=np.random.default_rng(1))
    >>> found.forecast.shape, float(found.weight.sum().round(6))
    ((5, 60, 40, 3), 1.0)
    """
    if len(counts) != len(UCART19) or sum(counts) < 1 or min(counts) < 0:
        raise RecordError(f"{counts} are no counts of patients in {len(UCART19)} classes")
    seen: dict[bool, Floats] = {}
    for k, drug in enumerate((False, True)):
        rows = []
        for i, rate in enumerate(RATES):
            rows.append(np.asarray(np.nan_to_num(follow(float(rate), drug), nan=0.0)))
            if progress:
                progress(k * len(RATES) + i + 1)
        seen[drug] = np.array(rows)
    luck = rng.standard_normal(int(seen[False].shape[1]))
    classes = {drug: _classes(days, luck) for drug, days in seen.items()}
    share = SHARES[:, None, None, None]
    forecast = (1 - share) * classes[False] + share * classes[True]
    likelihood = np.einsum("abcd,d->abc", np.log(forecast), np.array(counts, float))
    prior = -0.5 * (SPREADS / SPREAD_PRIOR) ** 2
    weight = np.exp(likelihood + prior - (likelihood + prior).max())
    return Rejection(weight / weight.sum(), forecast, tuple(counts))


def _classes(days: Floats, luck: Floats) -> Floats:
    """Give probabilities of the classes, shape (n_typical, n_spreads, 3)."""
    found = np.empty((TYPICAL.size, SPREADS.size, len(UCART19)))
    grid = np.log(RATES)
    column = np.arange(luck.size)
    for i, typical in enumerate(TYPICAL):
        for j, spread in enumerate(SPREADS):
            at = np.clip(np.log(typical) + spread * luck, grid[0], grid[-1])
            place = np.clip(np.searchsorted(grid, at) - 1, 0, grid.size - 2)
            part = (at - grid[place]) / (grid[place + 1] - grid[place])
            day = (1 - part) * days[place, column] + part * days[place + 1, column]
            early, late = np.mean(day <= DAYS[0]), np.mean(day > DAYS[1])
            found[i, j] = early, 1 - early - late, late
    # Half a patient in each class, so that no class is impossible for want of virtual patients.
    return np.asarray((found * luck.size + 0.5) / (luck.size + 1.5))


def _summary(values: Floats) -> dict[str, float]:
    names = {"q2.5": 0.025, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q97.5": 0.975}
    found = {"mean": values.mean(), "sd": values.std()}
    found |= {name: np.quantile(values, share) for name, share in names.items()}
    return {name: float(f"{value:.4g}") for name, value in found.items()}


def _median(values: Floats, weight: Floats) -> float:
    share = np.cumsum(weight) / weight.sum()
    return float(f"{values[int(np.searchsorted(share, 0.5))]:.3g}")
