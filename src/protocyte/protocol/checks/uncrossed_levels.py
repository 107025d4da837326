"""DOS020: lymphodepletion regimens that do not make a table with the doses."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.dosing import Dosing
from protocyte.protocol.methods.combination import UseCombination
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    dosing = protocol.dosing
    if dosing is None:
        return
    depletion = protocol.schedule.activities.lymphodepletion
    known = tuple(depletion.regimens) if depletion else ()
    for index, level in enumerate(dosing.levels):
        if level.regimen is not None and level.regimen not in known:
            listed = f"there are {', '.join(known)}" if known else "none is described"
            yield Defect(
                ("dosing", "levels", index, "regimen"),
                f'No lymphodepletion regimen is called "{level.regimen}"; {listed}.',
                "Describe it under `schedule.activities.lymphodepletion.regimens`.",
                lacks=("schedule", "activities"),
            )
    if isinstance(dosing.method, UseCombination):
        yield from _table(dosing)
    elif len(dosing.regimens) > 1 and dosing.method is not None:
        name = type(dosing.method).model_fields["settings"].alias
        yield Defect(
            ("dosing", "method"),
            f"Levels have {len(dosing.regimens)} regimens, and {name} takes them for one ladder of "
            "doses.",
            "Choose `BOIN combination`, or give every level the same regimen.",
        )


def _table(dosing: Dosing) -> Iterator[Defect]:
    regimens = dosing.regimens
    if len(regimens) < 2:
        yield Defect(
            ("dosing", "method", "BOIN combination"),
            f"The levels name {len(regimens)} lymphodepletion regimens, and the method crosses "
            "doses with at least two.",
            "Give every level its `regimen`, or choose BOIN.",
        )
    elif len(dosing.levels) % len(regimens) or dosing.uncrossed:
        index = next(iter(dosing.uncrossed), len(dosing.levels) - 1)
        yield Defect(
            ("dosing", "levels", index),
            f"{dosing.label(index + 1)} does not continue a table of every dose with "
            f"{' and '.join(regimens)}, dose by dose.",
            "List each dose once with every regimen, the regimens in the same order each time.",
        )


CHECK = Check(
    code="DOS020",
    severity="error",
    title="Regimens that are not crossed with the doses",
    why=(
        "A design for two factors moves along one at a time. It needs every dose with every "
        "lymphodepletion regimen, in an order in which neither makes the treatment milder."
    ),
    wrong="""
schedule:
  activities:
    lymphodepletion: {days: -5..-3, rest: -2..-1, regimens: {reduced: {}, full: {}}}
dosing:
  levels:
    - {dose: 1e6 cells/kg, regimen: reduced}
    - {dose: 1e6 cells/kg, regimen: full}
    - {dose: 3e6 cells/kg, regimen: full}
  method: {BOIN: null, BOIN combination: {target: 0.3}}
""",
    right="""
schedule:
  activities:
    lymphodepletion: {days: -5..-3, rest: -2..-1, regimens: {reduced: {}, full: {}}}
dosing:
  levels:
    - {dose: 1e6 cells/kg, regimen: reduced}
    - {dose: 1e6 cells/kg, regimen: full}
    - {dose: 3e6 cells/kg, regimen: reduced}
    - {dose: 3e6 cells/kg, regimen: full}
  method: {BOIN: null, BOIN combination: {target: 0.3}}
""",
    find=_find,
)
