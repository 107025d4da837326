"""POP006: a definition that no rule uses."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    population = protocol.population
    rules = [criterion.parsed for _, _, criterion in population.criteria() if criterion.parsed]
    if any(rule.tree is None for rule in rules):
        # A rule that cannot be read may use it: POP001 comes first.
        return
    used = {name for rule in rules for name in rule.names}
    for name in population.define:
        used |= set(population.uses(name)) - {name}
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
