"""ECOG performance status: the meaning of its six numbers.

Standard: Oken MM, et al. Toxicity and response criteria of the Eastern Cooperative Oncology Group.
Am J Clin Oncol 1982;5:649-655 (Zubrod and WHO use the same scale). The words are paraphrased.
"""

from collections.abc import Mapping
from typing import Final

LABELS: Final[Mapping[int, str]] = {
    0: "fully active",
    1: "restricted in strenuous activity",
    2: "up more than half of waking hours, cares for self, does not work",
    3: "in bed or chair more than half of waking hours",
    4: "completely disabled",
    5: "dead",
}


def label_ecog(status: int) -> str:
    """Give the meaning of an ECOG performance status.

    Parameters
    ----------
    status : int
        The status, 0 to 5.

    Returns
    -------
    str
        Its meaning.

    Raises
    ------
    ValueError
        If the status is not one of the six.

    References
    ----------
    .. [1] Oken MM, et al. Toxicity and response criteria of the Eastern Cooperative Oncology
       Group. *Am J Clin Oncol* 1982;5:649-655.

    Examples
    --------
    >>> label_ecog(1)
    'restricted in strenuous activity'
    """
    if status not in LABELS:
        raise ValueError(f"{status} is not an ECOG performance status; it runs from 0 to 5")
    return LABELS[status]
