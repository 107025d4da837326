"""Builders of designs that look for the optimal biological dose."""

from typing import Final

from protocyte.design.biological.boin12 import BOIN12
from protocyte.design.catalogue.builder import Builder, find_cohort_count
from protocyte.design.design import Design
from protocyte.protocol.dosing import Dosing
from protocyte.protocol.methods import biological as word


def _boin12(settings: word.BOIN12, dosing: Dosing) -> Design:
    worth = settings.utilities
    return BOIN12(
        n_doses=len(dosing.levels),
        toxicity_limit=settings.toxicity_limit,
        efficacy_floor=settings.efficacy_floor,
        utilities_of=(worth.response_only, worth.neither, worth.both, worth.toxicity_only),
        cohorts=find_cohort_count(dosing, usual=12),
        cohort_size=dosing.cohort.size,
        start_dose=dosing.start,
        early_stop=settings.stop_at,
        toxicity_certainty=settings.toxicity_certainty,
        futility_certainty=settings.futility_certainty,
        explore_from=9 if settings.explore else None,
    )


BUILDERS: Final[dict[type, Builder]] = {word.BOIN12: _boin12}
"""By the class of their settings."""
