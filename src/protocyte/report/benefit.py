"""Response: categories by dose level, responders over visits, scores over time."""

from typing import Final

import altair as alt
import polars as pl

from protocyte.analysis.endpoint import ALL, EndpointResult
from protocyte.derivation import AnalysisData
from protocyte.derivation.adrs import BEST_FIRST
from protocyte.protocol.endpoint import Endpoint, ResponderEndpoint, ResponseEndpoint
from protocyte.report.document import Figure, Row, Table
from protocyte.report.figure import KIND_COLOURS, WIDTH, render_values
from protocyte.report.harm import render_groups
from protocyte.report.word import render_count, render_estimate, render_heading

_DAYS_A_MONTH: Final = 365.25 / 12
_CATEGORY_COLOURS: Final = {
    "CR": "#1b6e4b",
    "CRh": "#3d8f5a",
    "CRi": "#6fb07f",
    "MLFS": "#a9cfae",
    "PR": "#d5e6c8",
    "SD": "#e8e3c5",
    "NR": "#eccf9d",
    "PD": "#d98c5f",
    "RELAPSE": "#b5475d",
    "NE": "#c9d1d8",
}


def render_response_table(
    result: EndpointResult, data: AnalysisData, *, named: bool = False
) -> Table:
    """Count best responses by category and dose level, with the response rate below.

    Parameters
    ----------
    result : EndpointResult
        Result of a response endpoint.
    data : AnalysisData
        Analysis data sets.
    named : bool
        Whether the title tells the endpoint, as where there are several.

    Returns
    -------
    Table
        The table.

    Raises
    ------
    TypeError
        If the endpoint is of another kind.

    Examples
    --------
    >>> orr = example_results[2]
    >>> [row.cells[:2] for row in render_response_table(orr, example_data).rows]
    [('CR *', '2/2 (100.0 %)'), ('Response rate', '2/2 (100.0 %; 15.8–100.0)')]
    """
    endpoint = result.endpoint
    if not isinstance(endpoint, ResponseEndpoint):
        raise TypeError(f"{result.name} is not a response endpoint")
    best = data.best[result.name].filter(pl.col("DUEFL") == "Y")
    still_open = data.best[result.name].height - best.height
    groups = _counted_groups(endpoint, best, data)
    present = [c for c in BEST_FIRST if c in best["AVALC"].to_list()]
    present += sorted(set(best["AVALC"].to_list()) - set(BEST_FIRST))
    rows = [
        Row(
            (
                category + (" *" if category in endpoint.responders else ""),
                *(
                    render_count(people.filter(pl.col("AVALC") == category).height, people.height)
                    for _, people in groups
                ),
            )
        )
        for category in present
    ]
    by_group = {line.group: line.estimate for line in result.lines}
    rates = [by_group.get(ALL if name == "All" else name) for name, _ in groups]
    rows.append(
        Row(("Response rate", *(render_estimate(r) if r else "–" for r in rates)), kind="total")
    )
    until = f" within {endpoint.until} of the {endpoint.anchor}" if endpoint.until else ""
    level = 100 * data.protocol.statistics.level
    return Table(
        f"Best response{until}{f' ({result.name})' if named else ''}",
        ("", *(render_heading(name, people.height) for name, people in groups)),
        tuple(rows),
        align="l" + "r" * len(groups),
        footnotes=(
            (
                "* counts as response. Criteria: "
                f"{endpoint.criteria}, by the {endpoint.assessed_by}. Denominator: "
                f"{endpoint.denominator} participants. Interval: {level:g} %, "
                f"{data.protocol.statistics.intervals.proportion}."
            ),
            *([f"Not counted: {still_open} whose window is still open."] if still_open else []),
        ),
    )


def render_response_figure(result: EndpointResult, data: AnalysisData) -> Figure | None:
    """Draw the split of best responses at each dose level.

    Parameters
    ----------
    result : EndpointResult
        Result of a response endpoint.
    data : AnalysisData
        Analysis data sets.

    Returns
    -------
    Figure or None
        The figure; None without participants.

    Examples
    --------
    >>> render_response_figure(example_results[2], example_data).title
    'Best response by dose level'
    """
    best = data.best[result.name].filter(pl.col("DUEFL") == "Y")
    if best.is_empty():
        return None
    order = [category for category in BEST_FIRST if category in best["AVALC"].to_list()]
    order += sorted(set(best["AVALC"].to_list()) - set(BEST_FIRST))
    colours = [_CATEGORY_COLOURS.get(category, "#9aa5b1") for category in order]
    rows = [
        {
            "group": render_heading(name, people.height),
            "category": category,
            "percent": 100 * found / people.height,
            "rank": rank,
        }
        for name, people in _counted_groups(result.endpoint, best, data)
        for rank, category in enumerate(order)
        if (found := people.filter(pl.col("AVALC") == category).height)
    ]
    groups = list(dict.fromkeys(str(row["group"]) for row in rows))
    bars = (
        alt.Chart(render_values(rows))
        .mark_bar(height=22)
        .encode(
            x=alt.X(
                "percent:Q",
                title="Participants [%]",
                scale=alt.Scale(domain=[0, 100]),
                axis=alt.Axis(tickCount=5),
            ),
            y=alt.Y("group:N", sort=groups, title=None, axis=alt.Axis(labelLimit=300)),
            color=alt.Color(
                "category:N",
                title="Best response",
                sort=order,
                scale=alt.Scale(domain=order, range=colours),
            ),
            order=alt.Order("rank:Q"),
        )
        .properties(width=WIDTH - 120, height=max(50, 34 * len(groups)))
    )
    return Figure(
        "Best response by dose level",
        bars,
        describes="One bar a dose level, split by best response from left (best) to right.",
    )


def _counted_groups(
    endpoint: Endpoint, best: pl.DataFrame, data: AnalysisData
) -> list[tuple[str, pl.DataFrame]]:
    """Give the best responses that count of each dose level, and of all together."""
    groups = [
        (name, best.join(people.select("USUBJID"), on="USUBJID", how="semi"))
        for name, people in render_groups(data)
    ]
    if isinstance(endpoint, ResponseEndpoint) and endpoint.denominator == "enrolled":
        groups[-1] = ("All", best)
    return groups


def render_responder_figure(results: list[EndpointResult], data: AnalysisData) -> Figure | None:
    """Draw the share of responders by instrument and visit.

    Parameters
    ----------
    results : list of EndpointResult
        Results of responder endpoints.
    data : AnalysisData
        Analysis data sets.

    Returns
    -------
    Figure or None
        The figure; None without assessments.

    Examples
    --------
    >>> render_responder_figure([], example_data) is None
    True
    """
    rows = []
    for number, result in enumerate(results):
        if not isinstance(result.endpoint, ResponderEndpoint):
            continue
        for line in result.lines:
            visit = data.protocol.schedule.visit(line.label)
            if line.group != ALL or visit is None or line.estimate.value is None:
                continue
            rows.append(
                {
                    "instrument": result.endpoint.instrument,
                    # Side by side, so that intervals do not hide each other.
                    "month": data.protocol.schedule.offset(visit) / _DAYS_A_MONTH + 0.12 * number,
                    "percent": 100 * line.estimate.value,
                    "lower": 100 * (line.estimate.lower or 0),
                    "upper": 100 * (line.estimate.upper or 0),
                }
            )
    if not rows:
        return None
    instruments = list(dict.fromkeys(str(row["instrument"]) for row in rows))
    x = alt.X("month:Q", title="Months since infusion", scale=alt.Scale(domainMin=0))
    colour = alt.Color(
        "instrument:N",
        title=None,
        sort=instruments,
        scale=alt.Scale(domain=instruments, range=list(KIND_COLOURS[: len(instruments)])),
    )
    y = alt.Y("percent:Q", title="Participants [%]", scale=alt.Scale(domain=[0, 100]))
    base = alt.Chart(render_values(rows))
    layers = alt.layer(
        base.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour),
        base.mark_rule(opacity=0.5).encode(
            x=x, y=alt.Y("lower:Q", title="Participants [%]"), y2="upper:Q", color=colour
        ),
        base.mark_point(filled=True, size=55, opacity=1).encode(x=x, y=y, color=colour),
    )
    return Figure(
        "Participants in each state over time",
        layers.properties(width=WIDTH, height=230),
        describes=f"One line an instrument, with intervals: {', '.join(instruments)}.",
        footnotes=(
            (
                f"Bars: {100 * data.protocol.statistics.level:g} % "
                f"{data.protocol.statistics.intervals.proportion} intervals. A missing "
                "assessment counts as the endpoint says."
            ),
        ),
    )


def render_score_figure(data: AnalysisData) -> Figure | None:
    """Draw SLEDAI of every participant over time, with the median.

    Parameters
    ----------
    data : AnalysisData
        Analysis data sets.

    Returns
    -------
    Figure or None
        The figure; None without scores.

    Examples
    --------
    >>> render_score_figure(example_data) is None
    True
    """
    scores = data.adqs.filter((pl.col("PARAMCD") == "SLEDAI") & pl.col("AVAL").is_not_null())
    if scores.is_empty():
        return None
    shown = scores.select(
        "USUBJID",
        "VISIT",
        (pl.col("ADAYS") / _DAYS_A_MONTH).alias("month"),
        pl.col("AVAL").alias("score"),
    )
    middle = (
        shown.group_by("VISIT")
        .agg(pl.col("month").median(), pl.col("score").median(), pl.len().alias("n"))
        .filter(pl.col("n") >= 3)
        .sort("month")
    )
    x = alt.X("month:Q", title="Months since infusion")
    y = alt.Y("score:Q", title="SELENA-SLEDAI")
    each = (
        alt.Chart(render_values(shown.to_dicts()))
        .mark_line(strokeWidth=0.8, opacity=0.35, color="#4fa3bb")
        .encode(x=x, y=y, detail="USUBJID:N")
    )
    median = (
        alt.Chart(render_values(middle.to_dicts()))
        .mark_line(
            strokeWidth=3, color="#0c5a78", point={"filled": True, "size": 40, "color": "#0c5a78"}
        )
        .encode(x=x, y=y)
    )
    return Figure(
        "SLEDAI over time",
        alt.layer(each, median).properties(width=WIDTH, height=230),
        describes="One thin line a participant; the thick line is the median at each visit.",
    )
