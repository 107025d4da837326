"""The domains of the record, after SDTMIG v3.4: variables, keys, controlled terms.

Only what CAR-T trials use is listed. Variables that SDTM does not have are marked supplemental.
"""

from typing import Final

from protocyte.record.table import Column, Table

YES_NO: Final = ("Y", "N")
GRADES: Final = ("1", "2", "3", "4", "5")

_STUDY = Column("STUDYID", "Study identifier", required=True)
_PERSON = Column("USUBJID", "Unique participant identifier", required=True)
_VISIT = (
    Column("VISIT", "Visit name, as the protocol prints it"),
    Column("VISITNUM", "Visit number", "number"),
)


def _domain(
    domain: str, label: str, keys: tuple[str, ...], *columns: Column, sequence: bool = True
) -> Table:
    number = (Column(f"{domain}SEQ", "Sequence number", "integer", required=True),)
    shared = (_STUDY, Column("DOMAIN", "Domain", required=True, terms=(domain,)), _PERSON)
    return Table(
        domain, label, ("USUBJID", *keys), (*shared, *(number if sequence else ()), *columns)
    )


def _findings(domain: str, label: str, *extra: Column, keys: tuple[str, ...] = ()) -> Table:
    """Make a findings domain: one row a test and time."""
    d = domain
    return _domain(
        d,
        label,
        (*keys, f"{d}TESTCD", f"{d}DTC", "VISIT"),
        Column(f"{d}TESTCD", "Short name of the test", required=True),
        Column(f"{d}TEST", "Name of the test", required=True),
        Column(f"{d}CAT", "Category"),
        Column(f"{d}ORRES", "Result as recorded"),
        Column(f"{d}ORRESU", "Unit as recorded"),
        Column(f"{d}STRESC", "Result in the standard form"),
        Column(f"{d}STRESN", "Result as a number", "number"),
        Column(f"{d}STRESU", "Unit of the number"),
        Column(f"{d}STAT", "Not done", terms=("NOT DONE",)),
        *extra,
        *_VISIT,
        Column(f"{d}DTC", "Date of collection", "date"),
    )


DM: Final = _domain(
    "DM",
    "Demographics",
    (),
    Column("SITEID", "Site"),
    Column("RFICDTC", "Date of informed consent", "date"),
    Column("RFENDTC", "Last date on which the participant was known alive or in the trial", "date"),
    Column("DTHDTC", "Date of death", "date"),
    Column("DTHFL", "Died", terms=("Y",)),
    Column("AGE", "Age at consent", "number", unit_in="AGEU"),
    Column("AGEU", "Unit of age", terms=("YEARS", "MONTHS")),
    Column("SEX", "Sex", terms=("F", "M", "U")),
    Column("COUNTRY", "Country"),
    Column("ARM", "Planned arm"),
    sequence=False,
)
EX: Final = _domain(
    "EX",
    "Exposure: lymphodepletion and infusion",
    ("EXCAT", "EXTRT", "EXSTDTC"),
    Column("EXTRT", "Name of the treatment", required=True),
    Column(
        "EXCAT",
        "Kind of treatment",
        required=True,
        terms=("CELL INFUSION", "LYMPHODEPLETION", "BRIDGING"),
    ),
    Column("EXDOSE", "Dose given", "number", unit_in="EXDOSU"),
    Column("EXDOSU", "Unit of the dose"),
    Column("EXROUTE", "Route"),
    Column("EXLOT", "Batch"),
    Column("EXLEVEL", "Dose level assigned, counted from 1", "integer", supplemental=True),
    Column("EXCOHORT", "Cohort, counted from 1", "integer", supplemental=True),
    Column("EXSTDTC", "Start", "date", required=True),
    Column("EXENDTC", "End", "date"),
)
AE: Final = _domain(
    "AE",
    "Adverse events",
    ("AESPID",),
    Column("AESPID", "Identifier given by the site", required=True),
    Column("AETERM", "As reported", required=True),
    Column("AEDECOD", "Standard term", required=True),
    Column("AEBODSYS", "Body system or organ class"),
    Column("AECAT", "Category"),
    Column("AETOXGR", "Highest grade", terms=GRADES),
    Column("AESCALE", "Scale of the grade", supplemental=True),
    Column("AEBGR", "Grade before treatment, if it existed then", terms=GRADES, supplemental=True),
    Column("AESER", "Serious", terms=YES_NO),
    Column("AEREL", "Related to the product", terms=YES_NO),
    Column("AEOUT", "Outcome"),
    Column("AESDTH", "Resulted in death", terms=YES_NO),
    Column("AESTDTC", "Start", "date"),
    Column("AEENDTC", "End", "date"),
)
LB: Final = _findings(
    "LB",
    "Laboratory results",
    Column("LBSTNRLO", "Lower limit of normal", "number", unit_in="LBSTRESU"),
    Column("LBSTNRHI", "Upper limit of normal", "number", unit_in="LBSTRESU"),
    Column("LBNRIND", "Against the limits", terms=("LOW", "NORMAL", "HIGH")),
)
VS: Final = _findings("VS", "Vital signs")
RS: Final = _findings(
    "RS",
    "Disease response and performance status",
    Column("RSEVAL", "Who judged"),
    keys=("RSCAT", "RSEVAL"),
)
QS: Final = _findings("QS", "Instruments: SLEDAI, BILAG, PGA", keys=("QSCAT",))
PC: Final = _findings(
    "PC",
    "Concentration of CAR-T cells",
    Column("PCSPEC", "Specimen"),
    Column("PCMETHOD", "Method"),
    Column("PCLLOQ", "Lower limit of quantification", "number", unit_in="PCSTRESU"),
    keys=("PCSPEC",),
)
DS: Final = _domain(
    "DS",
    "Disposition",
    ("DSCAT", "DSDECOD", "DSSTDTC"),
    Column("DSTERM", "As reported"),
    Column("DSDECOD", "Standard term", required=True),
    Column("DSCAT", "Category", required=True, terms=("PROTOCOL MILESTONE", "DISPOSITION EVENT")),
    Column("DSSTDTC", "Date", "date", required=True),
)
SV: Final = _domain(
    "SV",
    "Visits held",
    ("VISIT",),
    Column("VISIT", "Visit name, as the protocol prints it", required=True),
    Column("VISITNUM", "Visit number", "number"),
    Column("SVSTDTC", "Date", "date", required=True),
    sequence=False,
)
MH: Final = _domain(
    "MH",
    "Medical history",
    ("MHDECOD", "MHSTDTC"),
    Column("MHTERM", "As reported"),
    Column("MHDECOD", "Standard term", required=True),
    Column("MHCAT", "Category"),
    Column("MHOCCUR", "Occurred", terms=YES_NO),
    Column("MHSTDTC", "Start", "date"),
    Column("MHENDTC", "End", "date"),
)
CM: Final = _domain(
    "CM",
    "Other medication",
    ("CMTRT", "CMSTDTC"),
    Column("CMTRT", "As reported", required=True),
    Column("CMDECOD", "Standard name"),
    Column("CMCAT", "Category"),
    Column("CMOCCUR", "Given", terms=YES_NO),
    Column("CMDOSE", "Dose", "number", unit_in="CMDOSU"),
    Column("CMDOSU", "Unit of the dose"),
    Column("CMDOSFRQ", "How often"),
    Column("CMINDC", "For what"),
    Column("CMSTDTC", "Start", "date"),
    Column("CMENDTC", "End", "date"),
)
PR: Final = _domain(
    "PR",
    "Procedures: leukapheresis, transplantation",
    ("PRTRT", "PRSTDTC"),
    Column("PRTRT", "As reported", required=True),
    Column("PRDECOD", "Standard name", required=True),
    Column("PRCAT", "Category"),
    Column("PROCCUR", "Done", terms=YES_NO),
    Column("PRSTDTC", "Date", "date"),
)

#: All domains by their two letters.
DOMAINS: Final[dict[str, Table]] = {
    table.domain: table for table in (DM, EX, AE, LB, VS, RS, QS, PC, DS, SV, MH, CM, PR)
}
