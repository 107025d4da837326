"""Sums over endings of trials, from which operating characteristics are made.

An exact walk and a simulation end here alike: endings with a weight each.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.design import Design
from protocyte.design.exact.characteristics import Characteristics
from protocyte.design.scenario import Scenario, find_nearest_true
from protocyte.design.state import Booleans, Floats, Integers, States
from protocyte.errors import NumericalError

PRECISION: Final = 1e-12
EVENTS: Final = {"n": "participants", "tox": "dlts", "eff": "responses"}


@final
@dataclass(frozen=True, slots=True, eq=False)
class Ending:
    """Endings of trials that have one reason to stop.

    Parameters
    ----------
    states : States
        The endings.
    selected : ndarray of int, shape (n_states,)
        Index of the dose that each selects [1]; -1 for none.
    reason : Reason
        Why they stopped.
    mass : ndarray of float, shape (n_rows, n_states)
        Probability of each in some scenarios [1].
    first : int
        Index of the first of these scenarios.

    Examples
    --------
    >>> states = States(("n", "tox"), np.array([[[3, 3]]]), np.array([-1]))
    >>> Ending(states, np.array([-1]), Reason.TOXIC, np.array([[1.0]])).reason.name
    'TOXIC'
    """

    states: States
    selected: Integers
    reason: Reason
    mass: Floats
    first: int = 0


def find_sums(
    design: Design,
    scenarios: Sequence[Scenario],
    endings: Iterable[Ending],
    *,
    target: float | None = None,
    tolerance: float = 0.05,
    trials: int | None = None,
    sizes: Mapping[str, int] | None = None,
) -> Characteristics:
    """Find the operating characteristics that endings of trials add up to.

    Parameters
    ----------
    design : Design
        What was run.
    scenarios : sequence of Scenario
        The truths.
    endings : iterable of Ending
        Every ending, with its probability in each scenario.
    target : float, optional
        DLT probability that the best dose should have [1]; the design's own by default.
    tolerance : float
        How far from the target a dose may be to count as correct within tolerance [1].
    trials : int, optional
        How many trials were simulated for each scenario; None for an exact walk.
    sizes : mapping of str to int, optional
        How many states the walk met.

    Returns
    -------
    Characteristics
        Probabilities and expectations; standard errors where trials were simulated.

    Examples
    --------
    >>> from protocyte.design import BOIN
    >>> states = States(("n", "tox"), np.array([[[3, 3]]]), np.array([-1]))
    >>> ending = Ending(states, np.array([-1]), Reason.TOXIC, np.array([[1.0]]))
    >>> find_sums(BOIN(target=0.3, n_doses=1), [Scenario((1.0,))], [ending]).none.tolist()
    [1.0]
    """
    tally = _Tally(design, tuple(scenarios), target, tolerance, trials)
    for ending in endings:
        tally.add(ending)
    return tally.characteristics(sizes or {})


def find_exact_sums(
    design: Design,
    scenarios: Sequence[Scenario],
    endings: Iterable[Ending],
    *,
    target: float | None,
    tolerance: float,
    sizes: Mapping[str, int],
) -> Characteristics:
    """Find the operating characteristics of a walk, and see that no probability is lost.

    Parameters
    ----------
    design : Design
        What was run.
    scenarios : sequence of Scenario
        The truths.
    endings : iterable of Ending
        Every ending of the walk, with its probability in each scenario.
    target : float, optional
        DLT probability that the best dose should have [1]; the design's own if None.
    tolerance : float
        How far from the target a dose may be to count as correct within tolerance [1].
    sizes : mapping of str to int
        How many states the walk met; may grow while the endings arise.

    Returns
    -------
    Characteristics
        Probabilities and expectations.

    Raises
    ------
    NumericalError
        If the probabilities do not add up to 1 within 1e-12.

    Examples
    --------
    >>> from protocyte.design import BOIN
    >>> states = States(("n", "tox"), np.array([[[3, 3]]]), np.array([-1]))
    >>> half = Ending(states, np.array([-1]), Reason.TOXIC, np.array([[0.5]]))
    >>> find_exact_sums(
    ...     BOIN(target=0.3, n_doses=1), [Scenario((1.0,))], [half],
    ...     target=None, tolerance=0.05, sizes={})
    Traceback (most recent call last):
    protocyte.errors.NumericalError: The probabilities of all endings add up to 1 ± 5.0e-01, ...
    """
    found = find_sums(design, scenarios, endings, target=target, tolerance=tolerance, sizes=sizes)
    off = float(np.abs(found.selection.sum(axis=1) + found.none - 1).max())
    if not off <= PRECISION:
        raise NumericalError(
            f"The probabilities of all endings add up to 1 ± {off:.1e}, and {PRECISION:g} is "
            f"allowed; simulate this trial instead."
        )
    return found


@final
class _Tally:
    """Adds up endings of trials."""

    def __init__(
        self,
        design: Design,
        scenarios: tuple[Scenario, ...],
        target: float | None,
        tolerance: float,
        trials: int | None,
    ) -> None:
        self.design, self.scenarios, self.trials = design, scenarios, trials
        self.target = design.target if target is None else target
        self.tolerance = tolerance
        self.best = tuple(
            design.best_dose(scenario) if target is None else find_nearest_true(scenario, target)
            for scenario in self.scenarios
        )
        size = len(self.scenarios)
        self._selection = np.zeros((size, design.n_doses + 1))
        self._moments = {
            name: np.zeros((2, size, design.n_doses))
            for feature, name in EVENTS.items()
            if feature in design.features
        }
        self._totals = np.zeros((size, design.planned + 1))
        self._allocation = np.zeros((3, size))
        self._stopping: dict[str, Floats] = {}

    def add(self, ending: Ending) -> None:
        """Add endings that have one reason to stop."""
        states, mass, first = ending.states, ending.mass, ending.first
        rows = slice(first, first + len(mass))
        n_doses, n = self.design.n_doses, states.of("n").astype(float)
        total = states.total()
        if total.size and total.max() >= self._totals.shape[1]:
            more = int(total.max()) + 1 - self._totals.shape[1]
            self._totals = np.pad(self._totals, ((0, 0), (0, more)))
        chosen = np.where(ending.selected < 0, n_doses, ending.selected)
        for s, weight in enumerate(mass, start=first):
            self._selection[s] += np.bincount(chosen, weight, minlength=n_doses + 1)
            self._totals[s] += np.bincount(total, weight, minlength=self._totals.shape[1])
        for feature, name in EVENTS.items():
            if name in self._moments:
                counts = n if feature == "n" else states.of(feature).astype(float)
                self._moments[name][0, rows] += mass @ counts
                if self.trials is not None:
                    self._moments[name][1, rows] += mass @ counts**2
        stopping = self._stopping.setdefault(
            ending.reason.name.lower(), np.zeros(len(self.scenarios))
        )
        stopping[rows] += mass.sum(axis=1)
        self._add_allocation(n, mass, rows)

    def _add_allocation(self, n: Floats, mass: Floats, rows: slice) -> None:
        planned = self.design.planned
        above = self._overdoses
        for s, weight in enumerate(mass, start=rows.start):
            if above[s].any():
                overdosed = 10 * n[:, above[s]].sum(axis=1)
                for share, limit in enumerate((6, 8)):
                    self._allocation[share, s] += weight[overdosed > limit * planned].sum()
            best = self.best[s]
            if best is not None and best >= 0:
                few = n[:, best] * self.design.n_doses < planned
                self._allocation[2, s] += weight[few].sum()

    @property
    def _overdoses(self) -> Booleans:
        """Return which doses are more toxic than the target, shape (n_scenarios, n_doses)."""
        if self.target is None or any(scenario.tox is None for scenario in self.scenarios):
            return np.zeros((len(self.scenarios), self.design.n_doses), dtype=bool)
        truths = np.array([scenario.tox for scenario in self.scenarios])
        overdoses: Booleans = truths > self.target + 1e-12
        return overdoses

    def characteristics(self, sizes: Mapping[str, int]) -> Characteristics:
        """Return what was added up."""
        planned, n_doses = self.design.planned, self.design.n_doses
        selection = self._selection[:, :n_doses]
        means = {name: moments[0] for name, moments in self._moments.items()}
        toxic = self.target is not None and "tox" in self.design.features
        values: dict[str, Floats | None] = {
            "selection": selection,
            "none": self._selection[:, n_doses],
            "participants": means["participants"],
            "dlts": means.get("dlts"),
            "responses": means.get("responses"),
            "total": self._totals @ np.arange(self._totals.shape[1]),
            "early": self._totals[:, :planned].sum(axis=1),
            "correct": self._correct(),
            "correct_within": self._correct_within(selection) if toxic else None,
            "overdose_60": self._allocation[0] if toxic else None,
            "overdose_80": self._allocation[1] if toxic else None,
            "poor_allocation": self._where_best(self._allocation[2]),
            "utility": self._utility(power=1),
        }
        return Characteristics(
            scenarios=self.scenarios,
            planned=planned,
            exact=self.trials is None,
            trials=self.trials,
            total_distribution=self._totals,
            stopping=dict(sorted(self._stopping.items())),
            best=tuple(None if best is None else best + 1 for best in self.best),
            errors={} if self.trials is None else self._errors(values, self.trials),
            sizes=dict(sizes),
            **values,  # type: ignore[arg-type]
        )

    def _correct(self) -> Floats | None:
        """Return the probability of selecting the best dose, or none where none is best."""
        chosen = [
            np.nan if best is None else row[best]
            for best, row in zip(self.best, self._selection, strict=True)
        ]
        return None if all(best is None for best in self.best) else np.array(chosen)

    def _correct_within(self, selection: Floats) -> Floats:
        target = self.target or 0.0
        truths = np.array([scenario.tox for scenario in self.scenarios])
        near: Booleans = np.abs(truths - target) <= self.tolerance + 1e-12
        correct: Floats = (selection * near).sum(axis=1)
        return correct

    def _where_best(self, values: Floats) -> Floats | None:
        known = np.array([best is not None and best >= 0 for best in self.best])
        return np.where(known, values, np.nan) if known.any() else None

    def _utility(self, *, power: int) -> Floats | None:
        worth = [self.design.utilities(scenario) for scenario in self.scenarios]
        if any(values is None for values in worth):
            return None
        selection = self._selection[:, :-1]
        mean: Floats = (selection * np.array(worth, dtype=float) ** power).sum(axis=1)
        return mean

    def _errors(self, values: Mapping[str, Floats | None], trials: int) -> dict[str, Floats]:
        """Return Monte Carlo standard errors: of shares, and of means by their variance."""
        second = {name: moments[1] for name, moments in self._moments.items()}
        second["total"] = self._totals @ np.arange(self._totals.shape[1]) ** 2.0
        utility = self._utility(power=2)
        if utility is not None:
            second["utility"] = utility
        errors = {}
        for name, mean in values.items():
            if mean is not None:
                square = second.get(name, mean)
                errors[name] = np.sqrt(np.maximum(square - mean**2, 0.0) / trials)
        return errors
