"""SCH001: a visit that no participant can come to, because follow-up has ended or not begun."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol
from protocyte.protocol.timepoint import Timepoint


def _find(protocol: Protocol) -> Iterator[Defect]:
    schedule = protocol.schedule
    screening = schedule.activities.screening
    ends = Timepoint.of(schedule.follow_up) if schedule.follow_up else None
    begins = Timepoint(float(schedule.offsets(screening.days)[0])) if screening else None
    for index, visit in enumerate(schedule.visits):
        where = ("schedule", "visits", index)
        planned = schedule.timepoint(visit)
        if ends and planned.is_after(ends):
            yield Defect(
                where,
                f'The visit "{visit.name}" lies after the end of follow-up, '
                f"{schedule.follow_up} after the {schedule.anchor}.",
                "Lengthen `follow_up`, or move or remove the visit.",
            )
        elif begins and screening and begins.is_after(planned):
            yield Defect(
                where,
                f'The visit "{visit.name}" lies before screening begins on Day '
                f"{screening.days.first}.",
                "Begin screening earlier, or move the visit.",
            )


CHECK = Check(
    code="SCH001",
    severity="error",
    title="Visit outside the trial",
    why=(
        "A visit after the end of follow-up, or before screening, is never booked: its assessments "
        "are missing for everybody and the endpoints that they feed stay empty."
    ),
    wrong="""
endpoints:
  secondary:
    os: {horizon: 6 months}
schedule:
  follow_up: 6 months
""",
    right="""
endpoints:
  secondary:
    os: {horizon: 6 months}
schedule:
  follow_up: 12 months
""",
    find=_find,
)
