"""Boundaries of the checks on decision tables and on rules around a method."""

from collections.abc import Callable

import pytest

from protocyte.protocol.finding import Finding

Find = Callable[[str, str], list[Finding]]

TABLE = "dosing: {participants: %d, method: {BOIN: null, decision table: {target: 0.3, %s}}}"
THREE = "{n: 3, decisions: E S D DU}"
SIX = "{n: 6, decisions: E E S D DU DU DU}"


class TestDecisionTables:
    def test_every_count_that_a_trial_can_come_to_has_an_entry(self, find: Find) -> None:
        assert not find("DOS004", TABLE % (6, f"rows: [{THREE}, {SIX}]"))
        found = find("DOS004", TABLE % (9, f"rows: [{THREE}, {SIX}]"))
        assert "0 DLTs in 9 participants" in found[0].message
        assert found[0].remedy.startswith("Add a row for 9 participants")
        ends = f"rows: [{THREE}, {SIX}], stop_at: 6, stop_when: always"
        assert not find("DOS004", TABLE % (9, ends))

    def test_a_hole_in_a_row(self, find: Find) -> None:
        hole = "{n: 6, decisions: E E - D DU DU DU}"
        found = find("DOS004", TABLE % (6, f"rows: [{THREE}, {hole}]"))
        assert found[0].remedy.startswith("Add it to the row for 6 participants")

    def test_bolder_with_more_dlts(self, find: Find) -> None:
        assert not find("DOS018", TABLE % (3, "rows: [{n: 3, decisions: E E - DU}]"))
        found = find("DOS018", TABLE % (3, "rows: [{n: 3, decisions: E DU D D}]"))
        assert "1 with a DLT mean DU and 2 mean D, which is bolder" in found[0].message


class TestMethods:
    PATCH = "dosing: {cohort: {size: %d}, start: %d, method: {BOIN: null, %s}}"

    def test_rolling_six_has_six(self, find: Find) -> None:
        assert not find("DOS004", self.PATCH % (6, 1, "rolling six: {}"))
        assert find("DOS004", self.PATCH % (7, 1, "rolling six: {}"))

    def test_a_form_that_never_goes_down_starts_at_the_lowest(self, find: Find) -> None:
        assert find("DOS004", self.PATCH % (3, 2, "3+3: {}"))
        assert not find("DOS004", self.PATCH % (3, 2, "3+3: {form: de-escalation}"))

    @pytest.mark.parametrize("name", ["i3+3", "mTPI", "mTPI-2", "Keyboard"])
    def test_the_interval_lies_between_zero_and_one(self, find: Find, name: str) -> None:
        assert not find("DOS004", self.PATCH % (3, 1, f"{name}: {{target: 0.06}}"))
        found = find("DOS004", self.PATCH % (3, 1, f"{name}: {{target: 0.05}}"))
        assert found[0].where == f"dosing.method.{name}.target"
        assert find("DOS004", self.PATCH % (3, 1, f"{name}: {{target: 0.95}}"))

    def test_an_adjusted_row_is_for_some_targets(self, find: Find) -> None:
        patch = "dosing: {method: {BOIN: {target: %s, adjusted: stay at 1 of 3}}}"
        assert not find("DOS004", patch % "0.279")
        assert find("DOS004", patch % "0.28")


class TestRules:
    PATCH = "dosing: {levels: [1e6 cells/kg, 2e6 cells/kg, 4e6 cells/kg], rules: [{%s}]}"

    @pytest.mark.parametrize(
        ("rule", "sound"),
        [
            ("largest increase: 1.0", True),
            ("largest increase: 0.99", False),
            ("accelerated titration: {up_to: 3}", True),
            ("accelerated titration: {up_to: 4}", False),
            ("least at the selected dose: 30", True),
            ("least at the selected dose: 31", False),
            ("stop when: {too toxic: {}}", True),
        ],
    )
    def test_rules(self, find: Find, rule: str, sound: bool) -> None:
        assert (not find("DOS017", self.PATCH % rule)) == sound

    def test_levels_without_a_dose_cannot_be_compared(self, find: Find) -> None:
        patch = "dosing: {levels: [{name: a}, {name: b}], rules: [{largest increase: 1}]}"
        assert "level 1 states no dose" in find("DOS017", patch)[0].message

    def test_titration_of_single_participants(self, find: Find) -> None:
        patch = "dosing: {cohort: {size: %d}, rules: [{accelerated titration: {}}]}"
        assert find("DOS017", patch % 1)
        assert not find("DOS017", patch % 2)

    def test_a_method_without_a_target_needs_a_limit(self, find: Find) -> None:
        patch = (
            "dosing: {method: {BOIN: null, 3+3: {}}, rules: [{stop when: "
            "{any of: [{all of: [{enough treated: 9}, {too toxic: {%s}}]}]}}]}"
        )
        found = find("DOS017", patch % "at: any")
        assert found[0].where == "dosing.rules[0].stop when.any of[0].all of[1]"
        assert not find("DOS017", patch % "limit: 0.3")

    def test_rules_without_a_method(self, find: Find) -> None:
        patch = "dosing: {method: null, rules: [{untried levels: not skipped}]}"
        assert "no method" in find("DOS017", patch)[0].message
