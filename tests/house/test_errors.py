"""The tree that is drawn at the top of `errors.py` is the tree that Python builds."""

import re

from protocyte import errors

BUILT_IN = {
    "ProtocyteError": Exception,
    "NumericalError": ArithmeticError,
    "FileError": OSError,
    "MissingExtraError": ImportError,
}


def drawn() -> set[tuple[str, str]]:
    edges, above = set(), {}
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"^    ([│ ├└─]*)(\w+Error)$", line)
        if found:
            depth = len(found[1]) // 4
            above[depth] = found[2]
            if depth:
                edges.add((above[depth - 1], found[2]))
    return edges


def built() -> set[tuple[str, str]]:
    classes = [one for one in vars(errors).values() if isinstance(one, type)]
    return {
        (base.__name__, one.__name__)
        for one in classes
        for base in one.__bases__
        if issubclass(base, errors.ProtocyteError)
    }


def test_drawing_is_the_tree() -> None:
    assert drawn() == built()
    assert drawn()


def test_every_error_is_also_what_python_calls_it() -> None:
    for _, name in built():
        assert issubclass(getattr(errors, name), BUILT_IN.get(name, ValueError))
