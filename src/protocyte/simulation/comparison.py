"""Several designs before the same truths and, where chance is needed, the same virtual patients."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from protocyte.design.catalogue.comparison import Candidate
from protocyte.design.comparison import Compared, Comparison, find_yardstick
from protocyte.design.design import Design
from protocyte.design.exact.characteristics import Characteristics
from protocyte.design.exact.walk import find_characteristics
from protocyte.design.scenario import Scenario
from protocyte.errors import DesignError, NumericalError
from protocyte.simulation.designs import PatientDraws, sample_patient_draws, simulate_design

MEMORY: Final = 1.0
"""What a walk may take in a comparison [GB]."""


def simulate_comparison(
    candidates: Sequence[Candidate],
    scenarios: Sequence[Scenario],
    *,
    target: float | None = None,
    trials: int = 10_000,
    memory: float = MEMORY,
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
    arena = _Arena(tuple(scenarios), yardstick.target, trials, memory, rng)
    compared: list[Compared] = []
    left_out: list[Candidate] = []
    arena.participants = max((c.design.planned for c in candidates if c.design), default=0)
    for candidate in candidates:
        if candidate.design is None:
            left_out.append(candidate)
            continue
        try:
            found, why = arena.run(candidate.design)
        except DesignError as error:
            left_out.append(Candidate(candidate.label, None, missing=str(error)))
        else:
            compared.append(Compared(candidate, found, why))
    return Comparison(tuple(scenarios), yardstick, tuple(compared), tuple(left_out))


@final
@dataclass(slots=True)
class _Arena:
    """Where designs meet the same truths and, if need be, the same virtual patients."""

    scenarios: tuple[Scenario, ...]
    target: float | None
    trials: int
    memory: float
    rng: np.random.Generator
    participants: int = 0
    draws: PatientDraws | None = None

    def run(self, design: Design) -> tuple[Characteristics, str]:
        """Walk, or simulate and say why."""
        try:
            found = find_characteristics(
                design, self.scenarios, target=self.target, memory=self.memory
            )
        except (DesignError, NumericalError, MemoryError) as error:
            why = str(error) or "The walk does not fit into memory."
        else:
            return found, ""
        if self.draws is None:
            self.draws = sample_patient_draws(self.trials, self.participants, rng=self.rng)
        found = simulate_design(design, self.scenarios, draws=self.draws, target=self.target)
        return found, why
