"""BOIN for two factors: doses crossed with lymphodepletion regimens, say.

The rate at the current combination is compared as BOIN does it. A move changes one factor by one
step; of the two that are possible the combination most probably near the target comes next.
"""

from dataclasses import dataclass, field
from typing import Final, Literal, final

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.design import DecisionRow, Design
from protocyte.design.kinds import find_sound_kinds, find_sound_plan
from protocyte.design.outcome import Outcomes, find_counted
from protocyte.design.paper import LIN_2017, YAN_2020
from protocyte.design.posterior import find_elimination_limit
from protocyte.design.scenario import Scenario, find_nearest_true
from protocyte.design.state import Booleans, Floats, Integers, Start, States, Steps
from protocyte.design.toxicity.boin import BOIN, ROUNDING
from protocyte.design.toxicity.combination_fit import find_bivariate_fit
from protocyte.errors import DesignError, OutcomeError

REFERENCES: Final = (LIN_2017, YAN_2020)
A_PARTICIPANT: Final = 0.0005
"""What each participant adds to a neighbour's probability, so that known ones come first."""
A_STEP: Final = 1e-5
"""What each step up either factor adds to a fitted rate, so that equal ones are told apart."""
DIGITS: Final = 12


@final
@dataclass(frozen=True, slots=True)
class CombinationBOIN(Design):
    """Find the MTD among combinations of two factors with BOIN.

    Combinations are numbered dose by dose: with two regimens, levels 1 and 2 are the first dose
    with the first and the second regimen.

    Parameters
    ----------
    doses, regimens : int
        Steps of the first and of the second factor.
    target : float
        DLT probability that the MTD should have [1], 0.05 to 0.6.
    cohorts : int
        The most cohorts; the last ends the trial without another decision.
    cohort_size : int
        Participants a cohort.
    start_at : tuple of int
        Dose and regimen of the first cohort, from 1.
    too_low, too_high : float, optional
        DLT probabilities that are too low and too high to stay at [1]; 0.6 and 1.4 of the target
        by default.
    certainty : float
        A combination with at least 3 participants is closed, with all that are no lower in either
        factor, when the posterior probability of exceeding the target is greater [1].
    early_stop : int, optional
        Stop when so many participants were treated at the current combination, and the next cohort
        would stay there.
    tied : {"random", "dose", "regimen"}
        Whether chance, or which factor, moves where both moves are equally good.
    rounded : bool
        Whether fitted rates are rounded to two decimals before the MTD is taken, as BOIN's
        `select.mtd.comb` does it; its simulator does not.
    closes : {"no lower", "row and column"}
        What a closed combination closes when the MTD is selected: all that are no lower in either
        factor, or, as BOIN 2.7.2, only those with the same dose or the same regimen.
    names : tuple of str, optional
        What to call each level; by its dose and regimen otherwise.

    Raises
    ------
    DesignError
        If settings contradict each other.

    Notes
    -----
    Toxicity must not fall along either factor. A move up is to an open neighbour; without one the
    trial stays. Neighbours are compared by the probability, under a Beta(0.5, 0.5) prior, that
    their DLT probability lies between BOIN's limits, plus 0.0005 for each participant there.

    The MTD is the tried, open combination whose rate, fitted to rise along both factors, is nearest
    to the target. A step up in either factor adds 0.00001 to a rate; of those equally near then,
    the one with the lower regimen is selected.

    References
    ----------
    .. [1] Lin R, Yin G. Bayesian optimal interval design for dose finding in drug-combination
       trials. *Stat Methods Med Res* 2017;26:2155-2167.
    .. [2] Yan F, Zhang L, Zhou Y, et al. BOIN: an R package for designing single-agent and
       drug-combination dose-finding trials using Bayesian optimal interval designs. *J Stat
       Softw* 2020;94(13). doi:10.18637/jss.v094.i13

    Examples
    --------
    >>> design = CombinationBOIN(doses=2, regimens=2, target=0.3)
    >>> decision = design.decide(Outcomes.from_notation("1NNN", n_doses=4))
    >>> decision.shares
    ((2, 0.5), (3, 0.5))
    """

    doses: int
    regimens: int
    target: float
    cohorts: int = 20
    cohort_size: int = 3
    start_at: tuple[int, int] = (1, 1)
    too_low: float | None = None
    too_high: float | None = None
    certainty: float = 0.95
    early_stop: int | None = None
    tied: Literal["random", "dose", "regimen"] = "random"
    rounded: bool = True
    closes: Literal["no lower", "row and column"] = "no lower"
    names: tuple[str, ...] | None = None
    _boin: BOIN = field(init=False, repr=False, compare=False)
    _shut: Integers = field(init=False, repr=False, compare=False)
    _near: Floats = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        find_sound_plan(self.planned)
        for name in ("doses", "regimens", "early_stop"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise DesignError(f"{name} is {value}; give at least 1.")
        dose, regimen = self.start_at
        if not (1 <= dose <= self.doses and 1 <= regimen <= self.regimens):
            raise DesignError(
                f"The trial starts at dose {dose} with regimen {regimen}, of {self.doses} doses "
                f"and {self.regimens} regimens; start at a combination that exists."
            )
        for name, known in (
            ("tied", ("random", "dose", "regimen")),
            ("closes", ("no lower", "row and column")),
        ):
            if getattr(self, name) not in known:
                raise DesignError(
                    f"{name} is {getattr(self, name)!r}; name one of {', '.join(known)}."
                )
        if self.names is not None and len(self.names) != self.n_doses:
            raise DesignError(
                f"There are {len(self.names)} names for {self.n_doses} combinations; give one each."
            )
        boin = BOIN(
            target=self.target,
            n_doses=1,
            cohorts=self.cohorts,
            cohort_size=self.cohort_size,
            too_low=self.too_low,
            too_high=self.too_high,
            certainty=self.certainty,
        )
        object.__setattr__(self, "_boin", boin)
        sizes = range(self.planned + 2 * self.cohort_size + 1)
        certain = {"limit": self.target, "certainty": self.certainty}
        limits = [find_elimination_limit(n, n_least=3, **certain) for n in sizes]
        object.__setattr__(self, "_shut", np.array(limits))
        object.__setattr__(self, "_near", self._nearness(len(sizes)))

    def _nearness(self, longest: int) -> Floats:
        """Return how good a neighbour is, by its participants and DLTs."""
        from scipy.special import betainc

        n, tox = np.indices((longest, longest))
        known = tox <= n
        n, tox = n[known], tox[known]
        high, low = (
            betainc(tox + 0.5, n - tox + 0.5, limit)
            for limit in (self._boin.lambda_d, self._boin.lambda_e)
        )
        near = np.full(known.shape, -1.0)
        near[known] = (high - low + A_PARTICIPANT * n).round(DIGITS)
        return near

    @property
    def n_doses(self) -> int:
        """How many combinations it studies."""
        return self.doses * self.regimens

    @property
    def lambda_e(self) -> float:
        """The DLT rate at or below which one factor is escalated [1]."""
        return self._boin.lambda_e

    @property
    def lambda_d(self) -> float:
        """The DLT rate at or above which one factor is de-escalated [1]."""
        return self._boin.lambda_d

    @property
    def features(self) -> tuple[str, ...]:
        """What it counts: participants and those with a DLT."""
        return ("n", "tox")

    @property
    def planned(self) -> int:
        """The most participants that it treats."""
        return self.cohorts * self.cohort_size

    @property
    def references(self) -> tuple[str, ...]:
        """The papers it comes from."""
        return REFERENCES

    def label(self, level: int) -> str:
        """Return what a level stands for, in words.

        Parameters
        ----------
        level : int
            Level, from 1.

        Returns
        -------
        str
            Its number, dose and regimen, or its name.
        """
        if self.names is not None:
            return self.names[level - 1]
        dose, regimen = divmod(level - 1, self.regimens)
        return f"level {level}, dose {dose + 1} with regimen {regimen + 1}"

    def start(self) -> Start:
        """Return the first cohort."""
        dose, regimen = self.start_at
        return Start((dose - 1) * self.regimens + regimen - 1, self.cohort_size)

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        here, closed = states.dose.astype(np.int64), self.closed_states(states)
        up, down = self._compare(states.at("n"), states.at("tox"))
        among = self._among(states, closed)
        moves = among.any(axis=1)
        dose = np.where(moves, self._chosen(states, among), here)
        total = states.total()
        reason = np.full(len(states), Reason.STAY, dtype=np.int8)
        reason[up] = Reason.ESCALATE
        reason[up & ~moves] = Reason.CLOSED
        reason[up & (here == self.n_doses - 1)] = Reason.TOP
        reason[down] = Reason.DE_ESCALATE
        reason[down & ~moves] = Reason.LOWEST
        reason[closed[np.arange(len(states)), here] & moves] = Reason.CLOSED_HERE
        # From outcomes given by hand a combination may be closed with none open beside it.
        reason[closed[np.arange(len(states)), dose]] = Reason.INADMISSIBLE
        if self.early_stop is not None:
            reason[(states.at("n") >= self.early_stop) & ~moves] = Reason.ENOUGH
        reason[total >= self.planned] = Reason.PLANNED
        reason[closed[:, 0]] = Reason.TOXIC
        stopped = reason < Reason.START
        size = np.minimum(self.cohort_size, self.planned - total)
        return Steps(np.where(stopped, -1, dose), np.where(stopped, 0, size), reason)

    def chance_states(self, states: States) -> Floats | None:
        """Return how probable each of two equally good moves is."""
        if self.tied != "random":
            return None
        among = self._among(states, self.closed_states(states))
        among[~among.any(axis=1), 0] = True
        shares: Floats = among / among.sum(axis=1, keepdims=True)
        return shares

    def select_states(self, states: States) -> Integers:
        """Return the combination that each state selects if the trial ends there."""
        fit, allowed = self._fit(states)
        away = np.where(allowed, np.abs(fit - self.target), np.inf).round(DIGITS)
        # Equally near ones: the lower regimen, then the lower dose.
        order = np.arange(self.n_doses).reshape(self.doses, self.regimens).T.ravel()
        chosen: Integers = order[np.argmin(away[:, order], axis=1)]
        return np.where(allowed.any(axis=1), chosen, -1)

    def closed_states(self, states: States) -> Booleans:
        """Return which combinations each state has closed: toxic ones, and all no lower."""
        table = self._toxic(states).reshape(-1, self.doses, self.regimens)
        table = np.logical_or.accumulate(np.logical_or.accumulate(table, axis=1), axis=2)
        closed: Booleans = table.reshape(-1, self.n_doses)
        return closed

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        level = outcomes.dose or 1
        states = outcomes.states(self.features)
        closed = self.closed_states(states)
        n, tox = outcomes.n[level - 1], outcomes.tox[level - 1]
        first = (
            f"{tox} DLT{'' if tox == 1 else 's'} in {n} at {self.label(level)} = "
            f"{tox / n:.3f}; limits {self.lambda_e:.3f} (λe) and {self.lambda_d:.3f} (λd)"
        )
        lines = [first]
        reach = self._reach(states, closed)[0]
        for j in np.flatnonzero(reach).tolist():
            near = float(self._near[outcomes.n[j], outcomes.tox[j]])
            lines.append(
                f"{self.label(j + 1)}: {find_counted(outcomes.tox[j])} in {outcomes.n[j]}; "
                f"P({self.lambda_e:.3f} < DLT probability < {self.lambda_d:.3f}) + "
                f"{A_PARTICIPANT:g} × {outcomes.n[j]} = {near:.4f}"
            )
        if closed.any():
            shut = ", ".join(self.label(j + 1) for j in np.flatnonzero(closed[0]).tolist())
            lines.append(f"closed: {shut}")
        lines.append(f"{outcomes.total} of {self.planned} participants treated")
        return tuple(lines)

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each."""
        fit, allowed = self._fit(outcomes.states(self.features))
        return tuple(
            f"{self.label(j + 1)}: {find_counted(outcomes.tox[j])} in {outcomes.n[j]}, "
            f"{f'fitted rate {fit[0, j]:.4f}' if allowed[0, j] else 'closed'}"
            for j in range(self.n_doses)
            if outcomes.n[j]
        )

    def table(self, up_to: int | None = None) -> tuple[DecisionRow, ...]:
        """Return the decisions by the counts at the current combination."""
        most = self.planned if up_to is None else min(up_to, len(self._shut) - 1)
        rows = []
        for n in range(1, most + 1):
            shut = int(self._shut[n])
            up, down = self._compare(np.full(n + 1, n), np.arange(n + 1))
            for tox in range(n + 1):
                letter = "E" if up[tox] else "D" if down[tox] or tox >= shut else "S"
                closes = tox >= shut
                rows.append(DecisionRow(n, tox, None, letter + "U" * closes, eliminate=closes))
        return tuple(rows)

    def best_dose(self, scenario: Scenario) -> int | None:
        """Return the combination that a trial should find if a scenario were true."""
        return find_nearest_true(scenario, self.target)

    def _compare(self, n: Integers, tox: Integers) -> tuple[Booleans, Booleans]:
        """Return where BOIN asks to go up, and where down; a closed combination is left."""
        up = tox <= np.floor(self.lambda_e * n + ROUNDING)
        down = (tox >= np.ceil(self.lambda_d * n - ROUNDING)) | (tox >= self._shut[n])
        return up, down

    def _toxic(self, states: States) -> Booleans:
        n = states.of("n")
        if n.size and n.max() >= len(self._shut):
            raise OutcomeError(
                f"{n.max()} participants at one combination are more than this design reckons with "
                f"({len(self._shut) - 1}); plan more cohorts."
            )
        toxic: Booleans = states.of("tox") >= self._shut[n]
        return toxic

    def _reach(self, states: States, closed: Booleans) -> Booleans:
        """Return the combinations that a move may lead to: one step up or down, open."""
        up, down = self._compare(states.at("n"), states.at("tox"))
        step = np.where(up, 1, np.where(down, -1, 0))[:, np.newaxis]
        dose, regimen = np.divmod(np.arange(self.n_doses), self.regimens)
        at_dose, at_regimen = np.divmod(states.dose.astype(np.int64)[:, np.newaxis], self.regimens)
        along_dose = (dose - at_dose == step) & (regimen == at_regimen)
        along_regimen = (regimen - at_regimen == step) & (dose == at_dose)
        reach: Booleans = (along_dose | along_regimen) & (step != 0) & ~closed
        return reach

    def _among(self, states: States, closed: Booleans) -> Booleans:
        """Return the best of the combinations that a move may lead to."""
        near = np.where(
            self._reach(states, closed), self._near[states.of("n"), states.of("tox")], -1.0
        )
        best = near.max(axis=1, keepdims=True)
        among: Booleans = (near == best) & (best >= 0)
        return among

    def _chosen(self, states: States, among: Booleans) -> Integers:
        """Return the drawn combination, or that which the preferred factor leads to."""
        if states.lot is not None:
            return states.lot
        away = np.abs(np.arange(self.n_doses) - states.dose[:, np.newaxis])
        # A step of dose changes the number by as many as there are regimens.
        far = self.tied == "dose" and self.regimens > 1
        rank = np.where(among, away if far else -away, -self.n_doses - 1)
        chosen: Integers = np.argmax(rank, axis=1)
        return chosen

    def _fit(self, states: States) -> tuple[Floats, Booleans]:
        """Return rates that rise along both factors, and which combinations may be selected."""
        n, tox = states.of("n"), states.of("tox")
        shape = (len(states), self.doses, self.regimens)
        size = n.reshape(shape) + np.float64(0.1)
        fit = find_bivariate_fit((tox.reshape(shape) + np.float64(0.05)) / size, size)
        if self.rounded:
            fit = fit.round(2)
        steps = np.arange(1, self.doses + 1)[:, np.newaxis] + np.arange(1, self.regimens + 1)
        fit = (fit + A_STEP * steps).reshape(len(states), -1)
        closed = self.closed_states(states)
        if self.closes == "row and column":
            closed = self._row_and_column(self._toxic(states).reshape(shape))
        # The lowest combination closes everything, under either reading.
        closed = closed | self._toxic(states)[:, :1]
        return fit, (n > 0) & ~closed

    def _row_and_column(self, toxic: Booleans) -> Booleans:
        """Return what the first closed combination of each dose closes beside and above it."""
        first = toxic & (np.cumsum(toxic, axis=2) == 1)
        closed: Booleans = np.logical_or.accumulate(first, axis=1) | np.logical_or.accumulate(
            first, axis=2
        )
        return closed.reshape(len(toxic), -1)
