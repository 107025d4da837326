"""Which compiled loop runs a design, and with which numbers."""

# Compiled functions take plain numbers, in a fixed order.
# ruff: noqa: PLR0911, PLR0917

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, final

import numpy as np

from protocyte.design.design import Design
from protocyte.design.late_onset.backfill import BEBOIN, BFBOIN, ORDERS
from protocyte.design.late_onset.interval_rule import IntervalRule
from protocyte.design.late_onset.late_onset import LateOnsetDesign
from protocyte.design.late_onset.rolling_six import ROLLING_MOVES, RollingSixInTime
from protocyte.design.late_onset.suspension import Suspension
from protocyte.design.late_onset.tite_boin12 import TITEBOIN12
from protocyte.design.late_onset.tite_crm import TITECRM, CurveRule
from protocyte.design.late_onset.tite_interval import (
    THIRDS,
    IntervalLateOnset,
    find_interval_rule,
)
from protocyte.design.state import Floats, Integers, States
from protocyte.design.toxicity.decision_table import IntervalTable
from protocyte.design.toxicity.interval import TableDesign, find_cohort_sizes
from protocyte.design.toxicity.interval_design import IntervalDesign
from protocyte.design.toxicity.rolling_six import RollingSix
from protocyte.design.toxicity.three_plus_three import ThreePlusThree
from protocyte.errors import DesignError
from protocyte.simulation.calendar import Calendar, In
from protocyte.simulation.calendar_accrual import CLOCKS, COUNTS, FACTS, SLOT, UNREPLACED
from protocyte.simulation.calendar_backfill import simulate_backfill_trials
from protocyte.simulation.calendar_complete import (
    FIGURES,
    TABLE,
    THREE_PLUS_THREE,
    sample_lots,
    simulate_cohorts,
    simulate_ends,
    simulate_trials,
)
from protocyte.simulation.calendar_late import (
    INTERVAL,
    MODEL,
    ROLLING,
    UTILITY,
    simulate_late_trials,
)
from protocyte.simulation.calendar_model import Sketch, find_sketch
from protocyte.simulation.calendar_room import Room
from protocyte.simulation.calendar_utility import Bounds, find_bounds

COLUMNS: Final = ("n", "tox", "eff", "both")
NEVER_WAITS: Final = Suspension(None, None, None)
NO_SKETCH: Final = Sketch(
    *(np.zeros((1, 1)),) * 2, *(np.zeros(1),) * 3, np.zeros(1, dtype=np.int64), 1.0
)
NO_BOUNDS: Final = Bounds(*(np.zeros((1, 1)),) * 3)
NO_CURVE: Final = CurveRule(*(np.zeros((1, 1)),) * 2, *(np.zeros(1),) * 4)


@final
@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Some trials of one design in one scenario.

    Parameters
    ----------
    counts : ndarray of int, shape (trials, n_doses, 4)
        Participants, those with a DLT, with a response, with both [participants].
    reasons : ndarray of int, shape (trials,)
        Values of `Reason` [1].
    figures : ndarray of float, shape (trials, n_figures)
        What each trial took, in the order of `FIGURES`.

    Examples
    --------
    >>> Block.empty(10, n_doses=3).counts.shape
    (10, 3, 4)
    """

    counts: Integers
    reasons: Integers
    figures: Floats

    @classmethod
    def empty(cls, trials: int, *, n_doses: int) -> "Block":
        """Return room for some trials.

        Parameters
        ----------
        trials : int
            How many.
        n_doses : int
            How many doses.

        Returns
        -------
        Block
            Zeros.
        """
        return cls(
            np.zeros((trials, n_doses, 4), dtype=np.int64),
            np.zeros(trials, dtype=np.int8),
            np.zeros((trials, len(FIGURES))),
        )


Run: TypeAlias = Callable[[int, int, Floats], Block]
"""From the first trial's number, how many, and a truth to the trials; the seed is bound."""


def simulate_with(design: Design, calendar: Calendar, *, seed: int) -> Run:
    """Simulate trials of a design: return the loop that runs them.

    Parameters
    ----------
    design : Design
        What is run.
    calendar : Calendar
        The conventions of time.
    seed : int
        Where chance begins.

    Returns
    -------
    callable
        From the first trial's number, how many trials, and a truth to a `Block`.

    Raises
    ------
    DesignError
        If the calendar does not fit the design.

    Examples
    --------
    >>> from protocyte.design import BOIN, Scenario
    >>> calendar = Calendar(gap=10, window=28)
    >>> run = simulate_with(BOIN(target=0.3, n_doses=2, cohorts=2), calendar, seed=1)
    >>> run(0, 5, calendar.truth(Scenario((0.0, 0.0)))).counts[:, :, 0].tolist()[0]
    [3, 3]
    """
    if isinstance(design, LateOnsetDesign):
        _check_window(design, calendar)
    elif _holds_late_onset(design):
        raise DesignError(
            "A rule holds a design that decides while outcomes are pending, and would make it wait "
            "for them; give that design without rules around it."
        )
    if isinstance(design, RollingSix):
        design = RollingSixInTime(design, calendar.window)
    number, plan = np.uint64(seed), calendar.plan()
    bound = (plan, number)
    match design:
        case BFBOIN() | BEBOIN():
            return _backfill(design, *bound)
        case TITEBOIN12():
            return _late(design, UTILITY, _utility_rule(design), *bound)
        case TITECRM():
            return _late(design, MODEL, _model_rule(design), *bound)
        case RollingSixInTime():
            return _late(design, ROLLING, _no_rule(design.planned), *bound)
        case IntervalLateOnset():
            return _late(design, INTERVAL, design.rule, *bound)
        case ThreePlusThree():
            return _compiled(design, THREE_PLUS_THREE, _no_rule(design.planned), *bound)
        case IntervalDesign() | TableDesign() if isinstance(design.decision_table, IntervalTable):
            return _compiled(design, TABLE, _rule(design, design.decision_table), *bound)
    if calendar.cut_cohort:
        raise DesignError(
            "Cohorts can be cut for interval designs and 3+3, whose limits are known before; "
            "leave cut_cohort out for this design."
        )
    return lambda first, trials, truth: _ask(design, plan, truth, number, first, trials)


def _holds_late_onset(design: Design) -> bool:
    inside = getattr(design, "parent", None)
    while inside is not None:
        if isinstance(inside, LateOnsetDesign):
            return True
        inside = getattr(inside, "parent", None)
    return False


def _check_window(design: LateOnsetDesign, calendar: Calendar) -> None:
    answers = calendar.window if calendar.response_window is None else calendar.response_window
    if isinstance(design, TITEBOIN12) and abs(design.response_window - answers) > 1e-9 * answers:
        raise DesignError(
            f"The design waits {design.response_window:g} days for a response and the calendar "
            f"{answers:g}; give both the same response_window."
        )
    if abs(design.window - calendar.window) > 1e-9 * calendar.window:
        raise DesignError(
            f"The design watches for {design.window:g} days and the calendar for "
            f"{calendar.window:g}; give both the same window."
        )


def _rule(design: IntervalDesign | TableDesign, table: IntervalTable) -> IntervalRule:
    return find_interval_rule(
        table,
        NEVER_WAITS,
        target=design.target,
        cohorts=find_cohort_sizes(design.cohorts, design.cohort_size),
        early_stop=design.early_stop,
        only_staying=design.early_stop_when == "staying",
    )


def _no_rule(planned: int) -> IntervalRule:
    """Return an interval rule for designs that have none of their own."""
    table = IntervalTable((-1,) * planned, tuple(n + 1 for n in range(1, planned + 1)),
                          tuple(n + 1 for n in range(1, planned + 1)))  # fmt: skip
    return find_interval_rule(table, NEVER_WAITS, target=0.5, cohorts=(1,) * planned)


def _model_rule(design: TITECRM) -> IntervalRule:
    """Return what the loop asks of a rule: cohorts, and when waiting may end."""
    crm, plain = design.parent, _no_rule(design.planned)
    cohorts = find_cohort_sizes(crm.cohorts, crm.cohort_size)
    table = IntervalTable(*(tuple(row[1:].tolist()) for row in plain.limits[:3]))
    return find_interval_rule(table, design.suspension, target=crm.target, cohorts=cohorts)


def _utility_rule(design: TITEBOIN12) -> IntervalRule:
    """Return the limits and settings of a TITE-BOIN12 in the shape of an interval rule."""
    rule, parent = design.rule, design.parent
    sizes = np.minimum(parent.cohort_size, np.arange(parent.planned, -1, -1))
    return IntervalRule(rule.limits, np.zeros((2, 1)), rule.settings, sizes)


def _compiled(
    design: ThreePlusThree | IntervalDesign | TableDesign,
    kind: int,
    rule: IntervalRule,
    plan: Floats,
    seed: Any,
) -> Run:
    start = design.start()
    form = "ABC".index(design.form) if isinstance(design, ThreePlusThree) else 0

    def run(first: int, trials: int, truth: Floats) -> Block:
        block = Block.empty(trials, n_doses=design.n_doses)
        room = Room.empty(levels=design.n_doses, planned=design.planned)
        simulate_trials(
            kind, form, room, *rule, start.size, start.dose, design.planned, first, block.counts,
            block.reasons, block.figures, plan, truth, seed,
        )  # fmt: skip
        return block

    return run


def _late(
    design: LateOnsetDesign,
    kind: int,
    rule: IntervalRule,
    plan: Floats,
    seed: Any,
) -> Run:
    thirds = np.array(design.thirds if isinstance(design, IntervalLateOnset) else THIRDS)
    five = design.parent.five_clean if isinstance(design, RollingSixInTime) else "wait"
    curve = design.rule if isinstance(design, TITECRM) else NO_CURVE
    sketch = find_sketch(design.rule) if isinstance(design, TITECRM) else NO_SKETCH
    utilities = design.rule.utilities if isinstance(design, TITEBOIN12) else np.zeros(4)
    start, planned = design.start().dose, len(rule.sizes) - 1
    bounds = find_bounds(rule.settings, planned) if kind == UTILITY else NO_BOUNDS

    def run(first: int, trials: int, truth: Floats) -> Block:
        block = Block.empty(trials, n_doses=design.n_doses)
        nodes = len(curve.nodes)
        room = Room.empty(levels=design.n_doses, planned=planned, nodes=nodes)
        simulate_late_trials(
            kind, room, *rule, thirds, ROLLING_MOVES[five], *curve, sketch, utilities, bounds,
            start, first, block.counts, block.reasons, block.figures, plan, truth, seed,
        )  # fmt: skip
        return block

    return run


def _backfill(design: BFBOIN | BEBOIN, plan: Floats, seed: Any) -> Run:
    start, rule = design.start().dose, design.rule
    exact, order = int(design.response_at == "dose"), ORDERS.index(design.order)
    planned, extra = len(rule.sizes) - 1, design.cap * design.n_doses

    def run(first: int, trials: int, truth: Floats) -> Block:
        block = Block.empty(trials, n_doses=design.n_doses)
        room = Room.empty(levels=design.n_doses, planned=planned, extra=extra)
        simulate_backfill_trials(
            int(design.imputes), design.cap, exact, order, room, *rule, start, first, block.counts,
            block.reasons, block.figures, plan, truth, seed,
        )  # fmt: skip
        return block

    return run


def _ask(
    design: Design,
    plan: Floats,
    truth: Floats,
    seed: Any,
    first: int,
    trials: int,
) -> Block:
    """Run trials cohort by cohort, and ask the design between them."""
    block, start = Block.empty(trials, n_doses=design.n_doses), design.start()
    columns = np.array([COLUMNS.index(feature) for feature in design.features])
    # Places open again only where somebody may be lost; what is small stays near the processor.
    reopened = design.planned if plan[In.FAILURE] + plan[In.DROP_OUT] > 0 else 1
    clocks, people = np.zeros((trials, CLOCKS + reopened)), np.zeros((trials, COUNTS), int)
    clocks[:, SLOT] = -1.0
    rows = np.zeros((design.planned, FACTS))
    running = np.arange(trials)
    dose, size = np.full(trials, start.dose), np.full(trials, start.size)
    while len(running):
        seen = np.empty((len(running), design.n_doses, len(columns)), dtype=np.int16)
        last = np.empty((len(running), len(columns)), dtype=np.int64)
        simulate_cohorts(
            dose, size, running, int("eff" in design.features), rows, first, block.counts, clocks,
            people, columns, seen, last, plan, truth, seed,
        )  # fmt: skip
        states = _drawn(design, States(design.features, seen, dose, last), seed, first, running,
                        people)  # fmt: skip
        steps = design.decide_states(states)
        block.reasons[running] = steps.reason
        left = design.planned - seen[:, :, 0].sum(axis=1) - people[running, UNREPLACED]
        going = ~steps.stopped & (left > 0)
        block.reasons[running[~steps.stopped & (left <= 0)]] = 0
        running, dose = running[going], steps.dose[going].astype(np.int64)
        size = np.minimum(steps.size, left)[going].astype(np.int64)
    infused = block.counts[:, :, 0].sum(axis=1)
    simulate_ends(
        start.size, first, infused, block.reasons, clocks, people, block.figures, plan, seed
    )
    return block


def _drawn(
    design: Design, states: States, seed: Any, first: int, running: Integers, people: Integers
) -> States:
    """Draw the next dose of each trial, if the design randomises."""
    chances = design.chance_states(states)
    if chances is None:
        return states
    luck = np.empty(len(running))
    sample_lots(running, people, seed, first, luck)
    lots = (np.cumsum(chances, axis=1) <= luck[:, np.newaxis]).sum(axis=1)
    last = chances.shape[1] - 1 - np.argmax(chances[:, ::-1] > 0, axis=1)
    return states.drawn(np.arange(len(states)), np.minimum(lots, last))
