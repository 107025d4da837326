"""How commands talk: data on standard output, everything else on standard error."""

import json
import secrets
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from protocyte import __version__
from protocyte.files import read_protocol, read_rehearsal
from protocyte.protocol.finding import Finding
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal


class _Page(Console):
    """Standard output, on which nobody reads on."""

    def on_broken_pipe(self) -> None:
        """Leave it to the command line to end."""
        raise BrokenPipeError


STDOUT = _Page()
STDERR = Console(stderr=True)
FINDINGS = 1
_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}

ProtocolPath = Annotated[
    Path, typer.Argument(help="A protocol file, or the folder that holds it.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="Print plain data instead of prose.")]


def print_json(data: Any) -> None:
    """Print plain data on standard output."""
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False, default=str) + "\n")


def print_talk(text: str) -> None:
    """Print a line on standard error as it is: paths are neither broken nor taken for markup."""
    STDERR.print(text, markup=False, highlight=False, soft_wrap=True)


def print_findings(findings: tuple[Finding, ...]) -> None:
    """Print findings on standard error, one block each."""
    for finding in findings:
        colour = _COLOURS[finding.severity]
        place = Text(f"{finding.file}:{finding.line}:{finding.column}", "bold")
        what = Text(f"{finding.severity} {finding.code}", colour)
        STDERR.print(place, what, Text(finding.where, "dim"), soft_wrap=True)
        _print_indented(finding.message)
        _print_indented(f"→ {finding.remedy}", style=colour)


def _print_indented(text: str, *, style: str = "") -> None:
    """Print a paragraph below a heading; lines are broken only where a person reads them."""
    if STDERR.is_terminal:
        STDERR.print(Padding(Text(text, style), (0, 0, 0, 4)))
    else:
        STDERR.print(f"    {text}", markup=False, highlight=False, soft_wrap=True)


def sound_protocol(path: Path) -> Protocol:
    """Read a protocol; print what is wrong and leave if it cannot be used."""
    parsed = read_protocol(path)
    if parsed.plan is None or not parsed.is_sound:
        print_findings(parsed.findings)
        print_talk(
            f"{path} cannot be used as it stands; `protocyte check` tells all that is wrong."
        )
        raise typer.Exit(FINDINGS)
    return parsed.plan


def print_causes(path: Path) -> None:
    """Print errors of a protocol's content, if there are any, and leave."""
    from protocyte.protocol.checks import check_protocol

    causes = tuple(f for f in check_protocol(read_protocol(path)) if f.severity == "error")
    if causes:
        print_findings(causes)
        raise typer.Exit(FINDINGS)


def sound_rehearsal(path: Path, protocol: Protocol) -> Rehearsal | None:
    """Read the rehearsal beside a protocol; print what is wrong and leave if it cannot be used."""
    parsed = read_rehearsal(path, protocol=protocol)
    if parsed is None:
        return None
    if parsed.plan is None or not parsed.is_sound:
        print_findings(parsed.findings)
        raise typer.Exit(FINDINGS)
    return parsed.plan


def command_line() -> str:
    """Return the command as it was typed."""
    return shlex.join(["protocyte", *sys.argv[1:]])


def origin(protocol: Protocol, *, seed: int | None = None) -> tuple[tuple[str, str], ...]:
    """Return how a file came about: digest, version, seed, command."""
    pairs = [
        ("Protocol", f"{protocol.name}, digest {protocol.digest}"),
        ("Program", f"protocyte {__version__}"),
        ("Command", command_line()),
    ]
    if seed is not None:
        pairs.insert(2, ("Seed", str(seed)))
    return tuple(pairs)


def day(text: str | None) -> date | None:
    """Read a date given as an option; None if it is absent."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(
            f'"{text}" is not a date; write for instance 2026-11-24'
        ) from error


def fresh_seed(seed: int | None) -> int:
    """Return the seed, or a new one that is printed."""
    if seed is not None:
        return seed
    drawn = secrets.randbelow(2**31)
    print_talk(f"seed: {drawn}")
    return drawn


@contextmanager
def progress(what: str, total: int | None) -> Iterator["Bar"]:
    """Show a progress bar on standard error; silent where there is no terminal."""
    counted = () if total is None else (MofNCompleteColumn(),)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        *counted,
        TimeElapsedColumn(),
        console=STDERR,
        transient=True,
        disable=not STDERR.is_terminal,
    ) as bars:
        yield Bar(bars, what, total)


class Bar:
    """One progress bar.

    Parameters
    ----------
    bars : rich.progress.Progress
        Where it is drawn.
    what : str
        What is being done.
    total : int or None
        Steps in all; None if that is not known.
    """

    def __init__(self, bars: Progress, what: str, total: int | None) -> None:
        self._bars = bars
        self._task = bars.add_task(what, total=total)

    def at(self, done: int, what: str | None = None) -> None:
        """Move the bar."""
        self._bars.update(self._task, completed=done, description=what)
