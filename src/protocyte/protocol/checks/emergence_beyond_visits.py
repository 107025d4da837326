"""SAF001: a treatment-emergent window that outlasts the safety visits."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    schedule, emergent = protocol.schedule, protocol.safety.treatment_emergent
    start = schedule.time_of(emergent.anchor) if emergent else None
    visits = schedule.visits_for("safety")
    if emergent is None or start is None:
        return
    last = max(visits, key=lambda visit: schedule.latest(visit).days, default=None)
    if last is None or start.plus(emergent.until).is_after(schedule.latest(last)):
        yield Defect(
            ("safety", "treatment_emergent", "until"),
            f"Events are treatment-emergent for {emergent.until} after the {emergent.anchor}; "
            + (f"the last safety visit is {last.name}." if last else "no visit does `safety`."),
            "Add `safety` to a later visit, or shorten the window.",
            lacks=("schedule", "visits"),
        )


CHECK = Check(
    code="SAF001",
    severity="warning",
    title="Treatment-emergent window beyond the safety visits",
    why=(
        "After the last safety visit nobody asks for adverse events. The end of the window then "
        "looks free of them."
    ),
    wrong="""
safety:
  treatment_emergent: {until: 12 months}
""",
    right="""
safety:
  treatment_emergent: {until: 3 months}
""",
    find=_find,
)
