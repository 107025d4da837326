"""Trials in which every outcome is complete before the next cohort.

Interval designs and 3+3 run from beginning to end in here. Any other design that counts is asked
between cohorts: then one cohort runs in every trial at a time.
"""

# Compiled functions take plain numbers, in a fixed order.
# ruff: noqa: PLR0917

from typing import Final

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.late_onset.interval_rule import (
    decide_late_interval,
    find_late_move,
)
from protocyte.design.state import Floats, Integers
from protocyte.simulation.calendar import In
from protocyte.simulation.calendar_accrual import (
    ANSWER,
    CLOSED,
    DLT,
    ENDED,
    ENROLLED,
    FROM,
    IDLE,
    INFUSED_AT,
    LEAVES,
    LOST,
    OPEN,
    PERSON,
    REFUSED,
    ROWS,
    SLOT,
    UNREPLACED,
    UNUSED,
    WAITED,
    sample_arrival,
    simulate_cohort,
    simulate_enrolment,
    simulate_refusal,
)
from protocyte.simulation.calendar_chance import (
    PLACE,
    compiled,
    inlined,
    sample_luck,
    sample_uniform,
)
from protocyte.simulation.calendar_room import Room

TABLE, THREE_PLUS_THREE = range(2)
FIGURES: Final = (
    "duration", "closed", "idle", "waiting", "enrolled", "infused", "refused", "lost", "unused",
    "backfilled",
)  # fmt: skip
"""What is kept of every trial, beside its counts."""

find_move = inlined(find_late_move)
decide_interval = inlined(decide_late_interval)

_PLANNED: Final = int(Reason.PLANNED)
_ESCALATE: Final = int(Reason.ESCALATE)
_DE_ESCALATE: Final = int(Reason.DE_ESCALATE)
_FILL: Final = int(Reason.FILL)
_FOUND: Final = int(Reason.FOUND)
_TOXIC: Final = int(Reason.TOXIC)


@compiled
def simulate_opening(clock: Floats, count: Integers) -> None:
    """Begin a trial: nobody has come."""
    clock[:] = 0.0
    clock[SLOT] = -1.0
    count[:] = 0


@inlined
def simulate_step(
    dose: int,
    size: int,
    limit: int,
    looks_at_response: int,
    counts: Integers,
    rows: Floats,
    clock: Floats,
    count: Integers,
    plan: Floats,
    truth: Floats,
    luck: int,
) -> None:
    """Run one cohort until its outcomes are complete, and open the next."""
    count[ROWS] = 0
    staggered = plan[In.ONLY_FIRST_COHORT] == 0 or counts[dose, 0] == 0
    complete = simulate_cohort(
        dose, size, clock[OPEN], clock[FROM], staggered, limit, counts[dose, 1],
        looks_at_response, rows, clock, count, plan, truth, luck,
    )  # fmt: skip
    for row in range(count[ROWS]):
        counts[dose, 0] += 1
        counts[dose, 1] += int(rows[row, DLT])
        counts[dose, 2] += int(rows[row, ANSWER])
        counts[dose, 3] += int(rows[row, DLT] * rows[row, ANSWER])
    window = (
        max(plan[In.WINDOW], plan[In.RESPONSE_WINDOW]) if looks_at_response > 0 else plan[In.WINDOW]
    )
    last = clock[INFUSED_AT]
    ends = max(complete, last + plan[In.NEXT_COHORT_AFTER]) + plan[In.REVIEW]
    clock[ENDED] = max(complete, last + window) if plan[In.LAST_WINDOW] > 0 else complete
    if plan[In.AT_INFUSION] > 0:
        expected = last + max(window, plan[In.NEXT_COHORT_AFTER]) + plan[In.REVIEW]
        clock[OPEN], clock[FROM] = max(expected - plan[In.LEAD], 0.0), ends
    else:
        clock[OPEN], clock[FROM] = ends, 0.0


@inlined
def simulate_refusals(clock: Floats, count: Integers, plan: Floats, luck: int) -> None:
    """Send away who comes before the decision that is awaited."""
    if plan[In.NO_PLACE] == LEAVES:
        while sample_arrival(clock, count, plan, luck) < clock[OPEN]:
            simulate_refusal(clock, count)


@compiled
def simulate_waste(size: int, clock: Floats, count: Integers, plan: Floats, luck: int) -> None:
    """Count those whose cells were collected for a cohort that never came."""
    if plan[In.AT_INFUSION] == 0:
        return
    wasted = 0
    closed, idle = clock[CLOSED], clock[IDLE]
    while wasted < size:
        if simulate_enrolment(clock[OPEN], clock, count, plan, luck) >= clock[FROM]:
            count[ENROLLED] -= 1
            break
        count[LOST] += 1
        wasted += 1
    clock[CLOSED], clock[IDLE] = closed, idle


@compiled
def simulate_figures(figures: Floats, infused: int, clock: Floats, count: Integers) -> None:
    """Keep what a trial took."""
    figures[0] = clock[ENDED]
    figures[1] = clock[CLOSED]
    figures[2] = clock[IDLE]
    figures[3] = clock[WAITED] / max(count[ENROLLED], 1)
    figures[4] = count[ENROLLED]
    figures[5] = infused
    figures[6] = count[REFUSED]
    figures[7] = count[LOST]
    figures[8] = count[UNUSED]
    figures[9] = 0.0


@compiled
def simulate_three_plus_three(counts: Integers, here: int, form: int) -> tuple[int, int, int]:
    """Decide by 3+3 in form A, B or C (0, 1, 2): next dose or -1, size, reason."""
    top = len(counts) - 1
    n, tox = counts[here, 0], counts[here, 1]
    closed = top + 1
    for j in range(top, -1, -1):
        if counts[j, 1] >= 2:
            closed = j
    toxic = tox >= 2
    tolerated = not toxic and ((n >= 3 and tox == 0) or (n >= 6 and tox == 1))
    if toxic and here == 0:
        return -1, 0, _TOXIC
    dose, reason = -1, _FOUND
    if tolerated and here < top and here + 1 < closed and counts[here + 1, 0] < 6:
        dose, reason = here + 1, _ESCALATE
    elif toxic and form > 0 and counts[here - 1, 0] < 6:
        dose, reason = here - 1, _DE_ESCALATE
    elif not toxic and (not tolerated or (n < 6 and (form == 2 or (form == 1 and here < top)))):
        dose, reason = here, _FILL
    if dose < 0:
        return dose, 0, reason
    given = counts[dose, 0]
    return dose, (3 - given if given < 3 else 6 - given), reason


@compiled
def simulate_trials(
    kind: int,
    form: int,
    room: Room,
    limits: Integers,
    marks: Floats,
    settings: Floats,
    sizes: Integers,
    size: int,
    start: int,
    planned: int,
    first: int,
    counts: Integers,
    reasons: Integers,
    figures: Floats,
    plan: Floats,
    truth: Floats,
    seed: int,
) -> None:
    """Run trials of an interval design or of 3+3 to their ends."""
    clock, count, rows, state, n, tox = room[:6]
    for k in range(len(counts)):
        luck = sample_luck(seed, first + k)
        simulate_opening(clock, count)
        state[:] = 0
        dose, people, infused, reason = start, size, 0, 0
        while dose >= 0:
            # From the lowest dose nothing goes down: what ends its cohort is what closes it.
            row = 1 if dose > 0 else 2
            limit = 2 if kind == THREE_PLUS_THREE else limits[row, state[dose, 0] + people]
            simulate_step(dose, people, limit, 0, state, rows, clock, count, plan, truth, luck)
            infused += count[ROWS]
            if kind == THREE_PLUS_THREE:
                dose, people, reason = simulate_three_plus_three(state, dose, form)
            else:
                for j in range(len(n)):
                    n[j], tox[j] = state[j, 0], state[j, 1]
                lost = count[UNREPLACED]
                move = find_move(n[dose], tox[dose], 0, 0.0, limits, marks, settings)
                dose, reason = decide_interval(n, tox, dose, move, 0, 1.0, lost, limits, settings)
                people = sizes[min(infused + lost, planned)]
            if dose < 0 and reason != _PLANNED:
                simulate_refusals(clock, count, plan, luck)
        simulate_waste(size, clock, count, plan, luck)
        for j in range(len(state)):
            for column in range(4):
                counts[k, j, column] = state[j, column]
        reasons[k] = reason
        simulate_figures(figures[k], infused, clock, count)


@compiled
def simulate_cohorts(
    doses: Integers,
    sizes: Integers,
    running: Integers,
    looks_at_response: int,
    rows: Floats,
    first: int,
    counts: Integers,
    clocks: Floats,
    people: Integers,
    columns: Integers,
    seen: Integers,
    last: Integers,
    plan: Floats,
    truth: Floats,
    seed: int,
) -> None:
    """Run the next cohort of every trial that is running.

    The counts that a design looks at are written to `seen`, those of the cohort to `last`.
    """
    never = 1_000_000
    for i in range(len(running)):
        k = running[i]
        for c in range(len(columns)):
            last[i, c] = -counts[k, doses[i], columns[c]]
        simulate_step(
            doses[i], sizes[i], never, looks_at_response, counts[k], rows, clocks[k], people[k],
            plan, truth, sample_luck(seed, first + k),
        )  # fmt: skip
        for c in range(len(columns)):
            last[i, c] += counts[k, doses[i], columns[c]]
            for j in range(seen.shape[1]):
                seen[i, j, c] = counts[k, j, columns[c]]


@compiled
def simulate_ends(
    size: int,
    first: int,
    infused: Integers,
    reasons: Integers,
    clocks: Floats,
    people: Integers,
    figures: Floats,
    plan: Floats,
    seed: int,
) -> None:
    """End trials that ran cohort by cohort."""
    for k in range(len(infused)):
        luck = sample_luck(seed, first + k)
        if reasons[k] != _PLANNED:
            simulate_refusals(clocks[k], people[k], plan, luck)
        simulate_waste(size, clocks[k], people[k], plan, luck)
        simulate_figures(figures[k], infused[k], clocks[k], people[k])


@compiled
def sample_lots(running: Integers, people: Integers, seed: int, first: int, lots: Floats) -> None:
    """Draw a number between 0 and 1 for every trial that randomises its next cohort."""
    for i in range(len(running)):
        k = running[i]
        lots[i] = sample_uniform(sample_luck(seed, first + k), people[k, PERSON], PLACE)


@compiled
def find_mixed_counts(
    counts: Integers, columns: Integers, mixers: Integers, mixed: Integers
) -> None:
    """Make one number of the counts of each trial, sums of products modulo 2**64."""
    for k in range(len(counts)):
        total, place = np.uint64(0), 0
        for j in range(counts.shape[1]):
            for column in columns:
                total += (np.uint64(counts[k, j, column]) + np.uint64(1)) * mixers[place]
                place += 1
        mixed[k] = total ^ (total >> np.uint64(31))
