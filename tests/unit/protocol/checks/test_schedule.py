"""Boundaries of the checks on the schedule: days, windows, months against days."""

from collections.abc import Callable

import pytest

from protocyte.protocol.finding import Finding

Find = Callable[[str, str], list[Finding]]

VISITS = "endpoints: {secondary: null}\nschedule: {visits: [%s]}"


def visits(*written: str) -> str:
    return VISITS % ", ".join(f"{{{visit}, does: [safety]}}" for visit in written)


class TestVisitOutsideTrial:
    def test_visit_on_the_last_day_is_inside(self, find: Find) -> None:
        assert not find("SCH001", "schedule: {follow_up: 12 months}")

    def test_year_and_twelve_months_are_the_same(self, find: Find) -> None:
        assert not find("SCH001", "schedule: {follow_up: 1 year}")

    @pytest.mark.parametrize("follow_up", ["365 days", "366 days"])
    def test_month_12_is_not_after_365_days(self, find: Find, follow_up: str) -> None:
        assert not find("SCH001", f"schedule: {{follow_up: {follow_up}}}")

    def test_month_12_is_after_360_days(self, find: Find) -> None:
        assert find("SCH001", "schedule: {follow_up: 360 days}")

    def test_a_single_day_counts_where_both_are_in_days(self, find: Find) -> None:
        last = "name: Last, day: 91, window: 3 days"
        assert not find("SCH001", visits(last) + "\n" + "population: {planned: 30}")
        found = find(
            "SCH001",
            "endpoints: {secondary: null, primary: {teae: {until: 28 days}}}\n"
            "schedule: {follow_up: 90 days, visits: [{name: Last, day: 91, does: [safety]}]}",
        )
        assert [f.message for f in found] == [
            'The visit "Last" lies after the end of follow-up, 90 days after the infusion.'
        ]

    def test_visit_before_screening_is_told_with_its_day(self, find: Find) -> None:
        found = find("SCH001", "schedule: {activities: {screening: {days: -5..-1}}}")
        assert [f.message for f in found] == [
            'The visit "Baseline" lies before screening begins on Day -5.'
        ]
        assert found[0].where == "schedule.visits[0]"

    def test_visit_on_the_first_day_of_screening_is_inside(self, find: Find) -> None:
        assert not find("SCH001", "schedule: {activities: {screening: {days: -6..-6}}}")


class TestVisitsOutOfOrder:
    def test_day_90_and_month_3_stand_in_either_order(self, find: Find) -> None:
        day, month = "name: Day 90, day: 90", "name: Month 3, after: 3 months"
        assert not find("SCH002", visits("name: Day 28, day: 28", day, month))
        assert not find("SCH002", visits("name: Day 28, day: 28", month, day))

    def test_day_84_does_not_follow_month_3(self, find: Find) -> None:
        found = find("SCH002", visits("name: Month 3, after: 3 months", "name: Day 84, day: 84"))
        assert [f.where for f in found] == ["schedule.visits[1]"]

    def test_two_visits_of_one_day_are_in_order(self, find: Find) -> None:
        assert not find("SCH002", visits("name: a, day: 28", "name: b, day: 28"))


class TestOverlappingWindows:
    def test_windows_that_touch_on_one_day_overlap(self, find: Find) -> None:
        first, second = "name: a, day: 14, window: 2 days", "name: b, day: 18, window: 2 days"
        assert find("SCH004", visits(first, second, "name: Month 3, after: 3 months"))

    def test_windows_of_neighbouring_days_do_not(self, find: Find) -> None:
        first, second = "name: a, day: 14, window: 2 days", "name: b, day: 18, window: 1 day"
        assert not find("SCH004", visits(first, second, "name: Month 3, after: 3 months"))

    def test_one_sided_window(self, find: Find) -> None:
        first, second = "name: a, day: 14, window: 0..3 days", "name: b, day: 18, window: 0..3 days"
        assert not find("SCH004", visits(first, second, "name: Month 3, after: 3 months"))

    def test_the_neighbour_in_time_counts_not_the_one_in_the_list(self, find: Find) -> None:
        found = find(
            "SCH004",
            visits("name: b, day: 28, window: 3 days", "name: a, day: 25", "name: c, day: 99"),
        )
        assert [f.where for f in found] == ["schedule.visits[0]"]

    def test_nothing_is_said_without_any_window(self, find: Find) -> None:
        assert not find(
            "SCH004", visits("name: a, day: 28", "name: b, day: 28", "name: c, day: 99")
        )


DAY_ONE = """
endpoints: {{secondary: null}}
schedule:
  day_zero: false
  activities:
    infusion: {{day: {infusion}}}
    hospital: {{days: {hospital}}}
"""


class TestDayOneProtocols:
    def test_infusion_on_day_1_is_the_anchor(self, find: Find) -> None:
        assert not find("SCH005", DAY_ONE.format(infusion=1, hospital="1..14"))

    def test_infusion_on_day_0_is_one_mistake_not_two(self, find: Find) -> None:
        patch = DAY_ONE.format(infusion=0, hospital="1..14")
        assert [f.message for f in find("SCH005", patch)] == [
            "The infusion is on Day 0; days are counted from it, so it is on Day 1."
        ]
        assert not find("SCH011", patch)

    def test_infusion_on_day_1_beside_a_day_0_names_the_other_counting(self, find: Find) -> None:
        found = find("SCH005", "schedule: {activities: {infusion: {day: 1}}}")
        assert "`day_zero: false`" in found[0].remedy

    @pytest.mark.parametrize("hospital", ["0..14", "-1..0"])
    def test_day_0_at_either_end_of_a_span(self, find: Find, hospital: str) -> None:
        found = find("SCH011", DAY_ONE.format(infusion=1, hospital=hospital))
        assert [f.where for f in found] == ["schedule.activities.hospital.days"]

    def test_span_across_the_missing_day_is_sound(self, find: Find) -> None:
        assert not find("SCH011", DAY_ONE.format(infusion=1, hospital="-1..14"))

    def test_day_0_of_a_visit_leaves_the_rest_readable(self, find: Find) -> None:
        patch = DAY_ONE.format(infusion=1, hospital="1..14") + (
            "  visits: [{name: Start, day: 0, does: [safety]},"
            " {name: Month 3, after: 3 months, does: [safety]}]"
        )
        assert [f.where for f in find("SCH011", patch)] == ["schedule.visits[0].day"]

    def test_rest_until_the_day_before_day_1(self, find: Find) -> None:
        rested = "\n    lymphodepletion: {days: -5..-3, rest: -2..-1}"
        patch = DAY_ONE.format(infusion=1, hospital="1..14").rstrip() + rested
        assert not find("SCH006", patch)


class TestLymphodepletion:
    def test_last_dose_on_the_day_of_infusion(self, find: Find) -> None:
        found = find(
            "SCH006", "schedule: {activities: {lymphodepletion: {days: -2..0, rest: null}}}"
        )
        assert [f.where for f in found] == ["schedule.activities.lymphodepletion.days"]

    def test_rest_on_the_day_of_infusion(self, find: Find) -> None:
        found = find("SCH006", "schedule: {activities: {lymphodepletion: {rest: -2..0}}}")
        assert [f.where for f in found] == ["schedule.activities.lymphodepletion.rest"]

    def test_without_rest_nothing_is_said(self, find: Find) -> None:
        assert not find("SCH006", "schedule: {activities: {lymphodepletion: {rest: null}}}")

    def test_screening_may_end_on_the_day_before(self, find: Find) -> None:
        assert not find("SCH013", "schedule: {activities: {screening: {days: -28..-6}}}")
        assert find("SCH013", "schedule: {activities: {screening: {days: -28..-5}}}")

    def test_without_lymphodepletion_screening_ends_before_infusion(self, find: Find) -> None:
        patch = "schedule: {activities: {lymphodepletion: null, screening: {days: -28..%d}}}"
        assert not find("SCH013", patch % -1)
        assert [f.message for f in find("SCH013", patch % 0)] == [
            "Screening ends on Day 0, and the infusion begins on Day 0."
        ]


class TestStay:
    def test_leaving_both_on_one_day_is_sound(self, find: Find) -> None:
        near = "schedule: {activities: {proximity: {days: 0..%d, within: 2 hours}}}"
        assert not find("SCH008", near % 10)
        assert find("SCH008", near % 9)


class TestBaseline:
    SLE = """
endpoints:
  secondary: null
  exploratory:
    state: {{measure: responder, instrument: {instrument}, at: [Month 3]}}
schedule:
  visits:
    - {{name: {first}, day: {day}, does: [safety, SLEDAI, BILAG, PGA]}}
    - {{name: Month 3, after: 3 months, does: [safety, SLEDAI, BILAG, PGA, medication]}}
"""

    def test_a_score_on_the_day_of_infusion_is_a_baseline(self, find: Find) -> None:
        patch = self.SLE.format(instrument="SRI-4", first="Day 0", day=0)
        assert not find("SCH009", patch)

    def test_a_score_after_it_is_not(self, find: Find) -> None:
        found = find("SCH009", self.SLE.format(instrument="SRI-4", first="Day 1", day=1))
        assert "`SLEDAI` and `BILAG` and `PGA`" in found[0].message

    def test_doris_has_no_baseline(self, find: Find) -> None:
        assert not find("SCH009", self.SLE.format(instrument="DORIS", first="Day 7", day=7))

    def test_lldas_compares_with_any_assessment_before(self, find: Find) -> None:
        assert not find("SCH009", self.SLE.format(instrument="LLDAS", first="Day 28", day=28))
        assert find("SCH009", self.SLE.format(instrument="LLDAS", first="Day 200", day=200))


class TestAnchors:
    def test_optional_lymphodepletion_may_be_an_anchor(self, find: Find) -> None:
        assert not find("SCH010", "safety: {treatment_emergent: {from: lymphodepletion}}")

    def test_every_place_that_counts_days_is_looked_at(self, find: Find) -> None:
        found = find(
            "SCH010",
            "schedule: {activities: {lymphodepletion: null}}\n"
            "population: {anchor: lymphodepletion}\n"
            "dosing: {dlt: {from: lymphodepletion}}\n"
            "safety: {treatment_emergent: {from: lymphodepletion}}",
        )
        assert [f.where for f in found] == [
            "population.anchor",
            "dosing.dlt.from",
            "safety.treatment_emergent.from",
        ]


class TestMisnamedVisit:
    @pytest.mark.parametrize(
        "visit",
        [
            "name: Day 28, day: 28",
            "name: Day 28, after: 28 days",
            "name: Day 28, after: 4 weeks",
            "name: Day 28, after: 1 month",
            "name: Week 4, day: 28",
            "name: Week 4, day: 29",
            "name: Month 3, day: 90",
            "name: Month 12, after: 1 year",
            "name: Year 1, after: 12 months",
            "name: Day 28 (scan), day: 60",
            "name: Discharge, day: 14",
        ],
    )
    def test_name_and_time_agree(self, find: Find, visit: str) -> None:
        assert not find("SCH014", visits(visit, "name: Last, day: 99"))

    @pytest.mark.parametrize(
        "visit",
        ["name: Day 28, day: 29", "name: Month 3, after: 6 months", "name: Week 4, day: 35"],
    )
    def test_name_and_time_differ(self, find: Find, visit: str) -> None:
        assert find("SCH014", visits(visit, "name: Last, day: 99"))

    def test_day_29_is_four_weeks_after_day_1(self, find: Find) -> None:
        patch = DAY_ONE.format(infusion=1, hospital="1..14") + (
            "  visits: [{name: Day %d, after: 28 days, does: [safety]}]"
        )
        assert not find("SCH014", patch % 29)
        assert find("SCH014", patch % 28)[0].message == (
            'The visit "Day 28" is planned 28 days after the infusion.'
        )
