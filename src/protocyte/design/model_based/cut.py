"""Posterior mass on one side of a plane, compiled."""

from typing import Any

from numba import njit

from protocyte.design.model_based.partial import STEPS, TABLED


@njit(cache=True, nogil=True)
def find_below(  # type: ignore[no-untyped-def]  # noqa: PLR0917
    turned, away, nodes, spacings, mass, table, found
) -> Any:
    """Find how probable it is that each dose's log-odds are below a limit.

    The limit is a plane in the lattice. It cuts the lines of nodes that cross it most steeply; on
    each, nodes count for their parts below.

    Parameters
    ----------
    turned : ndarray of float, shape (n_states, n_doses, n_axes)
        How each dose's log-odds change along the axes of the lattice [1].
    away : ndarray of float, shape (n_states, n_doses)
        The limit less the log-odds in the middle of the lattice [1].
    nodes : ndarray of float, shape (n_nodes, n_axes)
        The nodes [1].
    spacings : ndarray of float, shape (n_axes,)
        Distance of neighbouring nodes along each axis [1].
    mass : ndarray of float, shape (n_states, n_nodes)
        Weights of the nodes, adding up to 1 [1].
    table : ndarray of float
        How much a node counts, by its distance (`find_part_table`) [1].
    found : ndarray of float, shape (n_states, n_doses)
        Is filled with posterior probabilities [1].

    Examples
    --------
    >>> import numpy as np
    >>> from protocyte.design.model_based.partial import find_part_table
    >>> found = np.empty((1, 1))
    >>> find_below(np.ones((1, 1, 1)), np.zeros((1, 1)), np.array([[-1.0], [0.0], [1.0]]),
    ...            np.ones(1), np.array([[0.25, 0.5, 0.25]]), find_part_table(), found)
    >>> found.round(6).tolist()
    [[0.5]]
    """
    for k in range(turned.shape[0]):
        for j in range(turned.shape[1]):
            axis = 0
            for a in range(turned.shape[2]):
                if abs(turned[k, j, a]) > abs(turned[k, j, axis]):
                    axis = a
            slope = turned[k, j, axis]
            scale = 1.0 / (slope * spacings[axis])
            total = 0.0
            for q in range(nodes.shape[0]):
                rest = away[k, j]
                for a in range(turned.shape[2]):
                    rest -= turned[k, j, a] * nodes[q, a]
                place = (min(max(rest * scale, -TABLED), TABLED) + TABLED) * STEPS
                row = min(int(place), len(table) - 2)
                total += mass[k, q] * (table[row] + (place - row) * (table[row + 1] - table[row]))
            found[k, j] = total if slope > 0 else 1.0 - total
