"""Scenarios: what a truth may be."""

import pytest

from protocyte.design import Scenario
from protocyte.design.scenario import find_nearest_true
from protocyte.errors import DesignError


@pytest.mark.parametrize(
    ("tox", "eff", "both", "message"),
    [
        ((), None, None, "Scenario 'x' has no doses"),
        ((0.1, 1.2), None, None, "Scenario 'x' has tox = 1.2 at dose level 2"),
        ((float("nan"),), None, None, "Scenario 'x' has tox = nan at dose level 1"),
        ((0.1,), (0.2, 0.3), None, "Scenario 'x' has 1 doses in one list and 2 in eff"),
        ((0.1,), None, (0.05,), "Scenario 'x' gives both without tox and eff"),
        ((0.1,), (0.2,), (0.15,), "Scenario 'x' has both = 0.15 at dose level 1; with tox = 0.1"),
        ((0.9,), (0.8,), (0.5,), "Scenario 'x' has both = 0.5 at dose level 1"),
    ],
)
def test_impossible_truths_are_refused(
    tox: tuple[float, ...],
    eff: tuple[float, ...] | None,
    both: tuple[float, ...] | None,
    message: str,
) -> None:
    with pytest.raises(DesignError) as refused:
        Scenario(tox, eff, both, name="x")
    assert str(refused.value).startswith(message)


def test_events_are_independent_unless_said_otherwise() -> None:
    assert Scenario((0.1,), (0.5,)).joint == pytest.approx((0.05,))
    assert Scenario((0.1,), (0.5,), (0.1,)).joint == (0.1,)
    assert Scenario((0.1,)).joint == (0.0,)


def test_nearest_dose_is_the_lower_of_equally_near_ones() -> None:
    assert find_nearest_true(Scenario((0.2, 0.4)), 0.3) == 0
    assert find_nearest_true(Scenario((0.1, 0.28, 0.31)), 0.3) == 2
    assert find_nearest_true(Scenario(eff=(0.2,)), 0.3) is None
