"""POP011: a multiple of normal of something that has no normal range."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.comparison import LIMITS
from protocyte.protocol.plan import Protocol

_WITHOUT_RANGE = frozenset({"age", "weight", "height", "ECOG", "SLEDAI", "BILAG", "PGA", "NYHA"})


def _find(protocol: Protocol) -> Iterator[Defect]:
    for kind, name, criterion in protocol.population.criteria():
        compared = criterion.parsed.unwindowed if criterion.parsed else ()
        for one in compared:
            if one.unit in LIMITS and one.name in _WITHOUT_RANGE:
                yield Defect(
                    ("population", kind, name, "rule"),
                    f"{one} is a multiple of a limit of normal; {one.name} has no normal range.",
                    f"Compare {one.name} with a number in its own unit.",
                )


CHECK = Check(
    code="POP011",
    severity="error",
    title="Limit of normal of something that has none",
    why=(
        "ULN and LLN are the limits that a laboratory prints beside its own value. Scores and ages "
        "have none, so the rule is unknown for everybody."
    ),
    wrong="""
population:
  include:
    ecog: {rule: ECOG <= 2 ULN}
""",
    right="""
population:
  include:
    ecog: {rule: ECOG <= 2}
""",
    find=_find,
)
