"""What is known of every participant on the day of a decision, pending ones included."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, final

from protocyte.design.kinds import find_sound_kinds
from protocyte.design.outcome import Outcomes
from protocyte.design.state import Floats
from protocyte.errors import OutcomeError

CLOSE = 1e-9
"""Shares of a window nearer than this are equal [1]; sums of days are not exact."""


@final
@dataclass(frozen=True, slots=True)
class Followed:
    """One participant, as far as followed.

    Parameters
    ----------
    dose : int
        Dose level, from 1.
    days : float
        Time since the infusion [d], not negative; 0 for a participant who has a dose assigned and
        waits for the infusion.
    dlt : float, optional
        Day of the DLT [d], counted from the infusion; None if there was none.
    response : float, optional
        Day on which a response was seen [d], counted from the infusion; None if none was.
    backfilled : bool
        Whether the participant was treated at a lower dose while a decision was pending.

    Raises
    ------
    OutcomeError
        If days are negative, or an event lies in the future.

    Examples
    --------
    >>> Followed(dose=2, days=20, dlt=5).has_dlt(28)
    True
    """

    dose: int
    days: float
    dlt: float | None = None
    response: float | None = None
    backfilled: bool = False

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        if not (math.isfinite(self.days) and self.days >= 0):
            raise OutcomeError(
                f"A participant was followed for {self.days} days; give 0 or more days."
            )
        for name, day in (("DLT", self.dlt), ("response", self.response)):
            if day is not None and not 0 <= day <= self.days:
                raise OutcomeError(
                    f"A participant followed for {self.days:g} days has a {name} on day {day:g}; "
                    f"give a day between 0 and {self.days:g}, or leave it out."
                )

    def has_dlt(self, window: float) -> bool:
        """Return whether a DLT was seen inside the window [d]."""
        return self.dlt is not None and self.dlt <= window * (1 + CLOSE)

    def has_response(self, window: float) -> bool:
        """Return whether a response was seen inside the window [d]."""
        return self.response is not None and self.response <= window * (1 + CLOSE)

    def awaits_toxicity(self, window: float) -> bool:
        """Return whether a DLT may still come inside the window [d]; at its end none may."""
        return not self.has_dlt(window) and self.days < window * (1 - CLOSE)

    def awaits_response(self, window: float) -> bool:
        """Return whether a response may still come inside the window [d]."""
        return not self.has_response(window) and self.days < window * (1 - CLOSE)


@final
@dataclass(frozen=True, slots=True)
class FollowUp:
    """All participants of a trial on the day of a decision, in the order of their enrolment.

    Parameters
    ----------
    n_doses : int
        How many dose levels the trial has.
    participants : tuple of Followed
        The participants.

    Raises
    ------
    OutcomeError
        If a dose level does not exist.

    Examples
    --------
    >>> trial = FollowUp(3, (Followed(1, 40), Followed(1, 20, dlt=5), Followed(1, 10)))
    >>> trial.current, trial.n, trial.tox(28), len(trial.pending(1, 28))
    (1, (3, 0, 0), (1, 0, 0), 1)
    """

    n_doses: int
    participants: tuple[Followed, ...]

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        if self.n_doses < 1:
            raise OutcomeError(f"A trial of {self.n_doses} dose levels has no follow-up.")
        for one in self.participants:
            if not 1 <= one.dose <= self.n_doses:
                raise OutcomeError(
                    f"A participant has dose level {one.dose} and the trial has levels 1 to "
                    f"{self.n_doses}; correct one of them."
                )

    @property
    def current(self) -> int | None:
        """Dose level of the last cohort, from 1; backfilled participants have no say in it."""
        for one in reversed(self.participants):
            if not one.backfilled:
                return one.dose
        return None

    @property
    def n(self) -> tuple[int, ...]:
        """Participants at each dose level."""
        return self._count(self.participants)

    def tox(self, window: float) -> tuple[int, ...]:
        """Return those with a DLT at each dose level; window [d]."""
        return self._count(one for one in self.participants if one.has_dlt(window))

    def eff(self, window: float) -> tuple[int, ...]:
        """Return those with a response at each dose level; window [d]."""
        return self._count(one for one in self.participants if one.has_response(window))

    def at(self, level: int) -> tuple[Followed, ...]:
        """Return the participants of a dose level, from 1."""
        return tuple(one for one in self.participants if one.dose == level)

    def pending(self, level: int, window: float) -> tuple[Followed, ...]:
        """Return those of a dose level whose toxicity is pending; window [d]."""
        return tuple(one for one in self.at(level) if one.awaits_toxicity(window))

    def later(self, days: float) -> "FollowUp":
        """Return the same trial some days [d] later, if nothing happens meanwhile."""
        return FollowUp(
            self.n_doses,
            tuple(replace(one, days=one.days + days) for one in self.participants),
        )

    def outcomes(self, window: float, response_window: float | None = None) -> Outcomes:
        """Return the outcomes if all who are pending stay without an event.

        Parameters
        ----------
        window : float
            Time in which a DLT counts [d].
        response_window : float, optional
            Time in which a response counts [d]; responses are left out without it.

        Returns
        -------
        Outcomes
            Counts at each dose level.
        """
        eff = both = None
        if response_window is not None:
            eff = self.eff(response_window)
            both = self._count(
                one
                for one in self.participants
                if one.has_dlt(window) and one.has_response(response_window)
            )
        return Outcomes.from_counts(self.n, self.tox(window), dose=self.current, eff=eff, both=both)

    def _count(self, some: Any) -> tuple[int, ...]:
        counts = [0] * self.n_doses
        for one in some:
            counts[one.dose - 1] += 1
        return tuple(counts)


def find_share_followed(
    days: float, window: float, thirds: Sequence[float] | Floats = (1 / 3, 1 / 3, 1 / 3)
) -> float:
    """Find the share of its information that a pending outcome has given.

    Parameters
    ----------
    days : float
        Follow-up [d].
    window : float
        Time in which the outcome counts [d].
    thirds : sequence of float, length 3
        Probability that an event, if there is one, falls into each third of the window [1]; equal
        thirds give the share of the window.

    Returns
    -------
    float
        Between 0 and 1 [1].

    References
    ----------
    .. [1] Yuan Y, Lin R, Li D, Nie L, Warren KE. Time-to-event Bayesian optimal interval design to
       accelerate phase I trials. *Clin Cancer Res* 2018;24:4921-4930.
       doi:10.1158/1078-0432.CCR-18-0246

    Examples
    --------
    >>> round(find_share_followed(48, 90, (0.1, 0.2, 0.7)), 6)
    0.22
    """
    # Written without calls to other functions: the calendar engine compiles it.
    part = min(max(days / window, 0.0), 1.0) * 3
    share = thirds[0] * min(part, 1.0)
    if part > 1:
        share += thirds[1] * min(part - 1, 1.0)
    if part > 2:
        share += thirds[2] * (part - 2)
    return float(share)
