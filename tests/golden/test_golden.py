"""Texts that users see, as they were. They prove that nothing changed, not that it is right.

After a wanted change: `PROTOCYTE_RENEW=1 pytest tests/golden`, and read the difference.
"""

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from protocyte.cli import main
from protocyte.design import Outcomes, decide_tree
from protocyte.design.plan import find_dose_design
from protocyte.report.decision import render_decision
from protocyte.report.document import Document
from protocyte.report.synopsis import render_synopsis
from protocyte.report.terminal import render_terminal

HERE = Path(__file__).parent
Compare = Callable[[str, str], None]


@pytest.fixture
def compare() -> Compare:
    """Compare a text with its file, or write the file anew."""

    def _compare(name: str, text: str) -> None:
        file = HERE / f"{name}.txt"
        text = "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
        if os.environ.get("PROTOCYTE_RENEW") == "1":
            file.write_text(text, encoding="utf-8")
        assert file.exists(), f"run `PROTOCYTE_RENEW=1 pytest {HERE}`"
        assert text == file.read_text(encoding="utf-8")

    return _compare


def printed(document: Document) -> str:
    console = Console(width=100, file=io.StringIO())
    console.print(render_terminal(document))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_findings_of_planted_mistakes(
    compare: Compare, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(HERE)
    monkeypatch.setattr(sys, "argv", ["protocyte", "check", "mistakes.yaml"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 1
    said = capsys.readouterr()
    compare("mistakes", f"{said.err}{said.out}")


def test_a_protocol_in_a_terminal(compare: Compare, seed_trial: Any) -> None:
    plan, _ = seed_trial("ex02")
    compare("show-ex02", printed(render_synopsis(plan, origin=())))


@pytest.mark.parametrize(
    ("name", "notation"),
    [("wu-cart-007", "1NNN 2NTN"), ("kj-c2320", "1NNN 2NNT"), ("udcar-sle", "1NNE 2NEB")],
)
def test_a_decision(compare: Compare, seed_trial: Any, name: str, notation: str) -> None:
    plan, _ = seed_trial(name)
    design = find_dose_design(plan)
    assert design is not None
    seen = Outcomes.from_notation(notation, n_doses=design.n_doses)
    document = render_decision(
        plan,
        notation=notation,
        decision=design.decide(seen),
        selection=design.select(seen),
        tree=decide_tree(design, seen, cohorts=1),
    )
    compare(f"decide-{name}", printed(document))
