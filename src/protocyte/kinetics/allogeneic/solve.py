"""Solve the allogeneic model for many patients at once.

One law: nothing is raised for a patient who cannot be solved; the summary's code says it.
"""

import math
from typing import Final

import numpy as np

from protocyte.errors import ProtocolError
from protocyte.kinetics.allogeneic.course import Course
from protocyte.kinetics.allogeneic.kernel import OBSERVED, SUMMARY, solve_all
from protocyte.kinetics.allogeneic.patient import Patients, find_sound_rows
from protocyte.kinetics.parameter import Floats

TOLERANCE: Final = 1e-6
"""Largest error of a step on the logarithm of each population [1]."""


def solve_patients(
    patients: Patients,
    *,
    days: Floats | None = None,
    horizon: float = 365.0,
    tolerance: float = TOLERANCE,
) -> Course:
    """Solve the course of every patient after one infusion.

    Parameters
    ----------
    patients : ndarray of PATIENT, shape (n_patients,)
        Rows of `assemble_values` [units of `FIELDS`].
    days : ndarray of float, shape (n_days,), optional
        Days to report [d], rising, from 0 to ``horizon``. Without any, memory does not grow with
        time.
    horizon : float
        Last day [d], above 0.
    tolerance : float
        Largest error of a step on the logarithm of each population [1], 1e-12 to 1e-2.

    Returns
    -------
    Course
        Values on the days, and a summary of every patient.

    Raises
    ------
    ProtocolError
        If a patient is no patient of this model, or the days do not rise from 0 to the horizon.

    Notes
    -----
    Dormand-Prince 5(4) on logarithms, see `kernel`. The patients are shared out over the cores.

    References
    ----------
    .. [1] Hairer E, Nørsett SP, Wanner G. *Solving ordinary differential equations I.* 2nd ed.
       Springer 1993. Section II.5.

    Examples
    --------
    >>> from protocyte.kinetics.allogeneic.typical import assemble_typical
    >>> course = solve_patients(assemble_typical(1), days=np.array([0.0, 9.0, 28.0]))
    >>> bool(course.is_solved.all()), bool(course.summary["peak"][0] > course.car[0, 0])
    (True, True)
    """
    asked = np.ascontiguousarray(() if days is None else days, dtype=np.float64)
    if not (math.isfinite(horizon) and horizon > 0):
        raise ProtocolError(f"a horizon of {horizon:g} days is not a time; give days above zero")
    if not 1e-12 <= tolerance <= 1e-2:
        raise ProtocolError(f"a tolerance of {tolerance:g} is out of 1e-12 to 1e-2; give 1e-6")
    if asked.size and not (
        np.all(np.isfinite(asked))
        and asked[0] >= 0
        and asked[-1] <= horizon
        and np.all(np.diff(asked) > 0)
    ):
        raise ProtocolError(
            f"the days asked for do not rise from 0 to {horizon:g}; sort them, each once"
        )
    find_sound_rows(patients)
    rows = np.zeros((patients.size, asked.size, OBSERVED))
    found = np.zeros(patients.size, SUMMARY)
    solve_all(np.ascontiguousarray(patients), float(horizon), tolerance, asked, rows, found)
    return Course(asked, rows, found)
