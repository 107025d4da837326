"""What TITE-BOIN and TITE-Keyboard share: a rule in numbers, and its words."""

from abc import abstractmethod

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.late_onset.follow_up import FollowUp, find_share_followed
from protocyte.design.late_onset.interval_rule import (
    NEVER,
    IntervalRule,
    decide_late_interval,
    find_late_move,
)
from protocyte.design.late_onset.late_onset import LateOnsetDesign, Reading
from protocyte.design.late_onset.suspension import Suspension
from protocyte.design.state import Floats
from protocyte.design.toxicity.interval import IntervalTable
from protocyte.errors import DesignError, OutcomeError

THIRDS = (1 / 3, 1 / 3, 1 / 3)


class IntervalLateOnset(LateOnsetDesign):
    """An interval design that decides while outcomes are pending.

    Examples
    --------
    >>> from protocyte.design.late_onset.tite_boin import TITEBOIN
    >>> issubclass(TITEBOIN, IntervalLateOnset)
    True
    """

    __slots__ = ()

    suspension: Suspension
    thirds: tuple[float, float, float]

    @property
    @abstractmethod
    def rule(self) -> IntervalRule:
        """The design as plain numbers."""

    @abstractmethod
    def compared(self, n: int, tox: int, pending: int, followed: float) -> str:
        """Return the estimate with its limits, in words.

        Parameters
        ----------
        n, tox, pending : int
            Participants at the current dose, with a DLT, and pending.
        followed : float
            Sum of the shares of information of the pending ones [1].

        Returns
        -------
        str
            One line.
        """

    def read_followed(self, followed: FollowUp) -> Reading:
        """Return what follows for a trial that has treated somebody."""
        rule, level = self.rule, followed.current or 1
        n, tox = np.array(followed.n), np.array(followed.tox(self.window))
        if n.max() >= rule.limits.shape[1]:
            raise OutcomeError(
                f"{n.max()} participants at one dose are more than the decision table knows "
                f"({rule.limits.shape[1] - 1}); plan more cohorts."
            )
        waiting = [one.days for one in followed.pending(level, self.window)]
        shares = [find_share_followed(days, self.window, self.thirds) for days in waiting]
        pending, known = len(waiting), sum(shares)
        least = min((days / self.window for days in waiting), default=1.0)
        here_n, here_tox = int(n[level - 1]), int(tox[level - 1])
        move = find_late_move(here_n, here_tox, pending, known, rule)
        dose, reason = decide_late_interval(n, tox, level - 1, move, pending, least, 0, rule)
        closed = [j for j in range(self.n_doses) if tox[j] >= rule.limits[2, n[j]]]
        counted = f"{here_tox} DLT{'' if here_tox == 1 else 's'} in {here_n} at dose {level}"
        lines = (
            f"{counted}, {pending} pending with {known:.3f} of their windows",
            self.compared(here_n, here_tox, pending, known),
            f"close a dose at {rule.limits[2, here_n]} DLTs in {here_n} (pending counted without)",
            *self.suspension.says,
        )
        shut = tuple(range(min(closed) + 1, self.n_doses + 1)) if closed else ()
        return Reading(dose, Reason(reason), lines, shut)

    def waiting_times(self, followed: FollowUp) -> tuple[float, ...]:
        """Return when a pending participant completes, or has been followed for long enough."""
        waiting = followed.pending(followed.current or 1, self.window)
        ends = [self.window - one.days for one in waiting]
        if self.suspension.follow_up:
            mark = self.suspension.follow_up * self.window
            ends += [mark - one.days for one in waiting if one.days < mark]
        return tuple(ends)


def find_interval_rule(
    table: IntervalTable,
    suspension: Suspension,
    *,
    target: float,
    planned: int,
    limits: tuple[float, float] | None = None,
    effective: tuple[Floats, Floats] | None = None,
    early_stop: int | None = None,
    only_staying: bool = True,
) -> IntervalRule:
    """Find the plain numbers of an interval design with pending outcomes.

    Parameters
    ----------
    table : IntervalTable
        Its decisions when all outcomes are complete.
    suspension : Suspension
        When it waits.
    target : float
        DLT probability aimed at [1].
    planned : int
        The most participants.
    limits : tuple of float, optional
        Imputed rates at which to escalate and to de-escalate [1].
    effective : tuple of ndarray of float, optional
        By DLTs, effective participants without one at which to de-escalate and to escalate [1].
    early_stop : int, optional
        Participants at a dose that stop the trial.
    only_staying : bool
        Whether only if the next cohort would stay there.

    Returns
    -------
    IntervalRule
        The numbers.

    Examples
    --------
    >>> table = IntervalTable((0, 0, 0), (1, 1, 2), (2, 3, 3))
    >>> suspension = Suspension(0.5, None, None)
    >>> find_interval_rule(table, suspension, target=0.3, planned=3, limits=(0.2, 0.4)).completed
    0
    """
    nothing = np.zeros(table.longest + 1)
    down_to, up_from = effective or (nothing, nothing)
    low, high = limits or (0.0, 1.0)
    return IntervalRule(
        limits=table.columns(),
        imputes=limits is not None,
        target=target,
        low=low,
        high=high,
        down_to=down_to,
        up_from=up_from,
        pending_share=2.0 if suspension.pending_share is None else suspension.pending_share,
        completed=suspension.completed or 0,
        follow_up=suspension.follow_up or 0.0,
        unless_toxic=suspension.unless_toxic,
        lowest_waits=suspension.lowest_waits,
        early_stop=early_stop or NEVER,
        only_staying=only_staying,
        planned=planned,
    )


def find_sound_thirds(thirds: tuple[float, float, float]) -> tuple[float, float, float]:
    """Give the shares of events a third of the window back if they are shares.

    Parameters
    ----------
    thirds : tuple of float
        The shares [1].

    Returns
    -------
    tuple of float
        The shares [1].

    Raises
    ------
    DesignError
        If they are negative or do not add up to 1.

    Examples
    --------
    >>> find_sound_thirds((0.1, 0.2, 0.7))
    (0.1, 0.2, 0.7)
    """
    if len(thirds) != 3 or not all(share >= 0 for share in thirds) or abs(sum(thirds) - 1) > 1e-9:
        raise DesignError(
            f"thirds = {thirds}; give the shares of events in each third of the window, which add "
            f"up to 1."
        )
    return thirds
