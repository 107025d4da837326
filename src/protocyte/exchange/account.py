"""The account of an import: what came in, what was recorded, what was set aside and why.

One law: every source row, or every cell of a table that is wider than long, is in the record or in
a line of the account.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import polars as pl

DEFECTIVE: Final = "defective"
_MOST_ROWS: Final = 5


@dataclass(frozen=True, slots=True)
class Aside:
    """Rows set aside for one reason.

    Parameters
    ----------
    reason : str
        Why.
    count : int
        How many.
    rows : tuple of int
        Numbers of the first few source rows.
    """

    reason: str
    count: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one kind of rows.

    Parameters
    ----------
    title : str
        Domain, and a few words.
    offered : int
        Source rows; with one column a test, rows times tests.
    recorded : int
        Rows of the record.
    undated : int
        Rows of the record without a date, in domains that have one.
    aside : tuple of Aside
        The others, by reason.

    Examples
    --------
    >>> print(Entry("AE (CRS)", 40, 35, 0, (Aside("crs = 1 does not hold", 5, (3, 9)),)))
    AE (CRS): 35 of 40 recorded; set aside: 5 crs = 1 does not hold
    """

    title: str
    offered: int
    recorded: int
    undated: int
    aside: tuple[Aside, ...]

    def __str__(self) -> str:
        parts = [f"{self.title}: {self.recorded:,} of {self.offered:,} recorded"]
        if self.undated:
            parts.append(f"{self.undated:,} without a date")
        if self.aside:
            reasons = ", ".join(f"{part.count:,} {part.reason}" for part in self.aside)
            parts.append(f"set aside: {reasons}")
        return "; ".join(parts)


@dataclass(frozen=True, slots=True)
class FileAccount:
    """What became of one file.

    Parameters
    ----------
    file : str
        Its name.
    rows, blank : int
        Rows below the header, and those of them in which no cell is filled.
    unmapped, ignored : tuple of str
        Columns that the mapping does not mention, and those that it leaves out on purpose.
    entries : tuple of Entry
        What became of its rows.
    """

    file: str
    rows: int
    blank: int
    unmapped: tuple[str, ...]
    ignored: tuple[str, ...]
    entries: tuple[Entry, ...]

    def lines(self) -> tuple[str, ...]:
        """Return it as lines of text."""
        blank = f", {self.blank:,} of them blank" if self.blank else ""
        found = [f"{self.file}: {self.rows:,} {'row' if self.rows == 1 else 'rows'}{blank}"]
        found += [f"  {entry}" for entry in self.entries]
        for kind, names in (
            ("not mapped", self.unmapped),
            ("left out on purpose", self.ignored),
        ):
            if names:
                found.append(
                    f"  {len(names)} {'column' if len(names) == 1 else 'columns'} {kind}: "
                    f"{', '.join(names)}"
                )
        return tuple(found)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The account of a whole import.

    Parameters
    ----------
    files : tuple of FileAccount
        Files that the mapping names.
    unused : tuple of str
        Tables that were given and that the mapping does not name.
    choices : dict of str to str
        Option taken of each choice.
    defects : tuple of str
        Defects of rows that were set aside, one line each.
    """

    files: tuple[FileAccount, ...]
    unused: tuple[str, ...]
    choices: dict[str, str]
    defects: tuple[str, ...]

    @property
    def recorded(self) -> int:
        """Number of rows in the record."""
        return sum(entry.recorded for file in self.files for entry in file.entries)

    @property
    def set_aside(self) -> int:
        """Number of source rows, or of cells, that are not in the record."""
        return sum(part.count for part in self._asides())

    @property
    def defective(self) -> int:
        """Number of those that are set aside for a defect."""
        return sum(part.count for part in self._asides() if part.reason == DEFECTIVE)

    def _asides(self) -> Iterator[Aside]:
        for file in self.files:
            for entry in file.entries:
                yield from entry.aside

    def lines(self) -> tuple[str, ...]:
        """Return it as lines of text."""
        found = [line for file in self.files for line in file.lines()]
        found += [f"{file}: not mapped" for file in self.unused]
        found += [f"choice {name}: {option}" for name, option in self.choices.items()]
        return (*found, *self.defects)

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


@dataclass(slots=True)
class Tally:
    """Counts of one kind of rows while they are read.

    Parameters
    ----------
    title : str
        Domain, and a few words.
    offered : int
        Source rows, or cells.
    counts : collections.Counter
        Number set aside, by reason.
    rows : dict of str to list of int
        The first few source rows, by reason.
    """

    title: str
    offered: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    rows: dict[str, list[int]] = field(default_factory=dict)

    def set_aside(self, reason: str, rows: pl.Series, *, cells: int = 1) -> None:
        """Count source rows as set aside.

        Parameters
        ----------
        reason : str
            Why.
        rows : polars.Series
            Their numbers.
        cells : int
            How many cells of each row count.
        """
        if not rows.len():
            return
        self.counts[reason] += rows.len() * cells
        named = self.rows.setdefault(reason, [])
        named += [int(row) for row in rows.head(_MOST_ROWS - len(named))]

    def closed(self, *, recorded: int, undated: int) -> Entry:
        """Return the entry that it amounts to.

        Parameters
        ----------
        recorded, undated : int
            Rows of the record, and those of them without a date.

        Returns
        -------
        Entry
            The entry.
        """
        aside = (
            Aside(reason, count, tuple(self.rows[reason])) for reason, count in self.counts.items()
        )
        return Entry(self.title, self.offered, recorded, undated, tuple(aside))
