"""The fold from events to tables: later events fill and correct what earlier ones wrote."""

from collections.abc import Iterable
from typing import Any

import polars as pl

from protocyte.record.domain import DOMAINS
from protocyte.record.event import Event, Value
from protocyte.record.record import About, Record
from protocyte.record.table import Table

_Rows = dict[tuple[Any, ...], dict[str, Value]]


def fold_events(events: Iterable[Event], *, about: About, onto: Record | None = None) -> Record:
    """Fold events into a record.

    A row is known by its keys. An event that names a row again fills what was empty and replaces
    what it states; what it leaves out stays. Folding the first events and then the others onto
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
        If the tables that result do not have the shape that their domains promise.

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
            values = {"STUDYID": about.study, "DOMAIN": row.domain, "USUBJID": event.participant}
            table = DOMAINS[row.domain]
            _lay(rows[row.domain], table, values | row.values, counts[row.domain])
    frames = {
        name: pl.DataFrame(list(found.values()), schema=DOMAINS[name].schema, strict=False)
        for name, found in rows.items()
    }
    return Record(about, frames)


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
