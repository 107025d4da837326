"""Isotonic regression and the dose nearest a target."""

import numpy as np
import pytest

from protocyte.design.isotonic import find_isotonic_fit, find_nearest


def test_fit_pools_what_falls() -> None:
    fit = find_isotonic_fit(np.array([[0.4, 0.2, 0.5]]), np.array([[1.0, 3.0, 1.0]]))
    assert fit[0] == pytest.approx([0.25, 0.25, 0.5])


def test_a_dose_without_weight_is_left_out() -> None:
    fit = find_isotonic_fit(np.array([[0.4, 0.9, 0.2]]), np.array([[1.0, 0.0, 1.0]]))
    assert fit[0, [0, 2]] == pytest.approx([0.3, 0.3])


@pytest.mark.parametrize(
    ("fit", "allowed", "chosen"),
    [
        ([0.1, 0.2, 0.2, 0.6], [1, 1, 1, 1], 2),  # a pooled block below the target: its highest
        ([0.1, 0.35, 0.35, 0.9], [1, 1, 1, 1], 1),  # above the target: its lowest
        ([0.3, 0.3, 0.3, 0.3], [1, 1, 1, 1], 0),  # at the target: the lowest
        ([0.2, 0.4, 0.6, 0.8], [1, 1, 1, 1], 0),  # equally far on either side: the lower
        ([0.2, 0.2, 0.4, 0.4], [1, 1, 1, 1], 1),  # the highest of the block below
        ([0.1, 0.3, 0.5, 0.7], [1, 0, 1, 1], 0),  # the nearest that is allowed
        ([0.1, 0.3, 0.5, 0.7], [0, 0, 0, 0], -1),
    ],
)
def test_ties_go_as_boin_breaks_them(fit: list[float], allowed: list[int], chosen: int) -> None:
    found = find_nearest(np.array([fit]), np.array([allowed], dtype=bool), target=0.3)
    assert found.tolist() == [chosen]


def test_rounding_does_not_break_a_tie() -> None:
    fit = np.array([[0.1 + 0.2, 0.3]])  # the first is greater by one unit of rounding
    assert find_nearest(fit, np.ones((1, 2), bool), target=0.35).tolist() == [1]


def test_highest_of_ties() -> None:
    fit = np.array([[0.2, 0.4, 0.6]])
    allowed = np.ones((1, 3), bool)
    assert find_nearest(fit, allowed, target=0.3, tied="highest").tolist() == [1]
    assert find_nearest(fit, ~allowed, target=0.3, tied="highest").tolist() == [-1]
