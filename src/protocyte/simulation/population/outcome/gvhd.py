"""Acute graft-versus-host disease of virtual patients: grade and first day.

One law: cells without a T-cell receptor do not cause it; what is left of the receptor does.
"""

from typing import Final

import numpy as np
from scipy.special import ndtr

from protocyte.kinetics.allogeneic.terms import RECEPTOR, Terms
from protocyte.kinetics.parameter import Floats, ParameterTable
from protocyte.simulation.population.outcome.table import Grades

PARAMETERS: Final = ParameterTable.from_text(r"""
name       | symbol | value | unit | spread          | status  | source                                             | meaning
second     | –      | 0.5   | 1    | range 0.2 0.8   | assumed | Tan2023: grades 1 and 2; WuBlood2025: one of grade 2 | share of GvHD that is of grade 2 or more
third      | –      | 0.05  | 1    | range 0.01 0.2  | assumed | none in these two                                  | share of GvHD that is of grade 3 or more
fourth     | –      | 0.01  | 1    | range 0.001 0.05 | assumed | none in these two                                 | share of GvHD that is of grade 4
onset      | –      | 30    | d    | range 15 60     | assumed | no source                                          | median first day
lasting    | –      | 14    | d    | range 7 40      | assumed | no source                                          | duration
onset_sd   | –      | 0.4   | 1    | range 0.2 0.8   | assumed | no source                                          | SD of ln, first day
""")  # noqa: E501
"""Grades and days of GvHD; its hazard is ``gvhd_rate`` of the allogeneic model."""


def find_gvhd_risk(terms: Terms, cells: Floats, most: Floats, rate: Floats) -> Floats:
    """Find the probability of acute GvHD of any grade.

    Parameters
    ----------
    terms : Terms
        What the product switches.
    cells : ndarray of float, shape (n_patients,)
        Cells infused [cells].
    most : ndarray of float, shape (n_patients,)
        Receptor-positive cells that a batch with the receptor deleted may have at most [cells].
    rate : ndarray of float, shape () or (n_patients,)
        Hazard by one receptor-positive cell [1/cell].

    Returns
    -------
    ndarray of float, shape (n_patients,)
        Probability [1].

    Examples
    --------
    >>> from protocyte.kinetics.allogeneic.terms import find_terms
    >>> from protocyte.protocol.product import Product
    >>> own = find_terms(Product(name="x", donor="autologous", cars=("CD19",), edits=()))
    >>> find_gvhd_risk(own, np.array([1e8]), np.array([3e6]), np.array(1.5e-8)).tolist()
    [0.0]
    """
    if terms.mismatch == 0:
        return np.zeros_like(cells)
    positive = terms.left[RECEPTOR] * cells
    if terms.left[RECEPTOR] < 1:
        positive = np.minimum(positive, most)
    return np.asarray(-np.expm1(-rate * positive))


def judge_gvhd(risk: Floats, luck: Floats) -> Grades:
    """Judge the highest grade of acute GvHD.

    Parameters
    ----------
    risk : ndarray of float, shape (n_patients,)
        Probability of any grade [1].
    luck : ndarray of float, shape (n_patients,)
        Standard normals [1]; low is bad.

    Returns
    -------
    ndarray of int, shape (n_patients,)
        Grades 0 to 4 [1].

    Examples
    --------
    >>> judge_gvhd(np.array([0.6, 0.6]), np.array([-0.6, 1.0])).tolist()
    [2, 0]
    """
    p = PARAMETERS.values()
    chance = ndtr(luck)
    shares = (1.0, p["second"], p["third"], p["fourth"])
    return np.asarray(np.sum([chance < risk * share for share in shares], axis=0), np.int8)


def find_gvhd_day(luck: Floats) -> Floats:
    """Find the first day of GvHD, had the patient any.

    Parameters
    ----------
    luck : ndarray of float, shape (n_patients,)
        Standard normals [1].

    Returns
    -------
    ndarray of float, shape (n_patients,)
        Day after the infusion [d].

    Examples
    --------
    >>> find_gvhd_day(np.zeros(1)).tolist()
    [30.0]
    """
    p = PARAMETERS.values()
    return np.maximum(np.round(p["onset"] * np.exp(p["onset_sd"] * luck)), 1.0)
