"""The cumulative cohort design: a rate, a target and a margin around it."""

from dataclasses import dataclass
from typing import final

import numpy as np

from protocyte.design.toxicity.decision_table import Moves
from protocyte.design.toxicity.interval_design import IntervalDesign
from protocyte.errors import DesignError


@final
@dataclass(frozen=True, slots=True)
class CumulativeCohort(IntervalDesign):
    """Escalate at or below target less margin, de-escalate at or above target plus margin.

    Parameters
    ----------
    target, n_doses, cohorts, cohort_size, start_dose : optional
        As every `IntervalDesign` has them, and its other settings as well.
    margin : float
        How far the DLT rate may lie from the target without a move [1].

    References
    ----------
    .. [1] Ivanova A, Flournoy N. Comparison of isotonic designs for dose-finding. *Stat Biopharm
       Res* 2009;1:101. doi:10.1198/sbr.2009.0010
    """

    margin: float = 0.1

    def check_settings(self) -> None:
        """Refuse a margin that leaves no room for a move."""
        if not 0 < self.margin < min(self.target, 1 - self.target):
            raise DesignError(
                f"margin is {self.margin}; give less than the target, and more than 0."
            )

    @property
    def references(self) -> tuple[str, ...]:
        """The paper it comes from."""
        return ("Ivanova A, Flournoy N. Stat Biopharm Res 2009;1:101.",)

    def moves(self, n: int) -> Moves:
        """Return how many levels up the next dose is, for 0, 1, … n DLTs."""
        rate = np.arange(n + 1) / n
        up, down = rate <= self.target - self.margin, rate >= self.target + self.margin
        return up.astype(np.int8) - down.astype(np.int8)

    def explain_counts(self, n: int, tox: int) -> str:
        """Return the rate and what it is compared with."""
        low, high = self.target - self.margin, self.target + self.margin
        return f" = {tox / n:.3f}; escalate up to {low:.3f}, de-escalate from {high:.3f}"
