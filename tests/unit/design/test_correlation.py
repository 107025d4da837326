"""The Gaussian copula: margins, limits, another implementation, effect on characteristics."""

import math

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from protocyte.design import BOIN12, Scenario, find_characteristics
from protocyte.design.correlation import find_joint_probability, find_linked
from protocyte.errors import DesignError


@pytest.mark.parametrize("correlation", [-0.95, -0.5, 0.2, 0.7, 0.99])
@pytest.mark.parametrize(("tox", "eff"), [(0.1, 0.3), (0.5, 0.5), (0.01, 0.9), (0.35, 0.6)])
def test_scipy_agrees(tox: float, eff: float, correlation: float) -> None:
    other = multivariate_normal.cdf(
        [norm.ppf(tox), norm.ppf(eff)], cov=[[1, correlation], [correlation, 1]]
    )
    assert find_joint_probability(tox, eff, correlation) == pytest.approx(other, abs=1e-9)


@pytest.mark.parametrize("correlation", [-0.999, -0.9, 0.3, 0.9, 0.999])
def test_halves_have_a_closed_form(correlation: float) -> None:
    """Sheppard: 1/4 + arcsin(correlation) / 2π."""
    exact = 0.25 + math.asin(correlation) / (2 * math.pi)
    assert find_joint_probability(0.5, 0.5, correlation) == pytest.approx(exact, abs=1e-14)


def test_limits() -> None:
    assert find_joint_probability(0.2, 0.5, 0.0) == pytest.approx(0.1, abs=1e-16)
    assert find_joint_probability(0.2, 0.5, 1.0) == 0.2
    assert find_joint_probability(0.2, 0.5, -1.0) == 0.0
    assert find_joint_probability(0.7, 0.5, -1.0) == pytest.approx(0.2)
    assert find_joint_probability(0.0, 0.5, 0.4) == 0.0
    assert find_joint_probability(1.0, 0.5, 0.4) == 0.5
    grid = [find_joint_probability(0.2, 0.5, r) for r in np.linspace(-1, 1, 41)]
    assert np.all(np.diff(grid) >= 0)


@pytest.mark.parametrize(
    "wrong", [(1.2, 0.5, 0.0), (0.2, math.nan, 0.0), (0.2, 0.5, 1.5), (0.2, 0.5, math.nan)]
)
def test_what_is_no_probability_is_refused(wrong: tuple[float, float, float]) -> None:
    with pytest.raises(DesignError):
        find_joint_probability(*wrong)


def test_a_truth_with_one_event_has_nothing_to_link() -> None:
    with pytest.raises(DesignError, match="nothing to link"):
        find_linked(Scenario((0.1, 0.2)), 0.3)


def test_correlation_keeps_margins_and_moves_the_selection() -> None:
    truth = Scenario((0.1, 0.3), (0.3, 0.5), name="T")
    design = BOIN12(2, cohorts=5)
    truths = [truth, *(find_linked(truth, r) for r in (-0.8, 0.0, 0.8))]
    found = find_characteristics(design, truths)
    assert found.selection[0] == pytest.approx(found.selection[2], abs=1e-13)
    assert np.abs(found.selection[1] - found.selection[3]).max() > 0.005
    assert found.dlts is not None
    for s in range(4):
        assert found.dlts[s] / found.participants[s] == pytest.approx(truth.tox)
