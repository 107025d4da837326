"""CAR-T, leukaemia and B cells: the curated copies, and check values of somebody else.

León-Triana et al. 2021, doi:10.1016/j.cnsns.2020.105570; BIOMD0000001011 and BIOMD0000001012. The
check values were computed from the constants of the copy, independently of this code.
"""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from protocyte.kinetics.leon_triana_2021_leukaemia import (
    FURTHER,
    PARAMETERS,
    Production,
    solve_predation,
)

TYPICAL = PARAMETERS.values()
DAYS = np.array([28.0, 180.0, 365.0])


def test_peak_of_the_car_t_cells() -> None:
    course = solve_predation(DAYS, production="curated", **TYPICAL)
    assert f"{course.peak_car:.2e}" == "1.64e+10"
    assert round(float(course.peak_day), 1) == 12.2


def test_lowest_leukaemia_is_never_zero() -> None:
    course = solve_predation(DAYS, production="curated", **TYPICAL)
    assert f"{course.lowest_leukaemia:.1e}" == "4.1e+05"
    assert round(float(course.lowest_day)) == 57


def test_b_cells_do_not_come_back_in_the_curated_copy() -> None:
    course = solve_predation(DAYS, production="curated", **TYPICAL)
    assert [f"{cells:.2e}" for cells in course.b_cells] == ["1.11e+06", "8.42e+07", "9.93e+07"]
    assert course.b_cells.max() < FURTHER["ceiling"].value


@pytest.mark.parametrize("production", ["none", "curated"])
def test_the_course_is_that_of_the_curated_copy_with_all_its_terms(
    production: Production,
) -> None:
    """The term with the wrong unit is in this transcription; the code leaves it out.

    It makes 1e-5 cells a day, so that numbers of cells may differ by 0.001 of a cell: that is seen
    on day 365 only, when three CAR-T cells are left.
    """
    a, rc, tc, rl, tb, ti, c50, i0, beta = (
        4.5e-11, 0.25 * 4.5e-11, 14.0, 0.03333333333, 60.0, 6.0, 1e9, 1e7, 0.1,
    )  # fmt: skip
    made = 1.0 if production == "curated" else 0.0

    def copy(_: float, x: np.ndarray) -> list[float]:
        c, l, b = x  # noqa: E741
        return [
            rc * (l + b) * c + made * rc * beta * i0 / (1 + c / c50) - c / tc,
            rl * l - a * l * c,
            made * i0 / ti / (1 + c / c50) - a * b * c - b / tb,
        ]

    found = solve_ivp(
        copy, (0, 365), [1e7, 5e10, 2.5e10], method="Radau", t_eval=DAYS, rtol=1e-9, atol=1e-6
    )
    course = solve_predation(DAYS, production=production, **TYPICAL)
    np.testing.assert_allclose(
        [course.car, course.leukaemia, course.b_cells], found.y, rtol=2e-5, atol=1e-3
    )


def test_the_derived_numbers_of_progenitors() -> None:
    p = TYPICAL
    assert FURTHER["ceiling"].value == pytest.approx(p["i_start"] * p["tau_b"] / p["tau_i"])
    assert p["b_start"] / FURTHER["ceiling"].value == pytest.approx(250)
    assert FURTHER["i_refill"].value == pytest.approx(p["b_start"] * p["tau_i"] / p["tau_b"])
    assert p["rho_c"] == pytest.approx(0.25 * p["alpha"])


def test_refilling_is_the_curated_production_with_more_progenitors() -> None:
    more = PARAMETERS.values(i_start=FURTHER["i_refill"].value)
    curated = solve_predation(DAYS, production="curated", **more)
    refilled = solve_predation(DAYS, production="refilled", **TYPICAL)
    np.testing.assert_array_equal(refilled.b_cells, curated.b_cells)
