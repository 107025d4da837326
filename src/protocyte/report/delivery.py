"""What products that fall short of the assigned dose change."""

from typing import Final

from protocyte.design import Characteristics
from protocyte.design.programme import Programme
from protocyte.protocol.dosing import Dosing
from protocyte.protocol.methods.received_dose import ReceivedDose
from protocyte.protocol.rehearsal import Rehearsal
from protocyte.report.document import Block, Paragraph, Row, Table
from protocyte.report.word import render_number, render_percent

_NUMBERS: Final = ("enrolled", "apheresed", "infused", "evaluable")
_COUNTED: Final = {
    "received": "Decisions count participants at the level that they received",
    "assigned": "Decisions count participants at the level that was assigned",
    "excluded": "Decisions count only participants who received the assigned level",
}
_REPLACED: Final = {
    "nobody": "nobody is replaced",
    "not infused": "who is not infused is replaced",
    "not counted": "who is not counted is replaced",
}


def render_delivery(
    programme: Programme, dosing: Dosing, rehearsal: Rehearsal
) -> tuple[Block, ...]:
    """Show what the dose method does where products fall short.

    Parameters
    ----------
    programme : Programme
        Operating characteristics.
    dosing : Dosing
        The chapter of the protocol.
    rehearsal : Rehearsal
        How often products fall short.

    Returns
    -------
    tuple of Block
        The assumption, and one table; nothing where the rehearsal does not say how often.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.protocol.rehearsal import parse_rehearsal
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> truths = parse_rehearsal(REHEARSAL, protocol=plan).plan
    >>> render_delivery(Programme(None, ()), plan.dosing, truths)
    ()
    """
    truth = rehearsal.delivery
    if truth is None:
        return ()
    if programme.delivered is None:
        text = f"What products that fall short change was not computed: {programme.undelivered}"
        return (Paragraph(text),)
    short = [level.name or f"Level {number}" for number, level in enumerate(dosing.levels, start=1)]
    assumed = Table(
        "Products: assumed probabilities of the received level, given an infusion",
        ("Assigned", *short, "Infused, if apheresed"),
        tuple(
            Row((name, *(render_percent(p) for p in row), render_percent(infused)))
            for name, row, infused in zip(short, truth.received, truth.infused, strict=True)
        ),
        align="l" + "r" * (len(short) + 1),
    )
    return (assumed, _consequences(programme, programme.delivered, short, dosing))


def _consequences(
    programme: Programme, found: Characteristics, short: list[str], dosing: Dosing
) -> Table:
    """Give one line a scenario: what is selected, and how many people it takes."""
    rule = dosing.received or ReceivedDose()
    notes = [f"{_COUNTED[rule.counted]}; {_REPLACED[rule.replaced]}. Exact."]
    feasible = programme.feasible
    rows = []
    for s, scenario in enumerate(found.scenarios):
        numbers = (render_number(float(found.delivered[name][s].sum())) for name in _NUMBERS)
        selected = (render_percent(float(p)) for p in found.selection[s])
        none = render_percent(float(found.none[s]))
        rows.append(Row((scenario.name, *selected, none, *numbers)))
        if feasible is not None:
            shares = [render_percent(float(p)) for p in feasible[s]]
            rest = render_percent(max(0.0, 1 - float(feasible[s].sum())))
            rows.append(Row(("  and feasible", *shares, rest, *("",) * len(_NUMBERS))))
    if feasible is not None:
        notes.append(
            f"Feasible: received as assigned with a probability of at least "
            f"{render_percent(rule.feasible_from or 0.0)}; the highest such level up to the "
            "tolerated one."
        )
    return Table(
        "Where products fall short: selection, and how many people it takes",
        ("Scenario", *short, "None", *(name.capitalize() for name in _NUMBERS)),
        tuple(rows),
        align="l" + "r" * (len(short) + 1 + len(_NUMBERS)),
        footnotes=tuple(notes),
    )
