"""How the numerical solution of one patient ended.

A single patient who cannot be solved is an error. In an ensemble it is a code, so that one
patient in a thousand may fail alone.
"""

from enum import IntEnum, unique


@unique
class Convergence(IntEnum):
    """How a solver ended; `SOLVED` is 0, everything else is a failure.

    Examples
    --------
    >>> Convergence(2).name
    'TOO_MANY_STEPS'
    """

    SOLVED = 0
    STEP_TOO_SMALL = 1
    TOO_MANY_STEPS = 2
    OVERFLOW = 3
