"""One comparison of a rule, and whether two of them can hold together.

Bounds are compared only in one unit. Multiples of a limit of normal are compared with each other
alone, because each value has its own limit.
"""

from dataclasses import dataclass, replace
from typing import Final

from protocyte.standards.units import convert_unit

#: Units that stand for a multiple of a value's own limit of normal.
LIMITS: Final = ("ULN", "LLN")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison that a rule makes, with the sides that numbers bound.

    Parameters
    ----------
    name : str
        What is compared.
    low, high : float or None
        Bounds [``unit``], both ends included unless told otherwise; None without a bound.
    low_strict, high_strict : bool
        Whether the bound itself fails.
    unit : str
        Unit of the bounds, ``"ULN"`` or ``"LLN"`` for multiples of a limit, or empty.

    Examples
    --------
    >>> adult = Comparison("age", 18.0, None, low_strict=False, high_strict=False, unit="years")
    >>> child = Comparison("age", None, 144.0, low_strict=False, high_strict=False, unit="months")
    >>> adult.crosses(child), adult.covers(child)
    (True, False)
    """

    name: str
    low: float | None
    high: float | None
    low_strict: bool
    high_strict: bool
    unit: str

    @property
    def is_bounded(self) -> bool:
        """Whether it bounds its value on any side."""
        return self.low is not None or self.high is not None

    @property
    def has_known_unit(self) -> bool:
        """Whether its unit can be converted; braces hold a remark, such as ``{score}``."""
        is_remark = self.unit.startswith("{") and self.unit.endswith("}")
        if not self.unit or self.unit in LIMITS or is_remark:
            return True
        # Two spellings of one unit, because equal ones are not looked at.
        return _convert(1.0, self.unit, f"{self.unit} ") is not None

    @property
    def is_empty(self) -> bool:
        """Whether no value satisfies it."""
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (
            self.low == self.high and (self.low_strict or self.high_strict)
        )

    def converted(self, unit: str) -> "Comparison | None":
        """Return it in another unit, or None if it cannot be converted.

        Parameters
        ----------
        unit : str
            The unit wanted.

        Returns
        -------
        Comparison or None
            The same comparison, in that unit.
        """
        if unit == self.unit:
            return self
        if not unit or not self.unit or unit in LIMITS or self.unit in LIMITS:
            return None
        low, high = (
            None if bound is None else _convert(bound, self.unit, unit)
            for bound in (self.low, self.high)
        )
        if (low is None) != (self.low is None) or (high is None) != (self.high is None):
            return None
        return replace(self, low=low, high=high, unit=unit)

    def narrowed(self, other: "Comparison") -> "Comparison | None":
        """Return what satisfies both, or None if the two cannot be compared.

        Parameters
        ----------
        other : Comparison
            Another comparison.

        Returns
        -------
        Comparison or None
            The narrower of the bounds on each side, in this one's unit.
        """
        same = other.converted(self.unit) if other.name == self.name else None
        if same is None:
            return None
        low, low_strict = self.low, self.low_strict
        if same.low is not None and (
            low is None or (same.low, same.low_strict) > (low, low_strict)
        ):
            low, low_strict = same.low, same.low_strict
        high, high_strict = self.high, self.high_strict
        if same.high is not None and (
            high is None or (same.high, not same.high_strict) < (high, not high_strict)
        ):
            high, high_strict = same.high, same.high_strict
        return Comparison(self.name, low, high, low_strict, high_strict, self.unit)

    def crosses(self, other: "Comparison") -> bool:
        """Return whether it and another, of the same value, can never hold together."""
        both = self.narrowed(other)
        return both is not None and both.is_empty

    def covers(self, other: "Comparison") -> bool:
        """Return whether every value that satisfies another one satisfies this one as well."""
        same = other.converted(self.unit) if other.name == self.name else None
        return self.is_bounded and same is not None and self.narrowed(same) == same

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        if self.low is not None and self.high is not None:
            if self.low == self.high:
                return f"{self.name} = {self.low:g}{unit}"
            if not self.low_strict and not self.high_strict:
                return f"{self.name} {self.low:g}..{self.high:g}{unit}"
        parts = []
        if self.low is not None:
            parts.append(f"{self.name} {'>' if self.low_strict else '>='} {self.low:g}{unit}")
        if self.high is not None:
            parts.append(f"{self.name} {'<' if self.high_strict else '<='} {self.high:g}{unit}")
        return " and ".join(parts) or self.name


def _convert(value: float, unit: str, to: str) -> float | None:
    try:
        return convert_unit(value, unit, to=to)
    except (ValueError, ArithmeticError, AttributeError):
        # The last two: UCUM reads a remark as a token, and pint computes any power.
        return None
