"""`protocyte show`: a protocol in prose, in the terminal or on a page."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from protocyte.cli.talk import (
    STDOUT,
    Json,
    ProtocolPath,
    origin,
    print_json,
    print_talk,
    progress,
    sound_protocol,
    sound_rehearsal,
)
from protocyte.files import write_text
from protocyte.protocol.plan import Protocol
from protocyte.report.document import Document
from protocyte.report.synopsis import render_synopsis
from protocyte.report.terminal import render_terminal


def show(
    protocol: ProtocolPath,
    *,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="Write a self-contained HTML page.", show_default=False),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The decision tables alone, for a safety committee: a page (.html), a word "
            "processor (.rtf), a spreadsheet (.csv), or `-` for the terminal.",
        ),
    ] = None,
    checklist: Annotated[
        Literal["define"] | None,
        typer.Option(help="Fill a reporting checklist: DEFINE, for dose-finding trials."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show a protocol in prose: synopsis, schedule, criteria, decisions, assumptions.

    Example: `protocyte show protocols/udcar-sle -o udcar-sle.html`
    """
    plan = sound_protocol(protocol)
    if table is not None:
        _table(plan, table)
        return
    if as_json:
        print_json(plan.as_dict())
        return
    if checklist is not None:
        document = _checklist(protocol, plan)
    else:
        document = render_synopsis(plan, origin=origin(plan))
    if out is None:
        STDOUT.print(render_terminal(document))
        return
    from protocyte.report.html import render_html

    write_text(out, render_html(document))
    print_talk(f"written: {out}")


def _checklist(path: Path, plan: Protocol) -> Document:
    """Fill a checklist, with operating characteristics where the protocol is rehearsed."""
    from protocyte.design.programme import find_programme
    from protocyte.errors import DesignError
    from protocyte.report.define import render_define

    rehearsal = sound_rehearsal(path, plan)
    programme = None
    if rehearsal is not None:
        try:
            with progress("walking every state that the trial can reach", None):
                programme = find_programme(plan, rehearsal)
        except DesignError as error:
            print_talk(f"no operating characteristics: {error}")
    return render_define(plan, programme=programme, origin=origin(plan))


def _table(plan: Protocol, file: Path) -> None:
    """Show the decision tables, in the form that the file's name asks for."""
    from protocyte.report.handout import render_handout

    document = render_handout(plan, origin=origin(plan))
    if str(file) == "-":
        STDOUT.print(render_terminal(document))
        return
    write_text(file, _written(plan, document, file))
    print_talk(f"written: {file}")


def _written(plan: Protocol, document: Document, file: Path) -> str:
    match file.suffix.lower():
        case ".html":
            from protocyte.report.html import render_html

            return render_html(document)
        case ".rtf":
            from protocyte.report.rtf import render_rtf

            return render_rtf(document)
        case ".csv":
            from protocyte.errors import DesignError
            from protocyte.report.decision import render_decision_rows

            try:
                return render_decision_rows(plan)
            except DesignError as error:
                raise DesignError(
                    f"{error} On the command line: `protocyte decide PROTOCOL '' --paths -o "
                    f"{file}`; or ask for .html or .rtf."
                ) from error
    raise typer.BadParameter(f"{file} ends in neither .html, .rtf nor .csv", param_hint="--table")
