"""Laws of cell kinetics: scale, order of rows, and what areas may not do."""

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocyte.derivation.noncompartmental import (
    AucMeaning,
    AucMethod,
    BlqRule,
    CellKinetics,
    derive_noncompartmental,
)

RULES = st.sampled_from(["first_keep_middle_drop_last_keep", "keep_zero", "drop"])
METHODS = st.sampled_from(["linear", "lin up/log down"])
MEANINGS = st.sampled_from(["auclast", "aucint.last", "aucall"])
Samples = list[tuple[float, float | None]]


@st.composite
def samples(draw: st.DrawFn) -> Samples:
    days = draw(st.lists(st.integers(1, 180), min_size=1, max_size=12, unique=True))
    values = st.one_of(st.none(), st.floats(50, 1e6))
    return [(0.0, None), *((float(day), draw(values)) for day in sorted(days))]


def derive(
    some: Samples, rule: BlqRule, method: AucMethod, meaning: AucMeaning, factor: float = 1.0
) -> CellKinetics:
    return derive_noncompartmental(
        [day for day, _ in some],
        [None if value is None else value * factor for _, value in some],
        [value is None for _, value in some],
        blq_rule=rule,
        auc_method=method,
        auc_meaning=meaning,
    )


@given(samples(), RULES, METHODS, MEANINGS)
def test_values_scale_and_times_do_not(
    some: Samples, rule: BlqRule, method: AucMethod, meaning: AucMeaning
) -> None:
    once, twice = (derive(some, rule, method, meaning, factor) for factor in (1.0, 2.0))
    assert (once.tmax, once.tlast) == (twice.tmax, twice.tlast)
    for one, two in zip(once.intervals, twice.intervals, strict=True):
        assert (one.auc is None) == (two.auc is None)
        if one.auc is not None and two.auc is not None:
            assert two.auc == pytest.approx(2 * one.auc, rel=1e-9)


@given(samples(), RULES, METHODS, MEANINGS, st.randoms(use_true_random=False))
def test_rows_may_come_in_any_order(
    some: Samples, rule: BlqRule, method: AucMethod, meaning: AucMeaning, rng: Random
) -> None:
    mixed = list(some)
    rng.shuffle(mixed)
    assert derive(mixed, rule, method, meaning) == derive(some, rule, method, meaning)


# Not "auclast" beside the first rule: what is last in a short span is in the middle of a long one.
MONOTONE: list[tuple[BlqRule, AucMeaning]] = [
    ("first_keep_middle_drop_last_keep", "aucint.last"),
    ("keep_zero", "aucint.last"),
    ("keep_zero", "auclast"),
    ("drop", "aucint.last"),
    ("drop", "auclast"),
]


@given(samples(), st.sampled_from(MONOTONE), METHODS)
def test_a_longer_span_has_no_smaller_area(
    some: Samples, choice: tuple[BlqRule, AucMeaning], method: AucMethod
) -> None:
    rule, meaning = choice
    short, long = derive(some, rule, method, meaning).intervals
    if short.auc is not None and long.auc is not None:
        assert long.auc >= short.auc * (1 - 1e-12)


@given(samples(), METHODS, MEANINGS)
def test_an_area_is_never_above_peak_times_days(
    some: Samples, method: AucMethod, meaning: AucMeaning
) -> None:
    kinetics = derive(some, "first_keep_middle_drop_last_keep", method, meaning)
    for part in kinetics.intervals:
        if part.auc is not None and kinetics.cmax is not None:
            assert 0 <= part.auc <= kinetics.cmax * part.end * (1 + 1e-12)


@given(st.floats(1.0, 60.0), st.floats(1e2, 1e6), st.integers(4, 9))
def test_an_exponential_has_its_half_life(half_life: float, peak: float, n: int) -> None:
    days = [half_life * k / 3 for k in range(n)]
    values = [peak * math.exp(-math.log(2) * day / half_life) for day in days]
    kinetics = derive_noncompartmental(
        [0.0, *(day + 10 for day in days)], [None, *values], [True, *(False for _ in days)]
    )
    assert kinetics.terminal.half_life == pytest.approx(half_life, rel=1e-9)
    assert kinetics.terminal.points == n - 1
