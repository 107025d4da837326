"""CRM fits and skeletons against dfcrm 0.2-2.1, to the tolerances of its own quadrature."""

import json
from pathlib import Path

import numpy as np
import pytest

from protocyte.design.model_based.curve import Curve
from protocyte.design.model_based.skeleton import find_skeleton
from protocyte.design.model_based.trapezoid import find_trapezoid

pytestmark = pytest.mark.shared

SD = 1.34**0.5


def test_skeletons(shared: Path) -> None:
    cases = json.loads((shared / "dosefinding/models/crm_skeletons.json").read_text())
    assert len(cases) == 24
    for case in cases:
        skeleton = find_skeleton(
            case["halfwidth"],
            target=case["target"],
            prior_mtd=case["nu"],
            n_doses=case["nlevel"],
            curve=case["model"],
        )
        assert skeleton == pytest.approx(case["prior"], rel=0, abs=2e-15)


def test_fits(shared: Path) -> None:
    """dfcrm integrates adaptively: est to 2e-7, var to 1.3e-6, ptox to 7e-8."""
    cases = json.loads((shared / "dosefinding/models/crm_fits.json").read_text())
    assert len(cases) == 134
    for case in cases:
        levels, tox = np.array(case["level"]) - 1, np.array(case["dlt"]) > 0
        n, y = np.bincount(levels, minlength=5), np.bincount(levels, tox, minlength=5)
        counts = np.stack([n, y], axis=1)[np.newaxis].astype(np.int16)
        for kind in ("empiric", "logistic"):
            curve = Curve(tuple(case["skeleton"]), kind)
            mean, square = find_trapezoid(curve, SD, 60).means(counts, of="parameter")[0]
            assert mean == pytest.approx(case[kind]["est"], abs=2e-7)
            assert square - mean**2 == pytest.approx(case[kind]["var"], abs=1.3e-6)
            assert curve.tox(mean)[:, 0] == pytest.approx(case[kind]["ptox"], abs=7e-8)


def test_weighted_fits(shared: Path) -> None:
    cases = json.loads((shared / "dosefinding/models/crm_fits.json").read_text())
    for case in cases:
        curve, told = Curve(tuple(case["skeleton"])), case["tite"]
        mean, _ = find_trapezoid(curve, SD, 60).weighted_means(
            np.array(case["level"]) - 1,
            np.array(case["dlt"]) > 0,
            np.array(told["weights"]),
            of="parameter",
        )
        assert mean == pytest.approx(told["est"], abs=2e-7)
        assert curve.tox(mean)[:, 0] == pytest.approx(told["ptox"], abs=7e-8)
