"""Single arms and stopping boundaries against PhIIdesign, BOP2FE, ph2bayes, clinfun and R.

Versions and calls: the README of the reference data.
"""

import csv
import json
from collections import defaultdict
from pathlib import Path

import pytest

from protocyte.design import (
    BOP2,
    BOP2FE,
    TOP,
    BayesianArm,
    BetaMixture,
    FlemingTwoStage,
    PredictiveArm,
    SafetyMonitor,
    find_beta_binomial_boundary,
    find_bop2,
    find_fleming_design,
    find_repeated_boundary,
)

pytestmark = pytest.mark.shared


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def test_fleming_two_stages(shared: Path) -> None:
    """PhIIdesign `fleming2stage`, eps 0: every row, best under p0 and under p1.

    Its search stops at a largest total; ours ends by itself and finds the same designs.
    """
    rows = _rows(shared / "dosefinding/phase2/fleming_two_stage.csv")
    assert len(rows) == 15
    for row in rows:
        p0, p1, alpha, beta = (float(row[name]) for name in ("p0", "p1", "alpha", "beta"))
        r1, a, n1, r, n = (int(row[name]) for name in ("r1", "a", "n1", "r2", "N"))
        design = FlemingTwoStage(r1, a, n1, r, n, p0, p1)
        for kind in ("minimax", "optimal"):
            if kind in row["type"].lower():
                found = find_fleming_design(
                    p0,
                    p1,
                    alpha=alpha,
                    beta=beta,
                    kind=kind,
                    under="p0" if row["optimised_under"] == "H0" else "p1",
                )
                assert found == design
        assert design.rejection(p0) == pytest.approx(float(row["exact_alpha"]), abs=1e-13)
        assert 1 - design.rejection(p1) == pytest.approx(float(row["exact_beta"]), abs=1e-13)
        for i, p in enumerate((p0, p1)):
            assert design.expected(p) == pytest.approx(float(row[f"EN_p{i}"]), abs=1e-11)
            assert design.early_stop(p) == pytest.approx(float(row[f"PET_p{i}"]), abs=1e-13)


def test_boundaries_for_futility_and_efficacy(shared: Path) -> None:
    """BOP2FE `get_boundary_binary`: all bounds, as integers."""
    rows = _rows(shared / "dosefinding/phase2/bop2fe_boundaries.csv")
    assert len(rows) == 40
    for row in rows:
        looks = tuple(map(int, row["looks"].split()))
        p0, cutoff = float(row["H0"]), float(row["lambda"])
        bounds = tuple(map(int, row["bound"].split()))
        if row["kind"] == "futility":
            assert BOP2(looks, p0, cutoff, float(row["shape"])).boundary.low == bounds
        else:
            shape = float(row["shape"]) if row["shape"] else None
            assert BOP2FE(looks, p0, cutoff, 1.0, shape).boundary.high == bounds


def test_example_of_a_program_has_exact_values(shared: Path) -> None:
    """BOP2FE's own example: its limits, and the exact values beside its 1,000 simulated trials."""
    (case,) = json.loads((shared / "dosefinding/phase2/bop2fe_example.json").read_text())
    design = BOP2FE(
        tuple(case["looks"]),
        case["null_rate"],
        case["lambda"],
        case["gamma"],
        case["eta"],
        case["alternative_rate"],
    )
    assert list(design.boundary.low) == case["futile_if_le"]
    assert list(design.boundary.high) == case["efficacious_if_ge"]
    for name in ("null", "alternative"):
        found, exact = design.passage(case[f"{name}_rate"]), case[f"exact_{name}"]
        assert found.low[0, :-1].sum() == pytest.approx(exact["early_futility"], abs=1e-13)
        assert found.high[0, :-1].sum() == pytest.approx(exact["early_efficacy"], abs=1e-13)
        assert found.expected[0] == pytest.approx(exact["mean_n"], abs=1e-11)
        assert found.passed[0] == pytest.approx(exact["reject"], abs=1e-13)
        simulated, trials = case[name], case["simulated_trials"]
        error = (exact["reject"] * (1 - exact["reject"]) / trials) ** 0.5
        assert abs(simulated["reject"] - found.passed[0]) < 4 * error


def test_predictive_probabilities(shared: Path) -> None:
    """ph2bayes `predprob`, to 3e-15."""
    rows = _rows(shared / "dosefinding/phase2/predictive_probability.csv")
    assert len(rows) == 44
    for row in rows:
        y, n, nmax = (int(row[name]) for name in ("y", "n", "nmax"))
        prior = BetaMixture.beta(float(row["alpha_e"]), float(row["beta_e"]))
        p0, certainty = float(row["p_s"]), float(row["theta_t"])
        design = PredictiveArm((n, nmax), p0, prior, certainty)
        assert design.predictive(n)[y] == pytest.approx(float(row["predprob"]), abs=3e-15)
        above = float(prior.above(p0, y, n))
        assert above == pytest.approx(float(row["pbeta_post_gt_ps"]), abs=1e-15)


def test_posterior_against_a_control(shared: Path) -> None:
    """ph2bayes `postprob`, to 1e-15."""
    rows = _rows(shared / "dosefinding/phase2/posterior_probability_thall_simon.csv")
    assert len(rows) == 15
    for row in rows:
        a, b, c, d, margin = (
            float(row[name]) for name in ("alpha_e", "beta_e", "alpha_s", "beta_s", "delta")
        )
        found = BetaMixture.beta(a, b).above_control(
            BetaMixture.beta(c, d), int(row["y"]), int(row["n"]), margin=margin
        )
        assert float(found) == pytest.approx(float(row["postprob"]), abs=1e-15)


def test_stopping_bounds(shared: Path) -> None:
    """ph2bayes `stopbound_post` and `stopbound_pred`, n to 40: every row where a bound changes."""
    groups: dict[str, dict[int, int | None]] = defaultdict(dict)
    for row in _rows(shared / "dosefinding/phase2/stop_bounds.csv"):
        groups[row["rule"]][int(row["n"])] = int(row["bound"]) if row["bound"] else None
    looks, prior, control = (
        tuple(range(1, 41)),
        BetaMixture.beta(0.6, 1.4),
        BetaMixture.beta(15, 35),
    )
    post = BayesianArm(
        looks, prior, control, efficacy=0.95, futility=0.05, futility_margin=0.15
    ).boundary
    pred = PredictiveArm(looks, 0.3, prior, 0.85, efficacy=0.95).boundary
    found = {
        "posterior, superiority, theta .95": post.high,
        "posterior, futility, theta .05, delta .15": post.low,
        "predictive, superiority, theta .95": pred.high,
    }
    assert set(groups) == set(found)
    for rule, expected in groups.items():
        changes: dict[int, int | None] = {}
        for n, bound in list(zip(looks, found[rule], strict=True))[:-1]:
            told = bound if 0 <= bound <= n else None
            if not changes or told != list(changes.values())[-1]:
                changes[n] = told
        assert changes == expected


def test_repeated_significance(shared: Path) -> None:
    """clinfun `toxbdry`: both boundaries, and their characteristics to 1e-13."""
    cases = json.loads((shared / "dosefinding/phase2/toxicity_boundaries.json").read_text())
    assert len(cases) == 6
    for case in cases:
        looks = tuple(case["looks"])
        for side in ("low", "high"):
            rule = find_repeated_boundary(
                looks,
                acceptable=case["p_acceptable"],
                crossing=case["cross_probability"],
                delta=case["delta"],
                side=side,
            )
            # There a trial stops when the count exceeds the bound.
            assert [count - 1 for count in rule.stop_from] == case[f"{side}_boundary"]
            rows = case["characteristics"]
            found = SafetyMonitor(rule, looks[-1]).outlook([row["p"] for row in rows])
            for name, values in (
                ("cross", found.stopped),
                ("stop", found.early),
                ("expected_n", found.expected),
            ):
                expected = [row[f"{name}_{side}"] for row in rows]
                assert values == pytest.approx(expected, abs=2e-13)


def test_beta_binomial_boundaries(shared: Path) -> None:
    """R `pbeta`: every count of the table."""
    groups: dict[tuple[float, ...], list[tuple[int, int]]] = defaultdict(list)
    path = shared / "dosefinding/tables/beta_binomial_toxicity_boundaries.csv"
    for row in _rows(path):
        key = tuple(float(row[name]) for name in ("a", "b", "target", "cutoff"))
        n = int(row["n"])
        groups[key].append((n, int(row["stop_if_ge"]) if row["stop_if_ge"] else n + 1))
    assert sum(map(len, groups.values())) == 1600
    for (a, b, target, cutoff), rows in groups.items():
        found = find_beta_binomial_boundary(
            tuple(n for n, _ in rows), limit=target, certainty=cutoff, prior=(a, b)
        )
        assert list(found.stop_from) == [count for _, count in rows]


def test_go_numbers_of_the_top_paper() -> None:
    """Lin 2020, table 4: p0 .2, looks at 10 to 40; its parameters are printed in the other order.

    Calibration to a type I error of .1 and a response of .4 gives the very same two parameters.
    """
    design = TOP((10, 20, 30, 40), p0=0.2, cutoff=0.86, shape=0.95, window=90)
    assert [low + 1 for low in design.boundary.low] == [2, 4, 8, 12]
    (row,) = (row for row in design.rows() if (row.enrolled, row.responses) == (20, 3))
    assert row.futile_above == pytest.approx(15.091, abs=0.0005)
    assert row.suspend_from == 10
    found = find_bop2(0.2, 0.4, (10, 20, 30, 40), alpha=0.1)
    assert (found.cutoff, found.shape) == (0.86, 0.95)
