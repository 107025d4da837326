"""The end of a tumour by chance: closed forms of others, and what Kimmel 2021 prints of its runs.

Kimmel et al. 2021, doi:10.1098/rspb.2021.0229, section 3 and figures 3 and 4, from 1,000 virtual
patients a setting, of which about a hundred are drawn here. Figure 4 does not print its rate of
growth: it is the one of the authors' code, 0.065 per day.
"""

import numpy as np
import pytest

from protocyte.kinetics.allogeneic.assemble import assemble_rows
from protocyte.kinetics.allogeneic.solve import solve_patients
from protocyte.kinetics.allogeneic.typical import find_typical_setting, find_typical_values
from protocyte.kinetics.kimmel_2021_axicabtagene import PARAMETERS, solve_competition
from protocyte.simulation.tumour_extinction import (
    TumourEnd,
    TumourEnds,
    find_extinction,
    simulate_extinction,
    simulate_tumours,
)
from protocyte.simulation.virtual_patients import sample_kimmel_patients

DAYS = np.linspace(0.0, 600.0, 6001)
CODE = 0.065


def killing(**changes: float) -> tuple[np.ndarray, np.ndarray]:
    """Give the rate of killing and the tumour of the typical patient."""
    p = PARAMETERS.values(**changes)
    course = solve_competition(DAYS, **p)
    return p["gamma_b"] * course.car / (p["k_b"] + course.car), course.tumour


@pytest.fixture(scope="module")
def cohort() -> TumourEnds:
    rng = np.random.default_rng(2021)
    patients = sample_kimmel_patients(120, typical={"r_b": CODE}, rng=rng)
    return simulate_tumours(patients.parameters, horizon=700.0, rng=rng)


@pytest.mark.parametrize("cells", [1, 3, 100])
def test_constant_rates_have_the_textbook_probability(cells: int) -> None:
    """mu (1 - e^-(l-m)t) / (l - m e^-(l-m)t) for one cell (Kendall 1948, equation 10)."""
    days, birth, death = np.linspace(0, 40, 4001), 0.3, 0.2
    decay = np.exp(-(birth - death) * days)
    textbook = (death * (1 - decay) / (birth - death * decay)) ** cells
    chance = find_extinction(days, np.full(days.size, death), birth=birth, cells=cells)
    np.testing.assert_allclose(chance, textbook, rtol=1e-7, atol=1e-12)


def test_every_simulated_day_agrees_with_kendall() -> None:
    """Slow tumour of the paper, 100 cells from the day on which it falls below them."""
    n, first = 5_000, 424
    rate, tumour = killing(r_b=0.105)
    assert tumour[first - 1] > 100 > tumour[first + 1]
    chance = find_extinction(DAYS[first:], rate[first:], birth=0.105, cells=100)
    moment, left = simulate_extinction(
        DAYS[first:], rate[first:], birth=0.105, cells=np.full(n, 100.0), escaped_at=1000,
        rng=np.random.default_rng(1948),
    )  # fmt: skip
    assert 0.6 < chance[-1] < 0.7
    for day in (46.0, 50.0, 60.0, 80.0, 120.0, 600.0):
        expected = float(np.interp(day, DAYS[first:], chance))
        found = np.mean((left == 0) & (moment <= day))
        assert abs(found - expected) < 4 * np.sqrt(expected * (1 - expected) / n) + 1e-9, day


@pytest.mark.parametrize("r_b", [CODE, 0.105, 0.13])
def test_the_threshold_hardly_matters(r_b: float) -> None:
    """Section 3e: "outcomes were very weakly impacted by choice of threshold"."""
    rate, tumour = killing(r_b=r_b)
    chances = []
    for threshold in (100.0, 1000.0, 1e5, np.inf):
        first = int(np.argmax(tumour < threshold))
        found = find_extinction(DAYS[first:], rate[first:], birth=r_b, cells=tumour[first])
        chances.append(float(found[-1]))
    assert np.ptp(chances[1:]) < 0.001
    assert abs(chances[0] - chances[-1]) < 0.007


def test_the_allogeneic_model_gives_the_same_probability() -> None:
    """Its closed form is carried along in a compiled solver, for many cells from day 0."""
    p = PARAMETERS.values(r_b=0.105)
    row = assemble_rows(find_typical_setting(), find_typical_values(), n=1)
    plain = dict.fromkeys(("h_t", "h_k", "k_a", "k7", "k_f", "mu", "drug_loss"), 0.0)
    same = {n: p[n] for n in ("k_n", "k_c", "r_n", "rho_c", "a", "b", "gamma_b", "k_b", "r_b")}
    starts = {"n_start": p["n_start"], "e_start": p["c_start"], "b_start": p["b_start"]}
    off = {"b_n": 1e30, "form": 1.0, "alpha": 0.0, "to_memory": 0.0, "w": 0.0}
    for name, value in (plain | same | starts | off).items():
        row[name] = value
    theirs = float(solve_patients(row, horizon=600.0, tolerance=1e-9).extinction[0])
    rate, tumour = killing(r_b=0.105)
    ours = float(find_extinction(DAYS, rate, birth=0.105, cells=tumour[0])[-1])
    assert ours == pytest.approx(theirs, abs=1e-4)


def test_most_cures_come_between_days_20_and_80_and_rarely_late(cohort: TumourEnds) -> None:
    """Section 3f and figure 4a: most between days 20 and 80, rarely up to day 140."""
    cures = cohort.day[cohort.end == TumourEnd.CURE]
    assert cures.min() > 20
    assert np.mean((cures > 20) & (cures < 80)) > 0.8
    assert np.quantile(cures, 0.95) < 140


def test_progression_comes_between_days_200_and_500(cohort: TumourEnds) -> None:
    """Section 3f: typically anywhere between days 200 and 500; figure 4b has them up to 600."""
    days = cohort.day[cohort.end == TumourEnd.PROGRESSION]
    assert np.mean((days > 200) & (days < 500)) > 0.6
    assert days.max() < 600


def test_ends_are_as_frequent_as_computed(cohort: TumourEnds) -> None:
    expected = float(cohort.cure_probability.mean())
    variance = float(np.sum(cohort.cure_probability * (1 - cohort.cure_probability)))
    found = int(np.sum(cohort.end == TumourEnd.CURE))
    assert abs(found - 120 * expected) < 4 * np.sqrt(variance)


def chance_of_cure(**changes: float) -> float:
    rate, tumour = killing(r_b=CODE, **changes)
    return float(find_extinction(DAYS, rate, birth=CODE, cells=tumour[0])[-1])


def test_more_host_cells_at_infusion_make_cure_less_likely() -> None:
    """Figure 3d: 2 to 12 host cells/µL at infusion."""
    chances = [chance_of_cure(n_start=count * 5e8) for count in (2, 4, 6, 8, 10, 12)]
    assert (np.diff(chances) <= 0).all()
    assert chances[0] > 0.99
    assert chances[-1] < 0.01


def test_a_larger_carrying_capacity_makes_cure_more_likely() -> None:
    """Figure 3c: capacities of 100 to 200 CAR-T cells/µL."""
    chances = [chance_of_cure(k_c=count * 5e8) for count in (100, 120, 140, 160, 200)]
    assert (np.diff(chances) >= 0).all()
    assert chances[0] < 0.01
    assert chances[-1] > 0.99


def test_differences_between_patients_make_cure_less_likely() -> None:
    """Figure 3e: without them cure is most likely; with an SD of 5 % it is well below that."""
    same = chance_of_cure()
    rng = np.random.default_rng(7)
    patients = sample_kimmel_patients(80, typical={"r_b": CODE}, rng=rng)
    mixed = simulate_tumours(patients.parameters, horizon=600.0, rng=rng).cure_probability.mean()
    assert same > 0.98
    assert mixed < 0.85
