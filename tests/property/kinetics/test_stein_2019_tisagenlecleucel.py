"""Laws of the tisagenlecleucel model, for any patient."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from protocyte.kinetics.stein_2019_tisagenlecleucel import solve_expansion


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(np.log(low), np.log(high)).map(lambda log: float(np.exp(log)))


@st.composite
def patients(draw: st.DrawFn) -> dict[str, float]:
    rates = sorted((draw(numbers(1e-4, 1)), draw(numbers(1e-4, 1))))
    return {
        "c_max": draw(numbers(10, 1e7)),
        "t_max": draw(numbers(0.5, 60)),
        "fold_expansion": draw(numbers(1, 1e8)),
        "alpha": rates[1],
        "beta": rates[0],
        "persisting_fraction": draw(numbers(1e-6, 1)),
    }


DAYS = np.linspace(0, 400, 801)


@given(patients())
def test_levels_are_positive_and_never_above_the_peak(patient: dict[str, float]) -> None:
    levels = solve_expansion(DAYS, **patient)
    assert (levels > 0).all()
    assert (levels <= patient["c_max"] * (1 + 1e-12)).all()


@given(patients())
def test_the_peak_is_cmax_at_tmax_and_the_start_is_a_fold_below(patient: dict[str, float]) -> None:
    start, peak = solve_expansion(np.array([0.0, patient["t_max"]]), **patient)
    np.testing.assert_allclose(peak, patient["c_max"], rtol=1e-12)
    np.testing.assert_allclose(peak / start, patient["fold_expansion"], rtol=1e-9)


@given(patients())
def test_the_course_is_continuous_at_the_peak(patient: dict[str, float]) -> None:
    t_max, step = patient["t_max"], 1e-9
    around = solve_expansion(np.array([t_max * (1 - step), t_max * (1 + step)]), **patient)
    # The steepest side moves by at most ln(fold) and alpha times the step.
    steepest = np.log(patient["fold_expansion"]) + patient["alpha"] * t_max
    np.testing.assert_allclose(around, patient["c_max"], rtol=2 * step * steepest + 1e-12)


@given(patients())
def test_levels_rise_to_the_peak_and_fall_from_it(patient: dict[str, float]) -> None:
    rising = solve_expansion(np.linspace(0, patient["t_max"], 50), **patient)
    falling = solve_expansion(patient["t_max"] + np.linspace(0, 300, 200), **patient)
    assert (np.diff(rising) >= -1e-12 * rising[1:]).all()
    assert (np.diff(falling) < 0).all()


@given(patients(), st.floats(0.1, 50))
def test_a_later_peak_shifts_the_decline_and_changes_nothing_else(
    patient: dict[str, float], later: float
) -> None:
    days = patient["t_max"] + np.linspace(0, 300, 100)
    shifted = solve_expansion(days + later, **patient | {"t_max": patient["t_max"] + later})
    np.testing.assert_allclose(shifted, solve_expansion(days, **patient), rtol=1e-9)


@given(patients(), numbers(1e-3, 1e3))
def test_levels_are_proportional_to_cmax(patient: dict[str, float], factor: float) -> None:
    scaled = solve_expansion(DAYS, **patient | {"c_max": factor * patient["c_max"]})
    np.testing.assert_allclose(scaled, factor * solve_expansion(DAYS, **patient), rtol=1e-12)


@given(st.lists(patients(), min_size=1, max_size=5))
def test_a_patient_is_the_same_alone_and_among_others(several: list[dict[str, float]]) -> None:
    together = solve_expansion(
        DAYS, **{name: np.array([patient[name] for patient in several]) for name in several[0]}
    )
    alone = [solve_expansion(DAYS, **patient) for patient in several]
    np.testing.assert_allclose(together, alone, rtol=1e-13)


@given(patients(), st.floats(0, 60), numbers(1, 2))
def test_faster_growth_never_lowers_a_level(
    patient: dict[str, float], day: float, factor: float
) -> None:
    plain = solve_expansion(DAYS, **patient)
    faster = solve_expansion(
        DAYS, **patient, tocilizumab_day=day, tocilizumab_factor=factor, steroid_day=day
    )
    assert (faster >= plain * (1 - 1e-12)).all()
