"""Every command has help, an example that names it, and an entry in the documentation."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from protocyte.cli import COMMANDS, application


def commands() -> dict[str, Any]:
    group: Any = typer.main.get_command(application([]))
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        inner = getattr(command, "commands", None)
        found |= (
            {f"{name} {one}": below for one, below in inner.items()} if inner else {name: command}
        )
    return found


FOUND = commands()


def test_every_listed_command_is_there() -> None:
    assert {name.split()[0] for name in FOUND} == set(COMMANDS)


@pytest.mark.parametrize("name", FOUND)
def test_command_has_help_and_an_example(name: str) -> None:
    text = FOUND[name].help or ""
    assert text
    assert re.search(rf"Example: `protocyte {name}\b", text)


@pytest.mark.parametrize("name", FOUND)
def test_every_option_is_explained(name: str) -> None:
    silent = [option.name for option in FOUND[name].params if not getattr(option, "help", None)]
    assert not silent


@pytest.mark.parametrize("name", FOUND)
def test_command_is_documented(name: str, root: Path) -> None:
    page = (root / "docs/reference/commands.md").read_text()
    assert f"## protocyte {name}\n" in page
