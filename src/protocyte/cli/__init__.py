"""Arguments in, exit code out: every command, and what is said when one cannot finish.

Exit codes: 0 done, 1 findings, 2 wrong usage, 3 could not finish.
"""

import importlib
import os
import sys
from typing import Any, Final

import typer
from typer.core import TyperGroup

from protocyte import __version__
from protocyte.errors import MappingError, ProtocyteError, RecordError

#: Command → module that holds it.
COMMANDS: Final = {
    "check": "check",
    "show": "show",
    "simulate": "simulate",
    "compare": "contrast",
    "decide": "decide",
    "analyse": "analyse",
    "import": "importing",
    "schema": "schema",
    "calibrate": "calibrate",
    "score": "score",
    "validate": "validate",
    "cite": "cite",
    "demo": "demo",
}
COULD_NOT_FINISH: Final = 3
_MOST_DEFECTS: Final = 200
_INTERRUPTED: Final = "interrupted\n"


def main() -> None:
    """Run the command line; no traceback reaches a user."""
    try:
        application(sys.argv[1:])()
    except ProtocyteError as error:
        _explain(error)
        sys.exit(COULD_NOT_FINISH)
    except KeyboardInterrupt:
        sys.stderr.write(_INTERRUPTED)
        sys.exit(COULD_NOT_FINISH)


class Commands(TyperGroup):
    """All commands; a reader who goes away, or an interrupt, leaves them unfinished."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError as error:
            # What is still in the buffer must not be written when Python leaves.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(COULD_NOT_FINISH) from error
        except KeyboardInterrupt as error:
            sys.stderr.write(_INTERRUPTED)
            raise typer.Exit(COULD_NOT_FINISH) from error
        return result


def application(words: list[str]) -> typer.Typer:
    """Build the command line; only the command that is asked for is loaded.

    Parameters
    ----------
    words : list of str
        What was typed after the program's name.

    Returns
    -------
    typer.Typer
        The application.
    """
    app = typer.Typer(
        name="protocyte",
        cls=Commands,
        no_args_is_help=True,
        rich_markup_mode="markdown",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        add_completion=False,
    )
    app.callback()(protocyte)
    asked = next((word for word in words if not word.startswith("-")), "")
    for name in [asked] if asked in COMMANDS else COMMANDS:
        module = importlib.import_module(f"protocyte.cli.{COMMANDS[name]}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(getattr(module, name))
    return app


def _version(*, wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"protocyte {__version__}\n")
        raise typer.Exit


def protocyte(
    *,
    version: bool = typer.Option(
        False, "--version", help="Print the version and leave.", is_eager=True, callback=_version
    ),
) -> None:
    """One CAR-T trial protocol, written once as a file: checked, shown, simulated, analysed."""
    del version


def _explain(error: ProtocyteError) -> None:
    """Say what went wrong, and every defect that it carries."""
    lines = [f"error: {error}"]
    if isinstance(error, RecordError | MappingError):
        lines += [f"  {defect}" for defect in error.defects[:_MOST_DEFECTS]]
        more = len(error.defects) - _MOST_DEFECTS
        lines += [f"  … and {more} more"] if more > 0 else []
    sys.stderr.write("\n".join(lines) + "\n")
