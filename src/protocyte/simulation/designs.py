"""Simulated trials of a design, decided by the very rule that decides real ones.

For designs whose states are too many to walk, and as a check of those that are not. A design is
asked about every state once, and trials follow the answers in compiled code; one that draws lots
is asked trial by trial. A participant is a pair of uniform numbers, one for toxicity and one for
response, so that the same participants can meet several designs and several truths.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from protocyte.design.correlation import find_response_given_toxicity
from protocyte.design.decision import WITHOUT_DOSE, Reason
from protocyte.design.design import Design
from protocyte.design.exact.characteristics import Characteristics
from protocyte.design.exact.kernel import Kernel
from protocyte.design.exact.tally import Ending, find_sums
from protocyte.design.scenario import Scenario
from protocyte.design.state import Booleans, Floats, Integers, States
from protocyte.errors import DesignError

BLOCK: Final = 20_000
"""Trials that are simulated at once."""
FINE: Final = 2.0**26
"""Digits of a virtual patient's number beyond this decide draws, not events."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class PatientDraws:
    """Virtual patients of many trials, before any dose or truth is known.

    Parameters
    ----------
    uniform : ndarray of float, shape (trials, participants, 2)
        For toxicity and for response, a number between 0 and 1 [1]: the event happens where it is
        below the event's probability.

    Examples
    --------
    >>> import numpy as np
    >>> PatientDraws(np.full((100, 30, 2), 0.5)).trials
    100
    """

    uniform: Floats

    @property
    def trials(self) -> int:
        """How many trials they are for."""
        return int(self.uniform.shape[0])

    @property
    def participants(self) -> int:
        """How many participants there are for a trial."""
        return int(self.uniform.shape[1])


def sample_patient_draws(
    trials: int, participants: int, *, rng: np.random.Generator
) -> PatientDraws:
    """Draw the virtual patients of many trials.

    Parameters
    ----------
    trials : int
        How many trials.
    participants : int
        How many participants a trial may need.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    PatientDraws
        The patients, to be used with any design and truth.

    Examples
    --------
    >>> import numpy as np
    >>> sample_patient_draws(10, 30, rng=np.random.default_rng(1)).uniform.shape
    (10, 30, 2)
    """
    return PatientDraws(rng.random((trials, participants, 2)))


def simulate_design(
    design: Design,
    scenarios: Sequence[Scenario],
    *,
    trials: int = 10_000,
    draws: PatientDraws | None = None,
    target: float | None = None,
    tolerance: float = 0.05,
    rng: np.random.Generator | None = None,
) -> Characteristics:
    """Simulate what a design does if a scenario is true.

    Parameters
    ----------
    design : Design
        What is run.
    scenarios : sequence of Scenario
        The truths; the same virtual patients meet them all.
    trials : int
        How many trials for each scenario, unless the draws say it.
    draws : PatientDraws, optional
        Virtual patients that are shared with other designs.
    target : float, optional
        DLT probability that the best dose should have [1]; the design's own by default.
    tolerance : float
        How far from the target a dose may be to count as correct within tolerance [1].
    rng : numpy.random.Generator, optional
        Where chance comes from, if there are no draws.

    Returns
    -------
    Characteristics
        Shares of trials, with Monte Carlo standard errors.

    Raises
    ------
    DesignError
        If there is no source of chance, too few patients, or a scenario does not fit the design.

    Examples
    --------
    >>> import numpy as np
    >>> from protocyte.design import BOIN, Scenario
    >>> found = simulate_design(
    ...     BOIN(target=0.3, n_doses=3, cohorts=4), [Scenario((0.1, 0.3, 0.5))],
    ...     trials=1000, rng=np.random.default_rng(1),
    ... )
    >>> found.exact, found.trials
    (False, 1000)
    """
    count = trials if draws is None else draws.trials
    if count < 1:
        raise DesignError(f"{count} trials show nothing; simulate at least 1.")
    if draws is None and rng is None:
        raise DesignError("There is no source of chance; give rng= or draws=.")
    if draws is not None and draws.participants < design.planned:
        raise DesignError(
            f"There are draws for {draws.participants} participants a trial and the design treats "
            f"up to {design.planned}; draw more."
        )
    Kernel(design.features, tuple(scenarios), n_doses=design.n_doses, planned=design.planned)
    return find_sums(
        design,
        scenarios,
        _endings(design, scenarios, count, draws, rng),
        target=target,
        tolerance=tolerance,
        trials=count,
    )


def _endings(
    design: Design,
    scenarios: Sequence[Scenario],
    trials: int,
    draws: PatientDraws | None,
    rng: np.random.Generator | None,
) -> Iterator[Ending]:
    """Run the trials, the fastest way that the design allows."""
    if _draws_lots(design):
        return _plain_endings(design, scenarios, _blocks(design, trials, draws, rng), trials)
    # Compiled code is loaded where trials are simulated, not by commands that read.
    from protocyte.simulation.compiled import StateMachine

    machine = StateMachine(design, scenarios)
    if draws is not None:
        return machine.endings(trials, draws.uniform)
    return machine.endings(trials, 0 if rng is None else int(rng.integers(0, 2**63)))


def _draws_lots(design: Design) -> bool:
    """Whether chance has a say in the design's decisions."""
    start = design.start()
    counts = np.zeros((1, design.n_doses, len(design.features)), dtype=np.int16)
    counts[0, start.dose, 0] = start.size
    states = States(design.features, counts, np.array([start.dose]), counts[:, start.dose])
    return design.chance_states(states) is not None


def _plain_endings(
    design: Design, scenarios: Sequence[Scenario], blocks: Iterator[Floats], trials: int
) -> Iterator[Ending]:
    """Run the trials of every block in every scenario, and select a dose in each."""
    for block in blocks:
        for s, scenario in enumerate(scenarios):
            counts, reasons = _run(design, scenario, block)
            for value in np.unique(reasons):
                here, reason = reasons == value, Reason(int(value))
                nowhere = np.full(np.count_nonzero(here), -1)
                states = States(design.features, counts[here], nowhere)
                selected = nowhere if reason in WITHOUT_DOSE else design.select_states(states)
                mass = np.full((1, len(nowhere)), 1 / trials)
                yield Ending(states, selected, reason, mass, first=s)


def _blocks(
    design: Design, trials: int, draws: PatientDraws | None, rng: np.random.Generator | None
) -> Iterator[Floats]:
    """Return the virtual patients of some trials at a time."""
    for first in range(0, trials, BLOCK):
        some = min(BLOCK, trials - first)
        if draws is not None:
            yield draws.uniform[first : first + some]
        elif rng is not None:
            yield sample_patient_draws(some, design.planned, rng=rng).uniform


def _run(design: Design, scenario: Scenario, uniform: Floats) -> tuple[Integers, Integers]:
    """Run trials to their ends: final counts, and reasons to stop."""
    trials = len(uniform)
    start = design.start()
    counts = np.zeros((trials, design.n_doses, len(design.features)), dtype=np.int16)
    reasons = np.zeros(trials, dtype=np.int8)
    running, treated = np.arange(trials), np.zeros(trials, dtype=np.int64)
    dose, size = np.full(trials, start.dose), np.full(trials, start.size)
    while len(running):
        place = np.arange(size.max())
        present = place < size[:, np.newaxis]
        which = np.minimum(treated[:, np.newaxis] + place, uniform.shape[1] - 1)
        cohort = _observe(
            design.features, scenario, dose, uniform[running[:, np.newaxis], which], present
        )
        counts[running, dose] += cohort
        states = States(design.features, counts[running], dose, cohort)
        final = np.minimum(treated + size - 1, uniform.shape[1] - 1)
        steps = design.decide_states(_draw(design, states, uniform[running, final, 0]))
        reasons[running] = steps.reason
        going = ~steps.stopped
        running, treated = running[going], (treated + size)[going]
        dose, size = steps.dose[going].astype(np.int64), steps.size[going].astype(np.int64)
    return counts, reasons


def _draw(design: Design, states: States, uniform: Floats) -> States:
    """Draw the next dose of each trial, if the design randomises.

    The digits of a uniform number that are too fine to decide an event are uniform themselves:
    the draw is the same whenever the same virtual patients come.
    """
    chances = design.chance_states(states)
    if chances is None:
        return states
    luck = (uniform * FINE) % 1
    lots = (np.cumsum(chances, axis=1) <= luck[:, np.newaxis]).sum(axis=1)
    last = chances.shape[1] - 1 - np.argmax(chances[:, ::-1] > 0, axis=1)
    return states.drawn(np.arange(len(states)), np.minimum(lots, last))


def _observe(
    features: tuple[str, ...],
    scenario: Scenario,
    dose: Integers,
    uniform: Floats,
    present: Booleans,
) -> Integers:
    """Return what each trial's cohort shows."""
    tox, eff = np.zeros_like(present), np.zeros_like(present)
    if scenario.tox is not None:
        tox = present & (uniform[:, :, 0] < np.array(scenario.tox)[dose][:, np.newaxis])
    if scenario.eff is not None:
        without, with_tox = find_response_given_toxicity(scenario)
        chance = np.where(tox, with_tox[dose][:, np.newaxis], without[dose][:, np.newaxis])
        eff = present & (uniform[:, :, 1] < chance)
    seen = {"n": present, "tox": tox, "eff": eff, "both": tox & eff}
    return np.stack([seen[feature].sum(axis=1, dtype=np.int16) for feature in features], axis=1)
