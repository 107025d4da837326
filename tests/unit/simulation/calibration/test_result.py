"""The saved result: what it holds, and that it survives being saved."""

import json

import numpy as np
import pytest

from protocyte.errors import RecordError
from protocyte.kinetics.allogeneic.assemble import Setting, assemble_rows
from protocyte.kinetics.allogeneic.solve import solve_patients
from protocyte.kinetics.allogeneic.target import Target
from protocyte.kinetics.allogeneic.terms import find_terms
from protocyte.protocol.product import Product
from protocyte.protocol.rehearsal import Patients, Spread
from protocyte.simulation.calibration.gated import NAMES
from protocyte.simulation.calibration.result import KEPT, Calibration, load_calibration
from protocyte.simulation.population.draw import sample_patients

SAVED = load_calibration()


def test_a_result_survives_being_saved() -> None:
    again = Calibration.from_dict(json.loads(json.dumps(SAVED.as_dict())))
    assert again.as_dict() == SAVED.as_dict()


@pytest.mark.parametrize("data", [{}, {"made": {}}, SAVED.as_dict() | {"population": {"mean": 1}}])
def test_what_is_no_result_is_told(data: dict[str, object]) -> None:
    with pytest.raises(RecordError, match="no result of a calibration"):
        Calibration.from_dict(data)


def test_chains_of_the_saved_result_agree() -> None:
    high = {
        (part, name): row["r_hat"]
        for part, rows in SAVED.summaries.items()
        for name, row in rows.items()
        if not (row["r_hat"] or 9) < 1.05 or not (row["bulk"] or 0) > 100
    }
    assert not high


def test_saved_draws_tell_what_the_summaries_tell() -> None:
    found = SAVED.population.quantities()
    assert SAVED.population.size == KEPT
    for name, row in SAVED.summaries["kinetics"].items():
        middle, sd = row["q50"], row["sd"]
        assert middle is not None
        assert sd is not None
        assert abs(np.median(found[name]) - middle) < 0.35 * sd


def test_cutpoints_rise_on_both_scales() -> None:
    assert SAVED.scales == ("Lee 2014", "ASTCT 2019")
    for scale in SAVED.scales:
        assert len(SAVED.crs_draws(scale)) == KEPT
        for model in (*SAVED.crs_draws(scale), SAVED.crs[scale]):
            assert np.all(np.diff(model.cutpoints) > 0)


def test_both_peaks_raise_the_grade() -> None:
    for model in SAVED.crs.values():
        assert model.share(1000.0, 300.0, 2) > model.share(1.0, 300.0, 2)
        assert model.share(1000.0, 300.0, 2) > model.share(1000.0, 10.0, 2)
        assert model.share(0.01, 300.0, 2) == model.share(0.1, 300.0, 2)


def test_more_is_severe_on_the_consensus_scale() -> None:
    lee, astct = SAVED.crs["Lee 2014"], SAVED.crs["ASTCT 2019"]
    assert astct.share(1000.0, 300.0, 3) > lee.share(1000.0, 300.0, 3)


def test_new_patients_are_spread_as_the_summaries_say() -> None:
    drawn = SAVED.sample_patients(40_000, rng=np.random.default_rng(1))
    assert set(drawn) == set(NAMES)
    peak = np.log(drawn["c_max"])
    centre = np.log(SAVED.typical["c_max"])
    failed = SAVED.typical["fails_to_expand"]
    assert abs(np.mean(peak < centre + 0.5 * np.log(SAVED.typical["failed_peak"])) - failed) < 0.05
    assert abs(np.median(drawn["t_max"]) / SAVED.typical["t_max"] - 1) < 0.03


def test_typical_values_are_taken_by_the_simulator() -> None:
    body = Spread(mean=70, sd=0, low=70, high=70)
    drawn = sample_patients(
        2000,
        disease="B-ALL",
        patients=Patients(age=body, weight=body, female=0.5),
        typical=SAVED.typical | {"room_power": 0.0},
        rng=np.random.default_rng(1),
    )
    own = Product(name="CD22", donor="autologous", cars=("CD22",), edits=())
    setting = Setting(find_terms(own), "standard", Target.of("B-ALL"), None)
    course = solve_patients(assemble_rows(setting, drawn.values, n=2000), horizon=60.0)
    peak = np.log(course.summary["peak"] / 5e8)
    mixed = np.log(SAVED.sample_patients(20_000, rng=np.random.default_rng(2))["c_max"])
    # Antigen slows expansion a little where burden is low; means of ln stay within a fifth.
    assert abs(np.median(peak) - np.median(mixed)) < 0.35
