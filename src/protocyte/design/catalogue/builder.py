"""What turns settings into a design, and what every builder reads from the dosing chapter."""

from collections.abc import Callable
from typing import Any, TypeAlias

from protocyte.design.design import Design
from protocyte.protocol.dosing import Dosing

Builder: TypeAlias = Callable[[Any, Dosing], Design]
"""Takes a method's settings and the dosing chapter around them."""


def find_cohort_count(dosing: Dosing, *, usual: int) -> int:
    """Find the number of cohorts; a rest of the participants makes none.

    Parameters
    ----------
    dosing : Dosing
        The chapter.
    usual : int
        How many if the chapter does not say how many participants there are.

    Returns
    -------
    int
        At least 1.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> find_cohort_count(parse_protocol(EXAMPLE).plan.dosing, usual=10) > 0
    True
    """
    if dosing.participants is None:
        return usual
    return max(dosing.participants // dosing.cohort.size, 1)
