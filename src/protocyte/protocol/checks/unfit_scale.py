"""END011: a scale that does not grade what the endpoint counts."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.endpoint import AdverseEventEndpoint
from protocyte.protocol.plan import Protocol
from protocyte.protocol.safety import SYNDROME_SCALES


def _find(protocol: Protocol) -> Iterator[Defect]:
    for rank, name, endpoint in protocol.endpoints.ranked():
        if not isinstance(endpoint, AdverseEventEndpoint) or endpoint.scale is None:
            continue
        grades = SYNDROME_SCALES.get(endpoint.scale, (endpoint.of,))
        if endpoint.of not in grades:
            yield Defect(
                ("endpoints", rank, name, "scale"),
                f"{endpoint.scale} grades {' and '.join(grades)} only; the endpoint counts "
                f"{endpoint.of} events.",
                "Name an edition of CTCAE, or leave `scale` out to use the safety chapter's.",
            )


CHECK = Check(
    code="END011",
    severity="error",
    title="Scale that does not grade these events",
    why=(
        "ASTCT 2019 grades cytokine release syndrome and ICANS, Lee 2014 grades cytokine release "
        "syndrome. No other event has a grade on them."
    ),
    wrong="""
endpoints:
  primary:
    teae: {measure: adverse events, until: 3 months, scale: ASTCT 2019}
""",
    right="""
endpoints:
  primary:
    teae: {measure: adverse events, until: 3 months, scale: CTCAE 5.0}
""",
    find=_find,
)
