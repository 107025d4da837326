"""A trial that is stopped by nothing but its safety boundary."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from protocyte.design.kinds import find_sound_kinds
from protocyte.design.monitoring.stopping import StoppingBoundary
from protocyte.design.single_arm.boundary import Boundary
from protocyte.design.single_arm.staged import Counted, StagedArm
from protocyte.design.state import Floats, Integers, States
from protocyte.errors import DesignError


@final
@dataclass(frozen=True, slots=True, eq=False)
class MonitoringOutlook:
    """What a stopping boundary does over a range of truths.

    Parameters
    ----------
    rates : ndarray of float, shape (n_rates,)
        True event probabilities [1].
    stopped : ndarray of float, shape (n_rates,)
        Probability of ever reaching the boundary, the last look included [1].
    early : ndarray of float, shape (n_rates,)
        Probability of reaching it before the last look [1].
    expected : ndarray of float, shape (n_rates,)
        Expected participants [participants].
    events : ndarray of float, shape (n_rates,)
        Expected participants with the event [participants].

    Examples
    --------
    >>> monitor = SafetyMonitor(StoppingBoundary((10,), (4,)), planned=20)
    >>> monitor.outlook([0.2]).expected.round(2).tolist()
    [18.79]
    """

    rates: Floats
    stopped: Floats
    early: Floats
    expected: Floats
    events: Floats


@final
@dataclass(frozen=True, slots=True)
class SafetyMonitor(StagedArm):
    """Treat at one dose, and stop when an unwanted event becomes too frequent.

    A selected dose means that the boundary was never reached. The event is counted as a toxicity.

    Parameters
    ----------
    rule : StoppingBoundary
        Counts that stop the trial.
    planned : int
        The most participants.
    p0 : float, optional
        Event probability that is not acceptable [1].
    p1 : float, optional
        Event probability that is [1].
    references : tuple of str
        The papers of the boundary.

    Raises
    ------
    DesignError
        If nobody is treated, or no look lies within the planned number.

    Examples
    --------
    >>> from protocyte.design import Outcomes
    >>> monitor = SafetyMonitor(StoppingBoundary((3, 6, 10), (2, 3, 4)), planned=20)
    >>> monitor.decide(Outcomes.from_notation("1NTT", n_doses=1)).why
    'harmful'
    """

    rule: StoppingBoundary
    planned: int
    p0: float | None = None
    p1: float | None = None
    references: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        if self.planned < self.rule.looks[0]:
            raise DesignError(
                f"The first look is at {self.rule.looks[0]} participants and {self.planned} are "
                f"planned; look earlier, or treat more."
            )
        self.check_hypotheses()

    @property
    def boundary(self) -> Boundary:
        """Limits on the count at each look."""
        return self.rule.limits(self.planned)

    @property
    def counted(self) -> Counted:
        """The event that is watched, counted as a toxicity."""
        return "tox"

    def select_states(self, states: States) -> Integers:
        """Return 0 where the boundary of the latest look was not reached, -1 elsewhere."""
        limits = self.boundary
        n, count = states.of("n")[:, 0], states.of("tox")[:, 0]
        latest = np.searchsorted(limits.looks, n, side="right") - 1
        reached = (latest >= 0) & (count >= np.array(limits.high)[np.maximum(latest, 0)])
        return np.where(reached, -1, 0)

    def outlook(self, rates: Sequence[float]) -> MonitoringOutlook:
        """Return what the boundary does over a range of truths, exactly.

        Parameters
        ----------
        rates : sequence of float
            True event probabilities [1], 0 to 1.

        Returns
        -------
        MonitoringOutlook
            Stopping probabilities and expected numbers.
        """
        found, truths = self.passage(*rates), np.array(rates, dtype=float)
        early: Floats = found.high[:, :-1].sum(axis=1)
        return MonitoringOutlook(
            truths, found.passed, early, found.expected, truths * found.expected
        )
