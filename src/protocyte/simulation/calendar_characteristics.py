"""Operating characteristics of a design in calendar time, by simulation."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from protocyte.design.decision import WITHOUT_DOSE, Reason
from protocyte.design.design import Design
from protocyte.design.exact.characteristics import Characteristics
from protocyte.design.exact.kernel import Kernel
from protocyte.design.exact.tally import Ending, find_sums
from protocyte.design.scenario import Scenario
from protocyte.design.state import Floats, Integers, States
from protocyte.errors import DesignError
from protocyte.simulation.calendar import Calendar

BLOCK: Final = 1 << 15
"""Trials that are simulated at once."""
MULTIPLIER: Final = 0x9E3779B97F4A7C15


def simulate_calendar(
    design: Design,
    scenarios: Sequence[Scenario],
    calendar: Calendar,
    *,
    trials: int = 10_000,
    target: float | None = None,
    tolerance: float = 0.05,
    rng: np.random.Generator,
) -> Characteristics:
    """Simulate what a design does in calendar time if a scenario is true.

    Parameters
    ----------
    design : Design
        What is run: a late-onset design, or any design that counts, which then waits for complete
        outcomes.
    scenarios : sequence of Scenario
        The truths; the same virtual patients meet them all.
    calendar : Calendar
        The conventions of time.
    trials : int
        How many trials for each scenario.
    target : float, optional
        DLT probability that the best dose should have [1]; the design's own by default.
    tolerance : float
        How far from the target a dose may be to count as correct within tolerance [1].
    rng : numpy.random.Generator
        Where chance comes from; the same state gives every design the same patients.

    Returns
    -------
    Characteristics
        Shares and means with Monte Carlo standard errors, those of the calendar among them.

    Raises
    ------
    DesignError
        If the calendar or a scenario does not fit the design.

    Examples
    --------
    >>> import numpy as np
    >>> from protocyte.design import BOIN, Scenario
    >>> found = simulate_calendar(
    ...     BOIN(target=0.3, n_doses=3, cohorts=4), [Scenario((0.1, 0.3, 0.5))],
    ...     Calendar(gap=10, window=28, stagger=(14,)), trials=1000, rng=np.random.default_rng(1),
    ... )
    >>> bool(200 < found.calendar["duration"][0] < 300)
    True
    """
    # The engine needs a compiler, which takes a third of a second to import.
    from protocyte.simulation.calendar_run import simulate_with

    if trials < 1:
        raise DesignError(f"{trials} trials show nothing; simulate at least 1.")
    Kernel(design.features, tuple(scenarios), n_doses=design.n_doses, planned=design.planned)
    seed = int(rng.integers(1 << 63))
    run = simulate_with(design, calendar, seed=seed)
    truths = [calendar.truth(scenario) for scenario in scenarios]
    sums = _Figures(len(truths))

    def endings() -> Iterator[Ending]:
        for first in range(0, trials, BLOCK):
            for s, truth in enumerate(truths):
                block = run(first, min(BLOCK, trials - first), truth)
                sums.add(s, block.figures)
                yield from _endings(design, block.counts, block.reasons, s, trials)

    found = find_sums(
        design, scenarios, endings(), target=target, tolerance=tolerance, trials=trials
    )
    means, errors = sums.means(trials, calendar.infusions_each)
    return replace(found, calendar=means, errors={**found.errors, **errors})


class _Figures:
    """Adds up what trials took."""

    def __init__(self, scenarios: int) -> None:
        self._sums: list[list[Floats]] = [[] for _ in range(scenarios)]

    def add(self, scenario: int, figures: Floats) -> None:
        """Add some trials of a scenario."""
        self._sums[scenario].append(np.stack([figures.sum(axis=0), (figures**2).sum(axis=0)]))

    def means(self, trials: int, each: int) -> tuple[dict[str, Floats], dict[str, Floats]]:
        """Return means and their standard errors."""
        from protocyte.simulation.calendar_complete import FIGURES

        totals = np.array([np.sum(blocks, axis=0) for blocks in self._sums]) / trials
        spread = np.sqrt(np.maximum(totals[:, 1] - totals[:, 0] ** 2, 0.0))
        means, errors = {}, {}
        for place, name in enumerate(FIGURES):
            means[name], errors[name] = totals[:, 0, place], spread[:, place] / np.sqrt(trials)
            if name == "duration":
                means["duration_sd"] = spread[:, place]
            if name == "infused":
                means["infusions"], errors["infusions"] = each * means[name], each * errors[name]
        return means, errors


def _endings(
    design: Design, counts: Integers, reasons: Integers, scenario: int, trials: int
) -> Iterator[Ending]:
    """Select a dose once for every different ending."""
    # The engine needs a compiler.
    from protocyte.simulation.calendar_complete import find_mixed_counts

    columns = np.array([("n", "tox", "eff", "both").index(feature) for feature in design.features])
    # Equal endings have equal products; different ones agree by chance once in ten trillion.
    size = counts.shape[1] * len(columns)
    mixers = np.array([pow(MULTIPLIER, k + 1, 1 << 64) for k in range(size)], np.uint64)
    mixed = np.empty(len(counts), dtype=np.uint64)
    find_mixed_counts(counts, columns, mixers, mixed)
    for value in np.unique(reasons):
        here, reason = np.flatnonzero(reasons == value), Reason(int(value))
        _, places, times = np.unique(mixed[here], return_index=True, return_counts=True)
        some = counts[here[places]][:, :, columns].astype(np.int16)
        states = States(design.features, some, np.full(len(places), -1))
        selected = (
            np.full(len(places), -1) if reason in WITHOUT_DOSE else design.select_states(states)
        )
        yield Ending(states, selected, reason, times[np.newaxis] / trials, first=scenario)
