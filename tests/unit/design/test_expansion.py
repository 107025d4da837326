"""Expansion cohorts: exact characteristics, words, the virtual trial."""

from datetime import date

import numpy as np
import pytest

from protocyte.design import BOIN, Scenario, find_characteristics
from protocyte.design.expansion import find_expansion
from protocyte.design.monitoring.monitor import SafetyMonitor
from protocyte.design.monitoring.stopping import StoppingBoundary
from protocyte.design.programme import find_programme
from protocyte.errors import DesignError
from protocyte.protocol.checks import check_protocol
from protocyte.protocol.checks.example import REHEARSAL, amend_example
from protocyte.protocol.parse import parse_protocol
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal, parse_rehearsal
from protocyte.record import About
from protocyte.report.characteristics import render_characteristics
from protocyte.report.document import Table
from protocyte.report.synopsis import render_synopsis
from protocyte.simulation.trial import simulate_trial

TRUTHS = [Scenario((0.1, 0.3), name="mild"), Scenario((0.5, 0.7), name="harsh")]
BOUNDARY = SafetyMonitor(StoppingBoundary((3, 6), (2, 3)), planned=8)
EXPANDED = """
population: {planned: 22}
dosing:
  participants: 12
  expansion:
    participants: 10
    stop: {beta-binomial: {limit: 0.3, certainty: 0.9}}
    first: 3
    every: 3
"""


def _files(patch: str) -> tuple[Protocol, Rehearsal]:
    plan = parse_protocol(amend_example(patch)).plan
    assert plan is not None
    truths = parse_rehearsal(REHEARSAL, protocol=plan).plan
    assert truths is not None
    return plan, truths


def test_without_a_boundary_all_are_treated() -> None:
    dose = find_characteristics(BOIN(target=0.3, n_doses=2, cohorts=4), TRUTHS)
    for number, found in enumerate(find_expansion(dose, participants=8)):
        begun = dose.selection[number].sum()
        assert found.reached == pytest.approx(begun)
        assert found.participants == pytest.approx(8 * begun)
        assert found.total == pytest.approx(dose.total[number] + 8 * begun)
        assert found.completed == pytest.approx(begun)
        assert found.stopped == (0.0, 0.0)


def test_the_boundary_against_every_path() -> None:
    """Participant by participant: stop at 2 DLTs among the first 3, or 3 among the first 6."""
    dose = find_characteristics(BOIN(target=0.3, n_doses=2, cohorts=4), TRUTHS)
    for number, found in enumerate(find_expansion(dose, participants=8, monitor=BOUNDARY)):
        participants = dlts = completed = 0.0
        for level, p in enumerate(TRUTHS[number].tox or ()):
            for path in range(2**8):
                events = [path >> i & 1 for i in range(8)]
                mass = float(np.prod([p if event else 1 - p for event in events]))
                stop = 3 if sum(events[:3]) >= 2 else 6 if sum(events[:6]) >= 3 else 8
                weight = dose.selection[number, level] * mass
                participants += weight * stop
                dlts += weight * sum(events[:stop])
                completed += weight * (stop == 8)
        assert found.participants == pytest.approx(participants, abs=1e-12)
        assert found.dlts == pytest.approx(dlts, abs=1e-12)
        assert found.completed == pytest.approx(completed, abs=1e-12)


def test_what_is_refused() -> None:
    dose = find_characteristics(BOIN(target=0.3, n_doses=2, cohorts=2), TRUTHS)
    with pytest.raises(DesignError, match="cohort of 0 is none"):
        find_expansion(dose, participants=0)
    with pytest.raises(DesignError, match="for 8 participants and the cohort has 9"):
        find_expansion(dose, participants=9, monitor=BOUNDARY)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("participants: 5, stop: {Pocock: {acceptable: 0.2}}, first: 6", "the first look is at 6"),
        ("participants: 5, stop: {table: [{among: 6, stop_from: 2}]}", "the looks do not rise"),
        (
            "participants: 9, stop: {table: [{among: 6, stop_from: 2}, {among: 3, stop_from: 2}]}",
            "the looks do not rise",
        ),
    ],
)
def test_boundaries_without_a_look_are_findings(settings: str, words: str) -> None:
    parsed = parse_protocol(amend_example(f"dosing: {{expansion: {{{settings}}}}}"))
    assert any(words in finding.message.lower() for finding in parsed.findings)


def test_participants_add_up_with_the_expansion() -> None:
    sound = parse_protocol(amend_example(EXPANDED))
    assert check_protocol(sound) == ()
    many = parse_protocol(amend_example(EXPANDED.replace("planned: 22", "planned: 20")))
    assert {finding.code for finding in check_protocol(many)} >= {"DOS011"}
    few = parse_protocol(amend_example(EXPANDED.replace("planned: 22", "planned: 30")))
    found = [f.message for f in check_protocol(few) if f.code == "STA003"]
    assert found == ["30 participants are planned, and there are 22 in dose finding and expansion."]


def test_a_programme_includes_it() -> None:
    plan, truths = _files(EXPANDED)
    programme = find_programme(plan, truths)
    assert [outlook.scenario for outlook in programme.expansion] == ["tolerated", "too toxic"]
    assert programme.dose is not None
    first = programme.expansion[0]
    assert first.reached == pytest.approx(programme.dose.selection[0].sum())
    assert 0 < first.participants < 10 * first.reached
    assert programme.as_dict()["expansion"][1]["reached"] < 0.6
    section = render_characteristics(programme, protocol=plan, rehearsal=truths)
    tables = [block for block in section.blocks if isinstance(block, Table)]
    assert "Expansion cohort at the selected dose" in [table.title for table in tables]
    synopsis = render_synopsis(plan, origin=())
    titles = [
        block.title
        for part in synopsis.sections
        for block in part.blocks
        if isinstance(block, Table)
    ]
    assert "Dose-limiting toxicities that stop the expansion cohort" in titles


def test_what_follows_begins_where_it_was_not_stopped() -> None:
    sample = """
statistics:
  sample: {Simon: {endpoint: orr, p0: 0.2, p1: 0.5, alpha: 0.1, power: 0.8}}
"""
    with_cohort = find_programme(*_files(EXPANDED + sample))
    without = find_programme(*_files("dosing: {participants: 12}" + sample))
    for number, outlook in enumerate(with_cohort.sample):
        assert outlook.reached == pytest.approx(with_cohort.expansion[number].completed)
        assert outlook.reached < without.sample[number].reached


@pytest.mark.parametrize("stopped", [True, False])
def test_a_virtual_trial_expands(stopped: bool) -> None:
    plan, truths = _files(EXPANDED if stopped else EXPANDED.replace("    stop:", "    #"))
    trial = simulate_trial(
        plan,
        truths,
        scenario=truths.scenarios[0],
        about=About("DEMO", "rehearsal"),
        start=date(2026, 1, 5),
        rng=np.random.default_rng(3),
    )
    assert trial.selection is not None
    assert trial.selection.dose is not None
    assert len(trial.stages) == 1
    assert "of the expansion cohort" in trial.stages[0]
    assert len(trial.record.participants) > 12
