"""Treat no more than so many participants."""

from dataclasses import dataclass
from typing import final

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.design import DecisionRow, Design
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.outcome import Outcomes
from protocyte.design.rules.rule import Rule, find_stopped
from protocyte.design.state import Start, States, Steps
from protocyte.errors import DesignError


@final
@dataclass(frozen=True, slots=True)
class Cap(Rule):
    """Treat no more than so many participants; the last cohort is cut to fit.

    Parameters
    ----------
    parent : Design
        The design inside.
    participants : int
        The most participants.

    Raises
    ------
    DesignError
        If nobody could be treated.

    Examples
    --------
    >>> from protocyte.design import BOIN, Outcomes
    >>> design = Cap(BOIN(target=0.3, n_doses=2), participants=10)
    >>> design.decide(Outcomes.from_notation("1NNN 2NNN 2NNT", n_doses=2)).size
    1
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
        return min(self.parent.planned, self.participants)

    @property
    def capacity(self) -> int:
        """The most participants that it treats at one dose."""
        return min(self.parent.capacity, self.participants)

    def start(self) -> Start:
        """Return the first cohort of the design inside, cut to fit."""
        start = self.parent.start()
        return Start(start.dose, min(start.size, self.participants))

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        steps = self.parent.decide_states(states)
        left = self.participants - states.total()
        steps = find_stopped(steps, (left <= 0) & ~steps.stopped, Reason.PLANNED)
        return Steps(steps.dose, np.minimum(steps.size, np.maximum(left, 0)), steps.reason)

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        return (
            *self.parent.explain(outcomes),
            f"{outcomes.total} of at most {self.participants} participants treated",
        )

    def table(self, up_to: int | None = None) -> tuple[DecisionRow, ...]:
        """Return the decisions of the design inside."""
        return self.parent.table(self.capacity if up_to is None else up_to)
