"""Which doses are acceptable: not too toxic, not futile, by the tails of two posteriors."""

from dataclasses import dataclass, field
from typing import Final, final

import numpy as np

from protocyte.design.posterior import find_lower_tail, find_upper_tail
from protocyte.design.state import Booleans, Floats, Integers, States
from protocyte.errors import DesignError, OutcomeError

UNIFORM: Final = (1.0, 1.0)


@final
@dataclass(frozen=True, slots=True)
class Acceptance:
    """Limits on toxicity and response, with the certainty at which a dose misses them.

    Parameters
    ----------
    toxicity_limit : float
        Highest acceptable DLT probability [1].
    efficacy_floor : float
        Lowest acceptable response probability [1].
    toxicity_certainty : float
        A dose is too toxic when the posterior probability of exceeding the limit is greater [1].
    futility_certainty : float
        A dose is futile when the posterior probability of staying below the floor is greater [1].
    n_least : int
        With fewer participants a dose is acceptable.
    longest : int
        The most participants at a dose.
    toxicity_prior, efficacy_prior : tuple of float
        Events and non-events that the Beta prior stands for [participants].

    Raises
    ------
    DesignError
        If limits or certainties are not probabilities.

    Examples
    --------
    >>> Acceptance(0.3, 0.2, 0.95, 0.9, n_least=3, longest=6).too_toxic(6)
    4
    """

    toxicity_limit: float
    efficacy_floor: float
    toxicity_certainty: float
    futility_certainty: float
    n_least: int
    longest: int
    toxicity_prior: tuple[float, float] = UNIFORM
    efficacy_prior: tuple[float, float] = UNIFORM
    _toxic: Booleans = field(init=False, repr=False, compare=False)
    _futile: Booleans = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in (
            "toxicity_limit", "efficacy_floor", "toxicity_certainty", "futility_certainty"
        ):  # fmt: skip
            value = getattr(self, name)
            if not 0 < value < 1:
                raise DesignError(f"{name} is {value}; give a probability between 0 and 1.")
        n, events = np.indices((self.longest + 1, self.longest + 1))
        known = (events <= n) & (n >= self.n_least)
        toxic, futile = np.zeros_like(known), np.zeros_like(known)
        n, events = n[known], events[known]
        toxic[known] = self.above_limit(events, n) > self.toxicity_certainty
        futile[known] = self.below_floor(events, n) > self.futility_certainty
        object.__setattr__(self, "_toxic", toxic)
        object.__setattr__(self, "_futile", futile)

    def too_toxic(self, n: int) -> int:
        """Return the smallest number of DLTs that is too toxic; ``n + 1`` if none is."""
        return int(n + 1 - np.count_nonzero(self._toxic[n]))

    def too_few(self, n: int) -> int:
        """Return the largest number of responses that is futile; -1 if none is."""
        return int(np.count_nonzero(self._futile[n])) - 1

    def toxic_states(self, states: States) -> Booleans:
        """Return where doses are too toxic by their own counts.

        Parameters
        ----------
        states : States
            Many trials.

        Returns
        -------
        ndarray of bool, shape (n_states, n_doses)
            Whether each is [1].
        """
        toxic: Booleans = self._toxic[self._known(states), states.of("tox")]
        return toxic

    def futile_states(self, states: States) -> Booleans:
        """Return where doses are futile by their own counts.

        Parameters
        ----------
        states : States
            Many trials.

        Returns
        -------
        ndarray of bool, shape (n_states, n_doses)
            Whether each is [1].
        """
        futile: Booleans = self._futile[self._known(states), states.of("eff")]
        return futile

    def above_limit(self, tox: Integers, n: Integers) -> Floats:
        """Return the posterior probability that the DLT probability exceeds the limit [1]."""
        if self.toxicity_prior == UNIFORM:
            return find_upper_tail(tox, n, limit=self.toxicity_limit)
        from scipy.special import betaincc

        a, b = self.toxicity_prior
        tail: Floats = betaincc(a + tox, b + n - tox, self.toxicity_limit)
        return tail

    def below_floor(self, eff: Integers, n: Integers) -> Floats:
        """Return the posterior probability that the response probability is below the floor [1]."""
        if self.efficacy_prior == UNIFORM:
            return find_lower_tail(eff, n, limit=self.efficacy_floor)
        from scipy.special import betainc

        a, b = self.efficacy_prior
        tail: Floats = betainc(a + eff, b + n - eff, self.efficacy_floor)
        return tail

    def explain(self, tox: int, eff: int, n: int) -> str:
        """Return the two tails of a dose in words."""
        at, of = np.array([n]), np.array([tox])
        toxic = float(self.above_limit(of, at)[0])
        futile = float(self.below_floor(np.array([eff]), at)[0])
        return (
            f"P(DLT probability > {self.toxicity_limit:g}) = {toxic:.4f} (limit "
            f"{self.toxicity_certainty:g}), P(response probability < {self.efficacy_floor:g}) = "
            f"{futile:.4f} (limit {self.futility_certainty:g})"
        )

    def _known(self, states: States) -> Integers:
        n = states.of("n")
        if n.size and n.max() > self.longest:
            raise OutcomeError(
                f"{n.max()} participants at one dose are more than this design reckons with "
                f"({self.longest}); plan more cohorts."
            )
        return n
