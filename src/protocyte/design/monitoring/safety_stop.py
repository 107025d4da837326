"""A design that also stops when an unwanted event becomes too frequent."""

from dataclasses import dataclass
from typing import Final, final

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.design import DecisionRow, Design
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.monitoring.stopping import StoppingBoundary
from protocyte.design.outcome import Outcomes
from protocyte.design.rules.rule import Rule, find_stopped
from protocyte.design.state import Booleans, Integers, Start, States, Steps
from protocyte.errors import DesignError

ORDER: Final = ("n", "tox", "eff", "both")


@final
@dataclass(frozen=True, slots=True)
class SafetyStop(Rule):
    """Stop a design of one dose at a boundary of unwanted events.

    Cohorts of the design inside are cut so that every look is held. A boundary that is reached at
    the same look as an end of the design inside has the last word: nothing is selected.

    Parameters
    ----------
    parent : Design
        The design inside; it studies one dose.
    boundary : StoppingBoundary
        Counts of the event, as toxicities, that stop the trial.

    Raises
    ------
    DesignError
        If the design inside studies several doses.

    References
    ----------
    .. [1] Ray HE, Rai SN. Operating characteristics of a Simon two-stage phase II clinical trial
       design incorporating continuous toxicity monitoring. *Pharm Stat* 2012;11:170-176.
       doi:10.1002/pst.510

    Examples
    --------
    >>> from protocyte.design import Scenario, SimonTwoStage, find_characteristics
    >>> boundary = StoppingBoundary((5, 10, 20), (3, 5, 8))
    >>> design = SafetyStop(SimonTwoStage(1, 10, 5, 29), boundary)
    >>> found = find_characteristics(design, [Scenario(tox=(0.2,), eff=(0.3,))])
    >>> round(float(found.stopping["harmful"][0]), 4), round(float(found.selection[0, 0]), 4)
    (0.0863, 0.7336)
    """

    parent: Design
    boundary: StoppingBoundary

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        if self.parent.n_doses != 1:
            raise DesignError(
                f"The design inside studies {self.parent.n_doses} doses; a safety boundary watches "
                f"a trial at one dose."
            )

    @property
    def features(self) -> tuple[str, ...]:
        """What the design inside counts, and the unwanted event."""
        counted = {*self.parent.features, "tox"}
        return tuple(feature for feature in ORDER if feature in counted)

    def start(self) -> Start:
        """Return the first cohort of the design inside, cut at the first look."""
        start = self.parent.start()
        return Start(start.dose, min(start.size, self.boundary.looks[0]))

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        steps = self.parent.decide_states(states)
        looks, n = np.array(self.boundary.looks), states.at("n")
        following = np.searchsorted(looks, n, side="right")
        beyond = np.append(looks, np.iinfo(np.int32).max)[following]
        steps = Steps(steps.dose, np.minimum(steps.size, beyond - n), steps.reason)
        return find_stopped(steps, self._reached(states), Reason.HARMFUL)

    def select_states(self, states: States) -> Integers:
        """Return what the design inside selects; -1 where the boundary is reached."""
        return np.where(self._reached(states), -1, self.parent.select_states(states))

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        return (self._told(outcomes), *self.parent.explain(outcomes))

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each."""
        return (*self.parent.explain_selection(outcomes), self._told(outcomes))

    def table(self, up_to: int | None = None) -> tuple[DecisionRow, ...]:
        """Return the rows at which the boundary stops, then those of the design inside."""
        stops = tuple(
            DecisionRow(n, count, None, "stop", eliminate=True)
            for n, count in self.boundary.rows()
            if n <= (self.planned if up_to is None else up_to)
        )
        return (*stops, *self.parent.table(up_to))

    def _reached(self, states: States) -> Booleans:
        looks, counts = np.array(self.boundary.looks), np.array(self.boundary.stop_from)
        n = states.of("n")[:, 0]
        k = np.minimum(np.searchsorted(looks, n), len(looks) - 1)
        reached: Booleans = (looks[k] == n) & (states.of("tox")[:, 0] >= counts[k])
        return reached

    def _told(self, outcomes: Outcomes) -> str:
        n, tox = outcomes.n[0], outcomes.tox[0]
        rows = dict(self.boundary.rows())
        if n in rows:
            return f"{tox} with the watched event in {n}: stop from {rows[n]}"
        following = next((look for look in rows if look > n), None)
        ahead = "no further look" if following is None else f"next look at {following}"
        return f"{tox} with the watched event in {n}: {ahead}"
