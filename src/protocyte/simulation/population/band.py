"""Quantiles of many courses without keeping the courses.

Counts in narrow bins of the logarithm, one row a day, so that memory does not grow with patients.
One law: a quantile is off by at most half a bin, a quarter of a per cent.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from protocyte.kinetics.parameter import Floats

_BIN: Final = 0.005
_LOWEST: Final = -14.0
_HIGHEST: Final = 32.0
_BINS: Final = round((_HIGHEST - _LOWEST) / _BIN)


class Band:
    """Counts of positive values by day.

    Parameters
    ----------
    days : int
        Number of days.

    Examples
    --------
    >>> band = Band(1)
    >>> band.add(np.array([[1.0], [2.0], [4.0]]))
    >>> float(band.quantiles([0.5])[0, 0].round(2))
    2.0
    """

    def __init__(self, days: int) -> None:
        self._counts = np.zeros((days, _BINS + 2), np.int64)

    def add(self, values: Floats) -> None:
        """Count the values of some patients.

        Parameters
        ----------
        values : ndarray of float, shape (n_patients, n_days)
            Values, zero or more; what is not finite is left out.
        """
        with np.errstate(divide="ignore"):
            place = np.floor((np.log(values) - _LOWEST) / _BIN)
        for day, column in enumerate(place.T):
            kept = column[~np.isnan(column)]
            index = np.clip(kept, -1, _BINS).astype(np.int64) + 1
            self._counts[day] += np.bincount(index, minlength=_BINS + 2)

    def quantiles(self, shares: Sequence[float]) -> Floats:
        """Give quantiles of every day.

        Parameters
        ----------
        shares : sequence of float, shape (n_quantiles,)
            Shares below each quantile [1].

        Returns
        -------
        ndarray of float, shape (n_quantiles, n_days)
            Quantiles; 0 where they are below the lowest bin, NaN where nothing was counted.
        """
        below = np.cumsum(self._counts, axis=1)
        total = below[:, -1]
        found = np.full((len(shares), total.size), np.nan)
        for row, share in enumerate(shares):
            for day in np.flatnonzero(total):
                wanted = share * total[day]
                at = int(np.searchsorted(below[day], max(wanted, 1e-9)))
                before = below[day, at - 1] if at else 0
                part = (wanted - before) / max(self._counts[day, at], 1)
                inner = np.exp(_LOWEST + (at - 1 + part) * _BIN)
                found[row, day] = 0.0 if at == 0 else inner
        return found
