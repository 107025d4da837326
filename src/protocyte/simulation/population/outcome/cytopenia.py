"""Neutrophils of virtual patients day by day, from which early ICAHT follows by published rules.

They fall with lymphodepletion and come back by half in a given time, as the laboratory course of
the rehearsal says; a second fall after the peak of the CAR-T cells goes with inflammation. No
patient-level counts stand behind this. One law: without lymphodepletion and inflammation they do
not fall.
"""

from typing import Final

import numpy as np

from protocyte.kinetics.allogeneic.parameters import PARAMETERS as MODEL
from protocyte.kinetics.parameter import Floats, ParameterTable
from protocyte.protocol.biology import Depth
from protocyte.protocol.rehearsal import Rehearsal
from protocyte.standards.icaht_2023 import DAYS

PARAMETERS: Final = ParameterTable.from_text(r"""
name         | symbol | value | unit   | spread         | status  | source    | meaning
baseline     | –      | 3.0   | 10*9/L | range 1 6      | assumed | no source | neutrophils before lymphodepletion, where the rehearsal gives none
fall         | –      | 0.08  | 1      | range 0.03 0.3 | assumed | no source | neutrophils at the lowest point, of baseline
lowest_day   | –      | 8     | d      | range 5 12     | assumed | no source | day of the lowest point
back         | –      | 10    | d      | range 5 20     | assumed | no source | time in which half of the fall is made up
spread       | –      | 0.6   | 1      | range 0.3 1    | assumed | no source | SD of ln, neutrophils
begins       | –      | -5    | d      | range -7 -3    | assumed | first day of lymphodepletion of CancerVic | day on which the fall begins
enhanced     | –      | 1.5   | 1      | range 1 2      | assumed | no source | power to which enhanced lymphodepletion raises the fall
second_fall  | –      | 0.5   | 1      | range 0 1.5    | assumed | no source; that the course may have two falls: Rejeski2023 | fall of ln neutrophils at the second lowest point, at typical IL-6
second_after | –      | 10    | d      | range 5 20     | assumed | no source | days from the peak of CAR-T cells to the second lowest point
second_width | –      | 5     | d      | range 2 10     | assumed | no source | SD of the second fall in time
""")  # noqa: E501
"""Neutrophils; the rehearsal's own laboratory course of ANC comes first."""

_PER_UL: Final = 1000.0


def find_neutrophils(
    rehearsal: Rehearsal,
    depth: Depth,
    *,
    il6: Floats,
    peak_day: Floats,
    luck: Floats,
    days: Floats | None = None,
) -> Floats:
    """Find the neutrophils of every patient day by day.

    Parameters
    ----------
    rehearsal : Rehearsal
        Whose laboratory course ``ANC`` is taken, if there is one.
    depth : str
        Depth of lymphodepletion.
    il6 : ndarray of float, shape (n_patients,)
        Peak of IL-6 [pg/mL].
    peak_day : ndarray of float, shape (n_patients,)
        Day of the peak of CAR-T cells [d].
    luck : ndarray of float, shape (n_patients,)
        Standard normals [1].
    days : ndarray of float, shape (n_days,), optional
        Days after the infusion [d]; 0 to 30 by default.

    Returns
    -------
    ndarray of float, shape (n_patients, n_days)
        Neutrophils [cells/µL].

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.protocol.rehearsal import parse_rehearsal
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> rehearsal = parse_rehearsal(REHEARSAL, protocol=plan).plan
    >>> quiet = {"il6": np.array([4.1]), "peak_day": np.array([10.0]), "luck": np.zeros(1)}
    >>> counts = find_neutrophils(rehearsal, "standard", **quiet)
    >>> counts.shape, bool(counts.min() < 500)
    ((1, 31), True)
    """
    p = PARAMETERS.values()
    given = next((one for one in rehearsal.laboratory if one.test == "ANC"), None)
    baseline = given.baseline if given else p["baseline"]
    fall = given.extreme if given else p["fall"]
    lowest = given.at if given else p["lowest_day"]
    back = given.back if given else p["back"]
    spread = given.sd if given else p["spread"]
    day = np.arange(DAYS, dtype=float) if days is None else days
    falling = np.clip((day - p["begins"]) / (lowest - p["begins"]), 0, 1)
    course = falling * 0.5 ** (np.maximum(day - lowest, 0) / back)
    power = {"none": 0.0, "enhanced": p["enhanced"]}.get(depth, 1.0)
    first = power * np.log(fall) * course
    middle = np.nan_to_num(peak_day)[:, np.newaxis] + p["second_after"]
    bell = np.exp(-0.5 * ((day - middle) / p["second_width"]) ** 2)
    second = -p["second_fall"] * _inflamed(il6)[:, np.newaxis] * bell
    own = spread * luck[:, np.newaxis]
    return np.asarray(_PER_UL * baseline * np.exp(first + second + own))


def _inflamed(il6: Floats) -> Floats:
    """Say how inflamed a patient is: 0 at the base of IL-6, 1 at its typical peak, at most 2."""
    base, typical = MODEL["i_base"].value, MODEL["i_peak"].value
    return np.asarray(np.clip(np.log(np.maximum(il6, base) / base) / np.log(typical / base), 0, 2))
