"""i3+3: compare the DLT rate, and the rate with one DLT less, with an interval."""

from dataclasses import dataclass
from typing import final

import numpy as np

from protocyte.design.paper import LIU_2020
from protocyte.design.toxicity.decision_table import Moves
from protocyte.design.toxicity.interval_design import EquivalenceDesign


@final
@dataclass(frozen=True, slots=True)
class I3Plus3(EquivalenceDesign):
    """Find the MTD with the i3+3 rule.

    Below the interval escalate, in it stay. Above it de-escalate, unless one DLT less would have
    been below it: then the interval was jumped over, and the design stays. Rates are compared as
    fractions, so that 3 in 20 is not above 0.15.

    Parameters
    ----------
    target, n_doses, cohorts, cohort_size, start_dose, certainty, close_from : optional
        As every `IntervalDesign` has them.
    extra_safe, early_stop, early_stop_when : optional
        As every `IntervalDesign` has them.
    margin_below, margin_above : float
        How far the interval reaches below and above the target [1].

    Raises
    ------
    DesignError
        If settings contradict each other.

    References
    ----------
    .. [1] Liu M, Wang SJ, Ji Y. The i3+3 design for phase I clinical trials. *J Biopharm Stat*
       2020;30:294-304. doi:10.1080/10543406.2019.1636811

    Examples
    --------
    >>> I3Plus3(target=0.3, n_doses=5).moves(5).tolist()
    [1, 1, 0, -1, -1, -1]
    """

    @property
    def references(self) -> tuple[str, ...]:
        """The paper it comes from."""
        return (LIU_2020,)

    def moves(self, n: int) -> Moves:
        """Return how many levels up the next dose is, for 0, 1, … n DLTs."""
        low, high = self.interval
        return np.array(
            [
                1 if y < low * n else -1 if y > high * n and y - 1 >= low * n else 0
                for y in range(n + 1)
            ],
            dtype=np.int8,
        )

    def explain_counts(self, n: int, tox: int) -> str:
        """Return the DLT rate and the interval that it is compared with."""
        low, high = self.interval
        rate = f" = {tox / n:.3f}"
        within = f"the interval {float(low):g} to {float(high):g}"
        if tox < low * n:
            return f"{rate}, below {within}"
        if tox <= high * n:
            return f"{rate}, in {within}"
        less = f"{tox - 1} in {n} would be {(tox - 1) / n:.3f}"
        return f"{rate}, above {within}; {less}, {'below it' if tox - 1 < low * n else 'not below'}"
