"""DOS003: levels that do not rise, or that cannot be compared."""

from collections.abc import Iterator
from itertools import pairwise

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    levels = protocol.dosing.levels if protocol.dosing else ()
    stated = [(index, level) for index, level in enumerate(levels) if level.dose]
    for (_, below), (index, above) in pairwise(stated):
        here = ("dosing", "levels", index)
        if below.dose is None or above.dose is None:
            continue
        if below.dose.per_kg != above.dose.per_kg:
            yield Defect(
                here,
                f"{above.dose} follows {below.dose}: one is a dose a person, the other a dose a "
                "kilogram.",
                "Give all levels in the same unit, `cells` or `cells/kg`.",
            )
        elif above.dose.cells < below.dose.cells or (
            above.dose.cells == below.dose.cells
            and (above.name, above.regimen) == (below.name, below.regimen)
        ):
            yield Defect(
                here,
                f"{above.dose} is not more than the level before it, {below.dose}.",
                "Put the levels in rising order; name levels that differ in something else.",
            )


CHECK = Check(
    code="DOS003",
    severity="error",
    title="Levels that do not rise",
    why=(
        "Every dose method takes the next level to be the higher dose. In the wrong order it gives "
        "more cells when it means fewer; and 3e6 cells/kg is more or less than 1e8 cells "
        "depending on who is treated."
    ),
    wrong="""
dosing:
  levels: [1e6 cells/kg, 1e7 cells/kg, 3e6 cells/kg]
""",
    right="""
dosing:
  levels: [1e6 cells/kg, 3e6 cells/kg, 1e7 cells/kg]
""",
    find=_find,
)
