"""BOIN-ET against boinet 1.5.0: its limits, and 4,000 simulated trials in each of four runs.

Toxicity and response are linked there by a Gaussian copula of .2. The percentages are printed to
one decimal, mean participants too. The package's conduct is asked for: it may stay at a dose that
is not admissible, and a dose that is too toxic closes itself alone.
"""

import csv
from collections import defaultdict
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from protocyte.design import BOINET, Scenario
from protocyte.design.biological.boin_et_limits import BOINETLimits, find_boin_et_limits
from protocyte.simulation.designs import simulate_design

TRIALS = 40_000


def test_the_limits_of_the_package() -> None:
    bounds = {"toxicity": (0.03, 0.3, 0.42), "efficacy": (0.36, 0.6)}
    assert find_boin_et_limits(**bounds) == BOINETLimits(0.14, 0.35, 0.48)  # type: ignore[arg-type]


def _linked(tox: tuple[float, ...], eff: tuple[float, ...]) -> tuple[float, ...]:
    pairs = zip(norm.ppf(tox), norm.ppf(eff), strict=True)
    law = multivariate_normal(cov=[[1, 0.2], [0.2, 1]])
    return tuple(float(law.cdf(pair)) for pair in pairs)


@pytest.mark.shared
def test_simulated_runs(shared: Path) -> None:
    rows = defaultdict(list)
    with (shared / "dosefinding/simulated/doses.csv").open() as file:
        for row in csv.DictReader(file):
            if row["run"].startswith("boinet-"):
                rows[row["run"]].append(row)
    assert sorted(rows) == ["boinet-1-eff", "boinet-1-score", "boinet-2-eff", "boinet-2-score"]
    selections, participants = [], []
    for run, doses in rows.items():
        tox = tuple(float(row["p_dlt"]) for row in doses)
        eff = tuple(float(row["p_response"]) for row in doses)
        by: Literal["scores", "response"] = "scores" if run.endswith("score") else "response"
        found = simulate_design(
            BOINET(5, conduct="boinet", select_by=by),
            [Scenario(tox, eff, _linked(tox, eff))],
            trials=TRIALS,
            rng=np.random.default_rng(14),
        )
        p = found.selection[0]
        shares = np.array([float(row["select_pct"]) for row in doses]) / 100
        # A tenth of a percent is the printed precision.
        error = np.sqrt(p * (1 - p) * (1 / 4000 + 1 / TRIALS) + 0.0005**2 / 3)
        selections += list((shares - p) / error)
        mean = np.array([float(row["mean_n"]) for row in doses])
        spread = found.errors["participants"][0] * np.sqrt(1 + TRIALS / 4000)
        participants += list((mean - found.participants[0]) / np.hypot(spread, 0.05 / np.sqrt(3)))
    for z in (np.array(selections), np.array(participants)):
        assert np.abs(z).max() <= 4
        assert 0.6 <= np.sqrt((z**2).mean()) <= 1.4
