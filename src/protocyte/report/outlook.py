"""How a trial will end, seen from where it stands."""

from protocyte.design import Characteristics, Outcomes
from protocyte.protocol.plan import Protocol
from protocyte.report.document import Block, Paragraph, Row, Section, Table
from protocyte.report.word import render_number, render_percent


def render_outlook(
    found: Characteristics | None, *, seen: Outcomes, protocol: Protocol, why_not: str = ""
) -> Section:
    """Show how probable each end of a trial is from its present state.

    Parameters
    ----------
    found : Characteristics or None
        Operating characteristics from the present state on; None if they were not computed.
    seen : Outcomes
        The present state.
    protocol : Protocol
        The plan.
    why_not : str
        Why they were not computed.

    Returns
    -------
    Section
        A table, or a note.

    Examples
    --------
    >>> from protocyte.design import BOIN, Scenario, find_characteristics
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> seen = Outcomes.from_notation("1NNN 2NNT", n_doses=3)
    >>> found = find_characteristics(
    ...     BOIN(target=0.3, n_doses=3, cohorts=3), [Scenario((0.1, 0.2, 0.3))], outcomes=seen)
    >>> render_outlook(found, seen=seen, protocol=plan).blocks[0].columns[-1]
    'Participants to come'
    """
    if found is None:
        text = f"How the trial may end was not computed. {why_not}".strip()
        return Section("Outlook", (Paragraph(text, "note"),))
    levels = protocol.dosing.levels if protocol.dosing else ()
    names = [level.name or f"Level {number}" for number, level in enumerate(levels, start=1)]
    title, none = "Which dose will be selected, given what was seen, if a scenario is true", "None"
    if protocol.dosing is None or protocol.dosing.method is None:
        title, none = (
            "How the trial will end, given what was seen, if a scenario is true",
            "Failure",
        )
        names = ["Success"]
    rows = tuple(
        Row(
            (
                truth.name,
                *(render_percent(float(share)) for share in found.selection[s]),
                render_percent(float(found.none[s])),
                render_number(float(found.total[s]) - seen.total),
            )
        )
        for s, truth in enumerate(found.scenarios)
    )
    table = Table(
        title,
        ("Scenario", *names, none, "Participants to come"),
        rows,
        align="l" + "r" * (len(names) + 2),
        footnotes=("Exact, from the present state on. Scenarios are assumptions.",),
    )
    blocks: tuple[Block, ...] = (table,)
    return Section("Outlook", blocks)
