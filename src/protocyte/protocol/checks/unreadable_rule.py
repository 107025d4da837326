"""POP001: a rule that is not in the rule language."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    for kind, name, criterion in protocol.population.criteria():
        rule = criterion.parsed
        if rule and rule.tree is None:
            yield Defect(
                ("population", kind, name, "rule"),
                f'The rule "{rule.text}" cannot be read at character {rule.column}: '
                f"{rule.problem}.",
                "Mend the rule, such as `ALT <= 3 ULN` or `biologic within 4 weeks`; if only a "
                "person can tell, write `ask` instead.",
            )


CHECK = Check(
    code="POP001",
    severity="error",
    title="Rule that cannot be read",
    why=(
        "Screening runs the rule, not the words beside it. A rule that cannot be read decides "
        "about nobody."
    ),
    wrong="""
population:
  include:
    anc: {says: Neutrophils at least 1e9/L, rule: ANC at least 1 10*9/L}
""",
    right="""
population:
  include:
    anc: {says: Neutrophils at least 1e9/L, rule: ANC >= 1 10*9/L}
""",
    find=_find,
)
