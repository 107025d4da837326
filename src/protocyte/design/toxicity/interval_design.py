"""What every interval design shares: it compiles to a table of integers, and the table runs.

A design of this kind says one thing, how many levels up the next dose is for each number of DLTs at
the current dose. Closing doses, ends, cohorts and selection are the same for all of them.
"""

from abc import abstractmethod
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, final

import numpy as np

from protocyte.design.design import DecisionRow, Design
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.outcome import Outcomes
from protocyte.design.posterior import find_elimination_limit, find_upper_tail
from protocyte.design.scenario import Scenario, find_nearest_true
from protocyte.design.state import Booleans, Floats, Integers, Start, States, Steps
from protocyte.design.toxicity.decision_table import IntervalTable, Moves
from protocyte.design.toxicity.interval import TableDesign, find_cohort_sizes
from protocyte.errors import DesignError


@dataclass(frozen=True, slots=True)
class IntervalDesign(Design):
    """A design that compares the DLTs at the current dose with limits.

    Parameters
    ----------
    target : float
        DLT probability that the MTD should have [1], 0 to 1.
    n_doses : int
        How many doses.
    cohorts : int
        The most cohorts; the last ends the trial without another decision.
    cohort_size : int or tuple of int
        Participants a cohort; of several numbers, one a cohort, the last is repeated.
    start_dose : int
        Dose level of the first cohort, from 1.
    certainty : float
        A dose is closed, with all above, when the posterior probability of exceeding the target is
        greater [1].
    close_from : int
        Participants at a dose from which on it may be closed [participants].
    extra_safe : float, optional
        Stop at the lowest dose already when that probability is greater than ``certainty`` less
        this [1], 0 to 0.5; BOIN's package takes 0.05.
    early_stop : int, optional
        Stop when so many participants were treated at the current dose.
    early_stop_when : {"staying", "always"}
        Whether only if the next cohort would stay there.

    Raises
    ------
    DesignError
        If settings contradict each other.

    Notes
    -----
    Selection repeats the closing of doses on the final counts, pools DLT rates isotonically and
    takes the dose nearest to the target; of doses pooled below the target the highest, at or above
    it the lowest; of two doses equally far on either side the lower.

    Examples
    --------
    >>> from protocyte.design import BOIN
    >>> BOIN(target=0.3, n_doses=5).moves(3).tolist()
    [1, 0, -1, -1]
    """

    target: float
    n_doses: int
    cohorts: int = 10
    cohort_size: int | tuple[int, ...] = 3
    start_dose: int = 1
    certainty: float = 0.95
    close_from: int = 3
    extra_safe: float | None = None
    early_stop: int | None = None
    early_stop_when: Literal["staying", "always"] = "staying"
    _limits: IntervalTable = field(init=False, repr=False, compare=False)
    _compiled: TableDesign = field(init=False, repr=False, compare=False)

    @final
    def __post_init__(self) -> None:
        find_sound_kinds(self)
        self.check_settings()
        if not 0 < self.certainty < 1:
            raise DesignError(f"certainty is {self.certainty}; give a probability, such as 0.95.")
        if self.extra_safe is not None and not 0 < self.extra_safe < min(0.5, self.certainty):
            raise DesignError(
                f"extra_safe is {self.extra_safe}; give what to take off certainty, such as 0.05."
            )
        if self.cohorts < 1 or min(_several(self.cohort_size), default=0) < 1:
            raise DesignError(
                f"{self.cohorts} cohorts of {self.cohort_size} make no trial; give at least 1."
            )
        planned = sum(find_cohort_sizes(self.cohorts, self.cohort_size))
        # Twice as long as the plan, so that a trial that treated more still has an answer.
        object.__setattr__(self, "_limits", self._table(2 * planned))
        compiled = TableDesign(
            self._limits,
            target=self.target,
            n_doses=self.n_doses,
            cohorts=self.cohorts,
            cohort_size=self.cohort_size,
            start_dose=self.start_dose,
            early_stop=self.early_stop,
            early_stop_when=self.early_stop_when,
            rate_limit=self.rate_limit,
        )
        object.__setattr__(self, "_compiled", compiled)

    @abstractmethod
    def moves(self, n: int) -> Moves:
        """Return how many levels up the next dose is, before any dose is closed.

        Parameters
        ----------
        n : int
            Participants at the current dose [participants].

        Returns
        -------
        ndarray of int8, shape (n + 1,)
            Levels up [1], 1, 0 or -1, for 0, 1, … n DLTs; never more for more DLTs.
        """

    @abstractmethod
    def explain_counts(self, n: int, tox: int) -> str:
        """Return what the rule compares at the current dose, in words."""

    def check_settings(self) -> None:
        """Refuse settings of its own that contradict each other; it has none, usually."""
        return

    @property
    def rate_limit(self) -> float | None:
        """The highest isotonic DLT rate that an MTD may have [1]; any, usually."""
        return None

    @final
    def _table(self, longest: int) -> IntervalTable:
        """Turn the moves and the closing of doses into integers."""
        rows = []
        for n in range(1, longest + 1):
            moves = self.moves(n)
            if (np.diff(moves) > 0).any():
                raise DesignError(
                    f"At {n} participants the moves are {moves.tolist()}: more DLTs give a bolder "
                    f"one; run such a rule as a LetterTable."
                )
            shut = self._closing_limit(n, self.certainty)
            lowest = n + 1
            if self.extra_safe is not None and shut <= n:
                lowest = self._closing_limit(n, self.certainty - self.extra_safe)
            up, down = int((moves > 0).sum()) - 1, int((moves >= 0).sum())
            if min(shut, lowest) <= up:
                raise DesignError(
                    f"{min(shut, lowest)} DLTs in {n} would close a dose with certainty = "
                    f"{self.certainty:g} and extra_safe = {self.extra_safe}, and the target "
                    f"{self.target:g} would escalate it; ask for more certainty."
                )
            rows.append((up, min(down, shut), shut, lowest))
        columns = tuple(zip(*rows, strict=True))
        stop = columns[3] if self.extra_safe is not None else None
        return IntervalTable(columns[0], columns[1], columns[2], stop)

    def _closing_limit(self, n: int, certainty: float) -> int:
        return find_elimination_limit(
            n, limit=self.target, certainty=certainty, n_least=self.close_from
        )

    @property
    def decision_table(self) -> IntervalTable:
        """Its limits as integers, for up to twice the planned participants."""
        return self._limits

    @property
    def features(self) -> tuple[str, ...]:
        """What it counts: participants and those with a DLT."""
        return self._compiled.features

    @property
    def planned(self) -> int:
        """The most participants that it treats."""
        return self._compiled.planned

    @property
    def capacity(self) -> int:
        """The most participants that it treats at one dose."""
        return self._compiled.capacity

    def start(self) -> Start:
        """Return the first cohort."""
        return self._compiled.start()

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        return self._compiled.decide_states(states)

    def select_states(self, states: States) -> Integers:
        """Return the dose that each state selects if the trial ends there."""
        return self._compiled.select_states(states)

    def closed_states(self, states: States) -> Booleans:
        """Return which doses each state has closed."""
        return self._compiled.closed_states(states)

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        level = outcomes.dose or 1
        n, tox = outcomes.n[level - 1], outcomes.tox[level - 1]
        tail = float(find_upper_tail(np.array([tox]), np.array([n]), limit=self.target)[0])
        sign = "≤" if tail <= self.certainty else ">"
        verdict = "closed" if n >= self.close_from and sign == ">" else "open"
        least = f" (at least {self.close_from} to close)" if self.close_from > 1 else ""
        first = f"{tox} DLT{'' if tox == 1 else 's'} in {n} at dose {level}"
        second = (
            f"P(DLT probability > {self.target:g}) = {tail:.4f} {sign} {self.certainty:g} "
            f"with {n} participants{least}: dose {level} is {verdict}"
        )
        return (
            first + self.explain_counts(n, tox),
            second,
            *self._compiled.explain(outcomes)[1:],
        )

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each."""
        return self._compiled.explain_selection(outcomes)

    def table(self, up_to: int | None = None) -> tuple[DecisionRow, ...]:
        """Return the decisions by the counts at the current dose."""
        return self._compiled.table(up_to)

    def best_dose(self, scenario: Scenario) -> int | None:
        """Return the dose that a trial should find if a scenario were true."""
        return find_nearest_true(scenario, self.target)

    def utilities(self, scenario: Scenario) -> Floats | None:
        """Return what each dose is worth: these designs have no utilities."""
        return self._compiled.utilities(scenario)


@dataclass(frozen=True, slots=True)
class EquivalenceDesign(IntervalDesign):
    """An interval design with an interval of DLT probabilities that count as the target.

    Parameters
    ----------
    target, n_doses, cohorts, cohort_size, start_dose, certainty, close_from : optional
        As every `IntervalDesign` has them.
    extra_safe, early_stop, early_stop_when : optional
        As every `IntervalDesign` has them.
    margin_below, margin_above : float
        How far the interval reaches below and above the target [1].

    Raises
    ------
    DesignError
        If settings contradict each other.

    Examples
    --------
    >>> from protocyte.design import Keyboard
    >>> Keyboard(target=0.3, n_doses=5).interval
    (Fraction(1, 4), Fraction(7, 20))
    """

    margin_below: float = 0.05
    margin_above: float = 0.05

    @property
    def interval(self) -> tuple[Fraction, Fraction]:
        """The DLT probabilities that count as the target, as they were written [1]."""
        return find_equivalence(
            self.target, margin_below=self.margin_below, margin_above=self.margin_above
        )

    def check_settings(self) -> None:
        """Refuse an interval that leaves the probabilities."""
        _ = self.interval


def find_equivalence(
    target: float, *, margin_below: float, margin_above: float
) -> tuple[Fraction, Fraction]:
    """Find the interval of DLT probabilities that count as the target.

    Parameters
    ----------
    target : float
        DLT probability that the MTD should have [1], 0 to 1.
    margin_below, margin_above : float
        How far the interval reaches below and above it [1].

    Returns
    -------
    tuple of Fraction
        Its ends, as the decimal numbers that were written, without rounding [1].

    Raises
    ------
    DesignError
        If it leaves the probabilities, or is empty.

    Examples
    --------
    >>> find_equivalence(0.3, margin_below=0.05, margin_above=0.05)
    (Fraction(1, 4), Fraction(7, 20))
    """
    if not 0 < target < 1:
        raise DesignError(f"The target DLT probability is {target}; give one between 0 and 1.")
    if not (0 <= margin_below < 1 and 0 <= margin_above < 1 and margin_below + margin_above > 0):
        raise DesignError(
            f"margin_below = {margin_below} and margin_above = {margin_above} make no interval "
            f"around the target; give margins of 0 or more, such as 0.05."
        )
    middle = _written(target)
    low, high = middle - _written(margin_below), middle + _written(margin_above)
    if not 0 < low <= high < 1:
        raise DesignError(
            f"The target interval {float(low):g} to {float(high):g} does not lie between 0 and 1; "
            f"make the margins smaller."
        )
    return low, high


def _written(number: float) -> Fraction:
    """Return the decimal number that a float was written as."""
    return Fraction(repr(float(number)))


def _several(sizes: int | tuple[int, ...]) -> tuple[int, ...]:
    return (sizes,) if isinstance(sizes, int) else sizes
