"""Simon's two-stage design for a single arm: stop early when the treatment looks inactive."""

import math
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.design import DecisionRow, Design
from protocyte.design.exact.binomial import find_binomial
from protocyte.design.outcome import Outcomes
from protocyte.design.paper import SIMON_1989
from protocyte.design.scenario import Scenario
from protocyte.design.state import Booleans, Floats, Integers, Start, States, Steps
from protocyte.errors import DesignError, OutcomeError

REFERENCES: Final = (SIMON_1989,)


@final
@dataclass(frozen=True, slots=True)
class SimonEstimate:
    """The response probability after a two-stage trial.

    Parameters
    ----------
    responses, participants : int
        What was seen.
    proportion : float
        Responses over participants [1]; biased, because the trial could stop.
    umvue : float
        Unbiased estimate of least variance [1].
    p_value : float or None
        Probability of a result at least as good if the uninteresting response probability were
        true [1]; None where that is not given.
    lower, upper : float or None
        One-sided confidence limits [1]; None where the method has none.
    level : float
        Confidence of each limit [1].

    Examples
    --------
    >>> SimonTwoStage(r1=1, n1=10, r=5, n=29, p0=0.1).estimate(6).umvue.__round__(4)
    0.2613
    """

    responses: int
    participants: int
    proportion: float
    umvue: float
    p_value: float | None
    lower: float | None
    upper: float | None
    level: float


@final
@dataclass(frozen=True, slots=True)
class SimonTwoStage(Design):
    """Decide in two stages whether a treatment is active.

    Treat ``n1``; with ``r1`` responses or fewer stop. Otherwise treat ``n`` in all; with more than
    ``r`` responses the treatment is active. A selected dose means that.

    Parameters
    ----------
    r1, n1 : int
        Most responses that stop the trial after the first stage; participants of it.
    r, n : int
        Most responses that do not suffice at the end; participants of both stages.
    p0 : float, optional
        Response probability that is not interesting [1].
    p1 : float, optional
        Response probability that is wanted [1].

    Raises
    ------
    DesignError
        If the numbers contradict each other.

    References
    ----------
    .. [1] Simon R. Optimal two-stage designs for phase II clinical trials. *Control Clin Trials*
       1989;10:1-10. doi:10.1016/0197-2456(89)90015-9

    Examples
    --------
    >>> design = SimonTwoStage(r1=1, n1=10, r=5, n=29)
    >>> round(design.early_stop(0.1), 4), round(design.expected(0.1), 2)
    (0.7361, 15.01)
    """

    r1: int
    n1: int
    r: int
    n: int
    p0: float | None = None
    p1: float | None = None

    def __post_init__(self) -> None:
        if not (0 <= self.r1 < self.n1 < self.n and self.r1 <= self.r < self.n):
            raise DesignError(
                f"{self.r1}/{self.n1} and {self.r}/{self.n} are no two-stage design: give "
                f"0 ≤ r1 < n1 < n and r1 ≤ r < n."
            )
        for name in ("p0", "p1"):
            value = getattr(self, name)
            if value is not None and not 0 < value < 1:
                raise DesignError(f"{name} is {value}; a response probability is between 0 and 1.")
        if self.p0 is not None and self.p1 is not None and self.p0 >= self.p1:
            raise DesignError(f"p0 = {self.p0} is not below p1 = {self.p1}; swap or correct them.")

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
        """The most participants that it treats."""
        return self.n

    @property
    def capacity(self) -> int:
        """The most participants that it treats at its dose."""
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
        """Return the first stage."""
        return Start(0, self.n1)

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        n, eff = states.at("n"), states.at("eff")
        reason = np.full(len(states), Reason.FILL, dtype=np.int8)
        reason[(n == self.n1) & (eff > self.r1)] = Reason.NEXT_STAGE
        reason[(n == self.n1) & (eff <= self.r1)] = Reason.FUTILE
        reason[n >= self.n] = Reason.PLANNED
        stopped = reason < Reason.START
        size = np.where(n < self.n1, self.n1 - n, self.n - n)
        return Steps(np.where(stopped, -1, 0), np.where(stopped, 0, size), reason)

    def select_states(self, states: States) -> Integers:
        """Return 0 where the treatment is active, -1 elsewhere."""
        return np.where(states.of("eff")[:, 0] > self.r, 0, -1)

    def closed_states(self, states: States) -> Booleans:
        """Return which doses each state has closed: none."""
        return np.zeros((len(states), 1), dtype=bool)

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        n, eff = outcomes.n[0], _responses(outcomes)
        if n < self.n1:
            return (f"{eff} in {n} of {self.n1} participants of the first stage",)
        if n == self.n1:
            sign = "≤" if eff <= self.r1 else ">"
            return (f"{eff} in {n} {sign} {self.r1} (r1)",)
        sign = "≤" if eff <= self.r else ">"
        return (f"{eff} in {n} of {self.n} participants {sign} {self.r} (r)",)

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each."""
        eff = _responses(outcomes)
        sign = "≤" if eff <= self.r else ">"
        return (f"{eff} in {outcomes.n[0]} of {self.n} participants {sign} {self.r} (r)",)

    def table(self, up_to: int | None = None) -> tuple[DecisionRow, ...]:
        """Return what follows each number of responses at the end of each stage.

        Decisions: go on to the second stage, stop, active, not active.
        """
        first = [
            DecisionRow(self.n1, None, eff, "stop" if eff <= self.r1 else "go on", eliminate=False)
            for eff in range(self.n1 + 1)
        ]
        last = [
            DecisionRow(
                self.n, None, eff, "active" if eff > self.r else "not active", eliminate=False
            )
            for eff in range(self.r1 + 1, self.n + 1)
        ]
        return tuple(row for row in first + last if up_to is None or row.n <= up_to)

    def best_dose(self, scenario: Scenario) -> int | None:
        """Return 0 if the treatment is active in truth, -1 if not, None in between."""
        if self.p0 is None or self.p1 is None or scenario.eff is None:
            return None
        return 0 if scenario.eff[0] >= self.p1 else -1 if scenario.eff[0] <= self.p0 else None

    def utilities(self, scenario: Scenario) -> Floats | None:  # noqa: ARG002
        """Return what the dose is worth: this design has no utilities."""
        return None

    def early_stop(self, probability: float) -> float:
        """Return how probable it is to stop after the first stage.

        Parameters
        ----------
        probability : float
            True response probability [1], 0 to 1.

        Returns
        -------
        float
            Probability [1].
        """
        return float(find_binomial(self.n1, probability)[: self.r1 + 1].sum())

    def expected(self, probability: float) -> float:
        """Return the expected number of participants.

        Parameters
        ----------
        probability : float
            True response probability [1], 0 to 1.

        Returns
        -------
        float
            Expected participants [participants].
        """
        return self.n1 + (1 - self.early_stop(probability)) * (self.n - self.n1)

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
        return self._at_least(self.r + 1, probability)

    def estimate(self, responses: int, *, level: float = 0.95) -> SimonEstimate:
        """Return the response probability after the trial.

        The second stage must have had its planned size.

        Parameters
        ----------
        responses : int
            Responses in all.
        level : float
            Confidence of each one-sided limit [1].

        Returns
        -------
        SimonEstimate
            Unbiased estimate, p-value and limits that respect the early stop.

        Raises
        ------
        OutcomeError
            If the trial cannot end with so many responses.

        References
        ----------
        .. [1] Jung SH, Kim KM. On the estimation of the binomial probability in multistage
           clinical trials. *Stat Med* 2004;23:881-896. doi:10.1002/sim.1653
        .. [2] Koyama T, Chen H. Proper inference from Simon's two-stage designs. *Stat Med*
           2008;27:3145-3154.

        Examples
        --------
        >>> found = SimonTwoStage(r1=1, n1=10, r=5, n=29, p0=0.1).estimate(6)
        >>> round(found.p_value, 4), round(found.lower, 4)
        (0.0471, 0.1015)
        """
        if not 0 <= responses <= self.n:
            raise OutcomeError(
                f"{responses} responses cannot be among {self.n} participants; correct the count."
            )
        participants = self.n1 if responses <= self.r1 else self.n
        return SimonEstimate(
            responses,
            participants,
            responses / participants,
            self._umvue(responses),
            None if self.p0 is None else self._at_least(responses, self.p0),
            0.0 if responses == 0 else self._limit(responses, 1 - level),
            None if responses == 0 else self._limit(responses, level),
            level,
        )

    def _umvue(self, responses: int) -> float:
        if responses <= self.r1:
            return responses / self.n1
        n1, n2 = self.n1, self.n - self.n1
        stages = range(max(self.r1 + 1, responses - n2), min(responses, n1) + 1)
        ways = sum(math.comb(n1, j) * math.comb(n2, responses - j) for j in stages)
        hits = sum(math.comb(n1 - 1, j - 1) * math.comb(n2, responses - j) for j in stages)
        return hits / ways

    def _at_least(self, responses: int, probability: float) -> float:
        """Return how probable a result at least as good is, by stage, then by responses."""
        if responses <= 0:
            return 1.0
        first = find_binomial(self.n1, probability)
        if responses <= self.r1:
            return float(first[responses:].sum())
        second = find_binomial(self.n - self.n1, probability)
        tails = np.append(np.cumsum(second[::-1])[::-1], 0.0)
        gone_on = np.arange(self.r1 + 1, self.n1 + 1)
        needed = np.clip(responses - gone_on, 0, len(second))
        return float(first[gone_on] @ tails[needed])

    def _limit(self, responses: int, probability: float) -> float | None:
        """Return the response probability at which a result as good has a given probability."""
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            if self._at_least(responses, middle) < probability:
                low = middle
            else:
                high = middle
        return (low + high) / 2


def _responses(outcomes: Outcomes) -> int:
    return 0 if outcomes.eff is None else outcomes.eff[0]
