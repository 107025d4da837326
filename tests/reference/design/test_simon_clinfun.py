"""Single-arm designs against clinfun 1.1.5 and PhIIdesign 0.2.0."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from protocyte.design import (
    Scenario,
    SimonTwoStage,
    find_characteristics,
    find_simon_admissible,
    find_simon_design,
    find_simon_designs,
    find_single_stage,
)

pytestmark = pytest.mark.shared


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def _design(row: dict[str, str]) -> SimonTwoStage:
    r1, n1, r, n = (int(row[name]) for name in ("r1", "n1", "r", "n"))
    return SimonTwoStage(r1, n1, r, n, p0=float(row["p0"]), p1=float(row["p1"]))


def test_optimal_and_minimax_designs(shared: Path) -> None:
    """`ph2simon`; errors, early stop and expected size to 1e-12."""
    rows = _rows(shared / "dosefinding/phase2/simon_designs.csv")
    assert len(rows) == 24
    for row in rows:
        design, p0, p1 = _design(row), float(row["p0"]), float(row["p1"])
        found = find_simon_design(
            p0,
            p1,
            alpha=float(row["alpha"]),
            beta=float(row["beta"]),
            kind=row["type"],  # type: ignore[arg-type]
        )
        assert found == design
        walked = find_characteristics(design, [Scenario(eff=(p0,)), Scenario(eff=(p1,))])
        for i, p in enumerate((p0, p1)):
            expected = [
                float(row[f"EN_p{i}"]),
                float(row[f"PET_p{i}"]),
                float(row["exact_power" if i else "exact_alpha"]),
            ]
            closed = [design.expected(p), design.early_stop(p), design.rejection(p)]
            exact = [walked.total[i], walked.early[i], walked.selection[i, 0]]
            # EN is printed with 15 significant digits, some values only with 13 decimals.
            assert closed == pytest.approx(expected, rel=1e-11)
            assert exact == pytest.approx(expected, rel=1e-11)


def test_best_design_for_every_total(shared: Path) -> None:
    """`ph2simon(.1, .3, .05, .2, nmax = 100)`: two thirds of its rows."""
    rows = _rows(shared / "dosefinding/phase2/simon_best_for_every_n.csv")
    found = {
        design.n: design for design in find_simon_designs(0.1, 0.3, alpha=0.05, beta=0.2, most=100)
    }
    assert len(rows) == 51
    for row in rows:
        design = _design(row)
        assert found[design.n] == design
        assert design.expected(0.1) == pytest.approx(float(row["EN_p0"]), rel=1e-11)


def test_admissible_designs(shared: Path) -> None:
    """`twostage.admissible`: weights are printed with three decimals."""
    groups = defaultdict(list)
    for row in _rows(shared / "dosefinding/phase2/simon_admissible.csv"):
        groups[tuple(float(row[name]) for name in ("p0", "p1", "alpha", "beta"))].append(row)
    assert len(groups) == 4
    for (p0, p1, alpha, beta), rows in groups.items():
        found = find_simon_admissible(p0, p1, alpha=alpha, beta=beta)
        assert [item.design for item in found] == [_design(row) for row in rows]
        for item, row in zip(found, rows, strict=True):
            assert item.low == pytest.approx(float(row["qLo"]), abs=0.00051)
            assert item.high == pytest.approx(float(row["qHi"]), abs=0.00051)


def test_inference_after_the_trial(shared: Path) -> None:
    """`twostage.inference`: limits come from a grid of .0001, none are given for no responses."""
    rows = _rows(shared / "dosefinding/phase2/simon_inference.csv")
    assert len(rows) == 33
    for row in rows:
        found = _design(row | {"p1": "0.99"}).estimate(int(row["x"]))
        assert found.umvue == pytest.approx(float(row["umvue"]), abs=1e-14)
        assert found.p_value == pytest.approx(float(row["p_value"]), abs=1e-13)
        if row["lcl95_one_sided"]:
            assert found.lower == pytest.approx(float(row["lcl95_one_sided"]), abs=1.01e-4)
            assert found.upper == pytest.approx(float(row["ucl95_one_sided"]), abs=1.01e-4)
        else:
            assert found.events == 0


def test_single_stage_designs(shared: Path) -> None:
    """`ph2single` gives five solutions; two thirds of them are in the file."""
    groups = defaultdict(list)
    for row in _rows(shared / "dosefinding/phase2/single_stage_exact.csv"):
        groups[tuple(float(row[name]) for name in ("p0", "p1", "alpha", "beta"))].append(row)
    for (p0, p1, alpha, beta), rows in groups.items():
        designs = find_single_stage(p0, p1, alpha=alpha, beta=beta, solutions=5)
        found = {(design.n, design.r): design for design in designs}
        for row in rows:
            design = found[int(row["n"]), int(row["reject_if_gt"])]
            assert design.rejection(p0) == pytest.approx(float(row["exact_alpha"]), abs=1e-14)
            assert 1 - design.rejection(p1) == pytest.approx(float(row["exact_beta"]), abs=1e-13)


def test_slack_lets_errors_exceed_their_limits(shared: Path) -> None:
    """PhIIdesign `fleming1stage` with eps 0 and with its default of .005."""
    for row in _rows(shared / "dosefinding/phase2/single_stage_with_slack.csv"):
        (design,) = find_single_stage(
            float(row["p0"]),
            float(row["p1"]),
            alpha=float(row["alpha"]),
            beta=float(row["beta"]),
            slack=float(row["eps"]),
        )
        assert (design.n, design.r) == (int(row["n"]), int(row["reject_if_gt"]))
        assert design.rejection(float(row["p0"])) == pytest.approx(float(row["exact_alpha"]))
