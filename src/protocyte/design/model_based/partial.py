"""Integrals up to a limit, from values on equally spaced nodes.

A sum over the nodes below a limit is wrong by up to a node. Interpolating by sinc functions makes
each node count for the part of its sinc that lies below: smooth functions that die away are then
integrated up to any limit almost as precisely as over all nodes.
"""

from functools import lru_cache
from typing import Final

import numpy as np

from protocyte.design.state import Floats

FAR: Final = 1e9
TABLED: Final = 64
"""So many spacings to either side are tabled."""
STEPS: Final = 256
"""Rows of the table a spacing; between them a straight line is good to 1e-5."""


def find_part_below(distance: Floats, spacing: float) -> Floats:
    """Find how much of each node counts below a limit.

    Parameters
    ----------
    distance : ndarray of float
        The limit less the node [1].
    spacing : float
        Distance of neighbouring nodes [1].

    Returns
    -------
    ndarray of float
        Weights [1], about 1 far below the limit and 0 far above.

    References
    ----------
    .. [1] Stenger F. *Numerical Methods Based on Sinc and Analytic Functions.* Springer
       1993. doi:10.1007/978-1-4612-2706-9

    Examples
    --------
    >>> nodes = np.arange(-8, 8.5, 0.5)
    >>> density = 0.5 * np.exp(-nodes**2 / 2) / np.sqrt(2 * np.pi)
    >>> float(density @ find_part_below(1.0 - nodes, 0.5)).__round__(6)
    0.841345
    """
    from scipy.special import sici

    part: Floats = 0.5 + sici(np.clip(np.pi * distance / spacing, -FAR, FAR))[0] / np.pi
    return part


@lru_cache(maxsize=1)
def find_part_table() -> Floats:
    """Find how much a node counts, tabled by its distance from the limit.

    Returns
    -------
    ndarray of float, shape (2 * TABLED * STEPS + 1,)
        Weights [1], from the farthest node above the limit to the farthest below.

    Examples
    --------
    >>> float(find_part_table()[TABLED * STEPS])
    0.5
    """
    return find_part_below(np.linspace(-TABLED, TABLED, 2 * TABLED * STEPS + 1), 1.0)
