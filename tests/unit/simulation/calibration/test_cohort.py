"""Tables of patients become a cohort, or a sentence that says why they cannot."""

import numpy as np
import polars as pl
import pytest

from protocyte.errors import RecordError
from protocyte.simulation.calibration.cohort import Cohort

KINETICS = """patient_id,timepoint,day,car_cells_per_ul
a,day_0,-1,0
a,day_7,7,0
a,day_14,13,250.5
b,baseline,,
b,day_14,14,0.05
"""
PATIENTS = """patient_id,crs_max_grade_lee,crs_max_grade_asbmt,crs_onset_day
a,2,3,8
c,,0,
"""
CYTOKINES = """patient_id,day,analyte,value
a,7,IL-6,10.5
a,9,IL-6,310
a,9,IL-8,9000
b,9,IL-6,
"""


def table(text: str) -> pl.DataFrame:
    return pl.read_csv(text.encode(), infer_schema=False)


def cohort(kinetics: str = KINETICS, patients: str = PATIENTS, *, limit: float = 0.1) -> Cohort:
    return Cohort.from_tables(table(kinetics), table(patients), table(CYTOKINES), limit=limit)


def test_samples_before_infusion_and_without_count_are_left_out() -> None:
    samples = cohort().samples
    assert samples.day.tolist() == [7, 13, 14]
    assert samples.timepoint == ("day_7", "day_14", "day_14")


def test_zero_and_low_counts_are_censored_at_the_limit() -> None:
    samples = cohort().samples
    assert samples.below.tolist() == [True, False, True]
    assert samples.value == pytest.approx(np.log([0.1, 250.5, 0.1]))
    assert cohort(limit=0.01).samples.below.tolist() == [True, False, False]


def test_what_is_absent_stays_unknown() -> None:
    found = cohort()
    assert found.ids == ("a", "b", "c")
    assert found.sampled.tolist() == [0, 1]
    assert found.grades["Lee 2014"].tolist() == [2, -1, -1]
    assert found.grades["ASTCT 2019"].tolist() == [3, -1, 0]
    assert found.il6[0] == 310
    assert np.isnan(found.il6[1:]).all()
    assert np.isnan(found.onset[1:]).all()


def test_kinetics_alone_are_a_cohort() -> None:
    found = Cohort.from_tables(table(KINETICS))
    assert found.size == 2
    assert all((grades == -1).all() for grades in found.grades.values())


def test_some_of_the_patients_are_numbered_anew() -> None:
    part = cohort().of(np.array([1, 2]))
    assert part.ids == ("b", "c")
    assert part.samples.patient.tolist() == [0]
    assert part.samples.day.tolist() == [14]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("car_cells_per_ul", "cells", "kinetics.csv has no column car_cells_per_ul"),
        ("250.5", "many", 'patient a: car_cells_per_ul is "many"'),
        ("250.5", "-3", "patient a, day 13: -3 cells/µL cannot be"),
        ("250.5", "1e12", "cannot be"),
    ],
)
def test_wrong_samples_are_told(old: str, new: str, said: str) -> None:
    with pytest.raises(RecordError, match=said):
        cohort(KINETICS.replace(old, new))


@pytest.mark.parametrize("grade", ["5", "-1", "1.5"])
def test_a_grade_is_a_whole_number(grade: str) -> None:
    with pytest.raises(RecordError, match="a grade is a whole number from 0 to 4"):
        cohort(patients=PATIENTS.replace("a,2", f"a,{grade}"))


@pytest.mark.parametrize("limit", [0.0, -1.0, float("nan"), float("inf")])
def test_a_limit_is_above_zero(limit: float) -> None:
    with pytest.raises(RecordError, match="give one above zero"):
        cohort(limit=limit)
