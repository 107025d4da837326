"""Which uncertain numbers the results lean on, as bars and a table."""

from typing import Any, Final

from protocyte.analysis.sensitivity import Sensitivity
from protocyte.report.document import Figure, Row, Section, Table
from protocyte.report.figure import INK, render_values
from protocyte.report.word import render_number

_MOST: Final = 8
_TOTAL: Final = (
    "Total index: share of the spread of the result that would be left if all but this number were "
    "known."
)
_STATUS_COLOURS: Final = {"sourced": "#0b6e8f", "derived": "#7fb8c9", "assumed": "#e08e2b"}


def render_sensitivity(found: Sensitivity) -> Section:
    """Show which uncertain numbers each result leans on.

    Parameters
    ----------
    found : Sensitivity
        Sobol indices.

    Returns
    -------
    Section
        Figure and table.

    Examples
    --------
    >>> import numpy as np
    >>> from protocyte.kinetics.allogeneic.parameters import PARAMETERS
    >>> one = np.array([[0.5]])
    >>> found = Sensitivity(("Response",), (PARAMETERS["lag"],), one, one, one[0], one[0], 48)
    >>> render_sensitivity(found).title
    'What the results lean on'
    """
    return Section(
        "What the results lean on",
        (
            Figure(
                "Total Sobol index of the uncertain numbers",
                lambda: _figure(found),
                "For each result the numbers that explain most of its spread over their ranges.",
                ("Orange: assumed. Light: derived. Dark: sourced, with a range.",),
            ),
            _table(found),
        ),
    )


def _figure(found: Sensitivity) -> Any:
    """Draw the leading numbers of every result."""
    import altair as alt

    panels = []
    for row, output in enumerate(found.outputs):
        bars = [
            {
                "number": found.parameters[i].meaning,
                "index": max(float(found.total[row, i]), 0.0),
                "status": found.parameters[i].status,
            }
            for i in found.leading(row, _MOST)
        ]
        panels.append(
            alt.Chart(render_values(bars))
            .mark_bar(height=11)
            .encode(
                x=alt.X("index:Q", title=None, scale=alt.Scale(domainMin=0)),
                y=alt.Y(
                    "number:N",
                    sort=None,
                    title=None,
                    axis=alt.Axis(labelLimit=300, labelColor=INK, domain=False, ticks=False),
                ),
                color=alt.Color(
                    "status:N",
                    scale=alt.Scale(
                        domain=list(_STATUS_COLOURS), range=list(_STATUS_COLOURS.values())
                    ),
                    legend=None,
                ),
            )
            .properties(width=170, height=alt.Step(17), title=output)
        )
    return alt.concat(*panels, columns=2, spacing=24)


def _table(found: Sensitivity) -> Table:
    """List the leading numbers of every result."""
    rows = []
    for row, output in enumerate(found.outputs):
        low, high = float(found.low[row]), float(found.high[row])
        spread = f"{render_number(low)} to {render_number(high)}"
        rows.append(Row((f"{output}: {spread} over the ranges", "", "", "", ""), "group"))
        rows += [
            Row(
                (
                    found.parameters[i].meaning,
                    found.parameters[i].status,
                    " to ".join(found.parameters[i].spread.printed),  # type: ignore[union-attr]
                    f"{found.total[row, i]:.2f}",
                    f"{found.first[row, i]:.2f}",
                )
            )
            for i in found.leading(row, _MOST)
        ]
    return Table(
        "Sobol indices of the numbers with a range",
        ("Number", "Status", "Range", "Total", "First order"),
        tuple(rows),
        "lllrr",
        (f"{found.runs:,} populations. {_TOTAL}",),
    )
