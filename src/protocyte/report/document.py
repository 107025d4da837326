"""What a report is made of: sections of tables, figures and sentences, without typography.

One definition is shown in a terminal, on a page and on paper. Renderers read it; nobody else knows
what a heading looks like.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

_ALIGN = {"l": "left", "r": "right", "c": "centre"}
Tone = Literal["plain", "note", "warning"]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Parameters
    ----------
    cells : tuple of str
        One text a column.
    kind : {"normal", "group", "total"}
        Group rows head those that follow, total rows close a table.
    """

    cells: tuple[str, ...]
    kind: Literal["normal", "group", "total"] = "normal"


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose cells are texts.

    Parameters
    ----------
    title : str
        What it shows.
    columns : tuple of str
        Headings.
    rows : tuple of Row
        Rows.
    align : str
        A letter a column: l left, r right, c centre; left where none is given.
    footnotes : tuple of str
        What a reader must know.
    compact : bool
        Whether cells are marks rather than words, so that columns may be narrow.
    folded : bool
        Whether a page shows the title alone until its reader asks for the rest.
    tree : bool
        Whether the first column draws a tree, whose lines must not be broken.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    align: str = ""
    footnotes: tuple[str, ...] = ()
    compact: bool = False
    folded: bool = False
    tree: bool = False

    def alignment(self, column: int) -> str:
        """Return left, right or centre for a column, counted from 0."""
        return _ALIGN[self.align[column]] if column < len(self.align) else "left"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, as a specification that a renderer draws.

    Parameters
    ----------
    title : str
        What it shows.
    chart : object
        Altair chart, or a function that makes it when it is drawn: in a terminal nothing is.
    describes : str
        What a reader who cannot see it must know.
    footnotes : tuple of str
        What a reader must know.
    """

    title: str
    chart: Any = field(repr=False)
    describes: str
    footnotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """Boxes through which participants pass, top to bottom, with those who leave at the side.

    Parameters
    ----------
    title : str
        What it shows.
    steps : tuple of (str, int, tuple of str)
        Label, number, and lines about those who went no further.
    ends : tuple of (str, int, tuple of str)
        Boxes side by side at the bottom.
    """

    title: str
    steps: tuple[tuple[str, int, tuple[str, ...]], ...]
    ends: tuple[tuple[str, int, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence or two.

    Parameters
    ----------
    text : str
        The text.
    tone : {"plain", "note", "warning"}
        How loud it is.
    """

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Facts:
    """Pairs of a name and a value.

    Parameters
    ----------
    pairs : tuple of (str, str)
        Name and value.
    """

    pairs: tuple[tuple[str, str], ...]


Block = Table | Figure | Flow | Paragraph | Facts


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report under one heading.

    Parameters
    ----------
    title : str
        Heading.
    blocks : tuple of Block
        What stands below it.
    """

    title: str
    blocks: tuple[Block, ...]

    @property
    def anchor(self) -> str:
        """Identifier for links."""
        return "".join(c if c.isalnum() else "-" for c in self.title.lower()).strip("-")


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report.

    Parameters
    ----------
    title, subtitle : str
        Headings.
    badge : str
        A word in a frame, such as "rehearsal"; empty for none.
    sections : tuple of Section
        Parts in order.
    origin : tuple of (str, str)
        Protocol digest, version, seed, command: how it came about.
    """

    title: str
    subtitle: str
    badge: str
    sections: tuple[Section, ...]
    origin: tuple[tuple[str, str], ...]
