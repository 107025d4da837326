"""The interface of designs that can decide while outcomes are pending.

Such a design holds the design that it becomes when all outcomes are complete, and answers as that
one does from counts. From follow-up it decides earlier, or says what it waits for.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Final, final

from protocyte.design.decision import SENTENCES, Action, Decision, Reason
from protocyte.design.late_onset.follow_up import FollowUp
from protocyte.design.late_onset.interval_rule import WAIT
from protocyte.design.rules.rule import Rule
from protocyte.errors import DesignError, OutcomeError

BEFORE_WAITING: Final = 1e-6
"""Time that is added to a moment so that it has passed [d]."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a design makes of a trial's follow-up.

    Parameters
    ----------
    dose : int
        Index of the next dose; -1 if the trial stops, -2 if it waits.
    reason : Reason
        Why.
    arithmetic : tuple of str
        The numbers that were compared, one line each.
    closed : tuple of int
        Dose levels that are closed, from 1.

    Examples
    --------
    >>> Reading(-1, Reason.TOXIC, ("5 DLTs in 6 at dose 1",)).closed
    ()
    """

    dose: int
    reason: Reason
    arithmetic: tuple[str, ...]
    closed: tuple[int, ...] = ()


class LateOnsetDesign(Rule):
    """A design for outcomes that come late.

    Examples
    --------
    >>> from protocyte.design.late_onset.tite_boin import TITEBOIN
    >>> issubclass(TITEBOIN, LateOnsetDesign)
    True
    """

    __slots__ = ()

    window: float

    @property
    def longest_window(self) -> float:
        """How long a participant is watched [d]: the longest of the windows."""
        return self.window

    @abstractmethod
    def next_size(self, total: int) -> int:
        """Return the participants of the next cohort after so many participants."""

    @abstractmethod
    def read_followed(self, followed: FollowUp) -> Reading:
        """Return what follows for a trial that has treated somebody.

        Parameters
        ----------
        followed : FollowUp
            Every participant as far as followed.

        Returns
        -------
        Reading
            The next dose, or to stop, or to wait.
        """

    @abstractmethod
    def waiting_times(self, followed: FollowUp) -> tuple[float, ...]:
        """Return after how many days [d] the answer may change if nothing happens until then.

        Parameters
        ----------
        followed : FollowUp
            Every participant as far as followed.

        Returns
        -------
        tuple of float
            Days from now [d].
        """

    @final
    def decide_followed(self, followed: FollowUp) -> Decision:
        """Return what comes next, outcomes pending or not.

        Parameters
        ----------
        followed : FollowUp
            Every participant as far as followed, in the order of enrolment.

        Returns
        -------
        Decision
            The next dose and cohort, to stop, or to suspend enrolment and until when.

        Raises
        ------
        OutcomeError
            If the design cannot have this follow-up.
        """
        if followed.n_doses != self.n_doses:
            raise OutcomeError(
                f"The follow-up has {followed.n_doses} dose levels and the design {self.n_doses}; "
                f"give n_doses={self.n_doses}."
            )
        current = followed.current
        if current is None:
            start = self.start()
            reason = SENTENCES[Reason.START]
            return Decision(
                "start", start.dose + 1, start.size, "start", reason, references=self.references
            )
        found = self.read_followed(followed)
        following = found.dose + 1 if found.dose >= 0 else None
        sentence = SENTENCES[found.reason].format(dose=current, next=following)
        lines = found.arithmetic
        if found.dose == WAIT:
            lines = (*lines, self._until(followed))
        size = self.next_size(len(followed.participants)) if following else 0
        return Decision(
            _action(current, found.dose),
            following,
            size,
            found.reason.name.lower(),
            sentence,
            lines,
            found.closed,
            self.references,
        )

    def _until(self, followed: FollowUp) -> str:
        """Say until when to wait if nobody has an event meanwhile."""
        for days in sorted(set(self.waiting_times(followed))):
            later = followed.later(days + BEFORE_WAITING)
            if self.read_followed(later).dose != WAIT:
                return f"wait {days:g} more days, or until an outcome comes before"
        return "wait for the next outcome"


def find_sound_window(window: float, what: str = "window") -> float:
    """Give a window back if it is one.

    Parameters
    ----------
    window : float
        Time in which an outcome counts [d].
    what : str
        What to call it.

    Returns
    -------
    float
        The window [d].

    Raises
    ------
    DesignError
        If it is not positive.

    Examples
    --------
    >>> find_sound_window(28)
    28.0
    """
    if not 0 < window < float("inf"):
        raise DesignError(f"The {what} is {window} days; give more than 0.")
    return float(window)


def _action(current: int, dose: int) -> Action:
    if dose < 0:
        return "suspend" if dose == WAIT else "stop"
    if dose + 1 == current:
        return "stay"
    return "escalate" if dose + 1 > current else "de-escalate"
