"""How TITE-BOIN12 decides while outcomes are pending; the calendar engine compiles these functions.

The functions are written with plain loops and without calls to each other.
"""

# A compiled rule is one function of plain numbers.
# ruff: noqa: PLR0911, PLR0912, PLR0917

import math
from enum import IntEnum
from typing import Final

from protocyte.design.decision import Reason
from protocyte.design.late_onset.interval_rule import STOP, WAIT
from protocyte.design.state import Floats, Integers

PENDING: Final = 2
"""State of an outcome that is neither absent (0) nor present (1)."""
N, TOX, EFF, TOX_SIZE, EFF_SIZE, SCORE = range(6)
"""Columns of what is expected at a dose."""

_TOXIC: Final = int(Reason.TOXIC)
_PLANNED: Final = int(Reason.PLANNED)
_ENOUGH: Final = int(Reason.ENOUGH)
_INADMISSIBLE: Final = int(Reason.INADMISSIBLE)
_EXPLORE: Final = int(Reason.EXPLORE)
_BEST: Final = int(Reason.BEST)
_WAIT_SHARE: Final = int(Reason.WAIT_SHARE)
_WAIT_COMPLETED: Final = int(Reason.WAIT_COMPLETED)
_WAIT_FOLLOW_UP: Final = int(Reason.WAIT_FOLLOW_UP)


class Worth(IntEnum):
    """Places in the settings of a TITE-BOIN12."""

    LOW = 0
    HIGH = 1
    TOXIC_FROM = 2
    FUTILE_FROM = 3
    ENOUGH_TO_STAY = 4
    EXPLORE_FROM = 5
    EARLY_STOP = 6
    PLANNED = 7
    PENDING_SHARE = 8
    COMPLETED = 9
    FOLLOW_UP = 10
    TOXICITY_LIMIT = 11
    EFFICACY_FLOOR = 12
    BENCHMARK = 13


def find_beta_above(a: float, b: float, limit: float) -> float:
    """Find the probability that a beta variable exceeds a limit.

    Parameters
    ----------
    a, b : float
        Its parameters [1], positive.
    limit : float
        The limit [1], 0 to 1.

    Returns
    -------
    float
        The probability [1].

    References
    ----------
    .. [1] Lentz WJ. Generating Bessel functions in Mie scattering calculations using continued
       fractions. *Appl Opt* 1976;15:668-671. doi:10.1364/AO.15.000668

    Examples
    --------
    >>> round(find_beta_above(3.0, 2.0, 0.3), 4)
    0.9163
    """
    if limit <= 0:
        return 1.0
    if limit >= 1:
        return 0.0
    swapped = limit >= (a + 1) / (a + b + 2)
    p, q, x = (b, a, 1 - limit) if swapped else (a, b, limit)
    front = math.exp(
        math.lgamma(p + q) - math.lgamma(p) - math.lgamma(q) + p * math.log(x) + q * math.log1p(-x)
    )
    c, d = 1.0, 1.0 / (1.0 - (p + q) * x / (p + 1.0))
    fraction = d
    for k in range(1, 500):
        even = k * (q - k) * x / ((p + 2 * k - 1) * (p + 2 * k))
        d, c = 1.0 / (1.0 + even * d), 1.0 + even / c
        fraction *= d * c
        odd = -(p + k) * (p + q + k) * x / ((p + 2 * k) * (p + 2 * k + 1))
        d, c = 1.0 / (1.0 + odd * d), 1.0 + odd / c
        fraction *= d * c
        if abs(d * c - 1.0) < 1e-16:
            break
    below = front * fraction / p
    return below if swapped else 1.0 - below


def find_expected_outcomes(
    doses: Integers,
    tox_state: Integers,
    eff_state: Integers,
    tox_share: Floats,
    eff_share: Floats,
    count: int,
    utilities: Floats,
    expected: Floats,
) -> None:
    """Find what participants amount to at every dose, pending outcomes by expectation.

    Parameters
    ----------
    doses, tox_state, eff_state : ndarray of int, shape (at least count,)
        Index of the dose, and states of toxicity and response [1]: 0 absent, 1 present, 2 pending.
    tox_share, eff_share : ndarray of float, shape (at least count,)
        Share of the window followed, for pending outcomes [1].
    count : int
        How many participants.
    utilities : ndarray of float, shape (4,)
        Of a response without DLT, neither, both, a DLT without response [0 to 100].
    expected : ndarray of float, shape (n_doses, 6)
        Is filled: participants, DLTs, responses, effective sizes for both, and the expected
        utility summed over participants, divided by 100 [1].

    References
    ----------
    .. [1] Zhou Y, Lin R, Lee JJ, et al. TITE-BOIN12: a Bayesian phase I/II trial design to find
       the optimal biological dose with late-onset toxicity and efficacy. *Stat Med*
       2022;41:1918-1931. doi:10.1002/sim.9337

    Examples
    --------
    >>> import numpy as np
    >>> one, share, found = np.array([0, 0]), np.array([0.0, 0.5]), np.zeros((1, 6))
    >>> state, worth = np.array([1, 2]), np.array([100.0, 40, 60, 0])
    >>> find_expected_outcomes(one, one, state, share, share, 2, worth, found)
    >>> found[0].round(4).tolist()
    [2.0, 0.0, 1.0, 2.0, 1.5, 1.7]
    """
    expected[:] = 0.0
    for i in range(count):
        row = expected[doses[i]]
        row[N] += 1
        row[TOX_SIZE] += tox_share[i] if tox_state[i] == PENDING else 1.0
        row[EFF_SIZE] += eff_share[i] if eff_state[i] == PENDING else 1.0
        row[TOX] += tox_state[i] == 1
        row[EFF] += eff_state[i] == 1
    for i in range(count):
        row = expected[doses[i]]
        tox, eff = 1.0 * (tox_state[i] == 1), 1.0 * (eff_state[i] == 1)
        if tox_state[i] == PENDING and row[TOX_SIZE] > 0:
            rate = min(row[TOX] / row[TOX_SIZE], 1.0)
            left = rate * (1 - tox_share[i])
            tox = left / (1 - rate + left) if left > 0 else 0.0
        if eff_state[i] == PENDING and row[EFF_SIZE] > 0:
            rate = min(row[EFF] / row[EFF_SIZE], 1.0)
            left = rate * (1 - eff_share[i])
            eff = left / (1 - rate + left) if left > 0 else 0.0
        row[SCORE] += (
            utilities[0] * eff * (1 - tox)
            + utilities[1] * (1 - eff) * (1 - tox)
            + utilities[2] * eff * tox
            + utilities[3] * (1 - eff) * tox
        ) / 100


def decide_by_utility(
    expected: Floats,
    toxic: Floats,
    futile: Floats,
    desirable: Floats,
    limits: Integers,
    here: int,
    tox_pending: int,
    eff_pending: int,
    least: float,
    lost: int,
    settings: Floats,
) -> tuple[int, int]:
    """Decide where the next cohort of a TITE-BOIN12 goes.

    Parameters
    ----------
    expected : ndarray of float, shape (n_doses, 6)
        What participants amount to, by `find_expected_outcomes` [1].
    toxic, futile, desirable : ndarray of float, shape (n_doses,)
        Posterior probabilities that a dose is too toxic, has too few responses, and exceeds the
        benchmark utility [1].
    limits : ndarray of int, shape (4, longest + 1)
        Limits on DLTs; the third closes a dose [participants].
    here : int
        Index of the current dose.
    tox_pending, eff_pending : int
        Participants there whose toxicity, whose response is pending.
    least : float
        The least share of a window that one of them was followed [1].
    lost : int
        Participants who were counted on and not replaced.
    settings : ndarray of float
        In the places that `Worth` names [1].

    Returns
    -------
    tuple of int
        Index of the next dose, or `STOP`, or `WAIT`; and the value of a `Reason`.

    Examples
    --------
    >>> import numpy as np
    >>> from protocyte.design.biological.boin12 import BOIN12
    >>> from protocyte.design.late_onset.suspension import Suspension
    >>> from protocyte.design.late_onset.tite_boin12 import TITEBOIN12
    >>> rule = TITEBOIN12(BOIN12(2), 28, 84, Suspension(0.5, None, None)).rule
    >>> expected = np.array([[3.0, 0, 1, 3, 3, 2.2], [0, 0, 0, 0, 0, 0]])
    >>> nothing, desirable = np.zeros(2), np.array([0.4, 0.3])
    >>> decide_by_utility(
    ...     expected, nothing, nothing, desirable, rule.limits, 0, 0, 0, 1.0, 0, rule.settings
    ... )[0]
    0
    """
    top = len(expected) - 1
    closed, total = top + 1, float(lost)
    for j in range(top, -1, -1):
        total += expected[j, N]
        if expected[j, TOX] >= limits[2, int(expected[j, N])]:
            closed = j
    if closed == 0:
        return STOP, _TOXIC
    n, ended = expected[here, N], total >= settings[Worth.PLANNED]
    waiting = max(tox_pending, eff_pending)
    if not ended and waiting > settings[Worth.PENDING_SHARE] * n + 1e-9:
        return WAIT, _WAIT_SHARE
    size = expected[here, TOX_SIZE]
    rate = expected[here, TOX] / size if size > 0 else 0.0
    too_toxic = rate >= settings[Worth.HIGH] - 1e-12
    in_between = not too_toxic and rate > settings[Worth.LOW] + 1e-12
    highest = here + 1
    if too_toxic:
        highest = here - 1 if here > 0 else 0
    elif in_between and n >= settings[Worth.ENOUGH_TO_STAY]:
        highest = here
    dose, best, reason = -1, -1.0, _BEST
    for j in range(max(here - 1, 0), min(highest, top) + 1):
        open_to = expected[j, N] == 0 or (
            toxic[j] < settings[Worth.TOXIC_FROM] and futile[j] < settings[Worth.FUTILE_FROM]
        )
        if j < closed and open_to and desirable[j] >= best - 5e-11:
            dose, best = j, desirable[j]
    untried = here < top and here + 1 < closed and expected[here + 1, N] == 0
    if untried and n >= settings[Worth.EXPLORE_FROM] and not too_toxic:
        dose, reason = here + 1, _EXPLORE
    if dose < 0:
        return STOP, _INADMISSIBLE
    if ended:
        return STOP, _PLANNED
    if n >= settings[Worth.EARLY_STOP]:
        return STOP, _ENOUGH
    if dose > here:
        if n - waiting < settings[Worth.COMPLETED]:
            return WAIT, _WAIT_COMPLETED
        if least < settings[Worth.FOLLOW_UP] - 1e-9:
            return WAIT, _WAIT_FOLLOW_UP
    return dose, reason
