"""How rolling six decides while outcomes are pending; the calendar engine compiles it."""

from typing import Final

from protocyte.design.decision import Reason
from protocyte.design.late_onset.interval_rule import STOP, WAIT
from protocyte.design.state import Integers
from protocyte.design.toxicity.rolling_six import Move

_TOXIC: Final = int(Reason.TOXIC)
_FOUND: Final = int(Reason.FOUND)
_PLANNED: Final = int(Reason.PLANNED)
_ESCALATE: Final = int(Reason.ESCALATE)
_DE_ESCALATE: Final = int(Reason.DE_ESCALATE)
_FILL: Final = int(Reason.FILL)
_WAIT_SIX: Final = int(Reason.WAIT_SIX)
_UP: Final = int(Move.ESCALATE)
_DOWN: Final = int(Move.DE_ESCALATE)
_HERE: Final = int(Move.STAY)
_SETTLED: Final = int(Move.SETTLED)
_SIX: Final = 6


def decide_rolling_six(
    n: Integers, tox: Integers, pending: Integers, here: int, moves: Integers
) -> tuple[int, int]:
    """Decide where the next participant of rolling six goes.

    Parameters
    ----------
    n, tox, pending : ndarray of int, shape (n_doses,)
        Participants, those with a DLT, and those still watched, at each dose [participants].
    here : int
        Index of the current dose.
    moves : ndarray of int, shape (2, 7, 7, 7)
        The moves of `find_rolling_six_moves` [1], where the next dose is open, and where it is
        not.

    Returns
    -------
    tuple of int
        Index of the next dose, or `STOP`, or `WAIT`; and the value of a `Reason`.

    References
    ----------
    .. [1] Skolnik JM, Barrett JS, Jayaraman B, Patel D, Adamson PC. Shortening the timeline of
       pediatric phase I trials: the rolling six design. *J Clin Oncol* 2008;26:190-195.
       doi:10.1200/JCO.2007.12.7712

    Examples
    --------
    >>> import numpy as np
    >>> from protocyte.design.late_onset.rolling_six import ROLLING_MOVES
    >>> n, tox, pending = np.array([6, 2]), np.array([0, 0]), np.array([0, 1])
    >>> decide_rolling_six(n, tox, pending, 1, ROLLING_MOVES["wait"])[0]
    1
    """
    top = len(n) - 1
    closed = top + 1
    for j in range(top, -1, -1):
        if tox[j] >= 2:
            closed = j
    dose, came_down = here, False
    if closed < here:
        dose, came_down = closed, True
    while True:
        shut = 1 if dose == top or dose + 1 >= closed or n[dose + 1] >= _SIX else 0
        move = moves[shut, min(n[dose], _SIX), min(tox[dose], _SIX), min(pending[dose], _SIX)]
        if move == _DOWN:
            if dose == 0:
                return STOP, _TOXIC
            dose, came_down = dose - 1, True
            if n[dose] < _SIX:
                return dose, _DE_ESCALATE
            continue
        if move == _UP:
            return dose + 1, _ESCALATE
        if move == _SETTLED:
            return STOP, _FOUND
        if move == _HERE:
            return dose, (_DE_ESCALATE if came_down else _FILL)
        return WAIT, _WAIT_SIX
