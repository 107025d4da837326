"""How backfilling designs open doses and settle conflicts; the calendar engine compiles this.

Rates may rest on complete outcomes (BF-BOIN) or on imputed ones (BE-BOIN): a dose has a number of
events and a size, and rates are their quotients.
"""

# A compiled rule is one function of plain numbers.
# ruff: noqa: PLR0911, PLR0912, PLR0917

from typing import Final

from protocyte.design.decision import Reason
from protocyte.design.late_onset.interval_rule import STOP, WAIT, By
from protocyte.design.state import Floats, Integers

_TOXIC: Final = int(Reason.TOXIC)
_TOXIC_EARLY: Final = int(Reason.TOXIC_EARLY)
_ENOUGH: Final = int(Reason.ENOUGH)
_ESCALATE: Final = int(Reason.ESCALATE)
_STAY: Final = int(Reason.STAY)
_DE_ESCALATE: Final = int(Reason.DE_ESCALATE)
_TOP: Final = int(Reason.TOP)
_LOWEST: Final = int(Reason.LOWEST)
_CLOSED: Final = int(Reason.CLOSED)
_CLOSED_HERE: Final = int(Reason.CLOSED_HERE)
_POOLED_UP: Final = int(Reason.POOLED_UP)
_POOLED_STAY: Final = int(Reason.POOLED_STAY)
_POOLED_DOWN: Final = int(Reason.POOLED_DOWN)
_WAIT_SHARE: Final = int(Reason.WAIT_SHARE)
_WAIT_COMPLETED: Final = int(Reason.WAIT_COMPLETED)
_WAIT_FOLLOW_UP: Final = int(Reason.WAIT_FOLLOW_UP)
_HIGHEST, _LOWEST_FIRST = 0, 1


def find_backfill_dose(
    events: Floats,
    sizes: Floats,
    assigned: Integers,
    responses: Integers,
    here: int,
    ceiling: int,
    cap: int,
    exact: int,
    order: int,
    lot: float,
    high: float,
) -> int:
    """Find the lower dose that a patient without a place gets.

    Parameters
    ----------
    events, sizes : ndarray of float, shape (n_doses,)
        DLTs, and participants they are counted in, at each dose [participants].
    assigned, responses : ndarray of int, shape (n_doses,)
        Participants assigned, and responses seen, at each dose [participants].
    here, ceiling : int
        Index of the current dose, and of the lowest closed dose.
    cap : int
        Participants at a dose from which on it is not backfilled.
    exact : int
        1 if the response must have been seen at the dose itself, 0 if at it or below.
    order : int
        0 the highest open dose, 1 the lowest, 2 at random.
    lot : float
        A number that decides at random [1], 0 to 1.
    high : float
        DLT rate above which a dose is closed [1].

    Returns
    -------
    int
        Index of the dose; -1 if none is open.

    References
    ----------
    .. [1] Zhao Y, Yuan Y, Korn EL, Freidlin B. Backfilling patients in phase I dose-escalation
       trials using Bayesian optimal interval design (BOIN). *Clin Cancer Res* 2024;30:673-679.
       doi:10.1158/1078-0432.CCR-23-2585

    Examples
    --------
    >>> import numpy as np
    >>> n, responses = np.array([3, 3, 3]), np.array([0, 1, 0])
    >>> none = np.zeros(3)
    >>> find_backfill_dose(none, n * 1.0, n, responses, 2, 3, 12, 0, 0, 0.0, 0.359)
    1
    """
    open_count, chosen, seen = 0, -1, 0
    for b in range(min(here, ceiling)):
        rate_high = sizes[b] > 0 and events[b] > high * sizes[b] + 1e-12
        pooled = sizes[b] + sizes[b + 1]
        if rate_high and events[b] + events[b + 1] > high * pooled + 1e-12:
            break
        seen += responses[b]
        answered = responses[b] > 0 if exact > 0 else seen > 0
        if answered and assigned[b] < cap:
            open_count += 1
            if order == _HIGHEST or (order == _LOWEST_FIRST and chosen < 0):
                chosen = b
            elif order > _LOWEST_FIRST and lot * open_count < 1.0:
                # Each open dose replaces the choice with probability one over their number.
                chosen, lot = b, lot * open_count
            elif order > _LOWEST_FIRST:
                lot = (lot * open_count - 1.0) / (open_count - 1.0)
    return chosen


def decide_backfilled(
    events: Floats,
    sizes: Floats,
    moves: Integers,
    n: Integers,
    tox: Integers,
    backfilled: Integers,
    here: int,
    pending: int,
    least: float,
    lowest_anchor: int,
    limits: Integers,
    settings: Floats,
) -> tuple[int, int]:
    """Decide where the next escalation cohort of a backfilling design goes.

    Parameters
    ----------
    events, sizes : ndarray of float, shape (n_doses,)
        DLTs, and participants they are counted in, at each dose [participants].
    moves : ndarray of int, shape (n_doses,)
        What each dose asks for: 1 up, 0 stay, -1 down [1].
    n, tox : ndarray of int, shape (n_doses,)
        Participants and DLTs that close doses [participants].
    backfilled : ndarray of int, shape (n_doses,)
        Backfilled participants at each dose [participants].
    here : int
        Index of the current dose.
    pending : int
        Participants there whose outcome is pending and counted.
    least : float
        The least share of the window that one of them was followed [1].
    lowest_anchor : int
        1 to pool from the lowest conflicting dose, 0 from the highest.
    limits : ndarray of int, shape (4, longest + 1)
        Limits on DLTs [participants].
    settings : ndarray of float
        In the places that `By` names [1].

    Returns
    -------
    tuple of int
        Index of the next dose, or `STOP`, or `WAIT`; and the value of a `Reason`.

    References
    ----------
    .. [1] Zhao Y, Yuan Y, Korn EL, Freidlin B. Backfilling patients in phase I dose-escalation
       trials using Bayesian optimal interval design (BOIN). *Clin Cancer Res* 2024;30:673-679.
       doi:10.1158/1078-0432.CCR-23-2585

    Examples
    --------
    >>> import numpy as np
    >>> from protocyte.design.late_onset.backfill import BFBOIN
    >>> from protocyte.design.toxicity.boin import BOIN
    >>> rule = BFBOIN(BOIN(target=0.3, n_doses=3), window=28).rule
    >>> n, tox = np.array([6, 9, 3]), np.array([0, 3, 0])
    >>> moves, extra = np.array([1, 0, 1]), np.array([0, 6, 0])
    >>> dose, reason = decide_backfilled(
    ...     tox * 1.0, n * 1.0, moves, n, tox, extra, 2, 0, 1.0, 0, rule.limits, rule.settings
    ... )
    >>> dose, Reason(reason).name
    (2, 'POOLED_STAY')
    """
    top, low, high = len(n) - 1, settings[By.LOW], settings[By.HIGH]
    ceiling = top + 1
    for j in range(top, -1, -1):
        if tox[j] >= limits[2, n[j]]:
            ceiling = j
    if ceiling == 0:
        return STOP, _TOXIC
    if here == 0 and tox[0] >= limits[3, n[0]]:
        return STOP, _TOXIC_EARLY
    excused = settings[By.UNLESS_TOXIC] > 0 and tox[here] >= limits[1, n[here]]
    share = settings[By.PENDING_SHARE]
    if here < ceiling and pending > share * n[here] + 1e-9 and not excused:
        return WAIT, _WAIT_SHARE
    own, anchor = moves[here], -1
    for b in range(here):
        conflict = moves[b] < 0 or (own > 0 and moves[b] == 0)
        nearer = anchor < 0 or lowest_anchor == 0
        if backfilled[b] > 0 and sizes[b] > 0 and conflict and nearer:
            anchor = b
    dose, reason = here, _STAY
    if anchor < 0:
        if own > 0:
            dose, reason = here + 1, _ESCALATE
        elif own < 0:
            dose, reason = max(here - 1, 0), (_DE_ESCALATE if here > 0 else _LOWEST)
    else:
        dose, reason = here, _POOLED_STAY
        size, total, highest = 0.0, 0.0, anchor - 1
        for k in range(anchor, here + 1):
            size += sizes[k]
            total += events[k]
            if total <= high * size + 1e-12:
                highest = k
        if total <= low * size + 1e-12:
            dose, reason = here + 1, _POOLED_UP
        elif total > high * size + 1e-12:
            dose, reason = max(highest, 0), _POOLED_DOWN
    if dose > here and (here == top or here + 1 >= ceiling):
        dose, reason = here, (_TOP if here == top else _CLOSED)
    if here >= ceiling and dose >= ceiling - 1:
        dose, reason = ceiling - 1, _CLOSED_HERE
    if dose > here and n[here] - pending < settings[By.COMPLETED]:
        return WAIT, _WAIT_COMPLETED
    if dose > here and least < settings[By.FOLLOW_UP] - 1e-9:
        return WAIT, _WAIT_FOLLOW_UP
    if n[here] >= settings[By.EARLY_STOP] and (settings[By.ONLY_STAYING] == 0 or dose == here):
        return STOP, _ENOUGH
    return dose, reason
