"""Simulated trials of designs: chance, shared patients, refusals."""

import numpy as np
import pytest

from protocyte.design import BOIN, BOIN12, BOINET, FixedSample, Scenario, ThreePlusThree
from protocyte.errors import DesignError
from protocyte.simulation.designs import PatientDraws, sample_patient_draws, simulate_design

TRUTH = [Scenario((0.1, 0.3, 0.5), name="T")]


def test_the_same_seed_gives_the_same_trials() -> None:
    design = BOIN(target=0.3, n_doses=3)
    first, second = (
        simulate_design(design, TRUTH, trials=500, rng=np.random.default_rng(3)) for _ in range(2)
    )
    assert np.array_equal(first.selection, second.selection)


def test_trials_end_where_their_patients_say() -> None:
    """Three patients without DLT at any dose, then three with: 3+3 stops at dose 2, MTD is 1."""
    uniform = np.full((1, 18, 2), 0.99)
    uniform[0, 3:6] = 0.0
    found = simulate_design(ThreePlusThree(3), TRUTH, draws=PatientDraws(uniform))
    assert found.selection[0].tolist() == [1.0, 0.0, 0.0]
    assert found.participants[0].tolist() == [3.0, 3.0, 0.0]
    assert found.dlts is not None
    assert found.dlts[0].tolist() == [0.0, 3.0, 0.0]


def test_the_same_patients_serve_several_designs() -> None:
    draws = sample_patient_draws(2000, 30, rng=np.random.default_rng(5))
    first = simulate_design(BOIN(target=0.3, n_doses=3), TRUTH, draws=draws)
    second = simulate_design(BOIN(target=0.3, n_doses=3, bound_mtd=True), TRUTH, draws=draws)
    # The trials are the same, only their selection differs.
    assert np.array_equal(first.participants, second.participants)
    assert not np.array_equal(first.selection, second.selection)


def test_toxic_truths_need_more_dlts_from_the_same_patients() -> None:
    draws = sample_patient_draws(500, 12, rng=np.random.default_rng(5))
    found = simulate_design(
        FixedSample(12), [Scenario((p,), (0.5,)) for p in (0.1, 0.3)], draws=draws
    )
    assert found.dlts is not None
    assert found.responses is not None
    assert found.dlts[0, 0] < found.dlts[1, 0]
    assert found.responses[0, 0] == found.responses[1, 0]


def test_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    draws = sample_patient_draws(300, 36, rng=np.random.default_rng(5))
    for design in (BOIN(target=0.3, n_doses=3), BOINET(3)):
        truth = [Scenario((0.1, 0.3, 0.5), (0.2, 0.4, 0.6))]
        whole = simulate_design(design, truth, draws=draws)
        with monkeypatch.context() as patch:
            patch.setattr("protocyte.simulation.designs.BLOCK", 70)
            patch.setattr("protocyte.simulation.compiled.BLOCK", 70)
            pieces = simulate_design(design, truth, draws=draws)
        assert np.allclose(whole.selection, pieces.selection, atol=1e-15)


@pytest.mark.parametrize("both", [0.0, 0.05, 0.1])
def test_linked_events_keep_their_margins(both: float) -> None:
    scenario = Scenario((0.1,), (0.6,), (both,))
    found = simulate_design(
        FixedSample(10, features=("n", "tox", "eff", "both")),
        [scenario],
        trials=20_000,
        rng=np.random.default_rng(2),
    )
    assert found.dlts is not None
    assert found.responses is not None
    assert abs(found.dlts[0, 0] - 1) < 4 * found.errors["dlts"][0, 0]
    assert abs(found.responses[0, 0] - 6) < 4 * found.errors["responses"][0, 0]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "There is no source of chance"),
        ({"trials": 0}, "0 trials show nothing"),
        (
            {"draws": PatientDraws(np.zeros((5, 29, 2)))},
            "There are draws for 29 participants a trial and the design treats up to 30",
        ),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        simulate_design(BOIN(target=0.3, n_doses=3), TRUTH, **settings)  # type: ignore[arg-type]


def test_a_truth_must_describe_what_is_counted() -> None:
    with pytest.raises(DesignError, match="'T' has no eff"):
        simulate_design(BOIN12(3), TRUTH, rng=np.random.default_rng(1))


def test_more_doses_than_a_state_holds_are_refused() -> None:
    design = BOIN(target=0.3, n_doses=10_000)
    truth = Scenario(tuple(np.linspace(0.01, 0.9, 10_000)))
    with pytest.raises(DesignError, match="10,000 doses are more than a state can hold"):
        simulate_design(design, [truth], rng=np.random.default_rng(1))
