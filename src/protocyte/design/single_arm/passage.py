"""Where a count first passes its limits: exact, look by look.

Between looks a count grows by a binomial number. What has passed a limit is taken out, the rest
goes on. Many truths and many pairs of limits share one pass. If the event probability is itself
drawn from a beta distribution, each participant is a draw from an urn: then the same pass gives
probabilities without a condition, such as assurance.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np

from protocyte.design.exact.binomial import find_binomial
from protocyte.design.single_arm.boundary import Boundary
from protocyte.design.single_arm.mixture import BetaMixture
from protocyte.design.state import Floats, Integers
from protocyte.errors import DesignError

FEW: Final = 8
"""Up to so many participants between looks are added one shift a count."""
Grow: TypeAlias = Callable[[Floats, int, int], Floats]
"""Takes weights of 0, 1, … events and two numbers of participants; gives the later weights."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """Where trials end.

    Parameters
    ----------
    looks : tuple of int
        Participants at each look.
    low, high : ndarray of float, shape (..., n_looks)
        Probability of ending at each look at the lower and at the upper limit [1].

    Examples
    --------
    >>> found = find_passage(Boundary((10, 29), (1, 5), (11, 6)), [0.1])
    >>> found.early.round(4).tolist(), found.expected.round(2).tolist()
    ([0.7361], [15.01])
    """

    looks: tuple[int, ...]
    low: Floats
    high: Floats

    @property
    def early(self) -> Floats:
        """Probability of ending before the last look [1]."""
        early: Floats = (self.low + self.high)[..., :-1].sum(axis=-1)
        return early

    @property
    def expected(self) -> Floats:
        """Expected participants [participants]."""
        expected: Floats = (self.low + self.high) @ np.array(self.looks, dtype=float)
        return expected

    @property
    def passed(self) -> Floats:
        """Probability of ever reaching the upper limit [1]."""
        passed: Floats = self.high.sum(axis=-1)
        return passed


def find_passage(boundary: Boundary, probabilities: Sequence[float]) -> Passage:
    """Find how probable each ending is, if the event has a given probability.

    Parameters
    ----------
    boundary : Boundary
        The limits.
    probabilities : sequence of float
        True probabilities of the event [1], 0 to 1.

    Returns
    -------
    Passage
        Arrays of shape (n_truths, n_looks).

    Raises
    ------
    DesignError
        If these are not probabilities.

    Examples
    --------
    >>> find_passage(Boundary((25,), (5,), (6,)), [0.1, 0.3]).passed.round(4).tolist()
    [0.0334, 0.8065]
    """
    low, high = np.array([boundary.low]), np.array([boundary.high])
    found = [find_passages(boundary.looks, low, high, probability) for probability in probabilities]
    return Passage(
        boundary.looks,
        np.concatenate([passage.low for passage in found]),
        np.concatenate([passage.high for passage in found]),
    )


def find_passages(
    looks: tuple[int, ...], low: Integers, high: Integers, probability: float
) -> Passage:
    """Find how probable each ending is under many pairs of limits at once.

    Parameters
    ----------
    looks : tuple of int
        Participants at each look.
    low, high : ndarray of int, shape (n_pairs, n_looks)
        Lower and upper limits [participants].
    probability : float
        True probability of the event [1], 0 to 1.

    Returns
    -------
    Passage
        Arrays of shape (n_pairs, n_looks).

    Raises
    ------
    DesignError
        If this is not a probability.

    Examples
    --------
    >>> find_passages((25,), np.array([[5], [6]]), np.array([[6], [7]]), 0.1).passed.round(4)
    array([0.0334, 0.0095])
    """
    if not 0 <= probability <= 1:
        raise DesignError(f"{probability} is not a probability; give a number from 0 to 1.")
    return _pass(looks, low, high, _binomial_growth(probability))


def find_predictive_passage(boundary: Boundary, prior: BetaMixture) -> Passage:
    """Find how probable each ending is, averaged over a prior of the event probability.

    Parameters
    ----------
    boundary : Boundary
        The limits.
    prior : BetaMixture
        What is believed of the event probability.

    Returns
    -------
    Passage
        Arrays of shape (1, n_looks).

    Examples
    --------
    >>> found = find_predictive_passage(Boundary((2,), (1,), (2,)), BetaMixture.beta(1, 1))
    >>> found.passed.round(4).tolist()
    [0.3333]
    """
    low, high = np.array([boundary.low]), np.array([boundary.high])
    below, above = np.zeros((2, 1, len(boundary.looks)))
    for weight, a, b in prior.components:
        part = _pass(boundary.looks, low, high, _urn_growth(a, b))
        below += weight * part.low
        above += weight * part.high
    return Passage(boundary.looks, below, above)


def find_reached(
    boundary: Boundary, probability: float, *, first: bool | None = None
) -> Iterator[Floats]:
    """Find how probable each count is at each look, before the limits are applied there.

    Parameters
    ----------
    boundary : Boundary
        The limits.
    probability : float
        True probability of the event [1], 0 to 1.
    first : bool, optional
        Count only trials whose first participant has (or has not) the event.

    Yields
    ------
    ndarray of float, shape (n + 1,)
        Probability of reaching this look with 0, 1, …, n events [1].

    Examples
    --------
    >>> [mass.sum().round(4) for mass in find_reached(Boundary((10, 29), (1, 5), (11, 6)), 0.1)]
    [np.float64(1.0), np.float64(0.2639)]
    """
    low, high = np.array([boundary.low]), np.array([boundary.high])
    start = None
    if first is not None:
        start = np.array([[0.0, probability] if first else [1 - probability, 0.0]])
    for mass in _walk(boundary.looks, low, high, _binomial_growth(probability), start):
        yield mass[0]


def _pass(looks: tuple[int, ...], low: Integers, high: Integers, grow: Grow) -> Passage:
    below, above = np.zeros((2, *low.shape))
    for k, mass in enumerate(_walk(looks, low, high, grow)):
        events = np.arange(mass.shape[1])
        below[:, k] = np.where(events <= low[:, k : k + 1], mass, 0.0).sum(axis=1)
        above[:, k] = np.where(events >= high[:, k : k + 1], mass, 0.0).sum(axis=1)
    return Passage(looks, below, above)


def _walk(
    looks: tuple[int, ...], low: Integers, high: Integers, grow: Grow, start: Floats | None = None
) -> Iterator[Floats]:
    """Give the weights of 0, 1, … events at each look, shape (n_pairs, n + 1)."""
    mass = np.ones((len(low), 1)) if start is None else start
    n = mass.shape[1] - 1
    for k, look in enumerate(looks):
        mass = grow(mass, n, look)
        yield mass
        n, events = look, np.arange(look + 1)
        going = (events > low[:, k : k + 1]) & (events < high[:, k : k + 1])
        mass = np.where(going, mass, 0.0)


def _binomial_growth(probability: float) -> Grow:
    def grow(mass: Floats, before: int, after: int) -> Floats:
        more = after - before
        chances = find_binomial(more, probability)
        if len(mass) == 1 and more > FEW:
            return np.convolve(mass[0], chances)[np.newaxis]
        grown = np.zeros((len(mass), after + 1))
        if more <= FEW:
            for events, chance in enumerate(chances):
                grown[:, events : events + before + 1] += chance * mass
            return grown
        shifted = np.zeros((before + 1, after + 1))
        for events in range(before + 1):
            shifted[events, events : events + more + 1] = chances
        later: Floats = mass @ shifted
        return later

    return grow


def _urn_growth(a: float, b: float) -> Grow:
    def grow(mass: Floats, before: int, after: int) -> Floats:
        for n in range(before, after):
            chance = (a + np.arange(n + 1)) / (a + b + n)
            grown = np.zeros((len(mass), n + 2))
            grown[:, 1:] = mass * chance
            grown[:, :-1] += mass * (1 - chance)
            mass = grown
        return mass

    return grow
