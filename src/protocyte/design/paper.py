"""The papers that designs come from, as they are printed with a decision."""

from typing import Final

A_HERN_2001: Final = (
    "A'Hern RP. Sample size tables for exact single-stage phase II designs. "
    "Stat Med 2001;20:859-866. doi:10.1002/sim.721"
)
FLEMING_1982: Final = (
    "Fleming TR. One-sample multiple testing procedure for phase II clinical trials. "
    "Biometrics 1982;38:143-151. doi:10.2307/2530297"
)
KORN_1994: Final = (
    "Korn EL, Midthune D, Chen TT, et al. A comparison of two phase I trial designs. "
    "Stat Med 1994;13:1799-1806. doi:10.1002/sim.4780131802"
)
LIN_2020: Final = (
    "Lin R, Zhou Y, Yan F, Li D, Yuan Y. BOIN12: Bayesian optimal interval phase I/II trial design "
    "for utility-based dose finding in immunotherapy and targeted therapies. "
    "JCO Precis Oncol 2020;4:1393-1402. doi:10.1200/PO.20.00257"
)
LIU_2015: Final = (
    "Liu S, Yuan Y. Bayesian optimal interval designs for phase I clinical trials. "
    "J R Stat Soc C 2015;64:507-523. doi:10.1111/rssc.12089"
)
MANDER_2010: Final = (
    "Mander AP, Thompson SG. Two-stage designs optimal under the alternative hypothesis for phase "
    "II cancer clinical trials. Contemp Clin Trials 2010;31:572-578. doi:10.1016/j.cct.2010.07.008"
)
SIMON_1989: Final = (
    "Simon R. Optimal two-stage designs for phase II clinical trials. "
    "Control Clin Trials 1989;10:1-10. doi:10.1016/0197-2456(89)90015-9"
)
SKOLNIK_2008: Final = (
    "Skolnik JM, Barrett JS, Jayaraman B, Patel D, Adamson PC. Shortening the timeline of "
    "pediatric phase I trials: the rolling six design. J Clin Oncol 2008;26:190-195. "
    "doi:10.1200/JCO.2007.12.7712"
)
STORER_1989: Final = (
    "Storer BE. Design and analysis of phase I clinical trials. "
    "Biometrics 1989;45:925-937. doi:10.2307/2531693"
)
YAN_2020: Final = (
    "Yan F, Zhang L, Zhou Y, et al. BOIN: an R package for designing single-agent and "
    "drug-combination dose-finding trials using Bayesian optimal interval designs. "
    "J Stat Softw 2020;94(13). doi:10.18637/jss.v094.i13"
)
YUAN_2016: Final = (
    "Yuan Y, Hess KR, Hilsenbeck SG, Gilbert MR. Bayesian optimal interval design: a simple and "
    "well-performing design for phase I oncology trials. "
    "Clin Cancer Res 2016;22:4291-4301. doi:10.1158/1078-0432.CCR-16-0592"
)
LI_2017: Final = (
    "Li DH, Whitmore JB, Guo W, Ji Y. Toxicity and efficacy probability interval design for phase "
    "I adoptive cell therapy dose-finding clinical trials. Clin Cancer Res 2017;23:13-20. "
    "doi:10.1158/1078-0432.CCR-16-1125"
)
LIN_2017: Final = (
    "Lin R, Yin G. Bayesian optimal interval design for dose finding in drug-combination trials. "
    "Stat Methods Med Res 2017;26:2155-2167."
)
TAKEDA_2018: Final = (
    "Takeda K, Taguri M, Morita S. BOIN-ET: Bayesian optimal interval design for dose finding based "
    "on both efficacy and toxicity outcomes. Pharm Stat 2018;17:383-395."
)
ZHOU_2019: Final = (
    "Zhou Y, Lee JJ, Yuan Y. A utility-based Bayesian optimal interval (U-BOIN) phase I/II design "
    "to identify the optimal biological dose for targeted and immune therapies. "
    "Stat Med 2019;38:5299-5316. doi:10.1002/sim.8361"
)
