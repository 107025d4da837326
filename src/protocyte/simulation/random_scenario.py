"""Random truths: curves that nobody chose, so that no design is favoured by choice.

A design that does well in six scenarios of its author's may do badly in general. Average
performance over random curves is asked for more and more; two published ways to draw them, and
responses to go with them.
"""

from dataclasses import replace
from typing import Final, Literal, TypeAlias

import numpy as np

from protocyte.design.correlation import find_linked
from protocyte.design.scenario import Scenario
from protocyte.design.state import Booleans, Floats
from protocyte.errors import DesignError

MOST_TRIES: Final = 200_000
"""Curves that are drawn for one scenario before giving up."""
BATCH: Final = 256
Generator: TypeAlias = Literal["uniform", "normal"]
Shape: TypeAlias = Literal["plateau", "increasing", "umbrella"]
REFERENCES: Final[dict[Generator, str]] = {
    "uniform": (
        "the pseudo-uniform algorithm (Clertant and O'Quigley, J R Stat Soc B 2017;79:1487-1508)"
    ),
    "normal": (
        "random steps on the probit scale (Paoletti and others, Comput Stat Data Anal "
        "2004;45:197-214; Liu and Yuan, J R Stat Soc C 2015;64:507-523, doi:10.1111/rssc.12089)"
    ),
}
"""Where each way to draw truths was published."""


def sample_scenarios(
    number: int,
    *,
    n_doses: int,
    target: float,
    generator: Generator = "uniform",
    responses: Shape | None = None,
    correlation: float = 0.0,
    rng: np.random.Generator,
) -> tuple[Scenario, ...]:
    """Draw truths by a published way, with responses if they are wanted.

    Parameters
    ----------
    number : int
        How many truths.
    n_doses : int
        How many doses each describes.
    target : float
        DLT probability of the MTD that is aimed at [1].
    generator : {"uniform", "normal"}
        Which of `REFERENCES`.
    responses : {"plateau", "increasing", "umbrella"}, optional
        Shape of the responses; none are drawn by default.
    correlation : float
        Correlation of toxicity and response in a participant (Gaussian copula) [1], -1 to 1.
    rng : numpy.random.Generator
        Where chance comes from; toxicities are the same whatever the responses are.

    Returns
    -------
    tuple of Scenario
        The truths, named by their number and MTD.

    Raises
    ------
    DesignError
        If the numbers make no sense, or there is no such generator.

    Examples
    --------
    >>> truths = sample_scenarios(
    ...     2, n_doses=3, target=0.3, responses="plateau", rng=np.random.default_rng(1))
    >>> [truth.n_doses for truth in truths]
    [3, 3]
    """
    if generator not in REFERENCES:
        raise DesignError(
            f"{generator!r} is no generator of truths; name one of {', '.join(REFERENCES)}."
        )
    first, second = rng.spawn(2)
    draw = sample_uniform_scenarios if generator == "uniform" else sample_normal_scenarios
    truths = draw(number, n_doses=n_doses, target=target, rng=first)
    if responses is None:
        return truths
    truths = sample_responses(truths, shape=responses, rng=second)
    if not correlation:
        return truths
    return tuple(replace(find_linked(one, correlation), name=one.name) for one in truths)


def sample_uniform_scenarios(
    number: int,
    *,
    n_doses: int,
    target: float,
    margin: float | None = None,
    gaps: tuple[float, float] | None = None,
    rng: np.random.Generator,
) -> tuple[Scenario, ...]:
    """Draw truths with the pseudo-uniform algorithm.

    Parameters
    ----------
    number : int
        How many truths.
    n_doses : int
        How many doses each describes.
    target : float
        DLT probability of the MTD that is aimed at [1].
    margin : float, optional
        How far from the target the DLT probability of the MTD may be [1]; any distance by default.
    gaps : tuple of float, optional
        Least and largest distance of the MTD's DLT probability to that of its neighbours [1]; any
        by default.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    tuple of Scenario
        The truths, named by their number and MTD.

    Raises
    ------
    DesignError
        If hardly a curve meets the conditions, or the numbers make no sense.

    Notes
    -----
    Each dose is the MTD equally often. For MTD j of J an upper limit is drawn, target + (1 -
    target) M with M from Beta(max(J - j, 1/2), 1); then J uniform probabilities below it, sorted,
    until dose j is the one nearest to the target.

    References
    ----------
    .. [1] Clertant M, O'Quigley J. Semiparametric dose finding methods. *J R Stat Soc B*
       2017;79:1487-1508.
    .. [2] Zhou H, Yuan Y, Nie L. Accuracy, safety, and reliability of novel phase I trial designs.
       *Clin Cancer Res* 2018;24:4357-4364. doi:10.1158/1078-0432.CCR-18-0168

    Examples
    --------
    >>> truths = sample_uniform_scenarios(
    ...     2, n_doses=4, target=0.3, rng=np.random.default_rng(1))
    >>> [truth.name for truth in truths]
    ['1, MTD 2', '2, MTD 3']
    """
    _check(number, n_doses, target)
    truths = []
    for index in range(number):
        mtd = int(rng.integers(n_doses))
        most = target + (1 - target) * rng.beta(max(n_doses - 1 - mtd, 0.5), 1)
        for _ in range(0, MOST_TRIES, BATCH):
            curves = np.sort(rng.uniform(0, most, (BATCH, n_doses)), axis=1)
            good = np.flatnonzero(_fits(curves, mtd, target, margin, gaps))
            if len(good):
                truths.append(_named(curves[good[0]], index, mtd))
                break
            if margin is not None or gaps is not None:
                # An upper limit that leaves no room for the conditions is drawn anew.
                most = target + (1 - target) * rng.beta(max(n_doses - 1 - mtd, 0.5), 1)
        else:
            raise DesignError(
                f"Of {MOST_TRIES:,} random curves none had its MTD at dose level {mtd + 1} with "
                f"margin = {margin} and gaps = {gaps}; ask for less."
            )
    return tuple(truths)


def sample_normal_scenarios(
    number: int,
    *,
    n_doses: int,
    target: float,
    step: float = 0.55,
    spread: float = 0.35,
    near: float = 0.05,
    rng: np.random.Generator,
) -> tuple[Scenario, ...]:
    """Draw truths by random steps on the probit scale.

    Parameters
    ----------
    number : int
        How many truths.
    n_doses : int
        How many doses each describes.
    target : float
        DLT probability of the MTD that is aimed at [1].
    step, spread : float
        Mean and SD of the normal numbers whose squares are the steps between doses [1, probit].
    near : float
        SD of the MTD around the target [1, probit].
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    tuple of Scenario
        The truths, named by their number and MTD.

    Raises
    ------
    DesignError
        If the numbers make no sense.

    Notes
    -----
    Each dose is the MTD equally often; its probit is normal around that of the target. Neighbours
    lie a squared normal number away, and at least so far that the MTD stays nearest to the target.

    References
    ----------
    .. [1] Paoletti X, O'Quigley J, Maccario J. Design efficiency in dose finding studies. *Comput
       Stat Data Anal* 2004;45:197-214.
    .. [2] Liu S, Yuan Y. Bayesian optimal interval designs for phase I clinical trials. *J R Stat
       Soc C* 2015;64:507-523. doi:10.1111/rssc.12089

    Examples
    --------
    >>> truths = sample_normal_scenarios(
    ...     2, n_doses=4, target=0.3, rng=np.random.default_rng(1))
    >>> [truth.name for truth in truths]
    ['1, MTD 2', '2, MTD 3']
    """
    from scipy.special import ndtr, ndtri

    _check(number, n_doses, target)
    if not (np.isfinite([step, spread, near]).all() and min(spread, near) >= 0):
        raise DesignError(f"step {step}, spread {spread}, near {near}: give finite SDs from 0 up.")
    truths = []
    for index in range(number):
        mtd = int(rng.integers(n_doses))
        probit = np.empty(n_doses)
        probit[mtd] = centre = rng.normal(ndtri(target), near)
        steps = rng.normal(step, spread, n_doses) ** 2
        # The same distance from the target on its other side; beyond lie the neighbours.
        mirror = float(ndtri(min(max(2 * target - float(ndtr(centre)), 1e-12), 1 - 1e-12)))
        for j in range(mtd - 1, -1, -1):
            above = min(centre, mirror) if j == mtd - 1 else probit[j + 1]
            probit[j] = above - steps[j]
        for j in range(mtd + 1, n_doses):
            below = max(centre, mirror) if j == mtd + 1 else probit[j - 1]
            probit[j] = below + steps[j]
        truths.append(_named(np.clip(ndtr(probit), 0.0, 1.0), index, mtd))
    return tuple(truths)


def sample_responses(
    scenarios: tuple[Scenario, ...],
    *,
    shape: Shape = "plateau",
    least: float = 0.0,
    most: float = 0.8,
    rng: np.random.Generator,
) -> tuple[Scenario, ...]:
    """Draw responses to go with truths about toxicity.

    Parameters
    ----------
    scenarios : tuple of Scenario
        Truths about toxicity.
    shape : {"plateau", "increasing", "umbrella"}
        Whether the response stays at its highest from a random dose on, rises up to the top dose,
        or falls after a random dose.
    least, most : float
        Limits of the response probabilities [1].
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    tuple of Scenario
        The truths with responses; toxicity and response are independent given the dose.

    Raises
    ------
    DesignError
        If the limits are no probabilities, or the shape is not known.

    Notes
    -----
    A convention of this program, not a published one: uniform probabilities between the limits,
    sorted up to the peak, whose dose is uniform.

    Examples
    --------
    >>> truths = sample_responses((Scenario((0.1, 0.2, 0.3)),), rng=np.random.default_rng(1))
    >>> eff = truths[0].eff
    >>> eff[0] <= eff[1] <= eff[2]
    True
    """
    if shape not in {"increasing", "plateau", "umbrella"}:
        raise DesignError(
            f"{shape!r} is no shape of a response; name 'plateau', 'increasing' or 'umbrella'."
        )
    if not 0 <= least < most <= 1:
        raise DesignError(
            f"Responses between {least} and {most} cannot be drawn; give two probabilities, the "
            f"lower first."
        )
    found = []
    for truth in scenarios:
        last = truth.n_doses - 1
        peak = last if shape == "increasing" else int(rng.integers(last + 1))
        eff = np.sort(rng.uniform(least, most, truth.n_doses))
        if shape == "plateau":
            eff[peak:] = eff[peak]
        elif shape == "umbrella":
            below = rng.permutation(eff[:-1])
            eff = np.concatenate([np.sort(below[:peak]), eff[-1:], np.sort(below[peak:])[::-1]])
        found.append(replace(truth, eff=tuple(eff.tolist()), both=None))
    return tuple(found)


def _fits(
    curves: Floats,
    mtd: int,
    target: float,
    margin: float | None,
    gaps: tuple[float, float] | None,
) -> Booleans:
    """Return which curves have their MTD where it should be."""
    away = np.abs(curves - target)
    good: Booleans = np.argmin(away, axis=1) == mtd
    if margin is not None:
        good &= away[:, mtd] <= margin
    if gaps is not None:
        for between in (mtd - 1, mtd):
            if 0 <= between < curves.shape[1] - 1:
                gap = curves[:, between + 1] - curves[:, between]
                good &= (gap >= gaps[0]) & (gap <= gaps[1])
    return good


def _named(curve: Floats, index: int, mtd: int) -> Scenario:
    return Scenario(tuple(curve.tolist()), name=f"{index + 1}, MTD {mtd + 1}")


def _check(number: int, n_doses: int, target: float) -> None:
    if number < 1 or n_doses < 1:
        raise DesignError(f"{number} truths of {n_doses} doses cannot be drawn; ask for 1 or more.")
    if not 0 < target < 1:
        raise DesignError(f"The target DLT probability is {target}; give one between 0 and 1.")
