"""Laws of a tumour that lives by births and deaths."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocyte.errors import ProtocolError
from protocyte.kinetics.kimmel_2021_axicabtagene import PARAMETERS
from protocyte.simulation.tumour_extinction import (
    TumourEnd,
    find_extinction,
    simulate_extinction,
    simulate_tumours,
)

DAYS = np.linspace(0.0, 60.0, 1201)


@st.composite
def killing(draw: st.DrawFn) -> np.ndarray:
    """A rate that rises and falls."""
    height, day, width = draw(st.floats(0, 2)), draw(st.floats(0, 60)), draw(st.floats(2, 40))
    return np.asarray(height * np.exp(-(((DAYS - day) / width) ** 2)))


@given(killing(), st.floats(0, 1), st.floats(1, 1e6))
def test_extinction_is_a_probability_that_never_falls(
    death: np.ndarray, birth: float, cells: float
) -> None:
    chance = find_extinction(DAYS, death, birth=birth, cells=cells)
    assert ((chance >= 0) & (chance <= 1)).all()
    assert (np.diff(chance) >= 0).all()
    assert chance[0] == 0


@given(killing(), st.floats(0, 1), st.floats(1, 1e4), st.floats(1.1, 10))
def test_more_cells_or_faster_growth_make_it_less_likely_and_more_killing_more(
    death: np.ndarray, birth: float, cells: float, factor: float
) -> None:
    chance = find_extinction(DAYS, death, birth=birth, cells=cells)[-1]
    assert find_extinction(DAYS, death, birth=birth, cells=factor * cells)[-1] <= chance
    assert find_extinction(DAYS, death, birth=factor * birth, cells=cells)[-1] <= chance + 1e-9
    assert find_extinction(DAYS, factor * death, birth=birth, cells=cells)[-1] >= chance - 1e-9


@given(killing(), st.integers(2, 60))
def test_pure_death_is_a_power_of_the_share_that_died(death: np.ndarray, cells: int) -> None:
    found = find_extinction(DAYS, death, birth=0.0, cells=cells)[-1]
    died = -np.expm1(-np.trapezoid(death, DAYS))
    assert found == pytest.approx(died**cells, rel=1e-3, abs=1e-9)


@settings(max_examples=8, deadline=None)
@given(killing(), st.floats(0, 0.05), st.integers(1, 12), st.integers(0, 2**32))
def test_drawn_and_computed_extinction_agree(
    death: np.ndarray, birth: float, cells: int, seed: int
) -> None:
    """The band is 5 standard errors, which 8 examples leave once in 200,000 runs."""
    n = 2000
    expected = float(find_extinction(DAYS, death, birth=birth, cells=cells)[-1])
    _, left = simulate_extinction(
        DAYS, death, birth=birth, cells=np.full(n, float(cells)), rng=np.random.default_rng(seed)
    )
    found = float(np.mean(left == 0))
    assert abs(found - expected) < 5 * np.sqrt(expected * (1 - expected) / n) + 5 / n


def test_each_tumour_has_rates_and_a_beginning_of_its_own() -> None:
    n = 4000
    death = np.array([np.full(DAYS.size, 0.2), np.full(DAYS.size, 0.4)]).repeat(n, axis=0)
    start = np.repeat([0.0, 50.0], n)
    moment, left = simulate_extinction(
        DAYS, death, birth=0.0, cells=np.ones(2 * n), start=start, rng=np.random.default_rng(5)
    )
    for of, rate, days in ((slice(n), 0.2, 60), (slice(n, None), 0.4, 10)):
        expected = -np.expm1(-rate * days)
        found = np.mean(left[of] == 0)
        assert abs(found - expected) < 4 * np.sqrt(expected * (1 - expected) / n)
    assert (moment[n:] >= 50).all()


def test_where_nothing_happens_nothing_ends() -> None:
    moment, left = simulate_extinction(
        DAYS, np.zeros(DAYS.size), birth=0.0, cells=np.ones(3), rng=np.random.default_rng(1)
    )
    assert (moment.tolist(), left.tolist()) == ([60.0] * 3, [1.0] * 3)


def test_a_tumour_is_not_left_alone_while_killing_will_outdo_growth() -> None:
    """Growth to thousands of cells first, then killing until hardly any is left."""
    death = np.where(DAYS < 20, 0.0, 0.5)
    for watched, shares in ((-np.inf, (0.0, 0.2)), (60.0, (0.5, 1.0))):
        _, left = simulate_extinction(
            DAYS, death, birth=0.2, cells=np.full(50, 20.0), escaped_at=100,
            watched_until=watched, rng=np.random.default_rng(4),
        )  # fmt: skip
        assert shares[0] <= np.mean(left == 0) <= shares[1]


def tumours(horizon: float = 600.0, **changes: float) -> tuple[list[str], np.ndarray]:
    several = {name: np.full(2, value) for name, value in PARAMETERS.values(**changes).items()}
    ends = simulate_tumours(several, horizon=horizon, rng=np.random.default_rng(3))
    return [TumourEnd(end).name for end in ends.end], ends.day


def test_the_ends_are_cure_progression_neither_and_unsolved() -> None:
    assert tumours(r_b=0.03)[0] == ["CURE"] * 2
    names, days = tumours(r_b=0.265)
    assert names == ["PROGRESSION"] * 2
    assert np.ptp(days) == 0  # it never falls below a hundred cells: no chance in it
    assert tumours(horizon=30.0, r_b=0.105)[0] == ["NEITHER"] * 2
    assert tumours(r_b=0.5)[0] == ["PROGRESSION"] * 2
    names, days = tumours(k_n=1e200)
    assert names == ["UNSOLVED"] * 2
    assert np.isnan(days).all()


def test_the_same_seed_gives_the_same_ends() -> None:
    first, again = (tumours(r_b=0.105) for _ in range(2))
    assert first[0] == again[0]
    np.testing.assert_array_equal(first[1], again[1])


def test_rates_that_are_none_are_refused() -> None:
    flat = np.full(DAYS.size, 0.1)
    for days, death, birth, cells, message in (
        (DAYS[::-1], flat, 0.1, 1.0, "the days do not rise"),
        (DAYS, flat[:5], 0.1, 1.0, "the rates of death are not one number a day"),
        (DAYS, -flat, 0.1, 1.0, "the rates of death are not one number a day"),
        (DAYS, flat, -0.1, 1.0, "a rate of birth is not a number of 0 or more"),
        (DAYS, flat, 0.1, 0.0, "a tumour without cells cannot die out"),
    ):
        with pytest.raises(ProtocolError, match=message):
            find_extinction(days, death, birth=birth, cells=cells)
    several = {name: np.full(1, value) for name, value in PARAMETERS.values().items()}
    for horizon, threshold, message in ((0.0, 100.0, "horizon of 0"), (9.0, 0.5, "below 0.5")):
        with pytest.raises(ProtocolError, match=message):
            simulate_tumours(
                several, horizon=horizon, threshold=threshold, rng=np.random.default_rng(1)
            )
