"""From the unit of a source to the unit of the record, as one factor."""

from dataclasses import dataclass
from typing import Final

from protocyte.standards.units import convert_unit

_KELVIN: Final = "K"


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a number is multiplied by.

    Parameters
    ----------
    source, unit : str
        Unit in the source and in the record.
    factor : float
        Record number over source number [unit/source].

    Examples
    --------
    >>> Conversion.between("ng/mL", "mg/L").factor
    0.001
    """

    source: str
    unit: str
    factor: float

    @classmethod
    def between(cls, source: str, unit: str) -> "Conversion":
        """Return the conversion between two units.

        Parameters
        ----------
        source, unit : str
            Unit in the source and in the record.

        Returns
        -------
        Conversion
            The conversion.

        Raises
        ------
        ValueError
            If a unit is not known, or the two measure different things or start at different
            zeros.
        """
        if source == unit:
            return cls(source, unit, 1.0)
        factor = convert_unit(1.0, source, to=unit)
        if _is_temperature(unit):
            raise ValueError(
                f'"{source}" and "{unit}" start at different zeros, and no factor leads from one '
                "to the other"
            )
        return cls(source, unit, factor)


def _is_temperature(unit: str) -> bool:
    try:
        convert_unit(1.0, unit, to=_KELVIN)
    except ValueError:
        return False
    return True
