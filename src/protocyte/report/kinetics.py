"""Kinetics of the infused cells: every participant's course on a log scale, and the parameters."""

import math
from typing import Final

import altair as alt
import polars as pl

from protocyte.analysis.endpoint import ALL, EndpointResult
from protocyte.derivation import AnalysisData
from protocyte.report.document import Figure, Row, Table
from protocyte.report.figure import LOG_LABELS, QUIET, WIDTH, render_level_colours, render_values
from protocyte.report.word import render_estimate, render_number

_PANEL: Final = 200
_COLUMNS: Final = 3
_FEW_DECADES: Final = 2
_SYMLOG_DAYS: Final = (0, 7, 14, 28, 60, 90, 180, 365)


def render_kinetics(data: AnalysisData) -> list[Figure]:
    """Draw the course of the cells in blood, one figure an analyte, one panel a dose level.

    Parameters
    ----------
    data : AnalysisData
        Analysis data sets.

    Returns
    -------
    list of Figure
        Figures.

    Examples
    --------
    >>> [figure.title for figure in render_kinetics(example_data)]
    ['CAR transgene in blood over time']
    """
    return [
        _figure(samples, str(name))
        for (name,), samples in data.adpc.group_by(["PARAM"], maintain_order=True)
        if samples["AVAL"].drop_nulls().len()
    ]


def render_parameters(result: EndpointResult, data: AnalysisData) -> tuple[Table, ...]:
    """Show the parameters of an endpoint by dose level, and those of every participant.

    Parameters
    ----------
    result : EndpointResult
        Result of a cell-kinetics endpoint.
    data : AnalysisData
        Analysis data sets.

    Returns
    -------
    tuple of Table
        The summary, and the list.

    Examples
    --------
    >>> summary, people = render_parameters(example_results[4], example_data)
    >>> summary.columns[:3], len(people.rows)
    (('', 'n', 'Cmax'), 2)
    """
    labels = list(dict.fromkeys(line.label for line in result.lines))
    return _summary(result, labels), _listing(labels, data)


def _summary(result: EndpointResult, labels: list[str]) -> Table:
    found = {(line.group, line.label): line.estimate for line in result.lines}
    first, *levels = dict.fromkeys(line.group for line in result.lines)
    rows = []
    for group in (*levels, first):
        known = {label: found[group, label] for label in labels if (group, label) in found}
        n = max(estimate.n for estimate in known.values())
        cells = [render_estimate(known[label]) if label in known else "–" for label in labels]
        is_all = group == ALL
        name = "All" if is_all else group
        rows.append(Row((name, str(n), *cells), kind="total" if is_all else "normal"))
    return Table(
        "Kinetic parameters by dose level",
        ("", "n", *labels),
        tuple(rows),
        align="lr" + "r" * len(labels),
        footnotes=(
            (
                "Cmax, AUC and Clast: geometric mean (lowest–highest) of participants with a value "
                "above 0. Tmax, Tlast, half-life: median (lowest–highest). Times since the "
                "infusion, by actual dates; non-compartmental."
            ),
        ),
    )


def _listing(labels: list[str], data: AnalysisData) -> Table:
    """List the parameters of every participant; one without a value is not left out."""
    parameters = data.adpp.filter(pl.col("PARAMCD").is_in(labels))
    units = {row["PARAMCD"]: row["AVALU"] for row in parameters.iter_rows(named=True)}
    rows, why = [], dict[str, None]()
    order = ["LEVELN", "USUBJID", "ANALYTE"]
    people = parameters.sort(order, nulls_last=True).group_by(order, maintain_order=True)
    several = parameters["ANALYTE"].n_unique() > 1
    by_level = parameters["LEVEL"].n_unique() > 1
    for (_, person, analyte), mine in people:
        values = {row["PARAMCD"]: row for row in mine.iter_rows(named=True)}
        cells = [render_number(values[name]["AVAL"]) if name in values else "–" for name in labels]
        why |= dict.fromkeys(
            f"{name}: {values[name]['AVALCAT']}"
            for name in labels
            if name in values and values[name]["AVAL"] is None and values[name]["AVALCAT"]
        )
        who = f"{person} ({analyte})" if several else str(person)
        rows.append(Row((who, *([mine["LEVEL"][0] or "–"] if by_level else []), *cells)))
    heads = ["Participant", *(["Level"] if by_level else [])]
    return Table(
        "Kinetic parameters of every participant",
        (*heads, *(f"{name} [{units.get(name, '')}]" for name in labels)),
        tuple(rows),
        align="l" * len(heads) + "r" * len(labels),
        folded=True,
        footnotes=(f"No value: {'; '.join(why)}.",) if why else (),
    )


def _figure(samples: pl.DataFrame, name: str) -> Figure:
    unit = next((u for u in samples["AVALU"].to_list() if u), "")
    floor = _floor(samples)
    shown = samples.filter(pl.col("ADAYS") >= 0).with_columns(
        pl.col("LEVEL").fill_null("all participants").alias("level"),
        pl.when(pl.col("BLQFL") == "Y")
        .then(floor / 2)
        .otherwise(pl.max_horizontal("AVAL", pl.lit(floor / 2)))
        .alias("value"),
        pl.col("ADAYS").alias("day"),
    )
    last = max(shown["day"].to_list(), default=0)
    levels = shown.sort("LEVELN")["level"].unique(maintain_order=True).to_list()
    data = render_values(shown.select("USUBJID", "day", "value", "level", "BLQFL").to_dicts())
    medians = (
        shown.group_by("level", "VISIT")
        .agg(pl.col("day").median(), pl.col("value").median(), pl.len().alias("n"))
        .filter(pl.col("n") >= 3)
        .sort("day")
    )
    colours = alt.Color(
        "level:N",
        sort=levels,
        legend=None,
        scale=alt.Scale(domain=levels, range=render_level_colours(len(levels))),
    )
    x = alt.X(
        "day:Q",
        title="Days since infusion",
        scale=alt.Scale(type="symlog", constant=10),
        axis=alt.Axis(values=[day for day in _SYMLOG_DAYS if day <= last]),
    )
    y = alt.Y(
        "value:Q",
        title=f"{name} [{unit}]",
        scale=alt.Scale(type="log"),
        axis=alt.Axis(labelExpr=LOG_LABELS, values=_decades(shown["value"])),
    )
    lines = (
        alt.Chart()
        .mark_line(strokeWidth=0.8, opacity=0.45)
        .encode(x=x, y=y, detail="USUBJID:N", color=colours)
    )
    points = (
        alt.Chart().mark_point(size=10, filled=True, opacity=0.45).encode(x=x, y=y, color=colours)
    )
    limit = alt.Chart().mark_rule(strokeDash=[4, 3], color=QUIET).encode(y=alt.datum(floor))
    middle = (
        alt.Chart(render_values(medians.to_dicts()))
        .mark_line(strokeWidth=2.6)
        .encode(x=x, y=y, color=colours)
    )
    columns = 2 if len(levels) == 4 else min(_COLUMNS, len(levels))
    width = WIDTH if columns == 1 else (WIDTH - 70 * columns) // columns
    panels = [
        alt.layer(
            *(part.transform_filter(alt.datum.level == level) for part in (lines, points, middle)),
            limit,
            data=data,
        ).properties(width=width, height=_PANEL if columns > 1 else 260, title=level)
        for level in levels
    ]
    chart = alt.concat(*panels, columns=columns).resolve_scale(y="shared", color="shared")
    return Figure(
        f"{name} in blood over time",
        chart,
        describes=(
            f"One thin line a participant, {shown['USUBJID'].n_unique()} in all, one panel a dose "
            "level; the thick line is the median of a visit with three samples or more."
        ),
        footnotes=(
            (
                "Thick: median of visits with three samples or more. "
                f"Dashed: {floor:g} {unit}, the lower limit of quantification or, where none is "
                "recorded, the lowest value above 0. Samples below it are drawn at half of it."
            ),
        ),
    )


def _decades(values: pl.Series) -> list[float]:
    """Mark powers of ten; where there are few of them, three times a power as well."""
    low, high = math.log10(float(str(values.min()))), math.log10(float(str(values.max())))
    powers = range(math.floor(low), math.ceil(high) + 1)
    steps = (1.0, 3.0) if high - low < _FEW_DECADES else (1.0,)
    return [step * 10.0**power for power in powers for step in steps]


def _floor(samples: pl.DataFrame) -> float:
    """Take the lower limit of quantification; where none is recorded, the lowest value above 0."""
    limits = samples["LLOQ"].drop_nulls()
    if limits.len():
        return float(str(limits.max()))
    above = samples.filter(pl.col("AVAL") > 0)["AVAL"]
    return float(str(above.min())) if above.len() else 1.0
