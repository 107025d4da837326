"""Inflammation: the curated copy, and check values of somebody else.

Hanson et al. 2016, doi:10.1101/049908; BIOMD0000000837. The check values were computed from the
constants of the copy, independently of this code.
"""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from protocyte.kinetics.hanson_2016_crs import PARAMETERS, solve_inflammation

TYPICAL = PARAMETERS.values()


def test_peak_of_the_inflammation() -> None:
    course = solve_inflammation(np.array([60.0]), **TYPICAL)
    assert round(float(course.peak), 1) == 167.9
    assert round(float(course.peak_day), 1) == 6.7


def test_leukaemia_where_the_check_value_has_another_day() -> None:
    """The check value says that B is 124.8 at 24 d. It is 42.1 then, and 124.8 at 60 d.

    Radau and DOP853 on the plain equations give 42.12 at 24 d, 124.84 at 60 d (1,440 h), and pass
    124.8 once more on their way down, at 11.9 d.
    """
    course = solve_inflammation(np.array([24.0, 60.0]), **TYPICAL)
    assert course.leukaemia.round(1).tolist() == [42.1, 124.8]


def test_the_course_is_that_of_the_curated_copy_in_hours() -> None:
    p = TYPICAL
    hours = np.array([0.0, 24.0, 160.0, 336.0, 1440.0])

    def copy(_: float, x: np.ndarray) -> list[float]:
        b, i, cm, ce, hm, he, l = x  # noqa: E741
        room = max(0.0, 1 - (b + ce + cm + he + hm + l) / 1600)
        signal = i**2 / (i**2 + 800**2)
        taken = 4e-7 * b * cm * signal * (1 + 2 * he)
        helping = 8e-5 * b * hm * signal
        return [
            0.003 * b * (1 - b / 4800) - 2e-4 * b * ce,
            200 + 0.002 * b * (ce + he) - 1.5 * i,
            0.1 * cm * room - taken,
            64 * taken - 0.004 * ce,
            0.1 * hm * room - helping,
            64 * helping - 0.004 * he,
            0.4 + 0.1 * l * room - 2e-4 * l,
        ]

    start = [300.0, 140.0, 10.0, 10.0, 10.0, 10.0, 1600.0]
    found = solve_ivp(copy, (0, 1440), start, "Radau", t_eval=hours, rtol=1e-9, atol=1e-9)
    course = solve_inflammation(hours / 24, **p)
    ours = [
        course.leukaemia, course.inflammation, course.cytotoxic_memory, course.cytotoxic_effector,
        course.helper_memory, course.helper_effector, course.lymphocytes,
    ]  # fmt: skip
    np.testing.assert_allclose(ours, found.y, rtol=1e-6)


def test_inflammation_begins_above_what_is_made_without_cells() -> None:
    """140 at infusion; without leukaemia it would settle at p0/d2 = 133.3."""
    assert TYPICAL["p0"] / TYPICAL["d2"] == pytest.approx(133.33, abs=0.01)
    course = solve_inflammation(np.array([30.0]), **PARAMETERS.values(b_start=1e-9))
    assert course.inflammation[0] == pytest.approx(133.33, abs=0.01)
