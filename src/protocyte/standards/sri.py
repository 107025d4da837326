"""SRI-4: the responder of lupus trials.

Standard: Furie RA, et al. Novel evidence-based systemic lupus erythematosus responder index.
Arthritis Rheum 2009;61:1143-1151, as tabulated in Lupus Sci Med 2014;1:e000031 table 2. One law: a
missing component leaves the verdict unknown; that the trial counts it as no response is decided
later, by a named policy.
"""

from collections.abc import Mapping
from typing import Final, Literal

from protocyte.standards.bilag_2004 import classify_bilag_change
from protocyte.standards.grade import (
    Classification,
    Component,
    classify_value,
    convert_decimal,
)

INSTRUMENT: Final = "SRI-4"
PGA_SCALE: Final = (0.0, 3.0)
LEAST_FALL: Final = 4
PGA_RISE: Final = 0.3

#: Rules without a text at hand: a physician signs them before they count as validated.
NEEDS_CLINICAL_REVIEW: Final = (
    "a new B is a B now that was C, D or E at baseline; A to B is not new",
    "PGA is compared as decimals on its scale of 0 to 3",
    "rescue treatment, missing components and withdrawal as no response (applied in derivation)",
)


def _pga_rise(before: float | None, now: float | None) -> Component:
    for when, value in (("at baseline", before), ("now", now)):
        part = classify_value(f"PGA {when}", value, "≥", 0.0, unit="", scale=PGA_SCALE)
        if part.met is None:
            return Component(f"PGA rise < {PGA_RISE}", None, part.because)
    rise = None if before is None or now is None else convert_decimal(now) - convert_decimal(before)
    return classify_value("PGA rise", rise, "<", PGA_RISE, unit="")


def _listed(certain: tuple[str, ...], unknown: tuple[str, ...]) -> str:
    words = ", ".join(certain) or "none"
    return words + (f"; open in {', '.join(unknown)}" if unknown else "")


def classify_sri4(
    *,
    sledai_baseline: int | None,
    sledai_now: int | None,
    bilag_baseline: Mapping[str, str | None],
    bilag_now: Mapping[str, str | None],
    pga_baseline: float | None,
    pga_now: float | None,
    index: Literal["SELENA-SLEDAI", "SLEDAI-2K"] = "SELENA-SLEDAI",
) -> Classification:
    """Tell whether a participant responds by SRI-4 at one visit.

    Parameters
    ----------
    sledai_baseline, sledai_now : int or None
        The index at both times.
    bilag_baseline, bilag_now : mapping of str to str or None
        BILAG-2004 letters by system at both times.
    pga_baseline, pga_now : float or None
        Physician's global assessment [1], 0 to 3.
    index : {"SELENA-SLEDAI", "SLEDAI-2K"}
        Which index it is: the trials behind SRI used the first.

    Returns
    -------
    Classification
        Met if the index fell by 4 or more, there is no new BILAG A and at most one new B, and the
        PGA rose by less than 0.3.

    Raises
    ------
    ValueError
        If a BILAG system or letter is not known.

    Notes
    -----
    Needs clinical review: what counts as a new B.

    References
    ----------
    .. [1] Furie RA, et al. *Arthritis Rheum* 2009;61:1143-1151. doi:10.1002/art.24698

    Examples
    --------
    >>> quiet = dict.fromkeys(
    ...     ("constitutional", "mucocutaneous", "neuropsychiatric", "musculoskeletal",
    ...      "cardiorespiratory", "gastrointestinal", "ophthalmic", "renal", "haematological"), "D")
    >>> classify_sri4(sledai_baseline=10, sledai_now=4, bilag_baseline=quiet, bilag_now=quiet,
    ...               pga_baseline=1.2, pga_now=1.5).verdict
    False
    """
    if sledai_baseline is None or sledai_now is None:
        fall = Component(f"{index} fall ≥ {LEAST_FALL}", None, f"no value for {index}")
    else:
        fall = classify_value(
            f"{index} fall", sledai_baseline - sledai_now, "≥", LEAST_FALL, unit=""
        )
    change = classify_bilag_change(bilag_baseline, bilag_now)
    no_a = False if change.new_a else None if change.open_a else True
    b_least, b_most = len(change.new_b), len(change.new_b) + len(change.open_b)
    few_b = False if b_least > 1 else None if b_most > 1 else True
    return Classification(
        INSTRUMENT,
        (
            fall,
            Component("no new BILAG A", no_a, _listed(change.new_a, change.open_a)),
            Component("at most one new BILAG B", few_b, _listed(change.new_b, change.open_b)),
            _pga_rise(pga_baseline, pga_now),
        ),
    )
