"""BLRM: Bayesian logistic regression with escalation with overdose control (EWOC).

A logistic curve with two parameters is fitted after every cohort. Of the doses that are safe enough
(overdosing is improbable) and within reach, the next cohort gets the one that is most likely in the
target interval.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal, final

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.equal_cohorts import EqualCohorts
from protocyte.design.kinds import find_sound_kinds, find_sound_plan
from protocyte.design.model_based.distinct import find_distinct
from protocyte.design.model_based.plane import (
    FINENESS,
    BivariateNormal,
    LogisticPlane,
    find_plane,
)
from protocyte.design.outcome import Outcomes
from protocyte.design.paper import BABB_1998, NEUENSCHWANDER_2008
from protocyte.design.state import Booleans, Floats, Integers, States, Steps
from protocyte.errors import DesignError

NEAR: Final = 1e-5
"""Probabilities this near to a limit, or to each other, are found again with denser nodes [1]."""
FINER: Final = 2.5
DIGITS: Final = 10
"""Decimals of a probability that are kept; what differs beyond them is equal."""
ROUNDING: Final = 1e-12


@final
@dataclass(frozen=True, slots=True)
class BLRM(EqualCohorts):
    """Find the MTD by Bayesian logistic regression with overdose control.

    Parameters
    ----------
    doses : tuple of float
        The doses, ascending, in any unit.
    reference : float
        Reference dose in the same unit: there the intercept is the logit of the DLT probability.
    prior : BivariateNormal
        Prior of intercept and log slope.
    target_interval : tuple of float
        DLT probabilities that are on target [1]: from the first to below the second; overdosing
        begins at the second.
    overdose_limit : float
        A dose is safe enough when the probability of overdosing is below this [1].
    at_the_limit : {"too toxic", "safe"}
        What a dose is whose probability of overdosing is the limit exactly.
    one_level_up : bool
        Whether the next dose is at most one level above the highest tried.
    largest_increase : float, optional
        The largest increase over the highest tried dose, as a share of it [1]; 1 doubles it.
    negligible : float, optional
        If no dose that may be given has a greater probability of being on target than this [1],
        the highest of them is given.
    least_at_mtd : int, optional
        A dose with fewer participants is not declared the MTD.
    least_on_target : float, optional
        A dose less likely on target is not declared the MTD [1].
    stop_when_declared : bool
        Whether the trial stops as soon as the next dose can be declared the MTD.
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
    After the last cohort the dose is chosen once more in the same way; that is the MTD if it
    meets the conditions for declaring one. If no dose is safe enough, the trial stops without a
    dose. Of equally likely doses the lower is given. Operating characteristics take the middle of
    the target interval for the DLT probability aimed at.

    References
    ----------
    .. [1] Neuenschwander B, Branson M, Gsponer T. Critical aspects of the Bayesian approach to
       phase I cancer trials. *Stat Med* 2008;27:2420-2439. doi:10.1002/sim.3230
    .. [2] Babb J, Rogatko A, Zacks S. Cancer phase I clinical trials: efficient dose escalation
       with overdose control. *Stat Med* 1998;17:1103-1120

    Examples
    --------
    >>> prior = BivariateNormal((-0.847, 0.0), (1.0, 1.0))
    >>> design = BLRM((1, 2, 4, 8, 16), 16, prior)
    >>> design.decide(Outcomes.from_notation("1NNN 2NTN", n_doses=5)).dose
    3
    """

    doses: tuple[float, ...]
    reference: float
    prior: BivariateNormal
    target_interval: tuple[float, float] = (0.20, 0.35)
    overdose_limit: float = 0.25
    at_the_limit: Literal["too toxic", "safe"] = "too toxic"
    one_level_up: bool = True
    largest_increase: float | None = None
    negligible: float | None = None
    least_at_mtd: int | None = None
    least_on_target: float | None = None
    stop_when_declared: bool = False
    cohorts: int = 10
    cohort_size: int = 3
    start_dose: int = 1

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        find_sound_plan(self.planned)
        object.__setattr__(self, "doses", tuple(float(dose) for dose in self.doses))
        object.__setattr__(self, "target_interval", tuple(float(p) for p in self.target_interval))
        self._check_doses()
        low, high = self.target_interval
        if not 0 < low < high < 1:
            raise DesignError(
                f"The target interval is {low:g} to {high:g}; give two ascending probabilities, "
                f"such as 0.2 and 0.35."
            )
        if not 0 < self.overdose_limit < 1:
            raise DesignError(
                f"overdose_limit is {self.overdose_limit}; give a probability, such as 0.25."
            )
        if self.at_the_limit not in {"too toxic", "safe"}:
            raise DesignError(f"at_the_limit is {self.at_the_limit!r}; name 'too toxic' or 'safe'.")
        if self.largest_increase is not None and not 0 < self.largest_increase < math.inf:
            raise DesignError(
                f"largest_increase is {self.largest_increase}; give a share of the dose above 0, "
                f"such as 1 to double it."
            )
        for name in ("negligible", "least_on_target"):
            value = getattr(self, name)
            if value is not None and not 0 < value < 1:
                raise DesignError(f"{name} is {value}; give a probability, or None.")
        if self.least_at_mtd is not None and self.least_at_mtd < 1:
            raise DesignError(
                f"least_at_mtd is {self.least_at_mtd}; give a number of participants, or None."
            )
        if self.stop_when_declared and self.least_at_mtd is None and self.least_on_target is None:
            raise DesignError(
                "The trial would stop as soon as an MTD can be declared, and nothing is asked of "
                "an MTD; give least_at_mtd or least_on_target."
            )
        if min(self.cohorts, self.cohort_size) < 1:
            raise DesignError(
                f"{self.cohorts} cohorts of {self.cohort_size} make no trial; give at least 1."
            )
        if not 1 <= self.start_dose <= self.n_doses:
            raise DesignError(
                f"The trial starts at dose level {self.start_dose} of {self.n_doses}; start at a "
                f"level between 1 and {self.n_doses}."
            )

    def _check_doses(self) -> None:
        if not self.doses:
            raise DesignError("There are no doses; give at least one.")
        rising = all(
            a < b for a, b in zip((0.0, *self.doses), (*self.doses, math.inf), strict=True)
        )
        if not rising:
            raise DesignError(f"The doses are {self.doses}; give positive doses that rise.")
        if not 0 < self.reference < math.inf:
            raise DesignError(f"The reference dose is {self.reference}; give a positive dose.")

    @property
    def n_doses(self) -> int:
        """How many doses it studies."""
        return len(self.doses)

    @property
    def features(self) -> tuple[str, ...]:
        """What it counts: participants and those with a DLT."""
        return ("n", "tox")

    @property
    def target(self) -> float:
        """The middle of the target interval [1]."""
        return sum(self.target_interval) / 2

    @property
    def references(self) -> tuple[str, ...]:
        """The papers it comes from."""
        return (NEUENSCHWANDER_2008, BABB_1998)

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        dose, declared = self._chosen(states.counts)
        total = states.total()
        reason = np.full(len(states), Reason.IN_TARGET, dtype=np.int8)
        if self.stop_when_declared:
            reason[declared] = Reason.FOUND
        reason[total >= self.planned] = Reason.PLANNED
        reason[dose < 0] = Reason.INADMISSIBLE
        stopped = reason < Reason.START
        size = np.minimum(self.cohort_size, self.planned - total)
        return Steps(np.where(stopped, -1, dose), np.where(stopped, 0, size), reason)

    def select_states(self, states: States) -> Integers:
        """Return the dose that each state selects if the trial ends there."""
        dose, declared = self._chosen(states.counts)
        return np.where(declared, dose, -1)

    def closed_states(self, states: States) -> Booleans:
        """Return which doses each state has closed: overdosing is too probable."""
        return ~self._safe(self.intervals(states)[:, 2])

    def intervals(self, states: States) -> Floats:
        """Return how probable it is that each dose is under, on and over target.

        Parameters
        ----------
        states : States
            Many trials.

        Returns
        -------
        ndarray of float, shape (n_states, 3, n_doses)
            Posterior probabilities [1], under, on and over.
        """
        different, place = find_distinct(states.counts)
        return self._intervals(different)[place]

    def means(self, states: States) -> Floats:
        """Return the posterior mean of each dose's DLT probability.

        Parameters
        ----------
        states : States
            Many trials.

        Returns
        -------
        ndarray of float, shape (n_states, n_doses)
            Probabilities of a DLT [1].
        """
        return self._plane(FINENESS).means(states.counts)[:, 2:]

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        highest = max(level for level, n in enumerate(outcomes.n, start=1) if n)
        rules = []
        if self.one_level_up:
            rules.append("at most one level above it")
        if self.largest_increase is not None:
            rules.append(f"increased by at most {100 * self.largest_increase:g} %")
        reach = ", ".join(rules) or "any dose within reach"
        low, high = self.target_interval
        sign = "<" if self.at_the_limit == "too toxic" else "≤"
        rule = f"P(DLT probability ≥ {high:g}) {sign} {self.overdose_limit:g}"
        return (
            f"safe enough: {rule}; on target: from {low:g} to below {high:g}",
            f"highest dose tried: {highest}; next dose: {reach}",
            f"{outcomes.total} of {self.planned} participants treated",
            *self._fitted(outcomes),
        )

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each."""
        asked = []
        if self.least_at_mtd is not None:
            asked.append(f"at least {self.least_at_mtd} participants")
        if self.least_on_target is not None:
            asked.append(f"P(on target) ≥ {self.least_on_target:g}")
        conditions = (f"an MTD has {' and '.join(asked)}",) if asked else ()
        return (*self._fitted(outcomes), *conditions)

    def _fitted(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return what the model says about each dose."""
        states = outcomes.states(self.features)
        mean, (under, on, over) = self.means(states)[0], self.intervals(states)[0]
        safe = self._safe(over[np.newaxis])[0]
        reach = self._reach(states.counts)[0]
        middle = self.target
        return tuple(
            f"dose {j + 1}: {outcomes.tox[j]} DLT{'' if outcomes.tox[j] == 1 else 's'} in "
            f"{outcomes.n[j]}, mean DLT probability {mean[j]:.4f} ({mean[j] - middle:+.4f} from "
            f"{middle:g}); P(under) = {under[j]:.4f}, P(on target) = {on[j]:.4f}, "
            f"P(overdose) = {over[j]:.4f}: "
            f"{'too toxic' if not safe[j] else 'safe enough' if reach[j] else 'out of reach'}"
            for j in range(self.n_doses)
        )

    def _chosen(self, counts: Integers) -> tuple[Integers, Booleans]:
        """Return the best dose that may be given, -1 if none, and whether it can be declared."""
        different, place = find_distinct(counts)
        _, on, over = self._intervals(different).transpose(1, 0, 2)
        allowed = self._safe(over) & self._reach(different)
        dose: Integers = np.where(allowed, on, -1.0).argmax(axis=1)
        if self.negligible is not None:
            hopeless = ~(allowed & (on > self.negligible)).any(axis=1)
            highest = self.n_doses - 1 - allowed[:, ::-1].argmax(axis=1)
            dose = np.where(hopeless, highest, dose)
        rows = np.arange(len(different))
        declared: Booleans = np.asarray(allowed.any(axis=1))
        if self.least_at_mtd is not None:
            declared &= different[rows, dose, 0] >= self.least_at_mtd
        if self.least_on_target is not None:
            declared &= on[rows, dose] >= self.least_on_target
        dose[~allowed.any(axis=1)] = -1
        return dose[place], declared[place]

    def _safe(self, over: Floats) -> Booleans:
        """Return which doses are safe enough; above one that is not, none is."""
        highest: Floats = np.maximum.accumulate(over, axis=-1)
        safe: Booleans = highest < self.overdose_limit
        if self.at_the_limit == "safe":
            safe |= highest == self.overdose_limit
        return safe

    def _reach(self, counts: Integers) -> Booleans:
        """Return which doses are within reach of the highest that was tried."""
        levels = np.arange(self.n_doses)
        highest = np.where(counts[:, :, 0] > 0, levels, 0).max(axis=1)
        reach = np.ones((len(counts), self.n_doses), dtype=bool)
        if self.one_level_up:
            reach &= levels <= highest[:, np.newaxis] + 1
        if self.largest_increase is not None:
            doses = np.array(self.doses)
            most = doses[highest] * (1 + self.largest_increase) * (1 + ROUNDING)
            reach &= doses <= most[:, np.newaxis]
        return reach

    def _intervals(self, counts: Integers) -> Floats:
        """Return the probabilities of the three intervals; near ties with denser nodes."""
        found = _parted(self._plane(FINENESS).tails(counts))
        near = np.flatnonzero(self._is_near(found[:, 1], found[:, 2]))
        if len(near):
            found[near] = _parted(self._plane(FINENESS * FINER).tails(counts[near]))
        return found

    def _is_near(self, on: Floats, over: Floats) -> Booleans:
        """Return where a decision could hang on the precision of a sum."""
        near: Booleans = np.asarray((np.abs(over - self.overdose_limit) < NEAR).any(axis=1))
        if self.n_doses > 1:
            best = np.partition(np.where(over < self.overdose_limit, on, -1.0), -2, axis=1)
            near |= (best[:, -1] - best[:, -2] < NEAR) & (best[:, -2] >= 0)
        for limit in (self.negligible, self.least_on_target):
            if limit is not None:
                near |= (np.abs(on - limit) < NEAR).any(axis=1)
        return near

    def _plane(self, fineness: float) -> LogisticPlane:
        labels = tuple(math.log(dose / self.reference) for dose in self.doses)
        return find_plane(self.prior, labels, self.planned, self.target_interval, fineness)


def _parted(tails: Floats) -> Floats:
    """Turn probabilities below two limits into those of three intervals."""
    low, high = tails[:, 0], tails[:, 1]
    parts: Floats = np.stack([low, high - low, 1 - high], axis=1).clip(0, 1).round(DIGITS)
    return parts
