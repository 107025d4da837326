"""BOIN12: the optimal biological dose, by a utility of toxicity and response together.

After each cohort, among the doses within reach whose toxicity and response are acceptable, the one
most probably better than a benchmark utility comes next.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, final

import numpy as np

from protocyte.design.biological.choice import find_best, find_sound_utilities
from protocyte.design.biological.worth import find_mean_utility
from protocyte.design.decision import Reason
from protocyte.design.design import DecisionRow
from protocyte.design.equal_cohorts import EqualCohorts
from protocyte.design.isotonic import find_isotonic_fit, find_nearest
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.outcome import Outcomes, find_counted
from protocyte.design.paper import LIN_2020
from protocyte.design.scenario import Scenario
from protocyte.design.state import Booleans, Floats, Integers, Start, States, Steps
from protocyte.design.toxicity.boin import BOIN, ROUNDING
from protocyte.design.utility import Readings, UtilityScale
from protocyte.errors import DesignError

REFERENCES: Final = (LIN_2020,)


@final
@dataclass(frozen=True, slots=True)
class BOIN12(EqualCohorts):
    """Find the optimal biological dose with the BOIN12 design.

    Parameters
    ----------
    n_doses : int
        How many doses.
    toxicity_limit : float
        Highest acceptable DLT probability [1], 0.05 to 0.6.
    efficacy_floor : float
        Lowest acceptable response probability [1], 0 to 1.
    utilities_of : tuple of float
        Utility, 0 to 100, of a response without DLT, neither, both, a DLT without response [1].
    cohorts : int
        The most cohorts.
    cohort_size : int
        Participants a cohort.
    start_dose : int
        Dose level of the first cohort, from 1.
    early_stop : int, optional
        Stop when so many participants were treated at the current dose.
    toxicity_certainty : float
        A dose, with all above, is closed when the posterior probability that its DLT probability
        exceeds the limit is greater [1].
    futility_certainty : float
        A dose is not admissible when the posterior probability that its response probability is
        below the floor reaches this [1].
    explore_from : int, optional
        With so many participants at a dose that is not too toxic, an untried next dose is given;
        None for never.
    enough_to_stay : int
        With so many participants and a DLT rate between the limits the next dose up is out of
        reach.
    select_by : {"mean utility", "desirability"}
        What the selected dose maximises.

    Raises
    ------
    DesignError
        If settings contradict each other.

    Notes
    -----
    A dose is closed from three participants on. Of equally desirable doses the higher is given and
    the lower is selected. Selection is among tried, admissible doses up to the MTD, which is the
    dose whose isotonic, unweighted DLT rate is nearest to the limit, the higher of ties. If no dose
    within reach is admissible, the trial stops without a dose.

    References
    ----------
    .. [1] Lin R, Zhou Y, Yan F, Li D, Yuan Y. BOIN12: Bayesian optimal interval phase I/II trial
       design for utility-based dose finding in immunotherapy and targeted therapies. *JCO Precis
       Oncol* 2020;4:1393-1402. doi:10.1200/PO.20.00257

    Examples
    --------
    >>> design = BOIN12(n_doses=3)
    >>> design.decide(Outcomes.from_notation("1NNE", n_doses=3)).dose
    2
    """

    n_doses: int
    toxicity_limit: float = 0.35
    efficacy_floor: float = 0.25
    utilities_of: tuple[float, float, float, float] = (100, 40, 60, 0)
    cohorts: int = 12
    cohort_size: int = 3
    start_dose: int = 1
    early_stop: int | None = 12
    toxicity_certainty: float = 0.95
    futility_certainty: float = 0.9
    explore_from: int | None = 9
    enough_to_stay: int = 6
    select_by: Literal["mean utility", "desirability"] = "mean utility"
    _toxicity: BOIN = field(init=False, repr=False, compare=False)
    _scale: UtilityScale = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        find_sound_utilities(self.utilities_of)
        if not 0 < self.efficacy_floor < 1:
            raise DesignError(
                f"efficacy_floor is {self.efficacy_floor}; give a probability between 0 and 1."
            )
        if not 0 < self.futility_certainty < 1:
            raise DesignError(
                f"futility_certainty is {self.futility_certainty}; give a probability, such as 0.9."
            )
        for name in ("early_stop", "explore_from", "enough_to_stay"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise DesignError(f"{name} is {value}; give a number of participants, or None.")
        if self.select_by not in {"mean utility", "desirability"}:
            raise DesignError(
                f"A dose cannot be selected by {self.select_by!r}; name 'mean utility' or "
                f"'desirability'."
            )
        toxicity = BOIN(
            target=self.toxicity_limit,
            n_doses=self.n_doses,
            cohorts=self.cohorts,
            cohort_size=self.cohort_size,
            start_dose=self.start_dose,
            certainty=self.toxicity_certainty,
        )
        object.__setattr__(self, "_toxicity", toxicity)
        scale = UtilityScale(
            self.features,
            self.utilities_of,
            self.toxicity_limit,
            self.efficacy_floor,
            self.toxicity_certainty,
            self.futility_certainty,
            longest=self.capacity + 2 * self.cohort_size,
        )
        object.__setattr__(self, "_scale", scale)

    @property
    def features(self) -> tuple[str, ...]:
        """What it counts; participants with both events only if the utilities need them."""
        margins = ("n", "tox", "eff")
        return margins if self.utilities_of[1] + self.utilities_of[2] == 100 else (*margins, "both")

    @property
    def capacity(self) -> int:
        """The most participants that it treats at one dose."""
        if self.early_stop is None:
            return self.planned
        return min(self.planned, self.early_stop - 1 + self.cohort_size)

    @property
    def target(self) -> float | None:
        """The DLT probability that it aims at: the highest acceptable one [1]."""
        return self.toxicity_limit

    @property
    def references(self) -> tuple[str, ...]:
        """The papers it comes from."""
        return REFERENCES

    @property
    def benchmark(self) -> float:
        """The utility that a desirable dose exceeds [0 to 100]: half-way from barely acceptable."""
        return self._scale.benchmark

    def start(self) -> Start:
        """Return the first cohort."""
        return self._toxicity.start()

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        n, tox, here = states.at("n"), states.at("tox"), states.dose.astype(np.int64)
        everywhere, total = states.of("n"), states.total()
        too_toxic = tox >= np.ceil(self._toxicity.lambda_d * n - ROUNDING)
        in_between = ~too_toxic & (tox > np.floor(self._toxicity.lambda_e * n + ROUNDING))
        found = self._read(states)
        admissible = found.admissible
        reach = self._reach(here, too_toxic, in_between & (n >= self.enough_to_stay)) & admissible
        dose = find_best(found.desirability, reach, tied="highest")
        rows, above = np.arange(len(states)), np.minimum(here + 1, self.n_doses - 1)
        explore = np.zeros(len(states), dtype=bool)
        if self.explore_from is not None:
            untried = everywhere[rows, above] == 0
            explore = (n >= self.explore_from) & ~too_toxic & untried & admissible[rows, above]
        dose = np.where(explore, above, dose)
        reason = np.where(explore, np.int8(Reason.EXPLORE), np.int8(Reason.BEST))
        if self.early_stop is not None:
            reason[n >= self.early_stop] = Reason.ENOUGH
        reason[total >= self.planned] = Reason.PLANNED
        reason[(dose < 0)] = Reason.INADMISSIBLE
        reason[self.closed_states(states)[:, 0]] = Reason.TOXIC
        stopped = reason < Reason.START
        size = np.minimum(self.cohort_size, self.planned - total)
        return Steps(np.where(stopped, -1, dose), np.where(stopped, 0, size), reason)

    def select_states(self, states: States) -> Integers:
        """Return the dose that each state selects if the trial ends there."""
        n, tox = states.of("n"), states.of("tox")
        tried = n > 0
        rate = tox / np.maximum(n, 1)
        fit = find_isotonic_fit(rate, tried.astype(float))
        highest = find_nearest(fit, tried, target=self.toxicity_limit, tied="highest")
        found = self._read(states)
        allowed = tried & found.admissible
        allowed &= (np.arange(self.n_doses)[:, np.newaxis] <= highest).T
        return find_best(self._worth(found), allowed, tied="lowest")

    def closed_states(self, states: States) -> Booleans:
        """Return which doses each state has closed: too toxic ones, and all above."""
        return self._toxicity.closed_states(
            States(("n", "tox"), states.counts[:, :, :2], states.dose)
        )

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        level = outcomes.dose or 1
        n, tox = outcomes.n[level - 1], outcomes.tox[level - 1]
        states = outcomes.states(self.features)
        found, closed = self._read(states), self.closed_states(states)[0]
        admissible, desirability = found.admissible[0], found.desirability[0]
        low, high = self._toxicity.lambda_e, self._toxicity.lambda_d
        first = (
            f"{find_counted(tox)} in {n} at dose {level} = {tox / n:.3f}; "
            f"limits {low:.3f} (λe) and {high:.3f} (λd)"
        )
        lines = [first]
        for j in range(max(0, level - 2), min(self.n_doses, level + 1)):
            verdict = "closed" if closed[j] else "admissible" if admissible[j] else "not admissible"
            responses = 0 if outcomes.eff is None else outcomes.eff[j]
            lines.append(
                f"dose {j + 1}: {find_counted(outcomes.tox[j])}, "
                f"{find_counted(responses, 'response')} in {outcomes.n[j]}; "
                f"P(utility > {self.benchmark:g}) = {desirability[j]:.4f}"
                f"{self._looked_up(outcomes.n[j], outcomes.tox[j], responses)}, {verdict}"
            )
        lines.append(f"{outcomes.total} of {self.planned} participants treated")
        return tuple(lines)

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each."""
        states = outcomes.states(self.features)
        found = self._read(states)
        worth, admissible = self._worth(found)[0], found.admissible[0]
        what = "mean utility" if self.select_by == "mean utility" else f"P(u > {self.benchmark:g})"
        return tuple(
            f"dose {j + 1}: {find_counted(outcomes.tox[j])} in {outcomes.n[j]}, "
            f"{what} {worth[j]:.4f}, "
            f"{'admissible' if admissible[j] else 'not admissible'}"
            for j in range(self.n_doses)
            if outcomes.n[j]
        )

    def table(self, up_to: int | None = None) -> tuple[DecisionRow, ...]:
        """Return the moves within reach and the rank of desirability, by the counts at a dose.

        Moves are letters: D one dose down, S stay, E one dose up. Ranks count from the least
        desirable admissible row; ties share the mean rank. Numbers of participants are multiples
        of the cohort size. No rows where utilities need participants with both events: margins do
        not tell them.
        """
        if "both" in self.features:
            return ()
        most = self.capacity if up_to is None else up_to
        return self.ranks(tuple(range(0, most + 1, self.cohort_size)))

    def ranks(self, sizes: Sequence[int]) -> tuple[DecisionRow, ...]:
        """Return the rank table of desirability for chosen numbers of participants.

        Parameters
        ----------
        sizes : sequence of int
            Participants at a dose; 0 is an untried dose. Ranks depend on this list, their order
            does not.

        Returns
        -------
        tuple of DecisionRow
            Row after row; rows that are not admissible have no rank.

        Raises
        ------
        DesignError
            If the utilities need participants with both events.

        References
        ----------
        .. [1] Lin R, Zhou Y, Yan F, Li D, Yuan Y. BOIN12: Bayesian optimal interval phase I/II
           trial design for utility-based dose finding in immunotherapy and targeted therapies.
           *JCO Precis Oncol* 2020;4:1393-1402. doi:10.1200/PO.20.00257
        """
        if "both" in self.features:
            raise DesignError(
                f"The utilities {self.utilities_of} need participants with both events, and a rank "
                f"table has margins only; ask for decisions (decide), or let the second and third "
                f"add up to 100."
            )
        counts = [(n, tox, eff) for n in sizes for tox in range(n + 1) for eff in range(n + 1)]
        single = States(self.features, np.array(counts)[:, np.newaxis], np.zeros(len(counts), int))
        found = self._scale.read(single)
        admissible, desirability = found.admissible[:, 0], found.desirability[:, 0]
        _, place, ties = np.unique(
            desirability[admissible], return_inverse=True, return_counts=True
        )
        ranks = np.full(len(counts), np.nan)
        ranks[admissible] = (np.cumsum(ties) - (ties - 1) / 2)[place]
        moves = {(n, tox): self._moves(n, tox) for n in sizes for tox in range(n + 1)}
        return tuple(
            DecisionRow(
                n, tox, eff, moves[n, tox], moves[n, tox] == "DU", None if np.isnan(rank) else rank
            )
            for (n, tox, eff), rank in zip(counts, ranks.tolist(), strict=True)
        )

    def _looked_up(self, n: int, tox: int, eff: int) -> str:
        """Say what the rank table has for these counts; nothing if it does not list them."""
        if "both" in self.features:
            return ""
        ranks, listed = _rank_lines(self)
        rank = ranks.get((n, tox, eff))
        return "" if rank is None else f", rank {rank:g} of {listed} in the table"

    def _moves(self, n: int, tox: int) -> str:
        """Return the moves within reach by the DLTs at the current dose; DU if it is closed."""
        if n == 0:
            return ""
        if tox >= self._toxicity.decision_table.eliminate[n - 1]:
            return "DU"
        if tox >= np.ceil(self._toxicity.lambda_d * n - ROUNDING):
            return "D"
        stay = n >= self.enough_to_stay and tox > np.floor(self._toxicity.lambda_e * n + ROUNDING)
        return "DS" if stay else "DSE"

    def best_dose(self, scenario: Scenario) -> int | None:
        """Return the acceptable dose with the highest true utility, the lower of ties."""
        utilities = self.utilities(scenario)
        if utilities is None or scenario.tox is None or scenario.eff is None:
            return None
        allowed = (np.array(scenario.tox) <= self.toxicity_limit) & (
            np.array(scenario.eff) >= self.efficacy_floor
        )
        return int(np.argmax(np.where(allowed, utilities, -1.0))) if allowed.any() else -1

    def utilities(self, scenario: Scenario) -> Floats | None:
        """Return the mean utility of a participant at each dose [0 to 100]."""
        if scenario.tox is None or scenario.eff is None:
            return None
        return find_mean_utility(scenario, utilities=self.utilities_of)

    def _reach(self, here: Integers, too_toxic: Booleans, enough: Booleans) -> Booleans:
        """Return the doses within reach: one below, this one, one above, as toxicity allows."""
        offset = np.arange(self.n_doses)[:, np.newaxis] - here
        most = np.where(too_toxic & (here > 0), -1, np.where(too_toxic | enough, 0, 1))
        return ((offset >= -1) & (offset <= most)).T

    def _read(self, states: States) -> Readings:
        """Return what the counts amount to; closed doses are not admissible."""
        found = self._scale.read(states)
        admissible = found.admissible & ~self.closed_states(states)
        return Readings(admissible, found.desirability, found.mean)

    def _worth(self, found: Readings) -> Floats:
        """Return what the selected dose maximises."""
        return found.mean if self.select_by == "mean utility" else found.desirability


@functools.lru_cache(maxsize=16)
def _rank_lines(design: BOIN12) -> tuple[dict[tuple[int, int, int], float | None], int]:
    """Return the printed rank table, as it is looked up, and the number of ranked rows."""
    rows = design.table()
    ranks = {(row.n, row.tox or 0, row.eff or 0): row.rank for row in rows}
    return ranks, sum(rank is not None for rank in ranks.values())
