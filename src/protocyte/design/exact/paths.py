"""Where a trial may go from here: the next cohorts outcome by outcome, and those after them merged.

For the next cohorts every outcome is kept apart, as a tree that a protocol prints. Cohorts further
ahead are too many to print: they are told by the dose that they get, from the same walk.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np

from protocyte.design.decision import Decision
from protocyte.design.design import Design
from protocyte.design.exact.binomial import find_cohort_counts
from protocyte.design.exact.kernel import Kernel
from protocyte.design.exact.layout import Layout
from protocyte.design.outcome import Outcomes
from protocyte.design.scenario import Scenario
from protocyte.design.state import Floats, Integers, States
from protocyte.errors import DesignError

MOST_LEAVES: Final = 5_000
"""Ends of a tree beyond which nobody reads it."""
MOST_STATES: Final = 2_000_000
"""States of a cohort beyond which its doses are not told."""


@final
@dataclass(frozen=True, slots=True)
class PathStep:
    """One outcome of a cohort, and the decision after it.

    Parameters
    ----------
    dose : int or None
        Dose level of the cohort that showed it, from 1; None at the root.
    seen : tuple of int or None
        What the cohort showed: n, DLTs, responses, both; None where not counted. Empty at the root.
    outcomes : Outcomes
        The trial up to here.
    decision : Decision
        What comes next.
    chances : tuple of float
        Probability of coming here from the root, one a scenario [1].
    branches : tuple of PathStep
        What the next cohort may show.
    """

    dose: int | None
    seen: tuple[int | None, ...]
    outcomes: Outcomes
    decision: Decision
    chances: tuple[float, ...]
    branches: tuple["PathStep", ...] = ()

    def leaves(self) -> Iterator[tuple["PathStep", ...]]:
        """Return every way through the tree, from the first cohort to the last."""
        for branch in self.branches:
            if branch.branches:
                yield from ((branch, *rest) for rest in branch.leaves())
            else:
                yield (branch,)

    def as_dict(self) -> dict[str, Any]:
        """Return the tree as JSON can hold it."""
        names = ("n", "tox", "eff", "both")
        return {
            "dose": self.dose,
            "seen": dict(zip(names, self.seen, strict=False)),
            "outcomes": self.outcomes.as_dict(),
            "decision": self.decision.as_dict(),
            "chances": list(self.chances),
            "branches": [branch.as_dict() for branch in self.branches],
        }


@final
@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """Which dose a cohort gets, whatever the way to it.

    Parameters
    ----------
    cohort : int
        Its number, the next cohort being 1.
    doses : ndarray of float, shape (n_scenarios, n_doses)
        Probability that it is treated, at each dose [1].
    ended : ndarray of float, shape (n_scenarios,)
        Probability that the trial has ended before it [1].
    states : int
        Different states of the trial before it.
    """

    cohort: int
    doses: Floats
    ended: Floats
    states: int

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {
            "cohort": self.cohort,
            "doses": self.doses.tolist(),
            "ended": self.ended.tolist(),
            "states": self.states,
        }


@final
@dataclass(frozen=True, slots=True, eq=False)
class Pathways:
    """What may come next.

    Parameters
    ----------
    scenarios : tuple of Scenario
        The truths behind all probabilities; empty without.
    root : PathStep
        Where the trial stands, with the outcomes of the next cohorts below it.
    apart : int
        Cohorts whose outcomes are kept apart.
    ahead : tuple of Ahead
        Which doses the next cohorts get; empty without scenarios.
    """

    scenarios: tuple[Scenario, ...]
    root: PathStep
    apart: int
    ahead: tuple[Ahead, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the paths as JSON can hold them."""
        return {
            "scenarios": [scenario.as_dict() for scenario in self.scenarios],
            "cohorts_apart": self.apart,
            "tree": self.root.as_dict(),
            "ahead": [layer.as_dict() for layer in self.ahead],
        }


def find_paths(
    design: Design,
    outcomes: Outcomes,
    *,
    cohorts: int,
    apart: int | None = None,
    scenarios: Sequence[Scenario] = (),
) -> Pathways:
    """Find what may happen over the next cohorts, and how probable it is.

    Parameters
    ----------
    design : Design
        The design.
    outcomes : Outcomes
        Where the trial stands.
    cohorts : int
        How many cohorts to look ahead, at least 1.
    apart : int, optional
        For how many of them outcomes are kept apart; up to 3, and 2 where responses are counted,
        by default.
    scenarios : sequence of Scenario
        Truths that make outcomes probable.

    Returns
    -------
    Pathways
        The tree, and the doses of each cohort.

    Raises
    ------
    DesignError
        If that is no number of cohorts, or the tree or the cohorts ahead grow too large.
    OutcomeError
        If the design cannot have these outcomes.

    References
    ----------
    .. [1] Yap C, Billingham LJ, Cheung YK, Craddock C, O'Quigley J. Dose transition pathways: the
       missing link between complex dose-finding designs and simple decision-making. *Clin Cancer
       Res* 2017;23:7440-7447. doi:10.1158/1078-0432.CCR-17-0582

    Examples
    --------
    >>> from protocyte.design import BOIN
    >>> truth = Scenario((0.1, 0.3, 0.5))
    >>> found = find_paths(
    ...     BOIN(target=0.3, n_doses=3), Outcomes.none(3), cohorts=3, apart=1, scenarios=[truth])
    >>> [round(step.chances[0], 3) for step in found.root.branches]
    [0.729, 0.243, 0.027, 0.001]
    >>> found.ahead[1].doses.round(3).tolist()
    [[0.27, 0.729, 0.0]]
    """
    if cohorts < 1:
        raise DesignError(f"{cohorts} cohorts ahead are none; look at least 1 ahead.")
    usual = 2 if len(design.features) > 2 else 3
    kept = min(cohorts, usual if apart is None else apart)
    kernel = None
    if scenarios:
        kernel = Kernel(
            design.features,
            tuple(scenarios),
            n_doses=design.n_doses,
            planned=max(design.planned, outcomes.total),
        )
    tree = _Tree(design, kernel, len(scenarios))
    root = tree.grown(PathStep(None, (), outcomes, design.decide(outcomes), tree.sure), kept)
    ahead = () if kernel is None else tuple(_layers(design, outcomes, kernel, cohorts))
    return Pathways(tuple(scenarios), root, kept, ahead)


class _Tree:
    """Grows the outcomes of cohorts, one below the other."""

    def __init__(self, design: Design, kernel: Kernel | None, scenarios: int) -> None:
        self.design, self.kernel = design, kernel
        self.sure = (1.0,) * scenarios
        self.leaves = 0
        self.known: dict[Outcomes, Decision] = {}

    def grown(self, step: PathStep, ahead: int) -> PathStep:
        """Return a step with what may follow it."""
        decision = step.decision
        if not ahead or decision.dose is None:
            self.leaves += 1
            if self.leaves > MOST_LEAVES:
                raise DesignError(
                    f"The paths have more than {MOST_LEAVES:,} ends; keep the outcomes of fewer "
                    "cohorts apart."
                )
            return step
        drawn = decision.shares or ((decision.dose, 1.0),)
        branches = [
            self.grown(branch, ahead - 1)
            for dose, share in drawn
            for branch in self._branches(step, dose, share)
        ]
        return PathStep(
            step.dose, step.seen, step.outcomes, decision, step.chances, tuple(branches)
        )

    def _branches(self, step: PathStep, dose: int, share: float) -> Iterator[PathStep]:
        features, size = self.design.features, step.decision.size
        counts = find_cohort_counts(features, size)
        chances = np.empty((0, len(counts)))
        if self.kernel is not None:
            chances = share * self.kernel.probabilities(size)[:, dose - 1]
        for column, row in enumerate(counts.tolist()):
            seen = dict(zip(features, row, strict=True))
            tox, eff, both = (seen.get(feature) for feature in ("tox", "eff", "both"))
            after = step.outcomes.after(dose, n=seen["n"], tox=tox or 0, eff=eff, both=both)
            if after not in self.known:
                self.known[after] = self.design.decide(after)
            reached = np.array(step.chances) * chances[:, column]
            yield PathStep(
                dose,
                (seen["n"], tox, eff, both),
                after,
                self.known[after],
                tuple(reached.tolist()),
            )


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """States that share their next cohort."""

    counts: Integers
    mass: Floats
    dose: int
    size: int


def _layers(design: Design, outcomes: Outcomes, kernel: Kernel, cohorts: int) -> Iterator[Ahead]:
    """Walk cohort by cohort, and tell which dose each gets."""
    n_scenarios = len(kernel.scenarios)
    groups, ended = _present(design, outcomes, n_scenarios)
    for number in range(1, cohorts + 1):
        doses = np.zeros((n_scenarios, design.n_doses))
        for group in groups:
            doses[:, group.dose] += group.mass.sum(axis=1)
        states = sum(len(group.counts) for group in groups)
        yield Ahead(number, doses, ended.copy(), states)
        if number < cohorts:
            groups, more = _advanced(design, kernel, groups)
            ended = ended + more


def _present(design: Design, outcomes: Outcomes, n_scenarios: int) -> tuple[list[_Group], Floats]:
    """Take the present state, with its next cohort."""
    states = outcomes.states(design.features)
    mass = np.ones((n_scenarios, 1))
    if outcomes.dose is None:
        start = design.start()
        return [_Group(states.counts, mass, start.dose, start.size)], np.zeros(n_scenarios)
    return _decided(design, states, mass)


def _advanced(
    design: Design, kernel: Kernel, groups: Sequence[_Group]
) -> tuple[list[_Group], Floats]:
    """Give every state its next cohort, decide, and merge what is equal."""
    found: dict[tuple[int, int], list[_Group]] = defaultdict(list)
    ended = np.zeros(len(kernel.scenarios))
    for group in groups:
        cohort = find_cohort_counts(design.features, group.size)
        if len(group.counts) * len(cohort) > MOST_STATES:
            raise DesignError(
                f"{len(group.counts) * len(cohort):,} states of a cohort are too many to tell its "
                "doses; look fewer cohorts ahead."
            )
        counts = np.repeat(group.counts, len(cohort), axis=0)
        last = np.tile(cohort, (len(group.counts), 1)).astype(counts.dtype)
        counts[:, group.dose] += last
        chances = kernel.probabilities(group.size)[:, group.dose]
        mass = (group.mass[:, :, np.newaxis] * chances[:, np.newaxis, :]).reshape(len(chances), -1)
        states = States(design.features, counts, np.full(len(counts), group.dose), last)
        live, more = _decided(design, states, mass)
        ended += more
        for part in live:
            found[part.dose, part.size].append(part)
    return [_merged(parts) for _, parts in sorted(found.items())], ended


def _decided(design: Design, states: States, mass: Floats) -> tuple[list[_Group], Floats]:
    """Decide, and part states by their next cohort; what ends is summed."""
    chances = design.chance_states(states)
    if chances is not None:
        rows, lots = np.nonzero(chances)
        states, mass = states.drawn(rows, lots), mass[:, rows] * chances[rows, lots]
    steps = design.decide_states(states)
    ended: Floats = mass[:, steps.stopped].sum(axis=1)
    groups = []
    for dose, size in sorted(set(zip(steps.dose.tolist(), steps.size.tolist(), strict=True))):
        if dose >= 0:
            here = (steps.dose == dose) & (steps.size == size)
            groups.append(_Group(states.counts[here], mass[:, here], dose, size))
    return groups, ended


def _merged(parts: Sequence[_Group]) -> _Group:
    """Join states that have equal counts; they already share their next cohort."""
    counts = np.concatenate([part.counts for part in parts])
    mass = np.concatenate([part.mass for part in parts], axis=1)
    layout = Layout(
        n_doses=counts.shape[1], n_features=counts.shape[2], capacity=max(int(counts.max()), 1)
    )
    keys = layout.keys(counts)
    order = np.lexsort(keys)
    ordered = keys[:, order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (ordered[:, 1:] != ordered[:, :-1]).any(axis=0)
    joined = np.add.reduceat(mass[:, order], np.flatnonzero(first), axis=1)
    return _Group(counts[order[first]], joined, parts[0].dose, parts[0].size)
