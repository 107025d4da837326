"""Search of Simon's two-stage designs: optimal, minimax, and those admissible between them.

For every total the design with the fewest expected participants at p0 is found, cheapest
candidates first. The search ends by itself: power caps the chance to stop early, so expected
participants have a lower bound that grows with the total.
"""

import heapq
from dataclasses import dataclass
from typing import Final, Literal, final

import numpy as np

from protocyte.design.exact.binomial import find_binomial
from protocyte.design.single_arm.simon import SimonTwoStage
from protocyte.design.state import Floats
from protocyte.errors import DesignError

MOST: Final = 3000
"""Largest trial that is searched for."""


@final
@dataclass(frozen=True, slots=True)
class AdmissibleDesign:
    """A two-stage design that is best for a range of trade-offs.

    Parameters
    ----------
    design : SimonTwoStage
        The design.
    low, high : float
        It minimises weight × total + (1 - weight) × expected participants at p0 for weights
        between these [1].

    Examples
    --------
    >>> find_simon_admissible(0.1, 0.3, alpha=0.05, beta=0.2)[0].high
    1.0
    """

    design: SimonTwoStage
    low: float
    high: float


def find_simon_design(
    p0: float,
    p1: float,
    *,
    alpha: float,
    beta: float,
    kind: Literal["optimal", "minimax"] = "optimal",
) -> SimonTwoStage:
    """Find Simon's optimal or minimax two-stage design.

    Parameters
    ----------
    p0 : float
        Response probability that is not interesting [1].
    p1 : float
        Response probability that is wanted [1], greater than ``p0``.
    alpha : float
        Type I error stays below this [1].
    beta : float
        Type II error stays below this [1].
    kind : {"optimal", "minimax"}
        Fewest expected participants at ``p0``, or fewest participants in all and then fewest
        expected.

    Returns
    -------
    SimonTwoStage
        The design.

    Raises
    ------
    DesignError
        If the probabilities contradict each other, or the trial would be too large.

    References
    ----------
    .. [1] Simon R. Optimal two-stage designs for phase II clinical trials. *Control Clin Trials*
       1989;10:1-10. doi:10.1016/0197-2456(89)90015-9

    Examples
    --------
    >>> design = find_simon_design(0.1, 0.3, alpha=0.05, beta=0.2)
    >>> design.r1, design.n1, design.r, design.n
    (1, 10, 5, 29)
    """
    if kind not in ("optimal", "minimax"):
        raise DesignError(f"kind is {kind!r}; name 'optimal' or 'minimax'.")
    found = find_simon_designs(p0, p1, alpha=alpha, beta=beta)
    return found[0] if kind == "minimax" else min(found, key=lambda design: design.expected(p0))


def find_simon_designs(
    p0: float, p1: float, *, alpha: float, beta: float, most: int | None = None
) -> tuple[SimonTwoStage, ...]:
    """Find the two-stage designs that are worth a look, by total number of participants.

    Parameters
    ----------
    p0 : float
        Response probability that is not interesting [1].
    p1 : float
        Response probability that is wanted [1], greater than ``p0``.
    alpha, beta : float
        Type I and type II error stay below these [1].
    most : int, optional
        The largest total.

    Returns
    -------
    tuple of SimonTwoStage
        With ``most``: for every total that has one, the design with fewest expected participants
        at ``p0``. Without: of these, from the minimax to the optimal design, those with fewer
        expected participants than every smaller trial.

    Raises
    ------
    DesignError
        If the probabilities contradict each other, or no design is so small, or the trial would
        be too large.

    References
    ----------
    .. [1] Simon R. Optimal two-stage designs for phase II clinical trials. *Control Clin Trials*
       1989;10:1-10. doi:10.1016/0197-2456(89)90015-9

    Examples
    --------
    >>> found = find_simon_designs(0.1, 0.3, alpha=0.05, beta=0.2)
    >>> [design.n for design in found]
    [25, 26, 27, 29]
    """
    _check(p0, p1, alpha, beta)
    if most is not None and most > MOST:
        raise DesignError(f"most is {most}; the search goes up to {MOST} participants.")
    search = _Search(p0, p1, alpha, beta)
    found: list[SimonTwoStage] = []
    best = np.inf
    for n in range(2, MOST + 1 if most is None else most + 1):
        search.grow(n)
        if most is None and found and search.least(n) >= best:
            return tuple(found)
        design = search.best(n, np.inf if most is not None or not found else best)
        if design is not None:
            found.append(design)
            best = min(best, design.expected(p0))
    if not found or most is None:
        raise DesignError(
            f"No two-stage design with at most {most or MOST} participants tells p1 = {p1:g} from "
            f"p0 = {p0:g} with errors below {alpha:g} and {beta:g}; allow more participants, or "
            f"larger errors."
        )
    return tuple(found)


def find_simon_admissible(
    p0: float, p1: float, *, alpha: float, beta: float
) -> tuple[AdmissibleDesign, ...]:
    """Find the two-stage designs that no mixture of two others beats.

    Parameters
    ----------
    p0 : float
        Response probability that is not interesting [1].
    p1 : float
        Response probability that is wanted [1], greater than ``p0``.
    alpha, beta : float
        Type I and type II error stay below these [1].

    Returns
    -------
    tuple of AdmissibleDesign
        From the minimax to the optimal design, with the weights of the total for which each is
        best.

    Raises
    ------
    DesignError
        If the probabilities contradict each other, or the trial would be too large.

    References
    ----------
    .. [1] Jung SH, Lee T, Kim KM, George SL. Admissible two-stage designs for phase II cancer
       clinical trials. *Stat Med* 2004;23:561-569.

    Examples
    --------
    >>> found = find_simon_admissible(0.1, 0.3, alpha=0.05, beta=0.2)
    >>> [(item.design.n, round(item.low, 3)) for item in found]
    [(25, 0.732), (26, 0.482), (27, 0.293), (29, 0.0)]
    """
    corners: list[SimonTwoStage] = []
    gains: list[float] = []
    for design in find_simon_designs(p0, p1, alpha=alpha, beta=beta):
        while corners:
            fewer = corners[-1].expected(p0) - design.expected(p0)
            gain = fewer / (design.n - corners[-1].n)
            if not gains or gain < gains[-1]:
                gains.append(gain)
                break
            corners.pop()
            gains.pop()
        corners.append(design)
    limits = [1.0, *(gain / (1 + gain) for gain in gains), 0.0]
    return tuple(
        AdmissibleDesign(design, low, high)
        for design, high, low in zip(corners, limits[:-1], limits[1:], strict=True)
    )


def _check(p0: float, p1: float, alpha: float, beta: float) -> None:
    if not 0 < p0 < p1 < 1:
        raise DesignError(
            f"p0 = {p0} and p1 = {p1} are not two response probabilities, the first the smaller; "
            f"give 0 < p0 < p1 < 1."
        )
    for name, error in (("alpha", alpha), ("beta", beta)):
        if not 0 < error < 0.5:
            raise DesignError(f"{name} is {error}; give an error between 0 and 0.5, such as 0.05.")


@final
class _Search:
    """Best design for each total, with what is known about first stages kept."""

    def __init__(self, p0: float, p1: float, alpha: float, beta: float) -> None:
        self.p0, self.p1, self.alpha, self.beta = p0, p1, alpha, beta
        self._null: list[Floats] = [np.ones(1)]
        self._wanted: list[Floats] = [np.ones(1)]
        # By n1: chance to stop early at p0 for r1 = 0, 1, …, as far as power allows.
        self._stops: list[Floats] = [np.zeros(0)]
        self._most = np.zeros(MOST + 1)

    def grow(self, n: int) -> None:
        """Learn about a first stage of one participant less than a total."""
        for size in range(len(self._null), n + 1):
            self._null.append(find_binomial(size, self.p0))
            self._wanted.append(find_binomial(size, self.p1))
            allowed = int(np.count_nonzero(np.cumsum(self._wanted[size]) < self.beta))
            stops = np.cumsum(self._null[size][:allowed])
            self._stops.append(stops)
            self._most[size] = stops[-1] if allowed else -np.inf

    def floors(self, n: int) -> Floats:
        """Return a lower bound of expected participants at p0 for each n1 from 1 to n - 1."""
        n1 = np.arange(1, n)
        floors: Floats = n1 + (1 - self._most[1:n]) * (n - n1)
        return floors

    def least(self, n: int) -> float:
        """Return a lower bound of expected participants at p0; it grows with the total."""
        return float(self.floors(n).min())

    def best(self, n: int, bound: float) -> SimonTwoStage | None:
        """Return the design of a total with fewest expected participants, fewer than a bound."""
        if not self._possible(n):
            return None
        floors = self.floors(n)
        candidates = [
            (float(floors[n1 - 1]), int(n1), len(self._stops[n1]) - 1)
            for n1 in np.flatnonzero(floors < bound) + 1
        ]
        heapq.heapify(candidates)
        while candidates:
            _, n1, r1 = heapq.heappop(candidates)
            r = self._end(n, n1, r1)
            if r is not None:
                return SimonTwoStage(r1, n1, r, n, self.p0, self.p1)
            if r1 > 0:
                expected = n1 + (1 - self._stops[n1][r1 - 1]) * (n - n1)
                if expected < bound:
                    heapq.heappush(candidates, (float(expected), n1, r1 - 1))
        return None

    def _possible(self, n: int) -> bool:
        """Tell whether any test of a total can have both errors (Neyman and Pearson)."""
        power = find_most_power(self._null[n], self._wanted[n], alpha=self.alpha)
        return power > 1 - self.beta - 1e-9

    def _end(self, n: int, n1: int, r1: int) -> int | None:
        """Return the largest r that keeps the second error; None if the first is then too large."""
        wanted = _tail(self._wanted[n1][r1 + 1 :], self._wanted[n - n1])
        powerful = int(np.count_nonzero(wanted > 1 - self.beta))
        if not powerful:
            return None
        null = _tail(self._null[n1][r1 + 1 :], self._null[n - n1])
        return r1 + powerful - 1 if null[powerful - 1] < self.alpha else None


def find_most_power(null: Floats, wanted: Floats, *, alpha: float) -> float:
    """Find the most power that any test of a total can have, chance allowed.

    Parameters
    ----------
    null, wanted : ndarray of float, shape (n + 1,)
        Probability of 0, 1, …, n responses under either hypothesis [1].
    alpha : float
        Largest type I error [1].

    Returns
    -------
    float
        Power [1]; looks before the end can only lower it.

    References
    ----------
    .. [1] Neyman J, Pearson ES. On the problem of the most efficient tests of statistical
       hypotheses. *Philos Trans R Soc A* 1933;231:289-337. doi:10.1098/rsta.1933.0009

    Examples
    --------
    >>> find_most_power(np.array([0.5, 0.5]), np.array([0.25, 0.75]), alpha=0.25)
    0.375
    """
    tail = np.cumsum(null[::-1])[::-1]
    critical = int(np.count_nonzero(tail > alpha))
    power = float(wanted[critical:].sum())
    if critical:
        left = alpha - (tail[critical] if critical < len(tail) else 0.0)
        power += float(left / null[critical - 1] * wanted[critical - 1])
    return power


def _tail(first: Floats, second: Floats) -> Floats:
    """Return how probable 0, 1, … responses or more are, beyond the least that both stages give."""
    tail: Floats = np.cumsum(np.convolve(first, second)[::-1])[::-1]
    return tail
