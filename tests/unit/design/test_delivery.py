"""Delivery: what is refused, dose per kg with a cap, feasible levels."""

import math

import numpy as np
import pytest

from protocyte.design import BOIN, States
from protocyte.design.decision import Reason
from protocyte.design.delivery import (
    Delivery,
    find_capped_levels,
    find_delivered_steps,
    find_feasibility,
    find_feasible_selection,
)
from protocyte.errors import DesignError


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"received": ((1, 0),)}, "give the same number everywhere"),
        ({"infused": (1.0,)}, "infusion at 1"),
        ({"received": ((1, 0), (0.5, 0.4))}, "of assigned level 2 have probabilities that add up"),
        ({"received": ((1, 0), (1.5, -0.5))}, r"\[1.5, -0.5\], which are no probabilities"),
        ({"infused": (1.0, math.nan)}, "nan"),
        ({"apheresed": 0.0}, "At assigned level 1 nobody would ever fill a place"),
        ({"counted": "all"}, "Decisions cannot count 'all'"),
        ({"replaced": "all"}, "'all' cannot be replaced"),
    ],
)
def test_bad_delivery_is_refused(settings: dict[str, object], message: str) -> None:
    good: dict[str, object] = {"received": ((1, 0), (0.5, 0.5)), "infused": (1.0, 0.9)}
    with pytest.raises(DesignError, match=message):
        Delivery(**(good | settings))  # type: ignore[arg-type]


def test_nobody_is_replaced_for_ever() -> None:
    """A level that is never received as assigned cannot fill a cohort of those who received it."""
    with pytest.raises(DesignError, match="At assigned level 2 nobody would ever"):
        Delivery(((1, 0), (1, 0)), (1.0, 1.0), counted="excluded", replaced="not counted")
    delivery = Delivery(((1, 0), (1, 0)), (1.0, 1.0), counted="excluded", replaced="nobody")
    assert delivery.per_slot("counted").tolist() == [1.0, 0.0]


def test_a_cap_bites_heavy_participants_at_high_levels() -> None:
    """At 40 kg the cap allows 5e6 cells a kg, at 60 kg 3.3e6, at 110 kg 1.8e6."""
    found = find_capped_levels(
        [1e6, 2e6, 4e6], cap=2e8, weights=[40, 60, 110], shares=[0.25, 0.5, 0.25]
    )
    assert found == ((1.0, 0.0, 0.0), (0.25, 0.75, 0.0), (0.25, 0.5, 0.25))


def test_a_tolerance_forgives_a_small_shortfall() -> None:
    strict = find_capped_levels([1e6, 2e6], cap=1.9e8, weights=[100])
    kind = find_capped_levels([1e6, 2e6], cap=1.9e8, weights=[100], tolerance=0.05)
    assert strict == ((1.0, 0.0), (1.0, 0.0))
    assert kind == ((1.0, 0.0), (0.0, 1.0))


def test_less_than_the_lowest_level_counts_as_the_lowest() -> None:
    assert find_capped_levels([1e6, 2e6], cap=5e7, weights=[100]) == ((1.0, 0.0), (1.0, 0.0))


@pytest.mark.parametrize(
    "settings",
    [
        {"per_kg": [2e6, 1e6]},
        {"per_kg": []},
        {"cap": 0},
        {"weights": [0, 70]},
        {"weights": []},
        {"shares": [1.0]},
        {"tolerance": 1},
    ],
)
def test_bad_doses_are_refused(settings: dict[str, object]) -> None:
    good: dict[str, object] = {"per_kg": [1e6, 2e6], "cap": 2e8, "weights": [70, 80]}
    with pytest.raises(DesignError):
        find_capped_levels(**(good | settings))  # type: ignore[arg-type]


def test_the_highest_feasible_level_is_taken() -> None:
    selection = np.array([[0.1, 0.2, 0.3, 0.2]])
    found = find_feasible_selection(selection, np.array([0.6, 0.9, 0.5, 0.8]), least=0.7)
    assert found[0].tolist() == pytest.approx([0.0, 0.5, 0.0, 0.2])
    assert not find_feasible_selection(selection, np.zeros(4), least=0.7).any()


def test_feasibility_has_the_exact_interval() -> None:
    """0 of 10: the upper 95 % limit is 1 - 0.025^(1/10)."""
    estimate, low, high = find_feasibility(0, 10)
    assert (estimate, low) == (0.0, 0.0)
    assert high == pytest.approx(1 - 0.025**0.1, abs=1e-12)
    assert find_feasibility(10, 10)[1] == pytest.approx(0.025**0.1, abs=1e-12)
    with pytest.raises(DesignError, match="11 of 10 products"):
        find_feasibility(11, 10)


def test_nobody_counted_at_the_assigned_level_repeats_it() -> None:
    design = BOIN(target=0.3, n_doses=3, cohorts=4)
    counts = np.array(
        [
            [[3, 0], [0, 0], [0, 0]],
            [[3, 0], [3, 3], [0, 0]],
            [[3, 3], [0, 0], [0, 0]],
            [[3, 0], [0, 0], [0, 0]],
        ]
    )
    states = States(("n", "tox"), counts, np.array([1, 2, 2, 1]))
    steps = find_delivered_steps(design, states, np.array([6, 9, 9, 12]))
    # Repeated; the level is closed, so the highest open one; all are closed; none are left.
    assert steps.dose.tolist() == [1, 0, -1, -1]
    assert steps.reason[2:].tolist() == [Reason.TOXIC, Reason.PLANNED]
    assert steps.size.tolist() == [3, 3, 0, 0]
