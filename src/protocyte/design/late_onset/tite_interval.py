"""What TITE-BOIN and TITE-Keyboard share: a rule in numbers, and its words."""

from abc import abstractmethod

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.late_onset.follow_up import FollowUp, find_share_followed
from protocyte.design.late_onset.interval_rule import (
    NEVER,
    By,
    IntervalRule,
    decide_late_interval,
    find_late_move,
)
from protocyte.design.late_onset.late_onset import LateOnsetDesign, Reading
from protocyte.design.late_onset.suspension import Suspension
from protocyte.design.state import Floats, Integers
from protocyte.design.toxicity.decision_table import IntervalTable
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

    def next_size(self, total: int) -> int:
        """Return the participants of the next cohort after so many participants."""
        sizes = self.rule.sizes
        return max(int(sizes[min(total, len(sizes) - 1)]), 1)

    def read_followed(self, followed: FollowUp) -> Reading:
        """Return what follows for a trial that has treated somebody."""
        rule, level = self.rule, followed.current or 1
        n, tox = np.array(followed.n), np.array(followed.tox(self.window))
        if n.max() > rule.longest:
            raise OutcomeError(
                f"{n.max()} participants at one dose are more than the decision table knows "
                f"({rule.longest}); plan more cohorts."
            )
        waiting = [one.days for one in followed.pending(level, self.window)]
        shares = [find_share_followed(days, self.window, self.thirds) for days in waiting]
        pending, known = len(waiting), sum(shares)
        least = min((days / self.window for days in waiting), default=1.0)
        here_n, here_tox = int(n[level - 1]), int(tox[level - 1])
        move = find_late_move(here_n, here_tox, pending, known, *rule[:3])
        dose, reason = decide_late_interval(
            n, tox, level - 1, move, pending, least, 0, rule.limits, rule.settings
        )
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
    cohorts: tuple[int, ...],
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
    cohorts : tuple of int
        Participants of each cohort.
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
    >>> find_interval_rule(table, suspension, target=0.3, cohorts=(3,), limits=(0.2, 0.4)).sizes
    array([3, 2, 1, 0])
    """
    settings = np.zeros(len(By))
    low, high = limits or (0.0, 1.0)
    share = suspension.pending_share
    values = {
        By.IMPUTES: limits is not None,
        By.TARGET: target,
        By.LOW: low,
        By.HIGH: high,
        By.PENDING_SHARE: 2.0 if share is None else share,
        By.COMPLETED: suspension.completed or 0,
        By.FOLLOW_UP: suspension.follow_up or 0.0,
        By.UNLESS_TOXIC: suspension.unless_toxic,
        By.LOWEST_WAITS: suspension.lowest_waits,
        By.EARLY_STOP: early_stop or NEVER,
        By.ONLY_STAYING: only_staying,
        By.PLANNED: sum(cohorts),
    }
    for place, value in values.items():
        settings[place] = float(value)
    nothing = np.zeros(table.longest + 1)
    marks = np.stack(effective or (nothing, nothing))
    return IntervalRule(table.columns(), marks, settings, _sizes(cohorts))


def _sizes(cohorts: tuple[int, ...]) -> Integers:
    """Return the participants of the next cohort after 0, 1, 2, … participants."""
    ends = np.cumsum(cohorts)
    after = np.arange(ends[-1] + 1)
    following = np.minimum(np.searchsorted(ends, after, side="right"), len(ends) - 1)
    sizes: Integers = ends[following] - after
    return sizes


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
