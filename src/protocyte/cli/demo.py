"""`protocyte demo`: all of it on one seed trial, in a minute."""

from importlib import resources
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from protocyte.cli.analyse import analysed, write_analysis
from protocyte.cli.talk import (
    STDERR,
    STDOUT,
    origin,
    print_findings,
    print_talk,
    progress,
    sound_protocol,
    sound_rehearsal,
)
from protocyte.cli.virtual import print_trial, run_virtual_trial
from protocyte.design.programme import find_programme
from protocyte.errors import FileError, ProtocolError
from protocyte.files import read_protocol, write_record, write_text
from protocyte.protocol.checks import check_protocol
from protocyte.report.html import render_html
from protocyte.report.synopsis import render_synopsis

_SEED = 20260121


def demo(
    *,
    trial: Annotated[
        str, typer.Option(help="Folder name of a seed trial, such as kj-c2320.")
    ] = "udcar-sle",
    out: Annotated[
        Path, typer.Option("-o", "--out", help="Folder for everything that is written.")
    ] = Path("protocyte-demo"),
    seed: Annotated[int, typer.Option(min=0, help="Seed of the virtual trial.")] = _SEED,
) -> None:
    """Check, show, simulate and analyse one seed trial; ends with the path of its report.

    Example: `protocyte demo -o demo`
    """
    folder = seed_trial(trial)
    _step(1, f"check {folder}")
    findings = check_protocol(read_protocol(folder))
    print_findings(tuple(f for f in findings if f.severity == "error"))
    plan = sound_protocol(folder)
    rehearsal = sound_rehearsal(folder, plan)
    if rehearsal is None:
        raise ProtocolError(f"{folder} has no scenarios.yaml, so there is nothing to rehearse.")
    print_talk(f"   {plan.name}: {len(findings)} findings, {len(plan.assumptions)} assumptions")
    _step(2, "show: the protocol in prose")
    write_text(out / "protocol.html", render_html(render_synopsis(plan, origin=origin(plan))))
    print_talk(f"   {out / 'protocol.html'}")
    _step(3, "simulate: exact operating characteristics")
    dose = find_programme(plan, rehearsal).dose
    if dose is not None:
        for number, truth in enumerate(dose.scenarios):
            shares = "  ".join(f"{100 * p:5.1f} %" for p in dose.selection[number])
            print_talk(f"   {truth.name:<22} select {shares}")
    _step(4, f"simulate: one virtual trial, seed {seed}")
    virtual = run_virtual_trial(plan, rehearsal, rehearsal.scenarios[0], seed=seed, start=None)
    print_trial(virtual)
    write_record(virtual.record, out / "record")
    _step(5, "analyse: the record as if it were real")
    with progress("deriving", None) as bar:
        data, results = analysed(plan, virtual.record, at=None, bar=bar)
        write_analysis(plan, rehearsal, data, results, out=out, bar=bar)
    STDOUT.print(str(out / "report.html"), soft_wrap=True, highlight=False, markup=False)


def seed_trial(name: str) -> Path:
    """Find a seed trial: in the installed package, or in the project's own folder."""
    inside = Path(str(resources.files("protocyte"))) / "protocols" / name
    beside = Path(__file__).resolve().parents[3] / "protocols" / name
    for folder in (inside, beside):
        if (folder / "protocol.yaml").is_file():
            return folder
    known = [path.parent.name for path in beside.parent.glob("*/protocol.yaml")]
    raise FileError(f"There is no seed trial {name}; known are {', '.join(sorted(known))}.")


def _step(number: int, what: str) -> None:
    STDERR.print(Text(str(number), "bold"), what, markup=False, highlight=False, soft_wrap=True)
