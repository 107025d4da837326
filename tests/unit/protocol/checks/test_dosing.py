"""Boundaries of the checks on dosing: windows, levels, methods, toxicities."""

from collections.abc import Callable

import pytest

from protocyte.protocol.finding import Finding

Find = Callable[[str, str], list[Finding]]


class TestCohorts:
    def test_next_cohort_on_the_last_day_of_the_window(self, find: Find) -> None:
        patch = "dosing: {cohort: {next_after: %s}}"
        assert not find("DOS001", patch % "28 days")
        assert not find("DOS001", patch % "4 weeks")
        assert find("DOS001", patch % "27 days")

    def test_a_month_is_not_shorter_than_30_days(self, find: Find) -> None:
        patch = "dosing: {cohort: {next_after: 1 month}, dlt: {window: %s}}"
        assert not find("DOS001", patch % "30 days")
        assert find("DOS001", patch % "35 days")

    def test_a_window_from_lymphodepletion_is_not_judged(self, find: Find) -> None:
        patch = "dosing: {cohort: {next_after: 21 days}, dlt: {from: lymphodepletion}}"
        assert not find("DOS001", patch)

    def test_stagger_of_the_window_itself(self, find: Find) -> None:
        patch = "dosing: {cohort: {stagger: %s}}"
        assert not find("DOS009", patch % "28 days")
        assert find("DOS009", patch % "29 days")

    def test_participants_that_reach_the_highest_level_once(self, find: Find) -> None:
        patch = "population: {planned: %d}\ndosing: {participants: %d, start: %d}"
        assert not find("DOS007", patch % (9, 9, 1))
        assert "do not reach the highest level" in find("DOS007", patch % (6, 6, 1))[0].message
        assert not find("DOS007", patch % (6, 6, 2))

    def test_the_remedy_names_sound_numbers(self, find: Find) -> None:
        patch = "population: {planned: 30}\ndosing: {participants: %d}"
        assert find("DOS007", patch % 29)[0].remedy.startswith("Write 27 or 30,")
        assert find("DOS007", patch % 2)[0].remedy.startswith("Write 3,")


class TestLevels:
    PATCH = "dosing: {levels: [%s]}"

    def test_equal_doses_need_names(self, find: Find) -> None:
        assert find("DOS003", self.PATCH % "9e8 cells, 9e8 cells")
        named = "{name: standard, dose: 9e8 cells}, {name: enhanced, dose: 9e8 cells}"
        assert not find("DOS003", self.PATCH % named)

    def test_cells_and_cells_a_kilogram(self, find: Find) -> None:
        found = find("DOS003", self.PATCH % "1e8 cells, 3e6 cells/kg")
        assert [f.message for f in found] == [
            "3e6 cells/kg follows 1e8 cells: one is a dose a person, the other a dose a kilogram."
        ]

    def test_levels_without_a_dose_are_passed_over(self, find: Find) -> None:
        assert not find("DOS003", self.PATCH % "{name: a}, {name: b}, {name: c}")
        assert find("DOS003", self.PATCH % "9e8 cells, {name: b}, 1e8 cells")

    def test_start_at_the_last_level(self, find: Find) -> None:
        assert not find("DOS002", "dosing: {start: 3}")
        assert find("DOS002", "dosing: {start: 4}")


class TestMethods:
    BOIN = "dosing: {method: {BOIN: {target: 0.3, %s}}}"
    BOIN12 = (
        "dosing: {finds: optimal biological dose, efficacy: {endpoint: orr, at: Day 28}, "
        "method: {BOIN: null, BOIN12: {%s}}}"
    )

    @pytest.mark.parametrize("limit", ["too_low: 0.27", "too_high: 0.33", "too_low: 0.1"])
    def test_limits_a_tenth_away(self, find: Find, limit: str) -> None:
        assert not find("DOS004", self.BOIN % limit)

    @pytest.mark.parametrize("limit", ["too_low: 0.28", "too_high: 0.32", "too_low: 0.3"])
    def test_limits_nearer_than_a_tenth(self, find: Find, limit: str) -> None:
        assert find("DOS004", self.BOIN % limit)

    def test_certainty_below_even(self, find: Find) -> None:
        assert not find("DOS004", self.BOIN % "eliminate_above: 0.5")
        assert find("DOS004", self.BOIN % "eliminate_above: 0.05")

    @pytest.mark.parametrize(
        ("utilities", "worth"),
        [
            ("response_only: 50, both: 60", "response_only"),
            ("neither: 10, toxicity_only: 20", "toxicity_only"),
        ],
    )
    def test_the_ends_of_the_scale_are_fixed(self, find: Find, utilities: str, worth: str) -> None:
        found = find("DOS004", self.BOIN12 % f"utilities: {{{utilities}}}")
        assert [f.where for f in found] == [f"dosing.method.BOIN12.utilities.{worth}"]

    def test_response_with_toxicity_may_be_worth_more_or_less_than_neither(
        self, find: Find
    ) -> None:
        for utilities in (
            "neither: 70, both: 30",
            "neither: 30, both: 70",
            "neither: 50, both: 50",
        ):
            assert not find("DOS004", self.BOIN12 % f"utilities: {{{utilities}}}")

    def test_three_plus_three_takes_three(self, find: Find) -> None:
        patch = "dosing: {cohort: {size: %d}, participants: 30, method: {BOIN: null, 3+3: {}}}"
        assert not find("DOS004", patch % 3)
        assert [f.where for f in find("DOS004", patch % 2)] == ["dosing.cohort.size"]

    def test_boin12_needs_an_efficacy(self, find: Find) -> None:
        patch = self.BOIN12 % "toxicity_limit: 0.35"
        assert not find("DOS006", patch)
        without = "dosing: {finds: optimal biological dose, method: {BOIN: null, BOIN12: {}}}"
        assert [f.where for f in find("DOS006", without)] == ["dosing.method.BOIN12"]

    @pytest.mark.parametrize(
        ("efficacy", "where", "message"),
        [
            ("{endpoint: nothing}", "endpoint", 'No endpoint is called "nothing"; there are teae'),
            ("{endpoint: kinetics}", "endpoint", "kinetics (cell kinetics) is not a response"),
            ("{endpoint: orr, at: Month 9}", "at", 'No visit is called "Month 9"'),
            ("{endpoint: orr, at: Day 7}", "at", "Day 7 does not assess the disease response."),
        ],
    )
    def test_efficacy_must_be_judged(
        self, find: Find, efficacy: str, where: str, message: str
    ) -> None:
        found = find("DOS006", f"dosing: {{efficacy: {efficacy}}}")
        assert [f.where for f in found] == [f"dosing.efficacy.{where}"]
        assert found[0].message.startswith(message)

    def test_a_state_is_judged_at_its_own_visits(self, find: Find) -> None:
        patch = (
            "endpoints: {exploratory: {s: {measure: responder, instrument: DORIS, at: [Month 3]}}}"
            "\n"
            "dosing: {efficacy: {endpoint: s, at: %s}}"
        )
        assert not find("DOS006", patch % "Month 3")
        assert find("DOS006", patch % "Day 28")[0].message == (
            "The endpoint is judged at Month 3, and not at Day 28."
        )

    def test_boin12_does_not_find_the_mtd(self, find: Find) -> None:
        patch = "dosing: {finds: %s, efficacy: {endpoint: orr}, method: {BOIN: null, BOIN12: {}}}"
        assert not find("DOS010", patch % "optimal biological dose")
        assert not find("DOS010", patch % "recommended phase 2 dose")
        assert find("DOS010", patch % "maximum tolerated dose")

    def test_one_level_needs_no_method(self, find: Find) -> None:
        patch = "dosing: {levels: [9e8 cells], method: %s, participants: null}"
        assert not find("DOS012", patch % "null")
        assert find("DOS012", patch % "{BOIN: {target: 0.3}}")


class TestToxicities:
    PATCH = "dosing: {dlt: {is: [%s]}}"

    @pytest.mark.parametrize(
        ("toxicities", "redundant"),
        [
            ("CRS >= 3, CRS >= 4", 1),
            ("CRS >= 4, CRS >= 3", 0),
            ("CRS >= 3, CRS >= 3", 1),
            ("CRS >= 3, CRS >= 3 for > 3 days", 1),
            ("AE >= 3, non-haematological AE >= 3", 1),
            ("CRS >= 3 for >= 3 days, CRS >= 3 for > 3 days", 1),
            ("CRS >= 3 for > 3 days, CRS >= 4 for > 7 days", 1),
        ],
    )
    def test_a_part_of_another_adds_nothing(
        self, find: Find, toxicities: str, redundant: int
    ) -> None:
        found = find("DOS015", self.PATCH % toxicities)
        assert [f.where for f in found] == [f"dosing.dlt.is[{redundant}]"]

    @pytest.mark.parametrize(
        "toxicities",
        [
            "CRS >= 4, CRS >= 3 for > 3 days",
            "CRS >= 3, ICANS >= 4",
            "AE >= 4, haematological AE >= 3",
            "non-haematological AE >= 3, AE >= 4",
        ],
    )
    def test_what_adds_something(self, find: Find, toxicities: str) -> None:
        assert not find("DOS015", self.PATCH % toxicities)

    def test_lasting_as_long_as_the_window(self, find: Find) -> None:
        assert not find("DOS016", self.PATCH % "AE >= 3 for >= 28 days")
        assert find("DOS016", self.PATCH % "AE >= 3 for > 28 days")
        assert not find("DOS016", self.PATCH % "AE >= 3 for > 27 days")

    def test_a_scale_for_every_toxicity(self, find: Find) -> None:
        patch = (
            self.PATCH % "CRS >= 3, tumour lysis syndrome >= 3, IEC-HS >= 2"
            + "\nsafety: {scales: {AE: null, CRS: null}}"
        )
        found = find("DOS008", patch)
        assert [f.where for f in found] == ["dosing.dlt.is[0]", "dosing.dlt.is[1]"]
        assert "`AE:`" in found[1].remedy

    def test_gvhd_ends_at_four_and_crs_at_five(self, find: Find) -> None:
        assert not find("DOS014", self.PATCH % "GvHD >= 4, CRS >= 5")

    @pytest.mark.parametrize(("time", "is_late"), [("day: 28", False), ("day: 29", True)])
    def test_safety_visit_in_the_window(self, find: Find, time: str, is_late: bool) -> None:
        patch = (
            "endpoints: {secondary: null}\nschedule: {visits: [{name: a, %s, does: [safety]}, "
            "{name: Month 3, after: 3 months, does: [safety]}]}"
        )
        assert bool(find("DOS013", patch % time)) is is_late
        assert not find("DOS013", patch % "day: 29, window: 1 day")


class TestNumbers:
    def test_all_planned_in_dose_finding(self, find: Find) -> None:
        patch = "population: {planned: 30}\ndosing: {participants: 30}"
        assert not find("DOS011", patch)
        assert not find("STA003", patch)

    def test_a_fixed_sample_may_hold_dose_finding_or_follow_it(self, find: Find) -> None:
        patch = (
            "population: {planned: 48}\ndosing: {participants: 30}\n"
            "statistics: {sample: {fixed sample: {participants: %d}}}"
        )
        assert not find("STA003", patch % 18)
        assert not find("STA003", patch % 48)
        assert find("STA003", patch % 24)[0].message == (
            "48 participants are planned, and there are 30 in dose finding and 24 in the fixed "
            "sample."
        )

    def test_too_many_is_one_mistake(self, find: Find) -> None:
        patch = "population: {planned: 27}\ndosing: {participants: 30}"
        assert find("DOS011", patch)
        assert not find("STA003", patch)

    def test_the_size_of_a_two_stage_design_is_computed(self, find: Find) -> None:
        patch = (
            "population: {planned: 44}\ndosing: {participants: 24}\nstatistics: {sample: {Simon: "
            "{endpoint: orr, p0: 0.3, p1: 0.6, alpha: 0.05, power: 0.8}}}"
        )
        assert not find("STA003", patch)

    @pytest.mark.parametrize(
        ("change", "where"),
        [
            ("p0: 0.6", "p0"),
            ("alpha: 0.5", "alpha"),
            ("power: 0.5", "power"),
        ],
    )
    def test_error_rates_worse_than_chance(self, find: Find, change: str, where: str) -> None:
        settings = {"p0": "0.3", "p1": "0.6", "alpha": "0.05", "power": "0.8"}
        key, value = change.split(": ")
        written = ", ".join(f"{name}: {n}" for name, n in (settings | {key: value}).items())
        patch = f"statistics: {{sample: {{Simon: {{endpoint: orr, {written}}}}}}}"
        assert [f.where for f in find("STA001", patch)] == [f"statistics.sample.Simon.{where}"]

    def test_precision_of_a_share_with_toxicity(self, find: Find) -> None:
        fixed = "statistics: {sample: {fixed sample: {participants: 30, endpoint: %s}}}"
        assert not find("STA002", fixed % "dlt")
        assert not find("STA002", fixed % "orr")
        assert find("STA002", fixed % "os")
        assert find("STA002", fixed % "nothing")


class TestBenefit:
    def test_limits_that_cross(self, find: Find) -> None:
        patch = "dosing: {method: {BOIN: null, BOIN-ET: {%s}}}"
        assert not find("DOS019", patch % "")
        assert not find("DOS019", patch % "too_safe: 0.1, too_toxic: 0.4, too_weak: 0.3")
        for settings in (
            "too_safe: 0.3",
            "too_toxic: 0.3",
            "too_weak: 0.6",
            "toxicity_target: 0.8",
            "limits: {lambda_1: 0.3, lambda_2: 0.3, eta_1: 0.4}",
            "select_by: scores, scores: {response_only: 90}",
        ):
            assert find("DOS019", patch % settings), settings

    def test_stages_and_margins(self, find: Find) -> None:
        patch = "dosing: {method: {BOIN: null, U-BOIN: {%s}}}"
        assert not find("DOS019", patch % "")
        for settings in ("stage_one: 24", "margin: 0.26", "utilities: {toxicity_only: 5}"):
            assert find("DOS019", patch % settings), settings

    def test_rectangles(self, find: Find) -> None:
        sound = (
            "toxicity_target: 0.2, efficacy_floor: 0.4, toxicity_cuts: [0.2, 0.4], "
            "efficacy_cuts: [0.3], moves: [EE, SS, DD]"
        )
        patch = "dosing: {method: {BOIN: null, TEPI: {%s}}}"
        assert not find("DOS019", patch % sound)
        for old, new in (
            ("[0.2, 0.4]", "[0.4, 0.2]"),
            ("[EE, SS, DD]", "[EE, DD]"),
            ("[EE, SS, DD]", "[EE, SS, D]"),
            ("moves", "useful: [0.6, 0.3], moves"),
        ):
            assert find("DOS019", patch % sound.replace(old, new)), new

    def test_every_method_that_weighs_benefit_needs_a_response(self, find: Find) -> None:
        for name in ("BOIN12", "U-BOIN", "BOIN-ET"):
            found = find("DOS006", f"dosing: {{method: {{BOIN: null, {name}: {{}}}}}}")
            assert found[0].message.startswith(f"{name} weighs response")
            assert find("DOS010", f"dosing: {{method: {{BOIN: null, {name}: {{}}}}}}")


class TestRegimens:
    HEAD = (
        "schedule: {activities: {lymphodepletion: {regimens: {mild: {}, full: {}}}}}\n"
        "dosing: {method: %s, levels: [%s]}"
    )
    CROSSED = "BOIN: null, BOIN combination: {target: 0.3}"

    @staticmethod
    def _levels(*regimens: str) -> str:
        return ", ".join(
            f"{{dose: {1 + i // 2}e6 cells/kg, regimen: {name}}}" for i, name in enumerate(regimens)
        )

    def test_a_full_table_in_order(self, find: Find) -> None:
        patch = self.HEAD % (f"{{{self.CROSSED}}}", self._levels("mild", "full", "mild", "full"))
        assert not find("DOS020", patch)
        assert not find("DOS003", patch)
        for regimens in (
            ("mild", "full", "full", "mild"),
            ("mild", "full", "mild"),
            ("mild", "mild", "full", "full"),
            ("mild", "mild"),
            ("mild", "strong"),
        ):
            patch = self.HEAD % (f"{{{self.CROSSED}}}", self._levels(*regimens))
            assert find("DOS020", patch), regimens

    def test_a_ladder_of_doses_has_one_regimen(self, find: Find) -> None:
        one = "{BOIN: {target: 0.3}}"
        assert find("DOS020", self.HEAD % (one, self._levels("mild", "full")))
        same = "{dose: 1e6 cells/kg, regimen: mild}, {dose: 2e6 cells/kg, regimen: mild}"
        assert not find("DOS020", self.HEAD % (one, same))


class TestAges:
    PATCH = (
        "population: {include: {age: {rule: %s}}}\n"
        "dosing: {levels: [{dose: 1e6 cells/kg, ages: %s}, {dose: 3e6 cells/kg, ages: %s}]}"
    )

    @pytest.mark.parametrize(
        ("rule", "first", "second"),
        [
            ("age >= 12 years", "18 years or more", "12 years or more"),
            ("age 12..75 years", "18..75 years", "12 years or more"),
            ("age < 18 years", "12..17 years", "up to 17 years"),
            ("age >= 144 months", "18 years or more", "12 years or more"),
        ],
    )
    def test_ages_that_agree(self, find: Find, rule: str, first: str, second: str) -> None:
        assert not find("DOS021", self.PATCH % (rule, first, second))

    @pytest.mark.parametrize(
        ("rule", "first", "second"),
        [
            ("age >= 18 years", "18 years or more", "12 years or more"),
            ("age 18..75 years", "18..80 years", "18 years or more"),
            ("age 18..75 years", "80 years or more", "18 years or more"),
            ("age >= 18 years", "up to 12 years", "18 years or more"),
            ("age >= 12 years", "18 years or more", "16 years or more"),
        ],
    )
    def test_ages_that_contradict(self, find: Find, rule: str, first: str, second: str) -> None:
        assert find("DOS021", self.PATCH % (rule, first, second))

    def test_a_level_without_ages_is_open_to_all(self, find: Find) -> None:
        patch = (
            "population: {include: {age: {rule: age >= 12 years}}}\n"
            "dosing: {levels: [{dose: 1e6 cells/kg, ages: 18 years or more}, 3e6 cells/kg]}"
        )
        assert not find("DOS021", patch)
