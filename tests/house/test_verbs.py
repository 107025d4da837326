"""From a call one knows its room: every public function begins with a verb of that room."""

import ast
from pathlib import Path

import pytest

import protocyte

HOME = Path(protocyte.__file__).parent
VERBS = {
    "standards": {"classify", "convert", "grade", "label"},
    "protocol": {"amend", "check", "parse"},
    "record": {"append", "fold"},
    "kinetics": {"solve", "find", "assemble"},
    "design": {"decide", "find"},
    "derivation": {"derive"},
    "analysis": {"compare", "estimate"},
    "simulation": {"load", "find", "judge", "sample", "simulate"},
    "exchange": {"export", "import"},
    "report": {"render"},
    "files": {"read", "write"},
}
WITHOUT_VERBS = {"cli", "errors", "__init__", "__main__"}


def public_functions() -> list[tuple[str, str, str]]:
    found = []
    for path in sorted(HOME.rglob("*.py")):
        room = path.relative_to(HOME).parts[0].removesuffix(".py")
        if room not in WITHOUT_VERBS:
            found += [
                (room, path.stem, node.name)
                for node in ast.parse(path.read_text()).body
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            ]
    return found


def test_every_room_has_verbs() -> None:
    rooms = {path.name.removesuffix(".py") for path in HOME.iterdir() if path.suffix in ("", ".py")}
    assert rooms - WITHOUT_VERBS - {"__pycache__", "protocols"} <= set(VERBS)


@pytest.mark.parametrize(("room", "module", "name"), public_functions())
def test_function_begins_with_a_verb_of_its_room(room: str, module: str, name: str) -> None:
    assert name.split("_", maxsplit=1)[0] in VERBS[room], (
        f"{room}/{module}.py: `{name}` should begin with one of {sorted(VERBS[room])}"
    )
