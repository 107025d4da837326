"""SCH007: own cells that nobody collects, or a collection for cells from a donor."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    donor, collects = protocol.product.donor, protocol.schedule.happens("leukapheresis")
    if protocol.product.is_autologous and not collects:
        yield Defect(
            ("schedule", "activities"),
            "The cells are the participant's own, and no leukapheresis collects them.",
            "Add `leukapheresis` to `schedule.activities`, or correct `product.donor`.",
            lacks=("schedule", "activities"),
        )
    elif collects and not protocol.product.is_autologous:
        yield Defect(
            ("schedule", "activities", "leukapheresis"),
            f"Participants have leukapheresis, but the cells come from another person ({donor}).",
            "Remove `leukapheresis`, or write `donor: autologous`.",
        )


CHECK = Check(
    code="SCH007",
    severity="error",
    title="Leukapheresis does not fit the donor",
    why=(
        "Leukapheresis collects the participant's own cells: an autologous product cannot be made "
        "without it, and a product from a donor asks no participant to undergo it."
    ),
    wrong="""
schedule:
  activities:
    leukapheresis: {when: after enrolment}
""",
    right="""
schedule:
  activities:
    leukapheresis: null
""",
    find=_find,
)
