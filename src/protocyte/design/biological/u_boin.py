"""U-BOIN: first BOIN for toxicity, then the dose with the best mean utility.

The first stage explores doses by their DLTs alone. When one of them has had enough participants the
second stage begins: the next dose is that of the best utility, or drawn by it.
"""

from dataclasses import dataclass, field
from typing import Final, Literal, final

import numpy as np

from protocyte.design.biological.acceptance import Acceptance
from protocyte.design.biological.choice import (
    DIGITS,
    find_best,
    find_equal_shares,
    find_sound_utilities,
)
from protocyte.design.biological.worth import find_mean_utility
from protocyte.design.decision import Reason
from protocyte.design.design import DecisionRow
from protocyte.design.equal_cohorts import EqualCohorts
from protocyte.design.isotonic import find_last
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.outcome import Outcomes, find_counted
from protocyte.design.paper import ZHOU_2019
from protocyte.design.posterior import find_elimination_limit
from protocyte.design.scenario import Scenario
from protocyte.design.state import Booleans, Floats, Integers, Start, States, Steps
from protocyte.design.toxicity.boin import BOIN, ROUNDING
from protocyte.errors import DesignError

REFERENCES: Final = (ZHOU_2019,)


@final
@dataclass(frozen=True, slots=True)
class UBOIN(EqualCohorts):
    """Find the optimal biological dose with the U-BOIN design.

    Parameters
    ----------
    n_doses : int
        How many doses.
    toxicity_limit : float
        Highest acceptable DLT probability [1].
    efficacy_floor : float
        Lowest acceptable response probability [1].
    utilities_of : tuple of float
        Utility, 0 to 100, of a response without DLT, neither, both, a DLT without response [1].
    margin : float
        How far below the limit the DLT probability lies that the first stage aims at [1].
    stage_one : int
        Participants at one dose with which the second stage begins.
    stage_two : int
        Participants at one dose with which the trial stops.
    cohorts : int
        The most cohorts.
    cohort_size : int
        Participants a cohort.
    start_dose : int
        Dose level of the first cohort, from 1.
    toxicity_certainty : float
        A dose with at least 3 participants is closed, with all above, when the posterior
        probability of exceeding the limit is greater [1].
    futility_certainty : float
        A dose is not admissible when the posterior probability that its response probability is
        below the floor is greater [1].
    prior : tuple of float
        Participants that the Dirichlet prior stands for, by outcome in the order of the utilities
        [participants].
    next_dose : {"best", "proportional", "equal"}
        Whether the second stage gives the dose with the best mean utility, or draws one of the
        admissible doses, with probabilities proportional to mean utility or equal.
    candidates : {"tried", "all"}
        Whether doses that nobody had yet compete in the second stage.

    Raises
    ------
    DesignError
        If settings contradict each other.

    Notes
    -----
    The paper leaves open how the prior is split over outcomes and whether untried doses compete:
    here the prior is one participant split evenly, and tried doses compete, unless stated. Doses
    are closed as in the first stage throughout the trial, under a uniform prior; in the second
    stage a dose must also be admissible, with both tails under the margins of the Dirichlet prior.
    If the highest tried dose has a DLT rate at or below BOIN's lower limit and the next one is
    open, the second stage explores it. With no admissible dose the trial stops without one. Of
    equal utilities the lower dose is given and selected. Selection is among tried, admissible
    doses.

    References
    ----------
    .. [1] Zhou Y, Lee JJ, Yuan Y. A utility-based Bayesian optimal interval (U-BOIN) phase I/II
       design to identify the optimal biological dose for targeted and immune therapies. *Stat Med*
       2019;38:5299-5316. doi:10.1002/sim.8361

    Examples
    --------
    >>> design = UBOIN(n_doses=3)
    >>> design.decide(Outcomes.from_notation("1NNE", n_doses=3)).dose
    2
    """

    n_doses: int
    toxicity_limit: float = 0.3
    efficacy_floor: float = 0.2
    utilities_of: tuple[float, float, float, float] = (100, 40, 60, 0)
    margin: float = 0.05
    stage_one: int = 12
    stage_two: int = 24
    cohorts: int = 18
    cohort_size: int = 3
    start_dose: int = 1
    toxicity_certainty: float = 0.95
    futility_certainty: float = 0.9
    prior: tuple[float, float, float, float] = (0.25, 0.25, 0.25, 0.25)
    next_dose: Literal["best", "proportional", "equal"] = "best"
    candidates: Literal["tried", "all"] = "tried"
    _boin: BOIN = field(init=False, repr=False, compare=False)
    _acceptance: Acceptance = field(init=False, repr=False, compare=False)
    _shut: Integers = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        find_sound_utilities(self.utilities_of)
        if not 0 < self.margin < self.toxicity_limit:
            raise DesignError(
                f"margin is {self.margin}; give one between 0 and the limit {self.toxicity_limit}."
            )
        if not 1 <= self.stage_one < self.stage_two:
            raise DesignError(
                f"The second stage begins with {self.stage_one} participants at a dose and ends "
                f"with {self.stage_two}; the first must be the smaller."
            )
        if len(self.prior) != 4 or not all(0 < part < np.inf for part in self.prior):
            raise DesignError(
                f"The prior is {self.prior}; give four positive numbers of participants."
            )
        for name, known in (
            ("next_dose", ("best", "proportional", "equal")),
            ("candidates", ("tried", "all")),
        ):
            if getattr(self, name) not in known:
                raise DesignError(
                    f"{name} is {getattr(self, name)!r}; name one of {', '.join(known)}."
                )
        boin = BOIN(
            target=round(self.toxicity_limit - self.margin, DIGITS),
            n_doses=self.n_doses,
            cohorts=self.cohorts,
            cohort_size=self.cohort_size,
            start_dose=self.start_dose,
        )
        object.__setattr__(self, "_boin", boin)
        best, neither, both, worst = self.prior
        longest = self.capacity + 2 * self.cohort_size
        acceptance = Acceptance(
            self.toxicity_limit,
            self.efficacy_floor,
            self.toxicity_certainty,
            self.futility_certainty,
            n_least=1,
            longest=longest,
            toxicity_prior=(both + worst, best + neither),
            efficacy_prior=(best + both, neither + worst),
        )
        object.__setattr__(self, "_acceptance", acceptance)
        certain = {"limit": self.toxicity_limit, "certainty": self.toxicity_certainty}
        limits = [find_elimination_limit(n, n_least=3, **certain) for n in range(longest + 1)]
        object.__setattr__(self, "_shut", np.array(limits))

    @property
    def features(self) -> tuple[str, ...]:
        """What it counts; participants with both events only if the utilities need them."""
        margins = ("n", "tox", "eff")
        return margins if self.utilities_of[1] + self.utilities_of[2] == 100 else (*margins, "both")

    @property
    def capacity(self) -> int:
        """The most participants that it treats at one dose."""
        return min(self.planned, self.stage_two - 1 + self.cohort_size)

    @property
    def target(self) -> float | None:
        """The DLT probability that it aims at: the highest acceptable one [1]."""
        return self.toxicity_limit

    @property
    def references(self) -> tuple[str, ...]:
        """The paper it comes from."""
        return REFERENCES

    def start(self) -> Start:
        """Return the first cohort."""
        return self._boin.start()

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        n, total, here = states.of("n"), states.total(), states.dose.astype(np.int64)
        closed = self.closed_states(states)
        ceiling = self.n_doses - closed.sum(axis=1)
        up, down = self._compare(states.at("n"), states.at("tox"))
        dose = np.clip(here + up - down, 0, ceiling - 1)
        reason = np.full(len(states), Reason.STAY, dtype=np.int8)
        reason[up] = Reason.ESCALATE
        reason[up & (dose == here)] = Reason.CLOSED
        reason[up & (here == self.n_doses - 1)] = Reason.TOP
        reason[down] = Reason.DE_ESCALATE
        reason[down & (here == 0)] = Reason.LOWEST
        reason[here >= ceiling] = Reason.CLOSED_HERE
        second, explore, among = self._second_stage(states, closed)
        best = self._chosen(states, among)
        dose = np.where(second, np.where(explore, find_last(n > 0) + 1, best), dose)
        reason[second] = Reason.BEST
        reason[explore] = Reason.EXPLORE
        reason[second & ~explore & ~among.any(axis=1)] = Reason.INADMISSIBLE
        reason[total >= self.planned] = Reason.PLANNED
        reason[(n >= self.stage_two).any(axis=1)] = Reason.ENOUGH
        reason[closed[:, 0]] = Reason.TOXIC
        stopped = reason < Reason.START
        size = np.minimum(self.cohort_size, self.planned - total)
        return Steps(np.where(stopped, -1, dose), np.where(stopped, 0, size), reason)

    def chance_states(self, states: States) -> Floats | None:
        """Return how probable each dose is in the second stage, if it draws."""
        if self.next_dose == "best":
            return None
        second, explore, among = self._second_stage(states, self.closed_states(states))
        drawn = among & (second & ~explore)[:, np.newaxis]
        shares = find_equal_shares(drawn)
        if self.next_dose == "proportional":
            weights = np.where(drawn, self.mean_utility(states), 0.0)
            sums = weights.sum(axis=1, keepdims=True)
            np.divide(weights, sums, out=shares, where=sums > 0)
        return shares

    def select_states(self, states: States) -> Integers:
        """Return the dose that each state selects if the trial ends there."""
        allowed = (states.of("n") > 0) & self._admissible(states, self.closed_states(states))
        return find_best(self.mean_utility(states), allowed)

    def closed_states(self, states: States) -> Booleans:
        """Return which doses each state has closed: too toxic ones, and all above."""
        self._acceptance.toxic_states(states)  # refuses more participants than it reckons with
        toxic = states.of("tox") >= self._shut[states.of("n")]
        closed: Booleans = np.logical_or.accumulate(toxic, axis=1)
        return closed

    def mean_utility(self, states: States) -> Floats:
        """Return the posterior mean utility of each dose.

        Parameters
        ----------
        states : States
            Many trials.

        Returns
        -------
        ndarray of float, shape (n_states, n_doses)
            Mean utility of a participant [0 to 100].
        """
        n, tox, eff = (states.of(feature).astype(float) for feature in ("n", "tox", "eff"))
        best, neither, together, _ = self.utilities_of
        prior = sum(p * u for p, u in zip(self.prior, self.utilities_of, strict=True))
        if "both" in self.features:
            both = states.of("both").astype(float)
            seen = best * (eff - both) + neither * (n - tox - eff + both) + together * both
        else:
            seen = together * eff + neither * (n - tox)
        mean: Floats = (prior + seen) / (sum(self.prior) + n)
        return mean.round(DIGITS)

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        level = outcomes.dose or 1
        n, tox = outcomes.n[level - 1], outcomes.tox[level - 1]
        states = outcomes.states(self.features)
        closed, mean = self.closed_states(states)[0], self.mean_utility(states)[0]
        second, explore, among = self._second_stage(states, closed[np.newaxis])
        first = (
            f"{find_counted(tox)} in {n} at dose {level} = {tox / n:.3f}; limits "
            f"{self._boin.lambda_e:.3f} (λe) and {self._boin.lambda_d:.3f} (λd)"
        )
        stage = (
            f"at most {max(outcomes.n)} participants at a dose: stage "
            f"{'two' if second[0] else 'one'}, which begins with {self.stage_one} and ends the "
            f"trial with {self.stage_two}"
        )
        lines = [first, stage]
        if explore[0]:
            lines.append("the highest tried dose is tolerated: the next one is explored")
        responses = outcomes.eff or (0,) * self.n_doses
        for j in range(self.n_doses if second[0] else 0):
            if outcomes.n[j] or among[0, j]:
                verdict = (
                    "closed" if closed[j] else "admissible" if among[0, j] else "not admissible"
                )
                lines.append(
                    f"dose {j + 1}: mean utility {mean[j]:.2f}; "
                    f"{self._acceptance.explain(outcomes.tox[j], responses[j], outcomes.n[j])}: "
                    f"{verdict}"
                )
        lines.append(f"{outcomes.total} of {self.planned} participants treated")
        return tuple(lines)

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each."""
        states = outcomes.states(self.features)
        mean = self.mean_utility(states)[0]
        admissible = self._admissible(states, self.closed_states(states))[0]
        return tuple(
            f"dose {j + 1}: {find_counted(outcomes.tox[j])} in {outcomes.n[j]}, "
            f"mean utility {mean[j]:.2f}, "
            f"{'admissible' if admissible[j] else 'not admissible'}"
            for j in range(self.n_doses)
            if outcomes.n[j]
        )

    def table(self, up_to: int | None = None) -> tuple[DecisionRow, ...]:
        """Return the moves of the first stage, and ranks of mean utility for the second.

        Ranks count from the least useful admissible row; ties share the mean rank. Where the
        utilities need participants with both events, rows have DLTs alone and no rank.
        """
        most = self.capacity if up_to is None else min(up_to, self._acceptance.longest)
        counts = [
            (n, tox, eff)
            for n in range(self.cohort_size, most + 1, self.cohort_size)
            for tox in range(n + 1)
            for eff in range(n + 1 if "both" not in self.features else 1)
        ]
        if not counts:
            return ()
        n, tox, eff = np.array(counts).T
        up, down = self._compare(n, tox)
        letters, shut = np.where(up, "E", np.where(down, "D", "S")), tox >= self._shut[n]
        ranks: list[float | None] = [None] * len(counts)
        if "both" not in self.features:
            ranks = self._ranks(n, tox, eff, shut)
        return tuple(
            DecisionRow(
                int(n[i]),
                int(tox[i]),
                int(eff[i]) if "both" not in self.features else None,
                "DU" if shut[i] else str(letters[i]),
                eliminate=bool(shut[i]),
                rank=ranks[i],
            )
            for i in range(len(counts))
        )

    def best_dose(self, scenario: Scenario) -> int | None:
        """Return the acceptable dose with the highest true utility, the lower of ties."""
        utilities = self.utilities(scenario)
        if utilities is None or scenario.tox is None or scenario.eff is None:
            return None
        allowed = (np.array(scenario.tox) <= self.toxicity_limit) & (
            np.array(scenario.eff) >= self.efficacy_floor
        )
        return int(find_best(utilities[np.newaxis], allowed[np.newaxis])[0])

    def utilities(self, scenario: Scenario) -> Floats | None:
        """Return the mean utility of a participant at each dose [0 to 100]."""
        if scenario.tox is None or scenario.eff is None:
            return None
        return find_mean_utility(scenario, utilities=self.utilities_of)

    def _compare(self, n: Integers, tox: Integers) -> tuple[Booleans, Booleans]:
        """Return where BOIN asks to go up, and where down."""
        up = tox <= np.floor(self._boin.lambda_e * n + ROUNDING)
        down = tox >= np.ceil(self._boin.lambda_d * n - ROUNDING)
        return up, down

    def _second_stage(
        self, states: States, closed: Booleans
    ) -> tuple[Booleans, Booleans, Booleans]:
        """Return where the second stage runs, where it explores, and between which doses it is."""
        n, tox, rows = states.of("n"), states.of("tox"), np.arange(len(states))
        second = np.asarray((n >= self.stage_one).any(axis=1))
        highest = find_last(n > 0)
        above = np.minimum(highest + 1, self.n_doses - 1)
        tolerated, _ = self._compare(n[rows, highest], tox[rows, highest])
        explore = np.asarray(second & tolerated & (above > highest) & ~closed[rows, above])
        among = self._admissible(states, closed)
        if self.candidates == "tried":
            among &= n > 0
        return second, explore, among

    def _admissible(self, states: States, closed: Booleans) -> Booleans:
        """Return which doses are open, and neither too toxic nor futile."""
        acceptance = self._acceptance
        admissible: Booleans = ~(
            closed | acceptance.toxic_states(states) | acceptance.futile_states(states)
        )
        return admissible

    def _chosen(self, states: States, among: Booleans) -> Integers:
        """Return the drawn dose, or the most useful; without a draw the most probable one."""
        if states.lot is not None:
            return states.lot
        worth = self.mean_utility(states)
        return find_best(np.ones_like(worth) if self.next_dose == "equal" else worth, among)

    def _ranks(
        self, n: Integers, tox: Integers, eff: Integers, shut: Booleans
    ) -> list[float | None]:
        """Return ranks of mean utility; none where a dose is not admissible."""
        counts = np.stack([n, tox, eff], axis=1)[:, np.newaxis]
        single = States(self.features, counts, np.zeros(len(n), dtype=int))
        allowed = self._admissible(single, shut[:, np.newaxis])[:, 0]
        mean = self.mean_utility(single)[:, 0]
        _, place, ties = np.unique(mean[allowed], return_inverse=True, return_counts=True)
        ranks: list[float | None] = [None] * len(n)
        for i, rank in zip(
            np.flatnonzero(allowed), (np.cumsum(ties) - (ties - 1) / 2)[place], strict=True
        ):
            ranks[i] = float(rank)
        return ranks
