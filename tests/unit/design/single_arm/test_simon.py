"""Simon's two stages: moves, closed forms, search."""

from itertools import pairwise

import numpy as np
import pytest

from protocyte.design import (
    Outcomes,
    Scenario,
    SimonTwoStage,
    find_characteristics,
    find_simon_admissible,
    find_simon_design,
    find_simon_designs,
)
from protocyte.design.exact.binomial import find_binomial
from protocyte.errors import DesignError, OutcomeError

DESIGN = SimonTwoStage(r1=1, n1=10, r=5, n=29, p0=0.1, p1=0.3)


def _outcomes(n: int, eff: int) -> Outcomes:
    return Outcomes.from_counts([n], [0], eff=[eff], dose=1)


@pytest.mark.parametrize(
    ("n", "eff", "dose", "size", "why", "selected"),
    [
        (4, 0, 1, 6, "fill", None),
        (10, 1, None, 0, "futile", None),
        (10, 2, 1, 19, "next_stage", None),
        (12, 2, 1, 17, "fill", None),
        (29, 5, None, 0, "planned", None),
        (29, 6, None, 0, "planned", 1),
        (30, 6, None, 0, "planned", 1),
    ],
)
def test_moves(
    *, n: int, eff: int, dose: int | None, size: int, why: str, selected: int | None
) -> None:
    decision = DESIGN.decide(_outcomes(n, eff))
    assert (decision.dose, decision.size, decision.why) == (dose, size, why)
    assert DESIGN.select(_outcomes(n, eff)).dose == selected


def test_arithmetic_shows_the_numbers() -> None:
    assert DESIGN.decide(_outcomes(10, 2)).arithmetic == ("2 responses in 10: stop at ≤ 1",)
    assert DESIGN.select(_outcomes(29, 5)).arithmetic == (
        "5 responses in 29: not active at ≤ 5, active at ≥ 6",
    )


@pytest.mark.parametrize("p", [0.0, 0.1, 0.3, 0.77, 1.0])
def test_closed_forms_equal_the_walk(p: float) -> None:
    found = find_characteristics(DESIGN, [Scenario(eff=(p,))])
    assert DESIGN.rejection(p) == pytest.approx(found.selection[0, 0], abs=1e-14)
    assert DESIGN.early_stop(p) == pytest.approx(found.early[0], abs=1e-14)
    assert DESIGN.expected(p) == pytest.approx(found.total[0], abs=1e-12)


def test_what_is_right_depends_on_the_truth() -> None:
    found = find_characteristics(DESIGN, [Scenario(eff=(p,)) for p in (0.1, 0.2, 0.3)])
    assert found.best == (0, None, 1)
    assert found.correct is not None
    assert found.correct[0] == pytest.approx(1 - DESIGN.rejection(0.1))
    assert np.isnan(found.correct[1])
    assert found.correct[2] == pytest.approx(DESIGN.rejection(0.3))


def _by_brute_force(
    p0: float, p1: float, alpha: float, beta: float, most: int
) -> dict[int, tuple[float, int, int, int]]:
    """Try every two-stage design: expected participants, n1, r1, r of the best of each total."""
    best: dict[int, tuple[float, int, int, int]] = {}
    for n in range(2, most + 1):
        for n1 in range(1, n):
            for r1 in range(n1):
                for r in range(n - 1, r1 - 1, -1):
                    design = SimonTwoStage(r1, n1, r, n)
                    if design.rejection(p1) > 1 - beta:
                        if design.rejection(p0) < alpha:
                            found = (design.expected(p0), n1, r1, r)
                            best[n] = min(best.get(n, found), found)
                        break
    return best


def test_search_equals_brute_force() -> None:
    exact = _by_brute_force(0.1, 0.5, 0.1, 0.2, 13)
    found = find_simon_designs(0.1, 0.5, alpha=0.1, beta=0.2, most=13)
    assert [design.n for design in found] == sorted(exact)
    for design in found:
        expected, n1, r1, r = exact[design.n]
        assert (design.n1, design.r1, design.r) == (n1, r1, r)
        assert design.expected(0.1) == pytest.approx(expected, rel=1e-14)


def test_search_ends_by_itself_at_the_optimum() -> None:
    alone = find_simon_design(0.2, 0.4, alpha=0.05, beta=0.1)
    many = find_simon_designs(0.2, 0.4, alpha=0.05, beta=0.1, most=120)
    assert alone == min(many, key=lambda design: design.expected(0.2))
    assert find_simon_design(0.2, 0.4, alpha=0.05, beta=0.1, kind="minimax") == many[0]


def test_admissible_weights_join_without_gap() -> None:
    found = find_simon_admissible(0.3, 0.5, alpha=0.05, beta=0.2)
    assert found[0].high == 1
    assert found[-1].low == 0
    for left, right in pairwise(found):
        assert left.low == right.high
        weight, p0 = left.low, 0.3
        costs = [
            weight * item.design.n + (1 - weight) * item.design.expected(p0)
            for item in (left, right)
        ]
        assert costs[0] == pytest.approx(costs[1], rel=1e-12)


@pytest.mark.parametrize("p", [0.05, 0.2, 0.5])
def test_umvue_is_unbiased(p: float) -> None:
    """Its mean over every possible ending is the true probability."""
    first, second = find_binomial(10, p), find_binomial(19, p)
    umvue = [DESIGN.estimate(x).umvue for x in range(30)]
    mean = sum(first[x] * umvue[x] for x in range(2))
    mean += sum(first[x] * second[y] * umvue[x + y] for x in range(2, 11) for y in range(20))
    assert mean == pytest.approx(p, abs=1e-14)


def test_limits_give_back_their_probability() -> None:
    estimate = DESIGN.estimate(8, level=0.9)
    assert estimate.lower is not None
    assert estimate.upper is not None
    # Under the lower limit a result as good has probability 1 - level, under the upper, level.
    again = [
        SimonTwoStage(1, 10, 5, 29, p0=limit).estimate(8).p_value
        for limit in (estimate.lower, estimate.upper)
    ]
    assert again == pytest.approx([0.1, 0.9], abs=1e-12)


def test_no_responses_have_no_upper_limit() -> None:
    estimate = DESIGN.estimate(0)
    assert (estimate.lower, estimate.upper, estimate.p_value) == (0.0, None, 1.0)
    assert SimonTwoStage(1, 10, 5, 29).estimate(3).p_value is None


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ((10, 10, 5, 29), "10/10 and 5/29 are no two-stage design"),
        ((1, 10, 0, 29), "1/10 and 0/29 are no two-stage design"),
        ((1, 29, 5, 29), "1/29 and 5/29 are no two-stage design"),
        ((1, 10, 5, 29, 0.3, 0.1), "p0 = 0.3 is not below p1 = 0.1"),
        ((1, 10, 5, 29, 0.0), "p0 is 0.0"),
    ],
)
def test_bad_settings_are_refused(settings: tuple[int, ...], message: str) -> None:
    with pytest.raises(DesignError) as refused:
        SimonTwoStage(*settings)
    assert str(refused.value).startswith(message)


def test_impossible_searches_are_refused() -> None:
    with pytest.raises(DesignError, match="are not two response probabilities"):
        find_simon_design(0.3, 0.3, alpha=0.05, beta=0.2)
    with pytest.raises(DesignError, match=r"alpha is 0\.0"):
        find_simon_design(0.1, 0.3, alpha=0.0, beta=0.2)
    with pytest.raises(DesignError, match="No two-stage design with at most 20 participants"):
        find_simon_designs(0.1, 0.3, alpha=0.05, beta=0.2, most=20)


def test_impossible_results_are_refused() -> None:
    with pytest.raises(OutcomeError, match="30 participants with the event cannot be among 29"):
        DESIGN.estimate(30)


def test_searches_beyond_what_is_held_are_refused() -> None:
    with pytest.raises(DesignError, match="most is 3001; the search goes up to 3000"):
        find_simon_designs(0.1, 0.3, alpha=0.05, beta=0.2, most=3001)
    with pytest.raises(DesignError, match="kind is 'best'"):
        find_simon_design(0.1, 0.3, alpha=0.05, beta=0.2, kind="best")  # type: ignore[arg-type]
