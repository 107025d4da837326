"""Kaplan-Meier curves with their intervals, censoring marks and numbers at risk."""

from typing import Final

import altair as alt
import numpy as np

from protocyte.analysis.endpoint import ALL, EndpointResult
from protocyte.analysis.survival import KaplanMeier
from protocyte.report.document import Figure
from protocyte.report.figure import INK, WIDTH, render_values

_DAYS_A_MONTH: Final = 365.25 / 12
_LABELS: Final = {
    "os": "Alive",
    "pfs": "Progression-free",
    "dor": "Still in response",
}


def render_survival(result: EndpointResult) -> Figure | None:
    """Draw the curve of a time to an event over all participants.

    Parameters
    ----------
    result : EndpointResult
        Result of a time-to-event endpoint.

    Returns
    -------
    Figure or None
        The figure; None if nobody's clock has started.

    Examples
    --------
    >>> overall = example_results[3]
    >>> render_survival(overall).describes
    'Kaplan-Meier curve of 2 participants with 0 events; median not reached.'
    """
    curve = (result.curves or {}).get(ALL)
    if curve is None or curve.n == 0:
        return None
    last = float(curve.time.max()) / _DAYS_A_MONTH
    label = _LABELS.get(result.name, "Without the event")
    x = alt.X(
        "month:Q",
        title=f"Months since {_anchor(result)}",
        scale=alt.Scale(domain=[0, max(last, 1.0)], nice=False),
        axis=alt.Axis(values=_ticks(last)),
    )
    y = alt.Y(
        "share:Q",
        title=f"{label} [%]",
        scale=alt.Scale(domain=[0, 100]),
        axis=alt.Axis(values=[0, 25, 50, 75, 100]),
    )
    steps = render_values(_steps(curve))
    base = alt.Chart(steps)
    band = base.mark_area(interpolate="step-after", opacity=0.16, color="#0b6e8f").encode(
        x=x, y=alt.Y("lower:Q", title=f"{label} [%]"), y2="upper:Q"
    )
    line = base.mark_line(interpolate="step-after", color="#0b6e8f", strokeWidth=2).encode(x=x, y=y)
    censored = (
        alt.Chart(render_values(_censored(curve)))
        .mark_point(shape="stroke", angle=90, size=60, color="#0b6e8f", strokeWidth=1.4)
        .encode(x=x, y=y)
    )
    half = (
        alt.Chart()
        .mark_rule(strokeDash=[3, 3], color="#9aa5b1", strokeWidth=1)
        .encode(y=alt.datum(50))
    )
    main = alt.layer(band, half, line, censored).properties(width=WIDTH, height=240)
    days = [month * _DAYS_A_MONTH for month in _ticks(last)]
    risk = [
        {"month": month, "n": int(n)}
        for month, n in zip(_ticks(last), curve.numbers_at_risk(days), strict=True)
    ]
    numbers = (
        alt.Chart(render_values(risk))
        .mark_text(color=INK, fontSize=11)
        .encode(
            x=alt.X("month:Q", axis=None, scale=alt.Scale(domain=[0, max(last, 1.0)], nice=False)),
            text="n:Q",
        )
        .properties(
            width=WIDTH,
            height=16,
            title=alt.TitleParams(
                "At risk", fontSize=11, fontWeight="normal", anchor="start", offset=2
            ),
        )
    )
    median = curve.median().value
    reached = "not reached" if median is None else f"{median / _DAYS_A_MONTH:.1f} months"
    return Figure(
        f"{result.name.upper()}: {result.endpoint.says or label.lower()}",
        alt.vconcat(main, numbers, spacing=2),
        describes=(
            f"Kaplan-Meier curve of {curve.n} participants with {curve.n_events} events; median "
            f"{reached}."
        ),
        footnotes=(
            (
                f"Shaded: pointwise {100 * curve.level:g} % interval ({curve.conf_type}). Ticks: "
                "observation ended without the event."
            ),
        ),
    )


def _anchor(result: EndpointResult) -> str:
    return str(getattr(result.endpoint, "anchor", "the anchor"))


def _ticks(last: float) -> list[int]:
    step = next(s for s in (1, 2, 3, 6, 12, 24, 60) if last / s <= 9 or s == 60)
    return list(range(0, int(last) + 1, step))


def _steps(curve: KaplanMeier) -> list[dict[str, float]]:
    rows = [{"month": 0.0, "share": 100.0, "lower": 100.0, "upper": 100.0}]
    low, high = 100.0, 100.0
    for time, share, lower, upper in zip(
        curve.time, curve.survival, curve.lower, curve.upper, strict=True
    ):
        low = low if np.isnan(lower) else 100 * float(lower)
        high = high if np.isnan(upper) else 100 * float(upper)
        low, high = (0.0, 0.0) if share == 0 else (low, high)
        rows.append(
            {
                "month": float(time) / _DAYS_A_MONTH,
                "share": 100 * float(share),
                "lower": low,
                "upper": high,
            }
        )
    return rows


def _censored(curve: KaplanMeier) -> list[dict[str, float]]:
    return [
        {"month": float(time) / _DAYS_A_MONTH, "share": 100 * float(share)}
        for time, share, n in zip(curve.time, curve.survival, curve.censored, strict=True)
        if n > 0
    ]
