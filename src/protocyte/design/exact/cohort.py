"""What the next cohort can add to a state: counts, packed, with their weights."""

from dataclasses import dataclass, field
from typing import final

import numpy as np

from protocyte.design.exact.binomial import find_cohort_counts
from protocyte.design.exact.kernel import Kernel
from protocyte.design.exact.layout import Keys, Layout
from protocyte.design.state import Floats, Integers


@final
@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """Everything that a cohort at one dose can add to a state.

    Parameters
    ----------
    counts : ndarray of int, shape (n_outcomes, n_features)
        What the cohort shows at the dose that it is given [participants].
    added : ndarray of uint64, shape (words, n_outcomes)
        The same, packed: to be added to a state's key [1].
    weights : ndarray of float, shape (columns, n_outcomes)
        Ways to show it, or its probability under each truth [1].

    Examples
    --------
    >>> Cohort(np.array([[1, 0]]), np.array([[1]], np.uint64), np.ones((1, 1))).outcomes
    1
    """

    counts: Integers
    added: Keys
    weights: Floats

    @property
    def outcomes(self) -> int:
        """How many different outcomes there are."""
        return len(self.counts)


@final
@dataclass(slots=True, eq=False)
class Cohorts:
    """Makes each kind of cohort once.

    Parameters
    ----------
    kernel : Kernel
        The truths.
    layout : Layout
        How states are packed.

    Examples
    --------
    >>> from protocyte.design.scenario import Scenario
    >>> kernel = Kernel(("n", "tox"), (Scenario((0.1, 0.2)),), n_doses=2, planned=6)
    >>> cohorts = Cohorts(kernel, Layout(n_doses=2, n_features=2, capacity=6))
    >>> cohorts.of(dose=1, size=3).weights.tolist()
    [[1.0, 3.0, 3.0, 1.0]]
    """

    kernel: Kernel
    layout: Layout
    _made: dict[tuple[int, int], Cohort] = field(init=False, default_factory=dict)

    def of(self, *, dose: int, size: int) -> Cohort:
        """Return what a cohort of a size can add at a dose.

        Parameters
        ----------
        dose : int
            Index of the dose.
        size : int
            Participants of the cohort.

        Returns
        -------
        Cohort
            Its outcomes.
        """
        if (dose, size) not in self._made:
            seen = find_cohort_counts(self.kernel.features, size)
            counts = np.zeros((len(seen), self.layout.n_doses, self.layout.n_features), np.int16)
            counts[:, dose] = seen
            self._made[dose, size] = Cohort(
                seen.astype(np.int16),
                self.layout.keys(counts),
                self.kernel.weights(size)[:, dose],
            )
        return self._made[dose, size]
