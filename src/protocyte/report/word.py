"""Numbers as reports print them: as many digits as they bear, units, intervals."""

import math
from datetime import date

from protocyte.analysis.estimate import Estimate

MINUS = "\u2212"
NARROW = "\u00a0"
NOT_ESTIMABLE = "not estimable"
#: Methods whose estimate is a number of participants over all of them.
COUNTED = ("Clopper-Pearson", "Wilson", "Wilson with correction", "Jeffreys")


def render_number(value: float | None, *, digits: int = 3) -> str:
    """Write a number with so many significant digits.

    Parameters
    ----------
    value : float or None
        The number, in any unit.
    digits : int
        Significant digits.

    Returns
    -------
    str
        The text; a dash for None and for what is no number.

    Examples
    --------
    >>> render_number(23456.0), render_number(-0.0123456), render_number(None)
    ('23,500', '−0.0123', '–')
    """
    if value is None or math.isnan(value):
        return "–"
    if value == 0:
        return "0"
    if value < 0:
        return MINUS + render_number(-value, digits=digits)
    rounded = float(f"{value:.{digits}g}")
    if abs(rounded) >= 1e7 or abs(rounded) < 1e-4:
        return f"{rounded:.{digits - 1}e}"
    text = f"{rounded:,.10f}".rstrip("0").rstrip(".")
    whole = len(str(int(abs(rounded))))
    decimals = max(0, digits - whole) if abs(rounded) >= 1 else None
    return f"{rounded:,.{decimals}f}" if decimals is not None else text


def render_percent(share: float | None, *, digits: int = 1) -> str:
    """Write a share as a percentage.

    Parameters
    ----------
    share : float or None
        The share [1].
    digits : int
        Digits after the point.

    Returns
    -------
    str
        The text; a dash for None. A share that is not 0 or 1 is never written as if it were.

    Examples
    --------
    >>> render_percent(0.256), render_percent(0.00001), render_percent(0.99999)
    ('25.6 %', '<0.1 %', '>99.9 %')
    """
    if share is None:
        return "–"
    least = 10.0**-digits
    if 0 < share < least / 100:
        return f"<{least:.{digits}f} %"
    text = f"{100 * share:.{digits}f} %"
    if share < 1 and text == f"{100:.{digits}f} %":
        return f">{100 - least:.{digits}f} %"
    return text


def render_count(x: int, n: int) -> str:
    """Write a number of participants with its percentage.

    Parameters
    ----------
    x, n : int
        Participants with the event, and all of them.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> render_count(3, 12), render_count(0, 0)
    ('3/12 (25.0 %)', '0/0')
    """
    return f"{x}/{n} ({render_percent(x / n)})" if n else f"{x}/{n}"


def render_heading(name: str, n: int) -> str:
    """Head a column with a group and its number, which never part at a line's end.

    Parameters
    ----------
    name : str
        The group.
    n : int
        Participants in it.

    Returns
    -------
    str
        The heading.

    Examples
    --------
    >>> render_heading("All", 12).replace(NARROW, " ")
    'All (n = 12)'
    """
    return f"{name} (n{NARROW}={NARROW}{n})"


def render_estimate(estimate: Estimate) -> str:
    """Write an estimate with its limits.

    Parameters
    ----------
    estimate : Estimate
        The estimate.

    Returns
    -------
    str
        The value with its limits in brackets; counts for a proportion.

    Examples
    --------
    >>> from protocyte.analysis.proportion import estimate_proportion
    >>> render_estimate(estimate_proportion(3, 12))
    '3/12 (25.0 %; 5.5–57.2)'
    """
    if estimate.value is None and estimate.lower is None:
        return NOT_ESTIMABLE
    if estimate.unit == "1" and estimate.events is not None and estimate.value is not None:
        share, limits = render_percent(estimate.value), _limits_in_percent(estimate)
        if estimate.method in COUNTED:
            return f"{estimate.events}/{estimate.n} ({share}; {limits})"
        return f"{share} ({limits})"
    value = render_number(estimate.value) if estimate.value is not None else "not reached"
    ends = (estimate.lower, estimate.upper)
    if ends == (None, None):
        return f"{value} {_shown(estimate.unit)}".strip()
    shown = ["not reached" if end is None else render_number(end) for end in ends]
    # A dash between two numbers of which one has a minus would be misread.
    limits = (" to " if MINUS in "".join(shown) else "–").join(shown)
    return f"{value} ({limits}) {_shown(estimate.unit)}".strip()


def render_date(on: date | None) -> str:
    """Write a date so that no reader takes the month for the day.

    Parameters
    ----------
    on : date or None
        The date.

    Returns
    -------
    str
        The text; a dash for None.

    Examples
    --------
    >>> render_date(date(2026, 3, 9))
    '9 Mar 2026'
    """
    return f"{on.day} {on:%b %Y}" if on else "–"


def _limits_in_percent(estimate: Estimate) -> str:
    ends = (estimate.lower, estimate.upper)
    return "–".join("not estimable" if end is None else f"{100 * end:.1f}" for end in ends)


def _shown(unit: str) -> str:
    return "" if unit in ("1", "") else unit
