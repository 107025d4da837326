"""Designs that decide while outcomes are pending: rehearsed, written, and decided from the record.

The virtual trial and `protocyte decide` must say the same on the same day.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from protocyte.protocol.checks.example import REHEARSAL, amend_example

Run = Callable[..., Any]

WAITS = "suspend: {pending_share: 0.5, completed: null, follow_up: null}"
METHODS = {
    "TITE-BOIN": f"target: 0.3, {WAITS}",
    "TITE-Keyboard": f"target: 0.3, {WAITS}",
    "TITE-CRM": f"target: 0.3, {WAITS}",
    "rolling six": "",
    "BF-BOIN": "target: 0.3, cap: 9",
    "BE-BOIN": f"target: 0.3, cap: 9, {WAITS}",
    "TITE-BOIN12": f"toxicity_limit: 0.35, efficacy_floor: 0.25, response_window: 60 days, {WAITS}",
}


def patched(method: str, more: str = "") -> str:
    finds = "optimal biological" if method == "TITE-BOIN12" else "maximum tolerated"
    settings = METHODS[method]
    # Rolling six with fewer than six at each dose is capped, and a capped design waits.
    most = 18 if method == "rolling six" else 9
    return f"""
dosing:
  participants: {most}
  finds: {finds} dose
  efficacy: {{endpoint: orr}}
  method: {{BOIN: null, {method}: {{{settings}}}}}
endpoints: {{secondary: {{orr: {{until: 60 days}}}}}}
{more}
"""


def rehearsed(run: Run, folder: Path, patch: str) -> tuple[Path, Any]:
    (folder / "protocol.yaml").write_text(amend_example(patch))
    assert "per_month: 3," in REHEARSAL
    (folder / "scenarios.yaml").write_text(REHEARSAL.replace("per_month: 3,", "per_month: 20,"))
    record = folder.parent / "record"
    said = run("simulate", folder, "--participants", "--seed", "4", "-o", record, "--json")
    assert said.code == 0, said.err
    return record, said.data


@pytest.mark.parametrize("method", METHODS)
def test_the_record_and_the_virtual_trial_say_the_same(
    run: Run, example: Path, method: str
) -> None:
    record, trial = rehearsed(run, example, patched(method))
    meetings = trial["meetings"]
    assert any("pending" in meeting["outcomes"] for meeting in meetings)
    assert meetings[-1]["decision"]["action"] == "stop"
    assert "pending" not in meetings[-1]["outcomes"]
    # All meetings would take long: an early one, and the last.
    for meeting in (meetings[1], meetings[-1]):
        said = run("decide", example, record, "--at", meeting["on"], "--json", "--no-outlook")
        assert said.code == 0, said.err
        assert said.data["outcomes"] == meeting["outcomes"]
        assert said.data["decision"] == meeting["decision"]


def test_waiting_is_explained_and_nothing_is_foretold(run: Run, example: Path) -> None:
    record, trial = rehearsed(run, example, patched("TITE-BOIN"))
    day = next(m["on"] for m in trial["meetings"] if m["decision"]["action"] == "suspend")
    said = run("decide", example, record, "--at", day, "--paths")
    assert said.code == 0
    assert "Suspend enrolment" in said.out
    assert "more days, or until an outcome comes before" in said.out
    assert "still watched and counted" in said.err
    assert "no paths" in said.err


def test_paths_and_outlook_follow_complete_outcomes(run: Run, example: Path) -> None:
    record, trial = rehearsed(run, example, patched("BF-BOIN"))
    complete = [m for m in trial["meetings"] if "pending" not in m["outcomes"]]
    assert complete[0]["decision"]["dose"] is not None
    said = run("decide", example, record, "--at", complete[0]["on"], "--paths", "--json")
    assert said.code == 0, said.err
    assert said.data["paths"] is not None
    assert said.data["outlook"] is not None
    assert said.data["pending"] == 0


def test_complete_designs_say_who_is_not_counted(run: Run, example: Path) -> None:
    record = example.parent / "record"
    said = run("simulate", example, "--participants", "--seed", "4", "-o", record, "--json")
    first = said.data["meetings"][0]
    early = run("decide", example, record, "--at", "2027-04-01")
    assert early.code == 0
    said = run("decide", example, record, "--at", first["on"], "--paths", "--json")
    assert said.code == 0, said.err
    assert said.data["decision"] == first["decision"]
    assert said.data["paths"] is not None


@pytest.mark.parametrize(("then", "action"), [("stop", "stop"), ("pause", "suspend")])
def test_a_boundary_ends_the_virtual_trial_and_decides(
    run: Run, example: Path, then: str, action: str
) -> None:
    rule = "rule: {table: [{among: 2, stop_from: 1}]}"
    boundary = f"{{of: AE >= 1, participants: 9, {rule}, then: {then}}}"
    more = f"safety: {{monitoring: {{harm: {boundary}}}}}"
    record, trial = rehearsed(run, example, patched("TITE-BOIN", more))
    last = trial["meetings"][-1]
    assert last["decision"]["action"] == action
    assert last["decision"]["why"] == "boundary"
    assert "among the first 2 with AE >= 1, and the limit is 1" in last["decision"]["reason"]
    assert trial["selection"]["dose"] is None
    said = run("decide", example, record, "--at", last["on"], "--json")
    assert said.data["decision"]["reason"] == last["decision"]["reason"]
    assert said.data["boundaries"][0]["reached"]
    if then == "stop":
        page = example.parent / "analysis"
        assert run("analyse", example, record, "-o", page).code == 0
        assert "Stopping boundaries" in (page / "report.html").read_text()
