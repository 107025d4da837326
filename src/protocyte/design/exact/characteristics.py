"""Operating characteristics: what a design does if a scenario is true.

The same sums are taken over the endings of an exact walk and over simulated trials; only the latter
have standard errors.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np

from protocyte.design.scenario import Scenario
from protocyte.design.state import Floats


@final
@dataclass(frozen=True, slots=True, eq=False)
class Characteristics:
    """What a design does in each scenario.

    Parameters
    ----------
    scenarios : tuple of Scenario
        The truths, in the order of every array below.
    planned : int
        The most participants of a trial.
    exact : bool
        Whether the values are probabilities, not shares of simulated trials.
    trials : int or None
        How many trials were simulated for each scenario; None if exact.
    selection : ndarray of float, shape (n_scenarios, n_doses)
        Probability that each dose is selected [1].
    none : ndarray of float, shape (n_scenarios,)
        Probability that no dose is selected [1].
    participants : ndarray of float, shape (n_scenarios, n_doses)
        Expected participants at each dose [participants].
    dlts, responses : ndarray of float, shape (n_scenarios, n_doses), or None
        Expected participants with the event at each dose [participants]; None if not counted.
    total : ndarray of float, shape (n_scenarios,)
        Expected participants of the trial [participants].
    total_distribution : ndarray of float, shape (n_scenarios, planned + 1)
        Probability of 0, 1, …, planned participants [1].
    early : ndarray of float, shape (n_scenarios,)
        Probability of stopping with fewer than the planned participants [1].
    stopping : mapping of str to ndarray of float
        Probability of each reason to stop [1].
    best : tuple of int or None
        Dose level that the trial should find in each scenario; 0 if none, None if unknown.
    correct : ndarray of float, shape (n_scenarios,), or None
        Probability of selecting it [1]; nan where unknown.
    correct_within : ndarray of float, shape (n_scenarios,), or None
        Probability of selecting a dose whose DLT probability is within the tolerance of the target
        [1].
    overdose_60, overdose_80 : ndarray of float, shape (n_scenarios,), or None
        Probability that more than 60 % (80 %) of the planned participants get doses whose DLT
        probability exceeds the target [1].
    poor_allocation : ndarray of float, shape (n_scenarios,), or None
        Probability that fewer than planned / n_doses participants get the best dose [1]; nan
        where unknown.
    utility : ndarray of float, shape (n_scenarios,), or None
        Expected true utility of the selected dose on the design's scale [1], 0 if none is
        selected.
    errors : mapping of str to ndarray of float
        Monte Carlo standard errors under the names above [1], [participants]; empty if exact.
    sizes : mapping of str to int
        How many states the walk met; empty if simulated.
    delivered : mapping of str to ndarray of float
        Expected participants enrolled, apheresed, infused and evaluable by assigned level
        [participants]; empty if everybody receives what is assigned.
    calendar : mapping of str to ndarray of float
        What a trial takes in time, on average: duration, days without a place and days without a
        patient [d], people enrolled, refused, lost, backfilled and infusions [participants]; empty
        where time is left out.

    Examples
    --------
    >>> from protocyte.design import BOIN, find_characteristics
    >>> found = find_characteristics(
    ...     BOIN(target=0.3, n_doses=2, cohorts=2), [Scenario((0.1, 0.3))]
    ... )
    >>> found.exact, round(float(found.selection.sum() + found.none.sum()), 12)
    (True, 1.0)
    """

    scenarios: tuple[Scenario, ...]
    planned: int
    exact: bool
    trials: int | None
    selection: Floats
    none: Floats
    participants: Floats
    dlts: Floats | None
    responses: Floats | None
    total: Floats
    total_distribution: Floats
    early: Floats
    stopping: Mapping[str, Floats]
    best: tuple[int | None, ...]
    correct: Floats | None
    correct_within: Floats | None
    overdose_60: Floats | None
    overdose_80: Floats | None
    poor_allocation: Floats | None
    utility: Floats | None
    errors: Mapping[str, Floats]
    sizes: Mapping[str, int]
    delivered: Mapping[str, Floats] = field(default_factory=dict)
    calendar: Mapping[str, Floats] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the characteristics as JSON can hold them, scenario by scenario."""
        return {
            "exact": self.exact,
            "trials": self.trials,
            "planned": self.planned,
            "states": dict(self.sizes),
            "scenarios": [self._row(s) for s in range(len(self.scenarios))],
        }

    def _row(self, s: int) -> dict[str, Any]:
        names = (
            "selection", "none", "participants", "dlts", "responses", "total", "early", "correct",
            "correct_within", "overdose_60", "overdose_80", "poor_allocation", "utility",
        )  # fmt: skip
        row: dict[str, Any] = {"scenario": self.scenarios[s].as_dict(), "best": self.best[s]}
        for name in names:
            values = getattr(self, name)
            row[name] = None if values is None else _plain(values[s])
        row["total_distribution"] = {
            str(n): float(p) for n, p in enumerate(self.total_distribution[s]) if p > 0
        }
        row["stopping"] = {name: float(values[s]) for name, values in self.stopping.items()}
        row["delivered"] = {name: _plain(values[s]) for name, values in self.delivered.items()}
        row["calendar"] = {name: float(values[s]) for name, values in self.calendar.items()}
        row["errors"] = {name: _plain(values[s]) for name, values in self.errors.items()}
        return row


def _plain(value: Any) -> Any:
    """Return a number or a list; None for what is not known."""
    if np.ndim(value):
        return [_plain(item) for item in value]
    return None if np.isnan(value) else float(value)
