"""Tables of letters, and the trials that follow them."""

import numpy as np
import pytest

from protocyte.design import (
    BOIN,
    LetterTable,
    Outcomes,
    Scenario,
    TableDesign,
    find_characteristics,
)
from protocyte.errors import DesignError, OutcomeError, ProtocolError

WORDS = {3: "E S D DU", 6: "E E S D DU DU DU", 9: "E E E S D DU DU DU DU DU"}
TRUTH = [Scenario((0.1, 0.25, 0.4, 0.6))]


def test_letters_of_a_design_run_as_the_design() -> None:
    boin = BOIN(target=0.3, n_doses=4, cohorts=7)
    table = boin.decision_table
    letters = LetterTable(
        tuple((n, tuple(table.letter(n, tox) for tox in range(n + 1))) for n in range(3, 22, 3))
    )
    copy = TableDesign(letters, target=0.3, n_doses=4, cohorts=7)
    first, second = find_characteristics(boin, TRUTH), find_characteristics(copy, TRUTH)
    assert np.array_equal(first.selection, second.selection)
    assert np.array_equal(first.participants, second.participants)
    assert copy.table()[1].decision == "S"
    assert copy.decide(Outcomes.from_notation("1NNT", n_doses=4)).arithmetic[0] == (
        "1 DLT in 3 at dose 1: the decision table says S"
    )


def test_a_table_that_grows_bolder_runs_as_it_is_written() -> None:
    odd = LetterTable.from_words({3: "S E D DU"})
    design = TableDesign(odd, target=0.3, n_doses=3, cohorts=1)
    assert design.decide(Outcomes.from_notation("1NNN", n_doses=3)).why == "planned"
    longer = TableDesign(
        LetterTable.from_words({3: "S E D DU", 6: "S S S E D D DU"}),
        target=0.3,
        n_doses=3,
        cohorts=2,
    )
    assert longer.decide(Outcomes.from_notation("1NNN", n_doses=3)).action == "stay"
    assert longer.decide(Outcomes.from_notation("1NNT", n_doses=3)).action == "escalate"
    assert abs(find_characteristics(longer, [Scenario((0.1, 0.2, 0.3))]).selection.sum() - 1) < 0.1


def test_a_hole_that_a_trial_can_come_to_is_refused() -> None:
    with pytest.raises(
        DesignError, match=r"no entry for 2 DLTs in 6 participants, .* cohorts of 3"
    ):
        TableDesign(
            LetterTable.from_words({3: "E S D DU", 6: "E E - D DU DU DU"}),
            target=0.3,
            n_doses=2,
            cohorts=2,
        )
    # Four to six in six cannot be: three in three close the dose.
    holes = LetterTable.from_words({3: "E S DU DU", 6: "E E S D DU - -"})
    assert TableDesign(holes, target=0.3, n_doses=2, cohorts=2).planned == 6


def test_an_early_stop_ends_the_table() -> None:
    table = LetterTable.from_words(WORDS)
    with pytest.raises(DesignError, match="no entry for 0 DLTs in 12"):
        TableDesign(table, target=0.3, n_doses=2, cohorts=5)
    short = TableDesign(
        table, target=0.3, n_doses=2, cohorts=5, early_stop=9, early_stop_when="always"
    )
    assert short.table()[-1].n == 9


def test_outcomes_that_the_table_does_not_know() -> None:
    design = TableDesign(
        LetterTable.from_words(WORDS), target=0.3, n_doses=2, cohorts=3, early_stop=9
    )
    with pytest.raises(OutcomeError, match="no entry for 1 DLTs in 4 participants"):
        design.decide(Outcomes.from_notation("1NNNT", n_doses=2))
    with pytest.raises(OutcomeError, match="12 participants at one dose"):
        design.decide(Outcomes.from_notation("1NNNNNNNNNNNN", n_doses=2))


def test_csv_in_any_order_with_empty_lines() -> None:
    text = "decision, Tox ,n,note\ndu,1,1,never\n\nE,0,1,\n"
    assert LetterTable.from_csv(text).rows == ((1, ("E", "DU")),)
    assert LetterTable.from_csv("n,tox,decision\n2,1,S").rows == ((2, ("-", "S", "-")),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no column n"),
        ("n,tox\n1,0", "no column decision"),
        ("n,tox,decision", "no line below its header"),
        ("n,tox,decision\n1,0,X", "line 2 of the decision table says X"),
        ("n,tox,decision\n1,0,E\n1,x,E", "line 3 of the decision table has n = 1 and tox = x"),
        ("n,tox,decision\n1,2,E", "2 DLTs in 1 participants"),
        ("n,tox,decision\n0,0,E", "0 DLTs in 0 participants"),
        ("n,tox,decision\n1,0,E\n1,0,S", "line 3 of the decision table says once more"),
    ],
)
def test_csv_that_cannot_be_read(text: str, message: str) -> None:
    with pytest.raises(ProtocolError, match=message):
        LetterTable.from_csv(text)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ((), r"rows for \[\] participants"),
        (((0, ("E",)),), r"rows for \[0\] participants"),
        (((1, ("E", "S")), (1, ("E", "S"))), r"rows for \[1, 1\] participants"),
        (((2, ("E", "S")),), "2 letters for 2 participants"),
        (((1, ("E", "R")),), "says 'R' for 1 DLTs in 1"),
    ],
)
def test_tables_that_contradict_themselves(
    rows: tuple[tuple[int, tuple[str, ...]], ...], message: str
) -> None:
    with pytest.raises(DesignError, match=message):
        LetterTable(rows)
    assert LetterTable.from_cells([(1, 0, "E")]).rows == ((1, ("E", "-")),)


def test_cells_that_cannot_be() -> None:
    with pytest.raises(DesignError, match="3 DLTs in 2 participants"):
        LetterTable.from_cells([(2, 3, "E")])
    with pytest.raises(DesignError, match="two rows for 0 DLTs in 2"):
        LetterTable.from_cells([(2, 0, "E"), (2, 0, "S")])
