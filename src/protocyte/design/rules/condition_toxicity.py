"""Conditions that ask how toxic a dose is, by its posterior under the uniform prior."""

from dataclasses import dataclass
from typing import Final, Literal, final

import numpy as np

from protocyte.design.design import Design
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.outcome import Outcomes
from protocyte.design.posterior import find_interval_width, find_lower_tail, find_upper_tail
from protocyte.design.rules.condition import Condition
from protocyte.design.state import Booleans, Floats, Integers, States, Steps
from protocyte.errors import DesignError

WHERE: Final = ("lowest", "current", "any")


@final
@dataclass(frozen=True, slots=True)
class TooToxic(Condition):
    """A dose is too toxic: the posterior probability of exceeding a limit is great.

    Where the lowest dose is asked about and the trial stops for it, no dose is selected.

    Parameters
    ----------
    certainty : float
        That probability must be greater [1], 0 to 1.
    limit : float, optional
        DLT probability to exceed [1]; the target of the design by default.
    at : {"lowest", "current", "any"}
        Which dose: the lowest, that of the last cohort, or any that was treated.
    least : int
        With fewer participants at the dose it does not hold [participants].

    Raises
    ------
    DesignError
        If settings contradict each other.
    """

    certainty: float
    limit: float | None = None
    at: Literal["lowest", "current", "any"] = "lowest"
    least: int = 1

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        if not 0 < self.certainty < 1:
            raise DesignError(f"certainty is {self.certainty}; give a probability, such as 0.95.")
        if self.limit is not None and not 0 < self.limit < 1:
            raise DesignError(f"limit is {self.limit}; give a probability, such as 0.3.")
        if self.at not in WHERE:
            raise DesignError(f"at is {self.at!r}; name one of {', '.join(WHERE)}.")
        if self.least < 1:
            raise DesignError(f"least is {self.least}; give at least 1.")

    @property
    def label(self) -> str:
        """What it asks, in a few words."""
        limit = "target" if self.limit is None else f"{self.limit:g}"
        where = {"lowest": "the lowest dose", "current": "the dose", "any": "any dose"}[self.at]
        return f"P(DLT > {limit}) > {self.certainty:g} at {where}"

    def met(self, states: States, steps: Steps, design: Design) -> Booleans:  # noqa: ARG002
        """Return where it holds."""
        if self.at == "current":
            return self._toxic(states.at("n"), states.at("tox"), design)
        n, tox = states.of("n"), states.of("tox")
        if self.at == "lowest":
            return self._toxic(n[:, 0], tox[:, 0], design)
        met: Booleans = np.any(self._toxic(n, tox, design), axis=1)
        return met

    def bars(self, states: States, steps: Steps, design: Design) -> Booleans:  # noqa: ARG002
        """Return where the lowest dose is too toxic."""
        return self._toxic(states.of("n")[:, 0], states.of("tox")[:, 0], design)

    def check(self, design: Design) -> None:
        """Refuse a design that counts no DLTs, or gives no limit."""
        if "tox" not in design.features:
            raise DesignError("This design counts no DLTs, so no dose of it can be too toxic.")
        if self.limit is None and design.target is None:
            raise DesignError("This design has no target DLT probability; give limit=.")

    def explain(self, outcomes: Outcomes, design: Design) -> tuple[str, ...]:
        """Return the posterior probabilities."""
        limit = self._limit(design)
        levels = {
            "lowest": [1],
            "current": [outcomes.dose or 1],
            "any": [level for level, n in enumerate(outcomes.n, start=1) if n],
        }[self.at]
        lines = []
        for level in levels:
            n, tox = np.array([outcomes.n[level - 1]]), np.array([outcomes.tox[level - 1]])
            tail = float(find_upper_tail(tox, n, limit=limit)[0])
            lines.append(
                f"P(DLT probability > {limit:g}) = {tail:.4f} at dose {level} with {n[0]}: too "
                f"toxic above {self.certainty:g} from {self.least}"
            )
        return tuple(lines)

    def _limit(self, design: Design) -> float:
        return (design.target or 0.0) if self.limit is None else self.limit

    def _toxic(self, n: Integers, tox: Integers, design: Design) -> Booleans:
        tail = find_upper_tail(tox, n, limit=self._limit(design))
        toxic: Booleans = (tail > self.certainty) & (n >= self.least)
        return toxic


@final
@dataclass(frozen=True, slots=True)
class Precise(Condition):
    """The DLT probability at the last cohort's dose is known well enough.

    Parameters
    ----------
    width : float
        The posterior interval, with equal tails, must be narrower [1], 0 to 1.
    level : float
        Posterior probability of the interval [1], 0 to 1.

    Raises
    ------
    DesignError
        If these are not probabilities.
    """

    width: float
    level: float = 0.95

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        if not (0 < self.width < 1 and 0 < self.level < 1):
            raise DesignError(
                f"width is {self.width} and level is {self.level}; give numbers between 0 and 1."
            )

    @property
    def label(self) -> str:
        """What it asks, in a few words."""
        return f"a {100 * self.level:g} % interval narrower than {self.width:g}"

    def met(self, states: States, steps: Steps, design: Design) -> Booleans:  # noqa: ARG002
        """Return where it holds."""
        width = find_interval_width(states.at("tox"), states.at("n"), level=self.level)
        met: Booleans = width < self.width
        return met

    def check(self, design: Design) -> None:
        """Refuse a design that counts no DLTs."""
        if "tox" not in design.features:
            raise DesignError("This design counts no DLTs, whose probability could be known.")

    def explain(self, outcomes: Outcomes, design: Design) -> tuple[str, ...]:  # noqa: ARG002
        """Return the width of the interval."""
        level = outcomes.dose or 1
        n, tox = np.array([outcomes.n[level - 1]]), np.array([outcomes.tox[level - 1]])
        width = float(find_interval_width(tox, n, level=self.level)[0])
        told = (
            f"{100 * self.level:g} % interval of the DLT probability at dose {level} is "
            f"{width:.3f} wide: precise below {self.width:g}"
        )
        return (told,)


@final
@dataclass(frozen=True, slots=True)
class NearTarget(Condition):
    """The DLT probability at the last cohort's dose probably lies in an interval.

    Parameters
    ----------
    low, high : float
        The interval [1], 0 to 1.
    certainty : float
        Its posterior probability must be greater [1], 0 to 1.

    Raises
    ------
    DesignError
        If these are not probabilities, or not in order.
    """

    low: float
    high: float
    certainty: float

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        if not (0 <= self.low < self.high <= 1 and 0 < self.certainty < 1):
            raise DesignError(
                f"low = {self.low}, high = {self.high} and certainty = {self.certainty}; give "
                f"probabilities, low below high."
            )

    @property
    def label(self) -> str:
        """What it asks, in a few words."""
        return f"P({self.low:g} < DLT < {self.high:g}) > {self.certainty:g} at the dose"

    def met(self, states: States, steps: Steps, design: Design) -> Booleans:  # noqa: ARG002
        """Return where it holds."""
        met: Booleans = self._inside(states.at("n"), states.at("tox")) > self.certainty
        return met

    def _inside(self, n: Integers, tox: Integers) -> Floats:
        below = find_lower_tail(tox, n, limit=self.low)
        inside: Floats = 1 - below - find_upper_tail(tox, n, limit=self.high)
        return inside

    def check(self, design: Design) -> None:
        """Refuse a design that counts no DLTs."""
        if "tox" not in design.features:
            raise DesignError("This design counts no DLTs, whose probability could be near.")

    def explain(self, outcomes: Outcomes, design: Design) -> tuple[str, ...]:  # noqa: ARG002
        """Return the posterior probability."""
        level = outcomes.dose or 1
        n, tox = np.array([outcomes.n[level - 1]]), np.array([outcomes.tox[level - 1]])
        inside = float(self._inside(n, tox)[0])
        told = (
            f"P({self.low:g} < DLT probability < {self.high:g}) = {inside:.4f} at dose {level}: "
            f"near the target above {self.certainty:g}"
        )
        return (told,)
