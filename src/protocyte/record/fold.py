"""The fold from events to tables: later events fill and correct what earlier ones wrote."""

from collections.abc import Iterable
from typing import Any

import polars as pl

from protocyte.errors import RecordError
from protocyte.record.domain import DOMAINS
from protocyte.record.event import Event, Row, Value
from protocyte.record.record import About, Record
from protocyte.record.table import Table

_Rows = dict[tuple[Any, ...], dict[str, Value]]


def fold_events(events: Iterable[Event], *, about: About, onto: Record | None = None) -> Record:
    """Fold events into a record.

    A row is known by its keys. An event that names a row again fills what was empty and replaces
    what it states; what it leaves out stays. A correction may also empty a value, or give a key
    another one. Folding the first events and then the others onto
    the result gives the same record as folding all of them.

    Parameters
    ----------
    events : iterable of Event
        Events in the order in which they were recorded.
    about : About
        Where the record comes from.
    onto : Record, optional
        A record to go on from.

    Returns
    -------
    Record
        The record.

    Raises
    ------
    RecordError
        If an event names a domain or column that is not there, if a correction names no row, or if
        the tables that result do not have the shape that their domains promise.

    Examples
    --------
    >>> from datetime import datetime
    >>> from protocyte.record.event import Consented, Died
    >>> told = {"participant": "P1", "recorded": datetime(2026, 3, 1), "by": "site"}
    >>> events = [Consented(happened="2026-03-01", **told), Died(happened="2026-09-01", **told)]
    >>> fold_events(events, about=About("DEMO"))["DM"]["DTHDTC"].item()
    '2026-09-01'
    """
    rows: dict[str, _Rows] = {name: {} for name in DOMAINS}
    if onto is not None:
        for name, table in DOMAINS.items():
            for values in onto[name].iter_rows(named=True):
                rows[name][_key(table, values)] = dict(values)
    counts = {name: _counts(DOMAINS[name], found) for name, found in rows.items()}
    for event in events:
        for row in event.rows():
            table, found = _table(row, event), rows[row.domain]
            person: dict[str, Value]
            person = {"STUDYID": about.study, "DOMAIN": row.domain, "USUBJID": event.participant}
            if row.corrects is None:
                _lay(found, table, person | row.values, counts[row.domain])
            else:
                _correct(found, table, row, person)
    return Record(about, {name: _frame(DOMAINS[name], found) for name, found in rows.items()})


def _table(row: Row, event: Event) -> Table:
    """Give the table that a row is for; nothing that an event says may be lost."""
    table = DOMAINS.get(row.domain)
    if table is None:
        raise RecordError(
            f"{_named(event)} is for {row.domain}, which is not a domain that is known here "
            f"({', '.join(DOMAINS)})."
        )
    odd = [name for name in {**row.values, **(row.corrects or {})} if name not in table.schema]
    if odd:
        raise RecordError(
            f"{_named(event)} fills {odd[0]}, which is not a column of {row.domain}; use one of "
            f"{', '.join(table.schema)}."
        )
    return table


def _named(event: Event) -> str:
    what = type(event).__name__
    return f"The event {what} of {event.participant}, recorded {event.recorded:%Y-%m-%d %H:%M},"


def _frame(table: Table, rows: _Rows) -> pl.DataFrame:
    """Make a table of rows; the record names what is not of the right type."""
    found = list(rows.values())
    return pl.DataFrame(
        [
            _series(name, [values[name] for values in found], is_text=dtype is pl.String)
            for name, dtype in table.schema.items()
        ]
    )


def _series(name: str, values: list[Value], *, is_text: bool) -> pl.Series:
    if is_text or any(isinstance(value, str) for value in values):
        return pl.Series(name, [None if v is None else str(v) for v in values], pl.String)
    return pl.Series(name, values, pl.Float64)


def _key(table: Table, values: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(values.get(name) for name in table.keys)


def _counts(table: Table, rows: _Rows) -> dict[str, int]:
    """Give the highest sequence number of each participant."""
    highest: dict[str, int] = {}
    if table.sequence:
        for values in rows.values():
            person, number = str(values["USUBJID"]), int(values[table.sequence] or 0)
            highest[person] = max(highest.get(person, 0), number)
    return highest


def _lay(rows: _Rows, table: Table, values: dict[str, Value], counts: dict[str, int]) -> None:
    key = _key(table, values)
    if key not in rows:
        rows[key] = dict.fromkeys(table.schema)
        if table.sequence:
            person = str(values["USUBJID"])
            counts[person] = counts.get(person, 0) + 1
            rows[key][table.sequence] = counts[person]
    rows[key].update({name: value for name, value in values.items() if value is not None})


def _correct(rows: _Rows, table: Table, row: Row, person: dict[str, Value]) -> None:
    """Replace values of the row that has these keys; it keeps its sequence number."""
    fixed = sorted({*person, table.sequence} & row.values.keys())
    if fixed:
        raise RecordError(f"{fixed[0]} of {table.domain} cannot be corrected: it names the row.")
    key = _key(table, person | (row.corrects or {}))
    named = ", ".join(f"{name}={value}" for name, value in zip(table.keys, key, strict=True))
    if key not in rows:
        raise RecordError(
            f"A correction names a row of {table.domain} that is not there ({named}); give every "
            f"key as it was recorded: {', '.join(table.keys)}."
        )
    corrected = rows.pop(key) | row.values
    moved = _key(table, corrected)
    if moved in rows:
        raise RecordError(
            f"A correction would make two rows of {table.domain} the same ({named}); correct the "
            "values of one of them instead."
        )
    rows[moved] = corrected
