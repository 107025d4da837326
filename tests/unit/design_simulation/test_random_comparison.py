"""Designs before random truths: as the walk says, or near it, the same from every engine."""

import numpy as np
import pytest

from protocyte.design import BOIN, BOIN12, Scenario, ThreePlusThree, find_characteristics
from protocyte.design.averages import Averages
from protocyte.design.candidate import Candidate
from protocyte.errors import DesignError
from protocyte.simulation.random_comparison import CHUNK, find_pieces, simulate_random_comparison
from protocyte.simulation.random_scenario import sample_scenarios

DESIGNS = [
    Candidate("BOIN", BOIN(target=0.3, n_doses=3, cohorts=6)),
    Candidate("BOIN12", BOIN12(3, cohorts=5)),
    Candidate("3+3", ThreePlusThree(n_doses=3)),
    Candidate("lacking", None, missing="a setting"),
]


def truths(number: int, seed: int = 3, **settings: object) -> tuple[Scenario, ...]:
    rng = np.random.default_rng(seed)
    return sample_scenarios(number, n_doses=3, target=0.3, responses="plateau", rng=rng, **settings)  # type: ignore[arg-type]


def met(number: int, **settings: object) -> Averages:
    rng = np.random.default_rng(8)
    return simulate_random_comparison(DESIGNS, truths(number), rng=rng, **settings)  # type: ignore[arg-type]


def test_pieces_are_put_together_in_order() -> None:
    number = CHUNK + 5
    done: list[int] = []
    found = met(number, progress=done.append)
    assert done[-1] == find_pieces(DESIGNS, number) == 6
    assert [c.missing for c in found.comparison.left_out] == ["a setting"]
    for compared in found.comparison.designs:
        assert compared.found.exact
        assert compared.found.scenarios == truths(number)
        whole = find_characteristics(compared.candidate.design, truths(number), target=0.3)  # type: ignore[arg-type]
        for name in ("selection", "participants", "total_distribution", "early", "overdose_60"):
            joined = getattr(compared.found, name)
            assert joined == pytest.approx(getattr(whole, name), abs=1e-12), name
        for reason, chances in whole.stopping.items():
            assert compared.found.stopping.get(reason, 0) == pytest.approx(chances, abs=1e-12)


def test_what_is_simulated_agrees_with_the_walk_and_truths_have_their_own_patients() -> None:
    exact, near = met(40), met(40, memory=1e-6, trials=2000)
    simulated = [c.candidate.label for c in near.comparison.designs if c.why_simulated]
    assert simulated == ["BOIN", "BOIN12"]
    for name in simulated:
        gap = near.values[name]["participants"] - exact.values[name]["participants"]
        # Independent from truth to truth, so that the mean error falls with their root.
        assert 0 < abs(gap.mean()) < 4 * np.std(gap, ddof=1) / np.sqrt(len(gap))
        assert near.values[name]["right"] == pytest.approx(exact.values[name]["right"], abs=0.06)


def test_the_same_truth_twice_meets_other_patients() -> None:
    same = (Scenario((0.1, 0.3, 0.5), (0.2, 0.4, 0.5)),) * 4
    rng = np.random.default_rng(1)
    found = simulate_random_comparison(DESIGNS[:1], same, memory=1e-6, trials=500, rng=rng)
    assert len(set(found.values["BOIN"]["participants"].tolist())) > 1


def test_standard_errors_are_those_of_repeated_runs() -> None:
    """Over 60 runs with new truths and patients, means vary as each run says that they do."""
    means, errors = [], []
    for rng in np.random.default_rng(4).spawn(60):
        truths = sample_scenarios(12, n_doses=3, target=0.3, rng=rng)
        found = simulate_random_comparison(DESIGNS[:1], truths, memory=1e-6, trials=20, rng=rng)
        right = found.average("BOIN", "right")
        assert right is not None
        means.append(right.mean)
        errors.append(right.error)
    # A variance from 60 runs is within a factor of 1.7 of the truth, 99 times in 100.
    assert 1 / 1.7 < np.var(means, ddof=1) / np.mean(np.square(errors)) < 1.7


def test_numbers_do_not_depend_on_the_engine() -> None:
    here, there = (
        simulate_random_comparison(
            DESIGNS[:1], truths(20), memory=1e-6, trials=100, engine=engine,
            rng=np.random.default_rng(8),
        )
        for engine in ("serial", "processes")
    )  # fmt: skip
    assert here.values["BOIN"]["right"].tolist() == there.values["BOIN"]["right"].tolist()


def test_no_truth_is_refused() -> None:
    with pytest.raises(DesignError, match="no truth"):
        simulate_random_comparison(DESIGNS, (), rng=np.random.default_rng(1))


def test_toxicities_do_not_depend_on_responses() -> None:
    plain = sample_scenarios(5, n_doses=3, target=0.3, rng=np.random.default_rng(3))
    assert [truth.tox for truth in plain] == [truth.tox for truth in truths(5)]
    assert all(truth.eff is None for truth in plain)
    linked = truths(5, correlation=0.5)
    assert [truth.name for truth in linked] == [truth.name for truth in plain]
    assert all(one.joint >= two.joint for one, two in zip(linked, truths(5), strict=True))
    normal = truths(5, generator="normal")
    assert normal != truths(5)
    with pytest.raises(DesignError, match="no generator"):
        truths(5, generator="beta")
