"""Calibration of BOP2 and BOP2-FE: exact errors of every boundary on a grid.

Many settings of the curves give the same integers, so each boundary is followed once, all of them
together, under the null hypothesis and under the alternative.
"""

from dataclasses import dataclass
from typing import Final, Literal, final

import numpy as np

from protocyte.design.single_arm.bop2 import (
    BOP2,
    BOP2FE,
    find_efficacy,
    find_futility,
    find_null_certainties,
)
from protocyte.design.single_arm.boundary import NEAR, find_looks
from protocyte.design.single_arm.passage import Passage, find_passages
from protocyte.design.single_arm.staged import Counted
from protocyte.design.state import Floats, Integers
from protocyte.errors import DesignError

Control = Literal["strict", "closest"]
CUTOFFS: Final = tuple(round(0.5 + 0.01 * k, 2) for k in range(50))
SHAPES: Final = tuple(round(0.05 * k, 2) for k in range(21))
EFFICACY_SHAPES: Final = tuple(round(0.1 * k, 1) for k in range(31))


@final
@dataclass(frozen=True, slots=True, eq=False)
class _Candidates:
    """Different boundaries, each with the first settings that give it."""

    looks: tuple[int, ...]
    low: Integers
    high: Integers
    settings: tuple[tuple[float, ...], ...]


def find_bop2(
    p0: float,
    p1: float,
    looks: tuple[int, ...],
    *,
    alpha: float,
    power: float | None = None,
    counted: Counted = "eff",
    control: Control = "strict",
    cutoffs: tuple[float, ...] = CUTOFFS,
    shapes: tuple[float, ...] = SHAPES,
) -> BOP2:
    """Find the BOP2 design with the most power.

    Parameters
    ----------
    p0, p1 : float
        Event probabilities of the null hypothesis and of the alternative [1].
    looks : tuple of int
        Participants at each look, increasing.
    alpha : float
        Type I error [1]: success though p0 is true.
    power : float, optional
        Least power [1].
    counted : {"eff", "tox"}
        Responses, or events that nobody wants (then ``p1`` is below ``p0``).
    control : {"strict", "closest"}
        Keep the exact type I error at or below ``alpha``; or come as close to it as possible, from
        either side.
    cutoffs, shapes : tuple of float
        The grid of the final certainty and of the exponent [1].

    Returns
    -------
    BOP2
        The design; of equally powerful ones that with fewest expected participants at p0.

    Raises
    ------
    DesignError
        If no design on the grid reaches the error rates.

    References
    ----------
    .. [1] Zhou H, Lee JJ, Yuan Y. BOP2: Bayesian optimal design for phase II clinical trials with
       simple and complex endpoints. *Stat Med* 2017;36:3302-3314. doi:10.1002/sim.7338

    Examples
    --------
    >>> design = find_bop2(0.2, 0.4, (10, 20, 30, 40), alpha=0.1)
    >>> round(design.rejection(0.2), 4), round(design.rejection(0.4), 4)
    (0.0743, 0.8864)
    """
    _check(alpha, power)
    # The hypotheses are judged before the search; the curve is then any.
    BOP2(find_looks(looks), p0, 0.5, 1.0, p1, counted)
    null, wanted = (p0, p1) if counted == "eff" else (1 - p0, 1 - p1)
    certainties = find_null_certainties(looks, null)
    found: dict[tuple[int, ...], tuple[float, ...]] = {}
    for cutoff in cutoffs:
        for shape in shapes:
            found.setdefault(find_futility(certainties, looks, cutoff, shape), (cutoff, shape))
    low = np.array(list(found))
    high = np.broadcast_to(np.array(looks) + 1, low.shape).copy()
    high[:, -1] = low[:, -1] + 1
    candidates = _Candidates(looks, low, high, tuple(found.values()))
    cutoff, shape = _choose(candidates, (null, wanted), alpha, power, control=control)
    return BOP2(looks, p0, cutoff, shape, p1, counted)


def find_bop2_fe(
    p0: float,
    p1: float,
    looks: tuple[int, ...],
    *,
    alpha: float,
    power: float | None = None,
    method: Literal["power", "O'Brien-Fleming"] = "power",
    control: Control = "strict",
    cutoffs: tuple[float, ...] = CUTOFFS,
    shapes: tuple[float, ...] = SHAPES,
    efficacy_shapes: tuple[float, ...] = EFFICACY_SHAPES,
) -> BOP2FE:
    """Find the BOP2-FE design with the most power.

    Parameters
    ----------
    p0, p1 : float
        Response probabilities that are not interesting, and wanted [1].
    looks : tuple of int
        Participants at each look, increasing.
    alpha : float
        Type I error [1].
    power : float, optional
        Least power [1].
    method : {"power", "O'Brien-Fleming"}
        Shape of the efficacy boundary.
    control : {"strict", "closest"}
        Keep the exact type I error at or below ``alpha``; or come as close to it as possible.
    cutoffs, shapes, efficacy_shapes : tuple of float
        The grid [1].

    Returns
    -------
    BOP2FE
        The design; of equally powerful ones that with fewest expected participants at p0.

    Raises
    ------
    DesignError
        If no design on the grid reaches the error rates.

    References
    ----------
    .. [1] Xu X, Hashimoto A, Yimer B, Takeda K. BOP2-FE: Bayesian optimal phase II design with
       futility and efficacy stopping boundaries. *J Biopharm Stat* 2025.
       doi:10.1080/10543406.2025.2558142

    Examples
    --------
    >>> design = find_bop2_fe(0.1, 0.3, (10, 20, 30), alpha=0.05)
    >>> round(design.rejection(0.1), 4), round(design.rejection(0.3), 4)
    (0.0349, 0.8376)
    """
    _check(alpha, power)
    BOP2FE(find_looks(looks), p0, 0.5, 1.0, 1.0, p1)
    certainties = find_null_certainties(looks, p0)
    bends: tuple[float | None, ...] = efficacy_shapes if method == "power" else (None,)
    found: dict[tuple[tuple[int, ...], tuple[int, ...]], tuple[float, ...]] = {}
    for cutoff in cutoffs:
        highs = {find_efficacy(certainties, looks, cutoff, bend): bend for bend in bends[::-1]}
        lows = {find_futility(certainties, looks, cutoff, shape): shape for shape in shapes[::-1]}
        for low, shape in lows.items():
            for high, bend in highs.items():
                key = low, (*high[:-1], low[-1] + 1)
                found.setdefault(key, (cutoff, shape, *(() if bend is None else (bend,))))
    candidates = _Candidates(
        looks,
        np.array([low for low, _ in found]),
        np.array([high for _, high in found]),
        tuple(found.values()),
    )
    chosen = _choose(candidates, (p0, p1), alpha, power, control=control)
    return BOP2FE(looks, p0, chosen[0], chosen[1], chosen[2] if method == "power" else None, p1)


def _check(alpha: float, power: float | None) -> None:
    if not 0 < alpha < 0.5:
        raise DesignError(f"alpha is {alpha}; give an error between 0 and 0.5, such as 0.05.")
    if power is not None and not alpha < power < 1:
        raise DesignError(
            f"power is {power} with alpha = {alpha}; give a power above alpha and below 1."
        )


def _choose(
    candidates: _Candidates,
    truths: tuple[float, float],
    alpha: float,
    power: float | None,
    *,
    control: Control,
) -> tuple[float, ...]:
    """Return the settings of the best boundary."""
    under_null = find_passages(candidates.looks, candidates.low, candidates.high, truths[0])
    error, powers = under_null.passed, _passed(candidates, truths[1])
    away = np.maximum(error - alpha, 0.0) if control == "strict" else np.abs(error - alpha)
    allowed = away <= (NEAR if control == "strict" else away.min() + NEAR)
    if not allowed.any():
        raise DesignError(
            f"No boundary on the grid keeps the type I error at {alpha:g}: the smallest is "
            f"{error.min():.4f} with {candidates.looks[-1]} participants; allow a larger error, or "
            f"cut-offs nearer 1."
        )
    order = np.lexsort((under_null.expected.round(9), -powers.round(12), ~allowed))
    best = int(order[0])
    if power is not None and powers[best] < power - NEAR:
        raise DesignError(
            f"The most power with {candidates.looks[-1]} participants and a type I error of "
            f"{alpha:g} is {powers[best]:.4f}, less than {power:g}; treat more participants, or "
            f"allow larger errors."
        )
    return candidates.settings[best]


def _passed(candidates: _Candidates, probability: float) -> Floats:
    found: Passage = find_passages(candidates.looks, candidates.low, candidates.high, probability)
    return found.passed
