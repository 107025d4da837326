"""CAR-T cells, leukaemia and healthy B cells: predator and two preys.

Antigen drives the CAR-T cells, and B cells carry it too: the model of B-cell aplasia and of relapse
after the CAR-T cells have gone. Two curated copies of it exist, with and without new B cells.
One law: where a curated copy is wrong it can be had as it is, by name, and never by default.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

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
name       | symbol   | value     | unit         | spread | status  | source          | meaning
alpha      | \alpha   | 4.5e-11   | 1/(cell·d)   | –      | sourced | BIOMD0000001012 | rate at which a CAR-T cell kills target cells
rho_c      | \rho_C   | 1.125e-11 | 1/(cell·d)   | –      | derived | BIOMD0000001012 | rate at which a target cell makes CAR-T cells divide, 0.25 alpha
tau_c      | \tau_C   | 14        | d            | –      | sourced | BIOMD0000001012 | mean life of a CAR-T cell
rho_l      | \rho_L   | 0.033333333333 | 1/d     | –      | sourced | BIOMD0000001012 | rate of growth of the leukaemia, 1/30
tau_b      | \tau_B   | 60        | d            | –      | sourced | BIOMD0000001012 | mean life of a healthy B cell
tau_i      | \tau_I   | 6         | d            | –      | sourced | BIOMD0000001012 | time in which progenitors become B cells
c_50       | C_{50}   | 1e9       | cells        | –      | sourced | BIOMD0000001012 | CAR-T cells that halve the production of B cells
i_start    | I_0      | 1e7       | cells        | –      | sourced | BIOMD0000001012 | progenitors of B cells, of the curated production only
b_baseline | B_0      | 2.5e10    | cells        | –      | assumed | BIOMD0000001012 | B cells that production keeps up without CAR-T cells; taken as the B cells at infusion
c_start    | C(0)     | 1e7       | cells        | –      | sourced | BIOMD0000001012 | CAR-T cells at infusion
l_start    | L(0)     | 5e10      | cells        | –      | sourced | BIOMD0000001012 | leukaemia cells at infusion
b_start    | B(0)     | 2.5e10    | cells        | –      | sourced | BIOMD0000001012 | healthy B cells at infusion
""")  # noqa: E501
"""What `solve_predation` takes. No differences between patients are published."""

FURTHER: Final = ParameterTable.from_text(r"""
name     | symbol  | value | unit  | spread | status  | source          | meaning
beta     | \beta   | 0.1   | 1     | –      | sourced | BIOMD0000001012 | weight of progenitors in making CAR-T cells divide; not used, see the limits
ceiling  | I_0 \tau_B/\tau_I | 1e8 | cells | – | derived | BIOMD0000001012 | B cells that the curated production can keep up, a 250th of those at infusion
i_refill | B_0 \tau_I/\tau_B | 2.5e9 | cells | – | derived | BIOMD0000001012 | progenitors that keep up the B cells at infusion
""")  # noqa: E501
"""What belongs to the curated copies and is not taken by `solve_predation`."""

REFERENCES: Final = (
    Reference(
        "LeonTriana2021",
        "León-Triana O, Sabir S, Calvo GF, et al. CAR T cell therapy in B-cell acute lymphoblastic "
        "leukaemia: insights from mathematical models. Communications in Nonlinear Science and "
        "Numerical Simulation 2021;94:105570.",
        doi="10.1016/j.cnsns.2020.105570",
    ),
    Reference(
        "BIOMD0000001011",
        "Curated copy of equations (4a) to (4c) in BioModels: no new B cells.",
        url="https://identifiers.org/biomodels.db/BIOMD0000001011",
    ),
    Reference(
        "BIOMD0000001012",
        "Curated copy of equations (3a) to (3c) in BioModels: B cells are produced.",
        url="https://identifiers.org/biomodels.db/BIOMD0000001012",
    ),
)

Production = Literal["none", "curated", "refilled"]
MARKS: Final = ("peak_car", "peak_day", "lowest_leukaemia", "lowest_day")


@dataclass(frozen=True, slots=True, eq=False)
class Predation:
    """Cells over time, for one patient or for an ensemble.

    In an ensemble every array but ``times`` has the patients as its first axis; for one patient
    that axis is absent. A patient who could not be solved has NaN in every place.

    Parameters
    ----------
    times : ndarray of float, shape (n_times,)
        Times since the infusion [d].
    car, leukaemia, b_cells : ndarray of float, shape (n_times,) or (n_patients, n_times)
        CAR-T cells, leukaemia cells and healthy B cells in the body [cells].
    peak_car, peak_day : ndarray of float, shape () or (n_patients,)
        Largest number of CAR-T cells up to the last time [cells], and its day [d].
    lowest_leukaemia, lowest_day : ndarray of float, shape () or (n_patients,)
        Smallest number of leukaemia cells up to the last time [cells], and its day [d].
    convergence : ndarray of int, shape () or (n_patients,)
        How the solver ended, as `Convergence`; 0 if it solved.

    Examples
    --------
    >>> course = solve_predation(np.array([0.0, 365.0]), **PARAMETERS.values())
    >>> bool(course.b_cells[1] < course.b_cells[0])
    True
    """

    times: Floats
    car: Floats
    leukaemia: Floats
    b_cells: Floats
    peak_car: Floats
    peak_day: Floats
    lowest_leukaemia: Floats
    lowest_day: Floats
    convergence: NDArray[np.int_]


def solve_predation(
    times: Floats,
    *,
    production: Production = "refilled",
    alpha: float | Floats,
    rho_c: float | Floats,
    tau_c: float | Floats,
    tau_b: float | Floats,
    tau_i: float | Floats,
    rho_l: float | Floats,
    c_50: float | Floats,
    i_start: float | Floats,
    b_baseline: float | Floats,
    c_start: float | Floats,
    l_start: float | Floats,
    b_start: float | Floats,
) -> Predation:
    r"""Solve CAR-T cells, leukaemia cells and healthy B cells over time after one infusion.

    Parameters
    ----------
    times : ndarray of float, shape (n_times,)
        Times since the infusion [d], not negative, in any order.
    production : {"refilled", "curated", "none"}
        New B cells: as many as keep up ``b_baseline`` without CAR-T cells; as the curated copy
        BIOMD0000001012 has them, from ``i_start``; or none, as in BIOMD0000001011.
    alpha, rho_c : float or ndarray of float, shape (n_patients,)
        Rates of killing and of antigen-driven growth [1/(cell·d)], positive.
    tau_c, tau_b, tau_i : float or ndarray of float, shape (n_patients,)
        Mean lives of CAR-T cells and B cells, and maturation of progenitors [d], positive.
    rho_l : float or ndarray of float, shape (n_patients,)
        Rate of growth of the leukaemia [1/d], positive.
    c_50 : float or ndarray of float, shape (n_patients,)
        CAR-T cells that halve the production of B cells [cells], positive.
    i_start, b_baseline : float or ndarray of float, shape (n_patients,)
        Progenitors, and B cells that production keeps up [cells], positive.
    c_start, l_start, b_start : float or ndarray of float, shape (n_patients,)
        CAR-T, leukaemia and healthy B cells at infusion [cells], positive.

    Returns
    -------
    Predation
        The cells on each day, the peak, and the lowest leukaemia.

    Raises
    ------
    ProtocolError
        If a number is not positive, a time is negative, or the production is not known.
    NumericalError
        If one patient cannot be solved. In an ensemble ``convergence`` says it.

    Notes
    -----
    .. math::

        \dot C = \rho_C (L + B) C - \frac{C}{\tau_C}, \quad
        \dot L = \rho_L L - \alpha L C, \quad
        \dot B = \frac{I}{\tau_I} \frac{1}{1 + C/C_{50}} - \alpha B C - \frac{B}{\tau_B}

    with :math:`I = B_0 \tau_I/\tau_B` (refilled), :math:`I = I_0` (curated) or :math:`I = 0`
    (none). The curated copy has another term in :math:`\dot C`,
    :math:`\rho_C \beta I_0 / (1 + C/C_{50})`, whose unit does not fit: the factor :math:`C` is
    missing. At about 1e-5 cells a day it makes no difference and is left out.

    References
    ----------
    .. [1] León-Triana O, Sabir S, Calvo GF, et al. *Communications in Nonlinear
       Science and Numerical Simulation* 2021;94:105570. doi:10.1016/j.cnsns.2020.105570

    Examples
    --------
    >>> days = np.array([28.0, 365.0])
    >>> course = solve_predation(days, production="curated", **PARAMETERS.values())
    >>> f"{course.peak_car:.3g}", round(float(course.peak_day), 1), f"{course.b_cells[0]:.3g}"
    ('1.64e+10', 12.2, '1.11e+06')
    """
    if production not in get_args(Production):
        raise ProtocolError(
            f'"{production}" is no production of B cells; use one of '
            f"{', '.join(get_args(Production))}"
        )
    days, given = PARAMETERS.arguments(
        times,
        {
            "alpha": alpha,
            "rho_c": rho_c,
            "tau_c": tau_c,
            "rho_l": rho_l,
            "tau_b": tau_b,
            "tau_i": tau_i,
            "c_50": c_50,
            "i_start": i_start,
            "b_baseline": b_baseline,
            "c_start": c_start,
            "l_start": l_start,
            "b_start": b_start,
        },
    )
    (car, leukaemia, b_cells), marks, codes = solve_ensemble(
        days,
        given,
        lambda patient, increasing: _solve_one(patient, increasing, production),
        n_states=3,
        marks=MARKS,
        what="The predation of CAR-T cells",
    )
    return Predation(days, car, leukaemia, b_cells, **marks, convergence=codes)


def _derivative(p: Mapping[str, float], production: Production) -> Callable[[State], State]:
    """Give the rates of change of the logarithms of C, L and B."""
    flow = {
        "none": 0.0,
        "curated": p["i_start"] / p["tau_i"],
        "refilled": p["b_baseline"] / p["tau_b"],
    }[production]

    def derivative(state: State) -> State:
        car, leukaemia, b_cells = map(math.exp, state)
        made = flow / (1 + car / p["c_50"]) / b_cells
        return (
            p["rho_c"] * (leukaemia + b_cells) - 1 / p["tau_c"],
            p["rho_l"] - p["alpha"] * car,
            made - p["alpha"] * car - 1 / p["tau_b"],
        )

    return derivative


def _solve_one(p: Mapping[str, float], days: Floats, production: Production) -> Solved:
    """Solve one patient, and read the marks off the course."""
    start = [math.log(p[name]) for name in ("c_start", "l_start", "b_start")]
    code, found = solve_logarithms(_derivative(p, production), start, days)
    if found is None:
        return code, None, {}
    peak = solve_extreme(found, state=0, sign=1)
    lowest = solve_extreme(found, state=1, sign=-1)
    return code, np.exp(found.y), dict(zip(MARKS, (*peak, *lowest), strict=True))
