"""Laws of designs that weigh benefit or cross two factors, over any counts."""

import itertools
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from protocyte.design import BOINET, TEPI, UBOIN, CombinationBOIN, Design, States
from protocyte.design.biological.worth import find_truncated_worth
from protocyte.design.toxicity.combination_fit import find_bivariate_fit

DESIGNS: tuple[Design, ...] = (
    BOINET(4),
    BOINET(4, tied="highest", select_by="scores"),
    TEPI(4),
    TEPI(4, 0.3, 0.2, estimate="posterior mean"),
    UBOIN(4, stage_one=6, stage_two=12),
    UBOIN(4, stage_one=3, stage_two=12, next_dose="proportional", candidates="all"),
    UBOIN(4, stage_one=6, stage_two=12, utilities_of=(100, 20, 40, 0), next_dose="equal"),
    CombinationBOIN(2, 2, 0.3),
    CombinationBOIN(4, 1, 0.25, tied="dose", rounded=False),
)


@st.composite
def _levels(draw: st.DrawFn) -> list[tuple[int, int, int, int]]:
    levels = []
    for _ in range(4):
        n = 3 * draw(st.integers(0, 4))
        tox, eff = draw(st.integers(0, n)), draw(st.integers(0, n))
        both = draw(st.integers(max(0, tox + eff - n), min(tox, eff)))
        levels.append((n, tox, eff, both))
    return levels


def _states(design: Design, levels: list[tuple[int, int, int, int]], dose: int) -> States:
    columns = [("n", "tox", "eff", "both").index(feature) for feature in design.features]
    return States(design.features, np.array(levels)[np.newaxis][:, :, columns], np.array([dose]))


@given(_levels(), st.data())
@settings(max_examples=60, deadline=None)
def test_no_closed_dose_is_given_drawn_or_selected(
    levels: list[tuple[int, int, int, int]], data: st.DataObject
) -> None:
    tried = [j for j, level in enumerate(levels) if level[0]]
    if not tried:
        return
    dose = data.draw(st.sampled_from(tried))
    for design in DESIGNS:
        states = _states(design, levels, dose)
        closed = design.closed_states(states)[0]
        chances = design.chance_states(states)
        drawn: list[Any] = [states]
        if chances is not None:
            assert abs(chances.sum() - 1) < 1e-12
            assert (chances >= 0).all()
            rows, lots = np.nonzero(chances)
            drawn.append(states.drawn(rows, lots))
        for some in drawn:
            steps = design.decide_states(some)
            given_ = steps.dose[steps.dose >= 0]
            assert not closed[given_].any()
            assert ((steps.dose >= 0) == (steps.size > 0)).all()
        chosen = int(design.select_states(states)[0])
        assert chosen < 0 or (levels[chosen][0] > 0 and not closed[chosen])


@given(_levels(), st.data())
@settings(max_examples=60, deadline=None)
def test_who_was_asked_first_makes_no_difference(
    levels: list[tuple[int, int, int, int]], data: st.DataObject
) -> None:
    """A state decides the same alone and among others: nothing leaks between rows."""
    tried = [j for j, level in enumerate(levels) if level[0]]
    if not tried:
        return
    dose = data.draw(st.sampled_from(tried))
    for design in DESIGNS:
        alone = _states(design, levels, dose)
        other = _states(design, [(3, 1, 1, 0), *[(0, 0, 0, 0)] * 3], 0)
        many = States(
            design.features,
            np.concatenate([other.counts, alone.counts, other.counts]),
            np.concatenate([other.dose, alone.dose, other.dose]),
        )
        one, three = design.decide_states(alone), design.decide_states(many)
        assert (one.dose[0], one.reason[0]) == (three.dose[1], three.reason[1])
        assert design.select_states(alone)[0] == design.select_states(many)[1]


@given(st.lists(st.floats(0, 1), min_size=12, max_size=12), st.integers(0, 2**31))
@settings(max_examples=40, deadline=None)
def test_a_bivariate_fit_rises_and_fits_itself(values: list[float], seed: int) -> None:
    table = np.array(values).reshape(1, 3, 4)
    weights = np.random.default_rng(seed).uniform(0.1, 30, table.shape)
    fit = find_bivariate_fit(table, weights)
    assert (np.diff(fit, axis=1) >= -1e-7).all()
    assert (np.diff(fit, axis=2) >= -1e-7).all()
    assert np.allclose((fit * weights).sum(), (table * weights).sum(), atol=1e-5)
    assert np.allclose(find_bivariate_fit(fit, weights), fit, atol=1e-6)
    assert table.min() - 1e-7 <= fit.min() <= fit.max() <= table.max() + 1e-7


def test_worth_falls_with_toxicity_and_rises_with_response() -> None:
    rates = np.linspace(0, 1, 41)
    spans: dict[str, Any] = {"tox_span": (0.15, 0.4), "eff_span": (0.3, 0.6)}
    worth = find_truncated_worth(rates[:, np.newaxis], rates, **spans)
    assert (np.diff(worth, axis=0) <= 0).all()
    assert (np.diff(worth, axis=1) >= 0).all()
    corners = [float(worth[i, j]) for i, j in itertools.product((0, -1), repeat=2)]
    assert corners == [0.0, 1.0, 0.0, 0.0]
