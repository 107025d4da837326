"""BOIN12's rank table against escalation 0.2.3 (`boin12_rds`)."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from protocyte.design import BOIN12

pytestmark = pytest.mark.shared


def test_every_rank(shared: Path) -> None:
    """Limits .35 and .25, utilities 100, 40, 60, 0; ties share the mean rank of the whole list."""
    groups = defaultdict(list)
    with (shared / "dosefinding/tables/boin12_rank_desirability.csv").open() as file:
        for row in csv.DictReader(file):
            groups[row["sizes_listed"]].append(row)
    assert sum(map(len, groups.values())) == 334
    for listed, rows in groups.items():
        sizes = [int(size) for size in listed.split()]
        found = {(row.n, row.tox, row.eff): row for row in BOIN12(3).ranks(sizes)}
        for row in rows:
            key = int(row["patients"]), int(row["toxicities"]), int(row["responses"])
            rank = found[key].rank
            assert (rank is not None) == (row["admissible"] == "true")
            assert rank == (float(row["rank"]) if row["rank"] else None)
