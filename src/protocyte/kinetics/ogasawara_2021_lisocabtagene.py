"""Lisocabtagene maraleucel in LBCL: a lag, growth to a peak, then a decline in two phases.

The empirical model of 261 patients and 2,524 observations by qPCR, as far as its abstract tells it.
One law: what is not published has no default; whoever solves the model gives it and says so.
"""

from typing import Final

import numpy as np

from protocyte.errors import ProtocolError
from protocyte.kinetics.parameter import Floats, ParameterTable
from protocyte.kinetics.reference import Reference

PARAMETERS: Final = ParameterTable.from_text(r"""
name                | symbol             | value | unit      | spread                 | status      | source                  | meaning
lag                 | T_\mathrm{lag}     | 3.27  | d         | confidence 2.71 3.97   | sourced     | Ogasawara2021, abstract | time before growth
doubling_time       | t_2                | 0.755 | d         | confidence 0.667 0.821 | sourced     | Ogasawara2021, abstract | doubling time during growth
t_max               | T_\mathrm{max}     | 9.29  | d         | confidence 8.81 9.70   | sourced     | Ogasawara2021, abstract | day of the peak
half_life_initial   | t_{1/2,\alpha}     | 5.00  | d         | confidence 4.15 5.90   | sourced     | Ogasawara2021, abstract | half-life of the initial decline
half_life_terminal  | t_{1/2,\beta}      | 352   | d         | confidence 241 647     | sourced     | Ogasawara2021, abstract | half-life of the terminal decline
c_max               | C_\mathrm{max}     | –     | copies/µg | –                      | unpublished | Ogasawara2021           | peak level of the transgene; it sets the scale, in whichever unit it is given
persisting_fraction | F_B                | –     | 1         | –                      | unpublished | Ogasawara2021           | share of the peak that declines slowly
""")  # noqa: E501
"""What `solve_expansion` takes. The intervals are those of the means; how much patients differ is
not in the abstract, which is all that was read."""

FURTHER: Final = ParameterTable.from_text(r"""
name           | symbol         | value | unit | spread | status  | source                  | meaning
rho            | \rho           | 0.918 | 1/d  | –      | derived | Ogasawara2021, abstract | rate of growth, ln 2 over the doubling time
growth_phase   | T_\mathrm{max} - T_\mathrm{lag} | 6.02 | d | – | derived | Ogasawara2021, abstract | time of growth
doublings      | n_2            | 7.97  | 1    | –      | derived | Ogasawara2021, abstract | doublings during growth
fold_expansion | f              | 251   | 1    | –      | derived | Ogasawara2021, abstract | peak level over the level during the lag
alpha          | \alpha         | 0.139 | 1/d  | –      | derived | Ogasawara2021, abstract | rate of the initial decline
beta           | \beta          | 0.00197 | 1/d | –     | derived | Ogasawara2021, abstract | rate of the terminal decline
""")  # noqa: E501
"""What follows from `PARAMETERS`."""

REFERENCES: Final = (
    Reference(
        "Ogasawara2021",
        "Ogasawara K, et al. Population cellular kinetics of lisocabtagene maraleucel, an "
        "autologous CD19-directed chimeric antigen receptor T-cell product, in patients with "
        "relapsed/refractory large B-cell lymphoma. Clin Pharmacokinet 2021. Abstract only.",
        doi="10.1007/s40262-021-01039-5",
    ),
)


def solve_expansion(
    times: Floats,
    *,
    c_max: float | Floats,
    persisting_fraction: float | Floats,
    lag: float | Floats = PARAMETERS["lag"].value,
    t_max: float | Floats = PARAMETERS["t_max"].value,
    doubling_time: float | Floats = PARAMETERS["doubling_time"].value,
    half_life_initial: float | Floats = PARAMETERS["half_life_initial"].value,
    half_life_terminal: float | Floats = PARAMETERS["half_life_terminal"].value,
) -> Floats:
    r"""Solve transgene levels over time after one infusion.

    Parameters
    ----------
    times : ndarray of float, shape (n_times,)
        Times since the infusion [d], not negative.
    c_max : float or ndarray of float, shape (n_patients,)
        Peak level [copies/µg DNA], or in any unit: levels come back in it; positive. Not published.
    persisting_fraction : float or ndarray of float, shape (n_patients,)
        Share of the peak that declines slowly [1], above 0 and at most 1. Not published.
    lag, t_max : float or ndarray of float, shape (n_patients,)
        Day on which growth begins and day of the peak [d], positive, ``lag <= t_max``.
    doubling_time : float or ndarray of float, shape (n_patients,)
        Doubling time during growth [d], positive.
    half_life_initial, half_life_terminal : float or ndarray of float, shape (n_patients,)
        Half-lives of the two declines [d], positive, the terminal one not the shorter.

    Returns
    -------
    ndarray of float, shape (n_times,) or (n_patients, n_times)
        Transgene level [unit of ``c_max``]; one row a patient if any parameter is an array.

    Raises
    ------
    ProtocolError
        If growth would begin after the peak, the terminal decline is the faster one, a fraction
        exceeds 1, a number is not positive, or a time is negative.

    Notes
    -----
    With :math:`s = t - T_\mathrm{max}` the level is
    :math:`C_\mathrm{max} 2^{-(T_\mathrm{max} - \max(t, T_\mathrm{lag})) / t_2}` up to the peak, and
    :math:`C_\mathrm{max} [(1 - F_B) 2^{-s/t_{1/2,\alpha}} + F_B 2^{-s/t_{1/2,\beta}}]` from then
    on. That the level stands still during the lag is assumed: the abstract names the lag only, and
    distribution out of the blood may have its part in it.

    References
    ----------
    .. [1] Ogasawara K, et al. Population cellular kinetics of lisocabtagene maraleucel.
       *Clin Pharmacokinet* 2021. Abstract. doi:10.1007/s40262-021-01039-5

    Examples
    --------
    >>> days = np.array([0.0, 3.27, 9.29, 28.0])
    >>> solve_expansion(days, c_max=1.0, persisting_fraction=0.01).round(4).tolist()
    [0.004, 0.004, 1.0, 0.0836]
    """
    days, p = PARAMETERS.arguments(
        times,
        {
            "c_max": c_max,
            "persisting_fraction": persisting_fraction,
            "lag": lag,
            "doubling_time": doubling_time,
            "t_max": t_max,
            "half_life_initial": half_life_initial,
            "half_life_terminal": half_life_terminal,
        },
    )
    _check(p)
    p = {name: values[..., np.newaxis] for name, values in p.items()}
    to_peak = p["t_max"] - np.clip(days, p["lag"], p["t_max"])
    since = np.maximum(days - p["t_max"], 0)
    slow = p["persisting_fraction"]
    left = (1 - slow) * np.exp2(-since / p["half_life_initial"])
    left += slow * np.exp2(-since / p["half_life_terminal"])
    return np.asarray(p["c_max"] * np.exp2(-to_peak / p["doubling_time"]) * left)


def _check(p: dict[str, Floats]) -> None:
    """Refuse parameters that cannot belong to this model."""
    for first, second, means in (
        ("lag", "t_max", "growth begins after the peak"),
        ("half_life_initial", "half_life_terminal", "the terminal decline is the faster one"),
    ):
        if np.any(p[first] > p[second]):
            at = np.flatnonzero(p[first] > p[second])[0]
            raise ProtocolError(
                f"{first} of {p[first].flat[at]:g} d and {second} of {p[second].flat[at]:g} d mean "
                f"that {means}; swap them"
            )
    if np.any(p["persisting_fraction"] > 1):
        raise ProtocolError(
            f"persisting_fraction of {p['persisting_fraction'].max():g} is more than the whole "
            "peak; give a share between 0 and 1, not per cent"
        )
