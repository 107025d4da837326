"""Accelerated titration: one participant a dose, until a DLT or the top, before full cohorts."""

from dataclasses import dataclass
from typing import final

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.design import Design
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.outcome import Outcomes
from protocyte.design.paper import SIMON_1997
from protocyte.design.rules.rule import Rule
from protocyte.design.state import Booleans, Integers, Start, States, Steps
from protocyte.errors import DesignError


@final
@dataclass(frozen=True, slots=True)
class Titration(Rule):
    """Treat one participant a dose until the first DLT or the highest dose; then full cohorts.

    The dose where titration ends is filled to a full cohort of the design inside, which decides
    from there on. Below the highest dose it may end without DLT at a dose that is named: the next
    dose then has a full cohort. The number of participants stays as planned, so the last cohort may
    be cut. This is design 1 of Simon 1997 as BOIN's program runs it.

    Grade 2 events, a second of which ends titration in that paper, are not counted: a state holds
    DLTs and responses alone, and a truth would have to say how frequent grade 2 events are.

    Parameters
    ----------
    parent : Design
        The design inside; its cohorts have at least two participants.
    up_to : int, optional
        Dose level after which titration ends, from 1; the highest by default.

    Raises
    ------
    DesignError
        If there is nothing to titrate.

    References
    ----------
    .. [1] Simon R, Freidlin B, Rubinstein L, et al. Accelerated titration designs for phase I
       clinical trials in oncology. *J Natl Cancer Inst* 1997;89:1138-1147.
       doi:10.1093/jnci/89.15.1138
    .. [2] Yan F, Zhang L, Zhou Y, et al. BOIN: an R package for designing single-agent and
       drug-combination dose-finding trials using Bayesian optimal interval designs. *J Stat
       Softw* 2020;94(13). doi:10.18637/jss.v094.i13

    Examples
    --------
    >>> from protocyte.design import BOIN, Outcomes
    >>> design = Titration(BOIN(target=0.3, n_doses=4))
    >>> design.decide(Outcomes.from_notation("1N", n_doses=4)).dose
    2
    >>> design.decide(Outcomes.from_notation("1N 2T", n_doses=4)).size
    2
    """

    parent: Design
    up_to: int | None = None

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        start = self.parent.start()
        if start.size < 2:
            raise DesignError(
                "The design inside treats one participant at a time, which leaves nothing to "
                "titrate; give it cohorts of at least 2, or leave titration out."
            )
        if self.up_to is not None and not start.dose < self.up_to <= self.n_doses:
            raise DesignError(
                f"Titration goes up to dose level {self.up_to} and the trial starts at "
                f"{start.dose + 1} of {self.n_doses}; end it at one of these, or above the start."
            )

    @property
    def references(self) -> tuple[str, ...]:
        """The papers of the design inside, and of titration."""
        return (*self.parent.references, SIMON_1997)

    def start(self) -> Start:
        """Return the first participant."""
        return Start(self.parent.start().dose, 1)

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        titrating = self._titrating(states)
        if not titrating.any():
            return self.parent.decide_states(states)
        dose = np.full(len(states), -1, dtype=np.int64)
        size = np.zeros(len(states), dtype=np.int64)
        reason = np.full(len(states), Reason.PLANNED, dtype=np.int8)
        if not titrating.all():
            others = np.flatnonzero(~titrating)
            steps = self.parent.decide_states(states.some(others))
            dose[others], size[others], reason[others] = steps.dose, steps.size, steps.reason
        rows = np.flatnonzero(titrating)
        self._titrate(states.some(rows), rows, Steps(dose, size, reason))
        return Steps(dose, size, reason)

    def _titrating(self, states: States) -> Booleans:
        """Return where nobody shares a dose yet, and none is closed."""
        titrating: Booleans = states.of("n").max(axis=1) <= 1
        # What the design inside has closed is not filled: it decides at once.
        titrating &= ~self.parent.closed_states(states).any(axis=1)
        return titrating

    def _titrate(self, states: States, rows: Integers, steps: Steps) -> None:
        """Write the steps of trials in titration."""
        here, full = states.dose.astype(np.int64), self.parent.start().size
        left = self.planned - states.total()
        climbs = (states.of("tox").max(axis=1) == 0) & (here < self.n_doses - 1)
        last = here >= (self.n_doses if self.up_to is None else self.up_to) - 1
        size = np.where(climbs, np.where(last, full, 1), full - 1)
        steps.dose[rows] = np.where(left > 0, here + climbs, -1)
        steps.size[rows] = np.minimum(size, np.maximum(left, 0))
        steps.reason[rows] = np.where(
            left > 0, np.where(climbs, Reason.ESCALATE, Reason.FILL), Reason.PLANNED
        )

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        if not self._titrating(outcomes.states(self.features))[0]:
            return self.parent.explain(outcomes)
        tox, level = sum(outcomes.tox), outcomes.dose or 1
        first = (
            f"{tox} DLT{'' if tox == 1 else 's'} in {outcomes.total} in titration, the last at "
            f"dose {level}: one participant a dose until the first DLT or dose "
            f"{self.up_to or self.n_doses}"
        )
        return first, f"{outcomes.total} of {self.planned} participants treated"
