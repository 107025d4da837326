"""TITE-CRM: the CRM with a weight for each participant who is still watched."""

from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, final

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.late_onset.follow_up import Followed, FollowUp
from protocyte.design.late_onset.interval_rule import WAIT
from protocyte.design.late_onset.late_onset import LateOnsetDesign, Reading, find_sound_window
from protocyte.design.late_onset.suspension import Suspension
from protocyte.design.late_onset.tite_crm_rule import (
    find_adaptive_weight,
    find_tite_estimate,
    find_tite_recommendation,
)
from protocyte.design.model_based.crm import CRM
from protocyte.design.model_based.curve import Curve
from protocyte.design.paper import CHEUNG_2000
from protocyte.design.state import Floats
from protocyte.errors import DesignError

NODES: Final = 241
REACH: Final = 9.0
"""Nodes lie within so many prior standard deviations [1]."""


class CurveRule(NamedTuple):
    """The curve of a TITE-CRM as plain numbers.

    Examples
    --------
    >>> CurveRule._fields
    ('log_tox', 'log_no_tox', 'nodes', 'prior', 'labels', 'settings')
    """

    log_tox: Floats
    """Logarithms of DLT probabilities, shape (n_doses, n_nodes)."""
    log_no_tox: Floats
    """Logarithms of the probabilities of none, shape (n_doses, n_nodes)."""
    nodes: Floats
    """Values of the parameter [1]."""
    prior: Floats
    """Their prior weights [1]."""
    labels: Floats
    """What stands for each dose [1]."""
    settings: Floats
    """Intercept, whether logistic, target, whether adaptive, held back by DLTs, without skipping,
    pending share, completed, follow-up, participants a cohort [1]."""


@final
@dataclass(frozen=True, slots=True)
class TITECRM(LateOnsetDesign):
    """Find the MTD with the CRM while DLTs are pending.

    Parameters
    ----------
    parent : CRM
        The design when all outcomes are complete; its curve has one parameter and its estimate is
        the plug-in.
    window : float
        Time in which a DLT counts [d].
    suspension : Suspension
        When enrolment waits; as published never, ``Suspension(None, None, None)``.
    weights : {"linear", "adaptive"}
        The share of the window that was followed, or a share by the days of the DLTs seen so far.

    Raises
    ------
    DesignError
        If settings contradict each other.

    Notes
    -----
    A participant who is watched for the share w without DLT contributes 1 - w·p to the likelihood.
    The parent's caution stays: by at most one level up, and not up while the last cohort's DLTs
    so far reach the target, if the parent is coherent.

    References
    ----------
    .. [1] Cheung YK, Chappell R. Sequential designs for phase I clinical trials with late-onset
       toxicities. *Biometrics* 2000;56:1177-1182. doi:10.1111/j.0006-341X.2000.01177.x

    Examples
    --------
    >>> parent = CRM(target=0.3, skeleton=(0.12, 0.2, 0.3, 0.4, 0.5), cohort_size=1, cohorts=30)
    >>> design = TITECRM(parent, 28, Suspension(None, None, None))
    >>> decision = design.decide_followed(FollowUp(5, (Followed(1, 14), Followed(1, 7))))
    >>> decision.action, decision.arithmetic[0]
    ('escalate', '2 participants, 0 with a DLT, 2 pending with weights 0.500, 0.250')
    """

    parent: CRM
    window: float
    suspension: Suspension
    weights: Literal["linear", "adaptive"] = "linear"
    _rule: CurveRule = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        find_sound_window(self.window)
        crm = self.parent
        if crm.model == "two-parameter logistic" or crm.estimate != "plug-in":
            raise DesignError(
                "TITE-CRM fits a curve with one parameter and plugs its mean in; choose the model "
                "'empiric' or 'logistic' and the estimate 'plug-in'."
            )
        if self.weights not in {"linear", "adaptive"}:
            raise DesignError(f"weights is {self.weights!r}; name 'linear' or 'adaptive'.")
        kind: Literal["empiric", "logistic"] = "empiric" if crm.model == "empiric" else "logistic"
        curve = Curve(crm.skeleton, kind, crm.intercept)
        nodes = np.linspace(-REACH, REACH, NODES) * crm.prior_sd
        wait = self.suspension
        settings = (
            crm.intercept,
            crm.model == "logistic",
            crm.target,
            self.weights == "adaptive",
            crm.coherent,
            crm.no_skipping,
            2.0 if wait.pending_share is None else wait.pending_share,
            wait.completed or 0,
            wait.follow_up or 0.0,
            crm.cohort_size,
        )
        rule = CurveRule(
            np.maximum(curve.log_tox(nodes), -700.0),
            np.maximum(curve.log_no_tox(nodes), -700.0),
            nodes,
            np.exp(-0.5 * (nodes / crm.prior_sd) ** 2),
            np.ascontiguousarray(curve.labels),
            np.array(settings, dtype=float),
        )
        object.__setattr__(self, "_rule", rule)

    @property
    def rule(self) -> CurveRule:
        """The curve as plain numbers."""
        return self._rule

    @property
    def references(self) -> tuple[str, ...]:
        """The papers it comes from."""
        return (CHEUNG_2000, *self.parent.references)

    def next_size(self, total: int) -> int:
        """Return the participants of the next cohort after so many participants."""
        return max(min(self.parent.cohort_size, self.planned - total), 1)

    def weigh(self, followed: FollowUp) -> tuple[tuple[Followed, float], ...]:
        """Return the pending participants, each with the weight of the follow-up [1].

        Parameters
        ----------
        followed : FollowUp
            Every participant as far as followed.

        Returns
        -------
        tuple
            Participants and weights [1].
        """
        pending = [one for one in followed.participants if one.awaits_toxicity(self.window)]
        if self.weights == "linear":
            return tuple((one, one.days / self.window) for one in pending)
        seen = [one.dlt for one in followed.participants if one.has_dlt(self.window)]
        days = np.array(sorted(day for day in seen if day is not None) or [0.0])
        return tuple(
            (one, find_adaptive_weight(one.days, self.window, days, len(seen))) for one in pending
        )

    def read_followed(self, followed: FollowUp) -> Reading:
        """Return what follows for a trial that has treated somebody."""
        weighted, level = self.weigh(followed), followed.current or 1
        rule, settings = self._rule, self._rule.settings
        shares = np.array([weight for _, weight in weighted] or [0.0])
        waiting = np.array([one.dose - 1 for one, _ in weighted] or [0])
        tox = np.array(followed.tox(self.window))
        complete = np.array(followed.n) - np.bincount(
            waiting[: len(weighted)], minlength=self.n_doses
        )
        found = find_tite_estimate(complete, tox, waiting, shares, len(weighted), *rule[:4])
        target = float(settings[2])
        wanted = find_tite_recommendation(found, rule.labels, settings[0], settings[1], target)
        chances = Curve(
            self.parent.skeleton,
            "logistic" if self.parent.model == "logistic" else "empiric",
            self.parent.intercept,
        ).tox(np.array([found]))[:, 0]
        known = ", ".join(f"{weight:.3f}" for weight in shares[: len(weighted)])
        pending = f"{len(weighted)} pending" + (f" with weights {known}" if known else "")
        lines = (
            f"{len(followed.participants)} participants, {tox.sum()} with a DLT, {pending}",
            f"posterior mean {found:.4f}; DLT probabilities "
            + ", ".join(f"{chance:.3f}" for chance in chances),
            f"nearest to {target:g} is dose {wanted + 1}",
            *self.suspension.says,
        )
        dose, reason = self._decide(followed, level - 1, wanted)
        return Reading(dose, reason, lines)

    def _decide(self, followed: FollowUp, here: int, wanted: int) -> tuple[int, Reason]:
        """Return the next dose as caution lets it be."""
        wait = self.suspension
        if len(followed.participants) >= self.planned:
            return -1, Reason.PLANNED
        waiting = followed.pending(here + 1, self.window)
        n = followed.n[here]
        share = wait.pending_share
        if share is not None and len(waiting) > share * n + 1e-9:
            return WAIT, Reason.WAIT_SHARE
        dose = min(wanted, here + 1) if self.parent.no_skipping else wanted
        reason = Reason.ONE_LEVEL if dose < wanted else Reason.NEAREST
        cohort = followed.participants[-self.parent.cohort_size :]
        tox = sum(one.has_dlt(self.window) for one in cohort)
        if self.parent.coherent and dose > here and tox >= self.parent.target * len(cohort) - 1e-12:
            return here, Reason.COHERENT
        if dose > here and n - len(waiting) < (wait.completed or 0):
            return WAIT, Reason.WAIT_COMPLETED
        least = min((one.days / self.window for one in waiting), default=1.0)
        if dose > here and least < (wait.follow_up or 0.0) - 1e-9:
            return WAIT, Reason.WAIT_FOLLOW_UP
        return dose, reason

    def waiting_times(self, followed: FollowUp) -> tuple[float, ...]:
        """Return when a pending participant completes, or has been followed for long enough."""
        waiting = followed.pending(followed.current or 1, self.window)
        ends = [self.window - one.days for one in waiting]
        mark = (self.suspension.follow_up or 0.0) * self.window
        return (*ends, *(mark - one.days for one in waiting if one.days < mark))
