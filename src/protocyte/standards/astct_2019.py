"""Cytokine release syndrome and neurotoxicity by the ASTCT consensus of 2019.

Standard: Lee DW, et al. ASTCT consensus grading for cytokine release syndrome and neurologic
toxicity associated with immune effector cells. Biol Blood Marrow Transplant 2019;25:625-638, as
tabulated in PMC8021214 table 1 (CRS) and PMC8403007 table 4 (ICANS). One law: one assessment is
graded at a time; a maximum over days is taken of grades, never of the worst findings of different
hours.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import product
from typing import Any, Final, Literal

from protocyte.standards.capd import MAXIMUM, POSITIVE
from protocyte.standards.grade import Grade, Score, convert_decimal

SCALE: Final = "ASTCT 2019"
FEVER: Final = 38.0
LOW_FLOW: Final = 6.0
#: A body temperature outside is taken as of another unit (our choice).
PLAUSIBLE_TEMPERATURE: Final = (25.0, 45.0)
DEATH: Final = 5

Oxygen = Literal[
    "none",
    "nasal cannula",
    "blow-by",
    "high-flow nasal cannula",
    "face mask",
    "non-rebreather mask",
    "Venturi mask",
    "CPAP",
    "BiPAP",
    "intubation",
]
Consciousness = Literal[
    "awake", "awakens spontaneously", "awakens to voice", "awakens to touch", "unarousable"
]
Seizure = Literal[
    "none",
    "resolves rapidly",
    "non-convulsive and resolves with treatment",
    "prolonged or repeated",
]
Oedema = Literal["none", "focal", "diffuse or raised pressure"]

#: Rules without a text at hand: a physician signs them before they count as validated.
NEEDS_CLINICAL_REVIEW: Final = (
    "CRS: vasopressin alone counts as one vasopressor, grade 3",
    "CRS: after fever and treatment, neither hypotension nor hypoxia means resolved, grade 0",
    "CRS: airway intubation and a device used before treatment do not count (other_cause)",
    "CRS: a high-flow device at 6 L/min or less is graded by its flow",
    "ICANS: awakening spontaneously without an abnormal ICE or CAPD is grade 0",
    "ICANS: CAPD below 9 is grade 0 unless a clinician recorded encephalopathy (capd_zero)",
)

ICE_ITEMS: Final[Mapping[str, int]] = {
    "orientation": 4,
    "naming": 3,
    "command": 1,
    "writing": 1,
    "attention": 1,
}
_OXYGEN: Final[Mapping[str, int]] = {
    "none": 0,
    "blow-by": 2,
    "face mask": 3,
    "non-rebreather mask": 3,
    "Venturi mask": 3,
    "CPAP": 4,
    "BiPAP": 4,
    "intubation": 4,
}
_CONSCIOUSNESS: Final[Mapping[str, int]] = {
    "awake": 0,
    "awakens spontaneously": 0,
    "awakens to voice": 2,
    "awakens to touch": 3,
    "unarousable": 4,
}
_SEIZURE: Final[Mapping[str, int]] = {
    "none": 0,
    "resolves rapidly": 3,
    "non-convulsive and resolves with treatment": 3,
    "prolonged or repeated": 4,
}
_OEDEMA: Final[Mapping[str, int]] = {"none": 0, "focal": 3, "diffuse or raised pressure": 4}
_SAME_DRUG: Final[Mapping[str, str]] = {
    "norepinephrine": "noradrenaline",
    "epinephrine": "adrenaline",
    "argipressin": "vasopressin",
}
_YES_NO: Final = (False, True)

# Input → the values that it may have: one if it is known, several if it is not.
_Options = Mapping[str, Sequence[Any]]


def _every_way(
    options: _Options, rule: Callable[[Mapping[str, Any]], int]
) -> tuple[list[int], tuple[str, ...]]:
    """Grade every way in which the unknown inputs could turn out.

    Gives the grades that are possible, and the unknown inputs that make a difference.
    """

    def outcomes(some: _Options) -> frozenset[int]:
        return frozenset(rule(dict(zip(some, way, strict=True))) for way in product(*some.values()))

    matter = tuple(
        name
        for name, choices in options.items()
        if len({outcomes({**options, name: (choice,)}) for choice in choices}) > 1
    )
    return sorted(outcomes(options)), matter


def _looked_up(table: Mapping[str, int], word: str | None, what: str) -> tuple[int, ...]:
    """Give the grade of a word, or every grade of the table if the finding is unknown."""
    if word is None:
        return tuple(sorted(set(table.values())))
    if word not in table:
        raise ValueError(f'"{word}" is not a finding of {what}; use one of {", ".join(table)}')
    return (table[word],)


def _known(*, finding: bool | None) -> tuple[bool, ...]:
    return _YES_NO if finding is None else (finding,)


# ── CRS ──────────────────────────────────────────────────────────────────────
def _febrile(temperature: float | None) -> tuple[bool, ...]:
    if temperature is None or not (
        PLAUSIBLE_TEMPERATURE[0] <= temperature <= PLAUSIBLE_TEMPERATURE[1]
    ):
        return _YES_NO
    return (convert_decimal(temperature) >= convert_decimal(FEVER),)


def _hypotension(
    vasopressors: Collection[str] | None, *, hypotension: bool | None
) -> tuple[int, ...]:
    if vasopressors is None:
        without = (0, 2) if hypotension is None else (2 if hypotension else 0,)
        return (*without, 3, 4)
    if isinstance(vasopressors, str):
        raise TypeError(
            f'"{vasopressors}" is one word; list vasopressors, such as ["{vasopressors}"]'
        )
    drugs = {_SAME_DRUG.get(drug.casefold(), drug.casefold()) for drug in vasopressors}
    if len(drugs - {"vasopressin"}) >= 2:
        return (4,)
    if drugs:
        return (3,)
    return (0, 2) if hypotension is None else (2 if hypotension else 0,)


def _hypoxia(oxygen: Oxygen | None, flow: float | None) -> tuple[int, ...]:
    if oxygen not in ("nasal cannula", "high-flow nasal cannula"):
        return _looked_up(_OXYGEN, oxygen, "oxygen")
    if flow is None or math.isnan(flow):
        return (3,) if oxygen == "high-flow nasal cannula" else (2, 3)
    return (2,) if convert_decimal(flow) <= convert_decimal(LOW_FLOW) else (3,)


def _crs(way: Mapping[str, Any]) -> int:
    worst: int = max(way["hypotension"], way["oxygen"])
    if way["temperature"]:
        return max(1, worst)
    return worst if way["fever_in_episode"] and way["treated"] else 0


def _crs_rows(grade: int, options: _Options) -> tuple[str, ...]:
    """Name the rows of the table that made a grade."""
    if grade == 0:
        fever = options["temperature"] != (False,) or options["fever_in_episode"] != (False,)
        return ("no fever now" if fever else "no fever in this episode",)
    rows = [
        f"{name}, grade {grade}" for name in ("hypotension", "oxygen") if options[name] == (grade,)
    ]
    return tuple(rows) or ("fever",)


def grade_crs(
    *,
    temperature: float | None,
    fever_in_episode: bool | None,
    treated: bool | None,
    hypotension: bool | None,
    vasopressors: Collection[str] | None,
    oxygen: Oxygen | None,
    flow: float | None = None,
    other_cause: Collection[str] = (),
    death_due_to_crs: bool = False,
) -> Grade:
    """Grade cytokine release syndrome at one assessment.

    Parameters
    ----------
    temperature : float or None
        Body temperature [°C]; outside 25 to 45 it counts as unknown, its unit is doubtful.
    fever_in_episode : bool or None
        Whether 38.0 °C or more, not due to another cause, occurred earlier in this episode.
    treated : bool or None
        Whether antipyretic or anticytokine treatment was given since.
    hypotension : bool or None
        Whether there is hypotension now.
    vasopressors : collection of str or None
        Vasopressors running now, by name; empty if there are none.
    oxygen : str or None
        Device: "none", "nasal cannula", "blow-by", "high-flow nasal cannula", "face mask",
        "non-rebreather mask", "Venturi mask", "CPAP", "BiPAP" or "intubation".
    flow : float or None
        Oxygen flow [L/min]; needed for a nasal cannula.
    other_cause : collection of str
        Findings that another cause explains and that therefore do not count: "fever",
        "hypotension", "hypoxia".
    death_due_to_crs : bool
        Whether the participant died of it, with no other principal cause.

    Returns
    -------
    Grade
        Grade 0 to 5. It is None, with the inputs that would settle it, where they are unknown.

    Raises
    ------
    ValueError
        If a device or a cause is not one of those named.
    TypeError
        If the vasopressors are one word instead of a list.

    Notes
    -----
    Organ toxicity never changes this grade. Needs clinical review: vasopressin alone as grade 3;
    grade 0 after treatment without hypotension and hypoxia; devices that do not count.

    References
    ----------
    .. [1] Lee DW, et al. ASTCT consensus grading for cytokine release syndrome and neurologic
       toxicity associated with immune effector cells. *Biol Blood Marrow Transplant*
       2019;25:625-638. doi:10.1016/j.bbmt.2018.12.758
    .. [2] PMC8021214, table 1.

    Examples
    --------
    >>> grade_crs(
    ...     temperature=39.2,
    ...     fever_in_episode=True,
    ...     treated=False,
    ...     hypotension=True,
    ...     vasopressors=["noradrenaline"],
    ...     oxygen="nasal cannula",
    ...     flow=4.0,
    ... ).grade
    3
    """
    _check_causes(other_cause, ("fever", "hypotension", "hypoxia"))
    if death_due_to_crs:
        return Grade(SCALE, DEATH, DEATH, DEATH, ("death due to CRS",))
    options: dict[str, Sequence[Any]] = {
        "temperature": (False,) if "fever" in other_cause else _febrile(temperature),
        "fever_in_episode": _known(finding=fever_in_episode),
        "treated": _known(finding=treated),
        "hypotension": (0,)
        if "hypotension" in other_cause
        else _hypotension(vasopressors, hypotension=hypotension),
        "oxygen": (0,) if "hypoxia" in other_cause else _hypoxia(oxygen, flow),
    }
    possible, matter = _every_way(options, _crs)
    if len(possible) == 1:
        grade = possible[0]
        return Grade(SCALE, grade, grade, grade, _crs_rows(grade, options))
    renamed = {
        "hypotension": "vasopressors" if vasopressors is None else "hypotension",
        "oxygen": "oxygen" if oxygen is None else "flow",
        "temperature": "temperature" if temperature is None else "unit of temperature",
    }
    reason = ", ".join(renamed.get(name, name) for name in matter)
    return Grade(SCALE, None, possible[0], possible[-1], reason=reason)


def _check_causes(given: Collection[str], allowed: Sequence[str]) -> None:
    wrong = sorted(set(given) - set(allowed))
    if wrong:
        raise ValueError(f'"{wrong[0]}" is not a finding here; use some of {", ".join(allowed)}')


# ── ICANS ────────────────────────────────────────────────────────────────────
def _ice_grade(points: int) -> int:
    if not 0 <= points <= sum(ICE_ITEMS.values()):
        raise ValueError(f"an ICE score of {points} is not possible; it runs from 0 to 10")
    return next(grade for least, grade in ((10, 0), (7, 1), (3, 2), (0, 3)) if points >= least)


def _capd_grade(
    capd: int | Literal["unable to perform"], *, encephalopathy: bool | None, zero: bool
) -> int:
    if capd == "unable to perform":
        return 4
    if not 0 <= capd <= MAXIMUM:
        raise ValueError(f"a CAPD score of {capd} is not possible; it runs from 0 to {MAXIMUM}")
    if capd >= POSITIVE:
        return 3
    return 0 if zero and not encephalopathy else 1


def grade_icans(
    *,
    age: float | None,
    ice: int | None,
    consciousness: Consciousness | None,
    seizure: Seizure | None,
    deep_focal_weakness: bool | None,
    oedema: Oedema | None,
    capd: int | Literal["unable to perform"] | None = None,
    developmental_delay: bool = False,
    encephalopathy: bool | None = None,
    other_cause: Collection[str] = (),
    death_due_to_icans: bool = False,
    ice_from_age: float = 12.0,
    capd_zero: Literal["unless encephalopathy", "never"] = "unless encephalopathy",
) -> Grade:
    """Grade immune effector cell-associated neurotoxicity at one assessment.

    Parameters
    ----------
    age : float or None
        Age [years].
    ice : int or None
        ICE score, 0 to 10; see `grade_ice`.
    consciousness : str or None
        "awake", "awakens spontaneously", "awakens to voice", "awakens to touch" or "unarousable".
    seizure : str or None
        "none", "resolves rapidly", "non-convulsive and resolves with treatment" or "prolonged or
        repeated" (over 5 minutes, or without return to baseline in between).
    deep_focal_weakness : bool or None
        Whether there is hemiparesis, paraparesis or the like.
    oedema : str or None
        "none", "focal" or "diffuse or raised pressure" (diffuse oedema, posturing, sixth-nerve
        palsy, papilloedema, Cushing's triad).
    capd : int or "unable to perform" or None
        CAPD score, 0 to 32, for those who cannot be asked ICE; see `standards.capd`.
    developmental_delay : bool
        Whether CAPD replaces ICE at any age.
    encephalopathy : bool or None
        Whether a clinician recorded encephalopathy beside a CAPD below 9.
    other_cause : collection of str
        Findings that another cause explains, such as sedation, and that do not count: "score",
        "consciousness", "seizure", "weakness", "oedema".
    death_due_to_icans : bool
        Whether the participant died of it.
    ice_from_age : float
        Age from which ICE is used [years].
    capd_zero : {"unless encephalopathy", "never"}
        Whether a CAPD below 9 is grade 0 or grade 1.

    Returns
    -------
    Grade
        Grade 0 to 5. Where a domain is unknown, the grade of the others is a lower bound; if they
        give none, it is not graded.

    Raises
    ------
    ValueError
        If a score is impossible, or a word is not one of those named.

    Notes
    -----
    Intracranial haemorrhage, tremor and myoclonus do not count. Needs clinical review: spontaneous
    awakening alone as grade 0; the policy for a CAPD below 9.

    References
    ----------
    .. [1] Lee DW, et al. *Biol Blood Marrow Transplant* 2019;25:625-638.
       doi:10.1016/j.bbmt.2018.12.758
    .. [2] PMC8403007, table 4; PMC7990806, table 2.

    Examples
    --------
    >>> grade_icans(
    ...     age=61,
    ...     ice=3,
    ...     consciousness="awake",
    ...     seizure="resolves rapidly",
    ...     deep_focal_weakness=False,
    ...     oedema="none",
    ... ).grade
    3
    """
    _check_causes(other_cause, ("score", "consciousness", "seizure", "weakness", "oedema"))
    if death_due_to_icans:
        return Grade(SCALE, DEATH, DEATH, DEATH, ("death due to ICANS",))
    by_capd = developmental_delay or (
        None if age is None or math.isnan(age) else age < ice_from_age
    )
    score: tuple[int, ...]
    if by_capd is None:
        name, score = "age", (0, 1, 2, 3)
    elif by_capd:
        zero = capd_zero == "unless encephalopathy"
        name, score = "CAPD", (0, 1, 3)
        if capd is not None:
            score = (_capd_grade(capd, encephalopathy=encephalopathy, zero=zero),)
    else:
        name, score = "ICE", (0, 1, 2, 3) if ice is None else (_ice_grade(ice),)
    options: dict[str, Sequence[int]] = {
        "score": score,
        "consciousness": _looked_up(_CONSCIOUSNESS, consciousness, "consciousness"),
        "seizure": _looked_up(_SEIZURE, seizure, "seizure"),
        "weakness": tuple(4 if weak else 0 for weak in _known(finding=deep_focal_weakness)),
        "oedema": _looked_up(_OEDEMA, oedema, "oedema"),
    }
    options |= dict.fromkeys(other_cause, (0,))
    possible, matter = _every_way(options, lambda way: max(way.values()))
    low, high = possible[0], possible[-1]
    rows = tuple(
        f"{name if domain == 'score' else domain}, grade {low}"
        for domain, grades in options.items()
        if low > 0 and grades[0] == low
    )
    reason = ", ".join(name if domain == "score" else domain for domain in matter)
    return Grade(SCALE, low if low > 0 or high == 0 else None, low, high, rows, reason)


# ── scores ───────────────────────────────────────────────────────────────────
def grade_ice(
    *,
    orientation: int | None,
    naming: int | None,
    command: int | None,
    writing: int | None,
    attention: int | None,
) -> Score:
    """Add up the immune effector cell-associated encephalopathy score.

    Parameters
    ----------
    orientation : int or None
        Year, month, city, hospital: 0 to 4.
    naming : int or None
        Three objects: 0 to 3.
    command : int or None
        Follows a simple command: 0 or 1.
    writing : int or None
        Writes a standard sentence: 0 or 1.
    attention : int or None
        Counts back from 100 by ten: 0 or 1.

    Returns
    -------
    Score
        0 to 10; no score if an item is missing.

    Raises
    ------
    ValueError
        If an item has more points than it can give.

    References
    ----------
    .. [1] Lee DW, et al. *Biol Blood Marrow Transplant* 2019;25:625-638.
       doi:10.1016/j.bbmt.2018.12.758

    Examples
    --------
    >>> grade_ice(orientation=4, naming=3, command=1, writing=0, attention=1).points
    9
    """
    answers = {
        "orientation": orientation,
        "naming": naming,
        "command": command,
        "writing": writing,
        "attention": attention,
    }
    return Score.added("ICE", answers, ICE_ITEMS)
