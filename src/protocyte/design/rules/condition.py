"""Conditions under which a trial stops, joined by `&` and `|`."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from protocyte.design.design import Design
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.outcome import Outcomes
from protocyte.design.state import Booleans, States, Steps
from protocyte.errors import DesignError


class Condition(ABC):
    """A question about a trial, answered yes or no.

    Examples
    --------
    >>> from protocyte.design.rules.condition_count import EnoughAtDose
    >>> from protocyte.design.rules.condition_toxicity import Precise, TooToxic
    >>> both = EnoughAtDose(9) & Precise(0.4)
    >>> (both | TooToxic(0.95)).label
    '(≥ 9 at the dose and a 95 % interval narrower than 0.4) or P(DLT > target) > 0.95 at the
     lowest dose'
    """

    __slots__ = ()

    @property
    @abstractmethod
    def label(self) -> str:
        """What it asks, in a few words."""

    @abstractmethod
    def met(self, states: States, steps: Steps, design: Design) -> Booleans:
        """Return where it holds.

        Parameters
        ----------
        states : States
            Many trials; every one has had a cohort.
        steps : Steps
            What the design inside does next.
        design : Design
            The design inside.

        Returns
        -------
        ndarray of bool, shape (n_states,)
            True where it holds [1].
        """

    def bars(self, states: States, steps: Steps, design: Design) -> Booleans:  # noqa: ARG002
        """Return where no dose may be selected if the trial stops for it; nowhere, usually."""
        return np.zeros(len(states), dtype=bool)

    def check(self, design: Design) -> None:  # noqa: ARG002
        """Refuse a design that it cannot be asked about; none, usually."""
        return

    @abstractmethod
    def explain(self, outcomes: Outcomes, design: Design) -> tuple[str, ...]:
        """Return its numbers in one trial, one line each."""

    @final
    def __and__(self, other: "Condition") -> "Condition":
        return AllOf((*_parts(self, AllOf), *_parts(other, AllOf)))

    @final
    def __or__(self, other: "Condition") -> "Condition":
        return AnyOf((*_parts(self, AnyOf), *_parts(other, AnyOf)))


@final
@dataclass(frozen=True, slots=True)
class AllOf(Condition):
    """All of several conditions.

    Parameters
    ----------
    parts : tuple of Condition
        The conditions.

    Raises
    ------
    DesignError
        If there is none.
    """

    parts: tuple[Condition, ...]

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        _check_parts(self.parts)

    @property
    def label(self) -> str:
        """What it asks, in a few words."""
        return " and ".join(_bracketed(part) for part in self.parts)

    def met(self, states: States, steps: Steps, design: Design) -> Booleans:
        """Return where all hold."""
        return ~_one_of([~part.met(states, steps, design) for part in self.parts])

    def bars(self, states: States, steps: Steps, design: Design) -> Booleans:
        """Return where any of them bars a selection."""
        return _one_of([part.bars(states, steps, design) for part in self.parts])

    def check(self, design: Design) -> None:
        """Refuse a design that one of them cannot be asked about."""
        for part in self.parts:
            part.check(design)

    def explain(self, outcomes: Outcomes, design: Design) -> tuple[str, ...]:
        """Return the numbers of each."""
        return tuple(line for part in self.parts for line in part.explain(outcomes, design))


@final
@dataclass(frozen=True, slots=True)
class AnyOf(Condition):
    """At least one of several conditions.

    Parameters
    ----------
    parts : tuple of Condition
        The conditions.

    Raises
    ------
    DesignError
        If there is none.
    """

    parts: tuple[Condition, ...]

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        _check_parts(self.parts)

    @property
    def label(self) -> str:
        """What it asks, in a few words."""
        return " or ".join(_bracketed(part) for part in self.parts)

    def met(self, states: States, steps: Steps, design: Design) -> Booleans:
        """Return where one holds."""
        return _one_of([part.met(states, steps, design) for part in self.parts])

    def bars(self, states: States, steps: Steps, design: Design) -> Booleans:
        """Return where one of them holds and bars a selection."""
        return _one_of(
            [
                part.met(states, steps, design) & part.bars(states, steps, design)
                for part in self.parts
            ]
        )

    def check(self, design: Design) -> None:
        """Refuse a design that one of them cannot be asked about."""
        for part in self.parts:
            part.check(design)

    def explain(self, outcomes: Outcomes, design: Design) -> tuple[str, ...]:
        """Return the numbers of each."""
        return tuple(line for part in self.parts for line in part.explain(outcomes, design))


def _parts(condition: Condition, kind: type[AllOf] | type[AnyOf]) -> tuple[Condition, ...]:
    """Return the parts of a condition of one kind, so that a chain stays flat."""
    return condition.parts if isinstance(condition, kind) else (condition,)


def _one_of(held: Sequence[Booleans]) -> Booleans:
    """Return where at least one holds."""
    one: Booleans = np.logical_or.reduce(held)
    return one


def _bracketed(part: Condition) -> str:
    return f"({part.label})" if isinstance(part, AllOf | AnyOf) else part.label


def _check_parts(parts: tuple[Condition, ...]) -> None:
    if not parts:
        raise DesignError("Nothing is asked; give at least one condition.")
