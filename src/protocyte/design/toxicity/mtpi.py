"""mTPI and mTPI-2: act on the interval of toxicity that the posterior finds most dense."""

from dataclasses import dataclass
from fractions import Fraction
from typing import final

import numpy as np

from protocyte.design.paper import GUO_2017, JI_2010
from protocyte.design.toxicity.decision_table import Moves
from protocyte.design.toxicity.interval_design import EquivalenceDesign
from protocyte.design.toxicity.strongest_interval import find_keys, find_strongest_interval


@final
@dataclass(frozen=True, slots=True)
class MTPI(EquivalenceDesign):
    """Find the MTD with the modified toxicity probability interval method.

    Of three intervals, below, around and above the target, the one with the most posterior
    probability for its width decides. The long upper interval is hard to reach: with a target of
    0.3 the design stays at three DLTs in six, which mTPI-2 mends. The paper does not say what to do
    about ties; the higher interval decides here.

    Parameters
    ----------
    target, n_doses, cohorts, cohort_size, start_dose, certainty, close_from : optional
        As every `IntervalDesign` has them.
    extra_safe, early_stop, early_stop_when : optional
        As every `IntervalDesign` has them.
    margin_below, margin_above : float
        How far the middle interval reaches below and above the target [1].

    Raises
    ------
    DesignError
        If settings contradict each other.

    References
    ----------
    .. [1] Ji Y, Liu P, Li Y, Bekele BN. A modified toxicity probability interval method for
       dose-finding trials. *Clin Trials* 2010;7:653-663. doi:10.1177/1740774510382799

    Examples
    --------
    >>> MTPI(target=0.3, n_doses=5).moves(6).tolist()
    [1, 1, 0, 0, -1, -1, -1]
    """

    @property
    def references(self) -> tuple[str, ...]:
        """The paper it comes from."""
        return (JI_2010,)

    def moves(self, n: int) -> Moves:
        """Return how many levels up the next dose is, for 0, 1, … n DLTs."""
        edges = (Fraction(0), *self.interval, Fraction(1))
        return (1 - find_strongest_interval(edges, n)).astype(np.int8)

    def explain_counts(self, n: int, tox: int) -> str:
        """Return the interval that is most dense."""
        edges = (Fraction(0), *self.interval, Fraction(1))
        return _told(edges, int(find_strongest_interval(edges, n)[tox]))


@final
@dataclass(frozen=True, slots=True)
class MTPI2(EquivalenceDesign):
    """Find the MTD with mTPI-2: the intervals above and below are cut as short as the middle one.

    The shorter intervals at either end count with their own width. Otherwise it is the Keyboard
    design, which leaves them out; ties are decided by the higher interval.

    Parameters
    ----------
    target, n_doses, cohorts, cohort_size, start_dose, certainty, close_from : optional
        As every `IntervalDesign` has them.
    extra_safe, early_stop, early_stop_when : optional
        As every `IntervalDesign` has them.
    margin_below, margin_above : float
        How far the middle interval reaches below and above the target [1].

    Raises
    ------
    DesignError
        If settings contradict each other.

    References
    ----------
    .. [1] Guo W, Wang SJ, Yang S, Lynn H, Ji Y. A Bayesian interval dose-finding design addressing
       Ockham's razor: mTPI-2. *Contemp Clin Trials* 2017;58:23-33. doi:10.1016/j.cct.2017.04.006

    Examples
    --------
    >>> MTPI2(target=0.3, n_doses=5).moves(6).tolist()
    [1, 1, 0, -1, -1, -1, -1]
    """

    @property
    def references(self) -> tuple[str, ...]:
        """The paper it comes from."""
        return (GUO_2017,)

    def moves(self, n: int) -> Moves:
        """Return how many levels up the next dose is, for 0, 1, … n DLTs."""
        keys, target = find_keys(*self.interval, edges="rescale")
        return np.sign(target - find_strongest_interval(keys, n)).astype(np.int8)

    def explain_counts(self, n: int, tox: int) -> str:
        """Return the interval that is most dense."""
        keys, _ = find_keys(*self.interval, edges="rescale")
        return _told(keys, int(find_strongest_interval(keys, n)[tox]))


def _told(edges: tuple[Fraction, ...], strongest: int) -> str:
    low, high = (float(edge) for edge in edges[strongest : strongest + 2])
    return f": most posterior probability for its width in {low:g} to {high:g}"
