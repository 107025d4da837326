"""What every rule around a design shares: it holds the design and answers as it does.

A rule may stop a trial earlier, make a cohort smaller or hold a step back. Whatever the design
inside has closed stays closed, and where it stops the rule has no say.
"""

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.design import DecisionRow, Design
from protocyte.design.outcome import Outcomes
from protocyte.design.scenario import Scenario
from protocyte.design.state import Booleans, Floats, Integers, Start, States, Steps


class Rule(Design):
    """A design that holds another; a rule overrides what it changes.

    Examples
    --------
    >>> from protocyte.design import BOIN, Cap
    >>> isinstance(Cap(BOIN(target=0.3, n_doses=2), participants=10), Rule)
    True
    """

    __slots__ = ()

    parent: Design

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
        return self.parent.planned

    @property
    def capacity(self) -> int:
        """The most participants that it treats at one dose."""
        return self.parent.capacity

    @property
    def target(self) -> float | None:
        """The DLT probability that the design inside aims at [1]."""
        return self.parent.target

    @property
    def looks_at_last(self) -> bool:
        """Whether the design inside looks at the last cohort."""
        return self.parent.looks_at_last

    @property
    def seconds_a_state(self) -> float:
        """Time that a decision of the design inside takes [s]."""
        return self.parent.seconds_a_state

    @property
    def references(self) -> tuple[str, ...]:
        """The papers of the design inside."""
        return self.parent.references

    def start(self) -> Start:
        """Return the first cohort of the design inside."""
        return self.parent.start()

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        return self.parent.decide_states(states)

    def chance_states(self, states: States) -> Floats | None:
        """Return how probable each dose is in the design inside, if chance has a say."""
        return self.parent.chance_states(states)

    def select_states(self, states: States) -> Integers:
        """Return the dose that the design inside selects in each state."""
        return self.parent.select_states(states)

    def closed_states(self, states: States) -> Booleans:
        """Return which doses the design inside has closed in each state."""
        return self.parent.closed_states(states)

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        return self.parent.explain(outcomes)

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


def find_stopped(steps: Steps, where: Booleans, reason: Reason) -> Steps:
    """Find the steps that stop in some states as well.

    Parameters
    ----------
    steps : Steps
        What the design inside does.
    where : ndarray of bool, shape (n_states,)
        Where the trial stops [1].
    reason : Reason
        Why.

    Returns
    -------
    Steps
        The steps of the rule.

    Examples
    --------
    >>> steps = Steps(np.array([0, 1]), np.array([3, 3]), np.array([18, 17]))
    >>> find_stopped(steps, np.array([False, True]), Reason.ENOUGH).stopped.tolist()
    [False, True]
    """
    return Steps(
        np.where(where, -1, steps.dose),
        np.where(where, 0, steps.size),
        np.where(where, reason, steps.reason),
    )
