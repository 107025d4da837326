"""Marginal laws of virtual participants: what the rehearsal states is what is drawn.

Bounds are four standard errors of the share that is expected; seeds are fixed.
"""

from typing import Any

import numpy as np
import pytest
from scipy.stats import spearmanr

from protocyte.design.correlation import find_joint_probability
from protocyte.protocol.rehearsal import Links, Rehearsal, Spread
from protocyte.simulation.participant import VirtualParticipant, sample_participant

N = 4000
Z = 4.0


@pytest.fixture(scope="module")
def rehearsal(seed_trial: Any) -> Rehearsal:
    _, found = seed_trial("wu-cart-007")
    assert isinstance(found, Rehearsal)
    return found


@pytest.fixture(scope="module")
def people(rehearsal: Rehearsal) -> list[VirtualParticipant]:
    rng = np.random.default_rng(20260121)
    return [sample_participant(number, rehearsal, rng=rng) for number in range(1, N + 1)]


@pytest.mark.parametrize("luck", ["toxicity", "response", "crs"])
@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.9])
def test_what_happens_with_a_probability_happens_as_often(
    people: list[VirtualParticipant], luck: str, share: float
) -> None:
    found = np.mean([getattr(person, luck) < share for person in people])
    assert abs(found - share) < Z * np.sqrt(share * (1 - share) / N)


@pytest.mark.parametrize("luck", ["response", "crs"])
def test_ranks_go_with_peak_expansion_as_stated(
    people: list[VirtualParticipant], rehearsal: Rehearsal, luck: str
) -> None:
    peak = [person.kinetics["c_max"] for person in people]
    # Low luck means that it happens.
    found = spearmanr(peak, [-getattr(person, luck) for person in people]).statistic
    stated = getattr(rehearsal.links, luck)
    assert stated > 0
    assert abs(found - stated) < Z * (1 - stated**2) / np.sqrt(N)


def test_toxicity_does_not_go_with_peak_expansion(people: list[VirtualParticipant]) -> None:
    peak = [person.kinetics["c_max"] for person in people]
    found = spearmanr(peak, [person.toxicity for person in people]).statistic
    assert abs(found) < Z / np.sqrt(N)


def test_without_links_nothing_goes_with_peak_expansion(rehearsal: Rehearsal) -> None:
    loose = rehearsal.model_copy(update={"links": Links()})
    rng = np.random.default_rng(1)
    people = [sample_participant(number, loose, rng=rng) for number in range(2000)]
    peak = [person.kinetics["c_max"] for person in people]
    for luck in ("response", "crs"):
        found = spearmanr(peak, [getattr(person, luck) for person in people]).statistic
        assert abs(found) < Z / np.sqrt(2000)


def test_who_they_are(people: list[VirtualParticipant], rehearsal: Rehearsal) -> None:
    age, weight = rehearsal.patients.age, rehearsal.patients.weight
    assert all(age.low <= person.age <= age.high for person in people)
    assert all(person.age == int(person.age) for person in people)
    assert all(weight.low <= person.weight <= weight.high for person in people)
    women = np.mean([person.sex == "F" for person in people])
    share = rehearsal.patients.female
    assert abs(women - share) < Z * np.sqrt(share * (1 - share) / N)


def test_luck_is_the_persons_own(rehearsal: Rehearsal) -> None:
    older = rehearsal.patients.model_copy(
        update={"age": Spread(mean=65, sd=3, low=60, high=70), "female": 0.9}
    )
    other = rehearsal.model_copy(update={"patients": older})
    for number in range(5):
        one = sample_participant(number, rehearsal, rng=np.random.default_rng(number))
        two = sample_participant(number, other, rng=np.random.default_rng(number))
        assert (one.toxicity, one.response, one.crs) == (two.toxicity, two.response, two.crs)
        assert one.kinetics == two.kinetics


def test_transgene_rises_to_the_peak_and_falls(people: list[VirtualParticipant]) -> None:
    for person in people[:20]:
        days = np.array([0.1, person.kinetics["t_max"], 1000.0])
        first, peak, late = person.transgene(days)
        assert peak == pytest.approx(person.kinetics["c_max"], rel=1e-6)
        assert first < peak
        assert late < peak


@pytest.mark.parametrize("together", [-0.5, 0.4])
def test_toxicity_and_response_go_together_as_the_designs_assume(
    rehearsal: Rehearsal, together: float
) -> None:
    links = rehearsal.links.model_copy(update={"toxicity_with_response": together})
    linked = rehearsal.model_copy(update={"links": links})
    rng = np.random.default_rng(20260121)
    people = [sample_participant(number, linked, rng=rng) for number in range(1, N + 1)]
    tox, eff = 0.25, 0.5
    both = find_joint_probability(tox, eff, together)
    found = np.mean([person.toxicity < tox and person.response < eff for person in people])
    assert abs(found - both) < Z * np.sqrt(both * (1 - both) / N)
    share = np.mean([person.toxicity < tox for person in people])
    assert abs(share - tox) < Z * np.sqrt(tox * (1 - tox) / N)
