"""Laws of single arms and stopping boundaries, for any settings."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from protocyte.design import (
    BayesianArm,
    BetaMixture,
    Boundary,
    SafetyMonitor,
    Scenario,
    find_beta_binomial_boundary,
    find_bop2,
    find_bop2_fe,
    find_characteristics,
    find_fleming_design,
    find_repeated_boundary,
)
from protocyte.design.single_arm.passage import find_passage, find_predictive_passage

RATE = st.floats(0.01, 0.99)
LOOKS = st.lists(st.integers(1, 40), min_size=1, max_size=5, unique=True).map(
    lambda looks: tuple(sorted(looks))
)


@st.composite
def boundaries(draw: st.DrawFn) -> Boundary:
    looks = draw(LOOKS)
    low = [draw(st.integers(-1, n)) for n in looks]
    high = [draw(st.integers(below + 1, n + 1)) for n, below in zip(looks, low, strict=True)]
    return Boundary(looks, tuple(low), (*high[:-1], low[-1] + 1))


@given(boundaries(), RATE, RATE)
def test_passing_up_is_likelier_with_more_events(limits: Boundary, p: float, q: float) -> None:
    low, high = sorted((p, q))
    found = find_passage(limits, [low, high])
    assert found.passed[0] <= found.passed[1] + 1e-12
    assert np.abs((found.low + found.high).sum(axis=1) - 1).max() < 1e-12
    assert np.all(found.expected <= limits.planned + 1e-9)
    assert np.all(found.expected >= limits.looks[0] - 1e-9)


@given(boundaries(), RATE)
def test_mirrors_agree(limits: Boundary, p: float) -> None:
    found, mirror = find_passage(limits, [p]), find_passage(limits.mirrored(), [1 - p])
    assert np.allclose(found.high, mirror.low, atol=1e-12)


@given(boundaries(), st.floats(0.2, 20), st.floats(0.2, 20))
def test_a_prior_lies_between_its_truths(limits: Boundary, a: float, b: float) -> None:
    found = find_predictive_passage(limits, BetaMixture.beta(a, b))
    assert abs(float((found.low + found.high).sum()) - 1) < 1e-12
    ends = find_passage(limits, [0.0, 1.0]).passed
    assert ends[0] - 1e-12 <= found.passed[0] <= ends[1] + 1e-12


@settings(max_examples=15, deadline=None)
@given(LOOKS, st.floats(0.1, 0.5), st.floats(0.15, 0.35), st.floats(0.03, 0.3))
def test_calibrated_errors_are_kept(
    looks: tuple[int, ...], p0: float, more: float, alpha: float
) -> None:
    for design in (
        find_bop2(p0, p0 + more, looks, alpha=alpha, cutoffs=(0.5, 0.9, 0.999999)),
        find_bop2_fe(
            p0, p0 + more, looks, alpha=alpha, cutoffs=(0.5, 0.9, 0.999999), shapes=(0.5, 1.0)
        ),
    ):
        assert design.rejection(p0) <= alpha + 1e-12
        assert design.rejection(p0 + more) >= design.rejection(p0) - 1e-12
        walked = find_characteristics(design, [Scenario(eff=(p0,))])
        assert abs(walked.selection[0, 0] - design.rejection(p0)) < 1e-12


@settings(max_examples=10, deadline=None)
@given(st.floats(0.05, 0.3), st.floats(0.25, 0.4), st.floats(0.05, 0.2), st.floats(0.1, 0.3))
def test_fleming_keeps_both_errors(p0: float, more: float, alpha: float, beta: float) -> None:
    design = find_fleming_design(p0, p0 + more, alpha=alpha, beta=beta)
    assert design.rejection(p0) <= alpha + 1e-11
    assert design.rejection(p0 + more) >= 1 - beta - 1e-11


@given(LOOKS, RATE, st.floats(0.5, 0.99), st.floats(0.1, 5), st.floats(0.1, 5))
def test_more_certainty_stops_later(
    looks: tuple[int, ...], limit: float, certainty: float, a: float, b: float
) -> None:
    first, second = (
        find_beta_binomial_boundary(looks, limit=limit, certainty=level, prior=(a, b))
        for level in (certainty, (1 + certainty) / 2)
    )
    assert all(x <= y for x, y in zip(first.stop_from, second.stop_from, strict=True))


@settings(max_examples=25, deadline=None)
@given(LOOKS, st.floats(0.05, 0.6), st.floats(0.01, 0.3), st.floats(0, 0.5))
def test_repeated_tests_cross_no_more_often_than_allowed(
    looks: tuple[int, ...], acceptable: float, crossing: float, delta: float
) -> None:
    rule = find_repeated_boundary(looks, acceptable=acceptable, crossing=crossing, delta=delta)
    found = SafetyMonitor(rule, looks[-1]).outlook([acceptable])
    assert found.stopped[0] <= crossing + 1e-12


@given(LOOKS, st.floats(0.05, 0.9), st.floats(0.5, 0.99), st.floats(0, 1))
def test_more_responses_never_hurt(
    looks: tuple[int, ...], reference: float, certainty: float, weight: float
) -> None:
    prior = BetaMixture.robust(6, 9, weight=weight)
    design = BayesianArm(looks, prior, reference, certainty=certainty)
    for n in looks:
        assert np.all(np.diff(design.better(n)) >= -1e-12)
