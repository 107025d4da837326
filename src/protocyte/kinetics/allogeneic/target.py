"""What the cells are sent against: blasts, lymphoma, myeloma, or the B cells of lupus.

One law: a disease whose growth in people is not published says so, and lends from lymphoma.
"""

from dataclasses import dataclass
from typing import Final

from protocyte.kinetics.parameter import ParameterTable
from protocyte.protocol.biology import Disease

PARAMETERS: Final = ParameterTable.from_text(r"""
name                | symbol | value    | unit  | spread               | status  | source                                      | meaning
growth_lymphoma     | r_B    | 0.19     | 1/d   | range 0.105 0.265    | sourced | Kimmel2021, figure 3b                       | growth of lymphoma
growth_b_all        | r_B    | 0.033    | 1/d   | range 0.02 0.1       | sourced | LeonTriana, BIOMD0000001012                 | growth of B-ALL
growth_t_all        | r_B    | 0.07     | 1/d   | range 0.02 0.265     | assumed | none published; between LeonTriana and Kimmel2021 | growth of T-ALL
growth_aml          | r_B    | 0.07     | 1/d   | range 0.02 0.265     | assumed | none published; between LeonTriana and Kimmel2021 | growth of AML
growth_myeloma      | r_B    | 0.02     | 1/d   | range 0.01 0.1       | assumed | none published                              | growth of myeloma
burden_lymphoma     | B(0)   | 9.486e10 | cells | range 2.3e9 1.3e12   | sourced | Kimmel2021, table 1                         | lymphoma cells at infusion
burden_full_marrow  | –      | 1e12     | cells | range 3e11 2e12      | assumed | no source                                   | blasts where the marrow is all blasts
burden_b_cells      | B(0)   | 2.5e10   | cells | range 5e9 5e10       | sourced | LeonTriana, BIOMD0000001012                 | B cells of a person with lupus
marrow_share        | –      | 0.69     | 1     | quartiles 0.25 0.90  | derived | Lichtenstein2021, 39 patients, B-ALL        | blasts in marrow before infusion
spread_growth       | –      | 0.35     | 1     | range 0.1 0.7        | assumed | no source                                   | SD of ln, growth
spread_burden       | –      | 1.0      | 1     | range 0.5 1.6        | assumed | Kimmel2021 gives the range 2.3e9 to 1.3e12  | SD of ln, lymphoma or B cells
spread_marrow       | –      | 1.9      | 1     | range 1 2.5          | derived | Lichtenstein2021, quartiles 0.25 and 0.90   | SD of logit, blasts in marrow
remission_share     | –      | 0.05     | 1     | –                    | sourced | ELN2022, blasts below 5 % in marrow         | blasts at remission
remission_fall      | –      | 0.01     | 1     | range 0.001 0.05     | assumed | no source; what imaging cannot see          | lymphoma or myeloma at complete remission, of that at infusion
b_cells_seen        | –      | 1        | cells/µL | range 0.5 10      | assumed | no source                                   | B cells in blood that count as returned
""")  # noqa: E501
"""Target cells. Marrow shares of T-ALL and AML are taken from B-ALL: assumed."""

_GROWTH: Final = {
    "B-ALL": "growth_b_all",
    "T-ALL": "growth_t_all",
    "AML": "growth_aml",
    "lymphoma": "growth_lymphoma",
    "myeloma": "growth_myeloma",
}
_WORDS: Final = {
    "SLE": ("lupus",),
    "T-ALL": ("t-cell acute lymphoblastic", "t-all", "t-lbl", "t-cell lymphoblastic"),
    "B-ALL": ("b-cell acute lymphoblastic", "b-all"),
    "AML": ("acute myeloid", "aml"),
    "myeloma": ("myeloma",),
    "lymphoma": ("lymphoma",),
}


@dataclass(frozen=True, slots=True)
class Target:
    """One disease as a pool of target cells.

    Parameters
    ----------
    disease : str
        Name.
    growth : str or None
        Parameter of its growth; None if the pool is fed from outside, as B cells are.
    in_marrow : bool
        Whether its burden is a share of the marrow.

    Examples
    --------
    >>> Target.of("AML").growth
    'growth_aml'
    """

    disease: Disease
    growth: str | None
    in_marrow: bool

    @classmethod
    def of(cls, disease: Disease) -> "Target":
        """Give the target of a disease."""
        return cls(disease, _GROWTH.get(disease), disease in ("B-ALL", "T-ALL", "AML"))


def find_disease(condition: str) -> Disease | None:
    """Read the disease from a protocol's words; None if none of the model's is named.

    Parameters
    ----------
    condition : str
        The condition of the trial.

    Returns
    -------
    str or None
        Disease.

    Examples
    --------
    >>> find_disease("relapsed or refractory acute myeloid leukaemia")
    'AML'
    """
    words = condition.lower()
    for disease, names in _WORDS.items():
        if any(name in words for name in names):
            return disease  # type: ignore[return-value]
    return None
