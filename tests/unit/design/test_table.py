"""Decision tables as protocols print them."""

import pytest

from protocyte.design import (
    BOIN,
    BOIN12,
    Cap,
    FixedSample,
    SimonTwoStage,
    ThreePlusThree,
    find_decision_table,
)
from protocyte.errors import DesignError


def test_boin_at_thirty_percent() -> None:
    """The limits of the MD Anderson table for a target of 0.30 at 3, 6, …, 30 participants."""
    rows = find_decision_table(BOIN(target=0.3, n_doses=5))
    sizes = range(3, 31, 3)
    letters = {n: [row.decision for row in rows if row.n == n] for n in sizes}
    assert [letters[n].count("E") - 1 for n in sizes] == [0, 1, 2, 2, 3, 4, 4, 5, 6, 7]
    first_down = [next(y for y, c in enumerate(letters[n]) if c[0] == "D") for n in sizes]
    assert first_down == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert [letters[n].index("DU") for n in sizes] == [3, 4, 5, 7, 8, 9, 10, 11, 12, 14]


def test_three_plus_three() -> None:
    rows = find_decision_table(ThreePlusThree(3))
    assert [row.decision for row in rows] == ["E", "S", "DU", "DU", "E", "E"] + 5 * ["DU"]


def test_boin12_shows_what_is_within_reach() -> None:
    rows = find_decision_table(BOIN12(3), up_to=6)
    found = {(row.n, row.tox): row.decision for row in rows}
    assert found[3, 0] == "DSE"
    assert found[3, 1] == "DSE"
    assert found[6, 2] == "DS"
    assert found[3, 2] == "D"
    assert found[3, 3] == "DU"
    assert all(row.rank is None for row in rows if row.eliminate)


def test_two_stages() -> None:
    rows = find_decision_table(SimonTwoStage(1, 10, 5, 29))
    assert [row.decision for row in rows if row.n == 10][:3] == ["stop", "stop", "go on"]
    last = {row.eff: row.decision for row in rows if row.n == 29}
    assert min(eff for eff in last if eff is not None) == 2
    assert (last[5], last[6]) == ("not active", "active")


def test_a_cap_shortens_the_table() -> None:
    rows = find_decision_table(Cap(BOIN(target=0.3, n_doses=2), participants=7))
    assert max(row.n for row in rows) == 7


def test_what_has_no_table() -> None:
    with pytest.raises(DesignError, match="FixedSample decides nothing from a table"):
        find_decision_table(FixedSample(3))
    with pytest.raises(DesignError, match="up to 0 participants are none"):
        find_decision_table(BOIN(target=0.3, n_doses=2), up_to=0)
    with pytest.raises(DesignError, match="up to 99 participants were asked for"):
        find_decision_table(BOIN(target=0.3, n_doses=2), up_to=99)
