"""BOIN's tables and selections against the R package BOIN 2.7.2."""

import csv
import json
from itertools import groupby
from pathlib import Path

import pytest

from protocyte.design import BOIN, Outcomes, find_decision_table
from protocyte.design.posterior import find_elimination_limit

pytestmark = pytest.mark.shared


def test_every_boundary(shared: Path) -> None:
    """`get.boundary`, 12 cohorts of 3: limits to the last printed digit, every integer."""
    with (shared / "dosefinding/tables/boin_boundaries.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 432
    for key, group in groupby(rows, key=lambda row: (row["target"], row["cutoff_eli"])):
        target, certainty = float(key[0]), float(key[1])
        plain = BOIN(target=target, n_doses=3, cohorts=12, certainty=certainty)
        # The last column is the extra-safe rule of dose 1 with its offset of .05.
        safe = BOIN(target=target, n_doses=3, cohorts=12, certainty=certainty, extra_safe=0.05)
        lowest = safe.decision_table.stop_lowest
        assert lowest is not None
        for row in group:
            assert plain.lambda_e == pytest.approx(float(row["lambda_e"]), abs=1e-14)
            assert plain.lambda_d == pytest.approx(float(row["lambda_d"]), abs=1e-14)
            n = int(row["n"])
            table = plain.decision_table
            assert table.escalate[n - 1] == int(row["escalate_if_le"])
            assert table.de_escalate[n - 1] == int(row["deescalate_if_ge"])
            shut, stop = table.eliminate[n - 1], lowest[n - 1]
            assert (shut if shut <= n else None) == _whole(row["eliminate_if_ge"])
            assert (stop if stop <= n else None) == _whole(row["stop_lowest_if_ge_offset05"])


def test_every_selection(shared: Path) -> None:
    """`select.mtd` on random data: default, with `boundMTD`, with `extrasafe` (offset .05)."""
    cases = json.loads((shared / "dosefinding/selection/boin_select_mtd.json").read_text())
    assert len(cases) == 267
    for case in cases:
        n = case["n"]
        last = max(level for level, treated in enumerate(n, start=1) if treated)
        outcomes = Outcomes.from_counts(n, case["y"], dose=last)
        for option, expected in (
            ({}, case["mtd"]),
            ({"bound_mtd": True}, case["mtd_bounded"]),
            ({"extra_safe": 0.05}, case["mtd_extrasafe"]),
        ):
            design = BOIN(target=case["target"], n_doses=len(n), **option)
            assert design.select(outcomes).dose == expected, (case["case"], option)


@pytest.mark.parametrize("target", [0.25, 0.3])
def test_every_cell_of_the_decision_table(shared: Path, target: float) -> None:
    """`get.boundary` read as letters, n ≤ 18; equal to four programs (README of the data)."""
    with (shared / "dosefinding/tables/decision_tables.csv").open() as file:
        cells = {
            (int(row["n"]), int(row["y"])): row["decision"]
            for row in csv.DictReader(file)
            if row["design"] == "BOIN" and float(row["target"]) == target
        }
    assert len(cells) == 189
    rows = find_decision_table(BOIN(target=target, n_doses=5), up_to=18)
    found = {(row.n, row.tox): row.decision for row in rows}
    assert {cell: found[cell] for cell in cells} == cells


def test_closing_limits_by_the_beta_distribution(shared: Path) -> None:
    """R's `pbeta` under Beta(1, 1), n ≤ 40: ours are binomial sums."""
    with (shared / "dosefinding/tables/beta_binomial_toxicity_boundaries.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["a"] == row["b"] == "1"]
    assert len(rows) > 300
    for row in rows:
        n = int(row["n"])
        found = find_elimination_limit(
            n, limit=float(row["target"]), certainty=float(row["cutoff"])
        )
        assert (found if found <= n else None) == _whole(row["stop_if_ge"])


def _whole(text: str) -> int | None:
    return int(text) if text else None
