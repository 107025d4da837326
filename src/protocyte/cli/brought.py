"""Designs that somebody brings along, as a file of Python."""

import importlib.util
import inspect
import sys
from pathlib import Path
from typing import Final

import typer

from protocyte.design.design import Design

SUFFIX: Final = ".py"


def load_design(path: Path, *, hint: str) -> type[Design]:
    """Load the one design that a file defines.

    Parameters
    ----------
    path : Path
        A file of Python. It is run: bring only files that you trust.
    hint : str
        The option that names it.

    Returns
    -------
    type of Design
        The class.

    Raises
    ------
    typer.BadParameter
        If there is no such file, it does not run, or it defines no design or several.
    """
    if not path.is_file():
        raise typer.BadParameter(f"there is no file {path}", param_hint=hint)
    name = f"protocyte_brought_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise typer.BadParameter(f"{path} is not a file of Python", param_hint=hint)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        # Whatever somebody's file raises is told in a line, not as a traceback of ours.
        raise typer.BadParameter(
            f"{path} does not run: {type(error).__name__}: {error}", param_hint=hint
        ) from error
    found = [
        value
        for value in vars(module).values()
        if inspect.isclass(value)
        and issubclass(value, Design)
        and value.__module__ == name
        and not inspect.isabstract(value)
    ]
    if len(found) != 1:
        names = ", ".join(one.__name__ for one in found) or "none"
        raise typer.BadParameter(
            f"{path} defines {len(found)} designs that are complete ({names}); define one",
            param_hint=hint,
        )
    import cloudpickle

    # Other processes cannot import the file by name; they get the class itself.
    cloudpickle.register_pickle_by_value(module)
    return found[0]
