"""Of what kind each setting is, checked before any rule reads it.

A setting of the wrong kind (a word where a number belongs, half a participant, two numbers instead
of four) would otherwise fail somewhere inside, or not at all. The annotation of a field says what
belongs there. Whether a number or a word makes sense is for the design to say.
"""

import types
from dataclasses import fields
from functools import lru_cache
from numbers import Integral, Real
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from protocyte.errors import DesignError, OutcomeError

LARGEST: Final = 10**6
"""No whole number of a trial (participants, doses, cohorts) is larger."""
MOST_PLANNED: Final = 2000
"""The most participants of a dose-finding trial: what its tables hold grows with their square."""
SHOWN: Final = 60


def find_sound_kinds(
    settings: object, *, error: type[DesignError] | type[OutcomeError] = DesignError
) -> None:
    """Find whether settings are of the kinds that their fields are annotated with.

    Parameters
    ----------
    settings : object
        A dataclass; lists are not taken for tuples, nor truth values for numbers.
    error : type of DesignError or OutcomeError
        What is raised.

    Raises
    ------
    DesignError, OutcomeError
        If one does not fit.

    Examples
    --------
    >>> from protocyte.design import Cap, ThreePlusThree
    >>> Cap(ThreePlusThree(2), participants=2.5)
    Traceback (most recent call last):
    protocyte.errors.DesignError: participants is 2.5; give a whole number.
    """
    of: Any = type(settings)
    for name, kind in _kinds(of):
        value = getattr(settings, name)
        if not _fits(value, kind):
            shown = repr(value)
            shown = shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}…"
            raise error(f"{name} is {shown}; give {_named(kind)}.")


def find_sound_plan(planned: int) -> None:
    """Find whether the tables of a dose-finding design can hold so many participants.

    Parameters
    ----------
    planned : int
        The most participants that it treats.

    Raises
    ------
    DesignError
        If they are too many.

    Examples
    --------
    >>> find_sound_plan(36)
    """
    if planned > MOST_PLANNED:
        raise DesignError(
            f"{planned} participants are planned and a dose-finding design takes at most "
            f"{MOST_PLANNED}; plan fewer or smaller cohorts."
        )


@lru_cache(maxsize=128)
def _kinds(of: Any) -> tuple[tuple[str, Any], ...]:
    """Return names and annotations of what a dataclass is made from."""
    hints = get_type_hints(of)
    return tuple((each.name, hints[each.name]) for each in fields(of) if each.init)


def _fits(value: object, kind: Any) -> bool:
    """Tell whether a value is of a kind."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return any(_fits(value, part) for part in parts)
    if origin is tuple:
        return isinstance(value, tuple) and _filled(value, parts)
    if kind is float or kind is int:
        number = isinstance(value, Real) and not isinstance(value, bool)
        return number and (_floating(value) if kind is float else _whole(value))
    if origin is Literal:
        return isinstance(value, str)
    return not isinstance(kind, type) or isinstance(value, kind)


def _filled(values: tuple[object, ...], parts: tuple[Any, ...]) -> bool:
    """Tell whether a tuple holds what it should."""
    if parts[-1:] == (...,):
        return all(_fits(value, parts[0]) for value in values)
    return len(values) == len(parts) and all(map(_fits, values, parts))


def _floating(value: Any) -> bool:
    """Tell whether floating point holds a number; NaN is for the design to refuse."""
    try:
        float(value)
    except OverflowError:
        return False
    return True


def _whole(value: Any) -> bool:
    return isinstance(value, Integral) and -LARGEST <= int(value) <= LARGEST


def _named(kind: Any) -> str:
    """Return a kind in words."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return " or ".join(_named(part) for part in parts)
    if origin is Literal:
        return " or ".join(repr(part) for part in parts)
    if origin is tuple:
        each = parts[:-1] if parts[-1:] == (...,) else parts
        many = "" if parts[-1:] == (...,) else f"{len(parts)} "
        named = sorted({_named(part) for part in each})
        return f"a tuple of {many}values, each {' or '.join(named)}"
    words = {float: "a number", int: "a whole number", str: "a word", bool: "True or False"}
    return words.get(kind, "None" if kind is type(None) else f"a {kind.__name__}")
