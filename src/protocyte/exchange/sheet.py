"""A table of the source, cleaned: blanks and marks of missing values are null, rows are numbered.

Row 1 is the first one below the header. What is wrong with participants and anchors is found here.
"""

from dataclasses import dataclass

import polars as pl

from protocyte.exchange.defect import Defects
from protocyte.exchange.mapping import TableMapping
from protocyte.exchange.notation import Notation
from protocyte.exchange.source import Source

#: Columns that the import adds.
ROW, WHO, ANCHOR = "_row", "_who", "_anchor"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file of the source, ready to be read.

    Parameters
    ----------
    file : str
        Its name.
    source : Source
        What the mapping says about it.
    rows, blank : int
        Rows below the header, and those without any value.
    unmapped : tuple of str
        Columns that the mapping does not mention.
    frame : polars.DataFrame
        Columns that are needed, as text, with `_row`, `_who` (participant) and `_anchor` (date);
        blank rows are left out.
    """

    file: str
    source: Source
    rows: int
    blank: int
    unmapped: tuple[str, ...]
    frame: pl.DataFrame

    @classmethod
    def clean(
        cls, file: str, table: pl.DataFrame, mapping: TableMapping, defects: Defects
    ) -> "Sheet":
        """Clean a table.

        Parameters
        ----------
        file : str
            Its name.
        table : polars.DataFrame
            Its values, as text; every column that is needed is there.
        mapping : TableMapping
            The mapping.
        defects : Defects
            Where defects are noted.

        Returns
        -------
        Sheet
            The table, without anchors.
        """
        source = mapping.tables[file]
        person = source.participant or mapping.participant
        needed = mapping.columns(file)
        marks = ["", *mapping.missing, *source.missing]
        text = table.select(pl.all().cast(pl.String).str.strip_chars()).with_row_index(ROW, 1)
        filled = pl.any_horizontal(pl.col(name).fill_null("") != "" for name in table.columns)
        frame = text.filter(filled).select(
            pl.col(ROW).cast(pl.Int64),
            *(
                pl.when(~pl.col(name).is_in(marks)).then(pl.col(name)).alias(name)
                for name in needed
            ),
        )
        frame = frame.with_columns(pl.col(person).alias(WHO))
        nobody = frame.filter(pl.col(WHO).is_null())
        if nobody.height:
            defects.note(file, nobody, person, "names no participant", "fill it, or remove the row")
        mentioned = {*needed, *source.ignore}
        unmapped = tuple(name for name in table.columns if name not in mentioned)
        return cls(file, source, table.height, table.height - frame.height, unmapped, frame)

    @property
    def notation(self) -> Notation:
        """How the file writes numbers."""
        return Notation(self.source.decimal)

    def anchored(self, anchors: pl.DataFrame | pl.Expr) -> "Sheet":
        """Return the sheet with the date of each row's anchor.

        Parameters
        ----------
        anchors : polars.DataFrame or polars.Expr
            Dates by participant, or one date.

        Returns
        -------
        Sheet
            The sheet.
        """
        if isinstance(anchors, pl.Expr):
            frame = self.frame.with_columns(anchors.cast(pl.Date).alias(ANCHOR))
        else:
            frame = self.frame.join(anchors, on=WHO, how="left", maintain_order="left")
        return Sheet(self.file, self.source, self.rows, self.blank, self.unmapped, frame)
