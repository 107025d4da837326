"""`protocyte simulate --accrual` and several `--correlation`: one assumption varied."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from protocyte.cli import main

Run = Callable[..., tuple[int, str, str]]
LATE = "TITE-BOIN{suspend: {pending_share: 0.5, completed: 2, follow_up: null}}"


@pytest.fixture
def run(root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `protocyte simulate` on a protocol that ships."""

    def _run(name: str, *words: str) -> tuple[int, str, str]:
        command = ["protocyte", "simulate", str(root / "protocols" / name), *words]
        monkeypatch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return int(str(left.value.code)), said.out, said.err

    return _run


def by_design(rate: dict[str, Any], what: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """Return something of every scenario by design."""
    return {d["design"]: [what(row) for row in d["scenarios"]] for d in rate["designs"]}


def test_accrual_is_varied(run: Run, tmp_path: Path) -> None:
    rates = "2/month,1 per month,1/week"
    words = ["--accrual", rates, "--trials", "1000", "--seed", "3", "-o", str(tmp_path), "--json"]
    code, out, _ = run("kj-c2320", *words, "--compare", LATE)
    assert code == 0
    data = json.loads(out)["accrual"]
    assert [rate["rate"] for rate in data["rates"]] == ["1/month", "2/month", "1/week"]
    assert data["rates"][2]["per_month"] == pytest.approx(365.25 / 12 / 7)
    durations = [by_design(r, lambda row: row["calendar"]["duration"]) for r in data["rates"]]
    selections = [by_design(r, lambda row: row["selection"]) for r in data["rates"]]
    for name in ("BOIN", "TITE-BOIN"):
        slow, middle, fast = (np.array(one[name]) for one in durations)
        assert (slow > middle).all()
        assert (middle > fast).all()
    # Who waits for complete outcomes selects the same at every rate; who does not, may not.
    assert selections[0]["BOIN"] == selections[1]["BOIN"] == selections[2]["BOIN"]
    assert selections[0]["TITE-BOIN"] != selections[2]["TITE-BOIN"]
    # Deciding while outcomes are pending saves more time where more patients wait.
    saved = [np.array(one["BOIN"]) / np.array(one["TITE-BOIN"]) for one in durations]
    assert saved[2].mean() > saved[0].mean() > 1
    page = (tmp_path / "comparison.html").read_text()
    for text in ("Sensitivity to accrual", "What is selected, by accrual", "Conventions of time"):
        assert text in page


def test_the_protocols_own_rate_gives_what_its_calendar_gives(run: Run) -> None:
    # 1.5 patients consent a month in its scenarios.yaml.
    words = ("--calendar", "--accrual", "1.5/month", "--trials", "500", "--seed", "3", "--json")
    code, out, _ = run("kj-c2320", *words)
    assert code == 0
    data = json.loads(out)
    (rate,) = data["accrual"]["rates"]
    assert rate["gap"] == pytest.approx(data["calendar"]["conventions"]["gap"])
    assert rate["designs"] == data["calendar"]["designs"]


def test_correlation_is_varied(run: Run, tmp_path: Path) -> None:
    words = ["--correlation", "0.5,-0.5,0", "--compare", "BOIN", "-o", str(tmp_path)]
    code, out, err = run("udcar-sle", *words, "--json")
    assert code == 0
    assert "seed" not in err  # All is exact.
    found = json.loads(out)["correlations"]
    assert [one["correlation"] for one in found] == [-0.5, 0, 0.5]
    own, boin = ([one["designs"][i]["scenarios"] for one in found] for i in (0, 1))
    for less, more in zip(boin[0], boin[2], strict=True):
        assert less["selection"] == pytest.approx(more["selection"], abs=1e-9)
    assert any(
        abs(less["judged"]["correct"] - more["judged"]["correct"]) > 0.01
        for less, more in zip(own[0], own[2], strict=True)
    )
    # At 0 the answer is that of the protocol as it stands, which links nothing.
    plain = json.loads(run("udcar-sle", "--json")[1])["dose_finding"]["scenarios"]
    for row, as_written in zip(own[1], plain, strict=True):
        assert row["selection"] == pytest.approx(as_written["selection"], abs=1e-9)
    page = (tmp_path / "correlation.html").read_text()
    assert "BOIN: the same at every correlation" in page
    assert "<svg" in page


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        ("kj-c2320", ["--accrual", "fast"], "is not a rate"),
        ("kj-c2320", ["--accrual", "2/month,"], None),
        ("kj-c2320", ["--accrual", ","], "at least one rate"),
        ("kj-c2320", ["--accrual", "0/month"], "more than 0"),
        ("kj-c2320", ["--accrual", "2/month,24/year"], "names a rate twice"),
        ("kj-c2320", ["--accrual", "-1/month"], "is not a rate"),
        ("kj-c2320", ["--correlation", "1.5"], "is no correlation"),
        ("kj-c2320", ["--correlation", "0,nan"], "is no correlation"),
        ("kj-c2320", ["--correlation", "0,"], "is no correlation"),
        ("kj-c2320", ["--correlation", "0,0.0"], "names a value twice"),
        ("kj-c2320", ["--correlation", "0,0.3", "--calendar"], "one value with --calendar"),
        ("kj-c2320", ["--accrual", "2/month", "--random", "10"], "does not go"),
        ("kj-c2320", ["--accrual", "2/month", "--participants"], "does not go"),
        ("kj-c2320", ["--accrual", "2/month", "--population", "9"], "does not go"),
        ("ex02", ["--accrual", "2/month"], "no method of dose finding"),
        ("t-rrex", ["--accrual", "2/month"], "no method of dose finding"),
        ("ex02", ["--correlation", "0,0.3"], "no method of dose finding"),
    ],
)
def test_wrong_use_is_told(run: Run, name: str, words: list[str], said: str | None) -> None:
    code, _, err = run(name, *words, "--trials", "100", "--seed", "1")
    assert code == (2 if said else 0)
    assert (said or "") in " ".join(err.replace("│", " ").split())
