"""Somebody's tables become a record, by a mapping, with an account of every row.

One law: what comes in is in the record or in the account. Defects are collected and told together.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from protocyte.errors import MappingError, RecordError
from protocyte.exchange.account import FileAccount, ImportReport, Tally
from protocyte.exchange.assembly import Assembly
from protocyte.exchange.defect import Defects
from protocyte.exchange.entry import KIND, Entries
from protocyte.exchange.mapping import TableMapping
from protocyte.exchange.sheet import ANCHOR, WHO, Sheet
from protocyte.record import DOMAINS, About, Record


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import gives.

    Parameters
    ----------
    record : Record
        The record.
    report : ImportReport
        What came in, what was recorded, what was set aside and why.
    """

    record: Record
    report: ImportReport


def import_tables(
    mapping: TableMapping,
    tables: Mapping[str, pl.DataFrame],
    *,
    choices: Mapping[str, str] | None = None,
    version: str = "",
    command: str = "",
) -> Imported:
    """Import tables as a record.

    Parameters
    ----------
    mapping : TableMapping
        How they become a record; it must be sound.
    tables : mapping of str to polars.DataFrame
        Tables by the file names of the mapping, every column as text.
    choices : mapping of str to str, optional
        Option of each choice of the mapping; the first option of those that are absent.
    version : str
        Version of the program, for the record.
    command : str
        Command, for the record.

    Returns
    -------
    Imported
        The record and the account of the import.

    Raises
    ------
    MappingError
        If a table, a column or a choice is not there, or rows have defects and the mapping does
        not set such rows aside; all defects are listed.

    Examples
    --------
    >>> from protocyte.exchange import import_mapping
    >>> mapping = import_mapping('''
    ... protocyte: 1
    ... study: DEMO
    ... participant: id
    ... tables:
    ...   people.csv:
    ...     rows:
    ...       - {domain: DM, variables: {SEX: {column: sex, values: {1: F, 2: M}}}}
    ... ''').plan
    >>> people = pl.DataFrame({"id": ["7", "8"], "sex": ["1", "2"], "eyes": ["blue", "brown"]})
    >>> done = import_tables(mapping, {"people.csv": people})
    >>> done.record["DM"]["SEX"].to_list()
    ['F', 'M']
    >>> print(*done.report.lines(), sep=chr(10))
    people.csv: 2 rows
      DM: 2 of 2 recorded
      1 column not mapped: eyes
    """
    taken = _taken(mapping, choices or {})
    _check_tables(mapping, tables)
    defects = Defects()
    sheets = _sheets(mapping, tables, defects)
    tallies: dict[int, Tally] = {}
    kinds: dict[str, list[int]] = {file: [] for file in sheets}
    found: dict[str, list[pl.DataFrame]] = {}
    for file, sheet in sheets.items():
        for rows in sheet.source.rows:
            kind = len(tallies)
            frame, tallies[kind] = Entries(sheet, rows, kind, mapping, taken, defects).laid()
            kinds[file].append(kind)
            if frame.height:
                found.setdefault(rows.domain, []).append(frame)
    frames = _assembled(found, tallies, defects)
    if defects.count and mapping.defects == "refuse":
        raise _refused(mapping, defects)
    files = tuple(_account(sheet, kinds[sheet.file], tallies, frames) for sheet in sheets.values())
    unused = tuple(name for name in tables if name not in mapping.tables)
    report = ImportReport(files, unused, taken, tuple(defects.lines))
    about = About(
        mapping.study,
        provenance=mapping.provenance,
        version=version,
        command=command,
        dates="arbitrary" if mapping.dates.arbitrary else "actual",
        notes=tuple(_notes(mapping, report)),
    )
    return Imported(_record(about, frames), report)


def _taken(mapping: TableMapping, choices: Mapping[str, str]) -> dict[str, str]:
    """Take an option of every choice, the first one by default."""
    for name, option in choices.items():
        if name not in mapping.choices:
            known = ", ".join(mapping.choices) or "none"
            raise MappingError(
                f'The mapping has no choice "{name}"; it has {known}. Remove `--set {name}=…`, or '
                "add it to `choices`."
            )
        if option not in mapping.choices[name].options:
            known = ", ".join(mapping.choices[name].options)
            raise MappingError(f'"{option}" is not an option of "{name}"; use one of: {known}.')
    return {name: choices.get(name, choice.options[0]) for name, choice in mapping.choices.items()}


def _check_tables(mapping: TableMapping, tables: Mapping[str, pl.DataFrame]) -> None:
    """See that every table and every column is there."""
    lines = []
    for file in mapping.tables:
        if file not in tables:
            lines.append(f"{file}: the table is not there; {_nearest(file, list(tables))}")
            continue
        columns = tables[file].columns
        lines += [
            f"{file} has no column {name}; {_nearest(name, columns)}"
            for name in (*mapping.columns(file), *mapping.tables[file].ignore)
            if name not in columns
        ]
    if lines:
        raise MappingError(_summed("The mapping does not fit the tables", lines, len(lines)), lines)


def _nearest(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    if close:
        return f'did you mean "{close[0]}"?'
    return f"known here are {', '.join(known) or 'none'}"


def _sheets(
    mapping: TableMapping, tables: Mapping[str, pl.DataFrame], defects: Defects
) -> dict[str, Sheet]:
    """Clean every table, and give its rows the dates that days count from."""
    sheets = {file: Sheet.clean(file, tables[file], mapping, defects) for file in mapping.tables}
    dates = mapping.dates
    if dates.anchor is None:
        anchors: pl.DataFrame | pl.Expr = pl.lit(dates.arbitrary, pl.Date)
    else:
        anchors = _anchors(sheets[dates.anchor.file], dates.anchor.column, mapping, defects)
    return {file: sheet.anchored(anchors) for file, sheet in sheets.items()}


def _anchors(sheet: Sheet, column: str, mapping: TableMapping, defects: Defects) -> pl.DataFrame:
    """Give one date a participant from the file that holds it."""
    form = mapping.dates.form
    text = sheet.frame.drop_nulls((WHO, column)).with_columns(
        form.dates(pl.col(column)).str.to_date("%Y-%m-%d", strict=False).alias(ANCHOR)
    )
    odd = text.filter(pl.col(ANCHOR).is_null())
    if odd.height:
        remedy = "correct it, or `dates.form`"
        defects.note(sheet.file, odd, column, f"is not a full date written as {form}", remedy)
    several = text.filter(pl.col(ANCHOR).n_unique().over(WHO) > 1)
    if several.height:
        problem = f"is one of several dates of the {mapping.dates.counted_from}"
        defects.note(sheet.file, several, column, problem, "keep one for each participant")
    agreed = text.drop_nulls(ANCHOR).join(several, on=WHO, how="anti")
    return agreed.select(WHO, ANCHOR).unique(WHO)


def _assembled(
    found: Mapping[str, list[pl.DataFrame]], tallies: Mapping[int, Tally], defects: Defects
) -> dict[str, pl.DataFrame]:
    """Put the rows of each domain together, the participants first."""
    frames: dict[str, pl.DataFrame] = {}
    people = pl.Series("USUBJID", [], dtype=pl.String)
    for name in DOMAINS:  # DM is the first one
        if name not in found:
            continue
        whole = pl.concat(found[name], how="diagonal")
        frames[name] = Assembly(DOMAINS[name], whole, tallies, defects).rows(people)
        if name == "DM":
            people = frames[name]["USUBJID"]
    return frames


def _refused(mapping: TableMapping, defects: Defects) -> MappingError:
    summary = _summed("The tables do not fit the mapping", defects.lines, defects.count)
    return MappingError(
        f"{summary} Correct it, or write `defects: set aside` in the mapping of {mapping.study} "
        "to import the other rows.",
        defects.lines,
    )


def _summed(what: str, lines: list[str], count: int) -> str:
    if count == 1:
        return f"{what}: {lines[0]}."
    return f"{what}: {count:,} defects, the first is: {lines[0]}."


def _account(
    sheet: Sheet,
    kinds: list[int],
    tallies: Mapping[int, Tally],
    frames: Mapping[str, pl.DataFrame],
) -> FileAccount:
    entries = []
    for kind, rows in zip(kinds, sheet.source.rows, strict=True):
        table = DOMAINS[rows.domain]
        frame = frames.get(rows.domain)
        own = pl.DataFrame() if frame is None else frame.filter(pl.col(KIND) == kind)
        undated = own[table.time].null_count() if own.height and table.time else 0
        entries.append(tallies[kind].closed(recorded=own.height, undated=undated))
    return FileAccount(
        sheet.file, sheet.rows, sheet.blank, sheet.unmapped, sheet.source.ignore, tuple(entries)
    )


def _notes(mapping: TableMapping, report: ImportReport) -> list[str]:
    """Say what a reader of any report must know."""
    dates = mapping.dates
    notes = list(mapping.notes)
    if dates.arbitrary:
        notes.append(
            f"The source holds no dates: {dates.arbitrary} stands for everybody's "
            f"{dates.counted_from}, and only differences between dates mean something."
        )
    for source in mapping.tables.values():
        for rows in source.rows:
            for _, name, value in rows.all_variables():
                if value.assumed:
                    what = f"{name} of {rows.says}" if rows.says else name
                    notes.append(f"{what} is assumed: {value.assumed}.")
    notes += [f"{mapping.choices[name].says}: {option}." for name, option in report.choices.items()]
    files = ", ".join(file.file for file in report.files)
    notes.append(
        f"Imported from {files}: {report.recorded:,} rows recorded, {report.set_aside:,} set aside"
        f"{f', {report.defective:,} of them for defects' if report.defects else ''} "
        f"(mapping {mapping.digest[:12]})."
    )
    return notes


def _record(about: About, frames: Mapping[str, pl.DataFrame]) -> Record:
    """Give rows their numbers, and have the record look at all of them."""
    shaped = {}
    for name, frame in frames.items():
        table = DOMAINS[name]
        filled = [pl.lit(about.study).alias("STUDYID"), pl.lit(name).alias("DOMAIN")]
        if table.sequence:
            filled.append(pl.int_range(1, pl.len() + 1).over("USUBJID").alias(table.sequence))
        shaped[name] = frame.with_columns(filled).select(list(table.schema))
    try:
        return Record(about, shaped)
    except RecordError as error:
        raise MappingError(
            f"The tables do not make a record. {error} Correct the source, or the mapping.",
            error.defects,
        ) from error
