"""Decision tables of large trials: a page shows what one can read, a spreadsheet has it all."""

import csv
import io
from pathlib import Path

import pytest

from protocyte.protocol.parse import parse_protocol
from protocyte.protocol.plan import Protocol
from protocyte.report.decision import render_decision_rows, render_decisions
from protocyte.report.document import Table


def large(root: Path, method: str) -> Protocol:
    """Return UDCAR-SLE with 90 participants, all of whom may be at one dose."""
    text = (root / "protocols/udcar-sle/protocol.yaml").read_text(encoding="utf-8")
    text = text.replace("  participants: 24\n", "  participants: 90\n")
    text = text.replace("BOIN12: {toxicity_limit: 0.35, efficacy_floor: 0.25}", method)
    plan = parse_protocol(text).plan
    assert plan is not None
    return plan


@pytest.mark.parametrize(
    "method",
    [
        "BOIN12: {toxicity_limit: 0.35, efficacy_floor: 0.25, stop_at: 90}",
        (
            "TEPI: {toxicity_target: 0.25, efficacy_floor: 0.3, toxicity_cuts: [0.2, 0.4], "
            "efficacy_cuts: [0.3, 0.6], moves: [EEE, ESS, DDD]}"
        ),
    ],
)
def test_a_long_table_is_cut_on_a_page_and_whole_in_a_spreadsheet(root: Path, method: str) -> None:
    plan = large(root, method)
    table = render_decisions(plan)[0]
    assert isinstance(table, Table)
    assert table.folded
    assert len(table.rows) <= 300
    sizes = {int(row.cells[0].split("/")[1]) for row in table.rows}
    assert max(sizes) < 90
    assert f"up to {max(sizes)} participants" in table.footnotes[-1]
    whole = list(csv.DictReader(io.StringIO(render_decision_rows(plan))))
    assert max(int(row["n"]) for row in whole) == 90
    # What is shown is what the spreadsheet has: ranks count from the last of all.
    if "BOIN12" in method:
        ranks = {(r["n"], r["dlts"], r["responses"]): r["rank"] for r in whole}
        shown = next(row for row in table.rows if row.cells[0] == "0/3")
        assert [float(cell) for cell in shown.cells[2:5]] == [
            float(ranks["3", "0", str(eff)]) for eff in (1, 2, 3)
        ]
