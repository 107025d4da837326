"""Several designs before the same truths: exact where a walk fits, the same patients elsewhere."""

import json

import numpy as np
import pytest

from protocyte.design import BOIN, BOIN12, Scenario, ThreePlusThree, find_characteristics
from protocyte.design.candidate import Candidate
from protocyte.simulation.comparison import simulate_comparison

TRUTHS = (
    Scenario((0.05, 0.15, 0.35), eff=(0.2, 0.5, 0.6), name="a"),
    Scenario((0.5, 0.6, 0.7), eff=(0.2, 0.5, 0.6), name="b"),
)
DESIGNS = (
    Candidate("BOIN12", BOIN12(n_doses=3, cohorts=4), is_own=True),
    Candidate("BOIN", BOIN(target=0.35, n_doses=3, cohorts=4)),
    Candidate("3+3", ThreePlusThree(n_doses=3)),
    Candidate("CRM", None, missing="CRM needs a skeleton."),
)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_exact_answers_are_those_of_the_walk() -> None:
    found = simulate_comparison(DESIGNS, TRUTHS, rng=rng())
    assert [one.candidate.label for one in found.designs] == ["BOIN12", "BOIN", "3+3"]
    assert [one.label for one in found.left_out] == ["CRM"]
    for one in found.designs:
        assert one.candidate.design is not None
        walked = find_characteristics(one.candidate.design, TRUTHS)
        assert one.found.exact
        assert one.found.selection.tolist() == walked.selection.tolist()
        assert one.why_simulated == ""


def test_all_are_judged_alike() -> None:
    found = simulate_comparison(DESIGNS, TRUTHS, rng=rng())
    assert found.yardstick.label == "BOIN12"
    best = found.yardstick.best
    assert best[1] == 0  # nothing is tolerated
    for one in found.designs:
        correct = found.correct(one)
        assert best[0] is not None
        assert correct[0] == one.found.selection[0, best[0] - 1]
        assert correct[1] == one.found.none[1]
        overdosed = found.overdosed(one)
        assert overdosed is not None
        assert overdosed[1] == pytest.approx(1.0)
        # At a target of 0.35 nothing in the first scenario lies above.
        assert overdosed[0] == 0
        utility = found.utility(one)
        assert utility is not None
        assert found.yardstick.utilities is not None
        assert utility[0] == pytest.approx(
            float(one.found.selection[0] @ np.array(found.yardstick.utilities[0]))
        )


def test_a_walk_that_does_not_fit_is_simulated_and_that_is_said() -> None:
    big = Candidate("BOIN12", BOIN12(n_doses=3, cohorts=9, early_stop=None))
    found = simulate_comparison([big, DESIGNS[1]], TRUTHS, trials=3_000, memory=1e-3, rng=rng())
    first, second = found.designs
    assert not first.found.exact
    assert first.found.trials == 3_000
    assert "memory=0.001 GB are allowed" in first.why_simulated
    assert second.found.exact
    exact = find_characteristics(big.design, TRUTHS)  # type: ignore[arg-type]
    error = np.sqrt(exact.selection * (1 - exact.selection) / 3_000)
    assert (np.abs(first.found.selection - exact.selection) < 4 * error + 1e-12).all()


def test_the_same_patients_meet_every_design() -> None:
    twin = Candidate("twin", BOIN12(n_doses=3, cohorts=9, early_stop=None))
    other = Candidate("other", BOIN12(n_doses=3, cohorts=9, early_stop=None))
    found = simulate_comparison([twin, other], TRUTHS, trials=500, memory=1e-3, rng=rng())
    one, two = (compared.found.selection for compared in found.designs)
    assert one.tolist() == two.tolist()


def test_a_design_that_does_not_fit_the_truths_is_left_out() -> None:
    two = Candidate("BOIN", BOIN(target=0.3, n_doses=2))
    found = simulate_comparison([two], TRUTHS, trials=100, rng=rng())
    assert found.designs == ()
    assert "describes 3 doses and the design has 2" in found.left_out[0].missing


def test_a_comparison_is_plain_data() -> None:
    data = json.loads(json.dumps(simulate_comparison(DESIGNS, TRUTHS, rng=rng()).as_dict()))
    assert data["yardstick"]["of"] == "BOIN12"
    assert [entry["design"] for entry in data["designs"]] == ["BOIN12", "BOIN", "3+3"]
    assert data["designs"][0]["protocol"] is True
    judged = data["designs"][1]["scenarios"][0]["judged"]
    assert set(judged) == {"correct", "overdosed", "utility"}
    assert data["left_out"] == [{"design": "CRM", "why": "CRM needs a skeleton."}]
