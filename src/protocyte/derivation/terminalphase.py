"""Terminal phase of a profile: the straight line through its last logarithms.

The numbers equal PKNCA 0.12.1. One law: a half-life is reported with its points and its fit, or
with the reason why there is none.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

#: Adjusted R² this close to the best counts as best; the line with most points is then taken.
R_SQUARED_TIE: Final = 1e-4
MINIMUM_POINTS: Final = 3


@dataclass(frozen=True, slots=True)
class TerminalPhase:
    """The straight line through the last logarithms of a profile.

    Parameters
    ----------
    lambda_z : float or None
        Its rate of decline [1/d].
    half_life : float or None
        Time in which the line falls by half [d], ln 2 / ``lambda_z``.
    points : int or None
        Samples on the line.
    first, last : float or None
        Days of its first and last sample [d].
    r_squared, adjusted_r_squared : float or None
        Fit [1].
    span : float or None
        Length of the line in half-lives [1].
    clast_predicted : float or None
        The line's value at Tlast [unit of the profile].
    reason : str
        Why there is none.

    Examples
    --------
    >>> TerminalPhase(reason="2 quantifiable samples after Tmax, 3 are needed").half_life is None
    True
    """

    lambda_z: float | None = None
    half_life: float | None = None
    points: int | None = None
    first: float | None = None
    last: float | None = None
    r_squared: float | None = None
    adjusted_r_squared: float | None = None
    span: float | None = None
    clast_predicted: float | None = None
    reason: str = ""


def _line(time: Floats, value: Floats) -> TerminalPhase | None:
    """Fit ln C on time; None unless it falls."""
    n, log = time.size, np.log(value)
    shifted, level = time - time.mean(), log - log.mean()
    squares, together = float(shifted @ shifted), float(shifted @ level)
    slope = together / squares
    if not slope < 0:
        return None
    r_squared = min(together**2 / (squares * float(level @ level)), 1.0)
    first, last = float(time[0]), float(time[-1])
    return TerminalPhase(
        lambda_z=-slope,
        half_life=math.log(2) / -slope,
        points=n,
        first=first,
        last=last,
        r_squared=r_squared,
        adjusted_r_squared=1 - (1 - r_squared) * (n - 1) / (n - 2),
        span=(last - first) * -slope / math.log(2),
        clast_predicted=math.exp(float(log.mean()) + slope * float(shifted[-1])),
    )


def derive_terminal_phase(
    times: ArrayLike,
    values: ArrayLike,
    *,
    tmax_included: bool = False,
    least_adjusted_r_squared: float | None = 0.80,
    reexpansion: float | None = 3.0,
) -> TerminalPhase:
    """Derive the terminal phase and the half-life of one profile.

    Parameters
    ----------
    times : array_like of float, shape (n_samples,)
        Times of the quantifiable samples since the infusion [d], rising.
    values : array_like of float, shape (n_samples,)
        Their results [any one unit], above 0.
    tmax_included : bool
        Whether the line may begin at the first largest value.
    least_adjusted_r_squared : float or None
        Least fit that is reported [1]; None for any. Needs clinical review.
    reexpansion : float or None
        A later value this many times an earlier one after Tmax means that there is no terminal
        phase [1]; None to ignore. Needs clinical review.

    Returns
    -------
    TerminalPhase
        The line, or the reason why there is none.

    Notes
    -----
    Candidates are the last three or more samples after Tmax whose line falls. The largest adjusted
    R² is taken, and among those within 1e-4 of it the line with most samples.

    References
    ----------
    .. [1] Gabrielsson J, Weiner D. Non-compartmental analysis. *Methods Mol Biol*
       2012;929:377-389. doi:10.1007/978-1-62703-050-2_16
    .. [2] Denney W, Duvvuri S, Buckeridge C. PKNCA, an R package, version 0.12.1.

    Examples
    --------
    >>> phase = derive_terminal_phase([10, 17, 24, 31], [800.0, 400.0, 200.0, 100.0])
    >>> round(phase.half_life, 6), phase.points
    (7.0, 3)
    """
    time, value = np.asarray(times, dtype=np.float64), np.asarray(values, dtype=np.float64)
    if time.size == 0:
        return TerminalPhase(reason="no quantifiable sample")
    start = int(np.argmax(value)) + (0 if tmax_included else 1)
    time, value = time[start:], value[start:]
    n = time.size
    if n < MINIMUM_POINTS:
        return TerminalPhase(
            reason=f"{n} quantifiable samples after Tmax, {MINIMUM_POINTS} are needed"
        )
    rise = float((value / np.minimum.accumulate(value)).max())
    if reexpansion is not None and rise > reexpansion:
        return TerminalPhase(
            reason=f"re-expansion: a later value is {rise:.3g} times an earlier one after Tmax"
        )
    lines = [_line(time[-k:], value[-k:]) for k in range(MINIMUM_POINTS, n + 1)]
    fits = [(line.adjusted_r_squared or 0.0, line) for line in lines if line is not None]
    if not fits:
        return TerminalPhase(reason="the last samples do not fall")
    best = max(fit for fit, _ in fits)
    if least_adjusted_r_squared is not None and best < least_adjusted_r_squared:
        return TerminalPhase(
            reason=f"adjusted R² of {best:.3f} is below {least_adjusted_r_squared:g}"
        )
    return [line for fit, line in fits if fit > best - R_SQUARED_TIE][-1]
