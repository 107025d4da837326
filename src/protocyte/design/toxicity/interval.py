"""Designs that read the next move from a table of counts.

Every interval design (BOIN, Keyboard, mTPI, i3+3) and every table that a protocol brings along
compiles to a table of the counts at the current dose. This module knows that one design.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, final

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.design import DecisionRow, Design
from protocyte.design.isotonic import find_isotonic_fit, find_nearest
from protocyte.design.kinds import find_sound_kinds, find_sound_plan
from protocyte.design.outcome import Outcomes
from protocyte.design.paper import YAN_2020
from protocyte.design.state import Booleans, Floats, Integers, Start, States, Steps
from protocyte.design.toxicity.decision_table import CountTable
from protocyte.errors import DesignError, OutcomeError


@final
@dataclass(frozen=True, slots=True)
class TableDesign(Design):
    """A design that follows a decision table, such as one printed in a protocol.

    The MTD is selected by isotonic regression of the DLT rates, as BOIN does it.

    Parameters
    ----------
    decision_table : CountTable
        The table.
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
    early_stop : int, optional
        Stop when so many participants were treated at the current dose.
    early_stop_when : {"staying", "always"}
        Whether only if the next cohort would stay there.
    rate_limit : float, optional
        The highest isotonic DLT rate that an MTD may have [1]; any by default.

    Raises
    ------
    DesignError
        If settings contradict each other.

    References
    ----------
    .. [1] Yan F, Zhang L, Zhou Y, et al. BOIN: an R package for designing single-agent and
       drug-combination dose-finding trials using Bayesian optimal interval designs. *J Stat
       Softw* 2020;94(13). doi:10.18637/jss.v094.i13

    Examples
    --------
    >>> from protocyte.design import IntervalTable
    >>> table = IntervalTable((0, 0, 0, 0, 0, 1), (1, 1, 2, 2, 2, 2), (2, 3, 3, 3, 3, 4))
    >>> design = TableDesign(table, target=0.25, n_doses=3, cohorts=2)
    >>> design.decide(Outcomes.from_notation("1NNT", n_doses=3)).action
    'stay'
    """

    decision_table: CountTable
    target: float
    n_doses: int
    cohorts: int = 10
    cohort_size: int | tuple[int, ...] = 3
    start_dose: int = 1
    early_stop: int | None = None
    early_stop_when: Literal["staying", "always"] = "staying"
    rate_limit: float | None = None
    _next_size: Integers = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        if not 0 < self.target < 1:
            raise DesignError(
                f"The target DLT probability is {self.target}; give one between 0 and 1."
            )
        for name in ("n_doses", "cohorts"):
            if getattr(self, name) < 1:
                raise DesignError(f"{name} is {getattr(self, name)}; give at least 1.")
        sizes = find_cohort_sizes(self.cohorts, self.cohort_size)
        if not 1 <= self.start_dose <= self.n_doses:
            raise DesignError(
                f"The trial starts at dose level {self.start_dose} of {self.n_doses}; start at a "
                f"level between 1 and {self.n_doses}."
            )
        if self.early_stop is not None and self.early_stop < 1:
            raise DesignError(
                f"early_stop is {self.early_stop}; give a number of participants, or None."
            )
        if self.early_stop_when not in ("staying", "always"):
            raise DesignError(
                f"early_stop_when is {self.early_stop_when!r}; name 'staying' or 'always'."
            )
        if self.rate_limit is not None and not 0 < self.rate_limit <= 1:
            raise DesignError(f"rate_limit is {self.rate_limit}; give a DLT rate up to 1, or None.")
        enough = self.early_stop if self.early_stop_when == "always" else None
        object.__setattr__(self, "_next_size", _next_sizes(sizes))
        self.decision_table.check_entries(sizes, most=self.capacity, enough=enough)

    @property
    def features(self) -> tuple[str, ...]:
        """What it counts: participants and those with a DLT."""
        return ("n", "tox")

    @property
    def planned(self) -> int:
        """The most participants that it treats."""
        return len(self._next_size) - 1

    @property
    def capacity(self) -> int:
        """The most participants that it treats at one dose."""
        if self.early_stop is None or self.early_stop_when == "staying":
            return self.planned
        most = max(find_cohort_sizes(self.cohorts, self.cohort_size))
        return min(self.planned, self.early_stop - 1 + most)

    @property
    def references(self) -> tuple[str, ...]:
        """The paper of the selection."""
        return (YAN_2020,)

    def start(self) -> Start:
        """Return the first cohort."""
        return Start(self.start_dose - 1, int(self._next_size[0]))

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        ceiling = self._ceiling(states)
        n, tox, here = states.at("n"), states.at("tox"), states.dose.astype(self._dtype)
        total = states.total()
        moves = self.decision_table.moves(n, tox)
        up, down = moves > 0, moves < 0
        dose = np.minimum(here + moves, self.n_doses - 1, dtype=self._dtype)
        dose[up & (dose >= ceiling)] -= 1
        np.minimum(dose, ceiling - 1, out=dose)
        np.maximum(dose, 0, out=dose)
        reason = np.full(len(states), Reason.STAY, dtype=np.int8)
        reason[up] = Reason.ESCALATE
        reason[up & (dose == here)] = Reason.CLOSED
        reason[up & (here == self.n_doses - 1)] = Reason.TOP
        reason[down] = Reason.DE_ESCALATE
        reason[down & (here == 0)] = Reason.LOWEST
        reason[here >= ceiling] = Reason.CLOSED_HERE
        if self.early_stop is not None:
            enough = n >= self.early_stop
            if self.early_stop_when == "staying":
                enough &= dose == here
            reason[enough] = Reason.ENOUGH
        reason[total >= self.planned] = Reason.PLANNED
        reason[(here == 0) & self.decision_table.stops_lowest(n, tox)] = Reason.TOXIC_EARLY
        reason[ceiling == 0] = Reason.TOXIC
        stopped = reason < Reason.START
        dose[stopped] = -1
        size = self._next_size[np.minimum(total, self.planned)]
        size[stopped] = 0
        return Steps(dose, size, reason)

    def select_states(self, states: States) -> Integers:
        """Return the dose that each state selects if the trial ends there."""
        fit, allowed = self._fit(states)
        return find_nearest(fit, allowed, target=self.target)

    def closed_states(self, states: States) -> Booleans:
        """Return which doses each state has closed."""
        ceiling = self._ceiling(states)
        closed: Booleans = (np.arange(self.n_doses)[:, np.newaxis] >= ceiling).T
        return closed

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        level = outcomes.dose or 1
        n, tox = outcomes.n[level - 1], outcomes.tox[level - 1]
        lines = [f"{_events(tox)} in {n} at dose {level}: {self.decision_table.explain(n, tox)}"]
        lowest = self.decision_table.explain_lowest(n)
        if level == 1 and lowest:
            lines.append(lowest)
        lines.append(f"{outcomes.total} of {self.planned} participants treated")
        if self.early_stop is not None:
            also = " if the next cohort would stay" if self.early_stop_when == "staying" else ""
            lines.append(f"{n} at dose {level}: stop from {self.early_stop}{also}")
        return tuple(lines)

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each."""
        states = outcomes.states(self.features)
        fit, allowed = self._fit(states)
        closed = self.closed_states(states)[0]
        lines = []
        for j, (n, tox) in enumerate(zip(outcomes.n, outcomes.tox, strict=True)):
            if n == 0:
                continue
            line = f"dose {j + 1}: {_events(tox)} in {n}"
            if allowed[0, j]:
                away = abs(fit[0, j] - self.target)
                line += f", isotonic rate {fit[0, j]:.4f}, {away:.4f} from {self.target:g}"
            else:
                line += ", closed" if closed[j] else ", not eligible"
            lines.append(line)
        return tuple(lines)

    def table(self, up_to: int | None = None) -> tuple[DecisionRow, ...]:
        """Return the decisions by the counts at the current dose."""
        longest = self.decision_table.longest
        most = min(self.capacity, longest) if up_to is None else up_to
        if not 1 <= most <= longest:
            raise DesignError(
                f"Decisions up to {most} participants were asked for; this table has 1 to "
                f"{longest}."
            )
        letter = self.decision_table.letter
        return tuple(
            DecisionRow(n, tox, None, letter(n, tox), eliminate=letter(n, tox) == "DU")
            for n in range(1, most + 1)
            for tox in range(n + 1)
            if self.decision_table.knows(n, tox)
        )

    @property
    def _dtype(self) -> type[np.signedinteger[Any]]:
        """The shortest integers that count the doses: states are many."""
        return np.int8 if self.n_doses < 127 else np.int32

    def _ceiling(self, states: States) -> Integers:
        """Return the index of the lowest closed dose in each state; n_doses if none is."""
        n, tox = states.of("n"), states.of("tox")
        if n.size and n.max() > self.decision_table.longest:
            raise OutcomeError(
                f"{n.max()} participants at one dose are more than the decision table knows "
                f"({self.decision_table.longest}); plan more cohorts, or lengthen the table."
            )
        ceiling = np.full(len(states), self.n_doses, dtype=self._dtype)
        for j in range(self.n_doses - 1, -1, -1):
            ceiling[self.decision_table.closes(n[:, j], tox[:, j])] = j
        return ceiling

    def _fit(self, states: States) -> tuple[Floats, Booleans]:
        """Return isotonic DLT rates, and which doses may be selected."""
        n, tox = states.of("n"), states.of("tox")
        lowest = self.decision_table.stops_lowest(n[:, 0], tox[:, 0])
        allowed = (n > 0) & ~self.closed_states(states) & ~lowest[:, np.newaxis]
        rate = (tox + 0.05) / (n + 0.1)
        weight = np.where(allowed, (n + 1.1) / (rate * (1 - rate)), 0.0)
        fit = find_isotonic_fit(rate, weight)
        if self.rate_limit is not None:
            allowed &= fit <= self.rate_limit
        return fit, allowed


def _events(count: int) -> str:
    return f"{count} DLT{'' if count == 1 else 's'}"


def find_cohort_sizes(cohorts: int, cohort_size: int | tuple[int, ...]) -> tuple[int, ...]:
    """Find the size of each cohort.

    Parameters
    ----------
    cohorts : int
        How many cohorts.
    cohort_size : int or tuple of int
        Participants a cohort [participants]; of several numbers, one a cohort, the last is
        repeated.

    Returns
    -------
    tuple of int
        Participants of each cohort [participants].

    Raises
    ------
    DesignError
        If a size is below 1, there is none, or there are more than cohorts.

    Examples
    --------
    >>> find_cohort_sizes(4, (1, 2, 3))
    (1, 2, 3, 3)
    """
    given = (cohort_size,) if isinstance(cohort_size, int) else cohort_size
    if not given or min(given) < 1:
        raise DesignError(f"cohort_size is {cohort_size}; give at least 1.")
    if len(given) > cohorts:
        raise DesignError(
            f"There are {len(given)} sizes for {cohorts} cohorts; give at most one a cohort."
        )
    find_sound_plan(sum(given) + given[-1] * (cohorts - len(given)))
    return given + given[-1:] * (cohorts - len(given))


def _next_sizes(sizes: tuple[int, ...]) -> Integers:
    """Return the size of the next cohort by how many were treated; the last is cut to fit."""
    ends = np.cumsum(sizes)
    total = np.arange(ends[-1] + 1)
    which = np.minimum(np.searchsorted(ends, total, side="right"), len(sizes) - 1)
    sizes_left: Integers = np.minimum(np.array(sizes)[which], ends[-1] - total)
    return sizes_left
