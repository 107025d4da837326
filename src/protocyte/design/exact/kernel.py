"""How probable a cohort's counts, and a trial's counts, are under many truths at once.

Participants are exchangeable, so the probability of an ending is the number of ways to reach it
times a product of event probabilities. The number of ways depends on the design alone: one walk
serves every truth. Only where a truth links toxicity and response, and the design counts their
margins alone, the walk has to carry the truths along.
"""

from dataclasses import dataclass
from typing import Final, final

import numpy as np

from protocyte.design.exact.binomial import find_binomial, find_cohort_counts, find_cohort_ways
from protocyte.design.scenario import Scenario
from protocyte.design.state import Floats, Integers
from protocyte.errors import DesignError

DOUBLES: Final = 900
"""Ways to reach an ending fit in a float up to so many binary events."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Kernel:
    """The truths, seen through what a design counts.

    Parameters
    ----------
    features : tuple of str
        What is counted.
    scenarios : tuple of Scenario
        The truths.
    n_doses : int
        How many doses the design has.
    planned : int
        The most participants of a trial.

    Raises
    ------
    DesignError
        If there is no truth, or one does not describe what is counted at each dose.

    Examples
    --------
    >>> kernel = Kernel(("n", "tox"), (Scenario((0.1, 0.2)),), n_doses=2, planned=6)
    >>> kernel.weights(3)[0, 1].tolist()
    [1.0, 3.0, 3.0, 1.0]
    """

    features: tuple[str, ...]
    scenarios: tuple[Scenario, ...]
    n_doses: int
    planned: int

    def __post_init__(self) -> None:
        if not self.scenarios:
            raise DesignError("There is no scenario; give at least one.")
        for scenario in self.scenarios:
            if scenario.n_doses != self.n_doses:
                raise DesignError(
                    f"Scenario {scenario.name!r} describes {scenario.n_doses} doses and the "
                    f"design has {self.n_doses}; describe each dose of the design."
                )
            for feature in ("tox", "eff"):
                if feature in self.features and getattr(scenario, feature) is None:
                    raise DesignError(
                        f"Scenario {scenario.name!r} has no {feature}, which this design counts; "
                        f"give the probabilities at each dose."
                    )

    @property
    def factorises(self) -> bool:
        """Whether one walk serves every truth."""
        events = len(self.features) - 1
        if events * self.planned > DOUBLES:
            return False
        return "both" in self.features or events < 2 or not self._linked

    @property
    def _linked(self) -> bool:
        return any(scenario.both is not None for scenario in self.scenarios)

    @property
    def columns(self) -> int:
        """How many numbers a state carries: 1, or one a truth."""
        return 1 if self.factorises else len(self.scenarios)

    def weights(self, size: int) -> Floats:
        """Return what each possible cohort adds to the weight of a state.

        Parameters
        ----------
        size : int
            Participants of the cohort.

        Returns
        -------
        ndarray of float, shape (columns, n_doses, n_outcomes)
            Ways to show the counts [1], or their probability under each truth [1].
        """
        if self.factorises:
            ways = find_cohort_ways(self.features, size)
            return np.broadcast_to(ways, (1, self.n_doses, len(ways)))
        return self.probabilities(size)

    def probabilities(self, size: int) -> Floats:
        """Return how probable each possible cohort is.

        Parameters
        ----------
        size : int
            Participants of the cohort.

        Returns
        -------
        ndarray of float, shape (n_scenarios, n_doses, n_outcomes)
            Probability of the counts at each dose under each truth [1].
        """
        counts = find_cohort_counts(self.features, size)
        shape = (len(self.scenarios), self.n_doses, len(counts))
        if "both" in self.features:
            mass = np.broadcast_to(find_cohort_ways(self.features, size), shape).copy()
            for share, probability in self._cells():
                mass *= probability[:, :, np.newaxis] ** (counts @ share)
            return mass
        if self._linked and len(self.features) == 3:
            return self._linked_margins(size).reshape(shape)
        mass = np.ones(shape)
        for column, feature in enumerate(self.features[1:], start=1):
            for s, row in enumerate(self._truth(feature)):
                for j, probability in enumerate(row):
                    mass[s, j] *= find_binomial(size, probability)[counts[:, column]]
        return mass

    def likelihood(self, counts: Integers) -> Floats:
        """Return the product of event probabilities that turns ways into a probability.

        Parameters
        ----------
        counts : ndarray of int, shape (n_states, n_doses, n_features)
            Counts of trials [participants].

        Returns
        -------
        ndarray of float, shape (n_scenarios, n_states)
            Probability of one such sequence of participants under each truth [1].
        """
        product = np.ones((len(self.scenarios), len(counts)))
        for share, probability in self._cells():
            powers = probability[:, :, np.newaxis] ** np.arange(self.planned + 1)
            for j in range(self.n_doses):
                cell = sum(int(share[f]) * counts[:, j, f] for f in np.flatnonzero(share))
                for s in range(len(self.scenarios)):
                    product[s] *= powers[s, j].take(cell)
        return product

    def _truth(self, feature: str) -> Floats:
        if feature == "both":
            return np.array([scenario.joint for scenario in self.scenarios])
        return np.array([getattr(scenario, feature) for scenario in self.scenarios])

    def _cells(self) -> list[tuple[Integers, Floats]]:
        """Return the exclusive outcomes of a participant: as sums of counts, with probabilities."""
        column = {
            feature: np.eye(len(self.features), dtype=int)[f]
            for f, feature in enumerate(self.features)
        }
        if "both" in column:
            tox, eff, both = (self._truth(feature) for feature in ("tox", "eff", "both"))
            t, e, b = (column[feature] for feature in ("tox", "eff", "both"))
            cells = [
                (b, both),
                (t - b, tox - both),
                (e - b, eff - both),
                (column["n"] - t - e + b, 1 - tox - eff + both),
            ]
            return [(share, np.maximum(probability, 0.0)) for share, probability in cells]
        events = [feature for feature in self.features if feature != "n"]
        truths = {feature: self._truth(feature) for feature in events}
        return [(column[feature], truths[feature]) for feature in events] + [
            (column["n"] - column[feature], 1 - truths[feature]) for feature in events
        ]

    def _linked_margins(self, size: int) -> Floats:
        """Return the probability of each pair of margins where the two events are linked."""
        tox, eff, both = (self._truth(feature) for feature in ("tox", "eff", "both"))
        cells = np.maximum([[1 - tox - eff + both, eff - both], [tox - both, both]], 0.0)
        mass = np.zeros((*tox.shape, size + 1, size + 1))
        mass[:, :, 0, 0] = 1.0
        for _ in range(size):
            added = cells[0, 0][..., np.newaxis, np.newaxis] * mass
            added[:, :, :, 1:] += cells[0, 1][..., np.newaxis, np.newaxis] * mass[:, :, :, :-1]
            added[:, :, 1:, :] += cells[1, 0][..., np.newaxis, np.newaxis] * mass[:, :, :-1, :]
            added[:, :, 1:, 1:] += cells[1, 1][..., np.newaxis, np.newaxis] * mass[:, :, :-1, :-1]
            mass = added
        return mass
