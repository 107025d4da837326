"""Cytokine release syndrome of virtual patients: grade, first day, duration.

An ordered logit on the logarithms of peak CAR-T cells and peak IL-6, fitted to 36 patients with
B-ALL. The two peaks hardly go together in these patients (correlation 0.15), and each carries some
of the grade. That it holds for other products and diseases is assumed: what differs between them is
how far the cells expand and how many targets they meet.
One law: the scale is named; the same patients have other grades on another.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import expit, ndtr

from protocyte.errors import ProtocolError
from protocyte.kinetics.parameter import Floats, ParameterTable
from protocyte.simulation.population.outcome.table import Grades

PARAMETERS: Final = ParameterTable.from_text(r"""
name         | symbol | value | unit | spread        | status  | source                                                         | meaning
counted      | –      | 6.6   | 1    | range 1 10    | derived | Lichtenstein2021: sampled peak 631, a simulated trial of such cells 96 cells/µL; its counts, of all lymphocytes, run high | CAR-T cells as the source of the logit counts them, of those of the model
onset_share  | –      | 0.62  | 1    | range 0.3 0.9 | derived | Lichtenstein2021: onset day 8, peak of CAR-T cells day 13      | first day of CRS, of the day of the peak
onset_spread | –      | 0.25  | 1    | range 0.1 0.5 | derived | Lichtenstein2021: onset quartiles 7 and 9, with both peaks' own | SD of ln, first day
lasting      | –      | 8     | d    | range 1 36    | sourced | TisaSafety2021: median 8, range 1 to 36                        | median duration
lasting_sd   | –      | 0.7   | 1    | range 0.4 1   | derived | TisaSafety2021: range 1 to 36 of 108 patients                  | SD of ln, duration
""")  # noqa: E501
"""How cells are counted behind the logit, and the days of CRS."""

LEAST_PEAK: Final = 0.1
"""CAR-T cells below this count as this [cells/µL]: about the limit of detection."""
CENTRE: Final = 5.0
"""Logarithm of either peak at which cutpoints are given [1]."""


@dataclass(frozen=True, slots=True)
class CrsModel:
    """Ordered logit of the highest grade of CRS.

    Parameters
    ----------
    scale : str
        Grading scale.
    cutpoints : tuple of float, shape (4,)
        Log-odds limits of grade 0, 1, 2 and 3, at peaks of e^5 [1].
    slope_peak : float
        Log-odds a unit of ln peak CAR-T cells [cells/µL] [1].
    slope_il6 : float
        Log-odds a unit of ln peak IL-6 [pg/mL] [1].

    Examples
    --------
    >>> model = CrsModel("Lee 2014", (-2.4, 0.6, 3.5, 4.8), 0.43, 0.61)
    >>> round(float(model.share(150.0, 150.0, 3)), 2)
    0.03
    """

    scale: str
    cutpoints: tuple[float, ...]
    slope_peak: float
    slope_il6: float

    def latent(self, peak: Floats | float, il6: Floats | float) -> Floats:
        """Give the log-odds that move the cutpoints, from peaks [cells/µL] and [pg/mL]."""
        cells = np.log(np.maximum(peak, LEAST_PEAK)) - CENTRE
        return np.asarray(self.slope_peak * cells + self.slope_il6 * (np.log(il6) - CENTRE))

    def share(self, peak: Floats | float, il6: Floats | float, grade: int) -> Floats:
        """Give the probability of at least a grade, 1 to 4 [1]."""
        return np.asarray(expit(self.latent(peak, il6) - self.cutpoints[grade - 1]))


# Penalised maximum likelihood (normal prior of SD 1 on each slope) on 36 patients with both peaks.
LEE: Final = CrsModel("Lee 2014", (-2.449, 0.572, 3.539, 4.777), 0.426, 0.607)
ASTCT: Final = CrsModel("ASTCT 2019", (-2.290, 0.024, 2.380, 4.555), 0.331, 0.575)
MODELS: Final = {model.scale: model for model in (LEE, ASTCT)}
"""By scale; the grades that the source calls ASBMT are those of the consensus of 2019."""


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
    >>> find_crs_model("Lee 2014").slope_il6
    0.607
    """
    if scale is None:
        return ASTCT
    if scale not in MODELS:
        raise ProtocolError(
            f'there is no model of CRS on the scale "{scale}"; name one of {", ".join(MODELS)} '
            "under safety.scales"
        )
    return MODELS[scale]


def judge_crs(model: CrsModel, peak: Floats, il6: Floats, luck: Floats) -> Grades:
    """Judge the highest grade of CRS.

    Parameters
    ----------
    model : CrsModel
        Model of the protocol's scale.
    peak : ndarray of float, shape (n_patients,)
        Peak of CAR-T cells in blood [cells/µL].
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
    >>> judge_crs(LEE, np.array([0.1, 2000.0]), np.array([5.0, 5000.0]), np.zeros(2)).tolist()
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
