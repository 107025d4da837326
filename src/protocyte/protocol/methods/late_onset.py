"""Words for designs that decide while outcomes are pending, or treat patients at lower doses."""

from typing import Annotated, Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from protocyte.protocol.chapter import Chapter
from protocyte.protocol.methods import biological, toxicity
from protocyte.protocol.methods.probability import Target
from protocyte.protocol.quantity import DurationText, Share

_SUM_TOLERANCE = 1e-9


class Suspend(Chapter):
    """What has to be known before the next participant gets a dose. Write all three."""

    pending_share: Share | None
    """Enrolment waits while a greater share at the dose is pending [1]; null for no such rule."""
    completed: Annotated[int, Field(ge=1, le=20)] | None
    """Complete outcomes at the dose before an escalation; null for no such rule."""
    follow_up: Share | None
    """Share of the window for which all pending have been followed before an escalation [1]; null
    for no such rule."""
    unless_toxic: bool = False
    """Whether toxicities that suffice to go down need no waiting."""
    lowest_waits: bool = False
    """Whether too many toxicities at the lowest level wait for all outcomes."""

    @model_serializer(mode="wrap")
    def _whole(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # That there is no such rule is said, not left out: without these keys it cannot be read.
        none = dict.fromkeys(("pending_share", "completed", "follow_up"))
        return {**none, **written(self)}


class LateOnset(Chapter):
    """What designs share that decide while outcomes are pending."""

    suspend: Suspend
    """When enrolment waits."""


class Thirds(Chapter):
    """How toxicities are assumed to be spread over the window."""

    thirds: tuple[Share, Share, Share] | None = None
    """Shares that fall into each third of the window [1]; equal if absent."""

    @model_validator(mode="after")
    def _sum_to_one(self) -> "Thirds":
        if self.thirds is not None and abs(sum(self.thirds) - 1) > _SUM_TOLERANCE:
            raise ValueError(
                f"the thirds sum to {sum(self.thirds):g}; write three shares that sum to 1"
            )
        return self


class TITEBOIN(toxicity.BOIN, LateOnset, Thirds):
    """Time-to-event BOIN (Yuan 2018; Lin and Yuan 2020)."""

    method: Literal["imputation", "effective sample size"] = "imputation"
    """How a pending participant counts."""


class TITEKeyboard(toxicity.Keyboard, LateOnset, Thirds):
    """Time-to-event Keyboard (Lin and Yuan 2020)."""


class TITECRM(LateOnset):
    """Time-to-event continual reassessment method (Cheung and Chappell 2000)."""

    target: Target
    """Target toxicity probability [1]."""
    skeleton: tuple[Target, ...] | None = None
    """Prior guess of the toxicity probability at each level [1], rising; made from `half_width` if
    absent."""
    half_width: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    """Half-width of the indifference interval from which a skeleton is made [1]."""
    prior_mtd: Annotated[int, Field(ge=1)] | None = None
    """Level that is guessed to be the MTD; the middle one if absent."""
    prior_sd: Annotated[float, Field(ge=0.01, le=100)] = 1.34**0.5
    """Standard deviation of the curve's parameter before the trial [1]."""
    curve: Literal["empiric", "logistic"] = "empiric"
    """A power of the skeleton, or a logistic curve with intercept 3."""
    weights: Literal["linear", "adaptive"] = "linear"
    """How the follow-up of a pending participant counts."""
    coherent: bool = False
    """Whether the dose is not raised while the last cohort's toxicity rate reaches the target."""


class TITEBOIN12(biological.BOIN12, LateOnset):
    """Time-to-event BOIN12 (Zhou 2022)."""

    response_window: DurationText
    """Time after the infusion in which a response counts."""


class Backfill(Chapter):
    """Who is treated at a lower level while the cohort waits."""

    cap: Annotated[int, Field(ge=1, le=200)] = 12
    """Participants at a level from which on it is not backfilled."""
    order: Literal["highest", "lowest", "random"] = "highest"
    """Which of several open levels is backfilled."""
    response_at: Literal["dose or below", "dose"] = "dose or below"
    """Where a response must have been seen to open a level."""


class BFBOIN(toxicity.BOIN, Backfill):
    """BOIN with backfilling (Zhao 2024)."""


class BEBOIN(toxicity.BOIN, LateOnset, Backfill):
    """TITE-BOIN with backfilling (Chen 2026)."""


class UseTITEBOIN(Chapter):
    """The TITE-BOIN design."""

    settings: TITEBOIN = Field(alias="TITE-BOIN")
    """Settings."""


class UseTITEKeyboard(Chapter):
    """The TITE-Keyboard design."""

    settings: TITEKeyboard = Field(alias="TITE-Keyboard")
    """Settings."""


class UseTITECRM(Chapter):
    """The TITE-CRM design."""

    settings: TITECRM = Field(alias="TITE-CRM")
    """Settings."""


class UseTITEBOIN12(Chapter):
    """The TITE-BOIN12 design."""

    settings: TITEBOIN12 = Field(alias="TITE-BOIN12")
    """Settings."""


class UseBFBOIN(Chapter):
    """The BF-BOIN design."""

    settings: BFBOIN = Field(alias="BF-BOIN")
    """Settings."""


class UseBEBOIN(Chapter):
    """The BE-BOIN design."""

    settings: BEBOIN = Field(alias="BE-BOIN")
    """Settings."""
