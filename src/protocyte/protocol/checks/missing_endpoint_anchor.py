"""END003: an endpoint counted from an event that never happens."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    for rank, name, endpoint in protocol.endpoints.ranked():
        anchor = getattr(endpoint, "anchor", "infusion")
        if not protocol.schedule.happens(anchor):
            yield Defect(
                ("endpoints", rank, name, "from"),
                f"The endpoint is counted from {anchor}, which is not among the activities.",
                f"Add `{anchor}` to `schedule.activities`, or count from the infusion.",
                lacks=("schedule", "activities"),
            )


CHECK = Check(
    code="END003",
    severity="error",
    title="Endpoint counted from something that never happens",
    why=(
        "The clock of an endpoint starts at its anchor. Survival counted from leukapheresis "
        "includes the weeks of manufacture and whoever never came to infusion; a product from a "
        "donor has no such day, and the clock never starts."
    ),
    wrong="""
endpoints:
  secondary:
    os: {measure: time to event, from: leukapheresis, until_first: [death]}
""",
    right="""
endpoints:
  secondary:
    os: {measure: time to event, from: infusion, until_first: [death]}
""",
    find=_find,
)
