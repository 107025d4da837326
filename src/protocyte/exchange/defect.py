"""Defects of data against a mapping: file, row, column, value, and what to do."""

from dataclasses import dataclass, field
from typing import Final

import polars as pl

#: Rows named one by one; of one kind of defect the rest is counted.
MOST_NAMED: Final = 20


@dataclass(slots=True)
class Defects:
    """Every defect that an import finds, in the order in which it looks.

    Parameters
    ----------
    lines : list of str
        One line a defect; where there are very many of one kind, the rest is counted in one line.
    count : int
        Number of defects.

    Examples
    --------
    >>> defects = Defects()
    >>> frame = pl.DataFrame({"_row": [1, 2], "ldh": ["200", "haemolysed"]})
    >>> is_odd = frame["ldh"] == "haemolysed"
    >>> defects.note("labs.csv", frame.filter(is_odd), "ldh", "is not a number", "correct it")
    >>> defects.lines
    ['labs.csv row 2, column ldh, "haemolysed": is not a number; correct it']
    """

    lines: list[str] = field(default_factory=list)
    count: int = 0

    def note(
        self, file: str, rows: pl.DataFrame, column: str | None, problem: str, remedy: str
    ) -> None:
        """Note one defect in some rows.

        Parameters
        ----------
        file : str
            File of the source.
        rows : polars.DataFrame
            The rows that have it, with `_row`.
        column : str or None
            Column of the source; None if no single one is to blame.
        problem, remedy : str
            What is wrong, and what to do.
        """
        named = f", column {column}" if column else ""
        values = rows[column].to_list() if column in rows.columns else [None] * rows.height
        numbers = rows["_row"].to_list()
        for number, value in zip(numbers[:MOST_NAMED], values, strict=False):
            shown = "" if value is None else f', "{value}"'
            self.lines.append(f"{file} row {number}{named}{shown}: {problem}; {remedy}")
        if rows.height > MOST_NAMED:
            more = rows.height - MOST_NAMED
            self.lines.append(f"{file}{named}: {problem} in {more:,} more rows; {remedy}")
        self.count += rows.height

    def say(self, line: str, *, count: int = 1) -> None:
        """Note a line that is not about one column.

        Parameters
        ----------
        line : str
            The line.
        count : int
            Number of defects that it stands for.
        """
        self.lines.append(line)
        self.count += count
