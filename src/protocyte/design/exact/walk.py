"""Exact operating characteristics, by walking every state that a trial can reach.

A design that decides from counts is a Markov chain. Trials with equal counts and the same next
cohort are the same from there on, so they are merged after every cohort: sort the states, add
their weights. The design decides before states are merged, so a rule may look at the last cohort.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, final

import numpy as np

from protocyte.design.decision import WITHOUT_DOSE, Reason
from protocyte.design.design import Design
from protocyte.design.exact.binomial import find_cohort_counts, find_cohort_number
from protocyte.design.exact.characteristics import Characteristics
from protocyte.design.exact.kernel import Kernel
from protocyte.design.exact.layout import Keys, Layout
from protocyte.design.exact.tally import Ending, find_sums
from protocyte.design.outcome import Outcomes
from protocyte.design.scenario import Scenario
from protocyte.design.state import Floats, Integers, States
from protocyte.errors import DesignError, NumericalError

BLOCK: Final = 1 << 16
PRECISION: Final = 1e-12
BYTES_AN_OUTCOME: Final = 48


@final
@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """States that share their next cohort, or their reason to stop.

    Parameters
    ----------
    keys : ndarray of uint64, shape (words, n_states)
        Packed counts, ascending and different [1].
    mass : ndarray of float, shape (columns, n_states)
        Weight of each state [1].
    dose : int
        Index of the dose of the next cohort; -1 where trials stopped.
    size : int
        Participants of the next cohort; where trials stopped, the value of `Reason`.
    """

    keys: Keys
    mass: Floats
    dose: int
    size: int

    def __len__(self) -> int:
        return int(self.keys.shape[1])


def find_characteristics(
    design: Design,
    scenarios: Sequence[Scenario],
    *,
    outcomes: Outcomes | None = None,
    target: float | None = None,
    tolerance: float = 0.05,
    limit: int = 20_000_000,
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
    limit : int
        The most outcomes of one cohort, over all states, that may be held at once; some 50 bytes
        each.

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
    first = present.states(design.features)
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
    walk = _Walk(design, kernel, layout, limit)
    groups = walk.run(present, first)
    found = find_sums(
        design,
        scenarios,
        _endings(walk, groups, first.counts),
        target=target,
        tolerance=tolerance,
        sizes={"decision": walk.decided, "final": sum(map(len, groups))},
    )
    off = float(np.abs(found.selection.sum(axis=1) + found.none - 1).max())
    if not off <= PRECISION:
        raise NumericalError(
            f"The probabilities of all endings add up to 1 ± {off:.1e}, and {PRECISION:g} is "
            f"allowed; simulate this trial instead."
        )
    return found


def _endings(walk: "_Walk", groups: Sequence[Group], before: Integers) -> Iterator[Ending]:
    """Select a dose in each ending, and give it its probability under every truth."""
    for group in groups:
        reason = Reason(group.size)
        for start in range(0, len(group), BLOCK):
            part = slice(start, start + BLOCK)
            counts = walk.layout.counts(group.keys[:, part])
            nowhere = np.full(len(counts), -1)
            states = States(walk.design.features, counts, nowhere)
            selected = nowhere if reason in WITHOUT_DOSE else walk.design.select_states(states)
            mass = group.mass[:, part]
            if walk.kernel.factorises:
                mass = mass * walk.kernel.likelihood(counts - before)
            yield Ending(states, selected, reason, mass)


@final
@dataclass(frozen=True, slots=True, eq=False)
class _Cohort:
    """What a cohort can add: counts, in which word, packed, with which weights."""

    counts: Integers
    word: int
    added: Keys
    weights: Floats


@final
@dataclass(slots=True)
class _Walk:
    """A walk over the states of a trial, cohort by cohort."""

    design: Design
    kernel: Kernel
    layout: Layout
    limit: int
    decided: int = 0
    layers: list[int] = field(default_factory=list)
    cohorts: dict[tuple[int, int], _Cohort] = field(default_factory=dict)

    def run(self, present: Outcomes, first: States) -> list[Group]:
        """Return the endings, grouped by reason."""
        live, ended = self._begin(present, first)
        stopped: dict[int, list[Group]] = defaultdict(list)
        for group in ended:
            stopped[group.size].append(group)
        while live:
            self.layers.append(sum(map(len, live)))
            self.decided += self.layers[-1]
            self._refuse(live)
            parts: dict[tuple[int, int], list[Group]] = defaultdict(list)
            for block in self._blocks(live):
                for group in self._advance(block):
                    parts[group.dose, group.size].append(group)
            live = []
            for (dose, size), groups in sorted(parts.items()):
                merged = _merge(groups)
                if dose < 0:
                    stopped[size].append(merged)
                else:
                    live.append(merged)
        return [_merge(groups) for _, groups in sorted(stopped.items())]

    def _begin(self, present: Outcomes, first: States) -> tuple[list[Group], list[Group]]:
        """Return the present state, as the only one."""
        keys = self.layout.keys(first.counts)
        mass = np.ones((self.kernel.columns, 1))
        if present.dose is None:
            start = self.design.start()
            return [Group(keys, mass, start.dose, start.size)], []
        _, states, shares = _draw(self.design, first)
        steps = self.design.decide_states(states)
        live, ended = [], []
        for share, dose, size, reason in zip(
            shares, steps.dose, steps.size, steps.reason, strict=True
        ):
            if dose < 0:
                ended.append(Group(keys, share * mass, -1, int(reason)))
            else:
                live.append(Group(keys, share * mass, int(dose), int(size)))
        return live, ended

    def _refuse(self, live: Sequence[Group]) -> None:
        """Refuse to go on where memory would not suffice."""
        ahead = sum(
            len(group) * find_cohort_number(self.design.features, group.size) for group in live
        )
        if ahead > self.limit:
            size = ahead * (BYTES_AN_OUTCOME + 8 * (self.kernel.columns - 1)) / 1e9
            raise DesignError(
                f"Cohort {len(self.layers)} of this trial has {ahead:,} possible outcomes over "
                f"{self.layers[-1]:,} states, more than limit={self.limit:,}: simulate the trial "
                f"instead (simulate_design), or raise the limit if {size:.1f} GB of memory or more "
                f"are free."
            )

    def _blocks(self, live: Sequence[Group]) -> Iterator[list[Group]]:
        """Return live groups in blocks of a size that the processor's cache holds."""
        block: list[Group] = []
        room = BLOCK
        for group in live:
            n_outcomes = find_cohort_number(self.design.features, group.size)
            step = max(1, BLOCK // n_outcomes)
            for start in range(0, len(group), step):
                part = slice(start, start + step)
                piece = Group(group.keys[:, part], group.mass[:, part], group.dose, group.size)
                if block and len(piece) * n_outcomes > room:
                    yield block
                    block, room = [], BLOCK
                block.append(piece)
                room -= len(piece) * n_outcomes
        if block:
            yield block

    def _advance(self, block: Sequence[Group]) -> Iterator[Group]:
        """Give every state of a block its next cohort, decide, and group what follows."""
        grown = [self._grow(group) for group in block]
        keys = np.concatenate([keys for keys, _, _ in grown], axis=1)
        mass = np.concatenate([mass for _, mass, _ in grown], axis=1)
        last = np.concatenate([last for _, _, last in grown])
        given = np.repeat([group.dose for group in block], [len(last) for _, _, last in grown])
        states = States(self.design.features, self.layout.counts(keys), given, last)
        rows, states, shares = _draw(self.design, states)
        if states.lot is not None:
            keys, mass = keys[:, rows], mass[:, rows] * shares
        steps = self.design.decide_states(states)
        widest = int(steps.size.max()) + 1
        code = np.where(
            steps.dose < 0,
            steps.reason,
            Reason.START + steps.dose.astype(int) * widest + steps.size,
        )
        for which in np.flatnonzero(np.bincount(code)):
            chosen = np.flatnonzero(code == which)
            dose, size = divmod(int(which) - Reason.START, widest)
            if which < Reason.START:
                dose, size = -1, int(which)
            yield Group(keys[:, chosen], mass[:, chosen], dose, size)

    def _grow(self, group: Group) -> tuple[Keys, Floats, Integers]:
        """Return every outcome of a group's next cohort: keys, weights, the cohort's counts."""
        cohort = self._cohort(group.dose, group.size)
        keys = np.repeat(group.keys[:, np.newaxis, :], len(cohort.counts), axis=1)
        keys[cohort.word] += cohort.added[:, np.newaxis]
        mass = cohort.weights[:, :, np.newaxis] * group.mass[:, np.newaxis, :]
        last = np.repeat(cohort.counts, len(group), axis=0)
        return keys.reshape(len(keys), -1), mass.reshape(len(mass), -1), last

    def _cohort(self, dose: int, size: int) -> _Cohort:
        """Return what a cohort of a size can add at a dose."""
        if (dose, size) not in self.cohorts:
            counts = find_cohort_counts(self.design.features, size)
            self.cohorts[dose, size] = _Cohort(
                counts.astype(np.int16),
                self.layout.place(dose)[0],
                self.layout.pack(counts, dose=dose),
                self.kernel.weights(size)[:, dose],
            )
        return self.cohorts[dose, size]


def _draw(design: Design, states: States) -> tuple[Integers, States, Floats]:
    """Split trials where chance decides: which they were, with the drawn dose, and its share."""
    chances = design.chance_states(states)
    if chances is None:
        return np.arange(len(states)), states, np.ones(len(states))
    rows, lots = np.nonzero(chances)
    return rows, states.drawn(rows, lots), chances[rows, lots]


def _merge(groups: Sequence[Group]) -> Group:
    """Join groups: sort their keys, and add the weights of equal ones."""
    keys = np.concatenate([group.keys for group in groups], axis=1)
    mass = np.concatenate([group.mass for group in groups], axis=1)
    # Pieces are ascending runs, which a stable sort only has to merge.
    order = np.argsort(keys[0], kind="stable") if len(keys) == 1 else np.lexsort(keys)
    keys = keys[:, order]
    changed = np.any(keys[:, 1:] != keys[:, :-1], axis=0)
    first = np.concatenate([[0], np.flatnonzero(changed) + 1])
    mass = np.add.reduceat(mass[:, order], first, axis=1)
    return Group(keys[:, first], mass, groups[0].dose, groups[0].size)
