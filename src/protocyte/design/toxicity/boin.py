"""BOIN: the Bayesian optimal interval design for the MTD.

Compare the DLT rate at the current dose with two limits: escalate at or below the lower,
de-escalate at or above the upper, stay between them. The limits make wrong moves least probable.
"""

import math
from dataclasses import dataclass, field
from typing import Final, Literal, final

import numpy as np

from protocyte.design.design import DecisionRow, Design
from protocyte.design.outcome import Outcomes
from protocyte.design.paper import LIU_2015, YAN_2020, YUAN_2016
from protocyte.design.posterior import find_elimination_limit, find_upper_tail
from protocyte.design.scenario import Scenario, find_nearest_true
from protocyte.design.state import Booleans, Floats, Integers, Start, States, Steps
from protocyte.design.toxicity.interval import IntervalTable, TableDesign
from protocyte.errors import DesignError

ROUNDING: Final = 1e-12
REFERENCES: Final = (LIU_2015, YAN_2020, YUAN_2016)


@final
@dataclass(frozen=True, slots=True)
class BOIN(Design):
    """Find the MTD with the Bayesian optimal interval design.

    Parameters
    ----------
    target : float
        DLT probability that the MTD should have [1], 0.05 to 0.6.
    n_doses : int
        How many doses.
    cohorts : int
        The most cohorts; the last ends the trial without another decision.
    cohort_size : int
        Participants a cohort.
    start_dose : int
        Dose level of the first cohort, from 1.
    too_low : float, optional
        DLT probability that is too low to stay at [1]; 0.6 of the target by default.
    too_high : float, optional
        DLT probability that is too high to stay at [1]; 1.4 of the target by default.
    certainty : float
        A dose with at least 3 participants is closed, with all above, when the posterior
        probability of exceeding the target is greater [1].
    extra_safe : float, optional
        Stop at the lowest dose already when that probability is greater than ``certainty`` less
        this [1], 0 to 0.5; the package's offset is 0.05.
    bound_mtd : bool
        Select only a dose whose isotonic DLT rate is at most the upper limit.
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

    References
    ----------
    .. [1] Liu S, Yuan Y. Bayesian optimal interval designs for phase I clinical trials. *J R Stat
       Soc C* 2015;64:507-523. doi:10.1111/rssc.12089
    .. [2] Yan F, Zhang L, Zhou Y, et al. BOIN: an R package for designing single-agent and
       drug-combination dose-finding trials using Bayesian optimal interval designs. *J Stat
       Softw* 2020;94(13). doi:10.18637/jss.v094.i13

    Examples
    --------
    >>> design = BOIN(target=0.3, n_doses=5)
    >>> decision = design.decide(Outcomes.from_notation("1NNN 2NTN", n_doses=5))
    >>> decision.action, decision.dose
    ('stay', 2)
    >>> decision.arithmetic[0]
    '1 DLT in 3 at dose 2 = 0.333, between 0.236 (λe) and 0.359 (λd)'
    """

    target: float
    n_doses: int
    cohorts: int = 10
    cohort_size: int = 3
    start_dose: int = 1
    too_low: float | None = None
    too_high: float | None = None
    certainty: float = 0.95
    extra_safe: float | None = None
    bound_mtd: bool = False
    early_stop: int | None = None
    early_stop_when: Literal["staying", "always"] = "staying"
    _compiled: TableDesign = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not 0.05 <= self.target <= 0.6:
            raise DesignError(
                f"The target DLT probability is {self.target}; BOIN takes 0.05 to 0.6."
            )
        low, high = self._interval
        if not (0 < low <= 0.9 * self.target and 1.1 * self.target <= high < 1):
            raise DesignError(
                f"too_low = {low:g} and too_high = {high:g} must lie below and above the target "
                f"{self.target:g}, each at least a tenth of it away; leave them out for 0.6 and "
                f"1.4 of the target."
            )
        if not 0 < self.certainty < 1:
            raise DesignError(f"certainty is {self.certainty}; give a probability, such as 0.95.")
        if self.extra_safe is not None and not 0 < self.extra_safe < min(0.5, self.certainty):
            raise DesignError(
                f"extra_safe is {self.extra_safe}; give what to take off certainty, such as 0.05."
            )
        if min(self.cohorts, self.cohort_size) < 1:
            raise DesignError(
                f"{self.cohorts} cohorts of {self.cohort_size} make no trial; give at least 1."
            )
        compiled = TableDesign(
            self._table(2 * self.cohorts * self.cohort_size),
            target=self.target,
            n_doses=self.n_doses,
            cohorts=self.cohorts,
            cohort_size=self.cohort_size,
            start_dose=self.start_dose,
            early_stop=self.early_stop,
            early_stop_when=self.early_stop_when,
            rate_limit=self.lambda_d if self.bound_mtd else None,
        )
        object.__setattr__(self, "_compiled", compiled)

    @property
    def _interval(self) -> tuple[float, float]:
        low = 0.6 * self.target if self.too_low is None else self.too_low
        return low, 1.4 * self.target if self.too_high is None else self.too_high

    @property
    def lambda_e(self) -> float:
        """The DLT rate at or below which the dose is escalated [1]."""
        low, p = self._interval[0], self.target
        return math.log((1 - low) / (1 - p)) / math.log(p * (1 - low) / (low * (1 - p)))

    @property
    def lambda_d(self) -> float:
        """The DLT rate at or above which the dose is de-escalated [1]."""
        high, p = self._interval[1], self.target
        return math.log((1 - p) / (1 - high)) / math.log(high * (1 - p) / (p * (1 - high)))

    @property
    def decision_table(self) -> IntervalTable:
        """Its limits as integers, for up to twice the planned participants."""
        return self._compiled.decision_table

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

    @property
    def references(self) -> tuple[str, ...]:
        """The papers it comes from."""
        return REFERENCES

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
        rate, low, high = tox / n, f"{self.lambda_e:.3f} (λe)", f"{self.lambda_d:.3f} (λd)"
        escalate, de_escalate, *_ = self._compiled.limits(n)
        if tox <= escalate:
            compared = f" ≤ {low}"
        elif tox >= math.ceil(self.lambda_d * n - ROUNDING):
            compared = f" ≥ {high}"
        elif tox >= de_escalate:
            compared = f" < {high}, but the dose is closed"
        else:
            compared = f", between {low} and {high}"
        tail = float(find_upper_tail(np.array([tox]), np.array([n]), limit=self.target)[0])
        sign = "≤" if tail <= self.certainty else ">"
        verdict = "closed" if n >= 3 and sign == ">" else "open"
        first = f"{tox} DLT{'' if tox == 1 else 's'} in {n} at dose {level} = {rate:.3f}{compared}"
        second = (
            f"P(DLT probability > {self.target:g}) = {tail:.4f} {sign} {self.certainty:g} "
            f"with {n} participants (at least 3 to close): dose {level} is {verdict}"
        )
        return (first, second, *self._compiled.explain(outcomes)[1:])

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each."""
        lines = self._compiled.explain_selection(outcomes)
        if self.bound_mtd:
            lines = (*lines, f"an MTD has an isotonic rate ≤ {self.lambda_d:.4f} (λd)")
        return lines

    def table(self, up_to: int | None = None) -> tuple[DecisionRow, ...]:
        """Return the decisions by the counts at the current dose."""
        return self._compiled.table(up_to)

    def best_dose(self, scenario: Scenario) -> int | None:
        """Return the dose that a trial should find if a scenario were true."""
        return find_nearest_true(scenario, self.target)

    def utilities(self, scenario: Scenario) -> Floats | None:
        """Return what each dose is worth: this design has no utilities."""
        return self._compiled.utilities(scenario)

    def _table(self, longest: int) -> IntervalTable:
        """Turn the two limits and the elimination rule into integers."""
        rows = []
        for n in range(1, longest + 1):
            shut = find_elimination_limit(n, limit=self.target, certainty=self.certainty, n_least=3)
            lowest = n + 1
            if self.extra_safe is not None and shut <= n:
                lowest = find_elimination_limit(
                    n, limit=self.target, certainty=self.certainty - self.extra_safe, n_least=3
                )
            up = math.floor(self.lambda_e * n + ROUNDING)
            if min(shut, lowest) <= up:
                raise DesignError(
                    f"{min(shut, lowest)} DLTs in {n} would close a dose with certainty = "
                    f"{self.certainty:g} and extra_safe = {self.extra_safe}, and the target "
                    f"{self.target:g} would escalate it; ask for more certainty."
                )
            down = math.ceil(self.lambda_d * n - ROUNDING)
            rows.append((up, min(down, shut), shut, lowest))
        columns = tuple(zip(*rows, strict=True))
        stop = columns[3] if self.extra_safe is not None else None
        return IntervalTable(columns[0], columns[1], columns[2], stop)
