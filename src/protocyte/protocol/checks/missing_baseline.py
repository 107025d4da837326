"""SCH009: a change, or a response defined by change, without anything to change from."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.endpoint import ChangeEndpoint, ResponderEndpoint
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    schedule = protocol.schedule
    infusion = float(schedule.offset_of(schedule.activities.infusion.day))
    for rank, name, endpoint in protocol.endpoints.ranked():
        visits = [visit for at in getattr(endpoint, "at", ()) if (visit := schedule.visit(at))]
        match endpoint:
            case ChangeEndpoint():
                needed, before, what = endpoint.needs, infusion, f"a change of {endpoint.of}"
            case ResponderEndpoint(instrument="SRI-4"):
                needed, before, what = endpoint.needs, infusion, "SRI-4"
            case ResponderEndpoint(instrument="LLDAS") if visits:
                # New activity is judged against the assessment before, whenever that was.
                needed, what = (("SLEDAI",),), "LLDAS at its first visit"
                before = min(schedule.offset(visit) for visit in visits) - 1
            case _:
                continue
        missing = [
            group[0]
            for group in needed
            if not any(schedule.offset(visit) <= before for visit in schedule.visits_for(*group))
        ]
        if missing:
            listed = " and ".join(f"`{assessment}`" for assessment in missing)
            yield Defect(
                ("endpoints", rank, name),
                f"Nothing is there to compare with for {what}: {listed} is not done at any visit "
                f"before.",
                f"Add {listed} to a visit before the infusion.",
                lacks=("schedule", "visits"),
            )


CHECK = Check(
    code="SCH009",
    severity="warning",
    title="No baseline",
    why=(
        "A change is counted from a value before the infusion. SRI-4 compares SLEDAI, BILAG and "
        "PGA with baseline; LLDAS asks for no new activity since the assessment before. Without "
        "that earlier value nobody can be a responder."
    ),
    wrong="""
endpoints:
  secondary: null
  exploratory:
    b_cells: {measure: change, of: B cells, at: [Month 3]}
schedule:
  visits:
    - {name: Baseline, day: -6, does: [safety]}
    - {name: Day 28, day: 28, does: [safety]}
    - {name: Month 3, after: 3 months, does: [safety, B cells]}
""",
    right="""
endpoints:
  secondary: null
  exploratory:
    b_cells: {measure: change, of: B cells, at: [Month 3]}
schedule:
  visits:
    - {name: Baseline, day: -6, does: [safety, B cells]}
    - {name: Day 28, day: 28, does: [safety]}
    - {name: Month 3, after: 3 months, does: [safety, B cells]}
""",
    find=_find,
)
