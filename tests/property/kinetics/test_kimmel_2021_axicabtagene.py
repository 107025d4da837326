"""Laws of cells in competition, for any patient near the published parameters."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocyte.kinetics.kimmel_2021_axicabtagene import PARAMETERS, solve_competition

TYPICAL = PARAMETERS.values()
CELLS = ("k_n", "k_c", "k_b", "n_start", "c_start", "b_start")
DAYS = np.array([0.0, 3.0, 7.0, 14.0, 28.0, 60.0, 120.0])


@st.composite
def patients(draw: st.DrawFn) -> dict[str, float]:
    """Each parameter between half and twice its published value; K_C stays below K_N."""
    return {
        name: value * float(np.exp2(draw(st.floats(-1, 0 if name == "k_c" else 1))))
        for name, value in TYPICAL.items()
    }


def cells(patient: dict[str, float], days: np.ndarray = DAYS) -> np.ndarray:
    course = solve_competition(days, **patient)
    return np.array([course.host, course.car, course.tumour])


@settings(max_examples=40, deadline=None)
@given(patients())
def test_cells_are_positive_and_the_marks_bound_them(patient: dict[str, float]) -> None:
    course = solve_competition(DAYS, **patient)
    assert (cells(patient) > 0).all()
    assert (course.car <= course.peak_car * (1 + 1e-6)).all()
    assert (course.tumour >= course.lowest_tumour * (1 - 1e-6)).all()


@settings(max_examples=40, deadline=None)
@given(patients(), st.floats(0.01, 100))
def test_the_unit_of_cells_does_not_matter(patient: dict[str, float], unit: float) -> None:
    scaled = patient | {name: unit * patient[name] for name in CELLS}
    np.testing.assert_allclose(cells(scaled), unit * cells(patient), rtol=1e-5)


@settings(max_examples=40, deadline=None)
@given(patients(), st.floats(1, 60))
def test_a_course_can_be_stopped_and_taken_up_again(patient: dict[str, float], day: float) -> None:
    host, car, tumour = cells(patient, np.array([day]))[:, 0]
    resumed = patient | {"n_start": host, "c_start": car, "b_start": tumour}
    np.testing.assert_allclose(cells(resumed), cells(patient, day + DAYS), rtol=1e-5)


@settings(max_examples=40, deadline=None)
@given(patients(), st.floats(1.05, 10))
def test_more_host_cells_at_infusion_mean_fewer_car_t_cells(
    patient: dict[str, float], factor: float
) -> None:
    crowded = patient | {"n_start": factor * patient["n_start"]}
    assert solve_competition(DAYS, **crowded).peak_car < solve_competition(DAYS, **patient).peak_car


@settings(max_examples=40, deadline=None)
@given(patients(), st.floats(1.05, 10))
def test_more_car_t_cells_at_infusion_mean_a_higher_peak(
    patient: dict[str, float], factor: float
) -> None:
    more = patient | {"c_start": factor * patient["c_start"]}
    assert solve_competition(DAYS, **more).peak_car > solve_competition(DAYS, **patient).peak_car


@settings(max_examples=40, deadline=None)
@given(patients(), st.floats(0.01, 0.5), st.floats(0.1, 10))
def test_t_cells_do_not_see_the_tumour(
    patient: dict[str, float], growth: float, size: float
) -> None:
    other = patient | {"r_b": growth, "b_start": size * patient["b_start"]}
    np.testing.assert_allclose(cells(other)[:2], cells(patient)[:2], rtol=1e-5)


@settings(max_examples=25, deadline=None)
@given(patients())
def test_host_cells_fill_their_room_in_the_end(patient: dict[str, float]) -> None:
    host, car, _ = cells(patient, np.array([2000.0]))[:, 0]
    assert host + car == pytest.approx(patient["k_n"], rel=1e-3)
    assert car < 1e-3 * host


@settings(max_examples=20, deadline=None)
@given(st.lists(patients(), min_size=1, max_size=4))
def test_a_patient_is_the_same_alone_and_among_others(several: list[dict[str, float]]) -> None:
    together = solve_competition(
        DAYS, **{name: np.array([patient[name] for patient in several]) for name in TYPICAL}
    )
    alone = [solve_competition(DAYS, **patient) for patient in several]
    np.testing.assert_array_equal(together.car, [course.car for course in alone])
    np.testing.assert_array_equal(together.lowest_tumour, [c.lowest_tumour for c in alone])
