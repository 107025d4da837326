"""Cohort probabilities and likelihoods."""

from itertools import product

import numpy as np
import pytest

from protocyte.design import Scenario
from protocyte.design.exact.binomial import find_cohort_counts, find_cohort_ways
from protocyte.design.exact.kernel import Kernel
from protocyte.errors import DesignError

LINKED = Scenario((0.1, 0.3), (0.4, 0.6), (0.08, 0.25), name="linked")
FREE = Scenario((0.1, 0.3), (0.4, 0.6), name="free")


def _by_enumeration(scenario: Scenario, dose: int, size: int) -> dict[tuple[int, int, int], float]:
    """Add up the probability of every sequence of participants."""
    assert scenario.tox is not None
    assert scenario.eff is not None
    tox, eff, both = scenario.tox[dose], scenario.eff[dose], scenario.joint[dose]
    chances = {(1, 1): both, (1, 0): tox - both, (0, 1): eff - both, (0, 0): 1 - tox - eff + both}
    found: dict[tuple[int, int, int], float] = {}
    for people in product(chances, repeat=size):
        key = (sum(t for t, _ in people), sum(e for _, e in people), sum(t * e for t, e in people))
        found[key] = found.get(key, 0.0) + float(np.prod([chances[person] for person in people]))
    return found


@pytest.mark.parametrize("scenario", [LINKED, FREE], ids=lambda scenario: scenario.name)
@pytest.mark.parametrize("joint", [False, True], ids=["margins", "joint"])
def test_cohort_probabilities_equal_enumeration(scenario: Scenario, joint: bool) -> None:
    features = ("n", "tox", "eff", "both") if joint else ("n", "tox", "eff")
    kernel = Kernel(features, (scenario,), n_doses=2, planned=9)
    counts, ways = find_cohort_counts(features, 3), find_cohort_ways(features, 3)
    for dose in range(2):
        exact = dict.fromkeys([tuple(row[1 : len(features)]) for row in counts.tolist()], 0.0)
        for (t, e, b), chance in _by_enumeration(scenario, dose, 3).items():
            exact[(t, e, b) if joint else (t, e)] += chance
        found = kernel.probabilities(3)[0, dose]
        assert found == pytest.approx(list(exact.values()), abs=1e-15)
        if kernel.factorises:
            at_dose = np.zeros((len(counts), 2, len(features)), dtype=int)
            at_dose[:, dose] = counts
            assert ways * kernel.likelihood(at_dose)[0] == pytest.approx(found, abs=1e-15)


def test_one_walk_serves_all_truths_unless_margins_hide_a_link() -> None:
    margins, joint = ("n", "tox", "eff"), ("n", "tox", "eff", "both")
    assert Kernel(margins, (FREE, FREE), n_doses=2, planned=36).columns == 1
    assert Kernel(margins, (FREE, LINKED), n_doses=2, planned=36).columns == 2
    assert Kernel(joint, (FREE, LINKED), n_doses=2, planned=36).columns == 1
    assert Kernel(("n", "eff"), (LINKED, LINKED), n_doses=2, planned=36).columns == 1
    # Ways to reach an ending of a very large trial do not fit in a float.
    assert Kernel(("n", "eff"), (FREE, FREE), n_doses=2, planned=2000).columns == 2


def test_a_truth_must_describe_what_is_counted() -> None:
    with pytest.raises(DesignError, match="'x' has no eff, which this design counts"):
        Kernel(("n", "tox", "eff"), (Scenario((0.1,), name="x"),), n_doses=1, planned=3)
