"""The record: a validated set of tables, and where it comes from."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Literal, get_args

import polars as pl

from protocyte.errors import RecordError
from protocyte.record.domain import DOMAINS
from protocyte.record.table import ISO_8601, Table

Provenance = Literal["real", "rehearsal"]
Dates = Literal["actual", "arbitrary"]
_PROVENANCES: tuple[str, ...] = get_args(Provenance)
_DATES: tuple[str, ...] = get_args(Dates)
_STARTS_AND_ENDS = (
    ("EX", "EXSTDTC", "EXENDTC"),
    ("AE", "AESTDTC", "AEENDTC"),
    ("MH", "MHSTDTC", "MHENDTC"),
    ("CM", "CMSTDTC", "CMENDTC"),
)
_MOST_IN_MESSAGE = 5
_DAY = "2000-01-01"


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

    Raises
    ------
    RecordError
        If `provenance` or `dates` is another word: virtual patients must not pass for real ones.
    """

    study: str
    provenance: Provenance = "real"
    protocol_digest: str = ""
    version: str = ""
    seed: int | None = None
    command: str = ""
    dates: Dates = "actual"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, known in (("provenance", _PROVENANCES), ("dates", _DATES)):
            if getattr(self, name) not in known:
                raise RecordError(
                    f'The {name} of a record cannot be "{getattr(self, name)}"; write '
                    f"{' or '.join(known)}."
                )

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
            shaped[name], found = table.shaped(self.tables.get(name, table.empty()))
            defects += found
        defects += _strangers(shaped) + _backwards(shaped) + _undated_infusions(shaped)
        if defects:
            shown = "; ".join(defects[:_MOST_IN_MESSAGE])
            more = len(defects) - _MOST_IN_MESSAGE
            rest = f"; and {more} more" if more > 0 else ""
            count = f"{len(defects)} defect{'s' if len(defects) > 1 else ''}"
            raise RecordError(f"The record has {count}: {shown}{rest}.", defects)
        ordered = {name: _ordered(DOMAINS[name], frame) for name, frame in shaped.items()}
        object.__setattr__(self, "tables", ordered)

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
                    full = dates.filter(dates.str.len_chars() == len(_DAY))
                    if full.len():
                        latest = max(latest, str(full.max()))
        return latest


def _ordered(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    if not frame.height:
        return frame
    by = ["USUBJID", table.sequence] if table.sequence else list(table.keys)
    return frame.sort(by, nulls_last=True, maintain_order=True)


def _strangers(tables: Mapping[str, pl.DataFrame]) -> list[str]:
    """List people who have rows and are not in DM."""
    known = tables["DM"]["USUBJID"].to_list()
    return [
        f'{name} row {row}: USUBJID "{person}" is not in DM'
        for name, frame in tables.items()
        if frame.height
        for person, row in frame.with_row_index("row", offset=1)
        .filter(~pl.col("USUBJID").is_in(known))
        .group_by("USUBJID", maintain_order=True)
        .agg(pl.col("row").first())
        .iter_rows()
    ]


def _backwards(tables: Mapping[str, pl.DataFrame]) -> list[str]:
    """List rows that end before they start, as far as both dates tell."""
    defects = []
    for name, start, end in _STARTS_AND_ENDS:
        told = pl.min_horizontal(pl.col(start, end).str.len_chars())
        wrong = (
            tables[name]
            .with_row_index("row", offset=1)
            .filter(pl.col(start).str.contains(ISO_8601), pl.col(end).str.contains(ISO_8601))
            .filter(pl.col(end).str.slice(0, told) < pl.col(start).str.slice(0, told))
        )
        defects += [
            f'{name} row {row["row"]} ({row["USUBJID"]}): {end} "{row[end]}" is before '
            f'{start} "{row[start]}"'
            for row in wrong.iter_rows(named=True)
        ]
    return defects


def _undated_infusions(tables: Mapping[str, pl.DataFrame]) -> list[str]:
    """List infusions of cells whose day is not known: all other days are counted from it."""
    infusions = tables["EX"].with_row_index("row", offset=1)
    wrong = infusions.filter(
        (pl.col("EXCAT") == "CELL INFUSION") & (pl.col("EXSTDTC").str.len_chars() < len(_DAY))
    )
    return [
        f'EX row {row["row"]} ({row["USUBJID"]}): EXSTDTC "{row["EXSTDTC"]}" of an infusion of '
        "cells is not a full date"
        for row in wrong.iter_rows(named=True)
    ]
