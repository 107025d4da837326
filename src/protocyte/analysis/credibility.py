"""A published result beside what a model expects to see.

One law: a count is in an interval with its ends, because a count can be no other number.
"""

from dataclasses import dataclass

import numpy as np

from protocyte.kinetics.parameter import Floats

LEVELS: tuple[float, ...] = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True)
class Prediction:
    """Distribution of what a model expects to see in a trial of the published size.

    Parameters
    ----------
    quantiles : tuple of float, shape (5,)
        5, 25, 50, 75 and 95 % quantiles [unit of the result].
    rank : float
        Share of the predictions below the published value, half of the equal ones counted [1].
    in_half, in_most : bool
        Whether the published value lies in the middle 50 % and 90 %.

    Examples
    --------
    >>> Prediction.of(np.arange(101.0), 97.0, whole=False).in_most
    False
    """

    quantiles: tuple[float, ...]
    rank: float
    in_half: bool
    in_most: bool

    @classmethod
    def of(cls, seen: Floats, value: float, *, whole: bool) -> "Prediction":
        """Make the prediction from simulated results, and hold the published value against it.

        Parameters
        ----------
        seen : ndarray of float, shape (n_draws,)
            Simulated results [unit of the result].
        value : float
            Published value [the same].
        whole : bool
            Whether results are counts: quantiles are then counts themselves.

        Returns
        -------
        Prediction
            The prediction.
        """
        known = seen[np.isfinite(seen)]
        how = "inverted_cdf" if whole else "linear"
        low, lower, middle, upper, high = np.quantile(known, LEVELS, method=how)  # type: ignore[call-overload]
        rank = float(np.mean(known < value) + 0.5 * np.mean(known == value))
        return cls(
            (float(low), float(lower), float(middle), float(upper), float(high)),
            rank,
            bool(lower <= value <= upper),
            bool(low <= value <= high),
        )
