"""Stop when a condition holds."""

from dataclasses import dataclass
from typing import final

from protocyte.design.decision import Reason
from protocyte.design.design import Design
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.outcome import Outcomes
from protocyte.design.rules.condition import Condition
from protocyte.design.rules.rule import Rule, find_stopped
from protocyte.design.state import States, Steps


@final
@dataclass(frozen=True, slots=True)
class StopWhen(Rule):
    """Stop when a condition holds; the design inside selects the dose.

    Where the trial stops because the lowest dose is too toxic, no dose is selected.

    Parameters
    ----------
    parent : Design
        The design inside.
    condition : Condition
        When to stop; conditions are joined by ``&`` and ``|``.

    Raises
    ------
    DesignError
        If the condition cannot be asked about the design inside.

    Examples
    --------
    >>> from protocyte.design import BOIN, Outcomes
    >>> from protocyte.design.rules.condition_count import EnoughAtDose
    >>> from protocyte.design.rules.condition_toxicity import Precise, TooToxic
    >>> rule = (EnoughAtDose(9) & Precise(0.6)) | TooToxic(0.9)
    >>> design = StopWhen(BOIN(target=0.3, n_doses=2), rule)
    >>> decision = design.decide(Outcomes.from_notation("1NTT", n_doses=2))
    >>> decision.reason
    'A dose is too toxic by the stopping rule.'
    """

    parent: Design
    condition: Condition

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        self.condition.check(self.parent)

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        steps = self.parent.decide_states(states)
        met = self.condition.met(states, steps, self.parent) & ~steps.stopped
        barred = met & self.condition.bars(states, steps, self.parent)
        steps = find_stopped(steps, met & ~barred, Reason.RULE_MET)
        return find_stopped(steps, barred, Reason.RULE_TOXIC)

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        return (
            *self.parent.explain(outcomes),
            *self.condition.explain(outcomes, self.parent),
            f"stopping rule: {self.condition.label}",
        )
