"""CRS, ICANS and GvHD: grades from peaks, from CRS and from cells that kept the receptor."""

import numpy as np
import pytest

from protocyte.errors import ProtocolError
from protocyte.kinetics.allogeneic.terms import find_terms
from protocyte.protocol.product import Product
from protocyte.simulation.population.outcome.crs import find_crs_days, find_crs_model, judge_crs
from protocyte.simulation.population.outcome.gvhd import find_gvhd_risk, judge_gvhd
from protocyte.simulation.population.outcome.icans import PARAMETERS as ICANS
from protocyte.simulation.population.outcome.icans import judge_icans

N = 200_000


def luck(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(N)


@pytest.mark.parametrize("scale", ["Lee 2014", "ASTCT 2019"])
def test_grades_of_crs_come_as_often_as_the_logit_says(scale: str) -> None:
    model = find_crs_model(scale)
    grades = judge_crs(model, np.full(N, 600.0), np.full(N, 200.0), luck(1))
    for grade in range(1, 5):
        share = float(model.share(600.0, 200.0, grade))
        assert np.mean(grades >= grade) == pytest.approx(share, abs=4 * np.sqrt(share / N))


def test_a_protocol_without_a_scale_is_graded_by_the_consensus_and_others_are_refused() -> None:
    assert find_crs_model(None) == find_crs_model("ASTCT 2019")
    with pytest.raises(ProtocolError, match='no model of CRS on the scale "CTCAE'):
        find_crs_model("CTCAE 5.0")


def test_crs_begins_before_the_peak_and_after_the_infusion() -> None:
    first, lasting = find_crs_days(np.array([0.2, 13.0]), np.zeros(2), np.array([-9.0, 9.0]))
    assert first.tolist() == [1.0, 8.0]
    assert lasting.tolist() == [1.0, 36.0]


def test_icans_at_crs_of_grade_1_is_as_its_table_says() -> None:
    grades = judge_icans(np.ones(N, np.int8), luck(2))
    for grade, name in enumerate(("any", "second", "third", "fourth"), start=1):
        share = ICANS[name].value
        assert np.mean(grades >= grade) == pytest.approx(share, abs=4 * np.sqrt(share / N))


def test_own_cells_cause_no_gvhd_and_whole_receptors_as_often_as_with_donor_cells() -> None:
    cells, most, rate = np.full(N, 6e7), np.full(N, 3e6), np.array(1.5e-8)
    own = find_terms(Product(name="x", donor="autologous", cars=("CD7",), edits=()))
    donor = find_terms(Product(name="x", donor="related donor", cars=("CD7",), edits=("CD7",)))
    assert find_gvhd_risk(own, cells, most, rate).max() == 0
    # Tan2023: grade 1 to 2 in 12 of 20 after 1e6 cells/kg, 60 kg.
    grades = judge_gvhd(find_gvhd_risk(donor, cells, most, rate), luck(3))
    assert np.mean(grades > 0) == pytest.approx(0.6, abs=0.01)


def test_a_batch_passes_release_however_many_cells_it_holds() -> None:
    edited = find_terms(
        Product(name="x", donor="healthy donor", cars=("CD7",), edits=("TRAC", "CD7"))
    )
    risks = [
        find_gvhd_risk(edited, np.array([cells]), np.array([3e6]), np.array(1.5e-8)).item()
        for cells in (1e8, 9e8, 9e9)
    ]
    assert risks[1] == risks[2] == pytest.approx(-np.expm1(-3e6 * 1.5e-8))
    assert risks[0] <= risks[1]
