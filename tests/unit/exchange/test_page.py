"""The page on imports: its example runs, its fragments can be read, its tables name every key."""

import re
import textwrap
from pathlib import Path

import pytest

from protocyte.errors import MappingError
from protocyte.exchange import TableMapping, import_mapping, import_tables
from protocyte.exchange.source import AnchorDate, Choice, Dates, Rows, Source
from protocyte.exchange.value import Test, Value
from protocyte.files import read_source

HEAD = """\
protocyte: 1
study: DEMO
participant: id
dates: {counted_from: infusion, day_zero: true, anchor: {file: people.csv, column: infused}}
choices:
  scale: {says: Scale, options: [Lee 2014, ASTCT 2019]}
tables:
  people.csv:
    rows:
      - domain: DM
"""
CHOSEN = """\
- domain: AE
  variables: {AESPID: CRS, AETERM: CRS, AEDECOD: CRS}
"""


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "how-to" / "import-a-table.md").read_text(encoding="utf-8")


def named(page: str, name: str) -> str:
    """Give the block that follows a file's name."""
    found = re.search(rf"^`{re.escape(name)}`:\n\n```\w+\n(.*?)^```", page, re.M | re.S)
    assert found, name
    return found[1]


def blocks(page: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", page, re.M | re.S)


def test_example_runs_as_the_page_says(page: str, tmp_path: Path) -> None:
    text = named(page, "mapping.yaml")
    parsed = import_mapping(text)
    assert parsed.is_sound
    assert parsed.plan is not None
    tables = {}
    for name, source in parsed.plan.tables.items():
        (tmp_path / name).write_text(named(page, name), encoding="utf-8")
        tables[name] = read_source(tmp_path / name, separator=source.separator)
    shown = blocks(page, "text")
    with pytest.raises(MappingError) as caught:
        import_tables(parsed.plan, tables)
    assert f"{caught.value.defects[0]}\n" in shown
    assert len(caught.value.defects) == 1

    mended = import_mapping(text.replace("missing: [n.d.]", "missing: [n.d., haemolysed]")).plan
    assert mended is not None
    done = import_tables(mended, tables)
    assert "\n".join(done.report.lines()) + "\n" in shown
    record = done.record
    crp = record["LB"].filter(LBTESTCD="CRP", USUBJID="01", LBDTC="2026-03-16").row(0, named=True)
    assert (crp["LBSTRESN"], crp["LBSTRESU"]) == (62.0, "mg/L")
    assert (crp["LBORRES"], crp["LBORRESU"]) == ("6,2", "mg/dL")
    assert record["AE"]["AESTDTC"].to_list() == ["2026-03-12", "2026-03"]
    low = record["PC"].filter(USUBJID="01", PCDTC="2026-03-09").row(0, named=True)
    assert (low["PCSTRESC"], low["PCSTRESN"], low["PCLLOQ"]) == ("<50", None, 50.0)
    assert record["EX"]["EXDOSE"].to_list() == [50e6, 47.5e6, 52e6]


def test_fragments_can_be_read(page: str) -> None:
    found = 0
    for block in blocks(page, "yaml"):
        rows = block
        if block.startswith("choose:"):
            rows = CHOSEN + textwrap.indent(block, "  ")
        elif block.startswith("RSDTC:"):
            rows = f"- domain: RS\n  variables:\n    RSTESTCD: A\n    RSTEST: A\n    {block}"
        elif not block.startswith("- domain:"):
            continue
        text = f"{HEAD}  t.csv:\n    rows:\n" + textwrap.indent(rows, "      ")
        assert not [str(finding) for finding in import_mapping(text).findings]
        found += 1
    assert found == 5


def test_finding_is_shown_as_it_is(page: str) -> None:
    rows = "      - domain: DM\n        variables: {AGEU: YEARS, SEKS: {column: sex}}\n"
    text = f"protocyte: 1\nstudy: DEMO\nparticipant: id\ntables:\n  people.csv:\n    rows:\n{rows}"
    (finding,) = import_mapping(text, file="mapping.yaml").findings
    assert f"{finding}\n" in blocks(page, "text")


@pytest.mark.parametrize(
    "model", [TableMapping, Dates, AnchorDate, Choice, Source, Rows, Value, Test]
)
def test_every_key_is_explained(model: type[TableMapping], page: str) -> None:
    keys = page[page.index("## Keys") :]
    for name in model.model_fields:
        assert f"`{name}`" in keys, name
