"""Two stages that stop early for futility or for efficacy, and the search for the best ones."""

from dataclasses import dataclass
from typing import Final, Literal, final

import numpy as np

from protocyte.design.exact.binomial import find_binomial
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.paper import FLEMING_1982, MANDER_2010
from protocyte.design.single_arm.boundary import NEAR, Boundary
from protocyte.design.single_arm.staged import StagedArm
from protocyte.design.single_arm.two_stage import find_most_power
from protocyte.design.state import Floats, Integers
from protocyte.errors import DesignError

Kind = Literal["optimal", "minimax"]
Under = Literal["p0", "p1"]
MOST: Final = 400
"""Largest trial that is searched for."""


@final
@dataclass(frozen=True, slots=True)
class FlemingTwoStage(StagedArm):
    """Decide in two stages, stopping early for futility or for efficacy.

    Treat ``n1``; with ``r1`` responses or fewer stop for futility, with ``a`` or more for efficacy.
    Otherwise treat ``n`` in all; with more than ``r`` responses the treatment is active.

    Parameters
    ----------
    r1, a, n1 : int
        Most responses that stop the first stage for futility, -1 for none; fewest that stop it for
        efficacy; its participants.
    r, n : int
        Most responses that do not suffice at the end; participants of both stages.
    p0, p1 : float, optional
        Response probabilities that are not interesting, and wanted [1].

    Raises
    ------
    DesignError
        If the numbers contradict each other.

    References
    ----------
    .. [1] Fleming TR. One-sample multiple testing procedure for phase II clinical trials.
       *Biometrics* 1982;38:143-151. doi:10.2307/2530297

    Examples
    --------
    >>> design = FlemingTwoStage(r1=1, a=5, n1=10, r=5, n=29)
    >>> round(design.rejection(0.1), 4), round(design.expected(0.1), 2)
    (0.0473, 14.98)
    """

    r1: int
    a: int
    n1: int
    r: int
    n: int
    p0: float | None = None
    p1: float | None = None

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        if not (-1 <= self.r1 < self.a - 1 <= self.n1 < self.n and self.r1 <= self.r < self.n):
            raise DesignError(
                f"{self.r1} and {self.a}/{self.n1} and {self.r}/{self.n} are no two-stage design: "
                f"give -1 ≤ r1 < a - 1 ≤ n1 < n and r1 ≤ r < n."
            )
        self.check_hypotheses()

    @property
    def boundary(self) -> Boundary:
        """Limits on the responses at each look."""
        return Boundary((self.n1, self.n), (self.r1, self.r), (self.a, self.r + 1))

    @property
    def references(self) -> tuple[str, ...]:
        """The papers it comes from."""
        return (FLEMING_1982, MANDER_2010)


def find_fleming_design(
    p0: float,
    p1: float,
    *,
    alpha: float,
    beta: float,
    kind: Kind = "optimal",
    under: Under = "p0",
    futility: bool = True,
    most: int | None = None,
) -> FlemingTwoStage:
    """Find the best two-stage design that stops for futility and for efficacy.

    Every design is tried, except those that cannot become better than the best so far: the errors
    cap the chance to stop early, so expected participants have a lower bound that grows with the
    total.

    Parameters
    ----------
    p0 : float
        Response probability that is not interesting [1].
    p1 : float
        Response probability that is wanted [1], greater than ``p0``.
    alpha, beta : float
        Largest type I and type II error [1].
    kind : {"optimal", "minimax"}
        Fewest expected participants, or fewest participants in all and then fewest expected.
    under : {"p0", "p1"}
        The truth under which participants are expected.
    futility : bool
        Whether the first stage must be able to stop for futility, at no response at least.
    most : int, optional
        Largest total that is tried; as large as an optimum can be by default.

    Returns
    -------
    FlemingTwoStage
        The design.

    Raises
    ------
    DesignError
        If the probabilities contradict each other, or no design so small meets the errors.

    References
    ----------
    .. [1] Mander AP, Thompson SG. Two-stage designs optimal under the alternative hypothesis for
       phase II cancer clinical trials. *Contemp Clin Trials* 2010;31:572-578.
       doi:10.1016/j.cct.2010.07.008

    Examples
    --------
    >>> found = find_fleming_design(0.1, 0.3, alpha=0.05, beta=0.2)
    >>> found.r1, found.a, found.n1, found.r, found.n
    (1, 5, 10, 5, 29)
    """
    if not (0 < p0 < p1 < 1 and 0 < alpha < 0.5 and 0 < beta < 0.5):
        raise DesignError(
            f"p0 = {p0}, p1 = {p1}, alpha = {alpha}, beta = {beta} allow no design; give "
            f"0 < p0 < p1 < 1 and errors between 0 and 0.5."
        )
    if kind not in ("optimal", "minimax") or under not in ("p0", "p1"):
        raise DesignError(
            f"kind is {kind!r} and under is {under!r}; name 'optimal' or 'minimax', and 'p0' or "
            f"'p1'."
        )
    search = _Search(p0, p1, alpha, beta, under, least=0 if futility else -1)
    best, sure = _find_best(search, kind, most or MOST)
    if best is None:
        raise DesignError(
            f"No two-stage design with at most {most or MOST} participants tells p1 = {p1:g} from "
            f"p0 = {p0:g} with errors up to {alpha:g} and {beta:g}; allow more participants, or "
            f"larger errors."
        )
    if most is None and not sure:
        raise DesignError(
            f"The search ends at {MOST} participants, and a larger trial may expect fewer than the "
            f"{best[0]:.1f} of the best design so far ({best[1].n} in all); ask for the minimax "
            f"design, allow larger errors, or in Python give the largest total, most=."
        )
    return best[1]


Found = tuple[float, FlemingTwoStage]


def _find_best(search: "_Search", kind: Kind, largest: int) -> tuple[Found | None, bool]:
    """Return the best design, and whether no larger total can have a better one."""
    best: Found | None = None
    for n in range(2, largest + 2):
        floors = search.floors(n)
        # The first total past the largest is asked too, whether it could still be better.
        if best is not None and (kind == "minimax" or floors.min() >= best[0]):
            return best, True
        if n > largest or not search.possible(n):
            continue
        for n1 in (np.argsort(floors, kind="stable") + 1).tolist():
            if best is not None and floors[n1 - 1] >= best[0]:
                break
            best = search.better(n, n1, best)
    return best, False


@final
class _Search:
    """Designs of one total and first stage, with what is known about first stages kept."""

    def __init__(
        self, p0: float, p1: float, alpha: float, beta: float, under: Under, *, least: int
    ) -> None:
        self.p0, self.p1, self.alpha, self.beta = p0, p1, alpha, beta
        self.least, self._truth = least, p0 if under == "p0" else p1
        self._most = [0.0]

    def floors(self, n: int) -> Floats:
        """Return a lower bound of expected participants for each n1 from 1 to n - 1."""
        for n1 in range(len(self._most), n):
            self._most.append(self._most_stopped(n1))
        sizes = np.arange(1, n)
        floors: Floats = sizes + np.maximum(1 - np.array(self._most[1:n]), 0.0) * (n - sizes)
        return floors

    def possible(self, n: int) -> bool:
        """Tell whether any test of a total can have both errors."""
        null, wanted = (find_binomial(n, p) for p in (self.p0, self.p1))
        power = find_most_power(null, wanted, alpha=self.alpha + NEAR)
        return power > 1 - self.beta - 1e-9

    def _most_stopped(self, n1: int) -> float:
        """Return the largest chance to stop after a first stage that both errors allow."""
        futile, early = self._limits(n1)
        mass = find_binomial(n1, self._truth)
        if futile < early - 1:
            return float(mass[: futile + 1].sum() + mass[early:].sum())
        # The limits may meet, but some count must go on.
        going = mass[max(early - 1, self.least + 1) : futile + 2]
        return 1 - float(going.min()) if going.size else -np.inf

    def _limits(self, n1: int) -> tuple[int, int]:
        """Return the largest futility limit and the least efficacy limit that errors allow."""
        low = np.cumsum(find_binomial(n1, self.p1))
        high = np.cumsum(find_binomial(n1, self.p0)[::-1])
        futile = int(np.count_nonzero(low <= self.beta + NEAR)) - 1
        early = n1 + 1 - int(np.count_nonzero(high <= self.alpha + NEAR))
        return futile, early

    def better(self, n: int, n1: int, best: Found | None) -> Found | None:
        """Return the best design of a total and first stage, if it beats the best so far."""
        futile, early = self._limits(n1)
        r1, a = (
            grid.ravel()
            for grid in np.meshgrid(np.arange(self.least, futile + 1), np.arange(early, n1 + 2))
        )
        r1, a = r1[r1 < a - 1], a[r1 < a - 1]
        going = np.concatenate([[0.0], np.cumsum(find_binomial(n1, self._truth))])
        expected = n1 + (going[a] - going[r1 + 1]) * (n - n1)
        kept = np.ones(len(a), dtype=bool) if best is None else expected < best[0] - NEAR
        r1, a, expected = r1[kept], a[kept], expected[kept]
        if not len(a):
            return best
        error, power = (self._rejection(n, n1, r1, a, p) for p in (self.p0, self.p1))
        meets = (error <= self.alpha + NEAR) & (power >= 1 - self.beta - NEAR)
        if not meets.any():
            return best
        place = int(np.argmin(np.where(meets.any(axis=0), expected, np.inf)))
        # Of the final limits that meet both errors the largest, which is wrong least often at p0.
        r = int(np.flatnonzero(meets[:, place])[-1])
        design = FlemingTwoStage(int(r1[place]), int(a[place]), n1, r, n, self.p0, self.p1)
        return float(expected[place]), design

    def _rejection(self, n: int, n1: int, r1: Integers, a: Integers, p: float) -> Floats:
        """Return the chance to reject p0, shape (n, n_pairs): final limits by first stages."""
        first, second = find_binomial(n1, p), find_binomial(n - n1, p)
        at_least = np.append(np.cumsum(second[::-1])[::-1], 0.0)
        needed = np.arange(n)[:, np.newaxis] - np.arange(n1 + 1) + 1
        later = first * at_least[np.clip(needed, 0, len(second))]
        sums = np.concatenate([np.zeros((n, 1)), np.cumsum(later, axis=1)], axis=1)
        early = np.append(np.cumsum(first[::-1])[::-1], 0.0)
        rejection: Floats = early[a] + sums[:, a] - sums[:, r1 + 1]
        return rejection
