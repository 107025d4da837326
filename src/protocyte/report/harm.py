"""Adverse events: overview, by term and highest grade, and those of special interest."""

from statistics import median
from typing import Final

import altair as alt
import polars as pl

from protocyte.derivation import AnalysisData
from protocyte.report.document import Figure, Row, Table
from protocyte.report.figure import GRADE_COLOURS, WIDTH, render_values
from protocyte.report.word import render_count, render_heading

_SEVERE: Final = 3
_GRADES: Final = (1, 2, 3, 4, 5)
_MOST_TERMS: Final = 20


def render_overview(data: AnalysisData) -> Table:
    """Count participants with an adverse event of each kind, by dose level.

    Parameters
    ----------
    data : AnalysisData
        Analysis data sets.

    Returns
    -------
    Table
        The table.

    Examples
    --------
    >>> render_overview(example_data).rows[0].cells
    ('Any treatment-emergent event', '2/2 (100.0 %)')
    """
    emergent = pl.col("TRTEMFL") == "Y"
    severe = pl.col("ATOXGRN") >= _SEVERE
    before = pl.col("APERIODC").is_in(["lymphodepletion", "from leukapheresis"])
    kinds: list[tuple[str, pl.Expr]] = [
        ("Any treatment-emergent event", emergent),
        (f"  of grade {_SEVERE} or more", emergent & severe),
        ("  serious", emergent & (pl.col("AESER") == "Y")),
        ("  related to the product", emergent & (pl.col("AEREL") == "Y")),
        (
            f"  related, of grade {_SEVERE} or more",
            emergent & severe & (pl.col("AEREL") == "Y"),
        ),
        ("  resulting in death", emergent & (pl.col("AESDTH") == "Y")),
        ("Event before the infusion, from leukapheresis or lymphodepletion", before),
    ]
    groups = render_groups(data)
    rows = [
        Row(
            (
                label.strip() if not label.startswith(" ") else f"– {label.strip()}",
                *(
                    render_count(_people(data.adae.filter(condition), people), people.height)
                    for _, people in groups
                ),
            )
        )
        for label, condition in kinds
    ]
    window = data.protocol.safety.treatment_emergent
    scale = data.protocol.safety.scales.adverse_events or "not named"
    until = f"{window.until} after the {window.anchor}" if window else "the end of follow-up"
    return Table(
        "Participants with adverse events",
        ("", *(render_heading(name, people.height) for name, people in groups)),
        tuple(rows),
        align="l" + "r" * len(groups),
        footnotes=(
            (
                "Infused participants. Treatment-emergent: begun or worsened from the "
                f"infusion until {until}. Scale: {scale}."
            ),
        ),
    )


def render_interest(data: AnalysisData) -> Table:
    """Count participants by highest grade of each adverse event of special interest.

    Parameters
    ----------
    data : AnalysisData
        Analysis data sets.

    Returns
    -------
    Table
        The table.

    Examples
    --------
    >>> render_interest(example_data).rows[0].cells[:6]
    ('CRS', 'ASTCT 2019', '2/2 (100.0 %)', '1', '1', '–')
    """
    infused = data.adsl.filter(pl.col("SAFFL") == "Y")
    scales = data.protocol.safety.scales
    named = {"CRS": scales.crs, "ICANS": scales.icans, "GvHD": scales.gvhd}
    rows = []
    for interest in data.protocol.safety.of_interest:
        events = data.adae.filter(
            (pl.col("AESI") == interest) & (pl.col("ASTDT") >= pl.col("TRTSDT"))
        )
        worst = events.group_by("USUBJID").agg(
            pl.col("ATOXGRN").max().alias("grade"),
            ((pl.col("ASTDT") - pl.col("TRTSDT")).dt.total_days().min()).alias("onset"),
            pl.col("ADURN").max().alias("lasting"),
        )
        n, total = worst.height, infused.height
        grades = [worst.filter(pl.col("grade") == g).height for g in _GRADES]
        rows.append(
            Row(
                (
                    interest,
                    named.get(interest) or scales.adverse_events or "not named",
                    render_count(n, total),
                    *(str(g) if g else "–" for g in grades),
                    render_count(sum(grades[_SEVERE - 1 :]), total),
                    _span(worst["onset"]),
                    _span(worst["lasting"]),
                )
            )
        )
    return Table(
        "Adverse events of special interest, by highest grade",
        (
            "",
            "Scale",
            "Any grade",
            "1",
            "2",
            "3",
            "4",
            "5",
            "Grade ≥ 3",
            "Onset [d]",
            "Duration [d]",
        ),
        tuple(rows),
        align="ll" + "r" * 9,
        footnotes=(
            (
                "Infused participants, from the infusion on. Onset and duration: median "
                "(lowest–highest) over participants with the event; days count from the infusion."
            ),
        ),
    )


def render_terms(data: AnalysisData) -> Table:
    """Count participants by adverse event term, all grades and severe ones, by dose level.

    Parameters
    ----------
    data : AnalysisData
        Analysis data sets.

    Returns
    -------
    Table
        The table, grouped by system organ class.

    Examples
    --------
    >>> render_terms(example_data).rows[1].cells
    ('Cytokine release syndrome', '2/2 (100.0 %)', '0/2 (0.0 %)')
    """
    emergent = data.adae.filter(pl.col("TRTEMFL") == "Y").with_columns(
        pl.col("AEBODSYS").fill_null("System not recorded")
    )
    *levels, (_, everybody) = render_groups(data)
    n, rows = everybody.height, list[Row]()
    systems = emergent.group_by("AEBODSYS").agg(pl.col("USUBJID").n_unique().alias("n"))
    for system in systems.sort("n", "AEBODSYS", descending=[True, False])["AEBODSYS"].to_list():
        rows.append(Row((system, *("" for _ in range(len(levels) + 2))), kind="group"))
        inside = emergent.filter(pl.col("AEBODSYS") == system)
        terms = inside.group_by("AEDECOD").agg(pl.col("USUBJID").n_unique().alias("n"))
        for term in terms.sort("n", "AEDECOD", descending=[True, False])["AEDECOD"].to_list():
            having = inside.filter(pl.col("AEDECOD") == term)
            severe = having.filter(pl.col("ATOXGRN") >= _SEVERE)
            cells = [
                f"{_people(having, people)} / {_people(severe, people)}" for _, people in levels
            ]
            totals = [render_count(_people(events, everybody), n) for events in (having, severe)]
            rows.append(Row((term, *cells, *totals)))
    headings = [
        *(f"{render_heading(name, people.height)} any / ≥ {_SEVERE}" for name, people in levels),
        f"{render_heading('All', n)} any grade",
        f"All, grade ≥ {_SEVERE}",
    ]
    return Table(
        "Treatment-emergent adverse events by term",
        ("", *headings),
        tuple(rows),
        align="l" + "r" * len(headings),
        footnotes=("Participants, each once a term, at the highest grade.",),
    )


def render_term_figure(data: AnalysisData) -> Figure | None:
    """Draw the share of participants with each adverse event, by highest grade.

    Parameters
    ----------
    data : AnalysisData
        Analysis data sets.

    Returns
    -------
    Figure or None
        The figure; None without adverse events.

    Examples
    --------
    >>> render_term_figure(example_data).describes
    'The 1 most frequent terms; bars are split by highest grade.'
    """
    infused = data.adsl.filter(pl.col("SAFFL") == "Y").height
    emergent = data.adae.filter((pl.col("TRTEMFL") == "Y") & pl.col("ATOXGRN").is_not_null())
    if emergent.is_empty() or not infused:
        return None
    worst = emergent.group_by("AEDECOD", "USUBJID").agg(pl.col("ATOXGRN").max().alias("grade"))
    counts = worst.group_by("AEDECOD", "grade").len("n")
    order = (
        worst.group_by("AEDECOD")
        .len("n")
        .sort("n", "AEDECOD", descending=[True, False])
        .head(_MOST_TERMS)["AEDECOD"]
        .to_list()
    )
    shown = counts.filter(pl.col("AEDECOD").is_in(order)).select(
        pl.col("AEDECOD").alias("term"),
        pl.col("grade"),
        (100 * pl.col("n") / infused).alias("percent"),
    )
    grades = sorted(shown["grade"].unique().to_list())
    chart = (
        alt.Chart(render_values(shown.to_dicts()))
        .mark_bar(height=14)
        .encode(
            x=alt.X(
                "percent:Q",
                title="Participants [%]",
                scale=alt.Scale(domain=[0, 100]),
                axis=alt.Axis(tickCount=5),
            ),
            y=alt.Y("term:N", sort=order, title=None, axis=alt.Axis(labelLimit=330)),
            color=alt.Color(
                "grade:O",
                title="Highest grade",
                scale=alt.Scale(domain=grades, range=[GRADE_COLOURS[g - 1] for g in grades]),
            ),
            order=alt.Order("grade:O", sort="descending"),
        )
        .properties(width=WIDTH - 160, height=max(60, 22 * len(order)))
    )
    return Figure(
        "Treatment-emergent adverse events by highest grade",
        chart,
        describes=f"The {len(order)} most frequent terms; bars are split by highest grade.",
    )


def render_groups(data: AnalysisData) -> list[tuple[str, pl.DataFrame]]:
    """Give the infused participants of each dose level, and all together.

    Parameters
    ----------
    data : AnalysisData
        Analysis data sets.

    Returns
    -------
    list of tuple of str and polars.DataFrame
        Heading and participants; one level alone is not repeated.

    Examples
    --------
    >>> [(name, people.height) for name, people in render_groups(example_data)]
    [('All', 2)]
    """
    infused = data.adsl.filter(pl.col("SAFFL") == "Y")
    levels = infused.drop_nulls("LEVELN").select("LEVELN", "LEVEL").unique().sort("LEVELN")
    groups = [
        (str(label), infused.filter(pl.col("LEVELN") == number))
        for number, label in levels.iter_rows()
    ]
    return [*(groups if len(groups) > 1 else []), ("All", infused)]


def _people(events: pl.DataFrame, people: pl.DataFrame) -> int:
    return people.join(events, on="USUBJID", how="semi").height


def _span(days: pl.Series) -> str:
    known = [int(day) for day in days.drop_nulls().to_list()]
    if not known:
        return "–"
    return f"{median(known):g} ({min(known)}–{max(known)})"
