"""Virtual participants: who they are, how their cells grow, and their luck in every outcome.

Luck is drawn once, as uniforms, and belongs to the person: the same person can be given another
dose, or be treated under another design, and meets the same fate where the odds are the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtr

from protocyte.kinetics import stein_2019_tisagenlecleucel as stein
from protocyte.kinetics.parameter import Floats
from protocyte.protocol.rehearsal import Rehearsal
from protocyte.simulation.distribution import sample_spread
from protocyte.simulation.virtual_patients import sample_stein_patients


@dataclass(frozen=True, eq=False)
class Fate:
    """What the cell-kinetics model says becomes of a person at the dose level given.

    Parameters
    ----------
    toxic, responds : bool
        Whether there is a dose-limiting toxicity, and a response.
    events : mapping of str to (int, int, int)
        Highest grade [1], first day after the infusion and duration [d] of CRS, ICANS and GvHD;
        grade 0 for none.
    ends, dies : float
        Day of relapse or progression, and of death [d]; infinite if neither comes.
    days : ndarray of float, shape (n_days,)
        Days of the course [d], rising.
    levels : ndarray of float, shape (n_days,)
        Transgene level on them [copies/µg DNA].
    """

    toxic: bool
    responds: bool
    events: Mapping[str, tuple[int, int, int]]
    ends: float
    dies: float
    days: Floats
    levels: Floats


@dataclass(frozen=True)
class VirtualParticipant:
    """One person who does not exist.

    Parameters
    ----------
    number : int
        Order of arrival, from 1.
    age : float
        Age [years].
    weight : float
        Body weight [kg].
    sex : str
        F or M.
    kinetics : dict of str to float
        Parameters of the kinetic model [units of its table].
    toxicity, response, crs : float
        Luck in dose-limiting toxicity, response and CRS [1], uniform between 0 and 1; low means
        that it happens. Response and CRS go with peak expansion as the rehearsal links them.
    rng : numpy.random.Generator
        Where the rest of this person's chances come from.
    fate : Fate or None
        What the cell-kinetics model says, for a person out of a bank of virtual patients.
    """

    number: int
    age: float
    weight: float
    sex: Literal["F", "M"]
    kinetics: dict[str, float]
    toxicity: float
    response: float
    crs: float
    rng: np.random.Generator
    fate: Fate | None = None

    def is_toxic(self, probability: float) -> bool:
        """Say whether there is a dose-limiting toxicity where it has this probability [1]."""
        return self.toxicity < probability if self.fate is None else self.fate.toxic

    def responds(self, probability: float) -> bool:
        """Say whether there is a response where it has this probability [1]."""
        return self.response < probability if self.fate is None else self.fate.responds

    def transgene(self, days: Floats) -> Floats:
        """Return the transgene level over time.

        Parameters
        ----------
        days : ndarray of float, shape (n_days,)
            Days since the infusion [d], not negative.

        Returns
        -------
        ndarray of float, shape (n_days,)
            Transgene level [copies/µg DNA].
        """
        if self.fate is not None:
            logs = np.log(np.maximum(self.fate.levels, 1e-300))
            return np.asarray(np.exp(np.interp(days, self.fate.days, logs)))
        return stein.solve_expansion(days, **self.kinetics)


def sample_participant(
    number: int, rehearsal: Rehearsal, *, rng: np.random.Generator
) -> VirtualParticipant:
    """Sample one virtual participant.

    Parameters
    ----------
    number : int
        Order of arrival, from 1.
    rehearsal : Rehearsal
        Who arrives, and what goes with peak expansion.
    rng : numpy.random.Generator
        Where chance comes from; it is split, so that nobody's luck depends on another's.

    Returns
    -------
    VirtualParticipant
        The participant.

    Examples
    --------
    >>> from protocyte.protocol.rehearsal import (
    ...     Accrual, Kinetics, Patients, Rehearsal, Scenario, Spread)
    >>> years = Spread(mean=40, sd=12, low=18, high=75)
    >>> rehearsal = Rehearsal(
    ...     protocyte=1, accrual=Accrual(per_month=2, screening="7 days"),
    ...     patients=Patients(age=years, weight=years, female=0.5),
    ...     kinetics=Kinetics(lower_limit=50),
    ...     scenarios=[Scenario(name="one", toxicity=[0.1], response=[0.5])])
    >>> 18 <= sample_participant(1, rehearsal, rng=np.random.default_rng(1)).age <= 75
    True
    """
    (own,) = rng.spawn(1)
    person, cells, luck, rest = own.spawn(4)
    peak, tox, eff, crs = luck.standard_normal(4)
    drawn = sample_stein_patients(
        1, spread=rehearsal.kinetics.spread, latent={"c_max": np.array([peak])}, rng=cells
    )
    patients, links = rehearsal.patients, rehearsal.links
    benefit = -_linked(peak, eff, links.response)
    together = links.toxicity_with_response
    harm = together * benefit + np.sqrt(1 - together**2) * tox
    return VirtualParticipant(
        number=number,
        age=float(np.floor(sample_spread(patients.age, rng=person))),
        weight=round(sample_spread(patients.weight, rng=person), 1),
        sex="F" if person.random() < patients.female else "M",
        kinetics={name: float(values[0]) for name, values in drawn.parameters.items()},
        toxicity=float(ndtr(harm)),
        response=float(ndtr(benefit)),
        crs=float(ndtr(-_linked(peak, crs, links.crs))),
        rng=rest,
    )


def _linked(peak: float, own: float, rank_correlation: float) -> float:
    """Mix a normal with peak expansion's, so that their ranks correlate as stated."""
    rho = 2 * np.sin(np.pi * rank_correlation / 6)
    return float(rho * peak + np.sqrt(1 - rho**2) * own)
