"""The tisagenlecleucel model: shapes, comedication, refusals."""

import math

import numpy as np
import pytest

from protocyte.errors import ProtocolError
from protocyte.kinetics.stein_2019_tisagenlecleucel import FURTHER, PARAMETERS, solve_expansion

TYPICAL = PARAMETERS.values()
DAYS = np.array([0.0, 5.0, 9.3, 20.0])


def test_one_patient_gives_a_row_and_many_give_a_row_each() -> None:
    one = solve_expansion(DAYS, **TYPICAL)
    many = solve_expansion(DAYS, **TYPICAL | {"c_max": np.array([24_000.0, 12_000.0])})
    assert one.shape == (4,)
    assert many.shape == (2, 4)
    np.testing.assert_allclose(many, [one, one / 2], rtol=1e-12)


def test_derived_parameters_follow_from_the_table_to_the_printed_precision() -> None:
    p = TYPICAL
    rho = math.log(p["fold_expansion"]) / p["t_max"]
    expected = {
        "rho": f"{rho:.3f}",
        "doubling_time": f"{math.log(2) / rho:.2f}",
        "k": f"{p['persisting_fraction'] * (p['alpha'] - p['beta']):.5f}",
    }
    derived = {parameter.name: parameter.printed for parameter in FURTHER}
    assert {name: derived[name] for name in expected} == expected
    assert [parameter.status for parameter in FURTHER] == ["sourced"] + 3 * ["derived"]


def test_comedication_speeds_growth_from_its_day_on() -> None:
    rho = math.log(3900) / 9.3
    plain = solve_expansion(DAYS, **TYPICAL)
    given = solve_expansion(DAYS, **TYPICAL, tocilizumab_day=4.0)
    # 1 day more at 1.2 rho on day 5, 5.3 days at the peak; the decline starts from there.
    expected = np.exp(0.2 * rho * np.array([0.0, 1.0, 5.3, 5.3]))
    np.testing.assert_allclose(given / plain, expected, rtol=1e-12)


def test_two_comedications_multiply_their_factors() -> None:
    rho = math.log(3900) / 9.3
    factors = {"tocilizumab_factor": 1.2, "steroid_factor": 0.5}
    plain = solve_expansion(DAYS, **TYPICAL)
    both = solve_expansion(
        DAYS, **TYPICAL | factors, tocilizumab_day=2.0, steroid_day=np.array([4.0])
    )
    # Days 2 to 4 at 1.2 rho, from day 4 on at 1.2 × 0.5 rho.
    gained = np.array([0.0, 2 * 0.2 - 1 * 0.4, 2 * 0.2 - 5.3 * 0.4, 2 * 0.2 - 5.3 * 0.4])
    np.testing.assert_allclose(both[0] / plain, np.exp(rho * gained), rtol=1e-12)


@pytest.mark.parametrize("day", [math.inf, 9.3, 30.0])
def test_comedication_after_the_peak_changes_nothing(day: float) -> None:
    plain = solve_expansion(DAYS, **TYPICAL)
    given = solve_expansion(DAYS, **TYPICAL, tocilizumab_day=day)
    np.testing.assert_array_equal(given, plain)


def test_comedication_before_the_infusion_counts_from_the_infusion() -> None:
    before = solve_expansion(DAYS, **TYPICAL, tocilizumab_day=-1.0)
    at = solve_expansion(DAYS, **TYPICAL, tocilizumab_day=0.0)
    np.testing.assert_array_equal(before, at)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"alpha": 0.1, "beta": 0.2},
            r"\(beta=0.2 per day\) is faster than initial decline \(alpha=0.1 per day\); swap them",
        ),
        ({"persisting_fraction": 7.9}, "7.9 is more than the whole peak; .* not per cent"),
        ({"fold_expansion": 0.5}, "the level falls before its peak"),
        ({"c_max": -1.0}, "c_max of -1 copies/µg is not a positive number"),
        ({"tocilizumab_day": math.nan}, "give infinity for patients without it"),
    ],
)
def test_parameters_without_a_meaning_are_refused(changes: dict[str, float], message: str) -> None:
    with pytest.raises(ProtocolError, match=message):
        solve_expansion(DAYS, **TYPICAL | changes)


def test_the_first_patient_at_fault_is_named() -> None:
    rates = {"alpha": np.array([0.1, 0.1, 0.1]), "beta": np.array([0.01, 0.3, 0.2])}
    with pytest.raises(ProtocolError, match=r"beta=0\.3 per day"):
        solve_expansion(DAYS, **TYPICAL | rates)
