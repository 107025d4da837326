"""SCH010: days or windows counted from an event that never happens."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    dlt = protocol.dosing.dlt if protocol.dosing else None
    emergent = protocol.safety.treatment_emergent
    counted = (
        (("schedule", "anchor"), "The schedule", protocol.schedule.anchor),
        (("population", "anchor"), "The look-back of the criteria", protocol.population.anchor),
        (("dosing", "dlt", "from"), "The window of dose-limiting toxicity", dlt and dlt.anchor),
        (
            ("safety", "treatment_emergent", "from"),
            "The treatment-emergent window",
            emergent and emergent.anchor,
        ),
    )
    for where, what, anchor in counted:
        if anchor and not protocol.schedule.happens(anchor):
            yield Defect(
                where,
                f"{what} is counted from {anchor}, which is not among the activities.",
                f"Add `{anchor}` to `schedule.activities`, or count from another event.",
                lacks=("schedule", "activities"),
            )


CHECK = Check(
    code="SCH010",
    severity="error",
    title="Days counted from something that never happens",
    why=(
        "Every date of the trial is worked out from the day on which an anchor happened. If it "
        "never does, no visit can be booked and no window opens."
    ),
    wrong="""
population:
  anchor: leukapheresis
""",
    right="""
population:
  anchor: enrolment
""",
    find=_find,
)
