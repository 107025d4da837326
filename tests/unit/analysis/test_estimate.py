"""An estimate tells what is missing as None."""

import math

import pytest

from protocyte.analysis.estimate import Comparison, Estimate


def test_nan_never_leaves() -> None:
    estimate = Estimate(math.nan, 0.1, math.nan)
    assert (estimate.value, estimate.lower, estimate.upper) == (None, 0.1, None)
    assert Comparison(math.nan).p_value is None


def test_a_dictionary_holds_every_field() -> None:
    assert Estimate(0.5, n=4, events=2, method="Wilson").as_dict() == {
        "value": 0.5,
        "lower": None,
        "upper": None,
        "level": 0.95,
        "n": 4,
        "events": 2,
        "method": "Wilson",
        "unit": "1",
        "references": (),
        "note": "",
    }
    assert Comparison(0.2, against=0.3, n=4, events=2).as_dict()["against"] == 0.3


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, -0.5])
def test_a_level_lies_between_0_and_1(level: float) -> None:
    with pytest.raises(ValueError, match=r"write 0\.95 for 95 %"):
        Estimate(0.5, level=level)
