"""END010: dose-limiting toxicity as endpoint, without a definition of it."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.endpoint import DoseLimitingToxicityEndpoint
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    for rank, name, endpoint in protocol.endpoints.ranked():
        is_defined = protocol.dosing is not None and protocol.dosing.dlt is not None
        if isinstance(endpoint, DoseLimitingToxicityEndpoint) and not is_defined:
            yield Defect(
                ("endpoints", rank, name),
                "The endpoint counts dose-limiting toxicities, and `dosing.dlt` does not say what "
                "they are.",
                "Add `dosing.dlt` with `window` and `is`, or remove the endpoint.",
                lacks=("dosing", "dlt"),
            )


CHECK = Check(
    code="END010",
    severity="error",
    title="Dose-limiting toxicity as endpoint, undefined",
    why=(
        "Whether an event limits the dose is decided by a definition that is signed before the "
        "first participant: which events, from which grade, for how long, within which window. "
        "Without one nothing can be counted."
    ),
    wrong="""
endpoints:
  primary:
    dlt: {measure: dose-limiting toxicity}
dosing: null
assumptions: null
""",
    right="""
endpoints:
  primary:
    dlt: null
dosing: null
assumptions: null
""",
    find=_find,
)
