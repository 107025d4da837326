"""Builders of designs that look for a dose by its toxicity."""

from typing import Final, Literal

from protocyte.design.catalogue.builder import Builder, find_cohort_count
from protocyte.design.design import Design
from protocyte.design.rules.cap import Cap
from protocyte.design.toxicity.boin import BOIN
from protocyte.design.toxicity.three_plus_three import ThreePlusThree
from protocyte.errors import DesignError
from protocyte.protocol.dosing import Dosing
from protocyte.protocol.methods import toxicity as word

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


def _boin(settings: word.BOIN, dosing: Dosing) -> Design:
    return BOIN(
        target=settings.target,
        n_doses=len(dosing.levels),
        cohorts=find_cohort_count(dosing, usual=10),
        cohort_size=dosing.cohort.size,
        start_dose=dosing.start,
        too_low=settings.too_low,
        too_high=settings.too_high,
        certainty=settings.eliminate_above,
        extra_safe=0.05 if settings.extra_safe else None,
        bound_mtd=settings.bound_mtd,
        early_stop=settings.stop_at,
    )


BUILDERS: Final[dict[type, Builder]] = {
    word.ThreePlusThree: _three_plus_three,
    word.BOIN: _boin,
}
"""By the class of their settings."""
