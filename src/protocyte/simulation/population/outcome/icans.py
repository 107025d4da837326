"""ICANS of virtual patients: highest grade and first day.

Only rates of whole trials are published, so the grade hangs on that of CRS by an assumed odds
ratio, and its cutpoints are derived from pooled counts.
One law: no patient-level ICANS data stand behind this, and the table says so.
"""

from typing import Final

import numpy as np
from scipy.special import logit, ndtr

from protocyte.kinetics.parameter import Floats, ParameterTable
from protocyte.simulation.population.outcome.table import Grades

PARAMETERS: Final = ParameterTable.from_text(r"""
name       | symbol | value | unit | spread            | status  | source                                                       | meaning
any        | –      | 0.093 | 1    | range 0.04 0.17   | derived | 2/26 WuBlood2025, 1/9 Neelapu2020, 6/43 ALLO715, at the CRS grades of these 78 | probability of ICANS at CRS of grade 1
second     | –      | 0.03  | 1    | range 0.005 0.06  | assumed | none of these 9 is reported above grade 1 or as 3 and more   | probability of grade 2 or more at CRS of grade 1
third      | –      | 0.0047 | 1   | range 0.001 0.04  | derived | half an event in 78: WuBlood2025, Neelapu2020, ALLO715                           | probability of grade 3 or more at CRS of grade 1
fourth     | –      | 0.002 | 1    | range 0.0003 0.01 | assumed | no source                                                    | probability of grade 4 at CRS of grade 1
odds_ratio | –      | 2     | 1    | range 1 4         | assumed | no source                                                    | odds ratio for each grade of CRS
lasting    | –      | 4     | d    | range 2 7         | assumed | no source                                                    | duration
after      | –      | 3     | d    | range 0 7         | assumed | no source                                                    | days from the first day of CRS
""")  # noqa: E501
"""ICANS given the grade of CRS."""


def judge_icans(crs: Grades, luck: Floats) -> Grades:
    """Judge the highest grade of ICANS.

    Parameters
    ----------
    crs : ndarray of int, shape (n_patients,)
        Highest grade of CRS [1].
    luck : ndarray of float, shape (n_patients,)
        Standard normals [1]; low is bad.

    Returns
    -------
    ndarray of int, shape (n_patients,)
        Grades 0 to 4 [1].

    Examples
    --------
    >>> judge_icans(np.array([1, 4], np.int8), np.array([-1.0, -1.0])).tolist()
    [0, 2]
    """
    p = PARAMETERS.values()
    shift = np.log(p["odds_ratio"]) * (crs.astype(float) - 1)
    limits = [logit(p[name]) for name in ("any", "second", "third", "fourth")]
    chance = np.clip(ndtr(luck), 1e-15, 1 - 1e-15)
    lies = np.log(chance / (1 - chance))
    return np.asarray(np.sum([lies < limit + shift for limit in limits], axis=0), np.int8)


def find_icans_day(crs_day: Floats) -> Floats:
    """Find the first day of ICANS, had the patient any.

    Parameters
    ----------
    crs_day : ndarray of float, shape (n_patients,)
        First day of CRS, had the patient any [d].

    Returns
    -------
    ndarray of float, shape (n_patients,)
        Day after the infusion [d].

    Examples
    --------
    >>> find_icans_day(np.array([5.0])).tolist()
    [8.0]
    """
    return crs_day + PARAMETERS["after"].value
