"""Quantities as a protocol writes them: durations, days, windows, doses. Each keeps its unit."""

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema

from protocyte.standards.calendar import Duration, convert_duration
from protocyte.standards.units import convert_unit

_DAYS = re.compile(r"^\s*(-?\d+)\s*\.\.\s*(-?\d+)\s*$")
_WINDOW = re.compile(r"^\s*(-?\d+)\s*\.\.\s*\+?(-?\d+)\s*days?\s*$")
_DOSE = re.compile(r"^\s*(\d+(?:\.\d+)?(?:e\+?\d+)?)\s*([^\d\s.].*?)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Days:
    """A span of protocol days, both ends included.

    Parameters
    ----------
    first, last : int
        Days as the protocol prints them.

    Examples
    --------
    >>> Days.read("-5..-3")
    Days(first=-5, last=-3)
    """

    first: int
    last: int

    @classmethod
    def read(cls, value: Any) -> "Days":
        """Read ``-5..-3`` or a single day.

        Parameters
        ----------
        value : object
            Text or a whole number.

        Returns
        -------
        Days
            The span.

        Raises
        ------
        ValueError
            If it is neither, or ends before it begins.
        """
        if isinstance(value, Days):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return cls(value, value)
        found = _DAYS.match(str(value))
        if not found:
            raise ValueError(f'"{value}" is not a span of days; write for instance -5..-3, or 0')
        first, last = int(found[1]), int(found[2])
        if last < first:
            raise ValueError(f'"{value}" ends before it begins; write {last}..{first}')
        return cls(first, last)

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}..{self.last}"


@dataclass(frozen=True, slots=True)
class Window:
    """How far a visit may stray from its day.

    Parameters
    ----------
    before, after : int
        Days allowed before and after [d], not negative.

    Examples
    --------
    >>> Window.read("2 days"), Window.read("-1..3 days")
    (Window(before=2, after=2), Window(before=1, after=3))
    """

    before: int
    after: int

    @classmethod
    def read(cls, value: Any) -> "Window":
        """Read ``2 days`` (either side) or ``-1..3 days``.

        Parameters
        ----------
        value : object
            The text.

        Returns
        -------
        Window
            The window.

        Raises
        ------
        ValueError
            If it is neither.
        """
        if isinstance(value, Window):
            return value
        found = _WINDOW.match(str(value))
        if found and int(found[1]) <= 0 <= int(found[2]):
            return cls(-int(found[1]), int(found[2]))
        try:
            days = convert_duration(str(value)).nominal_days
        except ValueError:
            days = -1.0
        if days < 0 or not days.is_integer():
            raise ValueError(
                f'"{value}" is not a visit window; write for instance "2 days" (either side) '
                'or "-1..3 days"'
            )
        return cls(int(days), int(days))

    def __str__(self) -> str:
        if self.before == self.after:
            return f"{self.before} day{'' if self.before == 1 else 's'}"
        return f"-{self.before}..{self.after} days"


@dataclass(frozen=True, slots=True)
class CellDose:
    """A dose of cells, a person or a kilogram of body weight.

    Parameters
    ----------
    cells : float
        Number of cells [1], or per kilogram [1/kg]; positive.
    per_kg : bool
        Whether it is per kilogram of body weight.

    Examples
    --------
    >>> str(CellDose.read("3e6 cells/kg"))
    '3e6 cells/kg'
    """

    cells: float
    per_kg: bool

    @classmethod
    def read(cls, value: Any) -> "CellDose":
        """Read ``9e8 cells`` or ``3e6 cells/kg``.

        Parameters
        ----------
        value : object
            The text.

        Returns
        -------
        CellDose
            The dose.

        Raises
        ------
        ValueError
            If it has no unit, a unit of another kind, or is not positive.
        """
        if isinstance(value, CellDose):
            return value
        found = _DOSE.match(str(value))
        # To pint cells are a bare count: without the word, a percentage would pass for them.
        if not found or "cell" not in found[2]:
            raise ValueError(
                f'"{value}" is not a dose of cells; write a number and "cells" or "cells/kg", '
                "for instance 3e6 cells/kg"
            )
        number, unit = float(found[1]), found[2]
        per_kg = "kg" in unit or "/g" in unit
        if unit not in ("cells", "cells/kg"):
            try:
                number = convert_unit(number, unit, to="cells/kg" if per_kg else "cells")
            except (ArithmeticError, AttributeError) as error:
                raise ValueError(f'"{unit}" is not a unit; write cells or cells/kg') from error
        if not number > 0:
            raise ValueError(f'"{value}" is not a dose; write more than 0 cells')
        return cls(number, per_kg)

    def cells_for(self, weight: float) -> float:
        """Return the number of cells for a person.

        Parameters
        ----------
        weight : float
            Body weight [kg].

        Returns
        -------
        float
            Cells [1].
        """
        return self.cells * weight if self.per_kg else self.cells

    def __str__(self) -> str:
        mantissa, exponent = f"{self.cells:.6e}".split("e")
        number = f"{float(mantissa):g}e{int(exponent)}"
        return f"{number} cells{'/kg' if self.per_kg else ''}"


def _read_duration(value: Any) -> Duration:
    return value if isinstance(value, Duration) else convert_duration(str(value))


def _text_schema(pattern: str, example: str, description: str) -> WithJsonSchema:
    return WithJsonSchema(
        {"type": "string", "pattern": pattern, "examples": [example], "description": description}
    )


DurationText = Annotated[
    Duration,
    PlainValidator(_read_duration),
    PlainSerializer(str),
    _text_schema(
        r"^\s*\d+(\.\d+)?\s*(hour|day|week|month|year)s?\s*$", "28 days", "A length of time."
    ),
]
DaysText = Annotated[
    Days,
    PlainValidator(Days.read),
    PlainSerializer(str),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer"},
                {"type": "string", "pattern": r"^\s*-?\d+\s*\.\.\s*-?\d+\s*$"},
            ],
            "examples": ["-5..-3"],
            "description": "A day or a span of days, as the protocol prints them.",
        }
    ),
]
WindowText = Annotated[
    Window,
    PlainValidator(Window.read),
    PlainSerializer(str),
    _text_schema(
        r"^\s*(-?\d+\s*\.\.\s*\+?-?\d+|\d+)\s*(day|week)s?\s*$",
        "2 days",
        "How far a visit may stray from its day: either side, or as a span.",
    ),
]
CellDoseText = Annotated[
    CellDose,
    PlainValidator(CellDose.read),
    PlainSerializer(str),
    _text_schema(
        r"^\s*[0-9.]+([eE]\+?\d+)?\s*\S.*$", "3e6 cells/kg", "Cells, or cells a kilogram."
    ),
]
Share = Annotated[float, Field(ge=0.0, le=1.0, description="A probability or share [1], 0 to 1.")]
