"""What happened: tables shaped as SDTM domains, and the events that they are folded from."""

from protocyte.record.domain import DOMAINS
from protocyte.record.event import Event
from protocyte.record.fold import fold_events
from protocyte.record.record import About, Record
from protocyte.record.table import Column, Table

__all__ = ["DOMAINS", "About", "Column", "Event", "Record", "Table", "fold_events"]
