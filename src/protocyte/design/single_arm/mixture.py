"""Beliefs about an event probability: mixtures of beta distributions.

A mixture stays one when data arrive: each component is updated by the counts, each weight by how
well its component foresaw them. A historical component beside a vague one gives a robust prior:
data that contradict history move the weight to the vague part.
"""

import math
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np
from numpy.typing import ArrayLike

from protocyte.design.kinds import find_sound_kinds
from protocyte.design.state import Floats
from protocyte.errors import DesignError

STEP: Final = 1 / 32
ENDS: Final = 4.5
"""Spacing and range of the double exponential quadrature; the ends lie within 1e-60 of 0 and 1."""


@final
@dataclass(frozen=True, slots=True)
class BetaMixture:
    """A mixture of beta distributions.

    Parameters
    ----------
    components : tuple of tuple of float
        Weight [1] and both parameters [1] of each.

    Raises
    ------
    DesignError
        If weights do not add up to 1, or parameters are not positive.

    References
    ----------
    .. [1] Schmidli H, Gsteiger S, Roychoudhury S, et al. Robust meta-analytic-predictive priors in
       clinical trials with historical control information. *Biometrics* 2014;70:1023-1032.
       doi:10.1111/biom.12242

    Examples
    --------
    >>> prior = BetaMixture.robust(8, 32, weight=0.8)
    >>> round(prior.mean, 3), [round(weight, 3) for weight, _, _ in prior.after(9, 12).components]
    (0.26, [0.022, 0.978])
    """

    components: tuple[tuple[float, float, float], ...]

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        components = tuple((float(w), float(a), float(b)) for w, a, b in self.components)
        object.__setattr__(self, "components", components)
        total = sum(weight for weight, _, _ in components)
        if not abs(total - 1) <= 1e-9 or any(not weight >= 0 for weight, _, _ in components):
            raise DesignError(
                f"The weights of the prior, {[weight for weight, _, _ in components]}, add up to "
                f"{total:g}; give shares that add up to 1."
            )
        for _, a, b in components:
            if not (0 < a < math.inf and 0 < b < math.inf):
                raise DesignError(
                    f"Beta({a:g}, {b:g}) is no prior; give two positive numbers, such as 1 and 1."
                )

    @classmethod
    def beta(cls, a: float, b: float) -> "BetaMixture":
        """Return a single beta distribution.

        Parameters
        ----------
        a, b : float
            Its parameters [1].

        Returns
        -------
        BetaMixture
            One component.
        """
        return cls(((1.0, a, b),))

    @classmethod
    def robust(
        cls, a: float, b: float, *, weight: float, vague: tuple[float, float] = (1.0, 1.0)
    ) -> "BetaMixture":
        """Return a historical beta distribution made robust by a vague one.

        Parameters
        ----------
        a, b : float
            Parameters of the historical component [1].
        weight : float
            Its weight [1], 0 to 1.
        vague : tuple of float
            Parameters of the vague component [1].

        Returns
        -------
        BetaMixture
            Two components.
        """
        return cls(((weight, a, b), (1 - weight, *vague)))

    @property
    def mean(self) -> float:
        """Mean of the probability [1]."""
        return sum(weight * a / (a + b) for weight, a, b in self.components)

    def after(self, events: int, n: int) -> "BetaMixture":
        """Return what is believed after data.

        Parameters
        ----------
        events, n : int
            Participants with the event, and all.

        Returns
        -------
        BetaMixture
            The posterior, with its weights.
        """
        weights = self._weights(np.array(events), n)
        return BetaMixture(
            tuple(
                (float(weight), a + events, b + n - events)
                for weight, (_, a, b) in zip(weights, self.components, strict=True)
            )
        )

    def above(self, limit: float, events: ArrayLike, n: int) -> Floats:
        """Return how probable it is, after data, that the event is more frequent than a limit.

        Parameters
        ----------
        limit : float
            The probability to exceed [1], 0 to 1.
        events : array_like of int
            Participants with the event.
        n : int
            Participants.

        Returns
        -------
        ndarray of float, shape of ``events``
            Posterior probability [1].
        """
        from scipy.special import betaincc

        counts = np.asarray(events)
        tails: list[Any] = [
            betaincc(a + counts, b + n - counts, limit) for _, a, b in self.components
        ]
        return self._mixed(counts, n, tails)

    def above_control(
        self, control: "BetaMixture", events: ArrayLike, n: int, *, margin: float = 0.0
    ) -> Floats:
        """Return how probable it is, after data, that the event is more frequent than a control's.

        Parameters
        ----------
        control : BetaMixture
            What is believed of the control's probability.
        events : array_like of int
            Participants with the event.
        n : int
            Participants.
        margin : float
            By how much to exceed it [1], 0 or more, below 1.

        Returns
        -------
        ndarray of float, shape of ``events``
            Posterior probability [1].

        References
        ----------
        .. [1] Thall PF, Simon R. Practical Bayesian guidelines for phase IIB clinical trials.
           *Biometrics* 1994;50:337-349. doi:10.2307/2533377
        """
        counts = np.asarray(events)
        tails = [
            sum(
                weight * _exceeds(a + counts, b + n - counts, c, d, margin)
                for weight, c, d in control.components
            )
            for _, a, b in self.components
        ]
        return self._mixed(counts, n, tails)

    def foreseen(self, events: ArrayLike, n: int, more: int) -> Floats:
        """Return how probable each number of events among further participants is.

        Parameters
        ----------
        events : array_like of int
            Participants with the event so far.
        n, more : int
            Participants so far, and further ones.

        Returns
        -------
        ndarray of float, shape (..., more + 1)
            Predictive probability of 0, 1, …, more events [1].
        """
        counts = np.asarray(events)[..., np.newaxis]
        ahead = np.arange(more)
        weights = self._weights(counts, n)
        mass = 0.0
        for weight, (_, a, b) in zip(weights, self.components, strict=True):
            # Neighbours' ratios, so that no large logarithms cancel.
            fewer, other = a + counts + ahead, b + n - counts + more - 1 - ahead
            steps = np.log((more - ahead) * fewer / ((ahead + 1) * other))
            logs = np.concatenate([np.zeros_like(counts), np.cumsum(steps, axis=-1)], axis=-1)
            shares = np.exp(logs - logs.max(axis=-1, keepdims=True))
            mass = mass + weight * shares / shares.sum(axis=-1, keepdims=True)
        return np.asarray(mass)

    def _weights(self, events: Any, n: int) -> Floats:
        """Return the weight of each component after data, components first."""
        if len(self.components) == 1:
            return np.ones((1, *np.shape(events)))
        from scipy.special import betaln

        with np.errstate(divide="ignore"):
            scores = np.array(
                [
                    np.log(weight) + betaln(a + events, b + n - events) - betaln(a, b)
                    for weight, a, b in self.components
                ]
            )
        shares = np.exp(scores - scores.max(axis=0))
        weights: Floats = shares / shares.sum(axis=0)
        return weights

    def _mixed(self, counts: Any, n: int, tails: Any) -> Floats:
        return np.asarray((self._weights(counts, n) * np.array(tails)).sum(axis=0))


def _exceeds(a: Any, b: Any, c: float, d: float, margin: float) -> Any:
    """Return P(E > S + margin), E ~ Beta(a, b) and S ~ Beta(c, d) independent.

    The integral of E's density times S's distribution from the margin to 1; nodes crowd at the
    ends, where densities may be infinite.
    """
    from scipy.special import betainc, betaln

    if not 0 <= margin < 1:
        raise DesignError(f"The margin is {margin}; give a difference from 0 to below 1.")
    steps = np.arange(-ENDS, ENDS + STEP / 2, STEP)
    swing = np.pi * np.sinh(steps)
    near, far = 1 / (1 + np.exp(-swing)), 1 / (1 + np.exp(swing))
    weight = STEP * np.pi * np.cosh(steps) * near * far * (1 - margin)
    inside, left = (1 - margin) * near, (1 - margin) * far
    a, b = np.asarray(a)[..., np.newaxis], np.asarray(b)[..., np.newaxis]
    with np.errstate(under="ignore"):
        density = np.exp((a - 1) * np.log(margin + inside) + (b - 1) * np.log(left) - betaln(a, b))
        return (weight * density * betainc(c, d, inside)).sum(axis=-1)
