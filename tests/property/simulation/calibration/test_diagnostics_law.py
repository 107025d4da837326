"""Diagnostics of chains obey what they are defined by."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocyte.kinetics.parameter import Floats
from protocyte.simulation.calibration.diagnostics import (
    find_bulk_size,
    find_r_hat,
    find_tail_size,
)

SEEDS = st.integers(0, 2**32 - 1)


def autoregressive(rng: np.random.Generator, rho: float, shape: tuple[int, int]) -> Floats:
    noise = rng.normal(size=shape)
    chains = noise.copy()
    for t in range(1, shape[1]):
        chains[:, t] = rho * chains[:, t - 1] + np.sqrt(1 - rho**2) * noise[:, t]
    return chains


@given(SEEDS)
@settings(deadline=None, max_examples=30)
def test_bulk_is_blind_to_the_scale(seed: int) -> None:
    chains = autoregressive(np.random.default_rng(seed), 0.5, (4, 300))
    assert find_bulk_size(np.exp(chains)) == pytest.approx(find_bulk_size(chains))
    assert find_tail_size(3 * chains - 1) == pytest.approx(find_tail_size(chains))
    # Folding makes ties of the two values next to the median, which rounding may break.
    assert find_r_hat(5 * chains + 7) == pytest.approx(find_r_hat(chains), abs=1e-3)


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.8])
def test_effective_size_of_an_autoregressive_chain(rho: float) -> None:
    """Known: draws times (1 - rho) / (1 + rho)."""
    chains = autoregressive(np.random.default_rng(3), rho, (4, 8000))
    expected = chains.size * (1 - rho) / (1 + rho)
    assert find_bulk_size(chains) == pytest.approx(expected, rel=0.1)


@given(SEEDS, st.floats(1.5, 5))
@settings(deadline=None, max_examples=30)
def test_a_chain_elsewhere_and_a_chain_wider_are_seen(seed: int, far: float) -> None:
    chains = np.random.default_rng(seed).normal(size=(4, 300))
    good = find_r_hat(chains)
    moved, wide = chains.copy(), chains.copy()
    moved[0] += far
    wide[0] *= 1 + far
    assert good < 1.05
    assert find_r_hat(moved) > 1.08
    assert find_r_hat(wide) > good


def test_a_constant_has_no_diagnostics() -> None:
    assert np.isnan(
        [f(np.ones((4, 10))) for f in (find_r_hat, find_bulk_size, find_tail_size)]
    ).all()
