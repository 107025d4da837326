"""Equally spaced nodes in a ball, and smooth functions known on some of them.

A posterior that was shifted, turned and scaled to mean 0 and variance 1 in every direction lies in
a ball around 0, whatever the data were: the nodes are the same for every trial.
"""

from dataclasses import dataclass, field
from itertools import combinations_with_replacement
from typing import Final, final

import numpy as np

from protocyte.design.state import Floats

DEGREE: Final = 2
EDGE: Final = 1e-9


@final
@dataclass(frozen=True, slots=True)
class Lattice:
    """The nodes of a lattice in a ball.

    Parameters
    ----------
    spacings : tuple of float
        Distance of neighbouring nodes along each axis [1].
    radius : float
        Radius of the ball [1].

    Examples
    --------
    >>> len(Lattice((1.0, 1.0), 1.0).nodes)
    5
    """

    spacings: tuple[float, ...]
    radius: float
    nodes: Floats = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        axes = []
        for spacing in self.spacings:
            half = int(self.radius / spacing + EDGE)
            axes.append(np.linspace(-half * spacing, half * spacing, 2 * half + 1))
        nodes = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)
        inside = (nodes**2).sum(axis=1) <= self.radius**2 + EDGE
        object.__setattr__(self, "nodes", nodes[inside])

    @property
    def terms(self) -> Floats:
        """Products of up to two coordinates at each node [1], shape (n_nodes, n_terms)."""
        return _powers(self.nodes)

    @property
    def parabola(self) -> Floats:
        """What turns values at the nodes into factors of the terms [1], (n_terms, n_nodes).

        A smooth function is fitted by a parabola in every direction, most closely where a
        posterior of mean 0 and variance 1 has its mass.
        """
        weight = np.exp(-0.25 * (self.nodes**2).sum(axis=1))[:, np.newaxis]
        parabola: Floats = np.linalg.pinv(self.terms * weight) * weight.T
        return parabola


def _powers(nodes: Floats) -> Floats:
    """Return all products of up to two coordinates."""
    axes = range(nodes.shape[1])
    terms = [
        term for degree in range(DEGREE + 1) for term in combinations_with_replacement(axes, degree)
    ]
    return np.stack([nodes[:, list(term)].prod(axis=1) for term in terms], axis=1)
