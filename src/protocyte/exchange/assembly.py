"""Rows of one domain from all files, put together: repetitions, contradictions, order, numbers.

Two rows that say the same are one. Two that contradict each other are a defect, and no program
chooses between them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from protocyte.exchange.account import DEFECTIVE, Tally
from protocyte.exchange.defect import MOST_NAMED, Defects
from protocyte.exchange.entry import FILE, KIND
from protocyte.exchange.sheet import ROW
from protocyte.record import Table

_ORIGIN: Final = (FILE, KIND, ROW)
_SPANS: Final = {name: (f"{name}STDTC", f"{name}ENDTC") for name in ("EX", "AE", "MH", "CM")}
_DAY: Final = len("2000-01-01")
_ODDS: Final = "_odds"


@dataclass(frozen=True, slots=True)
class Assembly:
    """One domain while its rows are put together.

    Parameters
    ----------
    table : Table
        The domain.
    frame : polars.DataFrame
        Rows from all files, with the places they come from.
    tallies : mapping of int to Tally
        Counts by kind of rows.
    defects : Defects
        Where defects are noted.
    """

    table: Table
    frame: pl.DataFrame
    tallies: Mapping[int, Tally]
    defects: Defects

    def rows(self, people: pl.Series) -> pl.DataFrame:
        """Return the domain's rows in order, without numbers.

        Parameters
        ----------
        people : polars.Series
            Participants that are known; DM itself says who they are.

        Returns
        -------
        polars.DataFrame
            Rows.
        """
        absent = [column for column in self.table.columns if column.name not in self.frame.columns]
        frame = self.frame.with_columns(
            pl.lit(None, column.type).alias(column.name) for column in absent
        )
        is_dm = self.table.domain == "DM"
        if not is_dm:
            frame = self._known(frame, people)
        frame = self._with_days(self._forwards(frame))
        if frame.select(self.table.keys).is_duplicated().any():
            frame = self._once(frame)
            frame = self._joined(frame) if is_dm else self._distinct(frame)
        return self._ordered(frame)

    def _known(self, frame: pl.DataFrame, people: pl.Series) -> pl.DataFrame:
        strange = ~pl.col("USUBJID").is_in(people.implode())
        self._refuse(
            frame.filter(strange),
            lambda row: (
                f'participant "{row["USUBJID"]}" is in no row of DM; add the participant '
                "to the file that gives DM"
            ),
        )
        return frame.filter(~strange)

    def _forwards(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Refuse rows that end before they start, as far as both dates tell."""
        if self.table.domain not in _SPANS:
            return frame
        start, end = _SPANS[self.table.domain]
        told = pl.min_horizontal(pl.col(start, end).str.len_chars())
        first, last = (pl.col(name).str.slice(0, told) for name in (start, end))
        backwards = (last < first).fill_null(value=False)
        self._refuse(
            frame.filter(backwards),
            lambda row: f'{end} "{row[end]}" is before {start} "{row[start]}"; correct one of them',
        )
        return frame.filter(~backwards)

    def _with_days(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Refuse infusions whose day is not known: all other days are counted from it."""
        if self.table.domain != "EX":
            return frame
        is_partial = pl.col("EXSTDTC").str.len_chars() < _DAY
        undated = ((pl.col("EXCAT") == "CELL INFUSION") & is_partial).fill_null(value=False)
        self._refuse(
            frame.filter(undated),
            lambda row: (
                f'EXSTDTC "{row["EXSTDTC"]}" of an infusion of cells is not a full date; '
                "find out the day"
            ),
        )
        return frame.filter(~undated)

    def _once(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Set aside rows that say nothing but what another row says."""
        frame = frame.with_row_index("_order")
        first = pl.col("_order").min().over(list(self.table.schema))
        repeats = frame.filter(pl.col("_order") != first)
        self._set_aside(repeats, "saying the same as another row")
        return frame.filter(pl.col("_order") == first).drop("_order")

    def _joined(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Join what several rows say about one participant, where they do not contradict."""
        names = [name for name in self.table.schema if name != "USUBJID"]
        several = [
            pl.when(pl.col(name).drop_nulls().n_unique() > 1).then(pl.lit(name)).alias(name)
            for name in names
        ]
        at_odds = (
            frame.group_by("USUBJID", maintain_order=True)
            .agg(several)
            .select("USUBJID", pl.concat_str(names, separator=", ", ignore_nulls=True).alias(_ODDS))
            .filter(pl.col(_ODDS) != "")
        )
        self._refuse(
            frame.join(at_odds, on="USUBJID", maintain_order="left"),
            lambda row: (
                f"participant {_quoted(row['USUBJID'])} has several values of {row[_ODDS]} (here "
                f"{', '.join(_quoted(row[name]) for name in row[_ODDS].split(', '))}); "
                "correct them, or map one source only"
            ),
        )
        frame = frame.join(at_odds, on="USUBJID", how="anti", maintain_order="left")
        later = frame.filter(~pl.col("USUBJID").is_first_distinct())
        self._set_aside(later, "joined with another row of the participant")
        return frame.group_by("USUBJID", maintain_order=True).agg(
            pl.col(names).drop_nulls().first(), pl.col(_ORIGIN).first()
        )

    def _distinct(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Refuse rows that the domain's keys cannot tell apart."""
        keys = list(self.table.keys)
        twice = frame.select(keys).is_duplicated()
        self._refuse(
            frame.filter(twice).sort(keys, nulls_last=True, maintain_order=True),
            lambda row: (
                f"another row has the same {', '.join(keys)} "
                f"({', '.join(str(row[key] or 'none') for key in keys)}) and other values; "
                "keep one, or map what tells them apart"
            ),
        )
        return frame.filter(~twice)

    def _ordered(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Put rows in an order that does not depend on the order of files and rows."""
        time = [self.table.time] if self.table.time else []
        by = list(dict.fromkeys(["USUBJID", *time, *self.table.keys]))
        return frame.sort(by, nulls_last=True, maintain_order=True)

    def _refuse(self, rows: pl.DataFrame, problem: Callable[[dict[str, Any]], str]) -> None:
        for row in rows.head(MOST_NAMED).iter_rows(named=True):
            self.defects.say(f"{row[FILE]} row {row[ROW]}: {problem(row)}")
        if rows.height > MOST_NAMED:
            more = rows.height - MOST_NAMED
            self.defects.say(f"{self.table.domain}: the same in {more:,} more rows", count=more)
        self._set_aside(rows, DEFECTIVE)

    def _set_aside(self, rows: pl.DataFrame, reason: str) -> None:
        for (kind,), part in rows.partition_by(KIND, as_dict=True).items():
            self.tallies[kind].set_aside(reason, part[ROW])


def _quoted(value: object) -> str:
    return "none" if value is None else f'"{value}"'
