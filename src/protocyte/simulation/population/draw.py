"""Draw virtual patients of the allogeneic model: covariates, parameters, and luck in outcomes.

One law: what is drawn depends on who the patients are, never on the product or the dose.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtr, ndtri

from protocyte.errors import ProtocolError
from protocyte.kinetics import stein_2019_tisagenlecleucel as stein
from protocyte.kinetics.allogeneic import parameters, target
from protocyte.kinetics.allogeneic.target import Target
from protocyte.kinetics.parameter import Floats, Reading
from protocyte.protocol.biology import Disease
from protocyte.protocol.rehearsal import Patients, Spread

LUCK: Final = ("crs", "icans", "gvhd", "infection", "cytopenia", "response", "relapse", "death",
               "extinction", "expansion", "event", "onset", "lasting", "gvhd onset")  # fmt: skip
"""Outcomes in which a patient has luck of his or her own: standard normals."""
_ON_LOGIT: Final = frozenset({"nkg2a_share"})
_MOST_LEFT: Final = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Draw:
    """Virtual patients before anything is done to them.

    Parameters
    ----------
    values : mapping of str to ndarray of float, shape (n_patients,) or ()
        Parameters of `assemble_rows` by name [unit of their tables].
    age, weight : ndarray of float, shape (n_patients,)
        Age [years] and body weight [kg].
    female : ndarray of bool, shape (n_patients,)
        Sex.
    luck : mapping of str to ndarray of float, shape (n_patients,)
        Standard normals behind outcomes [1], by name of `LUCK`.
    """

    values: Mapping[str, Floats]
    age: Floats
    weight: Floats
    female: NDArray[np.bool_]
    luck: Mapping[str, Floats]

    @property
    def size(self) -> int:
        """Number of patients."""
        return int(self.age.size)


def sample_patients(
    n: int,
    *,
    disease: Disease,
    patients: Patients,
    typical: Mapping[str, float] | None = None,
    spread: Reading = "variance",
    rng: np.random.Generator,
) -> Draw:
    """Draw virtual patients.

    Parameters
    ----------
    n : int
        Number of patients, at least 1.
    disease : str
        Disease, for growth and burden of the target.
    patients : Patients
        Age, weight and sex of who arrives.
    typical : mapping of str to float, optional
        Typical values [unit of the parameter] or SDs (``sd_`` and the name) other than those of
        the tables.
    spread : {"variance", "sd"}
        How the random effects printed by Stein2019 are read.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    Draw
        The patients.

    Raises
    ------
    ProtocolError
        If ``n`` is below 1 or a typical value is not known.

    Notes
    -----
    Log-normal around the typical value, logit-normal for shares. Rates of killing and the cells at
    half the largest rate move together (Kimmel2021); all else is independent, because no
    correlation is published. In a share of patients the cells hardly expand. What lymphodepletion
    leaves is at most everything.

    Examples
    --------
    >>> who = Patients(age=Spread(mean=40, sd=10, low=18, high=70),
    ...                weight=Spread(mean=70, sd=10, low=40, high=110), female=0.5)
    >>> drawn = sample_patients(5, disease="AML", patients=who, rng=np.random.default_rng(1))
    >>> drawn.size, drawn.values["killing"].shape
    (5, (5,))
    """
    if n < 1:
        raise ProtocolError(f"{n} virtual patients cannot be drawn; ask for at least one")
    centre, sds = _typical(disease, dict(typical or {}), spread)
    person, body, luck = rng.spawn(3)
    names = sorted(sds)
    normals = dict(zip(names, body.standard_normal((len(names), n)), strict=True))
    _tie(normals, disease)
    values: dict[str, Floats] = {name: np.asarray(value) for name, value in centre.items()}
    for name in names:
        values[name] = _spread(name, centre[name], sds[name] * normals[name])
    failing = "fails_in_lupus" if disease == "SLE" else "fails_to_expand"
    chances = dict(zip(LUCK, luck.standard_normal((len(LUCK), n)), strict=True))
    fails = ndtr(chances["expansion"]) < centre[failing]
    values["c_max"] = values["c_max"] * np.where(fails, centre["failed_peak"], 1.0)
    rates = np.sort([np.broadcast_to(values["alpha"], n), np.broadcast_to(values["beta"], n)], 0)
    values["alpha"], values["beta"] = rates[1], rates[0]
    values["persisting_fraction"] = np.minimum(values["persisting_fraction"], 1.0)
    values["fold_expansion"] = np.maximum(values["fold_expansion"], 1.0)
    for left in ("t_left", "nk_left"):
        values[left] = np.minimum(values[left], _MOST_LEFT)
    if Target.of(disease).in_marrow:
        values["burden"] = values["marrow_share"] * centre["burden_full_marrow"]
    return Draw(
        values,
        np.floor(_between(patients.age, n, person)),
        np.round(_between(patients.weight, n, person), 1),
        person.random(n) < patients.female,
        chances,
    )


def _typical(
    disease: Disease, changes: dict[str, float], spread: Reading
) -> tuple[dict[str, float], dict[str, float]]:
    """Give typical values and SDs by name, some of them changed."""
    of = Target.of(disease)
    centre = parameters.PARAMETERS.values() | target.PARAMETERS.values() | stein.PARAMETERS.values()
    sds = parameters.VARIABILITY.values()
    sds |= {p.name: p.spread.log_sd(spread) for p in stein.PARAMETERS if p.spread}
    for name, value in changes.items():
        known = sds if name.startswith("sd_") else centre
        key = name.removeprefix("sd_")
        if key not in known:
            raise ProtocolError(
                f'no parameter of the cell-kinetics model is called "{name}"; see '
                "`protocyte cite --parameters` or docs/reference/models for the names"
            )
        known[key] = value
    centre["t_left_typical"] = parameters.PARAMETERS["t_left"].value
    centre["growth"] = centre[of.growth] if of.growth else 0.0
    if of.growth:
        sds["growth"] = centre["spread_growth"]
    if of.in_marrow:
        sds["marrow_share"] = centre["spread_marrow"]
    else:
        centre["burden"] = centre["burden_b_cells" if of.growth is None else "burden_lymphoma"]
        sds["burden"] = centre["spread_burden"]
    return centre, sds


def _tie(normals: dict[str, Floats], disease: Disease) -> None:
    """Let killing, and in lymphoma growth, move with the cells at half the largest killing."""
    tied = {"killing": parameters.KILLING_WITH_HALF}
    if disease == "lymphoma":
        tied["growth"] = parameters.GROWTH_WITH_HALF
    for name, rho in tied.items():
        normals[name] = rho * normals["killing_half"] + np.sqrt(1 - rho**2) * normals[name]


def _spread(name: str, centre: float, shift: Floats) -> Floats:
    """Move a typical value by a draw, on the scale on which it varies."""
    if name in _ON_LOGIT or name == "marrow_share":
        return np.asarray(expit(logit(centre) + shift))
    return np.asarray(centre * np.exp(shift))


def _between(spread: Spread, n: int, rng: np.random.Generator) -> Floats:
    """Draw from a normal distribution that is cut at both ends."""
    if spread.sd == 0:
        return np.full(n, spread.mean)
    low, high = (ndtr((end - spread.mean) / spread.sd) for end in (spread.low, spread.high))
    return np.asarray(spread.mean + spread.sd * ndtri(rng.uniform(low, high, size=n)))
