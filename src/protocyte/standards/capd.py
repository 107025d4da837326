"""CAPD: delirium in children who cannot be asked questions.

Standard: Traube C, et al. Cornell Assessment of Pediatric Delirium: a valid, rapid, observational
tool for screening delirium in the PICU. Crit Care Med 2014;42:656-663. One law: with an item
missing there is no score.
"""

from collections.abc import Mapping
from typing import Final

from protocyte.standards.grade import Score

#: The first four give 4 points for "never" and 0 for "always", the last four the reverse.
ITEMS: Final = (
    "eye contact",
    "purposeful actions",
    "awareness of surroundings",
    "communication of needs",
    "restlessness",
    "inconsolability",
    "underactivity",
    "slow response",
)
ITEM_MAXIMUM: Final = 4
MAXIMUM: Final = ITEM_MAXIMUM * len(ITEMS)
POSITIVE: Final = 9


def grade_capd(items: Mapping[str, int | None]) -> Score:
    """Add up the Cornell Assessment of Pediatric Delirium.

    Parameters
    ----------
    items : mapping of str to int or None
        Points, 0 to 4, by the names in `ITEMS`; None, or no entry, where there is no answer.

    Returns
    -------
    Score
        0 to 32, 9 or more is positive; no score if an item is missing.

    Raises
    ------
    ValueError
        If an item is not known or has more than 4 points.

    References
    ----------
    .. [1] Traube C, et al. *Crit Care Med* 2014;42:656-663.

    Examples
    --------
    >>> grade_capd(dict.fromkeys(ITEMS, 1)).points
    8
    """
    return Score.added("CAPD", items, dict.fromkeys(ITEMS, ITEM_MAXIMUM))
