"""What designs share that treat a number of cohorts of one size."""

from protocyte.design.design import Design
from protocyte.design.state import Start


class EqualCohorts(Design):
    """A design of at most so many cohorts, all of one size.

    Examples
    --------
    >>> from protocyte.design import CRM
    >>> design = CRM(target=0.3, skeleton=(0.1, 0.3), cohorts=5)
    >>> isinstance(design, EqualCohorts), design.planned
    (True, 15)
    """

    __slots__ = ()

    cohorts: int
    cohort_size: int
    start_dose: int

    @property
    def planned(self) -> int:
        """The most participants that it treats."""
        return self.cohorts * self.cohort_size

    def start(self) -> Start:
        """Return the first cohort."""
        return Start(self.start_dose - 1, self.cohort_size)
