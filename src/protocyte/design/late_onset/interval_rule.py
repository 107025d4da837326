"""How interval designs decide while outcomes are pending: one rule, for one trial and for millions.

The functions are written with plain loops and without calls to each other, because the calendar
engine compiles these very functions; conduct runs them as they are.
"""

# A compiled rule is one function of plain numbers.
# ruff: noqa: PLR0911, PLR0912, PLR0917

from enum import IntEnum
from typing import Final, NamedTuple

from protocyte.design.decision import Reason
from protocyte.design.state import Floats, Integers

STOP: Final = -1
"""In place of a dose: the trial stops."""
WAIT: Final = -2
"""In place of a dose: the trial waits."""
NEVER: Final = 1_000_000
"""A number of participants that no trial reaches."""

_TOXIC: Final = int(Reason.TOXIC)
_TOXIC_EARLY: Final = int(Reason.TOXIC_EARLY)
_PLANNED: Final = int(Reason.PLANNED)
_ENOUGH: Final = int(Reason.ENOUGH)
_ESCALATE: Final = int(Reason.ESCALATE)
_STAY: Final = int(Reason.STAY)
_DE_ESCALATE: Final = int(Reason.DE_ESCALATE)
_TOP: Final = int(Reason.TOP)
_LOWEST: Final = int(Reason.LOWEST)
_CLOSED: Final = int(Reason.CLOSED)
_CLOSED_HERE: Final = int(Reason.CLOSED_HERE)
_WAIT_SHARE: Final = int(Reason.WAIT_SHARE)
_WAIT_COMPLETED: Final = int(Reason.WAIT_COMPLETED)
_WAIT_FOLLOW_UP: Final = int(Reason.WAIT_FOLLOW_UP)
_WAIT_LOWEST: Final = int(Reason.WAIT_LOWEST)


class By(IntEnum):
    """Places in the settings of an interval rule."""

    IMPUTES = 0
    TARGET = 1
    LOW = 2
    HIGH = 3
    PENDING_SHARE = 4
    COMPLETED = 5
    FOLLOW_UP = 6
    UNLESS_TOXIC = 7
    LOWEST_WAITS = 8
    EARLY_STOP = 9
    ONLY_STAYING = 10
    PLANNED = 11


class IntervalRule(NamedTuple):
    """An interval design with pending outcomes, as plain numbers.

    Examples
    --------
    >>> IntervalRule._fields
    ('limits', 'marks', 'settings', 'sizes')
    """

    limits: Integers
    """Escalate at most, de-escalate, close, stop at the lowest from: shape (4, longest + 1)."""
    marks: Floats
    """By DLTs, effective participants without one: de-escalate at or below, escalate at or above
    [1], shape (2, longest + 1)."""
    settings: Floats
    """In the places that `By` names; what never happens has a number that is never reached [1]."""
    sizes: Integers
    """Participants of the next cohort after 0, 1, 2, … participants."""

    @property
    def imputes(self) -> bool:
        """Whether pending outcomes are imputed; otherwise they count as a part of a participant."""
        return bool(self.settings[By.IMPUTES])

    @property
    def longest(self) -> int:
        """The most participants at a dose that it knows."""
        return int(self.limits.shape[1]) - 1


def find_late_move(
    n: int,
    tox: int,
    pending: int,
    followed: float,
    limits: Integers,
    marks: Floats,
    settings: Floats,
) -> int:
    """Find whether the DLTs at a dose ask to go up, stay or go down, pending outcomes included.

    Parameters
    ----------
    n : int
        Participants at the dose, at least 1.
    tox : int
        Those with a DLT.
    pending : int
        Those without one whose window is open.
    followed : float
        Sum of the shares of information that the pending ones have given [1].
    limits : ndarray of int, shape (4, longest + 1)
        The design's limits on DLTs [participants].
    marks : ndarray of float, shape (2, longest + 1)
        Its limits on effective participants without a DLT [1].
    settings : ndarray of float
        Its settings [1].

    Returns
    -------
    int
        1 up, 0 stay, -1 down.

    References
    ----------
    .. [1] Yuan Y, Lin R, Li D, Nie L, Warren KE. Time-to-event Bayesian optimal interval design to
       accelerate phase I trials. *Clin Cancer Res* 2018;24:4921-4930.
       doi:10.1158/1078-0432.CCR-18-0246
    .. [2] Lin R, Yuan Y. Time-to-event model-assisted designs for dose-finding trials with delayed
       toxicity. *Biostatistics* 2020;21:807-824. doi:10.1093/biostatistics/kxz007

    Examples
    --------
    >>> from protocyte.design.late_onset.tite_boin import TITEBOIN
    >>> from protocyte.design.late_onset.suspension import Suspension
    >>> from protocyte.design.toxicity.boin import BOIN
    >>> suspension = Suspension(0.5, None, None)
    >>> design = TITEBOIN(BOIN(target=0.3, n_doses=3), window=28, suspension=suspension)
    >>> find_late_move(3, 1, 1, 0.9, *design.rule[:3])
    0
    """
    if pending == 0:
        if tox >= limits[1, n]:
            return -1
        return 1 if tox <= limits[0, n] else 0
    if settings[By.IMPUTES] > 0:
        odds = (tox + settings[By.TARGET] / 2) / (n - pending - tox + 1 - settings[By.TARGET] / 2)
        rate = (tox + odds * (pending - followed)) / n
        observed_high = tox >= settings[By.TARGET] * n - 1e-12
        if rate >= settings[By.HIGH] and observed_high:
            return -1
        return 1 if rate <= settings[By.LOW] and not observed_high else 0
    free = n - pending + followed - tox
    if free + tox <= 0:
        return 0
    if free <= marks[0, tox]:
        return -1
    return 1 if free >= marks[1, tox] else 0


def decide_late_interval(
    n: Integers,
    tox: Integers,
    here: int,
    move: int,
    pending: int,
    least: float,
    lost: int,
    limits: Integers,
    settings: Floats,
) -> tuple[int, int]:
    """Decide where the next cohort goes while outcomes are pending.

    Safety comes first and counts pending participants as without DLT; then waiting, then the move.

    Parameters
    ----------
    n, tox : ndarray of int, shape (n_doses,)
        Participants, and those with a DLT, at each dose [participants].
    here : int
        Index of the current dose.
    move : int
        What the DLTs at the current dose ask for: 1 up, 0 stay, -1 down.
    pending : int
        Participants at the current dose without DLT whose window is open.
    least : float
        The least share of the window that one of them has been followed [1]; 1 if none is pending.
    lost : int
        Participants who were counted on and not replaced.
    limits : ndarray of int, shape (4, longest + 1)
        The design's limits on DLTs [participants].
    settings : ndarray of float
        Its settings [1].

    Returns
    -------
    tuple of int
        Index of the next dose, or `STOP`, or `WAIT`; and the value of a `Reason`.

    Examples
    --------
    >>> import numpy as np
    >>> from protocyte.design.late_onset.tite_boin import TITEBOIN
    >>> from protocyte.design.late_onset.suspension import Suspension
    >>> from protocyte.design.toxicity.boin import BOIN
    >>> suspension = Suspension(0.5, None, None)
    >>> rule = TITEBOIN(BOIN(target=0.3, n_doses=3), window=28, suspension=suspension).rule
    >>> n, tox = np.array([3, 0, 0]), np.array([0, 0, 0])
    >>> dose, reason = decide_late_interval(n, tox, 0, 1, 2, 0.5, 0, rule.limits, rule.settings)
    >>> dose == WAIT, Reason(reason).name
    (True, 'WAIT_SHARE')
    """
    top = len(n) - 1
    ceiling, total = top + 1, lost
    for j in range(top, -1, -1):
        total += n[j]
        if tox[j] >= limits[2, n[j]]:
            ceiling = j
    if ceiling == 0:
        return STOP, _TOXIC
    if here == 0 and tox[0] >= limits[3, n[0]]:
        return STOP, _TOXIC_EARLY
    if total >= settings[By.PLANNED]:
        return STOP, _PLANNED
    enough = n[here] >= settings[By.EARLY_STOP]
    if here >= ceiling:
        if enough and settings[By.ONLY_STAYING] == 0:
            return STOP, _ENOUGH
        return ceiling - 1, _CLOSED_HERE
    excused = settings[By.UNLESS_TOXIC] > 0 and tox[here] >= limits[1, n[here]]
    if pending > settings[By.PENDING_SHARE] * n[here] + 1e-9 and not excused:
        return WAIT, _WAIT_SHARE
    up = move > 0 and here < top and here + 1 < ceiling
    if up and n[here] - pending < settings[By.COMPLETED]:
        return WAIT, _WAIT_COMPLETED
    if up and least < settings[By.FOLLOW_UP] - 1e-9:
        return WAIT, _WAIT_FOLLOW_UP
    down = move < 0 and here > 0
    if move < 0 and here == 0 and settings[By.LOWEST_WAITS] > 0 and pending > 0:
        return WAIT, _WAIT_LOWEST
    if enough and not (settings[By.ONLY_STAYING] > 0 and (up or down)):
        return STOP, _ENOUGH
    if up:
        return here + 1, _ESCALATE
    if down:
        return here - 1, _DE_ESCALATE
    if move > 0:
        return here, (_TOP if here == top else _CLOSED)
    return here, (_LOWEST if move < 0 else _STAY)
