"""TEPI: toxicity and efficacy probability intervals, made for adoptive T-cell therapy.

Intervals of the DLT and of the response probability divide a square into rectangles, each with a
move that clinicians gave it. The rectangle with the largest posterior mass for its area decides.
"""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal, final

import numpy as np

from protocyte.design.biological.acceptance import Acceptance
from protocyte.design.biological.choice import DIGITS, find_best
from protocyte.design.biological.truncated import find_mean_truncated
from protocyte.design.biological.worth import find_truncated_worth
from protocyte.design.decision import Reason
from protocyte.design.design import DecisionRow
from protocyte.design.equal_cohorts import EqualCohorts
from protocyte.design.isotonic import find_isotonic_fit
from protocyte.design.kinds import find_sound_kinds, find_sound_plan
from protocyte.design.outcome import Outcomes, find_counted
from protocyte.design.paper import LI_2017
from protocyte.design.scenario import Scenario
from protocyte.design.state import Booleans, Floats, Integers, States, Steps
from protocyte.errors import DesignError

REFERENCES: Final = (LI_2017,)
EXAMPLE: Final = ("EEEE", "EEES", "DSSS", "DDDD")
"""Moves of the published example: a row a toxicity interval, a letter a response interval."""
LARGEST: Final = 3_000_000
"""Entries that the table of moves may have; beyond, each state is computed."""


@final
@dataclass(frozen=True, slots=True)
class TEPI(EqualCohorts):
    """Find the optimal biological dose with the TEPI design.

    Parameters
    ----------
    n_doses : int
        How many doses.
    toxicity_target : float
        DLT probability that must not be exceeded [1].
    efficacy_floor : float
        Lowest response probability that is worth going on with [1].
    toxicity_cuts, efficacy_cuts : tuple of float
        Where intervals of the DLT and of the response probability meet [1].
    moves : tuple of str
        A row a toxicity interval, lowest first, with a letter a response interval: E escalate, S
        stay, D de-escalate.
    cohorts : int
        The most cohorts; the last ends the trial without another decision.
    cohort_size : int
        Participants a cohort.
    start_dose : int
        Dose level of the first cohort, from 1.
    early_stop : int, optional
        Stop when so many participants were treated at the current dose.
    toxicity_certainty : float
        A dose with at least 3 participants is closed, with all above, when the posterior
        probability of exceeding the target is greater [1].
    futility_chance : float
        A dose with at least 3 participants is closed, alone, when the posterior probability that
        its response probability exceeds the floor is smaller [1].
    harmless : tuple of float
        DLT probabilities up to which a dose has full worth, and from which it has none [1].
    useful : tuple of float
        Response probabilities up to which a dose has no worth, and from which full worth [1].
    estimate : {"plug-in", "posterior mean"}
        What the worth is taken of: of isotonic and posterior mean rates, or averaged over the
        posterior.

    Raises
    ------
    DesignError
        If settings contradict each other.

    Notes
    -----
    Posteriors are independent, with uniform priors. Of rectangles with equal mass for their area
    the most cautious move is made: D before S before E. A move to a closed dose goes to the nearest
    open dose below, where staying counts as below escalating; with none the trial stops. A futile
    dose is left downwards too, unless its move is E.

    Selection is of tried doses that are open, the lower of ties, none if all are worth nothing.
    With "plug-in", DLT rates under Beta(0.05, 0.05) are isotonic, weighted by their posterior
    variances, and response rates are posterior means under the same prior, as the R package
    Keyboard does it. With "posterior mean", the two worths are averaged over the posteriors under
    the uniform prior, without an order between doses, and multiplied.

    References
    ----------
    .. [1] Li DH, Whitmore JB, Guo W, Ji Y. Toxicity and efficacy probability interval design for
       phase I adoptive cell therapy dose-finding clinical trials. *Clin Cancer Res* 2017;23:13-20.
       doi:10.1158/1078-0432.CCR-16-1125

    Examples
    --------
    >>> design = TEPI(n_doses=3)
    >>> design.decide(Outcomes.from_notation("1NNE", n_doses=3)).action
    'escalate'
    """

    n_doses: int
    toxicity_target: float = 0.2
    efficacy_floor: float = 0.4
    toxicity_cuts: tuple[float, ...] = (0.15, 0.25, 0.35)
    efficacy_cuts: tuple[float, ...] = (0.25, 0.45, 0.65)
    moves: tuple[str, ...] = EXAMPLE
    cohorts: int = 10
    cohort_size: int = 3
    start_dose: int = 1
    early_stop: int | None = None
    toxicity_certainty: float = 0.95
    futility_chance: float = 0.3
    harmless: tuple[float, float] = (0.15, 0.4)
    useful: tuple[float, float] = (0.3, 0.6)
    estimate: Literal["plug-in", "posterior mean"] = "plug-in"
    _acceptance: Acceptance = field(init=False, repr=False, compare=False)
    _moves: Integers | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        find_sound_plan(self.planned)
        for name in ("n_doses", "cohorts", "cohort_size", "early_stop"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise DesignError(f"{name} is {value}; give at least 1.")
        if not 1 <= self.start_dose <= self.n_doses:
            raise DesignError(
                f"The trial starts at dose level {self.start_dose} of {self.n_doses}; start at a "
                f"level between 1 and {self.n_doses}."
            )
        if not 0 < self.futility_chance < 1:
            raise DesignError(
                f"futility_chance is {self.futility_chance}; give a probability, such as 0.3."
            )
        if self.estimate not in {"plug-in", "posterior mean"}:
            raise DesignError(f"estimate is {self.estimate!r}; name 'plug-in' or 'posterior mean'.")
        self._check_rectangles()
        find_truncated_worth(np.zeros(1), np.zeros(1), tox_span=self.harmless, eff_span=self.useful)
        longest = self.capacity + 2 * self.cohort_size
        acceptance = Acceptance(
            self.toxicity_target,
            self.efficacy_floor,
            self.toxicity_certainty,
            1 - self.futility_chance,
            n_least=3,
            longest=longest,
        )
        object.__setattr__(self, "_acceptance", acceptance)
        object.__setattr__(self, "_moves", self._tabulate(longest))

    def _check_rectangles(self) -> None:
        """Refuse intervals that do not rise, and moves that do not fill the square."""
        for name in ("toxicity_cuts", "efficacy_cuts"):
            cuts = (0.0, *getattr(self, name), 1.0)
            if not all(low < high for low, high in pairwise(cuts)):
                raise DesignError(
                    f"{name} is {getattr(self, name)}; give rising probabilities between 0 and 1."
                )
        rows, columns = len(self.toxicity_cuts) + 1, len(self.efficacy_cuts) + 1
        fits = len(self.moves) == rows and all(
            len(row) == columns and set(row) <= set("DSE") for row in self.moves
        )
        if not fits:
            raise DesignError(
                f"The moves are {self.moves}; give {rows} rows, one a toxicity interval, of "
                f"{columns} letters E, S or D, one a response interval."
            )

    @property
    def features(self) -> tuple[str, ...]:
        """What it counts: participants, those with a DLT, those with a response."""
        return ("n", "tox", "eff")

    @property
    def capacity(self) -> int:
        """The most participants that it treats at one dose."""
        if self.early_stop is None:
            return self.planned
        return min(self.planned, self.early_stop - 1 + self.cohort_size)

    @property
    def target(self) -> float | None:
        """The DLT probability that must not be exceeded [1]."""
        return self.toxicity_target

    @property
    def references(self) -> tuple[str, ...]:
        """The paper it comes from."""
        return REFERENCES

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        closed, here = self.closed_states(states), states.dose.astype(np.int64)
        rows, n, total = np.arange(len(states)), states.at("n"), states.total()
        move = self._move(n, states.at("tox"), states.at("eff"))
        wanted = np.clip(here + move, 0, self.n_doses - 1)
        limit = np.where(closed[rows, wanted], np.minimum(wanted, here), wanted)
        doses = np.arange(self.n_doses, dtype=float)[:, np.newaxis]
        open_below = ~closed & (doses <= limit).T
        dose = find_best(np.broadcast_to(doses.T, closed.shape), open_below)
        reason = np.full(len(states), Reason.STAY, dtype=np.int8)
        reason[move > 0] = Reason.ESCALATE
        reason[move < 0] = Reason.DE_ESCALATE
        reason[dose != here + move] = Reason.REPLACED
        reason[(move > 0) & (dose == here)] = Reason.CLOSED
        reason[(move > 0) & (dose == here) & (here == self.n_doses - 1)] = Reason.TOP
        reason[(move < 0) & (here == 0)] = Reason.LOWEST
        reason[dose < 0] = Reason.FUTILE
        if self.early_stop is not None:
            reason[n >= self.early_stop] = Reason.ENOUGH
        reason[total >= self.planned] = Reason.PLANNED
        reason[closed.all(axis=1)] = Reason.INADMISSIBLE
        reason[self._acceptance.toxic_states(states)[:, 0]] = Reason.TOXIC
        stopped = reason < Reason.START
        size = np.minimum(self.cohort_size, self.planned - total)
        return Steps(np.where(stopped, -1, dose), np.where(stopped, 0, size), reason)

    def select_states(self, states: States) -> Integers:
        """Return the dose that each state selects if the trial ends there."""
        worth = self._worth(states)
        allowed = (states.of("n") > 0) & ~self.closed_states(states) & (worth > 0)
        return find_best(worth, allowed)

    def closed_states(self, states: States) -> Booleans:
        """Return which doses each state has closed: futile ones, toxic ones and all above."""
        toxic = np.logical_or.accumulate(self._acceptance.toxic_states(states), axis=1)
        closed: Booleans = toxic | self._acceptance.futile_states(states)
        return closed

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        level = outcomes.dose or 1
        states = outcomes.states(self.features)
        n, tox, eff = (int(states.at(feature)[0]) for feature in self.features)
        mass = self._mass(np.array([n]), np.array([tox]), np.array([eff]))[0]
        row, column = np.unravel_index(int(np.argmax(mass)), mass.shape)
        low, high = ((0.0, *cuts, 1.0) for cuts in (self.toxicity_cuts, self.efficacy_cuts))
        move = self._letters(np.array([n]), np.array([tox]), np.array([eff]))[0]
        first = (
            f"{find_counted(tox)} and {find_counted(eff, 'response')} in "
            f"{n} at dose {level}: the largest posterior mass for its area, {mass.max():.4f}, has "
            f"a DLT probability of {low[row]:g} to {low[row + 1]:g} with a response probability of "
            f"{high[column]:g} to {high[column + 1]:g}: {move}"
        )
        second = f"dose {level}: {self._acceptance.explain(tox, eff, n)}"
        if n < 3:
            second += "; at least 3 participants to close"
        return (first, second, f"{outcomes.total} of {self.planned} participants treated")

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each."""
        states = outcomes.states(self.features)
        worth, closed = self._worth(states)[0], self.closed_states(states)[0]
        return tuple(
            f"dose {j + 1}: {find_counted(outcomes.tox[j])}, "
            f"{find_counted(int(states.of('eff')[0, j]), 'response')} in "
            f"{outcomes.n[j]}, worth {worth[j]:.4f}, {'closed' if closed[j] else 'open'}"
            for j in range(self.n_doses)
            if outcomes.n[j]
        )

    def table(self, up_to: int | None = None) -> tuple[DecisionRow, ...]:
        """Return the decisions by the counts at the current dose.

        Letters: E escalate, S stay, D de-escalate; a U marks a dose that is closed from then on.
        """
        most = self.capacity if up_to is None else min(up_to, self._acceptance.longest)
        rows = []
        for n in range(self.cohort_size, most + 1, self.cohort_size):
            worst, least = self._acceptance.too_toxic(n), self._acceptance.too_few(n)
            tox, eff = (axis.ravel() for axis in np.indices((n + 1, n + 1)))
            letters = self._letters(np.full(len(tox), n), tox, eff)
            for t, e, letter in zip(tox.tolist(), eff.tolist(), letters, strict=True):
                shut = t >= worst or e <= least
                rows.append(DecisionRow(n, t, e, letter + "U" * shut, eliminate=shut))
        return tuple(rows)

    def best_dose(self, scenario: Scenario) -> int | None:
        """Return the dose with the highest true worth among acceptable ones, the lower of ties."""
        worth = self.utilities(scenario)
        if worth is None:
            return None
        return int(find_best(worth[np.newaxis], worth[np.newaxis] > 0)[0])

    def utilities(self, scenario: Scenario) -> Floats | None:
        """Return the true worth of each dose [1], 0 to 1."""
        if scenario.tox is None or scenario.eff is None:
            return None
        tox, eff = np.array(scenario.tox), np.array(scenario.eff)
        return find_truncated_worth(tox, eff, tox_span=self.harmless, eff_span=self.useful)

    def _mass(self, n: Integers, tox: Integers, eff: Integers) -> Floats:
        """Return the posterior mass of each rectangle for its area."""
        from scipy.special import betainc

        sides = []
        for events, cuts in ((tox, self.toxicity_cuts), (eff, self.efficacy_cuts)):
            edges = np.array([0.0, *cuts, 1.0])
            below = betainc(1.0 + events[:, np.newaxis], 1.0 + (n - events)[:, np.newaxis], edges)
            sides.append(np.diff(below, axis=1) / np.diff(edges))
        mass: Floats = (sides[0][:, :, np.newaxis] * sides[1][:, np.newaxis, :]).round(DIGITS)
        return mass

    def _find_moves(self, n: Integers, tox: Integers, eff: Integers) -> Integers:
        """Compute the move at some counts: -1 down, 0 stay, 1 up."""
        steps = np.array([["DSE".index(letter) - 1 for letter in row] for row in self.moves])
        mass = self._mass(n, tox, eff)
        largest = mass == mass.max(axis=(1, 2), keepdims=True)
        moves: Integers = np.where(largest, steps, 1).min(axis=(1, 2))
        return moves

    def _tabulate(self, longest: int) -> Integers | None:
        """Compute the moves at all counts; None if they are too many."""
        if (longest + 1) ** 3 > LARGEST:
            return None
        n, tox, eff = np.indices((longest + 1,) * 3)
        known = (tox <= n) & (eff <= n)
        moves = np.zeros(n.shape, dtype=np.int8)
        moves[known] = self._find_moves(n[known], tox[known], eff[known])
        return moves

    def _move(self, n: Integers, tox: Integers, eff: Integers) -> Integers:
        """Look the move at some counts up, or compute it."""
        if self._moves is None:
            return self._find_moves(n, tox, eff)
        return self._moves[n, tox, eff].astype(np.int64)

    def _letters(self, n: Integers, tox: Integers, eff: Integers) -> list[str]:
        return ["DSE"[move + 1] for move in self._move(n, tox, eff).tolist()]

    def _worth(self, states: States) -> Floats:
        """Return what the selection maximises at each dose."""
        n, tox, eff = (states.of(feature).astype(float) for feature in self.features)
        if self.estimate == "posterior mean":
            return find_mean_truncated(n, tox, eff, tox_span=self.harmless, eff_span=self.useful)
        rate = (tox + 0.05) / (n + 0.1)
        tried = (n > 0) & ~self.closed_states(states)
        weight = np.where(tried, (n + 1.1) / (rate * (1 - rate)), 0.0)
        fit = find_isotonic_fit(rate, weight)
        fit = np.where(tried, fit, 1.0)
        return find_truncated_worth(
            fit, (eff + 0.05) / (n + 0.1), tox_span=self.harmless, eff_span=self.useful
        ).round(DIGITS)
