"""Dose-toxicity curves with one parameter, as the continual reassessment method uses them.

The parameter is on the log scale: the larger it is, the less toxic is every dose. At 0 the curve is
the skeleton, the prior guess of the DLT probabilities.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal, final

import numpy as np

from protocyte.design.state import Floats
from protocyte.errors import DesignError

CURVES: Final = ("empiric", "logistic")
LEAST: Final = 1e-12


@final
@dataclass(frozen=True, slots=True)
class Curve:
    """DLT probabilities of all doses by one parameter.

    Parameters
    ----------
    skeleton : tuple of float
        Prior guess of the DLT probability at each dose [1], ascending, between 0 and 1.
    kind : {"empiric", "logistic"}
        A power of the skeleton, or a logistic curve through it.
    intercept : float
        Fixed intercept of the logistic curve [1].

    Raises
    ------
    DesignError
        If the skeleton is not an ascending list of probabilities, or beyond the intercept.

    Examples
    --------
    >>> Curve((0.1, 0.2, 0.3)).tox(np.array([0.0])).ravel().round(12).tolist()
    [0.1, 0.2, 0.3]
    """

    skeleton: tuple[float, ...]
    kind: Literal["empiric", "logistic"] = "empiric"
    intercept: float = 3.0

    def __post_init__(self) -> None:
        if self.kind not in CURVES:
            raise DesignError(f"The curve is {self.kind!r}; name one of {', '.join(CURVES)}.")
        if not self.skeleton:
            raise DesignError("The skeleton has no doses; give a DLT probability for each.")
        object.__setattr__(self, "skeleton", tuple(float(p) for p in self.skeleton))
        steps = zip((0.0, *self.skeleton), (*self.skeleton, 1.0), strict=True)
        if not all(higher - lower > LEAST for lower, higher in steps):
            raise DesignError(
                f"The skeleton is {self.skeleton}; give DLT probabilities that rise from dose to "
                f"dose, between 0 and 1."
            )
        if self.kind == "logistic" and not (
            math.isfinite(self.intercept) and self.labels[-1] < -LEAST
        ):
            highest = 1 / (1 + math.exp(-self.intercept)) if abs(self.intercept) < 700 else 1.0
            raise DesignError(
                f"The logistic curve with intercept {self.intercept:g} stays below {highest:.3f} "
                f"and the skeleton reaches {self.skeleton[-1]:g}; raise the intercept."
            )

    @property
    def n_doses(self) -> int:
        """How many doses."""
        return len(self.skeleton)

    @property
    def labels(self) -> Floats:
        """What stands for each dose in the curve [1]; all below 0."""
        s = np.array(self.skeleton)
        labels: Floats = np.log(s)
        return labels if self.kind == "empiric" else labels - np.log1p(-s) - self.intercept

    def log_tox(self, parameter: Floats) -> Floats:
        """Return logarithms of the DLT probabilities.

        Parameters
        ----------
        parameter : ndarray of float, shape (n,)
            Values of the parameter [1].

        Returns
        -------
        ndarray of float, shape (n_doses, n)
            Log-probabilities of a DLT [1].
        """
        steep: Floats = self.labels[:, np.newaxis] * np.exp(parameter)
        return steep if self.kind == "empiric" else -np.logaddexp(0.0, -steep - self.intercept)

    def log_no_tox(self, parameter: Floats) -> Floats:
        """Return logarithms of the probabilities of no DLT.

        Parameters
        ----------
        parameter : ndarray of float, shape (n,)
            Values of the parameter [1].

        Returns
        -------
        ndarray of float, shape (n_doses, n)
            Log-probabilities of no DLT [1].
        """
        steep: Floats = self.labels[:, np.newaxis] * np.exp(parameter)
        if self.kind == "empiric":
            # A probability so near 1 that it rounds to 1 leaves the smallest positive number.
            return np.log(np.maximum(-np.expm1(steep), np.finfo(float).tiny))
        return -np.logaddexp(0.0, steep + self.intercept)

    def tox(self, parameter: Floats) -> Floats:
        """Return the DLT probabilities.

        Parameters
        ----------
        parameter : ndarray of float, shape (n,)
            Values of the parameter [1].

        Returns
        -------
        ndarray of float, shape (n_doses, n)
            Probabilities of a DLT [1].
        """
        tox: Floats = np.exp(self.log_tox(parameter))
        return tox

    def parameter(self, tox: float) -> Floats:
        """Return the parameter at which each dose has a DLT probability.

        Parameters
        ----------
        tox : float
            Probability of a DLT [1]; on a logistic curve below that of its intercept.

        Returns
        -------
        ndarray of float, shape (n_doses,)
            Values of the parameter [1].
        """
        label = math.log(tox)
        if self.kind == "logistic":
            label -= math.log1p(-tox) + self.intercept
        if label >= 0:
            return np.full(self.n_doses, -np.inf)
        parameter: Floats = np.log(label / self.labels)
        return parameter

    def information(self, parameter: Floats) -> Floats:
        """Return what one participant tells about the parameter.

        Parameters
        ----------
        parameter : ndarray of float, shape (n,)
            Values of the parameter [1].

        Returns
        -------
        ndarray of float, shape (n_doses, n)
            Fisher information of a participant at each dose [1].
        """
        log_p, log_q = self.log_tox(parameter), self.log_no_tox(parameter)
        slope: Floats = self.labels[:, np.newaxis] * np.exp(parameter)
        if self.kind == "empiric":
            found: Floats = slope**2 * np.exp(log_p - log_q)
        else:
            found = slope**2 * np.exp(log_p + log_q)
        return found
