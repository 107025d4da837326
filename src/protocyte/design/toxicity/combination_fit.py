"""Isotonic regression over two factors: rates that rise along both.

The nearest table that rises along rows and along columns is found by going back and forth between
the two demands, each time with what the other one took away (Dykstra's algorithm).
"""

from typing import Final

import numpy as np

from protocyte.design.isotonic import find_isotonic_fit
from protocyte.design.state import Floats
from protocyte.errors import NumericalError

PRECISION: Final = 1e-9
ROUNDS: Final = 20_000


def find_bivariate_fit(values: Floats, weights: Floats) -> Floats:
    """Find the tables nearest to observed rates that rise along both factors.

    Parameters
    ----------
    values : ndarray of float, shape (n_states, n_rows, n_columns)
        Observed rates [1].
    weights : ndarray of float, shape (n_states, n_rows, n_columns)
        Positive weights [1].

    Returns
    -------
    ndarray of float, shape (n_states, n_rows, n_columns)
        Fitted rates [1], within 1e-8.

    Raises
    ------
    NumericalError
        If a table does not settle.

    References
    ----------
    .. [1] Dykstra RL, Robertson T. An algorithm for isotonic regression for two or more independent
       variables. *Ann Stat* 1982;10:708-716.

    Examples
    --------
    >>> values = np.array([[[0.3, 0.1], [0.2, 0.4]]])
    >>> find_bivariate_fit(values, np.ones((1, 2, 2))).round(6).tolist()
    [[[0.2, 0.2], [0.2, 0.4]]]
    """
    fit = values.astype(np.float64)
    by_row, by_column = np.zeros_like(fit), np.zeros_like(fit)
    open_ = np.arange(len(fit))
    for _ in range(ROUNDS):
        weight, before = weights[open_], fit[open_]
        raised = before + by_row[open_]
        rows = _rising(raised, weight)
        by_row[open_] = raised - rows
        raised = rows + by_column[open_]
        columns = _rising(raised.swapaxes(1, 2), weight.swapaxes(1, 2)).swapaxes(1, 2)
        by_column[open_] = raised - columns
        fit[open_] = columns
        # Settled where one demand leaves the other met, and another round changes nothing.
        change = np.maximum(np.abs(columns - before), np.abs(columns - rows)).max(axis=(1, 2))
        open_ = open_[change > PRECISION]
        if not len(open_):
            return fit
    raise NumericalError(
        f"{len(open_)} tables of rates did not settle within {ROUNDS} rounds of isotonic "
        f"regression; check the counts."
    )


def _rising(values: Floats, weights: Floats) -> Floats:
    """Return the nearest values that rise along the last axis."""
    shape, width = values.shape, values.shape[-1]
    flat = np.ascontiguousarray(values).reshape(-1, width)
    fit = find_isotonic_fit(flat, np.ascontiguousarray(weights).reshape(-1, width))
    return fit.reshape(shape)
