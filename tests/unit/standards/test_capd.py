"""CAPD: eight items, none to spare."""

import pytest

from protocyte.standards.capd import ITEMS, POSITIVE, grade_capd


def test_from_9_it_is_positive() -> None:
    items = dict.fromkeys(ITEMS, 1)
    assert grade_capd(items).reaches(POSITIVE) is False
    assert grade_capd(items | {"restlessness": 2}).reaches(POSITIVE) is True


def test_a_missing_item_is_no_score() -> None:
    score = grade_capd(dict.fromkeys(ITEMS[1:], 3))
    assert (score.points, score.missing) == (None, ("eye contact",))
    assert score.reaches(POSITIVE) is True


def test_items_that_are_not_known() -> None:
    with pytest.raises(ValueError, match='"sleep" is not an item of CAPD'):
        grade_capd({"sleep": 1})
    with pytest.raises(ValueError, match="5 points for eye contact"):
        grade_capd({"eye contact": 5})
