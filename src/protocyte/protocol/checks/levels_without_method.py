"""DOS012: levels without a method to choose among them, or a method with nothing to choose."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    dosing = protocol.dosing
    if dosing is None:
        return
    levels = len(dosing.levels)
    if levels > 1 and dosing.method is None:
        yield Defect(
            ("dosing", "levels"),
            f"There are {levels} levels, and no method says how the next one is chosen.",
            "Add `method`, such as `{BOIN: {target: 0.3}}`, or keep the one level that is given.",
            lacks=("dosing", "method"),
        )
    elif levels == 1 and dosing.method is not None:
        yield Defect(
            ("dosing", "method"),
            "There is one level, so the method has nothing to choose.",
            "Add levels, or remove `method` and `finds`.",
            lacks=("dosing", "levels"),
        )


CHECK = Check(
    code="DOS012",
    severity="warning",
    title="Levels and method do not fit",
    why=(
        "Several levels without a rule leave each step to a meeting, and no operating "
        "characteristics can be computed. A rule with one level can only go on or stop."
    ),
    wrong="""
dosing:
  method: null
""",
    right="""
dosing:
  method: {BOIN: {target: 0.3}}
""",
    find=_find,
)
