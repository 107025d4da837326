"""The limits that BOIN-ET compares rates with, chosen so that wrong moves are least probable."""

from dataclasses import dataclass
from typing import Final, Literal, final

import numpy as np

from protocyte.design.exact.binomial import find_binomial
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.state import Floats
from protocyte.errors import DesignError

STEP: Final = 0.01
PARTICIPANTS: Final = 100
"""Participants at a dose for which wrong moves are reckoned."""
_ROUNDING: Final = 1e-7

Reading = Literal["package", "own truth"]


@final
@dataclass(frozen=True, slots=True)
class BOINETLimits:
    """Three rates that divide what to do next.

    Parameters
    ----------
    lambda_1 : float
        DLT rate at or below which a dose is tolerated [1].
    lambda_2 : float
        DLT rate at or above which a dose is left [1].
    eta_1 : float
        Response rate at or below which a dose does too little [1].

    Raises
    ------
    DesignError
        If the limits cross.

    Examples
    --------
    >>> BOINETLimits(0.14, 0.35, 0.48).lambda_2
    0.35
    """

    lambda_1: float
    lambda_2: float
    eta_1: float

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        if not (0 <= self.lambda_1 < self.lambda_2 <= 1 and 0 <= self.eta_1 < 1):
            raise DesignError(
                f"The limits are {self.lambda_1:g} and {self.lambda_2:g} for toxicity and "
                f"{self.eta_1:g} for response; the first lies below the second, all between 0 and "
                f"1."
            )


def find_boin_et_limits(
    *,
    toxicity: tuple[float, float, float],
    efficacy: tuple[float, float],
    reading: Reading = "package",
) -> BOINETLimits:
    """Find the limits with the smallest sum of probabilities of a wrong move.

    Parameters
    ----------
    toxicity : tuple of float
        DLT probability that is needlessly low, aimed at, and too high [1].
    efficacy : tuple of float
        Response probability that is too low, and aimed at [1].
    reading : {"package", "own truth"}
        Under which truth the share of undecided outcomes is reckoned where both probabilities are
        those aimed at: with "package" at the needlessly low DLT probability, as boinet 1.5.0 does;
        with "own truth" at the one aimed at.

    Returns
    -------
    BOINETLimits
        The limits, on a grid of 0.01 that begins at the lower probability of each.

    Raises
    ------
    DesignError
        If the probabilities do not rise.

    Notes
    -----
    A hundred participants are at the dose. Five truths count, each pair of a DLT and a response
    probability but the one with the DLT probability aimed at and too low a response. Where toxicity
    lies between its limits and the response is too low the next dose is the best of three: such an
    outcome counts as two thirds of a wrong move.

    References
    ----------
    .. [1] Takeda K, Taguri M, Morita S. BOIN-ET: Bayesian optimal interval design for dose finding
       based on both efficacy and toxicity outcomes. *Pharm Stat* 2018;17:383-395.

    Examples
    --------
    >>> find_boin_et_limits(toxicity=(0.03, 0.3, 0.42), efficacy=(0.36, 0.6))
    BOINETLimits(lambda_1=0.14, lambda_2=0.35, eta_1=0.48)
    """
    low, aim, high = toxicity
    least, wanted = efficacy
    if not (0 < low < aim < high < 1 and 0 < least < wanted < 1):
        raise DesignError(
            f"The DLT probabilities {low:g}, {aim:g}, {high:g} and the response probabilities "
            f"{least:g}, {wanted:g} must rise, between 0 and 1."
        )
    grids = [_grid(low, aim), _grid(aim, high), _grid(least, wanted)]
    tolerated = {p: _at_most(p, grids[0])[:, np.newaxis, np.newaxis] for p in toxicity}
    kept = {p: _at_most(p, grids[1], less=1)[:, np.newaxis] for p in toxicity}
    weak = {q: _at_most(q, grids[2]) for q in efficacy}
    wrong = np.zeros([len(grid) for grid in grids])
    for p, q in ((low, least), (low, wanted), (aim, wanted), (high, least), (high, wanted)):
        up, stays, few = tolerated[p], kept[p], weak[q]
        between = stays - up
        if reading == "package" and p == aim:
            between = stays - tolerated[low]
        wrong = wrong + 2 / 3 * between * few
        if q == least or p == high:
            wrong = wrong + (stays - up) * (1 - few)
        if p == high:
            wrong = wrong + up
        else:
            wrong = wrong + 1 - stays + up * ((1 - few) if q == least else few)
    first, second, third = np.unravel_index(int(np.argmin(wrong)), wrong.shape)
    return BOINETLimits(
        round(float(grids[0][first]), 10),
        round(float(grids[1][second]), 10),
        round(float(grids[2][third]), 10),
    )


def _grid(low: float, high: float) -> Floats:
    steps = np.arange(int((high - low) / STEP + 1 + _ROUNDING), dtype=np.float64)
    return low + STEP * steps


def _at_most(probability: float, rates: Floats, *, less: int = 0) -> Floats:
    """Return how probable it is to see no more than some rates."""
    cumulated = np.cumsum(find_binomial(PARTICIPANTS, probability))
    counts = np.floor(PARTICIPANTS * rates - less + _ROUNDING).astype(int)
    seldom: Floats = cumulated[counts]
    return seldom
