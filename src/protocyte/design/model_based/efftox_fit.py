"""What EffTox knows about each dose after counts: means and tails of two event probabilities.

Six parameters: two of toxicity, three of efficacy, one association. Without the association the
posterior is a product of two regressions, each summed on its own lattice. The association bends
both a little; how much is a smooth function, found on coarse lattices and carried to the fine ones.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, final

import numpy as np

from protocyte.design.kinds import find_sound_kinds
from protocyte.design.model_based.lattice import Lattice
from protocyte.design.model_based.margin import Margin, Posterior
from protocyte.design.state import Floats, Integers
from protocyte.errors import DesignError

BLOCK: Final = 16
ASSOCIATIONS: Final = 7
"""Nodes of the association, by the Gauss-Hermite rule."""
PARAMETERS: Final = (
    "tox_intercept",
    "tox_slope",
    "eff_intercept",
    "eff_slope",
    "eff_curvature",
    "association",
)


@final
@dataclass(frozen=True, slots=True)
class EffToxPrior:
    """Independent normal priors, each as mean and standard deviation [1].

    Parameters
    ----------
    tox_intercept, tox_slope : tuple of float
        Of the log-odds of a DLT on the centred log dose [1].
    eff_intercept, eff_slope, eff_curvature : tuple of float
        Of the log-odds of a response on the centred log dose and its square [1].
    association : tuple of float
        Of the association between the two [1].

    Raises
    ------
    DesignError
        If these make no distributions.

    Examples
    --------
    >>> EffToxPrior((-7.9593, 3.5487), (1.5482, 3.5018), (0.7367, 2.5423), (3.4181, 2.4406),
    ...             (0.0, 0.2), (0.0, 1.0)).association
    (0.0, 1.0)
    """

    tox_intercept: tuple[float, float]
    tox_slope: tuple[float, float]
    eff_intercept: tuple[float, float]
    eff_slope: tuple[float, float]
    eff_curvature: tuple[float, float]
    association: tuple[float, float] = (0.0, 1.0)

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        for name in PARAMETERS:
            pair = tuple(float(value) for value in getattr(self, name))
            fits = len(pair) == 2 and abs(pair[0]) <= 50 and 0.01 <= pair[1] <= 20
            if not fits:
                raise DesignError(
                    f"The prior of {name} is {pair}; give a mean within 50 of 0 and a standard "
                    f"deviation between 0.01 and 20."
                )
            object.__setattr__(self, name, pair)


@final
@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Posterior means and tails.

    Parameters
    ----------
    tox, eff : ndarray of float, shape (n_states, n_doses)
        Mean probability of a DLT, and of a response [1].
    tolerable, effective : ndarray of float, shape (n_states, n_doses)
        How probable it is that the DLT probability is below its limit, and the response
        probability above its floor [1].

    Examples
    --------
    >>> one = np.ones((1, 3))
    >>> Fitted(one, one, one, one).tox.shape
    (1, 3)
    """

    tox: Floats
    eff: Floats
    tolerable: Floats
    effective: Floats


@final
@dataclass(frozen=True, slots=True, eq=False)
class EffToxModel:
    """The model, with its lattices.

    Parameters
    ----------
    toxicity, efficacy : Margin
        The two regressions.
    associations, shares : ndarray of float, shape (n,)
        Strengths of the association and their prior weights [1].
    fine : tuple of Lattice
        Where toxicity and efficacy are summed.
    coarse : tuple of Lattice
        Where the association is summed.
    parabolas, terms : tuple of ndarray
        What carries the association from the coarse to the fine lattices [1].

    Examples
    --------
    >>> prior = EffToxPrior((-7.9593, 3.5487), (1.5482, 3.5018), (0.7367, 2.5423),
    ...                     (3.4181, 2.4406), (0.0, 0.2))
    >>> model = find_efftox_model(prior, (1.0, 2.0, 4.0))
    >>> cells = np.zeros((1, 3, 4), int)
    >>> model.fit(cells, toxicity_limit=0.3, efficacy_floor=0.5).tox.shape
    (1, 3)
    """

    toxicity: Margin
    efficacy: Margin
    associations: Floats
    shares: Floats
    fine: tuple[Lattice, Lattice]
    coarse: tuple[Lattice, Lattice]
    parabolas: tuple[Floats, Floats]
    terms: tuple[Floats, Floats]

    def fit(self, cells: Integers, *, toxicity_limit: float, efficacy_floor: float) -> Fitted:
        """Return means and tails after counts.

        Parameters
        ----------
        cells : ndarray of int, shape (n_states, n_doses, 4)
            Participants with neither event, with a response alone, with a DLT alone, with both
            [participants].
        toxicity_limit : float
            DLT probability to stay below [1].
        efficacy_floor : float
            Response probability to exceed [1].

        Returns
        -------
        Fitted
            What is known about each dose.
        """
        found = np.empty((4, *cells.shape[:2]))
        for first in range(0, len(cells), BLOCK):
            rows = slice(first, first + BLOCK)
            found[:, rows] = self._fit(cells[rows], toxicity_limit, efficacy_floor)
        return Fitted(*found)

    def _fit(self, cells: Integers, toxicity_limit: float, efficacy_floor: float) -> Floats:
        seen = cells.astype(float)
        n = seen.sum(axis=2)
        margins = (self.toxicity, self.efficacy)
        events = (seen[:, :, 2] + seen[:, :, 3], seen[:, :, 1] + seen[:, :, 3])
        posteriors = [margin.posterior(n, y) for margin, y in zip(margins, events, strict=True)]
        bends = self._bends(cells, posteriors)
        read = []
        for posterior, bend, fine, limit in zip(
            posteriors, bends, self.fine, (toxicity_limit, efficacy_floor), strict=True
        ):
            mass = np.exp(posterior.log_weight(fine) + bend)
            mass /= mass.sum(axis=1, keepdims=True)
            mean = (posterior.probability(fine) @ mass[:, :, np.newaxis])[:, :, 0]
            read.append((mean, posterior.below(limit, fine, mass)))
        (tox, tolerable), (eff, futile) = read
        return np.stack([tox, eff, tolerable, 1 - futile])

    def _bends(self, cells: Integers, posteriors: list[Posterior]) -> list[Floats]:
        """Return the logarithm of the association's mean factor on the fine lattices."""
        from protocyte.design.model_based.association import find_bends

        probabilities, masses, bends = [], [], []
        for posterior, coarse in zip(posteriors, self.coarse, strict=True):
            probabilities.append(posterior.probability(coarse))
            mass = np.exp(posterior.log_weight(coarse))
            masses.append(mass / mass.sum(axis=1, keepdims=True))
            bends.append(np.empty(mass.shape))
        whole = np.ascontiguousarray(cells, dtype=np.int64)
        (tox, eff), (tox_mass, eff_mass), (tox_bend, eff_bend) = probabilities, masses, bends
        find_bends(
            whole,
            tox,
            eff,
            tox_mass,
            eff_mass,
            self.associations,
            self.shares,
            tox_bend,
            eff_bend,
        )
        carried = []
        for bend, parabola, terms in zip(bends, self.parabolas, self.terms, strict=True):
            logs = np.log(bend)
            low, high = logs.min(axis=1, keepdims=True), logs.max(axis=1, keepdims=True)
            carried.append(np.clip((logs @ parabola.T) @ terms.T, low, high))
        return carried


@lru_cache(maxsize=8)
def find_efftox_model(
    prior: EffToxPrior, doses: tuple[float, ...], fineness: float = 1.0
) -> EffToxModel:
    """Find the model of a prior and doses.

    Parameters
    ----------
    prior : EffToxPrior
        The prior.
    doses : tuple of float
        The doses, in any unit; only their ratios matter.
    fineness : float
        How many times as dense the lattices are as usual [1].

    Returns
    -------
    EffToxModel
        The model.

    Examples
    --------
    >>> prior = EffToxPrior((0.0, 1.0), (1.0, 1.0), (0.0, 1.0), (1.0, 1.0), (0.0, 0.2))
    >>> find_efftox_model(prior, (1.0, 2.0)).toxicity.basis.round(4).tolist()
    [[1.0, -0.3466], [1.0, 0.3466]]
    """
    x = np.log(np.array(doses))
    x -= x.mean()
    ones = np.ones(len(x))
    tox = prior.tox_intercept, prior.tox_slope
    eff = prior.eff_intercept, prior.eff_slope, prior.eff_curvature
    nodes, shares = np.polynomial.hermite_e.hermegauss(ASSOCIATIONS)
    middle, spread = prior.association
    fine = _lattice(2, 0.3 / fineness, 6.5), _lattice(3, 0.5 / fineness, 5.5)
    coarse = _lattice(2, 1.0 / math.sqrt(fineness), 4.0), _lattice(3, 1.1 / math.sqrt(fineness), 4)
    return EffToxModel(
        Margin(np.stack([ones, x], axis=1), *_columns(tox)),
        Margin(np.stack([ones, x, x**2], axis=1), *_columns(eff)),
        np.tanh((middle + spread * nodes) / 2),
        shares / shares.sum(),
        fine,
        coarse,
        (coarse[0].parabola, coarse[1].parabola),
        (fine[0].terms, fine[1].terms),
    )


def _lattice(axes: int, spacing: float, radius: float) -> Lattice:
    return Lattice((spacing,) * axes, radius)


def _columns(pairs: tuple[tuple[float, float], ...]) -> tuple[tuple[float, ...], ...]:
    """Turn pairs of mean and standard deviation into means and standard deviations."""
    return tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs)
