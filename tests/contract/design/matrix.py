"""The contract as one matrix: each design under each law, and what is marked."""

from dataclasses import dataclass
from itertools import product
from typing import Final

from tests.contract.design import (
    laws_of_decisions,
    laws_of_limits,
    laws_of_safety,
    laws_of_symmetry,
    laws_of_values,
    laws_of_walks,
    laws_of_words,
)
from tests.contract.design.designs import CASES, Case
from tests.contract.design.law import LAWS, Law, Mark
from tests.contract.design.marks import MARKS

THEMES: Final = (
    laws_of_values,
    laws_of_words,
    laws_of_decisions,
    laws_of_safety,
    laws_of_limits,
    laws_of_symmetry,
    laws_of_walks,
)


@dataclass(frozen=True, eq=False)
class Cell:
    """A law that has something to say about a design, and the mark if it is not kept."""

    law: Law
    case: Case
    mark: Mark | None

    @property
    def id(self) -> str:
        """How tests call it."""
        return f"{self.law.name}: {self.case.id}"


def _mark(law: Law, case: Case) -> Mark | None:
    marks = [
        mark
        for mark in MARKS
        if mark.law == law.name and case.name in mark.designs and case.doses in mark.doses
    ]
    assert len(marks) <= 1, f"{law.name}: {case.id} is marked {len(marks)} times"
    return marks[0] if marks else None


CELLS: Final = tuple(
    Cell(law, case, _mark(law, case))
    for law, case in product(LAWS.values(), CASES)
    if law.asks(case)
)


def find_row(name: str) -> dict[str, str]:
    """What stands in the matrix for a design, by law: kept, never, not yet, or nothing to say."""
    row = dict.fromkeys(LAWS, "")
    for cell in CELLS:
        if cell.case.name == name and row[cell.law.name] in {"", "kept"}:
            row[cell.law.name] = cell.mark.kind if cell.mark else "kept"
    return row
