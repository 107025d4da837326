"""BOP2: stop when it has become improbable enough that a treatment is better than the null rate.

The certainty that is asked for grows with the data: little at the first look, all of it at the
last. Two numbers shape that curve. They are calibrated elsewhere; here they become limits.
"""

from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Final, final

import numpy as np

from protocyte.design.kinds import find_sound_kinds
from protocyte.design.paper import XU_2025, ZHOU_2017
from protocyte.design.single_arm.boundary import Boundary, find_below, find_looks
from protocyte.design.single_arm.mixture import BetaMixture
from protocyte.design.single_arm.staged import Counted, StagedArm
from protocyte.design.state import Floats
from protocyte.errors import DesignError

NORMAL: Final = NormalDist()


@final
@dataclass(frozen=True, slots=True)
class BOP2(StagedArm):
    """Stop for futility (or for toxicity) by the Bayesian optimal phase II design.

    At n of N participants stop if P(p > p0) < ``cutoff`` (n/N)^``shape`` under the prior
    Beta(p0, 1 - p0); at N the same rule decides. Of an event that nobody wants the mirror image is
    taken: stop if P(p < p0) is below the limit.

    Parameters
    ----------
    looks : tuple of int
        Participants at each look, increasing; the last is N.
    p0 : float
        Event probability of the null hypothesis [1]: a response that is not interesting, or a
        toxicity that is not acceptable.
    cutoff : float
        Certainty asked for at the last look [1], the paper's lambda, 0 to 1.
    shape : float
        How late certainty is asked for [1], the paper's gamma, 0 or more.
    p1 : float, optional
        Event probability of the alternative [1].
    counted : {"eff", "tox"}
        Responses, or events that nobody wants.

    Raises
    ------
    DesignError
        If the settings contradict each other.

    References
    ----------
    .. [1] Zhou H, Lee JJ, Yuan Y. BOP2: Bayesian optimal design for phase II clinical trials with
       simple and complex endpoints. *Stat Med* 2017;36:3302-3314. doi:10.1002/sim.7338

    Examples
    --------
    >>> design = BOP2((10, 20, 30, 40), p0=0.2, cutoff=0.86, shape=0.95)
    >>> design.boundary.low
    (1, 3, 7, 11)
    """

    looks: tuple[int, ...]
    p0: float
    cutoff: float
    shape: float
    p1: float | None = None
    counted: Counted = "eff"
    _boundary: Boundary = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        find_looks(self.looks)
        if self.counted not in ("eff", "tox"):
            raise DesignError(f"counted is {self.counted!r}; name 'eff' or 'tox'.")
        self.check_hypotheses()
        _check_curve(self.cutoff, self.shape)
        null = self.p0 if self.counted == "eff" else 1 - self.p0
        low = find_futility(
            find_null_certainties(self.looks, null), self.looks, self.cutoff, self.shape
        )
        high = (*(n + 1 for n in self.looks[:-1]), low[-1] + 1)
        limits = Boundary(self.looks, low, high)
        limits = limits if self.counted == "eff" else limits.mirrored()
        object.__setattr__(self, "_boundary", limits)

    @property
    def boundary(self) -> Boundary:
        """Limits on the count at each look."""
        return self._boundary

    @property
    def references(self) -> tuple[str, ...]:
        """The paper it comes from."""
        return (ZHOU_2017,)


@final
@dataclass(frozen=True, slots=True)
class BOP2FE(StagedArm):
    """Stop for futility or for efficacy by the Bayesian optimal phase II design (BOP2-FE).

    Futility as in `BOP2`. At n of N stop for efficacy if P(p > p0) ≥ 1 - (1 - ``cutoff``)
    (n/N)^``efficacy_shape``, or, without that shape, ≥ 2Φ(Φ⁻¹((1 + ``cutoff``)/2) / √(n/N)) - 1,
    which is shaped like O'Brien and Fleming's boundary.

    Parameters
    ----------
    looks : tuple of int
        Participants at each look, increasing; the last is N.
    p0 : float
        Response probability that is not interesting [1].
    cutoff : float
        Certainty asked for at the last look [1], the paper's lambda, 0 to 1.
    shape : float
        How late futility asks for certainty [1], the paper's gamma, 0 or more.
    efficacy_shape : float or None
        How late efficacy is content with it [1], the paper's eta, 0 or more; None for the shape
        of O'Brien and Fleming.
    p1 : float, optional
        Response probability that is wanted [1].

    Raises
    ------
    DesignError
        If the settings contradict each other.

    References
    ----------
    .. [1] Xu X, Hashimoto A, Yimer B, Takeda K. BOP2-FE: Bayesian optimal phase II design with
       futility and efficacy stopping boundaries. *J Biopharm Stat* 2025.
       doi:10.1080/10543406.2025.2558142

    Examples
    --------
    >>> design = BOP2FE((10, 20, 30), p0=0.1, cutoff=0.9, shape=1, efficacy_shape=2)
    >>> design.boundary.low, design.boundary.high
    ((0, 2, 5), (4, 5, 6))
    """

    looks: tuple[int, ...]
    p0: float
    cutoff: float
    shape: float
    efficacy_shape: float | None = None
    p1: float | None = None
    _boundary: Boundary = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        find_looks(self.looks)
        self.check_hypotheses()
        _check_curve(self.cutoff, self.shape, self.efficacy_shape)
        certainties = find_null_certainties(self.looks, self.p0)
        low = find_futility(certainties, self.looks, self.cutoff, self.shape)
        high = find_efficacy(certainties, self.looks, self.cutoff, self.efficacy_shape)
        limits = Boundary(self.looks, low, (*high[:-1], low[-1] + 1))
        object.__setattr__(self, "_boundary", limits)

    @property
    def boundary(self) -> Boundary:
        """Limits on the responses at each look."""
        return self._boundary

    @property
    def references(self) -> tuple[str, ...]:
        """The papers it comes from."""
        return (XU_2025, ZHOU_2017)


def find_null_certainties(looks: tuple[int, ...], p0: float) -> tuple[Floats, ...]:
    """Find how certain each count makes it that the null rate is exceeded.

    Parameters
    ----------
    looks : tuple of int
        Participants at each look.
    p0 : float
        Event probability of the null hypothesis [1]; the prior is Beta(p0, 1 - p0).

    Returns
    -------
    tuple of ndarray of float, shape (n + 1,)
        Posterior probability after 0, 1, …, n events [1], a look each.

    Examples
    --------
    >>> find_null_certainties((2,), 0.2)[0].round(3).tolist()
    [0.112, 0.743, 0.979]
    """
    prior = BetaMixture.beta(p0, 1 - p0)
    return tuple(prior.above(p0, np.arange(n + 1), n) for n in looks)


def find_futility(
    certainties: tuple[Floats, ...], looks: tuple[int, ...], cutoff: float, shape: float
) -> tuple[int, ...]:
    """Find the most events that are futile at each look.

    Parameters
    ----------
    certainties : tuple of ndarray of float
        Certainty after each count [1], a look each.
    looks : tuple of int
        Participants at each look.
    cutoff, shape : float
        Certainty at the last look, and exponent of the share of participants [1].

    Returns
    -------
    tuple of int
        Counts; -1 where none is futile.

    Examples
    --------
    >>> find_futility(find_null_certainties((10, 20), 0.2), (10, 20), 0.9, 1.0)
    (2, 6)
    """
    return tuple(
        find_below(certainty, cutoff * (n / looks[-1]) ** shape)
        for certainty, n in zip(certainties, looks, strict=True)
    )


def find_efficacy(
    certainties: tuple[Floats, ...], looks: tuple[int, ...], cutoff: float, shape: float | None
) -> tuple[int, ...]:
    """Find the fewest events that are enough at each look.

    Parameters
    ----------
    certainties : tuple of ndarray of float
        Certainty after each count [1], a look each.
    looks : tuple of int
        Participants at each look.
    cutoff : float
        Certainty at the last look [1].
    shape : float or None
        Exponent of the share of participants [1]; None for O'Brien and Fleming's shape.

    Returns
    -------
    tuple of int
        Counts; one more than the participants where none is enough.

    Examples
    --------
    >>> find_efficacy(find_null_certainties((10, 20), 0.2), (10, 20), 0.9, 2.0)
    (5, 7)
    """
    limits = []
    for certainty, n in zip(certainties, looks, strict=True):
        share = n / looks[-1]
        if shape is None:
            limit = 2 * NORMAL.cdf(NORMAL.inv_cdf((1 + cutoff) / 2) / share**0.5) - 1
        else:
            limit = 1 - (1 - cutoff) * share**shape
        limits.append(find_below(certainty, limit) + 1)
    return tuple(limits)


def _check_curve(cutoff: float, *shapes: float | None) -> None:
    if not 0 < cutoff < 1:
        raise DesignError(f"The cut-off is {cutoff}; give a certainty between 0 and 1.")
    for shape in shapes:
        if shape is not None and not 0 <= shape < float("inf"):
            raise DesignError(f"The shape is {shape}; give a finite number, 0 or more.")
