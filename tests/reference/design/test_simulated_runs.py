"""Exact characteristics against other people's simulations.

Selections are judged by the binomial distribution of their counts, mean participants by the
standard deviation that our own simulation of the same design has. All z together must look like a
sample of standard normal numbers: none beyond 4, a root mean square near 1.
"""

import csv
import json
import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from protocyte.design import (
    BOIN,
    BOIN12,
    CRM,
    Design,
    Scenario,
    ThreePlusThree,
    find_characteristics,
    find_skeleton,
)
from protocyte.design.exact.binomial import find_binomial
from protocyte.simulation.designs import simulate_design

pytestmark = pytest.mark.shared

EMPIRIC = find_skeleton(0.05, target=0.3, prior_mtd=3, n_doses=5)
LOGISTIC = find_skeleton(0.05, target=0.3, prior_mtd=3, n_doses=5, curve="logistic")

DESIGNS: dict[str, Design] = {
    "boin-default": BOIN(target=0.3, n_doses=5),
    "boin-extrasafe": BOIN(target=0.3, n_doses=5, extra_safe=0.05),
    "boin-boundMTD": BOIN(target=0.3, n_doses=5, bound_mtd=True),
    "boin-earlystop12": BOIN(target=0.3, n_doses=5, early_stop=12),
    "boin-start2": BOIN(target=0.3, n_doses=5, start_dose=2),
    "simfastboin": BOIN(target=0.3, n_doses=5),
    "ubcrm-3p3": ThreePlusThree(5, "A"),
    "escalation-3p3": ThreePlusThree(5, "A"),
    "escalation-boin-mtd": BOIN(target=0.3, n_doses=5),
    "crm-empiric-c3": CRM(target=0.3, skeleton=EMPIRIC),
    "crm-empiric-c1": CRM(target=0.3, skeleton=EMPIRIC, cohorts=30, cohort_size=1),
    "crm-logistic-c3": CRM(target=0.3, skeleton=LOGISTIC, model="logistic"),
    "escalation-crm": CRM(target=0.3, skeleton=EMPIRIC, coherent=False),
}
"""Runs of the other programs that these designs can repeat, by the stem of the run's name.

Left out: `boin-titration` (not built yet) and `escalation-boin12`, `escalation-boin`, which report
the next dose instead of a selected one (as the data's notes say).
"""
CUT = 4.0


def _z_of_count(share: float, trials: int, probability: float) -> float:
    """Return the normal quantile of a binomial count's tail, honest for small counts too."""
    count = round(share * trials)
    mass = find_binomial(trials, min(max(probability, 0.0), 1.0))
    lower, upper = mass[: count + 1].sum(), mass[count:].sum()
    # Mid-p: a count near its expectation has z near 0, even where the expectation is tiny.
    lower, upper = lower - mass[count] / 2, upper - mass[count] / 2
    tail = min(lower, upper)
    return math.copysign(_normal_quantile(tail), lower - upper)


def _normal_quantile(tail: float) -> float:
    low, high = 0.0, 40.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if math.erfc(middle / math.sqrt(2)) / 2 > tail else (low, middle)
    return low


def _runs(shared: Path) -> list[tuple[str, Design, dict[str, str], list[dict[str, str]]]]:
    doses = defaultdict(list)
    with (shared / "dosefinding/simulated/doses.csv").open() as file:
        for row in csv.DictReader(file):
            doses[row["run"]].append(row)
    found = []
    with (shared / "dosefinding/simulated/runs.csv").open() as file:
        for row in csv.DictReader(file):
            stem = row["run"].rsplit("-", 1)[0] if row["run"] not in DESIGNS else row["run"]
            if stem in DESIGNS:
                found.append((row["run"], DESIGNS[stem], row, doses[row["run"]]))
    return found


def test_selections_and_participants(shared: Path) -> None:
    runs = _runs(shared)
    assert len(runs) == 35
    selections, participants = {}, {}
    for name, design, run, doses in runs:
        trials = int(run["trials"])
        truth = Scenario(tuple(float(row["p_dlt"]) for row in doses))
        exact = find_characteristics(design, [truth])
        shares = [float(row["select_pct"]) / 100 for row in doses]
        for j, share in enumerate(shares):
            selections[name, j + 1] = _z_of_count(share, trials, exact.selection[0, j])
        selections[name, 0] = _z_of_count(float(run["none_pct"]) / 100, trials, exact.none[0])
        spread = simulate_design(design, [truth], trials=5000, rng=np.random.default_rng(1)).errors
        for j, row in enumerate(doses):
            # The means are printed with two to four decimals.
            error = math.hypot(spread["participants"][0, j] * math.sqrt(5000 / trials), 0.003)
            away = float(row["mean_n"]) - exact.participants[0, j]
            participants[name, j + 1] = away / error
    for kind in (selections, participants):
        assert max(map(abs, kind.values())) <= CUT, max(kind, key=lambda key: abs(kind[key]))
        root_mean_square = math.sqrt(sum(z * z for z in kind.values()) / len(kind))
        assert 0.75 <= root_mean_square <= 1.25


def test_boin12_of_five_doses_is_simulated_where_it_is_too_large_to_walk(shared: Path) -> None:
    """124 million states: our simulation against the exact values of another enumeration."""
    cases = [
        case
        for case in json.loads((shared / "dosefinding/exact/boin12.json").read_text())
        if (case["n_dose"], case["max_n"]) == (5, 36)
    ]
    assert len(cases) == 2
    for case in cases:
        by = "mean utility" if case["obd_by"] == "posterior mean utility" else "desirability"
        found = simulate_design(
            BOIN12(5, explore_from=None, select_by=by),  # type: ignore[arg-type]
            [Scenario(tuple(case["p_tox"]), tuple(case["p_eff"]))],
            trials=40_000,
            rng=np.random.default_rng(36),
        )
        z = (100 * found.selection[0] - case["select_pct"]) / (100 * found.errors["selection"][0])
        assert np.abs(z).max() <= CUT
        z = (found.participants[0] - case["mean_n"]) / found.errors["participants"][0]
        assert np.abs(z).max() <= CUT
        assert abs(100 * found.none[0] - case["none_pct"]) <= CUT * 100 * found.errors["none"][0]
