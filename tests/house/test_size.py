"""A file holds one idea: no module is long, and none has a name that says nothing."""

from pathlib import Path

MOST_LINES = 500
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "misc"}


def modules(root: Path) -> list[Path]:
    return [path for part in ("src", "tests", "benchmarks") for path in (root / part).rglob("*.py")]


def test_no_file_is_long(root: Path) -> None:
    long = {
        str(path.relative_to(root)): lines
        for path in modules(root)
        if (lines := path.read_text().count("\n")) > MOST_LINES
    }
    assert not long


def test_every_name_says_something(root: Path) -> None:
    assert not [path for path in modules(root) if path.stem in SAYS_NOTHING]
