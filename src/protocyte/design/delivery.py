"""From the dose that is assigned to the dose that is received.

A cell product may hold fewer cells than the level asks for, may fail its specification, may not be
made at all; a participant may leave before the infusion. A design decides on the level it assigned;
what it counts, and where, is a rule of the protocol.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, final

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.design import Design
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.state import Booleans, Floats, Integers, States, Steps
from protocyte.errors import DesignError

Counted: TypeAlias = Literal["assigned", "received", "excluded"]
Replaced: TypeAlias = Literal["nobody", "not infused", "not counted"]


@final
@dataclass(frozen=True, slots=True)
class Delivery:
    """What becomes of a participant to whom a level is assigned.

    Parameters
    ----------
    received : tuple of tuple of float
        For each assigned level, the probability of each received level given an infusion [1]; a row
        adds up to 1.
    infused : tuple of float
        For each assigned level, the probability that an apheresed participant is infused [1].
    apheresed : float
        Probability that an enrolled participant is apheresed [1].
    evaluable : float
        Probability that an infused participant can be evaluated [1].
    counted : {"received", "assigned", "excluded"}
        Where decisions count a participant: at the received level, at the assigned one, or only if
        the two are the same.
    replaced : {"not infused", "nobody", "not counted"}
        Who is replaced until the cohort is full.

    Raises
    ------
    DesignError
        If these are not probabilities, or a cohort could never be filled.

    Notes
    -----
    Somebody who is not counted and not replaced uses up one of the planned participants. A cohort
    after which nobody is counted at the assigned level gives nothing to decide on: the next one is
    assigned the same level, or the highest open one below if the level has been closed. All of this
    is convention. What it costs the 3+3 to leave participants out is shown in [1]_; [2]_ has ways
    to use them in a model.

    References
    ----------
    .. [1] Bagley EM, Wages NA. Impact of dose feasibility on the conduct of phase I trials of
       adoptive cell therapy. 2021. PMC8703230
    .. [2] Devlin SM, Iasonos A, O'Quigley J. Phase I clinical trials in adoptive T-cell therapies.
       *J R Stat Soc C* 2021;70:815-834. doi:10.1111/rssc.12485

    Examples
    --------
    >>> delivery = Delivery(((1, 0), (0.25, 0.75)), infused=(0.9, 0.8))
    >>> delivery.per_slot("enrolled").tolist()
    [1.1111111111111112, 1.25]
    """

    received: tuple[tuple[float, ...], ...]
    infused: tuple[float, ...]
    apheresed: float = 1.0
    evaluable: float = 1.0
    counted: Counted = "received"
    replaced: Replaced = "not infused"

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        n_doses = len(self.received)
        if not n_doses or any(len(row) != n_doses for row in (*self.received, self.infused)):
            raise DesignError(
                f"Delivery describes {n_doses} assigned levels, received ones of "
                f"{[len(row) for row in self.received]} and infusion at {len(self.infused)}; "
                f"give the same number everywhere."
            )
        numbers = [*sum(self.received, ()), *self.infused, self.apheresed, self.evaluable]
        if not all(math.isfinite(value) and 0 <= value <= 1 for value in numbers):
            raise DesignError(
                f"Delivery has {[v for v in numbers if not 0 <= v <= 1]}, which are no "
                f"probabilities; give numbers from 0 to 1."
            )
        for level, row in enumerate(self.received, start=1):
            if abs(sum(row) - 1) > 1e-9:
                raise DesignError(
                    f"The received levels of assigned level {level} have probabilities that add "
                    f"up to {sum(row):g}; let them add up to 1."
                )
        if self.counted not in {"assigned", "received", "excluded"}:
            raise DesignError(
                f"Decisions cannot count {self.counted!r}; name 'received', 'assigned' or "
                f"'excluded'."
            )
        if self.replaced not in {"nobody", "not infused", "not counted"}:
            raise DesignError(
                f"{self.replaced!r} cannot be replaced; name 'not infused', 'nobody' or "
                f"'not counted'."
            )
        for level, chance in enumerate(self._filled(), start=1):
            if chance <= 0:
                raise DesignError(
                    f"At assigned level {level} nobody would ever fill a place that is replaced "
                    f"until filled (replaced = {self.replaced!r}); raise the probabilities, or "
                    f"replace nobody."
                )

    @property
    def n_doses(self) -> int:
        """How many levels it describes."""
        return len(self.received)

    @property
    def feasible(self) -> Floats:
        """Probability that an apheresed participant receives the level as assigned [1]."""
        feasible: Floats = np.array(self.infused) * np.diagonal(np.array(self.received, float))
        return feasible

    def counts_at(self) -> Floats:
        """Return who is counted where, of the participants who fill a place.

        Returns
        -------
        ndarray of float, shape (assigned, received, counted)
            Probability of receiving a level and being counted at one [1].
        """
        n = self.n_doses
        share = np.zeros((n, n, n))
        enters = self._slots()[:, np.newaxis] * np.array(self.received, dtype=float)
        for assigned in range(n):
            for level in range(n):
                if self.counted == "excluded" and level != assigned:
                    continue
                at = level if self.counted == "received" else assigned
                share[assigned, level, at] = enters[assigned, level] * self.evaluable
        if self.replaced == "not counted":
            share /= share.sum(axis=(1, 2), keepdims=True)
        return share

    def per_slot(self, what: str) -> Floats:
        """Return how many participants it takes, or gives, to fill one place of a cohort.

        Parameters
        ----------
        what : {"enrolled", "apheresed", "infused", "evaluable", "counted"}
            Who is meant.

        Returns
        -------
        ndarray of float, shape (n_doses,)
            Expected number at each assigned level [participants].
        """
        enrolled = np.ones(self.n_doses)
        if self.replaced != "nobody":
            enrolled = 1 / self._filled()
        infused = enrolled * self.apheresed * np.array(self.infused)
        numbers: dict[str, Floats] = {
            "enrolled": enrolled,
            "apheresed": enrolled * self.apheresed,
            "infused": infused,
            "evaluable": infused * self.evaluable,
            "counted": self.counts_at().sum(axis=(1, 2)),
        }
        return numbers[what]

    def _slots(self) -> Floats:
        """Return the probability that who fills a place is infused."""
        if self.replaced == "nobody":
            infused: Floats = self.apheresed * np.array(self.infused)
            return infused
        return np.ones(self.n_doses)

    def _filled(self) -> Floats:
        """Return the probability that an enrolled participant need not be replaced."""
        infused = self.apheresed * np.array(self.infused)
        if self.replaced == "nobody":
            return np.ones(self.n_doses)
        if self.replaced == "not infused":
            return infused
        same = np.diagonal(np.array(self.received, dtype=float))
        kept = same if self.counted == "excluded" else np.ones(self.n_doses)
        filled: Floats = infused * self.evaluable * kept
        return filled


def find_identity_delivery(n_doses: int) -> Delivery:
    """Find the delivery where everybody receives what is assigned.

    Parameters
    ----------
    n_doses : int
        How many levels.

    Returns
    -------
    Delivery
        Nothing fails.

    Examples
    --------
    >>> find_identity_delivery(2).received
    ((1.0, 0.0), (0.0, 1.0))
    """
    rows = tuple(tuple(float(i == j) for j in range(n_doses)) for i in range(n_doses))
    return Delivery(rows, infused=(1.0,) * n_doses)


def find_capped_levels(
    per_kg: Sequence[float],
    *,
    cap: float,
    weights: Sequence[float],
    shares: Sequence[float] | None = None,
    tolerance: float = 0.0,
) -> tuple[tuple[float, ...], ...]:
    """Find the received levels of a dose per kilogram with a cap on the total.

    Parameters
    ----------
    per_kg : sequence of float
        Planned dose of each level [cells/kg], ascending.
    cap : float
        Largest total dose [cells].
    weights : sequence of float
        Body weights [kg] that occur.
    shares : sequence of float, optional
        How frequent each is [1]; equally frequent by default.
    tolerance : float
        By which share a received dose may fall short of a level and still count as it [1].

    Returns
    -------
    tuple of tuple of float
        For each assigned level, the probability of each received level [1], as `Delivery` takes it.

    Raises
    ------
    DesignError
        If doses do not ascend, or something is not positive.

    Notes
    -----
    The received level is the highest that the received dose per kilogram reaches; less than the
    lowest level counts as the lowest.

    Examples
    --------
    >>> find_capped_levels([1e6, 3e6], cap=2.4e8, weights=[60, 80, 100, 120])
    ((1.0, 0.0), (0.5, 0.5))
    """
    dose, weight = np.array(per_kg, dtype=float), np.array(weights, dtype=float)
    share = np.full(len(weight), 1.0) if shares is None else np.array(shares, dtype=float)
    if not (len(dose) and np.all(dose > 0) and np.all(np.diff(dose) > 0)):
        raise DesignError(f"The levels {list(per_kg)} do not ascend from a positive dose per kg.")
    if not (len(weight) and np.all(weight > 0) and np.isfinite(weight).all() and cap > 0):
        raise DesignError(f"The cap {cap:g} and all body weights must be positive numbers.")
    if share.shape != weight.shape or not np.all(share >= 0) or not share.sum() > 0:
        raise DesignError("Give one share, not negative, for each body weight.")
    if not 0 <= tolerance < 1:
        raise DesignError(f"tolerance is {tolerance}; give a share below 1, such as 0.1.")
    got = np.minimum(dose[:, np.newaxis], cap / weight)
    reached = got[:, :, np.newaxis] >= dose * (1 - tolerance) * (1 - 1e-12)
    # With a tolerance a participant may reach a level above the assigned one: the assigned counts.
    level = np.minimum(np.maximum(reached.sum(axis=2) - 1, 0), np.arange(len(dose))[:, np.newaxis])
    share = share / share.sum()
    return tuple(
        tuple(float(share[level[i] == j].sum()) for j in range(len(dose))) for i in range(len(dose))
    )


def find_feasible_selection(selection: Floats, feasible: Floats, *, least: float) -> Floats:
    """Find how often each level is selected if it must be tolerated and feasible.

    Parameters
    ----------
    selection : ndarray of float, shape (n_scenarios, n_doses)
        Probability that each level is selected as tolerated [1].
    feasible : ndarray of float, shape (n_doses,)
        Probability that each level can be made as assigned [1].
    least : float
        Least probability with which a level counts as feasible [1].

    Returns
    -------
    ndarray of float, shape (n_scenarios, n_doses)
        Probability that each level is the highest feasible one up to the selected [1]; what is
        missing to 1 selects none.

    Examples
    --------
    >>> find_feasible_selection(np.array([[0.1, 0.3, 0.5]]), np.array([0.9, 0.8, 0.4]), least=0.7)
    array([[0.1, 0.8, 0. ]])
    """
    found = np.zeros_like(selection)
    last = -1
    for j, chance in enumerate(feasible):
        if chance >= least:
            last = j
        if last >= 0:
            found[:, last] += selection[:, j]
    return found


def find_feasibility(
    made: int, tried: int, *, certainty: float = 0.95
) -> tuple[float, float, float]:
    """Find the probability that a level can be made, with its exact interval.

    Parameters
    ----------
    made : int
        Products that reached the level.
    tried : int
        Products that were to reach it.
    certainty : float
        Confidence of the two-sided interval [1].

    Returns
    -------
    tuple of float
        Estimate, lower and upper limit [1].

    Raises
    ------
    DesignError
        If more were made than tried, or nobody tried.

    References
    ----------
    .. [1] Clopper CJ, Pearson ES. The use of confidence or fiducial limits illustrated in the case
       of the binomial. *Biometrika* 1934;26:404-413. doi:10.1093/biomet/26.4.404

    Examples
    --------
    >>> [round(limit, 4) for limit in find_feasibility(9, 10)]
    [0.9, 0.555, 0.9975]
    """
    from scipy.special import betaincinv

    if not 0 <= made <= tried or tried < 1:
        raise DesignError(f"{made} of {tried} products is no proportion; give counts from 0 up.")
    if not 0 < certainty < 1:
        raise DesignError(f"certainty is {certainty}; give a probability, such as 0.95.")
    tail = (1 - certainty) / 2
    low = 0.0 if made == 0 else float(betaincinv(made, tried - made + 1, tail))
    high = 1.0 if made == tried else float(betaincinv(made + 1, tried - made, 1 - tail))
    return made / tried, low, high


def find_delivered_steps(design: Design, states: States, slots: Integers) -> Steps:
    """Find what comes next where received doses differ from assigned ones.

    Parameters
    ----------
    design : Design
        What decides.
    states : States
        Counts by the protocol's rule; `dose` is the level that was assigned last, and `lot` the
        dose that chance has drawn, for designs that randomise.
    slots : ndarray of int, shape (n_states,)
        Places of cohorts that were used up [participants].

    Returns
    -------
    Steps
        Next level to assign, size of the next cohort and reason for each.

    Examples
    --------
    >>> from protocyte.design import BOIN
    >>> states = States(("n", "tox"), np.array([[[0, 0], [3, 0]]]), np.array([0]))
    >>> find_delivered_steps(BOIN(target=0.3, n_doses=2), states, np.array([3])).dose.tolist()
    [0]
    """
    dose = np.array(states.dose, dtype=np.int64)
    size = np.full(len(states), design.start().size)
    reason = np.full(len(states), int(Reason.FILL))
    seen = np.flatnonzero(states.at("n") > 0)
    if len(seen):
        steps = design.decide_states(states.some(seen))
        dose[seen], size[seen], reason[seen] = steps.dose, steps.size, steps.reason
    unseen = np.flatnonzero(states.at("n") == 0)
    if len(unseen):
        counts = states.counts[unseen]
        closed = design.closed_states(States(states.features, counts, states.dose[unseen]))
        dose[unseen] = _highest_open(closed, dose[unseen])
        reason[unseen] = np.where(dose[unseen] < 0, int(Reason.TOXIC), int(Reason.FILL))
    left = design.planned - slots
    reason[(dose >= 0) & (left <= 0)] = Reason.PLANNED
    stopped = reason < Reason.START
    size = np.minimum(np.maximum(size, 1), left)
    return Steps(np.where(stopped, -1, dose), np.where(stopped, 0, size), reason)


def find_delivered_chances(design: Design, states: States) -> Floats | None:
    """Find how probable each dose is for the next cohort, if chance has a say.

    Parameters
    ----------
    design : Design
        What decides.
    states : States
        Counts by the protocol's rule; `dose` is the level that was assigned last.

    Returns
    -------
    ndarray of float, shape (n_states, n_doses), or None
        Probability of each dose [1], as `Design.chance_states` has it; where nobody is counted at
        the assigned level nothing is drawn. None if nothing is drawn in any state.

    Examples
    --------
    >>> from protocyte.design import BOIN
    >>> states = States(("n", "tox"), np.array([[[3, 0], [0, 0]]]), np.array([0]))
    >>> find_delivered_chances(BOIN(target=0.3, n_doses=2), states) is None
    True
    """
    seen = np.flatnonzero(states.at("n") > 0)
    drawn = design.chance_states(states.some(seen)) if len(seen) else None
    if drawn is None:
        return None
    chances = np.zeros((len(states), design.n_doses))
    chances[:, 0] = 1.0
    chances[seen] = drawn
    return chances


def _highest_open(closed: Booleans, dose: Integers) -> Integers:
    """Return the highest open dose up to one; -1 where all are closed."""
    found = np.full(len(dose), -1, dtype=np.int64)
    for j in range(closed.shape[1]):
        found[~closed[:, j] & (j <= dose)] = j
    return found
