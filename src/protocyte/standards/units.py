"""Units of measure: UCUM codes, and what hospitals and protocols write instead.

Standard: The Unified Code for Units of Measure (UCUM), version 2.2. `ucumvert` reads the codes and
pint does the arithmetic. Cells are a count without a dimension; copies of a transgene keep a
dimension of their own, so that copies/µg can never pass for cells. A unit that is not understood
is an error, never a bare number.
"""

import functools
import math
import re
from typing import Any, Final

#: What is written → what UCUM or pint reads, applied in this order.
SPELLINGS: Final[tuple[tuple[str, str], ...]] = (
    (r"[µμ]", "u"),
    (r"\bmcg\b", "ug"),
    (r"(?i)\bx\s?10\s?[e^*](\d+)", r"1e\1"),
    (r"\b10[*^](\d+)", r"1e\1"),
    (r"^K/uL$", "1e3/uL"),
    (r"\[IU\]|\bIU\b", "activity_unit"),
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
    registry.define("activity_unit = [biological_activity]")  # differs from substance to substance
    return registry


@functools.lru_cache(maxsize=4096)
def _quantity(unit: str) -> Any:
    """Give one of a unit, as a quantity: a number and what it is a number of."""
    written = unit.strip()
    for pattern, replacement in SPELLINGS:
        written = re.sub(pattern, replacement, written)
    registry = _registry()
    try:
        try:
            found = registry.parse_expression(written)
        except Exception:  # noqa: BLE001 - pint raises a dozen kinds for one fault
            found = registry.from_ucum(unit.strip())
        if isinstance(found, (int, float)):
            quantity = registry.Quantity(found)
        else:  # what ucumvert gives belongs to another registry
            quantity = registry.Quantity(found.magnitude, str(found.units))
        size = float(quantity.to_base_units().magnitude)
    except Exception as error:
        raise ValueError(f'"{unit}" is not a unit that is known here') from error
    if not (math.isfinite(size) and size > 0):
        raise ValueError(f'"{unit}" is not a unit that is known here')
    return quantity


def _dimension(quantity: Any) -> str:
    powers = sorted(quantity.dimensionality.items())
    return " ".join(f"{name}^{power:g}" for name, power in powers)


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
    >>> convert_unit(38.0, "Cel", to="[degF]")
    100.4
    """
    if unit == to:
        return value
    source, target = _quantity(unit), _quantity(to)
    if source.dimensionality != target.dimensionality:
        raise ValueError(
            f'"{unit}" and "{to}" measure different things '
            f"({_dimension(source) or 'a number'} and {_dimension(target) or 'a number'}); "
            "no value can be converted between them"
        )
    if source.units == target.units:
        return float(f"{value * source.magnitude / target.magnitude:.13g}")
    # Through pint, because some scales, such as temperatures, do not share their zero.
    scaled = _registry().Quantity(value * source.magnitude, source.units).to(target.units)
    return float(f"{scaled.magnitude / target.magnitude:.13g}")
