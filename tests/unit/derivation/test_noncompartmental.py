"""Cell kinetics of one profile: samples below the limit, ends of areas, what is missing and why."""

import math
from collections.abc import Sequence

import pytest

from protocyte.derivation.noncompartmental import (
    AucMeaning,
    BlqRule,
    CellKinetics,
    derive_noncompartmental,
)
from protocyte.errors import RecordError

BELOW = None


def profile(
    samples: Sequence[tuple[float, float | None]],
    *,
    meaning: AucMeaning = "aucint.last",
    rule: BlqRule = "first_keep_middle_drop_last_keep",
    intervals: Sequence[tuple[float, float]] = ((0.0, 28.0),),
    least_fit: float | None = 0.8,
) -> CellKinetics:
    return derive_noncompartmental(
        [day for day, _ in samples],
        [value for _, value in samples],
        [value is BELOW for _, value in samples],
        auc_meaning=meaning,
        blq_rule=rule,
        intervals=intervals,
        least_adjusted_r_squared=least_fit,
    )


def test_no_expansion_is_counted_not_dropped() -> None:
    nothing = profile([(0, BELOW), (7, BELOW), (28, BELOW)])
    assert (nothing.cmax, nothing.auc_last, nothing.auc_infinity) == (0.0, 0.0, 0.0)
    assert nothing.intervals[0].auc == 0.0
    assert (nothing.tmax, nothing.clast, nothing.tlast) == (None, None, None)
    assert nothing.tlast_censored is None
    assert nothing.reasons["half_life"] == "no quantifiable sample"
    assert set(nothing.reasons) == {"tmax", "clast", "tlast", "half_life"}


def test_of_two_equal_peaks_the_first_counts() -> None:
    assert profile([(0, BELOW), (7, 800.0), (10, 800.0), (28, 10.0)]).tmax == 7.0


@pytest.mark.parametrize(("last", "censored"), [(None, False), (90.0, True)])
def test_persistence_is_censored_at_the_last_sample(last: float | None, censored: bool) -> None:
    kinetics = profile([(0, BELOW), (10, 900.0), (28, 100.0), (60, last)])
    assert kinetics.tlast == (60.0 if censored else 28.0)
    assert kinetics.tlast_censored is censored


def test_blq_in_the_middle_by_rule() -> None:
    samples = [(0.0, BELOW), (10.0, 100.0), (20.0, BELOW), (28.0, 40.0)]
    areas: dict[BlqRule, float | None] = {
        "first_keep_middle_drop_last_keep": 500 + 18 * 70,
        "keep_zero": 500 + 500 + 160,
    }
    for rule, area in areas.items():
        assert profile(samples, rule=rule, meaning="auclast").intervals[0].auc == area


def test_drop_leaves_no_sample_to_start_from() -> None:
    kinetics = profile([(0, BELOW), (10, 100.0), (28, 40.0)], rule="drop", meaning="auclast")
    assert kinetics.intervals[0].auc is None
    assert kinetics.reasons["auc_0_28"] == "the first sample that counts is on day 10"


def test_drop_empties_a_profile() -> None:
    kinetics = profile([(0, BELOW), (28, BELOW)], rule="drop", meaning="auclast")
    assert kinetics.cmax is None
    assert kinetics.reasons["cmax"] == "no sample counts under this rule"
    assert kinetics.reasons["auc_last"] == "no sample counts in this interval"


@pytest.mark.parametrize(
    ("meaning", "area"),
    [("auclast", 500 + 1000), ("aucall", 500 + 1000), ("aucint.last", 500 + 1000 + 8 * 90)],
)
def test_end_between_two_samples(meaning: AucMeaning, area: float) -> None:
    """Worked by hand: 100 on days 10 and 20, 50 on day 40: 80 on day 28, 90 on average."""
    samples = [(0.0, BELOW), (10.0, 100.0), (20.0, 100.0), (40.0, 50.0)]
    assert profile(samples, meaning=meaning).intervals[0].auc == pytest.approx(area)


def test_logarithmic_interpolation_on_a_fall() -> None:
    """Halving every 10 days from 100 on day 10: to day 28, 100 (1 − 2^−1.8) 10 / ln 2."""
    days = [0.0, 10.0, 20.0, 30.0]
    kinetics = derive_noncompartmental(
        days,
        [None, 100.0, 50.0, 25.0],
        [True, False, False, False],
        auc_method="lin up/log down",
        intervals=((0.0, 28.0),),
    )
    area = 500 + 100 * (1 - 2**-1.8) * 10 / math.log(2)
    assert kinetics.intervals[0].auc == pytest.approx(area)


def test_triangle_after_the_last_quantifiable_sample() -> None:
    samples = [(0.0, BELOW), (10.0, 100.0), (20.0, BELOW), (28.0, BELOW)]
    for meaning, area in (("auclast", 500), ("aucall", 1000), ("aucint.last", 1000)):
        assert profile(samples, meaning=meaning).intervals[0].auc == area  # type: ignore[arg-type]


def test_sampling_that_stops_before_the_day() -> None:
    gone = profile([(0, BELOW), (10, 100.0), (20, BELOW)])
    assert gone.intervals[0].auc is None
    assert "sampling stopped on day 20" in gone.reasons["auc_0_28"]
    still_there = profile([(0, BELOW), (10, 100.0), (20, 60.0)])
    assert still_there.intervals[0].auc == 500 + 800


def test_an_interval_that_starts_later() -> None:
    samples = [(0.0, BELOW), (10.0, 100.0), (30.0, 50.0), (90.0, BELOW)]
    late = profile(samples, intervals=((20.0, 60.0), (95.0, 99.0))).intervals
    assert late[0].auc == pytest.approx(10 * 62.5 + 30 * 37.5)
    assert (late[0].cmax, late[0].tmax) == (50.0, 30.0)
    assert late[1].auc is None


def test_a_missing_pre_dose_sample_is_added_and_told() -> None:
    kinetics = profile([(10, 100.0), (28, 50.0)])
    assert kinetics.notes == ("no pre-dose sample: a 0 was added at day 0",)
    assert kinetics.intervals[0].auc == 500 + 18 * 75


def test_a_positive_pre_dose_sample_is_kept_and_told() -> None:
    kinetics = profile([(-0.1, 20.0), (10, 100.0), (28, 50.0)])
    assert kinetics.notes == (
        "the pre-dose sample is quantifiable",
        "the pre-dose sample of day -0.1 was taken as day 0",
    )
    assert kinetics.intervals[0].auc == 600 + 18 * 75


def test_a_sample_without_result_is_left_out() -> None:
    kinetics = derive_noncompartmental(
        [0, 10, 14, 28], [None, 100.0, math.nan, 50.0], [True, False, False, False]
    )
    assert kinetics.notes == ("1 samples without a result were left out",)
    assert kinetics.intervals[0].auc == 500 + 18 * 75


def test_order_of_rows_does_not_matter() -> None:
    samples = [(0.0, BELOW), (10.0, 100.0), (20.0, 60.0), (28.0, BELOW)]
    assert profile(samples[::-1]) == profile(samples)


def test_area_to_infinity_uses_the_observed_last_value() -> None:
    samples = [(0.0, BELOW), (10.0, 800.0), (17.0, 400.0), (24.0, 200.0), (31.0, 100.0)]
    kinetics = profile(samples)
    assert kinetics.terminal.half_life == pytest.approx(7.0)
    assert kinetics.auc_last is not None
    assert kinetics.auc_infinity == pytest.approx(kinetics.auc_last + 100 * 7 / math.log(2))


def test_choices_are_told() -> None:
    kinetics = profile([(0, BELOW), (10, 100.0)])
    assert kinetics.auc_meaning == "aucint.last"
    assert kinetics.auc_method == "linear"
    assert kinetics.unit == "copies/µg gDNA"
    assert kinetics.as_dict()["terminal"]["reason"].startswith("0 quantifiable samples")


@pytest.mark.parametrize(
    ("times", "values", "says"),
    [
        ([0, 7, 7], [None, 5.0, 6.0], "two samples lie on day 7"),
        ([0, 7], [None, -5.0], "the value -5 is not a measurement"),
        ([0, math.nan], [None, 5.0], "is not a measurement"),
        ([0], [None, 5.0], "1 times, 2 values"),
    ],
)
def test_samples_that_cannot_be_read(
    times: list[float], values: list[float | None], says: str
) -> None:
    with pytest.raises(RecordError, match=says):
        derive_noncompartmental(times, values, [v is None for v in values])


def test_options_that_are_refused() -> None:
    with pytest.raises(ValueError, match='"zero" is not known'):
        profile([(0, BELOW)], rule="zero")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="is empty or starts before the infusion"):
        profile([(0, BELOW)], intervals=((28.0, 0.0),))
