"""TITE-BOIN12: BOIN12 while toxicity, response or both are pending."""

from dataclasses import dataclass, field
from typing import NamedTuple, final

import numpy as np

from protocyte.design.biological.boin12 import BOIN12
from protocyte.design.decision import Reason
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.late_onset.follow_up import FollowUp
from protocyte.design.late_onset.interval_rule import NEVER
from protocyte.design.late_onset.late_onset import LateOnsetDesign, Reading, find_sound_window
from protocyte.design.late_onset.suspension import Suspension
from protocyte.design.late_onset.utility_rule import (
    EFF,
    EFF_SIZE,
    PENDING,
    SCORE,
    TOX,
    TOX_SIZE,
    N,
    Worth,
    decide_by_utility,
    find_beta_above,
    find_expected_outcomes,
)
from protocyte.design.outcome import find_counted
from protocyte.design.paper import ZHOU_2022
from protocyte.design.state import Floats, Integers
from protocyte.design.toxicity.boin import BOIN


class UtilityRule(NamedTuple):
    """A TITE-BOIN12 as plain numbers.

    Examples
    --------
    >>> UtilityRule._fields
    ('limits', 'utilities', 'settings')
    """

    limits: Integers
    """Limits on DLTs; the third closes a dose: shape (4, longest + 1)."""
    utilities: Floats
    """Of a response without DLT, neither, both, a DLT without response [0 to 100]."""
    settings: Floats
    """In the places that `Worth` names [1]."""


@final
@dataclass(frozen=True, slots=True)
class TITEBOIN12(LateOnsetDesign):
    """Find the optimal biological dose with BOIN12 while outcomes are pending.

    Parameters
    ----------
    parent : BOIN12
        The design when all outcomes are complete.
    window : float
        Time in which a DLT counts [d].
    response_window : float
        Time in which a response counts [d].
    suspension : Suspension
        When enrolment waits, by whichever outcome has more pending; as published
        ``Suspension(0.5, None, None)``.

    Raises
    ------
    DesignError
        If settings contradict each other.

    Notes
    -----
    The approximate likelihood: a pending outcome counts as the share of its window; it is expected
    with the probability that the event still comes, given that it has not come yet. Expected cells
    are products over a participant's pending outcomes. The tails of toxicity and response are
    those of Beta(1 + events, 1 + effective size - events); the authors' own program may differ
    there. Doses are closed by the counts of all participants, pending ones without DLT.

    References
    ----------
    .. [1] Zhou Y, Lin R, Lee JJ, et al. TITE-BOIN12: a Bayesian phase I/II trial design to find
       the optimal biological dose with late-onset toxicity and efficacy. *Stat Med*
       2022;41:1918-1931. doi:10.1002/sim.9337

    Examples
    --------
    >>> from protocyte.design.late_onset.follow_up import Followed
    >>> design = TITEBOIN12(BOIN12(3), 28, 84, Suspension(0.5, None, None))
    >>> trial = FollowUp(3, (Followed(1, 100, response=50), Followed(1, 60), Followed(1, 20)))
    >>> decision = design.decide_followed(trial)
    >>> decision.action, decision.why, decision.arithmetic[-1]
    ('suspend', 'wait_share', 'wait 24 more days, or until an outcome comes before')
    """

    parent: BOIN12
    window: float
    response_window: float
    suspension: Suspension
    _rule: UtilityRule = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        find_sound_window(self.window)
        find_sound_window(self.response_window, "response window")
        parent, wait = self.parent, self.suspension
        boin = BOIN(
            target=parent.toxicity_limit,
            n_doses=parent.n_doses,
            cohorts=parent.cohorts,
            cohort_size=parent.cohort_size,
            certainty=parent.toxicity_certainty,
        )
        settings = np.zeros(len(Worth))
        values = {
            Worth.LOW: boin.lambda_e,
            Worth.HIGH: boin.lambda_d,
            Worth.TOXIC_FROM: parent.toxicity_certainty,
            Worth.FUTILE_FROM: parent.futility_certainty,
            Worth.ENOUGH_TO_STAY: parent.enough_to_stay,
            Worth.EXPLORE_FROM: parent.explore_from or NEVER,
            Worth.EARLY_STOP: parent.early_stop or NEVER,
            Worth.PLANNED: parent.planned,
            Worth.PENDING_SHARE: 2.0 if wait.pending_share is None else wait.pending_share,
            Worth.COMPLETED: wait.completed or 0,
            Worth.FOLLOW_UP: wait.follow_up or 0.0,
            Worth.TOXICITY_LIMIT: parent.toxicity_limit,
            Worth.EFFICACY_FLOOR: parent.efficacy_floor,
            Worth.BENCHMARK: parent.benchmark / 100,
        }
        for place, value in values.items():
            settings[place] = value
        utilities = np.array(parent.utilities_of, dtype=float)
        rule = UtilityRule(boin.decision_table.columns(), utilities, settings)
        object.__setattr__(self, "_rule", rule)

    @property
    def rule(self) -> UtilityRule:
        """The design as plain numbers."""
        return self._rule

    @property
    def longest_window(self) -> float:
        """How long a participant is watched [d]: the longer of the windows."""
        return max(self.window, self.response_window)

    @property
    def references(self) -> tuple[str, ...]:
        """The papers it comes from."""
        return (ZHOU_2022, *self.parent.references)

    def next_size(self, total: int) -> int:
        """Return the participants of the next cohort after so many participants."""
        return max(min(self.parent.cohort_size, self.planned - total), 1)

    def expected(self, followed: FollowUp) -> Floats:
        """Return what participants amount to at every dose.

        Parameters
        ----------
        followed : FollowUp
            Every participant as far as followed.

        Returns
        -------
        ndarray of float, shape (n_doses, 6)
            Participants, DLTs, responses, effective sizes for both, expected utility over 100 [1].
        """
        people = followed.participants
        tox = [
            PENDING if one.awaits_toxicity(self.window) else int(one.has_dlt(self.window))
            for one in people
        ]
        eff = [
            PENDING
            if one.awaits_response(self.response_window)
            else int(one.has_response(self.response_window))
            for one in people
        ]
        days = np.array([one.days for one in people])
        found = np.zeros((self.n_doses, 6))
        find_expected_outcomes(
            np.array([one.dose - 1 for one in people]),
            np.array(tox),
            np.array(eff),
            np.minimum(days / self.window, 1.0),
            np.minimum(days / self.response_window, 1.0),
            len(people),
            self._rule.utilities,
            found,
        )
        return found

    def read_followed(self, followed: FollowUp) -> Reading:
        """Return what follows for a trial that has treated somebody."""
        level, settings = followed.current or 1, self._rule.settings
        found = self.expected(followed)
        tails = np.array([_tails(row, settings) for row in found])
        here = followed.at(level)
        tox_pending = sum(one.awaits_toxicity(self.window) for one in here)
        eff_pending = sum(one.awaits_response(self.response_window) for one in here)
        dose, reason = decide_by_utility(
            found,
            tails[:, 0],
            tails[:, 1],
            tails[:, 2],
            self._rule.limits,
            level - 1,
            tox_pending,
            eff_pending,
            self._least(followed, level),
            0,
            settings,
        )
        lines = [f"{tox_pending} toxicity and {eff_pending} response pending at dose {level}"]
        lines += [
            f"dose {j + 1}: {find_counted(found[j, TOX])} in {found[j, TOX_SIZE]:.3f} and "
            f"{find_counted(found[j, EFF], 'response')} in {found[j, EFF_SIZE]:.3f} "
            "effective participants; "
            f"P(utility > {self.parent.benchmark:g}) = {tails[j, 2]:.4f}"
            for j in range(max(0, level - 2), min(self.n_doses, level + 1))
        ]
        limits = self._rule.limits[2, found[:, N].astype(int)]
        shut = np.flatnonzero(found[:, TOX] >= limits).tolist()
        closed = tuple(range(min(shut) + 1, self.n_doses + 1)) if shut else ()
        return Reading(dose, Reason(reason), (*lines, *self.suspension.says), closed)

    def _least(self, followed: FollowUp, level: int) -> float:
        """Return the least share of a window that a pending participant was followed."""
        shares = [1.0]
        for one in followed.at(level):
            if one.awaits_toxicity(self.window):
                shares.append(one.days / self.window)
            if one.awaits_response(self.response_window):
                shares.append(one.days / self.response_window)
        return min(shares)

    def waiting_times(self, followed: FollowUp) -> tuple[float, ...]:
        """Return when a window ends, or a participant was followed for long enough."""
        ends = []
        for one in followed.at(followed.current or 1):
            for window in (self.window, self.response_window):
                marks = (window, (self.suspension.follow_up or 0.0) * window)
                ends += [mark - one.days for mark in marks if one.days < mark]
        return tuple(ends)


def _tails(row: Floats, settings: Floats) -> tuple[float, float, float]:
    """Return how probably a dose is too toxic, futile, and better than the benchmark."""
    tox, eff, score = float(row[TOX]), float(row[EFF]), float(row[SCORE])
    toxic = find_beta_above(
        1 + tox, 1 + max(float(row[TOX_SIZE]) - tox, 0.0), float(settings[Worth.TOXICITY_LIMIT])
    )
    futile = 1 - find_beta_above(
        1 + eff, 1 + max(float(row[EFF_SIZE]) - eff, 0.0), float(settings[Worth.EFFICACY_FLOOR])
    )
    worth = find_beta_above(1 + score, 1 + float(row[N]) - score, float(settings[Worth.BENCHMARK]))
    return toxic, futile, round(worth, 10)
