"""DORIS 2021: remission in lupus.

Standard: van Vollenhoven RF, et al. 2021 DORIS definition of remission in SLE. Lupus Sci Med
2021;8:e000538, table 2. Serology and duration play no part. One law: PGA must lie below 0.5, not at
it; older variants differ.
"""

from typing import Final, Literal

from protocyte.standards.grade import Classification, Component, classify_value

INSTRUMENT: Final = "DORIS 2021"
PGA_SCALE: Final = (0.0, 3.0)

#: Rules without a text at hand: a physician signs them before they count as validated.
NEEDS_CLINICAL_REVIEW: Final = (
    "drug-free DORIS: none of these drugs and no glucocorticoid; the trial defines the washout",
)


def classify_doris(
    *,
    clinical_sledai: int | None,
    pga: float | None,
    prednisolone: float | None,
    drugs_stable: bool | None,
    drug_free: bool = False,
    lupus_drugs: bool | None = None,
    steroid_limit: Literal["at most 5", "below 5"] = "at most 5",
) -> Classification:
    """Tell whether a participant is in remission by DORIS at one visit.

    Parameters
    ----------
    clinical_sledai : int or None
        SLEDAI without complement and anti-dsDNA.
    pga : float or None
        Physician's global assessment [1], 0 to 3.
    prednisolone : float or None
        Glucocorticoid dose as prednisolone [mg/day].
    drugs_stable : bool or None
        Whether antimalarials, immunosuppressants and biologics, if any, are stable.
    drug_free : bool
        Whether remission without any of these drugs and without glucocorticoids is meant.
    lupus_drugs : bool or None
        Whether any antimalarial, immunosuppressant or biologic is taken, washout included; it
        matters only for ``drug_free``.
    steroid_limit : {"at most 5", "below 5"}
        The abstract says 5 mg/day or less, one table less than 5.

    Returns
    -------
    Classification
        Met if all components are.

    Notes
    -----
    Needs clinical review: the drug-free variant.

    References
    ----------
    .. [1] van Vollenhoven RF, et al. *Lupus Sci Med* 2021;8:e000538.
       doi:10.1136/lupus-2021-000538

    Examples
    --------
    >>> classify_doris(clinical_sledai=0, pga=0.5, prednisolone=5.0, drugs_stable=True).verdict
    False
    """
    relation: Literal["≤", "<"] = "≤" if steroid_limit == "at most 5" else "<"
    parts = [
        classify_value("clinical SLEDAI", clinical_sledai, "≤", 0, unit=""),
        classify_value("PGA", pga, "<", 0.5, unit="", scale=PGA_SCALE),
    ]
    if drug_free:
        free = None if lupus_drugs is None else not lupus_drugs
        parts += [
            classify_value("prednisolone", prednisolone, "≤", 0, unit="mg/day"),
            Component("no lupus drug", free, _answered("lupus drugs taken", answer=lupus_drugs)),
        ]
    else:
        parts += [
            classify_value("prednisolone", prednisolone, relation, 5, unit="mg/day"),
            Component("drugs stable", drugs_stable, _answered("drugs stable", answer=drugs_stable)),
        ]
    return Classification(f"drug-free {INSTRUMENT}" if drug_free else INSTRUMENT, tuple(parts))


def _answered(question: str, *, answer: bool | None) -> str:
    return f"{question}: {'unknown' if answer is None else 'yes' if answer else 'no'}"
