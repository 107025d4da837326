"""Axicabtagene ciloleucel in LBCL: CAR-T cells, host T cells and tumour cells in competition.

The mechanistic model that reacts to lymphodepletion. It is deterministic to the last cell; below
100 tumour cells the paper goes on by chance, and that part belongs to `simulation`.
One law: a course that falls below that number says when, and never calls it a cure.
"""

from typing import Final

from protocyte.kinetics.integration import solve_ensemble
from protocyte.kinetics.kimmel_2021_course import Competition
from protocyte.kinetics.kimmel_2021_equation import MARKS, CompetitionEquation
from protocyte.kinetics.parameter import Floats, ParameterTable
from protocyte.kinetics.reference import Reference

PARAMETERS: Final = ParameterTable.from_text(r"""
name    | symbol   | value    | unit  | spread                    | status  | source                | meaning
k_n     | K_N      | 2.50e11  | cells | –                         | sourced | Kimmel2021, table 1   | carrying capacity of host T cells
k_c     | K_C      | 6.96e10  | cells | quartiles 6.15e10 9.65e10 | sourced | Kimmel2021, table 1   | carrying capacity of CAR-T cells
r_n     | r_N      | 0.170    | 1/d   | quartiles 0.165 0.170     | sourced | Kimmel2021, table 1   | rate of growth of host T cells
rho_c   | \rho_C   | 0.0251   | 1/d   | quartiles 0.0208 0.0354   | sourced | Kimmel2021, table 1   | basic rate of growth of CAR-T cells
a       | a        | 0.423    | 1     | quartiles 0.100 0.302     | sourced | Kimmel2021, table 1   | inefficiency of the signal for CAR-T growth
b       | b        | 0.525    | 1/d   | quartiles 0.467 0.522     | sourced | Kimmel2021, table 1   | effect of immune reconstitution on CAR-T growth
r_b     | r_B      | 0.19     | 1/d   | range 0.01 0.50           | sourced | Kimmel2021, figure 3b | rate of growth of the tumour; this one is of medium speed
gamma_b | \gamma_B | 1.15     | 1/d   | quartiles 0.64 1.35       | sourced | Kimmel2021, table 1   | largest rate of killing
k_b     | k_B      | 2.024e9  | cells | quartiles 1.40e9 3.125e9  | sourced | Kimmel2021, table 1   | CAR-T cells at half the largest rate of killing
n_start | N(0)     | 3.00e9   | cells | –                         | sourced | Kimmel2021, table 1   | host T cells at infusion
c_start | C(0)     | 1.80e8   | cells | –                         | sourced | Kimmel2021, table 1   | CAR-T cells at infusion
b_start | B(0)     | 9.486e10 | cells | range 2.3e9 1.3e12        | sourced | Kimmel2021, table 1   | tumour cells at infusion
""")  # noqa: E501
"""What `solve_competition` takes. Host T cells were fitted to all lymphocytes less CAR-T cells."""

TUMOUR_GROWTH: Final = {"slow": 0.105, "medium": 0.19, "fast": 0.265}
"""Rates of growth of the tumour that the paper runs [1/d] (Kimmel2021, figure 3b)."""

REFERENCES: Final = (
    Reference(
        "Kimmel2021",
        "Kimmel GJ, Locke FL, Altrock PM. The roles of T cell competition and stochastic "
        "extinction events in chimeric antigen receptor T cell therapy. Proc R Soc B "
        "2021;288:20210229.",
        doi="10.1098/rspb.2021.0229",
    ),
    Reference(
        "Kimmel2021code",
        "CARTecology: the code of the paper, hybridModelRuns/HybridModel_08_30_20.jl at a712c33.",
        url="https://github.com/MathOnco/CARTecology",
    ),
    Reference(
        "BIOMD0000001041",
        "Curated copy of the model in BioModels, after Kimmel2021.",
        url="https://identifiers.org/biomodels.db/BIOMD0000001041",
    ),
)


def solve_competition(
    times: Floats,
    *,
    k_n: float | Floats,
    k_c: float | Floats,
    r_n: float | Floats,
    rho_c: float | Floats,
    a: float | Floats,
    b: float | Floats,
    r_b: float | Floats,
    gamma_b: float | Floats,
    k_b: float | Floats,
    n_start: float | Floats,
    c_start: float | Floats,
    b_start: float | Floats,
) -> Competition:
    r"""Solve CAR-T cells, host T cells and tumour cells over time after one infusion.

    Parameters
    ----------
    times : ndarray of float, shape (n_times,)
        Times since the infusion [d], not negative, in any order.
    k_n, k_c : float or ndarray of float, shape (n_patients,)
        Carrying capacities of host T cells and of CAR-T cells [cells], positive.
    r_n, rho_c : float or ndarray of float, shape (n_patients,)
        Rates of growth of host T cells and, as a base, of CAR-T cells [1/d], positive.
    a : float or ndarray of float, shape (n_patients,)
        Inefficiency of the signal for CAR-T growth [1], positive.
    b : float or ndarray of float, shape (n_patients,)
        Effect of immune reconstitution on CAR-T growth [1/d], positive.
    r_b, gamma_b : float or ndarray of float, shape (n_patients,)
        Rate of growth of the tumour and largest rate of killing [1/d], positive.
    k_b : float or ndarray of float, shape (n_patients,)
        CAR-T cells at half the largest rate of killing [cells], positive.
    n_start, c_start, b_start : float or ndarray of float, shape (n_patients,)
        Host T cells, CAR-T cells and tumour cells at infusion [cells], positive.

    Returns
    -------
    Competition
        The cells on each day, the peak, the lowest tumour, and the first days below 100 tumour
        cells and at progression. One row a patient if any parameter is an array.

    Raises
    ------
    ProtocolError
        If a number is not positive, or a time is negative.
    NumericalError
        If one patient cannot be solved; the message has the parameters. In an ensemble nothing is
        raised: the patient's ``convergence`` says it.

    Notes
    -----
    .. math::

        \dot N = -r_N N \ln\frac{N+C}{K_N}, \quad
        \dot C = -r_C C \ln\frac{N+C}{K_C}, \quad
        \dot B = r_B B - \gamma_B B \frac{C}{k_B + C}

    with :math:`r_C = \rho_C + b(T-K_N)^2 / (aT^2 + (T-K_N)^2)` and :math:`T = N + C`. The
    logarithms of the three are solved by LSODA with relative and absolute tolerances of 1e-9.

    References
    ----------
    .. [1] Kimmel GJ, Locke FL, Altrock PM. The roles of T cell competition and stochastic
       extinction events in chimeric antigen receptor T cell therapy. *Proc R Soc B*
       2021;288:20210229. doi:10.1098/rspb.2021.0229

    Examples
    --------
    >>> import numpy as np
    >>> course = solve_competition(np.array([7.0, 90.0]), **PARAMETERS.values(r_b=0.105))
    >>> course.car_per_ul.round(2).tolist(), round(float(course.below_day), 1)
    ([30.23, 0.34], 42.4)
    """
    days, given = PARAMETERS.arguments(
        times,
        {
            "k_n": k_n,
            "k_c": k_c,
            "r_n": r_n,
            "rho_c": rho_c,
            "a": a,
            "b": b,
            "r_b": r_b,
            "gamma_b": gamma_b,
            "k_b": k_b,
            "n_start": n_start,
            "c_start": c_start,
            "b_start": b_start,
        },
    )
    (host, car, tumour), marks, codes = solve_ensemble(
        days,
        given,
        lambda patient, increasing: CompetitionEquation(patient).solve(increasing),
        n_states=3,
        marks=MARKS,
        what="The competition of cells",
    )
    return Competition(days, host, car, tumour, **marks, convergence=codes)
