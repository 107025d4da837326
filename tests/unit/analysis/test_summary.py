"""Summaries: what is missing is counted, never imputed."""

import math
import statistics

import pytest

from protocyte.analysis.summary import QuantileType, estimate_summary


def test_missing_values_are_counted() -> None:
    summary = estimate_summary([4.0, None, 8.0, math.nan, 6.0])
    assert (summary.n, summary.missing) == (3, 2)
    assert (summary.mean, summary.sd, summary.median) == (6.0, 2.0, 6.0)
    assert (summary.minimum, summary.maximum) == (4.0, 8.0)


@pytest.mark.parametrize(
    ("kind", "quartiles"), [(7, (2.25, 5.75)), (6, (1.75, 6.25)), (2, (2.0, 6.0))]
)
def test_quartiles_follow_their_definition(
    kind: QuantileType, quartiles: tuple[float, float]
) -> None:
    """Worked by hand by the formulas of Hyndman and Fan.

    n = 6: type 7 takes position 1 + (n − 1)p = 2.25; type 6 (n + 1)p = 1.75; type 2 the 2nd value.
    """
    summary = estimate_summary([1.0, 2.0, 3.0, 5.0, 6.0, 7.0], quantile_type=kind)
    assert (summary.q1, summary.q3) == quartiles
    assert summary.quantile_type == kind


def test_geometric_mean_and_variation() -> None:
    values = [120.0, 900.0, 4000.0, 15000.0]
    logs = [math.log(v) for v in values]
    summary = estimate_summary(values)
    assert summary.geometric_mean == pytest.approx(statistics.geometric_mean(values))
    assert summary.geometric_cv == pytest.approx(math.sqrt(math.exp(statistics.variance(logs)) - 1))


def test_a_zero_leaves_no_geometric_mean() -> None:
    summary = estimate_summary([0.0, 10.0])
    assert (summary.geometric_mean, summary.geometric_cv) == (None, None)
    assert summary.note == "no geometric mean: a value is 0 or below"


def test_one_value_and_none() -> None:
    one = estimate_summary([5.0])
    assert (one.mean, one.sd, one.median, one.geometric_cv) == (5.0, None, 5.0, None)
    assert one.geometric_mean == pytest.approx(5.0)
    nothing = estimate_summary([None])
    assert (nothing.n, nothing.missing, nothing.mean, nothing.note) == (0, 1, None, "no values")
    assert nothing.as_dict()["median"] is None


def test_refusals() -> None:
    with pytest.raises(ValueError, match="infinite value"):
        estimate_summary([1.0, math.inf])
    with pytest.raises(ValueError, match="use 2, 6 or 7"):
        estimate_summary([1.0], quantile_type=5)  # type: ignore[arg-type]
