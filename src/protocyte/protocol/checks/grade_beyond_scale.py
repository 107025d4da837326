"""DOS014: a grade that the scale does not have."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol

_HIGHEST_GVHD = 4


def _find(protocol: Protocol) -> Iterator[Defect]:
    dlt = protocol.dosing.dlt if protocol.dosing else None
    for index, clause in enumerate(dlt.is_ if dlt else ()):
        if clause.term == "GvHD" and clause.grade > _HIGHEST_GVHD:
            yield Defect(
                ("dosing", "dlt", "is", index),
                f'"{clause}": acute graft-versus-host disease has grades I to IV.',
                f"Write a grade up to {_HIGHEST_GVHD}.",
            )


CHECK = Check(
    code="DOS014",
    severity="error",
    title="Grade that the scale does not have",
    why=(
        "Adverse events end at grade 5, death; acute graft-versus-host disease ends at grade IV. A "
        "limit above it is never reached, however ill the participant is."
    ),
    wrong="""
dosing:
  dlt: {window: 28 days, is: [GvHD >= 5]}
""",
    right="""
dosing:
  dlt: {window: 28 days, is: [GvHD >= 3]}
""",
    find=_find,
)
