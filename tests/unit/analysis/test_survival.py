"""Kaplan-Meier at the edges: no event, a last event, ties, a flat stretch at one half."""

import math

import numpy as np
import pytest

from protocyte.analysis.survival import ConfType, estimate_follow_up, estimate_survival
from protocyte.errors import RecordError


def test_censored_at_a_time_are_at_risk_at_it() -> None:
    curve = estimate_survival([10.0, 10.0, 20.0], [1, 0, 0])
    assert curve.at_risk.tolist() == [3, 1]
    assert curve.censored.tolist() == [1, 1]
    assert curve.survival.tolist() == pytest.approx([2 / 3, 2 / 3])


def test_no_event_has_no_median() -> None:
    curve = estimate_survival([10.0, 20.0], [0, 0])
    median = curve.median()
    assert (median.value, median.lower, median.upper) == (None, None, None)
    assert median.note == "fewer than 50% had the event"
    assert (median.n, median.events) == (2, 0)


def test_median_of_a_flat_stretch_is_its_middle() -> None:
    curve = estimate_survival([10.0, 20.0, 30.0, 40.0], [1, 1, 1, 1])
    assert curve.median().value == 25.0


def test_median_of_a_flat_stretch_that_ends_in_censoring() -> None:
    assert estimate_survival([10.0, 20.0, 30.0, 44.0], [1, 1, 0, 0]).median().value == 32.0


def test_a_late_crossing_of_the_log_limit() -> None:
    """Acute myelogenous leukaemia, `survival::aml` of R, 23 participants: R gives 27 (18, 48).

    The upper log limit falls below one half on day 45 and rises again on day 48, still below.
    """
    times = [9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161]
    times += [5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45]
    events = [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0]
    events += [1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1]
    curve = estimate_survival(times, events)
    median = curve.median()
    assert (median.value, median.lower, median.upper) == (27.0, 18.0, 48.0)
    assert curve.time[np.argmax(curve.upper <= 0.5)] == 45.0


def test_landmark_carries_the_last_step_but_not_beyond_follow_up() -> None:
    curve = estimate_survival([10.0, 20.0, 30.0], [1, 0, 0])
    assert curve.at(29).value == pytest.approx(2 / 3)
    beyond = curve.at(31)
    assert (beyond.value, beyond.note) == (None, "follow-up ended on day 30")
    assert curve.at(31, extend=True).value == pytest.approx(2 / 3)


def test_landmark_beyond_a_last_death_is_0() -> None:
    curve = estimate_survival([10.0, 20.0], [1, 1])
    after = curve.at(50)
    assert (after.value, after.lower, after.upper) == (0.0, None, None)


def test_before_the_first_time_everybody_is_free_of_it() -> None:
    start = estimate_survival([10.0, 20.0], [1, 0], conf_type="log-log").at(0)
    assert (start.value, start.lower, start.upper) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("conf_type", "limit"),
    [("plain", 1.0), ("log", 1.0), ("log-log", None), ("logit", None), ("arcsin", None)],
)
def test_limits_before_the_first_event(conf_type: ConfType, limit: float | None) -> None:
    curve = estimate_survival([10.0, 20.0], [0, 1], conf_type=conf_type)
    assert (curve.at(10).lower, curve.at(10).upper) == (limit, limit)
    assert curve.rows()[1]["lower"] is None


def test_numbers_at_risk() -> None:
    curve = estimate_survival([10.0, 20.0, 20.0, 30.0], [1, 0, 1, 0])
    assert curve.numbers_at_risk([0, 10, 11, 20, 30, 31]).tolist() == [4, 4, 3, 3, 1, 0]


def test_kind_of_limits_is_printed() -> None:
    curve = estimate_survival([1.0, 2.0], [1, 0], conf_type="log-log", level=0.9)
    assert curve.median().method == "Kaplan-Meier, log-log limits"
    assert curve.median().level == 0.9


def test_nobody() -> None:
    curve = estimate_survival([], [])
    assert curve.n == 0
    assert curve.median().value is None
    assert curve.at(5).value is None
    assert curve.rows() == []


def test_follow_up_turns_events_around() -> None:
    follow_up = estimate_follow_up([50.0, 60.0, 70.0, 80.0], [0, 1, 0, 0])
    assert (follow_up.value, follow_up.events) == (70.0, 3)


def test_a_curve_cannot_be_changed() -> None:
    curve = estimate_survival([1.0], [1])
    with pytest.raises(ValueError, match="read-only"):
        curve.survival[0] = 1.0


@pytest.mark.parametrize(
    ("times", "events", "says"),
    [
        ([1.0, math.nan], [1, 0], "missing, infinite or negative"),
        ([1.0, -3.0], [1, 0], "missing, infinite or negative"),
        ([1.0, 2.0], [1, 2], "neither 0 nor 1"),
        ([1.0, 2.0], [1], "do not fit each other"),
    ],
)
def test_records_that_cannot_be_read(times: list[float], events: list[int], says: str) -> None:
    with pytest.raises(RecordError, match=says):
        estimate_survival(times, events)


def test_options_that_are_refused() -> None:
    curve = estimate_survival([1.0], [1])
    with pytest.raises(ValueError, match="not a kind of limits"):
        estimate_survival([1.0], [1], conf_type="loglog")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not between 0 and 1"):
        estimate_survival([1.0], [1], level=95)
    with pytest.raises(ValueError, match=r"write 0\.5 for a median"):
        curve.quantile(50)
    with pytest.raises(ValueError, match="lies before the start"):
        curve.at(-1)
