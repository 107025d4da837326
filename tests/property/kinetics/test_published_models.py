"""Laws of the liso-cel, León-Triana and Hanson models, for any patient near the published ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocyte.kinetics import hanson_2016_crs as hanson
from protocyte.kinetics import leon_triana_2021_leukaemia as leon
from protocyte.kinetics import ogasawara_2021_lisocabtagene as liso
from protocyte.kinetics.parameter import ParameterTable

DAYS = np.array([0.0, 3.0, 7.0, 14.0, 28.0, 60.0, 120.0])
CELLS = ("c_50", "i_start", "b_baseline", "c_start", "l_start", "b_start")
RATES = ("alpha", "rho_c")


@st.composite
def near(draw: st.DrawFn, table: ParameterTable, reach: float) -> dict[str, float]:
    """Each parameter within a factor of 2 to the power of ``reach`` around its published value."""
    return {
        name: value * float(np.exp2(draw(st.floats(-reach, reach))))
        for name, value in table.values().items()
    }


@st.composite
def liso_patients(draw: st.DrawFn) -> dict[str, float]:
    lag, t_max = sorted((draw(st.floats(0.1, 8)), draw(st.floats(0.2, 30))))
    first, last = sorted((draw(st.floats(1, 50)), draw(st.floats(1, 900))))
    return {
        "c_max": draw(st.floats(1, 1e6)), "persisting_fraction": draw(st.floats(1e-6, 1)),
        "lag": lag, "t_max": t_max, "doubling_time": draw(st.floats(0.2, 3)),
        "half_life_initial": first, "half_life_terminal": last,
    }  # fmt: skip


@given(liso_patients())
def test_liso_cel_is_flat_then_rises_to_its_peak_then_falls(patient: dict[str, float]) -> None:
    days = np.unique(np.append(np.linspace(0, 400, 401), [patient["lag"], patient["t_max"]]))
    levels = liso.solve_expansion(days, **patient)
    peak = int(np.searchsorted(days, patient["t_max"]))
    assert (levels > 0).all()
    assert levels[peak] == pytest.approx(patient["c_max"], rel=1e-12)
    np.testing.assert_array_equal(levels[days <= patient["lag"]], levels[0])
    assert (np.diff(levels[: peak + 1]) >= 0).all()
    assert (np.diff(levels[peak:]) <= 0).all()
    assert levels[-1] < levels[peak]


@settings(max_examples=25, deadline=None)
@given(near(leon.PARAMETERS, 1.0), st.sampled_from(["none", "curated", "refilled"]))
def test_predation_is_positive_and_the_marks_bound_it(
    patient: dict[str, float], production: leon.Production
) -> None:
    course = leon.solve_predation(DAYS, production=production, **patient)
    assert (np.array([course.car, course.leukaemia, course.b_cells]) > 0).all()
    assert (course.car <= course.peak_car * (1 + 1e-6)).all()
    assert (course.leukaemia >= course.lowest_leukaemia * (1 - 1e-6)).all()


@settings(max_examples=25, deadline=None)
@given(near(leon.PARAMETERS, 1.0), st.floats(0.01, 100))
def test_the_unit_of_cells_does_not_matter_to_predation(
    patient: dict[str, float], unit: float
) -> None:
    scaled = patient | {name: unit * patient[name] for name in CELLS}
    scaled |= {name: patient[name] / unit for name in RATES}
    ours, theirs = (
        leon.solve_predation(DAYS, production="refilled", **p) for p in (scaled, patient)
    )
    np.testing.assert_allclose(ours.leukaemia, unit * theirs.leukaemia, rtol=1e-4)
    np.testing.assert_allclose(ours.b_cells, unit * theirs.b_cells, rtol=1e-4)


@settings(max_examples=15, deadline=None)
@given(near(leon.PARAMETERS, 0.3))
def test_without_car_t_cells_refilled_production_keeps_b_cells_where_they_were(
    patient: dict[str, float],
) -> None:
    """CAR-T cells are too few and find too little antigen to grow before the last day."""
    still = patient | {"c_start": 1e-30, "b_start": patient["b_baseline"], "l_start": 1.0}
    course = leon.solve_predation(np.array([0.0, 30.0]), production="refilled", **still)
    assert course.b_cells[1] == pytest.approx(patient["b_baseline"], rel=1e-6)


@settings(max_examples=10, deadline=None)
@given(st.floats(0.8, 2), st.floats(0.8, 2))
def test_in_the_end_b_cells_are_as_many_as_keep_the_car_t_cells(life: float, rate: float) -> None:
    """Where C stands still without leukaemia, rho_C B = 1 / tau_C, if production reaches that."""
    p = leon.PARAMETERS.values(tau_c=14 * life, rho_c=1.125e-11 * rate, l_start=1e-9, rho_l=1e-9)
    course = leon.solve_predation(np.array([20_000.0]), production="refilled", **p)
    assert course.b_cells[0] == pytest.approx(1 / (p["rho_c"] * p["tau_c"]), rel=0.01)


def test_courses_of_decades_are_solved_although_they_come_to_rest() -> None:
    rng = np.random.default_rng(1)
    several = {
        name: value * np.exp2(rng.uniform(-1, 1, 40))
        for name, value in leon.PARAMETERS.values().items()
    }
    course = leon.solve_predation(np.array([20_000.0]), production="refilled", **several)
    assert (course.convergence == 0).all()


@settings(max_examples=20, deadline=None)
@given(near(hanson.PARAMETERS, 0.4))
def test_inflammation_is_positive_and_the_marks_bound_it(patient: dict[str, float]) -> None:
    course = hanson.solve_inflammation(DAYS, **patient)
    cells = [course.leukaemia, course.cytotoxic_memory, course.cytotoxic_effector,
             course.helper_memory, course.helper_effector, course.lymphocytes]  # fmt: skip
    assert (np.array(cells) > 0).all()
    assert (course.inflammation <= course.peak * (1 + 1e-6)).all()
    assert (course.leukaemia >= course.lowest_leukaemia * (1 - 1e-6)).all()
    assert course.inflammation.min() > min(patient["i_start"], patient["p0"] / patient["d2"]) * 0.99


@settings(max_examples=20, deadline=None)
@given(near(hanson.PARAMETERS, 0.4), st.floats(1, 40))
def test_an_inflammation_can_be_stopped_and_taken_up_again(
    patient: dict[str, float], day: float
) -> None:
    course = hanson.solve_inflammation(np.array([day]), **patient)
    there = {
        "b_start": course.leukaemia, "i_start": course.inflammation,
        "cm_start": course.cytotoxic_memory, "ce_start": course.cytotoxic_effector,
        "hm_start": course.helper_memory, "he_start": course.helper_effector,
        "l_start": course.lymphocytes,
    }  # fmt: skip
    resumed = patient | {name: float(state[0]) for name, state in there.items()}
    again = hanson.solve_inflammation(DAYS, **resumed).inflammation
    np.testing.assert_allclose(
        again, hanson.solve_inflammation(day + DAYS, **patient).inflammation, rtol=1e-5
    )
