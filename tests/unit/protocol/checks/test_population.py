"""Boundaries of the checks on criteria: bounds, units, directions, definitions."""

from collections.abc import Callable

import pytest

from protocyte.protocol.finding import Finding

Find = Callable[[str, str], list[Finding]]

INCLUDE = "population: {include: {x: {rule: '%s'}}}"
BOTH = "population: {include: {x: {rule: '%s'}}, exclude: {y: {rule: '%s'}}}"


class TestImpossibleCriterion:
    @pytest.mark.parametrize(
        "rule",
        [
            "Hb >= 5 g/L and Hb <= 3 g/L",
            "Hb > 5 g/L and Hb < 5 g/L",
            "Hb >= 5 g/L and Hb < 5 g/L",
            "Hb >= 70 g/L and Hb <= 6 g/dL",
            "ALT >= 3 ULN and ALT <= 2 ULN",
            "ECOG = 1 and ECOG = 2",
            "age 75..18 years",
            "pregnant and (age >= 18 years and age < 12 months)",
        ],
    )
    def test_bounds_cross(self, find: Find, rule: str) -> None:
        assert find("POP002", INCLUDE % rule)

    @pytest.mark.parametrize(
        "rule",
        [
            "Hb >= 5 g/L and Hb <= 5 g/L",
            "Hb >= 60 g/L and Hb <= 6 g/dL",
            "Hb >= 5 g/L or Hb <= 3 g/L",
            "Hb >= 5 g/L and not (Hb >= 3 g/L)",
            "Hb >= 5 g/L and any(Hb <= 3 g/L) within 4 weeks",
            "Hb >= 5 g/L and Hb <= 3 g/L within 4 weeks",
            "ALT >= 3 ULN and ALT <= 40 U/L",
            "creatinine >= 2 mg/dL and creatinine <= 100 umol/L",
            "Hb >= 5 and Hb <= 3 g/L",
            "Hb != 5 g/L and Hb = 5 g/L",
        ],
    )
    def test_bounds_do_not_cross_or_cannot_be_compared(self, find: Find, rule: str) -> None:
        assert not find("POP002", INCLUDE % rule)

    def test_an_impossible_exclusion_excludes_nobody(self, find: Find) -> None:
        found = find("POP002", "population: {exclude: {x: {rule: 'Hb > 9 g/L and Hb < 3 g/L'}}}")
        assert [f.message for f in found] == [
            "No value satisfies Hb > 9 g/L and Hb < 3 g/L: it excludes nobody."
        ]


class TestContradictingCriteria:
    def test_two_inclusions_in_two_units(self, find: Find) -> None:
        patch = "population: {include: {a: {rule: Hb >= 100 g/L}, b: {rule: Hb < %s g/dL}}}"
        assert not find("POP003", patch % "10.1")
        found = find("POP003", patch % "10")
        (finding,) = found
        assert finding.message == (
            "Nobody can be enrolled: Hb < 10 g/dL cannot hold together with Hb >= 100 g/L of "
            "include.a."
        )
        assert finding.where == "population.include.b.rule"

    def test_exclusion_of_all_who_are_included(self, find: Find) -> None:
        assert find("POP003", BOTH % ("Hb >= 60 g/L", "Hb >= 6 g/dL"))
        assert find("POP003", BOTH % ("Hb >= 60 g/L", "Hb > 5.9 g/dL"))
        assert not find("POP003", BOTH % ("Hb >= 60 g/L", "Hb > 6 g/dL"))
        assert not find("POP003", BOTH % ("Hb >= 60 g/L", "Hb < 6 g/dL"))

    def test_one_part_of_an_exclusion_is_enough(self, find: Find) -> None:
        rule = "Hb < 6 g/dL or Hb >= 60 g/L"
        assert find("POP003", BOTH % ("Hb >= 60 g/L", rule))

    def test_an_exclusion_that_needs_more_is_not(self, find: Find) -> None:
        assert not find("POP003", BOTH % ("Hb >= 60 g/L", "Hb >= 60 g/L and pregnant"))
        assert not find("POP003", BOTH % ("Hb >= 60 g/L", "Hb >= 60 g/L within 4 weeks"))
        assert not find("POP003", BOTH % ("Hb >= 60 g/L", "Hb != 60 g/L"))

    def test_two_inclusions_together_are_covered(self, find: Find) -> None:
        patch = (
            "population: {include: {a: {rule: Hb >= 60 g/L}, b: {rule: Hb <= 200 g/L}},"
            " exclude: {y: {rule: 'Hb %s g/L'}}}"
        )
        assert find("POP003", patch % "50..200")
        assert not find("POP003", patch % "50..199")

    def test_equal_rules_in_words(self, find: Find) -> None:
        assert find("POP003", BOTH % ("bacterial sepsis", "bacterial  sepsis"))
        assert not find("POP003", BOTH % ("bacterial sepsis", "sepsis"))

    def test_what_may_be_waived_contradicts_nothing(self, find: Find) -> None:
        patch = (
            "population: {include: {a: {rule: Hb >= 60 g/L, waive: investigator attests it}},"
            " exclude: {y: {rule: Hb >= 60 g/L}}}"
        )
        assert not find("POP003", patch)

    def test_a_crossing_inside_one_criterion_is_told_there(self, find: Find) -> None:
        patch = BOTH % ("Hb 75..18 g/L", "Hb > 3 g/L")
        assert find("POP002", patch)
        assert not find("POP003", patch)


class TestLaboratoryWindow:
    PATCH = "population: {lab_window: null, include: {anc: null, x: {rule: '%s'}}}"

    @pytest.mark.parametrize(
        "rule",
        ["Hb >= 60 g/L", "Hb >= 6 g/dL", "ALT <= 3 ULN", "ALT <= 60 U/L", "ANC >= 1 10*9/L",
         "CrCl >= 30 mL/min", "CD3 > 500 /uL", "pregnant or ALT <= 3 ULN", "not (ALT > 3 ULN)"],
    )  # fmt: skip
    def test_a_laboratory_value_needs_a_window(self, find: Find, rule: str) -> None:
        assert find("POP005", self.PATCH % rule)

    @pytest.mark.parametrize(
        "rule",
        ["age >= 18 years", "ECOG 0..2", "weight > 40 kg", "ALT <= 3 ULN within 2 weeks",
         "(ALT <= 3 ULN or AST <= 3 ULN) within 2 weeks", "any(LVEF < 45 %) within 8 weeks",
         "prednisone > 15 mg/d", "SLEDAI >= 8", "active infection"],
    )  # fmt: skip
    def test_other_values_do_not(self, find: Find, rule: str) -> None:
        assert not find("POP005", self.PATCH % rule)


class TestDefinitions:
    PATCH = "population: {define: {%s}, exclude: {y: {rule: '%s'}}}"

    def test_a_name_inside_another_name_is_not_a_use(self, find: Find) -> None:
        assert find("POP006", self.PATCH % ("steroid: [prednisone]", "steroid_hormone"))
        assert not find("POP006", self.PATCH % ("steroid: [prednisone]", "steroid within 4 weeks"))

    def test_use_in_another_definition(self, find: Find) -> None:
        used = "steroid: [prednisone], drug: [steroid, methotrexate]"
        assert not find("POP006", self.PATCH % (used, "drug"))
        assert not find("POP006", self.PATCH % ("w: [x], c: 'f(w, age)'", "c > 1 mL/min"))

    def test_members_of_a_set_are_whole_names(self, find: Find) -> None:
        patch = self.PATCH % ("relapsed: [relapsed T-ALL, relapsed T-LBL]", "relapsed")
        assert not find("POP009", patch)

    def test_nothing_is_said_while_a_rule_cannot_be_read(self, find: Find) -> None:
        patch = self.PATCH % ("steroid: [prednisone]", "steroid within")
        assert find("POP001", patch)
        assert not find("POP006", patch)

    def test_circles(self, find: Find) -> None:
        assert find("POP009", self.PATCH % ("a: [a]", "a"))[0].message == (
            "The definition goes in a circle: a → a."
        )
        three = "a: [b], b: [c], c: [x, a], d: [a]"
        assert len(find("POP009", self.PATCH % (three, "d"))) == 1


class TestReading:
    def test_the_column_is_that_of_the_rule(self, find: Find) -> None:
        found = find("POP001", INCLUDE % "ALT <= 3 ULN and and")
        assert found[0].message == (
            'The rule "ALT <= 3 ULN and and" cannot be read at character 18: "and" stands where '
            '"(" or a name is expected.'
        )

    @pytest.mark.parametrize("rule", ["age >= 18", "age 18..75", "age >= 18 kg"])
    def test_age_needs_a_time(self, find: Find, rule: str) -> None:
        assert find("POP012", INCLUDE % rule)

    @pytest.mark.parametrize("rule", ["age >= 216 months", "age 12..17 years", "stage >= 3"])
    def test_age_in_a_time(self, find: Find, rule: str) -> None:
        assert not find("POP012", INCLUDE % rule)

    def test_age_in_uln_is_one_mistake(self, find: Find) -> None:
        assert find("POP011", INCLUDE % "age <= 2 ULN")
        assert not find("POP012", INCLUDE % "age <= 2 ULN")

    def test_a_question_is_enough(self, find: Find) -> None:
        assert not find("POP007", "population: {include: {x: {ask: Is it so?}}}")
        assert not find("POP004", "population: {include: {x: {rule: SLE, waive: x attests it}}}")

    @pytest.mark.parametrize(
        "rule",
        ["ANC >= 1e9/L", "any(LVEF < 45 points_of_percent) within 8 weeks", "x >= 1 mg/dLL"],
    )
    def test_units_that_nobody_knows(self, find: Find, rule: str) -> None:
        assert find("POP013", INCLUDE % rule)

    @pytest.mark.parametrize(
        "rule",
        ["ANC >= 1 10*9/L", "ALT <= 3 ULN", "HBV_DNA > 2000 [IU]/mL", "SLEDAI >= 8 {score}",
         "transgene > 50 copies/ug", "bilirubin < 34 µmol/L", "ECOG 0..2", "age >= 216 months"],
    )  # fmt: skip
    def test_units_that_hospitals_write(self, find: Find, rule: str) -> None:
        assert not find("POP013", INCLUDE % rule)
