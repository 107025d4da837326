"""Packed counts: what goes in comes out."""

import numpy as np
import pytest

from protocyte.design.exact.layout import Layout


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
    counts = np.zeros((1, 7, 2), dtype=int)
    counts[0, 6] = 9, 2
    keys = layout.keys(counts)
    keys[layout.place(6)[0]] += layout.pack(np.array([[3, 1]]), dose=6)
    assert layout.counts(keys)[0, 6].tolist() == [12, 3]
