"""The record as it stood on a day: what began later is left out, what ended later is still open."""

from datetime import date

import polars as pl

from protocyte.derivation.moment import derive_earliest_date
from protocyte.record import DOMAINS, Record

#: Columns that only the end of an event can fill.
_KNOWN_AT_END = {"AE": ("AEOUT", "AESDTH")}


def derive_cut(record: Record, *, at: date) -> Record:
    """Derive the record as it stood on a day.

    Rows that began later are left out, ends and deaths that came later are taken away. Of a
    partial date the first day that it may mean decides. What was learnt later about an event that
    had begun, such as its highest grade, stays: a table does not tell when it was learnt.

    Parameters
    ----------
    record : Record
        What happened.
    at : date
        The last day that is looked at.

    Returns
    -------
    Record
        The record without anything that came later.

    Examples
    --------
    >>> from datetime import datetime
    >>> from protocyte.record import About, fold_events
    >>> from protocyte.record.event import Consented, Died
    >>> told = {"participant": "P1", "by": "site", "recorded": datetime(2026, 9, 1)}
    >>> events = [Consented(happened="2026-03-01", **told), Died(happened="2026-09-01", **told)]
    >>> record = derive_cut(fold_events(events, about=About("DEMO")), at=date(2026, 8, 31))
    >>> record["DM"]["DTHFL"].to_list(), record["DS"]["DSDECOD"].to_list()
    ([None], ['INFORMED CONSENT OBTAINED'])
    """
    people = record["DM"].filter(~_later("RFICDTC", at))
    people = people.with_columns(
        _unless(_later("DTHDTC", at), "DTHDTC", "DTHFL") + _unless(_later("RFENDTC", at), "RFENDTC")
    )
    tables = {"DM": people}
    for name, table in DOMAINS.items():
        if name == "DM" or record[name].is_empty():
            continue
        rows = record[name].filter(~_later(table.time, at))
        end = f"{name}ENDTC"
        if end in rows.columns:
            rows = rows.with_columns(_unless(_later(end, at), end, *_KNOWN_AT_END.get(name, ())))
        tables[name] = rows.join(people, on="USUBJID", how="semi", maintain_order="left")
    return Record(record.about, tables)


def _later(column: str, at: date) -> pl.Expr:
    return (derive_earliest_date(column) > at).fill_null(value=False)


def _unless(condition: pl.Expr, *columns: str) -> list[pl.Expr]:
    return [pl.when(~condition).then(pl.col(column)).alias(column) for column in columns]
