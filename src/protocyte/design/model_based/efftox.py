"""EffTox: the best trade-off between response and toxicity.

Two logistic curves, of toxicity and of response, are fitted after every cohort. Of the doses that
are probably tolerable and effective enough, the next cohort gets the one whose estimated
probabilities are worth most.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, final

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.equal_cohorts import EqualCohorts
from protocyte.design.kinds import find_sound_kinds, find_sound_plan
from protocyte.design.model_based.distinct import find_distinct
from protocyte.design.model_based.efftox_fit import EffToxPrior, Fitted, find_efftox_model
from protocyte.design.model_based.tradeoff import TradeOff
from protocyte.design.outcome import Outcomes
from protocyte.design.paper import THALL_2004, THALL_2014
from protocyte.design.scenario import Scenario
from protocyte.design.state import Booleans, Floats, Integers, States, Steps
from protocyte.errors import DesignError

DIGITS: Final = 10


@final
@dataclass(frozen=True, slots=True)
class EffTox(EqualCohorts):
    """Find the dose with the best trade-off between response and toxicity.

    Parameters
    ----------
    doses : tuple of float
        The doses, ascending, in any unit; only their ratios matter.
    prior : EffToxPrior
        Priors of the six parameters.
    trade_off : TradeOff
        The contour of equally good doses.
    toxicity_limit : float
        DLT probability that a tolerable dose is below [1].
    efficacy_floor : float
        Response probability that an effective dose is above [1].
    toxicity_certainty : float
        A dose is acceptable if it is tolerable with a greater probability than this [1].
    efficacy_certainty : float
        And effective with a greater probability than this [1].
    reach : {"one level beyond tried", "any"}
        Whether the next dose is at most one level outside those tried.
    cohorts : int
        The most cohorts.
    cohort_size : int
        Participants a cohort.
    start_dose : int
        Dose level of the first cohort, from 1.

    Raises
    ------
    DesignError
        If settings contradict each other.

    Notes
    -----
    Utility is that of the posterior mean probabilities; of equally good doses the lower is given.
    If no dose within reach is acceptable, the trial stops without a dose. The selected dose is the
    one that would be given next.

    References
    ----------
    .. [1] Thall PF, Cook JD. Dose-finding based on efficacy-toxicity trade-offs. *Biometrics*
       2004;60:684-693. doi:10.1111/j.0006-341X.2004.00218.x
    .. [2] Thall PF, Herrick RC, Nguyen HQ, Venier JJ, Norris JC. Effective sample size for
       computing prior hyperparameters in Bayesian phase I-II dose-finding. *Clin Trials*
       2014;11:657-666. doi:10.1177/1740774514547397

    Examples
    --------
    >>> prior = EffToxPrior((-7.9593, 3.5487), (1.5482, 3.5018), (0.7367, 2.5423),
    ...                     (3.4181, 2.4406), (0.0, 0.2), (0.0, 1.0))
    >>> design = EffTox((1, 2, 4, 7, 10), prior, TradeOff(0.5, (0.7, 0.25), 0.65),
    ...                 toxicity_limit=0.3, efficacy_floor=0.5)
    >>> design.decide(Outcomes.from_notation("1NNE 2EEB", n_doses=5)).dose
    3
    """

    doses: tuple[float, ...]
    prior: EffToxPrior
    trade_off: TradeOff
    toxicity_limit: float
    efficacy_floor: float
    toxicity_certainty: float = 0.1
    efficacy_certainty: float = 0.1
    reach: Literal["one level beyond tried", "any"] = "one level beyond tried"
    cohorts: int = 12
    cohort_size: int = 3
    start_dose: int = 1

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        find_sound_plan(self.planned)
        object.__setattr__(self, "doses", tuple(float(dose) for dose in self.doses))
        if not self.doses:
            raise DesignError("There are no doses; give at least one.")
        steps = zip((0.0, *self.doses), (*self.doses, math.inf), strict=True)
        if not all(lower < higher for lower, higher in steps):
            raise DesignError(f"The doses are {self.doses}; give positive doses that rise.")
        for name in (
            "toxicity_limit",
            "efficacy_floor",
            "toxicity_certainty",
            "efficacy_certainty",
        ):
            value = getattr(self, name)
            if not 0 < value < 1:
                raise DesignError(f"{name} is {value}; give a probability between 0 and 1.")
        if self.reach not in {"one level beyond tried", "any"}:
            raise DesignError(f"reach is {self.reach!r}; name 'one level beyond tried' or 'any'.")
        if min(self.cohorts, self.cohort_size) < 1:
            raise DesignError(
                f"{self.cohorts} cohorts of {self.cohort_size} make no trial; give at least 1."
            )
        if not 1 <= self.start_dose <= self.n_doses:
            raise DesignError(
                f"The trial starts at dose level {self.start_dose} of {self.n_doses}; start at a "
                f"level between 1 and {self.n_doses}."
            )

    @property
    def n_doses(self) -> int:
        """How many doses it studies."""
        return len(self.doses)

    @property
    def features(self) -> tuple[str, ...]:
        """What it counts: participants, those with a DLT, a response, and both."""
        return ("n", "tox", "eff", "both")

    @property
    def seconds_a_state(self) -> float:
        """Time that six integrals take [s], as measured on a virtual machine."""
        return 1.5e-3

    @property
    def target(self) -> float:
        """The DLT probability that a tolerable dose is below [1]."""
        return self.toxicity_limit

    @property
    def references(self) -> tuple[str, ...]:
        """The papers it comes from."""
        return (THALL_2004, THALL_2014)

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        dose, total = self._best(states.counts), states.total()
        reason = np.full(len(states), Reason.BEST, dtype=np.int8)
        reason[total >= self.planned] = Reason.PLANNED
        reason[dose < 0] = Reason.INADMISSIBLE
        stopped = reason < Reason.START
        size = np.minimum(self.cohort_size, self.planned - total)
        return Steps(np.where(stopped, -1, dose), np.where(stopped, 0, size), reason)

    def select_states(self, states: States) -> Integers:
        """Return the dose that each state selects if the trial ends there."""
        return self._best(states.counts)

    def fit(self, states: States) -> Fitted:
        """Return what is known about each dose.

        Parameters
        ----------
        states : States
            Many trials.

        Returns
        -------
        Fitted
            Means and tails of both event probabilities.
        """
        return self._fit(states.counts)

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        reach = "at most one level outside the doses tried" if self.reach != "any" else "any dose"
        tolerable = f"P(DLT probability < {self.toxicity_limit:g}) > {self.toxicity_certainty:g}"
        effective = f"P(response probability > {self.efficacy_floor:g})"
        return (
            f"acceptable: {tolerable} and {effective} > {self.efficacy_certainty:g}",
            f"next dose: {reach}, the best utility; {outcomes.total} of {self.planned} treated",
            *self.explain_selection(outcomes),
        )

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each."""
        states = outcomes.states(self.features)
        found = self.fit(states)
        acceptable, reach = self._acceptable(found)[0], self._reach(states.counts)[0]
        utility = self.trade_off.utility(found.eff, found.tox)[0]
        lines = []
        for j, (n, tox, eff, _) in enumerate(states.counts[0].tolist()):
            verdict = "acceptable" if acceptable[j] else "not acceptable"
            lines.append(
                f"dose {j + 1}: {tox} DLT{'' if tox == 1 else 's'}, {eff} "
                f"response{'' if eff == 1 else 's'} in {n}; mean DLT probability "
                f"{found.tox[0, j]:.3f}, response {found.eff[0, j]:.3f}; P(tolerable) = "
                f"{found.tolerable[0, j]:.3f}, P(effective) = {found.effective[0, j]:.3f}; "
                f"utility {utility[j]:.3f}: {verdict}{'' if reach[j] else ', out of reach'}"
            )
        return tuple(lines)

    def best_dose(self, scenario: Scenario) -> int | None:
        """Return the dose that is truly tolerable, effective and worth most; -1 if none is."""
        utilities = self.utilities(scenario)
        if utilities is None or scenario.tox is None or scenario.eff is None:
            return None
        allowed = (np.array(scenario.tox) < self.toxicity_limit) & (
            np.array(scenario.eff) > self.efficacy_floor
        )
        return int(np.where(allowed, utilities, -np.inf).argmax()) if allowed.any() else -1

    def utilities(self, scenario: Scenario) -> Floats | None:
        """Return what each dose is worth if a scenario were true [1]."""
        if scenario.tox is None or scenario.eff is None:
            return None
        worth = self.trade_off.utility(np.array(scenario.eff), np.array(scenario.tox))
        return worth.round(DIGITS)

    def _best(self, counts: Integers) -> Integers:
        """Return the acceptable dose within reach that is worth most; -1 where there is none."""
        different, place = find_distinct(counts)
        found = self._fit(different)
        allowed = self._acceptable(found) & self._reach(different)
        worth = self.trade_off.utility(found.eff, found.tox).round(DIGITS)
        dose: Integers = np.where(allowed, worth, -np.inf).argmax(axis=1)
        dose[~allowed.any(axis=1)] = -1
        return dose[place]

    def _fit(self, counts: Integers) -> Fitted:
        if len(counts) == 1:
            # One trial asks several times: what comes next, why, and what would be selected.
            return _find_single(self, counts.astype(np.int64).tobytes())
        return self._fit_many(counts)

    def _fit_many(self, counts: Integers) -> Fitted:
        n, tox, eff, both = np.moveaxis(counts, 2, 0).astype(np.int64)
        cells = np.stack([n - tox - eff + both, eff - both, tox - both, both], axis=2)
        return find_efftox_model(self.prior, self.doses).fit(
            cells, toxicity_limit=self.toxicity_limit, efficacy_floor=self.efficacy_floor
        )

    def _acceptable(self, found: Fitted) -> Booleans:
        """Return which doses are probably tolerable and effective enough."""
        tolerable: Booleans = found.tolerable > self.toxicity_certainty
        return tolerable & (found.effective > self.efficacy_certainty)

    def _reach(self, counts: Integers) -> Booleans:
        """Return which doses are not too far from those that were tried."""
        if self.reach == "any":
            return np.ones(counts.shape[:2], dtype=bool)
        tried = counts[:, :, 0] > 0
        lowest = tried.argmax(axis=1)[:, np.newaxis]
        highest = self.n_doses - 1 - tried[:, ::-1].argmax(axis=1)[:, np.newaxis]
        levels = np.arange(self.n_doses)
        within: Booleans = (levels >= lowest - 1) & (levels <= highest + 1)
        return within


@lru_cache(maxsize=512)
def _find_single(design: EffTox, counts: bytes) -> Fitted:
    """Return what is known in one trial; the last few hundred answers are kept."""
    return design._fit_many(np.frombuffer(counts, dtype=np.int64).reshape(1, design.n_doses, -1))
