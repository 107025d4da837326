"""Rolling six: up to six participants a dose, enrolled while others are still watched.

The rule decides from three counts at a dose: enrolled, with a DLT, and still watched. Here
it is a table of integers over these counts. `RollingSix` is the limit in which every answer is
known before the next decision; a trial in calendar time reads the same table.
"""

from dataclasses import dataclass
from enum import IntEnum, unique
from functools import lru_cache
from typing import Final, Literal, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from protocyte.design.decision import Reason
from protocyte.design.design import DecisionRow, Design
from protocyte.design.isotonic import find_last
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.outcome import Outcomes
from protocyte.design.paper import SKOLNIK_2008
from protocyte.design.scenario import Scenario
from protocyte.design.state import Booleans, Floats, Integers, Start, States, Steps
from protocyte.errors import DesignError

MOST: Final = 6
"""Participants at a dose, at most."""
TOXIC: Final = 2
"""DLTs that close a dose."""
FiveClean: TypeAlias = Literal["wait", "escalate"]
"""What to do when six are enrolled, five are without DLT and one is still watched."""
Moves: TypeAlias = NDArray[np.int8]


@unique
class Move(IntEnum):
    """What the table says; the numbers are what it holds."""

    IMPOSSIBLE = -1
    STAY = 0
    ESCALATE = 1
    DE_ESCALATE = 2
    WAIT = 3
    SETTLED = 4


def find_rolling_six_moves(*, five_clean: FiveClean = "wait", above_closed: bool = False) -> Moves:
    """Find the move of rolling six for every count at a dose.

    Parameters
    ----------
    five_clean : {"wait", "escalate"}
        When six are enrolled, five are without DLT and one is still watched: wait for the sixth, as
        the published table does, or escalate.
    above_closed : bool
        Whether the next dose is closed, or does not exist. The dose is then filled to six and is
        settled when at most one of six had a DLT.

    Returns
    -------
    ndarray of int8, shape (7, 7, 7)
        Values of `Move` [1], by enrolled, with a DLT, still watched; not to be changed.

    References
    ----------
    .. [1] Skolnik JM, Barrett JS, Jayaraman B, Patel D, Adamson PC. Shortening the timeline of
       pediatric phase I trials: the rolling six design. *J Clin Oncol* 2008;26:190-195.
       doi:10.1200/JCO.2007.12.7712
    .. [2] Protocol of NCT02255461 (PBTC-042), section 13.2, which escalates at five without DLT.

    Examples
    --------
    >>> moves = find_rolling_six_moves()
    >>> Move(moves[3, 0, 0]).name, Move(moves[6, 0, 1]).name, Move(moves[4, 2, 1]).name
    ('ESCALATE', 'WAIT', 'DE_ESCALATE')
    >>> Move(find_rolling_six_moves(five_clean="escalate")[6, 0, 1]).name
    'ESCALATE'
    """
    return _moves(five_clean, above_closed)


@lru_cache(maxsize=4)
def _moves(five_clean: FiveClean, above_closed: bool) -> Moves:  # noqa: FBT001
    moves = np.full((MOST + 1,) * 3, Move.IMPOSSIBLE, dtype=np.int8)
    for enrolled in range(MOST + 1):
        for tox in range(enrolled + 1):
            for pending in range(enrolled - tox + 1):
                clean = enrolled - tox - pending
                moves[enrolled, tox, pending] = (
                    _last_dose(enrolled, tox, pending)
                    if above_closed
                    else _move(enrolled, tox, pending, clean >= 5 and five_clean == "escalate")
                )
    moves.flags.writeable = False
    return moves


def _move(enrolled: int, tox: int, pending: int, enough: bool) -> Move:  # noqa: FBT001
    """Return the move where the next dose is open."""
    if tox >= TOXIC:
        return Move.DE_ESCALATE
    if enrolled == MOST:
        known = pending == 0 or (tox == 0 and enough)
        return Move.ESCALATE if known else Move.WAIT
    if tox == 0 and enrolled - pending >= 3:
        return Move.ESCALATE
    return Move.STAY


def _last_dose(enrolled: int, tox: int, pending: int) -> Move:
    """Return the move where there is no way up: fill to six, then the dose is settled."""
    if tox >= TOXIC:
        return Move.DE_ESCALATE
    if enrolled < MOST:
        return Move.STAY
    return Move.WAIT if pending else Move.SETTLED


@final
@dataclass(frozen=True, slots=True)
class RollingSix(Design):
    """Find the MTD with the rolling six rule, where each cohort is complete before a decision.

    Three without DLT, or at most one DLT in six, escalate. Two DLTs close the dose; the dose below
    is then filled to six. The MTD is the highest dose with at most one DLT in six whose upper
    neighbour is closed; a highest dose of the plan with at most one in six is selected as well,
    though nothing above it was tried.

    Parameters
    ----------
    n_doses : int
        How many doses.
    cohort_size : int
        Participants that are enrolled before an answer is awaited [participants], 1 to 6: the
        speed of accrual against the DLT window. Three make a 3+3 of form C.
    start_dose : int
        Dose level of the first cohort, from 1.
    five_clean : {"wait", "escalate"}
        What to do while six are enrolled, five are without DLT and one is still watched; it
        matters only to a trial in calendar time, which reads `moves`.

    Raises
    ------
    DesignError
        If settings contradict each other.

    References
    ----------
    .. [1] Skolnik JM, Barrett JS, Jayaraman B, Patel D, Adamson PC. Shortening the timeline of
       pediatric phase I trials: the rolling six design. *J Clin Oncol* 2008;26:190-195.
       doi:10.1200/JCO.2007.12.7712

    Examples
    --------
    >>> design = RollingSix(n_doses=3, cohort_size=4)
    >>> decision = design.decide(Outcomes.from_notation("1NNNN 2NNTN", n_doses=3))
    >>> decision.action, decision.size
    ('stay', 2)
    """

    n_doses: int
    cohort_size: int = 3
    start_dose: int = 1
    five_clean: FiveClean = "wait"

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        if self.n_doses < 1:
            raise DesignError(f"n_doses is {self.n_doses}; give at least 1.")
        if not 1 <= self.cohort_size <= MOST:
            raise DesignError(
                f"Rolling six has at most six participants at a dose and cohort_size is "
                f"{self.cohort_size}; give 1 to 6."
            )
        if self.five_clean not in ("wait", "escalate"):
            raise DesignError(f"five_clean is {self.five_clean!r}; name 'wait' or 'escalate'.")
        if not 1 <= self.start_dose <= self.n_doses:
            raise DesignError(
                f"The trial starts at dose level {self.start_dose} of {self.n_doses}; start at a "
                f"level between 1 and {self.n_doses}."
            )

    def moves(self, *, above_closed: bool = False) -> Moves:
        """Return its table by enrolled, with a DLT, still watched.

        Parameters
        ----------
        above_closed : bool
            Whether the next dose is closed, or does not exist.

        Returns
        -------
        ndarray of int8, shape (7, 7, 7)
            Values of `Move` [1]; not to be changed.
        """
        return find_rolling_six_moves(five_clean=self.five_clean, above_closed=above_closed)

    @property
    def features(self) -> tuple[str, ...]:
        """What it counts: participants and those with a DLT."""
        return ("n", "tox")

    @property
    def planned(self) -> int:
        """The most participants that it treats."""
        return MOST * self.n_doses

    @property
    def capacity(self) -> int:
        """The most participants that it treats at one dose."""
        return MOST

    @property
    def references(self) -> tuple[str, ...]:
        """The papers it comes from."""
        return (SKOLNIK_2008,)

    def start(self) -> Start:
        """Return the first cohort."""
        return Start(self.start_dose - 1, self.cohort_size)

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        rows, here, top = np.arange(len(states)), states.dose, self.n_doses - 1
        everywhere, closed = states.of("n"), self.closed_states(states)
        above, below = np.minimum(here + 1, top), np.maximum(here - 1, 0)
        # A dose that is closed or has its six is not given again.
        shut = (here == top) | closed[rows, above] | (everywhere[rows, above] >= MOST)
        move = self._moves_at(states, shut)
        move[(move == Move.DE_ESCALATE) & (everywhere[rows, below] >= MOST)] = Move.SETTLED
        reason = np.full(len(states), Reason.FILL, dtype=np.int8)
        reason[move == Move.ESCALATE] = Reason.ESCALATE
        reason[move == Move.DE_ESCALATE] = Reason.DE_ESCALATE
        reason[move == Move.SETTLED] = Reason.FOUND
        reason[(here == 0) & closed[:, 0]] = Reason.TOXIC
        stopped = reason < Reason.START
        up, down = move == Move.ESCALATE, move == Move.DE_ESCALATE
        dose = np.where(stopped, -1, here + up - down)
        size = np.minimum(self.cohort_size, MOST - everywhere[rows, dose])
        return Steps(dose, np.where(stopped, 0, size), reason)

    def _moves_at(self, states: States, shut: Booleans) -> Moves:
        """Return the table's moves at the current dose, every answer known."""
        n, tox = np.minimum(states.at("n"), MOST), np.minimum(states.at("tox"), MOST)
        moves = np.stack([_moves("wait", above_closed=last)[:, :, 0] for last in (False, True)])
        found: Moves = moves[shut.astype(int), n, tox]
        return found

    def select_states(self, states: States) -> Integers:
        """Return the dose that each state selects if the trial ends there."""
        six = (states.of("n") >= MOST) & (states.of("tox") < TOXIC)
        return find_last(six & ~self.closed_states(states))

    def closed_states(self, states: States) -> Booleans:
        """Return which doses each state has closed: those with two DLTs, and all above."""
        closed: Booleans = np.logical_or.accumulate(states.of("tox") >= TOXIC, axis=1)
        return closed

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        level = outcomes.dose or 1
        n, tox = outcomes.n[level - 1], outcomes.tox[level - 1]
        if tox >= TOXIC:
            reading = "≥ 2, closed"
        elif n >= MOST or (tox == 0 and n >= 3):
            reading = f"{'0 in 3 or more' if tox == 0 else '≤ 1 in 6'}, tolerated"
        else:
            reading = "three without DLT, or six, are needed to decide"
        return (f"{tox} DLT{'' if tox == 1 else 's'} in {n} at dose {level}: {reading}",)

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each."""
        lines = Design.explain_selection(self, outcomes)
        if outcomes.n[-1] >= MOST and outcomes.tox[-1] < TOXIC:
            lines = (*lines, "the highest dose of the plan: nothing above it was tried")
        return lines

    def table(self, up_to: int | None = None) -> tuple[DecisionRow, ...]:
        """Return the decisions by complete counts at the current dose, inside the grid."""
        letters = {Move.STAY: "S", Move.ESCALATE: "E", Move.DE_ESCALATE: "DU"}
        moves = _moves("wait", above_closed=False)
        return tuple(
            DecisionRow(n, tox, None, letters[Move(int(moves[n, tox, 0]))], eliminate=tox >= TOXIC)
            for n in range(1, min(MOST, up_to or MOST) + 1)
            for tox in range(n + 1)
        )

    def best_dose(self, scenario: Scenario) -> int | None:  # noqa: ARG002
        """Return the dose that a trial should find: the rule has no target, so it is not known."""
        return None

    def utilities(self, scenario: Scenario) -> Floats | None:  # noqa: ARG002
        """Return what each dose is worth: this design has no utilities."""
        return None
