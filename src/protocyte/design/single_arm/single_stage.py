"""Single arms without an interim look: an exact binomial test, or no test at all."""

from dataclasses import dataclass
from typing import Final, final

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.design import DecisionRow, Design
from protocyte.design.exact.binomial import find_binomial
from protocyte.design.outcome import Outcomes
from protocyte.design.paper import A_HERN_2001
from protocyte.design.scenario import Scenario
from protocyte.design.state import Booleans, Floats, Integers, Start, States, Steps
from protocyte.errors import DesignError

MOST: Final = 5000
"""Largest trial that is searched for."""
REFERENCES: Final = (A_HERN_2001,)


@final
@dataclass(frozen=True, slots=True)
class FixedSample(Design):
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
        if self.participants < 1:
            raise DesignError(f"participants is {self.participants}; treat at least 1 participant.")
        known = {("n", "tox"), ("n", "eff"), ("n", "tox", "eff"), ("n", "tox", "eff", "both")}
        if self.features not in known:
            raise DesignError(
                f"The counts {self.features} are not known; give 'n', then of 'tox', 'eff', 'both' "
                f"in this order."
            )

    @property
    def n_doses(self) -> int:
        """How many doses it studies: one."""
        return 1

    @property
    def planned(self) -> int:
        """How many participants it treats."""
        return self.participants

    @property
    def capacity(self) -> int:
        """How many participants it treats at its dose."""
        return self.participants

    @property
    def target(self) -> float | None:
        """The DLT probability that it aims at: none."""
        return None

    @property
    def references(self) -> tuple[str, ...]:
        """The papers it comes from: none."""
        return ()

    def start(self) -> Start:
        """Return the only cohort."""
        return Start(0, self.participants)

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state: the rest of the participants, or the end."""
        return _until(self.participants, states)

    def select_states(self, states: States) -> Integers:
        """Return -1 everywhere: nothing is decided."""
        return np.full(len(states), -1)

    def closed_states(self, states: States) -> Booleans:
        """Return which doses each state has closed: none."""
        return np.zeros((len(states), 1), dtype=bool)

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        return (f"{outcomes.total} of {self.participants} participants treated",)

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each."""
        return (*self.explain(outcomes), "nothing is decided by rule")

    def table(self, up_to: int | None = None) -> tuple[DecisionRow, ...]:  # noqa: ARG002
        """Return no rows: nothing is decided."""
        return ()

    def best_dose(self, scenario: Scenario) -> int | None:  # noqa: ARG002
        """Return the dose that a trial should find: not known."""
        return None

    def utilities(self, scenario: Scenario) -> Floats | None:  # noqa: ARG002
        """Return what the dose is worth: this design has no utilities."""
        return None

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
class SingleStage(Design):
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
        if not 0 <= self.r < self.n:
            raise DesignError(f"{self.r}/{self.n} is no single-stage design: give 0 ≤ r < n.")
        for name in ("p0", "p1"):
            value = getattr(self, name)
            if value is not None and not 0 < value < 1:
                raise DesignError(f"{name} is {value}; a response probability is between 0 and 1.")

    @property
    def n_doses(self) -> int:
        """How many doses it studies: one."""
        return 1

    @property
    def features(self) -> tuple[str, ...]:
        """What it counts: participants and those with a response."""
        return ("n", "eff")

    @property
    def planned(self) -> int:
        """How many participants it treats."""
        return self.n

    @property
    def capacity(self) -> int:
        """How many participants it treats at its dose."""
        return self.n

    @property
    def target(self) -> float | None:
        """The DLT probability that it aims at: none."""
        return None

    @property
    def references(self) -> tuple[str, ...]:
        """The paper it comes from."""
        return REFERENCES

    def start(self) -> Start:
        """Return the only cohort."""
        return Start(0, self.n)

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state: the rest of the participants, or the end."""
        return _until(self.n, states)

    def select_states(self, states: States) -> Integers:
        """Return 0 where the treatment is active, -1 elsewhere."""
        return np.where(states.of("eff")[:, 0] > self.r, 0, -1)

    def closed_states(self, states: States) -> Booleans:
        """Return which doses each state has closed: none."""
        return np.zeros((len(states), 1), dtype=bool)

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        return self.explain_selection(outcomes)

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each."""
        eff = 0 if outcomes.eff is None else outcomes.eff[0]
        sign = "≤" if eff <= self.r else ">"
        return (f"{eff} in {outcomes.n[0]} of {self.n} participants {sign} {self.r} (r)",)

    def table(self, up_to: int | None = None) -> tuple[DecisionRow, ...]:
        """Return what each number of responses means."""
        return tuple(
            DecisionRow(
                self.n, None, eff, "active" if eff > self.r else "not active", eliminate=False
            )
            for eff in range(self.n + 1)
            if up_to is None or self.n <= up_to
        )

    def best_dose(self, scenario: Scenario) -> int | None:
        """Return 0 if the treatment is active in truth, -1 if not, None in between."""
        if self.p0 is None or self.p1 is None or scenario.eff is None:
            return None
        return 0 if scenario.eff[0] >= self.p1 else -1 if scenario.eff[0] <= self.p0 else None

    def utilities(self, scenario: Scenario) -> Floats | None:  # noqa: ARG002
        """Return what the dose is worth: this design has no utilities."""
        return None

    def rejection(self, probability: float) -> float:
        """Return how probable it is to call the treatment active.

        Parameters
        ----------
        probability : float
            True response probability [1], 0 to 1.

        Returns
        -------
        float
            Probability [1]: the type I error at p0, the power at p1.
        """
        return float(find_binomial(self.n, probability)[self.r + 1 :].sum())


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


def _until(n: int, states: States) -> Steps:
    """Return the rest of a fixed number of participants, or the end."""
    treated = states.at("n")
    full = treated >= n
    reason = np.where(full, Reason.PLANNED, Reason.FILL)
    return Steps(np.where(full, -1, 0), np.where(full, 0, n - treated), reason)
