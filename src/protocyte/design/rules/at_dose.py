"""Rules about how many are treated at one dose: at most, and at least at the selected one."""

from dataclasses import dataclass
from typing import Final, final

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.design import Design
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.outcome import Outcomes
from protocyte.design.rules.rule import Rule, find_stopped
from protocyte.design.state import Booleans, Integers, Start, States, Steps
from protocyte.errors import DesignError

SETTLED: Final = (Reason.ENOUGH, Reason.FOUND, Reason.SUCCESS, Reason.RULE_MET, Reason.FULL)
"""Reasons to stop after which more participants could still be treated at the selected dose."""


@final
@dataclass(frozen=True, slots=True)
class MostAtDose(Rule):
    """Treat at most so many participants at one dose.

    The last cohort at a dose is cut to fit. When the dose that would come next is full, the trial
    stops.

    Parameters
    ----------
    parent : Design
        The design inside.
    participants : int
        The most participants at a dose [participants].

    Raises
    ------
    DesignError
        If nobody could be treated.

    Examples
    --------
    >>> from protocyte.design import BOIN, Outcomes
    >>> design = MostAtDose(BOIN(target=0.3, n_doses=2), participants=6)
    >>> design.decide(Outcomes.from_notation("1NNN 2NTN 2NTN", n_doses=2)).why
    'full'
    """

    parent: Design
    participants: int

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        if self.participants < 1:
            raise DesignError(f"participants is {self.participants}; give at least 1.")

    @property
    def planned(self) -> int:
        """The most participants that it treats."""
        return min(self.parent.planned, self.n_doses * self.participants)

    @property
    def capacity(self) -> int:
        """The most participants that it treats at one dose."""
        return min(self.parent.capacity, self.participants)

    def start(self) -> Start:
        """Return the first cohort, cut to fit."""
        start = self.parent.start()
        return Start(start.dose, min(start.size, self.participants))

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        steps = self.parent.decide_states(states)
        given = states.of("n")[np.arange(len(states)), steps.dose].astype(np.int64)
        left = np.maximum(self.participants - given, 0)
        size = np.where(steps.stopped, 0, np.minimum(steps.size, left))
        full = ~steps.stopped & (left == 0)
        return find_stopped(Steps(steps.dose, size, steps.reason), full, Reason.FULL)

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        level = outcomes.dose or 1
        return (
            *self.parent.explain(outcomes),
            f"{outcomes.n[level - 1]} of at most {self.participants} at dose {level}",
        )


@final
@dataclass(frozen=True, slots=True)
class LeastAtSelected(Rule):
    """Select no dose at which fewer than so many participants were treated.

    Where the design inside would stop because it knows enough, more are treated at the dose that it
    would select, as long as the plan allows, and it decides again. Where a trial ends for want of
    participants, or for toxicity, nothing is added, and a dose with too few is not selected.

    Parameters
    ----------
    parent : Design
        The design inside.
    participants : int
        The least participants at the selected dose [participants].

    Raises
    ------
    DesignError
        If more are asked for than are planned.

    Examples
    --------
    >>> from protocyte.design import Outcomes, ThreePlusThree
    >>> design = LeastAtSelected(ThreePlusThree(2, "A"), participants=6)
    >>> decision = design.decide(Outcomes.from_notation("1NNN 2NTT", n_doses=2))
    >>> decision.dose, decision.size
    (1, 3)
    """

    parent: Design
    participants: int

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        if not 1 <= self.participants <= self.planned:
            raise DesignError(
                f"{self.participants} participants are asked for at the selected dose and "
                f"{self.planned} are planned in all; ask for 1 to {self.planned}."
            )

    @property
    def planned(self) -> int:
        """The most participants that it treats."""
        planned, capacity = self.parent.planned, self.parent.capacity
        # A plan that is what all doses take grows with a dose; one that is a number of its own
        # does not.
        grows = capacity < planned == capacity * self.n_doses
        return planned + grows * max(0, self.participants - capacity) * self.n_doses

    @property
    def capacity(self) -> int:
        """The most participants that it treats at one dose."""
        return max(self.parent.capacity, min(self.participants, self.planned))

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        steps = self.parent.decide_states(states)
        settled = np.isin(steps.reason, SETTLED)
        if not settled.any():
            return steps
        rows, chosen = np.arange(len(states)), self.parent.select_states(states)
        short = self.participants - states.of("n")[rows, chosen]
        left = np.minimum(short, self.planned - states.total())
        more = settled & (chosen >= 0) & (left > 0)
        more &= ~self.closed_states(states)[rows, chosen]
        size = np.minimum(self.parent.start().size, left)
        return Steps(
            np.where(more, chosen, steps.dose),
            np.where(more, size, steps.size),
            np.where(more, Reason.FILL, steps.reason),
        )

    def select_states(self, states: States) -> Integers:
        """Return the dose that the design inside selects, if it has enough participants."""
        chosen = self.parent.select_states(states)
        return np.where(self._enough(states, chosen), chosen, -1)

    def _enough(self, states: States, chosen: Integers) -> Booleans:
        enough: Booleans = states.of("n")[np.arange(len(states)), chosen] >= self.participants
        return enough

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each."""
        return (
            *self.parent.explain_selection(outcomes),
            f"a dose is selected with at least {self.participants} participants",
        )
