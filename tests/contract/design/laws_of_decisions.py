"""Laws of single decisions: one rule, one table, within the plan, one level at a time."""

import numpy as np
from tests.contract.design.designs import Case
from tests.contract.design.law import is_for_doses, law
from tests.contract.design.reach import find_decision, find_reached

from protocyte.design import Decision, DecisionRow, Outcomes, Selection, States

ENDS = {
    "go on": (True, None),
    "stop": (False, None),
    "success": (False, 1),
    "active": (False, 1),
    "tolerated": (False, 1),
    "not active": (False, None),
    "not tolerated": (False, None),
}
"""Words of single-arm tables: whether the trial goes on, and the dose that is selected."""


@law("one rule")
def one_rule_for_one_and_many(case: Case) -> None:
    """Deciding many states at once is deciding each of them alone."""
    design, many = case.design, find_reached(case)
    rows = [outcomes.states(design.features) for outcomes in many]
    last = [row.last for row in rows if row.last is not None]
    states = States(
        design.features,
        np.concatenate([row.counts for row in rows]),
        np.concatenate([row.dose for row in rows]),
        np.concatenate(last) if len(last) == len(rows) else None,
    )
    steps, closed = design.decide_states(states), design.closed_states(states)
    selected = design.select_states(states)
    for i, outcomes in enumerate(many):
        decision = find_decision(design, outcomes)
        assert (decision.dose or 0) == steps.dose[i] + 1
        assert decision.size == steps.size[i]
        assert decision.closed == tuple(np.flatnonzero(closed[i]) + 1)
        level = design.select(outcomes).dose
        assert level is None or level == selected[i] + 1


@law("within the plan")
def keeps_to_the_plan(case: Case) -> None:
    """Never more participants than planned, or than fit at a dose; who stops treats nobody."""
    design = case.design
    for outcomes in find_reached(case):
        decision = find_decision(design, outcomes)
        assert outcomes.total + decision.size <= design.planned
        if decision.dose is None:
            assert (decision.action, decision.size) == ("stop", 0)
            continue
        assert 1 <= decision.dose <= design.n_doses
        assert decision.size > 0
        assert outcomes.n[decision.dose - 1] + decision.size <= design.capacity


@law("none skipped", asks=is_for_doses)
def skips_no_untried_dose(case: Case) -> None:
    """The next dose is at most one level above the highest that was tried."""
    for outcomes in find_reached(case):
        highest = max(level for level, n in enumerate(outcomes.n, start=1) if n)
        assert (find_decision(case.design, outcomes).dose or 0) <= highest + 1


@law("one level up", asks=is_for_doses)
def goes_up_level_by_level(case: Case) -> None:
    """The next dose is at most one level above that of the last cohort."""
    for outcomes in find_reached(case):
        assert outcomes.dose is not None
        assert (find_decision(case.design, outcomes).dose or 0) <= outcomes.dose + 1


@law("ends when full")
def ends_when_all_are_treated(case: Case) -> None:
    """With more participants than planned at the lowest dose, the trial stops."""
    design, n = case.design, case.design.planned + 1
    counts, none = [n] + [0] * (design.n_doses - 1), [0] * design.n_doses
    outcomes = Outcomes.from_counts(counts, none, eff=counts, both=none, dose=1)
    assert design.decide(outcomes).action == "stop"


@law("table", asks=lambda case: bool(case.design.table()))
def table_is_the_function(case: Case) -> None:
    """Wherever the counts are those of a row, the decision is that of the row.

    A rule that stops a trial, and doses that are closed or do not exist, come before the row.
    """
    design, met = case.design, 0
    rows: dict[tuple[int, int | None, int | None], DecisionRow] = {}
    for row in design.table():
        # Of two rows for one count the first holds: a boundary goes before the design inside.
        rows.setdefault((row.n, row.tox, row.eff), row)
    for outcomes in find_reached(case):
        assert outcomes.dose is not None
        place = outcomes.dose - 1
        n, tox = outcomes.n[place], outcomes.tox[place]
        eff = None if outcomes.eff is None else outcomes.eff[place]
        keys = [(n, tox, None), (n, tox, eff), (n, None, eff)]
        found = next((rows[key] for key in keys if key in rows), None)
        if found is None:
            continue
        met += 1
        decision, selection = design.decide(outcomes), design.select(outcomes)
        if found.decision in ENDS:
            goes_on, selected = ENDS[found.decision]
            assert (decision.dose is not None) == goes_on
            assert goes_on or selection.dose == selected
        else:
            _follows(found, decision, selection, outcomes.dose, design.n_doses)
    assert met, "no state has the counts of any row"


def _follows(
    row: DecisionRow, decision: Decision, selection: Selection, level: int, n_doses: int
) -> None:
    """Check a decision against the letters of a row."""
    if row.eliminate:
        assert level in decision.closed
        assert decision.dose != level
        assert selection.dose != level
    elif decision.dose is not None:
        goes_to = {
            "E": level + 1 if level < n_doses and level + 1 not in decision.closed else level,
            "S": level,
            "D": max(level - 1, 1),
        }
        assert decision.dose in {goes_to[letter] for letter in row.decision}, row
