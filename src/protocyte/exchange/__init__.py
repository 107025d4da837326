"""Foreign formats become records and records become foreign formats: pure mappings, no guesses."""

from protocyte.exchange.account import ImportReport
from protocyte.exchange.mapping import TableMapping, import_mapping
from protocyte.exchange.tabular import Imported, import_tables

__all__ = ["ImportReport", "Imported", "TableMapping", "import_mapping", "import_tables"]
