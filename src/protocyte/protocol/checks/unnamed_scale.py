"""END005: an endpoint that counts events by grade on a scale that is not named."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.endpoint import AdverseEventEndpoint
from protocyte.protocol.plan import Protocol

_KEYS = {"CRS": "CRS", "ICANS": "ICANS", "GvHD": "GvHD"}


def _find(protocol: Protocol) -> Iterator[Defect]:
    for rank, name, endpoint in protocol.endpoints.ranked():
        if not isinstance(endpoint, AdverseEventEndpoint) or endpoint.of == "IEC-HS":
            continue
        if endpoint.scale is None and protocol.safety.scales.of(endpoint.of) is None:
            key = _KEYS.get(endpoint.of, "AE")
            yield Defect(
                ("endpoints", rank, name),
                f"No scale is named that grades what this endpoint counts ({endpoint.of}).",
                f"Add `{key}:` to `safety.scales`, with its edition.",
                lacks=("safety", "scales", key),
            )


CHECK = Check(
    code="END005",
    severity="error",
    title="No scale for the events that an endpoint counts",
    why=(
        "A grade means nothing without its scale. The same 40 people, treated with CD22 cells, had "
        "severe cytokine release syndrome in 10 % by one scale and in 20 % by another."
    ),
    wrong="""
endpoints:
  secondary:
    icans: {measure: adverse events, of: ICANS, until: 3 months}
safety:
  scales: {ICANS: null}
""",
    right="""
endpoints:
  secondary:
    icans: {measure: adverse events, of: ICANS, until: 3 months}
safety:
  scales: {ICANS: ASTCT 2019}
""",
    find=_find,
)
