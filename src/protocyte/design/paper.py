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
IVANOVA_2005: Final = (
    "Ivanova A, Qaqish BF, Schell MJ. Continuous toxicity monitoring in phase II trials in "
    "oncology. Biometrics 2005;61:540-545. doi:10.1111/j.1541-0420.2005.00311.x"
)
GUO_2017: Final = (
    "Guo W, Wang SJ, Yang S, Lynn H, Ji Y. A Bayesian interval dose-finding design addressing "
    "Ockham's razor: mTPI-2. Contemp Clin Trials 2017;58:23-33. doi:10.1016/j.cct.2017.04.006"
)
JI_2010: Final = (
    "Ji Y, Liu P, Li Y, Bekele BN. A modified toxicity probability interval method for "
    "dose-finding trials. Clin Trials 2010;7:653-663. doi:10.1177/1740774510382799"
)
KORN_1994: Final = (
    "Korn EL, Midthune D, Chen TT, et al. A comparison of two phase I trial designs. "
    "Stat Med 1994;13:1799-1806. doi:10.1002/sim.4780131802"
)
LEE_2008: Final = (
    "Lee JJ, Liu DD. A predictive probability design for phase II cancer clinical trials. "
    "Clin Trials 2008;5:93-106. doi:10.1177/1740774508089279"
)
LIN_2020: Final = (
    "Lin R, Zhou Y, Yan F, Li D, Yuan Y. BOIN12: Bayesian optimal interval phase I/II trial design "
    "for utility-based dose finding in immunotherapy and targeted therapies. "
    "JCO Precis Oncol 2020;4:1393-1402. doi:10.1200/PO.20.00257"
)
LIN_2020_TOP: Final = (
    "Lin R, Coleman RL, Yuan Y. TOP: time-to-event Bayesian optimal phase II trial design for "
    "cancer immunotherapy. J Natl Cancer Inst 2020;112:38-45. doi:10.1093/jnci/djz049"
)
LIU_2015: Final = (
    "Liu S, Yuan Y. Bayesian optimal interval designs for phase I clinical trials. "
    "J R Stat Soc C 2015;64:507-523. doi:10.1111/rssc.12089"
)
MANDER_2010: Final = (
    "Mander AP, Thompson SG. Two-stage designs optimal under the alternative hypothesis for phase "
    "II cancer clinical trials. Contemp Clin Trials 2010;31:572-578. doi:10.1016/j.cct.2010.07.008"
)
SCHMIDLI_2014: Final = (
    "Schmidli H, Gsteiger S, Roychoudhury S, et al. Robust meta-analytic-predictive priors in "
    "clinical trials with historical control information. Biometrics 2014;70:1023-1032. "
    "doi:10.1111/biom.12242"
)
LIU_2020: Final = (
    "Liu M, Wang SJ, Ji Y. The i3+3 design for phase I clinical trials. "
    "J Biopharm Stat 2020;30:294-304. doi:10.1080/10543406.2019.1636811"
)
SIMON_1989: Final = (
    "Simon R. Optimal two-stage designs for phase II clinical trials. "
    "Control Clin Trials 1989;10:1-10. doi:10.1016/0197-2456(89)90015-9"
)
SIMON_1997: Final = (
    "Simon R, Freidlin B, Rubinstein L, Arbuck SG, Collins J, Christian MC. Accelerated titration "
    "designs for phase I clinical trials in oncology. J Natl Cancer Inst 1997;89:1138-1147. "
    "doi:10.1093/jnci/89.15.1138"
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
THALL_1994: Final = (
    "Thall PF, Simon R. Practical Bayesian guidelines for phase IIB clinical trials. "
    "Biometrics 1994;50:337-349. doi:10.2307/2533377"
)
XU_2025: Final = (
    "Xu X, Hashimoto A, Yimer B, Takeda K. BOP2-FE: Bayesian optimal phase II design with futility "
    "and efficacy stopping boundaries. J Biopharm Stat 2025. doi:10.1080/10543406.2025.2558142"
)
YAN_2017: Final = (
    "Yan F, Mandrekar SJ, Yuan Y. Keyboard: a novel Bayesian toxicity probability interval design "
    "for phase I clinical trials. Clin Cancer Res 2017;23:3994-4003. "
    "doi:10.1158/1078-0432.CCR-17-0220"
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
    "Takeda K, Taguri M, Morita S. BOIN-ET: Bayesian optimal interval design for dose finding "
    "based on both efficacy and toxicity outcomes. Pharm Stat 2018;17:383-395."
)
ZHOU_2017: Final = (
    "Zhou H, Lee JJ, Yuan Y. BOP2: Bayesian optimal design for phase II clinical trials with "
    "simple and complex endpoints. Stat Med 2017;36:3302-3314. doi:10.1002/sim.7338"
)
ZHOU_2019: Final = (
    "Zhou Y, Lee JJ, Yuan Y. A utility-based Bayesian optimal interval (U-BOIN) phase I/II design "
    "to identify the optimal biological dose for targeted and immune therapies. "
    "Stat Med 2019;38:5299-5316. doi:10.1002/sim.8361"
)
CHEUNG_2000: Final = (
    "Cheung YK, Chappell R. Sequential designs for phase I clinical trials with late-onset "
    "toxicities. Biometrics 2000;56:1177-1182. doi:10.1111/j.0006-341X.2000.01177.x"
)
CHEN_2026: Final = "BE-BOIN: Chen et al. 2026. doi:10.1007/s43441-026-00994-0"
LIN_YUAN_2020: Final = (
    "Lin R, Yuan Y. Time-to-event model-assisted designs for dose-finding trials with delayed "
    "toxicity. Biostatistics 2020;21:807-824. doi:10.1093/biostatistics/kxz007"
)
YUAN_2018: Final = (
    "Yuan Y, Lin R, Li D, Nie L, Warren KE. Time-to-event Bayesian optimal interval design to "
    "accelerate phase I trials. Clin Cancer Res 2018;24:4921-4930. "
    "doi:10.1158/1078-0432.CCR-18-0246"
)
ZHAO_2024: Final = (
    "Zhao Y, Yuan Y, Korn EL, Freidlin B. Backfilling patients in phase I dose-escalation trials "
    "using Bayesian optimal interval design (BOIN). Clin Cancer Res 2024;30:673-679. "
    "doi:10.1158/1078-0432.CCR-23-2585"
)
ZHOU_2022: Final = (
    "Zhou Y, Lin R, Lee JJ, Li D, Wang L, Li R, Yuan Y. TITE-BOIN12: a Bayesian phase I/II trial "
    "design to find the optimal biological dose with late-onset toxicity and efficacy. "
    "Stat Med 2022;41:1918-1931. doi:10.1002/sim.9337"
)
BABB_1998: Final = (
    "Babb J, Rogatko A, Zacks S. Cancer phase I clinical trials: efficient dose escalation with "
    "overdose control. Stat Med 1998;17:1103-1120"
)
LEE_2009: Final = (
    "Lee SM, Cheung YK. Model calibration in the continual reassessment method. "
    "Clin Trials 2009;6:227-238. doi:10.1177/1740774509105076"
)
NEUENSCHWANDER_2008: Final = (
    "Neuenschwander B, Branson M, Gsponer T. Critical aspects of the Bayesian approach to phase I "
    "cancer trials. Stat Med 2008;27:2420-2439. doi:10.1002/sim.3230"
)
O_QUIGLEY_1990: Final = (
    "O'Quigley J, Pepe M, Fisher L. Continual reassessment method: a practical design for phase 1 "
    "clinical trials in cancer. Biometrics 1990;46:33-48. doi:10.2307/2531628"
)
THALL_2004: Final = (
    "Thall PF, Cook JD. Dose-finding based on efficacy-toxicity trade-offs. "
    "Biometrics 2004;60:684-693. doi:10.1111/j.0006-341X.2004.00218.x"
)
THALL_2014: Final = (
    "Thall PF, Herrick RC, Nguyen HQ, Venier JJ, Norris JC. Effective sample size for computing "
    "prior hyperparameters in Bayesian phase I-II dose-finding. "
    "Clin Trials 2014;11:657-666. doi:10.1177/1740774514547397"
)
