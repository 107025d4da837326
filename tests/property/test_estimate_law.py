"""Laws of estimates: intervals hold their estimate, mirror, and narrow; curves fall."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from protocyte.analysis.proportion import (
    ProportionMethod,
    compare_proportion_with,
    estimate_proportion,
)
from protocyte.analysis.survival import ConfType, estimate_survival

METHODS = st.sampled_from(["Clopper-Pearson", "Wilson", "Wilson with correction", "Jeffreys"])
KINDS = st.sampled_from(["log", "log-log", "plain", "logit", "arcsin"])


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    n = draw(st.integers(1, 200))
    return draw(st.integers(0, n)), n


@given(counts(), METHODS, st.floats(0.5, 0.999))
def test_an_interval_holds_its_estimate_and_mirrors(
    xn: tuple[int, int], method: ProportionMethod, level: float
) -> None:
    x, n = xn
    rate = estimate_proportion(x, n, method=method, level=level)
    other = estimate_proportion(n - x, n, method=method, level=level)
    assert rate.value is not None
    assert rate.lower is not None
    assert rate.upper is not None
    assert other.lower is not None
    assert 0 <= rate.lower <= rate.value + 1e-12
    assert rate.value - 1e-12 <= rate.upper <= 1
    assert abs(other.lower - (1 - rate.upper)) < 1e-9


@given(counts(), st.floats(0.01, 0.99))
def test_the_exact_test_and_the_exact_interval_agree(xn: tuple[int, int], p: float) -> None:
    """Outside the Clopper-Pearson limits one of the one-sided tests rejects at half the level."""
    x, n = xn
    rate = estimate_proportion(x, n)
    greater = compare_proportion_with(x, n, against=p, alternative="greater").p_value
    less = compare_proportion_with(x, n, against=p, alternative="less").p_value
    assert rate.lower is not None
    assert rate.upper is not None
    assert greater is not None
    assert less is not None
    if p < rate.lower * (1 - 1e-9):
        assert greater < 0.025
    elif p > rate.upper * (1 + 1e-9):
        assert less < 0.025
    else:
        assert min(greater, less) > 0.025 - 1e-9


@st.composite
def records(draw: st.DrawFn) -> tuple[list[float], list[bool]]:
    n = draw(st.integers(1, 40))
    times = draw(st.lists(st.integers(0, 30).map(float), min_size=n, max_size=n))
    return times, draw(st.lists(st.booleans(), min_size=n, max_size=n))


@given(records(), KINDS)
def test_a_curve_falls_within_its_limits(
    record: tuple[list[float], list[bool]], conf_type: ConfType
) -> None:
    curve = estimate_survival(*record, conf_type=conf_type)
    assert (np.diff(curve.survival) <= 0).all()
    assert curve.events.sum() + curve.censored.sum() == len(record[0]) == curve.n
    known = ~np.isnan(curve.lower)
    assert (curve.lower[known] <= curve.survival[known] + 1e-12).all()
    assert (curve.survival[known] <= curve.upper[known] + 1e-12).all()
    assert ((curve.lower[known] >= 0) & (curve.upper[known] <= 1)).all()


@given(records())
def test_later_shares_come_later(record: tuple[list[float], list[bool]]) -> None:
    curve = estimate_survival(*record)
    times = [curve.quantile(share).value for share in (0.1, 0.25, 0.5, 0.75, 0.9)]
    known = [time for time in times if time is not None]
    assert known == sorted(known)
    assert times[: len(known)] == known


@given(records())
def test_without_censoring_the_curve_is_the_share_still_free(
    record: tuple[list[float], list[bool]],
) -> None:
    times, _ = record
    curve = estimate_survival(times, [True] * len(times))
    for day in (0.0, 5.0, 17.5, 30.0):
        share = sum(time > day for time in times) / len(times)
        value = curve.at(day).value
        assert value is not None
        assert abs(value - share) < 1e-12
