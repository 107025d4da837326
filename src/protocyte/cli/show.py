"""`protocyte show`: a protocol in prose, in the terminal or on a page."""

from pathlib import Path
from typing import Annotated

import typer

from protocyte.cli.talk import (
    STDOUT,
    Json,
    ProtocolPath,
    origin,
    print_json,
    print_talk,
    sound_protocol,
)
from protocyte.files import write_text
from protocyte.report.html import render_html
from protocyte.report.synopsis import render_synopsis
from protocyte.report.terminal import render_terminal


def show(
    protocol: ProtocolPath,
    *,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="Write a self-contained HTML page.", show_default=False),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show a protocol in prose: synopsis, schedule, criteria, decisions, assumptions.

    Example: `protocyte show protocols/udcar-sle -o udcar-sle.html`
    """
    plan = sound_protocol(protocol)
    if as_json:
        print_json(plan.as_dict())
        return
    document = render_synopsis(plan, origin=origin(plan))
    if out is None:
        STDOUT.print(render_terminal(document))
        return
    write_text(out, render_html(document))
    print_talk(f"written: {out}")
