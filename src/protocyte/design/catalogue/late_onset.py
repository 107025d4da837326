"""Builders of designs that decide while outcomes are pending, or backfill."""

from typing import TYPE_CHECKING, Any, Final, cast

from protocyte.design.catalogue import biological, toxicity
from protocyte.design.catalogue.builder import Builder, find_cohort_count
from protocyte.design.design import Design
from protocyte.design.late_onset.backfill import BEBOIN, BFBOIN
from protocyte.design.late_onset.late_onset import LateOnsetDesign
from protocyte.design.late_onset.rolling_six import RollingSixInTime
from protocyte.design.late_onset.suspension import Suspension
from protocyte.design.late_onset.tite_boin import TITEBOIN
from protocyte.design.late_onset.tite_boin12 import TITEBOIN12
from protocyte.design.late_onset.tite_crm import TITECRM
from protocyte.design.late_onset.tite_interval import THIRDS
from protocyte.design.late_onset.tite_keyboard import TITEKeyboard
from protocyte.design.model_based.crm import CRM
from protocyte.design.model_based.skeleton import find_skeleton
from protocyte.design.toxicity.rolling_six import RollingSix
from protocyte.errors import DesignError
from protocyte.protocol.dosing import Dosing
from protocyte.protocol.methods import biological as biological_word
from protocyte.protocol.methods import late_onset as word
from protocyte.protocol.methods import toxicity as toxicity_word

if TYPE_CHECKING:
    from protocyte.design.biological.boin12 import BOIN12
    from protocyte.design.toxicity.boin import BOIN
    from protocyte.design.toxicity.keyboard import Keyboard


def _window(dosing: Dosing) -> float:
    if dosing.dlt is None:
        raise DesignError(
            "This method decides while outcomes are pending and the protocol gives no DLT window; "
            "write `dosing.dlt`."
        )
    return dosing.dlt.window.nominal_days


def _suspension(settings: word.LateOnset) -> Suspension:
    wait = settings.suspend
    return Suspension(
        wait.pending_share,
        wait.completed,
        wait.follow_up,
        unless_toxic=wait.unless_toxic,
        lowest_waits=wait.lowest_waits,
    )


def _boin(settings: toxicity_word.BOIN, dosing: Dosing) -> "BOIN":
    """Return the design that this one becomes when all outcomes are complete."""
    return cast("BOIN", toxicity.BUILDERS[toxicity_word.BOIN](settings, dosing))


def _tite_boin(settings: word.TITEBOIN, dosing: Dosing) -> Design:
    return TITEBOIN(
        _boin(settings, dosing),
        _window(dosing),
        _suspension(settings),
        method=settings.method,
        thirds=settings.thirds or THIRDS,
    )


def _tite_keyboard(settings: word.TITEKeyboard, dosing: Dosing) -> Design:
    parent = cast("Keyboard", toxicity.BUILDERS[toxicity_word.Keyboard](settings, dosing))
    return TITEKeyboard(
        parent, _window(dosing), _suspension(settings), thirds=settings.thirds or THIRDS
    )


def _tite_crm(settings: word.TITECRM, dosing: Dosing) -> Design:
    levels = len(dosing.levels)
    skeleton = settings.skeleton or find_skeleton(
        settings.half_width,
        target=settings.target,
        prior_mtd=settings.prior_mtd or (levels + 1) // 2,
        n_doses=levels,
        curve=settings.curve,
    )
    if len(skeleton) != levels:
        raise DesignError(
            f"The skeleton has {len(skeleton)} probabilities and the protocol {levels} levels; "
            f"write one a level."
        )
    parent = CRM(
        target=settings.target,
        skeleton=tuple(skeleton),
        model=settings.curve,
        prior_sd=settings.prior_sd,
        cohorts=find_cohort_count(dosing, usual=10),
        cohort_size=dosing.cohort.size,
        start_dose=dosing.start,
        coherent=settings.coherent,
    )
    return TITECRM(parent, _window(dosing), _suspension(settings), weights=settings.weights)


def _tite_boin12(settings: word.TITEBOIN12, dosing: Dosing) -> Design:
    parent = cast("BOIN12", biological.BUILDERS[biological_word.BOIN12](settings, dosing))
    answers = settings.response_window.nominal_days
    return TITEBOIN12(parent, _window(dosing), answers, _suspension(settings))


def _backfill(settings: word.Backfill) -> dict[str, Any]:
    return {"cap": settings.cap, "order": settings.order, "response_at": settings.response_at}


def _bf_boin(settings: word.BFBOIN, dosing: Dosing) -> Design:
    return BFBOIN(_boin(settings, dosing), _window(dosing), **_backfill(settings))


def _be_boin(settings: word.BEBOIN, dosing: Dosing) -> Design:
    parent, waits = _boin(settings, dosing), _suspension(settings)
    return BEBOIN(parent, _window(dosing), waits, **_backfill(settings))


BUILDERS: Final[dict[type, Builder]] = {
    word.TITEBOIN: _tite_boin,
    word.TITEKeyboard: _tite_keyboard,
    word.TITECRM: _tite_crm,
    word.TITEBOIN12: _tite_boin12,
    word.BFBOIN: _bf_boin,
    word.BEBOIN: _be_boin,
}
"""By the class of their settings."""


def find_late_onset(design: Design, dosing: Dosing) -> LateOnsetDesign | None:
    """Find the design that decides while outcomes are pending, if a protocol's does.

    Parameters
    ----------
    design : Design
        The design of the dosing chapter.
    dosing : Dosing
        The chapter, which gives the window.

    Returns
    -------
    LateOnsetDesign or None
        The design; rolling six with its window. None if the design waits for complete outcomes, as
        all do that have rules around them.

    Raises
    ------
    DesignError
        If the protocol gives no window.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> dosing = parse_protocol(EXAMPLE).plan.dosing
    >>> find_late_onset(RollingSix(n_doses=3), dosing).window
    28.0
    """
    if isinstance(design, RollingSix):
        return RollingSixInTime(design, _window(dosing))
    return design if isinstance(design, LateOnsetDesign) else None
