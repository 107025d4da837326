"""Units of measure: UCUM codes, and what hospitals and protocols write instead.

Standard: The Unified Code for Units of Measure (UCUM), version 2.2. `ucumvert` reads the codes and
pint does the arithmetic. Cells are a count without a dimension; copies of a transgene keep a
dimension of their own, so that copies/µg can never pass for cells. A unit that is not understood
is an error, never a bare number.
"""

import functools
import re
from typing import Any, Final

#: What is written → what UCUM or pint reads, applied in this order.
SPELLINGS: Final[tuple[tuple[str, str], ...]] = (
    (r"[µμ]", "u"),
    (r"\bmcg\b", "ug"),
    (r"(?i)\bx\s?10\s?[e^*](\d+)", r"1e\1"),
    (r"\b10[*^](\d+)", r"1e\1"),
    (r"^K/uL$", "1e3/uL"),
    (r"\[IU\]|\bIU\b", "international_unit"),
    (r"\b(k?)U\b", r"\1enzyme_unit"),
    (r"\bcopies\b|\{copies\}", "copy"),
    (r"\{?\bcells?\b\}?", "cell"),
    (r"^/", "1/"),
)


@functools.cache
def _registry() -> Any:
    from ucumvert import PintUcumRegistry  # a second that few commands need

    registry = PintUcumRegistry()
    registry.define("cell = []")
    registry.define("copy = [transgene]")
    registry.define("enzyme_unit = micromole / minute")
    return registry


@functools.lru_cache(maxsize=4096)
def _factor_and_dimension(unit: str) -> tuple[float, str]:
    """Give the factor to base units, and the dimension, of a unit."""
    written = unit.strip()
    for pattern, replacement in SPELLINGS:
        written = re.sub(pattern, replacement, written)
    registry = _registry()
    try:
        try:
            quantity = registry.parse_expression(written)
        except Exception:  # noqa: BLE001 - pint raises a dozen kinds for one fault
            quantity = registry.from_ucum(unit.strip())
    except Exception as error:
        raise ValueError(f'"{unit}" is not a unit that is known here') from error
    if isinstance(quantity, (int, float)):
        return float(quantity), ""
    base = quantity.to_base_units()
    powers = sorted(base.dimensionality.items())
    return float(base.magnitude), " ".join(f"{name}^{power:g}" for name, power in powers)


def convert_unit(value: float, unit: str, *, to: str) -> float:
    """Convert a value from one unit to another of the same kind.

    Parameters
    ----------
    value : float
        The value [``unit``].
    unit : str
        Its unit: UCUM (``10*9/L``) or as hospitals write it (``10^9/L``, ``µmol/L``).
    to : str
        The unit wanted.

    Returns
    -------
    float
        The value [``to``].

    Raises
    ------
    ValueError
        If a unit is not known, or the two measure different things.

    References
    ----------
    .. [1] Schadow G, McDonald CJ. The Unified Code for Units of Measure, version 2.2.

    Examples
    --------
    >>> convert_unit(12.0, "g/dL", to="g/L")
    120.0
    >>> convert_unit(500.0, "cells/uL", to="10*9/L")
    0.5
    """
    if unit == to:
        return value
    factor, dimension = _factor_and_dimension(unit)
    wanted, other = _factor_and_dimension(to)
    if dimension != other:
        raise ValueError(
            f'"{unit}" and "{to}" measure different things '
            f"({dimension or 'a number'} and {other or 'a number'}); no value can be converted "
            "between them"
        )
    return float(f"{value * factor / wanted:.15g}")
