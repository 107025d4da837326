"""Boundaries and where counts pass them."""

import itertools

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta as beta_distribution
from scipy.stats import betabinom

from protocyte.design import BetaMixture, Boundary
from protocyte.design.single_arm.passage import (
    find_passage,
    find_passages,
    find_predictive_passage,
    find_reached,
)
from protocyte.errors import DesignError

LIMITS = Boundary((2, 4, 6), (0, 1, 2), (3, 4, 3))


def _enumerated(limits: Boundary, p: float) -> tuple[list[float], list[float]]:
    """Follow every sequence of participants."""
    low, high = [0.0] * len(limits.looks), [0.0] * len(limits.looks)
    for people in itertools.product((0, 1), repeat=limits.planned):
        weight = float(np.prod([p if person else 1 - p for person in people]))
        for k, n in enumerate(limits.looks):
            count = sum(people[:n])
            if count <= limits.low[k]:
                low[k] += weight
                break
            if count >= limits.high[k]:
                high[k] += weight
                break
    return low, high


@pytest.mark.parametrize("p", [0.0, 0.2, 0.5, 0.93, 1.0])
@pytest.mark.parametrize(
    "limits",
    [LIMITS, Boundary((1, 2, 9), (-1, -1, 3), (2, 2, 4)), Boundary((10,), (3,), (4,))],
)
def test_passing_equals_enumerating(limits: Boundary, p: float) -> None:
    found = find_passage(limits, [p])
    low, high = _enumerated(limits, p)
    assert found.low[0] == pytest.approx(low, abs=1e-14)
    assert found.high[0] == pytest.approx(high, abs=1e-14)
    assert found.early[0] == pytest.approx(sum(low[:-1]) + sum(high[:-1]), abs=1e-14)
    ends = np.array(low) + np.array(high)
    assert found.expected[0] == pytest.approx(float(ends @ np.array(limits.looks)), abs=1e-13)


def test_many_boundaries_at_once_equal_one_by_one() -> None:
    looks = (12, 30)
    low = np.array([[1, 5], [2, 7], [-1, 6]])
    high = np.array([[13, 6], [8, 8], [4, 7]])
    together = find_passages(looks, low, high, 0.3)
    for i in range(3):
        alone = find_passage(Boundary(looks, tuple(low[i]), tuple(high[i])), [0.3])
        assert together.low[i] == pytest.approx(alone.low[0], abs=1e-15)
        assert together.high[i] == pytest.approx(alone.high[0], abs=1e-15)


def test_large_trials_lose_nothing() -> None:
    looks = (500, 2000)
    found = find_passage(Boundary(looks, (60, 290), (501, 291)), [0.15])
    assert float((found.low + found.high).sum()) == pytest.approx(1, abs=1e-12)


def test_without_a_condition_it_is_the_integral_over_the_prior() -> None:
    prior = BetaMixture(((0.3, 2.0, 5.0), (0.7, 1.0, 1.0)))

    def weighted(p: float) -> float:
        density = sum(w * beta_distribution.pdf(p, a, b) for w, a, b in prior.components)
        return float(density * find_passage(LIMITS, [p]).passed[0])

    expected = quad(weighted, 0, 1, epsabs=1e-12)[0]
    assert find_predictive_passage(LIMITS, prior).passed[0] == pytest.approx(expected, abs=1e-10)


def test_reaching_with_a_first_event_is_part_of_reaching() -> None:
    parts = [list(find_reached(LIMITS, 0.4, first=first)) for first in (True, False)]
    for whole, with_event, without in zip(find_reached(LIMITS, 0.4), *parts, strict=True):
        assert with_event + without == pytest.approx(whole, abs=1e-15)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (((10, 10), (1, 2), (11, 3)), "The looks (10, 10) are not increasing"),
        (((), (), ()), "The looks () are not increasing"),
        (((0, 5), (-1, 2), (1, 3)), "The looks (0, 5) are not increasing"),
        (((10, 20), (1,), (11, 3)), "2 looks have 1 lower and 2 upper limits"),
        (((10, 20), (4, 5), (4, 6)), "At 10 participants the trial would end at most 4"),
        (((10, 20), (1, 5), (11, 8)), "At the last look, 20 participants, between 5 and 8"),
    ],
)
def test_bad_limits_are_refused(columns: tuple[tuple[int, ...], ...], message: str) -> None:
    with pytest.raises(DesignError) as refused:
        Boundary(*columns)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan")])
def test_what_is_no_probability_is_refused(p: float) -> None:
    with pytest.raises(DesignError, match="is not a probability"):
        find_passage(LIMITS, [p])


def test_a_mirrored_boundary_counts_the_others() -> None:
    found, mirrored = find_passage(LIMITS, [0.3]), find_passage(LIMITS.mirrored(), [0.7])
    assert mirrored.low == pytest.approx(found.high, abs=1e-15)
    assert LIMITS.mirrored().mirrored() == LIMITS


class TestMixture:
    ROBUST = BetaMixture.robust(8, 32, weight=0.8)

    def test_weights_follow_what_each_component_foresaw(self) -> None:
        foreseen = [w * betabinom(12, a, b).pmf(9) for w, a, b in self.ROBUST.components]
        weights = [w for w, _, _ in self.ROBUST.after(9, 12).components]
        assert weights == pytest.approx([x / sum(foreseen) for x in foreseen], rel=1e-12)

    def test_data_one_by_one_equal_data_at_once(self) -> None:
        step = self.ROBUST.after(2, 5).after(7, 7)
        for one, many in zip(step.components, self.ROBUST.after(9, 12).components, strict=True):
            assert one == pytest.approx(many, rel=1e-12)

    def test_tails_are_integrals(self) -> None:
        after = self.ROBUST.after(9, 12)
        tail = sum(w * beta_distribution.sf(0.3, a, b) for w, a, b in after.components)
        assert float(self.ROBUST.above(0.3, 9, 12)) == pytest.approx(tail, rel=1e-12)

    def test_prediction_mixes_beta_binomials(self) -> None:
        after = self.ROBUST.after(3, 10)
        expected = sum(w * betabinom(7, a, b).pmf(range(8)) for w, a, b in after.components)
        assert self.ROBUST.foreseen(3, 10, 7) == pytest.approx(expected, rel=1e-12)

    @pytest.mark.parametrize("margin", [0.0, 0.1, 0.45])
    def test_against_a_control_is_a_double_integral(self, margin: float) -> None:
        control = BetaMixture(((0.5, 3.5, 9.0), (0.5, 0.7, 0.6)))
        prior = BetaMixture.robust(0.5, 0.5, weight=0.4)
        expected = 0.0
        for w, a, b in prior.after(4, 9).components:
            for v, c, d in control.components:
                inside = quad(
                    lambda x, a=a, b=b, c=c, d=d: float(
                        beta_distribution.pdf(x, a, b) * beta_distribution.cdf(x - margin, c, d)
                    ),
                    margin,
                    1,
                    epsabs=1e-11,
                    limit=200,
                )[0]
                expected += w * v * inside
        found = float(prior.above_control(control, 4, 9, margin=margin))
        assert found == pytest.approx(expected, abs=1e-9)

    @pytest.mark.parametrize(
        ("components", "message"),
        [
            (((0.5, 1, 1), (0.4, 1, 1)), "add up to 0.9"),
            (((1.5, 1, 1), (-0.5, 1, 1)), "add up to 1"),
            (((float("nan"), 1, 1),), "add up to nan"),
            (((1.0, 0, 1),), "Beta(0, 1) is no prior"),
            (((1.0, 1, float("inf")),), "Beta(1, inf) is no prior"),
        ],
    )
    def test_bad_priors_are_refused(
        self, components: tuple[tuple[float, float, float], ...], message: str
    ) -> None:
        with pytest.raises(DesignError) as refused:
            BetaMixture(components)
        assert message in str(refused.value)

    def test_a_margin_of_one_is_refused(self) -> None:
        with pytest.raises(DesignError, match="The margin is 1"):
            self.ROBUST.above_control(self.ROBUST, 1, 2, margin=1.0)
