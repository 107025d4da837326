"""SCH008: the stay near the site ends while the participant is still in hospital."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    hospital, near = protocol.schedule.activities.hospital, protocol.schedule.activities.proximity
    if hospital is None or near is None:
        return
    if protocol.schedule.offset_of(near.days.last) < protocol.schedule.offset_of(
        hospital.days.last
    ):
        yield Defect(
            ("schedule", "activities", "proximity", "days"),
            f"The stay near the site ends on Day {near.days.last}, before the stay in hospital "
            f"ends on Day {hospital.days.last}.",
            "Lengthen `proximity.days` beyond discharge, or remove `proximity`.",
        )


CHECK = Check(
    code="SCH008",
    severity="warning",
    title="Stay near the site ends before discharge",
    why=(
        "Participants stay near the site after discharge so that late cytokine release syndrome or "
        "neurotoxicity can be treated in time. A stay that ends in hospital protects nobody."
    ),
    wrong="""
schedule:
  activities:
    hospital: {days: 0..10}
    proximity: {days: 0..7, within: 2 hours}
""",
    right="""
schedule:
  activities:
    hospital: {days: 0..10}
    proximity: {days: 0..28, within: 2 hours}
""",
    find=_find,
)
