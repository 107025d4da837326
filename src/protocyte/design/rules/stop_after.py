"""Stop when enough participants were treated at the current dose."""

from dataclasses import dataclass
from typing import Literal, final

from protocyte.design.decision import Reason
from protocyte.design.design import Design
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.outcome import Outcomes
from protocyte.design.rules.rule import Rule, find_stopped
from protocyte.design.state import States, Steps
from protocyte.errors import DesignError


@final
@dataclass(frozen=True, slots=True)
class StopAfter(Rule):
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
    >>> from protocyte.design import BOIN, Outcomes
    >>> design = StopAfter(BOIN(target=0.3, n_doses=2), participants_at_dose=6)
    >>> design.decide(Outcomes.from_notation("1NNN 1NNT", n_doses=2)).action
    'stop'
    """

    parent: Design
    participants_at_dose: int
    when: Literal["always", "staying"] = "always"

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        if self.participants_at_dose < 1:
            raise DesignError(
                f"participants_at_dose is {self.participants_at_dose}; give at least 1."
            )
        if self.when not in ("always", "staying"):
            raise DesignError(f"when is {self.when!r}; name 'always' or 'staying'.")

    @property
    def capacity(self) -> int:
        """The most participants that the design inside treats at one dose."""
        return self.parent.capacity

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        steps = self.parent.decide_states(states)
        enough = states.at("n") >= self.participants_at_dose
        if self.when == "staying":
            enough &= steps.dose == states.dose
        return find_stopped(steps, enough & ~steps.stopped, Reason.ENOUGH)

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        level = outcomes.dose or 1
        also = " if the next cohort would stay" if self.when == "staying" else ""
        return (
            *self.parent.explain(outcomes),
            f"{outcomes.n[level - 1]} at dose {level}: stop from {self.participants_at_dose}{also}",
        )
