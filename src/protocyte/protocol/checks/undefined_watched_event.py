"""SAF005: a boundary on dose-limiting toxicities that nothing defines."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    dosing = protocol.dosing
    if dosing is not None and dosing.dlt is not None:
        return
    for name, settings in (protocol.safety.monitoring or {}).items():
        if settings.of == "dose-limiting toxicity":
            yield Defect(
                ("safety", "monitoring", name, "of"),
                f"The boundary `{name}` counts dose-limiting toxicities, and the protocol does not "
                "say what they are.",
                "Define them in `dosing.dlt`, or name the event, such as `GvHD >= 3`.",
                lacks=("dosing", "dlt"),
            )


CHECK = Check(
    code="SAF005",
    severity="error",
    title="Boundary on an undefined event",
    why=(
        "Whether a boundary is reached must not be a matter of opinion on the day. Dose-limiting "
        "toxicity means what the dosing chapter says, and nothing without it."
    ),
    wrong="""
dosing: {dlt: null, method: null, finds: null, levels: [1e6 cells/kg]}
endpoints: {primary: {dlt: null}}
safety:
  monitoring:
    toxicity:
      of: dose-limiting toxicity
      participants: 30
      rule: {beta-binomial: {limit: 0.3, certainty: 0.9}}
""",
    right="""
safety:
  monitoring:
    toxicity:
      of: dose-limiting toxicity
      participants: 30
      rule: {beta-binomial: {limit: 0.3, certainty: 0.9}}
""",
    find=_find,
)
