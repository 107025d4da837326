"""Distributions that a rehearsal names, as draws."""

import numpy as np

from protocyte.errors import ProtocolError
from protocyte.protocol.rehearsal import Spread

_MOST_TRIES = 1000


def sample_spread(spread: Spread, *, rng: np.random.Generator) -> float:
    """Draw from a normal distribution that is cut at both ends.

    Parameters
    ----------
    spread : Spread
        Mean, standard deviation and ends.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    float
        The value, in the unit of the ends.

    Raises
    ------
    ProtocolError
        If the ends leave next to no room for the distribution.

    Examples
    --------
    >>> age = Spread(mean=40, sd=12, low=18, high=75)
    >>> 18 <= sample_spread(age, rng=np.random.default_rng(1)) <= 75
    True
    """
    for _ in range(_MOST_TRIES):
        value = float(rng.normal(spread.mean, spread.sd))
        if spread.low <= value <= spread.high:
            return value
    raise ProtocolError(
        f"A normal distribution with mean {spread.mean:g} and SD {spread.sd:g} lies outside "
        f"{spread.low:g} to {spread.high:g}; widen the ends."
    )
