"""DOS021: ages of a level that the population does not have, or that no level is open to."""

import math
from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.comparison import Comparison
from protocyte.protocol.plan import Protocol

_ROUNDING = 1e-9
_YEARS = "years"


def _find(protocol: Protocol) -> Iterator[Defect]:
    levels = protocol.dosing.levels if protocol.dosing else ()
    admitted = _admitted(protocol)
    youngest, oldest = _ends(admitted)
    for index, level in enumerate(levels):
        if level.ages is None:
            continue
        ages, here = level.ages, ("dosing", "levels", index, "ages")
        below = ages.low is not None and ages.youngest < youngest - _ROUNDING
        # The oldest admitted age may be given in full years, or as a limit that is not reached.
        above = ages.high is not None and ages.oldest > oldest + 1 + _ROUNDING
        apart = ages.youngest > oldest + _ROUNDING or ages.oldest <= youngest + _ROUNDING
        if below or above or apart:
            yield Defect(
                here,
                f"The level is open to {ages}, and the population has {admitted or 'any age'}.",
                "Correct the ages of the level, or the criterion.",
            )
    open_ = [level.ages for level in levels]
    if levels and all(ages is not None for ages in open_):
        first = min(ages.youngest for ages in open_ if ages is not None)
        if youngest + _ROUNDING < first:
            yield Defect(
                ("dosing", "levels", len(levels) - 1, "ages"),
                f"The population has {admitted or 'any age'}, and no level is open to anybody "
                f"younger than {first:g} years.",
                "Open a level to them, or admit no one so young.",
            )


def _admitted(protocol: Protocol) -> Comparison | None:
    """Return the ages that the inclusion criteria admit together."""
    found: Comparison | None = None
    for criterion in protocol.population.include.values():
        for one in criterion.parsed.required if criterion.parsed else ():
            in_years = one.converted(_YEARS) if one.name == "age" else None
            if in_years is not None:
                found = in_years if found is None else found.narrowed(in_years)
    return found


def _ends(admitted: Comparison | None) -> tuple[float, float]:
    low = None if admitted is None else admitted.low
    high = None if admitted is None else admitted.high
    return low or 0.0, math.inf if high is None else high


CHECK = Check(
    code="DOS021",
    severity="error",
    title="Ages of a level that the population contradicts",
    why=(
        "Children and adolescents are often admitted only once higher doses are known to be safe "
        "in adults. An age that one chapter admits and the other does not is either enrolled "
        "without a dose, or promised a dose that nobody may have."
    ),
    wrong="""
dosing:
  levels:
    - {dose: 1e6 cells/kg, ages: 18 years or more}
    - {dose: 3e6 cells/kg, ages: 12 years or more}
""",
    right="""
population:
  include:
    age: {says: Aged 12 to 75 years, rule: age 12..75 years}
dosing:
  levels:
    - {dose: 1e6 cells/kg, ages: 18 years or more}
    - {dose: 3e6 cells/kg, ages: 12 years or more}
""",
    find=_find,
)
