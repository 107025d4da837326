"""Adverse events: overview, by term and highest grade, and those of special interest."""

from statistics import median
from typing import Final

import altair as alt
import polars as pl

from protocyte.derivation import AnalysisData
from protocyte.report.document import Figure, Row, Table
from protocyte.report.figure import GRADE_COLOURS, UNKNOWN_COLOUR, WIDTH, render_values
from protocyte.report.word import NARROW, render_count, render_heading

_SEVERE: Final = 3
_GRADES: Final = (1, 2, 3, 4, 5)
_MOST_TERMS: Final = 20
_UNGRADED: Final = "not graded"


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
    emergent = (pl.col("TRTEMFL") == "Y").fill_null(value=False)
    severe = pl.col("ATOXGRN") >= _SEVERE
    periods = ["lymphodepletion", "from leukapheresis"]
    before = pl.col("APERIODC").is_in(periods).fill_null(value=False)
    kinds: list[tuple[str, pl.Expr]] = [
        ("Any treatment-emergent event", emergent),
        (f"  of grade {_SEVERE} or more", emergent & severe),
        ("  serious", emergent & (pl.col("AESER") == "Y")),
        ("  related to the product", emergent & (pl.col("AEREL") == "Y")),
        (
            f"  related, of grade {_SEVERE} or more",
            emergent & severe & (pl.col("AEREL") == "Y"),
        ),
        ("  resulting in death", emergent & _is_fatal()),
    ]
    if not data.adsl.select(pl.all_horizontal(pl.col("LEUKDT", "LDSDT").is_null().all())).item():
        kinds.append(("Event before the infusion, from leukapheresis or lymphodepletion", before))
    groups = render_groups(data)
    rows = [
        Row(
            (
                label.strip() if not label.startswith(" ") else f"– {label.strip()}",
                *(_counted(data.adae, condition, people) for _, people in groups),
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
                    _scale(events, scales.of(interest)),
                    render_count(n, total),
                    *(str(g) if g else "–" for g in grades),
                    _counted(events, pl.col("ATOXGRN") >= _SEVERE, infused),
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
            is_severe = pl.col("ATOXGRN") >= _SEVERE
            severe, graded = having.filter(is_severe), having["ATOXGRN"].is_not_null().any()
            cells = [
                f"{_people(having, people)} / {_people(severe, people) if graded else '–'}"
                for _, people in levels
            ]
            any_grade = render_count(_people(having, everybody), n)
            rows.append(Row((term, *cells, any_grade, _counted(having, is_severe, everybody))))
    headings = [
        *(
            f"{render_heading(name, people.height)} any{NARROW}/{NARROW}≥{NARROW}{_SEVERE}"
            for name, people in levels
        ),
        f"{render_heading('All', n)} any grade",
        f"All, grade{NARROW}≥{NARROW}{_SEVERE}",
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
    emergent = data.adae.filter(pl.col("TRTEMFL") == "Y")
    if emergent.is_empty() or not infused:
        return None
    worst = emergent.group_by("AEDECOD", "USUBJID").agg(
        pl.col("ATOXGRN").max().fill_null(0).alias("grade")
    )
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
        pl.col("grade").cast(pl.String).replace("0", _UNGRADED).alias("shown"),
        (100 * pl.col("n") / infused).alias("percent"),
    )
    # In the order of the legend: grades, then what nobody graded.
    grades = sorted(shown["grade"].unique().to_list(), key=lambda grade: grade or len(_GRADES) + 1)
    names = [str(grade) if grade else _UNGRADED for grade in grades]
    colours = [GRADE_COLOURS[grade - 1] if grade else UNKNOWN_COLOUR for grade in grades]
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
                "shown:N",
                title="Highest grade",
                sort=names,
                scale=alt.Scale(domain=names, range=colours),
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


def _is_fatal() -> pl.Expr:
    """Take the death criterion, or else the outcome, or else whether the grade is 5."""
    return pl.coalesce(
        pl.col("AESDTH") == "Y", pl.col("AEOUT") == "FATAL", pl.col("ATOXGRN") == _GRADES[-1]
    )


def _scale(events: pl.DataFrame, planned: str | None) -> str:
    """Name the scale that graded the events, and the planned one where it is another."""
    used = events["AESCALE"].drop_nulls().unique().sort().to_list()
    if not used or used == [planned]:
        return planned or "not named"
    return f"{', '.join(used)} (planned: {planned or 'not named'})"


def _counted(events: pl.DataFrame, condition: pl.Expr, people: pl.DataFrame) -> str:
    """Count people with an event that meets a condition; what was not recorded is not "no"."""
    known = _people(events.filter(condition), people)
    unknown = _people(events.filter(condition.fill_null(value=True)), people) - known
    if not unknown:
        return render_count(known, people.height)
    if not known and events.filter(condition.is_not_null()).is_empty():
        return "not recorded"
    return f"{render_count(known, people.height)}; {unknown} not recorded"


def _span(days: pl.Series) -> str:
    known = [int(day) for day in days.drop_nulls().to_list()]
    if not known:
        return "–"
    return f"{median(known):g} ({min(known)}–{max(known)})"
