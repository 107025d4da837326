"""Exact operating characteristics, by walking every state that a trial can reach.

A design that decides from counts is a Markov chain. Trials with equal counts and the same next
cohort are the same from there on, so they are merged after every cohort: sort the states, add
their weights. Where trials end, they are counted at once and forgotten.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias, final

import numpy as np

from protocyte.design.decision import WITHOUT_DOSE, Reason
from protocyte.design.design import Design
from protocyte.design.exact.characteristics import Characteristics
from protocyte.design.exact.cohort import Cohorts
from protocyte.design.exact.forecast import find_far_peak, find_peak
from protocyte.design.exact.kernel import Kernel
from protocyte.design.exact.layout import Keys, Layout
from protocyte.design.exact.merge import find_joined, find_merged_by_dose, find_stacked
from protocyte.design.exact.tally import Ending, find_exact_sums
from protocyte.design.outcome import Outcomes
from protocyte.design.scenario import Scenario
from protocyte.design.state import Floats, Integers, States
from protocyte.errors import DesignError

BLOCK: Final = 1 << 16
"""States that a design decides on at once: what the processor's cache holds."""
ROOM: Final = 1 << 20
"""Outcomes of a cohort that are held at once."""
COMPILED: Final = 1 << 22
"""Outcomes of a cohort, over all states, from which on compiled code pays for its loading."""
PATIENCE: Final = 10.0
"""How long the decisions before one cohort may take [s]."""
FORESIGHT: Final = 2.0
"""By how much more than the allowed memory a near forecast must be before a walk is given up."""
FAR_FORESIGHT: Final = 4.0
"""The same for a forecast of all cohorts to come."""

Part: TypeAlias = tuple[Keys, Floats]
"""Packed counts, shape (words, n_states), and weights, shape (columns, n_states)."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """States that share their next cohort.

    Parameters
    ----------
    keys : ndarray of uint64, shape (words, n_states)
        Packed counts, ascending and different [1].
    mass : ndarray of float, shape (columns, n_states)
        Weight of each state [1].
    dose : int
        Index of the dose of the next cohort.
    size : int
        Participants of the next cohort.
    """

    keys: Keys
    mass: Floats
    dose: int
    size: int

    def __len__(self) -> int:
        return int(self.keys.shape[1])

    def part(self, first: int, last: int) -> "Group":
        """Return the states from one to before another."""
        return Group(self.keys[:, first:last], self.mass[:, first:last], self.dose, self.size)


def find_characteristics(
    design: Design,
    scenarios: Sequence[Scenario],
    *,
    outcomes: Outcomes | None = None,
    target: float | None = None,
    tolerance: float = 0.05,
    memory: float = 4.0,
) -> Characteristics:
    """Find exactly what a design does if a scenario is true.

    Parameters
    ----------
    design : Design
        What is run.
    scenarios : sequence of Scenario
        The truths; one walk serves them all.
    outcomes : Outcomes, optional
        Where the trial is now; the beginning by default. Expectations count what was already seen.
    target : float, optional
        DLT probability that the best dose should have [1]; the design's own by default.
    tolerance : float
        How far from the target a dose may be to count as correct within tolerance [1].
    memory : float
        Memory that the walk may take [GB]; a trial that would take more is refused.

    Returns
    -------
    Characteristics
        Probabilities without Monte Carlo error.

    Raises
    ------
    DesignError
        If the walk is too large, or a scenario does not fit the design.
    OutcomeError
        If the design cannot have these outcomes.
    NumericalError
        If the probabilities do not add up to 1 within 1e-12.

    Examples
    --------
    >>> from protocyte.design import BOIN, Scenario
    >>> truth = Scenario((0.05, 0.15, 0.30, 0.45, 0.60), name="A")
    >>> found = find_characteristics(BOIN(target=0.3, n_doses=5), [truth])
    >>> (100 * found.selection[0]).round(4).tolist()
    [1.1693, 23.2062, 54.633, 19.3704, 1.6]
    """
    present = Outcomes.none(design.n_doses) if outcomes is None else outcomes
    design.check_outcomes(present)
    kernel = Kernel(
        design.features,
        tuple(scenarios),
        n_doses=design.n_doses,
        planned=max(design.planned, present.total),
    )
    layout = Layout(
        n_doses=design.n_doses,
        n_features=len(design.features),
        capacity=max(design.capacity, *present.n),
    )
    walk = _Walk(design, kernel, layout, memory, present)
    return find_exact_sums(
        design,
        scenarios,
        walk.endings(),
        target=target,
        tolerance=tolerance,
        sizes=walk.sizes,
    )


class _Walk:
    """A walk over the states of a trial, from few participants to many."""

    def __init__(
        self, design: Design, kernel: Kernel, layout: Layout, memory: float, present: Outcomes
    ) -> None:
        self.design, self.kernel, self.layout = design, kernel, layout
        self.memory, self.present = memory, present
        self.cohorts = Cohorts(kernel, layout)
        self.sizes = {"decision": 0, "final": 0}
        self.layers: list[int] = []
        self.held, self.compiles = 0, False
        # Groups by the number of participants after their next cohort, then by that cohort.
        self.ahead: dict[int, dict[tuple[int, int], list[Part]]] = {}
        self.ended: dict[int, list[Part]] = defaultdict(list)

    def endings(self) -> Iterator[Ending]:
        """Walk, and give every ending as it arises."""
        self._begin()
        while self.ahead:
            yield from self._pass(min(self.ahead))
        yield from self._finish()

    def _pass(self, total: int) -> Iterator[Ending]:
        """Take every state to a number of participants; nothing of the layer is left behind."""
        groups = self._take(total)
        self._watch(groups, total)
        for block in self._blocks(groups):
            yield from self._advance(block, total)
            self._weigh(groups)

    def _begin(self) -> None:
        """Take the present state, as the only one."""
        first = self.present.states(self.design.features)
        self.before = first.counts
        keys, mass = self.layout.keys(first.counts), np.ones((self.kernel.columns, 1))
        if self.present.dose is None:
            start = self.design.start()
            self.ahead[start.size] = {(start.dose, start.size): [(keys, mass)]}
            self.held = 1
            return
        _, states, shares = _draw(self.design, first)
        steps = self.design.decide_states(states)
        for share, dose, size, reason in zip(
            shares, steps.dose, steps.size, steps.reason, strict=True
        ):
            if dose < 0:
                self.ended[int(reason)].append((keys, share * mass))
            else:
                groups = self.ahead.setdefault(self.present.total + int(size), {})
                groups.setdefault((int(dose), int(size)), []).append((keys, share * mass))
                self.held += 1

    def _advance(self, block: Sequence[Group], total: int) -> Iterator[Ending]:
        """Give every state of a block its next cohort, decide, and part what goes on and ends."""
        live: dict[tuple[int, int], list[Part]] = defaultdict(list)
        ended: dict[int, list[Part]] = defaultdict(list)
        for keys, mass, given, last in self._grown(block):
            states = States(self.design.features, self.layout.counts(keys), given, last)
            rows, states, shares = _draw(self.design, states)
            if states.lot is not None:
                keys, mass = keys[:, rows], mass[:, rows] * shares  # noqa: PLW2901
            steps = self.design.decide_states(states)
            widest = int(steps.size.max()) + 1
            code = np.where(
                steps.dose < 0,
                steps.reason,
                Reason.START + steps.dose.astype(int) * widest + steps.size,
            )
            for which in np.flatnonzero(np.bincount(code)).tolist():
                chosen = np.flatnonzero(code == which)
                part = keys[:, chosen], mass[:, chosen]
                if which < Reason.START:
                    ended[which].append(part)
                else:
                    dose, size = divmod(which - Reason.START, widest)
                    live[dose, size].append(part)
        for (dose, size), parts in live.items():
            groups = self.ahead.setdefault(total + size, {})
            groups.setdefault((dose, size), []).append(find_joined(parts))
            self.held += groups[dose, size][-1][0].shape[1]
        for which, parts in ended.items():
            # Equal endings have equal totals, so none is met again.
            self.ended[which].append(find_joined(parts))
        if sum(keys.shape[1] for parts in self.ended.values() for keys, _ in parts) >= BLOCK:
            yield from self._finish()

    def _finish(self) -> Iterator[Ending]:
        """Count the endings that are waiting for it."""
        for which, parts in sorted(self.ended.items()):
            yield from self._count(Reason(which), find_stacked(parts))
        self.ended.clear()

    def _count(self, reason: Reason, part: Part) -> Iterator[Ending]:
        """Select a dose in each ending, and give it its probability under every truth."""
        keys, mass = part
        self.sizes["final"] += keys.shape[1]
        for start in range(0, keys.shape[1], BLOCK):
            here = slice(start, start + BLOCK)
            counts = self.layout.counts(keys[:, here])
            nowhere = np.full(len(counts), -1)
            states = States(self.design.features, counts, nowhere)
            selected = nowhere if reason in WITHOUT_DOSE else self.design.select_states(states)
            weight = mass[:, here]
            if self.kernel.factorises:
                weight = weight * self.kernel.likelihood(counts - self.before)
            yield Ending(states, selected, reason, weight)

    def _blocks(self, groups: Sequence[Group]) -> Iterator[Sequence[Group]]:
        """Return groups in blocks that no two equal states after the cohort are parted by."""
        if sum(map(self._outcomes, groups)) <= ROOM:
            yield groups
            return
        shift = np.uint64(self.layout.prefix)
        places, starts, heavy = [], [], []
        for group in groups:
            prefix = (group.keys[-1] >> shift) + np.uint64(self.layout.step(group.dose, group.size))
            first = np.concatenate([[0], np.flatnonzero(prefix[1:] != prefix[:-1]) + 1])
            places.append(prefix[first])
            starts.append(np.append(first, len(group)))
            heavy.append(np.diff(starts[-1]) * (self._outcomes(group) / len(group)))
        every, back = np.unique(np.concatenate(places), return_inverse=True)
        load = np.cumsum(np.bincount(back, np.concatenate(heavy)))
        cuts = np.unique(np.append(np.flatnonzero(np.diff(load // ROOM)) + 1, [0, len(every)]))
        for low, high in pairwise(cuts.tolist()):
            block = []
            for group, place, start in zip(groups, places, starts, strict=True):
                left = np.searchsorted(place, every[low])
                right = len(place)
                if high < len(every):
                    right = np.searchsorted(place, every[high])
                if left < right:
                    block.append(group.part(start[left], start[right]))
            yield block

    def _outcomes(self, group: Group) -> int:
        """Return how many outcomes the next cohort of a group has, over all its states."""
        return len(group) * self.cohorts.of(dose=group.dose, size=group.size).outcomes

    def _grown(
        self, block: Sequence[Group]
    ) -> Iterator[tuple[Keys, Floats, Integers, Integers | None]]:
        """Return every state after the cohort: keys, weights, dose given, what the cohort showed.

        A design that does not look at the last cohort gets every state once.
        """
        remember = self.design.looks_at_last
        for part in self._parts(block):
            grown = [self._convolve(g) if self.compiles else self._grow(g) for g in part]
            keys, mass = find_stacked([(keys, mass) for keys, mass, _ in grown])
            given = np.repeat([g.dose for g in part], [piece[0].shape[1] for piece in grown])
            last = None
            if remember:
                # Equal counts come together, for designs that fit a model to each only once.
                order = np.lexsort(keys)
                keys, mass, given = keys[:, order], mass[:, order], given[order]
                last = np.concatenate([last for _, _, last in grown])[order]
            elif not self.compiles:
                keys, mass, given = find_merged_by_dose(keys, mass, given, self.layout.spare)
            for start in range(0, len(given), BLOCK):
                here = slice(start, start + BLOCK)
                seen = None if last is None else last[here]
                yield keys[:, here], mass[:, here], given[here], seen

    def _parts(self, block: Sequence[Group]) -> Iterator[Sequence[Group]]:
        """Return a block in parts that memory holds; one, unless it is a large one."""
        part: list[Group] = []
        room = ROOM
        for group in block:
            outcomes = self.cohorts.of(dose=group.dose, size=group.size).outcomes
            step = len(group) if self.compiles else max(1, ROOM // outcomes)
            for start in range(0, len(group), step):
                piece = group.part(start, start + step)
                if part and len(piece) * outcomes > room:
                    yield part
                    part, room = [], ROOM
                part.append(piece)
                room -= len(piece) * outcomes
        if part:
            yield part

    def _grow(self, group: Group) -> tuple[Keys, Floats, Integers]:
        """Return every outcome of a group's next cohort: keys, weights, the cohort's counts."""
        cohort = self.cohorts.of(dose=group.dose, size=group.size)
        keys = group.keys[:, np.newaxis, :] + cohort.added[:, :, np.newaxis]
        mass = cohort.weights[:, :, np.newaxis] * group.mass[:, np.newaxis, :]
        last = cohort.counts
        if self.design.looks_at_last:
            last = np.repeat(last, len(group), axis=0)
        return keys.reshape(len(keys), -1), mass.reshape(len(mass), -1), last

    def _convolve(self, group: Group) -> tuple[Keys, Floats, Integers]:
        """Do the same, compiled, and every state once."""
        from protocyte.design.exact.convolution import find_grown

        cohort = self.cohorts.of(dose=group.dose, size=group.size)
        keys, mass = find_grown(group.keys, group.mass, cohort, self.layout, group.dose)
        return keys, mass, cohort.counts

    def _take(self, total: int) -> list[Group]:
        """Return the groups that reach a number of participants next, and forget their parts."""
        parts = self.ahead.pop(total)
        groups = [
            Group(*find_stacked(parts.pop(cohort)), dose=cohort[0], size=cohort[1])
            for cohort in sorted(parts)
        ]
        self.held -= sum(map(len, groups))
        return groups

    def _watch(self, groups: Sequence[Group], total: int) -> None:
        """Note how many states there are, and refuse to go on where too many are to be expected."""
        self.layers.append(sum(map(len, groups)))
        self.sizes["decision"] += self.layers[-1]
        self.compiles = (
            self.layout.words == 1
            and not self.design.looks_at_last
            and sum(map(self._outcomes, groups)) >= COMPILED
        )
        size = max(group.size for group in groups)
        left = (self.design.planned - total) // size
        self._spare_time(left, size)
        expected = find_peak(self.layers, left)
        far = find_far_peak(
            self.layers,
            left,
            n_doses=self.design.n_doses,
            features=self.design.features,
            most=self.design.capacity,
            size=size,
        )
        if self._gigabytes(far) > FAR_FORESIGHT * self.memory:
            expected = max(far, expected)
        elif self._gigabytes(expected) <= FORESIGHT * self.memory:
            return
        raise DesignError(
            f"After {len(self.layers)} cohorts this trial has {self.layers[-1]:,} different "
            f"states, and some {expected:.1e} are expected later: about "
            f"{self._gigabytes(expected):.2g} GB, and memory={self.memory:g} GB are allowed. "
            f"Simulate the trial instead (simulate_design), or allow more."
        )

    def _spare_time(self, left: int, size: int) -> None:
        """Refuse to go on where decisions are slow and too many are to be expected."""
        each = self.design.seconds_a_state
        if not each:
            return
        most = find_far_peak(
            self.layers,
            left,
            n_doses=self.design.n_doses,
            features=self.design.features,
            most=self.design.capacity,
            size=size,
            informed=4,
            many=100,
        )
        if most * each > PATIENCE:
            raise DesignError(
                f"Some {most:.1e} states are to be expected before one cohort of this trial, and "
                f"{type(self.design).__name__} needs about {1000 * each:g} ms for each: more than "
                f"{PATIENCE:g} s. Simulate the trial instead (simulate_design)."
            )

    def _weigh(self, groups: Sequence[Group]) -> None:
        """Refuse to hold more than memory does."""
        held = sum(map(len, groups)) + self.held
        if self._gigabytes(held) > self.memory:
            raise DesignError(
                f"Cohort {len(self.layers)} of this trial leads to more than {held:,} different "
                f"states, {self._gigabytes(held):.2g} GB, and memory={self.memory:g} GB are "
                f"allowed. Simulate the trial instead (simulate_design), or allow more."
            )

    def _gigabytes(self, states: float) -> float:
        """Return what states take, and what it takes to sort them [GB]."""
        return 1.35 * states * 8 * (self.layout.words + self.kernel.columns) / 1e9


def _draw(design: Design, states: States) -> tuple[Integers, States, Floats]:
    """Split trials where chance decides: which they were, with the drawn dose, and its share."""
    chances = design.chance_states(states)
    if chances is None:
        return np.arange(len(states)), states, np.ones(len(states))
    rows, lots = np.nonzero(chances)
    return rows, states.drawn(rows, lots), chances[rows, lots]
