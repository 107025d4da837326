"""How desirable counts of toxicity and response are, looked up in a table.

Utilities weigh the four outcomes of a participant. Their sum over participants, divided by 100,
counts as that many successes of a binomial experiment with a uniform prior.
"""

from dataclasses import dataclass, field
from typing import Final, final

import numpy as np

from protocyte.design.posterior import find_lower_tail, find_upper_tail
from protocyte.design.state import Booleans, Floats, Integers, States
from protocyte.errors import OutcomeError

DIGITS: Final = 10
"""Desirabilities are compared after rounding to so many digits."""
LARGEST: Final = 3_000_000
"""Rows that a table may have; beyond, each state is computed."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """What counts at every dose of many states amount to.

    Parameters
    ----------
    admissible : ndarray of bool, shape (n_states, n_doses)
        Where neither too toxic nor futile [1].
    desirability : ndarray of float, shape (n_states, n_doses)
        Posterior probability that the utility exceeds the benchmark [1].
    mean : ndarray of float, shape (n_states, n_doses)
        Posterior mean utility, divided by 100 [1].

    Examples
    --------
    >>> import numpy as np
    >>> Readings(np.array([[True]]), np.array([[0.3]]), np.array([[0.5]])).mean.tolist()
    [[0.5]]
    """

    admissible: Booleans
    desirability: Floats
    mean: Floats


@final
@dataclass(frozen=True, slots=True)
class UtilityScale:
    """What outcomes are worth, and which are acceptable.

    Parameters
    ----------
    features : tuple of str
        What is counted.
    values : tuple of float
        Utility, 0 to 100, of a response without DLT, neither, both, a DLT without response [1].
    toxicity_limit, efficacy_floor : float
        Highest acceptable DLT, lowest acceptable response probability [1].
    toxicity_certainty, futility_certainty : float
        Posterior probabilities of missing them that are not acceptable [1].
    longest : int
        The most participants at a dose.

    Examples
    --------
    >>> scale = UtilityScale(("n", "tox", "eff"), (100, 40, 60, 0), 0.35, 0.25, 0.95, 0.9, 3)
    >>> round(scale.benchmark, 1)
    70.5
    """

    features: tuple[str, ...]
    values: tuple[float, float, float, float]
    toxicity_limit: float
    efficacy_floor: float
    toxicity_certainty: float
    futility_certainty: float
    longest: int
    _table: tuple[Booleans, Floats, Floats] | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        side = self.longest + 1
        table = None
        if side ** len(self.features) <= LARGEST:
            grid = np.meshgrid(*[np.arange(side)] * len(self.features), indexing="ij")
            counts = np.stack(grid, axis=-1).reshape(-1, len(self.features))
            # Counts that contradict each other are never asked for.
            possible = np.all(counts <= counts[:, :1], axis=1)
            if "both" in self.features:
                possible &= np.all(counts[:, 3:] <= counts[:, 1:3], axis=1)
            found = self._compute(counts[possible])
            table = tuple(np.zeros(len(counts), dtype=column.dtype) for column in found)
            for column, values in zip(table, found, strict=True):
                column[possible] = values
        object.__setattr__(self, "_table", table)

    @property
    def benchmark(self) -> float:
        """The utility that a desirable dose exceeds [0 to 100]: half-way from barely acceptable."""
        tox, eff = self.toxicity_limit, self.efficacy_floor
        best, neither, both, worst = self.values
        least = (
            best * eff * (1 - tox)
            + neither * (1 - eff) * (1 - tox)
            + both * eff * tox
            + worst * (1 - eff) * tox
        )
        return least + (100 - least) / 2

    def read(self, states: States) -> Readings:
        """Return what the counts at every dose amount to.

        Parameters
        ----------
        states : States
            Many trials.

        Returns
        -------
        Readings
            Admissibility, desirability and mean utility of each dose.

        Raises
        ------
        OutcomeError
            If more participants were treated at a dose than was planned for.
        """
        counts = states.counts.transpose(1, 0, 2)
        if counts.size and counts.max() > self.longest:
            raise OutcomeError(
                f"{counts.max()} participants at one dose are more than this design reckons with "
                f"({self.longest}); plan more cohorts."
            )
        side = self.longest + 1
        index: Integers = counts[:, :, 0].astype(np.int32)
        for f in range(1, len(self.features)):
            index *= side
            index += counts[:, :, f]
        table = self._table
        if table is None:
            # Too many possible counts for a table: compute those that occur, once each.
            _, first, back = np.unique(index, return_index=True, return_inverse=True)
            table = self._compute(counts.reshape(-1, len(self.features))[first])
            index = back.reshape(index.shape)
        admissible, desirability, mean = table
        return Readings(admissible.take(index).T, desirability.take(index).T, mean.take(index).T)

    def _compute(self, counts: Integers) -> tuple[Booleans, Floats, Floats]:
        """Return admissibility, desirability and mean utility of counts, one row each."""
        # SciPy takes longer to import than most designs take to decide.
        from scipy.special import betaincc

        n, tox, eff = (counts[:, f] for f in range(3))
        _, neither, together, _ = self.values
        if len(self.features) == 3:
            score = (together * eff + neither * (n - tox)) / 100
        else:
            both = counts[:, 3]
            score = (100 * (eff - both) + neither * (n - tox - eff + both) + together * both) / 100
        toxic = find_upper_tail(tox, n, limit=self.toxicity_limit)
        futile = find_lower_tail(eff, n, limit=self.efficacy_floor)
        admissible = (toxic < self.toxicity_certainty) & (futile < self.futility_certainty)
        # Many counts share a size and a score, and the integral is what takes time.
        scores, of_score = np.unique(score, return_inverse=True)
        _, first, of_pair = np.unique(
            of_score * (self.longest + 1) + n, return_index=True, return_inverse=True
        )
        a, b = 1 + scores[of_score[first]], 1 + n[first] - scores[of_score[first]]
        desirability = betaincc(a, b, self.benchmark / 100)[of_pair]
        return (
            (n == 0) | admissible,
            desirability.round(DIGITS),
            ((1 + score) / (2 + n)).round(DIGITS),
        )
