"""Small tables and mappings, as tests of imports write them."""

import textwrap
from collections.abc import Callable

import polars as pl
import pytest

from protocyte.exchange import Imported, TableMapping, import_mapping, import_tables

HEAD = """\
protocyte: 1
study: DEMO
participant: id
dates: {counted_from: infusion, day_zero: true, arbitrary: 2000-01-01}
"""
PEOPLE = """\
  people.csv:
    rows:
      - domain: DM
"""


@pytest.fixture
def mapped() -> Callable[..., TableMapping]:
    """Make a sound mapping of rows of one table, `t.csv`, beside the one that lists the people."""

    def make(rows: str, *, head: str = HEAD, table: str = "", people: str = PEOPLE) -> TableMapping:
        text = f"{head}tables:\n{people}  t.csv:\n"
        text += textwrap.indent(table, "    ")
        text += "    rows:\n" + textwrap.indent(textwrap.dedent(rows).strip("\n"), "      ") + "\n"
        parsed = import_mapping(text)
        assert parsed.is_sound, [str(finding) for finding in parsed.findings]
        assert parsed.plan is not None
        return parsed.plan

    return make


@pytest.fixture
def brought(mapped: Callable[..., TableMapping]) -> Callable[..., Imported]:
    """Import one table by its rows; everybody in it is in the list of people as well."""

    def bring(rows: str, columns: dict[str, list[str | None]], **options: str) -> Imported:
        table = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
        people = table.select("id").drop_nulls().unique(maintain_order=True)
        return import_tables(mapped(rows, **options), {"people.csv": people, "t.csv": table})

    return bring
