"""`protocyte cite`: the references of every method that a protocol uses."""

from protocyte.cli.talk import (
    STDOUT,
    Json,
    ProtocolPath,
    print_json,
    sound_protocol,
    sound_rehearsal,
)
from protocyte.report.citation import render_citations


def cite(protocol: ProtocolPath, *, as_json: Json = False) -> None:
    """Print the references of every method that a protocol uses.

    Example: `protocyte cite protocols/kj-c2320`
    """
    plan = sound_protocol(protocol)
    found = render_citations(plan, sound_rehearsal(protocol, plan))
    if as_json:
        print_json([{"method": method, "reference": reference} for method, reference in found])
        return
    for method, reference in found:
        STDOUT.print(f"[bold]{method}[/]", highlight=False)
        STDOUT.print(f"    {reference}", markup=False, highlight=False, soft_wrap=True)
