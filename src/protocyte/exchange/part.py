"""Source rows of one kind while they become rows of one domain: every variable, with its type.

A value that cannot become what the record holds is a defect of its row; it is never guessed.
"""

from dataclasses import dataclass, field
from typing import Final

import polars as pl

from protocyte.exchange.account import DEFECTIVE
from protocyte.exchange.conversion import Conversion, Scale
from protocyte.exchange.defect import Defects
from protocyte.exchange.mapping import TableMapping
from protocyte.exchange.sheet import ANCHOR, ROW, Sheet
from protocyte.exchange.value import Others, Terms, Value
from protocyte.record import Column

_MINUTES_A_DAY: Final = 1440
_FARTHEST: Final = 36_525  # days: what lies further from an anchor is a slip, such as a year
_UNLISTED: Final = "correct it, or add it to `values`, or say what becomes of `others`"


@dataclass(slots=True)
class Part:
    """Source rows that become rows of one domain.

    Parameters
    ----------
    sheet : Sheet
        The file that they come from.
    mapping : TableMapping
        The mapping.
    frame : polars.DataFrame
        The rows, of the columns of the sheet.
    defects : Defects
        Where defects are noted.
    reasons : polars.Series, shape (n_rows,)
        Why a row is set aside; null for rows that are recorded.
    """

    sheet: Sheet
    mapping: TableMapping
    frame: pl.DataFrame
    defects: Defects
    reasons: pl.Series = field(init=False)

    def __post_init__(self) -> None:
        self.reasons = pl.repeat(None, self.frame.height, dtype=pl.String, eager=True)

    def of(self, expression: pl.Expr) -> pl.Series:
        """Return an expression's values over the rows."""
        found = self.frame.select(expression.alias("_value")).to_series()
        return (
            found
            if found.len() == self.frame.height
            else found.new_from_index(0, self.frame.height)
        )

    def set_aside(self, where: pl.Series, reason: str) -> None:
        """Set rows aside that are not yet."""
        frame = pl.DataFrame({"known": self.reasons, "where": where.fill_null(value=False)})
        self.reasons = frame.select(
            pl.when(pl.col("known").is_null() & pl.col("where"))
            .then(pl.lit(reason))
            .otherwise(pl.col("known"))
            .alias("reason")
        ).to_series()

    def refuse(self, where: pl.Series, column: str | None, problem: str, remedy: str) -> None:
        """Note a defect of the rows that are still to be recorded, and set them aside."""
        is_open = self.reasons.is_null() | (self.reasons == DEFECTIVE)
        wrong = where.fill_null(value=False) & is_open.fill_null(value=True)
        if wrong.any():
            self.defects.note(self.sheet.file, self.frame.filter(wrong), column, problem, remedy)
            self.set_aside(wrong, DEFECTIVE)

    def filled(self, column: Column, value: Value, *, scale: Scale | None) -> pl.Series:
        """Return a variable's values, in the type of its column.

        Parameters
        ----------
        column : Column
            The variable.
        value : Value
            Where its values come from.
        scale : Scale or None
            How results are converted, for variables that are in the unit of the result.

        Returns
        -------
        polars.Series
            The values.
        """
        if value.day is not None:
            return self._days(value.day).alias(column.name)
        if value.row is not None:
            return self.of(pl.col(ROW).cast(pl.String)).alias(column.name)
        if value.constant is not None:
            text = self.of(pl.lit(value.constant))
        else:
            text = self.of(pl.col(value.column or ""))
            text = self.translated(text, value.values, value.others, column=value.column)
        return self._typed(text, column, value, scale).alias(column.name)

    def translated(
        self, text: pl.Series, values: Terms, others: Others, *, column: str | None
    ) -> pl.Series:
        """Return what the record holds for what the source writes.

        Parameters
        ----------
        text : polars.Series, shape (n_rows,)
            What the source writes.
        values : dict of str to str
            Translations; none at all keeps the text.
        others : {"refuse", "keep", "set aside"}
            What becomes of text that is not listed.
        column : str or None
            Column that holds it, for defects.

        Returns
        -------
        polars.Series
            The translated text.
        """
        if not values:
            return text
        found = text.replace_strict(values, default=None, return_dtype=pl.String)
        is_unlisted = text.is_not_null() & ~text.is_in(list(values))
        match others:
            case "keep":
                return pl.select(pl.when(is_unlisted).then(text).otherwise(found)).to_series()
            case "set aside":
                self.set_aside(is_unlisted, f"with another value in {column}")
            case "refuse":
                self.refuse(is_unlisted, column, "is not listed", _UNLISTED)
        return found

    def _typed(
        self, text: pl.Series, column: Column, value: Value, scale: Scale | None
    ) -> pl.Series:
        match column.kind:
            case "date":
                return self._dates(text, value)
            case "number":
                return self._numbers(text, value, scale)
            case "integer":
                return self._integers(text, value)
        if column.terms and not value.values and value.column is not None:
            terms = ", ".join(column.terms)
            outside = text.is_not_null() & ~text.is_in(list(column.terms))
            problem = f"cannot stand in {column.name} ({terms})"
            self.refuse(outside, value.column, problem, "translate it with `values`")
        return text

    def _dates(self, text: pl.Series, value: Value) -> pl.Series:
        if value.constant is not None:
            return text
        form = value.form or self.mapping.dates.form
        found = text.to_frame("text").select(form.dates(pl.col("text"))).to_series()
        odd = text.is_not_null() & found.is_null()
        self.refuse(
            odd, value.column, f"is not a date written as {form}", "correct it, or its form"
        )
        return found

    def _numbers(self, text: pl.Series, value: Value, scale: Scale | None) -> pl.Series:
        if value.constant is not None:
            number = text.cast(pl.Float64)
        else:
            notation = self.sheet.notation
            number = text.to_frame("text").select(notation.numbers(pl.col("text"))).to_series()
            odd = text.is_not_null() & number.is_null()
            remedy = "correct it, or list it under `missing`"
            self.refuse(odd, value.column, "is not a number", remedy)
        if value.unit is not None and value.source_unit is not None:
            conversion = Conversion.between(value.source_unit, value.unit)
            return Scale.same(conversion, number.len()).applied(number)
        return number if scale is None or value.unit is not None else scale.applied(number)

    def _integers(self, text: pl.Series, value: Value) -> pl.Series:
        number = text.str.replace(r"^([+-]?\d+)[.,]0+$", "$1").cast(pl.Int64, strict=False)
        odd = text.is_not_null() & number.is_null()
        remedy = "correct it, or list it under `missing`"
        self.refuse(odd, value.column, "is not a whole number", remedy)
        return number

    def _days(self, day: int | str) -> pl.Series:
        """Give dates from days after the anchor; a fraction becomes the time of day."""
        dates = self.mapping.dates
        column = day if isinstance(day, str) else None
        if isinstance(day, str):
            text = self.of(pl.col(day))
            numbers = self.of(self.sheet.notation.numbers(pl.col(day)))
            odd = (text.is_not_null() & numbers.is_null()) | (numbers.abs() > _FARTHEST)
            self.refuse(odd, day, "is not a day", "correct it, or list it under `missing`")
            numbers = pl.select(pl.when(~odd).then(numbers)).to_series()
        else:
            numbers = self.of(pl.lit(float(day)))
        if dates.day_zero is False:
            between = (numbers == 0) | (numbers != numbers.floor())
            problem = "is not a day of a calendar that has no day 0"
            self.refuse(between, column, problem, "correct it, or set `day_zero: true` in `dates`")
            numbers = pl.select(
                pl.when(numbers > 0).then(numbers - 1).otherwise(numbers)
            ).to_series()
        bare = numbers.is_not_null() & self.frame[ANCHOR].is_null()
        anchor = f"has a day, and its participant has no date of the {dates.counted_from}"
        self.refuse(bare, column, anchor, "add the date, or set the row aside with `when`")
        minutes = (numbers * _MINUTES_A_DAY).round()
        frame = pl.DataFrame({"date": self.frame[ANCHOR], "minutes": minutes.cast(pl.Int64)})
        moment = pl.col("date").cast(pl.Datetime) + pl.duration(minutes=pl.col("minutes"))
        return frame.select(
            pl.when(pl.col("minutes") % _MINUTES_A_DAY == 0)
            .then(moment.dt.to_string("%Y-%m-%d"))
            .otherwise(moment.dt.to_string("%Y-%m-%dT%H:%M"))
        ).to_series()
