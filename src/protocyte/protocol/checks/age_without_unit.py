"""POP012: an age that is not given in years or another length of time."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.comparison import LIMITS
from protocyte.protocol.plan import Protocol

_TIMES = frozenset({"year", "years", "month", "months", "week", "weeks", "day", "days"})


def _find(protocol: Protocol) -> Iterator[Defect]:
    for kind, name, criterion in protocol.population.criteria():
        compared = criterion.parsed.unwindowed if criterion.parsed else ()
        for one in compared:
            if one.name == "age" and one.unit not in (*_TIMES, *LIMITS):
                yield Defect(
                    ("population", kind, name, "rule"),
                    f'"{one}" gives the age '
                    + (f"in {one.unit}." if one.unit else "without a unit."),
                    "Write years, months, weeks or days after the number.",
                )


CHECK = Check(
    code="POP012",
    severity="warning",
    title="Age without a unit of time",
    why=(
        "Trials that admit children count ages in months as well. A bare number leaves it to the "
        "reader which is meant, and values without a unit are not compared."
    ),
    wrong="""
population:
  include:
    age: {rule: age >= 18}
""",
    right="""
population:
  include:
    age: {rule: age >= 18 years}
""",
    find=_find,
)
