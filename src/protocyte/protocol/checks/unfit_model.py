"""DOS022: a dose-toxicity model that does not fit the dose levels."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.dosing import Dosing
from protocyte.protocol.finding import Path
from protocyte.protocol.methods.late_onset import UseTITECRM
from protocyte.protocol.methods.model_based import UseBLRM, UseCRM, UseEffTox
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    dosing = protocol.dosing
    if dosing is None or dosing.method is None:
        return
    here = ("dosing", "method", str(type(dosing.method).model_fields["settings"].alias))
    match dosing.method:
        case UseCRM() | UseTITECRM():
            yield from _levels(dosing.method, dosing, here)
        case UseBLRM(settings=settings):
            yield from _amounts(dosing, here)
            units = {level.dose.per_kg for level in dosing.levels if level.dose is not None}
            if units and settings.reference.per_kg not in units:
                yield Defect(
                    (*here, "reference"),
                    f"The reference dose is {settings.reference}, and no level has that unit.",
                    "Write it in the unit of the levels.",
                )
        case UseEffTox():
            yield from _amounts(dosing, here)


def _levels(method: UseCRM | UseTITECRM, dosing: Dosing, here: Path) -> Iterator[Defect]:
    levels, settings = len(dosing.levels), method.settings
    if settings.skeleton is not None and len(settings.skeleton) != levels:
        yield Defect(
            (*here, "skeleton"),
            f"The skeleton has {len(settings.skeleton)} probabilities and there are {levels} "
            f"levels.",
            "Write one probability a level, or leave it out and give a half-width.",
        )
    if settings.prior_mtd is not None and settings.prior_mtd > levels:
        yield Defect(
            (*here, "prior_mtd"),
            f"Level {settings.prior_mtd} is guessed to be the MTD, and there are {levels} levels.",
            "Name a level that exists.",
        )


def _amounts(dosing: Dosing, here: Path) -> Iterator[Defect]:
    """Find what keeps a curve on the dose itself from being fitted."""
    unknown = [number for number, level in enumerate(dosing.levels, start=1) if level.dose is None]
    units = {level.dose.per_kg for level in dosing.levels if level.dose is not None}
    if unknown:
        numbers = ", ".join(map(str, unknown))
        yield Defect(
            here,
            f"{here[-1]} fits a curve to the doses, and level {numbers} has none.",
            "Write the dose of every level, or choose a method that needs the order only, such "
            "as CRM or BOIN.",
            lacks=("dosing", "levels"),
        )
    elif len(units) > 1:
        yield Defect(
            here,
            f"{here[-1]} fits a curve to the doses, and some are per kilogram and some are not.",
            "Write all levels in one unit.",
        )


CHECK = Check(
    code="DOS022",
    severity="error",
    title="Model that does not fit the levels",
    why=(
        "A model-based method needs a prior guess for each level, or the dose of each level as a "
        "number in one unit. With a guess too many or a dose too few there is no curve to fit."
    ),
    wrong="""
dosing:
  method: {BOIN: null, CRM: {target: 0.3, skeleton: [0.1, 0.2, 0.3, 0.4]}}
""",
    right="""
dosing:
  method: {BOIN: null, CRM: {target: 0.3, skeleton: [0.1, 0.2, 0.3]}}
""",
    find=_find,
)
