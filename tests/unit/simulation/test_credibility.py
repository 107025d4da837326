"""Sensitivity to uncertain numbers, and the model beside published trials."""

from typing import Any

import numpy as np
import pytest

from protocyte.analysis.credibility import Prediction
from protocyte.errors import ProtocolError
from protocyte.simulation.credibility.predict import (
    RESULTS,
    find_summary_counts,
    simulate_targets,
)
from protocyte.simulation.credibility.published import TARGETS, TRIALS
from protocyte.simulation.population.sensitivity import (
    find_runs,
    find_sensitivity,
    find_uncertain,
)
from protocyte.simulation.population.setting import Arm


def make() -> np.random.Generator:
    return np.random.default_rng(8)


@pytest.fixture(scope="module")
def arm(seed_trial: Any) -> Arm:
    plan, rehearsal = seed_trial("ex02")
    return Arm("as written", plan, rehearsal, 1 if plan.dosing else None)


def test_an_autologous_product_does_not_lean_on_rejection(arm: Arm) -> None:
    ticks: list[int] = []
    found = find_sensitivity(arm, points=16, patients=60, make=make, tick=ticks.append)
    names = [one.name for one in found.parameters]
    assert sum(ticks) == found.runs == find_runs(arm, 16)
    for name in ("t_rejection", "nk_rejection", "shield", "fratricide", "cd7_killing"):
        assert np.all(np.abs(found.total[:, names.index(name)]) < 1e-9)
    assert found.total[0].max() > 0.1


def test_every_uncertain_number_moves_inside_its_range(arm: Arm) -> None:
    for one in find_uncertain(arm):
        ends = one.at(np.array([0.0, 0.5, 1.0]))
        assert one.low == pytest.approx(ends[0])
        assert one.high == pytest.approx(ends[2])
        assert one.low <= ends[1] <= one.high
        assert one.low <= one.parameter.value <= one.high


def test_points_must_be_a_power_of_two(arm: Arm) -> None:
    with pytest.raises(ProtocolError, match="power of two"):
        find_sensitivity(arm, points=20, patients=10, make=make)


def test_every_target_can_be_looked_at() -> None:
    assert len({one.key for one in TARGETS}) >= 15
    for one in TARGETS:
        assert one.trial in TRIALS
        assert one.result in RESULTS
        assert one.value <= one.n or not one.is_count


def test_every_target_gets_a_prediction() -> None:
    found = simulate_targets(draws=20, rng=make())
    assert [one for one, _ in found] == list(TARGETS)
    for one, prediction in found:
        low, lower, middle, upper, high = prediction.quantiles
        assert low <= lower <= middle <= upper <= high
        if one.is_count:
            assert low >= 0
            assert high <= one.n
    counts = find_summary_counts(found)
    assert sum(row["targets"] for row in counts.values()) == len(TARGETS)
    assert all(row["in 50 %"] <= row["in 90 %"] <= row["targets"] for row in counts.values())


def test_too_few_draws_are_refused() -> None:
    with pytest.raises(ProtocolError, match="at least 20"):
        simulate_targets(draws=5, rng=make())


@pytest.mark.parametrize(
    ("value", "half", "most"), [(50.0, True, True), (10.0, False, True), (99.0, False, False)]
)
def test_a_value_is_in_an_interval_or_not(value: float, half: bool, most: bool) -> None:
    found = Prediction.of(np.arange(101.0), value, whole=False)
    assert (found.in_half, found.in_most) == (half, most)
