"""POP013: a rule that compares in a unit which is not one."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    for kind, name, criterion in protocol.population.criteria():
        for one in criterion.parsed.comparisons if criterion.parsed else ():
            if not one.has_known_unit:
                yield Defect(
                    ("population", kind, name, "rule"),
                    f'"{one.unit}", the unit of {one.name}, is not known.',
                    "Write units as UCUM does, such as g/L, umol/L or [IU]/mL; a power of ten is "
                    "part of the unit: `ANC >= 1 10*9/L`.",
                )


CHECK = Check(
    code="POP013",
    severity="error",
    title="Unit that is not known",
    why=(
        "Laboratories report in many units, and values are converted to the rule's before they are "
        "compared. In a unit that is not known nobody's value can be. The trap is 1e9/L: it is "
        "read as 1, with the unit e9/L."
    ),
    wrong="""
population:
  include:
    anc: {rule: ANC >= 1e9/L}
""",
    right="""
population:
  include:
    anc: {rule: ANC >= 1 10*9/L}
""",
    find=_find,
)
