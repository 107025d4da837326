"""DOS005: a dose method without a definition of dose-limiting toxicity."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    dosing = protocol.dosing
    if dosing and dosing.method is not None and dosing.dlt is None:
        yield Defect(
            ("dosing", "method"),
            "The next dose is chosen from dose-limiting toxicities, and `dosing.dlt` does not say "
            "what they are.",
            "Add `dlt` with `window` and `is`, such as `{window: 28 days, is: [CRS >= 3]}`.",
            lacks=("dosing", "dlt"),
        )


CHECK = Check(
    code="DOS005",
    severity="error",
    title="Dose method without dose-limiting toxicity",
    why=(
        "A dose method counts participants with and without dose-limiting toxicity. Without a "
        "definition and a window there is nothing to count, and each meeting would decide anew "
        "what limits the dose."
    ),
    wrong="""
endpoints:
  primary: {dlt: null}
dosing:
  dlt: null
  method: {BOIN: {target: 0.3}}
""",
    right="""
endpoints:
  primary: {dlt: null}
dosing:
  dlt: {window: 28 days, is: [CRS >= 3, GvHD >= 2]}
  method: {BOIN: {target: 0.3}}
""",
    find=_find,
)
