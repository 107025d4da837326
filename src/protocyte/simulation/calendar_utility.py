"""TITE-BOIN12 in the calendar engine: two outcomes that come at their own time.

Few decisions need their integrals to the last digit. A tail is compared with a limit; where it
crosses the limit is tabulated. A dose is compared with another; between which values its worth lies
is tabulated too. What the tables leave open is integrated by the design's own function: every
decision is the design's.
"""

# Compiled functions take plain numbers, in a fixed order.
# ruff: noqa: PLR0917

import math
from typing import Final, NamedTuple

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.late_onset.utility_rule import (
    EFF,
    EFF_SIZE,
    SCORE,
    TOX,
    TOX_SIZE,
    N,
    Worth,
    decide_by_utility,
    find_beta_above,
)
from protocyte.design.state import Floats, Integers
from protocyte.simulation.calendar_accrual import COMPLETE, DLT, DOSE, KNOWN, SEEN, START
from protocyte.simulation.calendar_chance import compiled, inlined

find_above = compiled(find_beta_above)
decide_utility = inlined(decide_by_utility)
FAR: Final = 1e300
STEPS: Final = 25
"""Values of the worth that are tabulated for each unit of utility."""
APART: Final = 1e-6
"""Effective participants nearer than this to a limit are close [1]."""
EQUAL: Final = 1e-8
"""Worths nearer than this are close [1]."""
NO: Final = -1.0
"""In place of a probability that is below its limit."""
YES: Final = 2.0
"""In place of a probability that has reached its limit."""
_TOXIC: Final = int(Reason.TOXIC)
_WAIT_SHARE: Final = int(Reason.WAIT_SHARE)
# Of what is kept of a dose: participants, those at the beginning of the list who are complete,
# their DLTs and responses. In the last row: rows that were met, and rows at the beginning whose
# windows are over.
HERE, DONE, DONE_TOX, DONE_EFF = range(4)


class Bounds(NamedTuple):
    """What a TITE-BOIN12 compares, tabulated so that most comparisons need no integral.

    Examples
    --------
    >>> Bounds._fields
    ('toxic', 'futile', 'worth')
    """

    toxic: Floats
    """By DLTs, effective participants without one beyond which a dose is not too toxic [1], and up
    to which it is, shape (2, longest + 1)."""
    futile: Floats
    """By responses, those without beyond which a dose is futile, and up to which it is not."""
    worth: Floats
    """By participants and steps of the summed utility, the probability of exceeding the benchmark
    [1], shape (longest + 1, longest · STEPS + 2)."""


def find_bounds(settings: Floats, longest: int) -> Bounds:
    """Find the bounds of a design.

    Parameters
    ----------
    settings : ndarray of float
        In the places that `Worth` names [1].
    longest : int
        The most participants at a dose.

    Returns
    -------
    Bounds
        The bounds.

    Examples
    --------
    >>> from protocyte.design.biological.boin12 import BOIN12
    >>> from protocyte.design.late_onset.suspension import Suspension
    >>> from protocyte.design.late_onset.tite_boin12 import TITEBOIN12
    >>> design = TITEBOIN12(BOIN12(2), 28, 84, Suspension(0.5, None, None))
    >>> find_bounds(design.rule.settings, 3).toxic.round(3).tolist()[0]
    [0.0, 0.0, 0.105, 0.921]
    """
    bounds = Bounds(
        np.empty((2, longest + 1)),
        np.empty((2, longest + 1)),
        np.zeros((longest + 1, longest * STEPS + 2)),
    )
    find_bounds_into(settings, *bounds)
    return bounds


@compiled
def find_bounds_into(settings: Floats, toxic: Floats, futile: Floats, worth: Floats) -> None:
    """Find the bounds of a design, in arrays of the caller."""
    longest = toxic.shape[1] - 1
    for events in range(longest + 1):
        for k in range(2):
            at = settings[Worth.TOXICITY_LIMIT if k == 0 else Worth.EFFICACY_FLOOR]
            certain = settings[Worth.TOXIC_FROM] if k == 0 else 1 - settings[Worth.FUTILE_FROM]
            # The tail above the limit falls as more are without the event.
            low, high = 0.0, longest + 1.0
            if find_above(1.0 + events, 1.0, at) <= certain:
                high = low
            elif find_above(1.0 + events, 1.0 + high, at) >= certain:
                low = high
            while high - low > APART:
                middle = (low + high) / 2
                if find_above(1.0 + events, 1.0 + middle, at) > certain:
                    low = middle
                else:
                    high = middle
            into = toxic if k == 0 else futile
            into[0, events], into[1, events] = high + APART, low - APART
    for n in range(longest + 1):
        for step in range(n * STEPS + 2):
            score = min(step / STEPS, 1.0 * n)
            worth[n, step] = find_above(1 + score, 1 + n - score, settings[Worth.BENCHMARK])


@inlined
def find_lower_bound(events: float, without: float, bounds: Floats) -> float:
    """Find whether a tail reaches its limit: `NO`, `YES`, or 0 if it is close."""
    place = int(events)
    if without >= bounds[0, place]:
        return NO
    return YES if without <= bounds[1, place] else 0.0


@inlined
def simulate_met(
    now: float, rows: Floats, total: int, lists: Integers, kept: Integers, scores: Floats
) -> None:
    """Put the participants who are new on the lists of their doses.

    `kept` has a row a dose and one more; see above.
    """
    levels = len(scores) - 1
    if now < scores[levels]:
        # A time less a lead, plus it, may fall short of itself: who was complete is asked again.
        for j in range(levels):
            kept[j, DONE], kept[j, DONE_TOX], kept[j, DONE_EFF], scores[j] = 0, 0, 0, 0.0
        kept[levels, 1] = 0
    scores[levels] = now
    for row in range(kept[levels, 0], total):
        j = int(rows[row, DOSE])
        lists[j, kept[j, HERE]] = row
        kept[j, HERE] += 1
    kept[levels, 0] = total


@inlined
def find_utility(tox: float, eff: float, utilities: Floats) -> float:
    """Find the expected utility of a participant over 100, as the design sums it."""
    return float(
        (
            utilities[0] * eff * (1 - tox)
            + utilities[1] * (1 - eff) * (1 - tox)
            + utilities[2] * eff * tox
            + utilities[3] * (1 - eff) * tox
        )
        / 100
    )


@inlined
def simulate_known(
    j: int,
    now: float,
    answers: float,
    rows: Floats,
    utilities: Floats,
    lists: Integers,
    kept: Integers,
    scores: Floats,
    expected: Floats,
) -> tuple[int, int]:
    """See who is at a dose, and with which DLTs; return pending toxicities and responses.

    Who is complete at the beginning of the list is added up once, in the order of the list.
    """
    here = kept[j, HERE]
    while kept[j, DONE] < here and rows[lists[j, kept[j, DONE]], COMPLETE] <= now:
        row = lists[j, kept[j, DONE]]
        tox, eff = 1.0 * (rows[row, DLT] > 0), 1.0 * (rows[row, SEEN] <= now)
        kept[j, DONE] += 1
        kept[j, DONE_TOX] += tox > 0
        kept[j, DONE_EFF] += eff > 0
        scores[j] += find_utility(tox, eff, utilities)
    seen, tox_pending, eff_pending = kept[j, DONE_TOX], 0, 0
    for i in range(kept[j, DONE], here):
        row = lists[j, i]
        if rows[row, KNOWN] > now:
            tox_pending += 1
        elif rows[row, DLT] > 0:
            seen += 1
        eff_pending += rows[row, SEEN] > now and rows[row, START] + answers > now
    expected[j, N], expected[j, TOX] = here, seen
    return tox_pending, eff_pending


@inlined
def simulate_expected(
    j: int,
    now: float,
    window: float,
    answers: float,
    rows: Floats,
    utilities: Floats,
    lists: Integers,
    kept: Integers,
    scores: Floats,
    expected: Floats,
) -> float:
    """Find what the participants of a dose amount to; return the least share that was followed.

    The sums are those of `find_expected_outcomes`, in its order.
    """
    least, done, here = 1.0, kept[j, DONE], kept[j, HERE]
    tox_size, eff_size, effs, score = 1.0 * done, 1.0 * done, 1.0 * kept[j, DONE_EFF], scores[j]
    for i in range(done, here):
        row = lists[j, i]
        days = max(now - rows[row, START], 0.0)
        if rows[row, KNOWN] > now:
            share = min(days / window, 1.0)
            tox_size += share
            least = min(least, share)
        else:
            tox_size += 1.0
        if rows[row, SEEN] > now and rows[row, START] + answers > now:
            share = min(days / answers, 1.0)
            eff_size += share
            least = min(least, share)
        else:
            eff_size += 1.0
            effs += rows[row, SEEN] <= now
    tox_rate = min(expected[j, TOX] / tox_size, 1.0) if tox_size > 0 else 0.0
    eff_rate = min(effs / eff_size, 1.0) if eff_size > 0 else 0.0
    for i in range(done, here):
        row = lists[j, i]
        days = max(now - rows[row, START], 0.0)
        tox, eff = 1.0 * (rows[row, DLT] > 0), 1.0 * (rows[row, SEEN] <= now)
        if rows[row, KNOWN] > now:
            left = tox_rate * (1 - min(days / window, 1.0))
            tox = left / (1 - tox_rate + left) if left > 0 else 0.0
        if rows[row, SEEN] > now and rows[row, START] + answers > now:
            left = eff_rate * (1 - min(days / answers, 1.0))
            eff = left / (1 - eff_rate + left) if left > 0 else 0.0
        score += find_utility(tox, eff, utilities)
    expected[j, TOX_SIZE], expected[j, EFF_SIZE] = tox_size, eff_size
    expected[j, EFF], expected[j, SCORE] = effs, score
    return least


@inlined
def find_tails(
    here: int, expected: Floats, settings: Floats, bounds: Bounds, tails: Floats
) -> None:
    """Find what is compared of the doses within reach: in the order of the design's own numbers."""
    first, last = max(here - 1, 0), min(here + 1, len(expected) - 1)
    for j in range(first, last + 1):
        n, score = expected[j, N], expected[j, SCORE]
        tox, eff = expected[j, TOX], expected[j, EFF]
        clear = max(expected[j, TOX_SIZE] - tox, 0.0)
        failed = max(expected[j, EFF_SIZE] - eff, 0.0)
        tails[0, j] = find_lower_bound(tox, clear, bounds.toxic)
        if tails[0, j] == 0.0:
            tails[0, j] = find_above(1 + tox, 1 + clear, settings[Worth.TOXICITY_LIMIT])
        tails[1, j] = -find_lower_bound(eff, failed, bounds.futile)
        if tails[1, j] == 0.0:
            tails[1, j] = 1 - find_above(1 + eff, 1 + failed, settings[Worth.EFFICACY_FLOOR])
        step = score * STEPS
        place = math.floor(step)
        nearest = math.floor(step + 0.5)
        if abs(step - nearest) < EQUAL:
            tails[2, j] = bounds.worth[int(n), nearest]
            tails[3, j] = tails[2, j]
        else:
            tails[2, j] = bounds.worth[int(n), place]
            tails[3, j] = bounds.worth[int(n), place + 1]
    close = False
    for j in range(first, last + 1):
        for k in range(first, j):
            same = expected[j, N] == expected[k, N] and expected[j, SCORE] == expected[k, SCORE]
            apart = tails[2, j] - tails[3, k] > EQUAL or tails[2, k] - tails[3, j] > EQUAL
            open_too = tails[0, k] < YES and tails[1, k] < YES
            close |= tails[0, j] < YES and tails[1, j] < YES and open_too and not (same or apart)
    for j in range(first, last + 1):
        if close:
            n, score = expected[j, N], expected[j, SCORE]
            tails[2, j] = find_above(1 + score, 1 + n - score, settings[Worth.BENCHMARK])
            tails[2, j] = round(tails[2, j], 10)


@inlined
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
    bounds: Bounds,
    lists: Integers,
    kept: Integers,
    scores: Floats,
    expected: Floats,
    tails: Floats,
) -> tuple[int, int]:
    """Decide by TITE-BOIN12 at a time, from what is known then."""
    simulate_met(now, rows, total, lists, kept, scores)
    tox_pending, eff_pending, least = 0, 0, 1.0
    for j in range(len(expected)):
        waiting = simulate_known(j, now, answers, rows, utilities, lists, kept, scores, expected)
        if j == here:
            tox_pending, eff_pending = waiting
    dose, reason = 0, 0
    for again in range(2):
        # Doses close, and trials wait, before anything is asked for but counts.
        if again > 0:
            for j in range(max(here - 1, 0), min(here + 2, len(expected))):
                followed = simulate_expected(
                    j, now, window, answers, rows, utilities, lists, kept, scores, expected
                )
                if j == here:
                    least = followed
            find_tails(here, expected, settings, bounds, tails)
        dose, reason = decide_utility(
            expected, tails[0], tails[1], tails[2], limits, here, tox_pending, eff_pending, least,
            lost, settings,
        )  # fmt: skip
        if reason in (_TOXIC, _WAIT_SHARE):
            break
    return dose, reason


@inlined
def simulate_next_answer(
    now: float, share: float, window: float, answers: float, rows: Floats, total: int,
    kept: Integers,
) -> float:  # fmt: skip
    """Return the next time at which the answer may change if the trial waits."""
    moment, longest, last = FAR, max(window, answers), len(kept) - 1
    while kept[last, 1] < total and rows[kept[last, 1], START] + longest <= now:
        kept[last, 1] += 1
    for row in range(kept[last, 1], total):
        start = rows[row, START]
        marks = (
            rows[row, KNOWN], min(rows[row, SEEN], start + answers), start + share * window,
            start + share * answers,
        )  # fmt: skip
        for mark in marks:
            if now < mark < moment:
                moment = mark
    return moment


@inlined
def simulate_share_known(
    now: float, here: int, most: float, answers: float, rows: Floats, lists: Integers,
    kept: Integers,
) -> float:  # fmt: skip
    """Return when a trial that waits for a share of outcomes may go on, or stop for toxicity.

    Until then the share that is pending stays too large, and no DLT closes a dose.
    """
    moment = now
    for k in range(2):
        pending = 1 + int(most)
        while pending > most:
            pending, after = 0, FAR
            for i in range(kept[here, DONE], kept[here, HERE]):
                row = lists[here, i]
                time = rows[row, KNOWN]
                if k > 0:
                    time = min(rows[row, SEEN], rows[row, START] + answers)
                if time > moment:
                    pending += 1
                    after = min(after, time)
            if pending > most:
                moment = after
    for j in range(len(kept) - 1):
        for i in range(kept[j, DONE], kept[j, HERE]):
            row = lists[j, i]
            if rows[row, DLT] > 0 and now < rows[row, KNOWN] < moment:
                moment = rows[row, KNOWN]
    return moment
