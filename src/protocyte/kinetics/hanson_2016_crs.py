"""Inflammation after CAR-T cells in B-ALL: effector and helper cells feed it, and it feeds them.

A form, not a fit: no comparison with patients is claimed, and its numbers of cells and of
inflammation have no unit. One law: rates are per hour, as published; days come in and go out.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from protocyte.errors import ProtocolError
from protocyte.kinetics.integration import (
    Solved,
    State,
    solve_ensemble,
    solve_extreme,
    solve_logarithms,
)
from protocyte.kinetics.parameter import Floats, ParameterTable
from protocyte.kinetics.reference import Reference

PARAMETERS: Final = ParameterTable.from_text(r"""
name     | symbol | value | unit | spread | status  | source          | meaning
r1       | r_1    | 0.003 | 1/h  | –      | sourced | BIOMD0000000837 | rate of growth of the leukaemia
r2       | r_2    | 0.1   | 1/h  | –      | sourced | BIOMD0000000837 | rate of growth of cytotoxic memory cells into empty room
r3       | r_3    | 0.1   | 1/h  | –      | sourced | BIOMD0000000837 | rate of growth of helper memory cells into empty room
r4       | r_4    | 0.1   | 1/h  | –      | sourced | BIOMD0000000837 | rate of growth of other lymphocytes into empty room
d1       | d_1    | 2e-4  | 1/h  | –      | sourced | BIOMD0000000837 | killing of leukaemia by a cytotoxic effector cell
d2       | d_2    | 1.5   | 1/h  | –      | sourced | BIOMD0000000837 | loss of inflammation
d3       | d_3    | 0.004 | 1/h  | –      | sourced | BIOMD0000000837 | loss of cytotoxic effector cells
d4       | d_4    | 0.004 | 1/h  | –      | sourced | BIOMD0000000837 | loss of helper effector cells
d5       | d_5    | 2e-4  | 1/h  | –      | sourced | BIOMD0000000837 | loss of other lymphocytes
p0       | p_0    | 200   | 1/h  | –      | sourced | BIOMD0000000837 | inflammation made without CAR-T cells
p1       | p_1    | 0.002 | 1/h  | –      | sourced | BIOMD0000000837 | inflammation made by contact of an effector cell with leukaemia
p2       | p_2    | 0.4   | 1/h  | –      | sourced | BIOMD0000000837 | lymphocytes made anew
a1       | a_1    | 4e-7  | 1/h  | –      | sourced | BIOMD0000000837 | activation of cytotoxic memory cells by leukaemia
a2       | a_2    | 2     | 1    | –      | sourced | BIOMD0000000837 | help of a helper effector cell in that activation
a3       | a_3    | 8e-5  | 1/h  | –      | sourced | BIOMD0000000837 | activation of helper memory cells by leukaemia
b        | b      | 800   | 1    | –      | sourced | BIOMD0000000837 | inflammation at half the activation
k        | k      | 4800  | 1    | –      | sourced | BIOMD0000000837 | carrying capacity of the leukaemia
l0       | l_0    | 1600  | 1    | –      | sourced | BIOMD0000000837 | room for lymphocytes and leukaemia
n        | n      | 6     | 1    | –      | sourced | BIOMD0000000837 | divisions of an activated memory cell
cm_start | C_m(0) | 10    | 1    | –      | sourced | BIOMD0000000837 | cytotoxic memory cells at infusion
ce_start | C_e(0) | 10    | 1    | –      | sourced | BIOMD0000000837 | cytotoxic effector cells at infusion
hm_start | H_m(0) | 10    | 1    | –      | sourced | BIOMD0000000837 | helper memory cells at infusion
he_start | H_e(0) | 10    | 1    | –      | sourced | BIOMD0000000837 | helper effector cells at infusion
l_start  | L(0)   | 1600  | 1    | –      | sourced | BIOMD0000000837 | other lymphocytes at infusion
i_start  | I(0)   | 140   | 1    | –      | sourced | BIOMD0000000837 | inflammation at infusion
b_start  | B(0)   | 300   | 1    | –      | sourced | BIOMD0000000837 | leukaemia at infusion
""")  # noqa: E501
"""What `solve_inflammation` takes. Cells and inflammation are numbers without a unit."""

REFERENCES: Final = (
    Reference(
        "Hanson2016",
        "Hanson S, Grimes DR, Taylor-King JP, Bauer B, Warman PI, Frankenstein Z, et al. Toxicity "
        "management in CAR T cell therapy for B-ALL: mathematical modelling as a new avenue for "
        "improvement. bioRxiv 2016.",
        doi="10.1101/049908",
    ),
    Reference(
        "BIOMD0000000837",
        "Curated copy of the model in BioModels, after Hanson2016.",
        url="https://identifiers.org/biomodels.db/BIOMD0000000837",
    ),
)

HOURS: Final = 24.0
STATES: Final = ("b", "i", "cm", "ce", "hm", "he", "l")
MARKS: Final = ("peak", "peak_day", "lowest_leukaemia", "lowest_day")


@dataclass(frozen=True, slots=True, eq=False)
class Inflammation:
    """Inflammation and cells over time, for one patient or for an ensemble.

    In an ensemble every array but ``times`` has the patients as its first axis; for one patient
    that axis is absent. A patient who could not be solved has NaN in every place.

    Parameters
    ----------
    times : ndarray of float, shape (n_times,)
        Times since the infusion [d].
    leukaemia, inflammation : ndarray of float, shape (n_times,) or (n_patients, n_times)
        Leukaemia cells and inflammation [1].
    cytotoxic_memory, cytotoxic_effector : ndarray of float, shape as ``inflammation``
        Cytotoxic CAR-T cells [1].
    helper_memory, helper_effector : ndarray of float, shape as ``inflammation``
        Helper CAR-T cells [1].
    lymphocytes : ndarray of float, shape as ``inflammation``
        Other lymphocytes [1].
    peak, peak_day : ndarray of float, shape () or (n_patients,)
        Highest inflammation up to the last time [1], and its day [d].
    lowest_leukaemia, lowest_day : ndarray of float, shape () or (n_patients,)
        Smallest number of leukaemia cells up to the last time [1], and its day [d].
    convergence : ndarray of int, shape () or (n_patients,)
        How the solver ended, as `Convergence`; 0 if it solved.

    Examples
    --------
    >>> course = solve_inflammation(np.array([0.0, 7.0]), **PARAMETERS.values())
    >>> course.inflammation.round(1).tolist()
    [140.0, 167.8]
    """

    times: Floats
    leukaemia: Floats
    inflammation: Floats
    cytotoxic_memory: Floats
    cytotoxic_effector: Floats
    helper_memory: Floats
    helper_effector: Floats
    lymphocytes: Floats
    peak: Floats
    peak_day: Floats
    lowest_leukaemia: Floats
    lowest_day: Floats
    convergence: NDArray[np.int_]


def solve_inflammation(
    times: Floats, *, suppression: float = 0.0, **parameters: float | Floats
) -> Inflammation:
    r"""Solve inflammation, leukaemia and CAR-T cells over time after one infusion.

    Parameters
    ----------
    times : ndarray of float, shape (n_times,)
        Times since the infusion [d], not negative, in any order.
    suppression : float
        Inflammation that a drug removes all the time [1/h], at least 0 and below ``p0``.
    **parameters : float or ndarray of float, shape (n_patients,)
        Every parameter of the table by name [unit of the table: rates in 1/h], positive.

    Returns
    -------
    Inflammation
        Inflammation and cells on each day, the peak, and the lowest leukaemia.

    Raises
    ------
    ProtocolError
        If a parameter is missing, unknown or not positive, a time is negative, or the drug removes
        more than is made without CAR-T cells.
    NumericalError
        If one patient cannot be solved. In an ensemble ``convergence`` says it.

    Notes
    -----
    With :math:`\lambda = \max(0, 1 - (B + C_e + C_m + H_e + H_m + L)/l_0)`, the room that is left,
    and :math:`g = I^2/(I^2 + b^2)`:

    .. math::

        \dot B &= r_1 B (1 - B/k) - d_1 B C_e, \quad
        \dot I = p_0 + p_1 B (C_e + H_e) - d_2 I - D \\
        \dot C_m &= r_2 C_m \lambda - a_1 B C_m (1 + a_2 H_e) g, \quad
        \dot C_e = 2^n a_1 B C_m (1 + a_2 H_e) g - d_3 C_e \\
        \dot H_m &= r_3 H_m \lambda - a_3 B H_m g, \quad
        \dot H_e = 2^n a_3 B H_m g - d_4 H_e, \quad
        \dot L = p_2 + r_4 L \lambda - d_5 L

    That :math:`p_0` feeds :math:`I` and :math:`p_2` feeds :math:`L` is in the copy's COPASI form
    only; code generated from the copy leaves both inputs undefined.

    References
    ----------
    .. [1] Hanson S, Grimes DR, Taylor-King JP, et al. Toxicity management in CAR T cell therapy
       for B-ALL. *bioRxiv* 2016. doi:10.1101/049908

    Examples
    --------
    >>> course = solve_inflammation(np.array([60.0]), **PARAMETERS.values())
    >>> round(float(course.peak), 1), round(float(course.peak_day), 1)
    (167.9, 6.7)
    """
    for name in parameters:
        PARAMETERS[name]
    missing = [p.name for p in PARAMETERS if p.name not in parameters]
    if missing:
        raise ProtocolError(
            f"the inflammation cannot be solved without {', '.join(missing)}; begin with "
            "PARAMETERS.values()"
        )
    days, given = PARAMETERS.arguments(times, parameters)
    if not 0 <= suppression < given["p0"].min():
        raise ProtocolError(
            f"a suppression of {suppression:g} per hour is not between 0 and what is made without "
            f"CAR-T cells ({given['p0'].min():g} per hour); give less, so that inflammation stays "
            "positive"
        )
    states, marks, codes = solve_ensemble(
        days,
        given,
        lambda patient, increasing: _solve_one(patient, increasing, suppression),
        n_states=len(STATES),
        marks=MARKS,
        what="The inflammation",
    )
    b, i, cm, ce, hm, he, lymphocytes = states
    return Inflammation(days, b, i, cm, ce, hm, he, lymphocytes, **marks, convergence=codes)


def _derivative(p: Mapping[str, float], suppression: float) -> Callable[[State], State]:
    """Give the rates of change of the logarithms of the states [1/d]."""

    def derivative(state: State) -> State:
        gained = 2.0 ** p["n"]
        b, i, cm, ce, hm, he, lymphocytes = map(math.exp, state)
        room = max(0.0, 1 - (b + ce + cm + he + hm + lymphocytes) / p["l0"])
        signal = b * i * i / (i * i + p["b"] ** 2)
        cytotoxic = p["a1"] * (1 + p["a2"] * he) * signal
        helper = p["a3"] * signal
        hourly = (
            p["r1"] * (1 - b / p["k"]) - p["d1"] * ce,
            (p["p0"] + p["p1"] * b * (ce + he) - suppression) / i - p["d2"],
            p["r2"] * room - cytotoxic,
            gained * cytotoxic * cm / ce - p["d3"],
            p["r3"] * room - helper,
            gained * helper * hm / he - p["d4"],
            p["p2"] / lymphocytes + p["r4"] * room - p["d5"],
        )
        return [HOURS * rate for rate in hourly]

    return derivative


def _solve_one(p: Mapping[str, float], days: Floats, suppression: float) -> Solved:
    """Solve one patient, and read the marks off the course."""
    start = [math.log(p[f"{name}_start"]) for name in STATES]
    code, found = solve_logarithms(_derivative(p, suppression), start, days)
    if found is None:
        return code, None, {}
    peak = solve_extreme(found, state=1, sign=1)
    lowest = solve_extreme(found, state=0, sign=-1)
    return code, np.exp(found.y), dict(zip(MARKS, (*peak, *lowest), strict=True))
