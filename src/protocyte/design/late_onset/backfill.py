"""BF-BOIN and BE-BOIN: patients who find no place in the cohort are treated at lower doses."""

from dataclasses import dataclass, field
from typing import Final, Literal, final

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.late_onset.backfill_rule import decide_backfilled, find_backfill_dose
from protocyte.design.late_onset.follow_up import FollowUp
from protocyte.design.late_onset.interval_rule import WAIT, IntervalRule, find_late_move
from protocyte.design.late_onset.late_onset import LateOnsetDesign, Reading, find_sound_window
from protocyte.design.late_onset.suspension import Suspension
from protocyte.design.late_onset.tite_interval import find_interval_rule
from protocyte.design.paper import CHEN_2026, YUAN_2018, ZHAO_2024
from protocyte.design.state import Floats, Integers
from protocyte.design.toxicity.boin import BOIN
from protocyte.design.toxicity.interval import find_cohort_sizes
from protocyte.errors import DesignError

ORDERS: Final = ("highest", "lowest", "random")
Order = Literal["highest", "lowest", "random"]
COMPLETE_ONLY: Final = Suspension(None, None, None)


class BackfillDesign(LateOnsetDesign):
    """What BF-BOIN and BE-BOIN share.

    Examples
    --------
    >>> issubclass(BFBOIN, BackfillDesign)
    True
    """

    __slots__ = ()

    parent: BOIN
    cap: int
    order: Order
    response_at: Literal["dose or below", "dose"]
    _rule: IntervalRule

    @property
    def imputes(self) -> bool:
        """Whether pending outcomes are imputed, and the lowest conflicting dose is the anchor."""
        return False

    @property
    def suspension(self) -> Suspension:
        """When enrolment to the cohort waits, where it need not be complete."""
        return COMPLETE_ONLY

    @property
    def rule(self) -> IntervalRule:
        """The design as plain numbers."""
        return self._rule

    def next_size(self, total: int) -> int:
        """Return the participants of the next cohort after so many of them, backfilled or not."""
        sizes = self.rule.sizes
        return max(int(sizes[min(total, len(sizes) - 1)]), 1)

    def check_settings(self) -> None:
        """Refuse settings that contradict each other, and compile the others."""
        find_sound_window(self.window)
        if not 1 <= self.cap <= self.parent.planned:
            raise DesignError(
                f"A dose is backfilled up to {self.cap} participants and the escalation has "
                f"{self.parent.planned}; give a cap from 1 to that."
            )
        if self.order not in ORDERS:
            raise DesignError(f"order is {self.order!r}; name one of {', '.join(ORDERS)}.")
        if self.response_at not in {"dose or below", "dose"}:
            raise DesignError(
                f"response_at is {self.response_at!r}; name 'dose or below' or 'dose'."
            )
        boin = self.parent
        rule = find_interval_rule(
            boin.decision_table,
            self.suspension,
            target=boin.target,
            cohorts=find_cohort_sizes(boin.cohorts, boin.cohort_size),
            limits=(boin.lambda_e, boin.lambda_d),
            early_stop=boin.early_stop,
            only_staying=boin.early_stop_when == "staying",
        )
        object.__setattr__(self, "_rule", rule)

    def read_followed(self, followed: FollowUp) -> Reading:
        """Return what follows for a trial that has treated somebody."""
        level, window = followed.current or 1, self.window
        here = level - 1
        events, sizes, moves, n, tox = self._counted(followed)
        extra = [sum(one.backfilled for one in followed.at(k + 1)) for k in range(self.n_doses)]
        cohort = [one for one in followed.participants if not one.backfilled]
        lines = [
            f"dose {k + 1}: {events[k]:.3g} DLTs in {sizes[k]:g}, {extra[k]} of "
            f"{followed.n[k]} backfilled"
            for k in range(here + 1)
        ]
        lines.append(self._opening(followed, events, sizes, n, tox))
        last = cohort[-self._size_of_last(len(cohort)) :]
        waiting = followed.pending(level, window) if self.imputes else ()
        least = min((one.days / window for one in waiting), default=1.0)
        if not self.imputes and any(one.awaits_toxicity(window) for one in last):
            return Reading(WAIT, Reason.WAIT_COHORT, tuple(lines))
        if len(cohort) >= self.parent.planned:
            return Reading(-1, Reason.PLANNED, tuple(lines))
        dose, reason = decide_backfilled(
            events,
            sizes,
            moves,
            n,
            tox,
            np.array(extra),
            here,
            len(waiting),
            least,
            int(self.imputes),
            self.rule.limits,
            self.rule.settings,
        )
        shut = np.flatnonzero(tox >= self.rule.limits[2, n])
        closed = tuple(range(int(shut[0]) + 1, self.n_doses + 1)) if len(shut) else ()
        limits = f"limits {self.parent.lambda_e:.3f} (λe) and {self.parent.lambda_d:.3f} (λd)"
        return Reading(dose, Reason(reason), (*lines, limits), closed)

    def _size_of_last(self, treated: int) -> int:
        """Return how many of the participants treated so far are of the last cohort."""
        ends = np.cumsum(find_cohort_sizes(self.parent.cohorts, self.parent.cohort_size))
        before = int(ends[np.searchsorted(ends, treated) - 1]) if treated > ends[0] else 0
        return max(treated - before, 1)

    def _counted(self, followed: FollowUp) -> tuple[Floats, Floats, Integers, Integers, Integers]:
        """Return events, sizes and moves of the doses, and the counts that close them."""
        rule, window = self.rule, self.window
        tox = np.array(followed.tox(window))
        events, moves = tox.astype(float), np.zeros(self.n_doses, dtype=int)
        n = np.array(followed.n)
        for j in range(self.n_doses):
            waiting = followed.pending(j + 1, window)
            pending, known = len(waiting), sum(one.days / window for one in waiting)
            if not self.imputes:
                n[j] -= pending
                pending, known = 0, 0.0
            if n[j] > 0:
                moves[j] = find_late_move(int(n[j]), int(tox[j]), pending, known, *rule[:3])
            target = self.parent.target
            odds = (tox[j] + target / 2) / (n[j] - pending - tox[j] + 1 - target / 2)
            events[j] += odds * (pending - known)
        return events, n.astype(float), moves, n, tox

    def _opening(
        self, followed: FollowUp, events: Floats, sizes: Floats, n: Integers, tox: Integers
    ) -> str:
        """Say which lower dose is open, in words."""
        shut = np.flatnonzero(tox >= self.rule.limits[2, n])
        ceiling = int(shut[0]) if len(shut) else self.n_doses
        seen = [
            sum(one.response is not None for one in followed.at(k + 1)) for k in range(self.n_doses)
        ]
        order = "highest" if self.order == "random" else self.order
        found = find_backfill_dose(
            events,
            sizes,
            np.array(followed.n),
            np.array(seen),
            (followed.current or 1) - 1,
            ceiling,
            self.cap,
            int(self.response_at == "dose"),
            ORDERS.index(order),
            0.0,
            self.parent.lambda_d,
        )
        if found < 0:
            return "no lower dose is open for backfilling"
        return f"dose {found + 1} is the {order} that is open for backfilling"

    def waiting_times(self, followed: FollowUp) -> tuple[float, ...]:
        """Return when a pending participant completes, or has been followed for long enough."""
        mark = (self.suspension.follow_up or 0.0) * self.window
        return tuple(
            end - one.days
            for one in followed.participants
            if one.awaits_toxicity(self.window)
            for end in (self.window, mark)
            if end > one.days
        )


@final
@dataclass(frozen=True, slots=True)
class BFBOIN(BackfillDesign):
    """Find the MTD with BOIN, and backfill lower doses from complete outcomes.

    Parameters
    ----------
    parent : BOIN
        The design of the escalation.
    window : float
        Time in which a DLT counts [d].
    cap : int
        Participants at a dose, backfilled or not, from which on it is not backfilled.
    order : {"highest", "lowest", "random"}
        Which of several open doses is backfilled.
    response_at : {"dose or below", "dose"}
        Where a response must have been seen to open a dose.

    Raises
    ------
    DesignError
        If settings contradict each other.

    Notes
    -----
    A lower dose is open when it is not closed by BOIN, a response was seen, and the cap is not
    reached. It is shut, with those above, while its own DLT rate and that pooled with the next dose
    both exceed BOIN's upper limit. A backfilled dose conflicts with the current one if it says stay
    and the current says escalate, or if it says de-escalate. Doses from the highest conflicting one
    to the current are then pooled: at or below the lower limit escalate; above the upper go to the
    highest dose whose pool from there is at or below it; otherwise stay.

    References
    ----------
    .. [1] Zhao Y, Yuan Y, Korn EL, Freidlin B. Backfilling patients in phase I dose-escalation
       trials using Bayesian optimal interval design (BOIN). *Clin Cancer Res* 2024;30:673-679.
       doi:10.1158/1078-0432.CCR-23-2585

    Examples
    --------
    >>> from protocyte.design.late_onset.follow_up import Followed
    >>> design = BFBOIN(BOIN(target=0.3, n_doses=3), window=28)
    >>> first = tuple(Followed(1, 60, response=20) for _ in range(3))
    >>> second = tuple(Followed(2, 10) for _ in range(3))
    >>> decision = design.decide_followed(FollowUp(3, first + second))
    >>> decision.action, decision.arithmetic[2]
    ('suspend', 'dose 1 is the highest that is open for backfilling')
    """

    parent: BOIN
    window: float
    cap: int = 12
    order: Order = "highest"
    response_at: Literal["dose or below", "dose"] = "dose or below"
    _rule: IntervalRule = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        self.check_settings()

    @property
    def references(self) -> tuple[str, ...]:
        """The papers it comes from."""
        return (ZHAO_2024, *self.parent.references)


@final
@dataclass(frozen=True, slots=True)
class BEBOIN(BackfillDesign):
    """Find the MTD with TITE-BOIN, and backfill lower doses while outcomes are pending.

    Parameters
    ----------
    parent : BOIN
        The design of the escalation.
    window : float
        Time in which a DLT counts [d].
    waits : Suspension
        When enrolment to the cohort waits; as published
        ``Suspension(0.49, None, 0.25, unless_toxic=True)``.
    cap : int
        Participants at a dose, backfilled or not, from which on it is not backfilled.
    order : {"highest", "lowest", "random"}
        Which of several open doses is backfilled.
    response_at : {"dose or below", "dose"}
        Where a response must have been seen to open a dose.

    Raises
    ------
    DesignError
        If settings contradict each other.

    Notes
    -----
    As BF-BOIN, with the DLT rates of TITE-BOIN of 2018, each dose by its own pending participants,
    and the lowest conflicting dose as the anchor of the pool.

    References
    ----------
    .. [1] Chen et al. BE-BOIN. 2026. doi:10.1007/s43441-026-00994-0

    Examples
    --------
    >>> from protocyte.design.late_onset.follow_up import Followed
    >>> waits = Suspension(0.49, None, 0.25, unless_toxic=True)
    >>> design = BEBOIN(BOIN(target=0.3, n_doses=3), window=28, waits=waits)
    >>> trial = FollowUp(3, tuple(Followed(1, days) for days in (30, 29, 10)))
    >>> design.decide_followed(trial).action
    'escalate'
    """

    parent: BOIN
    window: float
    waits: Suspension
    cap: int = 12
    order: Order = "highest"
    response_at: Literal["dose or below", "dose"] = "dose or below"
    _rule: IntervalRule = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        self.check_settings()

    @property
    def imputes(self) -> bool:
        """Whether pending outcomes are imputed: yes."""
        return True

    @property
    def suspension(self) -> Suspension:
        """When enrolment to the cohort waits."""
        return self.waits

    @property
    def references(self) -> tuple[str, ...]:
        """The papers it comes from."""
        return (CHEN_2026, ZHAO_2024, YUAN_2018, *self.parent.references)
