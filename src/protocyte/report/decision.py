"""How doses are decided, as a table that a safety committee reads."""

from protocyte.design import (
    Decision,
    DecisionNode,
    DecisionRow,
    Selection,
    find_decision_table,
)
from protocyte.design.plan import find_dose_design
from protocyte.protocol.plan import Protocol
from protocyte.report.document import Block, Document, Facts, Paragraph, Row, Section, Table

_MOST_COLUMNS = 18


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
    size, most = dosing.cohort.size, design.capacity
    rows = [row for row in find_decision_table(design) if row.n % size == 0 and row.n <= most]
    weighs_benefit = any(row.eff is not None for row in rows)
    table = _desirability(rows) if weighs_benefit else _by_toxicity(rows)
    references = "; ".join(design.references)
    return [table, Paragraph(f"Method: {references}.", "note")]


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
        footnotes=(
            "E escalate · S stay · D de-escalate · DU de-escalate and close the dose for good.",
        ),
    )


def _letter(row: DecisionRow | None) -> str:
    return "" if row is None else row.decision


def _desirability(rows: list[DecisionRow]) -> Table:
    """Print ranks of desirability: one row a number of participants and DLTs."""
    most = max(row.eff or 0 for row in rows)
    found = {(row.n, row.tox, row.eff): row for row in rows}
    keys = sorted({(row.n, row.tox or 0) for row in rows})
    body = tuple(
        Row((str(n), str(tox), *(_rank(found.get((n, tox, eff))) for eff in range(most + 1))))
        for n, tox in keys
        if any((n, tox, eff) in found and not found[n, tox, eff].eliminate for eff in range(n + 1))
    )
    return Table(
        "Rank of desirability by participants, DLTs and responses (columns) at a dose",
        ("n", "DLTs", *(str(eff) for eff in range(most + 1))),
        body,
        align="r" * (most + 3),
        footnotes=(
            (
                "The highest rank within reach is given next. A dash: not admissible, too toxic or "
                "futile. Rows in which every cell is too toxic are left out."
            ),
        ),
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
    chosen = _level(protocol, selection.dose) if selection.dose else "no dose"
    action = decision.action.capitalize()
    title = f"{action} {_towards(decision)}{_level(protocol, decision.dose)}".strip()
    pairs = [
        ("Outcomes so far", notation or "none"),
        ("Reason", decision.reason),
        ("Next cohort", f"{decision.size} participants" if decision.size else "none"),
        ("Closed", ", ".join(f"level {level}" for level in decision.closed) or "no level"),
        ("If the trial ended now", f"{chosen}. {selection.reason}"),
    ]
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


def _towards(decision: Decision) -> str:
    toward = {"escalate": "to ", "de-escalate": "to ", "stop": ""}
    return toward.get(decision.action, "at ")


def _level(protocol: Protocol, level: int | None) -> str:
    if level is None or protocol.dosing is None:
        return "the trial"
    return protocol.dosing.levels[level - 1].label(level)


def _what_if(protocol: Protocol, tree: DecisionNode) -> Table:
    rows: list[Row] = []

    def walk(node: DecisionNode, depth: int) -> None:
        for branch in node.branches:
            after = branch.node.decision
            what = f"{after.action} {_towards(after)}{_level(protocol, after.dose)}"
            rows.append(Row((f"{'    ' * depth}{branch.label}", what, after.reason)))
            walk(branch.node, depth + 1)

    walk(tree, 0)
    return Table("What if", ("The next cohort shows", "Then", "Because"), tuple(rows))
