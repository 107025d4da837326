"""In which of several intervals a DLT probability lies most densely.

mTPI, mTPI-2 and Keyboard ask this of the posterior Beta(1 + y, 1 + n - y) and differ in the
intervals alone. Masses are binomial sums; where two are so near that rounding could decide,
fractions do.
"""

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import numpy as np

from protocyte.design.exact.binomial import find_binomial
from protocyte.design.state import Integers

NEAR: Final = 1e-10
"""Densities that differ by less, as a share, are compared as fractions [1]."""


def find_strongest_interval(edges: Sequence[Fraction], n: int) -> Integers:
    """Find the interval with the most posterior probability for its width.

    Parameters
    ----------
    edges : sequence of Fraction
        Where the intervals begin, and where the last ends [1]; ascending, from 0 to 1.
    n : int
        Participants at the dose [participants].

    Returns
    -------
    ndarray of int, shape (n + 1,)
        Index of the interval [1] for 0, 1, … n DLTs; of equally strong ones the highest, which is
        the more cautious reading.

    References
    ----------
    .. [1] Ji Y, Liu P, Li Y, Bekele BN. A modified toxicity probability interval method for
       dose-finding trials. *Clin Trials* 2010;7:653-663. doi:10.1177/1740774510382799
    .. [2] Yan F, Mandrekar SJ, Yuan Y. Keyboard: a novel Bayesian toxicity probability interval
       design for phase I clinical trials. *Clin Cancer Res* 2017;23:3994-4003.
       doi:10.1158/1078-0432.CCR-17-0220

    Examples
    --------
    >>> thirds = [Fraction(k, 3) for k in range(4)]
    >>> find_strongest_interval(thirds, 2).tolist()
    [0, 1, 2]
    """
    below = np.stack([np.cumsum(find_binomial(n + 1, float(edge)))[: n + 1] for edge in edges])
    width = np.array([float(high - low) for low, high in itertools.pairwise(edges)])
    density = (below[:-1] - below[1:]) / width[:, np.newaxis]
    near = density >= density.max(axis=0) * (1 - NEAR)
    strongest: Integers = len(width) - 1 - np.argmax(near[::-1], axis=0)
    for tox in np.flatnonzero(near.sum(axis=0) > 1).tolist():
        rivals = np.flatnonzero(near[:, tox]).tolist()
        strongest[tox] = max((_density(edges[k : k + 2], n, tox), k) for k in rivals)[1]
    return strongest


def _density(edges: Sequence[Fraction], n: int, tox: int) -> Fraction:
    """Return the posterior probability of an interval for its width, exactly [1]."""
    low, high = (
        sum(math.comb(n + 1, k) * edge**k * (1 - edge) ** (n + 1 - k) for k in range(tox + 1))
        for edge in edges
    )
    return Fraction(low - high) / (edges[1] - edges[0])


def find_keys(low: Fraction, high: Fraction, *, edges: str) -> tuple[tuple[Fraction, ...], int]:
    """Find the keys that tile the probabilities in both directions from the target key.

    Parameters
    ----------
    low, high : Fraction
        The target key [1].
    edges : {"drop", "rescale"}
        What becomes of the shorter keys at either end: left out, or kept with their own width.

    Returns
    -------
    edges : tuple of Fraction
        Where the keys begin, and where the last ends [1].
    target : int
        Index of the target key.

    Examples
    --------
    >>> find_keys(Fraction(1, 4), Fraction(7, 20), edges="drop")[1]
    2
    """
    width = high - low
    before, after = low // width, (1 - high) // width
    marks = [low + k * width for k in range(-int(before), int(after) + 2)]
    if edges == "rescale":
        marks = [*([Fraction(0)] if marks[0] else []), *marks]
        marks = [*marks, *([Fraction(1)] if marks[-1] < 1 else [])]
    return tuple(marks), marks.index(low)
