"""How doses are decided, as a table that a safety committee reads."""

from typing import Any, Final

import numpy as np

from protocyte.design import (
    Decision,
    DecisionNode,
    DecisionRow,
    Design,
    Outcomes,
    Selection,
    find_decision_table,
)
from protocyte.design.exact.paths import find_paths
from protocyte.design.exact.tree import Branch
from protocyte.design.plan import find_dose_design, find_sample_design
from protocyte.errors import DesignError
from protocyte.protocol.dosing import Dosing
from protocyte.protocol.plan import Protocol
from protocyte.report.csv import render_csv
from protocyte.report.document import Block, Document, Facts, Paragraph, Row, Section, Table
from protocyte.report.paths import render_counts, render_path_tree

_MOST_COLUMNS: Final = 18
#: Rows beyond which a page shows a table on demand.
_MANY_ROWS: Final = 60
#: More rows than this nobody reads: a spreadsheet has them.
_MOST_ROWS: Final = 300
_ORDER: Final = {"E": 0, "S": 1, "D": 2, "DU": 3}


def render_decisions(protocol: Protocol) -> list[Block]:
    """Print the decision table of a protocol's dose method, and its references.

    Parameters
    ----------
    protocol : Protocol
        The plan.

    Returns
    -------
    list of Block
        Table and references; empty if no dose is looked for.

    Raises
    ------
    DesignError
        If the settings contradict each other.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> render_decisions(parse_protocol(EXAMPLE).plan)[0].columns[:3]
    ('DLTs', '3', '6')
    """
    design, dosing = find_dose_design(protocol), protocol.dosing
    if design is None or dosing is None:
        return []
    note = Paragraph(f"Method: {'; '.join(design.references)}.", "note")
    if not design.table(1) and not design.table():
        return [*_without_table(design), note]
    rows = _reachable(design, dosing)
    if any(row.rank is not None for row in rows):
        return [_desirability(rows), note]
    if any(row.eff is not None for row in rows):
        return [_by_both(rows), note]
    compact = _limits(rows)
    return [_by_toxicity(rows), *([compact] if compact else []), note]


def _reachable(design: Design, dosing: Dosing) -> list[DecisionRow]:
    """Return the rows of a design's table that its cohorts can come to."""
    size, most = dosing.cohort.size, design.capacity
    settings = None if dosing.method is None else dosing.method.settings
    if getattr(settings, "cohort_sizes", None):
        size = 1
    rows = [row for row in find_decision_table(design) if row.n <= most]
    return [row for row in rows if row.n % size == 0] or rows


def _without_table(design: Design) -> list[Block]:
    """Show the first cohorts of a design whose decisions look at more than one dose's counts."""
    try:
        paths = find_paths(design, Outcomes.none(design.n_doses), cohorts=2)
    except DesignError as error:
        return [Paragraph(f"The decisions of this method are in no table. {error}")]
    return [
        Paragraph(
            "The decisions of this method look at all doses together, so that no table by the "
            "counts at one dose holds them. Here are those of the first two cohorts; "
            "`protocyte decide` tells every other."
        ),
        render_path_tree(paths),
    ]


def _by_toxicity(rows: list[DecisionRow]) -> Table:
    sizes = sorted({row.n for row in rows})[:_MOST_COLUMNS]
    found = {(row.n, row.tox): row for row in rows}
    most = max((row.tox or 0) for row in rows if row.n in sizes)
    body = tuple(
        Row((str(tox), *(_letter(found.get((n, tox))) for n in sizes))) for tox in range(most + 1)
    )
    return Table(
        "Decision by evaluable participants (columns) and DLTs (rows) at the current dose",
        ("DLTs", *(str(n) for n in sizes)),
        body,
        align="r" + "c" * len(sizes),
        footnotes=(_legend({row.decision for row in rows}),),
    )


def _legend(letters: set[str]) -> str:
    meanings = {
        "E": "escalate",
        "S": "stay",
        "D": "de-escalate",
        "DU": "de-escalate and close the dose for good",
    }
    known = [f"{letter} {text}" for letter, text in meanings.items() if letter in letters]
    return f"{' · '.join(known)}."


def _limits(rows: list[DecisionRow]) -> Table | None:
    """Print the same decisions as limits, as BOIN prints them; None where they are no limits."""
    sizes = sorted({row.n for row in rows})[:_MOST_COLUMNS]
    lines: list[tuple[str, str, str]] = []
    for n in sizes:
        letters = [
            row.decision
            for row in sorted((row for row in rows if row.n == n), key=lambda row: row.tox or 0)
        ]
        ranks = [_ORDER.get(letter) for letter in letters]
        if None in ranks or ranks != sorted(ranks, key=lambda rank: rank or 0):
            return None
        up = sum(letter == "E" for letter in letters)
        down = sum(letter in ("E", "S") for letter in letters)
        shut = sum(letter != "DU" for letter in letters)
        lines.append(
            (
                f"≤ {up - 1}" if up else "–",
                f"≥ {down}" if down <= n else "–",
                f"≥ {shut}" if shut <= n else "–",
            )
        )
    heads = ("Escalate if DLTs", "De-escalate if DLTs", "Close the dose if DLTs")
    body = tuple(
        Row((head, *(line[number] for line in lines))) for number, head in enumerate(heads)
    )
    return Table(
        "The same as limits, by evaluable participants (columns) at the current dose",
        ("", *(str(n) for n in sizes)),
        body,
        align="l" + "c" * len(sizes),
        footnotes=("Otherwise stay. A dash: no number of DLTs does.",),
    )


def render_decision_rows(protocol: Protocol) -> str:
    """Write the decision table of a protocol's dose method, or of its single arm, as CSV.

    Parameters
    ----------
    protocol : Protocol
        The plan.

    Returns
    -------
    str
        A row for each number of participants, DLTs and responses at the current dose: the decision
        in the field's letters, whether it closes the dose, and the rank of its desirability.

    Raises
    ------
    DesignError
        If the protocol names no method that decides by a table.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> render_decision_rows(parse_protocol(EXAMPLE).plan).splitlines()[:3]
    ['n,dlts,responses,decision,closes,rank', '3,0,,E,no,', '3,1,,S,no,']
    """
    design, dosing = find_dose_design(protocol), protocol.dosing
    if design is None or dosing is None:
        sample = find_sample_design(protocol)
        rows = list(sample.table()) if sample is not None else []
    else:
        rows = _reachable(design, dosing)
    if not rows:
        raise DesignError(f"{protocol.name} names no method that decides, so it has no tables.")
    heads = ("n", "dlts", "responses", "decision", "closes", "rank")
    return render_csv(
        heads,
        ((r.n, r.tox, r.eff, r.decision, "yes" if r.eliminate else "no", r.rank) for r in rows),
    )


def _letter(row: DecisionRow | None) -> str:
    return "" if row is None else row.decision


def _shown(rows: list[DecisionRow]) -> tuple[list[DecisionRow], tuple[str, ...]]:
    """Return the rows that a page can show, and where the others are."""
    sizes = sorted({row.n for row in rows})
    lines = np.cumsum([len({row.tox for row in rows if row.n == n}) for n in sizes])
    last = sizes[max(int(np.count_nonzero(lines <= _MOST_ROWS)) - 1, 0)]
    if last == sizes[-1]:
        return rows, ()
    return [row for row in rows if row.n <= last], (
        (
            f"Shown up to {last} participants at a dose. `protocyte show PROTOCOL --table FILE.csv`"
            f" writes all, up to {sizes[-1]}."
        ),
    )


def _desirability(rows: list[DecisionRow]) -> Table:
    """Print ranks of desirability: one row a number of participants and DLTs."""
    rows, elsewhere = _shown(rows)
    most = max(row.eff or 0 for row in rows)
    found = {(row.n, row.tox, row.eff): row for row in rows}
    keys = sorted({(row.n, row.tox or 0) for row in rows})
    body = tuple(
        Row((f"{tox}/{n}", *(_rank(found.get((n, tox, eff))) for eff in range(most + 1))))
        for n, tox in keys
        if any((n, tox, eff) in found and not found[n, tox, eff].eliminate for eff in range(n + 1))
    )
    return Table(
        "Rank of desirability by DLTs in n participants (rows) and responses (columns) at a dose",
        ("DLTs/n", *(str(eff) for eff in range(most + 1))),
        body,
        align="r" * (most + 2),
        footnotes=(
            (
                "The highest rank within reach is given next. A dash: not admissible, too toxic or "
                "futile. Rows in which every cell is too toxic are left out."
            ),
            *elsewhere,
        ),
        folded=len(body) > _MANY_ROWS,
    )


def _by_both(rows: list[DecisionRow]) -> Table:
    """Print letters: a row a number of participants and DLTs, a column a number of responses."""
    rows, elsewhere = _shown(rows)
    most = max(row.eff or 0 for row in rows)
    found = {(row.n, row.tox, row.eff): row for row in rows}
    keys = sorted({(row.n, row.tox or 0) for row in rows})
    body = tuple(
        Row((f"{tox}/{n}", *(_letter(found.get((n, tox, eff))) for eff in range(most + 1))))
        for n, tox in keys
    )
    return Table(
        "Decision by DLTs in n participants (rows) and responses (columns) at the current dose",
        ("DLTs/n", *(str(eff) for eff in range(most + 1))),
        body,
        align="r" + "c" * (most + 1),
        footnotes=(_legend({row.decision for row in rows}), *elsewhere),
        folded=len(body) > _MANY_ROWS,
    )


def _rank(row: DecisionRow | None) -> str:
    if row is None:
        return ""
    return "–" if row.rank is None else f"{row.rank:g}"


def render_decision(
    protocol: Protocol,
    *,
    notation: str,
    decision: Decision,
    selection: Selection,
    tree: DecisionNode | None,
) -> Document:
    """Tell what comes next, why, and what would follow.

    Parameters
    ----------
    protocol : Protocol
        The plan.
    notation : str
        Outcomes so far, as trialists write them.
    decision : Decision
        What the method says.
    selection : Selection
        What it would select if the trial ended now.
    tree : DecisionNode or None
        What would follow from each outcome of the next cohorts.

    Returns
    -------
    Document
        The decision.

    Examples
    --------
    >>> from protocyte.design import Outcomes
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> design, seen = find_dose_design(plan), Outcomes.from_notation("1NNN", n_doses=3)
    >>> render_decision(plan, notation="1NNN", decision=design.decide(seen),
    ...                 selection=design.select(seen), tree=None).title
    'Escalate to Level 2: 3e6 cells/kg'
    """
    title = _what(protocol, decision)
    title = f"{title[:1].upper()}{title[1:]}"
    pairs = [
        ("Outcomes so far", notation or "none"),
        ("Reason", decision.reason),
        ("Next cohort", f"{decision.size} participants" if decision.size else "none"),
    ]
    if _finds_dose(protocol):
        closed = ", ".join(f"level {level}" for level in decision.closed)
        pairs.append(("Closed", closed or "no level"))
    pairs.append(("If the trial ended now", _ended(protocol, selection)))
    blocks: list[Block] = [Facts(tuple(pairs))]
    arithmetic = [*decision.arithmetic, *(f"selection: {a}" for a in selection.arithmetic)]
    if arithmetic:
        rows = tuple(Row((line,)) for line in arithmetic)
        blocks.append(Table("Arithmetic", ("Numbers compared",), rows))
    if tree is not None:
        blocks.append(_what_if(protocol, tree))
    blocks.append(Paragraph(f"Method: {'; '.join(decision.references)}.", "note"))
    origin = (("Protocol", f"{protocol.name}, digest {protocol.digest[:16]}"),)
    return Document(title, protocol.name, "", (Section("Decision", tuple(blocks)),), origin)


def _finds_dose(protocol: Protocol) -> bool:
    return protocol.dosing is not None and protocol.dosing.method is not None


def _ended(protocol: Protocol, selection: Selection) -> str:
    """Say what the trial would have found."""
    if not _finds_dose(protocol):
        return "a success" if selection.dose else "not a success"
    chosen = _level(protocol, selection.dose) if selection.dose else "no dose"
    return f"{chosen}. {selection.reason}"


def _what(protocol: Protocol, decision: Decision) -> str:
    """Say what to do; where chance decides, between which levels."""
    if not _finds_dose(protocol) and decision.dose:
        return f"treat {decision.size} {'more ' if decision.action == 'stay' else ''}participants"
    if decision.shares:
        levels = " or ".join(_level(protocol, level) for level, _ in decision.shares)
        return f"draw {levels}"
    if decision.action == "suspend":
        return "suspend enrolment"
    return f"{decision.action} {_towards(decision)}{_level(protocol, decision.dose)}".strip()


def _towards(decision: Decision) -> str:
    toward = {"escalate": "to ", "de-escalate": "to ", "stop": ""}
    return toward.get(decision.action, "at ")


def _level(protocol: Protocol, level: int | None) -> str:
    if level is None or protocol.dosing is None:
        return "the trial"
    return protocol.dosing.label(level)


def _what_if(protocol: Protocol, tree: DecisionNode) -> Table:
    rows: list[Row] = []

    def walk(node: DecisionNode, depth: int) -> None:
        for label, after in _joined(node.branches):
            decision = after.decision
            what = _what(protocol, decision)
            rows.append(Row((f"{'    ' * depth}{label}", what, decision.reason)))
            walk(after, depth + 1)

    walk(tree, 0)
    heads = ("The next cohort shows", "Then", "Because")
    return Table("What if", heads, tuple(rows), tree=True)


def _joined(branches: tuple[Branch, ...]) -> list[tuple[str, DecisionNode]]:
    """Put outcomes at the end of a tree together that lead to the same, if counts tell them."""
    nodes = [branch.node for branch in branches]
    seen = [node.outcomes.last or (0, 0, None, None) for node in nodes]
    drawn = len({node.outcomes.dose for node in nodes}) > 1
    if drawn or any(node.branches for node in nodes) or any(both is not None for *_, both in seen):
        return [(branch.label, branch.node) for branch in branches]
    # Of all outcomes of a cohort some have a DLT, where DLTs are counted.
    counted = any(tox for _, tox, _, _ in seen)
    groups: dict[tuple[Any, ...], list[tuple[int | None, int | None]]] = {}
    firsts: dict[tuple[Any, ...], DecisionNode] = {}
    for node, (_, tox, eff, _) in zip(nodes, seen, strict=True):
        after = node.decision
        key = (after.action, after.dose, after.size, after.reason, after.shares)
        groups.setdefault(key, []).append((tox if counted else None, eff))
        firsts.setdefault(key, node)
    return [
        (render_counts(group, size=seen[0][0] or 0), firsts[key]) for key, group in groups.items()
    ]
