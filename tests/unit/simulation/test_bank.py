"""Designs and virtual trials on a bank of virtual patients."""

from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from protocyte.design.programme import find_programme, find_scenarios
from protocyte.errors import ProtocolError
from protocyte.record import About
from protocyte.simulation.population.bank import (
    POWERS,
    Bank,
    find_power,
    find_stocked,
    simulate_banks,
)
from protocyte.simulation.population.member import Members
from protocyte.simulation.trial import simulate_trial


def make() -> np.random.Generator:
    return np.random.default_rng(5)


@pytest.fixture(scope="module")
def banks(seed_trial: Any) -> list[Bank]:
    plan, rehearsal = seed_trial("wu-cart-007")
    return simulate_banks(plan, rehearsal, 400, make=make)


def test_there_is_a_bank_for_every_answer(banks: list[Bank]) -> None:
    assert [bank.power for bank in banks] == list(POWERS)
    assert [find_power(bank.scenario) for bank in banks] == list(POWERS)


def test_toxicity_and_response_are_counted_together(banks: list[Bank]) -> None:
    for bank in banks:
        assert bank.scenario.both is not None
        for level, followed in enumerate(bank.levels):
            found = followed.outcomes
            assert bank.scenario.both[level] == np.mean(found.toxic & found.responds)


def test_every_level_is_given_to_the_same_patients(banks: list[Bank]) -> None:
    """GvHD hangs on luck and on cells alone: who has it at a level has it at every higher one."""
    levels = banks[0].levels
    for lower, higher in pairwise(levels):
        assert np.all(higher.outcomes.gvhd >= lower.outcomes.gvhd)


def test_the_peak_follows_the_dose_only_where_it_is_said_to(banks: list[Bank]) -> None:
    rises = []
    for bank in banks:
        first, last = (np.median(bank.levels[i].outcomes.peak) for i in (0, -1))
        rises.append(last / first)
    assert rises[0] < rises[1] < rises[2]
    assert rises[2] > 4


def test_designs_run_on_the_bank_as_on_curves(seed_trial: Any, banks: list[Bank]) -> None:
    plan, rehearsal = seed_trial("wu-cart-007")
    stocked = find_stocked(rehearsal, banks)
    truths = find_scenarios(stocked)
    assert [truth.both for truth in truths] == [bank.scenario.both for bank in banks]
    programme = find_programme(plan, stocked)
    assert programme.dose is not None
    shares = programme.dose.selection.sum(axis=1)
    assert np.allclose(shares + programme.dose.none, 1) or np.allclose(shares, 1)


def test_levels_without_a_dose_have_one_bank(seed_trial: Any) -> None:
    plan, rehearsal = seed_trial("kj-c2320")
    assert len(simulate_banks(plan, rehearsal, 50, make=make)) == 1


def test_a_protocol_without_levels_is_refused(seed_trial: Any) -> None:
    plan, rehearsal = seed_trial("kj-c2320")
    with pytest.raises(ProtocolError, match="no dose levels"):
        simulate_banks(plan.model_copy(update={"dosing": None}), rehearsal, 5, make=make)


def test_the_virtual_trial_meets_members_of_the_bank(seed_trial: Any, banks: list[Bank]) -> None:
    plan, rehearsal = seed_trial("wu-cart-007")
    stocked = find_stocked(rehearsal, banks)
    trial = simulate_trial(
        plan,
        stocked,
        scenario=stocked.scenarios[0],
        about=About("DEMO", "rehearsal"),
        start=date(2027, 1, 4),
        members=Members(plan, stocked, power=0.0, rng=make()),
        rng=np.random.default_rng(3),
    )
    assert trial.record.tables["DM"].height > 0
    assert trial.record.tables["PC"].height > 0


def test_a_member_keeps_fate_and_body_at_every_level(seed_trial: Any) -> None:
    from protocyte.simulation.participant import sample_participant

    plan, rehearsal = seed_trial("wu-cart-007")
    members = Members(plan, rehearsal, power=0.0, rng=make())
    person = members.introduce(sample_participant(1, rehearsal, rng=make()))
    low, high = members.treat(person, 1), members.treat(person, 4)
    assert low.age == high.age == person.age
    assert low.fate is not None
    assert high.fate is not None
    assert high.fate.events["GvHD"][0] >= low.fate.events["GvHD"][0]
    days = np.array([0.25, 7.0, 28.0])
    assert np.all(low.transgene(days) >= 0)
    again = Members(plan, rehearsal, power=0.0, rng=make())
    assert again.treat(again.introduce(person), 1).fate.levels.tolist() == low.fate.levels.tolist()  # type: ignore[union-attr]
