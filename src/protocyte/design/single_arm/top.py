"""TOP: a BOP2 design that decides while some responses are still awaited.

A participant who has been followed for part of the window counts as that part of a participant
without response. With complete data the design is BOP2.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, final

import numpy as np

from protocyte.design.kinds import find_sound_kinds
from protocyte.design.paper import LIN_2020_TOP
from protocyte.design.single_arm.bop2 import BOP2
from protocyte.design.single_arm.boundary import NEAR, Boundary
from protocyte.design.single_arm.staged import StagedArm
from protocyte.errors import DesignError, OutcomeError

Verdict = Literal["go on", "stop", "suspend", "wait", "active", "not active"]


@final
@dataclass(frozen=True, slots=True)
class TopVerdict:
    """What to do at a look at which responses may still be awaited.

    Parameters
    ----------
    verdict : {"go on", "stop", "suspend", "wait", "active", "not active"}
        Stop for futility; suspend accrual until more is known; wait for all at the last look.
    reason : str
        Why, in a sentence with the numbers.
    responses, enrolled, pending : int
        Seen so far.
    sample : float
        Effective sample size [participants].
    certainty : float
        Posterior probability of a response better than p0 [1].
    limit : float
        Below this the trial is futile [1].

    Examples
    --------
    >>> TopVerdict("go on", "Enough.", 4, 20, 0, 20.0, 0.9, 0.4).verdict
    'go on'
    """

    verdict: Verdict
    reason: str
    responses: int
    enrolled: int
    pending: int
    sample: float
    certainty: float
    limit: float


@final
@dataclass(frozen=True, slots=True)
class TopRow:
    """One line of the table that a TOP trial is run by.

    Parameters
    ----------
    enrolled, responses : int
        Participants at the look, and responses seen.
    go : int
        Responses from which the trial goes on whatever is awaited.
    suspend_from : int or None
        Pending participants from which accrual is suspended; None at the last look, which waits.
    futile_above : float or None
        The trial is futile if the effective sample size exceeds this [participants]; None if it
        cannot be.

    Examples
    --------
    >>> TopRow(20, 3, 4, 10, 15.091).go
    4
    """

    enrolled: int
    responses: int
    go: int
    suspend_from: int | None
    futile_above: float | None


@final
@dataclass(frozen=True, slots=True)
class TOP(StagedArm):
    """Stop for futility though some responses are awaited (time-to-event optimal phase II).

    At n of N enrolled stop if P(p > p0) < ``cutoff`` (n/N)^``shape``, where pending participants
    count as the part of the window for which they were followed. Where responses do not yet suffice
    with complete data and n²/N participants or more are pending, accrual is suspended first. The
    last look waits for all.

    Parameters
    ----------
    looks : tuple of int
        Enrolled participants at each look, increasing; the last is N.
    p0 : float
        Response probability that is not interesting [1].
    cutoff, shape : float
        Certainty asked for at the last look, and how late it is asked for [1].
    window : float
        Time within which a response counts [d].
    p1 : float, optional
        Response probability that is wanted [1].

    Raises
    ------
    DesignError
        If the settings contradict each other.

    References
    ----------
    .. [1] Lin R, Coleman RL, Yuan Y. TOP: time-to-event Bayesian optimal phase II trial design for
       cancer immunotherapy. *J Natl Cancer Inst* 2020;112:38-45. doi:10.1093/jnci/djz049

    Examples
    --------
    >>> design = TOP((10, 20, 30, 40), p0=0.2, cutoff=0.86, shape=0.95, window=90)
    >>> [row for row in design.rows() if (row.enrolled, row.responses) == (20, 3)][0].go
    4
    >>> design.judge(3, 20, follow_up=[30, 60, 45]).verdict
    'stop'
    """

    looks: tuple[int, ...]
    p0: float
    cutoff: float
    shape: float
    window: float
    p1: float | None = None

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        if not 0 < self.window < math.inf:
            raise DesignError(f"The window is {self.window} days; give a time greater than 0.")
        _ = self._complete

    @property
    def boundary(self) -> Boundary:
        """Limits on the responses at each look when all are known."""
        return self._complete.boundary

    @property
    def references(self) -> tuple[str, ...]:
        """The paper it comes from."""
        return (LIN_2020_TOP,)

    @property
    def _complete(self) -> BOP2:
        return BOP2(self.looks, self.p0, self.cutoff, self.shape, self.p1)

    def judge(self, responses: int, enrolled: int, *, follow_up: Sequence[float]) -> TopVerdict:
        """Return what to do at a look.

        Parameters
        ----------
        responses, enrolled : int
            Responses seen, and participants enrolled.
        follow_up : sequence of float
            How long each pending participant was followed [d]; pending are those without a
            response whose window is still open.

        Returns
        -------
        TopVerdict
            The verdict with its numbers.

        Raises
        ------
        OutcomeError
            If this is no look, or the counts contradict each other.
        """
        if enrolled not in self.looks:
            raise OutcomeError(
                f"{enrolled} enrolled participants are no look of this design, which looks at "
                f"{', '.join(map(str, self.looks))}; judge at a look."
            )
        pending = len(follow_up)
        if responses < 0 or responses + pending > enrolled:
            raise OutcomeError(
                f"{responses} responses and {pending} pending participants are not among "
                f"{enrolled} enrolled; correct the counts."
            )
        for days in follow_up:
            if not 0 <= days <= self.window:
                raise OutcomeError(
                    f"A pending participant was followed for {days} days and the window is "
                    f"{self.window:g} days; give 0 to {self.window:g}."
                )
        sample = enrolled - pending + sum(follow_up) / self.window
        certainty, limit = self._certainty(responses, sample), self._limit(enrolled)
        verdict, reason = self._verdict(
            responses, enrolled, pending, futile=certainty < limit - NEAR
        )
        if not reason:
            sign = "<" if certainty < limit - NEAR else "≥"
            reason = (
                f"P(p > {self.p0:g}) = {certainty:.4f} {sign} {limit:.4f} after {responses} "
                f"responses in an effective {sample:.2f} participants."
            )
        return TopVerdict(verdict, reason, responses, enrolled, pending, sample, certainty, limit)

    def rows(self) -> tuple[TopRow, ...]:
        """Return the table that a trial is run by.

        Returns
        -------
        tuple of TopRow
            For each look the responses from 0 to one less than those that suffice.
        """
        return tuple(
            TopRow(n, responses, low + 1, self._suspension(n), self._futile_above(responses, n))
            for n, low in zip(self.looks, self.boundary.low, strict=True)
            for responses in range(low + 1)
        )

    def _verdict(
        self, responses: int, enrolled: int, pending: int, *, futile: bool
    ) -> tuple[Verdict, str]:
        go = self.boundary.low[self.looks.index(enrolled)] + 1
        if enrolled == self.planned:
            if pending:
                return "wait", f"The last look waits for {pending} pending participants."
            return ("not active" if futile else "active"), ""
        if responses >= go:
            return "go on", f"{responses} responses are at least the {go} that suffice."
        limit = self._suspension(enrolled)
        if limit is not None and pending >= limit:
            return "suspend", (
                f"{pending} participants are pending, {limit} or more, and {responses} responses "
                f"are fewer than the {go} that suffice."
            )
        return ("stop" if futile else "go on"), ""

    def _limit(self, enrolled: int) -> float:
        share = enrolled / self.planned
        return float(self.cutoff * share**self.shape)

    def _suspension(self, enrolled: int) -> int | None:
        return None if enrolled == self.planned else -(-(enrolled**2) // self.planned)

    def _certainty(self, responses: int, sample: float) -> float:
        from scipy.special import betaincc

        return float(betaincc(self.p0 + responses, 1 - self.p0 + sample - responses, self.p0))

    def _futile_above(self, responses: int, enrolled: int) -> float | None:
        """Return the effective sample size above which so many responses are futile."""
        limit = self._limit(enrolled)
        low, high = float(responses), float(enrolled)
        if self._certainty(responses, high) >= limit:
            return None
        if self._certainty(responses, low) < limit:
            return low
        for _ in range(60):
            middle = (low + high) / 2
            if self._certainty(responses, middle) < limit:
                high = middle
            else:
                low = middle
        return float(np.mean([low, high]))
