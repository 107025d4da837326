"""What is wrong with a mapping beyond its form: variables, terms and units that the record refuses.

Everything is found before a file of data is opened, and each place is named.
"""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from protocyte.exchange.conversion import Conversion
from protocyte.exchange.source import RESULT, Choice, Dates, Rows, Source
from protocyte.exchange.value import Test, Value
from protocyte.protocol.finding import Path
from protocyte.record import Column

Code = Literal["SYN003", "SYN004", "SYN005"]
_SHARED: Final = ("STUDYID", "DOMAIN", "USUBJID")


@dataclass(frozen=True, slots=True)
class Misfit:
    """One place of a mapping that cannot become a record.

    Parameters
    ----------
    code : {"SYN003", "SYN004", "SYN005"}
        Key that is not known, key that is missing, value that does not fit.
    path : tuple of str and int
        Where it stands.
    message : str
        What is wrong, with the values.
    remedy : str
        What to do.
    """

    code: Code
    path: Path
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """A mapping under inspection.

    Parameters
    ----------
    tables : mapping of str to Source
        Files of the source.
    dates : Dates
        How it tells time.
    choices : mapping of str to Choice
        What is left open.
    """

    tables: Mapping[str, Source]
    dates: Dates
    choices: Mapping[str, Choice]

    def misfits(self) -> Iterator[Misfit]:
        """Give everything that does not fit."""
        anchor = self.dates.anchor
        if anchor is not None and anchor.file not in self.tables:
            yield Misfit(
                "SYN005",
                ("dates", "anchor", "file"),
                f'"{anchor.file}" is not a file of this mapping.',
                _nearest(anchor.file, list(self.tables)),
            )
        if not any(rows.domain == "DM" for table in self.tables.values() for rows in table.rows):
            yield Misfit(
                "SYN004",
                ("tables",),
                "No file says who the participants are: no rows go to DM.",
                "Add `- domain: DM` to the rows of the file that lists every participant.",
            )
        for file, table in self.tables.items():
            for index, rows in enumerate(table.rows):
                path: Path = ("tables", file, "rows", index)
                yield from self._choices(path, rows)
                yield from self._variables(path, rows)
                yield from _required(path, rows)
                yield from _tests(path, rows)
                yield from _ignored(path, rows, table)

    def _choices(self, path: Path, rows: Rows) -> Iterator[Misfit]:
        for name, options in rows.choose.items():
            here: Path = (*path, "choose", name)
            if name not in self.choices:
                yield Misfit(
                    "SYN003",
                    here,
                    f'"{name}" is not a choice of this mapping.',
                    _nearest(name, list(self.choices)) if self.choices else "Add it to `choices`.",
                )
                continue
            known = self.choices[name].options
            for option in options:
                if option not in known:
                    yield Misfit(
                        "SYN003",
                        (*here, option),
                        f'"{option}" is not an option of "{name}".',
                        _nearest(option, list(known)),
                    )
            for option in known:
                if option not in options:
                    yield Misfit(
                        "SYN004",
                        here,
                        f'Nothing is said for the option "{option}" of "{name}".',
                        f"Add `{option}:` with its variables.",
                    )

    def _variables(self, path: Path, rows: Rows) -> Iterator[Misfit]:
        columns = {column.name: column for column in rows.table.columns}
        assigned = {*_SHARED, rows.table.sequence}
        by_test = {f"{rows.domain}{name}" for name in RESULT} if rows.tests else set()
        free = [name for name in columns if name not in assigned | by_test]
        for step, name, value in rows.all_variables():
            here = (*path, *step)
            if name in assigned & set(columns):
                message = f"{name} is filled by the import itself."
                yield Misfit("SYN003", here, message, "Remove it.")
            elif name in by_test:
                message = f"{name} is filled from `tests`."
                yield Misfit("SYN003", here, message, "Remove it, or remove `tests`.")
            elif name not in columns:
                message = f"{name} is not a variable of {rows.domain}."
                yield Misfit("SYN003", here, message, _nearest(name, free))
            else:
                yield from self._value(here, columns[name], value)
                yield from _unit(here, columns[name], value, rows)
            if step[0] == "choose" and name in rows.variables:
                yield Misfit(
                    "SYN005",
                    here,
                    f"{name} stands in `variables` as well.",
                    "Remove one of the two.",
                )

    def _value(self, path: Path, column: Column, value: Value) -> Iterator[Misfit]:
        is_date = column.kind == "date"
        if value.day is not None and not is_date:
            message = f"{column.name} holds no date, and `day` gives one."
            yield Misfit("SYN005", path, message, "Write `column` instead of `day`.")
        elif value.day is not None and self.dates.counted_from is None:
            message = "Days are counted here, and nothing says from what."
            yield Misfit("SYN005", path, message, "Add `counted_from` and `day_zero` to `dates`.")
        if is_date and value.day is None and self.dates.arbitrary is not None:
            message = f"{column.name} takes a real date, and {self.dates.arbitrary} is arbitrary."
            remedy = "Write `day`, or give `dates` an `anchor` with real dates."
            yield Misfit("SYN005", path, message, remedy)
        if value.form is not None and not is_date:
            message = f"{column.name} holds no date, and `form` says how dates are written."
            yield Misfit("SYN005", path, message, "Remove `form`.")
        if is_date and (value.row or value.values):
            message = f"{column.name} holds a date; row numbers and codes are none."
            yield Misfit("SYN005", path, message, "Write a date, `day`, or `column` alone.")
        terms = [value.constant, *value.values.values()]
        for term in terms:
            if term is not None and not _fits(term, column):
                yield Misfit(
                    "SYN005",
                    path,
                    f'"{term}" cannot stand in {column.name} ({column.label[:1].lower()}'
                    f"{column.label[1:]}).",
                    f"Use one of: {', '.join(column.terms)}."
                    if column.terms
                    else f"Write {_WANTED[column.kind]}.",
                )


_WANTED: Final = {
    "text": "text",
    "integer": "a whole number",
    "number": "a number",
    "date": "a date, such as 2026-03-09",
}


def _fits(term: str, column: Column) -> bool:
    """Tell whether a constant may stand in a column."""
    if column.terms:
        return term in column.terms
    try:
        match column.kind:
            case "integer":
                int(term)
            case "number":
                float(term)
            case _:
                pass
    except ValueError:
        return False
    return True


def _unit(path: Path, column: Column, value: Value, rows: Rows) -> Iterator[Misfit]:
    """Find numbers without a unit, and units that no factor joins."""
    if value.unit is not None and not column.unit_in:
        message = f"{column.name} has no unit in the record."
        yield Misfit("SYN005", path, message, "Remove `unit`.")
        return
    names = {name for _, name, _ in rows.all_variables()}
    is_result = bool(rows.tests) and column.unit_in == f"{rows.domain}STRESU"
    if column.unit_in and value.unit is None and column.unit_in not in names and not is_result:
        yield Misfit(
            "SYN005",
            path,
            f"{column.name} is a number, and nothing says its unit.",
            f"Add `unit` here, or {column.unit_in} to `variables`.",
        )
    if value.unit is not None and value.source_unit is not None:
        yield from _conversion(path, value.source_unit, value.unit)


def _conversion(path: Path, source: str, unit: str) -> Iterator[Misfit]:
    try:
        Conversion.between(source, unit)
    except ValueError as error:
        message = str(error).partition("; ")[0]
        yield Misfit(
            "SYN005",
            path,
            f"{message}.",
            "Correct the unit, or convert the column before it is imported.",
        )


def _required(path: Path, rows: Rows) -> Iterator[Misfit]:
    by_test = {f"{rows.domain}{name}" for name in RESULT} if rows.tests else set()
    given = {name for step, name, _ in rows.all_variables() if step[0] != "tests"}
    for column in rows.table.columns:
        assigned = column.name in (*_SHARED, rows.table.sequence)
        if column.required and not assigned and column.name not in given | by_test:
            yield Misfit(
                "SYN004",
                path,
                f"{column.name} ({column.label[:1].lower()}{column.label[1:]}) is missing from "
                f"these {rows.domain} rows.",
                f"Add `{column.name}:` to `variables`.",
            )


def _tests(path: Path, rows: Rows) -> Iterator[Misfit]:
    if rows.tests and f"{rows.domain}TESTCD" not in rows.table.schema:
        yield Misfit(
            "SYN003",
            (*path, "tests"),
            f"{rows.domain} holds no tests.",
            "Write its variables under `variables`.",
        )
        return
    for key, test in rows.tests.items():
        yield from _test((*path, "tests", key), test)


def _test(path: Path, test: Test) -> Iterator[Misfit]:
    if test.unit is None:
        return
    if test.source_unit is not None and test.factor is None:
        yield from _conversion(path, test.source_unit, test.unit)
    for name, value in test.variables.items():
        if value.unit is not None and value.unit != test.unit:
            yield Misfit(
                "SYN005",
                (*path, "variables", name),
                f"{name} is in {value.unit}, and the results of {test.code} are in {test.unit}.",
                f"Write `unit: {test.unit}`, with `source_unit` for the unit of the source.",
            )


def _ignored(path: Path, rows: Rows, table: Source) -> Iterator[Misfit]:
    for column in rows.columns():
        if column in table.ignore:
            message = f'The column "{column}" is used here and stands in `ignore` as well.'
            yield Misfit("SYN005", path, message, "Remove it from `ignore`.")


def _nearest(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    if close:
        return f'Did you mean "{close[0]}"? Otherwise remove it.'
    return f"Use one of: {', '.join(known)}."
