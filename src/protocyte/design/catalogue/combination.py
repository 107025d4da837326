"""Builder of the design that looks for a dose and a lymphodepletion regimen together."""

from typing import Final

from protocyte.design.catalogue.builder import Builder, find_cohort_count
from protocyte.design.design import Design
from protocyte.design.toxicity.combination import CombinationBOIN
from protocyte.errors import DesignError
from protocyte.protocol.dosing import Dosing
from protocyte.protocol.methods.combination import Combination


def _combination(settings: Combination, dosing: Dosing) -> Design:
    regimens = dosing.regimens
    if not regimens or len(dosing.levels) % len(regimens) or dosing.uncrossed:
        raise DesignError(
            "BOIN for two factors needs a level for every dose with every regimen, dose by dose; "
            "give each level its `regimen`, and list the regimens in the same order at each dose."
        )
    dose, regimen = divmod(dosing.start - 1, len(regimens))
    return CombinationBOIN(
        doses=len(dosing.levels) // len(regimens),
        regimens=len(regimens),
        target=settings.target,
        cohorts=find_cohort_count(dosing, usual=20),
        cohort_size=dosing.cohort.size,
        start_at=(dose + 1, regimen + 1),
        too_low=settings.too_low,
        too_high=settings.too_high,
        certainty=settings.eliminate_above,
        early_stop=settings.stop_at,
        tied=settings.tied,
        rounded=settings.rounded,
        closes=settings.closes,
        names=tuple(dosing.label(number) for number in range(1, len(dosing.levels) + 1)),
    )


BUILDERS: Final[dict[type, Builder]] = {Combination: _combination}
"""By the class of their settings."""
