"""Kaplan-Meier: how long until an event, when some participants have not had it yet.

Every number equals R's ``survfit`` (survival 3.8-3), down to the flat stretch at one half and the
late crossing of a log limit. One law: the kind of limits is printed with every limit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit, ndtri

from protocyte.analysis.estimate import Estimate
from protocyte.errors import RecordError

ConfType = Literal["log", "log-log", "plain", "logit", "arcsin"]
Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

REFERENCES: Final = (
    "Kaplan EL, Meier P. J Am Stat Assoc 1958;53:457-481. doi:10.1080/01621459.1958.10501452",
    "Therneau T. A package for survival analysis in R, survival 3.8-3.",
)
#: Two heights of a curve this close are the same height (R's default).
TOLERANCE: Final = float(np.sqrt(np.finfo(np.float64).eps))


# ── limits: from S, √v (Greenwood's sum) and z to a lower and an upper curve ──
def _log(s: Floats, root: Floats, z: float) -> tuple[Floats, Floats]:
    return s * np.exp(-z * root), np.minimum(s * np.exp(z * root), 1)


def _log_log(s: Floats, root: Floats, z: float) -> tuple[Floats, Floats]:
    s = np.where(s == 1, np.nan, s)  # ln 1 = 0 leaves no limit
    shift = z * root / np.log(s)
    return s ** np.exp(-shift), s ** np.exp(shift)


def _plain(s: Floats, root: Floats, z: float) -> tuple[Floats, Floats]:
    return np.maximum(s - z * s * root, 0), np.minimum(s + z * s * root, 1)


def _logit(s: Floats, root: Floats, z: float) -> tuple[Floats, Floats]:
    shift = z * root / (1 - s)
    return expit(logit(s) - shift), expit(logit(s) + shift)


def _arcsin(s: Floats, root: Floats, z: float) -> tuple[Floats, Floats]:
    angle, shift = np.arcsin(np.sqrt(s)), 0.5 * z * root * np.sqrt(s / (1 - s))
    return (
        np.sin(np.maximum(angle - shift, 0)) ** 2,
        np.sin(np.minimum(angle + shift, np.pi / 2)) ** 2,
    )


_LIMITS: Final[dict[ConfType, Callable[[Floats, Floats, float], tuple[Floats, Floats]]]] = {
    "log": _log,
    "log-log": _log_log,
    "plain": _plain,
    "logit": _logit,
    "arcsin": _arcsin,
}


def _first_reach(times: Floats, curve: Floats, level: float) -> float | None:
    """Give the time at which a curve that starts at 1 has come down to a level.

    Of all heights not above the level the one nearest to it counts, at its first time. If the
    curve stays at the level for a while, the middle of that stretch counts. For a curve that
    rises again (the upper log limit can) this may be a later crossing than the first.
    """
    known = ~np.isnan(curve)
    heights, first = np.unique(curve[known], return_index=True)
    starts = times[known][first]
    below = np.flatnonzero(heights <= level + TOLERANCE)
    if below.size == 0:
        return None
    nearest = below[-1]
    if abs(heights[nearest] - level) >= TOLERANCE:
        return float(starts[nearest])
    end = starts[nearest - 1] if nearest > 0 else times[-1]
    return float((starts[nearest] + end) / 2)


@dataclass(frozen=True, slots=True, eq=False)
class KaplanMeier:
    """The share of participants still without the event, over time.

    Parameters
    ----------
    time : ndarray of float, shape (n_times,)
        Distinct times of an event or of a censoring [d], rising.
    at_risk, events, censored : ndarray of int, shape (n_times,)
        Participants at risk just before each time, with the event at it, and censored at it [1].
    survival : ndarray of float, shape (n_times,)
        Share without the event just after each time [1].
    std_err : ndarray of float, shape (n_times,)
        Greenwood's standard error of ``survival`` [1]; NaN once ``survival`` is 0.
    lower, upper : ndarray of float, shape (n_times,)
        Pointwise confidence limits [1]; NaN where there are none.
    conf_type : {"log", "log-log", "plain", "logit", "arcsin"}
        Kind of the limits.
    level : float
        Two-sided confidence level [1].

    Examples
    --------
    >>> curve = estimate_survival([10.0, 20.0, 30.0], [1, 1, 0])
    >>> curve.median().value
    20.0
    """

    time: Floats
    at_risk: Counts
    events: Counts
    censored: Counts
    survival: Floats
    std_err: Floats
    lower: Floats
    upper: Floats
    conf_type: ConfType
    level: float

    def __post_init__(self) -> None:
        for name in ("time", "at_risk", "events", "censored", "survival", "std_err"):
            getattr(self, name).flags.writeable = False
        self.lower.flags.writeable = False
        self.upper.flags.writeable = False

    @property
    def n(self) -> int:
        """Participants."""
        return int(self.at_risk[0]) if self.at_risk.size else 0

    @property
    def n_events(self) -> int:
        """Participants with the event."""
        return int(self.events.sum())

    def _estimate(
        self, value: float | None, limits: Sequence[float | None], unit: str, note: str
    ) -> Estimate:
        return Estimate(
            value,
            limits[0],
            limits[1],
            level=self.level,
            n=self.n,
            events=self.n_events,
            method=f"Kaplan-Meier, {self.conf_type} limits",
            unit=unit,
            references=REFERENCES,
            note=note,
        )

    def quantile(self, share: float) -> Estimate:
        """Give the time by which a share of participants has had the event.

        Parameters
        ----------
        share : float
            The share [1], between 0 and 1: 0.5 for the median.

        Returns
        -------
        Estimate
            The time [d] with its limits, each None where its curve never comes down so far.

        Raises
        ------
        ValueError
            If the share is not between 0 and 1.
        """
        if not 0 < share < 1:
            raise ValueError(f"a share of {share:g} is not between 0 and 1; write 0.5 for a median")
        times = np.concatenate(([0.0], self.time))
        value, lower, upper = (
            _first_reach(times, np.concatenate(([1.0], curve)), 1 - share)
            for curve in (self.survival, self.lower, self.upper)
        )
        note = "" if value is not None else f"fewer than {share:.0%} had the event"
        return self._estimate(value, (lower, upper), "d", note)

    def median(self) -> Estimate:
        """Give the median time to the event.

        Returns
        -------
        Estimate
            The time [d] with its limits.
        """
        return self.quantile(0.5)

    def at(self, day: float, *, extend: bool = False) -> Estimate:
        """Give the share without the event at a landmark.

        Parameters
        ----------
        day : float
            The landmark [d], not negative.
        extend : bool
            Carry the last step beyond the last time, as R does on request. Otherwise there is no
            value beyond it, unless nobody was left.

        Returns
        -------
        Estimate
            The share [1] with its limits.

        Raises
        ------
        ValueError
            If the day is negative.
        """
        if not day >= 0:
            raise ValueError(f"day {day:g} lies before the start; a landmark is 0 or later")
        step = int(np.searchsorted(self.time, day, side="right")) - 1
        if step < 0:
            return self._estimate(1.0 if self.n else None, (1.0, 1.0), "1", "")
        if day > self.time[-1] and self.survival[-1] > 0 and not extend:
            note = f"follow-up ended on day {self.time[-1]:g}"
            return self._estimate(None, (None, None), "1", note)
        limits = (float(self.lower[step]), float(self.upper[step]))
        return self._estimate(float(self.survival[step]), limits, "1", "")

    def numbers_at_risk(self, days: ArrayLike) -> Counts:
        """Count the participants still at risk, for the line below a figure.

        Parameters
        ----------
        days : array_like of float, shape (n_days,)
            The days [d].

        Returns
        -------
        ndarray of int, shape (n_days,)
            Participants at risk just before each day [1].
        """
        step = np.searchsorted(self.time, np.asarray(days, dtype=np.float64), side="left")
        return np.append(self.at_risk, 0)[step].astype(np.int64)

    def rows(self) -> list[dict[str, Any]]:
        """Give one row a time, with None where there is no number.

        Returns
        -------
        list of dict
            Column name → number, in the order of time.
        """
        names = ("time", "at_risk", "events", "censored", "survival", "std_err", "lower", "upper")
        columns = [getattr(self, name).tolist() for name in names]
        return [
            {name: None if cell != cell else cell for name, cell in zip(names, row, strict=True)}  # noqa: PLR0124
            for row in zip(*columns, strict=True)
        ]


def _read(times: ArrayLike, events: ArrayLike) -> tuple[Floats, NDArray[np.bool_]]:
    when = np.asarray(times, dtype=np.float64).ravel()
    status = np.asarray(events)
    if when.shape != status.ravel().shape:
        raise RecordError(
            f"{when.size} times and {status.size} event flags do not fit each other; give one of "
            "each for every participant"
        )
    if not (np.isfinite(when) & (when >= 0)).all():
        raise RecordError(
            "a time to event is missing, infinite or negative; leave out participants who were "
            "never at risk and correct dates that lie before the start"
        )
    if not np.isin(status, (0, 1)).all():
        raise RecordError(
            "an event flag is neither 0 nor 1; 1 means that the event happened (CNSR of ADaM is "
            "the opposite)"
        )
    return when, status.ravel().astype(bool)


def estimate_survival(
    times: ArrayLike,
    events: ArrayLike,
    *,
    conf_type: ConfType = "log",
    level: float = 0.95,
) -> KaplanMeier:
    """Estimate the share of participants without the event over time.

    Parameters
    ----------
    times : array_like of float, shape (n_participants,)
        Time from the start to the event or to the last day without it [d], not negative.
    events : array_like of bool, shape (n_participants,)
        Whether the event happened at that time; otherwise the participant is censored at it, and
        counts as at risk until then.
    conf_type : {"log", "log-log", "plain", "logit", "arcsin"}
        Kind of the limits. "log" is the default of R.
    level : float
        Two-sided confidence level [1], between 0 and 1.

    Returns
    -------
    KaplanMeier
        The curve.

    Raises
    ------
    RecordError
        If a time is missing, infinite or negative, or there is not one flag a time.
    ValueError
        If the level is not between 0 and 1, or the kind of limits is not known.

    References
    ----------
    .. [1] Kaplan EL, Meier P. *J Am Stat Assoc* 1958;53:457-481.
       doi:10.1080/01621459.1958.10501452
    .. [2] Therneau T. *A package for survival analysis in R*, survival 3.8-3.

    Examples
    --------
    >>> curve = estimate_survival([10.0, 20.0, 30.0, 40.0], [1, 1, 1, 0])
    >>> curve.at(30).value
    0.25
    """
    if conf_type not in _LIMITS:
        raise ValueError(f'"{conf_type}" is not a kind of limits; use one of {[*_LIMITS]}')
    if not 0 < level < 1:
        raise ValueError(f"a confidence level of {level:g} is not between 0 and 1")
    when, happened = _read(times, events)
    time, place = np.unique(when, return_inverse=True)
    died = np.bincount(place[happened], minlength=time.size).astype(np.int64)
    left = np.bincount(place, minlength=time.size).astype(np.int64)
    at_risk = left[::-1].cumsum()[::-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod((at_risk - died) / at_risk)
        root = np.sqrt(np.cumsum(died / (at_risk * (at_risk - died))))
        root[survival == 0] = np.nan  # Greenwood's sum has no value once nobody is left
        lower, upper = _LIMITS[conf_type](survival, root, float(ndtri(0.5 + level / 2)))
        return KaplanMeier(
            time=time,
            at_risk=at_risk,
            events=died,
            censored=left - died,
            survival=survival,
            std_err=survival * root,
            lower=lower,
            upper=upper,
            conf_type=conf_type,
            level=level,
        )


def estimate_follow_up(
    times: ArrayLike,
    events: ArrayLike,
    *,
    conf_type: ConfType = "log",
    level: float = 0.95,
) -> Estimate:
    """Estimate the median follow-up by the reverse Kaplan-Meier method.

    Parameters
    ----------
    times : array_like of float, shape (n_participants,)
        Time from the start to the event or to the last day without it [d], not negative.
    events : array_like of bool, shape (n_participants,)
        Whether the event happened at that time: it ends follow-up early.
    conf_type : {"log", "log-log", "plain", "logit", "arcsin"}
        Kind of the limits.
    level : float
        Two-sided confidence level [1], between 0 and 1.

    Returns
    -------
    Estimate
        Median time under observation [d], had nobody had the event.

    Raises
    ------
    RecordError
        If a time is missing, infinite or negative, or there is not one flag a time.
    ValueError
        If the level is not between 0 and 1, or the kind of limits is not known.

    References
    ----------
    .. [1] Schemper M, Smith TL. A note on quantifying follow-up in studies of failure time.
       *Control Clin Trials* 1996;17:343-346. doi:10.1016/0197-2456(96)00075-X

    Examples
    --------
    >>> estimate_follow_up([50.0, 60.0, 70.0, 80.0], [0, 1, 0, 0]).value
    70.0
    """
    when, happened = _read(times, events)
    curve = estimate_survival(when, ~happened, conf_type=conf_type, level=level)
    return curve.median()
