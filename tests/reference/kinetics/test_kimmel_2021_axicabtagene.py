"""Axicabtagene ciloleucel: numbers of the paper, of its curated copy, and check values.

The paper: Kimmel et al. 2021, doi:10.1098/rspb.2021.0229. The curated copy: BIOMD0000001041. The
check values were computed from table 1 independently of this code, with another solver at a
relative tolerance of 1e-9, and are rounded to the digits given.
"""

import numpy as np
import pytest

from protocyte.kinetics.kimmel_2021_axicabtagene import PARAMETERS, solve_competition
from protocyte.kinetics.kimmel_2021_course import CELLS_PER_UL
from protocyte.kinetics.kimmel_2021_equation import CompetitionEquation

TYPICAL = PARAMETERS.values()

#: Day, CAR-T cells and host T cells [cells/µL], and the digits of both.
CHECK = [
    (7, 30.23, 2, 108.6, 1),
    (14, 9.045, 3, 295.1, 1),
    (28, 2.508, 3, 472.8, 1),
    (90, 0.341, 3, 499.6, 1),
    (180, 0.0190, 4, 500.0, 1),
]

#: Paper, section 3d: day and quartiles of CAR-T cells [cells/µL].
ZUMA_1 = [(7, 16.5, 57.5), (14, 3.8, 31.1), (28, 0.6, 6.1), (90, 0.01, 0.4)]


@pytest.mark.parametrize(("day", "car", "car_digits", "host", "host_digits"), CHECK)
def test_cells_of_the_typical_patient(
    day: float, car: float, car_digits: int, host: float, host_digits: int
) -> None:
    course = solve_competition(np.array([day], dtype=float), **TYPICAL)
    assert round(float(course.car_per_ul[0]), car_digits) == car
    assert round(float(course.host_per_ul[0]), host_digits) == host


def test_peak_of_the_typical_patient() -> None:
    course = solve_competition(np.array([90.0]), **TYPICAL)
    assert round(float(course.peak_day), 2) == 7.02
    assert round(float(course.peak_car) / CELLS_PER_UL, 2) == 30.23


@pytest.mark.parametrize(
    ("r_b", "lowest", "digits", "day"),
    [(0.105, 2.0, 1, 85), (0.19, 1006, 0, 63), (0.265, 70638, 0, 51)],
)
def test_lowest_tumour(r_b: float, lowest: float, digits: int, day: int) -> None:
    course = solve_competition(np.array([200.0]), **PARAMETERS.values(r_b=r_b))
    assert round(float(course.lowest_tumour), digits) == lowest
    assert round(float(course.lowest_day)) == day


def test_only_the_slow_tumour_falls_below_a_hundred_cells() -> None:
    rates = np.array([0.105, 0.19, 0.265])
    course = solve_competition(np.array([200.0]), **TYPICAL | {"r_b": rates})
    assert round(float(course.below_day[0])) == 42
    assert np.isnan(course.below_day[1:]).all()


@pytest.mark.parametrize(
    ("host", "peak", "digits"),
    [(2, 79.5, 1), (6, 30.2, 1), (12, 9.9, 1), (24, 2.8, 1), (100, 0.40, 2)],
)
def test_peak_by_host_cells_at_infusion(host: float, peak: float, digits: int) -> None:
    start = PARAMETERS.values(n_start=host * CELLS_PER_UL)
    course = solve_competition(np.array([28.0]), **start)
    assert round(float(course.peak_car) / CELLS_PER_UL, digits) == peak


@pytest.mark.parametrize(
    ("dose", "peak"), [(1.8e7, 5.0), (6e7, 14.1), (1.8e8, 30.2), (5.4e8, 51.6), (1.8e9, 74.9)]
)
def test_peak_by_car_t_cells_at_infusion(dose: float, peak: float) -> None:
    course = solve_competition(np.array([28.0]), **PARAMETERS.values(c_start=dose))
    assert round(float(course.peak_car) / CELLS_PER_UL, 1) == peak


def test_growth_rate_at_infusion_as_in_the_curated_copy() -> None:
    """The copy has r_C = 0.550063 at the start; the brackets of the running text would differ."""
    total = TYPICAL["n_start"] + TYPICAL["c_start"]
    assert round(CompetitionEquation(TYPICAL).car_growth(total), 6) == 0.550063


def test_counts_of_the_paper_and_its_cells_are_the_same() -> None:
    """Section 2 and table 1: 500, 6 and 0.36 cells/µL are 2.5e11, 3e9 and 1.8e8 cells."""
    cells = [TYPICAL[name] / CELLS_PER_UL for name in ("k_n", "n_start", "c_start")]
    assert cells == pytest.approx([500, 6, 0.36])


@pytest.mark.parametrize(("day", "lower", "upper"), ZUMA_1)
def test_the_typical_patient_lies_between_the_quartiles_of_zuma_1(
    day: float, lower: float, upper: float
) -> None:
    course = solve_competition(np.array([day], dtype=float), **TYPICAL)
    assert lower < course.car_per_ul[0] < upper
