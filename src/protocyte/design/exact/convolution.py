"""Cohorts given to many states at once, compiled: for walks of millions of states.

A cohort changes the events at one dose alone. States that agree in everything else lie together
once that dose's events are the lowest bits of their keys; the cohort's outcomes then add up in one
small array for each such run, and equal states never exist twice.
"""

import numpy as np
from numba import njit

from protocyte.design.exact.cohort import Cohort
from protocyte.design.exact.layout import Keys, Layout
from protocyte.design.state import Floats


def find_grown(
    keys: Keys, mass: Floats, cohort: Cohort, layout: Layout, dose: int
) -> tuple[Keys, Floats]:
    """Find every state that a cohort leads to, each once.

    Parameters
    ----------
    keys : ndarray of uint64, shape (1, n_states)
        Packed counts [1].
    mass : ndarray of float, shape (columns, n_states)
        Weight of each state [1].
    cohort : Cohort
        What the cohort can add.
    layout : Layout
        How states are packed.
    dose : int
        Index of the dose that the cohort is given.

    Returns
    -------
    keys : ndarray of uint64, shape (1, n_different)
        The states after the cohort, each once [1].
    mass : ndarray of float, shape (columns, n_different)
        Their weights [1].

    Examples
    --------
    >>> from protocyte.design.exact.cohort import Cohorts
    >>> from protocyte.design.exact.kernel import Kernel
    >>> from protocyte.design.scenario import Scenario
    >>> kernel = Kernel(("n", "tox"), (Scenario((0.1, 0.2)),), n_doses=2, planned=6)
    >>> layout = Layout(n_doses=2, n_features=2, capacity=6)
    >>> cohort = Cohorts(kernel, layout).of(dose=1, size=3)
    >>> keys, mass = find_grown(layout.keys(np.zeros((1, 2, 2), int)), np.ones((1, 1)), cohort,
    ...                         layout, 1)
    >>> layout.counts(keys)[:, 1].tolist(), mass[0].tolist()
    ([[3, 0], [3, 1], [3, 2], [3, 3]], [1.0, 3.0, 3.0, 1.0])
    """
    width = layout.bits * layout.events
    shift = np.uint64(layout.place(dose, 1)[1])
    turned = _turn(keys[0], shift, np.uint64(width))
    order = np.argsort(turned)
    treated = layout.place(dose, 0)[1]
    size = np.uint64(int(cohort.counts[0, 0]) << treated)
    room = len(order) * cohort.outcomes
    grown, weight = np.empty(room, np.uint64), np.empty((room, len(mass)))
    found = _grow(
        turned[order],
        np.ascontiguousarray(mass.T[order]),
        np.ascontiguousarray(cohort.counts[:, 1:].astype(np.int64)),
        np.ascontiguousarray(cohort.weights.T),
        size,
        layout.bits,
        grown,
        weight,
    )
    return _turn(grown[:found], shift, np.uint64(width))[np.newaxis], weight[:found].T


def _turn(keys: Keys, shift: np.uint64, width: np.uint64) -> Keys:
    """Exchange the events of a dose with those in the lowest bits."""
    if shift == 0:
        return keys
    mask = np.uint64((1 << int(width)) - 1)
    changed = (keys ^ (keys >> shift)) & mask
    turned: Keys = keys ^ changed ^ (changed << shift)
    return turned


@njit(cache=True, nogil=True)
def _grow(keys, mass, added, weights, size, bits, grown, weight):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """Write the states after a cohort; return how many there are."""
    n_events, columns = added.shape[1], mass.shape[1]
    low = np.uint64(bits * n_events)
    reach = np.zeros(n_events, np.int64)
    for k in range(len(added)):
        reach = np.maximum(reach, added[k])
    least, side = np.empty(n_events, np.int64), np.empty(n_events, np.int64)
    step = np.empty(n_events, np.int64)
    box, there = np.zeros((64, columns)), np.zeros(64, np.bool_)
    found, start = 0, 0
    while start < len(keys):
        context = keys[start] >> low
        end = _span(keys, start, bits, least, side)
        cells = 1
        for f in range(n_events):
            side[f], step[f] = side[f] + reach[f], cells
            cells *= side[f]
        if cells > len(box):
            box, there = np.zeros((2 * cells, columns)), np.zeros(2 * cells, np.bool_)
        for i in range(start, end):
            corner = _cell(keys[i], bits, least, step)
            for k in range(len(added)):
                cell = corner
                for f in range(n_events):
                    cell += added[k, f] * step[f]
                there[cell] = True
                for c in range(columns):
                    box[cell, c] += weights[k, c] * mass[i, c]
        base = (context << low) + size
        for cell in range(cells):
            if there[cell]:
                grown[found] = base + _events(cell, bits, least, step, side)
                for c in range(columns):
                    weight[found, c] = box[cell, c]
                    box[cell, c] = 0.0
                there[cell] = False
                found += 1
        start = end
    return found


@njit(cache=True, nogil=True)
def _span(keys, start, bits, least, side):  # type: ignore[no-untyped-def]
    """Return where a run of states that differ in the lowest events ends, and note their range."""
    n_events = len(least)
    low, field = np.uint64(bits * n_events), np.uint64((1 << bits) - 1)
    context, end = keys[start] >> low, start
    least[:], side[:] = 1 << 62, 0
    while end < len(keys) and keys[end] >> low == context:
        for f in range(n_events):
            count = np.int64((keys[end] >> np.uint64(f * bits)) & field)
            least[f] = min(least[f], count)
            side[f] = max(side[f], count)
        end += 1
    for f in range(n_events):
        side[f] += 1 - least[f]
    return end


@njit(cache=True, nogil=True)
def _cell(key, bits, least, step):  # type: ignore[no-untyped-def]
    """Return the cell of a state's lowest events."""
    field, cell = np.uint64((1 << bits) - 1), 0
    for f in range(len(least)):
        cell += (np.int64((key >> np.uint64(f * bits)) & field) - least[f]) * step[f]
    return cell


@njit(cache=True, nogil=True)
def _events(cell, bits, least, step, side):  # type: ignore[no-untyped-def]
    """Return the packed events of a cell."""
    packed = np.uint64(0)
    for f in range(len(least)):
        packed += np.uint64((cell // step[f] % side[f] + least[f]) << (f * bits))
    return packed
