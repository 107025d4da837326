"""Every number of the allogeneic model: its source, or that it is assumed, and within what.

A range is how far the typical value may be off, for everybody alike: sensitivity runs move it
there. What differs between patients is in `VARIABILITY`. One law: a number that no source gives
has the status `assumed` and a range.
"""

from typing import Final

from protocyte.kinetics.parameter import ParameterTable
from protocyte.kinetics.reference import Reference

PARAMETERS: Final = ParameterTable.from_text(r"""
name            | symbol        | value   | unit       | spread            | status  | source                        | meaning
host_t_set      | K_N           | 2.50e11 | cells      | –                 | sourced | Kimmel2021, table 1           | set point of host T cells
host_t_growth   | r_N           | 0.170   | 1/d        | –                 | sourced | Kimmel2021, table 1           | growth of host T cells
nk_set          | K_K           | 3.5e10  | cells      | quartiles 2e10 6.6e10 | derived | Lichtenstein2021, baseline of 29 patients, 69 cells/µL | set point of host NK cells
nk_growth       | r_K           | 0.06    | 1/d        | range 0.03 0.12   | derived | Lichtenstein2021, medians of days 7 and 28 | growth of host NK cells
t_left          | N(0)/K_N      | 0.28    | 1          | quartiles 0.18 0.44 | derived | Lichtenstein2021, 17 patients | host T cells left by standard lymphodepletion
nk_left         | K(0)/K_K      | 0.15    | 1          | quartiles 0.12 0.32 | derived | Lichtenstein2021, 17 patients | host NK cells left by standard lymphodepletion
enhanced_power  | e             | 2       | 1          | range 1 3         | assumed | as two standard courses in a row | power to which enhanced lymphodepletion raises what is left
drug_rate       | A(0)          | 1.0     | 1/d        | range 0.2 3       | assumed | no source                     | loss of T cells to the anti-CD52 drug at infusion
drug_on_nk      | –             | 0.3     | 1          | range 0 1         | assumed | no source                     | loss of NK cells to the anti-CD52 drug, of that of T cells
drug_half_life  | –             | 6       | d          | range 2 12        | assumed | no source was read            | half-life of the anti-CD52 drug
fails_to_expand | –             | 0.25    | 1          | range 0.1 0.4     | derived | Lichtenstein2021: 9 of 36 peak below 40 cells/µL | patients in whom the cells hardly expand
fails_in_lupus  | –             | 0.03    | 1          | range 0.005 0.12  | derived | B cells gone in 24 of 24: WangX2024, WangD, TyU19b, YTS109, Mackensen2022, Mueller2024 | the same, in lupus
failed_peak     | –             | 0.005   | 1          | range 0.0005 0.05 | derived | Lichtenstein2021: medians of those 9 and of the others | their peak, of that of the others
lag             | \lambda       | 3.27    | d          | range 2.71 3.97   | sourced | Ogasawara2021, abstract       | time before the cells grow
gate_width      | \omega        | 0.7     | d          | range 0.3 1.5     | assumed | no source; LiCheng: a smooth switch fits better | width of the gate between growth and decline
viable          | –             | 0.8     | 1          | range 0.5 1       | assumed | no source                     | share of the dose that engrafts
copies_per_cell | –             | 150     | copies/µg per cell/µL | range 50 500 | assumed | one copy a cell, 6.6 pg of DNA a cell, 1000 nucleated cells/µL at the peak | transgene level of one CAR-T cell a microlitre
dose_power      | \delta        | 0       | 1          | range 0 1         | assumed | Stein2019 and Dupouy2022 saw no relation of peak with dose | power of the dose that the peak follows
dose_reference  | –             | 1e8     | cells      | –                 | assumed | only counts if the peak follows the dose | dose at which the peak is the typical one
room_power      | \eta          | 0.5     | 1          | range 0 1.35      | assumed | 0: Stein2019, no effect of fludarabine; 1.35: Kimmel2021, N(0) of 2 to 100 cells/µL | power of the host T cells left that the peak falls with
antigen_half    | B_{50}        | 1e9     | cells      | range 1e8 1e10    | assumed | no source                     | target cells at half the largest drive to expand
normal_antigen  | B_n           | 1e10    | cells      | range 1e9 1e11    | assumed | no source                     | normal cells with the antigen
memory_killing  | w             | 1       | 1          | range 0.1 1       | assumed | no source                     | killing by a memory cell, of an effector's
killing         | \gamma_B      | 1.15    | 1/d        | quartiles 0.64 1.35 | sourced | Kimmel2021, table 1         | largest rate of killing
killing_half    | k_B           | 2.024e9 | cells      | quartiles 1.40e9 3.125e9 | sourced | Kimmel2021, table 1    | CAR-T cells at half the largest rate of killing
antigen_loss    | \mu           | 4e-14   | 1/d        | range 1e-15 1e-12 | assumed | of the size of PanCD7: 4 of 20 relapsed without CD7 | loss of the antigen by a target cell
hla_i_share     | –             | 0.8     | 1          | range 0.5 0.95    | assumed | no source                     | share of rejection by T cells that HLA class I draws
t_rejection     | k_T K_N       | 0.28    | 1/d        | range 0.15 0.55   | derived | calibrated to Dupouy2022 (`protocyte calibrate`): gone by day 28 in 10/25, seen after day 42 in 4/25 | rejection by a full pool of unmatched host T cells
nk_rejection    | k_K K_K       | 0.28    | 1/d        | range 0.05 2      | assumed | no number exists; as much as T cells, so that neither is favoured | rejection of cells without HLA class I by a full pool of NK cells
shield          | p_\mathrm{shield} | 0.5 | 1          | range 0.1 0.9     | assumed | no source                     | NK cells that an inhibiting ligand holds back
nkg2a_share     | p             | 0.5     | 1          | range 0.2 0.8     | assumed | no number is published        | NK cells with NKG2A
nkg2a_killing   | k_A           | 1.0     | 1/d        | range 0.2 2       | assumed | no source                     | killing of NKG2A-positive NK cells by an NKG2A CAR
cd7_killing     | k_7           | 0.5     | 1/d        | range 0.1 1.15    | assumed | at most the killing of tumour cells, Kimmel2021 | killing of host T and NK cells by a CD7 CAR
fratricide      | k_F           | 1.0     | 1/d        | range 0.3 2       | assumed | no source                     | killing of CAR-T cells by each other
efficiency      | –             | 0.95    | 1          | range 0.8 0.99    | assumed | no source                     | share of cells in which an edit succeeded
receptor_removed | –            | 0.9     | 1          | range 0.5 0.99    | assumed | no source                     | share of receptor-positive cells that purification removes
receptor_most   | –             | 5e4     | cells/kg   | range 1e4 5e5     | sourced | NCT06321289, abstract: release limit of one allogeneic trial | receptor-positive cells given at most, where the receptor was deleted
gvhd_rate       | h_G           | 1.5e-8  | 1/cell     | range 3e-9 5e-8   | derived | Tan2023: 60 % after 1e6 cells/kg with receptor, 60 kg | hazard of acute GvHD by one receptor-positive cell
i_base          | I_0           | 4.1     | pg/mL      | –                 | derived | Lichtenstein2021, median of day 0 | IL-6 without CAR-T cells
i_peak          | –             | 251     | pg/mL      | range 120 570     | derived | calibration to 36 patients of Lichtenstein2021, values at the ceiling of the assay known only to be that high | peak of IL-6 of a typical patient with CRS
contact         | –             | 0.22    | 1          | range 0.1 1       | derived | the geometric mean of Lichtenstein2021 returns in a simulated trial of such cells in B-ALL | largest share of target cells in contact with CAR-T cells at once
burden_power    | –             | 1       | 1          | range 0 1         | assumed | 1: one k_I for all, as in Hanson2016, and little CRS where few targets are met (Neelapu2020, ALLO715, WangX2024, WangD); below 1: Lichtenstein2021, grade of CRS does not follow blasts | power of the burden that inflammation goes with
burden_typical  | –             | 6.9e11  | cells      | –                 | derived | Lichtenstein2021: 69 % blasts, of 1e12 cells | burden at which IL-6 is the typical one
i_loss          | d_I           | 36      | 1/d        | –                 | sourced | Hanson2016, BIOMD0000000837   | loss of inflammation
production_half | C_{50}        | 3e5     | cells      | range 3e4 1e7     | derived | calibrated to Mackensen2022: B cells return after 110 days (SD 32, 5 patients); LeonTriana has 1e9, with which they return after 67 | CAR-T cells that halve the production of B cells, also by killing their progenitors
b_life          | \tau_B        | 60      | d          | –                 | sourced | LeonTriana, BIOMD0000001012   | life of a B cell
activity_rate   | \kappa_-     | 0.1     | 1/d        | range 0.05 0.2    | derived | calibrated to Mackensen2022 and Mueller2024: DORIS in 13 of 13 by months 3 to 6 | fall of disease activity once B cells are gone
activity_return | \kappa_+     | 0.003   | 1/d        | range 0.0005 0.03 | assumed | remission outlasts the return of B cells at 110 days in Mackensen2022 | rise of disease activity once B cells are back
activity_half   | –             | 0.1     | 1          | range 0.02 0.5    | assumed | no source                     | B cells at half the largest activity, of those at infusion
""")  # noqa: E501
"""Typical values; beside them tier 1 takes its kinetics from Stein2019, tier 2 from Kimmel2021."""

VARIABILITY: Final = ParameterTable.from_text(r"""
name           | symbol | value | unit | spread | status  | source                                             | meaning
host_t_set     | –      | 0.5   | 1    | –      | assumed | no source                                          | SD of ln, set point of host T cells
nk_set         | –      | 0.90  | 1    | –      | derived | Lichtenstein2021, quartiles 39 and 131 cells/µL    | SD of ln, set point of NK cells
t_left         | –      | 0.66  | 1    | –      | derived | Lichtenstein2021, quartiles 0.18 and 0.44          | SD of ln, host T cells left
nk_left        | –      | 0.73  | 1    | –      | derived | Lichtenstein2021, quartiles 0.12 and 0.32          | SD of ln, NK cells left
lag            | –      | 0.2   | 1    | –      | assumed | no source                                          | SD of ln, time before growth
killing        | –      | 0.55  | 1    | –      | derived | Kimmel2021, quartiles 0.64 and 1.35                | SD of ln, largest rate of killing
killing_half   | –      | 0.60  | 1    | –      | derived | Kimmel2021, quartiles 1.40e9 and 3.125e9           | SD of ln, cells at half the largest rate of killing
t_rejection    | –      | 0.39  | 1    | –      | derived | calibrated to Dupouy2022, 0.04 to 1.29             | SD of ln, rejection by T cells
nk_rejection   | –      | 0.8   | 1    | –      | assumed | no source; KIR and licensing                       | SD of ln, rejection by NK cells
nkg2a_share    | –      | 0.6   | 1    | –      | assumed | PMC6547655 shows a wide spread, in a figure only   | SD of logit, NK cells with NKG2A
cd7_killing    | –      | 0.3   | 1    | –      | assumed | no source                                          | SD of ln, killing by a CD7 CAR
nkg2a_killing  | –      | 0.3   | 1    | –      | assumed | no source                                          | SD of ln, killing by an NKG2A CAR
fratricide     | –      | 0.3   | 1    | –      | assumed | no source                                          | SD of ln, fratricide
i_peak         | –      | 2.17  | 1    | –      | derived | as the typical value                               | SD of ln, peak of IL-6
activity_rate  | –      | 0.4   | 1    | –      | assumed | no source                                          | SD of ln, relaxation of disease activity
b_life         | –      | 0.3   | 1    | –      | assumed | Mackensen2022: B cells return after 110 days, SD 32 | SD of ln, life of a B cell
""")  # noqa: E501
"""How much typical values differ between patients; those of tier 1 are in Stein2019."""

KILLING_WITH_HALF: Final = -0.96
"""Correlation of killing and killing_half (Kimmel2021): they cannot be told apart, so they move
together."""

GROWTH_WITH_HALF: Final = 0.94
"""Correlation of the growth of the target and killing_half (Kimmel2021)."""

REFERENCES: Final = (
    Reference(
        "Lichtenstein2021",
        "Lichtenstein DA, et al. Characterization of HLH-like manifestations as a CRS variant in "
        "patients receiving CD22 CAR T cells. Blood 2021;138:2469-2484.",
        doi="10.1182/blood.2021011898",
    ),
    Reference(
        "Ogasawara2021",
        "Ogasawara K, et al. Population cellular kinetics of lisocabtagene maraleucel. Clin "
        "Pharmacokinet 2021.",
        doi="10.1007/s40262-021-01039-5",
    ),
    Reference(
        "LeonTriana",
        "León-Triana O, et al. CAR T cells, leukaemia and B cells; curated as BIOMD0000001012.",
        url="https://identifiers.org/biomodels.db/BIOMD0000001012",
    ),
    Reference(
        "Hanson2016",
        "Hanson S, et al. A mathematical model of CAR T-cell expansion and cytokine release; "
        "curated as BIOMD0000000837.",
        doi="10.1101/049908",
    ),
    Reference("Dupouy2022", "UCART19 in adults, CALM.", doi="10.1158/2767-9764.CRC-22-0175"),
    Reference("Tan2023", "Donor-derived CD7 CAR-T cells.", doi="10.1186/s13045-023-01427-3"),
    Reference(
        "Kendall1948",
        "Kendall DG. On the generalized birth-and-death process. Ann Math Stat 1948;19:1-15.",
        doi="10.1214/aoms/1177730285",
    ),
)
