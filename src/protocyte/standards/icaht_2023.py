"""Immune effector cell-associated haematotoxicity (ICAHT), early grade from daily neutrophils.

Standard: Rejeski K, et al. Immune effector cell-associated hematotoxicity: EHA/EBMT consensus
grading and best practice recommendations. Blood 2023;142:865-877. doi:10.1182/blood.2023020578.
The table was taken from an independent implementation: it still needs clinical review. How runs
are joined is that implementation's policy: two runs are one if fewer than three days in a row lie
above the limit between them.
One law: a day without a count is not a day above the limit; a participant without any is -1.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from protocyte.errors import ProtocolError

SCALE: Final = "ICAHT 2023"
DAYS: Final = 31
"""Days 0 to 30 after the infusion."""
SEVERE: Final = 500.0
"""Neutrophils at most this are severe neutropenia [cells/µL]."""
PROFOUND: Final = 100.0
"""Neutrophils at most this are profound neutropenia [cells/µL]."""
RECOVERY: Final = 3
"""Days in a row above the limit that end a run [d]."""
SEVERE_RUNS: Final = {1: 1, 7: 2, 14: 3}
"""Shortest run of severe neutropenia [d], and its grade."""
PROFOUND_RUNS: Final = {7: 3, 14: 4}
"""Shortest run of profound neutropenia [d], and its grade."""


def grade_early_icaht(neutrophils: ArrayLike) -> NDArray[np.int8]:
    """Grade early ICAHT from one neutrophil count a day.

    Parameters
    ----------
    neutrophils : array-like of float, shape (31,) or (n_participants, 31)
        Lowest neutrophils of days 0 to 30 [cells/µL]; NaN where none was counted.

    Returns
    -------
    ndarray of int, shape () or (n_participants,)
        Grade 0 to 4; -1 if there is no count at all.

    Raises
    ------
    ProtocolError
        If there are not 31 days, or a count is negative.

    Notes
    -----
    Grade 1 to 3: longest run at most 500 cells/µL of 1 to 6, 7 to 13, or 14 days and more. Grade 3
    and 4: longest run at most 100 cells/µL of 7 to 13, or 14 days and more. Grade 4 also if
    neutrophils are never above 500 cells/µL.

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
    counts = np.asarray(neutrophils, dtype=np.float64)
    if counts.ndim not in (1, 2) or counts.shape[-1] != DAYS:
        raise ProtocolError(
            f"neutrophils of shape {counts.shape} are not days 0 to 30; give {DAYS} counts a "
            "participant, NaN where none was taken"
        )
    if np.any(counts < 0):
        raise ProtocolError(
            f"neutrophils of {np.nanmin(counts):g} cells/µL are negative; check the unit"
        )
    rows = np.atleast_2d(counts)
    grade = np.zeros(rows.shape[0], np.int8)
    for limit, runs in ((SEVERE, SEVERE_RUNS), (PROFOUND, PROFOUND_RUNS)):
        longest = find_longest_run(rows, limit)
        for days, given in runs.items():
            grade = np.where(longest >= days, np.maximum(grade, given), grade)
    known = ~np.isnan(rows)
    grade = np.where((rows <= SEVERE).sum(axis=1) == DAYS, 4, grade)
    grade = np.where(known.any(axis=1), grade, -1)
    return grade.astype(np.int8).reshape(counts.shape[:-1])


def find_longest_run(counts: NDArray[np.float64], limit: float) -> NDArray[np.int64]:
    """Find the longest run of days at or below a limit.

    Parameters
    ----------
    counts : ndarray of float, shape (n_participants, n_days)
        Counts [cells/µL]; a day without one breaks a run.
    limit : float
        Limit [cells/µL].

    Returns
    -------
    ndarray of int, shape (n_participants,)
        Days from the first to the last of the longest run, short recoveries within it included
        [d].

    Examples
    --------
    >>> find_longest_run(np.array([[9.0, 1, 1, 9, 9, 1, 9]]), 1.0).tolist()
    [5]
    """
    n = counts.shape[0]
    run, above, longest = (np.zeros(n, np.int64) for _ in range(3))
    for day in range(counts.shape[1]):
        low, high = counts[:, day] <= limit, counts[:, day] > limit
        missing = ~(low | high)
        above = np.where(high, above + 1, 0)
        ended = missing | (above >= RECOVERY)
        # A run that may still go on keeps counting; what counts is its length at a low day.
        run = np.where(ended, 0, np.where(low | (run > 0), run + 1, 0))
        longest = np.where(low, np.maximum(longest, run), longest)
    return longest
