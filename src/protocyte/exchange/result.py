"""Results of one test: as recorded, in the standard form, as a number in the record's unit.

One law: a result beyond a limit keeps its sign and is no number; a number keeps its unit.
"""

from dataclasses import dataclass

import polars as pl

from protocyte.exchange.conversion import Conversion, Scale
from protocyte.exchange.notation import SIGNS, Notation
from protocyte.exchange.part import Part
from protocyte.exchange.source import Rows
from protocyte.exchange.value import Test

#: Column of a part that holds the result as the source writes it.
RESULT_TEXT = "_result"
_NOT_A_NUMBER = (
    "correct it, or list it under `missing`, `not_done` or `below_limit`, or write `holds: text`"
)


@dataclass(frozen=True, slots=True)
class Results:
    """Results of one test.

    Parameters
    ----------
    part : Part
        The source rows; `_result` holds the text of the result.
    rows : Rows
        What the mapping says about these rows.
    test : Test
        What the mapping says about this test.
    column : str
        Column of the source that holds the result.
    """

    part: Part
    rows: Rows
    test: Test
    column: str

    def columns(self) -> tuple[dict[str, pl.Series], Scale | None]:
        """Give the variables of the result, and how its numbers were converted."""
        raw = self.part.frame[RESULT_TEXT]
        is_not_done = raw.is_in(list(self.part.mapping.not_done))
        text = pl.select(pl.when(~is_not_done).then(raw)).to_series()
        scale = None
        if self.test.holds == "number":
            found, scale = self._numbers(text)
        else:
            found = self._words(text)
        status = pl.select(pl.when(is_not_done).then(pl.lit("NOT DONE"))).to_series()
        shared = {
            "TESTCD": self.part.of(pl.lit(self.test.code)),
            "TEST": self.part.of(pl.lit(self.test.name)),
            "STAT": self.part.of(pl.lit(None, pl.String)) if not is_not_done.any() else status,
        }
        domain = self.rows.domain
        columns = {f"{domain}{name}": series for name, series in (shared | found).items()}
        if domain != "PC":
            columns.pop(f"{domain}LLOQ", None)
        return columns, scale

    def _words(self, text: pl.Series) -> dict[str, pl.Series]:
        test = self.test
        words = self.part.translated(text, test.values, test.others, column=self.column)
        gone = text.is_not_null() & words.is_null()
        self.part.set_aside(gone, "without a result")
        found = {"ORRES": text, "STRESC": words}
        if test.holds == "score":
            number = words.to_frame("t").select(self._notation.numbers(pl.col("t"))).to_series()
            odd = words.is_not_null() & number.is_null()
            self.part.refuse(odd, self.column, "is not a number", _NOT_A_NUMBER)
            found |= {"STRESN": number, "STRESC": _written(number)}
        return found

    def _numbers(self, text: pl.Series) -> tuple[dict[str, pl.Series], Scale]:
        """Read numbers, and results beyond a limit."""
        shown = self._with_sign(text)
        is_word = text.is_in(list(self.part.mapping.below_limit))
        frame = pl.DataFrame({"text": shown, "word": is_word})
        notation = self._notation
        number = frame.select(notation.numbers(pl.col("text"))).to_series()
        sign = frame.select(notation.signs(pl.col("text"))).to_series()
        limit = frame.select(notation.limits(pl.col("text"))).to_series()
        odd = shown.is_not_null() & number.is_null() & limit.is_null() & ~is_word
        self.part.refuse(odd, self.column, "is not a number", _NOT_A_NUMBER)
        written_unit, scale = self._scale(shown.is_not_null() & ~is_word)
        frame = pl.DataFrame(
            {
                "number": scale.applied(number),
                "sign": sign,
                "limit": scale.applied(limit),
                "word": is_word,
            }
        )
        lowest = self.test.lowest
        below = f"<{lowest:.15g}" if lowest is not None else "<LLOQ"
        beyond = pl.col("sign") + Notation.written(pl.col("limit"))
        standard = pl.coalesce(Notation.written(pl.col("number")), beyond)
        is_low = pl.col("sign").is_in(["<", "<="])
        found = frame.select(
            pl.when(pl.col("word").fill_null(value=False))
            .then(pl.lit(below))
            .otherwise(standard)
            .alias("STRESC"),
            pl.col("number").alias("STRESN"),
            pl.when(is_low)
            .then(pl.col("limit"))
            .otherwise(pl.lit(lowest, pl.Float64))
            .alias("LLOQ"),
        )
        unit = self.part.of(pl.lit(self.test.unit))
        columns = {name: found[name] for name in found.columns}
        return columns | {"ORRES": shown, "ORRESU": written_unit, "STRESU": unit}, scale

    def _with_sign(self, text: pl.Series) -> pl.Series:
        """Put the sign that another column holds before the result."""
        column = self.rows.sign_in
        if column is None:
            return text
        written = self.part.frame[column]
        coded = {code: str(meaning) for code, meaning in self.rows.signs.items()}
        known = coded or {**SIGNS, "=": "="}
        sign = written.replace_strict(known, default=None, return_dtype=pl.String)
        odd = written.is_not_null() & sign.is_null()
        self.part.refuse(odd, column, "is not a sign", "correct it, or add it to `signs`")
        bare = pl.select(pl.when(sign != "=").then(sign)).to_series().fill_null("")
        return bare + text

    def _scale(self, is_measured: pl.Series) -> tuple[pl.Series, Scale]:
        """Give the unit as the source writes it, and how numbers in it are converted."""
        test, column = self.test, self.rows.unit_in
        if column is None:
            source = test.source_unit or test.unit or ""
            scale = Scale.same(self._conversion(source), is_measured.len())
            return self.part.of(pl.lit(source)), scale
        written = self.part.frame[column]
        self.part.refuse(
            is_measured & written.is_null(),
            column,
            f"is empty, and the result of {test.code} has no unit without it",
            "fill it, or set the row aside with `when`",
        )
        known: dict[str, Conversion] = {}
        for unit in written.drop_nulls().unique().sort():
            try:
                known[unit] = self._conversion(self.rows.units.get(unit, unit))
            except ValueError as error:
                problem = f"is not a unit of {test.code}: {str(error).partition('; ')[0]}"
                remedy = "correct it, or say under `units` what it means"
                self.part.refuse(is_measured & (written == unit), column, problem, remedy)
        factors = {unit: conversion.factor for unit, conversion in known.items()}
        shifts = {unit: conversion.shift for unit, conversion in known.items()}
        found = (
            written.replace_strict(by, default=None, return_dtype=pl.Float64)
            for by in (factors, shifts)
        )
        return written, Scale(*found)

    def _conversion(self, source: str) -> Conversion:
        test = self.test
        if test.factor is not None and source == test.source_unit:
            return Conversion(test.factor)
        return Conversion.between(source, test.unit or "")

    @property
    def _notation(self) -> Notation:
        return self.part.sheet.notation


def _written(number: pl.Series) -> pl.Series:
    return number.to_frame("n").select(Notation.written(pl.col("n"))).to_series()
