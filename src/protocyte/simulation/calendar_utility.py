"""TITE-BOIN12 in the calendar engine: two outcomes that come at their own time."""

# Compiled functions take plain numbers, in a fixed order.
# ruff: noqa: PLR0917

from typing import Final

from protocyte.design.late_onset.utility_rule import (
    EFF,
    EFF_SIZE,
    PENDING,
    SCORE,
    TOX,
    TOX_SIZE,
    N,
    Worth,
    decide_by_utility,
    find_beta_above,
    find_expected_outcomes,
)
from protocyte.design.state import Floats, Integers
from protocyte.simulation.calendar_accrual import DLT, DOSE, KNOWN, SEEN, START
from protocyte.simulation.calendar_chance import compiled

find_above = compiled(find_beta_above)
find_expected = compiled(find_expected_outcomes)
decide_utility = compiled(decide_by_utility)
FAR: Final = 1e300


@compiled
def simulate_utility_decision(
    now: float,
    here: int,
    lost: int,
    window: float,
    answers: float,
    rows: Floats,
    total: int,
    limits: Integers,
    utilities: Floats,
    settings: Floats,
    states: Integers,
    shares: Floats,
    expected: Floats,
    tails: Floats,
) -> tuple[int, int]:
    """Decide by TITE-BOIN12 at a time, from what is known then."""
    tox_pending = eff_pending = 0
    least = 1.0
    for row in range(total):
        days = max(now - rows[row, START], 0.0)
        states[0, row] = int(rows[row, DOSE])
        shares[0, row] = min(days / window, 1.0)
        shares[1, row] = min(days / answers, 1.0)
        states[1, row], states[2, row] = 0, 0
        if rows[row, KNOWN] > now:
            states[1, row] = PENDING
        elif rows[row, DLT] > 0:
            states[1, row] = 1
        if rows[row, SEEN] <= now:
            states[2, row] = 1
        elif rows[row, START] + answers > now:
            states[2, row] = PENDING
        if states[0, row] == here:
            for k in range(2):
                if states[k + 1, row] == PENDING:
                    least = min(least, shares[k, row])
            tox_pending += states[1, row] == PENDING
            eff_pending += states[2, row] == PENDING
    find_expected(states[0], states[1], states[2], shares[0], shares[1], total, utilities, expected)
    for j in range(len(expected)):
        n, score = expected[j, N], expected[j, SCORE]
        tox, eff = expected[j, TOX], expected[j, EFF]
        clear = max(expected[j, TOX_SIZE] - tox, 0.0)
        failed = max(expected[j, EFF_SIZE] - eff, 0.0)
        tails[0, j] = find_above(1 + tox, 1 + clear, settings[Worth.TOXICITY_LIMIT])
        tails[1, j] = 1 - find_above(1 + eff, 1 + failed, settings[Worth.EFFICACY_FLOOR])
        worth = find_above(1 + score, 1 + n - score, settings[Worth.BENCHMARK])
        tails[2, j] = round(worth, 10)
    return decide_utility(
        expected, tails[0], tails[1], tails[2], limits, here, tox_pending, eff_pending, least, lost,
        settings,
    )  # fmt: skip


@compiled
def simulate_next_answer(
    now: float, share: float, window: float, answers: float, rows: Floats, total: int
) -> float:
    """Return the next time at which the answer may change if the trial waits."""
    moment = FAR
    for row in range(total):
        start = rows[row, START]
        marks = (
            rows[row, KNOWN], min(rows[row, SEEN], start + answers), start + share * window,
            start + share * answers,
        )  # fmt: skip
        for mark in marks:
            if now < mark < moment:
                moment = mark
    return moment
