"""Where each published scale and instrument was published.

Standard: the publications themselves, from CTCAE version 4.0 (2009) to version 6.0 (2025), one a
scale, by the name that protocols write.
"""

from typing import Final

#: Name in a protocol → publication.
CITATIONS: Final[dict[str, str]] = {
    "CTCAE 4.0": "National Cancer Institute. Common Terminology Criteria for Adverse Events "
    "(CTCAE) version 4.0. 2009.",
    "CTCAE 4.03": "National Cancer Institute. Common Terminology Criteria for Adverse Events "
    "(CTCAE) version 4.03. 2010.",
    "CTCAE 5.0": "National Cancer Institute. Common Terminology Criteria for Adverse Events "
    "(CTCAE) version 5.0. 2017.",
    "CTCAE 6.0": "National Cancer Institute. Common Terminology Criteria for Adverse Events "
    "(CTCAE) version 6.0. 2025.",
    "ASTCT 2019": "Lee DW, Santomasso BD, Locke FL, et al. ASTCT consensus grading for cytokine "
    "release syndrome and neurologic toxicity associated with immune effector cells. Biol Blood "
    "Marrow Transplant 2019;25:625-638. doi:10.1016/j.bbmt.2018.12.758",
    "Lee 2014": "Lee DW, Gardner R, Porter DL, et al. Current concepts in the diagnosis and "
    "management of cytokine release syndrome. Blood 2014;124:188-195. "
    "doi:10.1182/blood-2014-05-552729",
    "MAGIC 2016": "Harris AC, Young R, Devine S, et al. International, multicenter "
    "standardization of acute graft-versus-host disease clinical data collection. Biol Blood "
    "Marrow Transplant 2016;22:4-10. doi:10.1016/j.bbmt.2015.09.001",
    "Glucksberg 1974": "Glucksberg H, Storb R, Fefer A, et al. Clinical manifestations of "
    "graft-versus-host disease in human recipients of marrow from HL-A-matched sibling donors. "
    "Transplantation 1974;18:295-304. doi:10.1097/00007890-197410000-00001",
    "ELN 2022": "Döhner H, Wei AH, Appelbaum FR, et al. Diagnosis and management of AML in adults: "
    "2022 recommendations from an international expert panel on behalf of the ELN. Blood "
    "2022;140:1345-1377. doi:10.1182/blood.2022016867",
    "Lugano 2014": "Cheson BD, Fisher RI, Barrington SF, et al. Recommendations for initial "
    "evaluation, staging, and response assessment of Hodgkin and non-Hodgkin lymphoma: the Lugano "
    "classification. J Clin Oncol 2014;32:3059-3068. doi:10.1200/JCO.2013.54.8800",
    "SRI-4": "Furie RA, Petri MA, Wallace DJ, et al. Novel evidence-based systemic lupus "
    "erythematosus responder index. Arthritis Rheum 2009;61:1143-1151. doi:10.1002/art.24698",
    "DORIS": "van Vollenhoven RF, Bertsias G, Doria A, et al. 2021 DORIS definition of remission "
    "in SLE: final recommendations from an international task force. Lupus Sci Med "
    "2021;8:e000538. doi:10.1136/lupus-2021-000538",
    "LLDAS": "Franklyn K, Lau CS, Navarra SV, et al. Definition and initial validation of a lupus "
    "low disease activity state (LLDAS). Ann Rheum Dis 2016;75:1615-1621. "
    "doi:10.1136/annrheumdis-2015-207726",
}
