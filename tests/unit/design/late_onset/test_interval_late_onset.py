"""TITE-BOIN and TITE-Keyboard: worked numbers, waiting, words."""

import numpy as np
import pytest
from scipy.special import betainc

from protocyte.design import BOIN, Outcomes
from protocyte.design.late_onset.follow_up import Followed, FollowUp
from protocyte.design.late_onset.suspension import Suspension
from protocyte.design.late_onset.tite_boin import TITEBOIN
from protocyte.design.late_onset.tite_keyboard import TITEKeyboard
from protocyte.design.toxicity.keyboard import Keyboard
from protocyte.errors import DesignError, OutcomeError

BOIN_3 = BOIN(target=0.3, n_doses=3)
FREE = Suspension(None, None, None)
HALF = Suspension(0.5, None, None)


def trial(*people: Followed) -> FollowUp:
    return FollowUp(3, people)


def clean(dose: int, *days: float) -> tuple[Followed, ...]:
    return tuple(Followed(dose, day) for day in days)


def test_the_imputed_rate_is_not_cut_at_one() -> None:
    design = TITEBOIN(BOIN_3, 100, FREE)
    found = design.decide_followed(
        trial(Followed(1, 1, dlt=1), Followed(1, 1, dlt=1), *clean(1, 1))
    )
    # a = 2.15, b = .85, (2 + 2.529 × .99)/3 = 1.5014
    assert "1.501 ≥" in found.arithmetic[1]


@pytest.mark.parametrize(
    ("tox", "days", "action"),
    [(0, (40, 40, 10), "escalate"), (1, (100, 100, 90), "stay"), (1, (100, 10, 10), "stay")],
)
def test_it_does_not_escalate_above_nor_de_escalate_below_the_target(
    tox: int, days: tuple[float, ...], action: str
) -> None:
    people = [Followed(2, day, dlt=3 if k < tox else None) for k, day in enumerate(days)]
    found = TITEBOIN(BOIN_3, 100, FREE).decide_followed(trial(*clean(1, 200, 200, 200), *people))
    # 1 in 3 is at or above the target, so the imputed rate alone decides; with little follow-up
    # it is high and the dose goes down.
    expected = "de-escalate" if days == (100, 10, 10) else action
    assert found.action == expected


def test_too_many_pending_suspend_and_say_until_when() -> None:
    design = TITEBOIN(BOIN_3, 28, HALF)
    found = design.decide_followed(trial(*clean(1, 30, 20, 10)))
    assert (found.action, found.why, found.dose, found.size) == ("suspend", "wait_share", None, 0)
    assert found.arithmetic[-1] == "wait 8 more days, or until an outcome comes before"
    assert "wait while more than 50 % at the dose are pending" in found.arithmetic
    after = design.decide_followed(trial(*clean(1, 38, 28, 18)))
    assert (after.action, after.size) == ("escalate", 3)


def test_exactly_half_pending_does_not_suspend() -> None:
    two = BOIN(target=0.3, n_doses=3, cohort_size=2)
    assert TITEBOIN(two, 28, HALF).decide_followed(trial(*clean(1, 28, 1))).action == "escalate"
    strict = TITEBOIN(two, 28, Suspension(0.49, None, None))
    assert strict.decide_followed(trial(*clean(1, 28, 1))).action == "suspend"


def test_escalation_waits_for_completed_and_for_follow_up() -> None:
    people = trial(*clean(1, 30, 20, 5))
    two = TITEBOIN(BOIN_3, 28, Suspension(None, 2, None)).decide_followed(people)
    assert (two.why, two.arithmetic[-1]) == (
        "wait_completed", "wait 8 more days, or until an outcome comes before",
    )  # fmt: skip
    quarter = TITEBOIN(BOIN_3, 28, Suspension(None, None, 0.25)).decide_followed(people)
    assert (quarter.why, quarter.arithmetic[-1]) == (
        "wait_follow_up", "wait 2 more days, or until an outcome comes before",
    )  # fmt: skip


def test_safety_comes_before_waiting() -> None:
    """Three DLTs in three close a dose, however many others are pending."""
    toxic = [Followed(2, 5, dlt=5) for _ in range(3)]
    design = TITEBOIN(BOIN_3, 28, HALF)
    found = design.decide_followed(trial(*clean(1, 60, 60, 60), *toxic))
    assert (found.action, found.dose, found.closed) == ("de-escalate", 1, (2, 3))
    lowest = design.decide_followed(trial(*(Followed(1, 5, dlt=5) for _ in range(3))))
    assert (lowest.action, lowest.why) == ("stop", "toxic")


def test_dlts_that_suffice_need_no_waiting_if_so_set() -> None:
    people = [Followed(2, 9, dlt=2), Followed(2, 9, dlt=2), *clean(2, 8, 7, 6, 5)]
    before = clean(1, 60, 60, 60)
    waits = TITEBOIN(BOIN_3, 28, HALF).decide_followed(trial(*before, *people[:4]))
    assert waits.action != "suspend"  # two of four are complete: half are pending
    three = [Followed(2, 9, dlt=2) for _ in range(3)]
    crowd = trial(*before, *three, *clean(2, 8, 7, 6, 5))
    assert TITEBOIN(BOIN_3, 28, HALF).decide_followed(crowd).action == "suspend"
    goes = TITEBOIN(BOIN_3, 28, Suspension(0.5, None, None, unless_toxic=True))
    assert goes.decide_followed(crowd).action == "de-escalate"


def test_the_lowest_dose_may_wait_for_all() -> None:
    people = trial(Followed(1, 5, dlt=5), Followed(1, 5, dlt=5), *clean(1, 20, 20))
    stays = TITEBOIN(BOIN_3, 28, FREE).decide_followed(people)
    assert (stays.action, stays.why) == ("stay", "lowest")
    waits = TITEBOIN(BOIN_3, 28, Suspension(None, None, None, lowest_waits=True))
    assert waits.decide_followed(people).why == "wait_lowest"


def test_nobody_followed_yet_is_no_reason_to_move() -> None:
    design = TITEBOIN(BOIN_3, 28, FREE, method="effective sample size")
    found = design.decide_followed(trial(*clean(1, 0, 0, 0)))
    assert (found.action, found.arithmetic[1]) == ("stay", "no follow-up yet, so no estimate")


def test_counts_alone_are_decided_as_the_parent_does() -> None:
    design = TITEBOIN(BOIN_3, 28, HALF)
    outcomes = Outcomes.from_notation("1NNN 2NTN", n_doses=3)
    assert design.decide(outcomes).dose == BOIN_3.decide(outcomes).dose
    assert design.decide_followed(FollowUp(3, ())).action == "start"


def test_keyboard_limits_are_where_keys_are_equally_strong() -> None:
    """Second way: the posterior densities of the neighbouring keys are equal at each limit."""
    design = TITEKeyboard(Keyboard(target=0.3, n_doses=3), 90, Suspension(0.5, 2, None))
    assert design.rule.marks[:, 1] == pytest.approx([1.8756, 3.0749], abs=5e-5)
    assert design.rule.marks[:, 2] == pytest.approx([3.751, 6.147], abs=6e-4)
    for tox in range(1, 9):
        for mark, edges in zip(
            design.rule.marks[:, tox], ([0.25, 0.35, 0.45], [0.15, 0.25, 0.35]), strict=True
        ):
            masses = np.diff(betainc(1 + tox, 1 + mark, edges))
            assert masses[0] == pytest.approx(masses[1], rel=1e-9)


def test_keyboard_says_what_it_compares() -> None:
    design = TITEKeyboard(Keyboard(target=0.3, n_doses=3), 90, Suspension(None, None, None))
    found = design.decide_followed(trial(Followed(1, 20, dlt=9), *clean(1, 120, 90, 45)))
    assert found.action == "stay"
    assert found.arithmetic[1] == (
        "2.500 effective participants without DLT: de-escalate at ≤ 1.876, escalate at ≥ 3.075"
    )


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: TITEBOIN(BOIN_3, 0, HALF), "The window is 0 days"),
        (lambda: TITEBOIN(BOIN_3, float("nan"), HALF), "The window is nan days"),
        (lambda: TITEBOIN(BOIN_3, 28, HALF, method="guess"), "method is 'guess'"),  # type: ignore[arg-type]
        (lambda: TITEBOIN(BOIN_3, 28, HALF, thirds=(0.5, 0.5, 0.5)), "add up to 1"),
        (lambda: Suspension(1.5, None, None), "pending_share is 1.5"),
        (lambda: Suspension(None, 0, None), "completed is 0"),
        (lambda: Suspension(None, None, float("nan")), "follow_up is nan"),
    ],
)
def test_bad_settings_are_refused(make, words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DesignError, match=words):
        make()


def test_follow_up_of_another_trial_is_refused() -> None:
    design = TITEBOIN(BOIN(target=0.3, n_doses=3, cohorts=1), 28, HALF)
    with pytest.raises(OutcomeError, match="has 2 dose levels and the design 3"):
        design.decide_followed(FollowUp(2, ()))
    with pytest.raises(OutcomeError, match="more than the decision table knows"):
        design.decide_followed(trial(*clean(1, *[30.0] * 7)))
