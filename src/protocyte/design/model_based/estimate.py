"""What a CRM estimates: the DLT probability at each dose, in one of two ways.

Plug-in: the curve at the posterior mean of its parameters. Posterior mean: the mean of the DLT
probability itself. The two can recommend different doses.
"""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, final

from protocyte.design.model_based.curve import Curve
from protocyte.design.model_based.distinct import find_distinct
from protocyte.design.model_based.plane import FINENESS as PLANE_FINENESS
from protocyte.design.model_based.plane import BivariateNormal, LogisticPlane, find_plane
from protocyte.design.model_based.trapezoid import FINENESS, Trapezoid, find_trapezoid
from protocyte.design.state import Floats, Integers
from protocyte.errors import DesignError

Estimate: TypeAlias = Literal["plug-in", "posterior mean"]
ESTIMATES: Final = ("plug-in", "posterior mean")
FINER: Final = 3
"""How many times as dense nodes are where two doses nearly tie."""


class Estimator(ABC):
    """Estimates DLT probabilities from counts.

    Examples
    --------
    >>> isinstance(OneParameter(Curve((0.1, 0.3)), 1.16, 30, "plug-in"), Estimator)
    True
    """

    __slots__ = ()

    @abstractmethod
    def estimates(self, counts: Integers, *, finely: bool = False) -> Floats:
        """Return the estimated DLT probability at each dose.

        Parameters
        ----------
        counts : ndarray of int, shape (n_states, n_doses, 2)
            Participants and those with a DLT at each dose [participants].
        finely : bool
            Whether with denser nodes than usual.

        Returns
        -------
        ndarray of float, shape (n_states, n_doses)
            Probabilities of a DLT [1].
        """

    @abstractmethod
    def exceeding(self, counts: Integers, *, limit: float) -> Floats:
        """Return how probable it is that each dose exceeds a DLT probability.

        Parameters
        ----------
        counts : ndarray of int, shape (n_states, n_doses, 2)
            Participants and those with a DLT at each dose [participants].
        limit : float
            The DLT probability to exceed [1].

        Returns
        -------
        ndarray of float, shape (n_states, n_doses)
            Posterior probabilities [1].
        """


@final
@dataclass(frozen=True, slots=True)
class OneParameter(Estimator):
    """A curve with one parameter.

    Parameters
    ----------
    curve : Curve
        The curve.
    prior_sd : float
        Standard deviation of the parameter's normal prior around 0 [1].
    participants : int
        The most participants of a trial.
    by : {"plug-in", "posterior mean"}
        What is estimated.

    Examples
    --------
    >>> import numpy as np
    >>> estimator = OneParameter(Curve((0.1, 0.3)), 1.16, 30, "plug-in")
    >>> estimator.estimates(np.zeros((1, 2, 2), int)).round(12).tolist()
    [[0.1, 0.3]]
    """

    curve: Curve
    prior_sd: float
    participants: int
    by: Estimate

    def estimates(self, counts: Integers, *, finely: bool = False) -> Floats:
        """Return the estimated DLT probability at each dose."""
        rule = self._rule(finely=finely)
        if self.by == "posterior mean":
            return rule.means(counts, of="tox")
        return self.curve.tox(rule.means(counts, of="parameter")[:, 0]).T

    def exceeding(self, counts: Integers, *, limit: float) -> Floats:
        """Return how probable it is that each dose exceeds a DLT probability."""
        return self._rule().exceeding(counts, limit=limit)

    def _rule(self, *, finely: bool = False) -> Trapezoid:
        fineness = FINENESS * FINER if finely else FINENESS
        return find_trapezoid(self.curve, self.prior_sd, self.participants, fineness)


@final
@dataclass(frozen=True, slots=True)
class TwoParameters(Estimator):
    """A logistic curve with two parameters, through the skeleton at their prior means.

    Parameters
    ----------
    prior : BivariateNormal
        Prior of intercept and log slope.
    skeleton : tuple of float
        Prior guess of the DLT probability at each dose [1].
    participants : int
        The most participants of a trial.
    by : {"plug-in", "posterior mean"}
        What is estimated.

    Examples
    --------
    >>> import numpy as np
    >>> prior = BivariateNormal((0.0, 0.0), (1.0, 1.0))
    >>> estimator = TwoParameters(prior, (0.1, 0.3), 30, "plug-in")
    >>> estimator.estimates(np.zeros((1, 2, 2), int)).round(9).tolist()
    [[0.1, 0.3]]
    """

    prior: BivariateNormal
    skeleton: tuple[float, ...]
    participants: int
    by: Estimate

    def estimates(self, counts: Integers, *, finely: bool = False) -> Floats:
        """Return the estimated DLT probability at each dose."""
        plane = self._plane(finely=finely)
        different, place = find_distinct(counts)
        means = plane.means(different)
        if self.by == "posterior mean":
            return means[place, 2:]
        return plane.tox(means[:, 0], means[:, 1])[place]

    def exceeding(self, counts: Integers, *, limit: float) -> Floats:
        """Return how probable it is that each dose exceeds a DLT probability."""
        plane = find_plane(self.prior, self._labels, self.participants, (limit,))
        exceeding: Floats = 1 - plane.tails(counts)[:, 0]
        return exceeding

    @property
    def _labels(self) -> tuple[float, ...]:
        middle, log_slope = self.prior.mean
        return tuple((math.log(p / (1 - p)) - middle) * math.exp(-log_slope) for p in self.skeleton)

    def _plane(self, *, finely: bool = False) -> LogisticPlane:
        fineness = PLANE_FINENESS * FINER if finely else PLANE_FINENESS
        return find_plane(self.prior, self._labels, self.participants, (), fineness)


def find_estimator(
    model: str,
    skeleton: tuple[float, ...],
    *,
    intercept: float,
    prior_sd: float,
    prior: BivariateNormal | None,
    participants: int,
    by: Estimate,
) -> Estimator:
    """Find the estimator that settings describe.

    Parameters
    ----------
    model : str
        The curve: "empiric", "logistic" or "two-parameter logistic".
    skeleton : tuple of float
        Prior guess of the DLT probability at each dose [1].
    intercept : float
        Fixed intercept of the logistic curve with one parameter [1].
    prior_sd : float
        Standard deviation of the only parameter's normal prior [1].
    prior : BivariateNormal or None
        Prior of two parameters.
    participants : int
        The most participants of a trial.
    by : {"plug-in", "posterior mean"}
        What is estimated.

    Returns
    -------
    Estimator
        The estimator.

    Raises
    ------
    DesignError
        If the settings contradict each other.

    Examples
    --------
    >>> find_estimator("empiric", (0.1, 0.3), intercept=3.0, prior_sd=1.16, prior=None,
    ...                participants=30, by="plug-in").curve.kind
    'empiric'
    """
    if by not in ESTIMATES:
        raise DesignError(f"The estimate is {by!r}; name one of {', '.join(ESTIMATES)}.")
    if model == "two-parameter logistic":
        if prior is None:
            raise DesignError(
                "The two-parameter logistic curve has no prior; give prior= with means, standard "
                "deviations and correlation of intercept and log slope."
            )
        return TwoParameters(prior, Curve(skeleton).skeleton, participants, by)
    if model not in {"empiric", "logistic"}:
        raise DesignError(
            f"The model is {model!r}; name 'empiric', 'logistic' or 'two-parameter logistic'."
        )
    if prior is not None:
        raise DesignError(
            f"prior= is for two parameters and the model is {model!r}; give prior_sd= instead."
        )
    curve = Curve(skeleton, "empiric" if model == "empiric" else "logistic", intercept)
    return OneParameter(curve, prior_sd, participants, by)
