"""Builders of designs that look for a dose by its toxicity."""

from itertools import accumulate
from typing import Any, Final, Literal

from protocyte.design.catalogue.builder import Builder, find_cohort_count
from protocyte.design.design import Design
from protocyte.design.rules.cap import Cap
from protocyte.design.toxicity.boin import BOIN
from protocyte.design.toxicity.decision_table import LetterTable
from protocyte.design.toxicity.i3_plus_3 import I3Plus3
from protocyte.design.toxicity.interval import TableDesign
from protocyte.design.toxicity.keyboard import Keyboard
from protocyte.design.toxicity.mtpi import MTPI, MTPI2
from protocyte.design.toxicity.rolling_six import RollingSix
from protocyte.design.toxicity.three_plus_three import ThreePlusThree
from protocyte.errors import DesignError
from protocyte.protocol.dosing import Dosing
from protocyte.protocol.methods import toxicity as word
from protocyte.protocol.methods.decision_table import DecisionTable

_FORMS: Final[dict[str, Literal["A", "B", "C"]]] = {
    "no de-escalation": "A",
    "de-escalation": "B",
    "six at the MTD": "C",
}


def _three_plus_three(settings: word.ThreePlusThree, dosing: Dosing) -> Design:
    if dosing.cohort.size != 3:
        raise DesignError(
            f"3+3 treats cohorts of 3 and the protocol has cohorts of {dosing.cohort.size}; set "
            "`dosing.cohort.size` to 3."
        )
    levels = len(dosing.levels)
    design = ThreePlusThree(n_doses=levels, form=_FORMS[settings.form], start_dose=dosing.start)
    if dosing.participants is not None and dosing.participants < design.planned:
        return Cap(design, participants=dosing.participants)
    return design


def _rolling_six(settings: word.RollingSix, dosing: Dosing) -> Design:
    design = RollingSix(
        n_doses=len(dosing.levels),
        cohort_size=dosing.cohort.size,
        start_dose=dosing.start,
        five_clean=settings.five_clean,
    )
    if dosing.participants is not None and dosing.participants < design.planned:
        return Cap(design, participants=dosing.participants)
    return design


def _interval(settings: word.IntervalSettings, dosing: Dosing) -> dict[str, Any]:
    """Return what every interval design takes."""
    cohorts, sizes = _cohorts(settings.cohort_sizes, dosing)
    return {
        "target": settings.target,
        "n_doses": len(dosing.levels),
        "cohorts": cohorts,
        "cohort_size": sizes,
        "start_dose": dosing.start,
        "certainty": settings.eliminate_above,
        "close_from": settings.eliminate_from,
        "extra_safe": settings.extra_safe_offset if settings.extra_safe else None,
        "early_stop": settings.stop_at,
        "early_stop_when": settings.stop_when,
    }


def _cohorts(sizes: tuple[int, ...] | None, dosing: Dosing) -> tuple[int, int | tuple[int, ...]]:
    """Return how many cohorts there are and their sizes; a rest of the participants makes none."""
    if sizes is None:
        return find_cohort_count(dosing, usual=10), dosing.cohort.size
    if dosing.participants is None:
        return max(10, len(sizes)), sizes
    whole = (*sizes, *sizes[-1:] * dosing.participants)
    cohorts = sum(total <= dosing.participants for total in accumulate(whole))
    return max(cohorts, 1), sizes[: max(cohorts, 1)]


def _boin(settings: word.BOIN, dosing: Dosing) -> Design:
    return BOIN(
        **_interval(settings, dosing),
        too_low=settings.too_low,
        too_high=settings.too_high,
        bound_mtd=settings.bound_mtd,
        adjusted=settings.adjusted,
    )


def _equivalence(settings: word.EquivalenceSettings, dosing: Dosing) -> dict[str, Any]:
    """Return what every design takes that has an interval around the target."""
    margins = {"margin_below": settings.margin_below, "margin_above": settings.margin_above}
    return _interval(settings, dosing) | margins


def _i3_plus_3(settings: word.I3Plus3, dosing: Dosing) -> Design:
    return I3Plus3(**_equivalence(settings, dosing))


def _mtpi(settings: word.MTPI, dosing: Dosing) -> Design:
    return MTPI(**_equivalence(settings, dosing))


def _mtpi2(settings: word.MTPI2, dosing: Dosing) -> Design:
    return MTPI2(**_equivalence(settings, dosing))


def _keyboard(settings: word.Keyboard, dosing: Dosing) -> Design:
    return Keyboard(**_equivalence(settings, dosing), edges=settings.edges)


def _decision_table(settings: DecisionTable, dosing: Dosing) -> Design:
    cohorts, sizes = _cohorts(settings.cohort_sizes, dosing)
    return TableDesign(
        LetterTable(tuple((row.n, row.letters) for row in settings.rows)),
        target=settings.target,
        n_doses=len(dosing.levels),
        cohorts=cohorts,
        cohort_size=sizes,
        start_dose=dosing.start,
        early_stop=settings.stop_at,
        early_stop_when=settings.stop_when,
    )


BUILDERS: Final[dict[type, Builder]] = {
    word.ThreePlusThree: _three_plus_three,
    word.RollingSix: _rolling_six,
    word.I3Plus3: _i3_plus_3,
    word.MTPI: _mtpi,
    word.MTPI2: _mtpi2,
    word.Keyboard: _keyboard,
    word.BOIN: _boin,
    DecisionTable: _decision_table,
}
"""By the class of their settings."""
