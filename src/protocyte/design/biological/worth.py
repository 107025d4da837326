"""What rates of toxicity and response at a dose are worth together.

Three functions that trials use to select the optimal biological dose. Each takes rates, observed
or true, and gives one number a dose: the larger, the better.
"""

import numpy as np

from protocyte.design.biological.choice import DIGITS
from protocyte.design.scenario import Scenario
from protocyte.design.state import Floats
from protocyte.errors import DesignError


def find_weighted_worth(
    tox: Floats, eff: Floats, *, limit: float, weight: float = 0.33, penalty: float = 1.09
) -> Floats:
    """Find the response rate less weighted toxicity, with a penalty on doses that are too toxic.

    Parameters
    ----------
    tox, eff : ndarray of float
        DLT and response rates [1], of equal shape.
    limit : float
        DLT rate above which the penalty is due [1].
    weight : float
        Response that outweighs a DLT [1].
    penalty : float
        What is taken off as well, times the DLT rate, above the limit [1].

    Returns
    -------
    ndarray of float
        Worth of each dose [1].

    References
    ----------
    .. [1] Takeda K, Taguri M, Morita S. BOIN-ET: Bayesian optimal interval design for dose finding
       based on both efficacy and toxicity outcomes. *Pharm Stat* 2018;17:383-395.

    Examples
    --------
    >>> tox, eff = np.array([0.2, 0.5]), np.array([0.4, 0.6])
    >>> find_weighted_worth(tox, eff, limit=0.42).round(3).tolist()
    [0.334, -0.11]
    """
    worth: Floats = eff - weight * tox - penalty * tox * (tox > limit)
    return worth


def find_truncated_worth(
    tox: Floats, eff: Floats, *, tox_span: tuple[float, float], eff_span: tuple[float, float]
) -> Floats:
    """Find the product of two lines that are cut off at 0 and 1.

    Parameters
    ----------
    tox, eff : ndarray of float
        DLT and response rates [1], of equal shape.
    tox_span : tuple of float
        DLT rates up to which a dose has full worth, and from which it has none [1].
    eff_span : tuple of float
        Response rates up to which a dose has no worth, and from which it has full worth [1].

    Returns
    -------
    ndarray of float
        Worth of each dose [1], 0 to 1.

    Raises
    ------
    DesignError
        If a span does not rise.

    References
    ----------
    .. [1] Li DH, Whitmore JB, Guo W, Ji Y. Toxicity and efficacy probability interval design for
       phase I adoptive cell therapy dose-finding clinical trials. *Clin Cancer Res* 2017;23:13-20.
       doi:10.1158/1078-0432.CCR-16-1125

    Examples
    --------
    >>> spans = {"tox_span": (0.15, 0.4), "eff_span": (0.3, 0.6)}
    >>> find_truncated_worth(np.array([0.1, 0.275]), np.array([0.45, 0.7]), **spans).tolist()
    [0.5, 0.5]
    """
    for name, (low, high) in (("toxicity", tox_span), ("response", eff_span)):
        if not 0 <= low < high <= 1:
            raise DesignError(
                f"The worth of {name} changes between {low:g} and {high:g}; give two rising rates "
                f"between 0 and 1."
            )
    harmless = np.clip((tox_span[1] - tox) / (tox_span[1] - tox_span[0]), 0, 1)
    useful = np.clip((eff - eff_span[0]) / (eff_span[1] - eff_span[0]), 0, 1)
    worth: Floats = (harmless * useful).round(12)
    return worth


def find_score_worth(
    tox: Floats, eff: Floats, *, utilities: tuple[float, float, float, float]
) -> Floats:
    """Find the mean score of a participant, toxicity and response taken as independent.

    Parameters
    ----------
    tox, eff : ndarray of float
        DLT and response rates [1], of equal shape.
    utilities : tuple of float
        Score, 0 to 100, of a response without DLT, neither, both, a DLT without response [1].

    Returns
    -------
    ndarray of float
        Worth of each dose [0 to 100].

    Examples
    --------
    >>> find_score_worth(np.array([0.5]), np.array([0.5]), utilities=(100, 40, 60, 0)).tolist()
    [50.0]
    """
    best, neither, both, worst = utilities
    worth: Floats = (
        best * eff * (1 - tox) + neither * (1 - eff) * (1 - tox) + both * eff * tox
    ) + worst * (1 - eff) * tox
    return worth


def find_mean_utility(
    scenario: Scenario, *, utilities: tuple[float, float, float, float]
) -> Floats:
    """Find the mean utility of a participant at each dose if a scenario is true.

    Parameters
    ----------
    scenario : Scenario
        The truth, with toxicity and response.
    utilities : tuple of float
        Utility, 0 to 100, of a response without DLT, neither, both, a DLT without response [1].

    Returns
    -------
    ndarray of float, shape (n_doses,)
        Mean utility [0 to 100].

    Examples
    --------
    >>> truth = Scenario((0.5,), (0.5,), (0.5,))
    >>> find_mean_utility(truth, utilities=(100, 40, 60, 0)).tolist()
    [50.0]
    """
    tox, eff = np.array(scenario.tox, dtype=float), np.array(scenario.eff, dtype=float)
    both = np.array(scenario.joint)
    best, neither, together, worst = utilities
    mean: Floats = (
        best * (eff - both)
        + neither * (1 - tox - eff + both)
        + together * both
        + worst * (tox - both)
    )
    return mean.round(DIGITS)
