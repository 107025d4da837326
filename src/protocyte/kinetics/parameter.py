"""A parameter of a model: one line that a pharmacologist can review.

Name, symbol, value, unit, spread between patients, status, source, meaning. One law: a value is
sourced, derived from sourced values, assumed or unpublished, and the table says which.
"""

import difflib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from protocyte.errors import ProtocolError

Floats = NDArray[np.float64]
Status = Literal["sourced", "derived", "assumed", "unpublished"]
SpreadKind = Literal["log-normal", "quartiles", "range", "confidence"]
Reading = Literal["variance", "sd"]

NONE: Final = "–"
"""Stands in a table where there is no value, or no spread."""

COLUMNS: Final = ("name", "symbol", "value", "unit", "spread", "status", "source", "meaning")


@dataclass(frozen=True, slots=True)
class Spread:
    """How much a parameter differs between patients or fits, as its source prints it.

    Parameters
    ----------
    kind : {"log-normal", "quartiles", "range", "confidence"}
        What the printed numbers are. A confidence interval is that of the typical value at 95 %:
        it says nothing of differences between patients.
    printed : tuple of str
        As printed: a random effect of the logarithm [1], or two bounds [unit of the parameter].

    Examples
    --------
    >>> round(100 * Spread("log-normal", ("0.65",)).geometric_cv("variance"))
    96
    """

    kind: SpreadKind
    printed: tuple[str, ...]

    def log_sd(self, reading: Reading) -> float:
        """Give the SD of the logarithm, if the printed random effect is a variance or an SD."""
        if self.kind != "log-normal" or reading not in get_args(Reading):
            raise ProtocolError(
                f'a spread of kind "{self.kind}" cannot be read as "{reading}"; read a log-normal '
                'one as "variance" or as "sd"'
            )
        size = float(self.printed[0])
        return math.sqrt(size) if reading == "variance" else size

    def geometric_cv(self, reading: Reading) -> float:
        """Give the geometric coefficient of variation [1] under one reading of the effect."""
        return math.sqrt(math.expm1(self.log_sd(reading) ** 2))

    def holds(self, value: float) -> bool:
        """Say whether a printed range holds a value; a log-normal spread holds every one."""
        if self.kind == "log-normal":
            return True
        return float(self.printed[0]) <= value <= float(self.printed[1])


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of a model, with everything a reviewer asks about it.

    Parameters
    ----------
    name : str
        Name by which the model's function takes it.
    symbol : str
        Symbol in the equations, in LaTeX.
    printed : str
        Value as the source prints it [``unit``]; a dash if nobody has published one.
    unit : str
        Unit; "1" if it has none.
    spread : Spread or None
        Differences between patients or fits, where the source gives them.
    status : {"sourced", "derived", "assumed", "unpublished"}
        Whether a source states the value, it follows from such values, nobody states it and one
        was assumed, or there is none and whoever solves the model must give it.
    source : str
        Key of the reference, then the place in it.
    meaning : str
        What it is, in words.

    Examples
    --------
    >>> Parameter("t_max", "T", "9.3", "d", None, "sourced", "Doe2020, table 1", "peak").value
    9.3
    """

    name: str
    symbol: str
    printed: str
    unit: str
    spread: Spread | None
    status: Status
    source: str
    meaning: str

    @property
    def value(self) -> float:
        """Value [``unit``]; an error if there is none."""
        if self.status == "unpublished":
            raise ProtocolError(
                f"no value of {self.name} ({self.meaning}, {self.unit}) is published; give one and "
                "list it as an assumption"
            )
        return float(self.printed)


@dataclass(frozen=True, slots=True)
class ParameterTable:
    """The parameters of one model, in the order in which they are printed.

    Parameters
    ----------
    parameters : tuple of Parameter
        One a line.

    Examples
    --------
    >>> table = ParameterTable.from_text('''
    ... name  | symbol | value | unit | spread          | status  | source  | meaning
    ... t_max | T      | 9.3   | d    | log-normal 0.38 | sourced | Doe2020 | day of the peak
    ... ''')
    >>> table["t_max"].spread.printed, table.values(t_max=12.0)
    (('0.38',), {'t_max': 12.0})
    """

    parameters: tuple[Parameter, ...]

    @classmethod
    def from_text(cls, text: str) -> "ParameterTable":
        """Read a table with one parameter a line and columns between bars."""
        rows = [line.split("|") for line in text.splitlines() if line.strip()]
        head, *lines = ([cell.strip() for cell in row] for row in rows)
        if tuple(head) != COLUMNS or any(len(line) != len(COLUMNS) for line in lines):
            raise ProtocolError(
                f"a table of parameters has not the columns {', '.join(COLUMNS)}; write each once "
                "in every line"
            )
        return cls(tuple(_parameter(line) for line in lines))

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self.parameters)

    def __getitem__(self, name: str) -> Parameter:
        found = {parameter.name: parameter for parameter in self}
        if name in found:
            return found[name]
        near = difflib.get_close_matches(name.lower(), found, n=1)
        remedy = f'write "{near[0]}"' if near else f"use one of {', '.join(found)}"
        raise ProtocolError(f'this model has no parameter "{name}"; {remedy}')

    def values(self, **changes: float) -> dict[str, float]:
        """Give the values by name, some of them changed; unpublished ones must be given."""
        for name in changes:
            self[name]
        return {p.name: p.value for p in self if p.name not in changes} | changes

    def arguments(
        self, times: Floats, given: Mapping[str, float | Floats]
    ) -> tuple[Floats, dict[str, Floats]]:
        """Check what a solve function was given; parameters come back as arrays of one shape."""
        days = np.asarray(times, dtype=np.float64)
        if days.ndim != 1 or not days.size or not np.all(np.isfinite(days) & (days >= 0)):
            raise ProtocolError(
                "the times are not a list of days since the infusion; give finite days, none of "
                "them negative"
            )
        arrays = {name: np.asarray(value, dtype=np.float64) for name, value in given.items()}
        for name, array in arrays.items():
            wrong = array[~(np.isfinite(array) & (array > 0))]
            if wrong.size:
                raise ProtocolError(
                    f"{name} of {wrong.flat[0]:g} {self[name].unit} is not a positive number; "
                    f"give the {self[name].meaning}"
                )
        lengths = {array.shape for array in arrays.values() if array.ndim}
        if len(lengths) > 1 or any(len(shape) > 1 for shape in lengths):
            raise ProtocolError(
                f"parameters of shapes {', '.join(map(str, sorted(lengths)))} do not belong to the "
                "same patients; give one number each, or one number a patient"
            )
        shape = lengths.pop() if lengths else ()
        return days, {name: np.broadcast_to(array, shape) for name, array in arrays.items()}


def _parameter(line: list[str]) -> Parameter:
    """Read one line of a table."""
    name, symbol, printed, unit, spread, status, source, meaning = line
    kind, *numbers = spread.split()
    known = kind in get_args(SpreadKind) and len(numbers) == (1 if kind == "log-normal" else 2)
    if status not in get_args(Status) or not (known or spread == NONE):
        raise ProtocolError(
            f'the line of parameter "{name}" has the status "{status}" and the spread "{spread}"; '
            f"use one of {', '.join(get_args(Status))} and one of {', '.join(get_args(SpreadKind))}"
        )
    if (printed == NONE) != (status == "unpublished"):
        raise ProtocolError(
            f'the line of parameter "{name}" has the value "{printed}" and the status "{status}"; '
            f'a parameter without a value is "unpublished" and has "{NONE}", any other a number'
        )
    found = Spread(kind, tuple(numbers)) if known else None  # type: ignore[arg-type]
    return Parameter(name, symbol, printed, unit, found, status, source, meaning)  # type: ignore[arg-type]
