"""Virtual patients: the parameters of a kinetic model, drawn for people who do not exist.

Each patient is a row of standard normals, one a parameter, turned into parameters. The normals may
be given, so that an outcome can be correlated with a parameter. One law: every choice that the
source leaves open is an assumption that the result carries in words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_ndtr, ndtri_exp

from protocyte.errors import ProtocolError
from protocyte.kinetics import kimmel_2021_axicabtagene as kimmel
from protocyte.kinetics import stein_2019_tisagenlecleucel as stein
from protocyte.kinetics.parameter import Floats, Reading

KIMMEL_VARIED: Final = ("k_n", "k_c", "r_n", "rho_c", "a", "b", "r_b", "gamma_b", "k_b")
"""What differs between virtual patients in Kimmel2021; the numbers of cells at infusion do not."""

STEIN_ASSUMPTIONS: Final = (
    "It is open what the random effects of Stein2019 are; the published code has variances.",
    "Random effects are independent; no correlation is published.",
    "The faster of the two rates drawn for the decline is taken as alpha.",
    "A persisting fraction above 1 is taken as 1, a fold expansion below 1 as 1.",
)

KIMMEL_ASSUMPTIONS: Final = (
    "Kimmel2021 prints a variance of 5 % of the mean; the authors' code has an SD of 5 %.",
    "Normals are cut off at zero; the authors' code sets negative draws to zero.",
    "Parameters are independent, as in the code; the fit cannot tell k_b from gamma_b or r_b.",
    "The numbers of cells at infusion are the same for everybody, as in the code.",
)


@dataclass(frozen=True, slots=True, eq=False)
class VirtualPatients:
    """Parameters of a model for many patients; they are passed to its solve function by name.

    Parameters
    ----------
    model : str
        Key of the paper.
    parameters : mapping of str to ndarray of float, shape (n_patients,)
        What the model's solve function takes, by name [unit of the model's table].
    latent : mapping of str to ndarray of float, shape (n_patients,)
        The standard normal behind each parameter that differs between patients [1].
    assumptions : tuple of str
        What the source does not say, and what was done.

    Examples
    --------
    >>> patients = sample_stein_patients(4, rng=np.random.default_rng(1))
    >>> patients.parameters["c_max"].shape
    (4,)
    """

    model: str
    parameters: Mapping[str, Floats]
    latent: Mapping[str, Floats]
    assumptions: tuple[str, ...]


def sample_stein_patients(
    n: int,
    *,
    spread: Reading = "variance",
    latent: Mapping[str, ArrayLike] | None = None,
    rng: np.random.Generator,
) -> VirtualPatients:
    """Sample tisagenlecleucel kinetics of virtual patients.

    Parameters
    ----------
    n : int
        Number of patients, at least 1.
    spread : {"variance", "sd"}
        How the printed random effects are read: as variances of the logarithm, as the published
        code does, or as its SDs.
    latent : mapping of str to array-like of float, shape (n_patients,), optional
        Standard normals [1] to use for some parameters, by name. Giving some leaves the draws of
        the others as they are.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    VirtualPatients
        Parameters for `solve_expansion`.

    Raises
    ------
    ProtocolError
        If ``n`` is below 1, the reading is not known, or the given normals do not fit.

    Notes
    -----
    Parameters are log-normal and independent. Comedication factors stay at their typical values.

    References
    ----------
    .. [1] Stein AM, Grupp SA, Levine JE, et al. *CPT Pharmacometrics Syst Pharmacol*
       2019;8:285-295. Table 1. doi:10.1002/psp4.12388

    Examples
    --------
    >>> patients = sample_stein_patients(1000, rng=np.random.default_rng(1))
    >>> levels = stein.solve_expansion(np.array([0.0, 28.0]), **patients.parameters)
    >>> levels.shape
    (1000, 2)
    """
    varied = {p.name: p.spread.log_sd(spread) for p in stein.PARAMETERS if p.spread}
    normals = _normals(n, tuple(varied), latent, rng)
    drawn = {p.name: np.full(n, p.value) for p in stein.PARAMETERS}
    for name, sd in varied.items():
        drawn[name] *= np.exp(sd * normals[name])
    rates = np.sort([drawn["alpha"], drawn["beta"]], axis=0)
    drawn["alpha"], drawn["beta"] = rates[1], rates[0]
    drawn["persisting_fraction"] = np.minimum(drawn["persisting_fraction"], 1.0)
    drawn["fold_expansion"] = np.maximum(drawn["fold_expansion"], 1.0)
    meant = "variances" if spread == "variance" else "standard deviations"
    assumed = (f"The printed random effects are {meant} of the logarithm.", *STEIN_ASSUMPTIONS)
    return VirtualPatients("Stein2019", _locked(drawn), _locked(normals), assumed)


def sample_kimmel_patients(
    n: int,
    *,
    relative_sd: float = 0.05,
    typical: Mapping[str, float] | None = None,
    latent: Mapping[str, ArrayLike] | None = None,
    rng: np.random.Generator,
) -> VirtualPatients:
    """Sample axicabtagene ciloleucel kinetics of virtual patients.

    Parameters
    ----------
    n : int
        Number of patients, at least 1.
    relative_sd : float
        SD of each parameter over its typical value [1], above 0 and at most 1.
    typical : mapping of str to float, optional
        Typical values other than the published ones [unit of the model's table], by name.
    latent : mapping of str to array-like of float, shape (n_patients,), optional
        Standard normals [1] to use for some parameters, by name. Giving some leaves the draws of
        the others as they are.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    VirtualPatients
        Parameters for `solve_competition`.

    Raises
    ------
    ProtocolError
        If ``n`` is below 1, the SD is out of range, a name is not known, or the given normals do
        not fit.

    Notes
    -----
    The nine parameters are independent normals, cut off at zero: the distribution given that the
    value is positive. The numbers of cells at infusion are the same for everybody.

    References
    ----------
    .. [1] Kimmel GJ, Locke FL, Altrock PM. *Proc R Soc B* 2021;288:20210229. Figure 3.
       doi:10.1098/rspb.2021.0229
    .. [2] CARTecology, the code of the paper, hybridModelRuns/HybridModel_08_30_20.jl at
       a712c33. https://github.com/MathOnco/CARTecology

    Examples
    --------
    >>> patients = sample_kimmel_patients(3, typical={"r_b": 0.105}, rng=np.random.default_rng(1))
    >>> course = kimmel.solve_competition(np.array([7.0]), **patients.parameters)
    >>> course.car_per_ul.shape
    (3, 1)
    """
    if not 0 < relative_sd <= 1:
        raise ProtocolError(
            f"a relative SD of {relative_sd:g} is not between 0 and 1; write 0.05 for 5 %"
        )
    centre = kimmel.PARAMETERS.values(**(typical or {}))
    normals = _normals(n, KIMMEL_VARIED, latent, rng)
    drawn = {name: np.full(n, value) for name, value in centre.items()}
    for name in KIMMEL_VARIED:
        factor = 1 + relative_sd * _cut_off(normals[name], -1 / relative_sd)
        drawn[name] *= np.maximum(factor, np.finfo(float).tiny)
    assumed = (f"Each SD is {100 * relative_sd:g} % of the typical value.", *KIMMEL_ASSUMPTIONS)
    return VirtualPatients("Kimmel2021", _locked(drawn), _locked(normals), assumed)


def _normals(
    n: int,
    names: tuple[str, ...],
    given: Mapping[str, ArrayLike] | None,
    rng: np.random.Generator,
) -> dict[str, Floats]:
    """Draw a column of standard normals for each name, then put the given ones in their place."""
    if n < 1:
        raise ProtocolError(f"{n} virtual patients cannot be drawn; ask for at least one")
    normals = dict(zip(names, rng.standard_normal((n, len(names))).T, strict=True))
    for name, values in (given or {}).items():
        column = np.array(values, dtype=np.float64)
        if name not in normals:
            raise ProtocolError(
                f'"{name}" does not differ between these patients; give normals for '
                f"{', '.join(names)}"
            )
        if column.shape != (n,) or not np.all(np.isfinite(column)):
            raise ProtocolError(
                f"the normals given for {name} are not {n} finite numbers; give one a patient"
            )
        normals[name] = column
    return normals


def _cut_off(normal: Floats, least: float) -> Floats:
    """Map standard normals to normals that are above ``least``, keeping their order."""
    lost, kept = log_ndtr(least), log_ndtr(-least)
    low = ndtri_exp(np.logaddexp(lost, kept + log_ndtr(normal)))
    high = -ndtri_exp(kept + log_ndtr(-normal))
    return np.asarray(np.where(normal < 0, low, high))


def _locked(arrays: Mapping[str, Floats]) -> Mapping[str, Floats]:
    """Make arrays read-only."""
    for array in arrays.values():
        array.setflags(write=False)
    return arrays
