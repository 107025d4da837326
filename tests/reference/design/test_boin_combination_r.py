"""BOIN for two factors against BOIN 2.7.2: decisions, selections, simulated trials."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from protocyte.design import CombinationBOIN, Outcomes, Scenario
from protocyte.simulation.designs import simulate_design

pytestmark = pytest.mark.shared
TRIALS = 40_000
CLOSED_HERE = 56
"""A case where the current combination is closed by another: no trial can come there."""


def _cases(shared: Path, folder: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads(
        (shared / "dosefinding" / folder / "boin_combination.json").read_text()
    )
    return cases


def _outcomes(case: dict[str, Any]) -> Outcomes:
    dose, regimen = case["current"]
    return Outcomes.from_counts(
        np.ravel(case["n"]).tolist(),
        np.ravel(case["y"]).tolist(),
        dose=5 * (dose - 1) + regimen,
    )


def test_next_combinations(shared: Path) -> None:
    """The package draws among equally good neighbours: its answer is one of ours."""
    design = CombinationBOIN(3, 5, 0.3)
    cases = _cases(shared, "selection")
    assert len(cases) == 40
    for case in cases:
        decision = design.decide(_outcomes(case))
        if case["case"] == CLOSED_HERE:
            # The package stays there; here nobody is given a closed combination.
            assert decision.why == "inadmissible"
            continue
        dose, regimen = case["one_admissible_next"]
        possible = [level for level, _ in decision.shares] or [decision.dose or 0]
        assert 5 * (dose - 1) + regimen in possible


def test_selected_combinations(shared: Path) -> None:
    """All 40, if a closed combination closes its row and column alone, as the package has it."""
    package = CombinationBOIN(3, 5, 0.3, closes="row and column")
    careful = CombinationBOIN(3, 5, 0.3)
    for case in _cases(shared, "selection"):
        states = _outcomes(case).states(package.features)
        dose, regimen = case["mtd"][0]
        assert package.select_states(states)[0] == 5 * (dose - 1) + regimen - 1
        # In one case the package selects a combination that is no lower in either factor than a
        # closed one, which had 5 DLTs in 9.
        same = careful.select_states(states)[0] == package.select_states(states)[0]
        assert same == (case["case"] != CLOSED_HERE)


def test_simulated_trials(shared: Path) -> None:
    """Both runs of 4,000 trials; the simulator does not round fitted rates.

    The fifteen combinations of a run share its trials, so all z are judged together.
    """
    z: list[float] = []
    design = CombinationBOIN(3, 5, 0.3, early_stop=12, rounded=False, closes="row and column")
    for case in _cases(shared, "simulated"):
        found = simulate_design(
            design,
            [Scenario(tuple(np.ravel(case["p_true"]).tolist()))],
            trials=TRIALS,
            rng=np.random.default_rng(5),
        )
        p, more = found.selection[0], 1 / 4000 + 1 / TRIALS
        z += list((np.ravel(case["select_pct"]) / 100 - p) / np.sqrt(p * (1 - p) * more))
        spread = found.errors["participants"][0] * np.sqrt(TRIALS * more)
        mean = np.ravel(case["mean_n"])
        z += list((mean - found.participants[0]) / np.hypot(spread, 0.005 / np.sqrt(3)))
    assert np.abs(z).max() <= 4
    assert 0.75 <= np.sqrt(np.square(z).mean()) <= 1.25
