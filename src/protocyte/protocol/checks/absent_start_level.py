"""DOS002: a start level that is not among the levels."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    dosing = protocol.dosing
    if dosing and dosing.start > len(dosing.levels):
        yield Defect(
            ("dosing", "start"),
            f"The trial starts at level {dosing.start}; there are {len(dosing.levels)}.",
            f"Write a number from 1 to {len(dosing.levels)}; the lowest level is 1.",
        )


CHECK = Check(
    code="DOS002",
    severity="error",
    title="Start level that is not there",
    why="Levels are counted from 1, the lowest. The first participant needs a dose.",
    wrong="""
dosing:
  levels: [1e6 cells/kg, 3e6 cells/kg, 1e7 cells/kg]
  start: 4
""",
    right="""
dosing:
  levels: [1e6 cells/kg, 3e6 cells/kg, 1e7 cells/kg]
  start: 1
""",
    find=_find,
)
