"""Several designs before the same truths and, where chance is needed, the same virtual patients."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from protocyte.design.candidate import Candidate
from protocyte.design.comparison import Compared, Comparison, find_yardstick
from protocyte.design.design import Design
from protocyte.design.exact.characteristics import Characteristics
from protocyte.design.exact.walk import find_characteristics
from protocyte.design.scenario import Scenario
from protocyte.errors import DesignError, NumericalError
from protocyte.simulation.calendar import Calendar
from protocyte.simulation.grid_engine import Engine, simulate_tasks

SLOW: Final = 10
"""By how much fewer trials are simulated of designs whose decisions take time."""
MEMORY: Final = 0.25
"""What a walk may take in a comparison [GB]."""


def simulate_comparison(
    candidates: Sequence[Candidate],
    scenarios: Sequence[Scenario],
    *,
    target: float | None = None,
    trials: int = 10_000,
    memory: float = MEMORY,
    engine: Engine = "serial",
    progress: Callable[[int], object] | None = None,
    rng: np.random.Generator,
) -> Comparison:
    """Find what several designs do: exactly where a walk fits, by simulated trials elsewhere.

    Parameters
    ----------
    candidates : sequence of Candidate
        The designs, the protocol's own first.
    scenarios : sequence of Scenario
        The truths.
    target : float, optional
        DLT probability that the best dose should have [1]; by the first design's aim otherwise.
    trials : int
        Trials for each scenario where there is no exact answer.
    memory : float
        Memory that an exact walk may take [GB].
    engine : {"serial", "processes", "dask", "ray"}
        Where the designs are run.
    progress : callable, optional
        Told how many designs are done, where they are run one after the other.
    rng : numpy.random.Generator
        Where chance comes from; not touched if all answers are exact.

    Returns
    -------
    Comparison
        Operating characteristics of each design; those that cannot take part are left out with
        the reason.

    Examples
    --------
    >>> import numpy as np
    >>> from protocyte.design import BOIN, ThreePlusThree
    >>> designs = [Candidate("BOIN", BOIN(target=0.3, n_doses=2, cohorts=4)),
    ...            Candidate("3+3", ThreePlusThree(n_doses=2))]
    >>> found = simulate_comparison(
    ...     designs, [Scenario((0.1, 0.3))], rng=np.random.default_rng(1))
    >>> [compared.found.exact for compared in found.designs]
    [True, True]
    """
    yardstick = find_yardstick(candidates, scenarios, target=target)
    ready = [(c, c.design) for c in candidates if c.design is not None]
    left_out = [candidate for candidate in candidates if candidate.design is None]
    people = max((design.planned for _, design in ready), default=0)
    tasks = [
        _Meeting(design, tuple(scenarios), yardstick.target, trials, people, memory, rng)
        for _, design in ready
    ]
    compared = []
    for (candidate, _), (found, why) in zip(
        ready, simulate_tasks(tasks, engine=engine, progress=progress), strict=True
    ):
        if found is None:
            left_out.append(Candidate(candidate.label, None, missing=why))
        else:
            compared.append(Compared(candidate, found, why))
    return Comparison(tuple(scenarios), yardstick, tuple(compared), tuple(left_out))


@final
@dataclass(frozen=True, slots=True, eq=False)
class _Meeting:
    """One design before the truths and, if need be, virtual patients that all designs meet."""

    design: Design
    scenarios: tuple[Scenario, ...]
    target: float | None
    trials: int
    people: int
    memory: float
    rng: np.random.Generator

    def run(self) -> tuple[Characteristics | None, str]:
        """Walk, or simulate and say why; or say why neither can be."""
        try:
            found = find_characteristics(
                self.design, self.scenarios, target=self.target, memory=self.memory
            )
        except (DesignError, NumericalError, MemoryError) as error:
            why = str(error) or "The walk does not fit into memory."
        else:
            return found, ""
        from protocyte.simulation.designs import sample_patient_draws, simulate_design

        # A copy of the source of chance gives every design the same patients.
        trials = self.trials if not self.design.seconds_a_state else max(self.trials // SLOW, 100)
        draws = sample_patient_draws(trials, self.people, rng=copy.deepcopy(self.rng))
        try:
            found = simulate_design(self.design, self.scenarios, draws=draws, target=self.target)
        except DesignError as error:
            return None, str(error)
        return found, why


def simulate_calendars(
    candidates: Sequence[Candidate],
    scenarios: Sequence[Scenario],
    calendar: Calendar,
    *,
    target: float | None = None,
    trials: int = 10_000,
    progress: Callable[[int], object] | None = None,
    rng: np.random.Generator,
) -> tuple[dict[str, Characteristics], dict[str, str]]:
    """Simulate what several designs do in calendar time.

    Parameters
    ----------
    candidates : sequence of Candidate
        The designs.
    scenarios : sequence of Scenario
        The truths.
    calendar : Calendar
        The conventions of time.
    target : float, optional
        DLT probability that the best dose should have [1]; each design's own by default.
    trials : int
        Trials for each scenario.
    progress : callable, optional
        Told how many designs are done.
    rng : numpy.random.Generator
        Where chance comes from; every design meets the same patients.

    Returns
    -------
    dict of str to Characteristics
        By the label of the design.
    dict of str to str
        Designs that cannot be run in time, with the reason.

    Examples
    --------
    >>> import numpy as np
    >>> from protocyte.design import BOIN
    >>> found, left_out = simulate_calendars(
    ...     [Candidate("BOIN", BOIN(target=0.3, n_doses=3, cohorts=4))],
    ...     [Scenario((0.1, 0.3, 0.5))], Calendar(gap=10, window=28), trials=100,
    ...     rng=np.random.default_rng(1))
    >>> list(found), left_out
    (['BOIN'], {})
    """
    from protocyte.simulation.calendar_characteristics import simulate_calendar

    found: dict[str, Characteristics] = {}
    left_out = {c.label: c.missing for c in candidates if c.design is None}
    for done, candidate in enumerate(candidates):
        if progress is not None:
            progress(done)
        if candidate.design is None:
            continue
        try:
            found[candidate.label] = simulate_calendar(
                candidate.design,
                scenarios,
                calendar,
                trials=trials,
                target=target,
                rng=copy.deepcopy(rng),
            )
        except DesignError as error:
            left_out[candidate.label] = str(error)
    return found, left_out
