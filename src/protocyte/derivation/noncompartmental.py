"""Cell kinetics of one participant without a model: peak, exposure, persistence, half-life.

The numbers equal PKNCA 0.12.1 where both give one. Two laws: a value below the limit of
quantification becomes a number only through a named rule, and a missing parameter has a reason.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from protocyte.derivation.terminalphase import TerminalPhase, derive_terminal_phase
from protocyte.errors import RecordError

BlqRule = Literal["first_keep_middle_drop_last_keep", "keep_zero", "drop"]
AucMethod = Literal["linear", "lin up/log down"]
AucMeaning = Literal["auclast", "aucint.last", "aucall"]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class KineticInterval:
    """Peak, last value and exposure inside one span of days.

    Parameters
    ----------
    start, end : float
        Ends of the span [d since infusion]; ``end`` is infinite for the whole profile.
    cmax : float or None
        Largest value [unit of the profile]; 0 if nothing was quantifiable.
    tmax : float or None
        Day of the first largest value [d].
    clast : float or None
        Last quantifiable value [unit of the profile].
    tlast : float or None
        Its day [d].
    auc : float or None
        Area under the curve [unit of the profile × d].
    meaning : {"auclast", "aucint.last", "aucall"}
        Which area it is.
    reason : str
        Why there is no area.

    Examples
    --------
    >>> profile = derive_noncompartmental([0, 10, 28], [None, 900.0, 90.0], [True, False, False])
    >>> profile.intervals[0].auc
    13410.0
    """

    start: float
    end: float
    cmax: float | None
    tmax: float | None
    clast: float | None
    tlast: float | None
    auc: float | None
    meaning: AucMeaning
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CellKinetics:
    """Non-compartmental parameters of one profile.

    Parameters
    ----------
    cmax : float or None
        Peak [``unit``]; 0 if nothing was ever quantifiable, that is, no expansion.
    tmax : float or None
        Day of the first largest value [d].
    clast : float or None
        Last quantifiable value [``unit``].
    tlast : float or None
        Its day [d]: persistence.
    tlast_censored : bool or None
        Whether Tlast is the last sample, so that persistence is at least as long; None if nothing
        was quantifiable.
    auc_last : float or None
        Area to Tlast [``unit`` × d].
    auc_infinity : float or None
        Area extrapolated by the terminal phase from the observed last value [``unit`` × d].
    intervals : tuple of KineticInterval
        One for each span asked for.
    terminal : TerminalPhase
        The terminal phase.
    reasons : mapping of str to str
        Parameter → why it is missing.
    notes : tuple of str
        What was added or kept: a day 0, a positive pre-dose sample.
    blq_rule, auc_method, auc_meaning : str
        The choices that were made.
    unit : str
        Unit of the values.

    Examples
    --------
    >>> profile = derive_noncompartmental([0, 10, 28], [None, None, None], [True, True, True])
    >>> profile.cmax, profile.reasons["tmax"]
    (0.0, 'no quantifiable sample')
    """

    cmax: float | None
    tmax: float | None
    clast: float | None
    tlast: float | None
    tlast_censored: bool | None
    auc_last: float | None
    auc_infinity: float | None
    intervals: tuple[KineticInterval, ...]
    terminal: TerminalPhase
    reasons: Mapping[str, str]
    notes: tuple[str, ...]
    blq_rule: BlqRule
    auc_method: AucMethod
    auc_meaning: AucMeaning
    unit: str

    def as_dict(self) -> dict[str, Any]:
        """Give the fields by name, intervals and terminal phase as nested mappings.

        Returns
        -------
        dict
            Field name → value.
        """
        return asdict(self)


# ── samples ──────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, eq=False)
class _Samples:
    """Samples in order of time; 0 means below the limit."""

    time: Floats
    value: Floats

    def within(self, start: float, end: float) -> "_Samples":
        inside = (self.time >= start) & (self.time <= end)
        return _Samples(self.time[inside], self.value[inside])

    def quantifiable(self) -> "_Samples":
        return _Samples(self.time[self.value > 0], self.value[self.value > 0])

    def ruled(self, rule: BlqRule) -> "_Samples":
        """Leave out the samples below the limit that a rule drops; the rest count as 0."""
        positive = self.value > 0
        if rule == "keep_zero" or not (positive.any() or rule == "drop"):
            return self
        if rule == "drop":
            return _Samples(self.time[positive], self.value[positive])
        places = np.flatnonzero(positive)
        order = np.arange(self.time.size)
        kept = positive | (order < places[0]) | (order > places[-1])
        return _Samples(self.time[kept], self.value[kept])


def _read(
    times: Sequence[float], values: Sequence[float | None], blq: Sequence[bool]
) -> tuple[_Samples, tuple[str, ...]]:
    """Check the samples, put them in order of time, and see to the pre-dose sample."""
    if not len(times) == len(values) == len(blq):
        raise RecordError(
            f"{len(times)} times, {len(values)} values and {len(blq)} flags do not fit each other; "
            "give one of each for every sample"
        )
    there = [
        (float(day), 0.0 if below or value is None else float(value))
        for day, value, below in zip(times, values, blq, strict=True)
        if below or (value is not None and not math.isnan(value))
    ]
    for day, value in there:
        if not math.isfinite(day) or not (math.isfinite(value) and value >= 0):
            raise RecordError(
                f"the sample of day {day:g} with the value {value:g} is not a measurement; correct "
                "its date or its result, or write it as missing"
            )
    there.sort()
    before = [sample for sample in there if sample[0] <= 0]
    after = [sample for sample in there if sample[0] > 0]
    notes = []
    if len(there) < len(times):
        notes.append(f"{len(times) - len(there)} samples without a result were left out")
    if not before:
        before = [(0.0, 0.0)]
        notes.append("no pre-dose sample: a 0 was added at day 0")
    elif before[-1][1] > 0:
        notes.append("the pre-dose sample is quantifiable")
    if before[-1][0] < 0:
        notes.append(f"the pre-dose sample of day {before[-1][0]:g} was taken as day 0")
    time, value_of = np.array([(0.0, before[-1][1]), *after]).T
    doubled = time[1:][np.diff(time) == 0]
    if doubled.size:
        raise RecordError(
            f"two samples lie on day {doubled[0]:g}; keep one, or give their times of day"
        )
    return _Samples(time, value_of), tuple(notes)


# ── areas ────────────────────────────────────────────────────────────────────
def _area(samples: _Samples, method: AucMethod) -> float:
    """Add up the areas between neighbouring samples."""
    width, left, right = np.diff(samples.time), samples.value[:-1], samples.value[1:]
    areas = width * (left + right) / 2
    if method == "lin up/log down":
        falls = (right < left) & (right > 0)
        ratio = np.log(left[falls] / right[falls])
        areas[falls] = width[falls] * (left[falls] - right[falls]) / ratio
    return float(areas.sum())


def _value_at(day: float, samples: _Samples, method: AucMethod) -> float:
    """Interpolate between the samples around a day; before the first one there is nothing."""
    after = int(np.searchsorted(samples.time, day))
    if after < samples.time.size and samples.time[after] == day:
        return float(samples.value[after])
    if after == 0:
        return 0.0
    (t1, t2), (c1, c2) = samples.time[after - 1 : after + 1], samples.value[after - 1 : after + 1]
    share = (day - t1) / (t2 - t1)
    if method == "lin up/log down" and 0 < c2 < c1:
        return float(c1 * (c2 / c1) ** share)
    return float(c1 + share * (c2 - c1))


def _area_of_samples(
    inside: _Samples, start: float, meaning: AucMeaning, method: AucMethod
) -> tuple[float | None, str]:
    """Give AUClast or AUCall of samples that a rule has seen."""
    if inside.time.size == 0:
        return None, "no sample counts in this interval"
    if inside.time[0] > start:
        return None, f"the first sample that counts is on day {inside.time[0]:g}"
    positive = np.flatnonzero(inside.value > 0)
    if positive.size == 0:
        return 0.0, ""
    stop = positive[-1] + (1 if meaning == "auclast" else 2)
    return _area(_Samples(inside.time[:stop], inside.value[:stop]), method), ""


def _area_between_days(
    samples: _Samples, start: float, end: float, method: AucMethod
) -> tuple[float | None, str]:
    """Give the area between two days exactly, with values interpolated at both ends."""
    if not (samples.value > 0).any():
        return 0.0, ""
    last_day, last_value = samples.time[-1], samples.value[-1]
    if end > last_day and last_value == 0:
        return None, f"sampling stopped on day {last_day:g}, after the last quantifiable sample"
    end = min(end, float(last_day))
    if end <= start:
        return None, f"sampling stopped on day {last_day:g}"
    inner = samples.within(math.nextafter(start, end), math.nextafter(end, start))
    ends = [_value_at(day, samples, method) for day in (start, end)]
    times = np.concatenate(([start], inner.time, [end]))
    values = np.concatenate((ends[:1], inner.value, ends[1:]))
    return _area(_Samples(times, values), method), ""


def _interval(
    samples: _Samples,
    start: float,
    end: float,
    *,
    rule: BlqRule,
    method: AucMethod,
    meaning: AucMeaning,
) -> KineticInterval:
    inside = samples.within(start, end)
    ruled = inside.ruled(rule)
    positive = inside.quantifiable()
    if meaning == "aucint.last":
        # The end may fall between samples: those outside the interval then decide as well.
        area, reason = _area_between_days(samples.ruled(rule), start, end, method)
    else:
        area, reason = _area_of_samples(ruled, start, meaning, method)
    if positive.time.size == 0:
        cmax = 0.0 if ruled.time.size else None
        return KineticInterval(start, end, cmax, None, None, None, area, meaning, reason)
    peak = int(np.argmax(positive.value))
    return KineticInterval(
        start,
        end,
        cmax=float(positive.value[peak]),
        tmax=float(positive.time[peak]),
        clast=float(positive.value[-1]),
        tlast=float(positive.time[-1]),
        auc=area,
        meaning=meaning,
        reason=reason,
    )


def derive_noncompartmental(
    times: Sequence[float],
    values: Sequence[float | None],
    blq: Sequence[bool],
    *,
    intervals: Sequence[tuple[float, float]] = ((0.0, 28.0), (0.0, 90.0)),
    blq_rule: BlqRule = "first_keep_middle_drop_last_keep",
    auc_method: AucMethod = "linear",
    auc_meaning: AucMeaning = "aucint.last",
    tmax_in_lambda_z: bool = False,
    least_adjusted_r_squared: float | None = 0.80,
    reexpansion: float | None = 3.0,
    unit: str = "copies/µg gDNA",
) -> CellKinetics:
    """Derive peak, exposure, persistence and half-life of one profile of CAR-T cells.

    Parameters
    ----------
    times : sequence of float, shape (n_samples,)
        Time of each sample since the infusion, from the actual dates [d]; not the visit's day.
        The last one at or before 0 is the pre-dose sample; a 0 is added where there is none.
    values : sequence of float or None, shape (n_samples,)
        Results [``unit``]; None or NaN where there is no result. A 0 counts as below the limit.
    blq : sequence of bool, shape (n_samples,)
        Whether the result was below the limit of quantification.
    intervals : sequence of tuple of float
        Spans for an area [d].
    blq_rule : {"first_keep_middle_drop_last_keep", "keep_zero", "drop"}
        What becomes of samples below the limit before, between and after the quantifiable ones:
        0, left out, 0; or 0 everywhere; or left out everywhere.
    auc_method : {"linear", "lin up/log down"}
        Trapezoids, or logarithmic ones where the curve falls.
    auc_meaning : {"auclast", "aucint.last", "aucall"}
        Where an area ends: at the last quantifiable sample of the span; at the day itself, with
        the value there interpolated; at the first sample below the limit after the last
        quantifiable one of the span.
    tmax_in_lambda_z : bool
        Whether the terminal phase may begin at Tmax.
    least_adjusted_r_squared : float or None
        Least fit for a half-life to be reported [1]; None for any. Needs clinical review.
    reexpansion : float or None
        A later value this many times an earlier one after Tmax means that there is no terminal
        phase [1]; None to ignore. Needs clinical review.
    unit : str
        Unit of the values; it is printed, never converted.

    Returns
    -------
    CellKinetics
        The parameters, and a reason for each that is missing.

    Raises
    ------
    RecordError
        If the samples do not fit each other, two lie at one time, or a result is negative.
    ValueError
        If a rule or a method is not known, or an interval ends before it starts.

    Notes
    -----
    For "auclast" and "aucall" first, middle and last are judged inside the span. For
    "aucint.last" they are judged over the whole profile, because samples beyond the day decide the
    value at it: a sample below the limit on day 28 is in the middle if cells reappear later.

    References
    ----------
    .. [1] Denney W, Duvvuri S, Buckeridge C. Simple, automatic noncompartmental analysis: the
       PKNCA R package. *J Pharmacokinet Pharmacodyn* 2015;42:S65. PKNCA 0.12.1.
    .. [2] Gabrielsson J, Weiner D. Non-compartmental analysis. *Methods Mol Biol*
       2012;929:377-389. doi:10.1007/978-1-62703-050-2_16

    Examples
    --------
    >>> profile = derive_noncompartmental(
    ...     [0, 7, 10, 14, 21, 28, 60],
    ...     [None, 800.0, 8000.0, 4000.0, 2000.0, 1000.0, None],
    ...     [True, False, False, False, False, False, True],
    ... )
    >>> profile.tmax, profile.tlast, profile.tlast_censored
    (10.0, 28.0, False)
    >>> round(profile.terminal.half_life, 6)
    7.0
    """
    _check_options(intervals, blq_rule, auc_method, auc_meaning)
    samples, notes = _read(times, values, blq)
    options: dict[str, Any] = {"rule": blq_rule, "method": auc_method}
    whole = _interval(samples, 0.0, math.inf, meaning="auclast", **options)
    parts = tuple(
        _interval(samples, start, end, meaning=auc_meaning, **options) for start, end in intervals
    )
    positive = samples.quantifiable()
    terminal = derive_terminal_phase(
        positive.time,
        positive.value,
        tmax_included=tmax_in_lambda_z,
        least_adjusted_r_squared=least_adjusted_r_squared,
        reexpansion=reexpansion,
    )
    infinity = whole.auc if whole.tlast is None else None
    if whole.auc is not None and whole.clast is not None and terminal.lambda_z is not None:
        infinity = whole.auc + whole.clast / terminal.lambda_z
    return CellKinetics(
        cmax=whole.cmax,
        tmax=whole.tmax,
        clast=whole.clast,
        tlast=whole.tlast,
        tlast_censored=None if whole.tlast is None else bool(whole.tlast == samples.time[-1]),
        auc_last=whole.auc,
        auc_infinity=infinity,
        intervals=parts,
        terminal=terminal,
        reasons=_reasons(whole, parts, terminal),
        notes=notes,
        blq_rule=blq_rule,
        auc_method=auc_method,
        auc_meaning=auc_meaning,
        unit=unit,
    )


def _check_options(
    intervals: Sequence[tuple[float, float]], rule: str, method: str, meaning: str
) -> None:
    for given, allowed in (
        (rule, ("first_keep_middle_drop_last_keep", "keep_zero", "drop")),
        (method, ("linear", "lin up/log down")),
        (meaning, ("auclast", "aucint.last", "aucall")),
    ):
        if given not in allowed:
            raise ValueError(f'"{given}" is not known; use one of {", ".join(allowed)}')
    for start, end in intervals:
        if not 0 <= start < end:
            raise ValueError(
                f"the interval from day {start:g} to day {end:g} is empty or starts before the "
                "infusion; write the earlier day first"
            )


def _reasons(
    whole: KineticInterval, parts: tuple[KineticInterval, ...], terminal: TerminalPhase
) -> dict[str, str]:
    """Say for each missing parameter why it is missing."""
    reasons = {}
    if whole.tlast is None:
        reasons = dict.fromkeys(("tmax", "clast", "tlast"), "no quantifiable sample")
    if whole.cmax is None:
        reasons["cmax"] = "no sample counts under this rule"
    if whole.reason:
        reasons["auc_last"] = whole.reason
    if whole.reason or (terminal.reason and whole.tlast is not None):
        reasons["auc_infinity"] = whole.reason or terminal.reason
    if terminal.reason:
        reasons["half_life"] = terminal.reason
    for part in parts:
        if part.reason:
            reasons[f"auc_{part.start:g}_{part.end:g}"] = part.reason
    return reasons
