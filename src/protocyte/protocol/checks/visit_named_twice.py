"""SCH003: two visits of one name."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    first: dict[str, int] = {}
    for index, visit in enumerate(protocol.schedule.visits):
        if visit.name in first:
            yield Defect(
                ("schedule", "visits", index),
                f'"{visit.name}" is also the name of visit number {first[visit.name] + 1}.',
                "Give each visit a name of its own.",
            )
        first.setdefault(visit.name, index)


CHECK = Check(
    code="SCH003",
    severity="error",
    title="Two visits of one name",
    why=(
        "Endpoints, case report forms and records refer to a visit by its name. With two of one "
        "name nobody can tell which of them a value belongs to."
    ),
    wrong="""
endpoints: {secondary: null}
schedule:
  visits:
    - {name: Follow-up, day: 28, does: [safety]}
    - {name: Follow-up, after: 3 months, does: [safety]}
""",
    right="""
endpoints: {secondary: null}
schedule:
  visits:
    - {name: Day 28, day: 28, does: [safety]}
    - {name: Month 3, after: 3 months, does: [safety]}
""",
    find=_find,
)
