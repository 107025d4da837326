"""Simulated trials of any design that decides from counts, at the speed of looking up.

The design is asked about every state once, when the first simulated trial comes to it; its answer
is an edge from state to state. All other trials only follow edges. So a rule costs as many
decisions as there are different states, a model as many fits, and the rule that decides here is
the very rule that decides real trials.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from protocyte.design.correlation import find_response_given_toxicity
from protocyte.design.decision import WITHOUT_DOSE, Reason
from protocyte.design.design import Design
from protocyte.design.exact.binomial import find_cohort_counts
from protocyte.design.exact.cohort import Cohort, Cohorts
from protocyte.design.exact.kernel import Kernel
from protocyte.design.exact.layout import Layout
from protocyte.design.exact.tally import Ending
from protocyte.design.scenario import Scenario
from protocyte.design.state import Floats, Integers, States
from protocyte.simulation.compiled_kernel import (
    simulate_cohorts,
    simulate_lookup,
    simulate_patients,
)

BLOCK: Final = 1 << 16
"""Trials that are simulated at once, at first."""
LARGEST: Final = 1 << 20
"""Trials that are simulated at once where hardly a state is new."""
MOST_EDGES: Final = 1 << 25
"""Edges that are remembered; beyond, the states are forgotten and met anew."""
DECIDE: Final = 1 << 16
"""States that a design decides on at once."""


@final
class _Numbers:
    """Gives every different row of 64-bit words a number, from 0."""

    def __init__(self, words: int) -> None:
        self.store = np.empty((1 << 10, words), np.uint64)
        self.table = np.full(1 << 11, -1, np.int32)
        self.known = 0

    def of(self, rows: NDArray[np.uint64]) -> Integers:
        """Return the number of each row; numbers from `known` on are new."""
        self._grow(self.known + len(rows))
        found = np.empty(len(rows), np.int32)
        self.known = simulate_lookup(rows, self.store, self.table, self.known, found)
        return found

    def _grow(self, most: int) -> None:
        if most <= len(self.store):
            return
        room = 1 << (most - 1).bit_length()
        old, self.store = self.store, np.empty((room, self.store.shape[1]), np.uint64)
        self.table = np.full(2 * room, -1, np.int32)
        kept, self.known = old[: self.known], 0
        self.known = simulate_lookup(kept, self.store, self.table, 0, np.empty(len(kept), np.int32))


@final
class StateMachine:
    """A design as states and edges, found as simulated trials come to them.

    Parameters
    ----------
    design : Design
        What is run; it must not draw lots.
    scenarios : sequence of Scenario
        The truths.

    Examples
    --------
    >>> from protocyte.design import BOIN
    >>> machine = StateMachine(BOIN(target=0.3, n_doses=2, cohorts=2), [Scenario((0.1, 0.3))])
    >>> endings = list(machine.endings(1000, 7))
    >>> round(sum(float(ending.mass.sum()) for ending in endings), 9)
    1.0
    """

    def __init__(self, design: Design, scenarios: Sequence[Scenario]) -> None:
        self.design, self.scenarios = design, tuple(scenarios)
        self.kernel = Kernel(
            design.features, self.scenarios, n_doses=design.n_doses, planned=design.planned
        )
        self.layout = Layout(
            n_doses=design.n_doses, n_features=len(design.features), capacity=design.capacity
        )
        self.decisions = 0
        self._cohorts = Cohorts(self.kernel, self.layout)
        self._kinds: dict[tuple[int, int], int] = {}
        self._limits = np.empty((0, 0, 0), np.uint64)
        self._forget()

    def endings(self, trials: int, luck: int | Floats) -> Iterator[Ending]:
        """Run trials in every scenario, and give their different endings with their shares.

        Parameters
        ----------
        trials : int
            How many trials.
        luck : int or ndarray of float, shape (trials, participants, 2)
            Where the random numbers begin, or virtual patients: uniform numbers [1].

        Yields
        ------
        Ending
            Endings with one reason to stop.
        """
        first, room = 0, BLOCK
        while first < trials:
            known = self._nodes.known
            some = np.arange(first, min(first + room, trials))
            first += len(some)
            waiting = [(some.copy(), np.zeros(len(some), np.int32)) for _ in self.scenarios]
            while any(len(trial) for trial, _ in waiting):
                asked = []
                for s, (trial, node) in enumerate(waiting):
                    ask = np.empty((len(trial), 2), np.int64)
                    left, unknown = self._run(s, trial, node, ask, luck)
                    waiting[s] = trial[:left], node[:left]
                    asked.append(ask[:unknown])
                self._learn(np.concatenate(asked))
            if self._nodes.known - known < len(some) / 16:
                room = min(4 * room, LARGEST)
            if self._used > MOST_EDGES:
                yield from self._tell(trials)
                self._forget()
                room = BLOCK
        yield from self._tell(trials)

    def _run(
        self, s: int, trial: Integers, node: Integers, asked: Integers, luck: int | Floats
    ) -> tuple[int, int]:
        """Run trials in one scenario until they end or come to an unknown edge."""
        known = trial, node, self._rows, self._edges
        if isinstance(luck, int):
            bits = np.uint64(luck)
            left, unknown = simulate_cohorts(
                *known, self._chances()[s], bits, self._visits[s], asked
            )
            return int(left), int(unknown)
        dose, size, place = self._places()
        scenario, n_doses = self.scenarios[s], self.design.n_doses
        tox = np.array(scenario.tox or (0.0,) * n_doses)
        without, together = np.zeros(n_doses), np.zeros(n_doses)
        if scenario.eff is not None:
            without, together = find_response_given_toxicity(scenario)
        left, unknown = simulate_patients(
            *known, dose, size, place, tox, without, together, luck, self._visits[s], asked
        )
        return int(left), int(unknown)

    def _forget(self) -> None:
        """Begin with the empty trial alone."""
        self._nodes = _Numbers(self.layout.words + 1)
        self._decided = _Numbers(self.layout.words + 1)
        self._after = np.empty(0, np.int32)
        # Of each state: its next cohort (-1 where trials end), participants so far, first edge.
        self._rows = np.empty((0, 4), np.int32)
        self._edges = np.full(1 << 10, -1, np.int32)
        self._used = 0
        self._visits = np.empty((len(self.scenarios), 0), np.int64)
        start = self.design.start()
        empty = np.zeros((1, self.design.n_doses, len(self.design.features)), np.int16)
        self._add(self.layout.keys(empty), *(np.array([v]) for v in (start.dose, start.size, 0)))

    def _add(
        self, keys: NDArray[np.uint64], dose: Integers, size: Integers, why: Integers
    ) -> Integers:
        """Return the number of each state; give new ones room for their edges."""
        code = np.where(dose < 0, why, Reason.START + dose.astype(np.int64) * (1 << 16) + size)
        before = self._nodes.known
        numbers = self._nodes.of(np.ascontiguousarray(np.vstack([keys, code.astype(np.uint64)]).T))
        if self._nodes.known == before:
            return numbers
        fresh, first = np.unique(numbers, return_index=True)
        first = first[fresh >= before]
        rows = np.full((len(first), 4), -1, np.int32)
        outcomes = np.zeros(len(first), np.int64)
        code = code[first]
        for which in np.unique(code[code >= Reason.START]).tolist():
            here = code == which
            pair = divmod(which - Reason.START, 1 << 16)
            rows[here, 0] = self._kinds.setdefault(pair, len(self._kinds))
            outcomes[here] = self._cohort(pair).outcomes
        rows[:, 1] = self.layout.counts(keys[:, first])[:, :, 0].sum(axis=1)
        rows[:, 2] = self._used + np.cumsum(outcomes) - outcomes
        self._rows = np.concatenate([self._rows, rows])
        self._used += int(outcomes.sum())
        if self._used > len(self._edges):
            more = np.full((1 << self._used.bit_length()) - len(self._edges), -1, np.int32)
            self._edges = np.concatenate([self._edges, more])
        self._visits = np.pad(self._visits, ((0, 0), (0, len(first))))
        return numbers

    def _learn(self, asked: Integers) -> None:
        """Ask the design about edges that trials are waiting for."""
        for start in range(0, len(asked), DECIDE):
            edge, node = asked[start : start + DECIDE].T
            self._edges[edge] = self._decide(node, edge - self._rows[node, 2])

    def _decide(self, node: Integers, outcome: Integers) -> Integers:
        """Return the state that follows each state after an outcome of its cohort."""
        keys = self._nodes.store[node, :-1].T.copy()
        given = np.empty(len(node), np.int64)
        last = np.empty((len(node), len(self.design.features)), np.int16)
        for pair, kind in self._kinds.items():
            here = np.flatnonzero(self._rows[node, 0] == kind)
            cohort = self._cohort(pair)
            keys[:, here] += cohort.added[:, outcome[here]]
            given[here], last[here] = pair[0], cohort.counts[outcome[here]]
        if self.design.looks_at_last:
            return self._follow(keys, given, last)
        rows = np.ascontiguousarray(np.vstack([keys, given.astype(np.uint64)]).T)
        before = self._decided.known
        numbers = self._decided.of(rows)
        fresh, first = np.unique(numbers, return_index=True)
        first = first[fresh >= before]
        if len(first):
            after = self._follow(keys[:, first], given[first], None)
            self._after = np.concatenate([self._after, after])
        return self._after[numbers]

    def _follow(self, keys: NDArray[np.uint64], given: Integers, last: Integers | None) -> Integers:
        """Ask the design what comes next."""
        counts = self.layout.counts(keys)
        steps = self.design.decide_states(States(self.design.features, counts, given, last))
        self.decisions += len(given)
        return self._add(keys, steps.dose, steps.size, steps.reason)

    def _tell(self, trials: int) -> Iterator[Ending]:
        """Give the endings that were reached, with their shares of all trials."""
        reached = np.flatnonzero(self._visits.any(axis=0))
        why = self._nodes.store[reached, -1].astype(np.int64)
        for value in np.unique(why).tolist():
            reason, every = Reason(value), reached[why == value]
            for start in range(0, len(every), DECIDE):
                here = every[start : start + DECIDE]
                counts = self.layout.counts(self._nodes.store[here, :-1].T)
                nowhere = np.full(len(here), -1)
                states = States(self.design.features, counts, nowhere)
                selected = nowhere if reason in WITHOUT_DOSE else self.design.select_states(states)
                yield Ending(states, selected, reason, self._visits[:, here] / trials)

    def _cohort(self, pair: tuple[int, int]) -> Cohort:
        return self._cohorts.of(dose=pair[0], size=pair[1])

    def _chances(self) -> NDArray[np.uint64]:
        """Return, for each truth and cohort, below which bits which outcome comes."""
        if len(self._limits) and self._limits.shape[1] == len(self._kinds):
            return self._limits
        sizes = [len(find_cohort_counts(self.design.features, size)) for _, size in self._kinds]
        chances = np.full(
            (len(self.scenarios), len(self._kinds), max(sizes) - 1), np.iinfo(np.uint64).max
        )
        for (dose, size), kind in self._kinds.items():
            below = np.cumsum(self.kernel.probabilities(size)[:, dose, :], axis=1)[:, :-1]
            certain = below >= 1 - 1e-15
            bits = np.minimum(below, 1 - 2.0**-53) * 2.0**64
            chances[:, kind, : below.shape[1]] = np.where(
                certain, np.iinfo(np.uint64).max, bits.astype(np.uint64)
            )
        self._limits = chances
        return chances

    def _places(self) -> tuple[Integers, Integers, Integers]:
        """Return dose and size of each cohort, and which outcome has which events."""
        doses, sizes = (np.array(column) for column in zip(*self._kinds, strict=True))
        side = int(sizes.max()) + 1
        place = np.zeros((len(sizes), side, side, side), np.int32)
        features: tuple[Any, ...] = self.design.features
        events = np.stack(np.meshgrid(*[np.arange(side)] * 3, indexing="ij"), axis=-1)
        seen = {"tox": events[..., 0], "eff": events[..., 1], "both": events[..., 2]}
        for kind, size in enumerate(sizes.tolist()):
            for outcome, counts in enumerate(find_cohort_counts(features, size).tolist()):
                same = np.ones((side, side, side), dtype=bool)
                for feature, count in zip(features[1:], counts[1:], strict=True):
                    same &= seen[feature] == count
                place[kind][same] = outcome
        return doses, sizes, place
