"""CAPD against an openEHR guide (gdl-lang/common-clinical-models 4a9eccc, MIT)."""

import csv
from pathlib import Path

import pytest

from protocyte.standards.capd import ITEMS, POSITIVE, grade_capd

pytestmark = pytest.mark.shared
COLUMNS = (
    "eye_contact",
    "purposeful",
    "aware",
    "communicates",
    "restless",
    "inconsolable",
    "underactive",
    "slow_response",
)


def test_every_case(shared: Path) -> None:
    with (shared / "analysis" / "instruments" / "capd.csv").open(encoding="utf-8") as file:
        cases = list(csv.DictReader(file))
    assert len(cases) == 7
    for case in cases:
        answers = {
            item: int(case[column]) if case[column] else None
            for item, column in zip(ITEMS, COLUMNS, strict=True)
        }
        score = grade_capd(answers)
        assert score.points == (float(case["capd"]) if case["capd"] else None), case["case"]
        if case["delirium"]:
            assert score.reaches(POSITIVE) is (case["delirium"] == "present"), case["case"]
