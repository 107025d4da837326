"""Summary of one continuous variable, as tables of baseline and of kinetics print it.

One law: what is missing is counted and printed, never imputed.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import numpy as np

QuantileType = Literal[2, 6, 7]

#: Number of the definition in Hyndman and Fan (1996) → its name in numpy.
_DEFINITION: Final[dict[QuantileType, Literal["averaged_inverted_cdf", "weibull", "linear"]]] = {
    2: "averaged_inverted_cdf",
    6: "weibull",
    7: "linear",
}


@dataclass(frozen=True, slots=True)
class Summary:
    """Location and spread of one variable.

    Parameters
    ----------
    n : int
        Values that were there.
    missing : int
        Values that were not.
    mean : float or None
        Arithmetic mean [unit of the values].
    sd : float or None
        Standard deviation with n − 1 [unit of the values]; None below two values.
    minimum, q1, median, q3, maximum : float or None
        Extremes and quartiles [unit of the values].
    geometric_mean : float or None
        Geometric mean [unit of the values]; None unless every value is above 0.
    geometric_cv : float or None
        Geometric coefficient of variation [1]; None unless every value is above 0, and below two
        values.
    quantile_type : int
        Definition of the quartiles, numbered as in R.
    note : str
        Why something is missing.

    Examples
    --------
    >>> estimate_summary([1.0, 2.0, None]).missing
    1
    """

    n: int
    missing: int
    mean: float | None = None
    sd: float | None = None
    minimum: float | None = None
    q1: float | None = None
    median: float | None = None
    q3: float | None = None
    maximum: float | None = None
    geometric_mean: float | None = None
    geometric_cv: float | None = None
    quantile_type: QuantileType = 7
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Give the fields by name, ready to be a row of a table or an object of JSON.

        Returns
        -------
        dict
            Field name → value.
        """
        return asdict(self)


def estimate_summary(values: Iterable[float | None], *, quantile_type: QuantileType = 7) -> Summary:
    """Summarise one continuous variable.

    Parameters
    ----------
    values : iterable of float or None
        The values [any one unit]; None and NaN are missing.
    quantile_type : {2, 6, 7}
        Definition of the quartiles, numbered as in R: 7 interpolates linearly (R's default),
        2 averages at jumps (the default of SAS), 6 is common in other packages.

    Returns
    -------
    Summary
        Counts, mean, spread, quartiles and, for positive values, the geometric mean.

    Raises
    ------
    ValueError
        If a value is infinite or the definition is not known.

    Notes
    -----
    The geometric coefficient of variation is √(exp(s²) − 1), where s is the standard deviation of
    the natural logarithms.

    References
    ----------
    .. [1] Hyndman RJ, Fan Y. Sample quantiles in statistical packages. *Am Stat* 1996;50:361-365.
       doi:10.1080/00031305.1996.10473566

    Examples
    --------
    >>> summary = estimate_summary([100.0, 200.0, 400.0, None])
    >>> summary.n, summary.median, round(summary.geometric_mean, 6)
    (3, 200.0, 200.0)
    """
    if quantile_type not in _DEFINITION:
        raise ValueError(f"quantile type {quantile_type} is not offered; use 2, 6 or 7")
    everything = np.array([np.nan if v is None else v for v in values], dtype=np.float64)
    if np.isinf(everything).any():
        raise ValueError(
            "an infinite value cannot be summarised; write a value outside the range as missing"
        )
    there = everything[~np.isnan(everything)]
    n, missing = there.size, everything.size - there.size
    if n == 0:
        return Summary(0, missing, quantile_type=quantile_type, note="no values")
    q1, median, q3 = np.quantile(there, [0.25, 0.5, 0.75], method=_DEFINITION[quantile_type])
    geometric_mean, geometric_cv = _geometric(there)
    return Summary(
        n,
        missing,
        mean=float(there.mean()),
        sd=float(there.std(ddof=1)) if n > 1 else None,
        minimum=float(there.min()),
        q1=float(q1),
        median=float(median),
        q3=float(q3),
        maximum=float(there.max()),
        geometric_mean=geometric_mean,
        geometric_cv=geometric_cv,
        quantile_type=quantile_type,
        note="" if geometric_mean is not None else "no geometric mean: a value is 0 or below",
    )


def _geometric(
    values: "np.ndarray[tuple[int], np.dtype[np.float64]]",
) -> tuple[float | None, float | None]:
    """Give the geometric mean and its coefficient of variation, if all values are positive."""
    if (values <= 0).any():
        return None, None
    logs = np.log(values)
    spread = float(np.sqrt(np.expm1(logs.var(ddof=1)))) if values.size > 1 else None
    return float(np.exp(logs.mean())), spread
