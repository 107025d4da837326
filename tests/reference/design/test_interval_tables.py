"""Tables of i3+3, mTPI, mTPI-2 and Keyboard against the programs that print them."""

import csv
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import pytest

from protocyte.design import BOIN, MTPI, MTPI2, Design, I3Plus3, Keyboard, find_decision_table

pytestmark = pytest.mark.shared


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def _letters(design: Design, up_to: int) -> dict[tuple[int, int], str]:
    rows = find_decision_table(design, up_to=up_to)
    return {(row.n, row.tox): row.decision for row in rows if row.tox is not None}


@pytest.mark.parametrize("edges", ["drop", "rescale"])
def test_every_boundary_of_keyboard(shared: Path, edges: str) -> None:
    """Keyboard 0.1.3 `get.boundary.kb`, margins .05; it closes doses from the first participant."""
    rows = _rows(shared / "dosefinding/tables/keyboard_boundaries.csv")
    assert len(rows) == 108
    for target, group in groupby(rows, key=lambda row: float(row["target"])):
        table = Keyboard(
            target=target,
            n_doses=3,
            cohorts=12,
            close_from=1,
            edges=edges,  # type: ignore[arg-type]
        ).decision_table
        for row in group:
            n = int(row["n"])
            assert table.escalate[n - 1] == int(row["escalate_if_le"])
            assert table.de_escalate[n - 1] == int(row["deescalate_if_ge"])
            shut = table.eliminate[n - 1]
            assert (shut if shut <= n else None) == (
                int(row["eliminate_if_ge"]) if row["eliminate_if_ge"] else None
            )


def test_every_decision_of_mtpi_and_mtpi2(shared: Path) -> None:
    """escalation 0.2.3 `get_mtpi`, `get_mtpi2`: doses that it excludes are read as D."""
    rows = _rows(shared / "dosefinding/tables/mtpi_mtpi2_decisions.csv")
    assert len(rows) == 270
    for target, group in groupby(rows, key=lambda row: float(row["target"])):
        first = _letters(MTPI(target=target, n_doses=3), up_to=30)
        second = _letters(MTPI2(target=target, n_doses=3), up_to=30)
        for row in group:
            cell = int(row["n"]), int(row["y"])
            assert first[cell][0] == row["mtpi"], (target, cell)
            assert second[cell][0] == row["mtpi2"], (target, cell)


def test_every_rule_of_i3_plus_3(shared: Path) -> None:
    """PhIdesign 0.2.0 `get_i33_rules`, target ± .05: it closes no dose, so DU is read as D."""
    rows = _rows(shared / "dosefinding/tables/i3plus3_decisions.csv")
    assert len(rows) == 378
    for target, group in groupby(rows, key=lambda row: float(row["target"])):
        cells = _letters(I3Plus3(target=target, n_doses=3), up_to=30)
        for row in group:
            cell = int(row["n"]), int(row["y"])
            assert cells[cell][0] == row["decision"], (target, cell)


DESIGNS: dict[str, Callable[[float], Design]] = {
    "BOIN": lambda target: BOIN(target=target, n_doses=5),
    "Keyboard": lambda target: Keyboard(target=target, n_doses=5),
    "i3+3": lambda target: I3Plus3(target=target, n_doses=5),
    "mTPI-2": lambda target: MTPI2(target=target, n_doses=5),
}


def test_every_cell_of_every_table(shared: Path) -> None:
    """Four designs, n ≤ 18, with the closing of doses; equal to four programs (README there)."""
    rows = _rows(shared / "dosefinding/tables/decision_tables.csv")
    assert len(rows) == 1512
    seen = 0
    for (name, target), group in groupby(rows, key=lambda row: (row["design"], row["target"])):
        cells = _letters(DESIGNS[name](float(target)), up_to=18)
        for row in group:
            cell = int(row["n"]), int(row["y"])
            assert cells[cell] == row["decision"], (name, target, cell)
            seen += 1
    assert seen == len(rows)
