"""Lisocabtagene maraleucel: the figures of the abstract, and what follows from them.

Ogasawara et al. 2021, doi:10.1007/s40262-021-01039-5, abstract: population means and 95 %
confidence intervals. No scale, no persisting share and no variability are in it.
"""

import math

import numpy as np
import pytest

from protocyte.kinetics import stein_2019_tisagenlecleucel as stein
from protocyte.kinetics.ogasawara_2021_lisocabtagene import FURTHER, PARAMETERS, solve_expansion

#: Mean, lower and upper limit, as printed [d].
ABSTRACT = {
    "lag": ("3.27", "2.71", "3.97"),
    "doubling_time": ("0.755", "0.667", "0.821"),
    "t_max": ("9.29", "8.81", "9.70"),
    "half_life_initial": ("5.00", "4.15", "5.90"),
    "half_life_terminal": ("352", "241", "647"),
}


@pytest.mark.parametrize("name", ABSTRACT)
def test_means_and_confidence_intervals_are_those_of_the_abstract(name: str) -> None:
    parameter = PARAMETERS[name]
    assert parameter.spread
    assert (parameter.printed, *parameter.spread.printed) == ABSTRACT[name]
    assert (parameter.spread.kind, parameter.status) == ("confidence", "sourced")


def test_what_the_abstract_lacks_has_no_value() -> None:
    assert [p.name for p in PARAMETERS if p.status == "unpublished"] == [
        "c_max", "persisting_fraction",
    ]  # fmt: skip


def course(*days: float) -> np.ndarray:
    return solve_expansion(np.array(days), c_max=1.0, persisting_fraction=0.01)


def test_the_course_has_the_lag_the_doubling_time_and_the_half_lives() -> None:
    start, lag, doubled, peak = course(0.0, 3.27, 3.27 + 0.755, 9.29)
    assert (start, peak) == (lag, 1.0)
    assert doubled == pytest.approx(2 * lag, rel=1e-12)
    # The fast part alone, then the slow part alone.
    early, late = solve_expansion(
        np.array([14.29, 361.29]), c_max=1.0, persisting_fraction=np.array([1e-12, 1.0])
    )
    assert early[0] == pytest.approx(0.5, rel=1e-9)
    assert late[1] == pytest.approx(0.5, rel=1e-12)


def test_derived_figures() -> None:
    """Rate 0.918 per day, growth for 6.02 d, 7.97 doublings, 251 fold."""
    p = {name: PARAMETERS[name].value for name in ABSTRACT}
    growth = p["t_max"] - p["lag"]
    found = {
        "rho": f"{math.log(2) / p['doubling_time']:.3f}",
        "growth_phase": f"{growth:.2f}",
        "doublings": f"{growth / p['doubling_time']:.2f}",
        "fold_expansion": f"{2 ** (growth / p['doubling_time']):.0f}",
        "alpha": f"{math.log(2) / p['half_life_initial']:.3f}",
        "beta": f"{math.log(2) / p['half_life_terminal']:.5f}",
    }
    assert {p.name: p.printed for p in FURTHER} == found
    assert [found[name] for name in ("rho", "growth_phase", "doublings", "fold_expansion")] == [
        "0.918", "6.02", "7.97", "251",
    ]  # fmt: skip
    start, peak = course(0.0, 9.29)
    assert round(peak / start) == 251


def test_without_a_lag_it_is_the_form_of_stein() -> None:
    """Two papers, two parametrisations, one form: where the lag goes to zero they agree."""
    days = np.linspace(0, 400, 401)
    theirs = stein.PARAMETERS.values(tocilizumab_factor=1.0)
    ours = solve_expansion(
        days,
        c_max=theirs["c_max"],
        persisting_fraction=theirs["persisting_fraction"],
        lag=1e-12,
        doubling_time=theirs["t_max"] / math.log2(theirs["fold_expansion"]),
        t_max=theirs["t_max"],
        half_life_initial=math.log(2) / theirs["alpha"],
        half_life_terminal=math.log(2) / theirs["beta"],
    )
    np.testing.assert_allclose(ours, stein.solve_expansion(days, **theirs), rtol=1e-9)
