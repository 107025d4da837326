"""SCH006: lymphodepletion, its rest and the infusion on top of each other."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    schedule = protocol.schedule
    given = schedule.activities.lymphodepletion
    if given is None:
        return
    here = ("schedule", "activities", "lymphodepletion")
    infusion = schedule.offset_of(schedule.activities.infusion.day)
    last = schedule.offsets(given.days)[1]
    if last >= infusion:
        yield Defect(
            (*here, "days"),
            f"Lymphodepletion on days {given.days} does not end before the infusion on Day "
            f"{schedule.activities.infusion.day}.",
            "Move it before the infusion; days before it are negative.",
        )
    if given.rest is None:
        return
    rest_first, rest_last = schedule.offsets(given.rest)
    if rest_last >= infusion:
        yield Defect(
            (*here, "rest"),
            f"The rest on days {given.rest} does not end before the infusion on Day "
            f"{schedule.activities.infusion.day}.",
            "End the rest on the day before the infusion.",
        )
    if rest_first <= last:
        yield Defect(
            (*here, "rest"),
            f"The rest on days {given.rest} begins before lymphodepletion on days {given.days} is "
            "over.",
            "Begin the rest on the day after the last dose.",
        )


CHECK = Check(
    code="SCH006",
    severity="error",
    title="Lymphodepletion, rest and infusion overlap",
    why=(
        "Lymphodepletion makes room for the cells; what is left of it when they arrive kills them "
        "as well. It comes first, then the rest, then the infusion."
    ),
    wrong="""
schedule:
  activities:
    lymphodepletion: {days: -5..-2, rest: -2..-1}
""",
    right="""
schedule:
  activities:
    lymphodepletion: {days: -5..-3, rest: -2..-1}
""",
    find=_find,
)
