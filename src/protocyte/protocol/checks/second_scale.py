"""END006: an endpoint on another scale than the safety chapter's."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.endpoint import AdverseEventEndpoint
from protocyte.protocol.plan import Protocol
from protocyte.protocol.safety import SYNDROME_SCALES


def _find(protocol: Protocol) -> Iterator[Defect]:
    for rank, name, endpoint in protocol.endpoints.ranked():
        if not isinstance(endpoint, AdverseEventEndpoint) or endpoint.scale is None:
            continue
        general = protocol.safety.scales.of(endpoint.of)
        # A scale that does not grade these events at all: END011.
        is_fit = endpoint.of in SYNDROME_SCALES.get(endpoint.scale, (endpoint.of,))
        if general is not None and general != endpoint.scale and is_fit:
            yield Defect(
                ("endpoints", rank, name, "scale"),
                f"This endpoint grades by {endpoint.scale}, the safety chapter by {general}.",
                "Keep one of the two; if both are meant, say so in `says`, and have every event "
                "graded twice.",
            )


CHECK = Check(
    code="END006",
    severity="warning",
    title="Two scales for the same events",
    why=(
        "Investigators grade once. If an endpoint asks for another edition than the one on the "
        "case report form, grades are converted afterwards, by guessing: editions differ in "
        "thresholds, and scales in what they look at."
    ),
    wrong="""
endpoints:
  primary:
    teae: {measure: adverse events, until: 3 months, scale: CTCAE 4.03}
safety:
  scales: {AE: CTCAE 5.0}
""",
    right="""
endpoints:
  primary:
    teae: {measure: adverse events, until: 3 months, scale: CTCAE 5.0}
safety:
  scales: {AE: CTCAE 5.0}
""",
    find=_find,
)
