"""With its new terms off, the allogeneic model is the published model that it grew from.

Tier 2 against Kimmel 2021 (check values of a stiff solver on the published equations, and the
figures the paper prints); tier 1 against Stein 2019 (its closed form).
"""

import numpy as np
import pytest

from protocyte.kinetics import kimmel_2021_axicabtagene as kimmel
from protocyte.kinetics import stein_2019_tisagenlecleucel as stein
from protocyte.kinetics.allogeneic.assemble import assemble_rows
from protocyte.kinetics.allogeneic.patient import Patients
from protocyte.kinetics.allogeneic.solve import solve_patients
from protocyte.kinetics.allogeneic.typical import find_typical_setting, find_typical_values


def make_plain(**changes: float) -> Patients:
    """Make a typical patient in whom nothing rejects, kills host cells or runs out of antigen."""
    row = assemble_rows(find_typical_setting(), find_typical_values(), n=1)
    off = dict.fromkeys(("h_t", "h_k", "k_a", "k7", "k_f", "mu", "drug_loss"), 0.0)
    for name, value in ({**off, "b_n": 1e30} | changes).items():
        row[name] = value
    return row


def make_kimmel(**changes: float) -> Patients:
    """Make the patient of Kimmel 2021."""
    p = kimmel.PARAMETERS.values() | {
        k: v for k, v in changes.items() if k in ("n_start", "c_start")
    }
    return make_plain(
        form=1.0, alpha=0.0, to_memory=0.0, w=0.0,
        **{name: p[name] for name in ("k_n", "k_c", "r_n", "rho_c", "a", "b", "gamma_b", "k_b")},
        r_b=changes.get("r_b", p["r_b"]), n_start=p["n_start"], e_start=p["c_start"],
        b_start=p["b_start"],
    )  # fmt: skip


def test_competition_gives_the_course_of_kimmel() -> None:
    """Day 7, 14, 28: the paper's 30, 9.0 and 2.5 cells/µL, and host lymphocytes."""
    days = np.array([7.0, 14.0, 28.0, 90.0, 180.0])
    course = solve_patients(make_kimmel(), days=days)
    assert course.car_per_ul[0].round(2).tolist()[:1] == [30.23]
    assert np.allclose(course.car_per_ul[0], [30.23, 9.045, 2.508, 0.341, 0.0190], rtol=2e-3)
    assert np.allclose(course.host_t_per_ul[0], [108.6, 295.1, 472.8, 499.6, 500.0], rtol=2e-4)


def test_competition_is_kimmel_to_the_solvers_precision() -> None:
    days = np.array([1.0, 7.0, 14.0, 28.0, 60.0])
    ours = solve_patients(make_kimmel(), days=days)
    theirs = kimmel.solve_competition(days, **kimmel.PARAMETERS.values())
    assert np.allclose(ours.car[0], theirs.car, rtol=1e-5)
    assert np.allclose(ours.host_t[0], theirs.host, rtol=1e-5)
    assert np.allclose(ours.target[0], theirs.tumour, rtol=1e-5)


@pytest.mark.parametrize(
    ("per_ul", "peak"), [(2, 79.5), (6, 30.2), (12, 9.9), (24, 2.8), (100, 0.40)]
)
def test_deeper_lymphodepletion_lets_more_cells_grow(per_ul: float, peak: float) -> None:
    found = solve_patients(make_kimmel(n_start=per_ul * 5e8)).summary["peak"][0] / 5e8
    assert found == pytest.approx(peak, rel=0.02)


@pytest.mark.parametrize(("r_b", "lowest"), [(0.105, 2.0), (0.19, 1006), (0.265, 70638)])
def test_the_lowest_tumour_is_that_of_kimmel(r_b: float, lowest: float) -> None:
    found = np.exp(solve_patients(make_kimmel(r_b=r_b)).summary["b_low"][0])
    assert found == pytest.approx(lowest, rel=0.03)


def test_a_hard_gate_gives_the_course_of_stein() -> None:
    """The closed form of tisagenlecleucel, with levels within 2 per cent."""
    p = stein.PARAMETERS.values()
    days = np.array([0.0, 7.0, 9.0, 14.0, 28.0, 90.0, 180.0, 365.0])
    rho = np.log(p["fold_expansion"]) / p["t_max"]
    scale = 1e6
    row = make_plain(
        form=0.0, lag=0.0, width=0.01, rho=rho, t_max=p["t_max"], alpha=p["alpha"], beta=p["beta"],
        to_memory=p["persisting_fraction"] * (p["alpha"] - p["beta"]),
        e_start=scale * p["c_max"] / p["fold_expansion"],
    )  # fmt: skip
    course = solve_patients(row, days=days)
    # Stein starts memory at the peak with its share; the gate lets it build up from there on.
    theirs = stein.solve_expansion(days, **p)
    fast = p["c_max"] * np.exp(-p["alpha"] * np.maximum(days - p["t_max"], 0))
    assert np.allclose(course.values[0, days < 9.3, 2], scale * theirs[days < 9.3], rtol=5e-3)
    late = days > 9.3
    assert np.allclose(course.values[0, late, 2], scale * fast[late], rtol=0.02)
