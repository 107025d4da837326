"""Designs that read the next move from a table of counts.

Every interval design (BOIN, Keyboard, mTPI, i3+3) and every table that a protocol brings along
compiles to integers: at so many participants, at most so many DLTs escalate, at least so many
de-escalate, at least so many close the dose. This module knows that one design.
"""

from dataclasses import dataclass, field
from typing import Literal, final

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.design import DecisionRow, Design
from protocyte.design.isotonic import find_isotonic_fit, find_nearest
from protocyte.design.outcome import Outcomes
from protocyte.design.paper import YAN_2020
from protocyte.design.state import Booleans, Floats, Integers, Start, States, Steps
from protocyte.errors import DesignError, OutcomeError


@final
@dataclass(frozen=True, slots=True)
class IntervalTable:
    """Limits on the number of DLTs, for 1, 2, 3, … participants at the current dose.

    Parameters
    ----------
    escalate : tuple of int
        At most so many DLTs escalate; -1 for never.
    de_escalate : tuple of int
        At least so many de-escalate; more than the participants for never.
    eliminate : tuple of int
        At least so many close the dose and all above; more than the participants for never.
    stop_lowest : tuple of int, optional
        At least so many at the lowest dose stop the trial (extra-safe rule).

    Raises
    ------
    DesignError
        If the limits cross, or the columns are not equally long.

    Examples
    --------
    >>> IntervalTable((0, 0, 0), (1, 1, 2), (2, 3, 3)).longest
    3
    """

    escalate: tuple[int, ...]
    de_escalate: tuple[int, ...]
    eliminate: tuple[int, ...]
    stop_lowest: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        columns = [self.escalate, self.de_escalate, self.eliminate]
        if self.stop_lowest is not None:
            columns.append(self.stop_lowest)
        if not self.escalate or len({len(column) for column in columns}) > 1:
            raise DesignError(
                f"The columns of the decision table have {[len(column) for column in columns]} "
                f"rows; give one number for each of 1, 2, 3, … participants in all of them."
            )
        stop = self.eliminate if self.stop_lowest is None else self.stop_lowest
        rows = zip(self.escalate, self.de_escalate, self.eliminate, stop, strict=True)
        for n, (up, down, shut, lowest) in enumerate(rows, start=1):
            if not -1 <= up < down:
                raise DesignError(
                    f"At {n} participants the decision table escalates up to {up} DLTs and "
                    f"de-escalates from {down}; the first must be the smaller (and -1 or more)."
                )
            least = min(shut, lowest)
            if least <= up:
                raise DesignError(
                    f"At {n} participants the decision table closes a dose from {least} DLTs and "
                    f"escalates up to {up}; close it from more DLTs."
                )

    @property
    def longest(self) -> int:
        """The most participants at a dose that it knows."""
        return len(self.escalate)

    def columns(self) -> Integers:
        """Return the limits as an array, shape (4, longest + 1), for 0 to longest participants.

        Returns
        -------
        ndarray of int, shape (4, longest + 1)
            Escalate, de-escalate, eliminate, stop at the lowest dose [participants].
        """
        never = tuple(n + 1 for n in range(1, self.longest + 1))
        lowest = never if self.stop_lowest is None else self.stop_lowest
        limits = np.array([self.escalate, self.de_escalate, self.eliminate, lowest])
        before = np.array([[-1], [1], [1], [1]])
        return np.concatenate([before, limits], axis=1).astype(np.int16)


@final
@dataclass(frozen=True, slots=True)
class TableDesign(Design):
    """A design that follows a decision table, such as one printed in a protocol.

    The MTD is selected by isotonic regression of the DLT rates, as BOIN does it.

    Parameters
    ----------
    decision_table : IntervalTable
        The table.
    target : float
        DLT probability that the MTD should have [1], 0 to 1.
    n_doses : int
        How many doses.
    cohorts : int
        The most cohorts; the last ends the trial without another decision.
    cohort_size : int
        Participants a cohort.
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
    >>> table = IntervalTable((0, 0, 0, 0, 0, 1), (1, 1, 2, 2, 2, 2), (2, 3, 3, 3, 3, 4))
    >>> design = TableDesign(table, target=0.25, n_doses=3, cohorts=2)
    >>> design.decide(Outcomes.from_notation("1NNT", n_doses=3)).action
    'stay'
    """

    decision_table: IntervalTable
    target: float
    n_doses: int
    cohorts: int = 10
    cohort_size: int = 3
    start_dose: int = 1
    early_stop: int | None = None
    early_stop_when: Literal["staying", "always"] = "staying"
    rate_limit: float | None = None
    _columns: Integers = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not 0 < self.target < 1:
            raise DesignError(
                f"The target DLT probability is {self.target}; give one between 0 and 1."
            )
        for name in ("n_doses", "cohorts", "cohort_size"):
            if getattr(self, name) < 1:
                raise DesignError(f"{name} is {getattr(self, name)}; give at least 1.")
        if not 1 <= self.start_dose <= self.n_doses:
            raise DesignError(
                f"The trial starts at dose level {self.start_dose} of {self.n_doses}; start at a "
                f"level between 1 and {self.n_doses}."
            )
        if self.early_stop is not None and self.early_stop < 1:
            raise DesignError(
                f"early_stop is {self.early_stop}; give a number of participants, or None."
            )
        if self.capacity > self.decision_table.longest:
            raise DesignError(
                f"The decision table ends at {self.decision_table.longest} participants and "
                f"{self.capacity} may be treated at one dose; lengthen the table, or stop earlier."
            )
        object.__setattr__(self, "_columns", self.decision_table.columns())

    @property
    def features(self) -> tuple[str, ...]:
        """What it counts: participants and those with a DLT."""
        return ("n", "tox")

    @property
    def planned(self) -> int:
        """The most participants that it treats."""
        return self.cohorts * self.cohort_size

    @property
    def capacity(self) -> int:
        """The most participants that it treats at one dose."""
        if self.early_stop is None or self.early_stop_when == "staying":
            return self.planned
        return min(self.planned, self.early_stop - 1 + self.cohort_size)

    @property
    def references(self) -> tuple[str, ...]:
        """The paper of the selection."""
        return (YAN_2020,)

    def limits(self, n: int) -> tuple[int, int, int, int]:
        """Return the limits on DLTs at so many participants.

        Parameters
        ----------
        n : int
            Participants at the current dose.

        Returns
        -------
        tuple of int
            At most to escalate; at least to de-escalate, to close the dose, to stop at the lowest.
        """
        up, down, shut, lowest = self._columns[:, n].tolist()
        return up, down, shut, lowest

    def start(self) -> Start:
        """Return the first cohort."""
        return Start(self.start_dose - 1, min(self.cohort_size, self.planned))

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        ceiling = self._ceiling(states)
        n, tox, here = states.at("n"), states.at("tox"), states.dose.astype(np.int8)
        total = states.total()
        escalate, de_escalate, _, stop_lowest = self._columns
        up, down = tox <= escalate[n], tox >= de_escalate[n]
        dose = np.minimum(here + up - down, self.n_doses - 1, dtype=np.int8)
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
        reason[(here == 0) & (tox >= stop_lowest[n])] = Reason.TOXIC_EARLY
        reason[ceiling == 0] = Reason.TOXIC
        stopped = reason < Reason.START
        dose[stopped] = -1
        size = np.minimum(self.cohort_size, self.planned - total)
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
        up, down, shut, lowest = self.limits(n)
        first = (
            f"{_events(tox)} in {n} at dose {level}: escalate at {_at_most(up)}, "
            f"de-escalate at {_at_least(down, n)}, close the dose at {_at_least(shut, n)}"
        )
        lines = [first]
        if level == 1 and self.decision_table.stop_lowest is not None:
            lines.append(f"extra-safe rule at dose 1: stop at {_at_least(lowest, n)}")
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
        most = self.capacity if up_to is None else up_to
        if not 1 <= most <= self.decision_table.longest:
            raise DesignError(
                f"Decisions up to {most} participants were asked for; this table has 1 to "
                f"{self.decision_table.longest}."
            )
        rows = []
        for n in range(1, most + 1):
            up, down, shut, _ = self.limits(n)
            for tox in range(n + 1):
                letter = "E" if tox <= up else "D" if tox >= min(down, shut) else "S"
                rows.append(
                    DecisionRow(n, tox, None, letter + "U" * (tox >= shut), eliminate=tox >= shut)
                )
        return tuple(rows)

    def _ceiling(self, states: States) -> Integers:
        """Return the index of the lowest closed dose in each state; n_doses if none is."""
        n, tox, eliminate = states.of("n"), states.of("tox"), self._columns[2]
        if n.size and n.max() > self.decision_table.longest:
            raise OutcomeError(
                f"{n.max()} participants at one dose are more than the decision table knows "
                f"({self.decision_table.longest}); plan more cohorts, or lengthen the table."
            )
        ceiling = np.full(len(states), self.n_doses, dtype=np.int8)
        for j in range(self.n_doses - 1, -1, -1):
            ceiling[tox[:, j] >= eliminate[n[:, j]]] = j
        return ceiling

    def _fit(self, states: States) -> tuple[Floats, Booleans]:
        """Return isotonic DLT rates, and which doses may be selected."""
        n, tox = states.of("n"), states.of("tox")
        lowest = tox[:, 0] >= self._columns[3][n[:, 0]]
        allowed = (n > 0) & ~self.closed_states(states) & ~lowest[:, np.newaxis]
        rate = (tox + 0.05) / (n + 0.1)
        weight = np.where(allowed, (n + 1.1) / (rate * (1 - rate)), 0.0)
        fit = find_isotonic_fit(rate, weight)
        if self.rate_limit is not None:
            allowed &= fit <= self.rate_limit
        return fit, allowed


def _events(count: int) -> str:
    return f"{count} DLT{'' if count == 1 else 's'}"


def _at_most(limit: int) -> str:
    return "no count" if limit < 0 else "0" if limit == 0 else f"≤ {limit}"


def _at_least(limit: int, n: int) -> str:
    return "no count" if limit > n else f"≥ {limit}"
