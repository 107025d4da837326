"""The course of host T cells, CAR-T cells and tumour cells, as a solved model gives it back.

One law: counts are cells of the whole body; the count in blood is derived from them here only.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from protocyte.kinetics.parameter import Floats

CELLS_PER_UL: Final = 5e8
"""Cells in the body for each cell in a microlitre of blood; derived from Kimmel2021, which prints
500 cells/µL as 2.5e11 cells (5 L of blood that hold 1 % of the T cells)."""


@dataclass(frozen=True, slots=True, eq=False)
class Competition:
    """Cells over time, for one patient or for an ensemble.

    In an ensemble every array but ``times`` has the patients as its first axis; for one patient
    that axis is absent. A patient who could not be solved has NaN in every place.

    Parameters
    ----------
    times : ndarray of float, shape (n_times,)
        Times since the infusion [d].
    host, car, tumour : ndarray of float, shape (n_times,) or (n_patients, n_times)
        Host T cells, CAR-T cells and tumour cells in the body [cells]. A tumour that grows for
        years may become infinite: the model has no limit to its size.
    peak_car, peak_day : ndarray of float, shape () or (n_patients,)
        Largest number of CAR-T cells up to the last time [cells], and its day [d].
    lowest_tumour, lowest_day : ndarray of float, shape () or (n_patients,)
        Smallest number of tumour cells up to the last time [cells], and its day [d].
    below_day : ndarray of float, shape () or (n_patients,)
        First day with fewer than 100 tumour cells [d]; NaN if not by the last time. From this day
        on chance decides: the tumour may be extinct, and the course shown is one of many.
    progression_day : ndarray of float, shape () or (n_patients,)
        First day with 1.2 times the tumour cells at infusion [d]; NaN if not by the last time.
    convergence : ndarray of int, shape () or (n_patients,)
        How the solver ended, as `Convergence`; 0 if it solved.

    Examples
    --------
    >>> from protocyte.kinetics.kimmel_2021_axicabtagene import PARAMETERS, solve_competition
    >>> course = solve_competition(np.array([0.0, 28.0]), **PARAMETERS.values())
    >>> course.host_per_ul.round(1).tolist()
    [6.0, 472.8]
    """

    times: Floats
    host: Floats
    car: Floats
    tumour: Floats
    peak_car: Floats
    peak_day: Floats
    lowest_tumour: Floats
    lowest_day: Floats
    below_day: Floats
    progression_day: Floats
    convergence: NDArray[np.int_]

    @property
    def car_per_ul(self) -> Floats:
        """CAR-T cells in blood [cells/µL]."""
        return self.car / CELLS_PER_UL

    @property
    def host_per_ul(self) -> Floats:
        """Host T cells in blood [cells/µL]."""
        return self.host / CELLS_PER_UL
