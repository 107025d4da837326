"""The skeleton of a CRM from an indifference interval around the target."""

import math
from typing import Final, Literal

from protocyte.design.model_based.curve import Curve
from protocyte.errors import DesignError

LEAST: Final = 1e-9


def find_skeleton(
    half_width: float,
    *,
    target: float,
    prior_mtd: int,
    n_doses: int,
    curve: Literal["empiric", "logistic"] = "empiric",
    intercept: float = 3.0,
) -> tuple[float, ...]:
    """Find the skeleton whose indifference interval has a half-width.

    A CRM with this skeleton ends, in a very large trial, at a dose whose DLT probability lies
    within the half-width of the target.

    Parameters
    ----------
    half_width : float
        Half of the indifference interval [1]; below the target.
    target : float
        DLT probability that the MTD should have [1].
    prior_mtd : int
        Dose level that is believed to be the MTD, from 1.
    n_doses : int
        How many doses.
    curve : {"empiric", "logistic"}
        The curve that the CRM will use.
    intercept : float
        Fixed intercept of the logistic curve [1].

    Returns
    -------
    tuple of float
        DLT probability at each dose [1]; that of the prior MTD is the target.

    Raises
    ------
    DesignError
        If the half-width leaves no room around the target, or the prior MTD is not a dose.

    References
    ----------
    .. [1] Lee SM, Cheung YK. Model calibration in the continual reassessment method. *Clin Trials*
       2009;6:227-238. doi:10.1177/1740774509105076

    Examples
    --------
    >>> [round(p, 4) for p in find_skeleton(0.05, target=0.3, prior_mtd=3, n_doses=5)]
    [0.1225, 0.204, 0.3, 0.4018, 0.5013]
    """
    if not 0 < target < 1:
        raise DesignError(f"The target DLT probability is {target}; give one between 0 and 1.")
    if not LEAST < half_width < min(target, 1 - target):
        raise DesignError(
            f"The half-width is {half_width} around the target {target:g}; give one above 0 and "
            f"below {min(target, 1 - target):g}, customarily 0.04 to 0.06."
        )
    if not 1 <= prior_mtd <= n_doses:
        raise DesignError(
            f"The prior MTD is dose level {prior_mtd} of {n_doses}; name one of the levels."
        )
    low, high = target - half_width, target + half_width
    if curve == "empiric":
        ratio = math.log(high) / math.log(low)
        middle = math.log(target)
    else:
        ratio = (_logit(high) - intercept) / (_logit(low) - intercept)
        middle = _logit(target) - intercept
        if not _logit(high) < intercept:
            raise DesignError(
                f"The target and its half-width reach {high:g}, which a logistic curve with "
                f"intercept {intercept:g} does not; raise the intercept."
            )
    labels = [middle * ratio ** (level - prior_mtd) for level in range(1, n_doses + 1)]
    if curve == "empiric":
        skeleton = tuple(math.exp(label) for label in labels)
    else:
        skeleton = tuple(1 / (1 + math.exp(-label - intercept)) for label in labels)
    try:
        return Curve(skeleton, curve, intercept).skeleton
    except DesignError as error:
        raise DesignError(
            f"A half-width of {half_width:g} spreads {n_doses} doses so far that they cannot be "
            f"told from 0, from 1 or from each other; make it smaller, or use fewer doses."
        ) from error


def _logit(p: float) -> float:
    return math.log(p / (1 - p))
