"""The door to the disk: protocols, records and results, in and out."""

import csv
import io
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from protocyte.errors import FileError, RecordError
from protocyte.protocol.parse import Parsed, parse_protocol
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal, parse_rehearsal

if TYPE_CHECKING:  # tables are slow to load, and commands that read no table go without
    import polars as pl

    from protocyte.record import About, Record

PROTOCOL: Final = "protocol.yaml"
SCENARIOS: Final = "scenarios.yaml"
ABOUT: Final = "record.json"
_SUFFIXES: Final = (".parquet", ".csv")


def read_text(path: Path) -> str:
    """Read a text file.

    Parameters
    ----------
    path : Path
        The file; ``-`` for standard input.

    Returns
    -------
    str
        Its text.

    Raises
    ------
    FileError
        If it is not there, cannot be opened, or is not UTF-8 text.

    Examples
    --------
    >>> read_text(Path("nowhere.yaml"))
    Traceback (most recent call last):
    protocyte.errors.FileError: There is no file nowhere.yaml; check the path.
    """
    if str(path) == "-":
        return sys.stdin.read()
    try:
        return _read_bytes(path).decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise FileError(
            f"{path} is not UTF-8 text (byte {error.start}); save it as UTF-8."
        ) from error


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise FileError(f"There is no file {path}; check the path.") from error
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror or error}.") from error


def read_protocol(path: Path) -> Parsed[Protocol]:
    """Read a protocol from its file, or from the folder that holds it.

    Parameters
    ----------
    path : Path
        A protocol file, or a folder with ``protocol.yaml``.

    Returns
    -------
    Parsed
        The protocol and every defect of form.

    Raises
    ------
    FileError
        If there is no such file.

    Examples
    --------
    >>> read_protocol(Path("nowhere"))
    Traceback (most recent call last):
    protocyte.errors.FileError: There is no file nowhere; check the path.
    """
    file = path / PROTOCOL if path.is_dir() else path
    return parse_protocol(read_text(file), file=str(file))


def read_rehearsal(path: Path, *, protocol: Protocol) -> Parsed[Rehearsal] | None:
    """Read the rehearsal file that lies beside a protocol.

    Parameters
    ----------
    path : Path
        The protocol's file, whatever its name, or its folder; ``-`` has no file beside it.
    protocol : Protocol
        The protocol that is rehearsed.

    Returns
    -------
    Parsed or None
        The rehearsal and every defect; None if there is no file.

    Raises
    ------
    FileError
        If the file cannot be read.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> read_rehearsal(Path("nowhere/protocol.yaml"), protocol=plan) is None
    True
    """
    file = path / SCENARIOS if path.is_dir() else path.with_name(SCENARIOS)
    if str(path) == "-" or not file.exists():
        return None
    return parse_rehearsal(read_text(file), protocol=protocol, file=str(file))


def read_record(folder: Path) -> "Record":
    """Read a record from a folder of Parquet or CSV tables.

    Parameters
    ----------
    folder : Path
        Folder with ``record.json`` and a file a domain, such as ``dm.parquet`` or ``ae.csv``.

    Returns
    -------
    Record
        The record.

    Raises
    ------
    FileError
        If the folder or a file cannot be read.
    RecordError
        If a table does not have the shape that its domain promises; all defects are listed.

    Examples
    --------
    >>> read_record(Path("nowhere"))
    Traceback (most recent call last):
    protocyte.errors.FileError: There is no folder nowhere; a record is a folder of tables.
    """
    from protocyte.record import DOMAINS, Record

    if not folder.is_dir():
        raise FileError(f"There is no folder {folder}; a record is a folder of tables.")
    found: dict[str, Path] = {}
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() in _SUFFIXES:
            other = found.setdefault(file.stem.upper(), file)
            if other != file:
                raise FileError(
                    f"{folder} holds {other.name} and {file.name}, two tables of one domain; "
                    "remove one of them."
                )
    if not found.keys() & DOMAINS.keys():
        raise FileError(
            f"{folder} holds no table of a record; expected files such as dm.parquet or dm.csv."
        )
    tables = {name: read_table(file) for name, file in found.items()}
    return Record(_read_about(folder, tables), tables)


def read_table(file: Path) -> "pl.DataFrame":
    """Read one table; CSV values stay text until the record gives them types.

    Parameters
    ----------
    file : Path
        A Parquet or CSV file.

    Returns
    -------
    polars.DataFrame
        The table.

    Raises
    ------
    FileError
        If it cannot be read as such.

    Examples
    --------
    >>> read_table(Path("nowhere.csv"))
    Traceback (most recent call last):
    protocyte.errors.FileError: There is no file nowhere.csv; check the path.
    """
    if not file.exists():
        raise FileError(f"There is no file {file}; check the path.")
    import polars as pl

    try:
        if file.suffix.lower() == ".parquet":
            return pl.read_parquet(file, glob=False)
        return pl.read_csv(file, infer_schema=False, glob=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).splitlines()[0]
        raise FileError(
            f"{file} cannot be read as {file.suffix[1:]}: {reason}; export it again."
        ) from error


def read_source(file: Path, *, encoding: str = "utf-8", separator: str = ",") -> "pl.DataFrame":
    """Read one table of somebody's data; every value stays the text that it is.

    Parameters
    ----------
    file : Path
        A CSV file with a header, or a Parquet file.
    encoding : str
        Encoding of the text, such as ``windows-1252``.
    separator : str
        The character between two values.

    Returns
    -------
    polars.DataFrame
        The table, all columns as text.

    Raises
    ------
    FileError
        If the file is not there, is not text of that encoding, names a column twice, or has rows
        that are not as wide as its header.

    Examples
    --------
    >>> read_source(Path("nowhere.csv"))
    Traceback (most recent call last):
    protocyte.errors.FileError: There is no file nowhere.csv; check the path.
    """
    import polars as pl

    if file.suffix.lower() == ".parquet":
        return read_table(file).select(pl.all().cast(pl.String))
    text = _decoded(file, encoding)
    header = next(_csv_rows(file, text, separator), [])
    twice = sorted({name for name in header if header.count(name) > 1})
    if not header:
        raise FileError(f"{file} is empty; a table begins with the names of its columns.")
    if twice:
        raise FileError(f"{file} names the column {twice[0]} twice; rename one of them.")
    try:
        table = pl.read_csv(io.BytesIO(text.encode()), separator=separator, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        _check_width(file, text, separator, len(header))
        reason = str(error).splitlines()[0]
        raise FileError(f"{file} cannot be read as a table: {reason}.") from error
    if table.width and table.to_series(-1).null_count():
        # Rows that end early look like rows whose last values are empty.
        _check_width(file, text, separator, len(header))
    return table


def _decoded(file: Path, encoding: str) -> str:
    try:
        return _read_bytes(file).decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except LookupError as error:
        raise FileError(
            f'"{encoding}" is not an encoding; write utf-8, windows-1252 or another for {file}.'
        ) from error
    except UnicodeError as error:
        raise FileError(
            f"{file} is not {encoding} text ({error}); say its encoding, such as windows-1252."
        ) from error


def _csv_rows(file: Path, text: str, separator: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    except csv.Error as error:
        raise FileError(f"{file} cannot be read as a table: {error}.") from error


def _check_width(file: Path, text: str, separator: str, width: int) -> None:
    """Refuse a row that does not have one value a column: its values may stand in wrong ones."""
    for number, row in enumerate(_csv_rows(file, text, separator)):
        if row and len(row) != width:
            raise FileError(
                f"{file} row {number} has {len(row)} values and the header has {width}; correct "
                "the row (quotes, separators or line breaks), or the separator."
            )


def _read_about(folder: Path, tables: "Mapping[str, pl.DataFrame]") -> "About":
    from protocyte.record import About

    file = folder / ABOUT
    if not file.exists():
        people = tables.get("DM")
        named = people is not None and "STUDYID" in people.columns and people.height
        study = str(people["STUDYID"][0]) if people is not None and named else folder.name
        return About(study, notes=(f"{ABOUT} is missing: where the record comes from is unknown.",))
    try:
        data = dict(json.loads(read_text(file)))
        return About(**{**data, "notes": tuple(data.get("notes", ()))})
    except (TypeError, ValueError) as error:
        raise RecordError(f"{file} does not say where the record comes from: {error}") from error


def write_record(
    record: "Record", folder: Path, *, form: Literal["parquet", "csv"] = "parquet"
) -> None:
    """Write a record as a folder of tables, in the place of a record that was there before.

    Parameters
    ----------
    record : Record
        The record.
    folder : Path
        Folder; it is made if it is not there.
    form : {"parquet", "csv"}
        Kind of file.

    Raises
    ------
    FileError
        If a file cannot be written.

    Examples
    --------
    >>> from protocyte.record import About, Record
    >>> with tempfile.TemporaryDirectory() as there:
    ...     write_record(Record(About("DEMO"), {}), Path(there), form="csv")
    ...     read_record(Path(there)).about.study
    'DEMO'
    """
    write_text(folder / ABOUT, json.dumps(record.about.as_dict(), indent=2) + "\n")
    for name, frame in record.tables.items():
        for suffix in _SUFFIXES:
            file = folder / f"{name.lower()}{suffix}"
            if suffix == f".{form}" and (frame.height or name == "DM"):
                write_table(frame, file)
            else:
                # What an earlier record left there would be read as part of this one.
                try:
                    file.unlink(missing_ok=True)
                except OSError as error:
                    raise FileError(f"{file} cannot be removed: {error.strerror}.") from error


def write_tables(tables: "Mapping[str, pl.DataFrame]", folder: Path) -> None:
    """Write data sets as Parquet files.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        Data sets by name.
    folder : Path
        Folder; it is made if it is not there.

    Raises
    ------
    FileError
        If a file cannot be written.

    Examples
    --------
    >>> import polars as pl
    >>> with tempfile.TemporaryDirectory() as there:
    ...     write_tables({"adsl": pl.DataFrame({"USUBJID": ["1"]})}, Path(there))
    ...     (Path(there) / "adsl.parquet").exists()
    True
    """
    for name, frame in tables.items():
        write_table(frame, folder / f"{name}.parquet")


def write_table(frame: "pl.DataFrame", file: Path) -> None:
    r"""Write one table.

    Parameters
    ----------
    frame : polars.DataFrame
        The table.
    file : Path
        A Parquet or CSV file; its folder is made if it is not there.

    Raises
    ------
    FileError
        If it cannot be written.

    Examples
    --------
    >>> import polars as pl
    >>> with tempfile.TemporaryDirectory() as there:
    ...     write_table(pl.DataFrame({"a": [1]}), Path(there) / "a.csv")
    ...     read_text(Path(there) / "a.csv")
    'a\n1\n'
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".csv":
            frame.write_csv(file)
        else:
            frame.write_parquet(file)
    except OSError as error:
        raise FileError(f"{file} cannot be written: {error.strerror or error}.") from error


def write_text(file: Path, text: str) -> None:
    """Write a text file; an interrupted write leaves the old one as it was.

    Parameters
    ----------
    file : Path
        The file; its folder is made if it is not there.
    text : str
        The text.

    Raises
    ------
    FileError
        If it cannot be written.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as there:
    ...     write_text(Path(there) / "a.txt", "one")
    ...     read_text(Path(there) / "a.txt")
    'one'
    """
    write_bytes(file, text.encode("utf-8"))


def write_bytes(file: Path, data: bytes) -> None:
    """Write a file of bytes, such as an image; an interrupted write leaves the old one as it was.

    Parameters
    ----------
    file : Path
        The file; its folder is made if it is not there.
    data : bytes
        What it holds.

    Raises
    ------
    FileError
        If it cannot be written.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as there:
    ...     write_bytes(Path(there) / "a.bin", b"one")
    ...     (Path(there) / "a.bin").read_bytes()
    b'one'
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            Path(name).chmod(0o644)
            Path(name).replace(file)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise FileError(f"{file} cannot be written: {error.strerror or error}.") from error


def write_json(file: Path, data: Any) -> None:
    """Write plain data as JSON.

    Parameters
    ----------
    file : Path
        The file; its folder is made if it is not there.
    data : object
        Plain data.

    Raises
    ------
    FileError
        If it cannot be written.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as there:
    ...     write_json(Path(there) / "a.json", {"a": 1})
    """
    write_text(file, json.dumps(data, indent=2, ensure_ascii=False, default=str) + "\n")
