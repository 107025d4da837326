"""ICAHT: the limits of the published table, and the stated policy for gaps and recoveries.

Source of the rules: Rejeski K, et al. Blood 2023;142:865-877 (limits); joining, filling and the
fourth grade without recovery as the one public implementation has them.
"""

import numpy as np
import pytest

from protocyte.errors import ProtocolError
from protocyte.standards.icaht_2023 import (
    DAYS,
    LATE_DAYS,
    Runs,
    convert_counts,
    grade_early_icaht,
    grade_late_icaht,
)

HIGH = 2000.0


def low_for(days: int, value: float, first: int = 5) -> np.ndarray:
    counts = np.full(DAYS, HIGH)
    counts[first : first + days] = value
    return counts


@pytest.mark.parametrize(
    ("days", "value", "grade"),
    [
        (0, 500, 0), (1, 500, 1), (6, 500, 1), (7, 500, 2), (13, 500, 2), (14, 500, 3),
        (25, 500, 3), (1, 100, 1), (6, 100, 1), (7, 100, 3), (13, 100, 3), (14, 100, 4),
        (14, 501, 0), (7, 101, 2),
    ],
)  # fmt: skip
def test_limits_of_the_table(days: int, value: float, grade: int) -> None:
    assert int(grade_early_icaht(low_for(days, value))) == grade


def test_two_days_of_recovery_join_runs_and_three_do_not() -> None:
    counts = low_for(13, 400)
    counts[9:11] = HIGH
    assert int(grade_early_icaht(counts)) == 2
    counts[9:12] = HIGH
    assert int(grade_early_icaht(counts)) == 1
    assert int(grade_early_icaht(counts, counted="cumulative")) == 2


def test_cumulative_days_count_unstable_recovery_and_not_stable() -> None:
    # 2 + 2 joined over 2 high days is 6; then 3 high days; then 1.
    row = np.array([[1.0, 1, 9, 9, 1, 1, 9, 9, 9, 1, 9]])
    runs = Runs.of(row, 1.0)
    assert (int(runs.longest[0]), int(runs.cumulative[0])) == (6, 7)


@pytest.mark.parametrize(("first", "grade"), [(0, 4), (3, 4), (4, 3)])
def test_never_above_is_grade_4_if_it_begins_by_day_3(first: int, grade: int) -> None:
    assert int(grade_early_icaht(low_for(DAYS, 300, first=first))) == grade


def test_early_death_without_recovery_is_grade_4() -> None:
    counts = low_for(DAYS, 300, first=2)
    counts[9:] = np.nan
    assert int(grade_early_icaht(counts)) == 4
    counts[8] = HIGH
    assert int(grade_early_icaht(counts)) == 1


def test_a_missing_day_breaks_a_run_and_no_count_is_no_grade() -> None:
    counts = low_for(10, 300)
    counts[10] = np.nan
    assert int(grade_early_icaht(counts)) == 1
    assert int(grade_early_icaht(convert_counts(counts))) == 2
    assert int(grade_early_icaht(np.full(DAYS, np.nan))) == -1
    assert int(grade_late_icaht(np.full(LATE_DAYS, np.nan))) == -1


def test_gaps_up_to_seven_days_are_filled_at_the_ends_too() -> None:
    counts = np.array([np.nan] * 7 + [804.0] + [np.nan] * 8 + [100.0] + [np.nan] * 7 + [900.0])
    filled = convert_counts(counts)
    np.testing.assert_array_equal(filled[:8], [800.0] * 7 + [804.0])
    assert np.isnan(filled[8:16]).all()
    np.testing.assert_array_equal(filled[17:24], [200.0, 300, 400, 500, 600, 700, 800])


@pytest.mark.parametrize(
    ("values", "grade"),
    [
        ((1501, 3000), 0), ((1500, 1500), 1), ((1000, 1400), 2), ((500, 1400), 3),
        ((100, 1400), 4), ((100, 1501), 0), ((100,), 4), ((1600,), 0),
    ],
)  # fmt: skip
def test_late_grades(values: tuple[float, ...], grade: int) -> None:
    counts = np.full(LATE_DAYS, np.nan)
    counts[10 : 10 + len(values)] = values
    assert int(grade_late_icaht(counts)) == grade


def test_many_participants_are_graded_as_one_by_one() -> None:
    rng = np.random.default_rng(3)
    counts = np.round(np.exp(rng.normal(6, 1, (200, DAYS))))
    counts[rng.random(counts.shape) < 0.1] = np.nan
    together = grade_early_icaht(counts)
    assert together.tolist() == [int(grade_early_icaht(row)) for row in counts]
    assert set(together.tolist()) >= {1, 2, 3}


def test_what_is_refused() -> None:
    with pytest.raises(ProtocolError, match="not days 0 to 30"):
        grade_early_icaht(np.ones(30))
    with pytest.raises(ProtocolError, match="negative; check the unit"):
        grade_late_icaht(np.full(LATE_DAYS, -1.0))
