"""One proportion: responders of those treated, with an exact or a score interval.

One law: a percentage never travels without its x and its n. Nine participants are few, and the
interval has to show it.
"""

import math
from typing import Final, Literal

from scipy.special import betaincinv, ndtri

from protocyte.analysis.estimate import Alternative, Comparison, Estimate
from protocyte.errors import OutcomeError

ProportionMethod = Literal["Clopper-Pearson", "Wilson", "Wilson with correction", "Jeffreys"]

REFERENCES: Final[dict[ProportionMethod, str]] = {
    "Clopper-Pearson": (
        "Clopper CJ, Pearson ES. The use of confidence or fiducial limits illustrated in the case "
        "of the binomial. Biometrika 1934;26:404-413. doi:10.1093/biomet/26.4.404"
    ),
    "Wilson": (
        "Wilson EB. Probable inference, the law of succession, and statistical inference. "
        "J Am Stat Assoc 1927;22:209-212. doi:10.1080/01621459.1927.10502953"
    ),
    "Wilson with correction": (
        "Newcombe RG. Two-sided confidence intervals for the single proportion: comparison of "
        "seven methods. Stat Med 1998;17:857-872."
    ),
    "Jeffreys": (
        "Brown LD, Cai TT, DasGupta A. Interval estimation for a binomial proportion. "
        "Stat Sci 2001;16:101-133. doi:10.1214/ss/1009213286"
    ),
}


def _checked_counts(x: int, n: int) -> None:
    if n < 0 or not 0 <= x <= n:
        raise OutcomeError(
            f"{x} of {n} participants is not a proportion; count those with the event among all "
            "who could have had it"
        )


def _clopper_pearson(x: int, n: int, level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    lower = 0.0 if x == 0 else float(betaincinv(x, n - x + 1, tail))
    upper = 1.0 if x == n else float(betaincinv(x + 1, n - x, 1 - tail))
    return lower, upper


def _jeffreys(x: int, n: int, level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    lower = 0.0 if x == 0 else float(betaincinv(x + 0.5, n - x + 0.5, tail))
    upper = 1.0 if x == n else float(betaincinv(x + 0.5, n - x + 0.5, 1 - tail))
    return lower, upper


def _wilson(x: int, n: int, level: float, *, correction: float = 0.0) -> tuple[float, float]:
    z = float(ndtri(0.5 + level / 2))

    def limit(shifted: float, sign: int) -> float:
        spread = z * math.sqrt(max(shifted * (1 - shifted) / n, 0.0) + z**2 / (4 * n**2))
        return (shifted + z**2 / (2 * n) + sign * spread) / (1 + z**2 / n)

    lower = limit((x - correction) / n, -1) if x > 0 else 0.0
    upper = limit((x + correction) / n, +1) if x < n else 1.0
    return max(lower, 0.0), min(upper, 1.0)


def _limits(x: int, n: int, level: float, method: ProportionMethod) -> tuple[float, float]:
    match method:
        case "Clopper-Pearson":
            return _clopper_pearson(x, n, level)
        case "Jeffreys":
            return _jeffreys(x, n, level)
        case "Wilson":
            return _wilson(x, n, level)
        case _:
            # R shrinks the correction to the distance from one half of n, its unstated hypothesis.
            return _wilson(x, n, level, correction=min(0.5, abs(x - n / 2)))


def estimate_proportion(
    x: int, n: int, *, level: float = 0.95, method: ProportionMethod = "Clopper-Pearson"
) -> Estimate:
    """Estimate the proportion of participants with a response or an event.

    Parameters
    ----------
    x : int
        Participants with the response, not more than ``n``.
    n : int
        All participants who could have had it.
    level : float
        Two-sided confidence level [1], between 0 and 1.
    method : {"Clopper-Pearson", "Wilson", "Wilson with correction", "Jeffreys"}
        The interval. Clopper-Pearson never covers less than ``level``. The correction is the one
        of R's ``prop.test``, which vanishes at exactly half.

    Returns
    -------
    Estimate
        The proportion [1] with its limits; no value if ``n`` is 0.

    Raises
    ------
    OutcomeError
        If ``x`` is negative or above ``n``.
    ValueError
        If ``level`` is not between 0 and 1, or the method is not known.

    References
    ----------
    .. [1] Clopper CJ, Pearson ES. *Biometrika* 1934;26:404-413. doi:10.1093/biomet/26.4.404
    .. [2] Wilson EB. *J Am Stat Assoc* 1927;22:209-212. doi:10.1080/01621459.1927.10502953
    .. [3] Brown LD, Cai TT, DasGupta A. *Stat Sci* 2001;16:101-133. doi:10.1214/ss/1009213286

    Examples
    --------
    >>> rate = estimate_proportion(5, 9)
    >>> round(rate.lower, 3), round(rate.upper, 3)
    (0.212, 0.863)
    """
    _checked_counts(x, n)
    if method not in REFERENCES:
        raise ValueError(f'"{method}" is not an interval that is known; use one of {[*REFERENCES]}')
    if n == 0:
        lower = upper = None
    else:
        lower, upper = _limits(x, n, level, method)
    return Estimate(
        x / n if n else None,
        lower,
        upper,
        level=level,
        n=n,
        events=x,
        method=method,
        references=(REFERENCES[method],),
        note="" if n else "no participants to count",
    )


def compare_proportion_with(
    x: int, n: int, *, against: float, alternative: Alternative = "two-sided"
) -> Comparison:
    """Test a proportion against one value by the exact binomial distribution.

    Parameters
    ----------
    x : int
        Participants with the response, not more than ``n``.
    n : int
        All participants who could have had it.
    against : float
        The proportion that the hypothesis names [1], between 0 and 1.
    alternative : {"two-sided", "greater", "less"}
        Direction of the alternative. Two-sided adds up every outcome that is not more likely than
        the one observed.

    Returns
    -------
    Comparison
        The p-value; none if ``n`` is 0.

    Raises
    ------
    OutcomeError
        If ``x`` is negative or above ``n``.
    ValueError
        If ``against`` is not between 0 and 1.

    References
    ----------
    .. [1] Conover WJ. *Practical Nonparametric Statistics*. 3rd ed. Wiley; 1999, section 3.1.

    Examples
    --------
    >>> compare_proportion_with(5, 9, against=0.2, alternative="greater").p_value
    0.01958144...
    """
    _checked_counts(x, n)
    if not 0 <= against <= 1:
        raise ValueError(f"{against:g} is not a proportion; write a number from 0 to 1")
    from scipy.stats import binomtest  # a second to import, and few estimates need it

    p_value = binomtest(x, n, against, alternative=alternative).pvalue if n else None
    return Comparison(
        p_value,
        alternative=alternative,
        against=against,
        n=n,
        events=x,
        method="exact binomial",
        references=("Conover WJ. Practical Nonparametric Statistics. 3rd ed. Wiley; 1999.",),
        note="" if n else "no participants to count",
    )
