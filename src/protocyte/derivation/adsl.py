"""ADSL: one row a participant, with the dates of all anchors and the populations."""

import polars as pl

from protocyte.derivation.moment import (
    derive_date,
    derive_date_flag,
    derive_earliest_date,
    derive_latest_date,
    derive_moment,
)
from protocyte.protocol.plan import Protocol
from protocyte.record import Record
from protocyte.record.event import DISPOSITION, MILESTONE

#: Column of ADSL that holds the date of each anchor.
ANCHOR_COLUMNS = {
    "consent": "RFICDT",
    "enrolment": "ENRLDT",
    "leukapheresis": "LEUKDT",
    "lymphodepletion": "LDSDT",
    "infusion": "TRTSDT",
}


def derive_adsl(record: Record, protocol: Protocol) -> pl.DataFrame:
    """Derive the participant-level data set.

    Parameters
    ----------
    record : Record
        What happened.
    protocol : Protocol
        The plan.

    Returns
    -------
    polars.DataFrame
        One row a participant: anchors (`RFICDT`, `ENRLDT`, `LEUKDT`, `LDSDT`, `TRTSDT`), dose
        level, cohort and dose given, populations (`ENRLFL`, `SAFFL`), last known date, death (with
        `DTHDTF` where its day was not known), end of study.

    References
    ----------
    .. [1] CDISC. Analysis Data Model Implementation Guide v1.3, section 2.3.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.record import About
    >>> derive_adsl(Record(About("DEMO"), {}), parse_protocol(EXAMPLE).plan).height
    0
    """
    people = record["DM"].select(
        "STUDYID",
        "USUBJID",
        "SITEID",
        "AGE",
        "AGEU",
        "SEX",
        "COUNTRY",
        "ARM",
        derive_date("RFICDTC").alias("RFICDT"),
        derive_date("RFENDTC").alias("RFENDT"),
        "DTHDTC",
        "DTHFL",
    )
    parts = (
        _enrolment(record),
        _leukapheresis(record),
        _lymphodepletion(record),
        _infusion(record, protocol),
        _last_known(record),
        _end_of_study(record),
    )
    for part in parts:
        people = people.join(part, on="USUBJID", how="left")
    seen = pl.max_horizontal("LSTALVDT", "RFENDT", *ANCHOR_COLUMNS.values())
    return (
        people.with_columns(seen.alias("LSTALVDT"))
        .with_columns(
            _death().alias("DTHDT"),
            pl.when(pl.col("DTHDTC").is_null() & (pl.col("DTHFL") == "Y"))
            .then(pl.lit("Y"))
            .otherwise(derive_date_flag("DTHDTC"))
            .alias("DTHDTF"),
            _flag(pl.col("ENRLFL").fill_null(value=False)).alias("ENRLFL"),
            _flag(pl.col("TRTSDT").is_not_null()).alias("SAFFL"),
        )
        .with_columns(pl.min_horizontal("LSTALVDT", "DTHDT").alias("LSTALVDT"))
        .drop("DTHDTC")
        .sort("USUBJID")
    )


def _death() -> pl.Expr:
    """Put a death whose day is not known on the first day that it may have been.

    That is not before the last day on which the participant was seen. Without a date at all it is
    that day: nobody who has died is counted as alive.
    """
    first, last = derive_earliest_date("DTHDTC"), derive_latest_date("DTHDTC")
    return (
        pl.when(derive_date("DTHDTC").is_not_null())
        .then(derive_date("DTHDTC"))
        .when(first.is_not_null())
        .then(pl.min_horizontal(last, pl.max_horizontal(first, "LSTALVDT")))
        .when(pl.col("DTHFL") == "Y")
        .then(pl.col("LSTALVDT"))
    )


def _flag(condition: pl.Expr) -> pl.Expr:
    return pl.when(condition).then(pl.lit("Y")).otherwise(pl.lit("N"))


def _enrolment(record: Record) -> pl.DataFrame:
    """Take the date of enrolment; who was enrolled on an unknown day was enrolled."""
    return (
        record["DS"]
        .filter((pl.col("DSCAT") == MILESTONE) & (pl.col("DSDECOD") == "ENROLLED"))
        .group_by("USUBJID")
        .agg(
            derive_date("DSSTDTC").min().alias("ENRLDT"),
            pl.lit(value=True).first().alias("ENRLFL"),
        )
    )


def _leukapheresis(record: Record) -> pl.DataFrame:
    return (
        record["PR"]
        .filter(pl.col("PRDECOD") == "LEUKAPHERESIS")
        .group_by("USUBJID")
        .agg(derive_date("PRSTDTC").min().alias("LEUKDT"))
    )


def _lymphodepletion(record: Record) -> pl.DataFrame:
    return (
        record["EX"]
        .filter(pl.col("EXCAT") == "LYMPHODEPLETION")
        .group_by("USUBJID")
        .agg(derive_date("EXSTDTC").min().alias("LDSDT"))
    )


def _infusion(record: Record, protocol: Protocol) -> pl.DataFrame:
    """Take the first infusion, with its level's name from the plan."""
    dosing = protocol.dosing
    numbers = range(1, len(dosing.levels) + 1) if dosing else ()
    names = {number: dosing.label(number) for number in numbers if dosing}
    return (
        record["EX"]
        .filter(pl.col("EXCAT") == "CELL INFUSION")
        .with_columns(derive_date("EXSTDTC").alias("TRTSDT"))
        .sort("EXSTDTC", maintain_order=True)
        .group_by("USUBJID", maintain_order=True)
        .agg(
            pl.col("TRTSDT").first(),
            pl.col("TRTSDT").last().alias("TRTEDT"),
            derive_moment("EXSTDTC").first().alias("TRTSDTM"),
            pl.col("EXLEVEL").first().alias("LEVELN"),
            pl.col("EXCOHORT").first().alias("COHORTN"),
            pl.col("EXDOSE").first().alias("DOSE"),
            pl.col("EXDOSU").first().alias("DOSEU"),
        )
        .with_columns(
            pl.col("LEVELN")
            .replace_strict(names, default=None, return_dtype=pl.String)
            .alias("LEVEL")
        )
    )


def _last_known(record: Record) -> pl.DataFrame:
    """Take the last date on which anything was seen of a participant."""
    dates = [
        record[domain].select("USUBJID", derive_date(column).alias("LSTALVDT"))
        for domain, column in (
            ("SV", "SVSTDTC"),
            ("LB", "LBDTC"),
            ("PC", "PCDTC"),
            ("RS", "RSDTC"),
            ("QS", "QSDTC"),
            ("VS", "VSDTC"),
            ("AE", "AESTDTC"),
            ("AE", "AEENDTC"),
            ("EX", "EXSTDTC"),
            ("PR", "PRSTDTC"),
        )
    ]
    return pl.concat(dates).group_by("USUBJID").agg(pl.col("LSTALVDT").max())


def _end_of_study(record: Record) -> pl.DataFrame:
    return (
        record["DS"]
        .filter(pl.col("DSCAT") == DISPOSITION)
        .sort("DSSTDTC", maintain_order=True)
        .group_by("USUBJID", maintain_order=True)
        .agg(
            pl.col("DSDECOD").last().alias("EOSSTT"),
            derive_date("DSSTDTC").last().alias("EOSDT"),
        )
    )
