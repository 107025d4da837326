"""Builders of designs that look for the optimal biological dose."""

from typing import Any, Final

from protocyte.design.biological.boin12 import BOIN12
from protocyte.design.biological.boin_et import BOINET
from protocyte.design.biological.boin_et_limits import BOINETLimits
from protocyte.design.biological.tepi import TEPI
from protocyte.design.biological.u_boin import UBOIN
from protocyte.design.catalogue.builder import Builder, find_cohort_count
from protocyte.design.design import Design
from protocyte.protocol.dosing import Dosing
from protocyte.protocol.methods import biological as word


def _boin12(settings: word.BOIN12, dosing: Dosing) -> Design:
    return BOIN12(
        **_trial(dosing, usual=12),
        toxicity_limit=settings.toxicity_limit,
        efficacy_floor=settings.efficacy_floor,
        utilities_of=_worth(settings.utilities),
        early_stop=settings.stop_at,
        toxicity_certainty=settings.toxicity_certainty,
        futility_certainty=settings.futility_certainty,
        explore_from=9 if settings.explore else None,
    )


def _u_boin(settings: word.UBOIN, dosing: Dosing) -> Design:
    return UBOIN(
        **_trial(dosing, usual=18),
        toxicity_limit=settings.toxicity_limit,
        efficacy_floor=settings.efficacy_floor,
        utilities_of=_worth(settings.utilities),
        margin=settings.margin,
        stage_one=settings.stage_one,
        stage_two=settings.stage_two,
        toxicity_certainty=settings.toxicity_certainty,
        futility_certainty=settings.futility_certainty,
        prior=_worth(settings.prior),
        next_dose=settings.next_dose,
        candidates=settings.candidates,
    )


def _boin_et(settings: word.BOINET, dosing: Dosing) -> Design:
    limits = settings.limits
    return BOINET(
        **_trial(dosing, usual=12),
        toxicity_target=settings.toxicity_target,
        efficacy_target=settings.efficacy_target,
        too_safe=settings.too_safe,
        too_toxic=settings.too_toxic,
        too_weak=settings.too_weak,
        early_stop=settings.stop_at,
        toxicity_certainty=settings.toxicity_certainty,
        futility_certainty=settings.futility_certainty,
        limits=None
        if limits is None
        else BOINETLimits(limits.lambda_1, limits.lambda_2, limits.eta_1),
        reading=settings.reading,
        tied=settings.tied,
        conduct=settings.conduct,
        select_by=settings.select_by,
        scores=_worth(settings.scores),
    )


def _tepi(settings: word.TEPI, dosing: Dosing) -> Design:
    return TEPI(
        **_trial(dosing, usual=10),
        toxicity_target=settings.toxicity_target,
        efficacy_floor=settings.efficacy_floor,
        toxicity_cuts=settings.toxicity_cuts,
        efficacy_cuts=settings.efficacy_cuts,
        moves=settings.moves,
        early_stop=settings.stop_at,
        toxicity_certainty=settings.toxicity_certainty,
        futility_chance=settings.futility_chance,
        harmless=settings.harmless,
        useful=settings.useful,
        estimate=settings.estimate,
    )


def _trial(dosing: Dosing, *, usual: int) -> dict[str, Any]:
    """Return what every one of these designs takes from the dosing chapter."""
    return {
        "n_doses": len(dosing.levels),
        "cohorts": find_cohort_count(dosing, usual=usual),
        "cohort_size": dosing.cohort.size,
        "start_dose": dosing.start,
    }


def _worth(worth: word.Utilities | word.Prior) -> tuple[float, float, float, float]:
    """Return numbers by outcome, in the order of designs."""
    return worth.response_only, worth.neither, worth.both, worth.toxicity_only


BUILDERS: Final[dict[type, Builder]] = {
    word.BOIN12: _boin12,
    word.UBOIN: _u_boin,
    word.BOINET: _boin_et,
    word.TEPI: _tepi,
}
"""By the class of their settings."""
