"""States of many trials at once, and what a design says about each of them.

Doses are array indices here, from 0; `-1` is no dose. Everything that a user reads counts dose
levels from 1. A state holds what a rule may look at: the counts at each dose, the dose of the last
cohort and, for rules with a memory of it, the last cohort itself.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Integers: TypeAlias = NDArray[np.integer[Any]]
Booleans: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """What is known in each of many trials.

    Parameters
    ----------
    features : tuple of str
        What is counted: "n" participants, "tox" with a DLT, "eff" with a response, "both" with
        both.
    counts : ndarray of int, shape (n_states, n_doses, n_features)
        The counts [participants].
    dose : ndarray of int, shape (n_states,)
        Index of the dose of the last cohort [1], -1 before the first.
    last : ndarray of int, shape (n_states, n_features), optional
        The counts of the last cohort alone [participants], where they are known.
    lot : ndarray of int, shape (n_states,), optional
        Index of the dose that chance has drawn [1], for designs that randomise; without it they
        answer with their most probable dose.

    Examples
    --------
    >>> import numpy as np
    >>> states = States(("n", "tox"), np.array([[[3, 0], [6, 1]]]), np.array([1]))
    >>> states.of("tox").tolist(), states.at("n").tolist()
    ([[0, 1]], [6])
    """

    features: tuple[str, ...]
    counts: Integers
    dose: Integers
    last: Integers | None = None
    lot: Integers | None = None

    def __len__(self) -> int:
        return len(self.dose)

    @property
    def n_doses(self) -> int:
        """How many doses the trials have."""
        return int(self.counts.shape[1])

    def of(self, feature: str) -> Integers:
        """Return one feature at every dose, shape (n_states, n_doses)."""
        counts: Integers = self.counts[:, :, self.features.index(feature)]
        return counts

    def at(self, feature: str) -> Integers:
        """Return one feature at the dose of the last cohort, shape (n_states,)."""
        counts: Integers = self.of(feature)[np.arange(len(self)), self.dose]
        return counts

    def total(self, feature: str = "n") -> Integers:
        """Return one feature summed over the doses, shape (n_states,)."""
        total: Integers = self.of(feature).sum(axis=1, dtype=np.int32)
        return total

    def some(self, rows: Integers) -> "States":
        """Return some of the trials.

        Parameters
        ----------
        rows : ndarray of int, shape (n_some,)
            Which trials.

        Returns
        -------
        States
            The trials, in the order of the rows.
        """
        lot = None if self.lot is None else self.lot[rows]
        last = None if self.last is None else self.last[rows]
        return States(self.features, self.counts[rows], self.dose[rows], last, lot)

    def drawn(self, rows: Integers, lots: Integers) -> "States":
        """Return some of the trials, each with the dose that chance has drawn.

        Parameters
        ----------
        rows : ndarray of int, shape (n_drawn,)
            Which trials; one may occur several times.
        lots : ndarray of int, shape (n_drawn,)
            Index of the drawn dose [1].

        Returns
        -------
        States
            The trials, in the order of the rows.
        """
        # Taking from the transpose keeps each count's column contiguous.
        counts = self.counts.transpose(1, 2, 0)[:, :, rows].transpose(2, 0, 1)
        last = None if self.last is None else self.last[rows]
        return States(self.features, counts, self.dose[rows], last, lots)


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """What a design does next in each of many states.

    Parameters
    ----------
    dose : ndarray of int, shape (n_states,)
        Index of the dose of the next cohort [1]; -1 where the trial stops.
    size : ndarray of int, shape (n_states,)
        Participants of the next cohort [participants]; 0 where the trial stops.
    reason : ndarray of int, shape (n_states,)
        Values of `Reason` [1].

    Examples
    --------
    >>> import numpy as np
    >>> Steps(np.array([0, -1]), np.array([3, 0]), np.array([10, 0])).stopped.tolist()
    [False, True]
    """

    dose: Integers
    size: Integers
    reason: Integers

    @property
    def stopped(self) -> Booleans:
        """Where the trial stops."""
        stopped: Booleans = self.dose < 0
        return stopped


@dataclass(frozen=True, slots=True)
class Start:
    """The first cohort.

    Parameters
    ----------
    dose : int
        Index of its dose, from 0.
    size : int
        How many participants.

    Examples
    --------
    >>> Start(dose=0, size=3)
    Start(dose=0, size=3)
    """

    dose: int
    size: int
