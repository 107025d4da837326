"""The swimmer plot: one lane a participant, from the infusion to the last known day."""

from typing import Final

import altair as alt
import polars as pl

from protocyte.derivation import AnalysisData
from protocyte.report.document import Figure
from protocyte.report.figure import WIDTH, render_level_colours, render_values
from protocyte.standards.adverse_event import CRS, ICANS

_MARKS: Final = {
    "CRS grade 1–2": ("#e79a4b", "circle", 80),
    "CRS not graded": ("#c9d1d8", "circle", 80),
    "CRS grade 3 or more": ("#cc4f3b", "circle", 80),
    "ICANS": ("#7a4fa3", "square", 80),
    "response": ("#3d8f5a", "triangle-up", 150),
    "relapse or progression": ("#1f2933", "triangle-down", 150),
    "death": ("#1f2933", "cross", 130),
    "still followed": ("#66727f", "triangle-right", 150),
    "last seen": ("#66727f", "triangle-right", 150),
}
_SEVERE: Final = 3
_DAYS_A_MONTH: Final = 365.25 / 12
#: A course that is shorter is drawn in days [d].
_SHORT: Final = 92
_LANE: Final = 15


def render_swimmer(data: AnalysisData) -> Figure | None:
    """Draw the course of every infused participant.

    Parameters
    ----------
    data : AnalysisData
        Analysis data sets.

    Returns
    -------
    Figure or None
        The figure; None if nobody was infused.

    Examples
    --------
    >>> render_swimmer(example_data).title
    'Course of every infused participant'
    """
    infused = data.adsl.filter(pl.col("SAFFL") == "Y")
    if infused.is_empty():
        return None
    lanes = infused.select(
        "USUBJID",
        pl.col("LEVEL").fill_null("one dose").alias("level"),
        (pl.col("LSTALVDT") - pl.col("TRTSDT")).dt.total_days().alias("days"),
        "LEVELN",
    ).sort("LEVELN", "days", nulls_last=True)
    is_short = max(lanes["days"].drop_nulls().to_list(), default=0) < _SHORT
    scale = 1.0 if is_short else _DAYS_A_MONTH
    x = alt.X(
        "time:Q",
        title=f"{'Days' if is_short else 'Months'} since infusion",
        axis=alt.Axis(format="~g", tickMinStep=1, tickCount=14),
    )
    lanes = lanes.with_columns((pl.col("days") / scale).alias("time"))
    lanes = lanes.with_columns(_short("USUBJID"))
    order = lanes["USUBJID"].to_list()
    levels = lanes["level"].unique(maintain_order=True).to_list()
    bars = (
        alt.Chart(render_values(lanes.to_dicts()))
        .mark_bar(height=8, cornerRadius=3, opacity=0.55)
        .encode(
            x=x,
            y=alt.Y(
                "USUBJID:N",
                sort=order,
                title=None,
                axis=alt.Axis(labelFontSize=9, ticks=False, domain=False),
            ),
            color=alt.Color(
                "level:N",
                sort=levels,
                title=None,
                scale=alt.Scale(domain=levels, range=render_level_colours(len(levels))),
                legend=alt.Legend(columns=2, labelLimit=260) if len(levels) > 1 else None,
            ),
        )
    )
    seen = _marks(data, infused).with_columns(
        _short("USUBJID"), (pl.col("days") / scale).alias("time")
    )
    legend = alt.Legend(columns=4)
    kinds = [kind for kind in _MARKS if kind in seen["kind"].to_list()]
    marks = (
        alt.Chart(render_values(seen.to_dicts()))
        .mark_point(filled=True, opacity=1, stroke="white", strokeWidth=0.6)
        .encode(
            size=alt.Size(
                "kind:N",
                legend=legend,
                title=None,
                sort=kinds,
                scale=alt.Scale(domain=kinds, range=[_MARKS[k][2] for k in kinds]),
            ),
            x=x,
            y=alt.Y("USUBJID:N", sort=order),
            shape=alt.Shape(
                "kind:N",
                title=None,
                sort=kinds,
                scale=alt.Scale(domain=kinds, range=[_MARKS[k][1] for k in kinds]),
                legend=legend,
            ),
            fill=alt.Fill(
                "kind:N",
                title=None,
                sort=kinds,
                scale=alt.Scale(domain=kinds, range=[_MARKS[k][0] for k in kinds]),
                legend=legend,
            ),
        )
    )
    chart = alt.layer(bars, marks)
    return Figure(
        "Course of every infused participant",
        chart.properties(width=WIDTH - 50, height=max(80, _LANE * len(order))),
        describes=(
            f"{len(order)} lanes, one a participant, from the infusion to the last known day; "
            f"marks: {', '.join(kinds)}."
        ),
    )


def _marks(data: AnalysisData, infused: pl.DataFrame) -> pl.DataFrame:
    """Collect what happened to participants, as days since the infusion and a kind."""
    harm = data.adae.filter(pl.col("AESI").is_in([CRS.short, ICANS.short])).select(
        "USUBJID",
        pl.col("ASTDT").alias("on"),
        pl.when(pl.col("AESI") == ICANS.short)
        .then(pl.lit("ICANS"))
        .when(pl.col("ATOXGRN") >= _SEVERE)
        .then(pl.lit("CRS grade 3 or more"))
        .when(pl.col("ATOXGRN").is_null())
        .then(pl.lit("CRS not graded"))
        .otherwise(pl.lit("CRS grade 1–2"))
        .alias("kind"),
    )
    response = [
        best.filter(pl.col("RSPFL") == "Y").select("USUBJID", "ADT") for best in data.best.values()
    ][:1]
    response += [
        met.filter(pl.col("AVALC") == "Y").group_by("USUBJID").agg(pl.col("ADT").min())
        for met in data.responders.values()
        if not data.best
    ][:1]
    failure = (
        data.adrs.filter(pl.col("AVALC").is_in(["PD", "RELAPSE"]))
        .group_by("USUBJID")
        .agg(pl.col("ADT").min())
    )
    death = infused.filter(pl.col("DTHDT").is_not_null()).select(
        "USUBJID", pl.col("DTHDT").alias("ADT")
    )
    alive = infused.filter(pl.col("EOSSTT").is_null() & pl.col("DTHDT").is_null()).select(
        "USUBJID", pl.col("LSTALVDT").alias("ADT")
    )
    # Without dispositions nobody knows who is still followed. What comes first lies below.
    dated = [(alive, "still followed" if data.record["DS"].height else "last seen")]
    dated += [(frame, "response") for frame in response]
    dated += [(failure, "relapse or progression"), (death, "death")]
    parts = [
        frame.select("USUBJID", pl.col("ADT").alias("on"), pl.lit(kind).alias("kind"))
        for frame, kind in dated
    ]
    parts.insert(1, harm)
    return (
        pl.concat(parts)
        .drop_nulls("on")
        .join(infused.select("USUBJID", "TRTSDT"), on="USUBJID")
        .with_columns((pl.col("on") - pl.col("TRTSDT")).dt.total_days().alias("days"))
        .filter(pl.col("days") >= 0)
        .select("USUBJID", "days", "kind")
    )


def _short(column: str) -> pl.Expr:
    """Leave the study out of the identifiers."""
    return pl.col(column).str.replace(r"^.*?-(\d+-\d+)$", "$1")
