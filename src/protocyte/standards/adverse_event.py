"""Names of the adverse events that cell therapy watches for, with their system organ class.

Standard: Common Terminology Criteria for Adverse Events (CTCAE) v5.0, National Cancer Institute,
2017, for terms and classes; ASTCT 2019 for ICANS and MAGIC 2016 for acute graft-versus-host
disease, which CTCAE v5.0 does not name. IEC-HS is named after Hines 2023. The choice of class for
the last three needs clinical review.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Term:
    """One adverse event.

    Parameters
    ----------
    short : str
        Short name, as protocols write it.
    name : str
        Standard term, as the record holds it in `AEDECOD`.
    system : str
        System organ class, as the record holds it in `AEBODSYS`.
    """

    short: str
    name: str
    system: str


HAEMATOLOGICAL_CLASS: Final = "Blood and lymphatic system disorders"
CRS: Final = Term("CRS", "Cytokine release syndrome", "Immune system disorders")
ICANS: Final = Term(
    "ICANS",
    "Immune effector cell-associated neurotoxicity syndrome",
    "Nervous system disorders",
)
GVHD: Final = Term("GvHD", "Acute graft versus host disease", "Immune system disorders")
IEC_HS: Final = Term(
    "IEC-HS",
    "Immune effector cell-associated haemophagocytic lymphohistiocytosis-like syndrome",
    "Immune system disorders",
)
#: Adverse events of special interest by short name.
TERMS: Final[dict[str, Term]] = {term.short: term for term in (CRS, ICANS, GVHD, IEC_HS)}

#: CTCAE "Investigations" that are counts of blood cells.
COUNT_TERMS: Final = (
    "CD4 lymphocytes decreased",
    "Lymphocyte count decreased",
    "Neutrophil count decreased",
    "Platelet count decreased",
    "White blood cell decreased",
)
_COUNTS: Final = frozenset(term.lower() for term in COUNT_TERMS)
INFECTION_CLASS: Final = "Infections and infestations"


def classify_haematological(term: str, system: str | None) -> bool:
    """Tell whether an adverse event is haematological; capitals make no difference.

    Parameters
    ----------
    term : str
        Standard term.
    system : str or None
        System organ class, where it is known.

    Returns
    -------
    bool
        Whether it belongs to the blood and lymphatic system, or is a low count of blood cells.

    References
    ----------
    .. [1] CTCAE v5.0, "Blood and lymphatic system disorders" and "Investigations".

    Examples
    --------
    >>> classify_haematological("Neutrophil count decreased", "Investigations")
    True
    """
    of_the_class = (system or "").lower() == HAEMATOLOGICAL_CLASS.lower()
    return of_the_class or term.lower() in _COUNTS
