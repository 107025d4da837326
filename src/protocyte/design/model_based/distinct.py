"""Equal counts are fitted once."""

import numpy as np

from protocyte.design.state import Integers


def find_distinct(counts: Integers) -> tuple[Integers, Integers]:
    """Find the different counts among those of many states.

    Parameters
    ----------
    counts : ndarray of int, shape (n_states, n_doses, n_features)
        The counts [participants].

    Returns
    -------
    counts : ndarray of int, shape (n_different, n_doses, n_features)
        Each different one once [participants].
    place : ndarray of int, shape (n_states,)
        Where each state's counts are among them [1].

    Examples
    --------
    >>> counts, place = find_distinct(np.array([[[3, 1]], [[3, 0]], [[3, 1]]]))
    >>> counts.tolist(), place.tolist()
    ([[[3, 1]], [[3, 0]]], [0, 1, 0])
    """
    if len(counts) < 2:
        return counts, np.arange(len(counts))
    rows = np.ascontiguousarray(counts).reshape(len(counts), -1)
    whole = rows.view(np.dtype((np.void, rows.shape[1] * rows.itemsize)))[:, 0]
    _, first, place = np.unique(whole, return_index=True, return_inverse=True)
    # In the order in which they came, so that the answer does not depend on the bytes' order.
    order = np.argsort(first)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return counts[first[order]], rank[place]
