"""POP009: a definition that refers back to itself."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    population = protocol.population
    uses = {name: population.uses(name) for name in population.define}
    reported: set[str] = set()
    for name in uses:
        circle = _circle(name, uses)
        if circle and not reported & set(circle):
            reported |= set(circle)
            yield Defect(
                ("population", "define", name),
                f"The definition goes in a circle: {' → '.join(circle)}.",
                "Define one of them by facts alone.",
            )


def _circle(start: str, uses: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the way from a definition back to itself, or nothing."""
    seen: set[str] = set()
    trails: list[tuple[str, ...]] = [(start,)]
    while trails:
        trail = trails.pop()
        for name in uses[trail[-1]]:
            if name == start:
                return (*trail, start)
            if name not in seen:
                seen.add(name)
                trails.append((*trail, name))
    return ()


CHECK = Check(
    code="POP009",
    severity="error",
    title="Circular definition",
    why=(
        "A definition may use others. If one of them leads back to it, there is nothing to begin "
        "with and the value is never known."
    ),
    wrong="""
population:
  define:
    immunosuppressant: [methotrexate, steroid]
    steroid: [prednisone, immunosuppressant]
  exclude:
    washout: {rule: immunosuppressant within 4 weeks}
""",
    right="""
population:
  define:
    immunosuppressant: [methotrexate, steroid]
    steroid: [prednisone, dexamethasone]
  exclude:
    washout: {rule: immunosuppressant within 4 weeks}
""",
    find=_find,
)
