"""DORIS 2021 at its edges."""

from typing import Any

import pytest

from protocyte.standards.doris import classify_doris
from protocyte.standards.grade import Classification


def doris(**values: Any) -> Classification:
    """Classify a participant in remission, but for the values."""
    remission: dict[str, Any] = {
        "clinical_sledai": 0,
        "pga": 0.4,
        "prednisolone": 5.0,
        "drugs_stable": True,
    }
    return classify_doris(**(remission | values))


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ({}, True),
        ({"pga": 0.5}, False),
        ({"pga": 0.49}, True),
        ({"prednisolone": 5.1}, False),
        ({"prednisolone": 5.0, "steroid_limit": "below 5"}, False),
        ({"prednisolone": 4.9, "steroid_limit": "below 5"}, True),
        ({"clinical_sledai": 1}, False),
        ({"drugs_stable": False}, False),
        ({"drugs_stable": None}, None),
        ({"pga": None}, None),
        ({"pga": None, "clinical_sledai": 2}, False),
    ],
)
def test_on_treatment(values: dict[str, Any], verdict: bool | None) -> None:
    result = doris(**values)
    assert result.verdict is verdict
    assert result.instrument == "DORIS 2021"


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ({"prednisolone": 0.0, "lupus_drugs": False}, True),
        ({"prednisolone": 0.0, "lupus_drugs": True}, False),
        ({"prednisolone": 2.5, "lupus_drugs": False}, False),
        ({"prednisolone": 0.0, "lupus_drugs": None}, None),
        ({"prednisolone": 0.0, "lupus_drugs": False, "drugs_stable": None}, True),
    ],
)
def test_drug_free(values: dict[str, Any], verdict: bool | None) -> None:
    result = doris(drug_free=True, **values)
    assert result.verdict is verdict
    assert result.instrument == "drug-free DORIS 2021"


def test_the_failing_line_is_named() -> None:
    assert [part.because for part in doris(pga=0.5).decided_by] == ["PGA is 0.5"]
