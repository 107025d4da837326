"""Designs on the command line: compared, tabled, followed along their paths, asked for outlooks."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from protocyte.cli.compare import wanted
from protocyte.design.candidate import find_method_names
from protocyte.protocol.checks.example import REHEARSAL, amend_example

Run = Callable[..., Any]


# ── compare ──────────────────────────────────────────────────────────────────
def test_designs_are_compared(run: Run, example: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    said = run("simulate", example, "--compare", "3+3,BOIN12", "-o", out)
    assert said.code == 0
    for text in ("Designs compared", "BOIN*", "3+3", "BOIN12", "exact", "With which"):
        assert text in said.out
    assert said.err == f"written: {out / 'comparison.html'}\n"
    page = (out / "comparison.html").read_text()
    assert page.count("<svg") == 1
    assert (out / "comparison.json").exists()


def test_compare_all_takes_every_name(run: Run, example: Path) -> None:
    said = run("simulate", example, "--compare", "all", "--json", "--trials", "200", "--seed", "1")
    assert said.code == 0
    named = {entry["design"] for part in ("designs", "left_out") for entry in said.data[part]}
    assert named == set(find_method_names())
    assert len(said.data["designs"]) >= 3
    for entry in said.data["left_out"]:
        assert f"left out: {entry['design']}: {entry['why']}" in said.err


def test_settings_are_written_inline(run: Run, example: Path) -> None:
    said = run("simulate", example, "--json", "--compare", "BOIN{target: 0.2, stop_at: 6},3+3")
    labels = [entry["design"] for entry in said.data["designs"]]
    assert labels == ["BOIN", "BOIN {target: 0.2, stop_at: 6}", "3+3"]


def test_a_seed_is_printed_only_where_chance_is_needed(run: Run, example: Path) -> None:
    assert "seed" not in run("simulate", example, "--compare", "3+3").err
    big = "BOIN12{stop_at: null}"
    words = ("simulate", example, "--compare", big, "--memory", "0.01", "--trials", "200")
    (example / "protocol.yaml").write_text(amend_example("dosing: {participants: 45}"))
    said = run(*words, "--json")
    seed = said.err.splitlines()[0].removeprefix("seed: ")
    assert "simulated: BOIN12: " in said.err
    again = run(*words, "--seed", seed, "--json")
    assert again.data["designs"] == said.data["designs"]
    assert "±: 200 simulated trials a scenario" in run(*words, "--seed", seed).out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "name at least one design"),
        ("BOINN", 'There is no design "BOINN"; did you mean "BOIN"'),
        ("BOIN{target 0.3", "is not NAME or NAME{key: value}"),
        ("BOIN{target 0.3}", "cannot be read; write settings as"),
        ("BOIN{{}", "cannot be read; write settings as"),
    ],
)
def test_a_list_that_cannot_be_read(run: Run, example: Path, text: str, said: str) -> None:
    found = run("simulate", example, "--compare", text)
    assert found.code == 2
    assert said in " ".join(found.err.replace("│", " ").split())


def test_a_list_is_parted_at_commas_outside_of_braces() -> None:
    found = wanted(" BOIN{target: 0.3, stop_at: 12} ,3+3 ,")
    assert [(one.name, dict(one.settings)) for one in found] == [
        ("BOIN", {"target": 0.3, "stop_at": 12}), ("3+3", {}),
    ]  # fmt: skip
    assert [one.name for one in wanted("all")] == list(find_method_names())


# ── calendar time ────────────────────────────────────────────────────────────
def test_dose_finding_is_timed(run: Run, root: Path) -> None:
    trial = root / "protocols/kj-c2320"
    words = ("simulate", trial, "--calendar", "--trials", "200", "--seed", "1")
    said = run(*words)
    assert said.code == 0
    assert "How long dose finding takes" in said.out
    data = run(*words, "--compare", "3+3", "--json").data
    timed = {one["design"]: one["scenarios"] for one in data["calendar"]["designs"]}
    assert set(timed) == {"BOIN", "3+3"}
    assert data["calendar"]["conventions"]["window"] == 28
    for boin, rule in zip(timed["BOIN"], timed["3+3"], strict=True):
        assert rule["calendar"]["duration"] > 0
        assert boin["calendar"]["infusions"] == pytest.approx(boin["total"])
    again = run(*words, "--compare", "3+3", "--json").data
    assert again["calendar"] == data["calendar"]


def test_a_trial_without_dose_finding_has_no_calendar(run: Run, root: Path) -> None:
    said = run("simulate", root / "protocols/ex02", "--calendar", "--seed", "1")
    assert said.code == 3
    assert "`dosing.dlt`" in said.err


# ── decide ───────────────────────────────────────────────────────────────────
def test_an_outlook_comes_with_a_decision(run: Run, example: Path) -> None:
    said = run("decide", example, "1NNN 2NNT")
    assert "Which dose will be selected, given what was seen" in said.out
    assert "Outlook" not in run("decide", example, "1NNN 2NNT", "--no-outlook").out
    data = run("decide", example, "1NNN 2NNT", "--json").data
    for row in data["outlook"]["scenarios"]:
        assert sum(row["selection"]) + row["none"] == pytest.approx(1)
        assert row["total"] >= 6
    # A trial that has ended, and one that nobody rehearsed, have no outlook.
    assert run("decide", example, "1TTT", "--json").data["outlook"] is None
    (example / "scenarios.yaml").unlink()
    assert run("decide", example, "1NNN", "--json").data["outlook"] is None


def test_one_dose_is_decided_from_outcomes_that_are_typed(
    run: Run, root: Path, tmp_path: Path
) -> None:
    trial = root / "protocols" / "t-rrex"
    said = run("decide", trial, f"1{'E' * 12}{'N' * 13}")
    assert said.code == 0
    for text in ("How the trial will end", "Success", "Failure"):
        assert text in said.out
    assert "Closed" not in said.out
    # A record does not tell responses here, and none is not what it says.
    said = run("decide", trial, tmp_path)
    assert said.code != 0
    assert "write the outcomes" in said.err


def test_responses_are_read_and_weighed(run: Run, root: Path) -> None:
    said = run("decide", root / "protocols/udcar-sle", "1NEB 2NTE", "--json")
    assert said.data["decision"]["dose"] in (1, 2, 3)
    numbers = " ".join(said.data["decision"]["arithmetic"])
    assert "1 DLT in 3" in numbers
    assert "P(utility > 70.5)" in numbers
    assert "responses in 3" in numbers
    assert said.data["selection_if_ended_now"]["arithmetic"]


def test_paths_are_shown_and_written(run: Run, example: Path, tmp_path: Path) -> None:
    table, page = tmp_path / "paths.csv", tmp_path / "paths.html"
    said = run("decide", example, "1NNN", "--ahead", "2", "--paths", "-o", table)
    assert said.code == 0
    assert "├─ 0 DLTs in 3" in said.out
    assert "Which dose the next cohorts get" in said.out
    assert "What if" not in said.out
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert {row["cohort_1_dlts"] for row in rows} == {"0", "1", "2", "3"}
    shares = [name for name in rows[0] if name.startswith("probability_")]
    assert len(shares) == 2
    for name in shares:
        assert sum(float(row[name]) for row in rows) == pytest.approx(1)
    assert run("decide", example, "1NNN", "--paths", "-o", page).code == 0
    assert "Dose paths of the next cohorts" in page.read_text()


def test_paths_without_scenarios_have_no_chances(run: Run, example: Path) -> None:
    (example / "scenarios.yaml").unlink()
    data = run("decide", example, "", "--paths", "--ahead", "5", "--json").data
    assert data["paths"]["ahead"] == []
    assert data["paths"]["cohorts_apart"] == 3


def test_paths_of_a_trial_that_has_ended(run: Run, example: Path, tmp_path: Path) -> None:
    said = run("decide", example, "1TTT", "--paths", "-o", tmp_path / "paths.csv")
    assert said.code == 3
    assert "The trial has ended" in said.err


# ── tables and checklist ─────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("suffix", "begins"), [("html", "<!doctype html>"), ("rtf", r"{\rtf1"), ("csv", "n,dlts")]
)
def test_tables_are_written(
    run: Run, example: Path, tmp_path: Path, suffix: str, begins: str
) -> None:
    file = tmp_path / f"table.{suffix}"
    said = run("show", example, "--table", file)
    assert (said.code, said.out, said.err) == (0, "", f"written: {file}\n")
    assert file.read_text().startswith(begins)


def test_tables_are_shown(run: Run, example: Path, root: Path) -> None:
    said = run("show", example, "--table", "-")
    assert "De-escalate if DLTs" in said.out
    assert "Eligibility" not in said.out
    assert run("show", example, "--table", "table.docx").code == 2
    assert "Simon's optimal" in run("show", root / "protocols/t-rrex", "--table", "-").out


@pytest.mark.parametrize("name", ["ex02", "kj-c2320", "t-rrex", "udcar-sle", "wu-cart-007"])
def test_the_checklist_is_filled(run: Run, root: Path, tmp_path: Path, name: str) -> None:
    page = tmp_path / "define.html"
    assert run("show", root / "protocols" / name, "--checklist", "define", "-o", page).code == 0
    text = page.read_text()
    for sign in ("3a.1†", "trial.title", "not stated", "10.1136/bmj-2023-076386", "e076387"):
        assert sign in text


def test_an_unknown_checklist(run: Run, example: Path) -> None:
    assert run("show", example, "--checklist", "consort").code == 2


# ── bad designs are findings, not crashes ────────────────────────────────────
BAD = {
    "target 0": ("{method: {BOIN: {target: 0}}}", "SYN005"),
    "target NaN": ("{method: {BOIN: {target: .nan}}}", "SYN005"),
    "certainty 2": ("{method: {BOIN: {target: 0.3, eliminate_above: 2}}}", "SYN005"),
    "limits crossed": ("{method: {BOIN: {target: 0.3, too_low: 0.4, too_high: 0.2}}}", "DOS004"),
    "no doses": ("{levels: []}", "SYN005"),
    "10,000 doses": (f"{{levels: [{', '.join(['1e6 cells'] * 10_000)}]}}", "SYN005"),
    "start beyond the doses": ("{start: 9}", "DOS002"),
    "no participants": ("{participants: 0}", "SYN005"),
    "participants NaN": ("{participants: .nan}", "SYN005"),
    "empty cohorts": ("{cohort: {size: 0}}", "SYN005"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_design_is_a_finding(run: Run, example: Path, name: str) -> None:
    patch, code = BAD[name]
    (example / "protocol.yaml").write_text(amend_example(f"dosing: {patch}"))
    checked = run("check", example)
    assert checked.code == 1
    assert f"error {code}" in checked.err
    for words in (["simulate"], ["simulate", "--compare", "3+3"]):
        refused = run(words[0], example, *words[1:])
        assert refused.code == 1
        assert refused.out == ""
        assert f"error {code}" in refused.err


def test_truths_that_are_no_probabilities_are_findings(run: Run, example: Path) -> None:
    for odd in ("1.5", "-0.1", ".nan", "many"):
        text = REHEARSAL.replace("toxicity: [0.05,", f"toxicity: [{odd},")
        assert text != REHEARSAL
        (example / "scenarios.yaml").write_text(text)
        assert run("simulate", example).code == 1
        assert run("simulate", example, "--compare", "3+3").code == 1


def test_a_walk_that_does_not_fit_is_refused_with_its_size(run: Run, example: Path) -> None:
    method = "{BOIN: null, BOIN12: {stop_at: null}}"
    (example / "protocol.yaml").write_text(
        amend_example(f"dosing: {{participants: 45, method: {method}}}")
    )
    said = run("simulate", example, "--memory", "0.01")
    assert said.code == 3
    assert "different states" in said.err
    assert "memory=0.01 GB are allowed" in said.err
    assert "`--monte-carlo 10000`" in said.err
    words = ("--memory", "0.01", "--monte-carlo", "200", "--seed", "1")
    simulated = run("simulate", example, *words, "--json")
    assert simulated.code == 0
    assert simulated.data["dose_finding"]["trials"] == 200
    assert "simulated, because an exact answer is out of reach" in simulated.err


# ── correlation ──────────────────────────────────────────────────────────────
def test_toxicity_and_response_are_linked_on_request(run: Run, root: Path) -> None:
    trial = root / "protocols" / "udcar-sle"
    apart = run("simulate", trial, "--json").data["dose_finding"]["scenarios"]
    zero = run("simulate", trial, "--json", "--correlation", "0").data["dose_finding"]["scenarios"]
    linked = run("simulate", trial, "--json", "--correlation", "0.6").data["dose_finding"]
    assert zero == apart
    assert linked["exact"]
    assert linked["scenarios"][3]["selection"] != apart[3]["selection"]
    said = run("simulate", trial, "--correlation", "0.6").out
    assert "linked by a Gaussian copula with correlation 0.6" in " ".join(said.split())
