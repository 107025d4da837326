"""The typical patient: every parameter at its typical value. For examples and checks.

One law: a typical patient is no average of patients; a population is drawn in `simulation`.
"""

import numpy as np

from protocyte.kinetics import stein_2019_tisagenlecleucel as stein
from protocyte.kinetics.allogeneic import parameters, target
from protocyte.kinetics.allogeneic.assemble import Setting, assemble_rows
from protocyte.kinetics.allogeneic.patient import Patients
from protocyte.kinetics.allogeneic.target import Target
from protocyte.kinetics.allogeneic.terms import find_terms
from protocyte.kinetics.parameter import Floats
from protocyte.protocol.biology import Disease
from protocyte.protocol.product import Product


def find_typical_values(disease: Disease = "AML", **changes: float) -> dict[str, Floats]:
    """Give every parameter its typical value.

    Parameters
    ----------
    disease : str
        Disease, for growth and burden.
    **changes : float
        Other values by name [unit of the parameter].

    Returns
    -------
    dict of str to ndarray of float, shape ()
        Values by name [unit of each parameter].

    Examples
    --------
    >>> float(find_typical_values("lymphoma")["burden"])
    94860000000.0
    """
    of = Target.of(disease)
    values = parameters.PARAMETERS.values() | target.PARAMETERS.values() | stein.PARAMETERS.values()
    values["t_left_typical"] = values["t_left"]
    values["growth"] = values[of.growth] if of.growth else 0.0
    values["burden"] = {
        "lymphoma": values["burden_lymphoma"],
        "myeloma": values["burden_lymphoma"],
        "SLE": values["burden_b_cells"],
    }.get(disease, values["marrow_share"] * values["burden_full_marrow"])
    return {name: np.asarray(value) for name, value in (values | changes).items()}


def find_typical_setting() -> Setting:
    """Give the setting of the examples: KJ-C2320's product in AML, without a dose.

    Returns
    -------
    Setting
        The setting.

    Examples
    --------
    >>> find_typical_setting().depth
    'standard'
    """
    product = Product(
        name="example",
        donor="healthy donor",
        cars=("CD38",),
        edits=("TCR", "B2M"),
        armour=("NKG2A CAR",),
    )
    return Setting(find_terms(product), "standard", Target.of("AML"), None)


def assemble_typical(n: int) -> Patients:
    """Make rows of the typical patient of the examples.

    Parameters
    ----------
    n : int
        Number of rows.

    Returns
    -------
    ndarray of PATIENT, shape (n,)
        Equal rows [units of `FIELDS`].

    Examples
    --------
    >>> assemble_typical(2).shape
    (2,)
    """
    return assemble_rows(find_typical_setting(), find_typical_values(), n=n)
