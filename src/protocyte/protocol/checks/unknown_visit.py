"""END001: an endpoint that names a visit which is not planned."""

import difflib
from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.endpoint import ChangeEndpoint, ResponderEndpoint
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    planned = [visit.name for visit in protocol.schedule.visits]
    for rank, name, endpoint in protocol.endpoints.ranked():
        if not isinstance(endpoint, ResponderEndpoint | ChangeEndpoint):
            continue
        for index, visit in enumerate(endpoint.at):
            if visit not in planned:
                close = difflib.get_close_matches(visit, planned, n=1)
                guess = f'Write "{close[0]}", or add' if close else "Add"
                yield Defect(
                    ("endpoints", rank, name, "at", index),
                    f'No visit is called "{visit}"; planned are {", ".join(planned)}.',
                    f"{guess} the visit to `schedule.visits`.",
                    lacks=("schedule", "visits"),
                )


CHECK = Check(
    code="END001",
    severity="error",
    title="Endpoint at a visit that is not planned",
    why=(
        "Endpoints and visits are joined by name. An endpoint at a visit that does not exist has "
        "no data for anybody."
    ),
    wrong="""
endpoints:
  secondary:
    ecog: {measure: change, of: ECOG, at: [Month 6]}
""",
    right="""
endpoints:
  secondary:
    ecog: {measure: change, of: ECOG, at: [Month 3]}
""",
    find=_find,
)
