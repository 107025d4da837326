"""Conditions that count participants, or ask where the next cohort goes."""

from dataclasses import dataclass
from typing import final

from protocyte.design.design import Design
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.outcome import Outcomes
from protocyte.design.rules.condition import Condition
from protocyte.design.state import Booleans, States, Steps
from protocyte.errors import DesignError


@final
@dataclass(frozen=True, slots=True)
class EnoughAtDose(Condition):
    """Enough participants were treated at the last cohort's dose.

    Parameters
    ----------
    participants : int
        How many are enough [participants].

    Raises
    ------
    DesignError
        If nobody would be enough.
    """

    participants: int

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        _check_count(self.participants)

    @property
    def label(self) -> str:
        """What it asks, in a few words."""
        return f"≥ {self.participants} at the dose"

    def met(self, states: States, steps: Steps, design: Design) -> Booleans:  # noqa: ARG002
        """Return where it holds."""
        met: Booleans = states.at("n") >= self.participants
        return met

    def explain(self, outcomes: Outcomes, design: Design) -> tuple[str, ...]:  # noqa: ARG002
        """Return the number at the dose."""
        level = outcomes.dose or 1
        return (f"{outcomes.n[level - 1]} at dose {level}: enough from {self.participants}",)


@final
@dataclass(frozen=True, slots=True)
class EnoughTreated(Condition):
    """Enough participants were treated in all.

    Parameters
    ----------
    participants : int
        How many are enough [participants].

    Raises
    ------
    DesignError
        If nobody would be enough.
    """

    participants: int

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        _check_count(self.participants)

    @property
    def label(self) -> str:
        """What it asks, in a few words."""
        return f"≥ {self.participants} treated"

    def met(self, states: States, steps: Steps, design: Design) -> Booleans:  # noqa: ARG002
        """Return where it holds."""
        met: Booleans = states.total() >= self.participants
        return met

    def explain(self, outcomes: Outcomes, design: Design) -> tuple[str, ...]:  # noqa: ARG002
        """Return the number of all."""
        return (f"{outcomes.total} treated: enough from {self.participants}",)


@final
@dataclass(frozen=True, slots=True)
class Staying(Condition):
    """The next cohort would stay at the last one's dose."""

    @property
    def label(self) -> str:
        """What it asks, in a few words."""
        return "the next cohort would stay"

    def met(self, states: States, steps: Steps, design: Design) -> Booleans:  # noqa: ARG002
        """Return where it holds."""
        met: Booleans = steps.dose == states.dose
        return met

    def explain(self, outcomes: Outcomes, design: Design) -> tuple[str, ...]:
        """Return where the next cohort would be treated."""
        following = int(design.decide_states(outcomes.states(design.features)).dose[0]) + 1
        return (f"the next cohort would have dose {following}" if following else "it stops",)


def _check_count(participants: int) -> None:
    if participants < 1:
        raise DesignError(f"A condition asks for {participants} participants; give at least 1.")
