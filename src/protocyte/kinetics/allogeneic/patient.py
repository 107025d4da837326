"""One patient of the allogeneic model, as the solver takes it: rates and starting numbers.

A row of a structured array a patient, so that compiled code reads `patient.rho` by name.
One law: nothing is looked up while solving; what a word switched off is a zero in the row.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from protocyte.errors import ProtocolError

ZERO_ALLOWED: Final = {
    "form": "0 gated expansion, 1 competition with host cells [1]",
    "lag": "days before growth begins [d]",
    "r_n": "growth of host T cells [1/d]",
    "r_k": "growth of host NK cells [1/d]",
    "drug_t": "loss of host T cells to the anti-CD52 drug at infusion [1/d]",
    "drug_k": "loss of host NK cells to the anti-CD52 drug at infusion [1/d]",
    "drug_e": "loss of CAR-T cells to the anti-CD52 drug at infusion [1/d]",
    "drug_loss": "elimination of the anti-CD52 drug [1/d]",
    "k7": "killing of host T and NK cells by a CD7 CAR [1/d]",
    "k_a": "killing of NKG2A-positive NK cells by an NKG2A CAR [1/d]",
    "alpha": "loss of effector cells after the gate, flow into memory included [1/d]",
    "beta": "loss of memory cells [1/d]",
    "to_memory": "flow from effector to memory cells [1/d]",
    "rho": "growth before the gate [1/d]",
    "rho_c": "growth of CAR-T cells in a full compartment, competition [1/d]",
    "b": "effect of lymphopenia on growth, competition [1/d]",
    "h_t": "rejection by one host T cell [1/(cell·d)]",
    "h_k": "rejection by one host NK cell [1/(cell·d)]",
    "k_f": "fratricide at full density [1/d]",
    "b_n": "normal antigen-positive cells [cells]",
    "w": "killing by a memory cell, of an effector's [1]",
    "gamma_b": "largest rate of killing [1/d]",
    "r_b": "growth of target cells [1/d]",
    "inflow": "production of target cells [cells/d]",
    "loss_b": "loss of target cells without killing [1/d]",
    "mu": "antigen loss of a target cell [1/d]",
    "x_start": "antigen-negative target cells at infusion [cells]",
    "i_base": "inflammation without CAR-T cells [pg/mL]",
    "k_i": "production of inflammation [pg/(mL·d·cell)]",
    "s_rate": "fall of disease activity towards the level of its target [1/d]",
    "s_return": "rise of disease activity towards the level of its target [1/d]",
}
"""Fields that may be zero, with their meaning and unit."""

POSITIVE: Final = {
    "k_n": "set point of host T cells [cells]",
    "k_k": "set point of host NK cells [cells]",
    "t_max": "day on which the gate is half closed [d]",
    "width": "width of the gate [d]",
    "k_c": "carrying capacity of CAR-T cells, competition [cells]",
    "a": "inefficiency of the signal for growth, competition [1]",
    "b50": "target cells at half the largest drive [cells]",
    "k_b": "CAR-T cells at half the largest rate of killing [cells]",
    "c50": "CAR-T cells that halve the production of target cells [cells]",
    "d_i": "loss of inflammation [1/d]",
    "s_half": "target cells at half the largest disease activity [cells]",
    "n_start": "host T cells at infusion [cells]",
    "kp_start": "NKG2A-positive NK cells at infusion [cells]",
    "kn_start": "NKG2A-negative NK cells at infusion [cells]",
    "e_start": "effector CAR-T cells at infusion [cells]",
    "b_start": "target cells at infusion [cells]",
    "seen": "CAR-T cells at the detection limit in blood [cells]",
    "relapse": "target cells at which disease has returned [cells]",
}
"""Fields that are above zero, with their meaning and unit."""

FIELDS: Final = ZERO_ALLOWED | POSITIVE
PATIENT: Final = np.dtype([(name, np.float64) for name in FIELDS], align=True)
"""Layout of a row."""

Patients = NDArray[np.void]

LEAST_INFLAMMATION_LOSS: Final = 12.0
"""Slowest loss of inflammation that the solver's short memory follows [1/d]."""


def assemble_values(values: Mapping[str, ArrayLike], *, n: int) -> Patients:
    """Put parameters together as rows of the solver, one a patient.

    Parameters
    ----------
    values : mapping of str to array-like of float, shape () or (n,)
        Every field of `PATIENT` [unit of `FIELDS`].
    n : int
        Number of patients, at least 1.

    Returns
    -------
    ndarray of PATIENT, shape (n,)
        The rows [units of `FIELDS`].

    Raises
    ------
    ProtocolError
        If a field is missing or unknown, does not have one number a patient, or is out of range.

    Examples
    --------
    >>> assemble_values({"rho": 0.9}, n=1)
    Traceback (most recent call last):
    protocyte.errors.ProtocolError: these patients have no form; give 0 gated expansion, 1 \
competition with host cells [1]
    """
    for name in FIELDS:
        if name not in values:
            raise ProtocolError(f"these patients have no {name}; give {FIELDS[name]}")
    rows = np.zeros(n, PATIENT)
    for name, value in values.items():
        if name not in FIELDS:
            raise ProtocolError(f'patients of this model have no "{name}"; leave it out')
        array = np.asarray(value, dtype=np.float64)
        if array.shape not in ((), (n,)):
            raise ProtocolError(
                f"{name} has the shape {array.shape} for {n} patients; give one number, or one a "
                "patient"
            )
        rows[name] = array
    find_sound_rows(rows)
    return rows


def find_sound_rows(patients: Patients) -> None:
    """Refuse rows that cannot be a patient of this model.

    Parameters
    ----------
    patients : ndarray of PATIENT, shape (n_patients,)
        The rows [units of `FIELDS`].

    Raises
    ------
    ProtocolError
        If a value is not finite, negative, or zero where it must not be.

    Examples
    --------
    >>> find_sound_rows(np.zeros(1, PATIENT))
    Traceback (most recent call last):
    protocyte.errors.ProtocolError: k_n of patient 1 is 0; set point of host T cells [cells] must \
be above zero
    """
    for name, meaning in FIELDS.items():
        column = patients[name]
        low_enough = column > 0 if name in POSITIVE else column >= 0
        wrong = ~(np.isfinite(column) & low_enough)
        if wrong.any():
            first = int(np.flatnonzero(wrong)[0])
            raise ProtocolError(
                f"{name} of patient {first + 1} is {column[first]:g}; {meaning} must be "
                f"{'above zero' if name in POSITIVE else 'zero or more'}"
            )
    if np.any(patients["d_i"] < LEAST_INFLAMMATION_LOSS):
        raise ProtocolError(
            f"d_i of {patients['d_i'].min():g} per day is slower than the solver follows; give at "
            f"least {LEAST_INFLAMMATION_LOSS:g}"
        )
