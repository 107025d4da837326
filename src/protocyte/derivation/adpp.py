"""ADPC and ADPP: concentrations of CAR-T cells since the infusion, and their parameters."""

from typing import Final

import polars as pl

from protocyte.derivation.moment import derive_date, derive_moment
from protocyte.derivation.noncompartmental import (
    AucMeaning,
    BlqRule,
    CellKinetics,
    derive_noncompartmental,
)
from protocyte.errors import RecordError
from protocyte.record import Record

_SECONDS_A_DAY: Final = 86_400
#: What laboratories write for "below the limit of quantification", besides "<50".
_BELOW: Final = ("BLQ", "BLOQ", "BQL", "BLLOQ")


def derive_adpc(record: Record, *, adsl: pl.DataFrame) -> pl.DataFrame:
    """Derive the blood samples of CAR-T cells, each with its time since the infusion.

    Samples of other specimens, such as marrow, have a course of their own and are left out.

    Parameters
    ----------
    record : Record
        What happened.
    adsl : polars.DataFrame
        The participant-level data set.

    Returns
    -------
    polars.DataFrame
        One row a sample: `PARAMCD`, `PARAM`, `AVAL` [`AVALU`], `BLQFL` (Y below the limit of
        quantification), `LLOQ` [`AVALU`], `ADAYS` [d] since the first infusion from actual dates,
        with the time of day where it was recorded of both.

    Examples
    --------
    >>> from protocyte.derivation import derive_adsl
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.record import About
    >>> record = Record(About("DEMO"), {})
    >>> derive_adpc(record, adsl=derive_adsl(record, parse_protocol(EXAMPLE).plan)).height
    0
    """
    text = pl.col("PCSTRESC").str.strip_chars().str.to_uppercase()
    below = text.str.starts_with("<") | text.is_in(_BELOW)
    below = below.fill_null(value=False) | (pl.col("PCSTRESN") < pl.col("PCLLOQ"))
    in_blood = pl.col("PCSPEC").str.to_uppercase().str.contains("BLOOD|PBMC")
    return (
        record["PC"]
        .join(
            adsl.select("USUBJID", "TRTSDT", "TRTSDTM", "LEVELN", "LEVEL"),
            on="USUBJID",
            how="left",
        )
        .filter(in_blood.fill_null(value=True))
        .select(
            "USUBJID",
            "LEVELN",
            "LEVEL",
            pl.col("PCTESTCD").alias("PARAMCD"),
            pl.col("PCTEST").alias("PARAM"),
            pl.col("PCSTRESN").alias("AVAL"),
            pl.coalesce("PCSTRESU", "PCORRESU").alias("AVALU"),
            pl.when(below.fill_null(value=False))
            .then(pl.lit("Y"))
            .otherwise(pl.lit("N"))
            .alias("BLQFL"),
            pl.col("PCLLOQ").alias("LLOQ"),
            _days_since_infusion().alias("ADAYS"),
            "VISIT",
            pl.lit("PC").alias("SRCDOM"),
            pl.col("PCSEQ").alias("SRCSEQ"),
        )
        .filter(pl.col("ADAYS").is_not_null())
        .sort("USUBJID", "PARAMCD", "ADAYS")
    )


def _days_since_infusion() -> pl.Expr:
    """Count from time of day to time of day where both were recorded.

    Otherwise days are counted by date; the sample's time of day adds its fraction, so that two
    samples of one day stay apart.
    """
    day, moment = derive_date("PCDTC"), derive_moment("PCDTC")
    elapsed = (moment - pl.col("TRTSDTM")).dt.total_seconds() / _SECONDS_A_DAY
    clock = (moment - day.cast(pl.Datetime)).dt.total_seconds() / _SECONDS_A_DAY
    fraction = pl.when(pl.col("TRTSDTM").is_null()).then(clock).fill_null(0.0)
    return pl.coalesce(elapsed, (day - pl.col("TRTSDT")).dt.total_days() + fraction)


def derive_adpp(
    adpc: pl.DataFrame,
    *,
    blq_rule: BlqRule = "first_keep_middle_drop_last_keep",
    auc_meaning: AucMeaning = "aucint.last",
) -> pl.DataFrame:
    """Derive the non-compartmental parameters of each participant.

    Parameters
    ----------
    adpc : polars.DataFrame
        Samples with their times.
    blq_rule : str
        What a value below the limit of quantification counts as.
    auc_meaning : str
        How an area ends when sampling does not.

    Returns
    -------
    polars.DataFrame
        One row a participant, analyte and parameter: `PARAMCD` (Cmax, Tmax, AUC0-28d, AUC0-90d,
        Clast, Tlast, half-life), `AVAL` [`AVALU`], null with a reason in `AVALCAT`.

    Raises
    ------
    RecordError
        If samples of one profile have two units, contradict each other, or are no measurements.

    Examples
    --------
    >>> adpc = pl.DataFrame({"USUBJID": ["1"] * 3, "LEVELN": [1] * 3, "LEVEL": ["Level 1"] * 3,
    ...     "PARAMCD": ["CAR"] * 3, "PARAM": ["CAR-T cells"] * 3, "AVAL": [5.0, 900.0, 90.0],
    ...     "AVALU": ["copies/ug"] * 3, "BLQFL": ["N"] * 3, "ADAYS": [0.0, 10.0, 28.0]})
    >>> derive_adpp(adpc).filter(pl.col("PARAMCD") == "Cmax")["AVAL"].item()
    900.0
    """
    rows = []
    for (person, analyte), profile in adpc.group_by(["USUBJID", "PARAMCD"], maintain_order=True):
        units = profile["AVALU"].drop_nulls().unique().sort().to_list()
        if len(units) > 1:
            raise RecordError(
                f"{analyte} of {person} is recorded in {' and '.join(units)}; record one unit a "
                "test, because they cannot be converted into each other."
            )
        unit = units[0] if units else ""
        try:
            kinetics = derive_noncompartmental(
                profile["ADAYS"].to_list(),
                profile["AVAL"].to_list(),
                (profile["BLQFL"] == "Y").to_list(),
                blq_rule=blq_rule,
                auc_meaning=auc_meaning,
                unit=unit,
            )
        except RecordError as error:
            raise RecordError(f"{analyte} of {person}: {error}") from error
        shared = {
            "USUBJID": person,
            "LEVELN": profile["LEVELN"][0],
            "LEVEL": profile["LEVEL"][0],
            "ANALYTE": analyte,
        }
        rows += [shared | row for row in _parameters(kinetics, unit)]
    return pl.DataFrame(
        rows,
        schema={
            "USUBJID": pl.String,
            "LEVELN": pl.Int64,
            "LEVEL": pl.String,
            "ANALYTE": pl.String,
            "PARAMCD": pl.String,
            "AVAL": pl.Float64,
            "AVALU": pl.String,
            "AVALCAT": pl.String,
        },
    )


def _parameters(kinetics: CellKinetics, unit: str) -> list[dict[str, str | float | None]]:
    month, quarter = kinetics.intervals
    values: list[tuple[str, float | None, str, str]] = [
        ("Cmax", kinetics.cmax, unit, "cmax"),
        ("Tmax", kinetics.tmax, "d", "tmax"),
        ("AUC0-28d", month.auc, f"{unit}·d", ""),
        ("AUC0-90d", quarter.auc, f"{unit}·d", ""),
        ("Clast", kinetics.clast, unit, "clast"),
        ("Tlast", kinetics.tlast, "d", "tlast"),
        ("half-life", kinetics.terminal.half_life, "d", "half_life"),
    ]
    reasons = dict(kinetics.reasons) | {"AUC0-28d": month.reason, "AUC0-90d": quarter.reason}
    rows: list[dict[str, str | float | None]] = []
    for name, value, measured_in, key in values:
        why = reasons.get(key or name, "")
        if name == "Tlast" and kinetics.tlast_censored:
            why = "still detectable at the last sample"
        rows.append({"PARAMCD": name, "AVAL": value, "AVALU": measured_in, "AVALCAT": why or None})
    return rows
