"""Tables as designs."""

import numpy as np
import pytest

from protocyte.design import (
    BOIN,
    IntervalTable,
    Outcomes,
    Scenario,
    TableDesign,
    find_characteristics,
)
from protocyte.errors import DesignError, OutcomeError

TABLE = IntervalTable((0, 0, 0, 0, 1, 1), (1, 1, 2, 2, 2, 2), (2, 3, 3, 3, 4, 4))


def test_a_table_equals_the_design_that_it_was_compiled_from() -> None:
    """A protocol's printed table gives the characteristics of the design behind it."""
    boin = BOIN(target=0.3, n_doses=4, cohorts=7)
    limits = boin.decision_table
    printed = IntervalTable(limits.escalate[:21], limits.de_escalate[:21], limits.eliminate[:21])
    table = TableDesign(printed, target=0.3, n_doses=4, cohorts=7)
    truth = [Scenario((0.1, 0.25, 0.4, 0.6))]
    first, second = find_characteristics(boin, truth), find_characteristics(table, truth)
    assert np.array_equal(first.selection, second.selection)
    assert np.array_equal(first.participants, second.participants)


def test_arithmetic_names_the_limits() -> None:
    design = TableDesign(TABLE, target=0.25, n_doses=2, cohorts=2, early_stop=6)
    decision = design.decide(Outcomes.from_notation("1NNT", n_doses=2))
    assert decision.arithmetic == (
        "1 DLT in 3 at dose 1: escalate at 0, de-escalate at ≥ 2, close the dose at ≥ 3",
        "3 of 6 participants treated",
        "3 at dose 1: stop from 6 if the next cohort would stay",
    )


def test_a_rate_limit_can_leave_no_mtd() -> None:
    outcomes = Outcomes.from_notation("1NNT 1NNT", n_doses=2)
    settings = {"target": 0.25, "n_doses": 2, "cohorts": 2}
    assert TableDesign(TABLE, **settings).select(outcomes).dose == 1  # type: ignore[arg-type]
    strict = TableDesign(TABLE, rate_limit=0.3, **settings)  # type: ignore[arg-type]
    assert strict.select(outcomes).dose is None


def test_more_participants_than_the_table_knows() -> None:
    design = TableDesign(TABLE, target=0.25, n_doses=2, cohorts=2)
    with pytest.raises(OutcomeError, match=r"7 participants at one dose .* knows \(6\)"):
        design.decide(Outcomes.from_notation("1NNNNNNT", n_doses=2))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (((), (), ()), "The columns of the decision table have [0, 0, 0] rows"),
        (((0,), (1, 1), (2, 3)), "The columns of the decision table have [1, 2, 2] rows"),
        (((0, 1), (1, 1), (2, 3)), "At 2 participants the decision table escalates up to 1 DLTs"),
        (((-2,), (1,), (2,)), "At 1 participants the decision table escalates up to -2"),
        (((0,), (1,), (0,)), "At 1 participants the decision table closes a dose from 0 DLTs"),
        (((0,), (1,), (1,), (0,)), "At 1 participants the decision table closes a dose from 0"),
    ],
)
def test_tables_that_contradict_themselves(
    columns: tuple[tuple[int, ...], ...], message: str
) -> None:
    with pytest.raises(DesignError) as refused:
        IntervalTable(*columns)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"target": 1.0}, "The target DLT probability is 1.0"),
        ({"cohorts": 3}, "The decision table ends at 6 participants and 9 may be treated"),
        ({"start_dose": 0}, "The trial starts at dose level 0 of 2"),
    ],
)
def test_settings_that_do_not_fit_the_table(settings: dict[str, float], message: str) -> None:
    base = {"target": 0.25, "n_doses": 2, "cohorts": 2}
    with pytest.raises(DesignError) as refused:
        TableDesign(TABLE, **(base | settings))  # type: ignore[arg-type]
    assert str(refused.value).startswith(message)


def test_an_early_stop_shortens_the_table_that_is_needed() -> None:
    design = TableDesign(
        TABLE, target=0.25, n_doses=2, cohorts=5, early_stop=4, early_stop_when="always"
    )
    assert design.capacity == 6
