"""TITE-CRM in the calendar engine: a fit at every decision.

The likelihood of complete outcomes is kept at every node and multiplied on as outcomes come. Nodes
that carry less than rounding errors are left out, by a bound. A mean that lies near a border
between two doses is found once more by the design's own function: every decision is the design's.
"""

# Compiled functions take plain numbers, in a fixed order.
# ruff: noqa: PLR0911, PLR0912, PLR0917

import math
from typing import Final, NamedTuple

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.late_onset.interval_rule import STOP, WAIT
from protocyte.design.late_onset.tite_crm import CurveRule
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

LEFT_OUT: Final = 1e-12
"""Nodes are left out while they carry at most this share of the posterior [1]."""
NEAR: Final = 1e-8
"""A mean nearer than this to a border is close [prior standard deviations]."""
CELLS: Final = 1000
"""In so many cells borders are looked for, and again within a cell, `ROUNDS` times."""
ROUNDS: Final = 4
UNCLEAR: Final = -1
_PLANNED: Final = int(Reason.PLANNED)
_COHERENT: Final = int(Reason.COHERENT)
_NEAREST: Final = int(Reason.NEAREST)
_ONE_LEVEL: Final = int(Reason.ONE_LEVEL)
_WAIT_SHARE: Final = int(Reason.WAIT_SHARE)
_WAIT_COMPLETED: Final = int(Reason.WAIT_COMPLETED)
_WAIT_FOLLOW_UP: Final = int(Reason.WAIT_FOLLOW_UP)


class Sketch(NamedTuple):
    """The curve of a TITE-CRM as probabilities, and the parameters at which its dose changes.

    Examples
    --------
    >>> Sketch._fields
    ('tox', 'clear', 'below', 'above', 'borders', 'doses', 'near')
    """

    tox: Floats
    """DLT probabilities [1], shape (n_doses, n_nodes)."""
    clear: Floats
    """Probabilities of none [1], likewise."""
    below: Floats
    """Prior weight of all nodes below each node [1]; NaN if the curve is not monotone."""
    above: Floats
    """Prior weight of all nodes above each node [1], likewise."""
    borders: Floats
    """Parameters at which the recommended dose changes [1], ascending."""
    doses: Integers
    """Index of the dose below the first border, between borders, and above the last."""
    near: float
    """A mean nearer than this to a border is close [1]."""


def find_sketch(rule: CurveRule) -> Sketch:
    """Find the sketch of a curve.

    Parameters
    ----------
    rule : CurveRule
        The curve as plain numbers.

    Returns
    -------
    Sketch
        The sketch.

    Examples
    --------
    >>> from protocyte.design.late_onset.suspension import Suspension
    >>> from protocyte.design.late_onset.tite_crm import TITECRM
    >>> from protocyte.design.model_based.crm import CRM
    >>> crm = CRM(target=0.3, skeleton=(0.15, 0.3, 0.45))
    >>> find_sketch(TITECRM(crm, 28, Suspension(None, None, None)).rule).doses.tolist()
    [0, 1, 2, 0]
    """
    nodes, prior = rule.nodes, rule.prior
    tox, clear = np.exp(rule.log_tox), np.exp(rule.log_no_tox)
    below, above = np.cumsum(prior) - prior, np.cumsum(prior[::-1])[::-1] - prior
    if (np.diff(tox) > 0).any() or (np.diff(clear) < 0).any():
        below[1:], above[:-1] = math.nan, math.nan
    below[0], above[-1] = 0.0, 0.0
    parameters = np.linspace(nodes[0], nodes[-1], CELLS + 1)
    for _ in range(ROUNDS):
        doses = find_nearest_doses(parameters, rule)
        changes = np.flatnonzero(np.diff(doses))
        # In the end cells are much narrower than what is called near.
        cells = [np.linspace(parameters[k], parameters[k + 1], CELLS + 1) for k in changes]
        ends = parameters[[0, -1]]
        borders, between = parameters[changes], doses[np.r_[changes, -1]]
        parameters = np.concatenate([ends[:1], *cells, ends[1:]])
    deviation = math.sqrt(-0.5 * nodes[0] ** 2 / math.log(prior[0]))
    return Sketch(tox, clear, below, above, borders, between, NEAR * deviation)


def find_nearest_doses(parameters: Floats, rule: CurveRule) -> Integers:
    """Find the dose whose DLT probability is nearest to the target, for many parameters.

    Parameters
    ----------
    parameters : ndarray of float, shape (n,)
        Values of the parameter [1].
    rule : CurveRule
        The curve.

    Returns
    -------
    ndarray of int, shape (n,)
        Indices of the doses [1], as `find_tite_recommendation` has them.

    Examples
    --------
    >>> from protocyte.design.late_onset.suspension import Suspension
    >>> from protocyte.design.late_onset.tite_crm import TITECRM
    >>> from protocyte.design.model_based.crm import CRM
    >>> crm = CRM(target=0.3, skeleton=(0.15, 0.3, 0.45))
    >>> rule = TITECRM(crm, 28, Suspension(None, None, None)).rule
    >>> find_nearest_doses(np.array([-1.0, 0.0, 1.0]), rule).tolist()
    [0, 1, 2]
    """
    intercept, logistic, target = rule.settings[:3]
    nearest, least = np.zeros(len(parameters), dtype=np.int64), np.full(len(parameters), 2.0)
    for j, label in enumerate(rule.labels):
        steep = label * np.exp(parameters)
        with np.errstate(over="ignore"):
            chance = 1 / (1 + np.exp(-intercept - steep)) if logistic > 0 else np.exp(steep)
        away = np.abs(chance - target)
        closer = away < least - 1e-12
        nearest[closer], least[closer] = j, away[closer]
    return nearest


@inlined
def simulate_sketch(
    complete: Integers, tox: Integers, sketch: Sketch, weigh: Floats, taken: Integers
) -> None:
    """Bring the likelihood at the nodes up to date with the outcomes that are complete.

    Those without a DLT are in the first row of `weigh`, those with one in the second; `taken` holds
    how many of both are included at each dose.
    """
    levels, size = len(complete), weigh.shape[1]
    again = taken[0, 0] < 0
    for j in range(levels):
        again |= taken[0, j] > complete[j] - tox[j] or taken[1, j] > tox[j]
    if again:
        for q in range(size):
            weigh[0, q], weigh[1, q] = 1.0, 1.0
        for j in range(levels):
            taken[0, j], taken[1, j] = 0, 0
    for j in range(levels):
        while taken[0, j] < complete[j] - tox[j]:
            taken[0, j] += 1
            for q in range(size):
                weigh[0, q] *= sketch.clear[j, q]
        while taken[1, j] < tox[j]:
            taken[1, j] += 1
            for q in range(size):
                weigh[1, q] *= sketch.tox[j, q]


@inlined
def find_sketched_dose(
    doses: Integers,
    weights: Floats,
    count: int,
    sketch: Sketch,
    nodes: Floats,
    prior: Floats,
    weigh: Floats,
    ends: Integers,
) -> int:
    """Find the recommended dose from the likelihood at the nodes; `UNCLEAR` if it is close.

    DLT probabilities fall along the nodes. So the posterior below a node is at most the prior there
    times the likelihood, at that node, of those without a DLT; above a node, of those with one.
    `ends` are the first and the last node but one that were used before.
    """
    mass, moment, left_out = 0.0, 0.0, 1.0
    for _ in range(2):
        first, after = ends[0], ends[1]
        size = after - first
        part, clear, toxic = weigh[2, first:after], weigh[0, first:after], weigh[1, first:after]
        before, values = prior[first:after], nodes[first:after]
        for q in range(size):
            part[q] = before[q] * clear[q] * toxic[q]
        for i in range(count):
            weight, curve = weights[i], sketch.tox[doses[i], first:after]
            for q in range(size):
                part[q] *= 1.0 - weight * curve[q]
        mass, moment, mass_2, moment_2 = 0.0, 0.0, 0.0, 0.0
        for q in range(0, size - 1, 2):
            mass += part[q]
            moment += part[q] * values[q]
            mass_2 += part[q + 1]
            moment_2 += part[q + 1] * values[q + 1]
        if size % 2 > 0:
            mass += part[size - 1]
            moment += part[size - 1] * values[size - 1]
        mass, moment = mass + mass_2, moment + moment_2
        limit = LEFT_OUT * mass
        left_out = sketch.below[first] * weigh[0, first]
        left_out = max(left_out, sketch.above[after - 1] * weigh[1, after - 1])
        # The next decision begins with the nodes that this one would have needed.
        while ends[0] > 0 and sketch.below[ends[0]] * weigh[0, ends[0]] > limit:
            ends[0] -= 1
        while ends[0] + 1 < ends[1] and sketch.below[ends[0] + 1] * weigh[0, ends[0] + 1] <= limit:
            ends[0] += 1
        while ends[1] < len(nodes) and sketch.above[ends[1] - 1] * weigh[1, ends[1] - 1] > limit:
            ends[1] += 1
        while ends[1] - 2 > ends[0] and sketch.above[ends[1] - 2] * weigh[1, ends[1] - 2] <= limit:
            ends[1] -= 1
        if left_out <= 100 * limit:
            break
    if left_out > 100 * LEFT_OUT * mass or mass < 1e-250:
        return UNCLEAR
    mean, place = moment / mass, 0
    for border in sketch.borders:
        if abs(mean - border) < sketch.near:
            return UNCLEAR
        place += mean > border
    return int(sketch.doses[place])


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


@inlined
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
    sketch: Sketch,
    weigh: Floats,
    taken: Integers,
    ends: Integers,
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
    simulate_sketch(complete, tox, sketch, weigh, taken)
    wanted = find_sketched_dose(doses, weights, seen[1], sketch, nodes, prior, weigh, ends)
    if wanted == UNCLEAR:
        found = find_estimate(
            complete, tox, doses, weights, seen[1], log_tox, log_no_tox, nodes, prior
        )
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
