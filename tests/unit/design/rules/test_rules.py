"""Rules that hold a design."""

import numpy as np
import pytest

from protocyte.design import (
    BOIN,
    Cap,
    LeastAtSelected,
    Outcomes,
    Scenario,
    StopAfter,
    ThreePlusThree,
    Titration,
    find_characteristics,
)
from protocyte.errors import DesignError

TRUTH = [Scenario((0.05, 0.15, 0.3, 0.45, 0.6))]


@pytest.mark.parametrize("when", ["always", "staying"])
def test_stop_after_equals_boins_own_option(when: str) -> None:
    own = BOIN(target=0.3, n_doses=5, early_stop=12, early_stop_when=when)  # type: ignore[arg-type]
    held = StopAfter(BOIN(target=0.3, n_doses=5), participants_at_dose=12, when=when)  # type: ignore[arg-type]
    first, second = find_characteristics(own, TRUTH), find_characteristics(held, TRUTH)
    assert np.allclose(first.selection, second.selection, atol=1e-14)
    assert np.allclose(first.total_distribution, second.total_distribution, atol=1e-14)
    assert first.stopping["enough"] == pytest.approx(second.stopping["enough"])


def test_cap_equals_fewer_cohorts() -> None:
    fewer = find_characteristics(BOIN(target=0.3, n_doses=5, cohorts=6), TRUTH)
    capped = find_characteristics(Cap(BOIN(target=0.3, n_doses=5), participants=18), TRUTH)
    assert np.allclose(fewer.selection, capped.selection, atol=1e-14)
    assert capped.planned == 18


def test_cap_cuts_the_last_cohort() -> None:
    found = find_characteristics(Cap(BOIN(target=0.3, n_doses=5), participants=17), TRUTH)
    assert found.total_distribution[0, 17] > 0.99
    assert found.total_distribution.shape == (1, 18)


def test_toxicity_inside_outranks_the_rule() -> None:
    toxic = Outcomes.from_notation("1TTT", n_doses=2)
    boin = BOIN(target=0.3, n_doses=2)
    for design in (StopAfter(boin, participants_at_dose=3), Cap(boin, participants=3)):
        assert design.decide(toxic).why == "toxic"
        assert design.select(toxic).dose is None


def test_rules_nest_and_say_their_numbers() -> None:
    design = Cap(StopAfter(ThreePlusThree(3, "C"), participants_at_dose=6), participants=14)
    decision = design.decide(Outcomes.from_notation("1NNN 2NNN 2NNN", n_doses=3))
    assert (decision.action, decision.why) == ("stop", "enough")
    assert decision.arithmetic[-2:] == (
        "6 at dose 2: stop from 6",
        "9 of at most 14 participants treated",
    )
    assert design.references == ThreePlusThree(3, "C").references


def test_bad_settings_are_refused() -> None:
    with pytest.raises(DesignError, match="participants_at_dose is 0"):
        StopAfter(BOIN(target=0.3, n_doses=2), participants_at_dose=0)
    with pytest.raises(DesignError, match="participants is 0"):
        Cap(BOIN(target=0.3, n_doses=2), participants=0)


def test_titration_does_not_fill_a_closed_dose() -> None:
    """What the design inside has closed outranks the rule."""
    inside = BOIN(target=0.3, n_doses=3, certainty=0.9, close_from=1)
    lowest = Titration(inside).decide(Outcomes.from_notation("1T", n_doses=3))
    assert (lowest.why, lowest.closed) == ("toxic", (1, 2, 3))
    second = Titration(inside).decide(Outcomes.from_notation("1N 2T", n_doses=3))
    assert (second.action, second.dose, second.closed) == ("de-escalate", 1, (2, 3))
    assert "titration" not in second.arithmetic[0]


def test_least_at_selected_keeps_to_a_plan_that_is_a_number() -> None:
    inside = BOIN(target=0.3, n_doses=5, cohorts=4, early_stop=6, early_stop_when="always")
    assert LeastAtSelected(inside, 9).planned == inside.planned == 12
    assert LeastAtSelected(ThreePlusThree(3), 9).planned == 27
