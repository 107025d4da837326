"""Writes docs/reference/record.md from the domains of the record."""

from pathlib import Path

from protocyte.record import DOMAINS, Column, Table

PAGE = Path(__file__).parents[1] / "reference/record.md"
HEAD = """\
# The record

A record is a folder: `record.json`, which says where it comes from, and a Parquet or CSV file a
domain. Tables are shaped as SDTM domains (SDTMIG v3.4). Dates are ISO 8601 text and may be partial
(`2026-03`). A number has its unit in the column that is named beside it. Columns marked *not in
SDTM* are exported as supplemental qualifiers.

A table that does not have this shape is refused with every defect listed: table, row, column,
value. This page is written by `docs/_generate/tables.py`.
"""


def page() -> str:
    """Return the page."""
    return HEAD + "".join(section(table) for table in DOMAINS.values())


def section(table: Table) -> str:
    """Return the part about one domain."""
    rows = "\n".join(row(column) for column in table.columns)
    keys = ", ".join(f"`{key}`" for key in table.keys)
    return (
        f"\n## {table.domain}: {table.label}\n\nRows are told apart by {keys}.\n\n"
        f"| column | holds | meaning |\n|---|---|---|\n{rows}\n"
    )


def row(column: Column) -> str:
    """Return the line about one column."""
    notes = [f"one of {', '.join(column.terms)}"] if column.terms else []
    notes += [f"unit in `{column.unit_in}`"] if column.unit_in else []
    notes += ["required"] if column.required else []
    notes += ["not in SDTM"] if column.supplemental else []
    more = f" ({'; '.join(notes)})" if notes else ""
    return f"| `{column.name}` | {column.kind} | {column.label}{more} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
