"""The table inside RollingSix 0.1.0 (Skolnik 2008): enrolled, DLTs seen, outcomes pending."""

import csv
from pathlib import Path

import pytest

from protocyte.design.toxicity.rolling_six import Move, find_rolling_six_moves

MOVES = {
    "stay": Move.STAY,
    "escalate": Move.ESCALATE,
    "de-escalate": Move.DE_ESCALATE,
    "suspend": Move.WAIT,
}


@pytest.mark.shared
def test_every_row(shared: Path) -> None:
    with (shared / "dosefinding/tables/rolling_six_decisions.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 56
    moves = find_rolling_six_moves()
    for row in rows:
        cell = int(row["enrolled"]), int(row["dlt"]), int(row["pending"])
        assert Move(int(moves[cell])) is MOVES[row["decision"]], cell
