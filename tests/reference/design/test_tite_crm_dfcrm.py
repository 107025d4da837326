"""TITE-CRM's fit against dfcrm 0.2-2.1 (`titecrm` with the weights given)."""

import json
from pathlib import Path

import numpy as np
import pytest

from protocyte.design.late_onset.suspension import Suspension
from protocyte.design.late_onset.tite_crm import TITECRM
from protocyte.design.late_onset.tite_crm_rule import (
    find_tite_estimate,
    find_tite_recommendation,
)
from protocyte.design.model_based.crm import CRM


@pytest.mark.shared
def test_every_fit(shared: Path) -> None:
    """The posterior mean to 1e-6 (dfcrm integrates to 2e-7), and every recommended dose."""
    cases = json.loads((shared / "dosefinding/models/crm_fits.json").read_text())
    assert len(cases) == 134
    for case in cases:
        parent = CRM(target=case["target"], skeleton=tuple(case["skeleton"]))
        rule = TITECRM(parent, 28, Suspension(None, None, None)).rule
        level, tox = np.array(case["level"]) - 1, np.array(case["dlt"])
        weights = np.array(case["tite"]["weights"])
        known = tox == 1
        n = np.bincount(level[known], minlength=parent.n_doses)
        found = find_tite_estimate(
            n, n, level[~known], weights[~known], int((~known).sum()), *rule[:4]
        )
        assert found == pytest.approx(case["tite"]["est"], abs=1e-6)
        dose = find_tite_recommendation(found, rule.labels, 3.0, 0.0, case["target"])
        assert dose + 1 == case["tite"]["mtd"]
