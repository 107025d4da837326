"""Every number behind outcomes, by outcome, and where it comes from.

The logit of CRS is not among them: it is calibrated, with its uncertainty (`calibration`).
One law: an outcome leans on no number that does not stand here, in a standard, or in the protocol.
"""

from typing import Final

from protocyte.kinetics.parameter import ParameterTable
from protocyte.kinetics.reference import Reference
from protocyte.simulation.population.outcome import crs, cytopenia, gvhd, icans, response

TABLES: Final[dict[str, ParameterTable]] = {
    "CRS": crs.PARAMETERS,
    "ICANS": icans.PARAMETERS,
    "GvHD": gvhd.PARAMETERS,
    "Neutrophils": cytopenia.PARAMETERS,
    "Response": response.PARAMETERS,
}
"""Tables by outcome."""

REFERENCES: Final = (
    Reference(
        "TisaSafety2021",
        "Tisagenlecleucel in B-ALL: safety of 137 patients. J Immunother Cancer 2021.",
        doi="10.1136/jitc-2020-002287",
    ),
    Reference(
        "WuBlood2025",
        "Phase 1/2 trial of WU-CART-007. Blood 2025.",
        doi="10.1182/blood.2025028387",
    ),
    Reference(
        "Neelapu2020",
        "First-in-human data of ALLO-501. ASCO 2020, abstract 8002.",
        url="https://www.delveinsight.com/asco-conference/article/NCT03939026",
    ),
    Reference(
        "ALLO715",
        "ALLO-715, allogeneic BCMA CAR-T cells in myeloma. Nat Med 2023.",
        doi="10.1038/s41591-022-02182-7",
    ),
    Reference(
        "Tan2023",
        "Donor-derived CD7 CAR-T cells, two years. J Hematol Oncol 2023.",
        doi="10.1186/s13045-023-01427-3",
    ),
    Reference(
        "Lichtenstein2021",
        "Lichtenstein DA, et al. Characterization of HLH-like manifestations as a CRS variant in "
        "patients receiving CD22 CAR T cells. Blood 2021;138:2469-2484.",
        doi="10.1182/blood.2021011898",
    ),
    Reference(
        "Rejeski2023",
        "Rejeski K, et al. Immune effector cell-associated hematotoxicity: EHA/EBMT consensus. "
        "Blood 2023;142:865-877.",
        doi="10.1182/blood.2023020578",
    ),
    Reference(
        "CancerVic",
        "Registry entry of WU-CART-007: lymphodepletion on days -5 to -3.",
        url="https://trials.cancervic.org.au/details/feed-cta-trial429",
    ),
    Reference(
        "ELN2022",
        "Döhner H, et al. Diagnosis and management of AML in adults: 2022 recommendations from an "
        "international expert panel. Blood 2022;140:1345-1377.",
        doi="10.1182/blood.2022016867",
    ),
    Reference(
        "Lugano2014",
        "Cheson BD, et al. Recommendations for initial evaluation, staging, and response "
        "assessment of lymphoma: the Lugano classification. J Clin Oncol 2014;32:3059-3068.",
        doi="10.1200/JCO.2013.54.8800",
    ),
    Reference(
        "Kumar2016",
        "Kumar S, et al. International Myeloma Working Group consensus criteria for response. "
        "Lancet Oncol 2016;17:e328-e346.",
        doi="10.1016/S1470-2045(16)30206-6",
    ),
)
"""What the tables cite by name; instruments of lupus and ALL stand in `standards`."""
