"""What every report keeps: tables are rectangles, text is escaped, sources are named."""

import io
from typing import Any

import pytest
from rich.console import Console

from protocyte.analysis.endpoint import estimate_endpoints
from protocyte.derivation import derive_analysis_data
from protocyte.design.programme import Programme, SampleOutlook, find_programme
from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
from protocyte.protocol.endpoint import ResponderEndpoint, ResponseEndpoint
from protocyte.protocol.parse import parse_protocol
from protocyte.protocol.rehearsal import parse_rehearsal
from protocyte.report.characteristics import render_characteristics
from protocyte.report.citation import render_citations
from protocyte.report.document import (
    Block,
    Document,
    Facts,
    Figure,
    Flow,
    Paragraph,
    Row,
    Section,
    Table,
)
from protocyte.report.html import render_html
from protocyte.report.synopsis import render_synopsis
from protocyte.report.terminal import render_terminal
from protocyte.report.trial import render_trial
from protocyte.standards.citation import CITATIONS

NAMES = ("ex02", "kj-c2320", "t-rrex", "udcar-sle", "wu-cart-007")


@pytest.fixture(scope="module")
def documents(rehearsed: Any) -> dict[str, list[Document]]:
    """Synopsis and trial report of every protocol."""
    found = {}
    for name in NAMES:
        plan, rehearsal, virtual, *_ = rehearsed(name)
        data = derive_analysis_data(virtual.record, plan)
        section = render_characteristics(
            find_programme(plan, rehearsal), protocol=plan, rehearsal=rehearsal
        )
        report = render_trial(data, estimate_endpoints(data), characteristics=section, origin=())
        found[name] = [render_synopsis(plan, origin=()), report]
    return found


def blocks(document: Document) -> list[Block]:
    return [block for section in document.sections for block in section.blocks]


@pytest.mark.parametrize("name", NAMES)
def test_every_table_is_a_rectangle(documents: dict[str, list[Document]], name: str) -> None:
    tables = [b for d in documents[name] for b in blocks(d) if isinstance(b, Table)]
    assert len(tables) > 10
    for table in tables:
        assert table.rows, table.title
        assert {len(row.cells) for row in table.rows} == {len(table.columns)}, table.title
        assert len(table.align) in (0, len(table.columns)), table.title
        assert table.title
        assert all(note.endswith(".") for note in table.footnotes), table.footnotes


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_printed_as_programs_print_it(
    documents: dict[str, list[Document]], name: str
) -> None:
    for block in (b for d in documents[name] for b in blocks(d)):
        match block:
            case Table():
                texts = [cell for row in block.rows for cell in row.cells]
            case Facts():
                texts = [value for _, value in block.pairs]
            case Paragraph():
                texts = [block.text]
            case Figure():
                texts = [block.title, block.describes, *block.footnotes]
            case Flow():
                texts = [label for label, *_ in (*block.steps, *block.ends)]
        for text in texts:
            words = text.replace("(", " ").replace(")", " ").replace(",", " ").split()
            assert not {"None", "nan", "NaN", "True", "False", "inf"} & set(words), text
            assert "  " not in text.lstrip(), text


@pytest.mark.parametrize("name", NAMES)
def test_headings_have_names_of_their_own(documents: dict[str, list[Document]], name: str) -> None:
    for document in documents[name]:
        anchors = [section.anchor for section in document.sections]
        assert len(set(anchors)) == len(anchors)


def test_numbers_of_the_flow_add_up(documents: dict[str, list[Document]], rehearsed: Any) -> None:
    for name in NAMES:
        (flow,) = (b for b in blocks(documents[name][1]) if isinstance(b, Flow))
        steps = {label: number for label, number, _ in flow.steps}
        cases = rehearsed(name).cases
        assert steps["consented"] == len(cases)
        assert steps["enrolled"] == sum(case.enrolment is not None for case in cases)
        assert steps["infused"] == sum(case.infusion is not None for case in cases)
        assert sum(number for _, number, _ in flow.ends) == steps["infused"]
        for (_, number, leaving), (_, following, _) in zip(
            flow.steps, flow.steps[1:], strict=False
        ):
            gone = sum(int(line.split()[0]) for line in leaving)
            assert gone in (0, number - following) or "had leukapheresis" in steps


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("name", NAMES)
def test_no_number_is_broken_in_a_terminal(
    documents: dict[str, list[Document]], name: str, width: int
) -> None:
    for table in (b for d in documents[name] for b in blocks(d) if isinstance(b, Table)):
        console = Console(width=width, file=io.StringIO())
        console.print(render_terminal(Document("", "", "", (Section("", (table,)),), ())))
        assert isinstance(console.file, io.StringIO)
        lines = console.file.getvalue().splitlines()
        assert max(map(len, lines)) <= width
        printed = "\n".join(lines)
        for row in table.rows:
            for cell in row.cells[1:]:
                if len(cell) <= 40 and not any(letter.isalpha() for letter in cell):
                    assert cell in printed, (table.title, cell)


def test_text_is_escaped() -> None:
    nasty = "<script>alert('&')</script>"
    document = Document(
        nasty,
        nasty,
        nasty,
        (
            Section(
                nasty,
                (
                    Paragraph(nasty),
                    Facts(((nasty, nasty),)),
                    Table(nasty, (nasty, "b"), (Row((nasty, "c")),), footnotes=(nasty,)),
                    Flow(nasty, ((nasty, 1, (nasty,)),), ((nasty, 1, (nasty,)),)),
                ),
            ),
        ),
        ((nasty, nasty),),
    )
    page = render_html(document)
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 14
    console = Console(width=80, file=io.StringIO())
    console.print(render_terminal(document))
    assert isinstance(console.file, io.StringIO)
    assert "<script>" in console.file.getvalue()


def test_brackets_are_no_markup_in_a_terminal() -> None:
    text = "doses [mg/d] and [/] and [bold]"
    table = Table(text, (text,), (Row((text,)),), footnotes=(text,))
    document = Document(text, text, "", (Section(text, (Paragraph(text), table)),), ((text, text),))
    console = Console(width=200, file=io.StringIO())
    console.print(render_terminal(document))
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().count(text) >= 8


# ── citations ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", NAMES)
def test_every_method_has_its_source(seed_trial: Any, name: str) -> None:
    plan, rehearsal = seed_trial(name)
    found = render_citations(plan, rehearsal)
    assert len(found) == len(set(found))
    methods = [method for method, _ in found]
    assert all(reference.endswith((".", *"0123456789")) for _, reference in found)
    scales = plan.safety.scales
    for scale in (scales.adverse_events, scales.crs, scales.icans, scales.gvhd):
        if scale is not None:
            assert (f"scale: {scale}", CITATIONS[scale]) in found
    for _, _, endpoint in plan.endpoints.ranked():
        if isinstance(endpoint, ResponseEndpoint):
            source = CITATIONS.get(endpoint.criteria, "No publication is on file here; cite the")
            assert dict(found)[f"scale: {endpoint.criteria}"].startswith(source)
        if isinstance(endpoint, ResponderEndpoint):
            assert f"scale: {endpoint.instrument.replace('drug-free ', '')}" in methods
    assert ("dose finding: BOIN12" in methods) == (name == "udcar-sle")
    assert ("dose finding: 3+3" in methods) == (name == "wu-cart-007")
    assert ("number treated: Simon" in methods) == (name in ("wu-cart-007", "t-rrex"))
    assert "virtual kinetics: Stein 2019" in methods
    assert "virtual kinetics: Stein 2019" not in [m for m, _ in render_citations(plan, None)]


# ── operating characteristics ────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("distribution", "seen"),
    [
        ((0.99, 0.01, 0.0), "0–0"),
        ((0.02, 0.08, 0.9), "1–2"),
        ((0.0, 0.0, 1.0), "2–2"),
        ((0.04, 0.92, 0.04), "1–1"),
        ((0.06, 0.88, 0.06), "0–2"),
    ],
)
def test_nine_in_ten_trials(distribution: tuple[float, ...], seen: str) -> None:
    plan = parse_protocol(EXAMPLE).plan
    assert plan is not None
    rehearsal = parse_rehearsal(REHEARSAL, protocol=plan).plan
    assert rehearsal is not None
    outlook = SampleOutlook(
        scenario="x",
        reached=1.0,
        response=(0.5,),
        at_level=(),
        positive=None,
        stops_early=None,
        expected=2.0,
        mean_responses=1.0,
        distribution=distribution,
    )
    section = render_characteristics(
        Programme(None, (outlook,)), protocol=plan, rehearsal=rehearsal
    )
    table = section.blocks[-1]
    assert isinstance(table, Table)
    cells = dict(zip(table.columns, table.rows[0].cells, strict=True))
    assert cells["Nine in ten trials see"] == seen
