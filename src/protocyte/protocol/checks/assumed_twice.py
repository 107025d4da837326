"""ASM002: two assumptions about one value."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    first: dict[str, int] = {}
    for index, assumption in enumerate(protocol.assumptions):
        path = "".join(assumption.at.split()).replace("[", ".").replace("]", "")
        if path in first:
            yield Defect(
                ("assumptions", index, "at"),
                f'"{assumption.at}" is already assumed, by assumption number {first[path] + 1}.',
                "Join the two reasons in one, or correct the path of one of them.",
            )
        first.setdefault(path, index)


CHECK = Check(
    code="ASM002",
    severity="warning",
    title="Two assumptions about one value",
    why=(
        "A reader who finds the first reason does not look for a second. Often one of the two "
        "paths was copied and never changed, so that another value is assumed in silence."
    ),
    wrong="""
assumptions:
  - {at: dosing.levels, why: No source gives the doses.}
  - {at: dosing.levels, why: No source gives the size of a cohort.}
""",
    right="""
assumptions:
  - {at: dosing.levels, why: No source gives the doses.}
  - {at: dosing.cohort.size, why: No source gives the size of a cohort.}
""",
    find=_find,
)
