"""Rules that change a design: each holds a design and answers the same questions.

A rule may only stop a trial earlier or make a cohort smaller. Whatever the design inside has
closed stays closed, and where it stops the rule has no say.
"""

from dataclasses import dataclass
from typing import Literal, final

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.design import DecisionRow, Design
from protocyte.design.outcome import Outcomes
from protocyte.design.scenario import Scenario
from protocyte.design.state import Booleans, Floats, Integers, Start, States, Steps
from protocyte.errors import DesignError


@final
@dataclass(frozen=True, slots=True)
class StopAfter(Design):
    """Stop when enough participants were treated at the current dose.

    Parameters
    ----------
    parent : Design
        The design inside.
    participants_at_dose : int
        How many are enough.
    when : {"always", "staying"}
        Whether only if the next cohort would stay at the dose.

    Raises
    ------
    DesignError
        If nobody would be enough.

    Examples
    --------
    >>> from protocyte.design import BOIN
    >>> design = StopAfter(BOIN(target=0.3, n_doses=2), participants_at_dose=6)
    >>> design.decide(Outcomes.from_notation("1NNN 1NNT", n_doses=2)).action
    'stop'
    """

    parent: Design
    participants_at_dose: int
    when: Literal["always", "staying"] = "always"

    def __post_init__(self) -> None:
        if self.participants_at_dose < 1:
            raise DesignError(
                f"participants_at_dose is {self.participants_at_dose}; give at least 1."
            )

    @property
    def n_doses(self) -> int:
        """How many doses the design inside studies."""
        return self.parent.n_doses

    @property
    def features(self) -> tuple[str, ...]:
        """What the design inside counts."""
        return self.parent.features

    @property
    def planned(self) -> int:
        """The most participants that the design inside treats."""
        return self.parent.planned

    @property
    def capacity(self) -> int:
        """The most participants that the design inside treats at one dose."""
        return self.parent.capacity

    @property
    def target(self) -> float | None:
        """The DLT probability that the design inside aims at [1]."""
        return self.parent.target

    @property
    def references(self) -> tuple[str, ...]:
        """The papers of the design inside."""
        return self.parent.references

    def start(self) -> Start:
        """Return the first cohort of the design inside."""
        return self.parent.start()

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        steps = self.parent.decide_states(states)
        enough = states.at("n") >= self.participants_at_dose
        if self.when == "staying":
            enough &= steps.dose == states.dose
        return _stopped(steps, enough & ~steps.stopped, Reason.ENOUGH)

    def select_states(self, states: States) -> Integers:
        """Return the dose that the design inside selects in each state."""
        return self.parent.select_states(states)

    def closed_states(self, states: States) -> Booleans:
        """Return which doses the design inside has closed in each state."""
        return self.parent.closed_states(states)

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        level = outcomes.dose or 1
        also = " if the next cohort would stay" if self.when == "staying" else ""
        return (
            *self.parent.explain(outcomes),
            f"{outcomes.n[level - 1]} at dose {level}: stop from {self.participants_at_dose}{also}",
        )

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each."""
        return self.parent.explain_selection(outcomes)

    def table(self, up_to: int | None = None) -> tuple[DecisionRow, ...]:
        """Return the decisions of the design inside."""
        return self.parent.table(up_to)

    def best_dose(self, scenario: Scenario) -> int | None:
        """Return the dose that the design inside should find."""
        return self.parent.best_dose(scenario)

    def utilities(self, scenario: Scenario) -> Floats | None:
        """Return what each dose is worth [1]."""
        return self.parent.utilities(scenario)


@final
@dataclass(frozen=True, slots=True)
class Cap(Design):
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
    >>> from protocyte.design import BOIN
    >>> design = Cap(BOIN(target=0.3, n_doses=2), participants=10)
    >>> design.decide(Outcomes.from_notation("1NNN 2NNN 2NNT", n_doses=2)).size
    1
    """

    parent: Design
    participants: int

    def __post_init__(self) -> None:
        if self.participants < 1:
            raise DesignError(f"participants is {self.participants}; give at least 1.")

    @property
    def n_doses(self) -> int:
        """How many doses the design inside studies."""
        return self.parent.n_doses

    @property
    def features(self) -> tuple[str, ...]:
        """What the design inside counts."""
        return self.parent.features

    @property
    def planned(self) -> int:
        """The most participants that it treats."""
        return min(self.parent.planned, self.participants)

    @property
    def capacity(self) -> int:
        """The most participants that it treats at one dose."""
        return min(self.parent.capacity, self.participants)

    @property
    def target(self) -> float | None:
        """The DLT probability that the design inside aims at [1]."""
        return self.parent.target

    @property
    def references(self) -> tuple[str, ...]:
        """The papers of the design inside."""
        return self.parent.references

    def start(self) -> Start:
        """Return the first cohort of the design inside, cut to fit."""
        start = self.parent.start()
        return Start(start.dose, min(start.size, self.participants))

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        steps = self.parent.decide_states(states)
        left = self.participants - states.total()
        steps = _stopped(steps, (left <= 0) & ~steps.stopped, Reason.PLANNED)
        return Steps(steps.dose, np.minimum(steps.size, np.maximum(left, 0)), steps.reason)

    def select_states(self, states: States) -> Integers:
        """Return the dose that the design inside selects in each state."""
        return self.parent.select_states(states)

    def closed_states(self, states: States) -> Booleans:
        """Return which doses the design inside has closed in each state."""
        return self.parent.closed_states(states)

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        return (
            *self.parent.explain(outcomes),
            f"{outcomes.total} of at most {self.participants} participants treated",
        )

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each."""
        return self.parent.explain_selection(outcomes)

    def table(self, up_to: int | None = None) -> tuple[DecisionRow, ...]:
        """Return the decisions of the design inside."""
        return self.parent.table(self.capacity if up_to is None else up_to)

    def best_dose(self, scenario: Scenario) -> int | None:
        """Return the dose that the design inside should find."""
        return self.parent.best_dose(scenario)

    def utilities(self, scenario: Scenario) -> Floats | None:
        """Return what each dose is worth [1]."""
        return self.parent.utilities(scenario)


def _stopped(steps: Steps, where: Booleans, reason: Reason) -> Steps:
    """Return steps that stop somewhere as well."""
    return Steps(
        np.where(where, -1, steps.dose),
        np.where(where, 0, steps.size),
        np.where(where, reason, steps.reason),
    )
