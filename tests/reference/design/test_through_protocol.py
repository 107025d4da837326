"""A design that is named in a protocol file is the design whose exact values are known.

The values were enumerated independently (see the README of the reference data).
"""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from protocyte.design.plan import find_dose_design
from protocyte.design.programme import find_programme, find_scenarios
from protocyte.protocol.checks.example import REHEARSAL, amend_example
from protocyte.protocol.parse import parse_protocol
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal, Scenario, parse_rehearsal
from protocyte.simulation.designs import simulate_design

FIVE = "[1e6 cells/kg, 2e6 cells/kg, 3e6 cells/kg, 6e6 cells/kg, 1e7 cells/kg]"


def example(patch: str) -> tuple[Protocol, Rehearsal]:
    plan = parse_protocol(amend_example(patch)).plan
    assert plan is not None
    rehearsal = parse_rehearsal(REHEARSAL, protocol=plan).plan
    assert rehearsal is not None
    return plan, rehearsal


def told(rehearsal: Rehearsal, truths: list[tuple[list[float], list[float]]]) -> Rehearsal:
    scenarios = tuple(
        Scenario(name=str(number), toxicity=tuple(tox), response=tuple(eff))
        for number, (tox, eff) in enumerate(truths)
    )
    return rehearsal.model_copy(update={"scenarios": scenarios})


def selection(plan: Protocol, rehearsal: Rehearsal) -> tuple[Any, Any]:
    found = find_programme(plan, rehearsal).dose
    assert found is not None
    assert np.abs(found.selection.sum(axis=1) + found.none - 1).max() < 1e-12
    return 100 * found.selection, 100 * found.none


@pytest.mark.shared
def test_three_plus_three_of_the_cd7_trial(shared: Path, seed_trial: Any) -> None:
    """WU-CART-007 names form A with four levels; the reference data have four truths for it."""
    plan, rehearsal = seed_trial("wu-cart-007")
    cases = [
        case
        for case in json.loads((shared / "dosefinding/exact/three_plus_three.json").read_text())
        if case["form"].startswith("A") and len(case["p_true"]) == 4
    ]
    assert len(cases) >= 2
    truths = [(case["p_true"], [0.5] * 4) for case in cases]
    found, none = selection(plan, told(rehearsal, truths))
    for s, case in enumerate(cases):
        assert found[s] == pytest.approx(case["select_pct"], abs=1e-11)
        assert none[s] == pytest.approx(case["none_pct"], abs=1e-11)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("form", "words"), [("A", "no de-escalation"), ("B", "de-escalation"), ("C", "six at the MTD")]
)
def test_every_form_of_three_plus_three(shared: Path, form: str, words: str) -> None:
    patch = (
        f"dosing: {{levels: {FIVE}, participants: null, "
        f"method: {{BOIN: null, 3+3: {{form: {words}}}}}}}"
    )
    plan, rehearsal = example(patch)
    cases = [
        case
        for case in json.loads((shared / "dosefinding/exact/three_plus_three.json").read_text())
        if case["form"].startswith(form) and len(case["p_true"]) == 5
    ]
    assert cases
    truths = [(case["p_true"], [0.5] * 5) for case in cases]
    found, none = selection(plan, told(rehearsal, truths))
    for s, case in enumerate(cases):
        assert found[s] == pytest.approx(case["select_pct"], abs=1e-11)
        assert none[s] == pytest.approx(case["none_pct"], abs=1e-11)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("option", "settings"),
    [
        ("default", "target: 0.3"),
        ("extrasafe", "target: 0.3, extra_safe: true"),
        ("boundMTD", "target: 0.3, bound_mtd: true"),
        ("earlystop12", "target: 0.3, stop_at: 12"),
        ("start2", "target: 0.3"),
    ],
)
def test_boin(shared: Path, option: str, settings: str) -> None:
    start = 2 if option == "start2" else 1
    patch = (
        f"dosing: {{levels: {FIVE}, participants: 30, start: {start}, "
        f"method: {{BOIN: {{{settings}}}}}}}"
    )
    plan, rehearsal = example(patch)
    with (shared / "dosefinding/exact/boin_options.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["option"] == option]
    assert rows
    numbers = [[float(row[f"p{j}"]) for j in range(1, 6)] for row in rows]
    found, none = selection(plan, told(rehearsal, [(p, [0.5] * 5) for p in numbers]))
    for s, row in enumerate(rows):
        expected = [float(row[f"select_pct_{j}"]) for j in range(1, 6)]
        assert found[s] == pytest.approx(expected, rel=1e-10, abs=1e-10)
        assert none[s] == pytest.approx(float(row["none_pct"]), rel=1e-10, abs=1e-10)


@pytest.mark.shared
def test_boin12_of_the_lupus_trial(shared: Path, seed_trial: Any) -> None:
    """UDCAR-SLE: three levels, 24 participants, stop at 12, no exploration rule of its own."""
    plan, rehearsal = seed_trial("udcar-sle")
    settings = plan.dosing.method.settings
    assert (settings.toxicity_limit, settings.efficacy_floor) == (0.35, 0.25)
    cases = [
        case
        for case in json.loads((shared / "dosefinding/exact/boin12.json").read_text())
        if (case["n_dose"], case["max_n"]) == (3, 24)
        and case["exploration_rule"] == settings.explore
        and case["obd_by"] == "posterior mean utility"
    ]
    assert settings.stop_at == 12
    assert cases
    truths = [(case["p_tox"], case["p_eff"]) for case in cases]
    found, none = selection(plan, told(rehearsal, truths))
    for s, case in enumerate(cases):
        assert found[s] == pytest.approx(case["select_pct"], abs=6e-11)
        assert none[s] == pytest.approx(case["none_pct"], abs=6e-11)


@pytest.mark.parametrize("name", ["wu-cart-007", "kj-c2320", "udcar-sle"])
def test_simulated_trials_agree_with_the_exact_answer(seed_trial: Any, name: str) -> None:
    plan, rehearsal = seed_trial(name)
    exact = find_programme(plan, rehearsal).dose
    design = find_dose_design(plan)
    assert exact is not None
    assert design is not None
    trials = 4000
    simulated = simulate_design(
        design, find_scenarios(rehearsal), trials=trials, rng=np.random.default_rng(1)
    )
    for found, share in ((simulated.selection, exact.selection), (simulated.none, exact.none)):
        error = np.sqrt(share * (1 - share) / trials)
        assert (np.abs(found - share) <= 4 * error + 1e-12).all()
    assert not np.array_equal(simulated.selection, exact.selection)
