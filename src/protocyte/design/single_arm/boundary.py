"""Limits on a count at each look: the form that every rule on one event compiles to."""

from dataclasses import dataclass
from itertools import pairwise
from typing import final

import numpy as np

from protocyte.design.kinds import find_sound_kinds
from protocyte.design.state import Floats
from protocyte.errors import DesignError

NEAR = 1e-12
"""Certainties that differ by less are equal: rounding must not decide."""
MOST = 10_000
"""The most participants at a look: arrays hold a number for each count."""


@final
@dataclass(frozen=True, slots=True)
class Boundary:
    """Limits on the number of participants with an event, at each look.

    Between the limits the trial goes on; at the last look one of them is met.

    Parameters
    ----------
    looks : tuple of int
        Participants at each look, increasing; the last is the planned number.
    low : tuple of int
        At most so many events end the trial; -1 for never.
    high : tuple of int
        At least so many end it; more than the participants for never.

    Raises
    ------
    DesignError
        If looks do not increase, limits cross, or the last look leaves something open.

    Examples
    --------
    >>> simon = Boundary(looks=(10, 29), low=(1, 5), high=(11, 6))
    >>> simon.planned, simon.mirrored().high
    (29, (9, 24))
    """

    looks: tuple[int, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        find_looks(self.looks)
        if not len(self.looks) == len(self.low) == len(self.high):
            raise DesignError(
                f"{len(self.looks)} looks have {len(self.low)} lower and {len(self.high)} upper "
                f"limits; give one of each a look."
            )
        for n, low, high in zip(self.looks, self.low, self.high, strict=True):
            if not -1 <= low < high <= n + 1:
                raise DesignError(
                    f"At {n} participants the trial would end at most {low} and at least {high} "
                    f"events; give limits from -1 to {n + 1}, the first the smaller."
                )
        if self.high[-1] != self.low[-1] + 1:
            raise DesignError(
                f"At the last look, {self.planned} participants, between {self.low[-1]} and "
                f"{self.high[-1]} events nothing is decided; let the limits meet."
            )

    @property
    def planned(self) -> int:
        """Participants at the last look."""
        return self.looks[-1]

    def mirrored(self) -> "Boundary":
        """Return the same limits on the participants without the event.

        Returns
        -------
        Boundary
            What was low is high.
        """
        return Boundary(
            self.looks,
            tuple(n - high for n, high in zip(self.looks, self.high, strict=True)),
            tuple(n - low for n, low in zip(self.looks, self.low, strict=True)),
        )


def find_looks(looks: tuple[int, ...]) -> tuple[int, ...]:
    """Find looks, refusing such as no trial can have.

    Parameters
    ----------
    looks : tuple of int
        Participants at each look.

    Returns
    -------
    tuple of int
        The same.

    Raises
    ------
    DesignError
        If there is none, they do not increase, or the last is beyond what arrays can hold.

    Examples
    --------
    >>> find_looks((10, 20))
    (10, 20)
    """
    if not looks or looks[0] < 1 or any(b <= a for a, b in pairwise(looks)):
        raise DesignError(
            f"The looks {looks} are not increasing numbers of participants; give for example "
            f"(10, 20, 30)."
        )
    if looks[-1] > MOST:
        raise DesignError(
            f"The last look is at {looks[-1]} participants and this holds at most {MOST}; plan "
            f"fewer."
        )
    return looks


def find_below(certainty: Floats, limit: float) -> int:
    """Find the largest count whose certainty is below a limit.

    Parameters
    ----------
    certainty : ndarray of float, shape (n + 1,)
        Certainty after 0, 1, …, n events [1], not decreasing.
    limit : float
        The limit [1]; equality, within rounding, is not below.

    Returns
    -------
    int
        The count; -1 if there is none.

    Examples
    --------
    >>> find_below(np.array([0.1, 0.4, 0.8]), 0.5)
    1
    """
    return int(np.count_nonzero(certainty < limit - NEAR)) - 1


def find_above(certainty: Floats, limit: float) -> int:
    """Find the smallest count whose certainty is above a limit.

    Parameters
    ----------
    certainty : ndarray of float, shape (n + 1,)
        Certainty after 0, 1, …, n events [1], not decreasing.
    limit : float
        The limit [1]; equality, within rounding, is not above.

    Returns
    -------
    int
        The count; n + 1 if there is none.

    Examples
    --------
    >>> find_above(np.array([0.1, 0.4, 0.8]), 0.4)
    2
    """
    return len(certainty) - int(np.count_nonzero(certainty > limit + NEAR))
