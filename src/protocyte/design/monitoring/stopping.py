"""Stopping boundaries: how many events among so many participants stop a trial."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final, Literal, final

import numpy as np

from protocyte.design.exact.binomial import find_binomial
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.single_arm.boundary import NEAR, Boundary, find_looks
from protocyte.design.single_arm.mixture import BetaMixture
from protocyte.design.single_arm.passage import find_passage
from protocyte.errors import DesignError

NORMAL: Final = NormalDist()
HALVINGS: Final = 100


@final
@dataclass(frozen=True, slots=True)
class StoppingBoundary:
    """Counts of an unwanted event that stop a trial, look by look.

    Parameters
    ----------
    looks : tuple of int
        Participants at each look, increasing.
    stop_from : tuple of int
        At least so many with the event stop the trial; more than the participants for never.

    Raises
    ------
    DesignError
        If looks do not increase, or a count falls from one look to the next.

    Examples
    --------
    >>> StoppingBoundary((3, 6, 10), (2, 3, 4)).rows()
    ((3, 2), (6, 3), (10, 4))
    """

    looks: tuple[int, ...]
    stop_from: tuple[int, ...]

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        find_looks(self.looks)
        if len(self.looks) != len(self.stop_from):
            raise DesignError(
                f"{len(self.looks)} looks have {len(self.stop_from)} counts; give one count a look."
            )
        before = 0
        for n, count in zip(self.looks, self.stop_from, strict=True):
            if not 0 <= count <= n + 1:
                raise DesignError(
                    f"{count} events among {n} participants cannot stop a trial; give a count up "
                    f"to {n}, or {n + 1} for never."
                )
            if count < before:
                raise DesignError(
                    f"{count} events stop the trial among {n} participants and {before} among "
                    f"fewer; let the count not fall."
                )
            before = count if count <= n else before

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int]]) -> "StoppingBoundary":
        """Return the boundary of a table, as protocols write it in words.

        Parameters
        ----------
        rows : iterable of tuple of int
            Participants, and the events among them that stop the trial.

        Returns
        -------
        StoppingBoundary
            The boundary, looked at exactly there.

        Raises
        ------
        DesignError
            If the table contradicts itself.
        """
        table = tuple(rows)
        return cls(tuple(n for n, _ in table), tuple(count for _, count in table))

    def rows(self) -> tuple[tuple[int, int], ...]:
        """Return participants and counts of the looks that can stop the trial."""
        return tuple(
            (n, count) for n, count in zip(self.looks, self.stop_from, strict=True) if count <= n
        )

    def limits(self, planned: int) -> Boundary:
        """Return the limits on the count in a trial of a planned size.

        Parameters
        ----------
        planned : int
            Participants; where it is beyond the last look, the trial then ends.

        Returns
        -------
        Boundary
            Lower limits end nothing before the planned size.

        Raises
        ------
        DesignError
            If nobody is looked at.
        """
        kept = [row for row in zip(self.looks, self.stop_from, strict=True) if row[0] <= planned]
        if not kept or kept[-1][0] < planned:
            kept.append((planned, planned + 1))
        looks, high = zip(*kept, strict=True)
        return Boundary(looks, (*(-1 for _ in looks[:-1]), high[-1] - 1), high)


def find_schedule(planned: int, *, first: int = 1, every: int = 1) -> tuple[int, ...]:
    """Find looks at equal distances, the planned size among them.

    Parameters
    ----------
    planned : int
        Participants at the last look.
    first : int
        Participants at the first look.
    every : int
        Participants between looks; 1 looks after each.

    Returns
    -------
    tuple of int
        The looks.

    Raises
    ------
    DesignError
        If there is no look.

    Examples
    --------
    >>> find_schedule(10, first=3, every=3)
    (3, 6, 9, 10)
    """
    if not (1 <= first <= planned and every >= 1):
        raise DesignError(
            f"Looks from {first} participants on, every {every}, up to {planned} are none; begin "
            f"at 1 or more and not beyond the planned number."
        )
    looks = tuple(range(first, planned + 1, every))
    return looks if looks[-1] == planned else (*looks, planned)


def find_beta_binomial_boundary(
    looks: tuple[int, ...],
    *,
    limit: float,
    certainty: float,
    prior: tuple[float, float] = (1.0, 1.0),
    strict: bool = True,
) -> StoppingBoundary:
    """Find counts that make it certain enough that an event is too frequent.

    Parameters
    ----------
    looks : tuple of int
        Participants at each look.
    limit : float
        Highest acceptable event probability [1].
    certainty : float
        Posterior probability of exceeding it that stops the trial [1].
    prior : tuple of float
        Parameters of the beta prior [1].
    strict : bool
        Whether the posterior probability must exceed the certainty; otherwise equality suffices.

    Returns
    -------
    StoppingBoundary
        The smallest such count at each look; 0 where the prior alone is certain enough.

    Raises
    ------
    DesignError
        If a probability or the prior is none.

    Examples
    --------
    >>> find_beta_binomial_boundary((3, 6, 9), limit=0.3, certainty=0.9).stop_from
    (2, 4, 5)
    """
    for name, value in (("limit", limit), ("certainty", certainty)):
        if not 0 < value < 1:
            raise DesignError(f"The {name} is {value}; give a probability between 0 and 1.")
    belief = BetaMixture.beta(*prior)
    counts = []
    for n in find_looks(looks):
        above = belief.above(limit, np.arange(n + 1), n)
        stops = above > certainty + NEAR if strict else above >= certainty - NEAR
        counts.append(n + 1 - int(np.count_nonzero(stops)))
    return StoppingBoundary(looks, tuple(counts))


def find_repeated_boundary(
    looks: tuple[int, ...],
    *,
    acceptable: float,
    crossing: float,
    delta: float = 0.0,
    side: Literal["high", "low"] = "high",
) -> StoppingBoundary:
    """Find the boundary of repeated significance tests, shaped like Pocock or O'Brien-Fleming.

    The level of the tests is tuned until the chance of ever crossing, if the event probability is
    just acceptable, lies on either side of what is allowed.

    Parameters
    ----------
    looks : tuple of int
        Participants at each look.
    acceptable : float
        Event probability that is just acceptable [1].
    crossing : float
        Allowed chance of ever crossing at that probability [1].
    delta : float
        Shape [1]: 0 for Pocock's, 0.5 for O'Brien and Fleming's.
    side : {"high", "low"}
        The boundary that crosses no more often than allowed, or the next one, which crosses more
        often.

    Returns
    -------
    StoppingBoundary
        The counts.

    Raises
    ------
    DesignError
        If a probability or the shape is none.

    References
    ----------
    .. [1] Ivanova A, Qaqish BF, Schell MJ. Continuous toxicity monitoring in phase II trials in
       oncology. *Biometrics* 2005;61:540-545. doi:10.1111/j.1541-0420.2005.00311.x

    Examples
    --------
    >>> find_repeated_boundary((20, 30, 40), acceptable=0.2, crossing=0.05).stop_from
    (8, 11, 14)
    """
    for name, value in (("acceptable", acceptable), ("crossing", crossing)):
        if not 0 < value < 1:
            raise DesignError(f"{name} is {value}; give a probability between 0 and 1.")
    if not 0 <= delta <= 0.5:
        raise DesignError(f"The shape delta is {delta}; give 0 (Pocock) to 0.5 (O'Brien-Fleming).")
    find_looks(looks)
    below = [np.cumsum(find_binomial(n, acceptable)) for n in looks]

    def at(level: float) -> tuple[int, ...]:
        quantile = NORMAL.inv_cdf(level)
        needed = [NORMAL.cdf(-quantile / (n / looks[-1]) ** delta) for n in looks]
        limits = [
            int(np.count_nonzero(sums < need)) for sums, need in zip(below, needed, strict=True)
        ]
        return tuple(min(limit, n) + 1 for limit, n in zip(limits, looks, strict=True))

    low, high = 1e-12, 1 - 1e-12
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        boundary = StoppingBoundary(looks, at(middle))
        crossed = find_passage(boundary.limits(looks[-1]), [acceptable]).passed[0]
        low, high = (middle, high) if crossed <= crossing else (low, middle)
    return StoppingBoundary(looks, at(low if side == "high" else high))
