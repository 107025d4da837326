"""The record: a validated set of tables, and where it comes from."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Literal

import polars as pl

from protocyte.errors import RecordError
from protocyte.record.domain import DOMAINS
from protocyte.record.table import Table

_STARTS_AND_ENDS = (
    ("EX", "EXSTDTC", "EXENDTC"),
    ("AE", "AESTDTC", "AEENDTC"),
    ("MH", "MHSTDTC", "MHENDTC"),
    ("CM", "CMSTDTC", "CMENDTC"),
)
_MOST_IN_MESSAGE = 5


@dataclass(frozen=True, slots=True)
class About:
    """Where a record comes from.

    Parameters
    ----------
    study : str
        Study identifier.
    provenance : {"real", "rehearsal"}
        Participants, or virtual patients.
    protocol_digest : str
        Digest of the protocol under which it was recorded; empty if unknown.
    version : str
        Version of the program that wrote it.
    seed : int or None
        Seed, if chance was involved.
    command : str
        Command that wrote it.
    dates : {"actual", "arbitrary"}
        Whether dates are real, or only their differences are.
    notes : tuple of str
        What a reader must know.
    """

    study: str
    provenance: Literal["real", "rehearsal"] = "real"
    protocol_digest: str = ""
    version: str = ""
    seed: int | None = None
    command: str = ""
    dates: Literal["actual", "arbitrary"] = "actual"
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


@dataclass(frozen=True)
class Record:
    """Everything that was recorded in one trial.

    Parameters
    ----------
    about : About
        Where it comes from.
    tables : mapping of str to polars.DataFrame
        Tables by domain; absent domains are empty.

    Raises
    ------
    RecordError
        If a table does not have the shape that its domain promises; all defects are listed.

    Examples
    --------
    >>> record = Record(About("DEMO"), {})
    >>> record["AE"].height
    0
    """

    about: About
    tables: Mapping[str, pl.DataFrame] = field(repr=False)

    def __post_init__(self) -> None:
        defects = [
            f"{name}: is not a domain that is known here ({', '.join(DOMAINS)})"
            for name in self.tables
            if name not in DOMAINS
        ]
        shaped: dict[str, pl.DataFrame] = {}
        for name, table in DOMAINS.items():
            frame, found = table.shaped(self.tables.get(name, table.empty()))
            shaped[name] = _ordered(table, frame)
            defects += found
        if not defects:
            defects += _strangers(shaped) + _backwards(shaped)
        if defects:
            shown = "; ".join(defects[:_MOST_IN_MESSAGE])
            more = len(defects) - _MOST_IN_MESSAGE
            rest = f"; and {more} more" if more > 0 else ""
            raise RecordError(f"The record has {len(defects)} defects: {shown}{rest}.", defects)
        object.__setattr__(self, "tables", shaped)

    def __getitem__(self, domain: str) -> pl.DataFrame:
        return self.tables[domain]

    @cached_property
    def participants(self) -> tuple[str, ...]:
        """Identifiers of all participants, in order."""
        return tuple(self["DM"]["USUBJID"].sort().to_list())

    @cached_property
    def last_date(self) -> str:
        """Latest full date anywhere in the record (ISO 8601); empty if there is none."""
        latest = ""
        for name, table in DOMAINS.items():
            for column in table.columns:
                if column.kind == "date":
                    dates = self[name][column.name].drop_nulls().str.slice(0, 10)
                    full = dates.filter(dates.str.len_chars() == len("2000-01-01"))
                    if full.len():
                        latest = max(latest, str(full.max()))
        return latest


def _ordered(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    by = ["USUBJID", table.sequence] if table.sequence else list(table.keys)
    return frame.sort(by, nulls_last=True, maintain_order=True)


def _strangers(tables: Mapping[str, pl.DataFrame]) -> list[str]:
    """List rows about people who are not in DM."""
    known = tables["DM"]["USUBJID"].to_list()
    return [
        f'{name}: USUBJID "{person}" is not in DM'
        for name, frame in tables.items()
        for person in frame.filter(~pl.col("USUBJID").is_in(known))["USUBJID"].unique().sort()
    ]


def _backwards(tables: Mapping[str, pl.DataFrame]) -> list[str]:
    """List rows that end before they start."""
    defects = []
    for name, start, end in _STARTS_AND_ENDS:
        frame = tables[name].with_row_index("row")
        day = [pl.col(column).str.slice(0, 10).alias(f"{column}_day") for column in (start, end)]
        full = pl.min_horizontal(pl.col(start).str.len_chars(), pl.col(end).str.len_chars())
        wrong = frame.with_columns(day).filter(
            (full >= len("2000-01-01")) & (pl.col(f"{end}_day") < pl.col(f"{start}_day"))
        )
        defects += [
            f'{name} row {row["row"] + 1} ({row["USUBJID"]}): {end} "{row[end]}" is before '
            f'{start} "{row[start]}"'
            for row in wrong.iter_rows(named=True)
        ]
    return defects
