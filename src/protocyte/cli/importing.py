"""`protocyte import`: somebody's data become a record."""

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from protocyte import __version__
from protocyte.cli.talk import (
    FINDINGS,
    STDERR,
    STDOUT,
    Json,
    command_line,
    print_findings,
    print_json,
    progress,
)
from protocyte.errors import FileError
from protocyte.exchange import TableMapping, import_mapping, import_tables
from protocyte.files import read_source, read_text, write_json, write_record

app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")


@app.callback()
def importing() -> None:
    """Bring somebody's data into a record.

    Example: `protocyte import table examples/car22/mapping.yaml data/ -o record`
    """


@app.command()
def table(
    mapping: Annotated[
        Path, typer.Argument(help="Mapping file: what each column means.", show_default=False)
    ],
    folder: Annotated[
        Path, typer.Argument(help="Folder that holds the tables.", show_default=False)
    ],
    *,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the record.")] = Path(
        "record"
    ),
    choices: Annotated[
        list[str] | None,
        typer.Option("--set", help="Answer a choice of the mapping: NAME=OPTION."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Import tables (CSV or Parquet) by a mapping; prints what became of every row and column.

    Example: `protocyte import table examples/car22/mapping.yaml data/ -o record`
    """
    parsed = import_mapping(read_text(mapping), file=str(mapping))
    if parsed.plan is None or not parsed.is_sound:
        print_findings(parsed.findings)
        raise typer.Exit(FINDINGS)
    plan = parsed.plan
    taken = dict(_choice(text) for text in choices or [])
    with progress("files read", len(plan.tables)) as bar:
        tables = {}
        for number, name in enumerate(plan.tables, start=1):
            tables[name] = _read(plan, name, folder)
            bar.at(number)
    done = import_tables(plan, tables, choices=taken, version=__version__, command=command_line())
    write_record(done.record, out)
    write_json(out / "import.json", done.report.as_dict())
    if as_json:
        print_json(done.report.as_dict())
    else:
        for line in done.report.lines():
            STDOUT.print(line, highlight=False, markup=False, soft_wrap=True)
    STDERR.print(f"record: {out}", highlight=False)


def _read(plan: TableMapping, name: str, folder: Path) -> pl.DataFrame:
    if not folder.is_dir():
        raise FileError(f"There is no folder {folder}; name the folder that holds {name}.")
    source = plan.tables[name]
    return read_source(folder / name, encoding=source.encoding, separator=source.separator)


def _choice(text: str) -> tuple[str, str]:
    name, sign, option = text.partition("=")
    if not sign:
        raise typer.BadParameter(f'"{text}" is not NAME=OPTION', param_hint="--set")
    return name.strip(), option.strip()
