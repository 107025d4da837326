"""One assumption varied, drawn: a panel a scenario, a line a design.

One law: every panel has the same scales, so that scenarios can be compared.
"""

from collections.abc import Sequence
from typing import Any, Final

from protocyte.report.document import Figure
from protocyte.report.figure import KIND_COLOURS, WIDTH, render_values

_PANELS: Final = 3
_DASHES: Final = ([1, 0], [6, 3], [2, 2])


def render_curves(
    title: str,
    rows: list[dict[str, Any]],
    *,
    axes: tuple[str, str],
    designs: Sequence[str],
    log: bool = False,
) -> Figure:
    """Draw what becomes of designs as one assumption changes.

    Parameters
    ----------
    title : str
        What it shows.
    rows : list of dict
        One mapping of scenario, design, x and y a point, in the order of scenarios and designs.
    axes : tuple of str
        What x and y are, with units.
    designs : sequence of str
        All designs of the report: one keeps its colour in every figure, whoever else is drawn.
    log : bool
        Whether x is on a logarithmic axis.

    Returns
    -------
    Figure
        A panel a scenario, a line a design.

    Examples
    --------
    >>> rows = [{"scenario": "a", "design": "BOIN", "x": 1.0, "y": 12.0}]
    >>> render_curves("Months", rows, axes=("Rate", "Months"), designs=["BOIN"]).title
    'Months'
    """
    return Figure(
        title,
        lambda: _chart(rows, axes, list(designs), log=log),
        describes="One panel a scenario, one line a design, one point a value.",
    )


def _chart(
    rows: list[dict[str, Any]], axes: tuple[str, str], every: list[str], *, log: bool
) -> Any:
    import altair as alt

    designs = list(dict.fromkeys(row["design"] for row in rows))
    xs = sorted({row["x"] for row in rows})
    # Only the values themselves are labelled: there is nothing to read between them.
    x = alt.X(
        "x:Q",
        title=axes[0],
        scale=alt.Scale(type="log" if log else "linear", domain=[xs[0], xs[-1]], nice=False),
        axis=alt.Axis(values=xs, format=".2~f", grid=False),
    )
    most = 100 if "%" in axes[1] else 1.05 * max(row["y"] for row in rows)
    y = alt.Y("y:Q", title=axes[1], scale=alt.Scale(domain=[0, most], nice=False))
    number, places = len(KIND_COLOURS), [every.index(name) for name in designs]
    colours = [KIND_COLOURS[place % number] for place in places]
    dashes = [_DASHES[place // number % len(_DASHES)] for place in places]
    legend = alt.Legend(title=None) if len(designs) > 1 else None
    colour = alt.Color(
        "design:N", sort=designs, scale=alt.Scale(domain=designs, range=colours), legend=legend
    )
    dash = alt.StrokeDash(
        "design:N", sort=designs, scale=alt.Scale(domain=designs, range=dashes), legend=legend
    )
    panels = []
    for scenario in dict.fromkeys(row["scenario"] for row in rows):
        data = render_values([row for row in rows if row["scenario"] == scenario])
        base = alt.Chart(data).encode(x=x, y=y, color=colour)
        panels.append(
            alt.layer(
                base.mark_line(strokeWidth=1.8).encode(strokeDash=dash),
                base.mark_circle(size=38, opacity=1),
            ).properties(width=(WIDTH - 170) // _PANELS, height=120, title=scenario)
        )
    return alt.concat(*panels, columns=_PANELS, spacing={"row": 16, "column": 30})
