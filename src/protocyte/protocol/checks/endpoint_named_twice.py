"""END013: two endpoints of one name."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    first: dict[str, str] = {}
    for rank, name, _ in protocol.endpoints.ranked():
        if name in first:
            yield Defect(
                ("endpoints", rank, name),
                f'Another endpoint is called "{name}": a {first[name]} one.',
                "Rename one of the two, or remove it.",
            )
        first.setdefault(name, rank)


CHECK = Check(
    code="END013",
    severity="error",
    title="Two endpoints of one name",
    why=(
        "Dose finding and sample size refer to endpoints by name, and so do tables. If a primary "
        "and a secondary endpoint share one, a reference to it means two things."
    ),
    wrong="""
endpoints:
  secondary:
    os: {measure: time to event, from: infusion, until_first: [death], horizon: 12 months}
  exploratory:
    os: {measure: time to event, from: infusion, until_first: [death], horizon: 6 months}
""",
    right="""
endpoints:
  secondary:
    os: {measure: time to event, from: infusion, until_first: [death], horizon: 12 months}
  exploratory:
    os_month_6: {measure: time to event, from: infusion, until_first: [death], horizon: 6 months}
""",
    find=_find,
)
