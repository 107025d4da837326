"""DOS007: a number of participants that does not come out in cohorts."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    dosing = protocol.dosing
    if dosing is None or dosing.method is None or dosing.participants is None:
        return
    if getattr(dosing.method.settings, "cohort_sizes", None) is not None:
        return
    size, most = dosing.cohort.size, dosing.participants
    levels = len(dosing.levels) - dosing.start + 1
    if most % size:
        whole = [number for number in (most - most % size, most - most % size + size) if number]
        yield Defect(
            ("dosing", "participants"),
            f"{most} participants are not a whole number of cohorts of {size}: the last cohort has "
            f"{most % size}.",
            f"Write {' or '.join(map(str, whole))}, or change the size of a cohort.",
        )
    elif most < levels * size:
        yield Defect(
            ("dosing", "participants"),
            f"{most} participants in cohorts of {size} do not reach the highest level: {levels} "
            f"levels from the start on take {levels * size}.",
            f"Write {levels * size} or more, or plan fewer levels.",
        )


CHECK = Check(
    code="DOS007",
    severity="warning",
    title="Participants that do not come out in cohorts",
    why=(
        "Decisions are taken after a cohort. A last cohort that is cut short is decided by another "
        "rule than all the others; and with fewer participants than one cohort a level, the "
        "highest level is never tried."
    ),
    wrong="""
population: {planned: 29}
dosing:
  cohort: {size: 3}
  participants: 29
""",
    right="""
population: {planned: 30}
dosing:
  cohort: {size: 3}
  participants: 30
""",
    find=_find,
)
