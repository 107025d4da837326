"""Conditions on the columns of a source: ``crs = 1 and grade is present``.

One law: a comparison with a missing value is neither met nor unmet; it is unknown, and so is what
hangs on it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from protocyte.exchange.notation import Notation

_TOKEN: Final = re.compile(
    r"\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<sign><=|>=|!=|[=<>(),])"
    r"|(?P<word>[^\s=<>!(),\"']+))"
)
_HELP: Final = (
    "write for instance `crs = 1 and grade >= 3`, `response in (cr, pr)`, `death is present` or "
    "`not (a = 1 or b = 1)`, with quotes around names that hold spaces"
)
_KEYWORDS: Final = ("and", "or", "not", "is", "in")


@dataclass(frozen=True, slots=True)
class _Test:
    """A column compared with values, or looked at for being there."""

    column: str
    sign: str
    values: tuple[str, ...] = ()

    def columns(self) -> Iterator[str]:
        yield self.column

    def holds(self, notation: Notation) -> pl.Expr:
        text = pl.col(self.column)
        match self.sign:
            case "present":
                return text.is_not_null()
            case "missing":
                return text.is_null()
            case "=" | "in":
                return pl.any_horizontal([self._equals(value, notation) for value in self.values])
            case "!=":
                return ~self._equals(self.values[0], notation)
        number, limit = notation.numbers(text), float(self.values[0])
        signs = {"<": number < limit, "<=": number <= limit, ">": number > limit}
        return signs.get(self.sign, number >= limit)

    def _equals(self, value: str, notation: Notation) -> pl.Expr:
        """Compare as text, and as numbers where both are: 1 equals 1.0."""
        text = pl.col(self.column)
        try:
            number = float(value)
        except ValueError:
            return text == value
        return (text == value) | (notation.numbers(text) == number).fill_null(
            pl.when(text.is_not_null()).then(pl.lit(value=False))
        )


@dataclass(frozen=True, slots=True)
class _Joined:
    """Conditions joined by "and" or "or", or one that is negated."""

    word: str
    parts: "tuple[_Node, ...]"

    def columns(self) -> Iterator[str]:
        for part in self.parts:
            yield from part.columns()

    def holds(self, notation: Notation) -> pl.Expr:
        parts = [part.holds(notation) for part in self.parts]
        if self.word == "not":
            return ~parts[0]
        return pl.all_horizontal(parts) if self.word == "and" else pl.any_horizontal(parts)


_Node = _Test | _Joined


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on the columns of a source.

    Parameters
    ----------
    text : str
        The condition as written.
    root : object
        What it was read as.

    Examples
    --------
    >>> condition = Condition.read("crs = 1 and not grade in (0, 5)")
    >>> frame = pl.DataFrame({"crs": ["1", "1", "0", None], "grade": ["2", "5", "0", "3"]})
    >>> frame.select(condition.holds(Notation()))["crs"].to_list()
    [True, False, False, None]
    """

    text: str
    root: _Node

    @classmethod
    def read(cls, value: Any) -> "Condition":
        """Read a condition.

        Parameters
        ----------
        value : object
            The text.

        Returns
        -------
        Condition
            The condition.

        Raises
        ------
        ValueError
            If it cannot be read.
        """
        if isinstance(value, Condition):
            return value
        return cls(str(value), _Reader(str(value)).whole())

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that it looks at."""
        return tuple(dict.fromkeys(self.root.columns()))

    def holds(self, notation: Notation) -> pl.Expr:
        """Give whether it holds in each row; null where a missing value leaves it open.

        Parameters
        ----------
        notation : Notation
            How the table writes numbers.

        Returns
        -------
        polars.Expr
            True, false or null.
        """
        return self.root.holds(notation)

    def __str__(self) -> str:
        return self.text


class _Reader:
    """Reads a condition from left to right: "or" binds least, then "and", then "not"."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[tuple[str, str]] = []
        position = 0
        while text[position:].strip():
            found = _TOKEN.match(text, position)
            if not found:
                raise self._unreadable(text[position:].strip())
            kind = found.lastgroup or ""
            is_word = kind == "word" and found[kind] in _KEYWORDS
            self._tokens.append(("sign" if is_word else kind, found[kind]))
            position = found.end()

    def whole(self) -> _Node:
        root = self._joined("or")
        if self._tokens:
            raise self._unreadable(self._tokens[0][1])
        return root

    def _joined(self, word: str) -> _Node:
        parts = [self._joined("and") if word == "or" else self._single()]
        while self._takes(word):
            parts.append(self._joined("and") if word == "or" else self._single())
        return parts[0] if len(parts) == 1 else _Joined(word, tuple(parts))

    def _single(self) -> _Node:
        if self._takes("not"):
            return _Joined("not", (self._single(),))
        if self._takes("("):
            inner = self._joined("or")
            self._must_take(")")
            return inner
        return self._test()

    def _test(self) -> _Node:
        column = self._name()
        if self._takes("is"):
            word = self._name()
            if word not in ("present", "missing"):
                raise self._unreadable(word)
            return _Test(column, word)
        if self._takes("in"):
            self._must_take("(")
            values = [self._name()]
            while self._takes(","):
                values.append(self._name())
            self._must_take(")")
            return _Test(column, "in", tuple(values))
        sign = next((s for s in ("<=", ">=", "!=", "=", "<", ">") if self._takes(s)), None)
        if sign is None:
            raise self._unreadable(self._tokens[0][1] if self._tokens else "its end")
        value = self._name()
        if sign in ("<", "<=", ">", ">="):
            self._must_be_number(value)
        return _Test(column, sign, (value,))

    def _must_be_number(self, value: str) -> None:
        try:
            float(value)
        except ValueError:
            raise ValueError(
                f'"{self._text}" compares with "{value}", which is not a number; {_HELP}'
            ) from None

    def _name(self) -> str:
        if not self._tokens or self._tokens[0][0] == "sign":
            raise self._unreadable(self._tokens[0][1] if self._tokens else "its end")
        return self._tokens.pop(0)[1]

    def _takes(self, sign: str) -> bool:
        if self._tokens and self._tokens[0] == ("sign", sign):
            self._tokens.pop(0)
            return True
        return False

    def _must_take(self, sign: str) -> None:
        if not self._takes(sign):
            raise self._unreadable(self._tokens[0][1] if self._tokens else "its end")

    def _unreadable(self, at: str) -> ValueError:
        return ValueError(f'"{self._text}" is not a condition (reading stopped at {at}); {_HELP}')
