"""Equal states become one: sort their keys, add their weights."""

from collections.abc import Sequence

import numpy as np

from protocyte.design.exact.layout import WORD, Keys
from protocyte.design.state import Floats, Integers


def find_merged(keys: Keys, mass: Floats) -> tuple[Keys, Floats]:
    """Find the different states among many, in ascending order.

    Parameters
    ----------
    keys : ndarray of uint64, shape (words, n_states)
        Packed counts, the last word the most significant [1].
    mass : ndarray of float, shape (columns, n_states)
        Weight of each state [1].

    Returns
    -------
    keys : ndarray of uint64, shape (words, n_different)
        Each different key once [1].
    mass : ndarray of float, shape (columns, n_different)
        The weights of equal states added up [1].

    Examples
    --------
    >>> keys, mass = find_merged(np.array([[3, 1, 3]], np.uint64), np.array([[0.5, 0.25, 0.25]]))
    >>> keys.tolist(), mass.tolist()
    ([[1, 3]], [[0.25, 0.75]])
    """
    # Pieces are ascending runs, which a stable sort only has to merge.
    order = np.argsort(keys[0], kind="stable") if len(keys) == 1 else np.lexsort(keys)
    keys = keys[:, order]
    first = _first(keys)
    if len(first) == keys.shape[1]:
        return keys, mass[:, order]
    return keys[:, first], np.add.reduceat(mass[:, order], first, axis=1)


def find_merged_by_dose(
    keys: Keys, mass: Floats, given: Integers, spare: int
) -> tuple[Keys, Floats, Integers]:
    """Find the different states among many that differ in their counts or their last dose.

    Parameters
    ----------
    keys : ndarray of uint64, shape (words, n_states)
        Packed counts, the last word the most significant [1].
    mass : ndarray of float, shape (columns, n_states)
        Weight of each state [1].
    given : ndarray of int, shape (n_states,)
        Index of the dose of the last cohort [1].
    spare : int
        Bits at the top of the last word that no count uses.

    Returns
    -------
    keys : ndarray of uint64, shape (words, n_different)
        The different states, ascending by last dose, then counts [1].
    mass : ndarray of float, shape (columns, n_different)
        The weights of equal states added up [1].
    given : ndarray of int, shape (n_different,)
        Index of their last dose [1].

    Examples
    --------
    >>> keys, mass = np.array([[3, 3, 3]], np.uint64), np.array([[0.5, 0.25, 0.25]])
    >>> find_merged_by_dose(keys, mass, np.array([1, 0, 1]), 8)[1].tolist()
    [[0.25, 0.75]]
    """
    top = WORD - spare
    if spare == 0 or int(given.max()).bit_length() > spare:
        extended = np.concatenate([keys, given[np.newaxis].astype(np.uint64)])
        extended, mass = find_merged(extended, mass)
        return extended[:-1], mass, extended[-1].astype(np.int64)
    tagged = keys.copy()
    tagged[-1] |= given.astype(np.uint64) << np.uint64(top)
    tagged, mass = find_merged(tagged, mass)
    doses = (tagged[-1] >> np.uint64(top)).astype(np.int64)
    tagged[-1] &= np.uint64((1 << top) - 1)
    return tagged, mass, doses


def find_joined(pieces: Sequence[tuple[Keys, Floats]]) -> tuple[Keys, Floats]:
    """Find the different states of several lists.

    Parameters
    ----------
    pieces : sequence of tuple of ndarray
        Keys, shape (words, n_states), and weights, shape (columns, n_states) [1].

    Returns
    -------
    keys : ndarray of uint64, shape (words, n_different)
        Each different key once, ascending [1].
    mass : ndarray of float, shape (columns, n_different)
        The weights of equal states added up [1].

    Examples
    --------
    >>> piece = (np.array([[3]], np.uint64), np.array([[0.5]]))
    >>> find_joined([piece, piece])[1].tolist()
    [[1.0]]
    """
    return find_merged(*find_stacked(pieces))


def find_stacked(pieces: Sequence[tuple[Keys, Floats]]) -> tuple[Keys, Floats]:
    """Find several lists one after the other.

    Parameters
    ----------
    pieces : sequence of tuple of ndarray
        Keys, shape (words, n_states), and weights, shape (columns, n_states) [1].

    Returns
    -------
    keys : ndarray of uint64, shape (words, n_states)
        All keys in their order [1].
    mass : ndarray of float, shape (columns, n_states)
        All weights in their order [1].

    Examples
    --------
    >>> piece = (np.array([[3]], np.uint64), np.array([[0.5]]))
    >>> find_stacked([piece, piece])[1].tolist()
    [[0.5, 0.5]]
    """
    if len(pieces) == 1:
        return pieces[0]
    return (
        np.concatenate([keys for keys, _ in pieces], axis=1),
        np.concatenate([mass for _, mass in pieces], axis=1),
    )


def _first(keys: Keys) -> Integers:
    """Return where, in sorted keys, a new one begins."""
    changed = keys[0, 1:] != keys[0, :-1]
    for word in keys[1:]:
        changed |= word[1:] != word[:-1]
    return np.concatenate([np.zeros(min(keys.shape[1], 1), int), np.flatnonzero(changed) + 1])
