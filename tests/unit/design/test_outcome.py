"""Outcomes: what can be read, and what is refused."""

import json

import pytest

from protocyte.design import Outcomes
from protocyte.errors import OutcomeError


def test_notation_counts_each_letter() -> None:
    outcomes = Outcomes.from_notation("1NNN 2NTN 2EBT", n_doses=4)
    assert outcomes.n == (3, 6, 0, 0)
    assert outcomes.tox == (0, 3, 0, 0)
    assert outcomes.eff == (0, 2, 0, 0)
    assert outcomes.both == (0, 1, 0, 0)
    assert outcomes.dose == 2
    assert outcomes.last == (3, 2, 2, 1)


def test_space_between_cohorts_is_free_and_levels_have_many_digits() -> None:
    spaced = Outcomes.from_notation("  1NNN  12NT ", n_doses=12)
    assert spaced == Outcomes.from_notation("1NNN12NT", n_doses=12)
    assert spaced.n[11] == 2


def test_order_within_a_cohort_means_nothing() -> None:
    assert Outcomes.from_notation("1NTN", n_doses=2) == Outcomes.from_notation("1TNN", n_doses=2)


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_is_no_outcomes(text: str) -> None:
    assert Outcomes.from_notation(text, n_doses=3) == Outcomes.none(3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1NN 2NXN", "Column 7 has 'X', which is neither a dose level nor one of the letters N"),
        ("1nnn", "Column 2 has 'n'"),
        ("1NNN,2NNN", "Column 5 has ','"),
        ("NNN", "Column 1 has the letter N without a dose level before it"),
        ("1NNN 2", "Dose level 2 in column 6 has no participant after it"),
        ("1NNN 6NN", "Dose level 6 in column 6 does not exist: this trial has levels 1 to 4."),
        ("0NN", "Dose level 0 in column 1 does not exist"),
    ],
)
def test_nonsense_is_refused_with_its_column(text: str, message: str) -> None:
    with pytest.raises(OutcomeError) as refused:
        Outcomes.from_notation(text, n_doses=4)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("n", "tox", "eff", "both", "dose", "message"),
    [
        ([3], [4], None, None, 1, "Dose level 1 counts 3 participants, 4 with a DLT"),
        ([3], [-1], None, None, 1, "Dose level 1 counts"),
        ([3], [2], [3], [1], 1, "Dose level 1 counts 3 participants, 2 with a DLT, 3 with a resp"),
        ([3], [1], [1], [2], 1, "Dose level 1 counts"),
        ([3, 0], [0], None, None, 1, "tox has 1 dose levels and n has 2"),
        ([3, 0], [0, 0], None, None, None, "3 participants were treated but the dose of the last"),
        ([3, 0], [0, 0], None, None, 2, "The last cohort cannot have had dose level 2"),
        ([3, 0], [0, 0], None, None, 3, "The last cohort cannot have had dose level 3"),
        ([], [], None, None, None, "Outcomes need at least one dose level"),
        ([2.5], [0], None, None, 1, "n is 2.5 at dose level 1; participants are whole numbers."),
    ],
)
def test_impossible_counts_are_refused(
    *,
    n: list[int],
    tox: list[int],
    eff: list[int] | None,
    both: list[int] | None,
    dose: int | None,
    message: str,
) -> None:
    with pytest.raises(OutcomeError) as refused:
        Outcomes.from_counts(n, tox, eff=eff, both=both, dose=dose)
    assert str(refused.value).startswith(message)


def test_counts_give_a_state_of_the_asked_features() -> None:
    states = Outcomes.from_notation("1NE 2NB", n_doses=3).states(("n", "tox", "eff", "both"))
    assert states.counts.tolist() == [[[2, 0, 1, 0], [2, 1, 1, 1], [0, 0, 0, 0]]]
    assert states.dose.tolist() == [1]
    assert states.last is not None
    assert states.last.tolist() == [[2, 1, 1, 1]]


def test_unknown_responses_are_not_no_responses() -> None:
    outcomes = Outcomes.from_counts([3], [0], dose=1)
    with pytest.raises(OutcomeError, match=r"responses .* which these outcomes do not give"):
        outcomes.states(("n", "tox", "eff"))


def test_margins_do_not_give_joint_counts() -> None:
    outcomes = Outcomes.from_counts([3], [1], eff=[1], dose=1)
    with pytest.raises(OutcomeError, match="both"):
        outcomes.states(("n", "tox", "eff", "both"))


def test_a_cohort_is_added_to_its_dose() -> None:
    outcomes = Outcomes.none(3).after(2, n=3, tox=1, eff=0, both=0)
    assert outcomes == Outcomes.from_notation("2NTN", n_doses=3)
    toxicity = outcomes.after(2, n=3, tox=0)
    assert toxicity.eff is None
    # What is known of the last cohort alone is kept: DLTs, here, and no responses.
    last = toxicity.states(("n", "tox")).last
    assert last is not None
    assert last.tolist() == [[3, 0]]
    assert Outcomes.from_counts([3], [1], dose=1).states(("n", "tox")).last is None


def test_outcomes_are_json() -> None:
    told = json.loads(json.dumps(Outcomes.from_notation("1NT", n_doses=2).as_dict()))
    assert told == {"n": [2, 0], "tox": [1, 0], "eff": [0, 0], "both": [0, 0], "dose": 1}


def test_more_participants_than_a_state_holds_are_refused() -> None:
    with pytest.raises(OutcomeError, match="counts 40000 participants and a state holds at most"):
        Outcomes.from_counts([40_000], [0], dose=1)
