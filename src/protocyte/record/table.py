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
_MOST_ROWS_NAMED: Final = 20


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
        defects = list(self._stray_columns(frame))
        columns = []
        for column in self.columns:
            if column.name not in frame.columns:
                columns.append(pl.lit(None, dtype=column.type).alias(column.name))
                if column.required and frame.height:
                    defects.append(
                        f"{self.domain}: column {column.name} ({column.label}) is missing"
                    )
                continue
            columns.append(pl.col(column.name).cast(column.type, strict=False))
            defects += self._uncast(frame, column)
        shaped = frame.select(columns) if frame.width else self.empty()
        for column in self.columns:
            defects += self._bad_values(shaped, column)
        defects += self._repeated_keys(shaped)
        return shaped, defects

    def _stray_columns(self, frame: pl.DataFrame) -> Iterator[str]:
        known = list(self.schema)
        for name in frame.columns:
            if name not in known:
                close = difflib.get_close_matches(name, known, n=1)
                hint = f"; did you mean {close[0]}?" if close else ""
                yield f"{self.domain}: {name} is not a column of this table{hint}"

    def _uncast(self, frame: pl.DataFrame, column: Column) -> list[str]:
        """List values that are not of the column's type."""
        before = frame[column.name]
        after = before.cast(column.type, strict=False)
        return self._named(
            frame, before.is_not_null() & after.is_null(), column, f"is not {_article(column.kind)}"
        )

    def _bad_values(self, frame: pl.DataFrame, column: Column) -> list[str]:
        values = frame[column.name]
        defects = []
        if column.required:
            defects += self._named(frame, values.is_null(), column, "is required and missing")
        if column.terms:
            terms = ", ".join(column.terms)
            outside = values.is_not_null() & ~values.is_in(list(column.terms))
            defects += self._named(frame, outside, column, f"is not one of {terms}")
        if column.kind == "date":
            odd = values.is_not_null() & ~values.fill_null("2000").str.contains(ISO_8601)
            defects += self._named(frame, odd, column, "is not an ISO 8601 date")
            full = values.str.len_chars() >= len("2000-01-01")
            days = values.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
            defects += self._named(
                frame,
                full.fill_null(value=False) & ~odd & days.is_null(),
                column,
                "is not a day of the calendar",
            )
        if column.unit_in:
            bare = values.is_not_null() & frame[column.unit_in].is_null()
            defects += self._named(frame, bare, column, f"has no unit in {column.unit_in}")
        if column.kind == "number":
            odd = values.is_not_null() & ~values.fill_null(0.0).is_finite()
            defects += self._named(frame, odd, column, "is not a finite number")
        return defects

    def _repeated_keys(self, frame: pl.DataFrame) -> list[str]:
        if not frame.height:
            return []
        repeated = frame.select(self.keys).is_duplicated()
        rows = repeated.arg_true().to_list()
        first_seen: dict[tuple[object, ...], int] = {}
        defects = []
        for row in rows:
            key = tuple(frame[name][row] for name in self.keys)
            if key in first_seen:
                shown = ", ".join(f"{n}={v}" for n, v in zip(self.keys, key, strict=True))
                first = first_seen[key]
                defects.append(f"{self.domain} row {row + 1}: repeats row {first} ({shown})")
            else:
                first_seen[key] = row + 1
        return defects

    def _named(
        self, frame: pl.DataFrame, where: pl.Series, column: Column, problem: str
    ) -> list[str]:
        """Name the rows in which a condition holds; the rest are counted."""
        rows = where.fill_null(value=False).arg_true().to_list()
        defects = []
        for row in rows[:_MOST_ROWS_NAMED]:
            person = frame["USUBJID"][row] if "USUBJID" in frame.columns else None
            who = f" ({person})" if person is not None else ""
            value = frame[column.name][row]
            shown = "" if value is None else f' "{value}"'
            defects.append(f"{self.domain} row {row + 1}{who}: {column.name}{shown} {problem}")
        if len(rows) > _MOST_ROWS_NAMED:
            more = len(rows) - _MOST_ROWS_NAMED
            defects.append(f"{self.domain}: {column.name} {problem} in {more} more rows")
        return defects


def _article(kind: Kind) -> str:
    return {"text": "text", "integer": "a whole number", "number": "a number", "date": "a date"}[
        kind
    ]
