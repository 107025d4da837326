"""The mean of a worth that is linear between two rates, over beta posteriors."""

from protocyte.design.biological.choice import DIGITS
from protocyte.design.state import Floats


def find_mean_truncated(
    n: Floats,
    tox: Floats,
    eff: Floats,
    *,
    tox_span: tuple[float, float],
    eff_span: tuple[float, float],
) -> Floats:
    """Find the posterior mean of the product of two lines that are cut off at 0 and 1.

    Parameters
    ----------
    n, tox, eff : ndarray of float
        Participants, those with a DLT, those with a response [participants], of equal shape.
    tox_span : tuple of float
        DLT probabilities up to which a dose has full worth, and from which it has none [1].
    eff_span : tuple of float
        Response probabilities up to which a dose has no worth, and from which full worth [1].

    Returns
    -------
    ndarray of float
        Posterior mean worth [1], 0 to 1, under uniform priors, toxicity and response independent.

    Examples
    --------
    >>> import numpy as np
    >>> counts = (np.array([100000.0]), np.array([10000.0]), np.array([45000.0]))
    >>> find_mean_truncated(*counts, tox_span=(0.15, 0.4), eff_span=(0.3, 0.6)).round(4).tolist()
    [0.5]
    """
    harmless = 1 - _mean_rise(1 + tox, 1 + n - tox, *tox_span)
    worth: Floats = (harmless * _mean_rise(1 + eff, 1 + n - eff, *eff_span)).round(DIGITS)
    return worth


def _mean_rise(a: Floats, b: Floats, low: float, high: float) -> Floats:
    """Return the mean, under Beta(a, b), of a line that rises from 0 to 1 between two rates."""
    from scipy.special import betainc, betaincc

    within = betainc(a + 1, b, high) - betainc(a + 1, b, low)
    mass = betainc(a, b, high) - betainc(a, b, low)
    mean: Floats = (a / (a + b) * within - low * mass) / (high - low) + betaincc(a, b, high)
    return mean
