"""DOS018: a decision table that grows bolder with more toxicity."""

from collections.abc import Iterator
from itertools import pairwise

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.methods.decision_table import LETTERS, UseDecisionTable
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    method = protocol.dosing.method if protocol.dosing else None
    if not isinstance(method, UseDecisionTable):
        return
    for number, row in enumerate(method.settings.rows):
        told = [(tox, letter) for tox, letter in enumerate(row.letters) if letter != "-"]
        for (tox, letter), (more, bolder) in pairwise(told):
            if LETTERS.index(bolder) < LETTERS.index(letter):
                yield Defect(
                    ("dosing", "method", "decision table", "rows", number),
                    f"Of {row.n} participants, {tox} with a DLT mean {letter} and {more} mean "
                    f"{bolder}, which is bolder.",
                    "Correct the row, unless the table is meant so.",
                )
                break


CHECK = Check(
    code="DOS018",
    severity="warning",
    title="Bolder decision with more toxicity",
    why=(
        "In a table of decisions, one DLT more never leads to a higher dose: such a row is nearly "
        "always a slip of the pen. The table runs as it is written."
    ),
    wrong="""
dosing:
  cohort: {size: 3}
  method:
    BOIN: null
    decision table:
      target: 0.3
      stop_at: 3
      stop_when: always
      rows:
        - {n: 3, decisions: S E D DU}
""",
    right="""
dosing:
  cohort: {size: 3}
  method:
    BOIN: null
    decision table:
      target: 0.3
      stop_at: 3
      stop_when: always
      rows:
        - {n: 3, decisions: E S D DU}
""",
    find=_find,
)
