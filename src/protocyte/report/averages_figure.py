"""Designs over many truths, drawn: the spread of each, and pairs truth by truth.

One law: designs are compared within a truth, never by their spreads alone.
"""

from typing import Any, Final

import numpy as np

from protocyte.design.averages import QUANTILES, Averages
from protocyte.report.document import Figure
from protocyte.report.figure import (
    INK,
    KIND_COLOURS,
    QUIET,
    RULE,
    WIDTH,
    render_level_colours,
    render_values,
)

_PANELS: Final = 3
_MOST: Final = 400
"""Truths that are drawn as points; more hide each other."""
_SIDE: Final = 200
_NOBODY: Final = "#c3cad1"


def render_spread(found: Averages, heads: dict[str, str]) -> Figure:
    """Draw how measures spread over the truths.

    Parameters
    ----------
    found : Averages
        The designs before the truths.
    heads : dict of str to str
        Measures and what they are called.

    Returns
    -------
    Figure
        A panel a measure, a line a design.

    Examples
    --------
    >>> from protocyte.design.comparison import Comparison, Yardstick
    >>> empty = Averages(Comparison((), Yardstick("", None, (), None), (), ()), {})
    >>> render_spread(empty, {}).title
    'Spread over the truths'
    """
    rows = []
    for name in found.designs:
        for measure, head in heads.items():
            average = found.average(name, measure)
            if average is not None and average.truths:
                shares = {
                    f"q{100 * q:.0f}": 100 * v
                    for q, v in zip(QUANTILES, average.quantiles, strict=True)
                }
                rows.append({"design": name, "of": head, "mean": 100 * average.mean, **shares})
    return Figure(
        "Spread over the truths",
        lambda: _spread_chart(rows, list(found.designs), list(heads.values())),
        describes="One panel a measure, one line a design.",
        footnotes=(
            "Line: nine in ten truths. Bar: half of them. White tick: median. Point: mean.",
        ),
    )


def _spread_chart(rows: list[dict[str, Any]], designs: list[str], heads: list[str]) -> Any:
    import altair as alt

    y = alt.Y("design:N", sort=designs, title=None, axis=alt.Axis(ticks=False, domain=False))
    panels = []
    for number, head in enumerate(heads):
        shown = alt.Y("design:N", sort=designs, title=None, axis=None) if number else y
        scale = alt.Scale(domain=[0, 100])
        base = alt.Chart().encode(y=shown)
        x = alt.X("q5:Q", title=head, scale=scale)
        colour = KIND_COLOURS[0]
        panels.append(
            alt.layer(
                base.mark_rule(color=colour, strokeWidth=1.5).encode(x=x, x2="q95:Q"),
                base.mark_bar(color=colour, height=10).encode(x="q25:Q", x2="q75:Q"),
                base.mark_tick(color="white", thickness=2, size=10).encode(x="q50:Q"),
                base.mark_point(color=INK, filled=True, size=34, opacity=1).encode(x="mean:Q"),
                data=render_values([row for row in rows if row["of"] == head]),
            ).properties(width=(WIDTH - 190) // _PANELS, height=alt.Step(24))
        )
    return alt.hconcat(*panels, spacing=24).configure_axisY(
        labelColor=INK, labelLimit=140, grid=False
    )


def render_pairs(found: Averages) -> Figure:
    """Draw, truth by truth, how often each design is right beside the first.

    Parameters
    ----------
    found : Averages
        The designs before the truths.

    Returns
    -------
    Figure
        A panel a design, a point a truth.

    Examples
    --------
    >>> from protocyte.design.comparison import Comparison, Yardstick
    >>> empty = Averages(Comparison((), Yardstick("", None, (), None), (), ()), {"BOIN": {}})
    >>> render_pairs(empty).title
    'How often the right dose is selected, truth by truth'
    """
    first, *others = found.designs
    best = found.comparison.yardstick.best
    # The first ones are as random as any.
    shown = range(min(len(best), _MOST))
    rows = [
        {
            "design": other,
            "own": 100 * float(found.values[first]["right"][t]),
            "other": 100 * float(found.values[other]["right"][t]),
            "level": "none" if best[t] == 0 else f"L{best[t]}",
        }
        for other in others
        for t in shown
        if best[t] is not None and not np.isnan(found.values[other]["right"][t])
    ]
    levels = [f"L{level}" for level in range(1, max((b or 0 for b in best), default=0) + 1)]
    note = (
        f"Above the diagonal a design is right more often than {first}, below less often. "
        "Colour: the level that should be found."
    )
    if len(best) > _MOST:
        note += f" The first {_MOST} truths are drawn."
    return Figure(
        "How often the right dose is selected, truth by truth",
        lambda: _pairs_chart(rows, first, others, levels, nobody=0 in best),
        describes=f"One panel a design beside {first}, one point a truth.",
        footnotes=(note,),
    )


def _pairs_chart(
    rows: list[dict[str, Any]], first: str, others: list[str], levels: list[str], *, nobody: bool
) -> Any:
    import altair as alt

    names = [*levels, *(["none"] if nobody else [])]
    colours = [*render_level_colours(len(levels)), *([_NOBODY] if nobody else [])]
    scale = alt.Scale(domain=[0, 100], nice=False)
    colour = alt.Color(
        "level:N",
        sort=names,
        scale=alt.Scale(domain=names, range=colours),
        legend=alt.Legend(title="To be found"),
    )
    diagonal = (
        alt.Chart(render_values([{"a": 0, "b": 0}, {"a": 100, "b": 100}]))
        .mark_line(color=QUIET, strokeDash=[4, 3], strokeWidth=1)
        .encode(x="a:Q", y="b:Q")
    )
    panels = [
        alt.layer(
            diagonal,
            alt.Chart(render_values([row for row in rows if row["design"] == other]))
            .mark_circle(size=22, opacity=0.75)
            .encode(
                x=alt.X("own:Q", title=f"{first} [%]", scale=scale),
                y=alt.Y("other:Q", title=f"{other} [%]", scale=scale),
                color=colour,
            ),
        ).properties(width=_SIDE, height=_SIDE)
        for other in others
    ]
    return alt.concat(*panels, columns=_PANELS, spacing=28).configure_axis(gridColor=RULE)
