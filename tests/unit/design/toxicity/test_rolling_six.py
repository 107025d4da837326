"""Rolling six."""

from typing import Any

import numpy as np
import pytest

from protocyte.design import Outcomes, Scenario, ThreePlusThree, find_characteristics
from protocyte.design.toxicity.rolling_six import Move, RollingSix, find_rolling_six_moves
from protocyte.errors import DesignError

TRUTH = [Scenario((0.05, 0.15, 0.3, 0.45, 0.6)), Scenario((0.3, 0.45, 0.5, 0.6, 0.7))]


def test_a_row_for_every_count_that_can_be() -> None:
    moves = find_rolling_six_moves()
    possible = {(e, t, u) for e in range(7) for t in range(7) for u in range(7) if t + u <= e}
    assert {tuple(cell) for cell in np.argwhere(moves >= 0).tolist()} == possible
    assert not moves.flags.writeable


def test_the_two_conventions_differ_in_one_cell() -> None:
    differ = find_rolling_six_moves() != find_rolling_six_moves(five_clean="escalate")
    assert np.argwhere(differ).tolist() == [[6, 0, 1]]


def test_without_a_way_up_the_dose_is_filled_and_settled() -> None:
    moves = find_rolling_six_moves(above_closed=True)
    assert Move(moves[3, 0, 0]) is Move.STAY
    assert Move(moves[6, 1, 1]) is Move.WAIT
    assert Move(moves[6, 1, 0]) is Move.SETTLED
    assert Move(moves[4, 2, 2]) is Move.DE_ESCALATE
    assert not (moves == Move.ESCALATE).any()


def test_cohorts_of_three_are_a_three_plus_three_that_needs_six_at_the_mtd() -> None:
    rolling = find_characteristics(RollingSix(5), TRUTH)
    classic = find_characteristics(ThreePlusThree(5, "C"), TRUTH)
    assert np.allclose(rolling.selection, classic.selection, atol=1e-14)
    assert np.allclose(rolling.participants, classic.participants, atol=1e-13)


def test_larger_cohorts_treat_more() -> None:
    totals = [
        find_characteristics(RollingSix(5, cohort_size=size), TRUTH).total[0] for size in (1, 3, 6)
    ]
    assert totals == sorted(totals)
    assert totals[0] < totals[2]


def test_the_dose_below_a_closed_one_is_filled_to_six() -> None:
    design = RollingSix(3, cohort_size=6, start_dose=2)
    assert design.decide(Outcomes.none(3)).dose == 2
    down = design.decide(Outcomes.from_notation("2NNNNTT", n_doses=3))
    assert (down.action, down.dose, down.size) == ("de-escalate", 1, 6)
    settled = design.decide(Outcomes.from_notation("2NNNNTT 1NNNNNT", n_doses=3))
    assert settled.why == "found"
    assert design.select(Outcomes.from_notation("2NNNNTT 1NNNNNT", n_doses=3)).dose == 1
    toxic = Outcomes.from_notation("2NNNNTT 1NNNNTT", n_doses=3)
    assert design.decide(toxic).why == "toxic"
    assert design.select(toxic).dose is None


def test_the_highest_dose_of_the_plan_is_said_to_be_so() -> None:
    selection = RollingSix(1, cohort_size=6).select(Outcomes.from_notation("1NNNNNN", n_doses=1))
    assert selection.dose == 1
    assert selection.arithmetic[-1] == "the highest dose of the plan: nothing above it was tried"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_doses": 0}, "n_doses is 0"),
        ({"n_doses": 2, "cohort_size": 7}, "Rolling six has at most six"),
        ({"n_doses": 2, "start_dose": 3}, "The trial starts at dose level 3 of 2"),
    ],
)
def test_settings_that_cannot_be(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        RollingSix(**settings)
