"""The credibility of the cell-kinetics model: every published target beside its prediction.

One law: a miss is as easy to find as a hit.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from protocyte.analysis.credibility import Prediction
from protocyte.report.document import Block, Figure, Paragraph, Row, Section, Table
from protocyte.report.figure import INK, QUIET, render_values
from protocyte.report.word import render_number

COLUMNS: Final = ("Target", "Trial", "Result", "Published", "Model: middle (90 %)", "Mark", "")
_HONEST: Final = (
    "A model with honest uncertainty has about half of the predicted targets in the first column "
    "of intervals and nine in ten in the second; counts of few patients fill both."
)
_MARK_COLOURS: Final = {
    "predicted": "#0b6e8f",
    "calibrated on": "#7fb8c9",
    "orientation": "#c9d1d8",
}


class Line:
    """One target as it is shown.

    Parameters
    ----------
    key, trial, result, mark, source : str
        What it is.
    value : float
        Published value [unit of the result].
    n : int
        Patients.
    is_count : bool
        Whether it is a count.
    prediction : Prediction
        What the model expects to see.
    """

    def __init__(
        self, key: str, trial: str, result: str, *, mark: str, source: str, value: float, n: int,
        is_count: bool, prediction: Prediction,
    ) -> None:  # fmt: skip
        self.key, self.trial, self.result = key, trial, result
        self.mark, self.source = mark, source
        self.value, self.n, self.is_count = value, n, is_count
        self.prediction = prediction

    @property
    def said(self) -> str:
        """Published value with its size."""
        if self.is_count:
            return f"{self.value:.0f}/{self.n}"
        return f"{render_number(self.value)} (n {self.n})"

    @property
    def expected(self) -> str:
        """Predicted median and 90 % interval."""
        low, _, middle, _, high = self.prediction.quantiles
        if self.is_count:
            return f"{middle:.0f} ({low:.0f} to {high:.0f}) of {self.n}"
        return f"{render_number(middle)} ({render_number(low)} to {render_number(high)})"

    @property
    def verdict(self) -> str:
        """Where the published value lies."""
        if self.prediction.in_half:
            return "in 50 %"
        if self.prediction.in_most:
            return "in 90 %"
        return "MISS, model too low" if self.prediction.rank > _MIDDLE else "MISS, model too high"


_MIDDLE: Final = 0.5


def render_credibility(
    lines: Sequence[Line], counts: Mapping[str, Mapping[str, int]], *, draws: int
) -> Section:
    """Show every target, and how many the model meets.

    Parameters
    ----------
    lines : sequence of Line
        Targets.
    counts : mapping of str to mapping of str to int
        For each mark the number of targets, and of those in the 50 % and 90 % interval [1].
    draws : int
        Predictions of every trial [1].

    Returns
    -------
    Section
        Counts, figure and table.

    Examples
    --------
    >>> import numpy as np
    >>> line = Line("T01", "a trial", "response", mark="predicted", source="Doe2020", value=5.0,
    ...             n=10, is_count=True,
    ...             prediction=Prediction.of(np.arange(11.0), 5.0, whole=True))
    >>> counts = {"predicted": {"targets": 1, "in 50 %": 1, "in 90 %": 1}}
    >>> render_credibility([line], counts, draws=200).title
    'Credibility of the cell-kinetics model'
    """
    blocks: list[Block] = [
        Paragraph(
            f"Each trial was simulated {draws} times with as many patients as it had. Every time "
            "the uncertain numbers of the model were drawn anew from their ranges (rejection by "
            "host T cells from its calibration), then the patients, then their luck. The logit of "
            "CRS is at its posterior mean. A target is *calibrated on* if the model, or a number "
            "in it, was fitted to it or chosen by it; such a target tests nothing. The others are "
            "predicted."
        ),
        _counts(counts),
        Figure(
            "Published values among the predictions",
            lambda: _figure(lines),
            "One row a target: the published value as a rank among the model's predictions.",
            ("A rank near 0 % or 100 % is a miss. Grey: the middle 90 % and 50 %.",),
        ),
        _targets(lines),
    ]
    return Section("Credibility of the cell-kinetics model", tuple(blocks))


def render_markdown(
    lines: Sequence[Line],
    counts: Mapping[str, Mapping[str, int]],
    trials: Mapping[str, str],
    *,
    draws: int,
    origin: Sequence[tuple[str, str]],
) -> str:
    """Write the same as a page of Markdown.

    Parameters
    ----------
    lines : sequence of Line
        Targets.
    counts : mapping of str to mapping of str to int
        Counts by mark [1].
    trials : mapping of str to str
        What is assumed about each trial, by name.
    draws : int
        Predictions of every trial [1].
    origin : sequence of (str, str)
        How the page came about.

    Returns
    -------
    str
        The page.

    Examples
    --------
    >>> import numpy as np
    >>> line = Line("T01", "a trial", "response", mark="predicted", source="Doe2020", value=5.0,
    ...             n=10, is_count=True,
    ...             prediction=Prediction.of(np.arange(11.0), 5.0, whole=True))
    >>> counts = {"predicted": {"targets": 1, "in 50 %": 1, "in 90 %": 1}}
    >>> page = render_markdown([line], counts, {}, draws=200, origin=())
    >>> "| T01 | a trial | response | 5/10 |" in page
    True
    """
    section = render_credibility(lines, counts, draws=draws)
    text = [f"# {section.title}", ""]
    for block in section.blocks:
        if isinstance(block, Paragraph):
            text += [block.text, ""]
        if isinstance(block, Table):
            text += [f"## {block.title}", "", *_table(block), ""]
            text += [f"{note}\n" for note in block.footnotes]
    text += ["## What is assumed about the trials", ""]
    text += [f"- {name}: {why}." for name, why in trials.items() if why]
    text += ["", "## How this page was made", ""]
    text += [f"- {name}: {value}" for name, value in origin]
    return "\n".join(text) + "\n"


def _table(table: Table) -> list[str]:
    """Write a table as Markdown."""
    return [
        "| " + " | ".join(table.columns) + " |",
        "|" + "|".join("---" for _ in table.columns) + "|",
        *("| " + " | ".join(row.cells) + " |" for row in table.rows),
    ]


def _counts(counts: Mapping[str, Mapping[str, int]]) -> Table:
    """Count targets in the intervals."""
    rows = [
        Row((mark, *(str(row[name]) for name in ("targets", "in 50 %", "in 90 %"))))
        for mark, row in counts.items()
    ]
    return Table(
        "Targets in the model's intervals",
        ("Mark", "Targets", "In the middle 50 %", "In the middle 90 %"),
        tuple(rows),
        "lrrr",
        (_HONEST,),
    )


def _targets(lines: Sequence[Line]) -> Table:
    """List every target."""
    rows = [
        Row((line.key, line.trial, line.result, line.said, line.expected, line.mark, line.verdict))
        for line in lines
    ]
    return Table("Targets", COLUMNS, tuple(rows), "lllrrll")


def _figure(lines: Sequence[Line]) -> Any:
    """Draw the rank of every published value among the predictions."""
    import altair as alt

    rows = [
        {
            "target": f"{line.key}  {line.trial}: {line.result}",
            "rank": line.prediction.rank,
            "mark": line.mark,
        }
        for line in lines
    ]
    order = [str(row["target"]) for row in rows]
    ends = render_values([{"low": 0.05, "high": 0.95}, {"low": 0.25, "high": 0.75}])
    band = (
        alt.Chart(ends).mark_rect(color=QUIET, opacity=0.12).encode(x=alt.X("low:Q"), x2="high:Q")
    )
    dots = (
        alt.Chart(render_values(rows))
        .mark_circle(size=60, opacity=1)
        .encode(
            x=alt.X(
                "rank:Q",
                title="rank of the published value among the predictions",
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format="%", tickCount=5),
            ),
            y=alt.Y(
                "target:N",
                sort=order,
                title=None,
                axis=alt.Axis(labelLimit=420, labelColor=INK, grid=True),
            ),
            color=alt.Color(
                "mark:N",
                title=None,
                scale=alt.Scale(domain=list(_MARK_COLOURS), range=list(_MARK_COLOURS.values())),
            ),
        )
    )
    return (band + dots).properties(width=360, height=alt.Step(16))
