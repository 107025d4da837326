"""Two stages that may stop for efficacy: moves, search, refusals."""

from typing import Literal

import pytest

from protocyte.design import FlemingTwoStage, Outcomes, find_fleming_design
from protocyte.errors import DesignError

DESIGN = FlemingTwoStage(r1=1, a=5, n1=10, r=5, n=29, p0=0.1, p1=0.3)


@pytest.mark.parametrize(
    ("n", "eff", "why", "size", "selected"),
    [
        (6, 5, "fill", 4, None),
        (10, 1, "futile", 0, None),
        (10, 2, "next_stage", 19, None),
        (10, 4, "next_stage", 19, None),
        (10, 5, "success", 0, 1),
        (29, 5, "planned", 0, None),
        (29, 6, "planned", 0, 1),
    ],
)
def test_moves(*, n: int, eff: int, why: str, size: int, selected: int | None) -> None:
    outcomes = Outcomes.from_counts([n], [0], eff=[eff], dose=1)
    decision = DESIGN.decide(outcomes)
    assert (decision.why, decision.size) == (why, size)
    assert DESIGN.select(outcomes).dose == selected


def test_arithmetic_shows_both_limits() -> None:
    outcomes = Outcomes.from_counts([10], [0], eff=[3], dose=1)
    assert DESIGN.decide(outcomes).arithmetic == ("3 responses in 10: stop at ≤ 1, success at ≥ 5",)


def _by_brute_force(
    p0: float, p1: float, alpha: float, beta: float, *, most: int, under: float
) -> dict[int, float]:
    """Try every design: fewest expected participants of each total."""
    best: dict[int, float] = {}
    for n in range(2, most + 1):
        for n1 in range(1, n):
            for r1 in range(n1):
                for a in range(r1 + 2, n1 + 2):
                    for r in range(r1, n):
                        design = FlemingTwoStage(r1, a, n1, r, n)
                        if design.rejection(p1) < 1 - beta:
                            break
                        if design.rejection(p0) <= alpha:
                            expected = design.expected(under)
                            best[n] = min(best.get(n, expected), expected)
    return best


def test_search_equals_brute_force() -> None:
    p0, p1, alpha, beta = 0.1, 0.6, 0.1, 0.2
    truths: tuple[tuple[Literal["p0", "p1"], float], ...] = (("p0", p0), ("p1", p1))
    for under, truth in truths:
        exact = _by_brute_force(p0, p1, alpha, beta, most=9, under=truth)
        kinds: tuple[Literal["minimax", "optimal"], ...] = ("minimax", "optimal")
        least, optimal = (
            find_fleming_design(p0, p1, alpha=alpha, beta=beta, kind=kind, under=under, most=9)
            for kind in kinds
        )
        assert least.n == min(exact)
        assert least.expected(truth) == pytest.approx(exact[least.n], abs=1e-12)
        assert optimal.expected(truth) == pytest.approx(min(exact.values()), abs=1e-12)


def test_without_futility_a_first_stage_may_only_succeed() -> None:
    """Under p1 that can be the better design: PhIIdesign and the default ask for futility."""
    settings = {"alpha": 0.05, "beta": 0.2, "under": "p1"}
    free = find_fleming_design(0.05, 0.25, **settings, futility=False)  # type: ignore[arg-type]
    held = find_fleming_design(0.05, 0.25, **settings)  # type: ignore[arg-type]
    assert (free.r1, held.r1) == (-1, 0)
    assert free.expected(0.25) < held.expected(0.25)
    assert free.rejection(0.05) <= 0.05


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ((1, 2, 10, 5, 29), "1 and 2/10 and 5/29 are no two-stage design"),
        ((1, 5, 29, 5, 29), "1 and 5/29 and 5/29 are no two-stage design"),
        ((1, 5, 10, 5, 29, 0.3, 0.1), "p0 = 0.3 is not below p1 = 0.1"),
        ((1, 5, 10, 5, 29, float("nan")), "p0 is nan"),
    ],
)
def test_bad_settings_are_refused(settings: tuple[int, ...], message: str) -> None:
    with pytest.raises(DesignError) as refused:
        FlemingTwoStage(*settings)
    assert str(refused.value).startswith(message)


def test_impossible_searches_are_refused() -> None:
    with pytest.raises(DesignError, match=r"p0 = 0\.3, p1 = 0\.1"):
        find_fleming_design(0.3, 0.1, alpha=0.05, beta=0.2)
    with pytest.raises(DesignError, match="No two-stage design with at most 12 participants"):
        find_fleming_design(0.1, 0.3, alpha=0.05, beta=0.2, most=12)
    with pytest.raises(DesignError, match="kind is 'best' and under is 'p0'"):
        find_fleming_design(0.1, 0.3, alpha=0.05, beta=0.2, kind="best")  # type: ignore[arg-type]


def test_a_hopeless_search_passes_totals_over_that_no_test_could_have() -> None:
    """Neyman and Pearson's test bounds what any test of a total can do: no first stage is tried."""
    with pytest.raises(DesignError, match="No two-stage design with at most 400 participants"):
        find_fleming_design(0.5, 0.500001, alpha=0.05, beta=0.2)


def test_the_largest_total_that_is_searched_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fewest participants of all are as few, whether or not the search could go on."""
    free = find_fleming_design(0.1, 0.3, alpha=0.05, beta=0.2, kind="minimax")
    monkeypatch.setattr("protocyte.design.single_arm.fleming.MOST", free.n)
    assert find_fleming_design(0.1, 0.3, alpha=0.05, beta=0.2, kind="minimax") == free
    with pytest.raises(DesignError, match="ask for the minimax design"):
        find_fleming_design(0.1, 0.3, alpha=0.05, beta=0.2)


def test_small_differences_have_an_optimal_design() -> None:
    """Far larger totals have to be ruled out than the one that is best."""
    found = find_fleming_design(0.3, 0.42, alpha=0.05, beta=0.1)
    assert found.rejection(0.3) <= 0.05
    assert found.rejection(0.42) >= 0.9
    fewest = find_fleming_design(0.3, 0.42, alpha=0.05, beta=0.1, kind="minimax")
    assert fewest.n < found.n
    assert found.expected(0.3) < fewest.expected(0.3)
