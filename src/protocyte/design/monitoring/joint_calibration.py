"""Exact calibration of BOP2 for two endpoints: both counts are followed together."""

from typing import Final

import numpy as np

from protocyte.design.monitoring.joint import Fails, JointBOP2
from protocyte.design.single_arm.bop2 import find_futility, find_null_certainties
from protocyte.design.single_arm.boundary import NEAR, find_looks
from protocyte.design.single_arm.calibration import CUTOFFS, SHAPES, Control
from protocyte.design.state import Floats, Integers
from protocyte.errors import DesignError

TOGETHER: Final = 64
"""So many boundaries are followed at once: their counts fit the processor's cache."""
Truth = tuple[float, float, float]


def find_joint_bop2(
    eff: tuple[float, float],
    tox: tuple[float, float],
    looks: tuple[int, ...],
    *,
    alpha: float,
    both: tuple[float, float] | None = None,
    fails: Fails = "either",
    power: float | None = None,
    control: Control = "strict",
    cutoffs: tuple[float, ...] = CUTOFFS,
    shapes: tuple[float, ...] = SHAPES,
) -> JointBOP2:
    """Find the BOP2 design for two endpoints with the most power.

    Parameters
    ----------
    eff : tuple of float
        Response probabilities of the null hypothesis and of the alternative [1].
    tox : tuple of float
        Toxicity probabilities of the null hypothesis and of the alternative [1].
    looks : tuple of int
        Participants at each look, increasing.
    alpha : float
        Type I error under the null hypothesis, not interesting *and* not acceptable [1].
    both : tuple of float, optional
        Probabilities of a toxicity with a response under both hypotheses [1]; independent by
        default.
    fails : {"either", "both"}
        Which failing endpoints stop the trial.
    power : float, optional
        Least power [1].
    control : {"strict", "closest"}
        Keep the exact type I error at or below ``alpha``; or come as close to it as possible.
    cutoffs, shapes : tuple of float
        The grid of the final certainty and of the exponent [1].

    Returns
    -------
    JointBOP2
        The design; of equally powerful ones that with fewest expected participants under the
        null hypothesis.

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
    >>> found = find_joint_bop2((0.2, 0.4), (0.4, 0.2), (10, 20), alpha=0.1)
    >>> found.futile_at, found.toxic_from
    ((1, 5), (5, 8))
    """
    if not 0 < alpha < 0.5:
        raise DesignError(f"alpha is {alpha}; give an error between 0 and 0.5, such as 0.05.")
    JointBOP2(find_looks(looks), eff[0], tox[0], 0.5, 1.0, fails, eff[1], tox[1])
    benefits = find_null_certainties(looks, eff[0])
    harms = find_null_certainties(looks, 1 - tox[0])
    found: dict[tuple[tuple[int, ...], tuple[int, ...]], tuple[float, float]] = {}
    for cutoff in cutoffs:
        for shape in shapes:
            futile = find_futility(benefits, looks, cutoff, shape)
            spared = find_futility(harms, looks, cutoff, shape)
            toxic = tuple(n - count for n, count in zip(looks, spared, strict=True))
            found.setdefault((futile, toxic), (cutoff, shape))
    low, high = (np.array([pair[i] for pair in found]) for i in (0, 1))
    links = both or (eff[0] * tox[0], eff[1] * tox[1])
    null, wanted = (
        _follow(looks, low, high, (eff[i], tox[i], links[i]), fails=fails) for i in (0, 1)
    )
    error, expected = null
    away = np.maximum(error - alpha, 0.0) if control == "strict" else np.abs(error - alpha)
    allowed = away <= (NEAR if control == "strict" else away.min() + NEAR)
    if not allowed.any():
        raise DesignError(
            f"No boundary on the grid keeps the type I error at {alpha:g}: the smallest is "
            f"{error.min():.4f} with {looks[-1]} participants; allow a larger error."
        )
    best = int(np.lexsort((expected.round(9), -wanted[0].round(12), ~allowed))[0])
    if power is not None and wanted[0][best] < power - NEAR:
        raise DesignError(
            f"The most power with {looks[-1]} participants and a type I error of {alpha:g} is "
            f"{wanted[0][best]:.4f}, less than {power:g}; treat more participants, or allow larger "
            f"errors."
        )
    cutoff, shape = list(found.values())[best]
    return JointBOP2(looks, eff[0], tox[0], cutoff, shape, fails, eff[1], tox[1])


def _follow(
    looks: tuple[int, ...], low: Integers, high: Integers, truth: Truth, *, fails: Fails
) -> tuple[Floats, Floats]:
    """Return success and expected participants under many pairs of boundaries."""
    cells = _cells(truth)
    parts = [
        _follow_some(looks, low[i : i + TOGETHER], high[i : i + TOGETHER], cells, fails=fails)
        for i in range(0, len(low), TOGETHER)
    ]
    success, expected = (np.concatenate(column) for column in zip(*parts, strict=True))
    return success, expected


def _cells(truth: Truth) -> Floats:
    """Return the probabilities of neither, response, toxicity, both: shape (toxicity, response)."""
    eff, tox, both = truth
    cells = np.array([[1 - eff - tox + both, eff - both], [tox - both, both]])
    if (cells < -NEAR).any():
        raise DesignError(
            f"Response {eff:g}, toxicity {tox:g} and both {both:g} are not probabilities of one "
            f"participant; give both between {max(0.0, eff + tox - 1):g} and {min(eff, tox):g}."
        )
    clipped: Floats = np.maximum(cells, 0.0)
    return clipped


def _follow_some(
    looks: tuple[int, ...], low: Integers, high: Integers, cells: Floats, *, fails: Fails
) -> tuple[Floats, Floats]:
    mass = np.ones((len(low), 1, 1))
    expected = np.zeros(len(low))
    for k, look in enumerate(looks):
        before = mass.sum(axis=(1, 2))
        n = mass.shape[1] - 1
        expected += before * (look - n)
        for _ in range(n, look):
            mass = _grow(mass, cells)
        count = np.arange(look + 1)
        futile = (count <= low[:, k : k + 1])[:, np.newaxis, :]
        toxic = (count >= high[:, k : k + 1])[:, :, np.newaxis]
        failed = futile | toxic if fails == "either" else futile & toxic
        mass = np.where(failed, 0.0, mass)
    return mass.sum(axis=(1, 2)), expected


def _grow(mass: Floats, cells: Floats) -> Floats:
    """Add one participant: shape (n_pairs, toxicities, responses)."""
    pairs, side, _ = mass.shape
    grown = np.zeros((pairs, side + 1, side + 1))
    grown[:, :-1, :-1] = cells[0, 0] * mass
    grown[:, :-1, 1:] += cells[0, 1] * mass
    grown[:, 1:, :-1] += cells[1, 0] * mass
    grown[:, 1:, 1:] += cells[1, 1] * mass
    return grown
