"""Participants as far as followed."""

import pytest

from protocyte.design.late_onset.follow_up import Followed, FollowUp, find_share_followed
from protocyte.errors import OutcomeError


def test_the_end_of_the_window_completes() -> None:
    assert not Followed(1, 28).awaits_toxicity(28)
    assert Followed(1, 27.999).awaits_toxicity(28)
    assert not Followed(1, 3, dlt=3).awaits_toxicity(28)


def test_events_after_the_window_do_not_count() -> None:
    late = Followed(1, 60, dlt=29, response=90 - 60)
    assert not late.has_dlt(28)
    assert late.has_response(30)
    assert not late.has_response(29)


def test_effective_sizes_of_two_papers() -> None:
    """Two complete and 30, 48, 75 of 90 days: 3.7; with masses .1 .2 .7 it is 2.97."""
    days = (30, 48, 75)
    assert 2 + sum(find_share_followed(day, 90) for day in days) == pytest.approx(3.7)
    masses = (0.1, 0.2, 0.7)
    assert 2 + sum(find_share_followed(d, 90, masses) for d in days) == pytest.approx(2.97)


def test_counts_by_dose() -> None:
    trial = FollowUp(
        2,
        (
            Followed(1, 40, dlt=3),
            Followed(2, 10, response=9),
            Followed(1, 5, backfilled=True),
        ),
    )
    assert (trial.n, trial.tox(28), trial.eff(28), trial.current) == ((2, 1), (1, 0), (0, 1), 2)
    assert trial.later(30).pending(2, 28) == ()
    outcomes = trial.outcomes(28, 60)
    assert (outcomes.n, outcomes.tox, outcomes.eff, outcomes.both) == (
        (2, 1), (1, 0), (0, 1), (0, 0),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Followed(1, -1), "followed for -1 days"),
        (lambda: Followed(1, float("nan")), "followed for nan days"),
        (lambda: Followed(1, 5, dlt=6), "has a DLT on day 6"),
        (lambda: Followed(1, 5, response=-1), "has a response on day -1"),
        (lambda: FollowUp(2, (Followed(3, 5),)), "has dose level 3"),
        (lambda: FollowUp(0, ()), "0 dose levels"),
    ],
)
def test_impossible_follow_up_is_refused(make, words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(OutcomeError, match=words):
        make()
