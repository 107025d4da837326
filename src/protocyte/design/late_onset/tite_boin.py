"""TITE-BOIN: BOIN that need not wait until every window has ended.

The DLT rate at the current dose is estimated with the pending participants in it, either by
imputing what may still come (2018) or by counting a part of each (2020), and compared with BOIN's
two limits.
"""

from dataclasses import dataclass, field
from typing import Final, Literal, final

import numpy as np

from protocyte.design.kinds import find_sound_kinds
from protocyte.design.late_onset.interval_rule import IntervalRule
from protocyte.design.late_onset.late_onset import find_sound_window
from protocyte.design.late_onset.suspension import Suspension
from protocyte.design.late_onset.tite_interval import (
    THIRDS,
    IntervalLateOnset,
    find_interval_rule,
    find_sound_thirds,
)
from protocyte.design.paper import LIN_YUAN_2020, YUAN_2018
from protocyte.design.toxicity.boin import BOIN
from protocyte.design.toxicity.interval import find_cohort_sizes
from protocyte.errors import DesignError

REFERENCES: Final = (YUAN_2018, LIN_YUAN_2020)


@final
@dataclass(frozen=True, slots=True)
class TITEBOIN(IntervalLateOnset):
    """Find the MTD with BOIN while DLTs are pending.

    Parameters
    ----------
    parent : BOIN
        The design when all outcomes are complete.
    window : float
        Time in which a DLT counts [d].
    suspension : Suspension
        When enrolment waits.
    method : {"imputation", "effective sample size"}
        How pending participants count: the estimate of 2018 or that of 2020.
    thirds : tuple of float
        Assumed shares of the DLTs that fall into each third of the window [1].

    Raises
    ------
    DesignError
        If settings contradict each other.

    Notes
    -----
    Imputation: the rate is (y + (a/b)(c - S))/n with a = y + φ/2, b = n - c - y + 1 - φ/2, for c
    pending participants with S windows of follow-up together; it is not cut at 1. It escalates only
    if y/n < φ and de-escalates only if y/n ≥ φ. Effective sample size: the rate is y/(n - c + S).
    Without follow-up at all the trial stays. A dose is closed by the counts of all its
    participants, pending ones without DLT, at every dose, before anything waits.

    References
    ----------
    .. [1] Yuan Y, Lin R, Li D, Nie L, Warren KE. Time-to-event Bayesian optimal interval design to
       accelerate phase I trials. *Clin Cancer Res* 2018;24:4921-4930.
       doi:10.1158/1078-0432.CCR-18-0246
    .. [2] Lin R, Yuan Y. Time-to-event model-assisted designs for dose-finding trials with delayed
       toxicity. *Biostatistics* 2020;21:807-824. doi:10.1093/biostatistics/kxz007

    Examples
    --------
    >>> from protocyte.design.late_onset.follow_up import Followed, FollowUp
    >>> design = TITEBOIN(BOIN(target=0.3, n_doses=3), 100, Suspension(0.5, None, None))
    >>> followed = FollowUp(3, (Followed(1, 150), Followed(1, 120, dlt=9), Followed(1, 90)))
    >>> decision = design.decide_followed(followed)
    >>> decision.action, decision.arithmetic[1]
    ('stay', 'imputed DLT rate 0.354, between 0.236 (λe) and 0.359 (λd)')
    """

    parent: BOIN
    window: float
    suspension: Suspension
    method: Literal["imputation", "effective sample size"] = "imputation"
    thirds: tuple[float, float, float] = THIRDS
    _rule: IntervalRule = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        find_sound_window(self.window)
        find_sound_thirds(self.thirds)
        if self.method not in {"imputation", "effective sample size"}:
            raise DesignError(
                f"method is {self.method!r}; name 'imputation' or 'effective sample size'."
            )
        boin = self.parent
        low, high = boin.lambda_e, boin.lambda_d
        tox = np.arange(boin.decision_table.longest + 1, dtype=float)
        effective = (tox * (1 / high - 1), tox * (1 / low - 1))
        effective[0][0] = -1.0
        imputes = self.method == "imputation"
        rule = find_interval_rule(
            boin.decision_table,
            self.suspension,
            target=boin.target,
            cohorts=find_cohort_sizes(boin.cohorts, boin.cohort_size),
            limits=(low, high) if imputes else None,
            effective=None if imputes else effective,
            early_stop=boin.early_stop,
            only_staying=boin.early_stop_when == "staying",
        )
        object.__setattr__(self, "_rule", rule)

    @property
    def rule(self) -> IntervalRule:
        """The design as plain numbers."""
        return self._rule

    @property
    def references(self) -> tuple[str, ...]:
        """The papers it comes from."""
        return (*REFERENCES, *self.parent.references)

    def compared(self, n: int, tox: int, pending: int, followed: float) -> str:
        """Return the estimate with its limits, in words."""
        rule, name = self._rule, "DLT rate"
        low, high = self.parent.lambda_e, self.parent.lambda_d
        if pending and rule.imputes:
            odds = (tox + self.parent.target / 2) / (n - pending - tox + 1 - self.parent.target / 2)
            rate, name = (tox + odds * (pending - followed)) / n, "imputed DLT rate"
        else:
            size = n - pending + followed
            if size <= 0:
                return "no follow-up yet, so no estimate"
            rate = tox / size
            if pending:
                name = f"DLT rate in {size:.3f} effective participants"
        if rate <= low:
            return f"{name} {rate:.3f} ≤ {low:.3f} (λe)"
        if rate >= high:
            return f"{name} {rate:.3f} ≥ {high:.3f} (λd)"
        return f"{name} {rate:.3f}, between {low:.3f} (λe) and {high:.3f} (λd)"
