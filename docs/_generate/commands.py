"""Writes docs/reference/commands.md from the command line itself."""

import re
from pathlib import Path
from typing import Any

import typer

from protocyte.cli import application

PAGE = Path(__file__).parents[1] / "reference/commands.md"
HEAD = """\
# Commands

Standard output is data, standard error is talk. `--json` prints plain data. Exit codes: 0 done,
1 findings, 2 wrong usage, 3 could not finish. Anything random takes `--seed`, and prints it if it
is absent. Every file that is written says from which protocol (its digest), by which version, with
which seed and by which command.

This page is written by `docs/_generate/commands.py`.
"""


def commands() -> dict[str, Any]:
    """Return every command by its name."""
    group: Any = typer.main.get_command(application([]))
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        inner = getattr(command, "commands", None)
        if inner:
            found |= {f"{name} {one}": below for one, below in inner.items()}
        else:
            found[name] = command
    return found


def page() -> str:
    """Return the page."""
    return HEAD + "".join(section(name, command) for name, command in commands().items())


def section(name: str, command: Any) -> str:
    """Return the part about one command."""
    text, _, example = (command.help or "").partition("Example: ")
    words = " ".join(text.split())
    usage = " ".join(usage_of(option) for option in command.params if is_argument(option))
    lines = [f"\n## protocyte {name}\n", words, "", "```sh", f"protocyte {name} {usage}".rstrip()]
    lines += ["```", ""]
    if example:
        lines += ["Example:", "", "```sh", example.strip().strip("`"), "```", ""]
    lines += ["| argument or option | meaning |", "|---|---|"]
    lines += [
        f"| {spelling(option)} | {' '.join((option.help or '').split())}{default(option)} |"
        for option in command.params
    ]
    return "\n".join(lines) + "\n"


def is_argument(option: Any) -> bool:
    """Tell arguments from options."""
    return str(option.param_type_name) == "argument"


def usage_of(option: Any) -> str:
    """Return an argument as usage lines write it."""
    name = str(option.name).upper()
    return name if option.required else f"[{name}]"


def spelling(option: Any) -> str:
    """Return how an argument or option is typed."""
    if is_argument(option):
        return f"`{str(option.name).upper()}`"
    return ", ".join(f"`{word}`" for word in option.opts)


def default(option: Any) -> str:
    """Return what holds if an option is left out."""
    value = option.default
    if is_argument(option) or value is None or value is False or callable(value) or value == "":
        return ""
    return f" Default: `{re.sub(r'^.*/', '', str(value))}`."


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
