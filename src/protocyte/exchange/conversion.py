"""From the unit of a source to the unit of the record: a factor, and a shift for temperatures."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from protocyte.standards.units import convert_unit

#: Digits that survive a conversion, and one between scales with different zeros.
_DIGITS: Final = 13
_DIGITS_SHIFTED: Final = 12
_FAR: Final = 1e6


@dataclass(frozen=True, slots=True)
class Conversion:
    """How a number of the source becomes one of the record.

    Parameters
    ----------
    factor : float
        What it is multiplied by [unit/source].
    shift : float
        What is added then [unit]; 0 unless the scales start at different zeros.

    Examples
    --------
    >>> Conversion.between("ng/mL", "mg/L")
    Conversion(factor=0.001, shift=0.0)
    """

    factor: float
    shift: float = 0.0

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
            If a unit is not known, or the two measure different things.
        """
        shift = convert_unit(0.0, source, to=unit)
        if shift == 0:
            return cls(convert_unit(1.0, source, to=unit))
        return cls((convert_unit(_FAR, source, to=unit) - shift) / _FAR, shift)


@dataclass(frozen=True, slots=True)
class Scale:
    """The conversion of each row.

    Parameters
    ----------
    factor : polars.Series, shape (n_rows,)
        Factors [unit/source]; null where there is none.
    shift : polars.Series, shape (n_rows,)
        Shifts [unit].

    Examples
    --------
    >>> number = pl.Series([98.6, 104.0])
    >>> Scale.same(Conversion.between("[degF]", "Cel"), len(number)).applied(number).to_list()
    [37.0, 40.0]
    """

    factor: pl.Series
    shift: pl.Series

    @classmethod
    def same(cls, conversion: Conversion, rows: int) -> "Scale":
        """Return the scale of rows that share one conversion.

        Parameters
        ----------
        conversion : Conversion
            The conversion.
        rows : int
            Number of rows.

        Returns
        -------
        Scale
            The scale.
        """
        columns = (conversion.factor, conversion.shift)
        factor, shift = (pl.repeat(x, rows, dtype=pl.Float64, eager=True) for x in columns)
        return cls(factor, shift)

    def applied(self, number: pl.Series) -> pl.Series:
        """Return converted numbers, without a trace of the arithmetic where nothing changes."""
        raw = number * self.factor + self.shift
        return pl.select(
            pl.when((self.factor == 1) & (self.shift == 0))
            .then(number)
            .when(self.shift == 0)
            .then(raw.round_sig_figs(_DIGITS))
            .otherwise(raw.round_sig_figs(_DIGITS_SHIFTED))
        ).to_series()
