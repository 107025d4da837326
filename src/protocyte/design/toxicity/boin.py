"""BOIN: the Bayesian optimal interval design for the MTD.

Compare the DLT rate at the current dose with two limits: escalate at or below the lower,
de-escalate at or above the upper, stay between them. The limits make wrong moves least probable.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal, final

import numpy as np

from protocyte.design.outcome import Outcomes
from protocyte.design.paper import LIU_2015, YAN_2020, YUAN_2016
from protocyte.design.toxicity.decision_table import Moves
from protocyte.design.toxicity.interval_design import IntervalDesign
from protocyte.errors import DesignError

ROUNDING: Final = 1e-12
REFERENCES: Final = (LIU_2015, YAN_2020, YUAN_2016)
ADJUSTMENTS: Final = {
    "stay at 1 of 3": (3, 0, 2, 0.2, 0.279),
    "de-escalate at 2 of 6": (6, 1, 2, 0.28, 0.33),
}
"""Participants, escalate up to, de-escalate from; the targets [1] that it is for."""


@final
@dataclass(frozen=True, slots=True)
class BOIN(IntervalDesign):
    """Find the MTD with the Bayesian optimal interval design.

    Parameters
    ----------
    target : float
        DLT probability that the MTD should have [1], 0.05 to 0.6.
    n_doses, cohorts, cohort_size, start_dose, certainty, close_from : optional
        As every `IntervalDesign` has them.
    extra_safe, early_stop, early_stop_when : optional
        As every `IntervalDesign` has them.
    too_low : float, optional
        DLT probability that is too low to stay at [1]; 0.6 of the target by default.
    too_high : float, optional
        DLT probability that is too high to stay at [1]; 1.4 of the target by default.
    bound_mtd : bool
        Select only a dose whose isotonic DLT rate is at most the upper limit.
    adjusted : {"stay at 1 of 3", "de-escalate at 2 of 6"}, optional
        One row of the table as a 3+3 would have it: of three participants, none with a DLT
        escalates, one stays, two de-escalate (targets 0.20 to 0.279); of six, at most one
        escalates and two de-escalate (targets 0.28 to 0.33).

    Raises
    ------
    DesignError
        If settings contradict each other.

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

    too_low: float | None = None
    too_high: float | None = None
    bound_mtd: bool = False
    adjusted: Literal["stay at 1 of 3", "de-escalate at 2 of 6"] | None = None

    def check_settings(self) -> None:
        """Refuse limits that do not enclose the target."""
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
        if self.adjusted is not None:
            self._check_adjustment(self.adjusted)

    def _check_adjustment(self, adjusted: str) -> None:
        if adjusted not in ADJUSTMENTS:
            raise DesignError(f"BOIN has no adjustment {adjusted!r}; name {_either()}, or none.")
        *_, least, most = ADJUSTMENTS[adjusted]
        if not least <= self.target <= most:
            raise DesignError(
                f"The adjustment {adjusted!r} is for targets from {least:g} to {most:g} and the "
                f"target is {self.target:g}; leave it out."
            )

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
    def references(self) -> tuple[str, ...]:
        """The papers it comes from."""
        return REFERENCES

    @property
    def rate_limit(self) -> float | None:
        """The highest isotonic DLT rate that an MTD may have [1]."""
        return self.lambda_d if self.bound_mtd else None

    def moves(self, n: int) -> Moves:
        """Return how many levels up the next dose is, for 0, 1, … n DLTs."""
        up, down = math.floor(self.lambda_e * n + ROUNDING), math.ceil(self.lambda_d * n - ROUNDING)
        if self.adjusted is not None and ADJUSTMENTS[self.adjusted][0] == n:
            up, down = ADJUSTMENTS[self.adjusted][1:3]
        tox = np.arange(n + 1)
        moves: Moves = (tox <= up).astype(np.int8) - (tox >= down).astype(np.int8)
        return moves

    def explain_counts(self, n: int, tox: int) -> str:
        """Return the DLT rate and the limits that it is compared with."""
        rate, low, high = tox / n, f"{self.lambda_e:.3f} (λe)", f"{self.lambda_d:.3f} (λd)"
        if self.adjusted is not None and ADJUSTMENTS[self.adjusted][0] == n:
            return f" = {rate:.3f}: the adjusted row of the table ({self.adjusted})"
        if tox <= math.floor(self.lambda_e * n + ROUNDING):
            return f" = {rate:.3f} ≤ {low}"
        if tox >= math.ceil(self.lambda_d * n - ROUNDING):
            return f" = {rate:.3f} ≥ {high}"
        if self.decision_table.letter(n, tox) == "DU":
            return f" = {rate:.3f} < {high}, but the dose is closed"
        return f" = {rate:.3f}, between {low} and {high}"

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each."""
        lines = IntervalDesign.explain_selection(self, outcomes)
        if self.bound_mtd:
            lines = (*lines, f"an MTD has an isotonic rate ≤ {self.lambda_d:.4f} (λd)")
        return lines


def _either() -> str:
    return " or ".join(repr(name) for name in ADJUSTMENTS)
