"""Virtual patients of the calendar engine: numbers that belong to a person, whatever the design.

Each number is the output of a counter, made of trial, person and purpose, mixed with a seed
(SplitMix64). So the third patient of a trial has the same luck under every design and every truth,
and nothing has to be stored.

References
----------
Steele GL, Lea D, Flood CH. Fast splittable pseudorandom number generators. OOPSLA 2014.
doi:10.1145/2660193.2660195
"""

# Compiled functions take plain numbers, in a fixed order.
# ruff: noqa: FBT001, PLR0917

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

import numpy as np
from numba import njit

from protocyte.design.state import Floats
from protocyte.simulation.calendar import ALMOST, In, Of

Function = TypeVar("Function", bound=Callable[..., Any])

GAP, TOXICITY, RESPONSE, TOXICITY_TIME, RESPONSE_TIME, FAILURE, DROP_OUT, PLACE = range(8)

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_PURPOSE, _ONE = np.uint64(3), np.uint64(1)
_UNIT: Final = 2.0**-53


class Compiler(ABC):
    """Compiles a function when it is first called, and keeps the result on disk.

    Examples
    --------
    >>> callable(compiled)
    True
    """

    @abstractmethod
    def __call__(self, function: Function) -> Function:
        """Return the compiled function."""


# `_nrt`: without counting references to arrays, which takes half of the time of a loop. Every array
# belongs to the caller, and a compiled function can make none.
_OPTIONS: Final[dict[str, Any]] = {
    "cache": True, "nogil": True, "error_model": "numpy", "_nrt": False,
}  # fmt: skip
compiled: Final = cast("Compiler", njit(**_OPTIONS))
"""For the loops of the engine."""
inlined: Final = cast("Compiler", njit(**_OPTIONS, forceinline=True))
"""For what they call a hundred times a trial: a call would cost more than the work."""


@inlined
def sample_luck(seed: int, trial: int) -> int:
    """Return where the numbers of a trial begin."""
    mixed = np.uint64(seed) + (np.uint64(trial) + _ONE) * _SECOND
    mixed = (mixed ^ (mixed >> _30)) * _FIRST
    mixed = (mixed ^ (mixed >> _27)) * _SECOND
    return mixed ^ (mixed >> _31)  # type: ignore[return-value]


@inlined
def sample_uniform(luck: int, person: int, purpose: int) -> float:
    """Draw a number between 0 and 1 that belongs to a person of a trial."""
    counter = (np.uint64(person) << _PURPOSE) | np.uint64(purpose)
    mixed = np.uint64(luck) + (counter + _ONE) * _GOLDEN
    mixed = (mixed ^ (mixed >> _30)) * _FIRST
    mixed = (mixed ^ (mixed >> _27)) * _SECOND
    mixed ^= mixed >> _31
    return np.float64(np.int64(mixed >> _11)) * _UNIT


@inlined
def sample_gap(plan: Floats, luck: int, person: int) -> float:
    """Draw the days between the arrival of a person and of the one before."""
    if plan[In.GAPS] == 2:
        return float(plan[In.GAP])
    uniform = sample_uniform(luck, person, GAP)
    if plan[In.GAPS] == 1:
        return float(2 * plan[In.GAP] * uniform)
    return float(-plan[In.GAP] * math.log(1.0 - uniform))


@inlined
def sample_time(
    kind: int, window: float, uniform: float, chance: float, power: float, thirds: Floats
) -> float:
    """Draw the day in the window on which an event comes, from a number between 0 and 1."""
    if kind == 1:
        return window * uniform
    if kind == 3:
        return window
    if kind == 0:
        chance = min(chance, ALMOST)
        ratio = math.log(1.0 - uniform * chance) / math.log(1.0 - chance)
        share = float(ratio if power == 1.0 else ratio**power)
        return window * share
    third, before = 0, 0.0
    while third < 2 and uniform >= thirds[third]:
        before = thirds[third]
        third += 1
    return float(window * (third + (uniform - before) / (thirds[third] - before)) / 3)


@inlined
def sample_toxicity_day(dose: int, plan: Floats, truth: Floats, luck: int, person: int) -> float:
    """Draw the day of a person's DLT at a dose; -1 if there is none."""
    if sample_uniform(luck, person, TOXICITY) >= truth[Of.TOX, dose]:
        return -1.0
    uniform = sample_uniform(luck, person, TOXICITY_TIME)
    return sample_time(
        plan[In.TOXICITY_TIMES],
        plan[In.WINDOW],
        uniform,
        truth[Of.TOX, dose],
        truth[Of.TOX_POWER, dose],
        plan[In.TOXICITY_THIRDS : In.TOXICITY_THIRDS + 3],
    )


@inlined
def sample_response_day(
    dose: int, toxic: bool, plan: Floats, truth: Floats, luck: int, person: int
) -> float:
    """Draw the day of a person's response at a dose; -1 if there is none."""
    chance = truth[Of.EFF_WITH, dose] if toxic else truth[Of.EFF_WITHOUT, dose]
    if sample_uniform(luck, person, RESPONSE) >= chance:
        return -1.0
    uniform = sample_uniform(luck, person, RESPONSE_TIME)
    return sample_time(
        plan[In.RESPONSE_TIMES],
        plan[In.RESPONSE_WINDOW],
        uniform,
        truth[Of.EFF, dose],
        truth[Of.EFF_POWER, dose],
        plan[In.RESPONSE_THIRDS : In.RESPONSE_THIRDS + 3],
    )
