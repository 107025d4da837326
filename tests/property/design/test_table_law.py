"""Laws of designs that read a table, for any settings and outcomes."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from protocyte.design import (
    BOIN,
    MTPI,
    MTPI2,
    Design,
    EnoughAtDose,
    I3Plus3,
    Keyboard,
    LetterTable,
    MostAtDose,
    NoSkipping,
    Outcomes,
    RollingSix,
    States,
    StopWhen,
    TableDesign,
    ThreePlusThree,
    Titration,
    TooToxic,
)
from protocyte.design.exact.binomial import find_cohort_counts

SHARED: dict[str, Any] = {
    "target": st.sampled_from([0.15, 0.2, 0.25, 0.3, 0.33]),
    "n_doses": st.integers(1, 4),
    "cohorts": st.integers(1, 5),
    "cohort_size": st.integers(1, 4)
    | st.lists(st.integers(1, 4), min_size=1, max_size=1).map(tuple),
    "certainty": st.floats(0.9, 0.99),
    "close_from": st.integers(1, 6),
    "early_stop": st.none() | st.integers(1, 12),
    "early_stop_when": st.sampled_from(["staying", "always"]),
}
MARGINS: dict[str, Any] = {
    "margin_below": st.sampled_from([0.02, 0.05, 0.1]),
    "margin_above": st.sampled_from([0.02, 0.05, 0.1]),
}
INTERVALS = (
    st.builds(BOIN, **SHARED)
    | st.builds(I3Plus3, **SHARED, **MARGINS)
    | st.builds(MTPI, **SHARED, **MARGINS)
    | st.builds(MTPI2, **SHARED, **MARGINS)
    | st.builds(Keyboard, **SHARED, **MARGINS, edges=st.sampled_from(["drop", "rescale"]))
)
DESIGNS = (
    INTERVALS
    | st.builds(RollingSix, st.integers(1, 4), cohort_size=st.integers(1, 6), start_dose=st.just(1))
    | st.builds(
        Titration,
        st.builds(BOIN, target=st.just(0.3), n_doses=st.integers(1, 4), cohorts=st.integers(1, 5))
        | st.builds(ThreePlusThree, st.integers(1, 4), st.sampled_from(["A", "B", "C"])),
    )
    | st.builds(NoSkipping, INTERVALS)
    | st.builds(MostAtDose, INTERVALS, st.integers(1, 9))
    | st.builds(
        StopWhen,
        INTERVALS,
        st.builds(EnoughAtDose, st.integers(1, 9)) | st.builds(TooToxic, st.floats(0.5, 0.99)),
    )
)


def _path(design: Design, data: st.DataObject) -> list[Outcomes]:
    """Follow the design through outcomes that Hypothesis draws, to the end."""
    seen, outcomes = [], Outcomes.none(design.n_doses)
    decision = design.decide(outcomes)
    while decision.dose is not None:
        rows = find_cohort_counts(design.features, decision.size)
        n, tox = data.draw(st.sampled_from(rows.tolist()))
        outcomes = outcomes.after(decision.dose, n=n, tox=tox, eff=0, both=0)
        seen.append(outcomes)
        decision = design.decide(outcomes)
    return seen


@settings(max_examples=120, deadline=None)
@given(DESIGNS, st.data())
def test_paths_end_within_the_plan_and_never_at_a_closed_dose(
    design: Design, data: st.DataObject
) -> None:
    before: set[int] = set()
    for outcomes in _path(design, data):
        decision, selection = design.decide(outcomes), design.select(outcomes)
        assert decision.dose not in decision.closed
        assert selection.dose not in decision.closed
        assert outcomes.total + decision.size <= design.planned
        # What was closed once stays closed.
        assert before <= set(decision.closed)
        before = set(decision.closed)


@settings(max_examples=120, deadline=None)
@given(DESIGNS, st.data())
def test_one_dlt_more_is_never_bolder(design: Design, data: st.DataObject) -> None:
    for outcomes in _path(design, data):
        assert outcomes.dose is not None
        place = outcomes.dose - 1
        if outcomes.tox[place] == outcomes.n[place]:
            continue
        tox = [count + (level == place) for level, count in enumerate(outcomes.tox)]
        before = design.decide(outcomes)
        after = design.decide(Outcomes.from_counts(outcomes.n, tox, dose=outcomes.dose))
        if before.dose is not None and after.dose is not None:
            assert after.dose <= before.dose
        assert set(before.closed) <= set(after.closed)


@settings(max_examples=60, deadline=None)
@given(INTERVALS)
def test_a_design_written_down_as_letters_decides_the_same(design: Any) -> None:
    most = design.planned
    table = design.decision_table
    letters = LetterTable(
        tuple((n, tuple(table.letter(n, y) for y in range(n + 1))) for n in range(1, most + 1))
    )
    copy = TableDesign(
        letters,
        target=design.target,
        n_doses=design.n_doses,
        cohorts=design.cohorts,
        cohort_size=design.cohort_size,
        early_stop=design.early_stop,
        early_stop_when=design.early_stop_when,
    )
    n, tox = np.triu_indices(most + 1)[::-1]
    counts = np.zeros((len(n), design.n_doses, 2), dtype=np.int16)
    counts[:, 0, 0], counts[:, 0, 1] = n, tox
    states = States(("n", "tox"), counts[1:], np.zeros(len(n) - 1, dtype=int))
    first, second = design.decide_states(states), copy.decide_states(states)
    assert np.array_equal(first.dose, second.dose)
    assert np.array_equal(first.size, second.size)
    assert np.array_equal(design.select_states(states), copy.select_states(states))
