"""A document in a terminal, without its figures."""

from dataclasses import replace
from typing import Final, Literal

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table as RichTable
from rich.text import Text

from protocyte.report.document import Block, Document, Facts, Figure, Flow, Paragraph, Table

_STYLES = {"plain": "", "note": "cyan", "warning": "yellow"}
_JUSTIFY: Final[dict[str, Literal["left", "right", "center"]]] = {
    "left": "left",
    "right": "right",
    "centre": "center",
}

_PADDING: Final = 1
_GAP: Final = _PADDING + 1
_EDGES: Final = 2
_SHORT_NAME: Final = 20
_LONGEST_WORD: Final = 40


def render_terminal(document: Document) -> RenderableType:
    """Render a document for a terminal.

    Parameters
    ----------
    document : Document
        The document.

    Returns
    -------
    rich.console.RenderableType
        What a Rich console prints.

    Examples
    --------
    >>> from rich.console import Console
    >>> console = Console(width=30, file=__import__("io").StringIO())
    >>> console.print(render_terminal(Document("Title", "", "", (), ())))
    >>> "Title" in console.file.getvalue()
    True
    """
    badge = f"  [{document.badge}]" if document.badge else ""
    heading = Text(document.title + badge, style="bold")
    parts: list[RenderableType] = [Panel(Group(heading, document.subtitle), box=box.HEAVY)]
    for section in document.sections:
        parts.append(Rule(Text(section.title, style="bold"), align="left", style="dim"))
        parts += [Padding(_block(block), (0, 0, 1, 0)) for block in section.blocks]
    origin = "  ".join(f"{name}: {value}" for name, value in document.origin)
    parts.append(Text(origin, style="dim"))
    return Group(*parts)


def _block(block: Block) -> RenderableType:
    match block:
        case Paragraph():
            return Text(block.text, style=_STYLES[block.tone])
        case Facts():
            grid = RichTable.grid(padding=(0, 2))
            grid.add_column(style="dim", no_wrap=True)
            grid.add_column()
            for name, value in block.pairs:
                grid.add_row(name, Text(value))
            return grid
        case Table():
            return _table(block)
        case Flow():
            return _flow(block)
        case Figure():
            return Text(f"{block.title}: {block.describes} (drawn on the page)", style="dim")


def _table(block: Table) -> RenderableType:
    return _Grid(block) if block.compact else _Sheet(block)


def _is_short(block: Table) -> bool:
    """Whether names in the first column are short enough to stand on one line."""
    return max((len(row.cells[0]) for row in block.rows), default=0) <= _SHORT_NAME


def _frame(*, padding: int) -> RichTable:
    return RichTable(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, padding, 0, 0))


def _titled(block: Table, *tables: RenderableType) -> Group:
    """Put title and footnotes around a table, as wide as the page and not as the table."""
    parts: list[RenderableType] = [Text(block.title, style="bold"), *tables]
    if block.footnotes:
        parts.append(Text("\n".join(block.footnotes), style="dim"))
    return Group(*parts)


def _parts(widths: list[int], room: int) -> list[list[int]]:
    """Part columns, numbered from 1, so that each part fits beside the first column."""
    parts: list[list[int]] = [[]]
    left = room
    for number, width in enumerate(widths, start=1):
        if parts[-1] and width > left:
            parts.append([])
            left = room
        parts[-1].append(number)
        left -= width
    return parts


class _Sheet:
    """A table whose columns are as wide as the page allows; no number, and no word, is broken.

    Where all columns do not fit beside each other, they are cut into parts that do.
    """

    def __init__(self, block: Table) -> None:
        self._block = block
        columns = range(len(block.columns))
        self._least = [_least(block, number) for number in columns]
        self._whole = [max(map(_line, _texts(block, number))) for number in columns]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        del console
        room = options.max_width - _EDGES
        # However long names are, another column stands beside them.
        beside = max(self._least[1:], default=-_GAP) + _GAP
        self._least[0] = max(min(self._least[0], room - beside), 1)
        room -= self._least[0]
        parts = _parts([width + _GAP for width in self._least[1:]], room)
        yield _titled(self._block, *(self._filled([0, *part], options) for part in parts))

    def _filled(self, columns: list[int], options: ConsoleOptions) -> RichTable:
        """Make a table of some of the columns."""
        block, table = self._block, _frame(padding=_PADDING)
        widths = _widths(
            [self._least[number] for number in columns],
            [self._whole[number] for number in columns],
            options.max_width - _EDGES - _GAP * (len(columns) - 1),
        )
        for number, width in zip(columns, widths, strict=True):
            justify = _JUSTIFY[block.alignment(number)]
            heading = Text(block.columns[number])
            table.add_column(heading, justify=justify, overflow="fold", width=width)
        for row in block.rows:
            style = "bold" if row.kind in ("group", "total") else ""
            table.add_row(*(Text(row.cells[number]) for number in columns), style=style)
        return table


def _texts(block: Table, number: int) -> list[str]:
    """List what stands in a column, its heading first."""
    return [block.columns[number], *(row.cells[number] for row in block.rows)]


def _line(text: str) -> int:
    """Return the width of the longest line of a text."""
    return max(map(cell_len, text.split("\n")))


def _least(block: Table, number: int) -> int:
    """Return how narrow a column may be: numbers stand on one line, words are not broken."""
    heading, *cells = _texts(block, number)
    if number == 0 and (block.tree or _is_short(block)):
        return max(map(_line, [*cells, *(heading.split() or [""])]))
    unbroken = [word for text in (heading, *cells) for word in text.split()]
    whole = [cell for cell in cells if not any(map(str.isalpha, cell))]
    least = max((cell_len(word) for word in unbroken), default=1)
    return min(max([least, *map(_line, whole)]), _LONGEST_WORD)


def _widths(least: list[int], whole: list[int], room: int) -> list[int]:
    """Give each column what it needs at least, and share the rest among those that need more."""
    widths = list(least)
    spare = room - sum(widths)
    while spare > 0:
        wanting = [i for i, width in enumerate(widths) if width < whole[i]]
        if not wanting:
            break
        narrowest = min(widths[i] for i in wanting)
        for i in [i for i in wanting if widths[i] == narrowest][:spare]:
            widths[i] += 1
            spare -= 1
    return widths


class _Grid:
    """A table of marks, cut into parts that fit the width of the terminal."""

    def __init__(self, block: Table) -> None:
        self._block = block

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        del console
        block, heads = self._block, [_short(heading) for heading in self._block.columns]
        names = max(len(row.cells[0]) for row in block.rows)
        parts = _parts([len(head) + 2 for head in heads[1:]], options.max_width - names - 2)
        for part in parts:
            shown = replace(block, footnotes=block.footnotes if part is parts[-1] else ())
            table = _frame(padding=_PADDING)
            table.add_column("", no_wrap=True, min_width=names)
            for number in part:
                table.add_column(heads[number], justify="center", no_wrap=True)
            for row in block.rows:
                table.add_row(row.cells[0], *(row.cells[number] for number in part))
            yield _titled(shown, table)


def _short(heading: str) -> str:
    """Shorten a time, so that a schedule fits into a terminal: D14, M3."""
    for word, letter in (("Days ", "D"), ("Day ", "D"), ("Month ", "M"), ("Week ", "W")):
        heading = heading.replace(word, letter)
    return heading.replace(" to ", "..").replace("Screening", "Scr").replace("Leukapheresis", "LA")


def _flow(block: Flow) -> RenderableType:
    lines = [Text(block.title, style="bold")]
    for label, number, leaving in block.steps:
        lines.append(Text(f"{number:>5} {label}"))
        lines += [Text(f"      – {line}", style="dim") for line in leaving]
    for label, number, details in block.ends:
        lines.append(Text(f"{number:>5} {label}: {'; '.join(details)}"))
    return Group(*lines)
