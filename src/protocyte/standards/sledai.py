"""Lupus activity: SLEDAI-2K and SELENA-SLEDAI, 24 weighted items.

Standard: Gladman DD, Ibañez D, Urowitz MB. Systemic lupus erythematosus disease activity index
2000. J Rheumatol 2002;29:288-291; SELENA-SLEDAI: Petri M, et al. N Engl J Med 2005;353:2550-2558.
Items count only if lupus causes them. One law: a missing item is not a normal one, so the sum is
not scored; the bounds that hold all the same are told.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from protocyte.standards.grade import Component, Relation, Score, classify_value
from protocyte.standards.units import convert_unit

SledaiVersion = Literal["SLEDAI-2K", "SELENA-SLEDAI"]

WEIGHTS: Final[Mapping[str, int]] = {
    "seizure": 8,
    "psychosis": 8,
    "organic brain syndrome": 8,
    "visual disturbance": 8,
    "cranial nerve disorder": 8,
    "lupus headache": 8,
    "cerebrovascular accident": 8,
    "vasculitis": 8,
    "arthritis": 4,
    "myositis": 4,
    "urinary casts": 4,
    "haematuria": 4,
    "proteinuria": 4,
    "pyuria": 4,
    "rash": 2,
    "alopecia": 2,
    "mucosal ulcers": 2,
    "pleurisy": 2,
    "pericarditis": 2,
    "low complement": 2,
    "raised anti-dsDNA": 2,
    "fever": 1,
    "thrombocytopenia": 1,
    "leucopenia": 1,
}
SEROLOGY: Final = frozenset({"low complement", "raised anti-dsDNA"})

#: Rules without a text at hand: a physician signs them before they count as validated.
NEEDS_CLINICAL_REVIEW: Final = (
    "arthritis from 2 joints (arthritis_joints); some copies say more than 2",
    "a urine protein/creatinine ratio of 500 mg/g (56.5 mg/mmol) stands for 0.5 g/24 h",
    "SELENA-SLEDAI: persistent proteinuria scores 0, new or recently risen proteinuria 4",
    "SELENA-SLEDAI: scleritis and episcleritis count as visual disturbance",
    "SELENA-SLEDAI: vertigo due to lupus counts as cranial nerve disorder",
    "SELENA-SLEDAI: seizures from past damage do not count",
)

_COUNTS: Final[Mapping[str, float]] = {"thrombocytopenia": 100.0, "leucopenia": 3.0}
_MEASURED: Final[Mapping[tuple[str, str], tuple[Relation, float]]] = {
    ("haematuria", "cells/field"): (">", 5.0),
    ("pyuria", "cells/field"): (">", 5.0),
    ("proteinuria", "g/24 h"): (">", 0.5),
    ("proteinuria", "mg/g"): (">", 500.0),
    ("proteinuria", "mg/mmol"): (">", 56.5),
    ("fever", "°C"): (">", 38.0),
    ("thrombocytopenia", "10^9/L"): ("<", _COUNTS["thrombocytopenia"]),
    ("leucopenia", "10^9/L"): ("<", _COUNTS["leucopenia"]),
}


@dataclass(frozen=True, slots=True)
class Sledai:
    """A SLEDAI at one visit.

    Parameters
    ----------
    total : Score
        Sum of all items.
    clinical : Score
        Sum without complement and anti-dsDNA.
    present : tuple of str
        Items that scored.
    excluded : mapping of str to str
        Findings that scored 0 because lupus did not cause them, or that the version does not
        count: item → reason.
    window_days : int
        Days before the visit in which an item counts.

    Examples
    --------
    >>> items = dict.fromkeys(WEIGHTS, False) | {"rash": True, "low complement": True}
    >>> sledai = grade_sledai(items)
    >>> sledai.total.points, sledai.clinical.points
    (4, 2)
    """

    total: Score
    clinical: Score
    present: tuple[str, ...]
    excluded: Mapping[str, str]
    window_days: int


def grade_sledai(
    items: Mapping[str, bool | None],
    *,
    version: SledaiVersion = "SLEDAI-2K",
    not_due_to_lupus: Mapping[str, str] | None = None,
    persistent: Collection[str] = (),
    window_days: Literal[10, 30] = 10,
) -> Sledai:
    """Add up a SLEDAI, and its clinical part.

    Parameters
    ----------
    items : mapping of str to bool or None
        Whether each item of `WEIGHTS` was present in the window; None, or no entry, where that is
        not known.
    version : {"SLEDAI-2K", "SELENA-SLEDAI"}
        The index. Both have the same items and weights.
    not_due_to_lupus : mapping of str to str, optional
        Findings that something else explains: item → the cause. They score 0.
    persistent : collection of str
        Present items that are neither new nor recently worse. Proteinuria among them scores 4 in
        SLEDAI-2K and 0 in SELENA-SLEDAI.
    window_days : {10, 30}
        Days before the visit in which an item counts; it is recorded with the result.

    Returns
    -------
    Sledai
        Total, 0 to 105, and clinical sum; not scored where an item is missing.

    Raises
    ------
    ValueError
        If an item is not one of the 24.

    Notes
    -----
    Needs clinical review: how SELENA-SLEDAI words proteinuria and the neurological items.

    References
    ----------
    .. [1] Gladman DD, Ibañez D, Urowitz MB. *J Rheumatol* 2002;29:288-291.
    .. [2] Petri M, et al. *N Engl J Med* 2005;353:2550-2558. doi:10.1056/NEJMoa051135

    Examples
    --------
    >>> items = dict.fromkeys(WEIGHTS, False) | {"arthritis": True, "pyuria": None}
    >>> total = grade_sledai(items).total
    >>> total.points, total.at_least, total.at_most, total.missing
    (None, 4, 8, ('pyuria',))
    """
    excluded = dict(not_due_to_lupus or {})
    for item in (*items, *excluded, *persistent):
        if item not in WEIGHTS:
            raise ValueError(f'"{item}" is not an item of SLEDAI; use {", ".join(WEIGHTS)}')
    if version == "SELENA-SLEDAI" and "proteinuria" in persistent:
        excluded.setdefault("proteinuria", "persistent, neither new nor recently risen")
    answers = {item: False if item in excluded else items.get(item) for item in WEIGHTS}
    points = {
        item: None if answer is None else WEIGHTS[item] * answer for item, answer in answers.items()
    }
    clinical = {item: weight for item, weight in WEIGHTS.items() if item not in SEROLOGY}
    return Sledai(
        total=Score.added(version, points, WEIGHTS),
        clinical=Score.added(
            f"clinical {version}", {item: points[item] for item in clinical}, clinical
        ),
        present=tuple(item for item in WEIGHTS if answers[item]),
        excluded=excluded,
        window_days=window_days,
    )


def classify_sledai_item(
    item: str,
    value: float | None,
    *,
    unit: str,
    limit: float | None = None,
    arthritis_joints: int = 2,
) -> Component:
    """Tell whether a measurement makes an item of SLEDAI present.

    Parameters
    ----------
    item : str
        A measured item: "arthritis" (joints), "haematuria", "pyuria", "proteinuria", "fever",
        "thrombocytopenia", "leucopenia", "low complement" or "raised anti-dsDNA".
    value : float or None
        The measurement [``unit``].
    unit : str
        Its unit. Counts are converted; another unit than the item's leaves it unknown.
    limit : float or None
        The laboratory's lower limit for complement, upper limit for anti-dsDNA [``unit``].
    arthritis_joints : int
        Joints from which arthritis is present.

    Returns
    -------
    Component
        Present, absent, or unknown. That lupus is the cause is for the clinician to say.

    Raises
    ------
    ValueError
        If the item is not one that is measured.

    Notes
    -----
    Needs clinical review: two joints; a protein/creatinine ratio in place of a 24-hour collection.

    References
    ----------
    .. [1] Gladman DD, Ibañez D, Urowitz MB. *J Rheumatol* 2002;29:288-291.

    Examples
    --------
    >>> classify_sledai_item("thrombocytopenia", 100.0, unit="10^9/L").met
    False
    >>> classify_sledai_item("arthritis", 2, unit="joints").met
    True
    """
    if item == "arthritis":
        return classify_value(item, value, "≥", arthritis_joints, unit=unit)
    if item in SEROLOGY:
        if limit is None or math.isnan(limit):
            return Component(item, None, f"no limit of the laboratory for {item}")
        return classify_value(
            item, value, "<" if item == "low complement" else ">", limit, unit=unit
        )
    if item in _COUNTS and value is not None:
        try:
            value, unit = convert_unit(value, unit, to="10^9/L"), "10^9/L"
        except ValueError:
            return Component(item, None, f"unit: {item} was given in {unit}")
    if (item, unit) in _MEASURED:
        relation, cutoff = _MEASURED[item, unit]
        return classify_value(item, value, relation, cutoff, unit=unit)
    if item not in {name for name, _ in _MEASURED}:
        raise ValueError(f'"{item}" is not an item of SLEDAI that is measured')
    return Component(item, None, f"unit: {item} was given in {unit}")
