"""END004: an endpoint that reaches beyond the visits that feed it."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.endpoint import (
    AdverseEventEndpoint,
    ResponseEndpoint,
    TimeToEventEndpoint,
)
from protocyte.protocol.plan import Protocol
from protocyte.protocol.timepoint import Timepoint


def _find(protocol: Protocol) -> Iterator[Defect]:
    schedule = protocol.schedule
    followed = Timepoint.of(schedule.follow_up) if schedule.follow_up else None
    for rank, name, endpoint in protocol.endpoints.ranked():
        match endpoint:
            case AdverseEventEndpoint() | ResponseEndpoint():
                key, length = "until", endpoint.until
            case TimeToEventEndpoint():
                key, length = "horizon", endpoint.horizon
            case _:
                continue
        start = schedule.time_of(endpoint.anchor)
        visits = [visit for group in endpoint.needs for visit in schedule.visits_for(*group)]
        if start is None or length is None or not visits:
            continue
        end, last = start.plus(length), max(visits, key=lambda visit: schedule.latest(visit).days)
        here = ("endpoints", rank, name, key)
        if followed and end.is_after(followed):
            yield Defect(
                here,
                f"The endpoint reaches {length} after the {endpoint.anchor}; participants are "
                f"followed for {schedule.follow_up}.",
                f"Lengthen `schedule.follow_up`, or shorten `{key}`.",
                lacks=("schedule", "follow_up"),
            )
        elif end.is_after(schedule.latest(last)):
            yield Defect(
                here,
                f"The endpoint reaches {length} after the {endpoint.anchor}; the last visit that "
                f"feeds it is {last.name}.",
                f"Plan a later visit that does {' or '.join(endpoint.needs[0])}, or shorten "
                f"`{key}`.",
                lacks=("schedule", "visits"),
            )


CHECK = Check(
    code="END004",
    severity="warning",
    title="Endpoint beyond the last visit that feeds it",
    why=(
        "After the last visit nobody asks. Events between it and the end of the window are not "
        "seen, and the estimate counts their absence as good news or censors everybody early."
    ),
    wrong="""
endpoints:
  secondary:
    os: {measure: time to event, from: infusion, until_first: [death], horizon: 24 months}
""",
    right="""
endpoints:
  secondary:
    os: {measure: time to event, from: infusion, until_first: [death], horizon: 12 months}
""",
    find=_find,
)
