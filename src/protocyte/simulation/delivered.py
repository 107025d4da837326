"""Simulated trials in which the received dose may differ from the assigned one.

Every place of a cohort is filled participant by participant: apheresed or not, infused or not, with
which level, evaluable or not, and replaced as the protocol says. Participants are numbered, and all
that happens to one follows from the seed, the trial and that number, so that the same participants
come to every design and every truth.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from protocyte.design.correlation import find_response_given_toxicity
from protocyte.design.decision import WITHOUT_DOSE, Reason
from protocyte.design.delivery import Delivery, find_delivered_chances, find_delivered_steps
from protocyte.design.design import Design
from protocyte.design.exact.characteristics import Characteristics
from protocyte.design.exact.delivered import NUMBERS
from protocyte.design.exact.kernel import Kernel
from protocyte.design.exact.tally import Ending, find_sums
from protocyte.design.scenario import Scenario
from protocyte.design.state import Booleans, Floats, Integers, States
from protocyte.errors import DesignError

BLOCK: Final = 20_000
"""Trials that are simulated at once."""
FATES: Final = 7
"""Random numbers of a participant; the last draws the dose of the cohort after."""


def simulate_delivery(
    design: Design,
    scenarios: Sequence[Scenario],
    delivery: Delivery,
    *,
    trials: int = 10_000,
    target: float | None = None,
    tolerance: float = 0.05,
    rng: np.random.Generator,
) -> Characteristics:
    """Simulate what a design does if the received dose may differ from the assigned one.

    Parameters
    ----------
    design : Design
        What is run.
    scenarios : sequence of Scenario
        The truths: events at each *received* level; the same participants meet them all.
    delivery : Delivery
        What becomes of a participant to whom a level is assigned.
    trials : int
        How many trials for each scenario.
    target : float, optional
        DLT probability that the best dose should have [1]; the design's own by default.
    tolerance : float
        How far from the target a dose may be to count as correct within tolerance [1].
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    Characteristics
        Shares of trials, with Monte Carlo standard errors; `delivered` says how many were enrolled,
        apheresed, infused and evaluable.

    Raises
    ------
    DesignError
        If delivery and design do not fit, or there are no trials.

    Examples
    --------
    >>> import numpy as np
    >>> from protocyte.design import BOIN
    >>> delivery = Delivery(((1, 0), (0.3, 0.7)), infused=(0.9, 0.8))
    >>> found = simulate_delivery(
    ...     BOIN(target=0.3, n_doses=2, cohorts=3), [Scenario((0.1, 0.3))], delivery,
    ...     trials=1000, rng=np.random.default_rng(1),
    ... )
    >>> bool(found.delivered["enrolled"].sum() > found.delivered["infused"].sum())
    True
    """
    if trials < 1:
        raise DesignError(f"{trials} trials show nothing; simulate at least 1.")
    if delivery.n_doses != design.n_doses:
        raise DesignError(
            f"Delivery describes {delivery.n_doses} levels and the design has {design.n_doses}; "
            f"describe each."
        )
    Kernel(design.features, tuple(scenarios), n_doses=design.n_doses, planned=design.planned)
    seed = int(rng.integers(0, 2**63))
    sums = {name: np.zeros((2, len(scenarios), design.n_doses)) for name in NUMBERS}
    found = find_sums(
        design,
        scenarios,
        _endings(design, scenarios, delivery, trials, seed=seed, sums=sums),
        target=target,
        tolerance=tolerance,
        trials=trials,
    )
    means = {name: moments[0] / trials for name, moments in sums.items()}
    errors = {
        name: np.sqrt(np.maximum(moments[1] / trials - means[name] ** 2, 0) / trials)
        for name, moments in sums.items()
    }
    return replace(found, delivered=means, errors={**found.errors, **errors})


def _endings(
    design: Design,
    scenarios: Sequence[Scenario],
    delivery: Delivery,
    trials: int,
    *,
    seed: int,
    sums: dict[str, Floats],
) -> Iterator[Ending]:
    """Run trials in every scenario; count their participants, and give their endings."""
    for first in range(0, trials, BLOCK):
        some = np.arange(first, min(first + BLOCK, trials))
        for s, scenario in enumerate(scenarios):
            block = _Block(design, scenario, delivery, seed, some)
            block.run()
            for name in NUMBERS:
                sums[name][0, s] += block.numbers[name].sum(axis=0)
                sums[name][1, s] += (block.numbers[name].astype(float) ** 2).sum(axis=0)
            for value in np.unique(block.reasons):
                here, reason = block.reasons == value, Reason(int(value))
                nowhere = np.full(np.count_nonzero(here), -1)
                states = States(design.features, block.counts[here], nowhere)
                selected = nowhere if reason in WITHOUT_DOSE else design.select_states(states)
                yield Ending(states, selected, reason, np.full((1, len(nowhere)), 1 / trials), s)


@final
@dataclass(slots=True, eq=False)
class _Participants:
    """What happens to one participant in each of many trials."""

    infused: Booleans
    apheresed: Booleans
    evaluable: Booleans
    level: Integers
    tox: Booleans
    eff: Booleans


@final
class _Block:
    """Trials that are run at once, in one scenario."""

    def __init__(
        self, design: Design, scenario: Scenario, delivery: Delivery, seed: int, trials: Integers
    ) -> None:
        self.design, self.delivery, self.seed = design, delivery, seed
        self.trials = trials
        self.counts = np.zeros((len(trials), design.n_doses, len(design.features)), dtype=np.int16)
        self.reasons = np.zeros(len(trials), dtype=np.int8)
        self.numbers = {
            name: np.zeros((len(trials), design.n_doses), dtype=np.int32) for name in NUMBERS
        }
        self.met = np.zeros(len(trials), dtype=np.int64)
        self.below = np.cumsum(np.array(delivery.received, dtype=float), axis=1)
        self.tox = np.array(scenario.tox or (0.0,) * design.n_doses)
        self.without, self.together = np.zeros(design.n_doses), np.zeros(design.n_doses)
        if scenario.eff is not None:
            self.without, self.together = find_response_given_toxicity(scenario)

    def run(self) -> None:
        """Run every trial to its end."""
        start = self.design.start()
        running = np.arange(len(self.trials))
        dose, size = np.full(len(running), start.dose), np.full(len(running), start.size)
        used = np.zeros(len(running), dtype=np.int64)
        while len(running):
            last = np.zeros((len(running), len(self.design.features)), dtype=np.int16)
            for place in range(int(size.max())):
                self._fill(running, dose, place < size, last)
            used += size
            states = States(self.design.features, self.counts[running], dose, last)
            steps = find_delivered_steps(self.design, self._draw(states, running), used)
            self.reasons[running] = steps.reason
            going = ~steps.stopped
            running, used = running[going], used[going]
            dose, size = steps.dose[going], steps.size[going]

    def _draw(self, states: States, running: Integers) -> States:
        """Draw the next dose of each trial, if the design randomises."""
        chances = find_delivered_chances(self.design, states)
        if chances is None:
            return states
        luck = _luck(self.seed, self.trials[running], self.met[running] - 1)[FATES - 1]
        lots = (np.cumsum(chances, axis=1) <= luck[:, np.newaxis]).sum(axis=1)
        last = chances.shape[1] - 1 - np.argmax(chances[:, ::-1] > 0, axis=1)
        return states.drawn(np.arange(len(states)), np.minimum(lots, last))

    def _fill(self, running: Integers, dose: Integers, open_: Booleans, last: Integers) -> None:
        """Fill one place of each cohort, with as many participants as it takes."""
        waiting = np.flatnonzero(open_)
        while len(waiting):
            trial, level = running[waiting], dose[waiting]
            came = self._meet(trial, level)
            counted = came.evaluable & (
                (came.level == level) | (self.delivery.counted != "excluded")
            )
            for name, who in (
                ("enrolled", np.ones(len(trial), dtype=bool)),
                ("apheresed", came.apheresed),
                ("infused", came.infused),
                ("evaluable", came.evaluable),
            ):
                self.numbers[name][trial, level] += who
            at = came.level if self.delivery.counted == "received" else level
            seen = {"n": counted, "tox": came.tox, "eff": came.eff, "both": came.tox & came.eff}
            row = np.stack([seen[f] & counted for f in self.design.features], axis=1)
            self.counts[trial, at] += row
            last[waiting] += row * (at == level)[:, np.newaxis].astype(np.int16)
            filled = {
                "nobody": np.ones(len(trial), dtype=bool),
                "not infused": came.infused,
                "not counted": counted,
            }[self.delivery.replaced]
            waiting = waiting[~filled]

    def _meet(self, trial: Integers, level: Integers) -> _Participants:
        """Return what happens to the next participant of some trials, at the assigned level."""
        luck = _luck(self.seed, self.trials[trial], self.met[trial])
        self.met[trial] += 1
        apheresed = luck[0] < self.delivery.apheresed
        infused = apheresed & (luck[1] < np.array(self.delivery.infused)[level])
        received = (luck[2][:, np.newaxis] >= self.below[level]).sum(axis=1)
        received = np.minimum(received, self.design.n_doses - 1)
        tox = luck[4] < self.tox[received]
        eff = luck[5] < np.where(tox, self.together[received], self.without[received])
        evaluable = infused & (luck[3] < self.delivery.evaluable)
        return _Participants(infused, apheresed, evaluable, received, tox, eff)


def _luck(seed: int, trial: Integers, participant: Integers) -> NDArray[np.float64]:
    """Return the random numbers of a participant, shape (FATES, n): SplitMix64 of its place."""
    place = (trial.astype(np.uint64) << np.uint64(24)) + participant.astype(np.uint64) * np.uint64(
        8
    )
    bits = place + np.arange(FATES, dtype=np.uint64)[:, np.newaxis]
    bits = np.uint64(seed) + bits * np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    bits ^= bits >> np.uint64(31)
    uniform: NDArray[np.float64] = (bits >> np.uint64(11)).astype(float) * 2.0**-53
    return uniform
