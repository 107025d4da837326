"""BILAG-2004: lupus activity by organ system, a letter each.

Standard: Isenberg DA, et al. BILAG 2004. Rheumatology 2005;44:902-906, index form of 2009-09-01;
numbers for letters: Yee CS, et al. Rheumatology 2010;49:1665-1669 (PMC2919194). Only what is
certain is coded: letters of most systems come from the record. One law: an item that was not
assessed leaves a letter open wherever it could change it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from protocyte.standards.grade import Score

Letter = Literal["A", "B", "C", "D", "E"]

SYSTEMS: Final = (
    "constitutional",
    "mucocutaneous",
    "neuropsychiatric",
    "musculoskeletal",
    "cardiorespiratory",
    "gastrointestinal",
    "ophthalmic",
    "renal",
    "haematological",
)
POINTS: Final[Mapping[str, int]] = {"A": 12, "B": 8, "C": 1, "D": 0, "E": 0}
#: Item scores over four weeks against the four before.
ITEM_LABELS: Final[Mapping[int, str]] = {
    0: "absent",
    1: "improving",
    2: "same",
    3: "worse",
    4: "new",
}

#: Rules without a text at hand: a physician signs them before they count as validated.
NEEDS_CLINICAL_REVIEW: Final = (
    "a new B is a B now that was C, D or E; A to B is not new",
    "which items are A, B and C items outside the constitutional system",
)


@dataclass(frozen=True, slots=True)
class BilagChange:
    """New activity against a baseline.

    Parameters
    ----------
    new_a, new_b : tuple of str
        Systems that are A, or B, and were better at baseline.
    open_a, open_b : tuple of str
        Systems where a missing letter leaves that open.

    Examples
    --------
    >>> before, now = dict.fromkeys(SYSTEMS, "D"), dict.fromkeys(SYSTEMS, "D") | {"renal": "B"}
    >>> classify_bilag_change(before, now).new_b
    ('renal',)
    """

    new_a: tuple[str, ...]
    new_b: tuple[str, ...]
    open_a: tuple[str, ...]
    open_b: tuple[str, ...]


def _check_letters(letters: Mapping[str, str | None]) -> None:
    for system, letter in letters.items():
        if system not in SYSTEMS:
            raise ValueError(f'"{system}" is not a BILAG system; use {", ".join(SYSTEMS)}')
        if letter is not None and letter not in POINTS:
            raise ValueError(f'"{letter}" is not a BILAG letter for {system}; use A to E')


def grade_bilag(letters: Mapping[str, str | None]) -> Score:
    """Add up the letters of the nine systems as numbers.

    Parameters
    ----------
    letters : mapping of str to str or None
        Letter A to E by system; None, or no entry, where it is not known.

    Returns
    -------
    Score
        0 to 108; not scored where a letter is missing.

    Raises
    ------
    ValueError
        If a system or a letter is not known.

    References
    ----------
    .. [1] Yee CS, et al. Numerical scoring for the BILAG-2004 index. *Rheumatology*
       2010;49:1665-1669. doi:10.1093/rheumatology/keq026

    Examples
    --------
    >>> grade_bilag(dict.fromkeys(SYSTEMS, "E") | {"renal": "A", "constitutional": "C"}).points
    13
    """
    _check_letters(letters)
    points = {
        system: None if letter is None else POINTS[letter] for system, letter in letters.items()
    }
    return Score.added("BILAG-2004", points, dict.fromkeys(SYSTEMS, POINTS["A"]))


def classify_bilag_change(
    baseline: Mapping[str, str | None], now: Mapping[str, str | None]
) -> BilagChange:
    """Find the systems with a new A or a new B against a baseline.

    Parameters
    ----------
    baseline, now : mapping of str to str or None
        Letter A to E by system; None, or no entry, where it is not known.

    Returns
    -------
    BilagChange
        New A: A now and not A at baseline. New B: B now and C, D or E at baseline.

    Raises
    ------
    ValueError
        If a system or a letter is not known.

    Notes
    -----
    Needs clinical review: that A to B is not a new B.

    References
    ----------
    .. [1] Furie RA, et al. Novel evidence-based systemic lupus erythematosus responder index.
       *Arthritis Rheum* 2009;61:1143-1151. doi:10.1002/art.24698

    Examples
    --------
    >>> classify_bilag_change({"renal": "A"}, {"renal": "B"}).new_b
    ()
    """
    _check_letters(baseline)
    _check_letters(now)
    found: dict[str, list[str]] = {"new A": [], "new B": [], "open A": [], "open B": []}
    for system in SYSTEMS:
        for letter, better in (("A", "BCDE"), ("B", "CDE")):
            was, is_now = baseline.get(system), now.get(system)
            could = (is_now in (letter, None)) and (was is None or was in better)
            if could:
                certain = is_now is not None and was is not None
                found[f"{'new' if certain else 'open'} {letter}"].append(system)
    return BilagChange(*(tuple(found[key]) for key in ("new A", "new B", "open A", "open B")))


def _letter(
    items: Sequence[int | None],
    rule: Callable[[Sequence[int]], str | None],
    *,
    ever_involved: bool | None,
) -> Letter | None:
    """Give the letter if every value of the unknown items leads to it."""
    for item in items:
        if item is not None and item not in ITEM_LABELS:
            raise ValueError(f"{item} is not a score of a BILAG item; it runs from 0 to 4")
    quiet = None if ever_involved is None else "D" if ever_involved else "E"
    # A worse item never gives a better letter, so the two extremes bound all others.
    least, most = (
        rule([filler if item is None else item for item in items]) or quiet for filler in (0, 4)
    )
    return least if least == most else None  # type: ignore[return-value]


def classify_bilag_system(
    *,
    a_items: Sequence[int | None],
    b_items: Sequence[int | None],
    c_items: Sequence[int | None] = (),
    ever_involved: bool | None,
) -> Letter | None:
    """Give the letter of a system of symptoms, other than the constitutional one.

    Parameters
    ----------
    a_items, b_items, c_items : sequence of int or None
        Scores of the system's items, 0 absent to 4 new; None where an item was not assessed.
    ever_involved : bool or None
        Whether the system was ever involved: D if it was, E if not.

    Returns
    -------
    {"A", "B", "C", "D", "E"} or None
        The letter; None if an item that was not assessed leaves it open.

    Raises
    ------
    ValueError
        If an item has another score than 0 to 4.

    Notes
    -----
    An A item that improves beside another A item that is new gives A. Needs clinical review: which
    items belong where. Renal and haematological letters follow other rules.

    References
    ----------
    .. [1] BILAG-2004 index form, revision 2009-09-01.

    Examples
    --------
    >>> classify_bilag_system(a_items=[1, 4], b_items=[0], ever_involved=True)
    'A'
    """
    n_a, n_b = len(a_items), len(b_items)

    def rule(scores: Sequence[int]) -> str | None:
        a, b, c = scores[:n_a], scores[n_a : n_a + n_b], scores[n_a + n_b :]
        if max(a, default=0) >= 2:
            return "A"
        if 1 in a or max(b, default=0) >= 2:
            return "B"
        return "C" if 1 in b or max(c, default=0) > 0 else None

    return _letter([*a_items, *b_items, *c_items], rule, ever_involved=ever_involved)


def classify_bilag_constitutional(
    *,
    pyrexia: int | None,
    weight_loss: int | None,
    nodes_or_spleen: int | None,
    anorexia: int | None,
    ever_involved: bool | None,
) -> Letter | None:
    """Give the letter of the constitutional system.

    Parameters
    ----------
    pyrexia : int or None
        Score of a temperature above 37.5 °C, 0 absent to 4 new.
    weight_loss, nodes_or_spleen, anorexia : int or None
        Scores of the other three items.
    ever_involved : bool or None
        Whether the system was ever involved: D if it was, E if not.

    Returns
    -------
    {"A", "B", "C", "D", "E"} or None
        The letter; None if an item that was not assessed leaves it open.

    Raises
    ------
    ValueError
        If an item has another score than 0 to 4.

    References
    ----------
    .. [1] BILAG-2004 index form, revision 2009-09-01.

    Examples
    --------
    >>> classify_bilag_constitutional(
    ...     pyrexia=2, weight_loss=3, nodes_or_spleen=0, anorexia=0, ever_involved=True
    ... )
    'B'
    """

    def rule(scores: Sequence[int]) -> str | None:
        fever, others = scores[0] >= 2, sum(score >= 2 for score in scores[1:])
        if fever and others >= 2:
            return "A"
        if fever or others >= 2:
            return "B"
        return "C" if max(scores) > 0 else None

    return _letter(
        [pyrexia, weight_loss, nodes_or_spleen, anorexia], rule, ever_involved=ever_involved
    )
