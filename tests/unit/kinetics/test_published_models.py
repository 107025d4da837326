"""Liso-cel, León-Triana and Hanson: shapes, ensembles, options, refusals."""

import math
from typing import Any

import numpy as np
import pytest

from protocyte.errors import NumericalError, ProtocolError
from protocyte.kinetics import hanson_2016_crs as hanson
from protocyte.kinetics import leon_triana_2021_leukaemia as leon
from protocyte.kinetics import ogasawara_2021_lisocabtagene as liso
from protocyte.kinetics.convergence import Convergence

DAYS = np.array([0.0, 7.0, 28.0])


def test_liso_cel_asks_for_what_is_not_published() -> None:
    with pytest.raises(
        ProtocolError, match=r"no value of c_max .* is published; give one and list"
    ):
        liso.PARAMETERS.values(persisting_fraction=0.01)
    with pytest.raises(ProtocolError, match="no value of persisting_fraction"):
        liso.PARAMETERS.values(c_max=1.0)
    given = liso.PARAMETERS.values(c_max=1.0, persisting_fraction=0.01)
    np.testing.assert_array_equal(
        liso.solve_expansion(DAYS, **given),
        liso.solve_expansion(DAYS, c_max=1.0, persisting_fraction=0.01),
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"lag": 12.0}, "lag of 12 d and t_max of 9.29 d mean that growth begins after the peak"),
        ({"half_life_initial": 400.0}, "the terminal decline is the faster one; swap them"),
        ({"persisting_fraction": 1.5}, "1.5 is more than the whole peak"),
        ({"c_max": 0.0}, "c_max of 0 copies/µg is not a positive number"),
    ],
)
def test_liso_cel_refuses_parameters_without_a_meaning(
    changes: dict[str, float], message: str
) -> None:
    given = {"c_max": 1.0, "persisting_fraction": 0.01} | changes
    with pytest.raises(ProtocolError, match=message):
        liso.solve_expansion(DAYS, **given)


def test_liso_cel_gives_a_row_a_patient_in_the_unit_of_the_peak() -> None:
    peaks = np.array([1.0, 2.0e4])
    many = liso.solve_expansion(DAYS, c_max=peaks, persisting_fraction=0.01)
    assert many.shape == (2, 3)
    np.testing.assert_allclose(many[1], 2e4 * many[0], rtol=1e-12)


def test_predation_gives_a_row_a_patient_and_times_in_any_order() -> None:
    typical: dict[str, Any] = leon.PARAMETERS.values()
    many = leon.solve_predation(DAYS[::-1], **typical | {"c_start": np.array([1e7, 1e8])})
    one = leon.solve_predation(DAYS, **typical)
    assert many.car.shape == (2, 3)
    assert many.peak_car.shape == (2,)
    np.testing.assert_array_equal(many.b_cells[0], one.b_cells[::-1])


def test_production_is_refilled_unless_another_is_named() -> None:
    typical: dict[str, Any] = leon.PARAMETERS.values()
    courses = {
        production: float(leon.solve_predation(DAYS, production=production, **typical).b_cells[-1])
        for production in ("none", "curated", "refilled")
    }
    assert courses["none"] < courses["curated"] < courses["refilled"]
    assert float(leon.solve_predation(DAYS, **typical).b_cells[-1]) == courses["refilled"]
    with pytest.raises(ProtocolError, match='"steady" is no production of B cells; use one of'):
        leon.solve_predation(DAYS, production="steady", **typical)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("solve", "typical", "wild"),
    [
        (leon.solve_predation, leon.PARAMETERS.values(), {"alpha": 1e300}),
        (hanson.solve_inflammation, hanson.PARAMETERS.values(), {"n": 1e6}),
    ],
)
def test_a_failure_is_a_code_in_an_ensemble_and_an_error_alone(
    solve: Any, typical: dict[str, float], wild: dict[str, float]
) -> None:
    ((name, value),) = wild.items()
    course = solve(DAYS, **typical | {name: np.array([typical[name], value])})
    assert course.convergence[0] == Convergence.SOLVED
    assert course.convergence[1] != Convergence.SOLVED
    with pytest.raises(NumericalError, match=f"{name}=1e"):
        solve(DAYS, **typical | wild)


def test_suppression_lowers_inflammation_and_stays_below_what_is_made() -> None:
    typical = hanson.PARAMETERS.values()
    plain = hanson.solve_inflammation(DAYS, **typical)
    treated = hanson.solve_inflammation(DAYS, suppression=60.0, **typical)
    assert (treated.inflammation[1:] < plain.inflammation[1:]).all()
    for wrong in (-1.0, 200.0, math.nan):
        with pytest.raises(ProtocolError, match="is not between 0 and what is made without"):
            hanson.solve_inflammation(DAYS, suppression=wrong, **typical)


def test_inflammation_names_a_parameter_that_is_missing_or_unknown() -> None:
    typical = hanson.PARAMETERS.values()
    with pytest.raises(ProtocolError, match="cannot be solved without k, n"):
        hanson.solve_inflammation(
            DAYS, **{name: v for name, v in typical.items() if name not in ("k", "n")}
        )
    with pytest.raises(ProtocolError, match='no parameter "b_strat"; write "b_start"'):
        hanson.solve_inflammation(DAYS, b_strat=1.0, **typical)
