"""The axicabtagene model: marks, order of times, failures of one and of many."""

import math

import numpy as np
import pytest

from protocyte.errors import NumericalError, ProtocolError
from protocyte.kinetics.convergence import Convergence
from protocyte.kinetics.kimmel_2021_axicabtagene import (
    PARAMETERS,
    TUMOUR_GROWTH,
    solve_competition,
)
from protocyte.kinetics.kimmel_2021_course import CELLS_PER_UL
from protocyte.kinetics.kimmel_2021_equation import CompetitionEquation

TYPICAL = PARAMETERS.values()
DAYS = np.array([0.0, 7.0, 28.0])


def test_one_patient_gives_a_row_and_many_give_a_row_each() -> None:
    one = solve_competition(DAYS, **TYPICAL)
    many = solve_competition(DAYS, **TYPICAL | {"r_b": np.array([0.19, 0.105])})
    assert one.car.shape == one.tumour.shape == (3,)
    assert one.peak_car.shape == one.convergence.shape == ()
    assert many.host.shape == (2, 3)
    assert many.below_day.shape == many.convergence.shape == (2,)
    np.testing.assert_array_equal(many.tumour[0], one.tumour)


def test_the_course_begins_with_the_numbers_at_infusion() -> None:
    course = solve_competition(np.array([0.0]), **TYPICAL)
    cells = [course.host[0], course.car[0], course.tumour[0]]
    np.testing.assert_allclose(cells, [3e9, 1.8e8, 9.486e10], rtol=1e-12)
    assert course.peak_day == course.lowest_day == 0


def test_times_may_come_in_any_order_and_twice() -> None:
    course = solve_competition(np.array([28.0, 0.0, 28.0, 7.0]), **TYPICAL)
    sorted_course = solve_competition(DAYS, **TYPICAL)
    np.testing.assert_array_equal(course.car, sorted_course.car[[2, 0, 2, 1]])
    assert course.times.tolist() == [28, 0, 28, 7]


def test_blood_holds_its_share_of_the_cells() -> None:
    course = solve_competition(DAYS, **TYPICAL)
    np.testing.assert_array_equal(course.car_per_ul, course.car / CELLS_PER_UL)
    np.testing.assert_array_equal(course.host_per_ul, course.host / CELLS_PER_UL)


def test_progression_is_the_first_day_with_a_fifth_more_tumour() -> None:
    course = solve_competition(np.array([400.0]), **TYPICAL)
    day = float(course.progression_day)
    around = solve_competition(np.array([day - 0.01, day, day + 0.01]), **TYPICAL)
    size = around.tumour / TYPICAL["b_start"]
    assert size[0] < 1.2 < size[2]
    assert size[1] == pytest.approx(1.2, rel=1e-6)
    assert math.isnan(solve_competition(np.array([day - 1]), **TYPICAL).progression_day)


def test_a_tumour_that_outgrows_killing_progresses_at_once_and_may_still_shrink() -> None:
    course = solve_competition(np.array([28.0]), **TYPICAL | {"r_b": 0.5})
    assert course.progression_day < 1
    assert course.lowest_tumour < TYPICAL["b_start"]


def test_below_a_hundred_tumour_cells_the_first_day_is_marked() -> None:
    slow = TYPICAL | {"r_b": TUMOUR_GROWTH["slow"]}
    day = float(solve_competition(np.array([90.0]), **slow).below_day)
    before, after = solve_competition(np.array([day - 0.01, day + 0.01]), **slow).tumour
    assert before > 100 > after
    assert math.isnan(solve_competition(np.array([day - 1]), **slow).below_day)
    assert solve_competition(np.array([1.0]), **slow | {"b_start": 99.0}).below_day == 0


def test_the_peak_is_where_all_t_cells_fill_the_room_of_car_t_cells() -> None:
    day = float(solve_competition(np.array([90.0]), **TYPICAL).peak_day)
    course = solve_competition(np.array([day]), **TYPICAL)
    assert course.host[0] + course.car[0] == pytest.approx(TYPICAL["k_c"], rel=1e-6)


def test_without_room_at_infusion_the_peak_is_the_infusion() -> None:
    course = solve_competition(np.array([90.0]), **TYPICAL | {"n_start": 1e11})
    assert course.peak_day == 0
    assert course.peak_car == pytest.approx(1.8e8)


HOPELESS = {
    Convergence.TOO_MANY_STEPS: {"r_n": 1e300},
    Convergence.OVERFLOW: {"k_n": 1e200},
}


@pytest.mark.parametrize("code", HOPELESS)
def test_one_patient_who_cannot_be_solved_is_an_error_with_the_parameters(
    code: Convergence,
) -> None:
    (name, value), *_ = HOPELESS[code].items()
    with pytest.raises(NumericalError, match=code.name) as raised:
        solve_competition(DAYS, **TYPICAL | HOPELESS[code])
    assert f"{name}={value:g}" in str(raised.value)
    assert "k_c=6.96e+10" in str(raised.value)


def test_in_an_ensemble_a_failure_is_a_code_and_the_others_are_solved() -> None:
    wild = {"r_n": np.array([0.17, 1e300, 0.17]), "k_n": np.array([2.5e11, 2.5e11, 1e200])}
    course = solve_competition(DAYS, **TYPICAL | wild)
    assert [Convergence(code).name for code in course.convergence] == [
        "SOLVED",
        "TOO_MANY_STEPS",
        "OVERFLOW",
    ]
    assert np.isfinite(course.car[0]).all()
    for failed in (1, 2):
        assert np.isnan(course.car[failed]).all()
        assert np.isnan(course.peak_car[failed])


def test_a_solver_that_stops_early_is_a_code(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopped:
        success, y = False, np.zeros((3, 1))

    monkeypatch.setattr("protocyte.kinetics.integration.solve_ivp", lambda *_, **__: Stopped())
    code, cells, marks = CompetitionEquation(TYPICAL).solve(DAYS)
    assert code is Convergence.STEP_TOO_SMALL
    assert cells is None
    assert not marks


def test_a_tumour_that_grows_for_years_does_not_spoil_the_rest() -> None:
    course = solve_competition(np.array([28.0, 2000.0]), **TYPICAL | {"r_b": 0.5})
    assert course.convergence == 0
    assert course.tumour[1] == np.inf
    assert course.host[1] == pytest.approx(TYPICAL["k_n"])


def test_numbers_that_are_not_positive_are_refused() -> None:
    with pytest.raises(ProtocolError, match="n_start of 0 cells is not a positive number"):
        solve_competition(DAYS, **TYPICAL | {"n_start": 0.0})
