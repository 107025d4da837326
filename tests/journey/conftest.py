"""One protocol through its uses: rehearsed, written, read again, analysed, reported."""

import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from protocyte.cli import main
from protocyte.files import write_record


class Analysed(NamedTuple):
    """What `protocyte analyse` wrote for a virtual trial."""

    record: Path
    folder: Path
    page: str
    estimates: dict[str, Any]


@pytest.fixture(scope="session")
def analysed(
    rehearsed: Callable[[str], Any], root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Analysed]:
    """The analysis of the virtual trial of a protocol, made through the command line."""

    @functools.cache
    def _analysed(name: str) -> Analysed:
        record, out = tmp_path_factory.mktemp("record"), tmp_path_factory.mktemp("analysis")
        write_record(rehearsed(name).trial.record, record)
        words = [
            "protocyte",
            "analyse",
            str(root / "protocols" / name),
            str(record),
            "-o",
            str(out),
        ]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", words)
            with pytest.raises(SystemExit) as left:
                main()
        assert left.value.code == 0
        page = (out / "report.html").read_text(encoding="utf-8")
        estimates = json.loads((out / "estimates.json").read_text(encoding="utf-8"))
        return Analysed(record, out, page, estimates)

    return _analysed
