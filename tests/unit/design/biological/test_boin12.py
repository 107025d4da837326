"""BOIN12: reach, admissibility, exploration, selection."""

import numpy as np
import pytest

from protocyte.design import BOIN12, Outcomes, Scenario
from protocyte.errors import DesignError, OutcomeError

LEVELS = 3


def _outcomes(n: list[int], tox: list[int], eff: list[int], dose: int) -> Outcomes:
    return Outcomes.from_counts(n, tox, eff=eff, dose=dose)


def test_benchmark_is_the_papers() -> None:
    """Limits .35 and .25 with utilities 100, 40, 60, 0 give 41, and so 70.5 (Lin 2020)."""
    assert BOIN12(LEVELS).benchmark == pytest.approx(70.5)


@pytest.mark.parametrize(
    ("n", "tox", "eff", "dose", "following", "why"),
    [
        # Three good participants: the untried dose above is less desirable than this one.
        ([3, 0, 0], [0, 0, 0], [3, 0, 0], 1, 1, "best"),
        ([3, 0, 0], [0, 0, 0], [0, 0, 0], 1, 2, "best"),
        # Too toxic here: only the dose below is within reach.
        ([3, 3, 0], [0, 2, 0], [0, 3, 0], 2, 1, "best"),
        # At the lowest dose there is none below: stay.
        ([3, 0, 0], [2, 0, 0], [3, 0, 0], 1, 1, "best"),
        # Six participants and a rate between the limits: the dose above is out of reach.
        ([3, 6, 0], [0, 2, 0], [0, 0, 0], 2, 1, "best"),
        # Nine participants, not too toxic, next dose untried: explore it.
        ([3, 9, 0], [0, 1, 0], [3, 9, 0], 2, 3, "explore"),
        ([3, 12, 0], [0, 1, 0], [3, 9, 0], 2, None, "enough"),
        ([3, 0, 0], [3, 0, 0], [3, 0, 0], 1, None, "toxic"),
        # Nobody responds to the two tried doses, and the third is closed.
        ([9, 9, 3], [0, 0, 3], [0, 0, 3], 2, None, "inadmissible"),
    ],
)
def test_moves(
    *, n: list[int], tox: list[int], eff: list[int], dose: int, following: int | None, why: str
) -> None:
    decision = BOIN12(LEVELS).decide(_outcomes(n, tox, eff, dose))
    assert (decision.dose, decision.why) == (following, why)


def test_the_higher_of_equally_desirable_doses_is_given() -> None:
    outcomes = _outcomes([3, 3, 3], [0, 0, 0], [2, 2, 2], 2)
    assert BOIN12(LEVELS).decide(outcomes).dose == 3


def test_the_lower_of_equally_useful_doses_is_selected() -> None:
    outcomes = _outcomes([3, 3, 3], [0, 0, 0], [2, 2, 2], 2)
    # All three have no DLT, so the highest is nearest to the limit: it is the MTD, and none is out.
    assert BOIN12(LEVELS).select(outcomes).dose == 1


def test_selection_does_not_pass_the_mtd() -> None:
    # Rates 1/3 and 2/3: dose 1 is nearest to 0.35, so the much better dose 2 is out.
    outcomes = _outcomes([3, 3, 0], [1, 2, 0], [1, 3, 0], 2)
    assert BOIN12(LEVELS).select(outcomes).dose == 1


def test_stopping_without_an_admissible_dose_selects_none() -> None:
    outcomes = _outcomes([3, 9, 3], [0, 0, 3], [3, 0, 3], 2)
    design = BOIN12(LEVELS)
    assert design.decide(outcomes).dose == 1
    # The same counts reached from dose 2 with dose 1 futile as well: nothing is within reach.
    futile = _outcomes([9, 9, 3], [0, 0, 3], [0, 0, 3], 2)
    assert design.select(futile).dose is None
    assert design.select(futile).reason.endswith("No dose is selected.")


def test_joint_counts_are_asked_for_where_margins_do_not_suffice() -> None:
    assert BOIN12(LEVELS).features == ("n", "tox", "eff")
    design = BOIN12(LEVELS, utilities_of=(100, 30, 50, 0))
    assert design.features == ("n", "tox", "eff", "both")
    with pytest.raises(OutcomeError, match="both"):
        design.decide(_outcomes([3, 0, 0], [1, 0, 0], [1, 0, 0], 1))


def test_joint_counts_change_nothing_where_utilities_add_up() -> None:
    """With u2 + u3 = 100 the utility of a cohort does not depend on who had both events."""
    nearly = BOIN12(LEVELS, utilities_of=(100, 40, 60 + 1e-9, 0))
    for text in ("1NBT", "1EEB 2NBT", "1NEB 2EEE 3TTB"):
        outcomes = Outcomes.from_notation(text, n_doses=LEVELS)
        assert nearly.decide(outcomes).dose == BOIN12(LEVELS).decide(outcomes).dose


def test_true_utilities_and_the_best_dose() -> None:
    design = BOIN12(LEVELS)
    truth = Scenario((0.05, 0.2, 0.5), (0.1, 0.5, 0.9))
    utilities = design.utilities(truth)
    assert utilities is not None
    # 100 P(response, no DLT) + 40 P(neither) + 60 P(both), independent events.
    by_hand = [
        100 * e * (1 - t) + 40 * (1 - e) * (1 - t) + 60 * e * t
        for t, e in zip((0.05, 0.2, 0.5), (0.1, 0.5, 0.9), strict=True)
    ]
    assert utilities == pytest.approx(by_hand)
    assert int(np.argmax(utilities)) == 2
    # The third is the most useful and too toxic, the first hardly works.
    assert design.best_dose(truth) == 1
    assert design.best_dose(Scenario((0.4, 0.5, 0.6), (0.1, 0.5, 0.9))) == -1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"utilities_of": (90, 40, 60, 0)}, "The utilities are (90, 40, 60, 0)"),
        ({"utilities_of": (100, 140, 60, 0)}, "The utilities are (100, 140, 60, 0)"),
        ({"toxicity_limit": 0.9}, "The target DLT probability is 0.9"),
        ({"efficacy_floor": 0.0}, "efficacy_floor is 0.0"),
        ({"futility_certainty": 1.5}, "futility_certainty is 1.5"),
        ({"explore_from": 0}, "explore_from is 0"),
        ({"select_by": "luck"}, "A dose cannot be selected by 'luck'"),
        ({"n_doses": 0}, "n_doses is 0"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(DesignError) as refused:
        BOIN12(**({"n_doses": 3} | settings))  # type: ignore[arg-type]
    assert str(refused.value).startswith(message)


def test_rank_tables_need_margins() -> None:
    with pytest.raises(DesignError, match="need participants with both events"):
        BOIN12(LEVELS, utilities_of=(100, 30, 50, 0)).ranks([0, 3])


def test_too_many_participants_at_a_dose() -> None:
    with pytest.raises(OutcomeError, match="participants at one dose are more than"):
        BOIN12(LEVELS).decide(_outcomes([40, 0, 0], [1, 0, 0], [9, 0, 0], 1))


def test_rows_beyond_the_table_are_computed() -> None:
    """A trial too large for a table of joint counts decides as one with a table."""
    small = BOIN12(2, utilities_of=(100, 30, 50, 0), cohorts=10, early_stop=12)
    large = BOIN12(2, utilities_of=(100, 30, 50, 0), cohorts=30, early_stop=None)
    outcomes = Outcomes.from_notation("1NEB 2EEN 1NNT", n_doses=2)
    assert small.decide(outcomes).arithmetic[1:3] == large.decide(outcomes).arithmetic[1:3]
