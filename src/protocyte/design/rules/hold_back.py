"""Rules that hold a step back: no untried dose is skipped, no increase is too large."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import final

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.design import Design
from protocyte.design.isotonic import find_last
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.outcome import Outcomes
from protocyte.design.rules.rule import Rule
from protocyte.design.state import Booleans, Integers, States, Steps
from protocyte.errors import DesignError


@final
@dataclass(frozen=True, slots=True)
class NoSkipping(Rule):
    """Skip no untried dose on the way up.

    The next dose is at most one level above the highest that was tried. If that one is closed, the
    highest open one below it comes next.

    Parameters
    ----------
    parent : Design
        The design inside.

    Examples
    --------
    >>> from protocyte.design import BOIN, Outcomes
    >>> design = NoSkipping(BOIN(target=0.3, n_doses=3))
    >>> design.decide(Outcomes.from_notation("1NNN", n_doses=3)).dose
    2
    """

    parent: Design

    def __post_init__(self) -> None:
        find_sound_kinds(self)

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        steps = self.parent.decide_states(states)
        highest = find_last(states.of("n") > 0)
        return _held(steps, highest + 1, self.closed_states(states), Reason.NOT_SKIPPED)

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        return (
            *self.parent.explain(outcomes),
            f"dose {_highest(outcomes)} is the highest that was tried: at most one level above it",
        )


@final
@dataclass(frozen=True, slots=True)
class IncreaseLimit(Rule):
    """Raise the dose by no more than a share of the highest dose that was tried.

    Parameters
    ----------
    parent : Design
        The design inside.
    doses : tuple of float
        What each level gives, ascending, all in one unit [cells or cells/kg].
    increase : float
        The largest increase as a share of the highest dose that was tried [1]; 1 doubles it.

    Raises
    ------
    DesignError
        If there is not one dose a level, or a level could never be reached.

    Notes
    -----
    A dose that was already tried may always be given again.

    Examples
    --------
    >>> from protocyte.design import BOIN
    >>> IncreaseLimit(BOIN(target=0.3, n_doses=3), doses=(1e6, 3e6, 5e6), increase=1.0)
    Traceback (most recent call last):
    protocyte.errors.DesignError: Dose level 2 (3e+06) is 3 times level 1 (1e+06) and could never be
    reached with an increase of 1; allow a larger one, or plan a level between.
    """

    parent: Design
    doses: tuple[float, ...]
    increase: float
    _ceilings: Integers = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        if len(self.doses) != self.n_doses:
            raise DesignError(
                f"There are {len(self.doses)} doses for {self.n_doses} levels; give one a level."
            )
        if not (0 < self.increase < np.inf and min(self.doses) > 0):
            raise DesignError(
                f"increase is {self.increase} and the lowest dose {min(self.doses)}; give finite "
                f"numbers above 0."
            )
        for level in range(1, self.n_doses):
            low, high = self.doses[level - 1 : level + 1]
            if not low < high:
                raise DesignError(
                    f"Dose level {level + 1} gives {high:g} and level {level} {low:g}; list doses "
                    f"from the lowest to the highest."
                )
            if not high <= low * (1 + self.increase) * (1 + 1e-9):
                raise DesignError(
                    f"Dose level {level + 1} ({high:g}) is {high / low:g} times level {level} "
                    f"({low:g}) and could never be reached with an increase of {self.increase:g}; "
                    f"allow a larger one, or plan a level between."
                )
        object.__setattr__(self, "_ceilings", _ceilings(self.doses, self.increase))

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        steps = self.parent.decide_states(states)
        highest = find_last(states.of("n") > 0)
        ceiling = self._ceilings[np.maximum(highest, 0)]
        return _held(steps, ceiling, self.closed_states(states), Reason.LIMITED)

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        level = _highest(outcomes)
        most = self.doses[level - 1] * (1 + self.increase)
        told = (
            f"dose {level} ({self.doses[level - 1]:g}) is the highest that was tried: at most "
            f"{most:g}, dose {int(self._ceilings[level - 1]) + 1}"
        )
        return (*self.parent.explain(outcomes), told)


def _ceilings(doses: Sequence[float], increase: float) -> Integers:
    """Return the highest dose that may follow each highest dose tried."""
    given = np.array(doses)
    # Cells are written in decimals: twice 0.3e6 must allow 0.6e6.
    most = given * (1 + increase) * (1 + 1e-9)
    ceilings: Integers = np.searchsorted(given, most, side="right") - 1
    return ceilings


def _held(steps: Steps, ceiling: Integers, closed: Booleans, reason: Reason) -> Steps:
    """Return steps that go no higher than a ceiling, and never to a closed dose."""
    high = steps.dose > ceiling
    if not high.any():
        return steps
    levels = np.arange(closed.shape[1])
    lower = find_last(~closed & (levels <= ceiling[:, np.newaxis]))
    nowhere = high & (lower < 0)
    why = np.where(nowhere, Reason.INADMISSIBLE, reason)
    return Steps(
        np.where(high, lower, steps.dose),
        np.where(nowhere, 0, steps.size),
        np.where(high, why, steps.reason),
    )


def _highest(outcomes: Outcomes) -> int:
    """Return the highest level that was tried."""
    return max((level for level, n in enumerate(outcomes.n, start=1) if n), default=1)
