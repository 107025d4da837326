"""Cytokine release syndrome of virtual patients: grade, first day, duration.

An ordered logit on the logarithms of peak CAR-T cells and peak IL-6, calibrated to 36 patients with
B-ALL. The two peaks do not go together in these patients, and each carries some of the grade; the
rest is a patient's own. The grades that the source calls ASBMT are those of the consensus of 2019.
That the logit holds for other products and diseases is assumed: what differs between them is
how far the cells expand and how many targets they meet.
One law: the scale is named; the same patients have other grades on another.
"""

from typing import Final

import numpy as np
from scipy.special import ndtr

from protocyte.errors import ProtocolError
from protocyte.kinetics import stein_2019_tisagenlecleucel as stein
from protocyte.kinetics.parameter import Floats, ParameterTable
from protocyte.simulation.calibration.crs import CrsModel
from protocyte.simulation.calibration.result import load_calibration
from protocyte.simulation.population.outcome.table import Grades

PARAMETERS: Final = ParameterTable.from_text(r"""
name         | symbol | value | unit | spread        | status  | source                                                         | meaning
onset_share  | –      | 0.62  | 1    | range 0.3 0.9 | derived | Lichtenstein2021: onset day 8, peak of CAR-T cells day 13      | first day of CRS, of the day of the peak
onset_spread | –      | 0.25  | 1    | range 0.1 0.5 | derived | Lichtenstein2021: onset quartiles 7 and 9, with both peaks' own | SD of ln, first day
lasting      | –      | 8     | d    | range 1 36    | sourced | TisaSafety2021: median 8, range 1 to 36                        | median duration
lasting_sd   | –      | 0.7   | 1    | range 0.4 1   | derived | TisaSafety2021: range 1 to 36 of 108 patients                  | SD of ln, duration
""")  # noqa: E501
"""Days of CRS."""
_DEFAULT: Final = "ASTCT 2019"


def find_crs_model(scale: str | None) -> CrsModel:
    """Find the model of a scale.

    Parameters
    ----------
    scale : str or None
        Scale that the protocol names; the consensus of 2019 if it names none.

    Returns
    -------
    CrsModel
        The model.

    Raises
    ------
    ProtocolError
        If there is no model of the scale.

    Examples
    --------
    >>> find_crs_model(None).scale
    'ASTCT 2019'
    """
    models = load_calibration().crs
    if scale is None:
        return models[_DEFAULT]
    if scale not in models:
        raise ProtocolError(
            f'there is no model of CRS on the scale "{scale}"; name one of {", ".join(models)} '
            "under safety.scales"
        )
    return models[scale]


def find_count_scale(copies_per_cell: Floats) -> Floats:
    """Find how many cells the source of the logit counts for each cell of the model.

    Parameters
    ----------
    copies_per_cell : ndarray of float, shape () or (n_patients,)
        Transgene level of one CAR-T cell a microlitre [copies/µg per cell/µL]; 1 if the peaks are
        those of the calibration.

    Returns
    -------
    ndarray of float, shape () or (n_patients,)
        Factor [1].

    Notes
    -----
    Peaks of the model are transgene levels over a factor that is assumed (Stein2019), those of the
    calibration are counts of a cytometer (Lichtenstein2021), of all lymphocytes, which run high. A
    typical peak of the one is taken for a typical peak of the other.

    Examples
    --------
    >>> float(find_count_scale(np.array(1.0)))
    1.0
    """
    peak = stein.PARAMETERS["c_max"].value / copies_per_cell
    return np.where(copies_per_cell == 1, 1.0, load_calibration().typical["c_max"] / peak)


def judge_crs(model: CrsModel, peak: Floats, il6: Floats, luck: Floats) -> Grades:
    """Judge the highest grade of CRS.

    Parameters
    ----------
    model : CrsModel
        Model of the protocol's scale.
    peak : ndarray of float, shape (n_patients,)
        Peak of CAR-T cells in blood, as the source of the model counts them [cells/µL].
    il6 : ndarray of float, shape (n_patients,)
        Peak of IL-6 [pg/mL].
    luck : ndarray of float, shape (n_patients,)
        Standard normals [1]; the patient's own share in the grade.

    Returns
    -------
    ndarray of int, shape (n_patients,)
        Grades 0 to 4 [1].

    Examples
    --------
    >>> lee = find_crs_model("Lee 2014")
    >>> judge_crs(lee, np.array([0.1, 2000.0]), np.array([5.0, 5000.0]), np.zeros(2)).tolist()
    [0, 2]
    """
    chance = np.clip(ndtr(luck), 1e-15, 1 - 1e-15)
    latent = model.latent(peak, il6) + np.log(chance / (1 - chance))
    above = latent[:, np.newaxis] > np.array(model.cutpoints)
    return np.asarray(above.sum(axis=1), np.int8)


def find_crs_days(peak_day: Floats, onset: Floats, lasting: Floats) -> tuple[Floats, Floats]:
    """Find first day and duration, had the patient CRS.

    Parameters
    ----------
    peak_day : ndarray of float, shape (n_patients,)
        Day of the peak of CAR-T cells [d].
    onset, lasting : ndarray of float, shape (n_patients,)
        Standard normals of luck [1].

    Returns
    -------
    tuple of ndarray of float, shape (n_patients,)
        First day and duration [d], whole days from 1.

    Examples
    --------
    >>> [float(days[0]) for days in find_crs_days(np.array([13.0]), np.zeros(1), np.zeros(1))]
    [8.0, 8.0]
    """
    p = PARAMETERS.values()
    first = p["onset_share"] * peak_day * np.exp(p["onset_spread"] * onset)
    lasts = p["lasting"] * np.exp(p["lasting_sd"] * lasting)
    return np.maximum(np.round(first), 1.0), np.clip(np.round(lasts), 1.0, 36.0)
