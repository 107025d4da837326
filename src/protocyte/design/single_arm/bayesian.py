"""A single arm judged by its posterior: against a fixed rate or against a control's.

The prior may be a mixture, such as a historical component made robust by a vague one; the control
may be uncertain itself.
"""

from dataclasses import dataclass, field
from typing import final

import numpy as np

from protocyte.design.kinds import find_sound_kinds
from protocyte.design.paper import SCHMIDLI_2014, THALL_1994
from protocyte.design.single_arm.boundary import Boundary, find_above, find_below, find_looks
from protocyte.design.single_arm.mixture import BetaMixture
from protocyte.design.single_arm.staged import StagedArm
from protocyte.design.state import Floats
from protocyte.errors import DesignError


@final
@dataclass(frozen=True, slots=True)
class BayesianArm(StagedArm):
    """Decide by the posterior probability that a treatment is better than a reference.

    At the last look the treatment is active if P(better) ≥ ``certainty``. Before, the trial stops
    for futility if P(better by the futility margin) < ``futility``, for efficacy if P(better) >
    ``efficacy``.

    Parameters
    ----------
    looks : tuple of int
        Participants at each look, increasing.
    prior : BetaMixture
        What is believed of the response probability before the trial.
    reference : float or BetaMixture
        Response probability to exceed [1], or what is believed of a control's (Thall and Simon).
    certainty : float
        Posterior probability that suffices at the end [1].
    futility : float or None
        Posterior probability below which earlier looks stop [1]; None for never.
    efficacy : float or None
        Posterior probability above which earlier looks stop [1]; None for never.
    margin : float
        By how much a control is to be exceeded [1].
    futility_margin : float, optional
        By how much at the futility looks [1]; the same by default.
    p0, p1 : float, optional
        Response probabilities under which errors are reported [1]; ``p0`` is the fixed reference
        by default.

    Raises
    ------
    DesignError
        If the settings contradict each other.

    References
    ----------
    .. [1] Thall PF, Simon R. Practical Bayesian guidelines for phase IIB clinical trials.
       *Biometrics* 1994;50:337-349. doi:10.2307/2533377
    .. [2] Schmidli H, Gsteiger S, Roychoudhury S, et al. Robust meta-analytic-predictive priors in
       clinical trials with historical control information. *Biometrics* 2014;70:1023-1032.
       doi:10.1111/biom.12242

    Examples
    --------
    >>> prior = BetaMixture.robust(8, 32, weight=0.5)
    >>> design = BayesianArm((15, 30), prior, reference=0.2, certainty=0.95, futility=0.3)
    >>> design.boundary.low, round(design.rejection(0.4), 4)
    ((1, 10), 0.7084)
    """

    looks: tuple[int, ...]
    prior: BetaMixture
    reference: float | BetaMixture
    certainty: float = 0.95
    futility: float | None = None
    efficacy: float | None = None
    margin: float = 0.0
    futility_margin: float | None = None
    p0: float | None = None
    p1: float | None = None
    _boundary: Boundary = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        find_looks(self.looks)
        if self.p0 is None and not isinstance(self.reference, BetaMixture):
            object.__setattr__(self, "p0", self.reference)
        self.check_hypotheses()
        self._check()
        low, high = [], []
        for n in self.looks[:-1]:
            futile = -1
            if self.futility is not None:
                futile = find_below(self.better(n, margin=self.futility_margin), self.futility)
            enough = n + 1 if self.efficacy is None else find_above(self.better(n), self.efficacy)
            low.append(futile)
            high.append(max(enough, futile + 1))
        last = find_below(self.better(self.looks[-1]), self.certainty)
        limits = Boundary(self.looks, (*low, last), (*high, last + 1))
        object.__setattr__(self, "_boundary", limits)

    def _check(self) -> None:
        for name in ("certainty", "futility", "efficacy"):
            value = getattr(self, name)
            if value is not None and not 0 < value < 1:
                raise DesignError(f"{name} is {value}; give a probability between 0 and 1.")
        futility, efficacy = self.futility, self.efficacy
        if futility is not None and efficacy is not None and futility >= efficacy:
            raise DesignError(
                f"The trial is futile below {futility} and efficacious above {efficacy}; the first "
                f"must be the smaller."
            )
        for margin in (self.margin, self.futility_margin):
            if margin is not None and not 0 <= margin < 1:
                raise DesignError(f"The margin is {margin}; give a difference from 0 to below 1.")
        if not isinstance(self.reference, BetaMixture) and not 0 < self.reference < 1:
            raise DesignError(
                f"reference is {self.reference}; give a response probability between 0 and 1, or a "
                f"BetaMixture."
            )

    @property
    def boundary(self) -> Boundary:
        """Limits on the responses at each look."""
        return self._boundary

    @property
    def references(self) -> tuple[str, ...]:
        """The papers it comes from."""
        mixed = (SCHMIDLI_2014,) if len(self.prior.components) > 1 else ()
        return (THALL_1994, *mixed)

    def better(self, n: int, *, margin: float | None = None) -> Floats:
        """Return how probable it is, after each count, that the treatment is better.

        Parameters
        ----------
        n : int
            Participants.
        margin : float, optional
            By how much [1]; the design's own margin by default.

        Returns
        -------
        ndarray of float, shape (n + 1,)
            Posterior probability after 0, 1, …, n responses [1].
        """
        margin = self.margin if margin is None else margin
        events = np.arange(n + 1)
        if isinstance(self.reference, BetaMixture):
            return self.prior.above_control(self.reference, events, n, margin=margin)
        return self.prior.above(self.reference + margin, events, n)

    def posterior(self, responses: int, participants: int) -> BetaMixture:
        """Return what is believed after data, with the weights of the components.

        Parameters
        ----------
        responses, participants : int
            What was seen.

        Returns
        -------
        BetaMixture
            The posterior.
        """
        return self.prior.after(responses, participants)
