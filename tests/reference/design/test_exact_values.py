"""Exact characteristics against an independent enumeration, and against closed paths.

Every number of the files is compared, with the digits that they have.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from protocyte.design import (
    BOIN,
    BOIN12,
    MTPI2,
    Characteristics,
    Design,
    I3Plus3,
    Keyboard,
    Scenario,
    ThreePlusThree,
    find_characteristics,
)
from protocyte.design.rules.titration import Titration

pytestmark = pytest.mark.shared

OPTIONS: dict[str, dict[str, object]] = {
    "default": {},
    "extrasafe": {"extra_safe": 0.05},
    "boundMTD": {"bound_mtd": True},
    "earlystop12": {"early_stop": 12},
    "start2": {"start_dose": 2},
}
INTERVAL_DESIGNS: dict[str, Callable[..., Design]] = {
    "BOIN": BOIN,
    "Keyboard": Keyboard,
    "i3+3": I3Plus3,
    "mTPI-2": MTPI2,
}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def _numbers(row: Mapping[str, str], stem: str) -> list[float]:
    return [float(row[f"{stem}{level}"]) for level in range(1, 6)]


def _compare(found: Characteristics, s: int, row: Mapping[str, str]) -> None:
    """Compare every number of a row; the files carry 15 digits and are exact to 1e-12."""
    assert found.overdose_60 is not None
    assert found.overdose_80 is not None
    assert found.dlts is not None
    assert 100 * found.selection[s] == pytest.approx(
        _numbers(row, "select_pct_"), rel=1e-10, abs=1e-10
    )
    assert 100 * found.none[s] == pytest.approx(float(row["none_pct"]), rel=1e-10, abs=1e-10)
    assert found.participants[s] == pytest.approx(_numbers(row, "n"), rel=1e-10, abs=1e-10)
    assert found.dlts[s] == pytest.approx(_numbers(row, "dlt"), rel=1e-10, abs=1e-10)
    assert found.total[s] == pytest.approx(float(row["total_n"]), rel=1e-10, abs=1e-10)
    assert 100 * found.overdose_60[s] == pytest.approx(
        float(row["over60_pct"]), rel=1e-10, abs=1e-10
    )
    assert 100 * found.overdose_80[s] == pytest.approx(
        float(row["over80_pct"]), rel=1e-10, abs=1e-10
    )


@pytest.mark.parametrize("name", INTERVAL_DESIGNS)
def test_interval_designs_of_every_target_and_size(shared: Path, name: str) -> None:
    groups = defaultdict(list)
    for row in _rows(shared / "dosefinding/exact/interval_designs.csv"):
        if row["design"] == name:
            groups[row["target"], row["cohorts"]].append(row)
    assert sum(map(len, groups.values())) == 45
    for (target, cohorts), rows in groups.items():
        design = INTERVAL_DESIGNS[name](target=float(target), n_doses=5, cohorts=int(cohorts))
        found = find_characteristics(design, [Scenario(tuple(_numbers(row, "p"))) for row in rows])
        for s, row in enumerate(rows):
            _compare(found, s, row)


def test_boin_with_every_option(shared: Path) -> None:
    groups = defaultdict(list)
    for row in _rows(shared / "dosefinding/exact/boin_options.csv"):
        groups[row["option"]].append(row)
    designs: dict[str, Design] = {
        option: BOIN(target=0.3, n_doses=5, **settings)  # type: ignore[arg-type]
        for option, settings in OPTIONS.items()
    }
    designs["titration"] = Titration(BOIN(target=0.3, n_doses=5))
    assert set(groups) == set(designs)
    for option, design in designs.items():
        rows = groups[option]
        found = find_characteristics(design, [Scenario(tuple(_numbers(row, "p"))) for row in rows])
        for s, row in enumerate(rows):
            _compare(found, s, row)


def test_three_plus_three_of_every_form(shared: Path) -> None:
    cases = json.loads((shared / "dosefinding/exact/three_plus_three.json").read_text())
    assert len(cases) == 24
    for case in cases:
        truth = tuple(case["p_true"])
        design = ThreePlusThree(len(truth), case["form"][0])
        found = find_characteristics(design, [Scenario(truth)])
        assert found.dlts is not None
        assert 100 * found.selection[0] == pytest.approx(case["select_pct"], abs=1e-11)
        assert 100 * found.none[0] == pytest.approx(case["none_pct"], abs=1e-11)
        assert found.participants[0] == pytest.approx(case["mean_n"], abs=1e-12)
        assert found.dlts[0] == pytest.approx(case["mean_tox"], abs=1e-12)
        assert found.total[0] == pytest.approx(case["total_n"], abs=1e-12)


def test_three_plus_three_along_escalations_paths(shared: Path) -> None:
    """escalation 0.2.3 enumerates dose paths; 15 digits are printed."""
    cases = json.loads((shared / "dosefinding/exact/three_plus_three_dose_paths.json").read_text())
    assert len(cases) == 6
    for case in cases:
        truth = tuple(case["p_true"])
        found = find_characteristics(ThreePlusThree(len(truth), case["form"]), [Scenario(truth)])
        recommended = [case["prob_recommend"].get(str(j + 1), 0.0) for j in range(len(truth))]
        assert found.selection[0] == pytest.approx(recommended, abs=2e-13)
        assert found.none[0] == pytest.approx(case["prob_recommend"]["NoDose"], abs=2e-13)


SIZES = [(3, 24), (3, 36), (5, 18), (4, 24)]


@pytest.mark.parametrize("explores", [False, True], ids=["plain", "explores"])
@pytest.mark.parametrize(("n_doses", "planned"), SIZES)
@pytest.mark.parametrize("select_by", ["mean utility", "desirability"])
def test_boin12(shared: Path, n_doses: int, planned: int, explores: bool, select_by: str) -> None:
    """Ten printed decimals, and the very same number of states.

    The two cases of five doses and 36 participants take minutes: benchmarks/design.py --largest
    compares one of them.
    """
    rule = {
        "mean utility": "posterior mean utility",
        "desirability": "probability of exceeding the benchmark utility",
    }[select_by]
    cases = [
        case
        for case in json.loads((shared / "dosefinding/exact/boin12.json").read_text())
        if (case["n_dose"], case["max_n"]) == (n_doses, planned)
        and case["exploration_rule"] == explores
        and case["obd_by"] == rule
    ]
    assert cases
    design = BOIN12(
        n_doses,
        cohorts=planned // 3,
        explore_from=9 if explores else None,
        select_by=select_by,  # type: ignore[arg-type]
    )
    truths = [Scenario(tuple(case["p_tox"]), tuple(case["p_eff"])) for case in cases]
    found = find_characteristics(design, truths)
    for s, case in enumerate(cases):
        assert 100 * found.selection[s] == pytest.approx(case["select_pct"], abs=6e-11)
        assert 100 * found.none[s] == pytest.approx(case["none_pct"], abs=6e-11)
        assert found.participants[s] == pytest.approx(case["mean_n"], abs=6e-11)
        assert found.total[s] == pytest.approx(case["total_n"], abs=6e-11)
        assert found.sizes == {"decision": case["decision_states"], "final": case["final_states"]}


@pytest.mark.parametrize(
    ("cohorts", "decision", "final"),
    [(6, 235, 328 + 18), (8, 1359, 1555 + 68), (10, 6581, 6310 + 254), (12, 27163, 22354 + 960)],
)
def test_boin_meets_so_many_states(cohorts: int, decision: int, final: int) -> None:
    """Counts of states that an independent enumeration met (target .3, five doses)."""
    design = BOIN(target=0.3, n_doses=5, cohorts=cohorts)
    found = find_characteristics(design, [Scenario((0.05, 0.15, 0.3, 0.45, 0.6))])
    assert found.sizes == {"decision": decision, "final": final}


def test_sixty_patients_meet_millions_of_states() -> None:
    design = BOIN(target=0.3, n_doses=5, cohorts=20)
    found = find_characteristics(design, [Scenario((0.05, 0.15, 0.3, 0.45, 0.6))])
    assert found.sizes == {"decision": 2_250_108, "final": 1_101_753 + 117_443}
    assert np.abs(found.selection.sum() + found.none.sum() - 1) < 1e-12
