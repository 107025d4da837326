"""ASM001: an assumption about something that is not in the file."""

from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.finding import Path
from protocyte.protocol.plan import Protocol

_PREVIEW = 4


def _find(protocol: Protocol) -> Iterator[Defect]:
    plain: Any = protocol.as_dict()
    for index, assumption in enumerate(protocol.assumptions):
        here, known, steps = plain, True, _steps(assumption.at)
        for step in steps:
            try:
                here = here[step]
            except (KeyError, IndexError, TypeError):
                known = False
                break
        if not known:
            keys = ", ".join(list(here)[:_PREVIEW]) if isinstance(here, dict) else "nothing"
            yield Defect(
                ("assumptions", index, "at"),
                f'Nothing stands at "{assumption.at}" (the last part that is there holds {keys}).',
                "Write the path of the value that was assumed, or remove the assumption.",
                # Items of a list have other numbers once one of them could not be read.
                lacks=tuple(takewhile(lambda step: isinstance(step, str), steps)),
            )


def _steps(path: str) -> Path:
    words = path.replace("]", "").replace("[", ".").split(".")
    return tuple(int(word) if word.isdigit() else word for word in words)


CHECK = Check(
    code="ASM001",
    severity="error",
    title="Assumption about nothing",
    why=(
        "Every report lists the assumptions that it leans on. One whose path does not exist points "
        "at a value that was moved or misspelt: the real one is then assumed without anybody "
        "saying so."
    ),
    wrong="""
assumptions:
  - {at: dosing.dose_levels, why: No source gives the doses.}
""",
    right="""
assumptions:
  - {at: dosing.levels, why: No source gives the doses.}
""",
    find=_find,
)
