"""From the words of a protocol to the design that runs."""

from typing import Final, Literal

from protocyte.design.boin import BOIN
from protocyte.design.boin12 import BOIN12
from protocyte.design.design import Design
from protocyte.design.rule import Cap
from protocyte.design.simon import SimonTwoStage
from protocyte.design.single_stage import FixedSample
from protocyte.design.three_plus_three import ThreePlusThree
from protocyte.design.two_stage import find_simon_design
from protocyte.errors import DesignError
from protocyte.protocol import method as word
from protocyte.protocol.dosing import Dosing
from protocyte.protocol.plan import Protocol

_FORMS: Final[dict[str, Literal["A", "B", "C"]]] = {
    "no de-escalation": "A",
    "de-escalation": "B",
    "six at the MTD": "C",
}


def find_dose_design(protocol: Protocol) -> Design | None:
    """Give the dose-finding design that a protocol names.

    Parameters
    ----------
    protocol : Protocol
        The plan.

    Returns
    -------
    Design or None
        The design; None if the protocol gives one dose and finds none.

    Raises
    ------
    DesignError
        If the settings contradict each other.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> find_dose_design(parse_protocol(EXAMPLE).plan).n_doses
    3
    """
    dosing = protocol.dosing
    if dosing is None or dosing.method is None:
        return None
    match dosing.method:
        case word.UseThreePlusThree(settings=settings):
            return _three_plus_three(settings, dosing)
        case word.UseBOIN(settings=settings):
            return _boin(settings, dosing)
        case word.UseBOIN12(settings=settings):
            return _boin12(settings, dosing)


def find_sample_design(protocol: Protocol) -> SimonTwoStage | FixedSample | None:
    """Give the design that says how many are treated at one dose.

    Parameters
    ----------
    protocol : Protocol
        The plan.

    Returns
    -------
    SimonTwoStage or FixedSample or None
        The design; None if the protocol names none.

    Raises
    ------
    DesignError
        If no design meets the error rates.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> find_sample_design(parse_protocol(EXAMPLE).plan) is None
    True
    """
    match protocol.statistics.sample:
        case None:
            return None
        case word.UseSimon(settings=settings):
            return find_simon_design(
                settings.p0,
                settings.p1,
                alpha=settings.alpha,
                beta=1 - settings.power,
                kind=settings.kind,
            )
        case word.UseFixedSample(settings=settings):
            return FixedSample(settings.participants, features=("n", "eff"))


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


def _cohorts(dosing: Dosing, usual: int) -> int:
    """Give the number of cohorts; a rest of the participants makes none."""
    if dosing.participants is None:
        return usual
    return max(dosing.participants // dosing.cohort.size, 1)


def _boin(settings: word.BOIN, dosing: Dosing) -> Design:
    return BOIN(
        target=settings.target,
        n_doses=len(dosing.levels),
        cohorts=_cohorts(dosing, usual=10),
        cohort_size=dosing.cohort.size,
        start_dose=dosing.start,
        too_low=settings.too_low,
        too_high=settings.too_high,
        certainty=settings.eliminate_above,
        extra_safe=0.05 if settings.extra_safe else None,
        bound_mtd=settings.bound_mtd,
        early_stop=settings.stop_at,
    )


def _boin12(settings: word.BOIN12, dosing: Dosing) -> Design:
    worth = settings.utilities
    return BOIN12(
        n_doses=len(dosing.levels),
        toxicity_limit=settings.toxicity_limit,
        efficacy_floor=settings.efficacy_floor,
        utilities_of=(worth.response_only, worth.neither, worth.both, worth.toxicity_only),
        cohorts=_cohorts(dosing, usual=12),
        cohort_size=dosing.cohort.size,
        start_dose=dosing.start,
        early_stop=settings.stop_at,
        toxicity_certainty=settings.toxicity_certainty,
        futility_certainty=settings.futility_certainty,
        explore_from=9 if settings.explore else None,
    )
