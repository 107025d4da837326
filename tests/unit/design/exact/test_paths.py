"""Dose paths: a tree of outcomes, and the doses of the cohorts behind it."""

import json

import numpy as np
import pytest

from protocyte.design import BOIN, BOIN12, Design, Outcomes, Scenario, ThreePlusThree
from protocyte.design.exact.paths import Pathways, find_paths
from protocyte.design.exact.walk import find_characteristics
from protocyte.errors import DesignError, OutcomeError

TRUTHS = (
    Scenario((0.1, 0.3, 0.5), eff=(0.2, 0.4, 0.6), name="one"),
    Scenario((0.4, 0.5, 0.6), eff=(0.1, 0.1, 0.1), name="two"),
)
DESIGNS = (
    BOIN(target=0.3, n_doses=3, cohorts=5),
    BOIN12(n_doses=3, cohorts=4),
    ThreePlusThree(n_doses=3),
)


def paths(design: Design, text: str = "", *, cohorts: int = 3, apart: int = 2) -> Pathways:
    seen = Outcomes.from_notation(text, n_doses=3)
    return find_paths(design, seen, cohorts=cohorts, apart=apart, scenarios=TRUTHS)


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: type(design).__name__)
def test_the_chances_of_all_ways_sum_to_one(design: Design) -> None:
    found = paths(design)
    ends = np.array([way[-1].chances for way in found.root.leaves()])
    assert ends.sum(axis=0) == pytest.approx(1.0, abs=1e-12)
    for layer in found.ahead:
        assert layer.doses.sum(axis=1) + layer.ended == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: type(design).__name__)
def test_merged_cohorts_agree_with_the_tree(design: Design) -> None:
    found = paths(design, cohorts=3, apart=2)
    doses, ended = np.zeros((2, 3)), np.zeros(2)
    for way in found.root.leaves():
        following = way[-1].decision.dose
        if following is None:
            ended += way[-1].chances
        else:
            doses[:, following - 1] += way[-1].chances
    third = found.ahead[2]
    assert third.cohort == 3
    assert third.doses == pytest.approx(doses, abs=1e-12)
    assert third.ended == pytest.approx(ended, abs=1e-12)


@pytest.mark.parametrize("design", DESIGNS[:2], ids=lambda design: type(design).__name__)
def test_looking_to_the_end_gives_the_participants_of_the_walk(design: Design) -> None:
    """Cohorts of three, so that participants are three times the cohorts a dose gets."""
    cohorts = design.planned // 3
    found = paths(design, cohorts=cohorts + 1, apart=1)
    expected = find_characteristics(design, TRUTHS).participants
    given = 3 * sum(layer.doses for layer in found.ahead)
    assert given == pytest.approx(expected, abs=1e-9)
    assert found.ahead[-1].ended == pytest.approx(1.0, abs=1e-12)


def test_a_path_begins_where_the_trial_stands() -> None:
    found = paths(DESIGNS[0], "1NNN 2NNT", cohorts=1, apart=1)
    assert found.root.decision.dose == 2
    assert [branch.seen[1] for branch in found.root.branches] == [0, 1, 2, 3]
    assert [branch.outcomes.tox for branch in found.root.branches][2] == (0, 3, 0)
    binomial = [0.7**3, 3 * 0.3 * 0.7**2, 3 * 0.3**2 * 0.7, 0.3**3]
    assert [branch.chances[0] for branch in found.root.branches] == pytest.approx(binomial)


def test_without_scenarios_there_are_ways_and_no_chances() -> None:
    found = find_paths(DESIGNS[0], Outcomes.none(3), cohorts=2)
    assert found.apart == 2
    # Four outcomes of the first cohort; after three DLTs the trial stops.
    assert len(list(found.root.leaves())) == 13
    assert found.root.branches[0].chances == ()
    assert found.ahead == ()


def test_a_trial_that_has_ended_has_no_ways() -> None:
    found = paths(DESIGNS[0], "1TTT")
    assert found.root.branches == ()
    assert found.ahead[0].ended.tolist() == [1.0, 1.0]


def test_responses_are_kept_apart_for_two_cohorts() -> None:
    found = find_paths(DESIGNS[1], Outcomes.none(3), cohorts=5, scenarios=TRUTHS)
    assert found.apart == 2
    assert len(found.ahead) == 5
    assert len(found.root.branches) == 16


def test_the_paths_are_plain_data() -> None:
    data = json.loads(json.dumps(paths(DESIGNS[1], "1NNE", cohorts=2, apart=1).as_dict()))
    assert [scenario["name"] for scenario in data["scenarios"]] == ["one", "two"]
    assert data["tree"]["branches"][0]["seen"] == {"n": 3, "tox": 0, "eff": 0, "both": None}
    assert data["ahead"][1]["cohort"] == 2


@pytest.mark.parametrize(
    ("cohorts", "apart", "said"),
    [(0, None, "look at least 1 ahead"), (8, 8, "ends; keep the outcomes of fewer cohorts apart")],
)
def test_what_cannot_be_shown_is_refused(cohorts: int, apart: int | None, said: str) -> None:
    with pytest.raises(DesignError, match=said):
        find_paths(
            BOIN(target=0.3, n_doses=3, cohorts=20), Outcomes.none(3), cohorts=cohorts, apart=apart
        )


def test_states_beyond_reason_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("protocyte.design.exact.paths.MOST_STATES", 1_000)
    with pytest.raises(DesignError, match="states of a cohort are too many"):
        paths(BOIN12(n_doses=3, cohorts=10), cohorts=9, apart=1)


def test_other_doses_are_refused() -> None:
    with pytest.raises(OutcomeError, match="dose levels"):
        find_paths(DESIGNS[0], Outcomes.none(4), cohorts=1)
