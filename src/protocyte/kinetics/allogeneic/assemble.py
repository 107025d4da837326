"""Put a patient together: parameters, product, lymphodepletion, disease and dose become a row.

One law: nothing is drawn here; who differs from whom comes in with the values.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from protocyte.errors import ProtocolError
from protocyte.kinetics import kimmel_2021_axicabtagene as kimmel
from protocyte.kinetics.allogeneic.conditioning import find_room
from protocyte.kinetics.allogeneic.patient import Patients, assemble_values
from protocyte.kinetics.allogeneic.target import Target
from protocyte.kinetics.allogeneic.terms import CD52, Terms
from protocyte.kinetics.kimmel_2021_course import CELLS_PER_UL
from protocyte.kinetics.parameter import Floats
from protocyte.protocol.biology import Depth, Expansion

SEEN_PER_UL: Final = 0.1
"""CAR-T cells in blood at the detection limit of a cytometer [cells/µL], assumed."""
_NEWTON: Final = 40
_LEAST_RISE: Final = 0.05
_LEAST_GROWTH: Final = 1e-6
_MOST_GROWTH: Final = 50.0


@dataclass(frozen=True, slots=True)
class Setting:
    """What a trial fixes for its patients.

    Parameters
    ----------
    terms : Terms
        What the product switches.
    depth : str
        Lymphodepletion.
    target : Target
        Disease.
    dose : float, ndarray of float of shape (n_patients,), or None
        Cells given [cells]; None where no source gives a dose.
    expansion : {"gated", "competition"}
        Tier 1, expansion to each patient's own peak, or tier 2, competition with host cells.
    seen_per_ul : float
        Detection limit in blood [cells/µL].
    """

    terms: Terms
    depth: Depth
    target: Target
    dose: float | Floats | None
    expansion: Expansion = "gated"
    seen_per_ul: float = SEEN_PER_UL


def assemble_rows(setting: Setting, values: Mapping[str, Floats], *, n: int) -> Patients:
    """Put patients together.

    Parameters
    ----------
    setting : Setting
        What the trial fixes.
    values : mapping of str to ndarray of float, shape () or (n,)
        Every parameter of `allogeneic.parameters` and `allogeneic.target`, ``growth`` [1/d],
        ``burden`` [cells], and of Stein2019 ``c_max`` [copies/µg], ``t_max`` [d],
        ``fold_expansion`` [1], ``alpha``, ``beta`` [1/d] and ``persisting_fraction`` [1].
    n : int
        Number of patients.

    Returns
    -------
    ndarray of PATIENT, shape (n,)
        Rows for `solve_patients` [units of `FIELDS`].

    Raises
    ------
    ProtocolError
        If a dose or a value is out of range.

    Examples
    --------
    >>> from protocyte.kinetics.allogeneic.typical import find_typical_setting, find_typical_values
    >>> assemble_rows(find_typical_setting(), find_typical_values(), n=1)["k_a"].tolist()
    [1.0]
    """
    if setting.dose is not None:
        wrong = ~(np.isfinite(setting.dose) & (np.asarray(setting.dose) > 0))
        if np.any(wrong):
            least = np.min(setting.dose)
            raise ProtocolError(f"a dose of {least:g} cells is no dose; give cells above zero")
    v = {name: np.broadcast_to(np.asarray(value, float), (n,)) for name, value in values.items()}
    row: dict[str, Floats | float] = {"i_base": v["i_base"], "d_i": v["i_loss"]}
    row |= _host(setting, v) | _cells(setting, v) | _targets(setting, v)
    burden = (v["burden"] / v["burden_typical"]) ** v["burden_power"]
    row["k_i"] = v["i_peak"] * v["i_loss"] * burden / (v["contact"] * v["burden"])
    return assemble_values(row, n=n)


def _host(setting: Setting, v: Mapping[str, Floats]) -> dict[str, Floats | float]:
    """Host cells, and what kills them."""
    terms, room = setting.terms, find_room(setting.depth, v)
    nk = v["nk_set"] * room.nk_left
    share = np.clip(v["nkg2a_share"], 1e-6, 1 - 1e-6)
    drug = room.drug * v["drug_rate"]
    return {
        "n_start": v["host_t_set"] * room.t_left,
        "kp_start": nk * share,
        "kn_start": nk * (1 - share),
        "k_n": v["host_t_set"],
        "r_n": v["host_t_growth"],
        "k_k": v["nk_set"],
        "r_k": v["nk_growth"],
        "drug_t": drug,
        "drug_k": drug * v["drug_on_nk"],
        "drug_e": drug * terms.left[CD52],
        "drug_loss": room.drug * math.log(2) / v["drug_half_life"],
        "k7": v["cd7_killing"] if terms.kills_host else 0.0,
        "k_a": v["nkg2a_killing"] if terms.kills_nkg2a else 0.0,
        "h_t": terms.mismatch * terms.seen_by_t * v["t_rejection"] / v["host_t_set"],
        "h_k": terms.seen_by_nk
        * (1 - terms.shield)
        * (terms.mismatch > 0)
        * v["nk_rejection"]
        / v["nk_set"],
    }


def _cells(setting: Setting, v: Mapping[str, Floats]) -> dict[str, Floats | float]:
    """CAR-T cells: how they start, grow and decline."""
    peak = v["c_max"] / v["copies_per_cell"] * CELLS_PER_UL
    room = find_room(setting.depth, v).t_left / v["t_left_typical"]
    peak = peak * np.maximum(room, 1e-6) ** -v["room_power"]
    if setting.dose is None:
        begin = peak / v["fold_expansion"]
    else:
        begin = setting.dose * v["viable"]
        peak = peak * (setting.dose / v["dose_reference"]) ** v["dose_power"]
    gated = setting.expansion == "gated"
    rate = v["alpha"]
    lag = np.minimum(v["lag"], 0.5 * v["t_max"])
    cells = {
        "form": 0.0 if gated else 1.0,
        "e_start": np.minimum(begin, peak * np.exp(-_LEAST_RISE)),
        "t_max": v["t_max"],
        "width": v["gate_width"],
        "lag": lag,
        "alpha": rate if gated else 0.0,
        "beta": v["beta"],
        "to_memory": v["persisting_fraction"] * (rate - v["beta"]) if gated else 0.0,
        "k_f": setting.terms.fratricide * v["fratricide"],
        "w": v["memory_killing"],
        "seen": setting.seen_per_ul * CELLS_PER_UL,
        **{name: kimmel.PARAMETERS[name].value for name in ("k_c", "rho_c", "a", "b")},
    }
    rise = np.log(peak / cells["e_start"])
    cells["rho"] = _growth_to(rise, v["t_max"], v["gate_width"], lag, rate)
    return cells


def _growth_to(rise: Floats, t_max: Floats, width: Floats, lag: Floats, loss: Floats) -> Floats:
    """Find the growth rate at which the gated course, undisturbed, peaks as high as asked."""

    def soft(x: Floats) -> Floats:
        return np.asarray(np.logaddexp(0, x))

    def height(rho: Floats) -> Floats:
        at = t_max - width * np.log(loss / rho)
        grown = _grown(at, t_max, width, lag)
        shut = width * (soft((at - t_max) / width) - soft(-t_max / width))
        return rho * grown - loss * shut

    low, high = np.full_like(loss, _LEAST_GROWTH), np.full_like(loss, _MOST_GROWTH)
    for _ in range(_NEWTON):
        middle = np.sqrt(low * high)
        over = height(middle) > rise
        low, high = np.where(over, low, middle), np.where(over, middle, high)
    return np.asarray(np.sqrt(low * high))


def _grown(at: Floats, t_max: Floats, width: Floats, lag: Floats) -> Floats:
    """Integrate the product of the two gates, of beginning and of end, up to a day [d]."""
    open_after = np.where(lag > 0, lag, -60 * width)
    apart = np.exp(-(t_max - open_after) / width)

    def both(day: Floats | float) -> Floats:
        up = np.logaddexp(0, (day - open_after) / width)
        down = np.logaddexp(0, (day - t_max) / width)
        return np.asarray(width / (1 - apart) * (up - down))

    return both(at) - both(0.0)


def _targets(setting: Setting, v: Mapping[str, Floats]) -> dict[str, Floats | float]:
    """Target cells: growth or production, killing, what counts as return."""
    target, start = setting.target, v["burden"]
    fed = target.growth is None
    seen = {
        "SLE": v["b_cells_seen"] * CELLS_PER_UL,
        "lymphoma": v["remission_fall"] * start,
        "myeloma": v["remission_fall"] * start,
    }.get(target.disease, v["remission_share"] * v["burden_full_marrow"])
    return {
        "b_start": start,
        "x_start": 0.0,
        "r_b": 0.0 if fed else v["growth"],
        "inflow": start / v["b_life"] if fed else 0.0,
        "loss_b": 1 / v["b_life"] if fed else 0.0,
        "c50": v["production_half"],
        "mu": 0.0 if fed else v["antigen_loss"],
        "gamma_b": v["killing"],
        "k_b": v["killing_half"],
        "b50": v["antigen_half"],
        "b_n": v["normal_antigen"],
        "relapse": np.asarray(seen),
        "s_rate": v["activity_rate"] if fed else 0.0,
        "s_return": v["activity_return"] if fed else 0.0,
        "s_half": v["activity_half"] * start,
    }
