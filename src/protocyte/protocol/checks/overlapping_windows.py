"""SCH004: neighbouring visits whose windows share a day."""

from collections.abc import Iterator
from itertools import pairwise

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    schedule = protocol.schedule
    numbered = sorted(enumerate(schedule.visits), key=lambda item: schedule.offset(item[1]))
    for (_, before), (index, visit) in pairwise(numbered):
        if before.window is None and visit.window is None:
            continue
        gap = schedule.earliest(visit).days - schedule.latest(before).days
        if gap <= 0:
            yield Defect(
                ("schedule", "visits", index),
                f'The windows of "{before.name}" and "{visit.name}" overlap: a contact may belong '
                "to either.",
                "Narrow one of the windows, or move the visits apart.",
            )


CHECK = Check(
    code="SCH004",
    severity="warning",
    title="Windows of neighbouring visits overlap",
    why=(
        "A contact inside two windows belongs to both visits or to neither. Sites then decide one "
        "by one, and the analysis decides again, differently. Both ends of a window are part of it."
    ),
    wrong="""
endpoints: {secondary: null}
schedule:
  visits:
    - {name: Day 21, day: 21, window: 3 days, does: [safety]}
    - {name: Day 28, day: 28, window: 4 days, does: [safety]}
    - {name: Month 3, after: 3 months, does: [safety]}
""",
    right="""
endpoints: {secondary: null}
schedule:
  visits:
    - {name: Day 21, day: 21, window: 3 days, does: [safety]}
    - {name: Day 28, day: 28, window: 3 days, does: [safety]}
    - {name: Month 3, after: 3 months, does: [safety]}
""",
    find=_find,
)
