"""A design that somebody brings along as a class, fitted to a protocol."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from protocyte.design.catalogue.builder import find_cohort_count
from protocyte.design.design import Design
from protocyte.errors import DesignError
from protocyte.protocol.dosing import Dosing

if TYPE_CHECKING:
    from dataclasses import Field


def find_brought_design(
    kind: type[Design], dosing: Dosing, settings: Mapping[str, Any], *, target: float | None
) -> Design:
    """Find the design of a class for the doses and cohorts of a protocol.

    Its fields of the usual names (``n_doses``, ``cohorts``, ``cohort_size``, ``start_dose``,
    ``target``) are filled from the protocol; the others keep their defaults unless given.

    Parameters
    ----------
    kind : type of Design
        A frozen dataclass.
    dosing : Dosing
        The chapter of the protocol.
    settings : mapping of str to object
        Fields that were given with it.
    target : float, optional
        DLT probability to aim at [1].

    Returns
    -------
    Design
        The design.

    Raises
    ------
    DesignError
        If it has no such field, lacks one, or refuses the values.

    Examples
    --------
    >>> from protocyte.design import Keyboard
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> dosing = parse_protocol(EXAMPLE).plan.dosing
    >>> find_brought_design(Keyboard, dosing, {"certainty": 0.9}, target=0.3).certainty
    0.9
    """
    declared: Mapping[str, Field[Any]] | None = getattr(kind, "__dataclass_fields__", None)
    if declared is None:
        raise DesignError(f"{kind.__name__} is not a dataclass; write @dataclass(frozen=True).")
    known = {name for name, one in declared.items() if one.init}
    foreign = sorted(set(settings) - known)
    if foreign:
        raise DesignError(
            f"{kind.__name__} has no setting {', '.join(foreign)}; it has "
            f"{', '.join(sorted(known))}."
        )
    usual = {
        "n_doses": len(dosing.levels),
        "cohorts": find_cohort_count(dosing, usual=10),
        "cohort_size": dosing.cohort.size,
        "start_dose": dosing.start,
        "target": target,
    }
    filled = {key: value for key, value in usual.items() if key in known and value is not None}
    try:
        return kind(**{**filled, **settings})
    except (TypeError, ValueError) as error:
        raise DesignError(f"{kind.__name__} cannot be made: {error}.".replace("..", ".")) from error
