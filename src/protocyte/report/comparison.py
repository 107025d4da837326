"""Several designs side by side: one table, one figure, and what was assumed to compare them."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from protocyte.design.comparison import Compared, Comparison
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal
from protocyte.report.characteristics import render_convention, render_scenarios
from protocyte.report.document import Block, Figure, Paragraph, Row, Section, Table
from protocyte.report.figure import (
    INK,
    QUIET,
    WIDTH,
    render_level_colours,
    render_values,
)
from protocyte.report.word import render_number, render_percent

_NONE: Final = "none"
_NOBODY: Final = "#c3cad1"
_FRAME: Final = "#d9480f"
_PANELS: Final = 3
#: A standard error from which on the first decimal of a percentage means nothing.
_COARSE: Final = 0.003


def render_comparison(
    comparison: Comparison, *, protocol: Protocol, rehearsal: Rehearsal
) -> Section:
    """Show what several designs do in each scenario.

    Parameters
    ----------
    comparison : Comparison
        The designs and their operating characteristics.
    protocol : Protocol
        The plan.
    rehearsal : Rehearsal
        The truths.

    Returns
    -------
    Section
        Table, figure, settings and what was left out.

    Examples
    --------
    >>> import numpy as np
    >>> from protocyte.design.candidate import Wanted, find_candidates
    >>> from protocyte.design.programme import find_scenarios
    >>> from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.protocol.rehearsal import parse_rehearsal
    >>> from protocyte.simulation.comparison import simulate_comparison
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> truths = parse_rehearsal(REHEARSAL, protocol=plan).plan
    >>> found = simulate_comparison(
    ...     find_candidates(plan, [Wanted("3+3")]), find_scenarios(truths),
    ...     rng=np.random.default_rng(1))
    >>> render_comparison(found, protocol=plan, rehearsal=truths).title
    'Designs compared'
    """
    blocks: list[Block] = [
        Paragraph(_introduction(comparison, protocol)),
        render_scenarios(rehearsal),
    ]
    if comparison.designs:
        blocks += [_figure(comparison, protocol), _table(comparison, protocol)]
        blocks.append(_settings(comparison))
    blocks += _left_out(comparison)
    return Section("Designs compared", tuple(blocks))


def _introduction(comparison: Comparison, protocol: Protocol) -> str:
    size = protocol.dosing.cohort.size if protocol.dosing else 1
    rule = comparison.yardstick
    if rule.label:
        aim = f"All are judged by the aim of {rule.label}"
    elif rule.target is not None:
        aim = f"All are judged by a DLT probability of {rule.target:g}"
    else:
        aim = "No design names what should be found"
    return (
        "The same scenarios, the same doses and cohorts of "
        f"{size} for every design. Scenarios are assumptions: truths to rehearse against. {aim}."
    )


def _names(protocol: Protocol) -> list[str]:
    levels = protocol.dosing.levels if protocol.dosing else ()
    return [level.name or f"Level {number}" for number, level in enumerate(levels, start=1)]


def _short(protocol: Protocol) -> list[str]:
    return [f"L{number}" for number in range(1, len(_names(protocol)) + 1)]


def _table(comparison: Comparison, protocol: Protocol) -> Table:
    judged = any(best is not None for best in comparison.yardstick.best)
    aimed = comparison.yardstick.target is not None
    worth = comparison.yardstick.utilities is not None
    heads = [
        "Design",
        *(["Right"] if judged else []),
        *_short(protocol),
        "None",
        "N",
        *(["Above target", "> 60 %"] if aimed else []),
        "Early",
        *(["Utility"] if worth else []),
        *(["How"] if _some_simulated(comparison) else []),
    ]
    rows = [row for s in range(len(comparison.scenarios)) for row in _rows(comparison, s)]
    return Table(
        "Which dose each design selects, and whom it treats where",
        tuple(heads),
        tuple(rows),
        align="l" + "r" * (len(heads) - 1),
        footnotes=tuple(_legend(comparison, judged=judged, aimed=aimed, worth=worth)),
    )


def _some_simulated(comparison: Comparison) -> bool:
    return any(not compared.found.exact for compared in comparison.designs)


def _legend(comparison: Comparison, *, judged: bool, aimed: bool, worth: bool) -> Iterator[str]:
    target = comparison.yardstick.target
    if any(compared.candidate.is_own for compared in comparison.designs):
        yield "* The protocol's own method."
    if judged:
        yield "Right: probability of selecting what should be found (★ in the figure)."
        yield from render_convention(comparison.scenarios, target, comparison.yardstick.best)
    yield "L1, L2, …: probability that the level is selected. N: expected participants."
    if aimed and target is not None:
        yield (
            f"Above target: expected share of participants at doses whose DLT probability exceeds "
            f"{target:g}. > 60 %: probability that more than 60 % of the design's planned "
            "participants are."
        )
    yield "Early: probability of stopping with fewer participants than the design has planned."
    if worth:
        yield "Utility: expected true utility of the selected dose, 0 if none is selected."
    if not _some_simulated(comparison):
        yield "All exact: every state was walked."
    else:
        trials = next(c.found.trials for c in comparison.designs if not c.found.exact)
        yield (
            f"Exact: every state was walked. ±: {trials:,} simulated trials a scenario, with the "
            "largest standard error of a selection probability in percentage points."
        )


def _rows(comparison: Comparison, s: int) -> Iterator[Row]:
    width = len(list(_cells(comparison, comparison.designs[0], s)))
    name = comparison.scenarios[s].name
    yield Row((name, *("",) * (width - 1)), "group")
    for compared in comparison.designs:
        yield Row(tuple(_cells(comparison, compared, s)))


def _cells(comparison: Comparison, compared: Compared, s: int) -> Iterator[str]:
    found, digits = compared.found, _digits(compared, s)
    yield compared.candidate.label + ("*" if compared.candidate.is_own else "")
    if any(best is not None for best in comparison.yardstick.best):
        yield _share(float(comparison.correct(compared)[s]), digits)
    for share in (*found.selection[s], found.none[s]):
        yield _share(float(share), digits)
    yield render_number(float(found.total[s]))
    if comparison.yardstick.target is not None:
        above = comparison.overdosed(compared)
        yield "–" if above is None else _share(float(above[s]), digits)
        often = found.overdose_60
        yield "–" if often is None else _share(float(often[s]), digits)
    yield _share(float(found.early[s]), digits)
    worth = comparison.utility(compared)
    if worth is not None:
        yield render_number(float(worth[s]))
    if _some_simulated(comparison):
        yield _how(compared, s)


def _share(value: float, digits: int) -> str:
    if np.isnan(value):
        return "–"
    return "0" if value == 0 else render_percent(value, digits=digits).replace(" %", "")


def _error(compared: Compared, s: int) -> float:
    """Return the largest standard error of a selection probability [1]; 0 if exact."""
    found = compared.found
    if found.exact or not found.trials:
        return 0.0
    shares = np.append(found.selection[s], found.none[s])
    return float(np.sqrt(shares * (1 - shares) / found.trials).max())


def _digits(compared: Compared, s: int) -> int:
    return 0 if _error(compared, s) >= _COARSE else 1


def _how(compared: Compared, s: int) -> str:
    found = compared.found
    if found.exact:
        return "exact"
    return f"± {100 * _error(compared, s):.2g}"


def _figure(comparison: Comparison, protocol: Protocol) -> Figure:
    names = [*_names(protocol), _NONE]
    labels = [compared.candidate.label for compared in comparison.designs]
    best = comparison.yardstick.best
    rows: list[dict[str, Any]] = []
    for compared in comparison.designs:
        for s, truth in enumerate(comparison.scenarios):
            shares = [*map(float, compared.found.selection[s]), float(compared.found.none[s])]
            edges = np.cumsum([0.0, *shares])
            level = best[s]
            right = len(names) - 1 if level == 0 else None if level is None else level - 1
            rows += [
                {
                    "scenario": truth.name,
                    "design": compared.candidate.label,
                    "dose": name,
                    "from": 100 * float(edges[d]),
                    "to": 100 * float(edges[d + 1]),
                    "right": d == right,
                    "said": f"★ {100 * shares[d]:.0f}" if d == right else "",
                }
                for d, name in enumerate(names)
            ]
    marked = any(level is not None for level in best)
    return Figure(
        "Probability that each dose is selected, design by design",
        lambda: _chart(rows, [truth.name for truth in comparison.scenarios], labels, names),
        describes="One panel a scenario, one bar a design, one piece of it a dose.",
        footnotes=(
            ("★ what should be found, with its probability in percent; its piece is framed.",)
            if marked
            else ()
        ),
    )


def _chart(
    rows: list[dict[str, Any]], scenarios: list[str], labels: list[str], names: list[str]
) -> Any:
    import altair as alt

    colours = [*render_level_colours(len(names) - 1), _NOBODY]
    y = alt.Y("design:N", sort=labels, title=None, axis=alt.Axis(ticks=False, domain=False))
    colour = alt.Color(
        "dose:N",
        sort=names,
        scale=alt.Scale(domain=names, range=colours),
        legend=alt.Legend(title="Selected"),
    )
    x = alt.X("from:Q", title="Probability [%]", scale=alt.Scale(domain=[0, 100], nice=False))
    bars = alt.Chart().mark_bar(height={"band": 0.7}).encode(x=x, x2="to:Q", y=y, color=colour)
    frame = (
        alt.Chart()
        .mark_bar(height={"band": 0.7}, filled=False, stroke=_FRAME, strokeWidth=2)
        .encode(x=x, x2="to:Q", y=y)
        .transform_filter("datum.right && datum.to > datum.from")
    )
    said = (
        alt.Chart()
        .mark_text(align="left", dx=6, fontSize=11, color=INK)
        .encode(x=alt.datum(100), y=y, text="said:N")
        .transform_filter("datum.right")
    )
    panels = [
        alt.layer(
            bars, frame, said, data=render_values([r for r in rows if r["scenario"] == scenario])
        ).properties(
            width=(WIDTH - 290) // _PANELS,
            height=22 * len(labels),
            title=alt.TitleParams(scenario, color=INK, fontSize=12),
        )
        for scenario in scenarios
    ]
    return alt.concat(*panels, columns=_PANELS, spacing={"row": 14, "column": 34}).configure_axisY(
        labelColor=QUIET, labelLimit=110, grid=False
    )


def _settings(comparison: Comparison) -> Table:
    rows = [
        Row(
            (
                compared.candidate.label,
                "; ".join(compared.candidate.settings),
                f"{compared.found.planned}",
                "exact" if compared.found.exact else compared.why_simulated,
            )
        )
        for compared in comparison.designs
    ]
    return Table(
        "With which settings",
        ("Design", "Settings", "Planned", "Computed"),
        tuple(rows),
        align="llrl",
        footnotes=(
            (
                "What is not named is the design's default. An assumption here is that a setting "
                "of the protocol's method stands for one of another design."
            ),
        ),
    )


def _left_out(comparison: Comparison) -> list[Block]:
    if not comparison.left_out:
        return []
    rows = tuple(Row((candidate.label, candidate.missing)) for candidate in comparison.left_out)
    return [Table("Left out", ("Design", "Because"), rows)]
