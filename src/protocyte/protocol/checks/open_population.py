"""POP010: a trial without any inclusion criterion."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    if not protocol.population.include:
        yield Defect(
            ("population", "include"),
            "There is no inclusion criterion: whoever is not excluded may be enrolled.",
            "Add `include` with the diagnosis at least.",
            lacks=("population", "include"),
        )


CHECK = Check(
    code="POP010",
    severity="warning",
    title="No inclusion criterion",
    why=(
        "Inclusion criteria say whom the trial is for. Without any, screening admits healthy "
        "people and patients with another disease."
    ),
    wrong="""
population:
  include: null
""",
    right="""
population:
  include:
    diagnosis: {rule: B-ALL}
    anc: {rule: ANC >= 1 10*9/L}
""",
    find=_find,
)
