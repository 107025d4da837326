"""BOIN for two factors: moves, ties, closing, and the fit along both."""

import itertools
from typing import Any

import numpy as np
import pytest

from protocyte.design import BOIN, CombinationBOIN, Outcomes, Scenario, find_characteristics
from protocyte.design.toxicity.combination_fit import find_bivariate_fit
from protocyte.errors import DesignError, OutcomeError

NAN = float("nan")


def _at(n: list[int], tox: list[int], dose: int) -> Outcomes:
    return Outcomes.from_counts(n, tox, dose=dose)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"doses": 0}, "doses is 0"),
        ({"regimens": 0}, "regimens is 0"),
        ({"start_at": (3, 1)}, "starts at dose 3 with regimen 1"),
        ({"start_at": (1, 0)}, "starts at dose 1 with regimen 0"),
        ({"tied": "both"}, "tied is 'both'"),
        ({"closes": "all"}, "closes is 'all'"),
        ({"target": NAN}, "target DLT probability is nan"),
        ({"target": 0.9}, "takes 0.05 to 0.6"),
        ({"too_high": 0.31}, "too_high = 0.31"),
        ({"early_stop": 0}, "early_stop is 0"),
        ({"cohorts": 0}, "0 cohorts of 3"),
        ({"names": ("one",)}, "1 names for 4 combinations"),
    ],
)
def test_senseless_settings(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(DesignError, match=words):
        CombinationBOIN(**{"doses": 2, "regimens": 2, "target": 0.3, **settings})


def test_one_regimen_is_boin() -> None:
    """Along one factor alone moves, closing and cohorts are BOIN's, with either number of one."""
    truth = Scenario((0.1, 0.3, 0.5))
    boin = find_characteristics(BOIN(target=0.3, n_doses=3, cohorts=6), [truth])
    for shape in ((3, 1), (1, 3)):
        found = find_characteristics(CombinationBOIN(*shape, 0.3, cohorts=6), [truth])
        assert found.participants[0] == pytest.approx(boin.participants[0], abs=1e-12)
        assert found.none[0] == pytest.approx(boin.none[0], abs=1e-12)


def test_ties_and_who_breaks_them() -> None:
    seen = _at([3, 0, 0, 0, 0, 0], [0] * 6, 1)
    assert CombinationBOIN(2, 3, 0.3).decide(seen).shares == ((2, 0.5), (4, 0.5))
    assert CombinationBOIN(2, 3, 0.3, tied="dose").decide(seen).dose == 4
    assert CombinationBOIN(2, 3, 0.3, tied="regimen").decide(seen).dose == 2
    down = _at([0, 3, 0, 3, 3, 0], [0, 0, 0, 0, 2, 0], 5)
    assert CombinationBOIN(2, 3, 0.3).decide(down).shares == ((2, 0.5), (4, 0.5))
    assert CombinationBOIN(2, 3, 0.3, tied="dose").decide(down).dose == 2
    assert CombinationBOIN(2, 3, 0.3, tied="regimen").decide(down).dose == 4


def test_the_neighbour_nearer_the_target_comes_next() -> None:
    """One DLT in three is more probably near 0.3 than none in six."""
    design = CombinationBOIN(2, 2, 0.3)
    decision = design.decide(_at([6, 3, 6, 0], [0, 1, 0, 0], 1))
    assert (decision.dose, decision.shares) == (2, ())
    assert "dose 1 with regimen 2" in decision.arithmetic[1]


def test_a_combination_closes_what_is_no_lower_in_either_factor() -> None:
    design = CombinationBOIN(3, 3, 0.3)
    decision = design.decide(_at([3, 0, 0, 0, 3, 0, 0, 0, 0], [0, 0, 0, 0, 3, 0, 0, 0, 0], 5))
    assert decision.closed == (5, 6, 8, 9)
    assert {level for level, _ in decision.shares} == {2, 4}
    blocked = design.decide(_at([3, 6, 0, 6, 0, 0, 0, 0, 0], [0, 5, 0, 5, 0, 0, 0, 0, 0], 1))
    assert (blocked.why, blocked.dose) == ("closed", 1)


def test_names_are_used() -> None:
    names = ("low, mild", "low, full", "high, mild", "high, full")
    design = CombinationBOIN(2, 2, 0.3, names=names)
    assert "low, mild" in design.decide(_at([3, 0, 0, 0], [0] * 4, 1)).arithmetic[0]
    assert design.label(4) == "high, full"
    assert CombinationBOIN(2, 2, 0.3).label(3) == "level 3, dose 2 with regimen 1"


def test_more_participants_than_reckoned_with() -> None:
    with pytest.raises(OutcomeError, match="more than this design reckons with"):
        CombinationBOIN(2, 2, 0.3, cohorts=2).decide(_at([99, 0, 0, 0], [0] * 4, 1))


def test_nothing_is_selected_where_the_lowest_is_closed() -> None:
    for closes in ("no lower", "row and column"):
        design = CombinationBOIN(2, 2, 0.3, closes=closes)
        states = _at([3, 3, 0, 0], [3, 0, 0, 0], 1).states(("n", "tox"))
        assert design.select_states(states).tolist() == [-1]


def test_the_fit_is_the_nearest_rising_table() -> None:
    """Against all upper and lower sets of a small table (the max-min formula)."""
    rng = np.random.default_rng(2)
    values, weights = rng.random((30, 3, 3)), rng.uniform(0.1, 9, (30, 3, 3))
    fit = find_bivariate_fit(values, weights)
    cells = list(itertools.product(range(3), repeat=2))
    lower = [
        {(i, j) for i, j in cells if j < heights[i]}
        for heights in itertools.product(range(4), repeat=3)
        if heights[0] >= heights[1] >= heights[2]
    ]
    for s in range(len(values)):
        for cell in cells:
            best = -np.inf
            for outside in lower:
                if cell in outside:
                    continue
                least = np.inf
                for inside in lower:
                    if cell not in inside:
                        continue
                    block = tuple(zip(*(inside - outside), strict=True))
                    w = weights[s][block]
                    least = min(least, float((w * values[s][block]).sum() / w.sum()))
                best = max(best, least)
            assert fit[s][cell] == pytest.approx(best, abs=1e-7)
