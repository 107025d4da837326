"""ADLB: laboratory values and performance status by visit, with baseline and change."""

import polars as pl

from protocyte.derivation.baseline import derive_baseline
from protocyte.derivation.moment import derive_date
from protocyte.record import Record


def derive_adlb(record: Record, *, adsl: pl.DataFrame) -> pl.DataFrame:
    """Derive the laboratory data set, ECOG performance status included.

    Parameters
    ----------
    record : Record
        What happened.
    adsl : polars.DataFrame
        The participant-level data set.

    Returns
    -------
    polars.DataFrame
        One row a participant, parameter and sample: `AVAL` [`AVALU`], limits of normal, baseline,
        change, visit, and the row it came from.

    Examples
    --------
    >>> from protocyte.derivation import derive_adsl
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.record import About
    >>> record = Record(About("DEMO"), {})
    >>> derive_adlb(record, adsl=derive_adsl(record, parse_protocol(EXAMPLE).plan)).height
    0
    """
    laboratory = record["LB"].select(
        "USUBJID",
        pl.col("LBTESTCD").alias("PARAMCD"),
        pl.col("LBTEST").alias("PARAM"),
        pl.col("LBSTRESN").alias("AVAL"),
        pl.col("LBSTRESU").alias("AVALU"),
        pl.col("LBSTNRLO").alias("ANRLO"),
        pl.col("LBSTNRHI").alias("ANRHI"),
        derive_date("LBDTC").alias("ADT"),
        "VISIT",
        pl.lit("LB").alias("SRCDOM"),
        pl.col("LBSEQ").alias("SRCSEQ"),
    )
    performance = (
        record["RS"]
        .filter(pl.col("RSTESTCD") == "ECOG")
        .select(
            "USUBJID",
            pl.lit("ECOG").alias("PARAMCD"),
            pl.col("RSTEST").alias("PARAM"),
            pl.col("RSSTRESN").alias("AVAL"),
            pl.lit(None, pl.String).alias("AVALU"),
            pl.lit(None, pl.Float64).alias("ANRLO"),
            pl.lit(None, pl.Float64).alias("ANRHI"),
            derive_date("RSDTC").alias("ADT"),
            "VISIT",
            pl.lit("RS").alias("SRCDOM"),
            pl.col("RSSEQ").alias("SRCSEQ"),
        )
    )
    return derive_baseline(pl.concat([laboratory, performance]).drop_nulls("ADT"), adsl=adsl)
