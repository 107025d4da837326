"""The figure of virtual patients: what a knob does to the cells, and what that does to patients.

Courses with bands above, persistence and outcomes below, one colour an arm throughout.
One law: an arm has the same colour and place in every panel, and its name beside its line.
"""

from typing import Any, Final

import numpy as np

from protocyte.analysis.contrast import Contrast, PatientArm
from protocyte.report.figure import INK, KIND_COLOURS, LOG_LABELS, QUIET, render_values

_SHORT_TERM: Final = 84.0
_LONG_TERM: Final = 365.0
_PANELS: Final = {
    "car": ("CAR-T cells in blood [cells/µL], by day after the infusion", 1e-2),
    "host_t": ("Host T cells in blood [cells/µL]", 1.0),
    "host_nk": ("Host NK cells in blood [cells/µL]", 0.1),
    "target": ("Target cells in the body", 1e6),
}
_SUPPORTIVE: Final = ("B cells in the body", 1e6)
_OUTCOMES: Final = (
    "CAR-T cells seen on day 28",
    "Response, as the protocol counts it",
    "CRS of grade 3 or more",
    "GvHD of grade 2 or more",
    "Dose-limiting toxicity",
)
_SHORT: Final = {
    "CAR-T cells seen on day 28": "CAR-T cells on day 28",
    "Response, as the protocol counts it": "Response",
    "CRS of grade 3 or more": "CRS, grade ≥ 3",
    "GvHD of grade 2 or more": "GvHD, grade ≥ 2",
    "Dose-limiting toxicity": "DLT",
}
_WIDE, _HIGH, _NARROW = 560, 250, 255
_TWO_ERRORS: Final = 1.96
_MOST_TICKS: Final = 5


def render_contrast_figure(contrast: Contrast) -> Any:
    """Draw courses, persistence and outcomes of several arms.

    Parameters
    ----------
    contrast : Contrast
        Arms in which the same patients were followed.

    Returns
    -------
    altair.VConcatChart
        The figure: twelve weeks, or a year if the cells of many are seen for longer.
    """
    import altair as alt

    last = _find_last(contrast)

    names = [arm.label for arm in contrast.arms]
    colours = list(KIND_COLOURS[: len(names)])
    colour = alt.Color(
        "arm:N", scale=alt.Scale(domain=names, range=colours), sort=names, legend=None
    )
    car = _course(contrast, "car", colour, last, size=(_WIDE, _HIGH))
    small = [
        _course(contrast, name, colour, last, size=(_NARROW, 120))
        for name in ("host_t", "host_nk", "target")
    ]
    right = alt.vconcat(_persistence(contrast, colour, last), _outcomes(contrast, names, colour))
    return (
        alt.vconcat(alt.hconcat(car, right, spacing=36), alt.hconcat(*small, spacing=24))
        .resolve_scale(color="independent")
        .configure_concat(spacing=18)
    )


def _find_last(contrast: Contrast) -> float:
    """Find the last day that is worth showing [d]."""
    longest = max(float(np.quantile(arm.last_seen, 0.75)) for arm in contrast.arms)
    return _SHORT_TERM if longest < _SHORT_TERM else _LONG_TERM


def _days(last: float) -> Any:
    """Make the axis of days."""
    import altair as alt

    ticks = [0, 7, 14, 28, 42, 56, 84] if last == _SHORT_TERM else [0, 28, 90, 180, 270, 365]
    return alt.X(
        "day:Q",
        title=None,
        scale=alt.Scale(domain=[0, last], nice=False),
        axis=alt.Axis(values=ticks, grid=False),
    )


def _course(
    contrast: Contrast, name: str, colour: Any, last: float, *, size: tuple[int, int]
) -> Any:
    """Draw one quantity over time: the median, and the middle half of the patients."""
    import altair as alt

    title, least = _PANELS[name]
    if name == "target" and contrast.arms[0].disease == "SLE":
        title, least = _SUPPORTIVE
    rows = [row for arm in contrast.arms for row in _rows(arm, name, least, last)]
    highest = 10 ** np.ceil(np.log10(1.3 * max(row["upper"] for row in rows)))
    base = alt.Chart(render_values(rows)).encode(x=_days(last), color=colour)
    scale = alt.Scale(type="log", domain=[least, highest], clamp=True, nice=False)
    axis = alt.Axis(labelExpr=LOG_LABELS, values=_decades(least, highest), title=None)
    half = base.mark_area(opacity=0.18).encode(
        y=alt.Y("lower:Q", scale=scale, axis=axis), y2="upper:Q", fill=colour
    )
    line = base.mark_line(strokeWidth=2.5).encode(y=alt.Y("median:Q", scale=scale, axis=axis))
    layers = [half, line]
    if name == "car":
        layers.insert(0, _limit(contrast.arms[0].seen_per_ul, last, scale, axis))
        layers += _names(contrast, colour, last, scale, axis)
    width, height = size
    return alt.layer(*layers).properties(width=width, height=height, title=title)


def _decades(least: float, highest: float) -> list[float]:
    """Give ticks at powers of ten, not too many."""
    first, last = round(np.log10(least)), round(np.log10(highest))
    step = 1 + (last - first) // _MOST_TICKS
    return [10.0**power for power in range(first, last + 1, step)]


def _rows(arm: PatientArm, name: str, least: float, last: float) -> list[dict[str, Any]]:
    """Give median and quartiles of one arm, kept inside the panel."""
    _, lower, median, upper, _ = np.maximum(arm.bands[name], least)
    return [
        {
            "arm": arm.label,
            "day": float(day),
            "lower": float(lower[i]),
            "median": float(median[i]),
            "upper": float(upper[i]),
        }
        for i, day in enumerate(arm.days)
        if day <= last
    ]


def _limit(seen: float, last: float, scale: Any, axis: Any) -> Any:
    """Shade what no assay sees."""
    import altair as alt

    rows = render_values([{"low": scale.domain[0], "high": seen, "says": "below detection"}])
    y = alt.Y("low:Q", scale=scale, axis=axis)
    band = alt.Chart(rows).mark_rect(color=QUIET, opacity=0.10).encode(y=y, y2="high:Q")
    text = (
        alt.Chart(rows)
        .mark_text(align="right", baseline="top", dy=4, color=QUIET, fontSize=11)
        .encode(
            x=alt.XDatum(last - 1),
            y=alt.Y("high:Q", scale=scale, axis=axis),
            text="says:N",
        )
    )
    return band + text


def _names(contrast: Contrast, colour: Any, last: float, scale: Any, axis: Any) -> list[Any]:
    """Write each arm's name at the top, in the order of the arms: lines may cross."""
    import altair as alt

    top = float(scale.domain[1])
    places = [{"arm": arm.label, "day": last - 1, "at": top} for arm in contrast.arms]
    return [
        alt.Chart(render_values([place]))
        .mark_text(
            align="right", baseline="top", fontSize=13, fontWeight="bold",
            dy=4 + 17 * number,
        )
        .encode(
            x=alt.X("day:Q"), y=alt.Y("at:Q", scale=scale, axis=axis), text="arm:N", color=colour
        )
        for number, place in enumerate(places)
    ]  # fmt: skip


def _persistence(contrast: Contrast, colour: Any, last: float) -> Any:
    """Draw the share in whom the cells are still to be seen."""
    import altair as alt

    days = np.arange(0, last + 1, 1.0)
    rows = [
        {"arm": arm.label, "day": float(day), "share": float(share)}
        for number, arm in enumerate(contrast.arms)
        for day, share in zip(days, contrast.persistence(number, days), strict=True)
    ]
    return (
        alt.Chart(render_values(rows))
        .mark_line(strokeWidth=2.5, interpolate="step-after")
        .encode(
            x=_days(last),
            y=alt.Y(
                "share:Q",
                title=None,
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format="%", tickCount=3),
            ),
            color=colour,
        )
        .properties(width=_NARROW, height=85, title="Patients with CAR-T cells still seen")
    )


def _outcomes(contrast: Contrast, names: list[str], colour: Any) -> Any:
    """Draw outcomes as dots with Monte Carlo intervals."""
    import altair as alt

    rows = []
    for outcome in _OUTCOMES:
        for number, name in enumerate(names):
            found = contrast.share(outcome, number)
            reach = _TWO_ERRORS * found.error
            rows.append(
                {
                    "outcome": _SHORT[outcome],
                    "arm": name,
                    "share": found.share,
                    "low": max(found.share - reach, 0),
                    "high": min(found.share + reach, 1),
                }
            )
    order = [_SHORT[outcome] for outcome in _OUTCOMES]
    base = alt.Chart(render_values(rows)).encode(
        y=alt.Y("outcome:N", sort=order, title=None, axis=alt.Axis(labelLimit=200, labelColor=INK)),
        yOffset=alt.YOffset("arm:N", sort=names),
        color=colour,
    )
    x = alt.X(
        "low:Q",
        title=None,
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format="%", tickCount=5),
    )
    return (
        base.mark_rule(strokeWidth=2).encode(x=x, x2="high:Q")
        + base.mark_circle(size=55, opacity=1).encode(x=alt.X("share:Q", scale=alt.Scale()))
    ).properties(width=_NARROW, height=alt.Step(10), title="Outcomes")
