"""TITE-CRM in the calendar engine: a fit at every decision."""

# Compiled functions take plain numbers, in a fixed order.
# ruff: noqa: PLR0911, PLR0917

from typing import Final

from protocyte.design.decision import Reason
from protocyte.design.late_onset.interval_rule import STOP, WAIT
from protocyte.design.late_onset.tite_crm_rule import (
    find_adaptive_weight,
    find_tite_estimate,
    find_tite_recommendation,
)
from protocyte.design.state import Floats, Integers
from protocyte.simulation.calendar_accrual import DLT, DOSE, KNOWN, ROWS, START
from protocyte.simulation.calendar_chance import compiled, inlined

find_weight = inlined(find_adaptive_weight)
find_estimate = compiled(find_tite_estimate)
find_recommendation = inlined(find_tite_recommendation)

_PLANNED: Final = int(Reason.PLANNED)
_COHERENT: Final = int(Reason.COHERENT)
_NEAREST: Final = int(Reason.NEAREST)
_ONE_LEVEL: Final = int(Reason.ONE_LEVEL)
_WAIT_SHARE: Final = int(Reason.WAIT_SHARE)
_WAIT_COMPLETED: Final = int(Reason.WAIT_COMPLETED)
_WAIT_FOLLOW_UP: Final = int(Reason.WAIT_FOLLOW_UP)


@inlined
def simulate_dlt_days(now: float, rows: Floats, total: int, days: Floats) -> int:
    """List the days of the DLTs known at a time, in order; return how many."""
    count = 0
    for row in range(total):
        if rows[row, DLT] > 0 and rows[row, KNOWN] <= now:
            day, place = rows[row, KNOWN] - rows[row, START], count
            while place > 0 and days[place - 1] > day:
                days[place] = days[place - 1]
                place -= 1
            days[place] = day
            count += 1
    return count


@inlined
def simulate_cohort_dlts(now: float, size: int, rows: Floats, total: int) -> tuple[int, int]:
    """Return how many of the last participants have a DLT by a time, and how many they are."""
    first, tox = max(total - size, 0), 0
    for row in range(first, total):
        if rows[row, DLT] > 0 and rows[row, KNOWN] <= now:
            tox += 1
    return tox, total - first


@compiled
def simulate_model_decision(
    now: float,
    here: int,
    lost: int,
    planned: int,
    window: float,
    rows: Floats,
    count: Integers,
    watched: Integers,
    seen: Integers,
    n: Integers,
    tox: Integers,
    pending: Integers,
    log_tox: Floats,
    log_no_tox: Floats,
    nodes: Floats,
    prior: Floats,
    labels: Floats,
    settings: Floats,
    scratch: Floats,
    doses: Integers,
    complete: Integers,
) -> tuple[int, int]:
    """Decide by TITE-CRM at a time, from what is known then."""
    total = count[ROWS]
    if total + lost >= planned:
        return STOP, _PLANNED
    if pending[here] > settings[6] * n[here] + 1e-9:
        return WAIT, _WAIT_SHARE
    weights, days = scratch[0], scratch[1]
    known = simulate_dlt_days(now, rows, total, days) if settings[3] > 0 else 0
    least = 1.0
    for i in range(seen[1]):
        row = watched[i]
        followed = max(now - rows[row, START], 0.0)
        doses[i] = int(rows[row, DOSE])
        if doses[i] == here:
            least = min(least, followed / window)
        if settings[3] > 0:
            weights[i] = find_weight(followed, window, days, known)
        else:
            weights[i] = followed / window
    for j in range(len(n)):
        complete[j] = n[j] - pending[j]
    found = find_estimate(complete, tox, doses, weights, seen[1], log_tox, log_no_tox, nodes, prior)
    wanted = find_recommendation(found, labels, settings[0], settings[1], settings[2])
    dose = min(wanted, here + 1) if settings[5] > 0 else wanted
    if dose <= here:
        return dose, (_ONE_LEVEL if dose < wanted else _NEAREST)
    if settings[4] > 0:
        dlts, size = simulate_cohort_dlts(now, int(settings[9]), rows, total)
        if dlts >= settings[2] * size - 1e-12:
            return here, _COHERENT
    if n[here] - pending[here] < settings[7]:
        return WAIT, _WAIT_COMPLETED
    if least < settings[8] - 1e-9:
        return WAIT, _WAIT_FOLLOW_UP
    return dose, (_ONE_LEVEL if dose < wanted else _NEAREST)
