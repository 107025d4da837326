"""DOS015: a dose-limiting toxicity that another one already covers."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol
from protocyte.protocol.toxicity import GROUPS, ToxicityClause


def _find(protocol: Protocol) -> Iterator[Defect]:
    dlt = protocol.dosing.dlt if protocol.dosing else None
    clauses = dlt.is_ if dlt else ()
    for index, clause in enumerate(clauses):
        wider = next(
            (
                other
                for number, other in enumerate(clauses)
                if number != index
                and _covers(other, clause)
                and (number < index or not _covers(clause, other))
            ),
            None,
        )
        if wider is not None:
            yield Defect(
                ("dosing", "dlt", "is", index),
                f'"{clause}" adds nothing to "{wider}".',
                "Remove it, or correct the grade or the duration of one of the two.",
            )


def _covers(wide: ToxicityClause, narrow: ToxicityClause) -> bool:
    """Tell whether whatever meets the narrow clause meets the wide one as well."""
    is_same = wide.term == narrow.term or (wide.term == "AE" and narrow.term in GROUPS)
    if not is_same or wide.grade > narrow.grade:
        return False
    if wide.lasting is None:
        return True
    if narrow.lasting is None:
        return False
    longer = narrow.lasting.nominal_days - wide.lasting.nominal_days
    return longer > 0 or (longer == 0 and (narrow.longer or not wide.longer))


CHECK = Check(
    code="DOS015",
    severity="note",
    title="Toxicity that adds nothing",
    why=(
        "Any one of the toxicities is enough. One that is a part of another never decides "
        "anything; mostly a grade is mistyped, and the real limit is missing."
    ),
    wrong="""
dosing:
  dlt: {window: 28 days, is: [CRS >= 3, CRS >= 4]}
""",
    right="""
dosing:
  dlt: {window: 28 days, is: [CRS >= 4, CRS >= 3 for > 3 days]}
""",
    find=_find,
)
