"""What becomes of the cells of many patients: courses on the days asked, and a line on each.

One law: counts are cells of the whole body; what is in blood is derived from them here only.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from protocyte.kinetics.convergence import Convergence
from protocyte.kinetics.kimmel_2021_course import CELLS_PER_UL
from protocyte.kinetics.parameter import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Cells over time of an ensemble of patients.

    Parameters
    ----------
    days : ndarray of float, shape (n_days,)
        Days asked for, rising [d].
    values : ndarray of float, shape (n_patients, n_days, 9)
        N, K, E, M, B, X [cells], I [pg/mL], S [1] and the logarithm of B [1]; NaN for a patient
        who could not be solved.
    summary : ndarray, shape (n_patients,)
        A line a patient: ``peak`` [cells], ``peak_day`` [d], ``auc_28`` and ``auc_90``
        [cells·d], ``last_seen`` [d], ``i_peak`` above base [pg/mL], ``b_low`` and ``b_end``
        [ln cells], ``fall_day``, ``relapse_day``, ``progress_day`` [d], ``births`` [1] and
        ``founders`` [cells]; days that never came are NaN.

    Examples
    --------
    >>> from protocyte.kinetics.allogeneic import solve
    >>> from protocyte.kinetics.allogeneic.typical import assemble_typical
    >>> course = solve.solve_patients(assemble_typical(2), days=np.array([0.0, 28.0]))
    >>> course.values.shape, course.car_per_ul.shape
    ((2, 2, 9), (2, 2))
    """

    days: Floats
    values: Floats
    summary: NDArray[np.void]

    @property
    def host_t(self) -> Floats:
        """Host T cells [cells], shape (n_patients, n_days)."""
        return self.values[..., 0]

    @property
    def host_nk(self) -> Floats:
        """Host NK cells [cells], shape (n_patients, n_days)."""
        return self.values[..., 1]

    @property
    def car(self) -> Floats:
        """CAR-T cells, effector and memory [cells], shape (n_patients, n_days)."""
        return np.asarray(self.values[..., 2] + self.values[..., 3])

    @property
    def target(self) -> Floats:
        """Antigen-positive target cells [cells], shape (n_patients, n_days)."""
        return self.values[..., 4]

    @property
    def escaped(self) -> Floats:
        """Antigen-negative target cells, expected [cells], shape (n_patients, n_days)."""
        return self.values[..., 5]

    @property
    def inflammation(self) -> Floats:
        """Inflammation as IL-6 [pg/mL], shape (n_patients, n_days)."""
        return self.values[..., 6]

    @property
    def activity(self) -> Floats:
        """Disease activity, of that at infusion [1], shape (n_patients, n_days)."""
        return self.values[..., 7]

    @property
    def car_per_ul(self) -> Floats:
        """CAR-T cells in blood [cells/µL], shape (n_patients, n_days)."""
        return np.asarray(self.car / CELLS_PER_UL)

    @property
    def host_t_per_ul(self) -> Floats:
        """Host T cells in blood [cells/µL], shape (n_patients, n_days)."""
        return np.asarray(self.host_t / CELLS_PER_UL)

    @property
    def host_nk_per_ul(self) -> Floats:
        """Host NK cells in blood [cells/µL], shape (n_patients, n_days)."""
        return np.asarray(self.host_nk / CELLS_PER_UL)

    @property
    def is_solved(self) -> NDArray[np.bool_]:
        """Whether each patient could be solved, shape (n_patients,)."""
        return np.asarray(self.summary["code"] == Convergence.SOLVED)

    @property
    def extinction(self) -> Floats:
        r"""Probability that no antigen-positive target is left at the end [1].

        Target cells divide and die by chance. Starting from :math:`B_0` cells, a birth-death
        process with birth rate :math:`r_B` has died out by :math:`t` with probability
        :math:`\exp(-1 / (1/B(t) + \int_0^t r_B/B))`, where :math:`B` is the expected number
        (Kendall 1948, equation 12, for many cells).
        """
        left = np.exp(-np.clip(self.summary["b_end"], -700, 700)) + self.summary["births"]
        return np.asarray(np.exp(-1 / left))
