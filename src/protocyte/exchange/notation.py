"""How a source writes numbers: decimal marks, and results beyond a limit such as "<50".

One law: what is not wholly a number is no number; nothing is guessed from its beginning.
"""

import re
from dataclasses import dataclass
from typing import Final

import polars as pl

#: Signs of a result beyond a limit → how the record writes them.
SIGNS: Final[dict[str, str]] = {
    "<": "<",
    "<=": "<=",
    "≤": "<=",
    ">": ">",
    ">=": ">=",
    "≥": ">=",
}
_ANY_SIGN: Final = "|".join(sorted(SIGNS, key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class Notation:
    """How a table writes its numbers.

    Parameters
    ----------
    decimal : str
        Decimal mark, "." or ",".

    Examples
    --------
    >>> frame = pl.DataFrame({"ldh": ["1,5", "1.5", "haemolysed", None]})
    >>> frame.select(Notation(",").numbers(pl.col("ldh")))["ldh"].to_list()
    [1.5, None, None, None]
    """

    decimal: str = "."

    def numbers(self, text: pl.Expr) -> pl.Expr:
        """Give the numbers that stand in text, without a unit of their own; null for other text."""
        plain = text if self.decimal == "." else text.str.replace(self.decimal, ".", literal=True)
        number = plain.cast(pl.Float64, strict=False)
        is_number = text.str.contains(f"^{self._number}$") & number.is_finite()
        return pl.when(is_number).then(number)

    def signs(self, text: pl.Expr) -> pl.Expr:
        """Give the sign of results such as "<50"; null for other text."""
        return text.str.extract(f"^({_ANY_SIGN}) *{self._number}$", 1).replace(SIGNS)

    def limits(self, text: pl.Expr) -> pl.Expr:
        """Give the number behind the sign of results such as "<50"; null for other text."""
        return self.numbers(text.str.extract(f"^(?:{_ANY_SIGN}) *({self._number})$", 1))

    @staticmethod
    def written(number: pl.Expr) -> pl.Expr:
        """Write numbers as the record does: as short as their value allows."""
        return number.cast(pl.String).str.replace(r"\.0$", "")

    @property
    def _number(self) -> str:
        mark = re.escape(self.decimal)
        return rf"[+-]?(?:\d+(?:{mark}\d*)?|{mark}\d+)(?:[eE][+-]?\d+)?"
