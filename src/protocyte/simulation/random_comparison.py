"""Designs before many random truths: exactly where a walk fits, by simulated trials elsewhere.

One law: a truth has virtual patients of its own, who meet every design. So the differences between
designs are paired, and the truths stay independent of each other, which standard errors rest on.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, final

import numpy as np

from protocyte.design.averages import Averages, find_averages
from protocyte.design.candidate import Candidate
from protocyte.design.comparison import Compared, Comparison, find_yardstick
from protocyte.design.design import Design
from protocyte.design.exact.characteristics import Characteristics
from protocyte.design.exact.walk import find_characteristics
from protocyte.design.scenario import Scenario
from protocyte.design.state import Floats
from protocyte.errors import DesignError, NumericalError
from protocyte.simulation.comparison import MEMORY, SLOW
from protocyte.simulation.grid_engine import Engine, simulate_tasks

CHUNK: Final = 16
"""Truths of a task."""
TRIALS: Final = 1_000
"""Trials for each truth where they are simulated; their noise is small beside that of truths."""


def simulate_random_comparison(
    candidates: Sequence[Candidate],
    truths: Sequence[Scenario],
    *,
    target: float | None = None,
    trials: int = TRIALS,
    memory: float = MEMORY,
    engine: Engine = "serial",
    progress: Callable[[int], object] | None = None,
    rng: np.random.Generator,
) -> Averages:
    """Find what designs do over many truths.

    Parameters
    ----------
    candidates : sequence of Candidate
        The designs; the others are set against the first.
    truths : sequence of Scenario
        The truths, such as random ones.
    target : float, optional
        DLT probability that the best dose should have [1]; by the first design's aim otherwise.
    trials : int
        Trials for each truth where there is no exact answer.
    memory : float
        Memory that an exact walk may take [GB].
    engine : {"serial", "processes", "dask", "ray"}
        Where the work is done; the numbers do not depend on it.
    progress : callable, optional
        Told how many pieces of `find_pieces` are done, where they are run one after the other.
    rng : numpy.random.Generator
        Where chance comes from; not touched if all answers are exact.

    Returns
    -------
    Averages
        The designs before the truths; those that cannot take part are left out with the reason.

    Raises
    ------
    DesignError
        If there is no truth.

    Examples
    --------
    >>> from protocyte.design import BOIN, ThreePlusThree
    >>> from protocyte.simulation.random_scenario import sample_uniform_scenarios
    >>> rng = np.random.default_rng(1)
    >>> designs = [Candidate("BOIN", BOIN(target=0.3, n_doses=3, cohorts=6)),
    ...            Candidate("3+3", ThreePlusThree(n_doses=3))]
    >>> truths = sample_uniform_scenarios(100, n_doses=3, target=0.3, rng=rng)
    >>> found = simulate_random_comparison(designs, truths, rng=rng)
    >>> found.gap("3+3", "right").mean < 0
    True
    """
    if not truths:
        raise DesignError("There is no truth to compare designs in; give at least one.")
    yardstick = find_yardstick(candidates, truths, target=target)
    ready = [(c, c.design) for c in candidates if c.design is not None]
    left_out = [candidate for candidate in candidates if candidate.design is None]
    chunks = [tuple(truths[i : i + CHUNK]) for i in range(0, len(truths), CHUNK)]
    luck = copy.deepcopy(rng).spawn(len(chunks))
    tasks = [
        _Piece(design, chunk, yardstick.target, trials, memory, chance)
        for _, design in ready
        for chunk, chance in zip(chunks, luck, strict=True)
    ]
    pieces = iter(simulate_tasks(tasks, engine=engine, progress=progress))
    compared = []
    for candidate, _ in ready:
        own = [next(pieces) for _ in chunks]
        parts = [found for found, _ in own if found is not None]
        why = next((text for _, text in own if text), "")
        if len(parts) < len(own):
            left_out.append(Candidate(candidate.label, None, missing=why))
        else:
            compared.append(Compared(candidate, _joined(parts), why))
    return find_averages(Comparison(tuple(truths), yardstick, tuple(compared), tuple(left_out)))


def find_pieces(candidates: Sequence[Candidate], truths: int) -> int:
    """Find into how many pieces the work is cut.

    Parameters
    ----------
    candidates : sequence of Candidate
        The designs.
    truths : int
        How many truths.

    Returns
    -------
    int
        Pieces [1].

    Examples
    --------
    >>> find_pieces([Candidate("none", None, missing="a setting")], 100)
    0
    """
    ready = sum(candidate.design is not None for candidate in candidates)
    return ready * -(-truths // CHUNK)


@final
@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """One design before some truths."""

    design: Design
    truths: tuple[Scenario, ...]
    target: float | None
    trials: int
    memory: float
    rng: np.random.Generator

    def run(self) -> tuple[Characteristics | None, str]:
        """Walk, or simulate and say why; or say why neither can be."""
        try:
            found = find_characteristics(
                self.design, self.truths, target=self.target, memory=self.memory
            )
        except (DesignError, NumericalError, MemoryError) as error:
            why = str(error) or "The walk does not fit into memory."
        else:
            return found, ""
        try:
            return _joined(self._simulated()), why
        except DesignError as error:
            return None, str(error)

    def _simulated(self) -> list[Characteristics]:
        from protocyte.simulation.designs import simulate_design

        trials = self.trials if not self.design.seconds_a_state else max(self.trials // SLOW, 100)
        luck = copy.deepcopy(self.rng).spawn(len(self.truths))
        return [
            simulate_design(self.design, [truth], trials=trials, target=self.target, rng=chance)
            for truth, chance in zip(self.truths, luck, strict=True)
        ]


def _joined(parts: Sequence[Characteristics]) -> Characteristics:
    """Put the characteristics of one design before some truths and before others together."""
    first = parts[0]
    together: dict[str, Any] = {}
    for name in (
        "selection", "none", "participants", "dlts", "responses", "total", "total_distribution",
        "early", "correct", "correct_within", "overdose_60", "overdose_80", "poor_allocation",
        "utility",
    ):  # fmt: skip
        values = [getattr(part, name) for part in parts]
        known = [value for value in values if value is not None]
        together[name] = np.concatenate(known) if len(known) == len(values) else None
    return replace(
        first,
        scenarios=tuple(truth for part in parts for truth in part.scenarios),
        exact=all(part.exact for part in parts),
        trials=next((part.trials for part in parts if part.trials is not None), None),
        best=tuple(level for part in parts for level in part.best),
        stopping=_joined_each([part.stopping for part in parts], [len(p.best) for p in parts]),
        errors={},
        sizes={},
        **together,
    )


def _joined_each(
    parts: Sequence[Mapping[str, Floats]], lengths: Sequence[int]
) -> dict[str, Floats]:
    """Put values by name together; a name that some parts do not have is 0 there."""
    names = dict.fromkeys(name for part in parts for name in part)
    return {
        name: np.concatenate(
            [part.get(name, np.zeros(n)) for part, n in zip(parts, lengths, strict=True)]
        )
        for name in names
    }
