"""POP003: criteria that nobody can meet together."""

from collections.abc import Iterator
from itertools import combinations

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.comparison import Comparison
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    population = protocol.population
    # What may be waived need not hold, and what is impossible alone is POP002.
    required = [
        (name, comparison)
        for name, criterion in population.include.items()
        if criterion.parsed and not criterion.waive
        for comparison in criterion.parsed.required
        if not comparison.is_empty
    ]
    reported = set()
    for (first, one), (second, other) in combinations(required, 2):
        if first != second and second not in reported and one.crosses(other):
            reported.add(second)
            yield _contradiction(
                "include", second, f"{other} cannot hold together with {one} of include.{first}"
            )
    for name, criterion in population.exclude.items():
        if criterion.parsed is None or criterion.waive:
            continue
        rules = {
            " ".join(included.rule.split()): key
            for key, included in population.include.items()
            if included.rule and not included.waive
        }
        same = rules.get(" ".join(criterion.parsed.text.split()))
        if same:
            yield _contradiction("exclude", name, f"its rule is also that of include.{same}")
            continue
        for group in criterion.parsed.alternatives:
            if all(_holds_for_all(condition, required) for condition in group):
                removed = " and ".join(str(condition) for condition in group)
                yield _contradiction(
                    "exclude",
                    name,
                    f"{removed} removes everybody whom the inclusions admit",
                )
                break


def _holds_for_all(condition: Comparison, required: list[tuple[str, Comparison]]) -> bool:
    """Tell whether whoever is included satisfies a condition."""
    admitted: Comparison | None = None
    for _, comparison in required:
        if comparison.name == condition.name and comparison.converted(condition.unit):
            admitted = comparison if admitted is None else admitted.narrowed(comparison)
            if admitted is None:
                return False
    return admitted is not None and not admitted.is_empty and condition.covers(admitted)


def _contradiction(kind: str, name: str, what: str) -> Defect:
    return Defect(
        ("population", kind, name, "rule"),
        f"Nobody can be enrolled: {what}.",
        "Correct one of the two; an exclusion states what removes a person, not what admits one.",
    )


CHECK = Check(
    code="POP003",
    severity="error",
    title="Criteria that contradict each other",
    why=(
        "A person is enrolled if every inclusion holds and no exclusion does. An exclusion that is "
        "written as if it were an inclusion, or two limits that do not meet, leave nobody."
    ),
    wrong="""
population:
  include:
    haemoglobin: {rule: haemoglobin >= 60 g/L}
  exclude:
    anaemia: {rule: haemoglobin > 5 g/dL}
""",
    right="""
population:
  include:
    haemoglobin: {rule: haemoglobin >= 60 g/L}
  exclude:
    polycythaemia: {rule: haemoglobin > 20 g/dL}
""",
    find=_find,
)
