"""Isotonic regression against R's Iso 0.0-21 (`pava`, weighted, increasing)."""

import json
from pathlib import Path

import numpy as np
import pytest

from protocyte.design.isotonic import find_isotonic_fit

pytestmark = pytest.mark.shared


def test_every_fit(shared: Path) -> None:
    cases = json.loads((shared / "dosefinding/selection/isotonic_regression.json").read_text())
    assert len(cases) == 67
    for case in cases:
        fit = find_isotonic_fit(np.array([case["value"]]), np.array([case["weight"]]))
        assert fit[0] == pytest.approx(case["fit"], abs=1e-12)
