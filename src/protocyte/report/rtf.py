"""A document in Rich Text Format, as word processors open it: text and tables, without figures."""

from typing import Final

from protocyte.report.document import Block, Document, Facts, Figure, Flow, Paragraph, Row, Table

#: Twips, a twentieth of a point: A4 upright and its margins.
_LONG, _SHORT, _MARGIN = 16838, 11906, 1134
#: Columns from which on a page lies on its side.
_WIDE: Final = 9
_HEAD: Final = (
    r"{\rtf1\ansi\ansicpg1252\uc1\deff0"
    r"{\fonttbl{\f0\fswiss\fcharset0 Arial;}}"
    r"{\colortbl;\red31\green41\blue51;\red102\green114\blue127;}"
)
_RULE: Final = r"\clbrdrb\brdrs\brdrw5"
_ALIGN: Final = {"left": r"\ql", "right": r"\qr", "centre": r"\qc"}
#: Characters that mean something in RTF.
_SPECIAL: Final = {"\\": r"\\", "{": r"\{", "}": r"\}", "\n": r"\line ", "\t": r"\tab "}


def render_rtf(document: Document) -> str:
    r"""Render a document as RTF.

    Parameters
    ----------
    document : Document
        The document.

    Returns
    -------
    str
        RTF text of ASCII characters alone; what lies beyond is escaped.

    Examples
    --------
    >>> text = render_rtf(Document("Dose ≥ 2", "", "", (), ()))
    >>> text.startswith(r"{\rtf1"), text.isascii(), r"\u8805?" in text
    (True, True, True)
    """
    tables = [b for section in document.sections for b in section.blocks if isinstance(b, Table)]
    wide = any(len(table.columns) >= _WIDE for table in tables)
    width = (_LONG if wide else _SHORT) - 2 * _MARGIN
    badge = f" [{document.badge}]" if document.badge else ""
    parts = [_HEAD, _page(wide=wide), _footer(document)]
    parts.append(_paragraph(document.title + badge, r"\b\fs32"))
    if document.subtitle:
        parts.append(_paragraph(document.subtitle, r"\cf2\fs20"))
    for section in document.sections:
        parts.append(_paragraph(section.title, r"\sb240\keepn\b\fs26"))
        parts += [_block(block, width) for block in section.blocks]
    return "\n".join(parts) + "\n\\pard\\par}\n"


def _page(*, wide: bool) -> str:
    across, down = (_LONG, _SHORT) if wide else (_SHORT, _LONG)
    margins = rf"\margl{_MARGIN}\margr{_MARGIN}\margt{_MARGIN}\margb{_MARGIN}"
    return rf"\paperw{across}\paperh{down}{margins}" + (r"\landscape" if wide else "")


def _footer(document: Document) -> str:
    """Say on every page how the document came about, and which page it is."""
    origin = "  ".join(f"{name}: {value}" for name, value in document.origin)
    page = r"{\field{\*\fldinst PAGE}{\fldrslt 1}}"
    return rf"{{\footer\pard\f0\fs14\cf2 {_escape(origin)}\tab {page}\par}}"


def _escape(text: str) -> str:
    """Write a text so that RTF reads it as it is."""
    written = []
    for letter in text:
        if letter in _SPECIAL:
            written.append(_SPECIAL[letter])
        elif letter.isascii():
            written.append(letter)
        else:
            units = letter.encode("utf-16-le")
            for low, high in zip(units[::2], units[1::2], strict=True):
                code = low + 256 * high
                written.append(rf"\u{code - 65536 if code > 32767 else code}?")
    return "".join(written)


def _paragraph(text: str, style: str = r"\fs20") -> str:
    return rf"{{\pard\f0\cf1\sa120{style} {_escape(text)}\par}}"


def _block(block: Block, width: int) -> str:
    match block:
        case Paragraph():
            return _paragraph(block.text, r"\cf2\fs18" if block.tone == "note" else r"\fs20")
        case Facts():
            rows = tuple(Row(pair) for pair in block.pairs)
            return _table(Table("", (), rows), width, columns=2)
        case Table():
            return _table(block, width, columns=len(block.columns))
        case Flow():
            lines = [f"{number} {label}" for label, number, _ in (*block.steps, *block.ends)]
            return _paragraph("\n".join([block.title, *lines]))
        case Figure():
            return _paragraph(f"{block.title}: {block.describes} (drawn on the HTML page)")


def _table(table: Table, width: int, *, columns: int) -> str:
    edges = _edges(table, width, columns)
    lines = [_paragraph(table.title, r"\sb120\keepn\b\fs20")] if table.title else []
    if table.columns:
        lines.append(_row(table, table.columns, edges, head=True))
    for row in table.rows:
        if row.kind == "group":
            lines.append(_row(table, row.cells[:1], edges[-1:], bold=True))
        else:
            lines.append(_row(table, row.cells, edges, bold=row.kind == "total"))
    lines += [_paragraph(note, r"\sb40\cf2\fs16") for note in table.footnotes]
    return "\n".join(lines)


def _edges(table: Table, width: int, columns: int) -> list[int]:
    """Return the right edges of columns that are as wide as their longest words ask for."""
    texts = [table.columns, *(row.cells for row in table.rows if row.kind != "group")]
    wants = [
        min(max(max((len(cells[number]) for cells in texts if cells), default=1), 4), 48)
        for number in range(columns)
    ]
    total, edges, so_far = sum(wants), [], 0
    for want in wants:
        so_far += want
        edges.append(round(width * so_far / total))
    return edges


def _row(
    table: Table,
    cells: tuple[str, ...],
    edges: list[int],
    *,
    head: bool = False,
    bold: bool = False,
) -> str:
    """Write one row; a header is repeated on every page."""
    start = r"\trowd\trgaph70\trkeep" + (r"\trhdr" if head else "")
    marks = "".join(rf"{_RULE}\cellx{edge}" for edge in edges)
    weight = r"\b" if head or bold else ""
    written = "".join(
        rf"{{\pard\intbl{_ALIGN[table.alignment(number)]}\f0\cf1\fs18{weight} "
        rf"{_escape(cell)}\cell}}"
        for number, cell in enumerate(cells)
    )
    return f"{start}{marks}{written}" + r"\row"
