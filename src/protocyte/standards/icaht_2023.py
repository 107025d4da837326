"""Immune effector cell-associated haematotoxicity (ICAHT), early and late, from neutrophil counts.

Standard: Rejeski K, et al. Immune effector cell-associated hematotoxicity: EHA/EBMT consensus
grading and best practice recommendations. Blood 2023;142:865-877. doi:10.1182/blood.2023020578.
The limits are those of the table; how gaps are filled and runs are joined is the policy of the one
public implementation (Liang and others, automated ICAHT grading). Both need clinical review.
One law: a day without a count is not a day above the limit; a participant without any is -1.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from protocyte.errors import ProtocolError

SCALE: Final = "ICAHT 2023"
DAYS: Final = 31
"""Days 0 to 30 after the infusion, of early ICAHT."""
LATE_DAYS: Final = 70
"""Days 31 to 100 after the infusion, of late ICAHT."""
SEVERE: Final = 500.0
"""Neutrophils at most this are severe neutropenia [cells/µL]."""
PROFOUND: Final = 100.0
"""Neutrophils at most this are profound neutropenia [cells/µL]."""
RECOVERY: Final = 3
"""Days in a row above the limit that end a run [d]."""
MOST_FILLED: Final = 7
"""Longest gap between counts that is filled [d]."""
BEGINS_BY: Final = 3
"""Last day on which a run may begin that, if it never ends, is grade 4 [d]."""
SEVERE_DAYS: Final = {1: 1, 7: 2, 14: 3}
"""Fewest days of severe neutropenia [d], and their grade."""
PROFOUND_DAYS: Final = {7: 3, 14: 4}
"""Fewest days of profound neutropenia [d], and their grade."""
LATE_LIMITS: Final = (1500.0, 1000.0, 500.0, 100.0)
"""Neutrophils of late grades 1 to 4, at most [cells/µL]."""
_ROUNDED: Final = 10.0

Counts = NDArray[np.float64]
Grades = NDArray[np.int8]
Counted = Literal["longest run", "cumulative"]


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Days at or below a limit, joined over recoveries that are too short.

    Parameters
    ----------
    longest : ndarray of int, shape (n_participants,)
        Days from the first to the last of the longest run [d].
    cumulative : ndarray of int, shape (n_participants,)
        Days of all runs [d].
    endless : ndarray of bool, shape (n_participants,)
        Whether a run that begins by day 3 lasts to the last count.
    """

    longest: NDArray[np.int64]
    cumulative: NDArray[np.int64]
    endless: NDArray[np.bool_]

    @classmethod
    def of(cls, counts: Counts, limit: float) -> "Runs":
        """Find the runs of days at or below a limit [cells/µL]; a day without a count breaks one.

        Examples
        --------
        >>> runs = Runs.of(np.array([[9.0, 1, 1, 9, 9, 1, 9, 9, 9, 1]]), 1.0)
        >>> runs.longest.tolist(), runs.cumulative.tolist()
        ([5], [6])
        """
        n = counts.shape[0]
        run, low_for, above, longest, total = (np.zeros(n, np.int64) for _ in range(5))
        low_since_start, last = np.full(n, -1), np.full(n, -2)
        for day, column in enumerate(counts.T):
            low, high = column <= limit, column > limit
            above = np.where(high, above + 1, 0)
            ended = ~(low | high) | (above >= RECOVERY)
            total += np.where(ended, low_for, 0)
            # A run that may still go on keeps counting; what counts is its length at a low day.
            run = np.where(ended, 0, np.where(low | (run > 0), run + 1, 0))
            low_for = np.where(ended, 0, np.where(low, run, low_for))
            longest = np.maximum(longest, low_for)
            last = np.where(low | high, day, last)
            low_since_start = np.where(low & (day - run < BEGINS_BY), day, low_since_start)
        return cls(longest, total + low_for, low_since_start == last)


def grade_early_icaht(neutrophils: ArrayLike, *, counted: Counted = "longest run") -> Grades:
    """Grade early ICAHT from one neutrophil count a day.

    Parameters
    ----------
    neutrophils : array-like of float, shape (31,) or (n_participants, 31)
        Lowest neutrophils of each of days 0 to 30 [cells/µL]; NaN where none was counted. Gaps are
        taken as they stand: see `convert_counts`.
    counted : {"longest run", "cumulative"}
        Whether the longest run of days counts, or all of them together.

    Returns
    -------
    ndarray of int, shape () or (n_participants,)
        Grade 0 to 4 [1]; -1 if there is no count at all.

    Raises
    ------
    ProtocolError
        If there are not 31 days, or a count is negative.

    Notes
    -----
    Grade 1 to 3: at most 500 cells/µL for 1 to 6, 7 to 13, or 14 days and more. Grade 3 and 4: at
    most 100 cells/µL for 7 to 13, or 14 days and more. Grade 4 also if neutrophils are never above
    500 cells/µL: if a run that begins by day 3 lasts to the last count, early death included.

    References
    ----------
    .. [1] Rejeski K, et al. *Blood* 2023;142:865-877. Table 1. doi:10.1182/blood.2023020578

    Examples
    --------
    >>> counts = np.full(31, 2000.0)
    >>> counts[5:13] = 300
    >>> int(grade_early_icaht(counts))
    2
    """
    counts = _check(neutrophils, DAYS, "days 0 to 30")
    grade = np.zeros(counts.shape[0], np.int8)
    for limit, steps in ((SEVERE, SEVERE_DAYS), (PROFOUND, PROFOUND_DAYS)):
        runs = Runs.of(counts, limit)
        days = runs.longest if counted == "longest run" else runs.cumulative
        for fewest, given in steps.items():
            grade = np.where(days >= fewest, np.maximum(grade, given), grade)
        if limit == SEVERE:
            endless = runs.endless
    grade = np.where(endless, 4, grade)
    grade = np.where(np.isnan(counts).all(axis=1), -1, grade)
    return grade.astype(np.int8).reshape(np.shape(neutrophils)[:-1])


def grade_late_icaht(neutrophils: ArrayLike) -> Grades:
    """Grade late ICAHT from neutrophil counts after day 30.

    Parameters
    ----------
    neutrophils : array-like of float, shape (70,) or (n_participants, 70)
        Lowest neutrophils of each of days 31 to 100 [cells/µL]; NaN where none was counted, and
        from progression, the next therapy or the end of follow-up on.

    Returns
    -------
    ndarray of int, shape () or (n_participants,)
        Grade 0 to 4 [1]; -1 if there is no count at all.

    Raises
    ------
    ProtocolError
        If there are not 70 days, or a count is negative.

    Notes
    -----
    By the lowest count: at most 1500, 1000, 500, 100 cells/µL are grade 1 to 4. It must not be
    transient: the second lowest is at most 1500 cells/µL, or there is no other count.

    Examples
    --------
    >>> counts = np.full(70, np.nan)
    >>> counts[[4, 18, 32]] = 2100, 900, 1400
    >>> int(grade_late_icaht(counts))
    2
    """
    counts = np.sort(_check(neutrophils, LATE_DAYS, "days 31 to 100"), axis=1)
    lowest, second = counts[:, 0], counts[:, 1]
    grade = np.sum(lowest[:, np.newaxis] <= np.array(LATE_LIMITS), axis=1)
    grade = np.where(second > LATE_LIMITS[0], 0, grade)
    grade = np.where(np.isnan(lowest), -1, grade)
    return grade.astype(np.int8).reshape(np.shape(neutrophils)[:-1])


def convert_counts(neutrophils: ArrayLike) -> Counts:
    """Convert counts as they were taken to one a day, by filling short gaps.

    Parameters
    ----------
    neutrophils : array-like of float, shape (n_days,) or (n_participants, n_days)
        Counts [cells/µL]; NaN where none was taken.

    Returns
    -------
    ndarray of float, of the shape of ``neutrophils``
        Counts [cells/µL]: gaps of at most 7 days filled on a straight line, at either end with the
        nearest count, to the nearest 10; longer gaps as they were, and counts untouched.

    Examples
    --------
    >>> convert_counts([np.nan, 400.0, np.nan, 1000.0]).tolist()
    [400.0, 400.0, 700.0, 1000.0]
    """
    filled = np.array(neutrophils, dtype=np.float64)
    day = np.arange(filled.shape[-1])
    for row in filled.reshape(-1, day.size):
        gap = np.isnan(row)
        if not gap.any() or gap.all():
            continue
        line = np.interp(day, day[~gap], row[~gap])
        edges = np.flatnonzero(np.diff(np.r_[False, gap, False]))
        for first, after in zip(edges[::2], edges[1::2], strict=True):
            if after - first <= MOST_FILLED:
                row[first:after] = np.round(line[first:after] / _ROUNDED) * _ROUNDED
    return filled


def _check(neutrophils: ArrayLike, days: int, named: str) -> Counts:
    """Give counts in rows, if there is one for each day and none is negative."""
    counts = np.asarray(neutrophils, dtype=np.float64)
    if counts.ndim not in (1, 2) or counts.shape[-1] != days:
        raise ProtocolError(
            f"neutrophils of shape {counts.shape} are not {named}; give {days} counts a "
            "participant, NaN where none was taken"
        )
    if np.any(counts < 0):
        raise ProtocolError(
            f"neutrophils of {np.nanmin(counts):g} cells/µL are negative; check the unit"
        )
    return np.atleast_2d(counts)
