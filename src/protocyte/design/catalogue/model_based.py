"""Builders of designs that fit a curve to all doses."""

from typing import Final

from protocyte.design.catalogue.builder import Builder, find_cohort_count
from protocyte.design.design import Design
from protocyte.design.model_based.blrm import BLRM
from protocyte.design.model_based.crm import CRM
from protocyte.design.model_based.efftox import EffTox
from protocyte.design.model_based.efftox_fit import PARAMETERS, EffToxPrior
from protocyte.design.model_based.plane import BivariateNormal
from protocyte.design.model_based.skeleton import find_skeleton
from protocyte.design.model_based.tradeoff import TradeOff
from protocyte.errors import DesignError
from protocyte.protocol.dosing import Dosing
from protocyte.protocol.methods import model_based as word


def _crm(settings: word.CRM, dosing: Dosing) -> Design:
    levels = len(dosing.levels)
    skeleton = settings.skeleton
    if skeleton is None:
        one = settings.curve == "logistic"
        skeleton = find_skeleton(
            settings.half_width,
            target=settings.target,
            prior_mtd=settings.prior_mtd or (levels + 1) // 2,
            n_doses=levels,
            curve="logistic" if one else "empiric",
            intercept=settings.intercept,
        )
    if len(skeleton) != levels:
        raise DesignError(
            f"The skeleton has {len(skeleton)} probabilities and the protocol {levels} levels; "
            f"write one a level."
        )
    return CRM(
        target=settings.target,
        skeleton=tuple(skeleton),
        model=settings.curve,
        intercept=settings.intercept,
        prior_sd=settings.prior_sd,
        prior=None if settings.prior is None else _curve_prior(settings.prior),
        estimate=settings.estimate,
        cohorts=find_cohort_count(dosing, usual=10),
        cohort_size=dosing.cohort.size,
        start_dose=dosing.start,
        coherent=settings.coherent,
        no_skipping=not settings.skipping,
    )


def _blrm(settings: word.BLRM, dosing: Dosing) -> Design:
    doses, per_kg = _amounts(dosing)
    if settings.reference.per_kg != per_kg:
        raise DesignError(
            f"The reference dose is {settings.reference} and the levels are "
            f"{'per kilogram' if per_kg else 'whole doses'}; write all in one unit."
        )
    return BLRM(
        doses,
        settings.reference.cells,
        _curve_prior(settings.prior),
        target_interval=settings.on_target,
        overdose_limit=settings.overdose_limit,
        at_the_limit=settings.at_the_limit,
        one_level_up=settings.one_level_up,
        largest_increase=settings.largest_increase,
        negligible=settings.negligible,
        least_at_mtd=settings.least_at_mtd,
        least_on_target=settings.least_on_target,
        stop_when_declared=settings.stop_when_declared,
        cohorts=find_cohort_count(dosing, usual=10),
        cohort_size=dosing.cohort.size,
        start_dose=dosing.start,
    )


def _efftox(settings: word.EffTox, dosing: Dosing) -> Design:
    contour, prior = settings.contour, settings.prior
    beliefs = {name: getattr(prior, name) for name in PARAMETERS}
    return EffTox(
        _amounts(dosing)[0],
        EffToxPrior(**{name: (belief.mean, belief.sd) for name, belief in beliefs.items()}),
        TradeOff(
            contour.least_response,
            (contour.middle_response, contour.middle_toxicity),
            contour.most_toxicity,
        ),
        toxicity_limit=settings.toxicity_limit,
        efficacy_floor=settings.efficacy_floor,
        toxicity_certainty=settings.toxicity_certainty,
        efficacy_certainty=settings.efficacy_certainty,
        reach=settings.reach,
        cohorts=find_cohort_count(dosing, usual=12),
        cohort_size=dosing.cohort.size,
        start_dose=dosing.start,
    )


def _curve_prior(prior: word.CurvePrior) -> BivariateNormal:
    pair = prior.intercept, prior.log_slope
    return BivariateNormal(
        (pair[0].mean, pair[1].mean), (pair[0].sd, pair[1].sd), prior.correlation
    )


def _amounts(dosing: Dosing) -> tuple[tuple[float, ...], bool]:
    """Return the cells of each level, and whether they are per kilogram."""
    doses = [level.dose for level in dosing.levels]
    known = [dose for dose in doses if dose is not None]
    if len(known) < len(doses) or len({dose.per_kg for dose in known}) > 1:
        raise DesignError(
            "This method fits a curve to the doses, and the levels do not all have one in the same "
            "unit; write the dose of each level in cells, or of each in cells/kg."
        )
    return tuple(dose.cells for dose in known), known[0].per_kg


BUILDERS: Final[dict[type, Builder]] = {
    word.CRM: _crm,
    word.BLRM: _blrm,
    word.EffTox: _efftox,
}
"""By the class of their settings."""
