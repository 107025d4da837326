"""Dose paths: what the next cohorts may show, what follows, and how probable it is.

In the last cohort of the tree, outcomes that lead to the same decision stand on one line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from protocyte.design.decision import Decision
from protocyte.design.exact.paths import Ahead, PathStep, Pathways
from protocyte.protocol.plan import Protocol
from protocyte.report.csv import render_csv
from protocyte.report.document import Block, Figure, Paragraph, Row, Section, Table
from protocyte.report.figure import INK, QUIET, RULE, render_level_colours, render_values
from protocyte.report.word import render_percent

_STOP: Final = "#b5475d"
#: Height of a line of the figure.
_LINE: Final = 17
#: Lines beyond which a figure of the tree is left out.
_MOST_LINES: Final = 150
_COLUMN: Final = 215
#: Share of a column that the words beside a box may take.
_WORDS: Final = 0.66


@dataclass(frozen=True, slots=True)
class _Line:
    """One outcome, or several that lead to the same, with what follows."""

    label: str
    prefix: str
    depth: int
    decision: Decision
    chances: tuple[float, ...]
    children: tuple["_Line", ...] = ()


def render_paths(paths: Pathways, *, protocol: Protocol) -> Section:
    """Show where a trial may go from here.

    Parameters
    ----------
    paths : Pathways
        The paths.
    protocol : Protocol
        The plan.

    Returns
    -------
    Section
        Figure, tree and the doses of the next cohorts.

    Examples
    --------
    >>> from protocyte.design import Outcomes
    >>> from protocyte.design.exact.paths import find_paths
    >>> from protocyte.design.plan import find_dose_design
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> found = find_paths(find_dose_design(plan), Outcomes.none(3), cohorts=1)
    >>> [row.cells[:2] for row in render_paths(found, protocol=plan).blocks[-1].rows][0]
    ('├─ 0 DLTs in 3', 'escalate to level 2')
    """
    lines = _lines(paths.root, paths.apart)
    blocks: list[Block] = [Paragraph(_introduction(paths))]
    count = sum(1 for _ in _flat(lines))
    if count <= _MOST_LINES:
        blocks.append(_figure(paths, lines, protocol))
    blocks.append(render_path_tree(paths))
    if paths.ahead:
        blocks.append(_ahead(paths, protocol))
    return Section("Dose paths", tuple(blocks))


def render_path_rows(paths: Pathways) -> str:
    """Write every way through the tree as a row of CSV.

    Parameters
    ----------
    paths : Pathways
        The paths.

    Returns
    -------
    str
        A row a way: of each cohort its dose, participants, DLTs and responses; then what follows,
        and its probability under each scenario.

    Examples
    --------
    >>> from protocyte.design import BOIN, Outcomes
    >>> from protocyte.design.exact.paths import find_paths
    >>> found = find_paths(BOIN(target=0.3, n_doses=3), Outcomes.none(3), cohorts=1)
    >>> render_path_rows(found).splitlines()[1]
    '1,3,0,,escalate,2,3,escalate'
    """
    per = ("dose", "n", "dlts", "responses")
    heads = [f"cohort_{c}_{name}" for c in range(1, paths.apart + 1) for name in per]
    heads += ["action", "next_dose", "next_size", "why"]
    heads += [f"probability_{truth.name or s}" for s, truth in enumerate(paths.scenarios, start=1)]
    rows = []
    for way in paths.root.leaves():
        cells: list[Any] = [value for step in way for value in (step.dose, *step.seen[:3])]
        cells += [None] * (len(per) * (paths.apart - len(way)))
        last = way[-1]
        decision = last.decision
        cells += [decision.action, decision.dose, decision.size, decision.why]
        rows.append((*cells, *last.chances))
    return render_csv(heads, rows)


def _introduction(paths: Pathways) -> str:
    decision = paths.root.decision
    now = f"Now: {_following(decision)}. {decision.reason}" if decision.dose else decision.reason
    cohorts = "cohort" if paths.apart == 1 else f"{paths.apart} cohorts"
    return (
        f"{now} Below, every outcome of the next {cohorts}; in the last of them, outcomes that "
        "lead to the same decision stand together."
    )


def _following(decision: Decision) -> str:
    """Say what comes next, in few words."""
    if decision.dose is None:
        return decision.action
    word = {"escalate": "escalate to", "de-escalate": "de-escalate to", "start": "start at"}
    return f"{word.get(decision.action, 'stay at')} level {decision.dose}"


def _lines(root: PathStep, apart: int, depth: int = 1, prefix: str = "") -> tuple[_Line, ...]:
    """Put outcomes into lines, those of the last cohort together where they lead to the same."""
    if depth == apart:
        grouped: dict[tuple[Any, ...], list[PathStep]] = {}
        for branch in root.branches:
            after = branch.decision
            grouped.setdefault((branch.dose, after.action, after.dose, after.size), []).append(
                branch
            )
        groups = list(grouped.values())
    else:
        groups = [[branch] for branch in root.branches]
    lines = []
    for number, group in enumerate(groups, start=1):
        is_last = number == len(groups)
        first = group[0]
        below = prefix + ("   " if is_last else "│  ")
        chances = tuple(np.sum([branch.chances for branch in group], axis=0).tolist())
        lines.append(
            _Line(
                _label(group, several=bool(root.decision.shares)),
                prefix + ("└─ " if is_last else "├─ "),
                depth,
                first.decision,
                chances,
                _lines(first, apart, depth + 1, below) if len(group) == 1 else (),
            )
        )
    return tuple(lines)


def _flat(lines: Sequence[_Line]) -> Iterator[_Line]:
    for line in lines:
        yield line
        yield from _flat(line.children)


def _label(group: Sequence[PathStep], *, several: bool) -> str:
    """Say which outcomes a line stands for: 0–1 DLTs; 2 DLTs and 3 responses."""
    place = f" at level {group[0].dose}" if several else ""
    seen = [(branch.seen[1], branch.seen[2]) for branch in group]
    return f"{render_counts(seen, size=group[0].seen[0] or 0)}{place}"


def render_counts(seen: Sequence[tuple[int | None, int | None]], *, size: int) -> str:
    """Say several outcomes of a cohort in few words.

    Parameters
    ----------
    seen : sequence of (int or None, int or None)
        DLTs and responses of each outcome [participants]; None where they are not counted.
    size : int
        Participants of the cohort.

    Returns
    -------
    str
        The outcomes, neighbours as a span.

    Examples
    --------
    >>> render_counts([(0, None), (1, None)], size=3)
    '0–1 DLTs in 3'
    >>> render_counts([(0, 2), (0, 3), (1, 2), (1, 3)], size=3)
    '0–1 DLTs with 2–3 responses in 3'
    """
    if all(eff is None for _, eff in seen):
        return f"{_span([tox or 0 for tox, _ in seen], 'DLT')} in {size}"
    if all(tox is None for tox, _ in seen):
        return f"{_span([eff or 0 for _, eff in seen], 'response')} in {size}"
    by_tox: dict[int, set[int]] = {}
    for tox, eff in seen:
        by_tox.setdefault(tox or 0, set()).add(eff or 0)
    parts: list[tuple[list[int], tuple[int, ...]]] = []
    for tox, responses in sorted(by_tox.items()):
        found = tuple(sorted(responses))
        if parts and parts[-1][1] == found and parts[-1][0][-1] == tox - 1:
            parts[-1][0].append(tox)
        else:
            parts.append(([tox], found))
    texts = []
    for toxes, found in parts:
        text = _span(toxes, "DLT")
        if found != tuple(range(size + 1)):
            text += f" with {_span(found, 'response')}"
        texts.append(text)
    return f"{' or '.join(texts)} in {size}"


def _span(numbers: Sequence[int], noun: str) -> str:
    """Write numbers that follow each other as a span."""
    ordered = sorted(set(numbers))
    runs: list[list[int]] = []
    for number in ordered:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    text = ", ".join(f"{run[0]}" if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
    return f"{text} {noun}{'' if ordered == [1] else 's'}"


def render_path_tree(paths: Pathways) -> Table:
    """Draw the outcomes of the next cohorts as a tree of words.

    Parameters
    ----------
    paths : Pathways
        The paths.

    Returns
    -------
    Table
        A line an outcome, with what follows and its probability in each scenario.

    Examples
    --------
    >>> from protocyte.design import BOIN, Outcomes
    >>> from protocyte.design.exact.paths import find_paths
    >>> found = find_paths(BOIN(target=0.3, n_doses=3), Outcomes.none(3), cohorts=1)
    >>> [row.cells[0] for row in render_path_tree(found).rows]
    ['├─ 0 DLTs in 3', '├─ 1–2 DLTs in 3', '└─ 3 DLTs in 3']
    """
    lines = _lines(paths.root, paths.apart)
    rows = tuple(
        Row(
            (
                f"{line.prefix}{line.label}",
                _following(line.decision),
                *(_share(chance) for chance in line.chances),
            )
        )
        for line in _flat(lines)
    )
    marks = [f"S{number}" for number in range(1, len(paths.scenarios) + 1)]
    footnotes = []
    if marks:
        known = "; ".join(
            f"{mark} {truth.name}" for mark, truth in zip(marks, paths.scenarios, strict=True)
        )
        footnotes.append(
            f"Probability of coming to each line, in percent, if a scenario is true: "
            f"{known}. Exact."
        )
    return Table(
        "What the next cohorts may show, and what follows",
        ("Outcome", "Then", *marks),
        rows,
        align="ll" + "r" * len(marks),
        footnotes=tuple(footnotes),
        tree=True,
    )


def _share(chance: float) -> str:
    return "0" if chance == 0 else render_percent(chance).replace(" %", "")


def _ahead(paths: Pathways, protocol: Protocol) -> Table:
    levels = protocol.dosing.levels if protocol.dosing else ()
    names = [level.name or f"Level {number}" for number, level in enumerate(levels, start=1)]
    rows = []
    for s, truth in enumerate(paths.scenarios):
        rows.append(Row((truth.name, *("",) * (len(names) + 1)), "group"))
        rows += [_ahead_row(layer, s) for layer in paths.ahead]
    most = max(layer.states for layer in paths.ahead)
    return Table(
        "Which dose the next cohorts get, in percent",
        ("Cohort from now", *names, "Ended before"),
        tuple(rows),
        align="l" + "r" * (len(names) + 1),
        footnotes=(f"Exact: equal states merged after each cohort, at most {most:,} of them.",),
    )


def _ahead_row(layer: Ahead, s: int) -> Row:
    shares = (*layer.doses[s], layer.ended[s])
    return Row((str(layer.cohort), *(_share(float(min(share, 1.0))) for share in shares)))


def _figure(paths: Pathways, lines: tuple[_Line, ...], protocol: Protocol) -> Figure:
    levels = len(protocol.dosing.levels) if protocol.dosing else 1
    colours = render_level_colours(levels)
    nodes: list[dict[str, Any]] = []
    links: list[dict[str, Any]] = []

    def colour(decision: Decision) -> str:
        return colours[decision.dose - 1] if decision.dose else _STOP

    def place(line: _Line, start: float) -> tuple[float, float]:
        """Place a line right of its parent; return its height, and the next free one."""
        if not line.children:
            height, free = start, start + 1
        else:
            heights, free = [], start
            for child in line.children:
                middle, free = place(child, free)
                heights.append((middle, child))
            height = (heights[0][0] + heights[-1][0]) / 2
            links.extend(_link(line.depth, height, middle) for middle, _ in heights)
        chance = f" · {_share(line.chances[0])} %" if line.chances else ""
        nodes.append(
            {
                "x": line.depth,
                "y": height,
                "label": f"{line.label}{chance}",
                "then": _following(line.decision),
                "colour": colour(line.decision),
            }
        )
        return height, free

    heights, free = [], 0.0
    for line in lines:
        middle, free = place(line, free)
        heights.append(middle)
    middle = (heights[0] + heights[-1]) / 2 if heights else 0.0
    links += [_link(0, middle, height) for height in heights]
    root = paths.root.decision
    nodes.append(
        {"x": 0, "y": middle, "label": "now", "then": _following(root), "colour": colour(root)}
    )
    truth = f" Percentages: if “{paths.scenarios[0].name}” is true." if paths.scenarios else ""
    return Figure(
        "Dose paths of the next cohorts",
        lambda: _chart(nodes, links, depth=paths.apart, height=max(free, 2.0)),
        describes="A tree from left to right, one column a cohort; each box tells the next dose.",
        footnotes=(
            f"A box is darker the higher the next dose, and red where the trial stops.{truth}",
        ),
    )


def _link(depth: int, start: float, end: float) -> dict[str, Any]:
    # A line begins behind the words of its box.
    return {"x": depth + _WORDS, "y": start, "x2": depth + 1, "y2": end}


def _chart(
    nodes: list[dict[str, Any]], links: list[dict[str, Any]], *, depth: int, height: float
) -> Any:
    import altair as alt

    across = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, depth + 1], nice=False))
    down = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-0.7, height - 0.3], reverse=True))
    lines = (
        alt.Chart(render_values(links))
        .mark_rule(stroke=RULE, strokeWidth=1.2)
        .encode(x=across, y=down, x2="x2:Q", y2="y2:Q")
    )
    points = alt.Chart(render_values(nodes)).encode(x=across, y=down)
    boxes = points.mark_square(size=90, opacity=1).encode(
        color=alt.Color("colour:N", scale=None, legend=None)
    )
    then = points.mark_text(align="left", dx=9, dy=-5, fontSize=10, color=INK).encode(text="then:N")
    label = points.mark_text(align="left", dx=9, dy=5, fontSize=9, color=QUIET).encode(
        text="label:N"
    )
    return alt.layer(lines, boxes, then, label).properties(
        width=_COLUMN * (depth + 1), height=max(_LINE * 1.45 * height, 60)
    )
