"""`protocyte check`: find what is wrong with protocols before anybody else does."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from protocyte.cli.talk import FINDINGS, STDOUT, Json, print_findings, print_json
from protocyte.files import read_protocol, read_rehearsal
from protocyte.protocol.checks import CHECKS, Check, check_protocol
from protocyte.protocol.finding import Finding
from protocyte.protocol.form import FORMS, Form


def check(
    protocols: Annotated[
        list[Path] | None,
        typer.Argument(help="Protocol files, or folders that hold them.", show_default=False),
    ] = None,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail as errors do.")] = False,
    explain: Annotated[
        str | None, typer.Option(metavar="CODE", help="Explain a finding, with examples.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Find mistakes in protocols: form and content, with lines and remedies.

    Example: `protocyte check protocols/*/protocol.yaml`
    """
    if explain is not None:
        _explain(explain)
        return
    if not protocols:
        raise typer.BadParameter("name at least one protocol file, or --explain CODE")
    found = {path: _findings(path) for path in protocols}
    everything = tuple(finding for findings in found.values() for finding in findings)
    if as_json:
        print_json([finding.as_dict() for finding in everything])
    else:
        print_findings(everything)
        for path, findings in found.items():
            STDOUT.print(
                f"{path}: {_counted(findings)}", highlight=False, markup=False, soft_wrap=True
            )
    bad = {"error", "warning"} if strict else {"error"}
    if any(finding.severity in bad for finding in everything):
        raise typer.Exit(FINDINGS)


def _findings(path: Path) -> tuple[Finding, ...]:
    parsed = read_protocol(path)
    found = check_protocol(parsed)
    if parsed.plan is not None:
        rehearsal = read_rehearsal(path, protocol=parsed.plan)
        if rehearsal is not None:
            found += rehearsal.findings
    return found


def _counted(findings: tuple[Finding, ...]) -> str:
    if not findings:
        return "nothing found"
    counts = Counter(finding.severity for finding in findings)
    return ", ".join(
        f"{counts[kind]} {kind}{'s' if counts[kind] > 1 else ''}"
        for kind in ("error", "warning", "note")
        if counts[kind]
    )


def _explain(code: str) -> None:
    entries: tuple[Check | Form, ...] = (*FORMS, *CHECKS)
    known = {entry.code: entry for entry in entries}
    entry = known.get(code.upper())
    if entry is None:
        raise typer.BadParameter(f"there is no finding {code}; known are {', '.join(known)}")
    STDOUT.print(f"[bold]{entry.code}[/] {entry.title} ({entry.severity})\n", highlight=False)
    STDOUT.print(entry.why, markup=False, highlight=False)
    for title, example in (("Wrong", entry.wrong), ("Right", entry.right)):
        STDOUT.print(f"\n[bold]{title}[/]")
        STDOUT.print(example.strip("\n"), markup=False, highlight=False)
