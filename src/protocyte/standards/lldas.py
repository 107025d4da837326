"""LLDAS: the low disease activity state of lupus.

Standard: Franklyn K, et al. Definition and initial validation of a lupus low disease activity
state (LLDAS). Ann Rheum Dis 2016;75:1615-1621, table 1. One law: all five conditions count; low
activity in a major organ is not low activity.
"""

from collections.abc import Mapping
from typing import Final, Literal

from protocyte.standards.grade import Classification, Component, classify_value
from protocyte.standards.sledai import WEIGHTS, Sledai

INSTRUMENT: Final = "LLDAS"
PGA_SCALE: Final = (0.0, 3.0)
_RENAL: Final = ("urinary casts", "haematuria", "proteinuria", "pyuria")
_OTHER: Final = ("pleurisy", "pericarditis", "fever")

Organs = Literal["major", "renal, pleurisy, pericarditis and fever"]
#: Items of SLEDAI that must be absent, by policy.
ORGANS: Final[Mapping[Organs, tuple[str, ...]]] = {
    "major": (*(item for item, weight in WEIGHTS.items() if weight == 8), *_RENAL, *_OTHER),
    "renal, pleurisy, pericarditis and fever": (*_RENAL, *_OTHER),
}
#: Highest doses in use as standard maintenance [mg/day; methotrexate mg/week].
DOSE_CAPS: Final[Mapping[str, float]] = {
    "hydroxychloroquine": 400.0,
    "methotrexate": 30.0,
    "azathioprine": 200.0,
    "mycophenolate": 3000.0,
    "mycophenolic acid": 2160.0,
    "leflunomide": 20.0,
}

#: Rules without a text at hand: a physician signs them before they count as validated.
NEEDS_CLINICAL_REVIEW: Final = (
    "which SLEDAI items are activity in a major organ (organs)",
    "having received an investigational cell product does not break LLDAS (cell_product_breaks)",
)


def _no(name: str, what: str, *, finding: bool | None) -> Component:
    said = "unknown" if finding is None else "yes" if finding else "no"
    return Component(name, None if finding is None else not finding, f"{what}: {said}")


def _quiet_organs(sledai: Sledai, organs: Organs) -> Component:
    active = [item for item in ORGANS[organs] if item in sledai.present]
    missing = [item for item in ORGANS[organs] if item in sledai.total.missing]
    met = False if active else None if missing else True
    because = f"active: {', '.join(active) or 'none'}"
    if missing:
        because += f"; not assessed: {', '.join(missing)}"
    return Component("no SLEDAI activity in major organs", met, because)


def _low_sledai(sledai: Sledai) -> Component:
    reaches = sledai.total.reaches(5)
    shown = sledai.total.points
    because = (
        f"SLEDAI-2K is {shown}"
        if shown is not None
        else f"SLEDAI-2K is {sledai.total.at_least} to {sledai.total.at_most}; "
        f"not assessed: {', '.join(sledai.total.missing)}"
    )
    return Component("SLEDAI-2K ≤ 4", None if reaches is None else not reaches, because)


def classify_lldas(
    *,
    sledai: Sledai,
    haemolytic_anaemia: bool | None,
    gastrointestinal_activity: bool | None,
    new_activity: bool | None,
    pga: float | None,
    prednisolone: float | None,
    standard_drugs_tolerated: bool | None,
    investigational_drug: bool | None,
    cell_product: bool | None = None,
    organs: Organs = "major",
    cell_product_breaks: bool = False,
) -> Classification:
    """Tell whether a participant is in a low disease activity state at one visit.

    Parameters
    ----------
    sledai : Sledai
        The SLEDAI-2K of the visit.
    haemolytic_anaemia, gastrointestinal_activity : bool or None
        Lupus activity that SLEDAI does not score.
    new_activity : bool or None
        Whether anything is new since the previous assessment; the protocol says by which measure.
    pga : float or None
        Physician's global assessment [1], 0 to 3.
    prednisolone : float or None
        Glucocorticoid dose as prednisolone [mg/day].
    standard_drugs_tolerated : bool or None
        Whether maintenance drugs, if any, are at standard doses and well tolerated.
    investigational_drug : bool or None
        Whether an investigational drug is taken now, the cell product aside.
    cell_product : bool or None
        Whether an investigational cell product was received.
    organs : {"major", "renal, pleurisy, pericarditis and fever"}
        Which SLEDAI items must be absent.
    cell_product_breaks : bool
        Whether having received an investigational cell product counts as an investigational drug.

    Returns
    -------
    Classification
        Met if all components are.

    Raises
    ------
    ValueError
        If the SLEDAI is of another version.

    Notes
    -----
    Needs clinical review: the list of major organs; the role of a cell product.

    References
    ----------
    .. [1] Franklyn K, et al. *Ann Rheum Dis* 2016;75:1615-1621.
       doi:10.1136/annrheumdis-2015-207726

    Examples
    --------
    >>> from protocyte.standards.sledai import grade_sledai
    >>> sledai = grade_sledai(dict.fromkeys(WEIGHTS, False) | {"arthritis": True})
    >>> classify_lldas(
    ...     sledai=sledai, haemolytic_anaemia=False, gastrointestinal_activity=False,
    ...     new_activity=False, pga=1.0, prednisolone=7.5, standard_drugs_tolerated=True,
    ...     investigational_drug=False).verdict
    True
    """
    if sledai.total.instrument != "SLEDAI-2K":
        raise ValueError(
            f"LLDAS is defined on SLEDAI-2K, not on {sledai.total.instrument}; score the visit by "
            "SLEDAI-2K as well"
        )
    tolerated = None if standard_drugs_tolerated is None else not standard_drugs_tolerated
    parts = [
        _low_sledai(sledai),
        _quiet_organs(sledai, organs),
        _no("no haemolytic anaemia", "haemolytic anaemia", finding=haemolytic_anaemia),
        _no(
            "no gastrointestinal activity",
            "gastrointestinal activity",
            finding=gastrointestinal_activity,
        ),
        _no("no new activity", "new activity", finding=new_activity),
        classify_value("PGA", pga, "≤", 1, unit="", scale=PGA_SCALE),
        classify_value("prednisolone", prednisolone, "≤", 7.5, unit="mg/day"),
        _no("standard drugs, well tolerated", "other doses or not tolerated", finding=tolerated),
        _no("no investigational drug", "investigational drug", finding=investigational_drug),
    ]
    if cell_product_breaks:
        parts.append(
            _no("no investigational cell product", "cell product received", finding=cell_product)
        )
    return Classification(INSTRUMENT, tuple(parts))
