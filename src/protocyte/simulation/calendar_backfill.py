"""Trials that treat patients without a place at lower doses: BF-BOIN and BE-BOIN."""

# Compiled functions take plain numbers, in a fixed order.
# ruff: noqa: PLR0912, PLR0915, PLR0917

from typing import Final

from protocyte.design.decision import Reason
from protocyte.design.late_onset.backfill_rule import decide_backfilled, find_backfill_dose
from protocyte.design.late_onset.interval_rule import WAIT, By
from protocyte.design.state import Floats, Integers
from protocyte.simulation.calendar import In
from protocyte.simulation.calendar_accrual import (
    ANSWER,
    AT,
    BACKFILLED,
    BASE,
    DLT,
    DOOR,
    DOSE,
    ENDED,
    ENROLLED,
    EXTRA,
    INFUSED_AT,
    KNOWN,
    LEAVES,
    LOST,
    PERSON,
    ROWS,
    SEEN,
    START,
    UNREPLACED,
    sample_arrival,
    sample_loss,
    simulate_cohort,
    simulate_infusion,
    simulate_production,
    simulate_refusal,
)
from protocyte.simulation.calendar_chance import (
    PLACE,
    compiled,
    inlined,
    sample_luck,
    sample_uniform,
)
from protocyte.simulation.calendar_complete import (
    find_move,
    simulate_figures,
    simulate_opening,
)
from protocyte.simulation.calendar_room import Room

NEVER: Final = 1e299
_PLANNED: Final = int(Reason.PLANNED)
_TOXIC: Final = int(Reason.TOXIC)
_STAY: Final = int(Reason.STAY)

find_open_dose = inlined(find_backfill_dose)
decide_conflict = inlined(decide_backfilled)
# Columns of what is seen at a dose.
N, TOX, PENDING, ANSWERS, EXTRAS, MOVE, ASSIGNED = range(7)


@inlined
def simulate_view(
    now: float,
    imputes: int,
    window: float,
    rows: Floats,
    total: int,
    view: Integers,
    followed: Floats,
    watched: Integers,
    awaited: Integers,
    seen: Integers,
    sight: Floats,
) -> None:
    """See what is known at a time at every dose, and who is still watched.

    Only who was watched when the trial was seen before is looked at again. `watched` lists rows
    without known toxicity, in order, so that shares are added in one order; `awaited` those whose
    response will come. `seen` holds how many rows were met and how long the lists are.
    """
    if now < sight[0]:
        # Queues: who is served late came early, and finds the trial as it was then.
        view[:] = 0
        seen[:] = 0
    sight[0] = now
    for row in range(seen[0], total):
        j = int(rows[row, DOSE])
        view[ASSIGNED, j] += 1
        view[EXTRAS, j] += int(rows[row, EXTRA])
        watched[seen[1]] = row
        seen[1] += 1
        if rows[row, ANSWER] > 0:
            awaited[seen[2]] = row
            seen[2] += 1
    seen[0] = total
    for j in range(len(followed)):
        view[PENDING, j], followed[j] = 0, 0.0
    kept = 0
    for i in range(seen[1]):
        row = watched[i]
        j = int(rows[row, DOSE])
        if rows[row, KNOWN] > now:
            view[PENDING, j] += 1
            followed[j] += min(max(now - rows[row, START], 0.0) / window, 1.0)
            watched[kept] = row
            kept += 1
        elif rows[row, DLT] > 0:
            view[TOX, j] += 1
    seen[1] = kept
    i = 0
    while i < seen[2]:
        row = awaited[i]
        if rows[row, SEEN] <= now:
            view[ANSWERS, int(rows[row, DOSE])] += 1
            seen[2] -= 1
            awaited[i] = awaited[seen[2]]
        else:
            i += 1
    for j in range(len(followed)):
        view[N, j] = view[ASSIGNED, j] - (0 if imputes > 0 else view[PENDING, j])


@inlined
def simulate_imputation(
    here: int,
    imputes: int,
    target: float,
    view: Integers,
    followed: Floats,
    events: Floats,
    sizes: Floats,
) -> None:
    """Find the DLTs, and in how many participants, of every dose up to the current one."""
    for j in range(here + 1):
        n, tox = view[N, j], view[TOX, j]
        events[j], sizes[j] = tox, n
        if imputes > 0:
            pending = view[PENDING, j]
            odds = (tox + target / 2) / (n - pending - tox + 1 - target / 2)
            events[j] = tox + odds * (pending - followed[j])


@inlined
def simulate_backfill(
    here: int,
    imputes: int,
    cap: int,
    exact: int,
    order: int,
    room: Room,
    limits: Integers,
    settings: Floats,
    plan: Floats,
    truth: Floats,
    luck: int,
) -> bool:
    """Treat the person at the door at a lower dose, if one is open."""
    if here == 0:
        return False
    clock, count, rows = room[:3]
    seen, watched, awaited, sight = room.met, room.open_rows, room.awaited, room.sight
    view, followed, events, sizes = room.views, room.followed, room.events, room.sizes
    now, person = clock[AT], count[PERSON]
    simulate_view(
        now, imputes, plan[In.WINDOW], rows, count[ROWS], view, followed, watched, awaited, seen,
        sight,
    )  # fmt: skip
    ceiling = 0
    while ceiling < here and view[TOX, ceiling] < limits[2, view[N, ceiling]]:
        ceiling += 1
    simulate_imputation(here, imputes, settings[By.TARGET], view, followed, events, sizes)
    lot = sample_uniform(luck, person, PLACE)
    dose = find_open_dose(
        events, sizes, view[ASSIGNED], view[ANSWERS], here, ceiling, cap, exact, order, lot,
        settings[By.HIGH],
    )  # fmt: skip
    if dose < 0:
        return False
    last = clock[INFUSED_AT]
    count[DOOR] = 0
    count[PERSON] += 1
    count[ENROLLED] += 1
    clock[BASE] = clock[AT]
    infused = simulate_production(now, 0.0, clock, count, plan)
    clock[INFUSED_AT] = last
    if sample_loss(plan, luck, person):
        count[LOST] += 1
        return True
    count[BACKFILLED] += 1
    simulate_infusion(infused, dose, 1, 2, person, rows, count, plan, truth, luck)
    return True


@compiled
def simulate_next_outcome(now: float, mark: float, rows: Floats, total: int) -> float:
    """Return the next time at which the answer may change if the trial waits."""
    moment = NEVER
    for row in range(total):
        for time in (rows[row, KNOWN], rows[row, START] + mark):
            if now < time < moment:
                moment = time
    return moment


@compiled
def simulate_backfill_trials(
    imputes: int,
    cap: int,
    exact: int,
    order: int,
    room: Room,
    limits: Integers,
    marks: Floats,
    settings: Floats,
    sizes_after: Integers,
    start: int,
    first: int,
    counts: Integers,
    reasons: Integers,
    figures: Floats,
    plan: Floats,
    truth: Floats,
    seed: int,
) -> None:
    """Run trials of a backfilling design to their ends."""
    planned, levels = len(sizes_after) - 1, counts.shape[1]
    clock, count, rows = room[:3]
    seen, watched, awaited, sight = room.met, room.open_rows, room.awaited, room.sight
    view, followed, events, sizes = room.views, room.followed, room.events, room.sizes
    window, leaves = plan[In.WINDOW], plan[In.NO_PLACE] == LEAVES
    mark = settings[By.FOLLOW_UP] * window
    for k in range(len(counts)):
        luck = sample_luck(seed, first + k)
        simulate_opening(clock, count)
        view[:] = 0
        seen[:] = 0
        sight[0] = -1.0
        dose, people, open_at, reason = start, sizes_after[0], 0.0, 0
        while dose >= 0:
            here, n, tox = dose, view[ASSIGNED, dose], view[TOX, dose]
            staggered = plan[In.ONLY_FIRST_COHORT] == 0 or n == 0
            limit = limits[1 if here > 0 else 2, n + people]
            complete = simulate_cohort(
                here, people, open_at, 0.0, staggered, limit, tox, 2, rows, clock, count, plan,
                truth, luck,
            )  # fmt: skip
            escalated = count[ROWS] - count[BACKFILLED] + count[UNREPLACED]
            if escalated >= planned:
                reason = _PLANNED
                break
            ready = clock[INFUSED_AT] + plan[In.NEXT_COHORT_AFTER]
            if imputes == 0:
                ready = max(ready, complete) + plan[In.REVIEW]
            place, dose = max(ready - plan[In.LEAD] * imputes, 0.0), WAIT
            # Who was not backfilled stands at the door, and would hear the same again.
            told = -1
            while dose == WAIT:
                arrival = sample_arrival(clock, count, plan, luck)
                if arrival < place:
                    if told != count[PERSON]:
                        told = count[PERSON]
                        if simulate_backfill(
                            here, imputes, cap, exact, order, room, limits, settings, plan, truth,
                            luck,
                        ):  # fmt: skip
                            continue
                    if leaves:
                        simulate_refusal(clock, count)
                        continue
                open_at, now = place, place if plan[In.WHEN_DATA_ALLOW] > 0 else max(arrival, place)
                simulate_view(
                    now, imputes, window, rows, count[ROWS], view, followed, watched, awaited,
                    seen, sight,
                )  # fmt: skip
                pending, least = 0, 1.0
                if imputes > 0:
                    pending = view[PENDING, here]
                    for i in range(seen[1]):
                        row = watched[i]
                        if int(rows[row, DOSE]) == here:
                            least = min(least, max(now - rows[row, START], 0.0) / window)
                simulate_imputation(
                    here, imputes, settings[By.TARGET], view, followed, events, sizes
                )
                for j in range(here + 1):
                    if view[N, j] > 0:
                        late = view[PENDING, j] * imputes
                        view[MOVE, j] = find_move(
                            view[N, j], view[TOX, j], late, followed[j], limits, marks, settings
                        )
                dose, reason = decide_conflict(
                    events, sizes, view[MOVE], view[N], view[TOX], view[EXTRAS], here, pending,
                    least, imputes, limits, settings,
                )  # fmt: skip
                if dose == WAIT:
                    moment = simulate_next_outcome(now, mark, rows, count[ROWS])
                    if moment >= NEVER:
                        # Nobody is watched: only more participants can change the answer.
                        dose, reason = here, _STAY
                    elif plan[In.WHEN_DATA_ALLOW] > 0:
                        place = moment
                    elif arrival >= place and simulate_backfill(
                        here, imputes, cap, exact, order, room, limits, settings, plan, truth, luck
                    ):
                        continue
                    elif leaves:
                        simulate_refusal(clock, count)
                        place = now
                    else:
                        place = moment
            people = sizes_after[min(escalated, planned)]
        simulate_view(
            NEVER, imputes, window, rows, count[ROWS], view, followed, watched, awaited, seen, sight
        )
        if reason == _PLANNED and view[TOX, 0] >= limits[2, view[N, 0]]:
            reason = _TOXIC
        last_known, last_infused = 0.0, 0.0
        for row in range(count[ROWS]):
            level, answer = int(rows[row, DOSE]), int(rows[row, ANSWER])
            counts[k, level, 2] += answer
            counts[k, level, 3] += answer * int(rows[row, DLT])
            last_known = max(last_known, rows[row, KNOWN])
            last_infused = max(last_infused, rows[row, START])
        for j in range(levels):
            counts[k, j, 0], counts[k, j, 1] = view[N, j], view[TOX, j]
        reasons[k] = reason
        clock[ENDED] = last_known
        if plan[In.LAST_WINDOW] > 0:
            clock[ENDED] = max(last_known, last_infused + window)
        simulate_figures(figures[k], count[ROWS], clock, count)
        figures[k, 9] = count[BACKFILLED]
