"""Virtual patients: distributions, given normals, replay, assumptions."""

import math

import numpy as np
import pytest
from scipy.stats import kstest, norm, truncnorm

from protocyte.errors import ProtocolError
from protocyte.kinetics import kimmel_2021_axicabtagene as kimmel
from protocyte.kinetics import stein_2019_tisagenlecleucel as stein
from protocyte.simulation.virtual_patients import (
    KIMMEL_VARIED,
    VirtualPatients,
    sample_kimmel_patients,
    sample_stein_patients,
)

VARIED = ("c_max", "t_max", "fold_expansion", "alpha", "beta", "persisting_fraction")


def rng(seed: int = 7) -> np.random.Generator:
    return np.random.default_rng(seed)


def both(n: int, seed: int = 7) -> list[VirtualPatients]:
    return [sample_stein_patients(n, rng=rng(seed)), sample_kimmel_patients(n, rng=rng(seed))]


def test_the_same_seed_gives_the_same_patients_and_another_others() -> None:
    for first, again, other in zip(both(5), both(5), both(5, seed=8), strict=True):
        for name in first.latent:
            np.testing.assert_array_equal(first.parameters[name], again.parameters[name])
            assert not np.array_equal(first.parameters[name], other.parameters[name])


def test_patients_fit_the_models_they_are_drawn_for() -> None:
    tisagenlecleucel, axicabtagene = both(20)
    levels = stein.solve_expansion(np.array([0.0, 28.0]), **tisagenlecleucel.parameters)
    course = kimmel.solve_competition(np.array([0.0, 28.0]), **axicabtagene.parameters)
    assert levels.shape == course.car.shape == (20, 2)
    assert (course.convergence == 0).all()
    assert (tisagenlecleucel.model, axicabtagene.model) == ("Stein2019", "Kimmel2021")


def test_parameters_cannot_be_overwritten() -> None:
    for patients in both(2):
        for array in (*patients.parameters.values(), *patients.latent.values()):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1.0


@pytest.mark.parametrize(("spread", "power"), [("variance", 0.5), ("sd", 1.0)])
def test_a_log_normal_parameter_is_its_typical_value_times_a_power_of_e(
    spread: str, power: float
) -> None:
    patients = sample_stein_patients(50, spread=spread, rng=rng())  # type: ignore[arg-type]
    expected = 24_000 * np.exp(0.65**power * patients.latent["c_max"])
    np.testing.assert_allclose(patients.parameters["c_max"], expected, rtol=1e-12)
    assert tuple(patients.latent) == VARIED


def test_log_normal_parameters_are_standard_normal_underneath_and_independent() -> None:
    n = 20_000
    latent = sample_stein_patients(n, rng=rng()).latent
    for name in VARIED:
        assert kstest(latent[name], norm.cdf).pvalue > 1e-3
    correlations = np.corrcoef([latent[name] for name in VARIED])
    assert np.abs(correlations - np.eye(len(VARIED))).max() < 4 / math.sqrt(n)


def test_given_normals_are_used_and_leave_the_other_draws_alone() -> None:
    given = np.array([-1.0, 0.0, 2.0])
    for sample, name in ((sample_stein_patients, "c_max"), (sample_kimmel_patients, "r_b")):
        plain, shaped = sample(3, rng=rng()), sample(3, latent={name: given}, rng=rng())
        np.testing.assert_array_equal(shaped.latent[name], given)
        for other in plain.latent:
            same = np.array_equal(plain.parameters[other], shaped.parameters[other])
            assert same is (other != name)
    assert given.flags.writeable


def test_an_outcome_can_be_correlated_with_the_logarithm_of_cmax() -> None:
    n, wanted = 20_000, 0.6
    pair = rng(1).multivariate_normal([0, 0], [[1, wanted], [wanted, 1]], size=n)
    patients = sample_stein_patients(n, latent={"c_max": pair[:, 0]}, rng=rng(2))
    found = np.corrcoef(np.log(patients.parameters["c_max"]), pair[:, 1])[0, 1]
    assert abs(found - wanted) < 4 * (1 - wanted**2) / math.sqrt(n)


def test_patients_stay_where_the_model_has_a_meaning() -> None:
    extreme = {
        "alpha": [-5.0, 0.0],
        "beta": [5.0, 0.0],
        "persisting_fraction": [9.0, 0.0],
        "fold_expansion": [-9.0, 0.0],
    }
    p = sample_stein_patients(2, latent=extreme, rng=rng()).parameters
    # The rates are swapped, so that the pair that was drawn is kept.
    assert p["alpha"][0] == pytest.approx(0.0032 * math.exp(5 * math.sqrt(0.86)))
    assert p["beta"][0] == pytest.approx(0.16 * math.exp(-5 * math.sqrt(0.91)))
    assert (p["persisting_fraction"][0], p["fold_expansion"][0]) == (1, 1)
    assert [p[name][1] for name in extreme] == pytest.approx([0.16, 0.0032, 0.0079, 3900])
    assert (stein.solve_expansion(np.array([0.0, 99.0]), **p) > 0).all()


@pytest.mark.parametrize(("spread", "expected"), [("variance", 0.00164), ("sd", 0.00089)])
def test_how_many_patients_have_their_rates_sorted(spread: str, expected: float) -> None:
    n = 100_000
    latent = sample_stein_patients(n, rng=rng()).latent
    sd = {name: stein.PARAMETERS[name].spread for name in ("alpha", "beta")}
    logs = {
        name: math.log(stein.PARAMETERS[name].value) + found.log_sd(spread) * latent[name]  # type: ignore[arg-type]
        for name, found in sd.items()
        if found
    }
    share = np.mean(logs["beta"] > logs["alpha"])
    assert abs(share - expected) < 4 * math.sqrt(expected / n)


def test_comedication_factors_are_the_same_for_everybody() -> None:
    p = sample_stein_patients(3, rng=rng()).parameters
    assert p["tocilizumab_factor"].tolist() == [1.2] * 3
    assert p["steroid_factor"].tolist() == [1.0] * 3


def test_kimmel_parameters_have_the_relative_sd_and_the_start_is_fixed() -> None:
    n = 40_000
    p = sample_kimmel_patients(n, rng=rng()).parameters
    for name in KIMMEL_VARIED:
        ratio = p[name] / kimmel.PARAMETERS[name].value
        assert abs(ratio.mean() - 1) < 4 * 0.05 / math.sqrt(n)
        assert abs(ratio.std() / 0.05 - 1) < 4 / math.sqrt(2 * n)
    for name in ("n_start", "c_start", "b_start"):
        assert (p[name] == kimmel.PARAMETERS[name].value).all()


def test_a_wide_normal_is_cut_off_at_zero() -> None:
    n, wide = 40_000, 0.8
    patients = sample_kimmel_patients(n, relative_sd=wide, rng=rng())
    ratio = patients.parameters["r_n"] / 0.170
    assert ratio.min() > 0
    assert kstest(ratio, truncnorm(-1 / wide, np.inf, loc=1, scale=wide).cdf).pvalue > 1e-3
    order = np.argsort(patients.latent["r_n"])
    assert (np.diff(ratio[order]) > 0).all()


def test_where_the_cut_is_far_away_normals_are_left_as_they_are() -> None:
    patients = sample_kimmel_patients(1000, rng=rng())
    expected = 0.170 * (1 + 0.05 * patients.latent["r_n"])
    np.testing.assert_allclose(patients.parameters["r_n"], expected, rtol=1e-12)
    far = sample_kimmel_patients(2, latent={"r_n": [-40.0, 40.0]}, rng=rng()).parameters["r_n"]
    assert (far > 0).all()
    assert far[1] == pytest.approx(0.170 * 3)


def test_typical_values_can_be_changed() -> None:
    p = sample_kimmel_patients(2, typical={"r_b": 0.105, "b_start": 2.3e9}, rng=rng()).parameters
    assert p["b_start"].tolist() == [2.3e9, 2.3e9]
    assert p["r_b"] == pytest.approx([0.105, 0.105], rel=0.3)


def test_the_reading_is_among_the_assumptions() -> None:
    for spread, meant in (("variance", "variances"), ("sd", "standard deviations")):
        patients = sample_stein_patients(1, spread=spread, rng=rng())  # type: ignore[arg-type]
        assert (
            patients.assumptions[0] == f"The printed random effects are {meant} of the logarithm."
        )
    wide = sample_kimmel_patients(1, relative_sd=0.2, rng=rng())
    assert wide.assumptions[0] == "Each SD is 20 % of the typical value."


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ProtocolError, match="0 virtual patients cannot be drawn"):
        sample_stein_patients(0, rng=rng())
    with pytest.raises(ProtocolError, match='cannot be read as "cv"'):
        sample_stein_patients(1, spread="cv", rng=rng())  # type: ignore[arg-type]
    with pytest.raises(ProtocolError, match='"dose" does not differ between these patients'):
        sample_stein_patients(1, latent={"dose": [0.0]}, rng=rng())
    with pytest.raises(ProtocolError, match="the normals given for c_max are not 2 finite numbers"):
        sample_stein_patients(2, latent={"c_max": [0.0, np.nan]}, rng=rng())
    with pytest.raises(ProtocolError, match="a relative SD of 5 is not between 0 and 1"):
        sample_kimmel_patients(1, relative_sd=5.0, rng=rng())
    with pytest.raises(ProtocolError, match='no parameter "r_B"; write "r_b"'):
        sample_kimmel_patients(1, typical={"r_B": 0.1}, rng=rng())
