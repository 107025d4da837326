"""Ages that something is open to, as a protocol writes them: each keeps its unit."""

import math
import re
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

_PATTERN: Final = r"^\s*(up to\s+\d+|\d+\s*\.\.\s*\d+|\d+)\s*(years?|months?)(\s+or more)?\s*$"
_FORM: Final = re.compile(
    r"^\s*(?:(?P<least>\d+)\s*(?P<a>year|month)s?\s+or\s+more"
    r"|up\s+to\s+(?P<most>\d+)\s*(?P<b>year|month)s?"
    r"|(?P<low>\d+)\s*\.\.\s*(?P<high>\d+)\s*(?P<c>year|month)s?)\s*$"
)
_A_YEAR: Final = {"year": 1, "month": 12}
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Ages:
    """A range of ages in full years or months, both ends included.

    Parameters
    ----------
    low, high : int or None
        Youngest and oldest age [unit]; None without a limit. Whoever is 17 years and 11 months old
        is 17 years old.
    unit : {"year", "month"}
        Unit of the limits.

    Examples
    --------
    >>> Ages.read("12..17 years").admits(17.9)
    True
    """

    low: int | None
    high: int | None
    unit: str = "year"

    @classmethod
    def read(cls, value: Any) -> "Ages":
        """Read ``18 years or more``, ``12..17 years`` or ``up to 17 years``.

        Parameters
        ----------
        value : object
            The text.

        Returns
        -------
        Ages
            The range.

        Raises
        ------
        ValueError
            If it is none of these, or nobody has such an age.
        """
        if isinstance(value, Ages):
            return value
        found = _FORM.match(str(value))
        if not found:
            raise ValueError(
                f'"{value}" is not a range of ages; write for instance "18 years or more", '
                '"12..17 years" or "up to 17 years"'
            )
        low, high = found["least"] or found["low"], found["most"] or found["high"]
        ages = cls(
            None if low is None else int(low),
            None if high is None else int(high),
            found["a"] or found["b"] or found["c"],
        )
        if ages.low is not None and ages.high is not None and ages.low > ages.high:
            raise ValueError(
                f'"{value}" ends before it begins; write {ages.high}..{ages.low} {ages.unit}s'
            )
        return ages

    @property
    def youngest(self) -> float:
        """The youngest age [years]."""
        return (self.low or 0) / _A_YEAR[self.unit]

    @property
    def oldest(self) -> float:
        """The age that is too old already [years]; infinite without a limit."""
        return math.inf if self.high is None else (self.high + 1) / _A_YEAR[self.unit]

    def admits(self, age: float) -> bool:
        """Return whether a person of an age is in the range.

        Parameters
        ----------
        age : float
            Age [years].

        Returns
        -------
        bool
            Whether the person is.
        """
        return self.youngest - _ROUNDING <= age < self.oldest - _ROUNDING

    def __str__(self) -> str:
        if self.high is None:
            return f"{self.low} {self.unit}s or more"
        if self.low is None:
            return f"up to {self.high} {self.unit}s"
        return f"{self.low}..{self.high} {self.unit}s"


AgesText = Annotated[
    Ages,
    PlainValidator(Ages.read),
    PlainSerializer(str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": _PATTERN,
            "examples": ["18 years or more"],
            "description": "A range of ages, both ends included.",
        }
    ),
]
