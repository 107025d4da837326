"""POP002: a criterion whose own bounds cross."""

from collections.abc import Iterator
from itertools import combinations

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    for kind, name, criterion in protocol.population.criteria():
        required = criterion.parsed.required if criterion.parsed else ()
        alone = [str(one) for one in required if one.is_empty]
        together = [
            f"{one} and {other}" for one, other in combinations(required, 2) if one.crosses(other)
        ]
        crossing = next(iter(alone + together), "")
        if crossing:
            effect = "nobody can meet it" if kind == "include" else "it excludes nobody"
            yield Defect(
                ("population", kind, name, "rule"),
                f"No value satisfies {crossing}: {effect}.",
                "Exchange the bounds, or correct one of them.",
            )


CHECK = Check(
    code="POP002",
    severity="error",
    title="Criterion that nobody can meet",
    why=(
        "A lower bound above the upper one is a slip of the pen that stops recruitment, or, in an "
        "exclusion, lets everybody through."
    ),
    wrong="""
population:
  include:
    age: {says: Adults up to 75 years, rule: age 75..18 years}
""",
    right="""
population:
  include:
    age: {says: Adults up to 75 years, rule: age 18..75 years}
""",
    find=_find,
)
