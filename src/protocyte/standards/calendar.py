"""Durations as clinical protocols count them.

Standard: ISO 8601-1:2019 for dates. A week is seven days. A month and a year are calendar steps,
cut to the end of a shorter month: three months before 31 May 2026 is 28 February 2026. They are
never turned into days, except to put plans in order (`Duration.nominal_days`).
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

Step = Literal["hour", "day", "week", "month", "year"]

_NOMINAL: Final[dict[Step, float]] = {
    "hour": 1 / 24,
    "day": 1.0,
    "week": 7.0,
    "month": 365.25 / 12,
    "year": 365.25,
}
_WRITTEN = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(hour|day|week|month|year)s?\s*$")
HOURS_A_DAY: Final = 24
MONTHS_A_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time as a protocol writes it.

    Parameters
    ----------
    count : float
        How many steps [1], not negative; whole for months and years.
    step : {"hour", "day", "week", "month", "year"}
        The step.

    Examples
    --------
    >>> from datetime import date
    >>> Duration(3, "month").before(date(2026, 5, 31))
    datetime.date(2026, 2, 28)
    """

    count: float
    step: Step

    @property
    def nominal_days(self) -> float:
        """Length for putting plans in order [d]; dates are never computed from it."""
        return self.count * _NOMINAL[self.step]

    def after(self, on: date) -> date:
        """Return the date this long after another."""
        return self._moved(on, 1)

    def before(self, on: date) -> date:
        """Return the date this long before another."""
        return self._moved(on, -1)

    def _moved(self, on: date, sign: int) -> date:
        match self.step:
            case "month" | "year":
                months = int(self.count) * (MONTHS_A_YEAR if self.step == "year" else 1)
                return _months_later(on, sign * months)
            case _:
                return on + timedelta(days=sign * int(self.nominal_days))

    def __str__(self) -> str:
        return f"{self.count:g} {self.step}{'' if self.count == 1 else 's'}"


def convert_duration(text: str) -> Duration:
    """Read a duration such as "28 days" or "3 months".

    Parameters
    ----------
    text : str
        A number and one of hours, days, weeks, months, years.

    Returns
    -------
    Duration
        The duration.

    Raises
    ------
    ValueError
        If the text is not a number followed by one of these words, or months and years are not
        whole.

    Examples
    --------
    >>> str(convert_duration("28 days"))
    '28 days'
    """
    found = _WRITTEN.match(text)
    if not found:
        raise ValueError(
            f'"{text}" is not a duration; write a number and hours, days, weeks, months or years, '
            'for instance "28 days"'
        )
    count, step = float(found[1]), found[2]
    if step in ("month", "year") and not count.is_integer():
        raise ValueError(f'"{text}": months and years are calendar steps; write a whole number')
    return Duration(count, step)  # type: ignore[arg-type]  # the pattern admits no other word


def _months_later(on: date, months: int) -> date:
    whole = on.year * MONTHS_A_YEAR + on.month - 1 + months
    year, month = divmod(whole, MONTHS_A_YEAR)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(on.day, last))
