"""Single arms without an interim look: an exact binomial test, or no test at all."""

from dataclasses import dataclass
from typing import Final, final

import numpy as np

from protocyte.design.exact.binomial import find_binomial
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.outcome import Outcomes
from protocyte.design.paper import A_HERN_2001
from protocyte.design.single_arm.arm import SingleArm, find_rest
from protocyte.design.single_arm.boundary import Boundary
from protocyte.design.single_arm.staged import StagedArm
from protocyte.design.state import Floats, Integers, Start, States, Steps
from protocyte.errors import DesignError

MOST: Final = 5000
"""Largest trial that is searched for."""


@final
@dataclass(frozen=True, slots=True)
class FixedSample(SingleArm):
    """Treat a fixed number of participants at one dose and decide nothing.

    Its characteristics are the exact distributions of the counts.

    Parameters
    ----------
    participants : int
        How many.
    features : tuple of str
        What is counted: "n", then of "tox", "eff", "both".

    Raises
    ------
    DesignError
        If nobody is treated, or something unknown is counted.

    Examples
    --------
    >>> FixedSample(12).distribution(0.5).round(4)[:3].tolist()
    [0.0002, 0.0029, 0.0161]
    """

    participants: int
    features: tuple[str, ...] = ("n", "tox", "eff")

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        if self.participants < 1:
            raise DesignError(f"participants is {self.participants}; treat at least 1 participant.")
        known = {("n", "tox"), ("n", "eff"), ("n", "tox", "eff"), ("n", "tox", "eff", "both")}
        if self.features not in known:
            raise DesignError(
                f"The counts {self.features} are not known; give 'n', then of 'tox', 'eff', 'both' "
                f"in this order."
            )

    @property
    def planned(self) -> int:
        """How many participants it treats."""
        return self.participants

    def start(self) -> Start:
        """Return the only cohort."""
        return Start(0, self.participants)

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state: the rest of the participants, or the end."""
        return find_rest(self.participants, states)

    def select_states(self, states: States) -> Integers:
        """Return -1 everywhere: nothing is decided."""
        return np.full(len(states), -1)

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        return (f"{outcomes.total} of {self.participants} participants treated",)

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each."""
        return (*self.explain(outcomes), "nothing is decided by rule")

    def distribution(self, probability: float) -> Floats:
        """Return how probable 0, 1, … participants with an event are.

        Parameters
        ----------
        probability : float
            True probability of the event [1], 0 to 1.

        Returns
        -------
        ndarray of float, shape (participants + 1,)
            Probabilities [1].
        """
        return find_binomial(self.participants, probability)


@final
@dataclass(frozen=True, slots=True)
class SingleStage(StagedArm):
    """Decide once whether a treatment is active: if more than ``r`` of ``n`` respond.

    A selected dose means that it is active.

    Parameters
    ----------
    r, n : int
        Most responses that do not suffice; participants.
    p0, p1 : float, optional
        Response probabilities that are not interesting, and wanted [1].

    Raises
    ------
    DesignError
        If the numbers contradict each other.

    References
    ----------
    .. [1] A'Hern RP. Sample size tables for exact single-stage phase II designs. *Stat Med*
       2001;20:859-866. doi:10.1002/sim.721

    Examples
    --------
    >>> round(SingleStage(r=5, n=25).rejection(0.1), 4)
    0.0334
    """

    r: int
    n: int
    p0: float | None = None
    p1: float | None = None

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        if not 0 <= self.r < self.n:
            raise DesignError(f"{self.r}/{self.n} is no single-stage design: give 0 ≤ r < n.")
        self.check_hypotheses()

    @property
    def boundary(self) -> Boundary:
        """Limits on the responses at the only look."""
        return Boundary((self.n,), (self.r,), (self.r + 1,))

    @property
    def references(self) -> tuple[str, ...]:
        """The paper it comes from."""
        return (A_HERN_2001,)


def find_single_stage(
    p0: float, p1: float, *, alpha: float, beta: float, slack: float = 0.0, solutions: int = 1
) -> tuple[SingleStage, ...]:
    """Find the smallest exact single-stage designs.

    The errors do not fall steadily with size, so the next sizes that suffice are of interest too.

    Parameters
    ----------
    p0 : float
        Response probability that is not interesting [1].
    p1 : float
        Response probability that is wanted [1], greater than ``p0``.
    alpha, beta : float
        Largest type I and type II error [1].
    slack : float
        By how much both may be exceeded [1].
    solutions : int
        How many designs.

    Returns
    -------
    tuple of SingleStage
        By size, each with the smallest ``r`` that keeps the type I error.

    Raises
    ------
    DesignError
        If the probabilities contradict each other, or the trial would be too large.

    References
    ----------
    .. [1] A'Hern RP. Sample size tables for exact single-stage phase II designs. *Stat Med*
       2001;20:859-866. doi:10.1002/sim.721

    Examples
    --------
    >>> design = find_single_stage(0.1, 0.3, alpha=0.05, beta=0.2)[0]
    >>> design.r, design.n
    (5, 25)
    """
    if not (0 < p0 < p1 < 1 and 0 < alpha < 0.5 and 0 < beta < 0.5 and slack >= 0):
        raise DesignError(
            f"p0 = {p0}, p1 = {p1}, alpha = {alpha}, beta = {beta}, slack = {slack} allow no "
            f"design; give 0 < p0 < p1 < 1, errors between 0 and 0.5, and no negative slack."
        )
    found: list[SingleStage] = []
    for n in range(1, MOST + 1):
        error = np.cumsum(find_binomial(n, p0)[::-1])[::-1]
        # error[x] is the probability of x responses or more; r + 1 is the least that suffices.
        r = int(np.count_nonzero(error > alpha + slack)) - 1
        if r < n and find_binomial(n, p1)[: r + 1].sum() <= beta + slack:
            found.append(SingleStage(max(r, 0), n, p0, p1))
            if len(found) == solutions:
                return tuple(found)
    raise DesignError(
        f"No single-stage design with at most {MOST} participants tells p1 = {p1:g} from "
        f"p0 = {p0:g}; allow larger errors."
    )
