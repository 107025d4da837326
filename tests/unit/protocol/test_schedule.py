"""When anchors and visits are planned, and which visits feed what."""

import pytest

from protocyte.protocol.checks.example import amend_example
from protocyte.protocol.parse import parse_protocol
from protocyte.protocol.schedule import Schedule
from protocyte.protocol.timepoint import Timepoint


def schedule(patch: str = "{}") -> Schedule:
    plan = parse_protocol(amend_example(patch)).plan
    assert plan is not None
    return plan.schedule


@pytest.mark.parametrize(
    ("anchor", "days"),
    [
        ("infusion", 0.0),
        ("lymphodepletion", -5.0),
        ("consent", -28.0),
        ("enrolment", None),
        ("leukapheresis", None),
        ("first response", None),
    ],
)
def test_times_of_anchors(anchor: str, days: float | None) -> None:
    assert schedule().time_of(anchor) == (None if days is None else Timepoint(days))


def test_leukapheresis_lies_before_the_infusion_by_the_time_of_manufacture() -> None:
    patch = "schedule: {activities: {leukapheresis: {vein_to_vein: %s}}}"
    assert schedule(patch % "28 days").time_of("leukapheresis") == Timepoint(-28.0)
    month = schedule(patch % "1 month").time_of("leukapheresis")
    assert month == Timepoint(-30.4375, calendar=True)
    assert schedule(patch % "null").time_of("leukapheresis") is None


def test_times_are_counted_from_the_schedule_s_anchor() -> None:
    patch = "schedule: {anchor: enrolment, activities: {infusion: {day: 35}}}"
    assert schedule(patch).time_of("enrolment") == Timepoint(0.0)
    assert schedule(patch).time_of("infusion") == Timepoint(35.0)


def test_what_happens() -> None:
    assert schedule().happens("lymphodepletion")
    assert not schedule().happens("leukapheresis")
    assert not schedule("schedule: {activities: {lymphodepletion: null}}").happens(
        "lymphodepletion"
    )
    assert schedule().happens("consent")


def test_without_a_day_0_days_from_1_on_are_one_less() -> None:
    day_one = schedule("schedule: {day_zero: false, activities: {infusion: {day: 1}}}")
    assert [day_one.offset_of(day) for day in (-5, -1, 0, 1, 28)] == [-5, -1, 0, 0, 27]
    assert [schedule().offset_of(day) for day in (-5, -1, 0, 1, 28)] == [-5, -1, 0, 1, 28]


def test_windows_of_visits() -> None:
    plan = schedule()
    month_3, baseline = plan.visit("Month 3"), plan.visit("Baseline")
    assert month_3 is not None
    assert baseline is not None
    assert plan.latest(month_3).days - plan.earliest(month_3).days == 14
    assert plan.latest(baseline) == plan.earliest(baseline) == Timepoint(-6.0)


def test_visits_for_an_assessment_stand_in_the_order_of_time() -> None:
    patch = """
schedule:
  visits:
    - {name: Month 3, after: 3 months, does: [safety]}
    - {name: Day 7, day: 7, does: [PGA, safety]}
    - {name: Day 14, day: 14, does: [PGA]}
"""
    plan = schedule(patch)
    assert [visit.name for visit in plan.visits_for("safety")] == ["Day 7", "Month 3"]
    assert [v.name for v in plan.visits_for("safety", "PGA")] == ["Day 7", "Day 14", "Month 3"]
    assert plan.visits_for("survival") == ()
