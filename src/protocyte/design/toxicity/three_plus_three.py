"""3+3: cohorts of three, at most six participants a dose.

Three conventions live in practice and have different characteristics, so a design names its form.
"""

from dataclasses import dataclass
from typing import Final, Literal, final

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.design import DecisionRow, Design
from protocyte.design.isotonic import find_last
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.outcome import Outcomes
from protocyte.design.paper import KORN_1994, STORER_1989
from protocyte.design.scenario import Scenario
from protocyte.design.state import Booleans, Floats, Integers, Start, States, Steps
from protocyte.errors import DesignError

REFERENCES: Final = (KORN_1994, STORER_1989)
FORMS: Final = {
    "A": "no de-escalation; the MTD may rest on three participants",
    "B": "de-escalates until six were treated; the highest dose may be the MTD on three",
    "C": "de-escalates; every MTD has six participants",
}


@final
@dataclass(frozen=True, slots=True)
class ThreePlusThree(Design):
    """Find the MTD with the 3+3 rule.

    Without DLT in three, or with at most one in six, escalate; with one in three treat three more;
    with two or more the dose is closed and the MTD is below it.

    Parameters
    ----------
    n_doses : int
        How many doses.
    form : {"A", "B", "C"}
        A: never de-escalate; two DLTs end the trial and the next lower dose is the MTD. B: go down
        instead, treat three more where only three were treated, end where six were; a highest dose
        without DLT in three is the MTD at once. C: as B, but the highest dose needs six as well.
    start_dose : int
        Dose level of the first cohort, from 1.

    Raises
    ------
    DesignError
        If settings contradict each other.

    References
    ----------
    .. [1] Storer BE. Design and analysis of phase I clinical trials. *Biometrics* 1989;45:925-937.
       doi:10.2307/2531693
    .. [2] Korn EL, Midthune D, Chen TT, et al. A comparison of two phase I trial designs. *Stat
       Med* 1994;13:1799-1806. doi:10.1002/sim.4780131802

    Examples
    --------
    >>> design = ThreePlusThree(n_doses=3, form="B")
    >>> decision = design.decide(Outcomes.from_notation("1NNN 2NTT", n_doses=3))
    >>> decision.action, decision.dose, decision.size
    ('de-escalate', 1, 3)
    """

    n_doses: int
    form: Literal["A", "B", "C"] = "A"
    start_dose: int = 1

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        if self.n_doses < 1:
            raise DesignError(f"n_doses is {self.n_doses}; give at least 1.")
        if self.form not in FORMS:
            raise DesignError(f"3+3 has no form {self.form!r}; name A, B or C.")
        if not 1 <= self.start_dose <= self.n_doses:
            raise DesignError(
                f"The trial starts at dose level {self.start_dose} of {self.n_doses}; start at a "
                f"level between 1 and {self.n_doses}."
            )
        if self.form == "A" and self.start_dose > 1:
            raise DesignError(
                f"Form A never de-escalates and so cannot start at dose level {self.start_dose}; "
                f"start at 1, or use form B or C."
            )

    @property
    def features(self) -> tuple[str, ...]:
        """What it counts: participants and those with a DLT."""
        return ("n", "tox")

    @property
    def planned(self) -> int:
        """The most participants that it treats: six at every dose."""
        return 6 * self.n_doses

    @property
    def capacity(self) -> int:
        """The most participants that it treats at one dose."""
        return 6

    @property
    def target(self) -> float | None:
        """The DLT probability that it aims at: none is defined."""
        return None

    @property
    def references(self) -> tuple[str, ...]:
        """The papers it comes from."""
        return REFERENCES

    def start(self) -> Start:
        """Return the first cohort."""
        return Start(self.start_dose - 1, 3)

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        n, tox, here = states.at("n"), states.at("tox"), states.dose.astype(np.int64)
        everywhere = states.of("n")
        closed = self.closed_states(states)
        top, rows = self.n_doses - 1, np.arange(len(states))
        toxic = tox >= 2
        tolerated = ~toxic & self._tolerated(n, tox)
        above, below = np.minimum(here + 1, top), np.maximum(here - 1, 0)
        # A dose that is closed or has its six is not given again: the MTD is then settled.
        up = tolerated & (here < top) & ~closed[rows, above] & (everywhere[rows, above] < 6)
        down = toxic & (here > 0) & (everywhere[rows, below] < 6)
        if self.form == "A":
            down = np.zeros_like(down)
        more = ~toxic & ~tolerated
        # In form B the highest dose alone may be the MTD on three.
        if self.form != "A":
            more |= tolerated & ~up & (n < 6) & ((self.form == "C") | (here < top))
        reason = np.full(len(states), Reason.FOUND, dtype=np.int8)
        reason[up], reason[down], reason[more] = Reason.ESCALATE, Reason.DE_ESCALATE, Reason.FILL
        reason[toxic & (here == 0)] = Reason.TOXIC
        stopped = reason < Reason.START
        dose = np.where(stopped, -1, here + up - down)
        given = everywhere[rows, dose]
        size = np.where(given < 3, 3 - given, 6 - given)
        return Steps(dose, np.where(stopped, 0, size), reason)

    def select_states(self, states: States) -> Integers:
        """Return the dose that each state selects if the trial ends there."""
        n, tox = states.of("n"), states.of("tox")
        six = (n >= 6) & (tox <= 1)
        fit = six if self.form == "C" else self._tolerated(n, tox) & (tox <= 1)
        if self.form == "B":
            fit[:, :-1] = six[:, :-1]
        fit &= ~self.closed_states(states)
        return find_last(fit)

    def closed_states(self, states: States) -> Booleans:
        """Return which doses each state has closed: those with two DLTs, and all above."""
        closed: Booleans = np.logical_or.accumulate(states.of("tox") >= 2, axis=1)
        return closed

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        level = outcomes.dose or 1
        n, tox = outcomes.n[level - 1], outcomes.tox[level - 1]
        lines = [f"{_rate(tox, n)} at dose {level}: {_reading(n, tox)}"]
        if tox >= 2 and level > 1 and self.form != "A":
            lines.append(
                f"{_rate(outcomes.tox[level - 2], outcomes.n[level - 2])} at the dose below"
            )
        lines.append(f"form {self.form}: {FORMS[self.form]}")
        return tuple(lines)

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each."""
        doses = enumerate(zip(outcomes.n, outcomes.tox, strict=True), start=1)
        lines = [f"dose {level}: {_rate(tox, n)}" for level, (n, tox) in doses if n]
        return (*lines, f"form {self.form}: {FORMS[self.form]}")

    def table(self, up_to: int | None = None) -> tuple[DecisionRow, ...]:
        """Return the decisions by the counts at the current dose, inside the grid."""
        rows = []
        for n in (3, 6)[: 1 if up_to is not None and up_to < 6 else 2]:
            for tox in range(n + 1):
                toxic = tox >= 2
                go = bool(self._tolerated(np.array(n), np.array(tox)))
                rows.append(
                    DecisionRow(
                        n, tox, None, "DU" if toxic else "E" if go else "S", eliminate=toxic
                    )
                )
        return tuple(rows)

    def best_dose(self, scenario: Scenario) -> int | None:  # noqa: ARG002
        """Return the dose that a trial should find: the rule has no target, so it is not known."""
        return None

    def utilities(self, scenario: Scenario) -> Floats | None:  # noqa: ARG002
        """Return what each dose is worth: this design has no utilities."""
        return None

    @staticmethod
    def _tolerated(n: Integers, tox: Integers) -> Booleans:
        """Return where a dose has been tolerated well enough to go up."""
        tolerated: Booleans = ((n >= 3) & (tox == 0)) | ((n >= 6) & (tox == 1))
        return tolerated


def _rate(tox: int, n: int) -> str:
    return f"{tox} DLT{'' if tox == 1 else 's'} in {n}"


def _reading(n: int, tox: int) -> str:
    """Say what the rule makes of the counts at a dose."""
    if tox >= 2:
        return "≥ 2, closed"
    if n >= 6:
        return "≤ 1 in 6, tolerated"
    if n >= 3 and tox == 0:
        return "0 in 3, tolerated"
    return f"{'three' if n < 3 else 'six'} are needed to decide"
