"""DOS008: a dose-limiting toxicity graded on a scale that is not named."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol

_OWN_SCALE = ("CRS", "ICANS", "GvHD")


def _find(protocol: Protocol) -> Iterator[Defect]:
    dlt = protocol.dosing.dlt if protocol.dosing else None
    for index, clause in enumerate(dlt.is_ if dlt else ()):
        if clause.term != "IEC-HS" and protocol.safety.scales.of(clause.term) is None:
            key = clause.term if clause.term in _OWN_SCALE else "AE"
            yield Defect(
                ("dosing", "dlt", "is", index),
                f'"{clause}" names a grade, and no scale is named that gives it.',
                f"Add `{key}:` to `safety.scales`, with its edition.",
                lacks=("safety", "scales", key),
            )


CHECK = Check(
    code="DOS008",
    severity="error",
    title="Dose-limiting toxicity on no scale",
    why=(
        "Grade 3 is not the same on two scales: one trial had 10 % severe cytokine release "
        "syndrome by one and 20 % by another. The scale decides whether the dose goes up."
    ),
    wrong="""
dosing:
  dlt: {window: 28 days, is: [ICANS >= 3]}
safety:
  scales: {ICANS: null}
""",
    right="""
dosing:
  dlt: {window: 28 days, is: [ICANS >= 3]}
safety:
  scales: {ICANS: ASTCT 2019}
""",
    find=_find,
)
