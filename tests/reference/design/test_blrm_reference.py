"""BLRM fits against Stan, and whole trials against an independent enumeration."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest

from protocyte.design import Outcomes, Scenario, find_characteristics
from protocyte.design.model_based.blrm import BLRM
from protocyte.design.model_based.plane import BivariateNormal

pytestmark = pytest.mark.shared

DESIGN = BLRM((1, 2, 4, 8, 16), 16, BivariateNormal((math.log(0.3 / 0.7), 0), (1, 1)))


def test_fits(shared: Path) -> None:
    """trialr's 20,000 draws, within three of their errors; the quadrature beside them to 1e-12."""
    cases = json.loads((shared / "dosefinding/models/blrm_fits.json").read_text())
    assert len(cases) == 6
    for case in cases:
        states = Outcomes.from_notation(case["outcomes"], n_doses=5).states(("n", "tox"))
        mean, (_, on, over) = DESIGN.means(states)[0], DESIGN.intervals(states)[0]
        assert mean == pytest.approx(case["quadrature_mean"], rel=0, abs=1e-12)
        z = (mean - case["prob_tox_mean"]) / case["mcse_mean"]
        assert np.abs(z).max() < 3
        for found, name in ((on, "prob_target_20_35"), (over, "prob_excess_35")):
            share = np.array(case[name])
            error = np.sqrt(share * (1 - share) / np.array(case["n_eff"]))
            assert np.abs((found - share) / error).max() < 3


def test_whole_trials(shared: Path) -> None:
    """Every row to its six printed decimals, and as many states."""
    with (shared / "dosefinding/exact/blrm_ewoc.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 5
    truths = [Scenario(tuple(_numbers(row, "p"))) for row in rows]
    found = find_characteristics(DESIGN, truths)
    assert found.dlts is not None
    for s, row in enumerate(rows):
        assert 100 * found.selection[s] == pytest.approx(_numbers(row, "select_pct_"), abs=5.1e-7)
        assert 100 * found.none[s] == pytest.approx(float(row["none_pct"]), abs=5.1e-7)
        assert found.participants[s] == pytest.approx(_numbers(row, "n"), abs=5.1e-7)
        assert found.dlts[s] == pytest.approx(_numbers(row, "dlt"), abs=5.1e-7)
        assert found.total[s] == pytest.approx(float(row["total_n"]), abs=5.1e-7)
    assert (found.sizes["decision"], found.sizes["final"]) == (6889, 10_955)


def _numbers(row: dict[str, str], stem: str) -> list[float]:
    return [float(row[f"{stem}{level}"]) for level in range(1, 6)]
