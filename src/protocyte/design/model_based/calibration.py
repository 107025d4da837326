"""Which half-width serves a CRM best: by the exact chance of selecting the right dose."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import final

from protocyte.design.exact.walk import find_characteristics
from protocyte.design.model_based.crm import CRM
from protocyte.design.model_based.skeleton import find_skeleton
from protocyte.design.scenario import Scenario
from protocyte.errors import DesignError


@final
@dataclass(frozen=True, slots=True)
class HalfWidth:
    """How well a half-width does.

    Parameters
    ----------
    half_width : float
        Half of the indifference interval [1].
    average : float
        Probability of selecting the dose nearest the target, averaged over scenarios [1].
    correct : tuple of float
        The same in each scenario [1].
    design : CRM
        The design with the skeleton of this half-width.

    Examples
    --------
    >>> HalfWidth(0.05, 0.5, (0.5,), CRM(target=0.3, skeleton=(0.2, 0.3))).average
    0.5
    """

    half_width: float
    average: float
    correct: tuple[float, ...]
    design: CRM


def find_half_widths(
    design: CRM, half_widths: Sequence[float], scenarios: Sequence[Scenario], *, prior_mtd: int
) -> tuple[HalfWidth, ...]:
    """Find how well each of some half-widths does, the best first.

    Parameters
    ----------
    design : CRM
        A design with everything but the right skeleton, of a curve with one parameter.
    half_widths : sequence of float
        What to choose from [1], such as 0.01, 0.02, … 0.1.
    scenarios : sequence of Scenario
        The truths to average over, such as one in which each dose is the MTD.
    prior_mtd : int
        Dose level that is believed to be the MTD, from 1.

    Returns
    -------
    tuple of HalfWidth
        By falling average, the smaller of equally good half-widths first.

    Raises
    ------
    DesignError
        If there is nothing to choose from, or no skeleton has a half-width.

    References
    ----------
    .. [1] Lee SM, Cheung YK. Model calibration in the continual reassessment method. *Clin Trials*
       2009;6:227-238. doi:10.1177/1740774509105076

    Examples
    --------
    >>> design = CRM(target=0.3, skeleton=(0.2, 0.3, 0.4), cohorts=5)
    >>> truths = [Scenario((0.3, 0.45, 0.6)), Scenario((0.1, 0.3, 0.5)), Scenario((0.1, 0.2, 0.3))]
    >>> best = find_half_widths(design, (0.02, 0.06, 0.12), truths, prior_mtd=2)[0]
    >>> best.half_width, round(best.average, 4)
    (0.06, 0.6365)
    """
    if not half_widths:
        raise DesignError("There is no half-width to choose from; give some, such as 0.02 to 0.1.")
    if design.model == "two-parameter logistic":
        raise DesignError(
            "A half-width makes the skeleton of a curve with one parameter, and this CRM has two; "
            "choose the empiric or the logistic curve."
        )
    rows = []
    for half_width in half_widths:
        skeleton = find_skeleton(
            half_width,
            target=design.target,
            prior_mtd=prior_mtd,
            n_doses=design.n_doses,
            curve="empiric" if design.model == "empiric" else "logistic",
            intercept=design.intercept,
        )
        candidate = replace(design, skeleton=skeleton)
        correct = find_characteristics(candidate, scenarios).correct
        if correct is None:
            raise DesignError("The scenarios have no DLT probabilities; give them at each dose.")
        shares = tuple(correct.tolist())
        rows.append(HalfWidth(half_width, sum(shares) / len(shares), shares, candidate))
    return tuple(sorted(rows, key=lambda row: (-row.average, row.half_width)))
