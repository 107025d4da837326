"""The exact walk of a trial in which the received dose may differ from the assigned one.

A cohort's outcome is a draw over received levels and events there, so the chain stays finite. A
state is what decisions count, the level assigned next and how many of the planned participants are
used up; it carries one probability a truth.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias, final

import numpy as np

from protocyte.design.decision import WITHOUT_DOSE, Reason
from protocyte.design.delivery import Delivery, find_delivered_chances, find_delivered_steps
from protocyte.design.design import Design
from protocyte.design.exact.characteristics import Characteristics
from protocyte.design.exact.kernel import Kernel
from protocyte.design.exact.layout import Keys, Layout
from protocyte.design.exact.merge import find_joined, find_merged, find_merged_by_dose
from protocyte.design.exact.tally import Ending, find_exact_sums
from protocyte.design.scenario import Scenario
from protocyte.design.state import Floats, Integers, States
from protocyte.errors import DesignError

BLOCK: Final = 1 << 16
NUMBERS: Final = ("enrolled", "apheresed", "infused", "evaluable")

Part: TypeAlias = tuple[Keys, Floats]


def find_delivered_characteristics(
    design: Design,
    scenarios: Sequence[Scenario],
    delivery: Delivery,
    *,
    target: float | None = None,
    tolerance: float = 0.05,
    memory: float = 4.0,
) -> Characteristics:
    """Find exactly what a design does if the received dose may differ from the assigned one.

    Parameters
    ----------
    design : Design
        What is run.
    scenarios : sequence of Scenario
        The truths: events at each *received* level.
    delivery : Delivery
        What becomes of a participant to whom a level is assigned.
    target : float, optional
        DLT probability that the best dose should have [1]; the design's own by default.
    tolerance : float
        How far from the target a dose may be to count as correct within tolerance [1].
    memory : float
        Memory that the walk may take [GB]; a trial that would take more is refused.

    Returns
    -------
    Characteristics
        Probabilities without Monte Carlo error; `delivered` says how many are enrolled, apheresed,
        infused and evaluable.

    Raises
    ------
    DesignError
        If the walk is too large, or delivery and design do not fit.
    NumericalError
        If the probabilities do not add up to 1 within 1e-12.

    Examples
    --------
    >>> from protocyte.design import BOIN, Scenario
    >>> delivery = Delivery(((1, 0), (0.3, 0.7)), infused=(0.9, 0.8))
    >>> found = find_delivered_characteristics(
    ...     BOIN(target=0.3, n_doses=2, cohorts=3), [Scenario((0.1, 0.3))], delivery
    ... )
    >>> round(float(found.selection.sum() + found.none.sum()), 12)
    1.0
    >>> {name: round(float(numbers[0].sum()), 2) for name, numbers in found.delivered.items()}
    {'enrolled': 10.56, 'apheresed': 10.56, 'infused': 8.99, 'evaluable': 8.99}
    """
    kernel = Kernel(
        design.features, tuple(scenarios), n_doses=design.n_doses, planned=design.planned
    )
    if delivery.n_doses != design.n_doses:
        raise DesignError(
            f"Delivery describes {delivery.n_doses} levels and the design has {design.n_doses}; "
            f"describe each."
        )
    walk = _DeliveredWalk(design, kernel, delivery, memory)
    found = find_exact_sums(
        design,
        scenarios,
        walk.endings(),
        target=target,
        tolerance=tolerance,
        sizes=walk.sizes,
    )
    return replace(found, delivered=find_numbers(delivery, walk.slots))


def find_numbers(delivery: Delivery, slots: Floats) -> Mapping[str, Floats]:
    """Find how many participants are enrolled, apheresed, infused and evaluable.

    Parameters
    ----------
    delivery : Delivery
        What becomes of a participant.
    slots : ndarray of float, shape (n_scenarios, n_doses)
        Expected places of cohorts at each assigned level [participants].

    Returns
    -------
    mapping of str to ndarray of float
        Expected participants of each kind, by assigned level, shape (n_scenarios, n_doses)
        [participants].

    Examples
    --------
    >>> delivery = Delivery(((1.0,),), infused=(0.5,))
    >>> find_numbers(delivery, np.array([[3.0]]))["enrolled"].tolist()
    [[6.0]]
    """
    return {name: slots * delivery.per_slot(name) for name in NUMBERS}


@final
class _DeliveredWalk:
    """A walk by the number of planned participants that are used up."""

    def __init__(self, design: Design, kernel: Kernel, delivery: Delivery, memory: float) -> None:
        self.design, self.kernel, self.delivery = design, kernel, delivery
        self.layout = Layout(
            n_doses=design.n_doses, n_features=len(design.features), capacity=design.planned
        )
        # Outcomes are held with their order, before and after they are sorted.
        self.memory = memory
        self.most = memory * 1e9 / (24 * (self.layout.words + len(kernel.scenarios)))
        self.sizes = {"decision": 0, "final": 0}
        self.slots = np.zeros((len(kernel.scenarios), design.n_doses))
        self._cohorts: dict[tuple[int, int], Part] = {}
        self._singles = [self._single(dose) for dose in range(design.n_doses)]

    def endings(self) -> Iterator[Ending]:
        """Walk, and give every ending as it arises."""
        start = self.design.start()
        empty = np.zeros((1, self.design.n_doses, len(self.design.features)), dtype=int)
        whole = np.ones((len(self.kernel.scenarios), 1))
        ahead: dict[int, dict[tuple[int, int], list[Part]]] = {
            start.size: {(start.dose, start.size): [(self.layout.keys(empty), whole)]}
        }
        while ahead:
            used = min(ahead)
            groups = {pair: find_joined(parts) for pair, parts in sorted(ahead.pop(used).items())}
            self.sizes["decision"] += sum(keys.shape[1] for keys, _ in groups.values())
            ended: dict[int, list[Part]] = {}
            for code, part in self._advance(groups, used):
                if code < Reason.START:
                    ended.setdefault(code, []).append(part)
                else:
                    dose, size = divmod(code - Reason.START, self.design.planned + 1)
                    there = ahead.setdefault(used + size, {})
                    there.setdefault((dose, size), []).append(part)
            for code, parts in sorted(ended.items()):
                yield from self._finish(Reason(code), *find_joined(parts))

    def _advance(
        self, groups: Mapping[tuple[int, int], Part], used: int
    ) -> Iterator[tuple[int, Part]]:
        """Give every state its next cohort, decide, and part what goes on and what ends."""
        outcomes = sum(
            part[0].shape[1] * self._cohort(*pair)[0].shape[1] for pair, part in groups.items()
        )
        if outcomes > self.most:
            raise DesignError(
                f"After {used} of {self.design.planned} participants this trial has "
                f"{sum(part[0].shape[1] for part in groups.values()):,} different states and "
                f"{outcomes:,} outcomes of its next cohorts, more than memory={self.memory:g} GB "
                f"hold. Simulate the trial instead (simulate_design), or allow more."
            )
        grown = [self._grow(dose, size, part) for (dose, size), part in groups.items()]
        keys = np.concatenate([piece[0] for piece in grown], axis=1)
        mass = np.concatenate([piece[1] for piece in grown], axis=1)
        given = np.repeat([dose for dose, _ in groups], [piece[0].shape[1] for piece in grown])
        last = None
        if self.design.looks_at_last:
            last = np.concatenate([piece[2] for piece in grown])
        else:
            keys, mass, given = find_merged_by_dose(keys, mass, given, self.layout.spare)
        for start in range(0, len(given), BLOCK):
            here = slice(start, start + BLOCK)
            states = States(
                self.design.features,
                self.layout.counts(keys[:, here]),
                given[here],
                None if last is None else last[here],
            )
            rows, states, share = _draw(self.design, states)
            steps = find_delivered_steps(self.design, states, np.full(len(states), used))
            code = np.where(
                steps.dose < 0,
                steps.reason,
                Reason.START + steps.dose * (self.design.planned + 1) + steps.size,
            )
            for which in np.flatnonzero(np.bincount(code)).tolist():
                chosen = np.flatnonzero(code == which)
                from_row = rows[chosen]
                yield (
                    which,
                    (keys[:, here][:, from_row], mass[:, here][:, from_row] * share[chosen]),
                )

    def _grow(self, dose: int, size: int, part: Part) -> tuple[Keys, Floats, Integers]:
        """Return every outcome of a group's next cohort: keys, weights, counts where given."""
        keys, mass = part
        self.slots[:, dose] += size * mass.sum(axis=1)
        added, chance = self._cohort(dose, size)
        after = keys[:, np.newaxis, :] + added[:, :, np.newaxis]
        weight = chance[:, :, np.newaxis] * mass[:, np.newaxis, :]
        last = np.repeat(self.layout.counts(added)[:, dose], keys.shape[1], axis=0)
        return after.reshape(len(after), -1), weight.reshape(len(weight), -1), last

    def _cohort(self, dose: int, size: int) -> Part:
        """Return everything that a cohort can add, with its probability under each truth."""
        if (dose, size) not in self._cohorts:
            keys, chance = self._singles[dose]
            if size > 1:
                before, mass = self._cohort(dose, size - 1)
                joined = (before[:, :, np.newaxis] + keys[:, np.newaxis, :]).reshape(len(keys), -1)
                weight = (mass[:, :, np.newaxis] * chance[:, np.newaxis, :]).reshape(len(mass), -1)
                keys, chance = find_merged(joined, weight)
            self._cohorts[dose, size] = keys, chance
        return self._cohorts[dose, size]

    def _single(self, dose: int) -> Part:
        """Return what one place of a cohort can add, with its probability under each truth."""
        features = self.design.features
        share = self.delivery.counts_at()[dose]
        rows, chances = [np.zeros((self.design.n_doses, len(features)), dtype=int)], []
        chances.append(np.full(len(self.kernel.scenarios), 1 - share.sum()))
        for event, probability in _events(self.kernel.scenarios):
            for level, counted in zip(*np.nonzero(share), strict=True):
                row = np.zeros_like(rows[0])
                row[counted] = [{"n": 1, **event}[feature] for feature in features]
                rows.append(row)
                chances.append(share[level, counted] * probability[:, level])
        chance = np.maximum(np.array(chances).T, 0.0)
        possible = chance.any(axis=0)
        return find_merged(self.layout.keys(np.array(rows)[possible]), chance[:, possible])

    def _finish(self, reason: Reason, keys: Keys, mass: Floats) -> Iterator[Ending]:
        """Select a dose in each ending."""
        self.sizes["final"] += keys.shape[1]
        for start in range(0, keys.shape[1], BLOCK):
            here = slice(start, start + BLOCK)
            counts = self.layout.counts(keys[:, here])
            nowhere = np.full(len(counts), -1)
            states = States(self.design.features, counts, nowhere)
            selected = nowhere if reason in WITHOUT_DOSE else self.design.select_states(states)
            yield Ending(states, selected, reason, mass[:, here])


def _draw(design: Design, states: States) -> tuple[Integers, States, Floats]:
    """Split trials where chance decides: which they were, with the drawn dose, and its share."""
    chances = find_delivered_chances(design, states)
    if chances is None:
        return np.arange(len(states)), states, np.ones(len(states))
    rows, lots = np.nonzero(chances)
    return rows, states.drawn(rows, lots), chances[rows, lots]


def _events(scenarios: Sequence[Scenario]) -> Iterator[tuple[dict[str, int], Floats]]:
    """Return what a participant can show, with its probability at each received level."""
    nothing = [0.0] * scenarios[0].n_doses
    tox = np.array([scenario.tox or nothing for scenario in scenarios])
    eff = np.array([scenario.eff or nothing for scenario in scenarios])
    both = np.array([scenario.joint for scenario in scenarios])
    yield {"tox": 0, "eff": 0, "both": 0}, 1 - tox - eff + both
    yield {"tox": 1, "eff": 0, "both": 0}, tox - both
    yield {"tox": 0, "eff": 1, "both": 0}, eff - both
    yield {"tox": 1, "eff": 1, "both": 1}, both
