"""Many designs before many truths, under many settings: one table, on one machine or a cluster.

Where a walk fits the answer is exact, elsewhere trials are simulated; the same virtual patients
come to every design. The work is cut into tasks that know all they need, so that the numbers are
the same whatever engine runs them, and however many workers it has.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, final

import numpy as np
import polars as pl

from protocyte.design.correlation import find_linked
from protocyte.design.delivery import Delivery
from protocyte.design.design import Design
from protocyte.design.exact.characteristics import Characteristics
from protocyte.design.exact.delivered import find_delivered_characteristics
from protocyte.design.exact.walk import find_characteristics
from protocyte.design.scenario import Scenario
from protocyte.errors import DesignError, NumericalError
from protocyte.simulation.delivered import simulate_delivery
from protocyte.simulation.designs import simulate_design
from protocyte.simulation.grid_engine import Engine, simulate_tasks

CHUNK: Final = 16
"""Truths of a task."""
AVERAGED: Final = (
    "correct", "correct_within", "none", "total", "early", "overdose_60", "overdose_80",
    "poor_allocation", "utility",
)  # fmt: skip


@final
@dataclass(frozen=True, slots=True)
class Cell:
    """Where a design meets some truths under one setting.

    Parameters
    ----------
    design : str
        Name of the design.
    correlation : float or None
        Correlation of toxicity and response [1]; None for the scenario's own.
    delivery : str
        Name of the delivery; empty if everybody receives what is assigned.
    found : Characteristics
        What the design does there.

    Examples
    --------
    >>> from protocyte.design import BOIN
    >>> found = find_characteristics(BOIN(target=0.3, n_doses=1, cohorts=1), [Scenario((0.2,))])
    >>> Cell("BOIN", None, "", found).design
    'BOIN'
    """

    design: str
    correlation: float | None
    delivery: str
    found: Characteristics


@final
@dataclass(frozen=True, slots=True)
class Grid:
    """Operating characteristics of designs before truths, under settings.

    Parameters
    ----------
    cells : tuple of Cell
        What was found, design by design, setting by setting, truths in their order.

    Examples
    --------
    >>> Grid(()).cells
    ()
    """

    cells: tuple[Cell, ...]

    def frame(self) -> pl.DataFrame:
        """Return a row for each design, setting and truth.

        Returns
        -------
        polars.DataFrame
            Names, whether exact, and the characteristics; lists have an entry a dose.
        """
        return pl.DataFrame(list(self._rows()), infer_schema_length=None)

    def average(self) -> pl.DataFrame:
        """Return the mean over all truths, with the standard error of a mean over random truths.

        Returns
        -------
        polars.DataFrame
            A row for each design and setting: number of truths, and for each characteristic its
            mean and, under its name and "_error", the SD over truths by the root of their number.
        """
        by = ["design", "correlation", "delivery"]
        columns = [pl.len().alias("scenarios"), pl.col("exact").all()]
        for name in AVERAGED:
            columns += [
                pl.col(name).mean(),
                (pl.col(name).std() / pl.col(name).count().sqrt()).alias(f"{name}_error"),
            ]
        return self.frame().group_by(by, maintain_order=True).agg(columns)

    def _rows(self) -> Iterator[dict[str, Any]]:
        for cell in self.cells:
            told = cell.found.as_dict()
            for scenario, row in zip(cell.found.scenarios, told["scenarios"], strict=True):
                yield {
                    "design": cell.design,
                    "correlation": cell.correlation,
                    "delivery": cell.delivery,
                    "scenario": scenario.name,
                    "exact": told["exact"],
                    "best": row["best"],
                    "selection": row["selection"],
                    "participants": row["participants"],
                    **{name: _number(row[name]) for name in AVERAGED},
                }


@final
@dataclass(frozen=True, slots=True)
class Task:
    """A design, some truths, one setting: what one worker does at a time.

    Parameters
    ----------
    design : tuple of str and Design
        Name and design.
    scenarios : tuple of Scenario
        The truths.
    correlation : float or None
        Correlation of toxicity and response [1]; None for the scenarios' own.
    delivery : tuple of str and Delivery, or None
        Name and delivery; None if everybody receives what is assigned.
    how : {"exact", "simulated", "where it fits"}
        How to answer.
    trials : int
        Trials for each truth where they are simulated.
    target : float or None
        DLT probability that the best dose should have [1]; None for the design's own.
    memory : float
        Memory that a walk may take [GB].
    rng : numpy.random.Generator
        Where chance comes from: the same for every task.

    Examples
    --------
    >>> from protocyte.design import BOIN
    >>> task = Task(("B", BOIN(target=0.3, n_doses=1, cohorts=2)), (Scenario((0.3,)),), None, None,
    ...             "exact", 100, None, 1.0, np.random.default_rng(1))
    >>> task.run().found.exact
    True
    """

    design: tuple[str, Design]
    scenarios: tuple[Scenario, ...]
    correlation: float | None
    delivery: tuple[str, Delivery] | None
    how: Literal["where it fits", "exact", "simulated"]
    trials: int
    target: float | None
    memory: float
    rng: np.random.Generator

    def run(self) -> Cell:
        """Walk or simulate."""
        scenarios = self.scenarios
        if self.correlation is not None:
            scenarios = tuple(find_linked(truth, self.correlation) for truth in scenarios)
        name = self.delivery[0] if self.delivery else ""
        return Cell(self.design[0], self.correlation, name, self._find(scenarios))

    def _find(self, scenarios: tuple[Scenario, ...]) -> Characteristics:
        if self.how != "simulated":
            try:
                return self._walk(scenarios)
            except (DesignError, NumericalError):
                if self.how == "exact":
                    raise
        rng = copy.deepcopy(self.rng)
        if self.delivery is None:
            return simulate_design(
                self.design[1], scenarios, trials=self.trials, target=self.target, rng=rng
            )
        return simulate_delivery(
            self.design[1],
            scenarios,
            self.delivery[1],
            trials=self.trials,
            target=self.target,
            rng=rng,
        )

    def _walk(self, scenarios: tuple[Scenario, ...]) -> Characteristics:
        if self.delivery is None:
            return find_characteristics(
                self.design[1], scenarios, target=self.target, memory=self.memory
            )
        return find_delivered_characteristics(
            self.design[1], scenarios, self.delivery[1], target=self.target, memory=self.memory
        )


def simulate_grid(
    designs: Mapping[str, Design],
    scenarios: Sequence[Scenario],
    *,
    correlations: Sequence[float | None] = (None,),
    deliveries: Mapping[str, Delivery | None] | None = None,
    how: Literal["where it fits", "exact", "simulated"] = "where it fits",
    trials: int = 10_000,
    target: float | None = None,
    memory: float = 1.0,
    engine: Engine = "processes",
    workers: int | None = None,
    rng: np.random.Generator,
) -> Grid:
    """Find what designs do before many truths, under every combination of settings.

    Parameters
    ----------
    designs : mapping of str to Design
        The designs, by name.
    scenarios : sequence of Scenario
        The truths.
    correlations : sequence of float or None
        Correlations of toxicity and response [1] to try; None leaves the scenarios as they are.
    deliveries : mapping of str to Delivery or None, optional
        Ways in which received doses differ from assigned ones, by name; None for not at all.
    how : {"where it fits", "exact", "simulated"}
        Whether to walk where memory allows and simulate elsewhere, or to insist on one.
    trials : int
        Trials for each truth where they are simulated.
    target : float, optional
        DLT probability that the best dose should have [1]; each design's own by default.
    memory : float
        Memory that one walk may take [GB]; each worker may take as much.
    engine : {"processes", "serial", "dask", "ray"}
        What runs the tasks; the numbers do not depend on it.
    workers : int, optional
        How many at a time; all processors, or the whole cluster, by default.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    Grid
        What was found, in the order of designs, correlations, deliveries and scenarios.

    Raises
    ------
    DesignError
        If a design and a scenario do not fit, or a walk that was insisted on is too large.
    MissingExtraError
        If the engine is not installed.

    Examples
    --------
    >>> from protocyte.design import BOIN, ThreePlusThree
    >>> grid = simulate_grid(
    ...     {"BOIN": BOIN(target=0.3, n_doses=2, cohorts=4), "3+3": ThreePlusThree(2)},
    ...     [Scenario((0.1, 0.3), name="A"), Scenario((0.3, 0.5), name="B")],
    ...     target=0.3, engine="serial", rng=np.random.default_rng(1),
    ... )
    >>> grid.frame().select("design", "scenario", "exact", "best").rows()
    [('BOIN', 'A', True, 2), ('BOIN', 'B', True, 1), ('3+3', 'A', True, 2), ('3+3', 'B', True, 1)]
    """
    if not designs or not scenarios:
        raise DesignError(
            f"A grid of {len(designs)} designs and {len(scenarios)} scenarios is empty; give at "
            f"least one of each."
        )
    for name, design in designs.items():
        for scenario in scenarios:
            if scenario.n_doses != design.n_doses:
                raise DesignError(
                    f"Scenario {scenario.name!r} describes {scenario.n_doses} doses and design "
                    f"{name!r} has {design.n_doses}; let all of a grid have the same doses."
                )
    tasks = [
        Task(
            (name, design),
            tuple(scenarios[first : first + CHUNK]),
            correlation,
            None if delivery is None else (label, delivery),
            how,
            trials,
            target,
            memory,
            rng,
        )
        for name, design in designs.items()
        for correlation in correlations
        for label, delivery in (deliveries or {"": None}).items()
        for first in range(0, len(scenarios), CHUNK)
    ]
    return Grid(tuple(simulate_tasks(tasks, engine=engine, workers=workers)))


def _number(value: Any) -> float:
    """Return a number; nan for what is not known."""
    return float("nan") if value is None else float(value)
