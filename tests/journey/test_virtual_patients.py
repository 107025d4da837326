"""Virtual patients of each protocol that ships, from the command to the page."""

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

from protocyte.cli import main

NAMES = ("ex02", "kj-c2320", "t-rrex", "udcar-sle", "wu-cart-007")
FEW = ("--population", "60", "--seed", "7")


class Said(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def arms(self) -> Any:
        return json.loads(self.out)["arms"]


@pytest.fixture
def run(root: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command; a word with an @ is a protocol that ships."""

    def _run(*words: object) -> Said:
        named = [
            str(root / "protocols" / str(word)[1:]) if str(word).startswith("@") else str(word)
            for word in words
        ]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["protocyte", *named])
            with pytest.raises(SystemExit) as left:
                main()
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return Said(int(str(left.value.code)), said.out, said.err)

    return _run


@pytest.mark.parametrize("name", NAMES)
def test_virtual_patients_reach_page_picture_and_tables(
    run: Any, tmp_path: Path, name: str
) -> None:
    said = run("simulate", f"@{name}", *FEW, "-o", tmp_path, "--json")
    assert said.code == 0
    for arm in said.arms:
        assert arm["unsolved"] == 0
        assert all(0 <= share["share"] <= 1 for share in arm["shares"].values())
        for low, _, middle, _, high in zip(*arm["bands"]["car"], strict=True):
            assert 0 <= low <= middle <= high
    first = [arm["arm"] for arm in said.arms]
    assert first[0] == "as written"
    made = {file.name for file in tmp_path.iterdir()}
    assert {f"population.{kind}" for kind in ("html", "json", "svg", "png")} <= made
    page = (tmp_path / "population.html").read_text(encoding="utf-8")
    assert all(label in page for label in first)
    assert "<script" not in page
    assert "are assumed: no source gives them" in page
    assert json.loads((tmp_path / "population.json").read_text()) == json.loads(said.out)
    bands, outcomes = (pl.read_parquet(tmp_path / f"{n}.parquet") for n in ("bands", "outcomes"))
    assert bands["arm"].unique(maintain_order=True).to_list() == first
    assert outcomes.equals(pl.read_csv(tmp_path / "outcomes.csv", schema=outcomes.schema))


def test_what_the_second_receptor_buys_is_seen(run: Any) -> None:
    """THANK-uCAR against B2M deletion alone, in the same patients."""
    words = ("simulate", "@kj-c2320", "--without", "NKG2A CAR", "--population", "400")
    whole, without = run(*words, "--seed", "1", "--json").arms
    seen = "CAR-T cells seen on day 28"
    assert without["arm"] == "without NKG2A CAR"
    difference = without["shares"][seen]["difference"]
    assert difference < -2 * without["shares"][seen]["difference_error"]
    assert without["shares"]["GvHD of grade 2 or more"]["difference"] == 0
    assert run(*words, "--seed", "1", "--json").arms == [whole, without], "a seed gives one answer"
    assert run(*words, "--seed", "2", "--json").arms != [whole, without]


def test_every_knob_of_the_command_line_turns_something(run: Any) -> None:
    for words in (
        ("--edits", "TRAC,B2M,CIITA"),
        ("--donor", "autologous"),
        ("--lymphodepletion", "enhanced"),
        ("--lymphodepletion", "with alemtuzumab"),
        ("--lymphodepletion", "none"),
        ("--expansion", "competition"),
        ("--cells", "5e9"),
    ):
        first, turned = run("simulate", "@wu-cart-007", *words, *FEW, "--json").arms
        assert first["bands"]["car"] != turned["bands"]["car"], words
    # NK cells leave cells with HLA class I alone: a shield buys nothing there, and much without it.
    for name, buys in (("@wu-cart-007", False), ("@kj-c2320", True)):
        first, turned = run("simulate", name, "--armour", "HLA-E", *FEW, "--json").arms
        assert (first["bands"]["car"] != turned["bands"]["car"]) is buys
    lowest, highest = (
        run("simulate", "@wu-cart-007", "--level", level, *FEW, "--json").arms[0]["bands"]["car"]
        for level in (1, 4)
    )
    assert lowest != highest


def test_protocols_are_compared_on_one_page(run: Any, tmp_path: Path) -> None:
    page = tmp_path / "both.html"
    said = run("compare", "@kj-c2320", "@wu-cart-007", "--without", "CD7", *FEW, "-o", page)
    assert said.code == 0
    text = page.read_text(encoding="utf-8")
    assert "WU-CART-007, without CD7" in text
    assert "The diseases differ (AML, T-ALL)" in text
    assert [file.name for file in tmp_path.iterdir()] == ["both.html"]
    for digest in ("Protocol 2", "NCT04984356"):
        assert digest in text


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("simulate", "@kj-c2320", "--population", "9", "--edits", "TRAX"), 'write "TRAC"'),
        (("simulate", "@kj-c2320", "--population", "9", "--armour", "HLA-G"), 'write "HLA-E"'),
        (("simulate", "@kj-c2320", "--population", "9", "--without", "CD7"), "use one of"),
        (("simulate", "@kj-c2320", "--population", "9", "--level", "9"), "levels 1 to 3"),
        (("simulate", "@kj-c2320", "--without", "B2M"), "--population 2000"),
        (("compare", "@kj-c2320", "@wu-cart-007", "--without", "B2M"), "use one of CD7, TRAC"),
        (("compare", "@kj-c2320", "@kj-c2320"), "named twice"),
        (("compare", *["@ex02"] * 7), "at most 6"),
        (("compare", "@kj-c2320", "--lymphodepletion", "deep"), "with alemtuzumab"),
    ],
)
def test_wrong_words_are_answered_with_a_remedy(
    run: Any, words: tuple[str, ...], remedy: str
) -> None:
    said = run(*words)
    assert said.code == 2
    assert remedy in " ".join(said.err.replace("│", " ").split())


def test_a_disease_that_is_not_in_the_model_is_refused(
    run: Any, root: Path, tmp_path: Path
) -> None:
    for name in ("protocol.yaml", "scenarios.yaml"):
        text = (root / "protocols/kj-c2320" / name).read_text(encoding="utf-8")
        text = text.replace("biology: {disease: AML}", "biology: {}")
        (tmp_path / name).write_text(text.replace("myeloid leukaemia", "gout"), encoding="utf-8")
    said = run("simulate", tmp_path, *FEW)
    assert said.code == 2
    assert "names no disease of the model" in " ".join(said.err.replace("│", " ").split())
