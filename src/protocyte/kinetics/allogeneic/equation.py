r"""The equations of the allogeneic model, as a paper would write them: plain numbers of cells.

Slow and readable; `kernel` says the same in compiled code on logarithms, and the tests hold the
two against each other. One law: an equation here has the number that the documentation gives it.
"""

import math
from typing import Final

from protocyte.kinetics.allogeneic.patient import Patients

STATES: Final = ("N", "Kp", "Kn", "E", "M", "B", "X", "I", "S")
"""Host T cells, NKG2A-positive and NKG2A-negative host NK cells, effector and memory CAR-T cells,
antigen-positive and antigen-negative targets [cells], inflammation [pg/mL], activity [1]."""

SWITCH: Final = 0.02
"""Difference of activity from its level over which its fall goes over into its rise [1]."""


def find_change(day: float, state: list[float], patient: Patients) -> list[float]:
    r"""Return how fast every state of one patient changes.

    Parameters
    ----------
    day : float
        Time since the infusion [d].
    state : list of float
        `STATES` [cells; pg/mL; 1].
    patient : ndarray of PATIENT, shape ()
        One row [units of `FIELDS`].

    Returns
    -------
    list of float
        Change of each state [a day].

    Notes
    -----
    With the gate :math:`u` and the antigen term :math:`s`,

    .. math::

        \dot N &= -r_N N \ln(T/K_N) - A_N N - k_7 N\,\phi(E) \\
        \dot K_\pm &= r_K K_\pm \ln(K_K/K) - A_K K_\pm - (k_7 + [+]\,k_A) K_\pm\,\phi(E) \\
        \dot E &= s\,G E - \alpha(1-u) E - (H_T + H_K + A_E) E - k_F E\,\phi(E) \\
        \dot M &= k (1-u) E - (\beta + H_T + H_K + A_E) M \\
        \dot B &= r_B B + \frac{J}{1+E/C_{50}} - \ell B - \gamma_B B\,\phi(E + wM) - \mu B \\
        \dot X &= r_B X + \mu B \\
        \dot I &= k_I B\,\phi(E) - d_I (I - I_0) \\
        \dot S &= \kappa_\pm\,(\mathrm{level}(B) - S)

    with :math:`\phi(c) = c/(k_B+c)`, :math:`T = N+E+M`, :math:`H_T = h_T N` and
    :math:`H_K = h_K K`. Gated: :math:`G = \rho u`. Competition: :math:`G = r_C(T) \ln(K_C/T)`,
    :math:`\alpha = k = 0`.

    Examples
    --------
    >>> from protocyte.kinetics.allogeneic.typical import assemble_typical
    >>> state = [1e10, 1e9, 1e9, 1e8, 1.0, 1e11, 0.0, 4.1, 1.0]
    >>> find_change(5.0, state, assemble_typical(1)[0])[3] > 0
    True
    """
    n, kp, kn, e, m, b, x, i, s = state
    p = {name: float(patient[name]) for name in patient.dtype.names or ()}
    nk, t_cells = kp + kn, n + e + m
    drug = math.exp(-p["drug_loss"] * day)
    rejected = p["h_t"] * n + p["h_k"] * nk + p["drug_e"] * drug
    touch = e / (p["k_b"] + e)
    antigen = (b + p["b_n"]) / (p["b50"] + b + p["b_n"])
    if p["form"] == 0:
        u = 1 / (1 + math.exp(min((day - p["t_max"]) / p["width"], 700)))
        begun = 1 / (1 + math.exp(min((p["lag"] - day) / p["width"], 700))) if p["lag"] else 1.0
        growth, shut = p["rho"] * u * begun, 1 - u
    else:
        short = (t_cells - p["k_n"]) ** 2
        rate = p["rho_c"] + p["b"] * short / (p["a"] * t_cells**2 + short)
        growth, shut = rate * math.log(p["k_c"] / t_cells), 0.0
    regrowth = p["r_k"] * math.log(p["k_k"] / nk)
    killing = p["gamma_b"] * (e + p["w"] * m) / (p["k_b"] + e + p["w"] * m)
    level = b / (b + p["s_half"]) * (p["b_start"] + p["s_half"]) / p["b_start"]
    falling = 1 / (1 + math.exp((level - s) / SWITCH))
    return [
        n * (-p["r_n"] * math.log(t_cells / p["k_n"]) - p["drug_t"] * drug - p["k7"] * touch),
        kp * (regrowth - p["drug_k"] * drug - (p["k7"] + p["k_a"]) * touch),
        kn * (regrowth - p["drug_k"] * drug - p["k7"] * touch),
        e * (antigen * growth - p["alpha"] * shut - rejected - p["k_f"] * touch),
        p["to_memory"] * shut * e - (p["beta"] + rejected) * m,
        b * (p["r_b"] - p["loss_b"] - killing - p["mu"]) + p["inflow"] / (1 + e / p["c50"]),
        p["r_b"] * x + p["mu"] * b,
        p["k_i"] * b * touch - p["d_i"] * (i - p["i_base"]),
        (p["s_return"] + (p["s_rate"] - p["s_return"]) * falling) * (level - s),
    ]


def find_start(patient: Patients) -> list[float]:
    """Return the state of one patient at the infusion.

    Parameters
    ----------
    patient : ndarray of PATIENT, shape ()
        One row [units of `FIELDS`].

    Returns
    -------
    list of float
        `STATES` [cells; pg/mL; 1].

    Examples
    --------
    >>> from protocyte.kinetics.allogeneic.typical import assemble_typical
    >>> find_start(assemble_typical(1)[0])[8]
    1.0
    """
    begin = [patient[f"{name}_start"] for name in ("n", "kp", "kn", "e")]
    return [*map(float, begin), 0.0, float(patient["b_start"]), float(patient["x_start"]),
            float(patient["i_base"]), 1.0]  # fmt: skip
