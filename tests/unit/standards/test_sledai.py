"""SLEDAI: weights, edges of its measurements, missing and excluded items."""

import math

import pytest

from protocyte.standards.sledai import (
    SEROLOGY,
    WEIGHTS,
    classify_sledai_item,
    grade_sledai,
)

NONE: dict[str, bool | None] = dict.fromkeys(WEIGHTS, False)
ALL: dict[str, bool | None] = dict.fromkeys(WEIGHTS, True)


def test_24_items_and_a_maximum_of_105() -> None:
    everything = grade_sledai(ALL)
    assert len(WEIGHTS) == 24
    assert everything.total.points == 105
    assert everything.clinical.points == 101
    assert grade_sledai(NONE).total.points == 0


def test_pyuria_is_4_points() -> None:
    """A public guide gives it 2; its own total is then 41 where the publication gives 43."""
    assert grade_sledai(NONE | {"pyuria": True}).total.points == 4


def test_a_missing_complement_is_not_normal() -> None:
    items = NONE | {"rash": True, "low complement": None}
    sledai = grade_sledai(items)
    assert sledai.total.points is None
    assert sledai.total.missing == ("low complement",)
    assert (sledai.total.at_least, sledai.total.at_most) == (2, 4)
    assert sledai.clinical.points == 2


def test_an_item_without_entry_is_missing() -> None:
    del (items := dict(NONE))["fever"]
    assert grade_sledai(items).total.missing == ("fever",)


def test_persistent_proteinuria() -> None:
    items = NONE | {"proteinuria": True}
    assert grade_sledai(items, persistent=["proteinuria"]).total.points == 4
    selena = grade_sledai(items, version="SELENA-SLEDAI", persistent=["proteinuria"])
    assert selena.total.points == 0
    assert selena.total.instrument == "SELENA-SLEDAI"
    assert "proteinuria" in selena.excluded
    assert grade_sledai(items, version="SELENA-SLEDAI").total.points == 4


def test_what_lupus_did_not_cause_scores_0_and_is_kept() -> None:
    sledai = grade_sledai(NONE | {"fever": True}, not_due_to_lupus={"fever": "infection"})
    assert sledai.total.points == 0
    assert sledai.excluded == {"fever": "infection"}
    assert sledai.present == ()


def test_serology_is_complement_and_antibody() -> None:
    assert {WEIGHTS[item] for item in SEROLOGY} == {2}
    assert len(SEROLOGY) == 2


def test_window_is_recorded() -> None:
    assert grade_sledai(NONE, window_days=30).window_days == 30


def test_unknown_items_are_refused() -> None:
    with pytest.raises(ValueError, match='"hematuria" is not an item of SLEDAI'):
        grade_sledai({"hematuria": True})


@pytest.mark.parametrize(
    ("item", "value", "unit", "present"),
    [
        ("thrombocytopenia", 100.0, "10^9/L", False),
        ("thrombocytopenia", 99.0, "10^9/L", True),
        ("thrombocytopenia", 99.0, "K/uL", True),
        ("leucopenia", 3.0, "10^9/L", False),
        ("leucopenia", 2.9, "10^9/L", True),
        ("fever", 38.0, "°C", False),
        ("fever", 38.1, "°C", True),
        ("haematuria", 5.0, "cells/field", False),
        ("haematuria", 6.0, "cells/field", True),
        ("pyuria", 5.0, "cells/field", False),
        ("pyuria", 6.0, "cells/field", True),
        ("proteinuria", 0.5, "g/24 h", False),
        ("proteinuria", 0.51, "g/24 h", True),
        ("proteinuria", 500.0, "mg/g", False),
        ("proteinuria", 501.0, "mg/g", True),
        ("proteinuria", 56.5, "mg/mmol", False),
        ("arthritis", 2, "joints", True),
        ("arthritis", 1, "joints", False),
        ("fever", 100.0, "°F", None),
        ("thrombocytopenia", 99.0, "mmol/L", None),
        ("leucopenia", None, "10^9/L", None),
    ],
)
def test_edges(item: str, value: float | None, unit: str, present: bool | None) -> None:
    assert classify_sledai_item(item, value, unit=unit).met is present


def test_two_joints_are_a_policy() -> None:
    assert classify_sledai_item("arthritis", 2, unit="joints", arthritis_joints=3).met is False


def test_serology_needs_the_limit_of_the_laboratory() -> None:
    assert classify_sledai_item("low complement", 0.8, unit="g/L").met is None
    assert classify_sledai_item("low complement", 0.8, unit="g/L", limit=math.nan).met is None
    assert classify_sledai_item("low complement", 0.8, unit="g/L", limit=0.9).met is True
    assert classify_sledai_item("low complement", 0.9, unit="g/L", limit=0.9).met is False
    assert classify_sledai_item("raised anti-dsDNA", 31.0, unit="kU/L", limit=30.0).met is True


def test_an_item_that_is_seen_is_not_measured() -> None:
    with pytest.raises(ValueError, match="is not an item of SLEDAI that is measured"):
        classify_sledai_item("rash", 1.0, unit="")
