"""BILAG-2004: numbers of letters, new letters, and the two rules that are certain."""

from itertools import product

import pytest

from protocyte.standards.bilag_2004 import (
    SYSTEMS,
    classify_bilag_change,
    classify_bilag_constitutional,
    classify_bilag_system,
    grade_bilag,
)

QUIET: dict[str, str | None] = dict.fromkeys(SYSTEMS, "D")


def test_nine_systems_add_up() -> None:
    assert len(SYSTEMS) == 9
    letters = dict(zip(SYSTEMS, "ABCDEEEEE", strict=True))
    assert grade_bilag(letters).points == 12 + 8 + 1
    assert grade_bilag(dict.fromkeys(SYSTEMS, "A")).points == 108


def test_a_missing_letter_is_not_scored() -> None:
    score = grade_bilag(QUIET | {"renal": None})
    assert (score.points, score.at_least, score.at_most) == (None, 0, 12)


@pytest.mark.parametrize(
    ("was", "is_now", "new"),
    [(was, now, "A") for was, now in product("BCDE", "A")]
    + [(was, now, "B") for was, now in product("CDE", "B")]
    + [("A", "A", ""), ("A", "B", ""), ("B", "B", ""), ("A", "C", ""), ("D", "C", "")],
)
def test_new_letters(was: str, is_now: str, new: str) -> None:
    change = classify_bilag_change(QUIET | {"renal": was}, QUIET | {"renal": is_now})
    assert change.new_a == (("renal",) if new == "A" else ())
    assert change.new_b == (("renal",) if new == "B" else ())
    assert change.open_a == change.open_b == ()


@pytest.mark.parametrize(
    ("was", "is_now", "open_a", "open_b"),
    [
        (None, "A", True, False),
        (None, "B", False, True),
        (None, "C", False, False),
        ("A", None, False, False),
        ("B", None, True, False),
        ("C", None, True, True),
        (None, None, True, True),
    ],
)
def test_a_missing_letter_leaves_open_what_it_could_change(
    was: str | None, is_now: str | None, open_a: bool, open_b: bool
) -> None:
    change = classify_bilag_change(QUIET | {"renal": was}, QUIET | {"renal": is_now})
    assert (bool(change.open_a), bool(change.open_b)) == (open_a, open_b)
    assert change.new_a == change.new_b == ()


def test_letters_and_systems_that_are_not_known() -> None:
    with pytest.raises(ValueError, match='"F" is not a BILAG letter for renal'):
        grade_bilag({"renal": "F"})
    with pytest.raises(ValueError, match='"skin" is not a BILAG system'):
        classify_bilag_change({"skin": "A"}, {})


def test_an_improving_a_item_before_a_new_one_still_gives_a() -> None:
    """A public implementation gives B here."""
    assert classify_bilag_system(a_items=[1, 4], b_items=[0], ever_involved=True) == "A"
    assert classify_bilag_system(a_items=[4, 1], b_items=[0], ever_involved=True) == "A"


@pytest.mark.parametrize(
    ("a", "b", "c", "letter"),
    [
        (2, 0, 0, "A"),
        (1, 0, 0, "B"),
        (0, 2, 0, "B"),
        (0, 1, 0, "C"),
        (0, 0, 1, "C"),
        (0, 0, 0, "D"),
        (None, 0, 0, None),
        (2, None, None, "A"),
        (1, 2, None, "B"),
        (0, None, 4, None),
    ],
)
def test_shape_of_a_symptom_system(
    a: int | None, b: int | None, c: int | None, letter: str | None
) -> None:
    found = classify_bilag_system(a_items=[a], b_items=[b], c_items=[c], ever_involved=True)
    assert found == letter


def test_a_quiet_system_needs_its_history() -> None:
    assert classify_bilag_system(a_items=[0], b_items=[0], ever_involved=False) == "E"
    assert classify_bilag_system(a_items=[0], b_items=[0], ever_involved=None) is None
    assert classify_bilag_system(a_items=[3], b_items=[0], ever_involved=None) == "A"


@pytest.mark.parametrize(
    ("scores", "letter"),
    [
        ((2, 2, 2, 0), "A"),
        ((4, 0, 3, 3), "A"),
        ((2, 2, 1, 0), "B"),
        ((2, 0, 0, 0), "B"),
        ((0, 2, 2, 0), "B"),
        ((1, 2, 2, 0), "B"),
        ((1, 0, 0, 0), "C"),
        ((0, 0, 0, 4), "C"),
        ((0, 1, 1, 1), "C"),
        ((0, 0, 0, 0), "D"),
    ],
)
def test_constitutional(scores: tuple[int, int, int, int], letter: str) -> None:
    pyrexia, weight_loss, nodes, anorexia = scores
    found = classify_bilag_constitutional(
        pyrexia=pyrexia,
        weight_loss=weight_loss,
        nodes_or_spleen=nodes,
        anorexia=anorexia,
        ever_involved=True,
    )
    assert found == letter


def test_item_scores_run_from_0_to_4() -> None:
    with pytest.raises(ValueError, match="5 is not a score of a BILAG item"):
        classify_bilag_system(a_items=[5], b_items=[], ever_involved=True)
