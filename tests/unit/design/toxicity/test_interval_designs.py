"""Designs that compile to a table: their own function, its table, and their settings."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import final

import numpy as np
import pytest
from scipy.stats import beta

from protocyte.design import (
    BOIN,
    MTPI,
    MTPI2,
    I3Plus3,
    Keyboard,
    Outcomes,
    Scenario,
    find_characteristics,
)
from protocyte.design.toxicity.decision_table import Moves
from protocyte.design.toxicity.interval_design import IntervalDesign
from protocyte.design.toxicity.strongest_interval import find_keys, find_strongest_interval
from protocyte.errors import DesignError

MAKERS: dict[str, Callable[..., IntervalDesign]] = {
    "BOIN": BOIN,
    "i3+3": I3Plus3,
    "mTPI": MTPI,
    "mTPI-2": MTPI2,
    "Keyboard": Keyboard,
}


@pytest.mark.parametrize("name", MAKERS)
def test_the_table_the_function_and_the_decision_are_one(name: str) -> None:
    design = MAKERS[name](target=0.3, n_doses=3, cohorts=20, cohort_size=1)
    levels = {"escalate": 1, "stay": 0, "de-escalate": -1}
    for row in design.table(up_to=15):
        assert row.tox is not None
        own = int(design.moves(row.n)[row.tox])
        decision = design.decide(Outcomes.from_counts([1, row.n, 0], [0, row.tox, 0], dose=2))
        assert row.eliminate == (decision.closed == (2, 3))
        if row.eliminate:
            assert (row.decision, decision.action) == ("DU", "de-escalate")
        else:
            assert row.decision == {1: "E", 0: "S", -1: "D"}[own]
            assert levels[decision.action] == own


def test_three_in_twenty_are_not_above_fifteen_percent() -> None:
    """As floats, .1 + .05 is above .15; as fractions it is not."""
    design = I3Plus3(target=0.1, n_doses=3)
    assert design.interval == (Fraction(1, 20), Fraction(3, 20))
    assert int(design.moves(20)[3]) == 0
    assert int(design.moves(20)[4]) == -1


def test_mtpi_stays_where_mtpi2_goes_down() -> None:
    """The known defect: three in six, target .3."""
    assert int(MTPI(target=0.3, n_doses=3).moves(6)[3]) == 0
    assert int(MTPI2(target=0.3, n_doses=3).moves(6)[3]) == -1


@pytest.mark.parametrize("target", [0.2, 0.25, 0.3])
def test_keyboard_and_mtpi2_agree(target: float) -> None:
    for n in range(1, 19):
        assert np.array_equal(
            Keyboard(target=target, n_doses=2).moves(n), MTPI2(target=target, n_doses=2).moves(n)
        )


def test_densities_are_those_of_the_beta_distribution() -> None:
    """Against SciPy's incomplete beta function, uneven intervals."""
    edges = [Fraction(0), Fraction(1, 10), Fraction(1, 3), Fraction(17, 20), Fraction(1)]
    ends = np.array([float(edge) for edge in edges])
    for n in (1, 4, 17):
        y = np.arange(n + 1)[:, np.newaxis]
        density = np.diff(beta.cdf(ends, 1 + y, 1 + n - y), axis=1) / np.diff(ends)
        assert find_strongest_interval(edges, n).tolist() == density.argmax(axis=1).tolist()


def test_ties_go_to_the_higher_interval() -> None:
    """One in two, symmetric intervals: the outer two are equally strong."""
    edges = [Fraction(0), Fraction(1, 4), Fraction(3, 4), Fraction(1)]
    halves = [Fraction(0), Fraction(1, 2), Fraction(1)]
    assert find_strongest_interval(halves, 2).tolist() == [0, 1, 1]
    assert find_strongest_interval(edges, 2)[1] == 1


def test_keys_tile_both_ways() -> None:
    low, high = Fraction(1, 4), Fraction(7, 20)
    dropped, target = find_keys(low, high, edges="drop")
    assert (dropped[0], dropped[-1], target) == (Fraction(1, 20), Fraction(19, 20), 2)
    kept, target = find_keys(low, high, edges="rescale")
    assert (kept[0], kept[-1], target) == (Fraction(0), Fraction(1), 3)
    even, _ = find_keys(Fraction(1, 5), Fraction(3, 10), edges="rescale")
    assert len(even) == 11


def test_boin_as_a_three_plus_three_would_have_it() -> None:
    plain = BOIN(target=0.25, n_doses=3)
    assert plain.moves(3).tolist() == [1, -1, -1, -1]
    stays = BOIN(target=0.25, n_doses=3, adjusted="stay at 1 of 3")
    assert stays.moves(3).tolist() == [1, 0, -1, -1]
    assert np.array_equal(stays.moves(6), plain.moves(6))
    assert BOIN(target=0.3, n_doses=3).moves(6).tolist()[:4] == [1, 1, 0, -1]
    down = BOIN(target=0.3, n_doses=3, adjusted="de-escalate at 2 of 6")
    assert down.moves(6).tolist()[:4] == [1, 1, -1, -1]
    decision = down.decide(Outcomes.from_notation("1NNNNTT", n_doses=3))
    assert decision.arithmetic[0].endswith("the adjusted row of the table (de-escalate at 2 of 6)")


def test_cohorts_of_different_sizes() -> None:
    design = BOIN(target=0.3, n_doses=3, cohorts=5, cohort_size=(1, 2, 3))
    assert design.planned == 12
    sizes = []
    text = ""
    decision = design.decide(Outcomes.none(3))
    while decision.dose is not None:
        sizes.append(decision.size)
        text += f" {decision.dose}{'N' * decision.size}"
        decision = design.decide(Outcomes.from_notation(text, n_doses=3))
    assert sizes == [1, 2, 3, 3, 3]


def test_designs_say_what_they_compare() -> None:
    one = Outcomes.from_notation("1NNT", n_doses=2)
    first = {name: make(target=0.3, n_doses=2).explain(one)[0] for name, make in MAKERS.items()}
    assert first["i3+3"] == "1 DLT in 3 at dose 1 = 0.333, in the interval 0.25 to 0.35"
    assert first["Keyboard"] == (
        "1 DLT in 3 at dose 1: strongest key 0.25 to 0.35, target key 0.25 to 0.35"
    )
    assert first["mTPI"].endswith("most posterior probability for its width in 0.25 to 0.35")
    two = I3Plus3(target=0.3, n_doses=2).explain(Outcomes.from_notation("1NNNTT", n_doses=2))
    assert two[0] == (
        "2 DLTs in 5 at dose 1 = 0.400, above the interval 0.25 to 0.35; 1 in 5 would be 0.200, "
        "below it"
    )


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("i3+3", {"target": 0.0}, "The target DLT probability is 0.0"),
        ("mTPI", {"target": float("nan")}, "The target DLT probability is nan"),
        ("mTPI-2", {"margin_below": 0.3}, "The target interval 0 to 0.35 does not lie"),
        ("Keyboard", {"margin_above": 0.7}, "The target interval 0.25 to 1 does not lie"),
        ("Keyboard", {"margin_below": float("nan")}, "margin_below = nan"),
        ("Keyboard", {"margin_below": 0, "margin_above": 0}, "margin_below = 0 and"),
        ("Keyboard", {"edges": "round"}, "edges is 'round'"),
        ("mTPI", {"n_doses": 0}, "n_doses is 0"),
        ("mTPI", {"cohort_size": ()}, "10 cohorts of () make no trial"),
        ("mTPI", {"cohort_size": (3,) * 11}, "There are 11 sizes for 10 cohorts"),
        ("BOIN", {"adjusted": "stay at 1 of 3"}, "The adjustment 'stay at 1 of 3' is for targets"),
        ("BOIN", {"adjusted": "odd"}, "BOIN has no adjustment 'odd'"),
    ],
)
def test_settings_that_cannot_be(name: str, settings: dict[str, object], message: str) -> None:
    with pytest.raises(DesignError) as refused:
        MAKERS[name](**({"target": 0.3, "n_doses": 3} | settings))
    assert str(refused.value).startswith(message)


def test_ten_thousand_doses() -> None:
    design = Keyboard(target=0.3, n_doses=10_000)
    outcomes = Outcomes.from_counts([3] + [0] * 9_999, [0] * 10_000, dose=1)
    assert design.decide(outcomes).dose == 2


@final
@dataclass(frozen=True, slots=True)
class Thirds(IntervalDesign):
    """Escalate below a sixth, de-escalate above a third: a design that is in no paper."""

    @property
    def references(self) -> tuple[str, ...]:
        """No paper."""
        return ()

    def moves(self, n: int) -> Moves:
        """Return how many levels up the next dose is, for 0, 1, … n DLTs."""
        tox = np.arange(n + 1)
        return (6 * tox < n).astype(np.int8) - (3 * tox > n).astype(np.int8)

    def explain_counts(self, n: int, tox: int) -> str:
        """Return the rate."""
        return f" = {tox / n:.3f}, against 1/6 and 1/3"


@final
@dataclass(frozen=True, slots=True)
class Erratic(IntervalDesign):
    """Bolder with more DLTs, which no interval design is."""

    @property
    def references(self) -> tuple[str, ...]:
        """No paper."""
        return ()

    def moves(self, n: int) -> Moves:
        """Return a step up for the most DLTs."""
        return np.arange(n + 1).astype(np.int8) // n

    def explain_counts(self, n: int, tox: int) -> str:
        """Return the counts."""
        return f": {tox} of {n}"


def test_a_new_design_says_its_moves_and_nothing_else() -> None:
    design = Thirds(target=0.25, n_doses=3, cohorts=6)
    assert [row.decision for row in design.table(up_to=3)[-4:]] == ["E", "S", "D", "DU"]
    decision = design.decide(Outcomes.from_notation("1NNN 2NTN", n_doses=3))
    assert decision.action == "stay"
    assert decision.arithmetic[0] == "1 DLT in 3 at dose 2 = 0.333, against 1/6 and 1/3"
    found = find_characteristics(design, [Scenario((0.1, 0.25, 0.5))])
    assert abs(found.selection.sum() + found.none.sum() - 1) < 1e-12


def test_moves_that_grow_bolder_do_not_compile() -> None:
    with pytest.raises(DesignError, match=r"more DLTs give a bolder one; run .* LetterTable"):
        Erratic(target=0.25, n_doses=3)
