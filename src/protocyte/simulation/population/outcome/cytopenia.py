"""Neutrophils of virtual patients day by day, and early ICAHT by the published rules.

Falls with lymphodepletion and comes back by half in a time that inflammation prolongs.
One law: without lymphodepletion neutrophils do not fall by it.
"""

from typing import Final

import numpy as np

from protocyte.kinetics.parameter import Floats, ParameterTable
from protocyte.protocol.biology import Depth
from protocyte.protocol.rehearsal import Rehearsal
from protocyte.standards.icaht_2023 import DAYS

PARAMETERS: Final = ParameterTable.from_text(r"""
name        | symbol | value | unit   | spread         | status  | source    | meaning
baseline    | –      | 3.0   | 10*9/L | range 1 6      | assumed | no source | neutrophils before lymphodepletion, where the rehearsal gives none
fall        | –      | 0.08  | 1      | range 0.03 0.3 | assumed | no source | neutrophils at the lowest point, of baseline
lowest_day  | –      | 8     | d      | range 5 12     | assumed | no source | day of the lowest point
back        | –      | 10    | d      | range 5 20     | assumed | no source | time in which half of the fall is made up
spread      | –      | 0.6   | 1      | range 0.3 1    | assumed | no source | SD of ln, neutrophils
slower      | –      | 0.15  | 1      | range 0 0.4    | assumed | no source | power of peak IL-6, over 210 pg/mL, that recovery is slower with
""")  # noqa: E501
"""Neutrophils; the rehearsal's own laboratory course of ANC comes first."""

DEPTH: Final = {"none": 0.0, "standard": 1.0, "enhanced": 1.5, "with alemtuzumab": 1.0}
"""Power of the fall at each depth of lymphodepletion, assumed."""
_BEGINS: Final = -5.0
_TYPICAL_IL6: Final = 210.0


def find_neutrophils(
    rehearsal: Rehearsal, depth: Depth, il6: Floats, luck: Floats, days: Floats | None = None
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
    luck : ndarray of float, shape (n_patients,)
        Standard normals [1].
    days : ndarray of float, shape (n_days,), optional
        Days after the infusion [d]; 0 to 30 by default.

    Returns
    -------
    ndarray of float, shape (n_patients, n_days)
        Neutrophils [cells/µL].
    """
    p = PARAMETERS.values()
    given = next((one for one in rehearsal.laboratory if one.test == "ANC"), None)
    baseline = given.baseline if given else p["baseline"]
    fall = given.extreme if given else p["fall"]
    lowest = given.at if given else p["lowest_day"]
    back = given.back if given else p["back"]
    spread = given.sd if given else p["spread"]
    day = np.arange(DAYS, dtype=float) if days is None else days
    slow = back * (np.maximum(il6, 1e-3) / _TYPICAL_IL6)[:, np.newaxis] ** p["slower"]
    falling = np.clip((day - _BEGINS) / (lowest - _BEGINS), 0, 1)
    rising = 0.5 ** (np.maximum(day - lowest, 0) / slow)
    share = DEPTH[depth] * falling * rising
    return np.asarray(1000 * baseline * fall**share * np.exp(spread * luck)[:, np.newaxis])
