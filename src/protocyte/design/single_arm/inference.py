"""What may be said of the event probability after a trial that could have stopped early.

Endings are put in order by stage: a trial that stopped early at the upper limit saw more than any
that went on, one that stopped early at the lower limit saw less. P-values and limits follow from
that order, estimates from the ways in which an ending can be reached.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, final

from protocyte.design.single_arm.boundary import Boundary
from protocyte.design.single_arm.passage import find_reached
from protocyte.errors import DesignError, OutcomeError

Upper = Literal["same tail", "other tail"]


@final
@dataclass(frozen=True, slots=True)
class StagewiseEstimate:
    """An event probability after a trial with looks.

    Parameters
    ----------
    events, participants, stage : int
        What was seen, and the look at which the trial ended, from 1.
    proportion : float
        Events over participants [1]; biased, because the trial could stop.
    umvue : float
        Unbiased estimate of least variance [1].
    median : float
        Median-unbiased estimate [1]: a result as high has probability one half.
    p_value : float or None
        Probability of a result at least as good if the null hypothesis were true [1]; None where
        none was given.
    lower, upper : float or None
        One-sided confidence limits [1]; None where the method has none.
    level : float
        Confidence of each limit [1].

    Examples
    --------
    >>> from protocyte.design import SimonTwoStage
    >>> SimonTwoStage(r1=1, n1=10, r=5, n=29, p0=0.1).estimate(6).umvue.__round__(4)
    0.2613
    """

    events: int
    participants: int
    stage: int
    proportion: float
    umvue: float
    median: float
    p_value: float | None
    lower: float | None
    upper: float | None
    level: float


def find_estimate(
    boundary: Boundary,
    events: int,
    *,
    participants: int | None = None,
    null: float | None = None,
    good: Literal["many", "few"] = "many",
    level: float = 0.95,
    upper: Upper = "same tail",
) -> StagewiseEstimate:
    """Find what a trial that has ended says of the event probability.

    Each look must have had its planned number of participants.

    Parameters
    ----------
    boundary : Boundary
        The limits of the trial.
    events : int
        Participants with the event.
    participants : int, optional
        How many were treated; needed only where the count could have ended more than one look.
    null : float, optional
        Event probability of the null hypothesis [1].
    good : {"many", "few"}
        Whether many or few events speak against the null hypothesis.
    level : float
        Confidence of each one-sided limit [1], between 0.5 and 1.
    upper : {"same tail", "other tail"}
        The upper limit makes a result *at least as high* have probability ``level``, as Koyama and
        Chen and clinfun define it (none for no event); or a result *at most as high* have
        probability 1 - ``level``, as Clopper and Pearson do, which never covers too rarely.

    Returns
    -------
    StagewiseEstimate
        Estimates, p-value and limits that respect the looks.

    Raises
    ------
    OutcomeError
        If the trial cannot have ended with these counts, or the look is not clear.
    DesignError
        If the level is not a confidence level.

    References
    ----------
    .. [1] Jung SH, Kim KM. On the estimation of the binomial probability in multistage clinical
       trials. *Stat Med* 2004;23:881-896. doi:10.1002/sim.1653
    .. [2] Koyama T, Chen H. Proper inference from Simon's two-stage designs. *Stat Med*
       2008;27:3145-3154. doi:10.1002/sim.3123

    Examples
    --------
    >>> found = find_estimate(Boundary((10, 29), (1, 5), (11, 6)), 6, null=0.1)
    >>> found.stage, round(found.p_value, 4), round(found.lower, 4)
    (2, 0.0471, 0.1015)
    """
    if not 0.5 < level < 1:
        raise DesignError(f"The confidence level is {level}; give one between 0.5 and 1.")
    stage = _stage(boundary, events, participants)

    def as_high(probability: float) -> float:
        return _tail(boundary, stage, events, probability, good="many")

    def higher(probability: float) -> float:
        return 1 - _tail(boundary, stage, events, probability, good="few")

    top = boundary.looks[stage]
    if upper == "same tail":
        limit = None if as_high(0.0) >= level else _solve(as_high, level)
    else:
        limit = 1.0 if higher(1.0) < level else _solve(higher, level)
    return StagewiseEstimate(
        events,
        top,
        stage + 1,
        events / top,
        _umvue(boundary, stage, events),
        0.0 if as_high(0.0) >= 0.5 else _solve(as_high, 0.5),
        None if null is None else _tail(boundary, stage, events, null, good=good),
        0.0 if as_high(0.0) >= 1 - level else _solve(as_high, 1 - level),
        limit,
        level,
    )


def _stage(boundary: Boundary, events: int, participants: int | None) -> int:
    """Return the index of the look at which a trial ended."""
    if not 0 <= events <= boundary.planned:
        raise OutcomeError(
            f"{events} participants with the event cannot be among {boundary.planned} "
            f"participants; correct the count."
        )
    ends = [
        k
        for k, (n, low, high) in enumerate(
            zip(boundary.looks, boundary.low, boundary.high, strict=True)
        )
        if participants in (None, n)
        and (events <= low or events >= high)
        and _possible(boundary, k, events)
    ]
    if not ends:
        told = "" if participants is None else f" after {participants} participants"
        raise OutcomeError(
            f"The trial cannot end with {events} events{told}; give the counts at the look that "
            f"ended it."
        )
    if len(ends) > 1:
        looks = " or ".join(str(boundary.looks[k]) for k in ends)
        raise OutcomeError(
            f"With {events} events the trial may have ended after {looks} participants; give "
            f"participants=."
        )
    return ends[0]


def _possible(boundary: Boundary, stage: int, events: int) -> bool:
    """Tell whether a look can be reached with so many events."""
    least, most, before = 0, 0, 0
    for k, n in enumerate(boundary.looks[: stage + 1]):
        most += n - before
        if k == stage:
            break
        least, most = max(least, boundary.low[k] + 1), min(most, boundary.high[k] - 1)
        before = n
        if least > most:
            return False
    return least <= events <= most


def _tail(
    boundary: Boundary,
    stage: int,
    events: int,
    probability: float,
    *,
    good: Literal["many", "few"],
) -> float:
    """Return how probable an ending at least as high (or low) is, in the order of stages."""
    total = 0.0
    for k, mass in enumerate(find_reached(boundary, probability)):
        if good == "many":
            total += float(mass[(events if k == stage else boundary.high[k]) :].sum())
        else:
            total += float(mass[: (events if k == stage else boundary.low[k]) + 1].sum())
        if k == stage:
            break
    # Sums of all endings may exceed 1 by rounding.
    return min(total, 1.0)


def _umvue(boundary: Boundary, stage: int, events: int) -> float:
    """Return the share of the ways to this ending that begin with an event."""
    likely = (events + 0.5) / (boundary.looks[stage] + 1)
    begun, others = (
        list(find_reached(boundary, likely, first=first))[stage][events] for first in (True, False)
    )
    return float(begun / (begun + others))


def _solve(rising: Callable[[float], float], value: float) -> float:
    """Return where a rising function of a probability has a value."""
    from scipy.optimize import brentq

    return float(brentq(lambda p: rising(p) - value, 0.0, 1.0, xtol=1e-15, rtol=1e-14))
