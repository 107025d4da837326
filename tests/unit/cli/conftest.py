"""Running commands, and a protocol to run them on."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from protocyte.cli import main
from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL


class Said(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; whatever happens, there is no traceback and the code is one of four."""

    def _run(*words: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["protocyte", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        assert left.value.code in (0, 1, 2, 3)
        assert "Traceback" not in said.out + said.err
        return Said(int(str(left.value.code)), said.out, said.err)

    return _run


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A folder with the example protocol and its rehearsal."""
    folder = tmp_path / "trial"
    folder.mkdir()
    (folder / "protocol.yaml").write_text(EXAMPLE)
    (folder / "scenarios.yaml").write_text(REHEARSAL)
    return folder
