"""BOIN-ET: the optimal biological dose, by the rates of toxicity and response side by side.

A tolerated dose with too few responses is escalated, one with enough is kept, a toxic one is left.
Where toxicity lies between its limits and responses are few, the best of the neighbours comes next.
"""

from dataclasses import dataclass, field
from typing import Final, Literal, final

import numpy as np

from protocyte.design.biological.acceptance import Acceptance
from protocyte.design.biological.boin_et_limits import (
    BOINETLimits,
    Reading,
    find_boin_et_limits,
)
from protocyte.design.biological.choice import DIGITS, find_best, find_equal_shares
from protocyte.design.biological.worth import (
    find_score_worth,
    find_truncated_worth,
    find_weighted_worth,
)
from protocyte.design.decision import Reason
from protocyte.design.design import DecisionRow
from protocyte.design.equal_cohorts import EqualCohorts
from protocyte.design.isotonic import find_isotonic_fit, find_nearest
from protocyte.design.kinds import find_sound_kinds, find_sound_plan
from protocyte.design.outcome import Outcomes, find_counted
from protocyte.design.paper import TAKEDA_2018
from protocyte.design.scenario import Scenario
from protocyte.design.state import Booleans, Floats, Integers, States, Steps
from protocyte.errors import DesignError

REFERENCES: Final = (TAKEDA_2018,)
ROUNDING: Final = 1e-12

SelectBy = Literal["response", "weighted", "truncated linear", "scores"]


@final
@dataclass(frozen=True, slots=True)
class BOINET(EqualCohorts):
    """Find the optimal biological dose with the BOIN-ET design.

    Parameters
    ----------
    n_doses : int
        How many doses.
    toxicity_target : float
        DLT probability that is aimed at [1].
    efficacy_target : float
        Response probability that is aimed at [1].
    too_safe, too_toxic : float, optional
        DLT probabilities that are needlessly low and too high [1]; 0.1 and 1.4 of the target by
        default.
    too_weak : float, optional
        Response probability that is too low [1]; 0.6 of the target by default.
    cohorts : int
        The most cohorts.
    cohort_size : int
        Participants a cohort.
    start_dose : int
        Dose level of the first cohort, from 1.
    early_stop : int, optional
        Stop when so many participants were treated at a dose.
    toxicity_certainty : float
        A dose is not admissible when the posterior probability that its DLT probability exceeds the
        target is greater [1].
    futility_certainty : float
        A dose is not admissible when the posterior probability that its response probability is
        too low is greater [1].
    limits : BOINETLimits, optional
        Rates to compare with; the least wrong ones by default.
    reading : {"package", "own truth"}
        How the least wrong limits are reckoned, see `find_boin_et_limits`.
    tied : {"random", "lowest", "highest"}
        Which of neighbours with the same response rate comes next.
    conduct : {"careful", "boinet"}
        What happens where the next dose is not admissible, see the notes.
    select_by : {"response", "weighted", "truncated linear", "scores"}
        What the selected dose maximises: the observed response at or below the MTD, or a worth.
    scores : tuple of float
        Score, 0 to 100, of a response without DLT, neither, both, a DLT without response [1].

    Raises
    ------
    DesignError
        If settings contradict each other.

    Notes
    -----
    A next dose that is not admissible is replaced by the next admissible one in the same direction.
    With "boinet", as the package of that name in version 1.5.0: upwards without one the trial stays
    at the current dose, admissible or not; a dose that is too toxic closes itself alone, so that a
    higher one may still be given. With "careful": it closes those above as well, and a dose that is
    not admissible is never given. Downwards without one, the trial stops without a dose.

    The trial decides after its last cohort too: if nothing is admissible then, no dose is selected.

    Selection is among tried, admissible doses; the DLT rates are isotonic and without weights. The
    MTD is nearest to the target, the higher of ties; of equally good doses the lower is selected.
    The worths other than the response are not bounded by the MTD.

    References
    ----------
    .. [1] Takeda K, Taguri M, Morita S. BOIN-ET: Bayesian optimal interval design for dose finding
       based on both efficacy and toxicity outcomes. *Pharm Stat* 2018;17:383-395.

    Examples
    --------
    >>> design = BOINET(n_doses=3)
    >>> design.decide(Outcomes.from_notation("1NNE", n_doses=3)).action
    'escalate'
    """

    n_doses: int
    toxicity_target: float = 0.3
    efficacy_target: float = 0.6
    too_safe: float | None = None
    too_toxic: float | None = None
    too_weak: float | None = None
    cohorts: int = 12
    cohort_size: int = 3
    start_dose: int = 1
    early_stop: int | None = None
    toxicity_certainty: float = 0.95
    futility_certainty: float = 0.99
    limits: BOINETLimits | None = None
    reading: Reading = "package"
    tied: Literal["random", "lowest", "highest"] = "random"
    conduct: Literal["careful", "boinet"] = "careful"
    select_by: SelectBy = "response"
    scores: tuple[float, float, float, float] = (100, 40, 60, 0)
    _limits: BOINETLimits = field(init=False, repr=False, compare=False)
    _acceptance: Acceptance = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        find_sound_plan(self.planned)
        for name in ("n_doses", "cohorts", "cohort_size", "early_stop"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise DesignError(f"{name} is {value}; give at least 1.")
        if not 1 <= self.start_dose <= self.n_doses:
            raise DesignError(
                f"The trial starts at dose level {self.start_dose} of {self.n_doses}; start at a "
                f"level between 1 and {self.n_doses}."
            )
        for name, known in (
            ("tied", ("random", "lowest", "highest")),
            ("conduct", ("careful", "boinet")),
            ("reading", ("package", "own truth")),
            ("select_by", ("response", "weighted", "truncated linear", "scores")),
        ):
            if getattr(self, name) not in known:
                raise DesignError(
                    f"{name} is {getattr(self, name)!r}; name one of {', '.join(known)}."
                )
        if not np.isfinite(self.scores).all():
            raise DesignError(f"scores are {self.scores}; give four finite numbers.")
        low, high, weak = self._bounds
        least = find_boin_et_limits(
            toxicity=(low, self.toxicity_target, high),
            efficacy=(weak, self.efficacy_target),
            reading=self.reading,
        )
        object.__setattr__(self, "_limits", self.limits or least)
        acceptance = Acceptance(
            self.toxicity_target,
            weak,
            self.toxicity_certainty,
            self.futility_certainty,
            n_least=1,
            longest=self.capacity + 2 * self.cohort_size,
        )
        object.__setattr__(self, "_acceptance", acceptance)

    @property
    def _bounds(self) -> tuple[float, float, float]:
        low = 0.1 * self.toxicity_target if self.too_safe is None else self.too_safe
        high = 1.4 * self.toxicity_target if self.too_toxic is None else self.too_toxic
        return low, high, 0.6 * self.efficacy_target if self.too_weak is None else self.too_weak

    @property
    def compared(self) -> BOINETLimits:
        """The rates that it compares with."""
        return self._limits

    @property
    def features(self) -> tuple[str, ...]:
        """What it counts: participants, those with a DLT, those with a response."""
        return ("n", "tox", "eff")

    @property
    def capacity(self) -> int:
        """The most participants that it treats at one dose."""
        if self.early_stop is None:
            return self.planned
        return min(self.planned, self.early_stop - 1 + self.cohort_size)

    @property
    def target(self) -> float | None:
        """The DLT probability that it aims at [1]."""
        return self.toxicity_target

    @property
    def references(self) -> tuple[str, ...]:
        """The papers it comes from."""
        return REFERENCES

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        admissible, here = ~self.closed_states(states), states.dose.astype(np.int64)
        up, down = self._compare(states.at("n"), states.at("tox"), states.at("eff"))
        among = self._among(states)
        undecided = among.any(axis=1)
        wanted = np.where(undecided, self._chosen(states, among), here + up - down)
        dose = self._replace(here, wanted, admissible)
        reason = np.full(len(states), Reason.STAY, dtype=np.int8)
        reason[up] = Reason.ESCALATE
        reason[down] = Reason.DE_ESCALATE
        reason[undecided] = Reason.BEST
        reason[dose != wanted] = Reason.REPLACED
        reason[up & (dose == here)] = Reason.CLOSED
        reason[up & (dose == here) & (here == self.n_doses - 1)] = Reason.TOP
        reason[down & (here == 0)] = Reason.LOWEST
        total = states.total()
        reason[total >= self.planned] = Reason.PLANNED
        reason[dose < 0] = Reason.INADMISSIBLE
        if self.early_stop is not None:
            reason[(states.of("n") >= self.early_stop).any(axis=1)] = Reason.ENOUGH
        reason[~admissible.any(axis=1)] = Reason.INADMISSIBLE
        stopped = reason < Reason.START
        size = np.minimum(self.cohort_size, self.planned - total)
        return Steps(np.where(stopped, -1, dose), np.where(stopped, 0, size), reason)

    def chance_states(self, states: States) -> Floats | None:
        """Return how probable each of neighbours with the same response rate is."""
        if self.tied != "random":
            return None
        return find_equal_shares(self._among(states))

    def select_states(self, states: States) -> Integers:
        """Return the dose that each state selects if the trial ends there."""
        tried = states.of("n") > 0
        tox, eff = self._rates(states)
        return self._optimum(tox, eff, tried, tried & ~self.closed_states(states))

    def closed_states(self, states: States) -> Booleans:
        """Return which doses are not admissible: too toxic, or with too few responses."""
        toxic = self._acceptance.toxic_states(states)
        if self.conduct == "careful":
            toxic = np.logical_or.accumulate(toxic, axis=1)
        closed: Booleans = toxic | self._acceptance.futile_states(states)
        return closed

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        level = outcomes.dose or 1
        states, limits = outcomes.states(self.features), self._limits
        closed, among = self.closed_states(states)[0], self._among(states)[0]
        n, tox, eff = (int(states.at(feature)[0]) for feature in self.features)
        first = (
            f"{find_counted(tox)} in {n} at dose {level} = {tox / n:.3f}; limits "
            f"{limits.lambda_1:g} (λ1) and {limits.lambda_2:g} (λ2)"
        )
        second = (
            f"{eff} response{'' if eff == 1 else 's'} in {n} = {eff / n:.3f}; limit "
            f"{limits.eta_1:g} (η1)"
        )
        lines = [first, second]
        if among.any():
            best = ", ".join(str(dose + 1) for dose in np.flatnonzero(among))
            lines.append(f"best response rate within reach, or not tried yet: dose {best}")
        for j in range(max(0, level - 2), min(self.n_doses, level + 1)):
            at, of, responses = (int(states.of(feature)[0, j]) for feature in self.features)
            verdict = "not admissible" if closed[j] else "admissible"
            lines.append(f"dose {j + 1}: {self._acceptance.explain(of, responses, at)}: {verdict}")
        lines.append(f"{outcomes.total} of {self.planned} participants treated")
        return tuple(lines)

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each."""
        states = outcomes.states(self.features)
        tox, eff = self._rates(states)
        worth, closed = self._worth(tox, eff)[0], self.closed_states(states)[0]
        return tuple(
            f"dose {j + 1}: isotonic DLT rate {tox[0, j]:.4f}, response rate {eff[0, j]:.4f}, "
            f"{self.select_by} {worth[j]:.4f}, {'not admissible' if closed[j] else 'admissible'}"
            for j in range(self.n_doses)
            if outcomes.n[j]
        )

    def table(self, up_to: int | None = None) -> tuple[DecisionRow, ...]:
        """Return the decisions by the counts at the current dose.

        Letters: E escalate, S stay, D de-escalate, DSE the best of the neighbours; a U marks a dose
        that is not admissible any more.
        """
        most = self.capacity if up_to is None else min(up_to, self._acceptance.longest)
        rows = []
        for n in range(self.cohort_size, most + 1, self.cohort_size):
            tox, eff = (axis.ravel() for axis in np.indices((n + 1, n + 1)))
            up, down = self._compare(np.full(len(tox), n), tox, eff)
            few = self._weak(np.full(len(tox), n), eff)
            letters = np.where(up, "E", np.where(down, "D", np.where(few, "DSE", "S")))
            worst, least = self._acceptance.too_toxic(n), self._acceptance.too_few(n)
            for t, e, letter in zip(tox.tolist(), eff.tolist(), letters.tolist(), strict=True):
                shut = t >= worst or e <= least
                rows.append(DecisionRow(n, t, e, letter + "U" * shut, eliminate=shut))
        return tuple(rows)

    def best_dose(self, scenario: Scenario) -> int | None:
        """Return the dose that the selection takes from the true probabilities.

        Acceptable are doses that are neither too toxic nor too weak in truth.
        """
        if scenario.tox is None or scenario.eff is None:
            return None
        tox, eff = np.array([scenario.tox]), np.array([scenario.eff])
        _, high, weak = self._bounds
        tried = np.ones(tox.shape, dtype=bool)
        return int(self._optimum(tox, eff, tried, (tox < high) & (eff >= weak))[0])

    def utilities(self, scenario: Scenario) -> Floats | None:
        """Return what the selection maximises, at each dose in truth."""
        if scenario.tox is None or scenario.eff is None:
            return None
        return self._worth(np.array(scenario.tox), np.array(scenario.eff))

    def _compare(self, n: Integers, tox: Integers, eff: Integers) -> tuple[Booleans, Booleans]:
        """Return where the counts at the current dose ask to go up, and where down."""
        tolerated = tox <= np.floor(self._limits.lambda_1 * n + ROUNDING)
        down = tox >= np.ceil(self._limits.lambda_2 * n - ROUNDING)
        return tolerated & ~down & self._weak(n, eff), down

    def _weak(self, n: Integers, eff: Integers) -> Booleans:
        weak: Booleans = eff <= np.floor(self._limits.eta_1 * n + ROUNDING)
        return weak

    def _among(self, states: States) -> Booleans:
        """Return the best doses within reach where neither rate decides."""
        n, eff, here = states.of("n"), states.of("eff"), states.dose
        up, down = self._compare(states.at("n"), states.at("tox"), states.at("eff"))
        undecided = ~up & ~down & self._weak(states.at("n"), states.at("eff"))
        offset = (np.arange(self.n_doses)[:, np.newaxis] - here).T
        untried_next = (offset == 1) & (n == 0)
        reach = np.abs(offset) <= 1
        # An untried dose below has no response; an untried one above is tried first.
        rate = np.where(reach, eff / np.maximum(n, 1), -1.0)
        among = reach & (rate == rate.max(axis=1, keepdims=True))
        among = np.where(untried_next.any(axis=1, keepdims=True), untried_next, among)
        chosen: Booleans = among & undecided[:, np.newaxis]
        return chosen

    def _chosen(self, states: States, among: Booleans) -> Integers:
        """Return which of the best doses comes next: the drawn one, or one end of them."""
        if states.lot is not None:
            return states.lot
        return find_best(
            among.astype(float), among, tied="highest" if self.tied == "highest" else "lowest"
        )

    def _replace(self, here: Integers, wanted: Integers, admissible: Booleans) -> Integers:
        """Return the wanted dose, or the next admissible one in its direction; -1 for none."""
        doses = np.arange(self.n_doses)[:, np.newaxis]
        upwards = admissible & (doses >= wanted).T & (doses > here).T
        above = np.where(upwards.any(axis=1), np.argmax(upwards, axis=1), -1)
        limit = np.clip(np.minimum(wanted, here), 0, None)
        below = find_best(
            np.broadcast_to(doses.T, admissible.shape).astype(float),
            admissible & (doses <= limit).T,
        )
        stay = here if self.conduct == "boinet" else below
        up = wanted > here
        return np.where(up & (above >= 0), above, np.where(up, stay, below))

    def _rates(self, states: States) -> tuple[Floats, Floats]:
        """Return isotonic DLT rates and observed response rates."""
        n = states.of("n")
        tox = find_isotonic_fit(states.of("tox") / np.maximum(n, 1), (n > 0).astype(float))
        return tox, states.of("eff") / np.maximum(n, 1)

    def _worth(self, tox: Floats, eff: Floats) -> Floats:
        """Return what the selection maximises."""
        low, high, weak = self._bounds
        match self.select_by:
            case "weighted":
                worth = find_weighted_worth(tox, eff, limit=high)
            case "truncated linear":
                worth = find_truncated_worth(
                    tox, eff, tox_span=(low, high), eff_span=(weak / 2, self.efficacy_target)
                )
            case "scores":
                worth = find_score_worth(tox, eff, utilities=self.scores)
            case _:
                worth = np.asarray(eff, dtype=float)
        return worth.round(DIGITS)

    def _optimum(self, tox: Floats, eff: Floats, tried: Booleans, allowed: Booleans) -> Integers:
        """Return the allowed dose that the selection takes from DLT and response rates."""
        if self.select_by == "response":
            mtd = find_nearest(tox, allowed, target=self.toxicity_target, tied="highest")
            allowed = allowed & (np.arange(self.n_doses)[:, np.newaxis] <= mtd).T
        return find_best(self._worth(tox, eff), allowed & tried)
