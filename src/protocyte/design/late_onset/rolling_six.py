"""Rolling six in time: a participant is enrolled whenever the table does not ask to wait."""

from dataclasses import dataclass
from typing import Final, final

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.late_onset.follow_up import FollowUp
from protocyte.design.late_onset.late_onset import LateOnsetDesign, Reading, find_sound_window
from protocyte.design.late_onset.rolling_rule import decide_rolling_six
from protocyte.design.toxicity.rolling_six import (
    MOST,
    TOXIC,
    RollingSix,
    find_rolling_six_moves,
)

ROLLING_MOVES: Final = {
    five: np.stack(
        [
            find_rolling_six_moves(five_clean=five, above_closed=False),
            find_rolling_six_moves(five_clean=five, above_closed=True),
        ]
    )
    for five in ("wait", "escalate")
}
"""The tables of rolling six where the next dose is open, and where it is not."""


@final
@dataclass(frozen=True, slots=True)
class RollingSixInTime(LateOnsetDesign):
    """Find the MTD with rolling six while outcomes are pending.

    Parameters
    ----------
    parent : RollingSix
        The design when all outcomes are complete.
    window : float
        Time in which a DLT counts [d].

    Raises
    ------
    DesignError
        If settings contradict each other.

    Notes
    -----
    Participants come one at a time. A DLT that comes late may close a dose below the current one;
    the trial then goes on below it.

    References
    ----------
    .. [1] Skolnik JM, Barrett JS, Jayaraman B, Patel D, Adamson PC. Shortening the timeline of
       pediatric phase I trials: the rolling six design. *J Clin Oncol* 2008;26:190-195.
       doi:10.1200/JCO.2007.12.7712

    Examples
    --------
    >>> from protocyte.design.late_onset.follow_up import Followed, FollowUp
    >>> design = RollingSixInTime(RollingSix(n_doses=2), window=28)
    >>> trial = FollowUp(2, (Followed(1, 30), Followed(1, 20), Followed(1, 10)))
    >>> decision = design.decide_followed(trial)
    >>> decision.action, decision.arithmetic[0]
    ('stay', '0 DLTs in 3 at dose 1, 2 pending')
    """

    parent: RollingSix
    window: float

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        find_sound_window(self.window)

    def next_size(self, total: int) -> int:  # noqa: ARG002
        """Return the participants of the next cohort: one."""
        return 1

    def read_followed(self, followed: FollowUp) -> Reading:
        """Return what follows for a trial that has treated somebody."""
        n, tox = np.array(followed.n), np.array(followed.tox(self.window))
        levels = range(1, self.n_doses + 1)
        pending = np.array([len(followed.pending(level, self.window)) for level in levels])
        level = followed.current or 1
        dose, reason = decide_rolling_six(
            n, tox, pending, level - 1, ROLLING_MOVES[self.parent.five_clean]
        )
        lines = tuple(
            f"{tox[j]} DLT{'' if tox[j] == 1 else 's'} in {n[j]} at dose {j + 1}, "
            f"{pending[j]} pending"
            for j in range(level - 1, -1, -1)
            if j == level - 1 or pending[j] or tox[j] >= TOXIC
        )
        closed = np.flatnonzero(tox >= TOXIC)
        shut = tuple(range(int(closed[0]) + 1, self.n_doses + 1)) if len(closed) else ()
        rule = f"at most {MOST} a dose; three without DLT, or at most one DLT in six, escalate"
        return Reading(dose, Reason(reason), (*lines, rule), shut)

    def waiting_times(self, followed: FollowUp) -> tuple[float, ...]:
        """Return when pending participants complete."""
        return tuple(
            self.window - one.days
            for one in followed.participants
            if one.awaits_toxicity(self.window)
        )
