"""What every published instrument gives back: a grade, a score, or a classification.

Standard: IEEE 754-2019 (binary64 keeps 15 significant decimal digits) for comparing numbers with
cut-offs. One law: *not graded* is never 0. Whatever an unknown input could change stays open, and
the bounds that hold all the same are told.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

Relation = Literal["<", "≤", ">", "≥"]

_COMPARE: Final[dict[Relation, Callable[[Decimal, Decimal], bool]]] = {
    "<": Decimal.__lt__,
    "≤": Decimal.__le__,
    ">": Decimal.__gt__,
    "≥": Decimal.__ge__,
}


@dataclass(frozen=True, slots=True)
class Grade:
    """A severity on a published scale, or what is known of it.

    Parameters
    ----------
    scale : str
        The scale and its year.
    grade : int or None
        The grade; None if it was not graded.
    at_least, at_most : int
        Bounds that hold whatever the unknown inputs are.
    decided_by : tuple of str
        The rows of the scale that decided.
    reason : str
        Which unknown inputs leave the grade open; empty if none does.

    Examples
    --------
    >>> Grade("ASTCT 2019", None, at_least=2, at_most=3, reason="flow").reaches(4)
    False
    """

    scale: str
    grade: int | None
    at_least: int
    at_most: int
    decided_by: tuple[str, ...] = ()
    reason: str = ""

    @property
    def lower_bound(self) -> bool:
        """Whether the grade is only the least that it can be."""
        return self.grade is not None and self.at_most > self.grade

    def reaches(self, threshold: int) -> bool | None:
        """Tell whether the grade is at least a threshold; None if that is open.

        Parameters
        ----------
        threshold : int
            The threshold, such as 3 in "CRS of grade 3 or more".

        Returns
        -------
        bool or None
            The answer.
        """
        if self.at_least >= threshold:
            return True
        return False if self.at_most < threshold else None


@dataclass(frozen=True, slots=True)
class Score:
    """A sum of points of a published instrument, or what is known of it.

    Parameters
    ----------
    instrument : str
        The instrument and its version.
    points : int or None
        The sum; None if an item is missing.
    at_least, at_most : int
        Bounds that hold whatever the missing items are.
    missing : tuple of str
        Items without an answer.

    Examples
    --------
    >>> Score("SLEDAI-2K", None, at_least=8, at_most=12, missing=("pyuria",)).reaches(6)
    True
    """

    instrument: str
    points: int | None
    at_least: int
    at_most: int
    missing: tuple[str, ...] = ()

    @classmethod
    def added(
        cls, instrument: str, answers: Mapping[str, int | None], maxima: Mapping[str, int]
    ) -> "Score":
        """Add up items, none of which the instrument can spare.

        Parameters
        ----------
        instrument : str
            The instrument and its version.
        answers : mapping of str to int or None
            Points by item; None, or no entry, where there is no answer.
        maxima : mapping of str to int
            Most points that each item of the instrument gives.

        Returns
        -------
        Score
            The sum.

        Raises
        ------
        ValueError
            If an item is not one of the instrument's, or has more points than it can give.
        """
        for item, points in answers.items():
            if item not in maxima:
                raise ValueError(
                    f'"{item}" is not an item of {instrument}; use {", ".join(maxima)}'
                )
            if points is not None and not 0 <= points <= maxima[item]:
                raise ValueError(
                    f"{points} points for {item} are not possible in {instrument}; it gives 0 to "
                    f"{maxima[item]}"
                )
        missing = tuple(item for item in maxima if answers.get(item) is None)
        least = sum(points for points in answers.values() if points is not None)
        most = least + sum(maxima[item] for item in missing)
        return cls(instrument, None if missing else least, least, most, missing)

    def reaches(self, threshold: int) -> bool | None:
        """Tell whether the sum is at least a threshold; None if that is open.

        Parameters
        ----------
        threshold : int
            The threshold, such as 6 in "SLEDAI of 6 or more".

        Returns
        -------
        bool or None
            The answer.
        """
        if self.at_least >= threshold:
            return True
        return False if self.at_most < threshold else None


@dataclass(frozen=True, slots=True)
class Component:
    """One condition of a classification, and what it was decided on.

    Parameters
    ----------
    name : str
        The condition.
    met : bool or None
        Whether it holds; None if that is unknown.
    because : str
        The values that decided, or what is missing.

    Examples
    --------
    >>> Component("PGA below 0.5", True, "PGA is 0.4").met
    True
    """

    name: str
    met: bool | None
    because: str


@dataclass(frozen=True, slots=True)
class Classification:
    """Whether a published definition is met, component by component.

    Parameters
    ----------
    instrument : str
        The definition and its year.
    components : tuple of Component
        All its conditions, in the order of the publication.

    Examples
    --------
    >>> parts = (Component("a", True, "seen"), Component("b", None, "not done"))
    >>> Classification("SRI-4", parts).verdict is None
    True
    """

    instrument: str
    components: tuple[Component, ...]

    @property
    def verdict(self) -> bool | None:
        """True if every component is met, False if one is not, else None: unknown."""
        met = [component.met for component in self.components]
        if False in met:
            return False
        return None if None in met else True

    @property
    def decided_by(self) -> tuple[Component, ...]:
        """The components that made the verdict: those that failed, or are unknown, or all."""
        return tuple(part for part in self.components if part.met is self.verdict)


def convert_decimal(value: float) -> Decimal:
    """Read a number as the decimal that a person wrote: 15 significant digits.

    Parameters
    ----------
    value : float
        The number [any].

    Returns
    -------
    Decimal
        The number without the last binary digits, so that 3 × 0.1 is 0.3.

    References
    ----------
    .. [1] IEEE Standard for Floating-Point Arithmetic, IEEE 754-2019: of a decimal number, 15
       significant digits survive in binary64.

    Examples
    --------
    >>> convert_decimal(3 * 0.1)
    Decimal('0.3')
    """
    return Decimal(f"{value:.15g}")


def classify_value(
    name: str,
    value: float | Decimal | None,
    relation: Relation,
    cutoff: float,
    *,
    unit: str,
    scale: tuple[float, float] | None = None,
) -> Component:
    """Compare a value with a cut-off, as decimals.

    Parameters
    ----------
    name : str
        What the value is.
    value : float or Decimal or None
        The value [``unit``].
    relation : {"<", "≤", ">", "≥"}
        What must hold between value and cut-off.
    cutoff : float
        The cut-off [``unit``].
    unit : str
        Unit of both; empty for a score.
    scale : tuple of float, optional
        Least and largest possible value [``unit``]; one outside is taken as of another unit.

    Returns
    -------
    Component
        Met, not met, or unknown without a value.

    Examples
    --------
    >>> classify_value("PGA rise", 0.30000000000000004, "<", 0.3, unit="").met
    False
    """
    says = f"{name} {relation} {cutoff:g} {unit}".rstrip()
    if value is None or value != value:  # noqa: PLR0124 - NaN is a missing value
        return Component(says, None, f"no value for {name}")
    number = value if isinstance(value, Decimal) else convert_decimal(value)
    shown = f"{name} is {number:f} {unit}".rstrip()
    if scale is not None and not scale[0] <= number <= scale[1]:
        return Component(
            says, None, f"unit: {shown}, outside the scale of {scale[0]:g} to {scale[1]:g}"
        )
    return Component(says, _COMPARE[relation](number, convert_decimal(cutoff)), shown)
