"""SCH013: treatment that begins before screening has ended."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    schedule = protocol.schedule
    screening, given = schedule.activities.screening, schedule.activities.lymphodepletion
    if screening is None:
        return
    ends = schedule.offset_of(screening.days.last)
    if given and schedule.offset_of(given.days.first) <= ends:
        what, day = "lymphodepletion", given.days.first
    elif schedule.offset_of(schedule.activities.infusion.day) <= ends:
        what, day = "the infusion", schedule.activities.infusion.day
    else:
        return
    yield Defect(
        ("schedule", "activities", "screening", "days"),
        f"Screening ends on Day {screening.days.last}, and {what} begins on Day {day}.",
        f"End screening before {what}.",
    )


CHECK = Check(
    code="SCH013",
    severity="error",
    title="Treatment during screening",
    why=(
        "Screening decides whether a person may be treated. Whoever is treated before it has ended "
        "may turn out not to be eligible."
    ),
    wrong="""
schedule:
  activities:
    screening: {days: -28..-4}
    lymphodepletion: {days: -5..-3}
""",
    right="""
schedule:
  activities:
    screening: {days: -28..-6}
    lymphodepletion: {days: -5..-3}
""",
    find=_find,
)
