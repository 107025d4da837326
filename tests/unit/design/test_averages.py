"""Averages over truths: what is counted where, errors, pairs, and what has no meaning."""

import numpy as np
import pytest

from protocyte.design import BOIN, Scenario, ThreePlusThree, find_characteristics
from protocyte.design.averages import Average, Averages, find_averages
from protocyte.design.candidate import Candidate
from protocyte.design.comparison import Compared, Comparison, Yardstick, find_yardstick

TRUTHS = (
    Scenario((0.1, 0.3, 0.5), name="second"),
    Scenario((0.3, 0.5, 0.6), name="first"),
    Scenario((0.02, 0.1, 0.25), name="third"),
)
BOTH = [
    Candidate("BOIN", BOIN(target=0.3, n_doses=3, cohorts=6)),
    Candidate("3+3", ThreePlusThree(n_doses=3)),
]


def averages(yardstick: Yardstick | None = None) -> Averages:
    rule = yardstick or find_yardstick(BOTH, TRUTHS)
    met = tuple(
        Compared(c, find_characteristics(c.design, TRUTHS, target=rule.target))
        for c in BOTH
        if c.design is not None
    )
    return find_averages(Comparison(TRUTHS, rule, met, ()))


def test_selections_are_right_or_astray() -> None:
    found = averages()
    for design in found.designs:
        parts = [found.values[design][m] for m in ("right", "too_high", "too_low", "none")]
        assert np.sum(parts, axis=0) == pytest.approx(np.ones(3), abs=1e-12)
    # Nothing is lower than the first level, nothing higher than the third.
    assert found.values["BOIN"]["too_low"][1] == 0
    assert found.values["BOIN"]["too_high"][2] == 0
    # All levels of the third truth are below the target.
    assert found.values["BOIN"]["above_target"][2] == 0
    own = found.comparison.designs[0].found
    share = own.participants[0, 1] / own.total[0]
    assert found.values["BOIN"]["at_right"][0] == pytest.approx(share)


def test_where_none_should_be_found_none_is_right() -> None:
    found = averages(Yardstick("", 0.3, (2, 0, None), None))
    values, own = found.values["BOIN"], found.comparison.designs[0].found
    assert values["right"][1] == own.none[1]
    assert values["none"][1] == 0
    assert values["too_high"][1] == pytest.approx(own.selection[1].sum())
    assert np.isnan([values["at_right"][1], values["right"][2], values["too_high"][2]]).all()
    assert found.average("BOIN", "right").truths == 2  # type: ignore[union-attr]
    assert found.average("BOIN", "right_if_any").mean == values["right"][0]  # type: ignore[union-attr]
    assert list(found.by_level("BOIN")) == [0, 2]


def test_errors_and_quantiles_are_those_of_a_sample() -> None:
    values = np.random.default_rng(2).random(101)
    found = Average.over(np.append(values, np.nan))
    assert found.truths == 101
    assert found.error == pytest.approx(np.std(values, ddof=1) / np.sqrt(101))
    assert found.quantiles[2] == pytest.approx(np.median(values))
    assert np.isnan(Average.over(np.array([0.5])).error)
    assert Average.over(np.array([np.nan])).as_dict()["mean"] is None


def test_differences_are_paired() -> None:
    found = averages()
    gap = found.gap("3+3", "right")
    by_hand = found.values["3+3"]["right"] - found.values["BOIN"]["right"]
    assert gap is not None
    assert gap.mean == pytest.approx(by_hand.mean())
    assert gap.error == pytest.approx(np.std(by_hand, ddof=1) / np.sqrt(3))
    assert found.ahead("3+3", "right") == pytest.approx((by_hand > 0).mean())
    assert found.ahead("BOIN", "right") == 0.5


def test_without_an_aim_only_what_needs_none_is_averaged() -> None:
    found = averages(Yardstick("", None, (None,) * 3, None))
    assert found.measures == ("early", "participants", "dlts")
