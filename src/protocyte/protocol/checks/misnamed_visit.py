"""SCH014: a visit whose name tells another day than its own."""

import re
from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol
from protocyte.protocol.schedule import Schedule
from protocyte.protocol.timepoint import CALENDAR_SLACK
from protocyte.standards.calendar import Duration

_NAMED = re.compile(r"^(Day|Week|Month|Year) (-?\d{1,4})$")
#: How far a visit may lie from the time in its name, for names in steps longer than a day [d].
_TOLERANCE = {"Day": 0.0, "Week": 3.0, "Month": 15.0, "Year": 45.0}


def _find(protocol: Protocol) -> Iterator[Defect]:
    schedule = protocol.schedule
    for index, visit in enumerate(schedule.visits):
        found = _NAMED.match(visit.name)
        if found is None:
            continue
        step, number = found[1], int(found[2])
        told = _told(schedule, step, number)
        planned = schedule.timepoint(visit)
        tolerance = _TOLERANCE[step] or (CALENDAR_SLACK if planned.calendar else 0.0)
        if abs(told - planned.days) > tolerance:
            time = (
                f"on Day {visit.day}"
                if visit.after is None
                else f"{visit.after} after the {schedule.anchor}"
            )
            yield Defect(
                ("schedule", "visits", index),
                f'The visit "{visit.name}" is planned {time}.',
                "Rename it, or correct its time.",
            )


def _told(schedule: Schedule, step: str, number: int) -> float:
    match step:
        case "Day":
            return float(schedule.offset_of(number))
        case "Week":
            return Duration(number, "week").nominal_days
        case "Month":
            return Duration(number, "month").nominal_days
        case _:
            return Duration(number, "year").nominal_days


CHECK = Check(
    code="SCH014",
    severity="warning",
    title="Visit whose name tells another day",
    why=(
        "Sites book by the name, programs by the day. Where days are counted from Day 1, the visit "
        "four weeks later is Day 29: one of name and day is then easily off by one."
    ),
    wrong="""
endpoints: {secondary: null}
schedule:
  visits:
    - {name: Day 28, day: 28, does: [safety]}
    - {name: Month 6, after: 3 months, does: [safety]}
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
