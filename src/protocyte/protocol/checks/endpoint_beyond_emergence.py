"""END014: treatment-emergent events counted outside the treatment-emergent window."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.endpoint import AdverseEventEndpoint
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    emergent = protocol.safety.treatment_emergent
    for rank, name, endpoint in protocol.endpoints.ranked():
        if (
            emergent is None
            or not isinstance(endpoint, AdverseEventEndpoint)
            or endpoint.of != "treatment-emergent"
        ):
            continue
        here = ("endpoints", rank, name)
        if endpoint.anchor != emergent.anchor:
            yield Defect(
                (*here, "from"),
                f"The endpoint counts from {endpoint.anchor}; events are treatment-emergent from "
                f"{emergent.anchor} on (`safety.treatment_emergent`).",
                "Count both from the same event.",
            )
        elif endpoint.until and endpoint.until.nominal_days > emergent.until.nominal_days:
            yield Defect(
                (*here, "until"),
                f"The endpoint counts treatment-emergent events for {endpoint.until}; events are "
                f"treatment-emergent for {emergent.until} (`safety.treatment_emergent`).",
                "Give both the same length, in the same unit.",
            )


CHECK = Check(
    code="END014",
    severity="warning",
    title="Treatment-emergent events beyond their window",
    why=(
        "An event that starts after the treatment-emergent window is not treatment-emergent, so an "
        "endpoint with a longer window counts nothing there. Three months and 90 days are not the "
        "same: they differ by up to two days, and somebody's event falls on one of them."
    ),
    wrong="""
endpoints:
  primary:
    teae: {measure: adverse events, until: 3 months}
safety:
  treatment_emergent: {until: 90 days}
""",
    right="""
endpoints:
  primary:
    teae: {measure: adverse events, until: 90 days}
safety:
  treatment_emergent: {until: 90 days}
""",
    find=_find,
)
