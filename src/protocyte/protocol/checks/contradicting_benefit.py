"""DOS019: settings of a method that weighs benefit which contradict each other."""

from collections.abc import Iterator
from itertools import pairwise

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.finding import Path
from protocyte.protocol.methods.biological import (
    BOINET,
    TEPI,
    UBOIN,
    UseBOINET,
    UseTEPI,
    UseUBOIN,
    Utilities,
)
from protocyte.protocol.plan import Protocol

_LEAST_TARGET = 0.05


def _find(protocol: Protocol) -> Iterator[Defect]:
    match protocol.dosing and protocol.dosing.method:
        case UseUBOIN(settings=settings):
            yield from _u_boin(settings, ("dosing", "method", "U-BOIN"))
        case UseBOINET(settings=settings):
            yield from _boin_et(settings, ("dosing", "method", "BOIN-ET"))
        case UseTEPI(settings=settings):
            yield from _tepi(settings, ("dosing", "method", "TEPI"))


def _u_boin(settings: UBOIN, here: Path) -> Iterator[Defect]:
    yield from _ends(settings.utilities, (*here, "utilities"))
    if settings.toxicity_limit - settings.margin < _LEAST_TARGET:
        yield Defect(
            (*here, "margin"),
            f"The first stage aims at {settings.toxicity_limit - settings.margin:g}, "
            f"{settings.margin:g} below the limit, and BOIN needs at least {_LEAST_TARGET:g}.",
            "Write a smaller margin, such as 0.05.",
        )
    if settings.stage_one >= settings.stage_two:
        yield Defect(
            (*here, "stage_one"),
            f"The second stage begins with {settings.stage_one} participants at a dose and the "
            f"trial stops with {settings.stage_two}: there is no second stage.",
            "Write a smaller `stage_one`, or a larger `stage_two`.",
        )


def _boin_et(settings: BOINET, here: Path) -> Iterator[Defect]:
    tox, eff = settings.toxicity_target, settings.efficacy_target
    low = 0.1 * tox if settings.too_safe is None else settings.too_safe
    high = 1.4 * tox if settings.too_toxic is None else settings.too_toxic
    weak = 0.6 * eff if settings.too_weak is None else settings.too_weak
    yield from _rising(
        (*here, "toxicity_target"), {"too_safe": low, "toxicity_target": tox, "too_toxic": high}
    )
    yield from _rising((*here, "efficacy_target"), {"too_weak": weak, "efficacy_target": eff})
    if settings.limits is not None:
        lower, upper = settings.limits.lambda_1, settings.limits.lambda_2
        yield from _rising((*here, "limits"), {"lambda_1": lower, "lambda_2": upper})
    if settings.select_by == "scores":
        yield from _ends(settings.scores, (*here, "scores"))


def _tepi(settings: TEPI, here: Path) -> Iterator[Defect]:
    for name in ("toxicity_cuts", "efficacy_cuts", "harmless", "useful"):
        values = getattr(settings, name)
        if any(low >= high for low, high in pairwise(values)):
            yield Defect(
                (*here, name),
                f"{name} {', '.join(f'{value:g}' for value in values)} do not rise.",
                "Write each probability once, the smallest first.",
            )
    rows, columns = len(settings.toxicity_cuts) + 1, len(settings.efficacy_cuts) + 1
    if len(settings.moves) != rows or any(len(row) != columns for row in settings.moves):
        yield Defect(
            (*here, "moves"),
            f"The cuts make {rows} intervals of toxicity and {columns} of response, and the moves "
            f"are {', '.join(settings.moves)}.",
            f"Write {rows} rows of {columns} letters.",
        )


def _rising(here: Path, values: dict[str, float]) -> Iterator[Defect]:
    for (below, low), (above, high) in pairwise(values.items()):
        if low >= high or high >= 1:
            yield Defect(
                here,
                f"{below} = {low:g} and {above} = {high:g}: the first must lie below the second, "
                "and both below 1.",
                "Correct one of them, or leave it out for the usual one.",
            )


def _ends(worth: Utilities, here: Path) -> Iterator[Defect]:
    for end, value in (("response_only", 100), ("toxicity_only", 0)):
        given = getattr(worth, end)
        if given != value:
            yield Defect(
                (*here, end),
                f"{end} = {given:g}, and the scale begins at 0 for toxicity alone and ends at 100 "
                "for response alone.",
                f"Leave {end} out, and state `neither` and `both` between 0 and 100.",
            )


CHECK = Check(
    code="DOS019",
    severity="error",
    title="Method that weighs benefit contradicts itself",
    why=(
        "U-BOIN, BOIN-ET and TEPI compare toxicity and response with limits that must rise, and "
        "weigh outcomes on a scale whose ends are fixed. With limits that cross, the same "
        "participants ask for two moves at once, or for none."
    ),
    wrong="""
dosing:
  finds: optimal biological dose
  efficacy: {endpoint: orr, at: Day 28}
  method: {BOIN: null, BOIN-ET: {efficacy_target: 0.3, too_weak: 0.4}}
""",
    right="""
dosing:
  finds: optimal biological dose
  efficacy: {endpoint: orr, at: Day 28}
  method: {BOIN: null, BOIN-ET: {efficacy_target: 0.5, too_weak: 0.3}}
""",
    find=_find,
)
