"""Trials of designs that decide while outcomes are pending.

A decision is due when a cohort is full. It is taken when somebody arrives, or as soon as the data
allow. Where the design waits, the next moment at which its answer may change is the next known
outcome, or the day on which a pending participant has been followed for long enough.
"""

# Compiled functions take plain numbers, in a fixed order.
# ruff: noqa: PLR0912, PLR0915, PLR0917

from typing import Final

from protocyte.design.decision import Reason
from protocyte.design.late_onset.follow_up import find_share_followed
from protocyte.design.late_onset.interval_rule import STOP, WAIT, By
from protocyte.design.late_onset.rolling_rule import decide_rolling_six
from protocyte.design.late_onset.utility_rule import TOX, Worth
from protocyte.design.state import Floats, Integers
from protocyte.simulation.calendar import In
from protocyte.simulation.calendar_accrual import (
    ANSWER,
    DLT,
    DOSE,
    ENDED,
    INFUSED_AT,
    KNOWN,
    LEAVES,
    ROWS,
    START,
    UNREPLACED,
    sample_arrival,
    simulate_cohort,
    simulate_refusal,
    simulate_slot,
)
from protocyte.simulation.calendar_chance import compiled, inlined, sample_luck
from protocyte.simulation.calendar_complete import (
    decide_interval,
    find_move,
    simulate_figures,
    simulate_opening,
)
from protocyte.simulation.calendar_model import Sketch, simulate_model_decision
from protocyte.simulation.calendar_room import Room
from protocyte.simulation.calendar_utility import (
    HERE,
    Bounds,
    simulate_next_answer,
    simulate_share_known,
    simulate_utility_decision,
)

INTERVAL, ROLLING, MODEL, UTILITY = range(4)
NEVER: Final = 1e299
_PLANNED: Final = int(Reason.PLANNED)
_STAY: Final = int(Reason.STAY)
_WAIT_SHARE: Final = int(Reason.WAIT_SHARE)

find_share = inlined(find_share_followed)
decide_rolling = compiled(decide_rolling_six)


@inlined
def simulate_sight(
    now: float, rows: Floats, count: Integers, watched: Integers, seen: Integers, n: Integers,
    tox: Integers, pending: Integers,
) -> None:  # fmt: skip
    """See what is known at a time: counts at each dose, and who is still watched.

    `watched` lists rows, `seen` how many rows were met and how many are on the list.
    """
    for row in range(seen[0], count[ROWS]):
        watched[seen[1]] = row
        seen[1] += 1
        n[int(rows[row, DOSE])] += 1
    seen[0] = count[ROWS]
    pending[:] = 0
    i = 0
    while i < seen[1]:
        row = watched[i]
        dose = int(rows[row, DOSE])
        if rows[row, KNOWN] <= now:
            if rows[row, DLT] > 0:
                tox[dose] += 1
            seen[1] -= 1
            watched[i] = watched[seen[1]]
        else:
            pending[dose] += 1
            i += 1


@inlined
def simulate_moment(
    now: float, mark: float, rows: Floats, watched: Integers, seen: Integers
) -> float:
    """Return the next time at which an answer may change if the trial waits."""
    moment = NEVER
    for i in range(seen[1]):
        row = watched[i]
        moment = min(moment, rows[row, KNOWN])
        ready = rows[row, START] + mark
        if mark > 0 and now < ready < moment:
            moment = ready
    return moment


@inlined
def simulate_decision(
    kind: int, now: float, here: int, lost: int, rows: Floats, watched: Integers, seen: Integers,
    n: Integers, tox: Integers, pending: Integers, limits: Integers, marks: Floats,
    settings: Floats, thirds: Floats, moves: Integers, window: float,
) -> tuple[int, int]:  # fmt: skip
    """Decide at a time, from what is known then."""
    if kind == ROLLING:
        return decide_rolling(n, tox, pending, here, moves)
    followed, least = 0.0, 1.0
    for i in range(seen[1]):
        row = watched[i]
        if int(rows[row, DOSE]) == here:
            days = max(now - rows[row, START], 0.0)
            followed += find_share(days, window, thirds)
            least = min(least, days / window)
    move = find_move(n[here], tox[here], pending[here], followed, limits, marks, settings)
    return decide_interval(n, tox, here, move, pending[here], least, lost, limits, settings)


@compiled
def simulate_late_trials(
    kind: int,
    room: Room,
    limits: Integers,
    marks: Floats,
    settings: Floats,
    sizes: Integers,
    thirds: Floats,
    moves: Integers,
    log_tox: Floats,
    log_no_tox: Floats,
    nodes: Floats,
    prior: Floats,
    labels: Floats,
    curve: Floats,
    sketch: Sketch,
    utilities: Floats,
    bounds: Bounds,
    start: int,
    first: int,
    counts: Integers,
    reasons: Integers,
    figures: Floats,
    plan: Floats,
    truth: Floats,
    seed: int,
) -> None:
    """Run trials of a late-onset design to their ends."""
    planned, levels = len(sizes) - 1, counts.shape[1]
    clock, count, rows, complete_n, n, tox, pending, seen, watched, doses = room[:10]
    scratch, lists, expected, tails, weigh, taken, edges, kept, scores = room[10:19]
    window, leaves = plan[In.WINDOW], plan[In.NO_PLACE] == LEAVES
    answers, looks = plan[In.RESPONSE_WINDOW], 1 if kind == UTILITY else 0
    mark = settings[By.FOLLOW_UP] * window
    for k in range(len(counts)):
        luck = sample_luck(seed, first + k)
        simulate_opening(clock, count)
        seen[:], n[:], tox[:], taken[:] = 0, 0, 0, -1
        edges[0], edges[1] = 0, len(nodes)
        kept[:], scores[:], expected[:] = 0, 0.0, 0.0
        dose, people, open_at, reason, here = start, sizes[0], 0.0, 0, start
        last_known = 0.0
        while dose >= 0:
            given, dlts = n[dose], tox[dose]
            if kind == UTILITY:
                given, dlts = kept[dose, HERE], int(expected[dose, TOX])
            staggered = plan[In.ONLY_FIRST_COHORT] == 0 or given == 0
            limit = limits[1 if dose > 0 else 2, given + people]
            complete = simulate_cohort(
                dose, people, open_at, 0.0, staggered, limit, dlts, looks, rows, clock, count,
                plan, truth, luck,
            )  # fmt: skip
            last_known = max(last_known, complete)
            total = count[ROWS] + count[UNREPLACED]
            if total >= planned:
                here, dose, reason = dose, STOP, _PLANNED
                break
            earliest = clock[INFUSED_AT] + plan[In.NEXT_COHORT_AFTER]
            here, dose, ready = dose, WAIT, 0.0
            open_at = max(earliest - plan[In.LEAD], 0.0)
            while dose == WAIT:
                now = open_at
                if plan[In.WHEN_DATA_ALLOW] == 0:
                    arrival = sample_arrival(clock, count, plan, luck)
                    if leaves and arrival < open_at:
                        simulate_refusal(clock, count)
                        continue
                    now = max(arrival, open_at)
                asked = now
                if plan[In.AT_INFUSION] > 0:
                    now = max(simulate_slot(now, clock, plan) + plan[In.LEAD], ready)
                if kind != UTILITY:
                    simulate_sight(now, rows, count, watched, seen, n, tox, pending)
                if kind == UTILITY:
                    dose, reason = simulate_utility_decision(
                        now, here, count[UNREPLACED], window, answers, rows, count[ROWS], limits,
                        utilities, settings, bounds, lists, kept, scores, expected, tails,
                    )  # fmt: skip
                elif kind == MODEL:
                    dose, reason = simulate_model_decision(
                        now, here, count[UNREPLACED], planned, window, rows, count, watched, seen,
                        n, tox, pending, log_tox, log_no_tox, nodes, prior, labels, curve, scratch,
                        doses, complete_n[:, 0], sketch, weigh, taken,
                        edges,
                    )  # fmt: skip
                else:
                    dose, reason = simulate_decision(
                        kind, now, here, count[UNREPLACED], rows, watched, seen, n, tox, pending,
                        limits, marks, settings, thirds, moves, window,
                    )  # fmt: skip
                if dose == WAIT:
                    if kind == UTILITY and reason == _WAIT_SHARE and plan[In.AT_INFUSION] == 0:
                        most = settings[Worth.PENDING_SHARE] * kept[here, HERE] + 1e-9
                        moment = simulate_share_known(now, here, most, answers, rows, lists, kept)
                    elif kind == UTILITY:
                        share = settings[Worth.FOLLOW_UP]
                        moment = simulate_next_answer(
                            now, share, window, answers, rows, count[ROWS], kept
                        )
                    else:
                        moment = simulate_moment(now, mark, rows, watched, seen)
                    if moment >= NEVER:
                        # Nobody is watched: only more participants can change the answer.
                        dose, reason, open_at = here, _STAY, asked
                    elif leaves and plan[In.WHEN_DATA_ALLOW] == 0:
                        simulate_refusal(clock, count)
                        open_at = asked
                    else:
                        # Kept as it is: a time less a lead, plus it, may fall short of itself.
                        ready, open_at = moment, moment
                        if plan[In.AT_INFUSION] > 0:
                            open_at = max(moment - plan[In.LEAD], 0.0)
            people = sizes[min(total, planned)]
        simulate_sight(NEVER, rows, count, watched, seen, n, tox, pending)
        if reason == _PLANNED and kind == INTERVAL:
            _, reason = simulate_decision(
                kind, NEVER, here, count[UNREPLACED], rows, watched, seen, n, tox, pending,
                limits, marks, settings, thirds, moves, window,
            )  # fmt: skip
        elif reason == _PLANNED and kind == UTILITY:
            _, reason = simulate_utility_decision(
                NEVER, here, count[UNREPLACED], window, answers, rows, count[ROWS], limits,
                utilities, settings, bounds, lists, kept, scores, expected, tails,
            )  # fmt: skip
        for j in range(levels):
            counts[k, j, 0], counts[k, j, 1] = n[j], tox[j]
        for row in range(count[ROWS]):
            level, answer = int(rows[row, DOSE]), int(rows[row, ANSWER])
            counts[k, level, 2] += answer
            counts[k, level, 3] += answer * int(rows[row, DLT])
        reasons[k] = reason
        ends = clock[INFUSED_AT] + (max(window, answers) if kind == UTILITY else window)
        clock[ENDED] = max(last_known, ends) if plan[In.LAST_WINDOW] > 0 else last_known
        simulate_figures(figures[k], count[ROWS], clock, count)
