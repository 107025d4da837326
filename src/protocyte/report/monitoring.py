"""Stopping boundaries as a safety committee reads them, with what they do if a rate is true."""

from collections.abc import Sequence
from typing import Final

from protocyte.derivation import Watch
from protocyte.design.monitoring.monitor import SafetyMonitor
from protocyte.design.plan import find_monitors
from protocyte.protocol.methods.monitoring import Monitoring
from protocyte.protocol.plan import Protocol
from protocyte.report.document import Block, Paragraph, Row, Section, Table
from protocyte.report.word import render_percent

RATES: Final = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
_ENDS: Final = {"stop": "stops", "pause": "pauses until a committee has decided"}


def render_monitoring(protocol: Protocol) -> list[Block]:
    """Print the stopping boundaries of a protocol, and their exact characteristics.

    Parameters
    ----------
    protocol : Protocol
        The plan.

    Returns
    -------
    list of Block
        A paragraph and two tables a boundary; empty if there is none.

    Raises
    ------
    DesignError
        If the settings of a boundary contradict each other.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> render_monitoring(parse_protocol(EXAMPLE).plan)
    []
    """
    named = protocol.safety.monitoring or {}
    blocks: list[Block] = []
    for name, monitor in find_monitors(protocol).items():
        blocks += _boundary(name, named[name], monitor)
    return blocks


def render_watches(watches: Sequence[Watch]) -> Section:
    """Print where the stopping boundaries of a trial stand.

    Parameters
    ----------
    watches : sequence of Watch
        One a boundary.

    Returns
    -------
    Section
        A line each; a warning where a boundary is reached.

    Examples
    --------
    >>> watch = Watch("deaths", "death", 4, 2, (6, 2, 2), None, "stop")
    >>> render_watches([watch]).blocks[0].tone
    'warning'
    """
    blocks = tuple(
        Paragraph(watch.sentence, "warning") if watch.reached else Paragraph(watch.sentence)
        for watch in watches
    )
    return Section("Stopping boundaries", blocks)


def _boundary(name: str, settings: Monitoring, monitor: SafetyMonitor) -> list[Block]:
    within = f" within {settings.until} of the infusion" if settings.until else ""
    rule = type(settings.rule).model_fields["settings"].alias
    told = Paragraph(
        f"`{name}` watches {settings.of}{within} in up to {settings.participants} participants "
        f"({rule}). At a boundary the trial {_ENDS[settings.then]}."
    )
    counts = Table(
        f"{name}: participants with the event from which the trial {_ENDS[settings.then]}",
        ("Among the first", "From"),
        tuple(Row(cells) for cells in _merged(monitor.rule.rows())),
        align="rr",
    )
    outlook = monitor.outlook(RATES)
    rows = tuple(
        Row(
            (
                render_percent(rate, digits=0),
                render_percent(stopped),
                render_percent(early),
                f"{expected:.1f}",
            )
        )
        for rate, stopped, early, expected in zip(
            outlook.rates, outlook.stopped, outlook.early, outlook.expected, strict=True
        )
    )
    told_rates = Table(
        f"{name}: what the boundary does, by the true probability of the event",
        ("Event", "Boundary reached", "Before the last look", "Participants expected"),
        rows,
        align="rrrr",
        footnotes=("Exact.",),
    )
    return [told, counts, told_rates]


def _merged(rows: tuple[tuple[int, int], ...]) -> list[tuple[str, str]]:
    """Join neighbouring looks that stop from the same count."""
    spans: list[list[int]] = []
    for n, count in rows:
        if spans and spans[-1][2] == count and spans[-1][1] == n - 1:
            spans[-1][1] = n
        else:
            spans.append([n, n, count])
    return [
        (str(first) if first == last else f"{first} to {last}", str(count))
        for first, last, count in spans
    ]
