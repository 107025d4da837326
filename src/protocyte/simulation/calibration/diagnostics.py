"""Whether chains agree: rank-normalised split R-hat and effective sample sizes.

One law: a posterior is not read before its chains have been held against each other.
"""

import numpy as np
from scipy.stats import norm, rankdata

from protocyte.kinetics.parameter import Floats


def find_r_hat(chains: Floats) -> float:
    """Find the rank-normalised split R-hat, the larger of bulk and folded.

    Parameters
    ----------
    chains : ndarray of float, shape (n_chains, n_draws)
        Draws of one parameter [in any unit].

    Returns
    -------
    float
        R-hat [1]; below 1.01 where the chains agree, NaN for a constant.

    References
    ----------
    .. [1] Vehtari A, Gelman A, Simpson D, Carpenter B, Bürkner PC. Rank-normalization, folding,
       and localization: an improved R-hat. *Bayesian Anal* 2021;16:667-718. Section 4.
       doi:10.1214/20-BA1221

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> bool(find_r_hat(rng.normal(size=(4, 500))) < 1.01)
    True
    >>> bool(find_r_hat(rng.normal(size=(4, 500)) + [[0], [0], [0], [2]]) > 1.1)
    True
    """
    if np.ptp(chains) == 0:
        return float("nan")
    folded = np.abs(chains - np.median(chains))
    return max(_r_hat(_normalised(_split(one))) for one in (chains, folded))


def find_bulk_size(chains: Floats) -> float:
    """Find the effective sample size of the bulk.

    Parameters
    ----------
    chains : ndarray of float, shape (n_chains, n_draws)
        Draws of one parameter [in any unit].

    Returns
    -------
    float
        Number of independent draws that are worth as much [1]; NaN for a constant.

    Examples
    --------
    >>> bool(find_bulk_size(np.random.default_rng(1).normal(size=(4, 500))) > 1500)
    True
    """
    if np.ptp(chains) == 0:
        return float("nan")
    return _effective(_normalised(_split(chains)))


def find_tail_size(chains: Floats) -> float:
    """Find the effective sample size of the tails: the lesser of the 5 % and the 95 % quantile.

    Parameters
    ----------
    chains : ndarray of float, shape (n_chains, n_draws)
        Draws of one parameter [in any unit].

    Returns
    -------
    float
        Number of independent draws that are worth as much [1]; NaN for a constant.

    Examples
    --------
    >>> bool(find_tail_size(np.random.default_rng(1).normal(size=(4, 500))) > 1000)
    True
    """
    if np.ptp(chains) == 0:
        return float("nan")
    cuts = np.quantile(chains, (0.05, 0.95))
    return min(_effective(_split((chains <= cut).astype(float))) for cut in cuts)


def _split(chains: Floats) -> Floats:
    """Cut every chain into halves."""
    half = chains.shape[1] // 2
    return np.concatenate([chains[:, :half], chains[:, -half:]])


def _normalised(chains: Floats) -> Floats:
    """Replace draws by the normal scores of their ranks."""
    ranks = rankdata(chains, method="average").reshape(chains.shape)
    return np.asarray(norm.ppf((ranks - 0.375) / (chains.size + 0.25)))


def _variances(chains: Floats) -> tuple[float, float]:
    """Give the variance within chains and the pooled one."""
    draws = chains.shape[1]
    within = float(chains.var(axis=1, ddof=1).mean())
    between = float(chains.mean(axis=1).var(ddof=1))
    return within, (draws - 1) / draws * within + between


def _r_hat(chains: Floats) -> float:
    within, pooled = _variances(chains)
    return float(np.sqrt(pooled / within))


def _effective(chains: Floats) -> float:
    """Sum autocorrelations in pairs while they are positive and fall (Geyer)."""
    m, n = chains.shape
    within, pooled = _variances(chains)
    centred = chains - chains.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(centred, 2 * n, axis=1)
    covariance = np.fft.irfft(spectrum * spectrum.conj(), axis=1)[:, :n].mean(axis=0) / n
    rho = 1 - (within - covariance * n / (n - 1)) / pooled
    rho[0] = 1.0
    pairs = rho[: n - n % 2].reshape(-1, 2).sum(axis=1)
    negative = np.flatnonzero(pairs < 0)
    kept = np.minimum.accumulate(pairs[: negative[0] if negative.size else pairs.size])
    time = max(-1 + 2 * float(kept.sum()), 1 / np.log10(m * n))
    return float(m * n / time)
