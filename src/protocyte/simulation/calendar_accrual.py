"""Who arrives, finds a place, and is infused: the part of the engine that all designs share.

A trial is held in three arrays: a clock of times, counts of people, and a row a participant.
Indices have names below. A place opens at a time; who comes before it finds no place.
"""

# Compiled functions take plain numbers, in a fixed order.
# ruff: noqa: FBT001, PLR0917

import math
from typing import Final

from protocyte.design.state import Floats, Integers
from protocyte.simulation.calendar import In
from protocyte.simulation.calendar_chance import (
    DROP_OUT,
    FAILURE,
    compiled,
    inlined,
    sample_gap,
    sample_response_day,
    sample_toxicity_day,
    sample_uniform,
)

# Of the clock.
AT, BASE, ENROLLED_AT, INFUSED_AT, SLOT, CLOSED, IDLE, WAITED, OPEN, FROM, ENDED = range(11)
CLOCKS: Final = 11
"""From here on a clock holds the times at which places of lost people open again."""
# Of the counts.
DOOR, PERSON, ROWS, REFUSED, ENROLLED, LOST, UNREPLACED, UNUSED, BACKFILLED = range(9)
COUNTS: Final = 9
# Of a participant: infusion, toxicity known, response seen, all known; dose, DLT, response,
# whether backfilled.
START, KNOWN, SEEN, COMPLETE, DOSE, DLT, ANSWER, EXTRA = range(8)
FACTS: Final = 8

WAITS, QUEUES, LEAVES = range(3)
NEVER_SEEN: Final = 1e300


@inlined
def sample_arrival(clock: Floats, count: Integers, plan: Floats, luck: int) -> float:
    """Let the next person arrive, unless one stands at the door already; return when."""
    if count[DOOR] == 0:
        count[DOOR] = 1
        if count[PERSON] == 0 and plan[In.FIRST_AT_ONCE] > 0:
            clock[AT] = 0.0
        else:
            clock[AT] = clock[BASE] + sample_gap(plan, luck, count[PERSON])
    return float(clock[AT])


@inlined
def simulate_refusal(clock: Floats, count: Integers) -> None:
    """Send away the person at the door."""
    count[DOOR] = 0
    count[PERSON] += 1
    count[REFUSED] += 1
    clock[BASE] = clock[AT]


@inlined
def simulate_enrolment(
    place: float, clock: Floats, count: Integers, plan: Floats, luck: int
) -> float:
    """Give a place that opens at a time to the next person who may have it; return when."""
    arrival = sample_arrival(clock, count, plan, luck)
    while plan[In.NO_PLACE] == LEAVES and arrival < place:
        simulate_refusal(clock, count)
        arrival = sample_arrival(clock, count, plan, luck)
    taken = max(arrival, place)
    before = clock[ENROLLED_AT]
    clock[CLOSED] += max(place - before, 0.0)
    clock[IDLE] += taken - max(place, before)
    clock[ENROLLED_AT] = taken
    clock[BASE] = taken if plan[In.NO_PLACE] == WAITS else arrival
    count[DOOR] = 0
    count[PERSON] += 1
    count[ENROLLED] += 1
    return taken


@inlined
def simulate_slot(enrolled: float, clock: Floats, plan: Floats) -> float:
    """Return the first free slot from a time on."""
    if plan[In.SLOT_STEP] == 0.0:
        return enrolled
    slot = math.ceil(enrolled / plan[In.SLOT_STEP] - 1e-9) * plan[In.SLOT_STEP]
    if clock[SLOT] >= 0 and slot < clock[SLOT] + plan[In.SLOT_STEP]:
        slot = clock[SLOT] + plan[In.SLOT_STEP]
    return float(slot)


@inlined
def simulate_production(
    enrolled: float, earliest: float, clock: Floats, count: Integers, plan: Floats
) -> float:
    """Collect the cells of an enrolled person; return when they may be infused."""
    slot = simulate_slot(enrolled, clock, plan)
    if plan[In.SLOT_STEP] > 0.0:
        if clock[SLOT] >= 0:
            count[UNUSED] += round((slot - clock[SLOT]) / plan[In.SLOT_STEP]) - 1
        clock[SLOT] = slot
    infused = max(slot + plan[In.LEAD], earliest)
    clock[INFUSED_AT] = infused
    clock[WAITED] += infused - plan[In.LEAD] - clock[AT]
    return float(infused)


@inlined
def sample_loss(plan: Floats, luck: int, person: int) -> bool:
    """Draw whether an enrolled person is never infused."""
    if plan[In.FAILURE] > 0 and sample_uniform(luck, person, FAILURE) < plan[In.FAILURE]:
        return True
    leaves: bool = plan[In.DROP_OUT] > 0
    return leaves and sample_uniform(luck, person, DROP_OUT) < plan[In.DROP_OUT]


@inlined
def simulate_infusion(
    infused: float,
    dose: int,
    extra: int,
    looks_at_response: int,
    person: int,
    rows: Floats,
    count: Integers,
    plan: Floats,
    truth: Floats,
    luck: int,
) -> float:
    """Infuse a person and note what will happen; return when all that is waited for is known.

    Responses are left out (0), waited for (1), or seen when they come (2).
    """
    row = count[ROWS]
    count[ROWS] += 1
    day = sample_toxicity_day(dose, plan, truth, luck, person)
    rows[row, DOSE], rows[row, DLT], rows[row, EXTRA] = dose, day >= 0, extra
    rows[row, ANSWER] = 0
    rows[row, START], rows[row, SEEN] = infused, NEVER_SEEN
    known = infused + (day if day >= 0 else plan[In.WINDOW])
    complete = known
    if looks_at_response > 0:
        answer = sample_response_day(dose, day >= 0, plan, truth, luck, person)
        if answer >= 0:
            rows[row, ANSWER] = 1
            rows[row, SEEN] = infused + answer
        if looks_at_response == 1:
            complete = max(known, infused + (answer if answer >= 0 else plan[In.RESPONSE_WINDOW]))
    rows[row, KNOWN], rows[row, COMPLETE] = known, complete
    return complete


@compiled
def simulate_excess(
    infused: float,
    limit: int,
    tox: int,
    first: int,
    rows: Floats,
    count: Integers,
) -> bool:
    """Return whether a cohort's DLTs, with those before, reach a limit by a time."""
    seen = tox
    for row in range(first, count[ROWS]):
        if rows[row, DLT] and rows[row, KNOWN] <= infused:
            seen += 1
    return seen >= limit


@inlined
def simulate_cohort(
    dose: int,
    size: int,
    open_at: float,
    infusions_from: float,
    staggered: bool,
    limit: int,
    tox: int,
    looks_at_response: int,
    rows: Floats,
    clock: Floats,
    count: Integers,
    plan: Floats,
    truth: Floats,
    luck: int,
) -> float:
    """Enrol and infuse a cohort; return when all its outcomes are known.

    `limit` and `tox` are the DLTs that end the cohort early and those seen at the dose before.
    """
    first, complete = count[ROWS], open_at
    given = reopened = again = 0
    while given < size or again < reopened:
        if given < size:
            place = open_at
        else:
            place = clock[CLOCKS + again % (len(clock) - CLOCKS)]
            again += 1
        earliest = infusions_from
        if given > 0 and staggered:
            gap = plan[In.STAGGER + min(given, int(plan[In.GAP_COUNT])) - 1]
            earliest = max(earliest, clock[INFUSED_AT] + gap)
            place = max(place, clock[INFUSED_AT] + gap - plan[In.LEAD])
        given = min(given + 1, size)
        taken = simulate_enrolment(place, clock, count, plan, luck)
        person = count[PERSON] - 1
        infused = simulate_production(taken, earliest, clock, count, plan)
        # At least one is infused, or a trial that stays at a dose would never end.
        cut = plan[In.CUT_COHORT] > 0 and count[ROWS] > first
        if cut and simulate_excess(infused, limit, tox, first, rows, count):
            count[LOST] += 1
            break
        if sample_loss(plan, luck, person):
            count[LOST] += 1
            if plan[In.REPLACED] > 0:
                clock[CLOCKS + reopened % (len(clock) - CLOCKS)] = infused
                reopened += 1
            else:
                count[UNREPLACED] += 1
            complete = max(complete, infused)
            continue
        known = simulate_infusion(
            infused, dose, 0, looks_at_response, person, rows, count, plan, truth, luck,
        )  # fmt: skip
        complete = max(complete, known)
    return complete
