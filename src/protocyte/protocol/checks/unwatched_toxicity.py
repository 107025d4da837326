"""DOS013: a window of dose-limiting toxicity in which nobody looks for any."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    schedule = protocol.schedule
    dlt = protocol.dosing.dlt if protocol.dosing else None
    start = schedule.time_of(dlt.anchor) if dlt else None
    if dlt is None or start is None:
        return
    end = start.plus(dlt.window)
    if not any(
        schedule.latest(visit).is_after(start) and not schedule.earliest(visit).is_after(end)
        for visit in schedule.visits_for("safety")
    ):
        yield Defect(
            ("dosing", "dlt", "window"),
            f"No visit within {dlt.window} after the {dlt.anchor} does `safety`.",
            "Plan a visit that does `safety` in the window, best at its end.",
            lacks=("schedule", "visits"),
        )


CHECK = Check(
    code="DOS013",
    severity="error",
    title="No safety visit in the window",
    why=(
        "A participant counts as free of dose-limiting toxicity because somebody looked until the "
        "window ended. Without a visit there, silence passes for safety and the dose goes up."
    ),
    wrong="""
endpoints: {secondary: null}
schedule:
  visits:
    - {name: Month 3, after: 3 months, does: [safety]}
dosing:
  dlt: {window: 28 days}
""",
    right="""
endpoints: {secondary: null}
schedule:
  visits:
    - {name: Day 28, day: 28, does: [safety]}
    - {name: Month 3, after: 3 months, does: [safety]}
dosing:
  dlt: {window: 28 days}
""",
    find=_find,
)
