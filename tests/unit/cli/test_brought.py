"""A design that somebody brings along as a file is compared like any other."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

EXAMPLE = "docs/how-to/example/cumulative_cohort.py"


def test_the_example_stands_beside_the_others(run: Run, root: Path) -> None:
    entry = f"{root / EXAMPLE}{{margin: 0.12}}"
    said = run("simulate", root / "protocols" / "udcar-sle", "--json", "--compare", f"BOIN,{entry}")
    designs = {one["design"]: one for one in said.data["designs"]}
    assert any("margin 0.12" in line for line in designs["CumulativeCohort"]["settings"])
    assert designs["CumulativeCohort"]["exact"]


def test_the_example_is_short(root: Path) -> None:
    assert len((root / EXAMPLE).read_text(encoding="utf-8").splitlines()) < 60


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 / 0", "does not run: ZeroDivisionError"),
        ("def f(:", "does not run: SyntaxError"),
        ("x = 1", "defines 0 designs"),
    ],
)
def test_a_file_without_a_design_is_told(
    run: Run, root: Path, tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(text, encoding="utf-8")
    answer = run("simulate", root / "protocols" / "udcar-sle", "--compare", file)
    assert answer.code == 2
    assert said in " ".join(answer.err.replace("│", " ").split())


def test_a_setting_that_it_does_not_have_leaves_it_out(run: Run, root: Path) -> None:
    entry = f"{root / EXAMPLE}{{margn: 0.12}}"
    said = run("simulate", root / "protocols" / "udcar-sle", "--json", "--compare", entry)
    assert "has no setting margn" in said.data["left_out"][0]["why"]
