"""What a safety committee takes along: every table by which a protocol decides."""

from protocyte.errors import DesignError
from protocyte.protocol.plan import Protocol
from protocyte.report.decision import render_decisions
from protocyte.report.document import Document, Facts, Section
from protocyte.report.monitoring import render_monitoring
from protocyte.report.sample import render_sample


def render_handout(protocol: Protocol, *, origin: tuple[tuple[str, str], ...]) -> Document:
    """Collect the tables by which a protocol decides.

    Parameters
    ----------
    protocol : Protocol
        The plan.
    origin : tuple of (str, str)
        How the document came about.

    Returns
    -------
    Document
        Decisions by dose, the number treated at one dose, and stopping boundaries.

    Raises
    ------
    DesignError
        If the protocol decides nothing by a rule.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> document = render_handout(parse_protocol(EXAMPLE).plan, origin=())
    >>> [section.title for section in document.sections]
    ['Dose decisions']
    """
    found = (
        ("Dose decisions", render_decisions(protocol)),
        ("Number of participants", render_sample(protocol)),
        ("Stopping boundaries", render_monitoring(protocol)),
    )
    sections = [Section(title, tuple(blocks)) for title, blocks in found if blocks]
    if not sections:
        raise DesignError(f"{protocol.name} names no method that decides, so it has no tables.")
    if protocol.dosing is not None and sections[0].title == "Dose decisions":
        levels = protocol.dosing.levels
        doses = [level.label(number) for number, level in enumerate(levels, start=1)]
        pairs = (
            ("Levels", "; ".join(doses)),
            ("Starts at", doses[protocol.dosing.start - 1]),
            ("Cohorts of", f"{protocol.dosing.cohort.size} participants"),
        )
        sections[0] = Section("Dose decisions", (Facts(pairs), *sections[0].blocks))
    title = f"Decision tables: {protocol.trial.title}"
    return Document(title, protocol.name, "", tuple(sections), origin)
