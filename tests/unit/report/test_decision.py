"""Decision tables, against what is published, and the words of a decision."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from protocyte.design import Outcomes, decide_tree
from protocyte.design.plan import find_dose_design
from protocyte.errors import DesignError
from protocyte.protocol.checks.example import amend_example
from protocyte.protocol.parse import parse_protocol
from protocyte.protocol.plan import Protocol
from protocyte.report.decision import (
    render_decision,
    render_decision_rows,
    render_decisions,
)
from protocyte.report.document import Facts, Paragraph, Table
from protocyte.report.sample import render_sample


def example(patch: str = "{}") -> Protocol:
    plan = parse_protocol(amend_example(patch)).plan
    assert plan is not None
    return plan


def letters(table: Table) -> dict[tuple[int, int], str]:
    """(participants, DLTs) → letter."""
    return {
        (int(n), int(row.cells[0])): cell
        for row in table.rows
        for n, cell in zip(table.columns[1:], row.cells[1:], strict=True)
        if cell
    }


def test_boin_at_a_target_of_thirty_percent() -> None:
    """Liu and Yuan 2015, as Yuan et al., Clin Cancer Res 2016;22:4291-4301, table 1 prints it.

    Number treated 3 6 9 12 15 18: escalate if DLTs <= 0 1 2 2 3 4, de-escalate if >= 2 3 4 5 6 7,
    eliminate if >= 3 4 5 7 8 9.
    """
    table = render_decisions(example("dosing: {participants: 18}"))[0]
    assert isinstance(table, Table)
    found = letters(table)
    published = {3: (0, 2, 3), 6: (1, 3, 4), 9: (2, 4, 5), 12: (2, 5, 7), 15: (3, 6, 8)}
    published[18] = (4, 7, 9)
    for n, (escalate, de_escalate, eliminate) in published.items():
        for tox in range(n + 1):
            expected = (
                "E"
                if tox <= escalate
                else "DU"
                if tox >= eliminate
                else "D"
                if tox >= de_escalate
                else "S"
            )
            assert found[n, tox] == expected, (n, tox)
    assert len(found) == sum(n + 1 for n in published)


@pytest.mark.shared
def test_boin_at_other_targets(shared: Path) -> None:
    """BOIN 2.7.2, `get.boundary`; exact."""
    with (shared / "dosefinding/tables/boin_boundaries.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["cutoff_eli"] == "0.95"]
    for target in {row["target"] for row in rows}:
        table = render_decisions(example(f"dosing: {{method: {{BOIN: {{target: {target}}}}}}}"))[0]
        assert isinstance(table, Table)
        found = letters(table)
        for row in rows:
            n = int(row["n"])
            if row["target"] != target or n % 3 or n > 30:
                continue
            eliminate = int(row["eliminate_if_ge"] or 99)
            for tox in range(n + 1):
                letter = found[n, tox]
                assert (letter == "E") == (tox <= int(row["escalate_if_le"]))
                assert (letter == "DU") == (tox >= eliminate)
                assert (letter in ("D", "DU")) == (tox >= int(row["deescalate_if_ge"]))


def test_three_plus_three() -> None:
    patch = "dosing: {participants: null, method: {BOIN: null, 3+3: {form: no de-escalation}}}"
    table = render_decisions(example(patch))[0]
    assert isinstance(table, Table)
    found = letters(table)
    # At the current dose: 0 of 3 and 1 of 6 escalate, 1 of 3 stays, two or more are too many.
    assert (found[3, 0], found[3, 1], found[6, 1]) == ("E", "S", "E")
    assert {found[3, 2], found[3, 3], found[6, 2]} <= {"D", "DU"}


def test_limits_say_the_same_as_the_letters() -> None:
    """Yuan et al. 2016, table 1, at a target of 0.3; see above."""
    limits = render_decisions(example("dosing: {participants: 18}"))[1]
    assert isinstance(limits, Table)
    assert limits.columns[1:] == ("3", "6", "9", "12", "15", "18")
    assert [row.cells[1:] for row in limits.rows] == [
        ("≤ 0", "≤ 1", "≤ 2", "≤ 2", "≤ 3", "≤ 4"),
        ("≥ 2", "≥ 3", "≥ 4", "≥ 5", "≥ 6", "≥ 7"),
        ("≥ 3", "≥ 4", "≥ 5", "≥ 7", "≥ 8", "≥ 9"),
    ]


def test_a_table_for_spreadsheets_holds_the_same_decisions() -> None:
    plan = example("dosing: {participants: 18}")
    table = render_decisions(plan)[0]
    assert isinstance(table, Table)
    rows = list(csv.DictReader(io.StringIO(render_decision_rows(plan))))
    assert {(int(row["n"]), int(row["dlts"])): row["decision"] for row in rows} == letters(table)
    assert {row["closes"] for row in rows if row["decision"] == "DU"} == {"yes"}
    assert {row["closes"] for row in rows if row["decision"] != "DU"} == {"no"}


def test_a_single_arm_has_a_table_for_spreadsheets(seed_trial: Any) -> None:
    plan, _ = seed_trial("t-rrex")
    rows = list(csv.DictReader(io.StringIO(render_decision_rows(plan))))
    first = {int(row["responses"]): row["decision"] for row in rows if row["n"] == "25"}
    assert {count for count, decision in first.items() if decision == "stop"} == set(range(12))
    last = {int(row["responses"]): row["decision"] for row in rows if row["n"] == "66"}
    assert min(count for count, decision in last.items() if decision == "active") == 33
    ex02, _ = seed_trial("ex02")
    with pytest.raises(DesignError, match="names no method that decides"):
        render_decision_rows(ex02)


def test_boin12_ranks_desirability(seed_trial: Any) -> None:
    plan, _ = seed_trial("udcar-sle")
    table = render_decisions(plan)[0]
    assert isinstance(table, Table)
    ranks = {row.cells[0]: row.cells[1:] for row in table.rows}
    clean = [cell for cell in ranks["0/3"] if cell]
    assert len(clean) == 4
    numbers = [float(cell) for cell in clean if cell != "–"]
    # More responses are more desirable.
    assert numbers == sorted(numbers)


def test_one_dose_needs_no_table(seed_trial: Any) -> None:
    plan, _ = seed_trial("ex02")
    assert render_decisions(plan) == []
    (text,) = render_sample(plan)
    assert isinstance(text, Paragraph)
    assert text.text.startswith("9 participants are treated at one dose; no rule stops the trial")


def test_simon_optimal_as_published(seed_trial: Any) -> None:
    """Simon 1989, table 1, p0 0.3 against p1 0.5 is 5/15 18/46 at alpha 0.05, power 0.8.

    The protocol's own hypotheses are found by the same search.
    """
    patch = "statistics: {sample: {Simon: {kind: optimal, endpoint: orr, p0: 0.3, "
    patch += "p1: 0.5, alpha: 0.05, power: 0.8}}}"
    rule, rates = render_sample(example(patch))
    assert isinstance(rule, Paragraph)
    assert isinstance(rates, Paragraph)
    assert "treat 15; with 5 responses or fewer, stop" in rule.text
    assert "treat 46 in all; with more than 18 responses" in rule.text
    assert "Against a response of 30 % and for one of 50 %" in rates.text
    plan, _ = seed_trial("t-rrex")
    rule = render_sample(plan)[0]
    assert isinstance(rule, Paragraph)
    assert "treat 25; with 11 responses or fewer, stop" in rule.text
    assert "treat 66 in all; with more than 32 responses" in rule.text


@pytest.mark.parametrize(
    ("notation", "title"),
    [
        ("", "Start at Level 1: 1e6 cells/kg"),
        ("1NNN", "Escalate to Level 2: 3e6 cells/kg"),
        ("1NNT", "Stay at Level 1: 1e6 cells/kg"),
        ("1NNN 2NTT", "De-escalate to Level 1: 1e6 cells/kg"),
        ("1TTT", "Stop the trial"),
    ],
)
def test_the_title_says_what_to_do(notation: str, title: str) -> None:
    plan = example()
    design = find_dose_design(plan)
    assert design is not None
    seen = Outcomes.from_notation(notation, n_doses=3)
    decision = design.decide(seen)
    tree = decide_tree(design, seen, cohorts=2) if decision.dose else None
    document = render_decision(
        plan,
        notation=notation,
        decision=decision,
        selection=design.select(seen),
        tree=tree,
    )
    assert document.title == title
    (section,) = document.sections
    facts = section.blocks[0]
    assert isinstance(facts, Facts)
    assert dict(facts.pairs)["Outcomes so far"] == (notation or "none")
    tables = [block for block in section.blocks if isinstance(block, Table)]
    ahead = [table for table in tables if table.title == "What if"]
    assert bool(ahead) == (decision.dose is not None)
    for table in ahead:
        indented = [row for row in table.rows if row.cells[0].startswith("    ")]
        assert len(table.rows) > len(indented) > 0


def test_outcomes_with_one_consequence_stand_on_one_line() -> None:
    plan = example("dosing: {method: {BOIN: null, 3+3: {form: no de-escalation}}}")
    design = find_dose_design(plan)
    assert design is not None
    seen = Outcomes.from_notation("1NNN 2NTN", n_doses=3)
    document = render_decision(
        plan,
        notation="1NNN 2NTN",
        decision=design.decide(seen),
        selection=design.select(seen),
        tree=decide_tree(design, seen),
    )
    (table,) = [b for b in document.sections[0].blocks if getattr(b, "title", "") == "What if"]
    assert isinstance(table, Table)
    assert [row.cells[0] for row in table.rows] == ["0 DLTs in 3", "1–3 DLTs in 3"]


def test_a_draw_is_said_to_be_one() -> None:
    plan = example("dosing: {method: {BOIN: null, BOIN-ET: {}}}")
    design = find_dose_design(plan)
    assert design is not None
    seen = Outcomes.from_notation("1NNN 2NTN 3NNN 2NNT 2NNN", n_doses=3)
    document = render_decision(
        plan,
        notation="",
        decision=design.decide(seen),
        selection=design.select(seen),
        tree=decide_tree(design, seen),
    )
    assert document.title.startswith("Draw Level 1: 1e6 cells/kg or Level 2: 3e6 cells/kg or")
    facts = document.sections[0].blocks[0]
    assert isinstance(facts, Facts)
    assert "dose 3 with probability 0.333" in dict(facts.pairs)["Reason"]
