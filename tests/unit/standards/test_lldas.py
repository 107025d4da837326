"""LLDAS at its edges."""

from typing import Any

import pytest

from protocyte.standards.grade import Classification
from protocyte.standards.lldas import ORGANS, classify_lldas
from protocyte.standards.sledai import WEIGHTS, grade_sledai

NONE: dict[str, bool | None] = dict.fromkeys(WEIGHTS, False)


def lldas(items: dict[str, bool | None] | None = None, **values: Any) -> Classification:
    """Classify a participant in low disease activity, but for the items and values."""
    low: dict[str, Any] = {
        "sledai": grade_sledai(NONE | (items or {})),
        "haemolytic_anaemia": False,
        "gastrointestinal_activity": False,
        "new_activity": False,
        "pga": 1.0,
        "prednisolone": 7.5,
        "standard_drugs_tolerated": True,
        "investigational_drug": False,
    }
    return classify_lldas(**(low | values))


@pytest.mark.parametrize(
    ("items", "verdict"),
    [
        ({}, True),
        ({"arthritis": True}, True),
        ({"arthritis": True, "leucopenia": True}, False),
        ({"rash": True, "low complement": True}, True),
        ({"pyuria": True}, False),
        ({"pleurisy": True}, False),
        ({"fever": True}, False),
        ({"low complement": None}, True),
        ({"arthritis": True, "low complement": None}, None),
        ({"pyuria": None}, None),
        ({"seizure": None}, None),
    ],
)
def test_sledai_part(items: dict[str, bool | None], verdict: bool | None) -> None:
    """A missing complement adds at most 2 points: with none else it cannot pass 4."""
    assert lldas(items).verdict is verdict


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ({"pga": 1.1}, False),
        ({"prednisolone": 7.6}, False),
        ({"new_activity": True}, False),
        ({"new_activity": None}, None),
        ({"haemolytic_anaemia": True}, False),
        ({"gastrointestinal_activity": True}, False),
        ({"standard_drugs_tolerated": False}, False),
        ({"standard_drugs_tolerated": None}, None),
        ({"investigational_drug": True}, False),
        ({"cell_product": True}, True),
        ({"cell_product": True, "cell_product_breaks": True}, False),
        ({"cell_product": None, "cell_product_breaks": True}, None),
    ],
)
def test_other_parts(values: dict[str, Any], verdict: bool | None) -> None:
    assert lldas(**values).verdict is verdict


def test_organs_are_a_policy() -> None:
    """With 4 points allowed an 8-point item fails by the sum alone, so the lists are compared."""
    assert len(ORGANS["major"]) == 8 + 4 + 3
    assert set(ORGANS["renal, pleurisy, pericarditis and fever"]) < set(ORGANS["major"])
    assert set(ORGANS["major"]) <= set(WEIGHTS)


def test_another_index_is_refused() -> None:
    selena = grade_sledai(NONE, version="SELENA-SLEDAI")
    with pytest.raises(ValueError, match="LLDAS is defined on SLEDAI-2K, not on SELENA-SLEDAI"):
        lldas(sledai=selena)
