"""Docstrings are complete against the signature, and every number in them has its unit."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable
from typing import Any

import pytest
from numpydoc.docscrape import FunctionDoc
from numpydoc.validate import validate

import protocyte

# No extended summary, no "See Also"; a one-line first paragraph may lack its full stop in a class.
WAIVED = {"ES01", "SA01", "GL08"}
NUMBER = re.compile(r"\b(float|ndarray)\b")
UNIT = re.compile(r"\[[^\]]+\]|in any unit|in the unit of")


def public_functions() -> dict[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {}
    for module in pkgutil.walk_packages(protocyte.__path__, "protocyte."):
        if module.name.startswith("protocyte.cli") or module.name.endswith("__main__"):
            continue
        loaded = importlib.import_module(module.name)
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if function.__module__ == loaded.__name__ and not name.startswith("_"):
                found[f"{loaded.__name__}.{name}"] = function
    return found


FUNCTIONS = public_functions()


@pytest.mark.parametrize("path", FUNCTIONS)
def test_docstring_agrees_with_the_signature(path: str) -> None:
    errors = [error for error in validate(path)["errors"] if error[0] not in WAIVED]
    assert not errors


@pytest.mark.parametrize("path", FUNCTIONS)
def test_every_number_has_a_unit(path: str) -> None:
    doc = FunctionDoc(FUNCTIONS[path])
    bare = [
        item.name or "return value"
        for item in doc["Parameters"] + doc["Returns"]
        if NUMBER.search(item.type) and not UNIT.search(" ".join(item.desc))
    ]
    assert not bare, f"{path}: write the unit of {bare} in brackets, [1] if there is none"


@pytest.mark.parametrize("path", FUNCTIONS)
def test_every_example_runs(path: str) -> None:
    examples = "\n".join(FunctionDoc(FUNCTIONS[path])["Examples"])
    assert ">>>" in examples, f"{path}: show one call"
