"""What a table of the record looks like, and what is wrong with one that does not."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

Kind = Literal["text", "integer", "number", "date"]

_TYPES: Final[dict[Kind, type[pl.DataType]]] = {
    "text": pl.String,
    "integer": pl.Int64,
    "number": pl.Float64,
    "date": pl.String,
}
#: ISO 8601 as SDTM allows it: a year, a month, a day, perhaps a time.
ISO_8601: Final = (
    r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])"
    r"(T([01]\d|2[0-3])(:[0-5]\d(:[0-5]\d)?)?)?)?)?$"
)
_FULL: Final = len("2000-01-01")
_MOST_ROWS_NAMED: Final = 20
#: Before the name of a column stands what was written, beside what was read of it.
_WRITTEN: Final = "written:"
_ARTICLES: Final[dict[Kind, str]] = {
    "text": "text",
    "integer": "a whole number",
    "number": "a number",
    "date": "a date",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One variable of a table.

    Parameters
    ----------
    name : str
        SDTM variable name.
    label : str
        What it holds.
    kind : {"text", "integer", "number", "date"}
        Type; a date is ISO 8601 text, possibly partial, as SDTM has it.
    required : bool
        Whether every row must hold a value.
    terms : tuple of str
        Controlled terms; empty if any value may stand.
    unit_in : str
        Column that holds the unit of this number; empty if it has none.
    supplemental : bool
        Whether SDTM has no such variable, so that it is exported as a supplemental qualifier.
    """

    name: str
    label: str
    kind: Kind = "text"
    required: bool = False
    terms: tuple[str, ...] = ()
    unit_in: str = ""
    supplemental: bool = False

    @property
    def type(self) -> type[pl.DataType]:
        """Polars type of the column."""
        return _TYPES[self.kind]


@dataclass(frozen=True, slots=True)
class Table:
    """One domain.

    Parameters
    ----------
    domain : str
        Two letters.
    label : str
        What the domain holds.
    keys : tuple of str
        Columns that together tell rows apart.
    columns : tuple of Column
        All its variables.
    """

    domain: str
    label: str
    keys: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def schema(self) -> dict[str, type[pl.DataType]]:
        """Polars schema."""
        return {column.name: column.type for column in self.columns}

    @property
    def sequence(self) -> str:
        """Name of the sequence number (`--SEQ`); empty where the domain has none."""
        name = f"{self.domain}SEQ"
        return name if any(column.name == name for column in self.columns) else ""

    @property
    def time(self) -> str:
        """Name of the column by which rows are put in order; empty where there is none."""
        for suffix in ("DTC", "STDTC"):
            if any(column.name == f"{self.domain}{suffix}" for column in self.columns):
                return f"{self.domain}{suffix}"
        return ""

    def empty(self) -> pl.DataFrame:
        """Return the table without rows."""
        return pl.DataFrame(schema=self.schema)

    def shaped(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
        """Bring a frame into shape.

        Parameters
        ----------
        frame : polars.DataFrame
            Rows; columns may be missing or of another type.

        Returns
        -------
        tuple of polars.DataFrame and list of str
            The table, and every defect: table, row, column, value.
        """
        defects = [*self._stray_columns(frame), *self._missing_columns(frame)]
        known = [column for column in self.columns if column.name in frame.columns]
        if not frame.height or not known:
            return self.empty(), defects
        written = frame.select(_written(column, frame.schema) for column in known)
        shaped = written.with_columns(_cast(column, frame.schema) for column in known)
        shaped = shaped.with_columns(
            pl.lit(None, column.type).alias(column.name)
            for column in self.columns
            if column not in known
        ).select(list(self.schema))
        both = pl.concat([shaped, written.select(pl.all().name.prefix(_WRITTEN))], how="horizontal")
        checks = [check for column in known for check in _checks(column)]
        where = both.select(
            rows.fill_null(value=False).alias(str(number))
            for number, (_, _, rows) in enumerate(checks)
        )
        found = where.select(pl.all().any()).row(0)
        for number, (column, problem, _) in enumerate(checks):
            if found[number]:
                defects += self._named(frame, where[str(number)], column, problem)
        return shaped, [*defects, *self._repeated_keys(shaped)]

    def _stray_columns(self, frame: pl.DataFrame) -> Iterator[str]:
        known = list(self.schema)
        for name in frame.columns:
            if name not in known:
                close = difflib.get_close_matches(name, known, n=1)
                hint = f"; did you mean {close[0]}?" if close else ""
                yield f"{self.domain}: {name} is not a column of this table{hint}"

    def _missing_columns(self, frame: pl.DataFrame) -> Iterator[str]:
        for column in self.columns:
            if column.required and frame.height and column.name not in frame.columns:
                yield f"{self.domain}: column {column.name} ({column.label}) is missing"

    def _repeated_keys(self, frame: pl.DataFrame) -> list[str]:
        """Name the rows whose keys, or whose sequence number, stood in a row before."""
        rows = frame.with_row_index("row", offset=1)
        defects = self._repeated(rows, self.keys)
        if self.sequence:
            defects += self._repeated(rows.drop_nulls(self.sequence), ("USUBJID", self.sequence))
        return defects

    def _repeated(self, rows: pl.DataFrame, keys: tuple[str, ...]) -> list[str]:
        first_seen: dict[tuple[object, ...], int] = {}
        defects: list[str] = []
        for row, *key in rows.select("row", *keys).iter_rows():
            first = first_seen.setdefault(tuple(key), row)
            if first != row:
                shown = ", ".join(f"{n}={v}" for n, v in zip(keys, key, strict=True))
                defects.append(f"{self.domain} row {row}: repeats row {first} ({shown})")
        more = len(defects) - _MOST_ROWS_NAMED
        if more > 0:
            counted = f"{self.domain}: {more} more rows repeat {', '.join(keys)} of an earlier row"
            return [*defects[:_MOST_ROWS_NAMED], counted]
        return defects

    def _named(
        self, frame: pl.DataFrame, where: pl.Series, column: Column, problem: str
    ) -> list[str]:
        """Name the rows in which a condition holds; the rest are counted."""
        rows = where.arg_true().to_list()
        defects = []
        for row in rows[:_MOST_ROWS_NAMED]:
            person = frame["USUBJID"][row] if "USUBJID" in frame.columns else None
            who = f" ({person})" if person is not None else ""
            value = frame[column.name][row]
            value = value.to_list() if isinstance(value, pl.Series) else value
            shown = f' "{value}"' if value is not None and str(value).strip() else ""
            defects.append(f"{self.domain} row {row + 1}{who}: {column.name}{shown} {problem}")
        if len(rows) > _MOST_ROWS_NAMED:
            more = len(rows) - _MOST_ROWS_NAMED
            defects.append(f"{self.domain}: {column.name} {problem} in {more} more rows")
        return defects


def _written(column: Column, schema: pl.Schema) -> pl.Expr:
    """Give a column as it was written; blank text is missing."""
    values = pl.col(column.name)
    if schema[column.name] != pl.String:
        return values
    text = values.str.strip_chars()
    kept = text if column.kind in ("integer", "number") else values
    return pl.when(text != "").then(kept).alias(column.name)


def _cast(column: Column, schema: pl.Schema) -> pl.Expr:
    """Bring a column to its type; what does not fit becomes null."""
    values = pl.col(column.name)
    if schema[column.name].is_nested():
        return pl.lit(None, column.type).alias(column.name)
    if column.kind != "integer":
        return values.cast(column.type, strict=False)
    number = values.cast(pl.Float64, strict=False)
    return (pl.when(number == number.floor()).then(number).cast(column.type, strict=False)).alias(
        column.name
    )


def _checks(column: Column) -> Iterator[tuple[Column, str, pl.Expr]]:
    """Give what can be wrong with a column, and the rows in which it is."""
    written, values = pl.col(_WRITTEN + column.name), pl.col(column.name)
    wrong = written.is_not_null() & values.is_null()
    yield column, f"is not {_ARTICLES[column.kind]}", wrong
    if column.required:
        yield column, "is required and missing", written.is_null()
    if column.terms:
        outside = ~values.is_in(list(column.terms))
        yield column, f"is not one of {', '.join(column.terms)}", outside
    if column.kind == "date":
        is_iso = values.str.contains(ISO_8601)
        yield column, "is not an ISO 8601 date", ~is_iso
        day = values.str.slice(0, _FULL).str.to_date("%Y-%m-%d", strict=False)
        unreal = is_iso & (values.str.len_chars() >= _FULL) & day.is_null()
        yield column, "is not a day of the calendar", unreal
    if column.kind == "number":
        yield column, "is not a finite number", ~values.is_finite()
    if column.unit_in:
        bare = values.is_not_null() & pl.col(column.unit_in).is_null()
        yield column, f"has no unit in {column.unit_in}", bare
