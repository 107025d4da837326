"""SCH011: a Day 0 in a protocol that has none."""

from collections.abc import Iterator

from protocyte.protocol.chapter import Chapter
from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.finding import Path
from protocyte.protocol.plan import Protocol
from protocyte.protocol.quantity import Days


def _find(protocol: Protocol) -> Iterator[Defect]:
    schedule = protocol.schedule
    if schedule.day_zero:
        return
    days = [
        *_named_days(schedule.activities, ("schedule", "activities")),
        *_named_days(schedule.visits, ("schedule", "visits")),
    ]
    for where, day in days:
        # An infusion that days are counted from and that is not on Day 1: SCH005.
        if where[-2:] == ("infusion", "day") and schedule.anchor == "infusion":
            continue
        if day == 0:
            yield Defect(
                where,
                f"Day 0 is named, but `day_zero: false` says that the {schedule.anchor} is on "
                "Day 1 and the day before it is Day -1.",
                "Write Day 1 for the anchor's own day, or Day -1 for the day before.",
            )


def _named_days(part: object, here: tuple[str | int, ...]) -> Iterator[tuple[Path, int]]:
    """List the protocol days that a part of the schedule names, with their places."""
    match part:
        case Days():
            yield from ((here, day) for day in {part.first, part.last})
        case Chapter():
            for name in type(part).model_fields:
                yield from _named_days(getattr(part, name), (*here, name))
        case tuple():
            for index, item in enumerate(part):
                yield from _named_days(item, (*here, index))
        case int() if here[-1] == "day":
            yield here, part
        case _:
            return


CHECK = Check(
    code="SCH011",
    severity="error",
    title="Day 0 where there is none",
    why=(
        "Some protocols infuse on Day 0, others on Day 1 without a Day 0. A Day 0 in the second "
        "kind is the infusion for one reader and the day before it for another."
    ),
    wrong="""
endpoints: {secondary: null}
schedule:
  day_zero: false
  activities:
    infusion: {day: 1}
    hospital: {days: 0..10}
""",
    right="""
endpoints: {secondary: null}
schedule:
  day_zero: false
  activities:
    infusion: {day: 1}
    hospital: {days: 1..11}
""",
    find=_find,
)
