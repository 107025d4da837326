"""What every design of one dose shares."""

from abc import abstractmethod

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.design import Design
from protocyte.design.scenario import Scenario
from protocyte.design.state import States, Steps


class SingleArm(Design):
    """A design that treats at one dose.

    Examples
    --------
    >>> from protocyte.design import FixedSample
    >>> arm: SingleArm = FixedSample(12)
    >>> arm.n_doses, arm.planned
    (1, 12)
    """

    __slots__ = ()

    @property
    def n_doses(self) -> int:
        """How many doses it studies: one."""
        return 1

    @property
    @abstractmethod
    def features(self) -> tuple[str, ...]:
        """What it counts: "n", then of "tox", "eff", "both" what it looks at."""

    @property
    def references(self) -> tuple[str, ...]:
        """The papers it comes from: none."""
        return ()

    def best_dose(self, scenario: Scenario) -> int | None:  # noqa: ARG002
        """Return the dose that a trial should find: not known."""
        return None


def find_rest(n: int, states: States) -> Steps:
    """Find the rest of a fixed number of participants, or the end.

    Parameters
    ----------
    n : int
        How many are treated.
    states : States
        Many trials.

    Returns
    -------
    Steps
        The rest as one cohort, or a stop where all were treated.

    Examples
    --------
    >>> states = States(("n", "eff"), np.array([[[4, 1]], [[6, 1]]]), np.array([0, 0]))
    >>> find_rest(6, states).size.tolist()
    [2, 0]
    """
    treated = states.at("n")
    full = treated >= n
    reason = np.where(full, Reason.PLANNED, Reason.FILL)
    return Steps(np.where(full, -1, 0), np.where(full, 0, n - treated), reason)
