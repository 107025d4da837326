"""Tisagenlecleucel in B-ALL: growth to a peak, then a decline in two phases.

The empirical model that carries the differences between patients: 90 patients aged 3 to 25, qPCR.
One law: the dose is not in it, because dose did not predict the peak.
"""

import math
from typing import Final

import numpy as np

from protocyte.errors import ProtocolError
from protocyte.kinetics.parameter import Floats, ParameterTable
from protocyte.kinetics.reference import Reference

PARAMETERS: Final = ParameterTable.from_text(r"""
name                | symbol            | value  | unit      | spread          | status  | source             | meaning
c_max               | C_\mathrm{max}    | 24000  | copies/µg | log-normal 0.65 | sourced | Stein2019, table 1 | peak level of the transgene
t_max               | T_\mathrm{max}    | 9.3    | d         | log-normal 0.38 | sourced | Stein2019, table 1 | day of the peak
fold_expansion      | f                 | 3900   | 1         | log-normal 2.4  | sourced | Stein2019, table 1 | peak level over the level just after infusion
alpha               | \alpha            | 0.16   | 1/d       | log-normal 0.91 | sourced | Stein2019, table 1 | whole rate of loss of effector cells, the flow into memory included
beta                | \beta             | 0.0032 | 1/d       | log-normal 0.86 | sourced | Stein2019, table 1 | rate of loss of memory cells
persisting_fraction | F_B               | 0.0079 | 1         | log-normal 0.8  | sourced | Stein2019, table 1 | share of the peak that declines slowly
tocilizumab_factor  | F_\mathrm{toci}   | 1.2    | 1         | –               | sourced | Stein2019, table 1 | factor on growth after tocilizumab; no significant effect
steroid_factor      | F_\mathrm{ster}   | 1.0    | 1         | –               | sourced | Stein2019, table 1 | factor on growth after corticosteroids; no significant effect
""")  # noqa: E501
"""What `solve_expansion` takes; table 1 was read as Stein2019code quotes it."""

FURTHER: Final = ParameterTable.from_text(r"""
name                | symbol            | value   | unit | spread | status  | source             | meaning
residual            | a                 | 0.56    | 1    | –      | sourced | Stein2019, table 1 | residual error, constant on the log scale
rho                 | \rho              | 0.889   | 1/d  | –      | derived | Stein2019, table 1 | rate of growth, ln f / Tmax
doubling_time       | \ln 2/\rho        | 0.78    | d    | –      | derived | Stein2019, table 1 | doubling time during growth
k                   | k                 | 0.00124 | 1/d  | –      | derived | Stein2019, table 1 | flow from effector to memory cells, FB (alpha - beta)
""")  # noqa: E501
"""What follows from `PARAMETERS`, and the residual error, which is not part of the course."""

REFERENCES: Final = (
    Reference(
        "Stein2019",
        "Stein AM, Grupp SA, Levine JE, et al. Tisagenlecleucel model-based cellular kinetic "
        "analysis of chimeric antigen receptor-T cells. CPT Pharmacometrics Syst Pharmacol "
        "2019;8:285-295.",
        doi="10.1002/psp4.12388",
    ),
    Reference(
        "Stein2019code",
        "The model in nlmixr2lib, inst/modeldb/specificDrugs/Stein_2019_Tisagenlecleucel.R at "
        "7394947.",
        url="https://github.com/nlmixr2/nlmixr2lib",
    ),
)


def solve_expansion(
    times: Floats,
    *,
    c_max: float | Floats,
    t_max: float | Floats,
    fold_expansion: float | Floats,
    alpha: float | Floats,
    beta: float | Floats,
    persisting_fraction: float | Floats,
    tocilizumab_day: float | Floats = math.inf,
    steroid_day: float | Floats = math.inf,
    tocilizumab_factor: float | Floats = PARAMETERS["tocilizumab_factor"].value,
    steroid_factor: float | Floats = PARAMETERS["steroid_factor"].value,
) -> Floats:
    r"""Solve transgene levels over time after one infusion.

    Parameters
    ----------
    times : ndarray of float, shape (n_times,)
        Times since the infusion [d], not negative.
    c_max : float or ndarray of float, shape (n_patients,)
        Peak level without comedication [copies/µg DNA], positive.
    t_max : float or ndarray of float, shape (n_patients,)
        Day of the peak [d], positive.
    fold_expansion : float or ndarray of float, shape (n_patients,)
        Peak level over the level just after infusion [1], at least 1.
    alpha, beta : float or ndarray of float, shape (n_patients,)
        Rates of initial and of terminal decline [1/d], positive, ``alpha >= beta``.
    persisting_fraction : float or ndarray of float, shape (n_patients,)
        Share of the peak that declines at ``beta`` [1], above 0 and at most 1.
    tocilizumab_day, steroid_day : float or ndarray of float, shape (n_patients,)
        Day of the first dose [d]; infinite if none was given. Only days before ``t_max`` count.
    tocilizumab_factor, steroid_factor : float or ndarray of float, shape (n_patients,)
        Factor on the rate of growth from that day on [1], positive.

    Returns
    -------
    ndarray of float, shape (n_times,) or (n_patients, n_times)
        Transgene level [copies/µg DNA]; one row a patient if any parameter is an array.

    Raises
    ------
    ProtocolError
        If ``beta`` exceeds ``alpha``, a fraction exceeds 1, the level would fall before the peak,
        a number is not positive, or a time is negative.

    Notes
    -----
    With :math:`\rho = \ln f / T_\mathrm{max}`, the level is
    :math:`(C_\mathrm{max}/f)\, e^{\rho t}` up to :math:`T_\mathrm{max}`, and with
    :math:`s = t - T_\mathrm{max}` it is
    :math:`C_\mathrm{max} [(1 - F_B) e^{-\alpha s} + F_B e^{-\beta s}]` from then on.
    Here :math:`\alpha` is the whole loss of effector cells; the flow into memory is part of it.

    Under comedication the level at infusion and the day of the peak stay as they are, so that the
    peak differs from ``c_max``: this is assumed, the paper states the factors only. Neither had a
    significant effect.

    References
    ----------
    .. [1] Stein AM, Grupp SA, Levine JE, et al. Tisagenlecleucel model-based cellular kinetic
       analysis of chimeric antigen receptor-T cells. *CPT Pharmacometrics Syst Pharmacol*
       2019;8:285-295. Table 1 and figure 2. doi:10.1002/psp4.12388

    Examples
    --------
    >>> levels = solve_expansion(np.array([0.0, 9.3, 28.0, 365.0]), **PARAMETERS.values())
    >>> levels.round(1).tolist()
    [6.2, 24000.0, 1373.6, 60.7]
    """
    days, p = PARAMETERS.arguments(
        times,
        {
            "c_max": c_max,
            "t_max": t_max,
            "fold_expansion": fold_expansion,
            "alpha": alpha,
            "beta": beta,
            "persisting_fraction": persisting_fraction,
            "tocilizumab_factor": tocilizumab_factor,
            "steroid_factor": steroid_factor,
        },
    )
    _check(p)
    p = {name: values[..., np.newaxis] for name, values in p.items()}
    growth = _growth(
        np.minimum(days, p["t_max"]),
        (tocilizumab_day, p["tocilizumab_factor"]),
        (steroid_day, p["steroid_factor"]),
    )
    rho = np.log(p["fold_expansion"]) / p["t_max"]
    since = np.maximum(days - p["t_max"], 0)
    slow = p["persisting_fraction"]
    left = (1 - slow) * np.exp(-p["alpha"] * since) + slow * np.exp(-p["beta"] * since)
    return np.asarray(p["c_max"] * np.exp(rho * (growth - p["t_max"])) * left)


def _growth(growing: Floats, *comedications: tuple[float | Floats, Floats]) -> Floats:
    """Count days of growth; under comedication a day counts as more, or less, than one."""
    starts = [
        np.maximum(np.asarray(day, dtype=float), 0)[..., np.newaxis] for day, _ in comedications
    ]
    if any(np.isnan(start).any() for start in starts):
        raise ProtocolError(
            "the day of a comedication is not a number; give infinity for patients without it"
        )
    (first, second), (one, other) = starts, (factor - 1 for _, factor in comedications)
    return np.asarray(
        growing
        + one * np.maximum(growing - first, 0)
        + other * np.maximum(growing - second, 0)
        + one * other * np.maximum(growing - np.maximum(first, second), 0)
    )


def _check(p: dict[str, Floats]) -> None:
    """Refuse parameters that cannot belong to this model."""
    alpha, beta = p["alpha"], p["beta"]
    if np.any(beta > alpha):
        at = np.flatnonzero(beta > alpha)[0]
        raise ProtocolError(
            f"Terminal decline (beta={beta.flat[at]:g} per day) is faster than initial decline "
            f"(alpha={alpha.flat[at]:g} per day); swap them, or check their units (per day)."
        )
    if np.any(p["persisting_fraction"] > 1):
        raise ProtocolError(
            f"persisting_fraction of {p['persisting_fraction'].max():g} is more than the whole "
            "peak; give a share between 0 and 1, not per cent"
        )
    if np.any(p["fold_expansion"] < 1):
        raise ProtocolError(
            f"fold_expansion of {p['fold_expansion'].min():g} means that the level falls "
            "before its peak; give the peak over the level at infusion, at least 1"
        )
