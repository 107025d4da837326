"""A single arm judged by what its planned end will probably say."""

from dataclasses import dataclass, field
from typing import final

import numpy as np

from protocyte.design.kinds import find_sound_kinds
from protocyte.design.paper import LEE_2008
from protocyte.design.single_arm.boundary import Boundary, find_above, find_below, find_looks
from protocyte.design.single_arm.mixture import BetaMixture
from protocyte.design.single_arm.staged import StagedArm
from protocyte.design.state import Floats
from protocyte.errors import DesignError


@final
@dataclass(frozen=True, slots=True)
class PredictiveArm(StagedArm):
    """Stop when success at the planned end has become too improbable, or certain enough.

    At the last look the treatment is active if P(p > p0) ≥ ``certainty``; equality counts. Before,
    the predictive probability (PP) of that success stops the trial for futility if PP <
    ``futility``, for efficacy if PP > ``efficacy``.

    Parameters
    ----------
    looks : tuple of int
        Participants at each look, increasing.
    p0 : float
        Response probability that is not interesting [1].
    prior : BetaMixture
        What is believed of the response probability before the trial.
    certainty : float
        Posterior probability that suffices at the end [1], the paper's theta_T.
    futility : float or None
        Predictive probability below which earlier looks stop [1], theta_L; None for never.
    efficacy : float or None
        Predictive probability above which earlier looks stop [1], theta_U; None for never.
    p1 : float, optional
        Response probability that is wanted [1].

    Raises
    ------
    DesignError
        If the settings contradict each other.

    References
    ----------
    .. [1] Lee JJ, Liu DD. A predictive probability design for phase II cancer clinical trials.
       *Clin Trials* 2008;5:93-106. doi:10.1177/1740774508089279

    Examples
    --------
    >>> design = PredictiveArm((10, 20), 0.2, BetaMixture.beta(1, 1), certainty=0.9, futility=0.05)
    >>> design.predictive(10).round(3).tolist()[:4]
    [0.001, 0.021, 0.14, 0.438]
    >>> design.boundary.low
    (1, 6)
    """

    looks: tuple[int, ...]
    p0: float
    prior: BetaMixture
    certainty: float
    futility: float | None = None
    efficacy: float | None = None
    p1: float | None = None
    _boundary: Boundary = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        find_looks(self.looks)
        self.check_hypotheses()
        for name in ("certainty", "futility", "efficacy"):
            value = getattr(self, name)
            if value is not None and not 0 < value < 1:
                raise DesignError(f"{name} is {value}; give a probability between 0 and 1.")
        futility, efficacy = self.futility, self.efficacy
        if futility is not None and efficacy is not None and futility >= efficacy:
            raise DesignError(
                f"The trial is futile below {futility} and efficacious above {efficacy}; "
                f"the first must be the smaller."
            )
        low, high = [], []
        for n in self.looks[:-1]:
            ahead = self.predictive(n)
            low.append(-1 if self.futility is None else find_below(ahead, self.futility))
            high.append(n + 1 if self.efficacy is None else find_above(ahead, self.efficacy))
        last = self._failing
        limits = Boundary(self.looks, (*low, last), (*high, last + 1))
        object.__setattr__(self, "_boundary", limits)

    @property
    def boundary(self) -> Boundary:
        """Limits on the responses at each look."""
        return self._boundary

    @property
    def references(self) -> tuple[str, ...]:
        """The paper it comes from."""
        return (LEE_2008,)

    def predictive(self, n: int) -> Floats:
        """Return how probable success at the planned end is, after each count.

        Parameters
        ----------
        n : int
            Participants so far.

        Returns
        -------
        ndarray of float, shape (n + 1,)
            Predictive probability after 0, 1, …, n responses [1].
        """
        counts, more = np.arange(n + 1), self.looks[-1] - n
        ahead = self.prior.foreseen(counts, n, more)
        enough = counts[:, np.newaxis] + np.arange(more + 1) > self._failing
        predictive: Floats = np.where(enough, ahead, 0.0).sum(axis=1)
        return predictive

    @property
    def _failing(self) -> int:
        """The most responses that do not suffice at the planned end."""
        last = self.looks[-1]
        return find_below(self.prior.above(self.p0, np.arange(last + 1), last), self.certainty)
