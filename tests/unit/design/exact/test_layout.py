"""Packed counts: what goes in comes out."""

import numpy as np
import pytest

from protocyte.design.exact.layout import Layout
from protocyte.errors import DesignError


@pytest.mark.parametrize(
    ("n_doses", "n_features", "capacity", "words"),
    [(5, 2, 30, 1), (5, 2, 60, 1), (6, 2, 60, 2), (5, 3, 36, 2), (3, 4, 14, 1), (12, 3, 100, 4)],
)
def test_counts_survive(n_doses: int, n_features: int, capacity: int, words: int) -> None:
    layout = Layout(n_doses, n_features, capacity)
    assert layout.words == words
    rng = np.random.default_rng(1)
    counts = rng.integers(0, capacity + 1, (50, n_doses, n_features))
    assert np.array_equal(layout.counts(layout.keys(counts)), counts)


def test_a_cohort_is_one_addition() -> None:
    layout = Layout(7, 2, 60)
    before, added = np.zeros((2, 1, 7, 2), dtype=int)
    before[0, 6], added[0, 6] = (9, 2), (3, 1)
    keys = layout.keys(before) + layout.keys(added)
    assert layout.counts(keys)[0, 6].tolist() == [12, 3]


@pytest.mark.parametrize(
    ("n_doses", "n_features", "capacity"), [(5, 2, 30), (9, 2, 30), (5, 4, 14)]
)
def test_states_lie_in_the_order_of_their_participants(
    n_doses: int, n_features: int, capacity: int
) -> None:
    """A cohort moves the prefix of every state by the same step, so ranges stay ranges."""
    layout = Layout(n_doses, n_features, capacity)
    rng = np.random.default_rng(2)
    counts = rng.integers(0, capacity - 3, (200, n_doses, n_features))
    keys = layout.keys(counts)
    order = np.lexsort(keys)
    shift = np.uint64(layout.prefix)
    prefix = (keys[-1] >> shift)[order]
    assert np.all(prefix[1:] >= prefix[:-1])
    for dose in range(n_doses):
        after = counts.copy()
        after[:, dose, 0] += 3
        moved = (layout.keys(after)[-1] >> shift)[order]
        assert np.array_equal(moved, prefix + np.uint64(layout.step(dose, 3)))


def test_too_many_doses_are_refused() -> None:
    with pytest.raises(
        DesignError, match=r"10,000 doses are more than a state can hold; .* at most 409 doses"
    ):
        Layout(10_000, 2, 30)
