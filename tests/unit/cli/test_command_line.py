"""Arguments in, exit code out: data on standard output, talk on standard error, no traceback."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from protocyte import __version__
from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL, amend_example

Run = Callable[..., Any]


@pytest.fixture
def record(run: Run, example: Path, tmp_path: Path) -> Path:
    """A record of the example protocol."""
    (example / "protocol.yaml").write_text(amend_example("dosing: {participants: 6}"))
    out = tmp_path / "record"
    assert run("simulate", example, "--participants", "--seed", "1", "-o", out).code == 0
    return out


# ── done ─────────────────────────────────────────────────────────────────────
def test_version_and_help(run: Run) -> None:
    assert run("--version") == (0, f"protocyte {__version__}\n", "")
    for words in (["--help"], ["-h"], ["check", "-h"], ["import", "-h"]):
        said = run(*words)
        assert said.code == 0
        assert "Usage:" in said.out


@pytest.mark.parametrize(
    "words",
    [
        ["check", "FOLDER"],
        ["check", "FOLDER/protocol.yaml", "--strict"],
        ["show", "FOLDER"],
        ["cite", "FOLDER"],
        ["schema"],
        ["schema", "scenarios"],
        ["simulate", "FOLDER"],
        ["decide", "FOLDER", "1NNN"],
        ["decide", "FOLDER", ""],
        ["check", "--explain", "dos001"],
    ],
)
def test_what_is_done_leaves_zero(run: Run, example: Path, words: list[str]) -> None:
    said = run(*(word.replace("FOLDER", str(example)) for word in words))
    assert said.code == 0
    assert said.out
    assert said.err == ""


@pytest.mark.parametrize(
    "words",
    [
        ["check", "FOLDER", "--json"],
        ["show", "FOLDER", "--json"],
        ["cite", "FOLDER", "--json"],
        ["schema"],
        ["simulate", "FOLDER", "--json"],
        ["simulate", "FOLDER", "--json", "--monte-carlo", "50", "--seed", "1"],
        ["simulate", "FOLDER", "--participants", "--seed", "1", "--json"],
        ["decide", "FOLDER", "1NNN 2NTN", "--json"],
    ],
)
def test_json_is_all_that_stands_on_standard_output(
    run: Run, example: Path, words: list[str]
) -> None:
    said = run(*(word.replace("FOLDER", str(example)) for word in words))
    assert said.code == 0
    assert said.data is not None


def test_a_record_is_analysed_to_plain_data(run: Run, example: Path, record: Path) -> None:
    said = run("analyse", example, record, "--json")
    assert said.code == 0
    assert said.err == ""
    assert [one["endpoint"] for one in said.data["endpoints"]][:2] == ["teae", "dlt"]
    assert said.data["about"]["seed"] == 1
    assert "teae" in run("analyse", example, record).out


def test_files_say_how_they_came_about(run: Run, example: Path, record: Path) -> None:
    out = record.parent / "out"
    said = run("analyse", example, record, "-o", out)
    assert (said.code, said.out) == (0, "")
    assert said.err == f"report: {out / 'report.html'}\n"
    estimates = json.loads((out / "estimates.json").read_text())
    assert estimates["origin"]["Seed"] == "1"
    assert estimates["origin"]["Program"] == f"protocyte {__version__}"
    assert estimates["origin"]["Command"].startswith("protocyte analyse ")
    about = json.loads((record / "record.json").read_text())
    assert about["provenance"] == "rehearsal"
    assert about["command"].startswith("protocyte simulate ")


def test_an_analysis_may_look_at_an_earlier_day(run: Run, example: Path, record: Path) -> None:
    last = run("analyse", example, record, "--json").data["cut"]
    early = f"{int(last[:4]) - 1}{last[4:]}"
    said = run("analyse", example, record, "--json", "--at", early)
    assert said.data["cut"] == early

    def deaths(answer: Any) -> int:
        os_ = next(one for one in answer["endpoints"] if one["endpoint"] == "os")
        return int(os_["estimates"][0]["events"] or 0)

    assert deaths(said.data) <= deaths(run("analyse", example, record, "--json").data)


def test_simulated_trials_are_a_check_of_the_exact_answer(run: Run, example: Path) -> None:
    said = run("simulate", example, "--monte-carlo", "200", "--seed", "3", "--json")
    assert said.data["monte_carlo"]["trials"] == 200
    assert "simulated trials a scenario lie within" in said.err


# ── findings ─────────────────────────────────────────────────────────────────
def test_findings_leave_one(run: Run, example: Path) -> None:
    (example / "protocol.yaml").write_text(EXAMPLE.replace("phase: phase 1", "phse: phase 1"))
    said = run("check", example)
    assert said.code == 1
    assert said.out == f"{example}: 2 errors\n"
    assert f"{example}/protocol.yaml:5:3 error SYN003 trial.phse\n" in said.err
    assert {f["code"] for f in run("check", example, "--json").data} == {"SYN003", "SYN004"}
    for words in (["show"], ["simulate"], ["cite"], ["decide", ""], ["analyse", "x"]):
        refused = run(words[0], example, *words[1:])
        assert refused.code == 1
        assert refused.out == ""
        assert "cannot be used as it stands; `protocyte check` tells" in refused.err


def test_warnings_leave_one_only_if_asked(run: Run, example: Path) -> None:
    (example / "protocol.yaml").write_text(amend_example("safety: {of_interest: [CRS, ICANS]}"))
    assert run("check", example).code == 0
    assert run("check", example, "--strict").code == 1


def test_a_rehearsal_that_does_not_fit(run: Run, example: Path) -> None:
    (example / "scenarios.yaml").write_text(REHEARSAL.replace("{CR: 0.7, CRi: 0.3}", "{PR: 1.0}"))
    said = run("simulate", example)
    assert said.code == 1
    assert "PR stands under responses, and the protocol does not count it" in said.err
    assert run("check", example).code == 1
    (example / "scenarios.yaml").write_text(REHEARSAL.replace("CRi: 0.3", "CRi: 0.2"))
    assert "shares of responses sum to 0.9" in run("check", example).err


def test_paths_are_neither_broken_nor_markup(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "[bold]a folder with a rather long name[/]" / ("x" * 60)
    folder.mkdir(parents=True)
    (folder / "protocol.yaml").write_text(EXAMPLE.replace("phase: phase 1", "phse: phase 1"))
    said = run("check", folder)
    assert said.code == 1
    assert f"{folder}/protocol.yaml:5:3 error" in said.err
    assert f"{folder}: 2 errors\n" in said.out
    assert str(folder) in run("show", folder).err
    (folder / "protocol.yaml").write_text(EXAMPLE)
    assert run("show", folder, "-o", folder / "page.html").err == f"written: {folder}/page.html\n"


# ── wrong usage ──────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Usage:"),
        (["frob"], "No such command"),
        (["check"], "name at least one protocol file"),
        (["check", "--explain", "XXX999"], "there is no finding XXX999"),
        (["show"], "Missing argument"),
        (["show", "FOLDER", "--colour"], "No such option"),
        (["simulate", "FOLDER", "--participants", "--scenario", "nice"], "there is no scenario"),
        (["simulate", "FOLDER", "--participants", "--start", "1.2.2026"], "is not a date"),
        (["simulate", "FOLDER", "--seed", "-1"], "seed"),
        (["simulate", "FOLDER", "--monte-carlo", "many"], "integer"),
        (["decide", "FOLDER", "1NNN", "--ahead", "9"], "shown as paths only; add --paths"),
        (["decide", "FOLDER", "1NNN", "--ahead", "99", "--paths"], "less than or equal to 12"),
        (["decide", "FOLDER", "1NNN", "-o", "page.doc"], "ends in neither .html nor .csv"),
        (["decide", "FOLDER", "1NNN", "-o", "paths.csv"], "a table holds paths; add --paths"),
        (["decide", "FOLDER"], "Missing argument"),
        (["schema", "poem"], "poem"),
        (["import"], "Usage:"),
    ],
)
def test_wrong_usage_leaves_two(run: Run, example: Path, words: list[str], said: str) -> None:
    found = run(*(word.replace("FOLDER", str(example)) for word in words))
    assert found.code == 2
    assert said in " ".join((found.err + found.out).replace("│", " ").split())


def test_a_bad_day_of_looking(run: Run, example: Path, record: Path) -> None:
    for command in ("analyse", "decide"):
        said = run(command, example, record, "--at", "yesterday")
        assert said.code == 2
        assert '"yesterday" is not a date' in said.err


# ── could not finish ─────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check", "TMP/nowhere.yaml"], "There is no file TMP/nowhere.yaml; check the path."),
        (["show", "TMP"], "There is no file TMP/protocol.yaml; check the path."),
        (["analyse", "FOLDER", "TMP/nowhere"], "There is no folder TMP/nowhere; a record is"),
        (["analyse", "FOLDER", "TMP"], "holds no table of a record; expected files such as"),
        (["decide", "FOLDER", "TMP/nowhere"], "There is no folder TMP/nowhere; a record is"),
        (["decide", "FOLDER", "FOLDER/protocol.yaml"], "There is no folder"),
        (["decide", "FOLDER", "1NXN"], "Column 3 has 'X'"),
        (["decide", "FOLDER", "4NNN"], "Dose level 4 in column 1 does not exist"),
        (["show", "FOLDER", "-o", "FILE/page.html"], "cannot be written"),
        (["simulate", "FOLDER", "--participants", "--seed", "1", "-o", "FILE"], "cannot be wri"),
        (["demo", "--trial", "atlantis", "-o", "TMP/demo"], "There is no seed trial atlantis"),
        (["import", "table", "TMP/nowhere.yaml", "TMP"], "There is no file TMP/nowhere.yaml"),
    ],
)
def test_what_cannot_be_finished_leaves_three(
    run: Run, example: Path, tmp_path: Path, words: list[str], said: str
) -> None:
    (tmp_path / "file").write_text("in the way")
    (example / "protocol.yaml").write_text(amend_example("dosing: {participants: 3}"))
    places = {"FOLDER": str(example), "FILE": str(tmp_path / "file"), "TMP": str(tmp_path)}

    def placed(text: str) -> str:
        for name, path in places.items():
            text = text.replace(name, path)
        return text

    found = run(*map(placed, words))
    assert found.code == 3
    assert found.out == ""
    assert placed(said) in found.err
    assert "error: " in found.err


def test_what_was_computed_is_shown_even_if_it_cannot_be_kept(
    run: Run, example: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    said = run("simulate", example, "-o", tmp_path / "file" / "out")
    assert said.code == 3
    assert "Probability of selecting each dose" in said.out
    assert "cannot be written" in said.err


def test_a_protocol_that_is_no_yaml(run: Run, example: Path) -> None:
    for text in ("{", "- a\n- b\n", "", "\t: x", "a: b: c", "\x00"):
        (example / "protocol.yaml").write_text(text)
        said = run("check", example)
        assert said.code == 1, text
        assert "error SYN" in said.err
    (example / "protocol.yaml").write_bytes(b"\xff\xfe\x00")
    assert run("check", example).code == 3


def test_a_record_with_defects_is_refused_with_all_of_them(
    run: Run, example: Path, record: Path
) -> None:
    from protocyte.files import read_record, write_record

    write_record(read_record(record), record, form="csv")
    text = (record / "ae.csv").read_text()
    (record / "ae.csv").write_text(text.replace(",Y,", ",maybe,").replace("2026-", "2026/"))
    for command in ("analyse", "decide"):
        said = run(command, example, record)
        assert said.code == 3
        assert "error: The record has" in said.err
        assert "is not one of Y, N" in said.err
        assert "is not an ISO 8601 date" in said.err


def test_one_dose_is_decided_by_its_sample(run: Run, root: Path) -> None:
    said = run("decide", root / "protocols/ex02", "")
    assert said.code == 0
    assert "Treat 9 participants" in said.out


def test_a_protocol_without_scenarios(run: Run, example: Path) -> None:
    (example / "scenarios.yaml").unlink()
    said = run("simulate", example)
    assert said.code == 3
    assert "There is no scenarios.yaml beside" in said.err
    assert run("cite", example).code == 0


def test_a_method_without_a_definition_of_toxicity_can_be_analysed(
    run: Run, example: Path, record: Path
) -> None:
    mtd = "{measure: dose, finds: maximum tolerated dose}"
    patch = f"{{dosing: {{dlt: null}}, endpoints: {{primary: {{dlt: null, mtd: {mtd}}}}}}}"
    (example / "protocol.yaml").write_text(amend_example(patch))
    said = run("analyse", example, record, "--json")
    assert said.code == 0
    found = next(one for one in said.data["endpoints"] if one["endpoint"] == "mtd")
    assert found["statement"].startswith("The protocol does not define dose-limiting toxicity")


def test_a_schedule_that_counts_from_elsewhere_is_not_rehearsed(run: Run, example: Path) -> None:
    patch = "schedule: {anchor: enrolment, activities: {infusion: {day: 14}}}"
    (example / "protocol.yaml").write_text(amend_example(patch))
    said = run("simulate", example, "--participants", "--seed", "1")
    assert said.code in (1, 3)
    assert said.code == 1 or "counts its days from the enrolment" in said.err


# ── chance ───────────────────────────────────────────────────────────────────
def test_a_seed_gives_the_same_trial_again(run: Run, example: Path, tmp_path: Path) -> None:
    (example / "protocol.yaml").write_text(amend_example("dosing: {participants: 6}"))
    words = ("simulate", example, "--participants", "--json", "--seed")
    one, two, other = (run(*words, seed).data for seed in ("5", "5", "6"))
    assert one == two
    assert one["meetings"] != other["meetings"]
    assert one["origin"]["Seed"] == "5"
    for name in ("a", "b"):
        run(*words, "5", "-o", tmp_path / name)
    for path in sorted((tmp_path / "a").iterdir()):
        if path.suffix == ".parquet":
            assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_a_seed_that_is_drawn_is_printed(run: Run, example: Path) -> None:
    (example / "protocol.yaml").write_text(amend_example("dosing: {participants: 3}"))
    said = run("simulate", example, "--participants", "--json")
    first, *_ = said.err.splitlines()
    assert first == f"seed: {said.data['origin']['Seed']}"
    again = run("simulate", example, "--participants", "--json", "--seed", first.split()[1])
    assert again.data["meetings"] == said.data["meetings"]
    assert "seed" not in run("simulate", example).err


def test_a_virtual_trial_starts_when_it_is_told_to(run: Run, example: Path, tmp_path: Path) -> None:
    (example / "protocol.yaml").write_text(amend_example("dosing: {participants: 3}"))
    out = tmp_path / "record"
    said = run(
        "simulate", example, "--participants", "--seed", "1", "--start", "2031-05-01", "-o", out
    )
    assert said.code == 0
    assert said.out == ""
    from protocyte.files import read_record

    assert min(read_record(out)["DM"]["RFICDTC"].to_list()) >= "2031-05-01"


# ── all of it ────────────────────────────────────────────────────────────────
def test_demo_ends_with_the_path_of_its_report(run: Run, tmp_path: Path) -> None:
    said = run("demo", "--trial", "ex02", "-o", tmp_path / "demo", "--seed", "4")
    assert said.code == 0
    assert said.out == f"{tmp_path}/demo/report.html\n"
    assert (tmp_path / "demo/report.html").exists()
    assert (tmp_path / "demo/protocol.html").exists()
    assert (tmp_path / "demo/record/record.json").exists()
    steps = ("1 check", "2 show:", "3 simulate:", "4 simulate:", "5 analyse:")
    assert all(f"{step} " in said.err for step in steps)


def test_an_interrupt_is_said(monkeypatch: pytest.MonkeyPatch, run: Run, example: Path) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("protocyte.cli.show.sound_protocol", interrupted)
    said = run("show", example)
    assert (said.code, said.err) == (3, "interrupted\n")


def test_the_module_is_the_command(root: Path) -> None:
    words = [sys.executable, "-m", "protocyte", "check", str(root / "protocols/ex02")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stdout.startswith(str(root / "protocols/ex02"))


@pytest.mark.parametrize("command", [["schema"], ["show"]])
def test_a_reader_who_goes_away(root: Path, command: list[str]) -> None:
    words = [sys.executable, "-m", "protocyte", *command]
    if command == ["show"]:
        words.append(str(root / "protocols/udcar-sle"))
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(words, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert done.returncode == 3
    assert done.stderr == ""
