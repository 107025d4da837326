"""One factor between two units, or none."""

import polars as pl
import pytest

from protocyte.exchange.conversion import Conversion, Scale


@pytest.mark.parametrize(
    ("source", "unit", "factor"),
    [
        ("mg/dL", "mg/L", 10.0),
        ("cells/uL", "10*9/L", 0.001),
        ("10^6 cells", "cells", 1e6),
        ("Cel", "Cel", 1.0),
        ("a unit nobody knows", "a unit nobody knows", 1.0),
    ],
)
def test_factor(source: str, unit: str, factor: float) -> None:
    assert Conversion.between(source, unit).factor == factor


def test_different_things_are_refused() -> None:
    with pytest.raises(ValueError, match="measure different things"):
        Conversion.between("mg/dL", "umol/L")


@pytest.mark.parametrize(
    ("source", "unit", "number", "expected"),
    [
        ("[degF]", "Cel", 98.6, 37.0),
        ("K", "Cel", 273.15, 0.0),
        ("Cel", "Cel", 36.85, 36.85),
    ],
)
def test_temperatures_do_not_share_their_zero(
    source: str, unit: str, number: float, expected: float
) -> None:
    scale = Scale.same(Conversion.between(source, unit), 1)
    assert scale.applied(pl.Series([number])).to_list() == [expected]
