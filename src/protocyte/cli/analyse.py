"""`protocyte analyse`: a record becomes data sets, estimates and a report."""

from pathlib import Path
from typing import Annotated

import typer

from protocyte.analysis.endpoint import EndpointResult, estimate_endpoints
from protocyte.cli.talk import (
    STDOUT,
    Bar,
    Json,
    ProtocolPath,
    day,
    origin,
    print_json,
    print_talk,
    progress,
    sound_protocol,
    sound_rehearsal,
)
from protocyte.derivation import AnalysisData, derive_analysis_data
from protocyte.design.programme import find_programme
from protocyte.files import read_record, write_json, write_tables, write_text
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal
from protocyte.record import Record
from protocyte.report.word import render_estimate

_STEPS = 5


def analyse(
    protocol: ProtocolPath,
    record: Annotated[Path, typer.Argument(help="Folder of the record.", show_default=False)],
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", help="Folder for report, data sets and estimates.", show_default=False
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Day of looking; the record's last day by default."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Derive data sets from a record, estimate every endpoint and write the report.

    Example: `protocyte analyse protocols/ex02 record/ -o analysis/`
    """
    plan = sound_protocol(protocol)
    rehearsal = sound_rehearsal(protocol, plan)
    with progress("reading", _STEPS) as bar:
        data, results = analysed(plan, read_record(record), at=at, bar=bar)
        if out is not None:
            write_analysis(plan, rehearsal, data, results, out=out, bar=bar)
    if as_json:
        about = data.record.about.as_dict()
        estimates = [result.as_dict() for result in results]
        print_json({"about": about, "cut": data.at.isoformat(), "endpoints": estimates})
    elif out is None:
        _print_results(results)
    if out is not None:
        print_talk(f"report: {out / 'report.html'}")


def analysed(
    plan: Protocol, record: Record, *, at: str | None, bar: Bar
) -> tuple[AnalysisData, tuple[EndpointResult, ...]]:
    """Derive data sets and estimate endpoints, moving a progress bar."""
    bar.at(1, "deriving data sets")
    data = derive_analysis_data(record, plan, at=day(at))
    bar.at(2, "estimating")
    return data, estimate_endpoints(data)


def write_analysis(
    plan: Protocol,
    rehearsal: Rehearsal | None,
    data: AnalysisData,
    results: tuple[EndpointResult, ...],
    *,
    out: Path,
    bar: Bar,
) -> None:
    """Write data sets, estimates and the report into a folder."""
    from protocyte.report.characteristics import render_characteristics
    from protocyte.report.html import render_html
    from protocyte.report.trial import render_trial

    bar.at(3, "operating characteristics")
    characteristics = None
    if rehearsal is not None:
        characteristics = render_characteristics(
            find_programme(plan, rehearsal), protocol=plan, rehearsal=rehearsal
        )
    bar.at(4, "writing the report")
    about = data.record.about
    made = origin(plan, seed=about.seed)
    document = render_trial(data, results, characteristics=characteristics, origin=made)
    write_tables(data.tables(), out / "adam")
    write_json(
        out / "estimates.json",
        {
            "about": about.as_dict(),
            "origin": dict(made),
            "cut": data.at.isoformat(),
            "endpoints": [result.as_dict() for result in results],
        },
    )
    write_text(out / "report.html", render_html(document))
    bar.at(_STEPS)


def _print_results(results: tuple[EndpointResult, ...]) -> None:
    for result in results:
        STDOUT.print(f"[bold]{result.name}[/] ({result.rank})", highlight=False)
        if result.statement:
            STDOUT.print(f"    {result.statement}", highlight=False, markup=False, soft_wrap=True)
        for line in result.lines:
            if line.group == "all":
                value = render_estimate(line.estimate)
                STDOUT.print(
                    f"    {line.label}: {value}", highlight=False, markup=False, soft_wrap=True
                )
