"""Arms in which the same virtual patients were followed, held against the first of them.

One law: every difference is between a patient and the same patient, so that luck cancels out.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from protocyte.kinetics.parameter import Floats

QUANTILES: tuple[float, ...] = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Shares of the patients below the lines of a band [1]."""


@dataclass(frozen=True, slots=True)
class Share:
    """How often something happens in an arm, and how much more often than in the first arm.

    Parameters
    ----------
    share : float
        Share of patients [1].
    error : float
        Monte Carlo standard error [1].
    difference : float
        Share less that of the first arm, in the same patients [1]; NaN where the first arm's
        protocol does not define the event.
    difference_error : float
        Its Monte Carlo standard error [1].
    """

    share: float
    error: float
    difference: float
    difference_error: float


@dataclass(frozen=True, slots=True, eq=False)
class PatientArm:
    """What became of virtual patients under one protocol.

    Parameters
    ----------
    label : str
        How figures call it.
    disease, lymphodepletion, expansion : str
        What the patients have, how deep lymphodepletion goes, how the cells grow.
    switches : tuple of (str, str)
        Each word of the protocol, and what it does in the model.
    own_cells : bool
        Whether every patient receives his or her own cells.
    seen_per_ul : float
        CAR-T cells in blood at the detection limit [cells/µL].
    days : ndarray of float, shape (n_days,)
        Days of the bands [d].
    bands : mapping of str to ndarray of float, shape (5, n_days)
        `QUANTILES` of courses, by name.
    events : mapping of str to ndarray of bool, shape (n_patients,)
        What happened, by name; an event that the protocol does not define is absent.
    numbers : mapping of str to ndarray of float, shape (n_patients,)
        What was measured, by name with its unit.
    last_seen : ndarray of float, shape (n_patients,)
        Last day with CAR-T cells above the detection limit [d]; 0 if never.
    solved : ndarray of bool, shape (n_patients,)
        Whose course could be solved.
    """

    label: str
    disease: str
    lymphodepletion: str
    expansion: str
    switches: tuple[tuple[str, str], ...]
    own_cells: bool
    seen_per_ul: float
    days: Floats
    bands: Mapping[str, Floats]
    events: Mapping[str, NDArray[np.bool_]]
    numbers: Mapping[str, Floats]
    last_seen: Floats
    solved: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """Arms in which the same patients were followed.

    Parameters
    ----------
    arms : sequence of PatientArm
        What became of them; the first one is what the others are held against.

    Examples
    --------
    >>> arm = PatientArm("a", "AML", "standard", "gated", (), False, 0.1, np.array([0.0, 28.0]),
    ...     {name: np.ones((5, 2)) for name in ("car", "host_t", "host_nk", "target")},
    ...     {"CRS": np.array([True, False])}, {"Peak": np.array([1.0, 3.0])},
    ...     np.array([9.0, 40.0]), np.array([True, True]))
    >>> contrast = Contrast((arm,))
    >>> contrast.share("CRS", 0).share, contrast.spread("Peak", 0)[1]
    (0.5, 2.0)
    >>> contrast.persistence(0, np.array([7.0, 28.0])).tolist()
    [1.0, 0.5]
    """

    arms: Sequence[PatientArm]

    @property
    def events(self) -> tuple[str, ...]:
        """Names of the events that at least one protocol defines."""
        return tuple(dict.fromkeys(name for arm in self.arms for name in arm.events))

    def share(self, event: str, arm: int) -> Share | None:
        """Estimate how often an event happens in an arm, from 0; None if undefined, unsolved."""
        if event not in self.arms[arm].events:
            return None
        solved = self.arms[0].solved & self.arms[arm].solved
        own = np.asarray(self.arms[arm].events[event], float)[solved]
        if not own.size:
            return None
        root, p = math.sqrt(own.size), float(own.mean())
        error = math.sqrt(p * (1 - p)) / root
        if event not in self.arms[0].events:
            return Share(p, error, math.nan, math.nan)
        apart = own - np.asarray(self.arms[0].events[event], float)[solved]
        return Share(p, error, float(apart.mean()), float(apart.std()) / root)

    def spread(self, number: str, arm: int) -> tuple[float, float, float]:
        """Give the 5 %, 50 % and 95 % quantiles of a number in an arm [its unit]."""
        own = self.arms[arm]
        found = own.numbers[number][own.solved]
        low, middle, high = np.quantile(found if found.size else [math.nan], [0.05, 0.5, 0.95])
        return float(low), float(middle), float(high)

    def persistence(self, arm: int, days: Floats) -> Floats:
        """Give the share in whom CAR-T cells are still to be seen after each day [1]."""
        own = self.arms[arm]
        # Not seen at all is not seen on day 0 either.
        since = np.maximum(days, 1e-9)
        return np.asarray((own.last_seen[own.solved][:, np.newaxis] >= since).mean(axis=0))
