"""CRM trials against an independent enumeration: every state's dose, and exact characteristics."""

import csv
import json
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from protocyte.design import Outcomes, Scenario, States, find_characteristics
from protocyte.design.model_based.crm import CRM
from protocyte.design.model_based.skeleton import find_skeleton

pytestmark = pytest.mark.shared


def test_every_state_of_a_trial(shared: Path) -> None:
    """Recommendations that dfcrm gives in 8,901 states, with the smallest margin among them."""
    path = shared / "dosefinding/models/crm_decisions_all_states_cohort3.csv"
    with path.open() as file:
        rows = np.array(list(csv.reader(file))[1:], dtype=np.int16)
    assert len(rows) == 8901
    skeleton = find_skeleton(0.05, target=0.3, prior_mtd=3, n_doses=5)
    design = CRM(target=0.3, skeleton=skeleton)
    states = States(("n", "tox"), rows[:, :10].reshape(-1, 5, 2), np.full(len(rows), -1))
    assert (design.select_states(states) + 1 == rows[:, 10]).all()
    # No decision hangs on rounding: fits are precise to 1e-11.
    assert design.margins(states).min() > 1e-7


def test_exact_characteristics(shared: Path) -> None:
    with (shared / "dosefinding/exact/crm.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 15
    states = []
    for (model, size), group in groupby(rows, key=lambda row: (row["model"], int(row["cohort"]))):
        trials = list(group)
        design = CRM(
            target=0.3,
            skeleton=tuple(_numbers(trials[0], "skeleton")),
            model=model,
            cohorts=30 // size,
            cohort_size=size,
        )
        truths = [Scenario(tuple(_numbers(row, "p"))) for row in trials]
        found = find_characteristics(design, truths)
        assert found.dlts is not None
        for s, row in enumerate(trials):
            percent = 100 * found.selection[s]
            assert percent == pytest.approx(_numbers(row, "select_pct_"), rel=0, abs=1e-11)
            assert found.participants[s] == pytest.approx(_numbers(row, "n"), rel=0, abs=3e-11)
            assert found.dlts[s] == pytest.approx(_numbers(row, "dlt"), rel=0, abs=3e-11)
            assert found.none[s] == 0
        states.append((found.sizes["decision"], found.sizes["final"]))
    assert states == [(6508, 6848), (6950, 7526), (747_159, 234_461)]


def test_posterior_mean(shared: Path) -> None:
    """trialr averages p (by Stan, hence not compared to its own digits); two columns are ours."""
    (case,) = json.loads((shared / "dosefinding/models/crm_posterior_mean_fit.json").read_text())
    outcomes = Outcomes.from_notation(case["outcomes"], n_doses=5)
    states = outcomes.states(("n", "tox"))
    columns = {"plug-in": "quadrature_plug_in", "posterior mean": "quadrature_prob_tox_mean"}
    for by, column in columns.items():
        design = CRM(
            target=case["target"],
            skeleton=tuple(case["skeleton"]),
            estimate=by,  # type: ignore[arg-type]
        )
        assert design.estimates(states)[0] == pytest.approx(case[column], abs=2e-7)
        assert design.select(outcomes).dose == case["recommended"]
    # Stan's draws: 1,000 to 4,000 of them, whose errors are near .003; within four of these.
    assert case["quadrature_prob_tox_mean"] == pytest.approx(case["prob_tox_mean"], abs=0.012)


def _numbers(row: dict[str, str], stem: str) -> list[float]:
    return [float(row[f"{stem}{level}"]) for level in range(1, 6)]
