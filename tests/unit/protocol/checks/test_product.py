"""Which combinations of donor, receptors, edits and armour are defective."""

from collections.abc import Callable

import pytest

from protocyte.protocol.finding import Finding

Find = Callable[[str, str], list[Finding]]

OWN = "schedule: {activities: {leukapheresis: {when: after enrolment}}}"


@pytest.mark.parametrize("gene", ["TRAC", "TRBC", "TCR"])
def test_any_receptor_gene_prevents_gvhd(find: Find, gene: str) -> None:
    assert not find("PRD001", f"product: {{edits: [{gene}]}}")


@pytest.mark.parametrize("donor", ["healthy donor", "umbilical cord blood", "iPSC"])
def test_a_stranger_s_receptor_is_an_error(find: Find, donor: str) -> None:
    patch = f"product: {{donor: {donor}, edits: [CD52]}}"
    assert find("PRD001", patch)[0].message.endswith("(CD52) removes the T-cell receptor.")
    assert not find("PRD007", patch)


def test_a_relative_s_receptor_is_a_warning(find: Find) -> None:
    patch = "product: {donor: related donor, edits: []}"
    assert not find("PRD001", patch)
    assert find("PRD007", patch)[0].severity == "warning"


def test_unstated_edits_are_unknown_not_absent(find: Find) -> None:
    patch = "product: {donor: umbilical cord blood, cars: [CD7], edits: null}"
    assert not find("PRD001", patch)
    assert not find("PRD002", patch)
    assert [f.severity for f in find("PRD006", patch)] == ["note"]


def test_own_cells_need_no_stated_edits(find: Find) -> None:
    patch = "product: {donor: autologous, edits: null}\n" + OWN
    assert not find("PRD006", patch)
    assert not find("SAF002", patch + "\nsafety: {of_interest: [CRS], scales: {GvHD: null}}")


def test_fratricide_concerns_own_cells_as_well(find: Find) -> None:
    assert find("PRD002", "product: {donor: autologous, cars: [CD7], edits: []}\n" + OWN)


def test_cd7_may_be_hidden_by_other_means(find: Find) -> None:
    patch = "product: {cars: [CD7], edits: [TRAC], armour: [%s]}"
    assert not find("PRD002", patch % "CD7 blocker")
    assert find("PRD002", patch % "CD70 CAR")


def test_own_cells_are_not_exposed_to_nk_cells(find: Find) -> None:
    patch = "product: {donor: autologous, edits: [B2M]}\n" + OWN
    assert not find("PRD003", patch)
    assert [f.where for f in find("PRD004", patch)] == ["product.edits[0]"]


def test_deleted_hla_needs_the_armour_too(find: Find) -> None:
    patch = "product: {edits: [TRAC, %s], armour: [NKG2A CAR]}"
    assert not find("PRD005", patch % "HLA-A")
    assert find("PRD005", patch % "CIITA")
    assert not find("PRD005", "product: {edits: null, armour: [NKG2A CAR]}")


def test_other_armour_is_not_judged(find: Find) -> None:
    assert not find("PRD005", "product: {edits: [TRAC], armour: [IL-15]}")


@pytest.mark.parametrize("donor", ["healthy donor", "related donor"])
def test_leukapheresis_is_for_own_cells(find: Find, donor: str) -> None:
    assert find("SCH007", f"product: {{donor: {donor}}}\n{OWN}")
    found = find("SCH007", "product: {donor: autologous, edits: []}")
    assert [f.where for f in found] == ["schedule.activities"]


def test_completion_on_the_first_day(find: Find) -> None:
    assert not find("TRL001", "trial: {start: 2026-01-01, completion: 2026-01-01}")
    assert not find("TRL001", "trial: {start: null, completion: 2020-01-01}")


class TestSafety:
    def test_gvhd_counted_by_nobody_lacks_a_scale(self, find: Find) -> None:
        found = find("SAF002", "safety: {of_interest: [CRS], scales: {GvHD: null}}")
        assert {f.where for f in found} == {"safety.scales", "safety.of_interest"}

    def test_events_counted_elsewhere_are_left_to_the_error(self, find: Find) -> None:
        patch = "safety: {scales: {AE: null}}"
        assert find("END005", patch)
        assert not find("SAF003", patch)

    def test_events_that_nobody_counts(self, find: Find) -> None:
        patch = (
            "endpoints: {primary: {teae: null}}\ndosing: {dlt: {is: [CRS >= 3]}}\n"
            "safety: {scales: {AE: null, ICANS: null}}"
        )
        assert [f.message for f in find("SAF003", patch)] == [
            "ICANS is of interest, and no scale grades it.",
            "Adverse events are collected, and no scale grades them.",
        ]

    def test_emergence_until_the_window_of_the_last_visit(self, find: Find) -> None:
        patch = "safety: {treatment_emergent: {until: %s}}"
        assert not find("SAF001", patch % "101 days")
        assert find("SAF001", patch % "102 days")
