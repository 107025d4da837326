"""What-ifs of the next cohorts."""

import json

import pytest

from protocyte.design import (
    BOIN,
    BOIN12,
    DecisionNode,
    Outcomes,
    Scenario,
    ThreePlusThree,
    decide_tree,
    find_characteristics,
)
from protocyte.errors import DesignError


def test_each_outcome_of_the_next_cohort_is_decided() -> None:
    design = BOIN(target=0.3, n_doses=3)
    tree = decide_tree(design, Outcomes.from_notation("1NNN", n_doses=3))
    assert tree.decision.dose == 2
    assert [branch.label for branch in tree.branches] == [
        "0 DLTs in 3", "1 DLT in 3", "2 DLTs in 3", "3 DLTs in 3",
    ]  # fmt: skip
    assert [branch.node.decision.dose for branch in tree.branches] == [3, 2, 1, 1]
    assert all(branch.node.branches == () for branch in tree.branches)


def test_equal_continuations_are_one() -> None:
    """Once 0 and then 1, or 1 and then 0 DLTs at the same dose, lead to the same node."""
    design = BOIN(target=0.45, n_doses=1)
    tree = decide_tree(design, Outcomes.none(1), cohorts=2)
    zero, one = tree.branches[0].node, tree.branches[1].node
    assert zero.branches[1].node.outcomes.tox == one.branches[0].node.outcomes.tox
    different = {id(grand.node) for branch in tree.branches for grand in branch.node.branches}
    leaves = sum(len(branch.node.branches) for branch in tree.branches)
    assert len(different) <= leaves


def _leaf_probabilities(node: DecisionNode, mass: float = 1.0) -> list[float]:
    if not node.branches:
        return [mass]
    return [
        leaf
        for branch in node.branches
        for leaf in _leaf_probabilities(branch.node, mass * (branch.probability or 0.0))
    ]


def test_probabilities_add_up() -> None:
    truth = Scenario((0.1, 0.3, 0.5), (0.2, 0.4, 0.6))
    tree = decide_tree(BOIN12(3), Outcomes.none(3), cohorts=2, scenario=truth)
    assert sum(_leaf_probabilities(tree)) == pytest.approx(1, abs=1e-14)


def test_a_whole_trial_as_a_tree_equals_the_walk() -> None:
    truth = Scenario((0.2, 0.4))
    design = ThreePlusThree(2, "A")
    tree = decide_tree(design, Outcomes.none(2), cohorts=4, scenario=truth)
    selected = [0.0, 0.0, 0.0]

    def visit(node: DecisionNode, mass: float) -> None:
        if not node.branches:
            selected[design.select(node.outcomes).dose or 0] += mass
        for branch in node.branches:
            visit(branch.node, mass * (branch.probability or 0.0))

    visit(tree, 1.0)
    found = find_characteristics(design, [truth])
    assert selected == pytest.approx([found.none[0], *found.selection[0]], abs=1e-15)


def test_a_tree_is_json() -> None:
    tree = decide_tree(BOIN(target=0.3, n_doses=2), Outcomes.none(2))
    told = json.loads(json.dumps(tree.as_dict()))
    assert told["branches"][3]["decision"]["why"] == "toxic"
    assert told["branches"][0]["probability"] is None


def test_too_far_ahead() -> None:
    with pytest.raises(DesignError, match="5 cohorts ahead make no readable tree"):
        decide_tree(BOIN(target=0.3, n_doses=2), Outcomes.none(2), cohorts=5)
    with pytest.raises(DesignError, match="Scenario '' describes 1 doses"):
        decide_tree(BOIN(target=0.3, n_doses=2), Outcomes.none(2), scenario=Scenario((0.1,)))
