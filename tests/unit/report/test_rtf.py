"""RTF is read back: braces close, letters survive, every cell of every table stands in its row."""

import re
from typing import Any

import pytest

from protocyte.protocol.checks.example import EXAMPLE
from protocyte.protocol.parse import parse_protocol
from protocyte.report.document import Document, Facts, Figure, Flow, Paragraph, Row, Section, Table
from protocyte.report.handout import render_handout
from protocyte.report.rtf import render_rtf

TOKEN = re.compile(
    r"\\u(?P<code>-?\d+)\?|\\(?P<word>[a-z*]+)(?P<number>-?\d+)? ?|\\(?P<literal>[\\{}])"
    r"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|(?P<line>[\r\n]+)"
)
IGNORED = {"fonttbl", "colortbl", "fldinst", "footer"}


class Read:
    """What a word processor would see."""

    def __init__(self, text: str) -> None:
        self.rows: list[list[str]] = []
        self.edges: list[list[int]] = []
        self.paragraphs: list[str] = []
        self.headers = 0
        self.depth, self.quiet, self.here = 0, 0, ""
        self.cells: list[str] = []
        place, units = 0, b""
        while place < len(text):
            found = TOKEN.match(text, place)
            assert found is not None, text[place : place + 40]
            place = found.end()
            if found["code"] is not None:
                units += (int(found["code"]) % 65536).to_bytes(2, "little")
                continue
            self.here += units.decode("utf-16-le")
            units = b""
            if found["brace"]:
                self._brace(opens=found["brace"] == "{")
            elif found["word"] and not self.quiet:
                self._word(found["word"], int(found["number"] or 0))
            elif not self.quiet:
                self.here += found["literal"] or found["text"] or ""
        assert (self.depth, self.here, self.cells) == (0, "", [])

    def _brace(self, *, opens: bool) -> None:
        self.depth += 1 if opens else -1
        assert self.depth >= 0
        if self.depth < self.quiet:
            self.quiet = 0

    def _word(self, word: str, number: int) -> None:
        if word in IGNORED:
            self.quiet = self.depth
        elif word == "trowd":
            self.edges.append([])
        elif word == "cellx":
            self.edges[-1].append(number)
        elif word == "trhdr":
            self.headers += 1
        elif word == "line":
            self.here += "\n"
        elif word == "cell":
            self.cells.append(self.here)
            self.here = ""
        elif word == "row":
            self.rows.append(self.cells)
            self.cells = []
        elif word == "par":
            self.paragraphs.append(self.here)
            self.here = ""


def document(*blocks: Any) -> Document:
    return Document("Title", "Sub", "rehearsal", (Section("Part", blocks),), (("Seed", "1"),))


def test_letters_beyond_ascii_and_signs_of_rtf_survive() -> None:
    odd = "λe ≤ 0.236 {a} \\b μ – “x” 🧬\nnext"
    text = render_rtf(document(Paragraph(odd)))
    assert text.isascii()
    read = Read(text)
    assert odd in read.paragraphs
    assert read.paragraphs[:3] == ["Title [rehearsal]", "Sub", "Part"]


def test_a_table_keeps_its_rows_and_columns() -> None:
    rows = (Row(("group",), "group"), Row(("a", "1", "")), Row(("b", "22", "≥ 3"), "total"))
    table = Table("Numbers", ("Name", "n", "Limit"), rows, align="lrc", footnotes=("Note.",))
    read = Read(render_rtf(document(table)))
    assert read.rows == [
        ["Name", "n", "Limit"], ["group"], ["a", "1", ""], ["b", "22", "≥ 3"],
    ]  # fmt: skip
    assert read.headers == 1
    assert [len(edges) for edges in read.edges] == [3, 1, 3, 3]
    for edges in read.edges:
        assert edges == sorted(set(edges))
        assert edges[-1] == read.edges[0][-1]
    assert "Numbers" in read.paragraphs
    assert "Note." in read.paragraphs


def test_a_table_without_rows_and_columns_that_are_empty() -> None:
    read = Read(render_rtf(document(Table("Empty", ("", ""), ()))))
    assert read.rows == [["", ""]]


def test_what_is_no_table_is_told() -> None:
    flow = Flow("Flow", (("screened", 5, ()),))
    figure = Figure("Bars", None, "One bar.")
    read = Read(render_rtf(document(Facts((("Name", "value"),)), flow, figure)))
    assert read.rows == [["Name", "value"]]
    assert "Flow\n5 screened" in read.paragraphs
    assert "Bars: One bar. (drawn on the HTML page)" in read.paragraphs


@pytest.mark.parametrize(
    ("columns", "is_wide"), [(3, False), (14, True)], ids=["upright", "on its side"]
)
def test_wide_tables_lie_on_their_side(columns: int, is_wide: bool) -> None:
    names = tuple(map(str, range(columns)))
    text = render_rtf(document(Table("T", names, (Row(names),))))
    assert (r"\landscape" in text) == is_wide
    across = re.search(r"\\paperw(\d+)", text)
    assert across is not None
    assert Read(text).edges[0][-1] < int(across[1])


def test_a_handout_is_read_back_cell_by_cell() -> None:
    plan = parse_protocol(EXAMPLE).plan
    assert plan is not None
    handout = render_handout(plan, origin=(("Program", "protocyte"),))
    read = Read(render_rtf(handout))
    expected: list[list[str]] = []
    for block in handout.sections[0].blocks:
        if isinstance(block, Facts):
            expected += [list(pair) for pair in block.pairs]
        if isinstance(block, Table):
            expected += [list(block.columns), *(list(row.cells) for row in block.rows)]
    assert read.rows == expected
    assert len(expected) > 10
