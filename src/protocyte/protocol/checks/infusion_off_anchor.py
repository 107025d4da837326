"""SCH005: days counted from an infusion that is not on the counting's first day."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    schedule = protocol.schedule
    day, expected = schedule.activities.infusion.day, 0 if schedule.day_zero else 1
    if schedule.anchor == "infusion" and day != expected:
        other = "`day_zero: false`" if day == 1 else "another `anchor`"
        yield Defect(
            ("schedule", "activities", "infusion", "day"),
            f"The infusion is on Day {day}; days are counted from it, so it is on Day {expected}.",
            f"Write `day: {expected}`, or {other} if the protocol counts otherwise.",
        )


CHECK = Check(
    code="SCH005",
    severity="error",
    title="Infusion is not on the anchor's day",
    why=(
        "If days are counted from the infusion, the infusion is Day 0, or Day 1 where the protocol "
        "has no Day 0. Any other day shifts every visit by the difference."
    ),
    wrong="""
endpoints: {secondary: null}
schedule:
  anchor: infusion
  activities:
    infusion: {day: 1}
""",
    right="""
endpoints: {secondary: null}
schedule:
  anchor: infusion
  activities:
    infusion: {day: 0}
""",
    find=_find,
)
