"""`protocyte simulate --random`: protocols that ship before truths that nobody chose."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from protocyte.cli import main


@pytest.fixture
def run(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
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


def test_udcar_sle_and_others_over_random_truths(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    words = ("--random", "40", "--compare", "BOIN,3+3", "--seed", "5", "-o", str(tmp_path))
    code, out, _ = run("udcar-sle", *words, "--json")
    assert code == 0
    data = json.loads(out)
    assert data["origin"]["Seed"] == "5"
    assert data["random"]["around"] == 0.35
    assert "Clertant" in data["random"]["reference"]
    assert [one["design"] for one in data["designs"]] == ["BOIN12", "BOIN", "3+3"]
    for design in data["designs"]:
        assert design["exact"]
        measures = design["measures"]
        parts = [measures[m]["mean"] for m in ("right", "too_high", "too_low", "none")]
        assert sum(parts) == pytest.approx(1, abs=1e-9)
        assert 0 < measures["right"]["error"] < 0.1
        assert measures["right"]["q05"] <= measures["right"]["q50"] <= measures["right"]["q95"]
        assert len(measures["right"]["by_truth"]) == 40
    # Paired differences are known better than two means apart.
    right = [design["measures"]["right"] for design in data["designs"]]
    apart = (right[0]["error"] ** 2 + right[2]["error"] ** 2) ** 0.5
    assert right[2]["against_first"]["error"] < apart
    assert (tmp_path / "random.csv").read_text().count("\n") == 1 + 3 * 40
    page = (tmp_path / "random.html").read_text()
    assert "<svg" in page
    assert "no level should be found" in page


def test_boin_of_kj_c2320_with_the_other_generator(
    run: Callable[..., tuple[int, str, str]],
) -> None:
    words = ("--random", "12", "--generator", "normal", "--seed", "5")
    code, out, _ = run("kj-c2320", *words)
    assert code == 0
    for text in ("Paoletti", "BOIN*", "Means and quantiles over the truths"):
        assert text in out
    assert json.loads(run("kj-c2320", *words, "--json")[1])["random"]["responses"] is None


def test_three_plus_three_of_wu_cart_007_needs_a_target(
    run: Callable[..., tuple[int, str, str]],
) -> None:
    code, _, err = run("wu-cart-007", "--random", "10")
    assert code == 2
    assert "--target 0.3" in err
    code, out, _ = run("wu-cart-007", "--random", "10", "--target", "0.3", "--seed", "1", "--json")
    assert code == 0
    assert json.loads(out)["yardstick"] == {"of": "", "target": 0.3}


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        ("ex02", ["--random", "10"], "no method of dose finding"),
        ("udcar-sle", ["--random", "1"], "--random"),
        ("udcar-sle", ["--random", "10", "--calendar"], "--calendar does not go"),
        ("udcar-sle", ["--random", "10", "--participants"], "--participants does not go"),
        ("udcar-sle", ["--random", "10", "--bank", "100"], "--bank does not go"),
        ("udcar-sle", ["--random", "10", "--population", "9"], "--population does not go"),
        ("udcar-sle", ["--generator", "normal"], "goes with"),
        ("udcar-sle", ["--responses", "plateau"], "goes with"),
        ("udcar-sle", ["--random", "10", "--generator", "beta"], "beta"),
        ("udcar-sle", ["--random", "10", "--compare", "BOINN"], "did you mean"),
    ],
)
def test_wrong_use_is_told(
    run: Callable[..., tuple[int, str, str]], name: str, words: list[str], said: str
) -> None:
    code, _, err = run(name, *words)
    assert code == 2
    assert said in " ".join(err.replace("│", " ").split())
