"""Boundaries of the checks on endpoints: windows, what feeds them, scales."""

from collections.abc import Callable

import pytest

from protocyte.protocol.finding import Finding

Find = Callable[[str, str], list[Finding]]


class TestUnfedEndpoint:
    ORR = """
endpoints:
  secondary:
    os: null
    kinetics: null
    orr: {{until: {until}}}
schedule:
  visits:
    - {{name: Baseline, day: -6, does: [safety, disease response]}}
    - {{name: Day 28, day: 28, does: [safety]}}
    - {{name: Response, {time}, does: [safety, disease response]}}
    - {{name: Month 4, after: 4 months, does: [safety]}}
"""

    def test_response_on_the_last_day_of_the_window(self, find: Find) -> None:
        assert not find("END002", self.ORR.format(until="60 days", time="day: 60"))

    def test_response_on_the_day_after(self, find: Find) -> None:
        found = find("END002", self.ORR.format(until="60 days", time="day: 61"))
        (finding,) = found
        assert finding.message == (
            "This endpoint (response rate) needs `disease response`, and no visit after the "
            "infusion within 60 days does it."
        )

    def test_the_window_of_the_visit_may_reach_back_into_it(self, find: Find) -> None:
        assert not find("END002", self.ORR.format(until="60 days", time="day: 63, window: 3 days"))

    def test_month_3_may_fall_within_90_days(self, find: Find) -> None:
        assert not find("END002", self.ORR.format(until="90 days", time="after: 3 months"))

    def test_month_3_cannot_fall_within_84_days(self, find: Find) -> None:
        assert find("END002", self.ORR.format(until="84 days", time="after: 3 months"))

    def test_baseline_alone_is_no_response(self, find: Find) -> None:
        assert find("END002", self.ORR.format(until="60 days", time="day: 0"))

    def test_window_from_leukapheresis_of_unknown_length_is_not_judged(self, find: Find) -> None:
        autologous = (
            "product: {donor: autologous, edits: []}\n"
            "endpoints: {secondary: {orr: {from: leukapheresis, until: 7 days}}}\n"
            "schedule: {activities: {leukapheresis: {when: after enrolment}}}"
        )
        assert not find("END002", autologous)

    @pytest.mark.parametrize(
        ("instrument", "missing"),
        [
            ("SRI-4", "`SLEDAI` and `BILAG` and `PGA`"),
            ("DORIS", "`SLEDAI` and `PGA` and `medication`"),
            ("drug-free DORIS", "`SLEDAI` and `PGA` and `medication`"),
            ("LLDAS", "`SLEDAI` and `PGA` and `medication`"),
        ],
    )
    def test_instruments_need_their_scores(self, find: Find, instrument: str, missing: str) -> None:
        patch = (
            "endpoints: {exploratory: {state: "
            f"{{measure: responder, instrument: {instrument}, at: [Month 3]}}}}}}"
        )
        assert missing in find("END002", patch)[0].message

    def test_death_needs_no_more_than_a_contact(self, find: Find) -> None:
        patch = """
endpoints:
  secondary: {orr: null, kinetics: null, os: {until_first: [%s], horizon: 3 months}}
schedule:
  visits:
    - {name: Day 28, day: 28, does: [safety]}
    - {name: Month 3, after: 3 months, does: [safety]}
"""
        assert not find("END002", patch % "death")
        assert find("END002", patch % "death, relapse")

    def test_unknown_visit_is_told_once(self, find: Find) -> None:
        patch = "endpoints: {secondary: {ecog: {measure: change, of: ECOG, at: [Month 4]}}}"
        assert find("END001", patch)
        assert not find("END002", patch)


class TestEndpointBeyondVisits:
    OS = "endpoints: {{secondary: {{os: {{from: {anchor}, horizon: {horizon}}}}}}}"

    def test_window_of_the_last_visit_counts(self, find: Find) -> None:
        assert not find("END004", self.OS.format(anchor="infusion", horizon="12 months"))
        longer = self.OS.format(anchor="infusion", horizon="13 months")
        assert "followed for 12 months" in find("END004", longer)[0].message

    def test_90_days_and_3_months_are_not_told_apart(self, find: Find) -> None:
        patch = "endpoints: {primary: {teae: {until: 100 days}}}"
        assert not find("END004", patch)
        assert find("END004", "endpoints: {primary: {teae: {until: 102 days}}}")

    def test_survival_from_leukapheresis_ends_earlier(self, find: Find) -> None:
        patch = """
product: {donor: autologous, edits: []}
endpoints: {secondary: {os: {from: leukapheresis, horizon: %s}}}
schedule: {activities: {leukapheresis: {when: after enrolment, vein_to_vein: 28 days}}}
"""
        assert not find("END004", patch % "12 months")
        assert not find("END004", patch % "380 days")
        assert find("END004", patch % "400 days")


class TestScales:
    def test_every_kind_of_event_has_its_scale(self, find: Find) -> None:
        patch = """
endpoints:
  exploratory:
    a: {measure: adverse events, of: infection, until: 3 months}
    b: {measure: adverse events, of: GvHD, until: 3 months}
    c: {measure: adverse events, of: IEC-HS, until: 3 months}
safety: {scales: {AE: null, GvHD: null}}
"""
        found = find("END005", patch)
        assert [(f.where, f.remedy) for f in found] == [
            ("endpoints.primary.teae", "Add `AE:` to `safety.scales`, with its edition."),
            ("endpoints.exploratory.a", "Add `AE:` to `safety.scales`, with its edition."),
            ("endpoints.exploratory.b", "Add `GvHD:` to `safety.scales`, with its edition."),
        ]

    def test_own_scale_is_enough(self, find: Find) -> None:
        patch = "endpoints: {primary: {teae: {scale: CTCAE 5.0}}}\nsafety: {scales: {AE: null}}"
        assert not find("END005", patch)
        assert not find("END006", patch)

    def test_lee_grades_crs_only(self, find: Find) -> None:
        patch = (
            "endpoints: {exploratory: {x: {measure: adverse events, of: %s, until: 3 months, "
            "scale: Lee 2014}}}"
        )
        assert not find("END011", patch % "CRS")
        assert find("END006", patch % "CRS")
        assert find("END011", patch % "ICANS")
        assert not find("END006", patch % "ICANS")


class TestResponders:
    def test_criteria_without_a_table_take_any_word(self, find: Find) -> None:
        for criteria in ("as reported", "Chinese AML guideline 2023"):
            patch = (
                f"endpoints: {{secondary: {{orr: {{criteria: {criteria}, responders: [VGPR]}}}}}}"
            )
            assert not find("END007", patch)

    def test_crh_is_eln_and_not_nccn(self, find: Find) -> None:
        patch = "endpoints: {secondary: {orr: {criteria: %s, responders: [CR, CRh]}}}"
        assert not find("END007", patch % "ELN 2022")
        assert find("END007", patch % "NCCN ALL")[0].where.endswith("responders[1]")


class TestKinetics:
    PATCH = """
endpoints:
  secondary: {{orr: null, os: null, kinetics: {{parameters: [{parameters}]}}}}
schedule:
  day_zero: {day_zero}
  activities: {{infusion: {{day: {infusion}}}, hospital: null}}
  visits:
    - {{name: a, day: 7, does: [safety, cell kinetics]}}
    - {{name: b, day: 14, does: [safety, cell kinetics]}}
    - {{name: c, day: {last}, does: [safety, cell kinetics]}}
    - {{name: Month 3, after: 3 months, does: [safety]}}
"""

    def patch(self, parameters: str, *, last: int, day_one: bool = False) -> str:
        return self.PATCH.format(
            parameters=parameters,
            last=last,
            day_zero="false" if day_one else "true",
            infusion=1 if day_one else 0,
        )

    def test_sample_on_day_28_reaches_28_days(self, find: Find) -> None:
        assert not find("END008", self.patch("AUC0-28d", last=28))
        assert find("END008", self.patch("AUC0-28d", last=27))

    def test_day_28_of_a_day_1_protocol_is_27_days_later(self, find: Find) -> None:
        found = find("END008", self.patch("AUC0-28d", last=28, day_one=True))
        assert found[0].message == (
            "AUC0-28d needs a sample 28 days after the infusion or later; the last is after 27 "
            "days."
        )
        assert not find("END008", self.patch("AUC0-28d", last=29, day_one=True))

    def test_peak_needs_three_samples_in_28_days(self, find: Find) -> None:
        assert not find("END008", self.patch("Cmax, Tmax", last=28))
        assert len(find("END008", self.patch("Cmax, Tmax", last=29))) == 2

    def test_half_life_needs_three_samples_after_a_peak(self, find: Find) -> None:
        assert find("END008", self.patch("half-life", last=28))


class TestTreatmentEmergence:
    PATCH = "endpoints: {primary: {teae: {until: %s}}}\nsafety: {treatment_emergent: {until: %s}}"

    def test_equal_windows(self, find: Find) -> None:
        assert not find("END014", self.PATCH % ("90 days", "90 days"))

    def test_three_months_are_longer_than_90_days(self, find: Find) -> None:
        assert find("END014", self.PATCH % ("3 months", "90 days"))

    def test_a_shorter_endpoint_is_sound(self, find: Find) -> None:
        assert not find("END014", self.PATCH % ("28 days", "90 days"))

    def test_other_events_are_not_bound_by_it(self, find: Find) -> None:
        patch = (
            "endpoints: {exploratory: {g: {measure: adverse events, of: GvHD, until: 3 months}},"
            " primary: {teae: {until: 28 days}}}\nsafety: {treatment_emergent: {until: 28 days}}"
        )
        assert not find("END014", patch)


class TestMaintained:
    def test_naming_one_visit_twice_does_not_help(self, find: Find) -> None:
        patch = (
            "endpoints: {exploratory: {s: {measure: responder, instrument: LLDAS, "
            "maintained: true, at: [Month 3, Month 3]}}}"
        )
        assert find("END012", patch)
