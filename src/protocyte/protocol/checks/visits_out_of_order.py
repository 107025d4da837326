"""SCH002: visits that are not in the order in which they happen."""

from collections.abc import Iterator
from itertools import pairwise

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    schedule = protocol.schedule
    for index, (before, visit) in enumerate(pairwise(schedule.visits), start=1):
        if schedule.timepoint(before).is_after(schedule.timepoint(visit)):
            yield Defect(
                ("schedule", "visits", index),
                f'The visit "{visit.name}" stands after "{before.name}" and takes place before it.',
                "Put visits in the order of time; if they are, one of the two has a wrong day.",
            )


CHECK = Check(
    code="SCH002",
    severity="warning",
    title="Visits out of order",
    why=(
        "A schedule of activities is read from left to right. A visit in the wrong place is mostly "
        "a mistyped day, and whoever books visits from the list books it wrongly."
    ),
    wrong="""
endpoints: {secondary: null}
schedule:
  visits:
    - {name: Month 3, after: 3 months, does: [safety]}
    - {name: Day 28, day: 28, does: [safety]}
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
