"""Received levels that differ from assigned ones: limits, enumeration, simulation."""

import itertools
from collections import defaultdict

import numpy as np
import pytest

from protocyte.design import (
    BOIN,
    BOIN12,
    UBOIN,
    Outcomes,
    Scenario,
    ThreePlusThree,
    find_characteristics,
)
from protocyte.design.delivery import Delivery, find_identity_delivery
from protocyte.design.exact.delivered import find_delivered_characteristics
from protocyte.errors import DesignError
from protocyte.simulation.delivered import simulate_delivery

RECEIVED = ((1, 0, 0), (0.2, 0.8, 0), (0.1, 0.2, 0.7))
TRUTHS = [
    Scenario((0.1, 0.25, 0.4), (0.2, 0.4, 0.5)),
    Scenario((0.3, 0.45, 0.6), (0.2, 0.4, 0.5), (0.1, 0.3, 0.4)),
]
LOTS = UBOIN(3, stage_one=3, stage_two=9, cohorts=4, next_dose="proportional")
RULES = list(
    itertools.product(
        ("assigned", "received", "excluded"), ("nobody", "not infused", "not counted")
    )
)


@pytest.mark.parametrize("counted", ["assigned", "received", "excluded"])
@pytest.mark.parametrize(
    "design", [BOIN(target=0.3, n_doses=3), BOIN12(3, cohorts=5), ThreePlusThree(3, "C"), LOTS]
)
def test_with_nothing_amiss_it_is_the_plain_walk(
    design: BOIN | BOIN12 | ThreePlusThree | UBOIN, counted: str
) -> None:
    nothing = find_identity_delivery(3)
    delivery = Delivery(nothing.received, nothing.infused, counted=counted)  # type: ignore[arg-type]
    found = find_delivered_characteristics(design, TRUTHS, delivery)
    plain = find_characteristics(design, TRUTHS)
    for what in ("selection", "none", "participants", "total_distribution", "dlts"):
        assert np.allclose(getattr(found, what), getattr(plain, what), rtol=0, atol=1e-12), what
    assert found.sizes == plain.sizes
    for numbers in found.delivered.values():
        assert np.allclose(numbers, plain.participants, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("counted", "replaced"), RULES)
def test_every_path_of_a_small_trial(counted: str, replaced: str) -> None:
    """Two cohorts of two at two levels, each participant's fate enumerated by hand."""
    tox, received, infused = (0.2, 0.6), ((1.0, 0.0), (0.3, 0.7)), (0.9, 0.6)
    apheresed, evaluable = 0.95, 0.8
    design = BOIN(target=0.3, n_doses=2, cohorts=2, cohort_size=2)

    def fates(assigned: int) -> list[tuple[float, int | None, int]]:
        """Probability, level at which counted (None for not), DLT, of who fills a place."""
        made = apheresed * infused[assigned]
        found: list[tuple[float, int | None, int]] = []
        lost = 1 - made
        for level in range(2):
            for dlt in range(2):
                chance = made * received[assigned][level]
                chance *= tox[level] if dlt else 1 - tox[level]
                at = level if counted == "received" else assigned
                if counted == "excluded" and level != assigned:
                    found.append((chance, None, 0))
                else:
                    found.append((chance * evaluable, at, dlt))
                    found.append((chance * (1 - evaluable), None, 0))
        if replaced == "nobody":
            return [*found, (lost, None, 0)]
        if replaced == "not counted":
            found = [fate for fate in found if fate[1] is not None]
        whole = sum(fate[0] for fate in found)
        return [(chance / whole, at, dlt) for chance, at, dlt in found]

    selected: defaultdict[int, float] = defaultdict(float)
    places = np.zeros(2)

    def run(n: list[int], dlts: list[int], assigned: int, used: int, chance: float) -> None:
        places[assigned] += 2 * chance
        for pair in itertools.product(fates(assigned), repeat=2):
            after_n, after_dlts, share = list(n), list(dlts), chance
            for part, at, dlt in pair:
                share *= part
                if at is not None:
                    after_n[at] += 1
                    after_dlts[at] += dlt
            if share == 0:
                continue
            # A trial with nobody counted at the assigned level gives nothing to decide on.
            seen = [level for level in (assigned, 0, 1) if after_n[level]]
            outcomes = Outcomes.none(2)
            if seen:
                outcomes = Outcomes.from_counts(after_n, after_dlts, dose=seen[0] + 1)
            following: int | None = assigned + 1
            if after_n[assigned]:
                following = design.decide(outcomes).dose
            if following is not None and used + 2 < 4:
                run(after_n, after_dlts, following - 1, used + 2, share)
            else:
                selected[design.select(outcomes).dose or 0] += share

    run([0, 0], [0, 0], 0, 0, 1.0)
    delivery = Delivery(received, infused, apheresed, evaluable, counted, replaced)  # type: ignore[arg-type]
    found = find_delivered_characteristics(design, [Scenario(tox)], delivery)
    assert found.selection[0] == pytest.approx([selected[1], selected[2]], abs=1e-13)
    assert found.none[0] == pytest.approx(selected[0], abs=1e-13)
    slots = found.delivered["enrolled"][0] / delivery.per_slot("enrolled")
    assert slots == pytest.approx(places, abs=1e-12)


@pytest.mark.parametrize(("counted", "replaced"), RULES)
def test_simulated_participants_agree(counted: str, replaced: str) -> None:
    """The simulation meets participants one by one and replaces them by meeting the next."""
    design = BOIN12(3, cohorts=3) if counted == "received" else BOIN(target=0.3, n_doses=3)
    delivery = Delivery(RECEIVED, (0.95, 0.9, 0.6), 0.9, 0.85, counted, replaced)  # type: ignore[arg-type]
    exact = find_delivered_characteristics(design, TRUTHS, delivery)
    seed = RULES.index((counted, replaced))
    found = simulate_delivery(
        design, TRUTHS, delivery, trials=8000, rng=np.random.default_rng(seed)
    )
    for what in ("selection", "none", "participants", "dlts", "total"):
        error = np.sqrt(np.maximum(found.errors[what] ** 2, 1e-8))
        assert np.abs((getattr(found, what) - getattr(exact, what)) / error).max() < 4.5, what
    for what, numbers in exact.delivered.items():
        error = np.sqrt(np.maximum(found.errors[what] ** 2, 1e-8))
        assert np.abs((found.delivered[what] - numbers) / error).max() < 4.5, what


def test_lots_are_split_and_drawn() -> None:
    """Chance decides between doses as well: the walk splits a state, the simulation draws."""
    delivery = Delivery(RECEIVED, (0.95, 0.9, 0.6), 0.9, 0.85)
    exact = find_delivered_characteristics(LOTS, TRUTHS, delivery)
    found = simulate_delivery(LOTS, TRUTHS, delivery, trials=8000, rng=np.random.default_rng(5))
    for what in ("selection", "none", "participants", "dlts", "total"):
        error = np.sqrt(np.maximum(found.errors[what] ** 2, 1e-8))
        assert np.abs((getattr(found, what) - getattr(exact, what)) / error).max() < 4.5, what


def test_four_numbers_differ() -> None:
    delivery = Delivery(RECEIVED, (0.9, 0.8, 0.7), 0.95, 0.9)
    design = BOIN(target=0.3, n_doses=3, cohorts=6)
    found = find_delivered_characteristics(design, TRUTHS, delivery)
    totals = [float(numbers[0].sum()) for numbers in found.delivered.values()]
    assert list(found.delivered) == ["enrolled", "apheresed", "infused", "evaluable"]
    assert totals == sorted(totals, reverse=True)
    assert len(set(totals)) == 4
    # Who is evaluable is counted, and nobody else.
    assert found.total[0] == pytest.approx(totals[-1], abs=1e-12)
    assert found.as_dict()["scenarios"][0]["delivered"]["infused"] == pytest.approx(
        found.delivered["infused"][0].tolist()
    )


def test_leaving_participants_out_hides_toxicity_of_lower_levels() -> None:
    """Below a level that is rarely made, exclusion loses what was seen; received levels keep it."""
    truth = [Scenario((0.3, 0.35, 0.4))]
    settings = {"received": ((1, 0, 0), (0.6, 0.4, 0), (0.6, 0.3, 0.1)), "infused": (1.0,) * 3}
    design = BOIN(target=0.3, n_doses=3, cohorts=6)
    kept, lost = (
        find_delivered_characteristics(design, truth, Delivery(**settings, counted=counted))  # type: ignore[arg-type]
        for counted in ("received", "excluded")
    )
    assert kept.total[0] > lost.total[0] + 1


def test_a_walk_that_is_too_large_is_refused() -> None:
    delivery = Delivery(RECEIVED, (1.0,) * 3)
    with pytest.raises(DesignError, match=r"outcomes of its next cohorts, more than memory=0.001"):
        find_delivered_characteristics(BOIN(target=0.3, n_doses=3), TRUTHS, delivery, memory=0.001)


def test_levels_must_fit() -> None:
    with pytest.raises(DesignError, match="Delivery describes 2 levels and the design has 3"):
        find_delivered_characteristics(
            BOIN(target=0.3, n_doses=3), TRUTHS, find_identity_delivery(2)
        )
