"""Designs that watch one event at one dose and decide at looks.

Every such design compiles to a pair of limits a look. What it does, how often, what it costs and
what may be concluded are then questions to those integers, whatever the reasoning behind them.
"""

from abc import abstractmethod
from typing import Final, Literal

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.design import DecisionRow
from protocyte.design.outcome import Outcomes
from protocyte.design.scenario import Scenario
from protocyte.design.single_arm.arm import SingleArm
from protocyte.design.single_arm.boundary import Boundary
from protocyte.design.single_arm.inference import StagewiseEstimate, Upper, find_estimate
from protocyte.design.single_arm.mixture import BetaMixture
from protocyte.design.single_arm.passage import Passage, find_passage, find_predictive_passage
from protocyte.design.state import Integers, Start, States, Steps
from protocyte.errors import DesignError

Counted = Literal["eff", "tox"]
WORDS: Final[dict[Counted, str]] = {"eff": "response", "tox": "event"}


class StagedArm(SingleArm):
    """A design that watches one event and decides at looks.

    A selected dose means success: active, if responses are counted; tolerated, if events are that
    nobody wants.

    Examples
    --------
    >>> from protocyte.design import SimonTwoStage
    >>> design: StagedArm = SimonTwoStage(r1=1, n1=10, r=5, n=29)
    >>> design.boundary.looks, round(design.rejection(0.3), 4)
    ((10, 29), 0.8051)
    """

    __slots__ = ()

    p0: float | None
    p1: float | None

    @property
    @abstractmethod
    def boundary(self) -> Boundary:
        """Limits on the count at each look."""

    @property
    def counted(self) -> Counted:
        """The event that is watched: "eff" a response, "tox" an event that nobody wants."""
        return "eff"

    @property
    def features(self) -> tuple[str, ...]:
        """What it counts: participants and those with the event."""
        return ("n", self.counted)

    @property
    def planned(self) -> int:
        """The most participants that it treats."""
        return self.boundary.planned

    def start(self) -> Start:
        """Return the participants of the first look."""
        return Start(0, self.boundary.looks[0])

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        looks, low, high = self._columns()
        n, count = states.at("n"), states.at(self.counted)
        upcoming = np.searchsorted(looks, n)
        k = np.minimum(upcoming, len(looks) - 1)
        here = looks[k] == n
        reason = np.full(len(states), Reason.FILL, dtype=np.int8)
        reason[here] = self._going
        reason[here & (count <= low[k])] = self._at_low
        reason[here & (count >= high[k])] = self._at_high
        reason[n >= looks[-1]] = Reason.PLANNED
        stopped = reason < Reason.START
        size = looks[np.minimum(k + here, len(looks) - 1)] - n
        return Steps(np.where(stopped, -1, 0), np.where(stopped, 0, size), reason)

    def select_states(self, states: States) -> Integers:
        """Return 0 where the trial has succeeded, -1 elsewhere."""
        looks, low, high = self._columns()
        n, count = states.of("n")[:, 0], states.of(self.counted)[:, 0]
        k = np.minimum(np.searchsorted(looks, n), len(looks) - 1)
        here = looks[k] == n
        if self.counted == "eff":
            success = (count >= high[-1]) | (here & (count >= high[k]))
        else:
            success = ((n >= looks[-1]) & (count <= low[-1])) | (here & (count <= low[k]))
        return np.where(success, 0, -1)

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        n, count = outcomes.n[0], self._count(outcomes)
        limits = self.boundary
        if n in limits.looks:
            return (self._compared(n, count, limits.looks.index(n)),)
        if n > limits.planned:
            return (f"{self._told(count)} in {n}, more than the {limits.planned} planned",)
        following = next(look for look in limits.looks if look > n)
        return (f"{self._told(count)} in {n} of {following} participants before the next look",)

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each."""
        n, count = outcomes.n[0], self._count(outcomes)
        if n in self.boundary.looks:
            return (self._compared(n, count, self.boundary.looks.index(n)),)
        last = self._compared(self.planned, count, len(self.boundary.looks) - 1)
        return (f"{n} of {self.planned} participants treated; {last}",)

    def table(self, up_to: int | None = None) -> tuple[DecisionRow, ...]:
        """Return what follows each count at each look.

        Decisions: go on, stop (the trial failed early), success; at the last look active or not
        active, tolerated or not tolerated.
        """
        rows: list[DecisionRow] = []
        least, most, before = 0, 0, 0
        limits = self.boundary
        for n, low, high in zip(limits.looks, limits.low, limits.high, strict=True):
            most += n - before
            rows += [self._row(n, count, low, high) for count in range(least, most + 1)]
            least, most, before = max(least, low + 1), min(most, high - 1), n
        return tuple(row for row in rows if up_to is None or row.n <= up_to)

    def best_dose(self, scenario: Scenario) -> int | None:
        """Return 0 if the trial should succeed in truth, -1 if not, None in between."""
        truth = getattr(scenario, self.counted)
        if self.p0 is None or self.p1 is None or truth is None:
            return None
        if self.counted == "eff":
            return 0 if truth[0] >= self.p1 else -1 if truth[0] <= self.p0 else None
        return 0 if truth[0] <= self.p1 else -1 if truth[0] >= self.p0 else None

    def passage(self, *probabilities: float) -> Passage:
        """Return at which look trials end, and how.

        Parameters
        ----------
        *probabilities : float
            True probabilities of the event [1], 0 to 1.

        Returns
        -------
        Passage
            Arrays of shape (n_truths, n_looks).
        """
        return find_passage(self.boundary, probabilities)

    def rejection(self, probability: float) -> float:
        """Return how probable it is that the trial succeeds, rejecting p0.

        Parameters
        ----------
        probability : float
            True probability of the event [1], 0 to 1.

        Returns
        -------
        float
            Probability [1]: the type I error at p0, the power at p1.
        """
        return float(self._successful(self.passage(probability)))

    def early_stop(self, probability: float) -> float:
        """Return how probable it is to stop before the last look.

        Parameters
        ----------
        probability : float
            True probability of the event [1], 0 to 1.

        Returns
        -------
        float
            Probability [1].
        """
        return float(self.passage(probability).early[0])

    def expected(self, probability: float) -> float:
        """Return the expected number of participants.

        Parameters
        ----------
        probability : float
            True probability of the event [1], 0 to 1.

        Returns
        -------
        float
            Expected participants [participants].
        """
        return float(self.passage(probability).expected[0])

    def assurance(self, prior: BetaMixture) -> float:
        """Return how probable success is before the trial, whatever the truth is.

        Parameters
        ----------
        prior : BetaMixture
            What is believed of the event probability (the design prior).

        Returns
        -------
        float
            Probability [1]: the power averaged over the prior, exactly.

        References
        ----------
        .. [1] O'Hagan A, Stevens JW, Campbell MJ. Assurance in clinical trial design. *Pharm Stat*
           2005;4:187-201. doi:10.1002/pst.175
        """
        return float(self._successful(find_predictive_passage(self.boundary, prior)))

    def estimate(
        self,
        events: int,
        *,
        participants: int | None = None,
        level: float = 0.95,
        upper: Upper = "same tail",
    ) -> StagewiseEstimate:
        """Return the event probability after the trial.

        Each look must have had its planned number of participants.

        Parameters
        ----------
        events : int
            Participants with the event.
        participants : int, optional
            How many were treated; needed only where the count could have ended more than one look.
        level : float
            Confidence of each one-sided limit [1].
        upper : {"same tail", "other tail"}
            Which tail the upper limit fixes; see `find_estimate`.

        Returns
        -------
        StagewiseEstimate
            Estimates, p-value and limits that respect the looks.

        Raises
        ------
        OutcomeError
            If the trial cannot end so.

        Examples
        --------
        >>> from protocyte.design import SimonTwoStage
        >>> found = SimonTwoStage(r1=1, n1=10, r=5, n=29, p0=0.1).estimate(6)
        >>> round(found.p_value, 4), round(found.lower, 4)
        (0.0471, 0.1015)
        """
        return find_estimate(
            self.boundary,
            events,
            participants=participants,
            null=self.p0,
            good="many" if self.counted == "eff" else "few",
            level=level,
            upper=upper,
        )

    def check_hypotheses(self) -> None:
        """Refuse hypotheses that no trial could tell apart.

        Raises
        ------
        DesignError
            If one is not a probability, or they are the wrong way round.
        """
        for name, value in (("p0", self.p0), ("p1", self.p1)):
            if value is not None and not 0 < value < 1:
                raise DesignError(
                    f"{name} is {value}; a {WORDS[self.counted]} probability is between 0 and 1."
                )
        if self.p0 is None or self.p1 is None:
            return
        if self.counted == "eff" and self.p0 >= self.p1:
            raise DesignError(f"p0 = {self.p0} is not below p1 = {self.p1}; swap or correct them.")
        if self.counted == "tox" and self.p0 <= self.p1:
            raise DesignError(f"p0 = {self.p0} is not above p1 = {self.p1}; swap or correct them.")

    def _successful(self, passage: Passage) -> float:
        ends = passage.high if self.counted == "eff" else passage.low
        return float(ends[0].sum())

    def _columns(self) -> tuple[Integers, Integers, Integers]:
        limits = self.boundary
        return np.array(limits.looks), np.array(limits.low), np.array(limits.high)

    @property
    def _going(self) -> Reason:
        return Reason.NEXT_STAGE if self.counted == "eff" else Reason.GO_ON

    @property
    def _at_low(self) -> Reason:
        return Reason.FUTILE if self.counted == "eff" else Reason.SUCCESS

    @property
    def _at_high(self) -> Reason:
        return Reason.SUCCESS if self.counted == "eff" else Reason.HARMFUL

    def _count(self, outcomes: Outcomes) -> int:
        counts = getattr(outcomes, self.counted)
        return 0 if counts is None else int(counts[0])

    def _told(self, count: int) -> str:
        return f"{count} {WORDS[self.counted]}{'' if count == 1 else 's'}"

    def _compared(self, n: int, count: int, k: int) -> str:
        """Return a count beside the limits of a look, in words."""
        low, high = self.boundary.low[k], self.boundary.high[k]
        good, bad = ("success", "stop") if self.counted == "eff" else ("stop", "success")
        if n == self.planned:
            good, bad = self._last_words if self.counted == "eff" else self._last_words[::-1]
        parts = [f"{bad} at ≤ {low}"] if low >= 0 else []
        parts += [f"{good} at ≥ {high}"] if high <= n else []
        return f"{self._told(count)} in {n}: {', '.join(parts) or 'no count stops here'}"

    @property
    def _last_words(self) -> tuple[str, str]:
        return ("active", "not active") if self.counted == "eff" else ("tolerated", "not tolerated")

    def _row(self, n: int, count: int, low: int, high: int) -> DecisionRow:
        succeeded, failed = self._last_words if n == self.planned else ("success", "stop")
        at_low, at_high = (failed, succeeded) if self.counted == "eff" else (succeeded, failed)
        told = at_low if count <= low else at_high if count >= high else "go on"
        eff, tox = (count, None) if self.counted == "eff" else (None, count)
        return DecisionRow(n, tox, eff, told, eliminate=False)
