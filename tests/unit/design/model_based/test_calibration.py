"""Choosing a half-width by exact selection."""

import pytest

from protocyte.design import Scenario, find_characteristics
from protocyte.design.model_based.calibration import find_half_widths
from protocyte.design.model_based.crm import CRM
from protocyte.design.model_based.plane import BivariateNormal
from protocyte.design.model_based.skeleton import find_skeleton
from protocyte.errors import DesignError

TRUTHS = [Scenario((0.3, 0.45, 0.6)), Scenario((0.12, 0.3, 0.5)), Scenario((0.05, 0.12, 0.3))]


@pytest.mark.parametrize("model", ["empiric", "logistic"])
def test_the_best_average_comes_first(model: str) -> None:
    design = CRM(target=0.3, skeleton=(0.2, 0.3, 0.4), cohorts=5, model=model)  # type: ignore[arg-type]
    rows = find_half_widths(design, (0.02, 0.05, 0.08), TRUTHS, prior_mtd=2)
    averages = [row.average for row in rows]
    assert averages == sorted(averages, reverse=True)
    assert {row.half_width for row in rows} == {0.02, 0.05, 0.08}
    for row in rows:
        skeleton = find_skeleton(row.half_width, target=0.3, prior_mtd=2, n_doses=3, curve=model)  # type: ignore[arg-type]
        assert row.design.skeleton == skeleton
        found = find_characteristics(row.design, TRUTHS).selection
        right = [found[s, s] for s in range(3)]
        assert row.correct == pytest.approx(right, abs=1e-15)
        assert row.average == pytest.approx(sum(right) / 3, abs=1e-15)


def test_senseless_choices_are_refused() -> None:
    design = CRM(target=0.3, skeleton=(0.2, 0.3, 0.4), cohorts=2)
    with pytest.raises(DesignError, match="There is no half-width to choose from"):
        find_half_widths(design, (), TRUTHS, prior_mtd=2)
    with pytest.raises(DesignError, match=r"The half-width is 0\.4 around the target 0\.3"):
        find_half_widths(design, (0.4,), TRUTHS, prior_mtd=2)
    two = CRM(
        target=0.3,
        skeleton=(0.2, 0.3, 0.4),
        model="two-parameter logistic",
        prior=BivariateNormal((0.0, 0.0), (1.0, 1.0)),
    )
    with pytest.raises(DesignError, match="this CRM has two"):
        find_half_widths(two, (0.05,), TRUTHS, prior_mtd=2)
