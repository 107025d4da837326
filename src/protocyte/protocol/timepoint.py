"""Points of the plan, in days after the anchor, and which of two certainly comes later.

Months and years are calendar steps: three months are 89 to 92 days. A point counted in them and a
point counted in days are told apart only where no calendar can bring them together.
"""

from dataclasses import dataclass
from typing import Final

from protocyte.standards.calendar import Duration

#: More than a number of months or years can differ from its nominal length [d].
CALENDAR_SLACK: Final = 3.0


@dataclass(frozen=True, slots=True)
class Timepoint:
    """A planned time.

    Parameters
    ----------
    days : float
        Days after the schedule's anchor [d]; months and years have their nominal length.
    calendar : bool
        Whether months or years are in it.

    Examples
    --------
    >>> three_months, day_90 = Timepoint.of(Duration(3, "month")), Timepoint(90.0)
    >>> three_months.is_after(day_90), three_months.is_after(Timepoint(84.0))
    (False, True)
    """

    days: float
    calendar: bool = False

    @classmethod
    def of(cls, length: Duration) -> "Timepoint":
        """Return the time that lies a length after the anchor."""
        return cls(0.0).plus(length)

    def plus(self, length: Duration) -> "Timepoint":
        """Return the time that lies a length after this one."""
        in_calendar_steps = length.step in ("month", "year")
        return Timepoint(self.days + length.nominal_days, self.calendar or in_calendar_steps)

    def shifted(self, days: float) -> "Timepoint":
        """Return the time so many days later.

        Parameters
        ----------
        days : float
            Days to add [d]; negative for earlier.

        Returns
        -------
        Timepoint
            The time.
        """
        return Timepoint(self.days + days, self.calendar)

    def is_after(self, other: "Timepoint") -> bool:
        """Return whether this time comes later than another, whatever the calendar."""
        slack = 0.0 if self.calendar == other.calendar else CALENDAR_SLACK
        return self.days - other.days > slack
