"""The figure of virtual patients: what a knob does to the cells, and what that does to patients.

A panel of CAR-T cells an arm, with bands; below it medians of every arm together, because they are
compared; at the bottom what becomes of the patients. One law: an arm has the same colour
everywhere, and its name stands where its line is.
"""

import json
import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from protocyte.analysis.contrast import Contrast, PatientArm
from protocyte.report.figure import INK, QUIET, WIDTH

ARM_COLOURS: Final = ("#00678a", "#d1690e", "#7d7d7d", "#2b0f0a", "#a93fd0", "#2a1580")
"""Colours of arms, told apart by readers with any of the three kinds of colour blindness."""
_SPANS: Final = {
    56.0: [0, 14, 28, 42, 56],
    84.0: [0, 14, 28, 56, 84],
    365.0: [0, 7, 28, 90, 180, 365],
}
_OUTCOMES: Final = {
    "CAR-T cells seen on day 28": "CAR-T on day 28",
    "Response, as the protocol counts it": "Response",
    "CRS of grade 3 or more": "CRS, grade ≥ 3",
    "GvHD of grade 2 or more": "GvHD, grade ≥ 2",
    "Dose-limiting toxicity": "DLT",
}
_CAR: Final = "CAR-T [cells/µL blood]"
_LEAST: Final = 1e-2
_SMALLEST: Final = 1e-9
_ROOM: Final = 44
_GAP: Final = 16
_MOST_COLUMNS: Final = 5
_TWO_ERRORS: Final = 1.96
_MANY: Final = (
    "datum.value < 1e4 ? (datum.value < 1 ? format(datum.value, '~g') : format(datum.value, ',')) "
    ": '10' + ['⁴','⁵','⁶','⁷','⁸','⁹','¹⁰','¹¹','¹²','¹³','¹⁴','¹⁵','¹⁶','¹⁷','¹⁸','¹⁹','²⁰']"
    "[min(round(log(datum.value) / LN10) - 4, 16)]"
)
_FAR: Final = 0.62
_APART: Final = 3.2
_MOST_TARGET: Final = 1e13  # ten kilograms of cells; nothing in the model limits their growth
_ROW: Final = 19


def render_contrast_figure(contrast: Contrast) -> dict[str, Any]:
    """Draw courses, persistence and outcomes of several arms.

    Parameters
    ----------
    contrast : Contrast
        Arms in which the same patients were followed, at most six.

    Returns
    -------
    dict
        Specification of the figure in Vega-Lite, over eight or twelve weeks, or a year if the
        cells of many are seen for longer.

    Examples
    --------
    >>> import numpy as np
    >>> from protocyte.analysis.contrast import PatientArm
    >>> arm = PatientArm("a", "AML", "standard", "gated", (), False, 0.1, np.array([0.0, 28.0]),
    ...     {name: np.ones((5, 2)) for name in ("car", "host_t", "host_nk", "target")},
    ...     {"CRS of grade 3 or more": np.array([True, False])}, {"Peak": np.array([1.0, 3.0])},
    ...     np.array([9.0, 40.0]), np.array([True, True]))
    >>> len(render_contrast_figure(Contrast((arm,)))["vconcat"])
    3
    """
    import altair as alt

    last = _find_last(contrast)
    rows = [alt.hconcat(*row, spacing=_GAP) for row in _arms(contrast, last)]
    rows += [_together(contrast, last), _outcomes(contrast)]
    chart = alt.vconcat(*rows, spacing=22).resolve_scale(
        color="independent", strokeWidth="independent"
    )
    drawn: dict[str, Any] = chart.to_dict()
    return drawn


def _sheet(rows: list[dict[str, Any]]) -> Any:
    """Give rows to a chart as text: altair copies data at every step, and a text costs nothing."""
    import altair as alt

    return alt.InlineData(values=json.dumps(rows), format=alt.JsonDataFormat(type="json"))


def _find_last(contrast: Contrast) -> float:
    """Find the last day that is worth showing [d]."""
    longest = max(float(np.quantile(arm.last_seen, 0.75)) for arm in contrast.arms)
    return next((span for span in _SPANS if longest < 0.8 * span), max(_SPANS))


def _colour(contrast: Contrast) -> Any:
    import altair as alt

    names = [arm.label for arm in contrast.arms]
    scale = alt.Scale(domain=names, range=list(ARM_COLOURS[: len(names)]))
    return alt.Color("arm:N", scale=scale, sort=names, legend=None)


def _titled(text: str) -> Any:
    """Make a title that starts where its panel does."""
    import altair as alt

    return alt.TitleParams(text, frame="group")


def _thick(contrast: Contrast) -> Any:
    """Let lines that coincide be seen beneath each other: the first arm on top, and thinnest."""
    import altair as alt

    names = [arm.label for arm in contrast.arms]
    thickness = [1.8 + 0.9 * number for number in range(len(names))]
    return alt.StrokeWidth(
        "arm:N", scale=alt.Scale(domain=names, range=thickness), sort=names, legend=None
    )


def _days(last: float, *, titled: bool = False) -> Any:
    """Make the axis of days."""
    import altair as alt

    year = last == max(_SPANS)
    title = f"days after infusion{' (square-root scale)' if year else ''}"
    return alt.X(
        "day:Q",
        title=title if titled else None,
        scale=alt.Scale(domain=[0, last], nice=False, type="sqrt" if year else "linear"),
        axis=alt.Axis(values=_SPANS[last], grid=False, titleColor=QUIET, titleFontSize=11),
    )


def _levels(field: str, least: float, highest: float, *, ticks: int = 4, shown: bool = True) -> Any:
    """Make the logarithmic axis of cells."""
    import altair as alt

    return alt.Y(
        f"{field}:Q",
        title=None,
        scale=alt.Scale(type="log", domain=[least, highest], nice=False),
        axis=alt.Axis(
            labelExpr=_MANY, values=_decades(least, highest, ticks), labels=shown, ticks=shown
        ),
    )


def _decades(least: float, highest: float, most: int) -> list[float]:
    """Give ticks at powers of ten, not too many."""
    first, last = int(np.ceil(np.log10(least) - 1e-9)), int(np.floor(np.log10(highest) + 1e-9))
    step = 1 + (last - first) // most
    return [10.0**power for power in range(first, last + 1, step)]


def _arms(contrast: Contrast, last: float) -> list[list[Any]]:
    """Draw the CAR-T cells of each arm, in one row or two."""
    arms = contrast.arms
    columns = len(arms) if len(arms) <= _MOST_COLUMNS else (len(arms) + 1) // 2
    top = max(float(arm.bands["car"][4].max()) for arm in arms)
    highest = 2 * max(top, 50 * _LEAST)
    width = (WIDTH - _ROOM - _GAP * (columns - 1)) / columns
    panels = [
        _arm(contrast, number, last, highest, width=width, shown=number % columns == 0)
        for number in range(len(arms))
    ]
    return [panels[start : start + columns] for start in range(0, len(panels), columns)]


def _arm(
    contrast: Contrast, number: int, last: float, highest: float, *, width: float, shown: bool
) -> Any:
    """Draw the CAR-T cells of one arm: median, middle half, 90 %, and the first arm's median."""
    import altair as alt

    arm, colour = contrast.arms[number], ARM_COLOURS[number]

    def y(field: str) -> Any:
        return _levels(field, _LEAST, highest, ticks=6, shown=shown)

    base = alt.Chart(_bands(arm, last)).encode(x=_days(last, titled=shown))
    layers = [
        _limit(arm.seen_per_ul, last, y, says=number == 0),
        base.mark_area(color=colour, opacity=0.16, clip=True).encode(y=y("p05"), y2="p95:Q"),
        base.mark_area(color=colour, opacity=0.30, clip=True).encode(y=y("p25"), y2="p75:Q"),
    ]
    layers.append(base.mark_line(color=colour, strokeWidth=2.8, clip=True).encode(y=y("p50")))
    if number:
        first = alt.Chart(_bands(contrast.arms[0], last)).encode(x=_days(last, titled=shown))
        dashed = first.mark_line(
            color=ARM_COLOURS[0], strokeWidth=1.8, strokeDash=[4, 3], clip=True
        )
        layers.append(dashed.encode(y=y("p50")))
    if number == 0:
        layers += _bands_named(arm, last, y, colour)
    title = alt.TitleParams(
        arm.label,
        color=colour,
        limit=width,
        fontSize=14,
        subtitle=f"dashed: {contrast.arms[0].label}" if number else _CAR,
        subtitleColor=QUIET,
        frame="group",
    )
    return alt.layer(*layers).properties(width=width, height=190, title=title)


def _bands(arm: PatientArm, last: float) -> Any:
    """Give the quantiles of the CAR-T cells of an arm."""
    kept = np.maximum(arm.bands["car"], _SMALLEST)
    return _sheet(
        [
            {
                "day": float(day),
                **{
                    name: float(f"{kept[row, i]:.4g}")
                    for row, name in enumerate(("p05", "p25", "p50", "p75", "p95"))
                },
            }
            for i, day in enumerate(arm.days)
            if day <= last
        ]
    )


def _bands_named(arm: PatientArm, last: float, y: Any, colour: str) -> list[Any]:
    """Say beside the first arm's curve what its line and bands are."""
    import altair as alt

    shown = arm.days <= last
    named, above = [], math.inf
    for row, text in ((4, "90 % of patients"), (3, "half of patients"), (2, "median")):
        values = arm.bands["car"][row][shown]
        peak = int(np.argmax(values))
        falls = np.flatnonzero(values[peak:] < 0.35 * values[peak])
        at = peak + (int(falls[0]) if falls.size else 0)
        level = min(float(values[at]), above / _APART)
        place = {"day": float(arm.days[at]), "at": level, "says": text}
        if level < 3 * _LEAST or arm.days[at] > 0.6 * last:
            continue
        above = level
        named.append(
            alt.Chart(_sheet([place]))
            .mark_text(
                align="left", baseline="bottom", dx=5, fontSize=11, color=colour,
                fontWeight="bold" if row == 2 else "normal",
            )
            .encode(x=alt.X("day:Q"), y=y("at"), text="says:N")
        )  # fmt: skip
    return named


def _limit(seen: float, last: float, y: Any, *, says: bool) -> Any:
    """Shade what no assay sees."""
    import altair as alt

    rows = _sheet([{"low": _LEAST, "high": seen, "from": 0, "to": last}])
    layers = [
        alt.Chart(rows)
        .mark_rect(color=QUIET, opacity=0.13)
        .encode(x=alt.X("from:Q"), x2="to:Q", y=y("low"), y2="high:Q"),
        alt.Chart(rows).mark_rule(color=QUIET, strokeWidth=1).encode(y=y("high")),
    ]
    if says:
        layers.append(
            alt.Chart(rows)
            .mark_text(
                align="right", baseline="top", dy=4, dx=-4, color=INK, fontSize=11,
                text="below detection",
            )
            .encode(x=alt.X("to:Q"), y=y("high"))
        )  # fmt: skip
    return alt.layer(*layers)


def _together(contrast: Contrast, last: float) -> Any:
    """Draw persistence, host cells and targets of every arm together."""
    import altair as alt

    lupus = all(arm.disease == "SLE" for arm in contrast.arms)
    target = "B cells in the body" if lupus else "Target cells in the body"
    titles = {
        "host_t": "Host T cells [cells/µL]",
        "host_nk": "Host NK cells [cells/µL]",
        "target": target,
    }
    wide, narrow = 212, 138
    panels = [_persistence(contrast, last, wide)]
    panels += [_medians(contrast, name, title, last, narrow) for name, title in titles.items()]
    return alt.hconcat(*panels, spacing=_GAP)


def _persistence(contrast: Contrast, last: float, width: float) -> Any:
    """Draw the share in whom the cells are still to be seen."""
    import altair as alt

    days = last * np.linspace(0, 1, 113) ** (2 if last == max(_SPANS) else 1)
    rows = [
        {"arm": arm.label, "day": float(day), "share": round(float(share), 4)}
        for number, arm in reversed(list(enumerate(contrast.arms)))
        for day, share in zip(days, contrast.persistence(number, days), strict=True)
    ]
    y = alt.Y(
        "share:Q",
        title=None,
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format="%", values=[0, 0.5, 1]),
    )
    return (
        alt.Chart(_sheet(rows))
        .mark_line()
        .encode(
            x=_days(last),
            y=y,
            color=_colour(contrast),
            strokeWidth=_thick(contrast),
        )
        .properties(width=width, height=110, title=_titled("CAR-T cells still detectable"))
    )


def _medians(contrast: Contrast, name: str, title: str, last: float, width: float) -> Any:
    """Draw the medians of one quantity."""
    import altair as alt

    rows = [
        {"arm": arm.label, "day": float(day), "median": float(f"{max(value, _SMALLEST):.4g}")}
        for arm in reversed(contrast.arms)
        for day, value in zip(arm.days, arm.bands[name][2], strict=True)
        if day <= last
    ]
    values = np.concatenate([arm.bands[name][2][arm.days <= last] for arm in contrast.arms])
    highest = 10.0 ** np.ceil(np.log10(1.3 * max(float(values.max()), _LEAST)))
    if name == "target":
        highest = min(highest, _MOST_TARGET)
    floor = 1e-3 if name.startswith("host") else 1e3
    least = 10.0 ** np.floor(np.log10(max(float(values.min()), floor)))
    least = min(least, highest / 100)
    y = _levels("median", least, highest)
    return (
        alt.Chart(_sheet(rows))
        .mark_line(clip=True)
        .encode(
            x=_days(last),
            y=y,
            color=_colour(contrast),
            strokeWidth=_thick(contrast),
        )
        .properties(width=width, height=110, title=_titled(title))
    )


def _outcomes(contrast: Contrast) -> Any:
    """Draw a column an outcome and a line an arm: share of patients, in the arm's colour."""
    import altair as alt

    names = [arm.label for arm in contrast.arms]
    shown = [(event, said) for event, said in _OUTCOMES.items() if event in contrast.events]
    margin = min(150, 16 + 7.2 * max(map(len, names)))
    width = (WIDTH - _ROOM - margin - _GAP * len(shown)) / len(shown)
    panels = [_named(contrast, names, margin)]
    panels += [_outcome(contrast, names, event, said, width) for event, said in shown]
    return alt.hconcat(*panels, spacing=_GAP)


def _places(names: Sequence[str]) -> Any:
    """Make the lines of the arms."""
    import altair as alt

    return alt.Y("arm:N", sort=list(names), title=None, axis=None)


def _named(contrast: Contrast, names: list[str], width: float) -> Any:
    """Write the names of the arms to the left of what became of them."""
    import altair as alt

    return (
        alt.Chart(_sheet([{"arm": name} for name in names]))
        .mark_text(align="right", fontSize=12, fontWeight="bold", limit=width)
        .encode(x=alt.value(width), y=_places(names), text="arm:N", color=_colour(contrast))
        .properties(width=width, height=_ROW * len(names), title="Patients with …")
    )


def _outcome(contrast: Contrast, names: list[str], event: str, title: str, width: float) -> Any:
    """Draw how often one thing happens in each arm, with the Monte Carlo interval."""
    import altair as alt

    rows = [_share(contrast, number, event) for number in range(len(names))]
    found = [row for row in rows if row["share"] is not None]
    x = alt.X(
        "low:Q",
        title=None,
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format="%", values=[0, 0.5, 1], labelFlush=True),
    )
    base = alt.Chart(_sheet(found)).encode(y=_places(names), color=_colour(contrast))
    layers = [
        base.mark_rule(strokeWidth=3, opacity=0.45).encode(x=x, x2="high:Q"),
        base.mark_circle(size=62, opacity=1).encode(x=alt.X("share:Q", scale=alt.Scale())),
        _said([row for row in found if row["high"] <= _FAR], names, left=True),
        _said([row for row in found if row["high"] > _FAR], names, left=False),
        _said([row for row in rows if row["share"] is None], names, left=True),
    ]
    if rows[0]["share"] is not None:
        first = alt.Chart(_sheet(rows[:1]))
        layers.insert(
            0,
            first.mark_rule(color=ARM_COLOURS[0], strokeDash=[4, 3], opacity=0.6).encode(
                x=alt.X("share:Q", scale=alt.Scale())
            ),
        )
    return alt.layer(*layers).properties(
        width=width, height=_ROW * len(names), title=_titled(title)
    )


def _share(contrast: Contrast, number: int, event: str) -> dict[str, Any]:
    """Give the share of one arm, and how it is written."""
    name, found = contrast.arms[number].label, contrast.share(event, number)
    if found is None:
        return {"arm": name, "share": None, "low": 0.0, "high": 0.0, "says": "not defined"}
    reach = _TWO_ERRORS * found.error
    return {
        "arm": name,
        "share": found.share,
        "low": max(found.share - reach, 0),
        "high": min(found.share + reach, 1),
        "says": f"{100 * found.share:.0f} %",
    }


def _said(rows: list[dict[str, Any]], names: list[str], *, left: bool) -> Any:
    """Write shares beside their dots, where there is room."""
    import altair as alt

    return (
        alt.Chart(_sheet(rows))
        .mark_text(
            align="left" if left else "right", dx=8 if left else -8, fontSize=11.5, color=INK
        )
        .encode(
            x=alt.X("high:Q" if left else "low:Q", scale=alt.Scale()),
            y=_places(names),
            text="says:N",
        )
    )
