"""CRM: the continual reassessment method.

A curve through all doses is fitted after every cohort; the next cohort gets the dose whose DLT
probability is estimated nearest to the target, as far as caution lets it.
"""

import math
from dataclasses import dataclass, field
from typing import Final, Literal, final

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.equal_cohorts import EqualCohorts
from protocyte.design.kinds import find_sound_kinds, find_sound_plan
from protocyte.design.model_based.estimate import Estimate, Estimator, find_estimator
from protocyte.design.model_based.plane import BivariateNormal
from protocyte.design.outcome import Outcomes
from protocyte.design.paper import LEE_2009, O_QUIGLEY_1990
from protocyte.design.state import Booleans, Floats, Integers, States, Steps
from protocyte.errors import DesignError

NEAR: Final = 1e-8
"""Doses this near to a tie are fitted again with denser nodes [1]."""
ROUNDING: Final = 1e-12


@final
@dataclass(frozen=True, slots=True)
class CRM(EqualCohorts):
    """Find the MTD with the continual reassessment method.

    Parameters
    ----------
    target : float
        DLT probability that the MTD should have [1].
    skeleton : tuple of float
        Prior guess of the DLT probability at each dose [1], ascending; `find_skeleton` makes one
        from a half-width.
    model : {"empiric", "logistic", "two-parameter logistic"}
        The curve: a power of the skeleton, a logistic curve with a fixed intercept, or one with
        two parameters.
    intercept : float
        Fixed intercept of the logistic curve with one parameter [1].
    prior_sd : float
        Standard deviation of the only parameter's normal prior around 0 [1].
    prior : BivariateNormal, optional
        Prior of intercept and log slope of the curve with two parameters, which needs one.
    estimate : {"plug-in", "posterior mean"}
        The curve at the posterior mean of its parameters, or the posterior mean of each DLT
        probability.
    cohorts : int
        The most cohorts.
    cohort_size : int
        Participants a cohort.
    start_dose : int
        Dose level of the first cohort, from 1.
    coherent : bool
        Whether the dose is not raised when the DLT rate of the last cohort is the target or more.
    no_skipping : bool
        Whether the dose is raised by at most one level.

    Raises
    ------
    DesignError
        If settings contradict each other.

    Notes
    -----
    Of two doses equally near the target the lower is given. The selected dose is the model's
    recommendation, neither held back by the last cohort nor by levels not tried. Where the last
    cohort is not known apart from the counts, all DLTs at its dose count as its own, up to a
    cohort. Stopping for toxicity is left to rules around the design.

    References
    ----------
    .. [1] O'Quigley J, Pepe M, Fisher L. Continual reassessment method: a practical design for
       phase 1 clinical trials in cancer. *Biometrics* 1990;46:33-48. doi:10.2307/2531628
    .. [2] Lee SM, Cheung YK. Model calibration in the continual reassessment method. *Clin Trials*
       2009;6:227-238. doi:10.1177/1740774509105076

    Examples
    --------
    >>> design = CRM(target=0.3, skeleton=(0.12, 0.2, 0.3, 0.4, 0.5))
    >>> design.decide(Outcomes.from_notation("1NNN 2NTN", n_doses=5)).dose
    2
    >>> design.select(Outcomes.from_notation("1NNN 2NTN", n_doses=5)).dose
    3
    """

    target: float = field()
    skeleton: tuple[float, ...]
    model: Literal["empiric", "logistic", "two-parameter logistic"] = "empiric"
    intercept: float = 3.0
    prior_sd: float = math.sqrt(1.34)
    prior: BivariateNormal | None = None
    estimate: Estimate = "plug-in"
    cohorts: int = 10
    cohort_size: int = 3
    start_dose: int = 1
    coherent: bool = True
    no_skipping: bool = True
    _estimator: Estimator = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        find_sound_plan(self.planned)
        if not 0 < self.target < 1:
            raise DesignError(
                f"The target DLT probability is {self.target}; give one between 0 and 1."
            )
        if min(self.cohorts, self.cohort_size) < 1:
            raise DesignError(
                f"{self.cohorts} cohorts of {self.cohort_size} make no trial; give at least 1."
            )
        if not 0.01 <= self.prior_sd <= 100:
            raise DesignError(
                f"The standard deviation of the prior is {self.prior_sd}; give one between 0.01 "
                f"and 100, customarily 1.16 (the root of 1.34)."
            )
        object.__setattr__(self, "skeleton", tuple(float(p) for p in self.skeleton))
        estimator = find_estimator(
            self.model,
            self.skeleton,
            intercept=self.intercept,
            prior_sd=self.prior_sd,
            prior=self.prior,
            participants=self.planned,
            by=self.estimate,
        )
        object.__setattr__(self, "_estimator", estimator)
        if not 1 <= self.start_dose <= self.n_doses:
            raise DesignError(
                f"The trial starts at dose level {self.start_dose} of {self.n_doses}; start at a "
                f"level between 1 and {self.n_doses}."
            )

    @property
    def n_doses(self) -> int:
        """How many doses it studies."""
        return len(self.skeleton)

    @property
    def features(self) -> tuple[str, ...]:
        """What it counts: participants and those with a DLT."""
        return ("n", "tox")

    @property
    def looks_at_last(self) -> bool:
        """Whether its decision looks at the last cohort: if it is to be coherent."""
        return self.coherent

    @property
    def references(self) -> tuple[str, ...]:
        """The papers it comes from."""
        return (O_QUIGLEY_1990, LEE_2009)

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        total, here = states.total(), states.dose.astype(np.int64)
        going = np.flatnonzero(total < self.planned)
        wanted = here.copy()
        wanted[going] = self._recommended(states.counts[going])
        dose = np.minimum(wanted, here + 1) if self.no_skipping else wanted.copy()
        reason = np.where(dose < wanted, np.int8(Reason.ONE_LEVEL), np.int8(Reason.NEAREST))
        if self.coherent:
            held = self._held(states) & (dose > here)
            dose[held], reason[held] = here[held], Reason.COHERENT
        ended = total >= self.planned
        dose[ended], reason[ended] = -1, Reason.PLANNED
        size = np.minimum(self.cohort_size, self.planned - total)
        size[ended] = 0
        return Steps(dose, size, reason)

    def select_states(self, states: States) -> Integers:
        """Return the dose that each state selects if the trial ends there."""
        return self._recommended(states.counts)

    def estimates(self, states: States) -> Floats:
        """Return the estimated DLT probability at each dose.

        Parameters
        ----------
        states : States
            Many trials.

        Returns
        -------
        ndarray of float, shape (n_states, n_doses)
            Probabilities of a DLT [1].
        """
        return self._estimator.estimates(states.counts)

    def margins(self, states: States) -> Floats:
        """Return how far each state is from a tie of two doses.

        Parameters
        ----------
        states : States
            Many trials.

        Returns
        -------
        ndarray of float, shape (n_states,)
            Smallest difference between the distances of two neighbouring doses from the target,
            where the target lies between them [1]; infinite with one dose.
        """
        apart: Floats = np.abs(self._excess(self.estimates(states))).min(axis=1, initial=np.inf)
        return apart

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        states = outcomes.states(self.features)
        wanted = int(self._recommended(states.counts)[0]) + 1
        lines = [f"the model puts dose {wanted} nearest to the target {self.target:g}"]
        if self.coherent:
            n, tox = (int(count[0]) for count in self._last(states))
            sign, then = (
                ("≥", "not raised") if bool(self._held(states)[0]) else ("<", "may be raised")
            )
            known = "last cohort" if outcomes.last else "last cohort at worst (not known apart)"
            lines.append(
                f"{known}: {_dlts(tox)} in {n} = {tox / n:.3f} {sign} {self.target:g}: dose {then}"
            )
        if self.no_skipping:
            lines.append(f"at most one level above dose {outcomes.dose}")
        lines.append(f"{outcomes.total} of {self.planned} participants treated")
        return (*lines, *self._fitted(outcomes, states))

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each."""
        return self._fitted(outcomes, outcomes.states(self.features))

    def _fitted(self, outcomes: Outcomes, states: States) -> tuple[str, ...]:
        """Return what the model says about each dose."""
        fitted = self.estimates(states)[0]
        over = self._estimator.exceeding(states.counts, limit=self.target)[0]
        return tuple(
            f"dose {j + 1}: {_dlts(outcomes.tox[j])} in {outcomes.n[j]}, estimated DLT probability "
            f"{fitted[j]:.4f} ({fitted[j] - self.target:+.4f} from the target), "
            f"P(above {self.target:g}) = {over[j]:.4f}"
            for j in range(self.n_doses)
        )

    def _recommended(self, counts: Integers) -> Integers:
        """Return the dose nearest the target, however far it is from the present one."""
        excess = self._excess(self._estimator.estimates(counts))
        near = np.flatnonzero((np.abs(excess) < NEAR).any(axis=1))
        if len(near):
            excess[near] = self._excess(self._estimator.estimates(counts[near], finely=True))
        recommended: Integers = (excess < 0).sum(axis=1)
        return recommended

    def _excess(self, estimates: Floats) -> Floats:
        """Return by how much the mean of neighbouring doses is above the target, doubled.

        Below 0 the upper of the two is nearer to the target; estimates rise from dose to dose.
        """
        excess: Floats = estimates[:, :-1] + estimates[:, 1:] - 2 * self.target
        return excess

    def _last(self, states: States) -> tuple[Integers, Integers]:
        """Return participants and DLTs of the last cohort, the worst that they can have been."""
        if states.last is not None:
            return states.last[:, 0], states.last[:, 1]
        n = np.minimum(states.at("n"), self.cohort_size)
        return n, np.minimum(states.at("tox"), n)

    def _held(self, states: States) -> Booleans:
        """Return where the last cohort forbids a higher dose."""
        n, tox = self._last(states)
        held: Booleans = tox >= self.target * n - ROUNDING
        return held


def _dlts(count: int) -> str:
    return f"{count} DLT{'' if count == 1 else 's'}"
