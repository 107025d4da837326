"""Source rows become rows of a domain: conditions first, then tests, then variables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from protocyte.exchange.account import DEFECTIVE, Tally
from protocyte.exchange.defect import Defects
from protocyte.exchange.mapping import TableMapping
from protocyte.exchange.part import Part
from protocyte.exchange.result import RESULT_TEXT, Results
from protocyte.exchange.sheet import ROW, WHO, Sheet
from protocyte.exchange.source import Rows
from protocyte.exchange.value import Test, Value
from protocyte.record import Column

#: Columns that say where a row comes from.
FILE, KIND = "_file", "_kind"
_NO_RESULT: Final = "without a result"


@dataclass(frozen=True, slots=True)
class Entries:
    """One kind of rows of one file, and what the record takes of it.

    Parameters
    ----------
    sheet : Sheet
        The file.
    rows : Rows
        What the mapping says about these rows.
    kind : int
        Number of the kind, for the account.
    mapping : TableMapping
        The mapping.
    choices : mapping of str to str
        Option taken of each choice.
    defects : Defects
        Where defects are noted.
    """

    sheet: Sheet
    rows: Rows
    kind: int
    mapping: TableMapping
    choices: Mapping[str, str]
    defects: Defects

    def laid(self) -> tuple[pl.DataFrame, Tally]:
        """Return rows of the domain, with the places they come from, and the counts so far."""
        wide = len(self.rows.tests) if self.rows.test_in is None else 0
        tally = Tally(self.rows.title, self.sheet.frame.height * (wide or 1))
        frame = self._eligible(tally, each=wide or 1)
        parts = [self._filled(frame, test, tally) for frame, test in self._parts(frame, tally)]
        found = pl.concat(parts, how="diagonal") if parts else pl.DataFrame()
        origin = (pl.lit(self.sheet.file).alias(FILE), pl.lit(self.kind).alias(KIND))
        return found.with_columns(*origin) if found.height else found, tally

    def _eligible(self, tally: Tally, *, each: int) -> pl.DataFrame:
        """Keep the rows of participants for whom the condition holds."""
        frame = self.sheet.frame
        aside = {DEFECTIVE: pl.col(WHO).is_null()}
        if self.rows.when is not None:
            holds = self.rows.when.holds(self.sheet.notation)
            aside[f"{self.rows.when} does not hold"] = ~holds
            aside[f"{self.rows.when} cannot be told"] = holds.is_null()
        for reason, where in aside.items():
            rows = frame.filter(where)[ROW]
            tally.set_aside(reason, rows, cells=each)
            frame = frame.filter(~where.fill_null(value=False))
        return frame

    def _parts(
        self, frame: pl.DataFrame, tally: Tally
    ) -> Iterator[tuple[pl.DataFrame, Test | None]]:
        """Give the rows of each test, with the text of its result."""
        rows = self.rows
        if not rows.tests:
            yield frame, None
            return
        if rows.test_in is None:
            for column, test in rows.tests.items():
                yield self._with_result(frame, column, tally), test
            return
        self._unlisted(frame, rows.test_in, tally)
        by_label = frame.partition_by(rows.test_in, as_dict=True, maintain_order=True)
        for label, test in rows.tests.items():
            part = by_label.get((label,))
            if part is not None:
                yield self._with_result(part, rows.result_in or "", tally), test

    def _with_result(self, frame: pl.DataFrame, column: str, tally: Tally) -> pl.DataFrame:
        frame = frame.with_columns(pl.col(column).alias(RESULT_TEXT))
        tally.set_aside(_NO_RESULT, frame.filter(pl.col(RESULT_TEXT).is_null())[ROW])
        return frame.drop_nulls(RESULT_TEXT)

    def _unlisted(self, frame: pl.DataFrame, column: str, tally: Tally) -> None:
        """Set aside rows that name no test, or one that the mapping does not list."""
        nameless = frame.filter(pl.col(column).is_null())
        other = frame.filter(~pl.col(column).is_in(list(self.rows.tests)))
        if self.rows.others == "refuse":
            remedy = "correct it, or add it to `tests`, or write `others: set aside`"
            for rows, problem in ((nameless, "names no test"), (other, "is not listed in `tests`")):
                if rows.height:
                    self.defects.note(self.sheet.file, rows, column, problem, remedy)
                tally.set_aside(DEFECTIVE, rows[ROW])
            return
        tally.set_aside("without a test", nameless[ROW])
        for (label,), rows in other.partition_by(column, as_dict=True, maintain_order=True).items():
            tally.set_aside(f"of another test ({label})", rows[ROW])

    def _filled(self, frame: pl.DataFrame, test: Test | None, tally: Tally) -> pl.DataFrame:
        """Fill every variable of some rows, and take those that nothing is wrong with."""
        part = Part(self.sheet, self.mapping, frame, self.defects)
        variables = self.rows.chosen(self.choices)
        found: dict[str, pl.Series] = {}
        scale = None
        if test is not None:
            column = self.rows.result_in or self._column_of(test)
            found, scale = Results(part, self.rows, test, column).columns()
            variables |= test.variables
        columns = {column.name: column for column in self.rows.table.columns}
        for name, value in variables.items():
            in_result_unit = columns[name].unit_in == f"{self.rows.domain}STRESU"
            filled = part.filled(columns[name], value, scale=scale if in_result_unit else None)
            derived = found.get(name)
            found[name] = (
                filled if derived is None else filled.zip_with(filled.is_not_null(), derived)
            )
        self._fill_units(found, variables, columns, part)
        self._check_required(found, variables, part)
        self._check_occurrence(found, part)
        laid = pl.DataFrame(
            {
                "USUBJID": frame[WHO],
                ROW: frame[ROW],
                **{name: series.alias(name) for name, series in found.items()},
            }
        )
        for (reason,), rows in (
            laid.select(ROW, part.reasons.alias("reason"))
            .drop_nulls("reason")
            .partition_by("reason", as_dict=True, maintain_order=True)
            .items()
        ):
            tally.set_aside(reason, rows[ROW])
        return laid.filter(part.reasons.is_null())

    def _column_of(self, test: Test) -> str:
        return next(column for column, known in self.rows.tests.items() if known is test)

    def _fill_units(
        self,
        found: dict[str, pl.Series],
        variables: Mapping[str, Value],
        columns: Mapping[str, Column],
        part: Part,
    ) -> None:
        """Write the unit of a number that the mapping states beside it."""
        for name, value in variables.items():
            unit_in = columns[name].unit_in
            if value.unit is not None and unit_in not in found:
                unit = part.of(pl.lit(value.unit))
                found[unit_in] = pl.select(
                    pl.when(found[name].is_not_null()).then(unit)
                ).to_series()

    def _check_required(
        self, found: Mapping[str, pl.Series], variables: Mapping[str, Value], part: Part
    ) -> None:
        for column in self.rows.table.columns:
            if not column.required or column.name not in variables:
                continue
            value = variables[column.name]
            source = value.columns[0] if value.columns else None
            # A value that could not be read has been told; it is not missing as well.
            part.refuse(
                found[column.name].is_null() & part.reasons.is_null(),
                source,
                f"gives no {column.name} ({column.label[:1].lower()}{column.label[1:]}), "
                "which every row must have",
                "fill it, or set the row aside with `when`",
            )

    def _check_occurrence(self, found: Mapping[str, pl.Series], part: Part) -> None:
        """Set aside rows that do not say whether something happened: silence is not "no"."""
        occurred = found.get(f"{self.rows.domain}OCCUR")
        if occurred is not None:
            part.set_aside(occurred.is_null(), "without word of whether it occurred")
