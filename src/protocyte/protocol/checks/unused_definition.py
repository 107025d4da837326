"""POP006: a definition that no rule uses."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    population = protocol.population
    used = {
        name
        for _, _, criterion in population.criteria()
        for name in population.definitions_in(criterion.rule or "")
    }
    for name, meaning in population.define.items():
        used |= set(population.definitions_in(meaning)) - {name}
    for name in population.define:
        if name not in used:
            yield Defect(
                ("population", "define", name),
                f'No rule and no other definition uses "{name}".',
                "Use it, remove it, or correct its spelling where it was meant.",
            )


CHECK = Check(
    code="POP006",
    severity="note",
    title="Definition that no rule uses",
    why=(
        "A definition that nothing refers to is often one that a rule misspells: the rule then "
        "means a fact of another name, which nobody has."
    ),
    wrong="""
population:
  define:
    CrCl: cockcroft_gault(age, weight, sex, creatinine)
""",
    right="""
population:
  define:
    CrCl: cockcroft_gault(age, weight, sex, creatinine)
  include:
    renal: {rule: CrCl >= 30 mL/min}
""",
    find=_find,
)
