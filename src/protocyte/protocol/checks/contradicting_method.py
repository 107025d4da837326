"""DOS004: settings of a dose method that contradict each other."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.dosing import Dosing
from protocyte.protocol.finding import Path
from protocyte.protocol.methods.biological import BOIN12, UseBOIN12
from protocyte.protocol.methods.decision_table import (
    DecisionTable,
    UseDecisionTable,
    check_entries,
)
from protocyte.protocol.methods.toxicity import (
    BOIN,
    EquivalenceSettings,
    IntervalSettings,
    UseBOIN,
    UseI3Plus3,
    UseKeyboard,
    UseMTPI,
    UseMTPI2,
    UseRollingSix,
    UseThreePlusThree,
)
from protocyte.protocol.plan import Protocol

#: BOIN's limits lie at least this share of the target away from it.
_LEAST_DISTANCE = 0.1
_ROUNDING = 1e-12
_LEAST_CERTAINTY = 0.5
_TRADITIONAL_COHORT = 3
_SIX = 6
#: Targets that each adjustment of BOIN's table is for.
_ADJUSTED = {"stay at 1 of 3": (0.2, 0.279), "de-escalate at 2 of 6": (0.28, 0.33)}


def _find(protocol: Protocol) -> Iterator[Defect]:
    dosing = protocol.dosing
    match dosing and dosing.method:
        case UseBOIN(settings=settings):
            yield from _boin(settings)
        case UseBOIN12(settings=settings):
            yield from _boin12(settings)
        case (
            UseI3Plus3(settings=settings)
            | UseMTPI(settings=settings)
            | UseMTPI2(settings=settings)
            | UseKeyboard(settings=settings)
        ) as method:
            alias = type(method).model_fields["settings"].alias or ""
            yield from _equivalence(settings, ("dosing", "method", alias))
        case UseDecisionTable(settings=settings) if dosing:
            yield from _decision_table(settings, dosing)
        case UseRollingSix() if dosing and dosing.cohort.size > _SIX:
            yield Defect(
                ("dosing", "cohort", "size"),
                f"Rolling six has at most six at a dose and cohorts have {dosing.cohort.size} "
                "participants.",
                "Write how many are enrolled before an answer is awaited, 1 to 6.",
            )
        case UseThreePlusThree(settings=settings) if (
            dosing and dosing.start > 1 and settings.form == "no de-escalation"
        ):
            yield Defect(
                ("dosing", "start"),
                f"The trial starts at level {dosing.start} and this form of 3+3 never goes down.",
                "Start at level 1, or write `form: de-escalation` or `form: six at the MTD`.",
            )
        case UseThreePlusThree() if dosing and dosing.cohort.size != _TRADITIONAL_COHORT:
            yield Defect(
                ("dosing", "cohort", "size"),
                f"The method is 3+3 and the cohorts have {dosing.cohort.size} participants.",
                "Write `size: 3`, or choose a method that takes cohorts of any size, such as BOIN.",
            )


def _equivalence(settings: EquivalenceSettings, here: Path) -> Iterator[Defect]:
    low = settings.target - settings.margin_below
    high = settings.target + settings.margin_above
    if (
        low <= _ROUNDING
        or high >= 1 - _ROUNDING
        or settings.margin_below + settings.margin_above == 0
    ):
        yield Defect(
            (*here, "target"),
            f"The interval {low:g} to {high:g} around the target {settings.target:g} is empty or "
            "does not lie between 0 and 1.",
            "Write `margin_below` and `margin_above` that it leaves room for, such as 0.05.",
        )
    yield from _certainties(settings, here, "eliminate_above")


def _decision_table(settings: DecisionTable, dosing: Dosing) -> Iterator[Defect]:
    sizes = settings.cohort_sizes or (dosing.cohort.size,)
    most = dosing.participants or 10 * dosing.cohort.size
    if settings.cohort_sizes is None:
        most = max(most // dosing.cohort.size, 1) * dosing.cohort.size
    enough = settings.stop_at if settings.stop_when == "always" else None
    missing = check_entries(settings.cells, sizes, most=most, enough=enough)
    if missing:
        n, tox = missing[0]
        yield Defect(
            ("dosing", "method", "decision table", "rows"),
            f"The table does not say what follows from {tox} DLTs in {n} participants at a dose, "
            f"where cohorts of {' or '.join(map(str, sorted(set(sizes))))} can come.",
            f"Add {'a row' if all(row.n != n for row in settings.rows) else 'it to the row'} for "
            f"{n} participants, or stop earlier (`stop_at` with `stop_when: always`).",
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
    if settings.adjusted is not None:
        least, most = _ADJUSTED[settings.adjusted]
        if not least <= target <= most:
            yield Defect(
                (*here, "adjusted"),
                f"{settings.adjusted} is for targets from {least:g} to {most:g}, and the target "
                f"is {target:g}.",
                "Leave it out.",
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


def _certainties(settings: IntervalSettings | BOIN12, here: Path, *names: str) -> Iterator[Defect]:
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
