"""A line of outcomes a virtual patient, in columns.

One law: a day that never came is NaN, a grade that cannot be given is -1, never 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from protocyte.kinetics.parameter import Floats

HORIZON: Final = 365.0
"""Last day that is followed [d]."""
Grades = NDArray[np.int8]
Flags = NDArray[np.bool_]
ESCAPE: tuple[str, ...] = ("none", "antigen-positive", "antigen-negative")
"""Kinds of relapse, by number."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """Outcomes of virtual patients, each an array with one place a patient.

    Parameters
    ----------
    solved : ndarray of bool
        Whether the course could be solved; every other column is meaningless where it could not.
    peak : ndarray of float
        Peak of CAR-T cells in blood [cells/µL].
    peak_day : ndarray of float
        Its day [d].
    last_seen : ndarray of float
        Last day on which CAR-T cells are above the detection limit [d]; NaN if never.
    auc_28 : ndarray of float
        Exposure over 28 days [cells/µL·d].
    il6_peak : ndarray of float
        Peak of IL-6 [pg/mL].
    crs, icans, gvhd, icaht : ndarray of int
        Highest grades [1]: CRS and ICANS on the protocol's scale 0 to 5, acute GvHD 0 to 4, early
        ICAHT 0 to 4.
    crs_day, crs_lasting : ndarray of float
        First day and duration of CRS [d]; NaN without.
    icans_day, gvhd_day : ndarray of float
        First day [d]; NaN without.
    responds, complete : ndarray of bool
        Whether the response that the protocol counts was reached at one of its assessments; and
        complete remission, whatever the counts (or DORIS).
    relapse_day : ndarray of float
        Day of relapse, or of progression without response, seen at the protocol's first assessment
        or later; in lupus the day on which SRI-4 is lost [d]. NaN if not within the year.
    relapse_kind : ndarray of int
        Which of `ESCAPE`.
    death_day : ndarray of float
        Day of death [d]; NaN if not within the year.
    toxic : ndarray of bool
        Whether a dose-limiting toxicity occurred, as the protocol defines it.
    """

    solved: Flags
    peak: Floats
    peak_day: Floats
    last_seen: Floats
    auc_28: Floats
    il6_peak: Floats
    crs: Grades
    crs_day: Floats
    crs_lasting: Floats
    icans: Grades
    icans_day: Floats
    gvhd: Grades
    gvhd_day: Floats
    icaht: Grades
    responds: Flags
    complete: Flags
    relapse_day: Floats
    relapse_kind: Grades
    death_day: Floats
    toxic: Flags

    @property
    def size(self) -> int:
        """Number of patients."""
        return int(self.solved.size)

    @classmethod
    def join(cls, parts: Sequence["Outcomes"]) -> "Outcomes":
        """Put pieces one after the other.

        Parameters
        ----------
        parts : sequence of Outcomes
            Pieces, at least one.

        Returns
        -------
        Outcomes
            All patients.
        """
        return cls(
            **{
                field.name: np.concatenate([getattr(part, field.name) for part in parts])
                for field in fields(cls)
            }
        )
