"""How toxicity and efficacy in the same participants bend each other's posterior, compiled.

With an association the likelihood is that of two separate regressions times a factor near 1. The
factor's mean over one regression is a smooth function of the other.
"""

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
def find_bends(  # type: ignore[no-untyped-def]  # noqa: PLR0917
    cells, tox, eff, tox_mass, eff_mass, associations, shares, tox_bend, eff_bend
) -> Any:
    """Find the mean of the association's factor at each node of either regression.

    Parameters
    ----------
    cells : ndarray of int, shape (n_states, n_doses, 4)
        Participants with neither event, with a response alone, with a DLT alone, with both
        [participants].
    tox, eff : ndarray of float, shape (n_states, n_doses, n_nodes)
        Probability of a DLT, and of a response, at the nodes of its regression [1].
    tox_mass, eff_mass : ndarray of float, shape (n_states, n_nodes)
        Weights of these nodes, adding up to 1 [1].
    associations : ndarray of float, shape (n,)
        Strengths of the association [1], -1 to 1.
    shares : ndarray of float, shape (n,)
        Their prior weights, adding up to 1 [1].
    tox_bend, eff_bend : ndarray of float, shape (n_states, n_nodes)
        Are filled with the means at the nodes of toxicity and of efficacy [1].

    References
    ----------
    .. [1] Thall PF, Cook JD. Dose-finding based on efficacy-toxicity trade-offs. *Biometrics*
       2004;60:684-693. doi:10.1111/j.0006-341X.2004.00218.x

    Examples
    --------
    >>> half, one, bend = np.full((1, 1, 1), 0.5), np.ones((1, 1)), np.zeros((2, 1, 1))
    >>> find_bends(np.array([[[0, 0, 0, 2]]]), half, half, one, one, np.array([0.4]), np.ones(1),
    ...            bend[0], bend[1])
    >>> bend.ravel().round(4).tolist()
    [1.21, 1.21]
    """
    n_eff = eff.shape[2]
    factor, powered = np.empty(n_eff), np.empty(n_eff)
    for k in range(len(cells)):
        tox_bend[k, :], eff_bend[k, :] = 0.0, 0.0
        for a in range(len(associations)):
            for t in range(tox.shape[2]):
                factor[:] = 1.0
                for j in range(cells.shape[1]):
                    p = tox[k, j, t]
                    for cell in range(4):
                        if cells[k, j, cell] > 0:
                            other = 1.0 - p if cell >= 2 else p
                            sign = 1.0 if cell in (0, 3) else -1.0
                            first = sign * associations[a] * other
                            for e in range(n_eff):
                                q = eff[k, j, e]
                                powered[e] = 1.0 + first * (1.0 - q if cell in (1, 3) else q)
                            _multiply(factor, powered, cells[k, j, cell])
                mean = 0.0
                for e in range(n_eff):
                    mean += factor[e] * eff_mass[k, e]
                    eff_bend[k, e] += shares[a] * tox_mass[k, t] * factor[e]
                tox_bend[k, t] += shares[a] * mean


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
def _multiply(product, base, power):  # type: ignore[no-untyped-def]
    """Multiply by a power, by squaring; the base is spent."""
    while power > 0:
        if power & 1:
            for e in range(len(product)):
                product[e] *= base[e]
        power >>= 1
        if power > 0:
            for e in range(len(base)):
                base[e] *= base[e]
