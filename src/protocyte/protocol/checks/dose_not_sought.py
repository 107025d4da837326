"""END009: a dose as endpoint that dose finding does not look for."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.endpoint import DoseEndpoint
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    sought = protocol.dosing.finds if protocol.dosing else None
    for rank, name, endpoint in protocol.endpoints.ranked():
        if isinstance(endpoint, DoseEndpoint) and endpoint.finds != sought:
            yield Defect(
                ("endpoints", rank, name, "finds"),
                f"The endpoint is the {endpoint.finds}; "
                + (f"the dosing chapter finds the {sought}." if sought else "no dose is sought."),
                f"Write `finds: {endpoint.finds}` under `dosing`, with levels and a method; or "
                "change the endpoint.",
                lacks=("dosing", "finds"),
            )


CHECK = Check(
    code="END009",
    severity="error",
    title="Dose as endpoint that nobody looks for",
    why=(
        "The maximum tolerated dose, the recommended phase 2 dose and the optimal biological dose "
        "are found by different rules. The endpoint is the result of the dosing chapter: the two "
        "must name the same dose."
    ),
    wrong="""
endpoints:
  primary:
    dose: {measure: dose, finds: optimal biological dose}
dosing:
  finds: maximum tolerated dose
""",
    right="""
endpoints:
  primary:
    dose: {measure: dose, finds: maximum tolerated dose}
dosing:
  finds: maximum tolerated dose
""",
    find=_find,
)
