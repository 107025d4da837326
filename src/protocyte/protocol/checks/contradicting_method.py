"""DOS004: settings of a dose method that contradict each other."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.finding import Path
from protocyte.protocol.methods.biological import BOIN12, UseBOIN12
from protocyte.protocol.methods.toxicity import BOIN, UseBOIN, UseThreePlusThree
from protocyte.protocol.plan import Protocol

#: BOIN's limits lie at least this share of the target away from it.
_LEAST_DISTANCE = 0.1
_ROUNDING = 1e-12
_LEAST_CERTAINTY = 0.5
_TRADITIONAL_COHORT = 3


def _find(protocol: Protocol) -> Iterator[Defect]:
    dosing = protocol.dosing
    match dosing and dosing.method:
        case UseBOIN(settings=settings):
            yield from _boin(settings)
        case UseBOIN12(settings=settings):
            yield from _boin12(settings)
        case UseThreePlusThree() if dosing and dosing.cohort.size != _TRADITIONAL_COHORT:
            yield Defect(
                ("dosing", "cohort", "size"),
                f"The method is 3+3 and the cohorts have {dosing.cohort.size} participants.",
                "Write `size: 3`, or choose a method that takes cohorts of any size, such as BOIN.",
            )


def _boin(settings: BOIN) -> Iterator[Defect]:
    here, target = ("dosing", "method", "BOIN"), settings.target
    nearest = _LEAST_DISTANCE * target - _ROUNDING
    if settings.too_low is not None and target - settings.too_low < nearest:
        yield Defect(
            (*here, "too_low"),
            f"too_low = {settings.too_low:g} does not lie below the target {target:g} by a tenth "
            "of it or more.",
            f"Lower it, or leave it out for {0.6 * target:g}.",
        )
    if settings.too_high is not None and settings.too_high - target < nearest:
        yield Defect(
            (*here, "too_high"),
            f"too_high = {settings.too_high:g} does not lie above the target {target:g} by a tenth "
            "of it or more.",
            f"Raise it, or leave it out for {1.4 * target:g}.",
        )
    yield from _certainties(settings, here, "eliminate_above")


def _boin12(settings: BOIN12) -> Iterator[Defect]:
    here, worth = ("dosing", "method", "BOIN12"), settings.utilities
    for end, value in (("response_only", 100), ("toxicity_only", 0)):
        given = getattr(worth, end)
        if given != value:
            yield Defect(
                (*here, "utilities", end),
                f"{end} = {given:g}, and BOIN12's scale begins at 0 for toxicity alone and ends at "
                "100 for response alone.",
                f"Leave {end} out, and state `neither` and `both` between 0 and 100.",
            )
    yield from _certainties(settings, here, "toxicity_certainty", "futility_certainty")


def _certainties(settings: BOIN | BOIN12, here: Path, *names: str) -> Iterator[Defect]:
    for name in names:
        certainty = getattr(settings, name)
        if certainty < _LEAST_CERTAINTY:
            yield Defect(
                (*here, name),
                f"{name} = {certainty:g} closes a dose that is more likely acceptable than not.",
                "Write a certainty near 1, such as 0.95.",
            )


CHECK = Check(
    code="DOS004",
    severity="error",
    title="Dose method that contradicts itself",
    why=(
        "BOIN escalates below one limit and de-escalates above another; the target must lie "
        "between the rates that they are made from, at least a tenth of it away from each. BOIN12 "
        "weighs outcomes on a scale whose ends are fixed: 100 for response alone, 0 for toxicity "
        "alone. A 3+3 treats three at a time."
    ),
    wrong="""
dosing:
  method: {BOIN: {target: 0.3, too_high: 0.25}}
""",
    right="""
dosing:
  method: {BOIN: {target: 0.3, too_high: 0.42}}
""",
    find=_find,
)
