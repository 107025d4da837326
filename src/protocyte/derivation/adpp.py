"""ADPC and ADPP: concentrations of CAR-T cells since the infusion, and their parameters."""

from typing import Final

import polars as pl

from protocyte.derivation.noncompartmental import (
    AucMeaning,
    BlqRule,
    CellKinetics,
    derive_noncompartmental,
)
from protocyte.record import Record

_SECONDS_A_DAY: Final = 86_400
_MINUTES: Final = len("2000-01-01T00:00")


def derive_adpc(record: Record, *, adsl: pl.DataFrame) -> pl.DataFrame:
    """Derive the samples of CAR-T cells, each with its time since the infusion.

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
        quantification), `LLOQ` [`AVALU`], `ADAYS` [d] since the first infusion from actual dates.

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
    below = pl.col("PCSTRESC").str.starts_with("<") | (
        pl.col("PCSTRESN").is_not_null() & (pl.col("PCSTRESN") < pl.col("PCLLOQ"))
    ).fill_null(value=False)
    return (
        record["PC"]
        .join(adsl.select("USUBJID", "TRTSDT", "LEVELN", "LEVEL"), on="USUBJID", how="left")
        .filter(pl.col("PCDTC").is_not_null() & pl.col("TRTSDT").is_not_null())
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
    """Count whole days by date; the time of day adds its fraction where it was recorded."""
    day = pl.col("PCDTC").str.slice(0, len("2000-01-01")).str.to_date("%Y-%m-%d", strict=False)
    clock = pl.col("PCDTC").str.slice(0, _MINUTES).str.to_datetime("%Y-%m-%dT%H:%M", strict=False)
    fraction = (clock - day.cast(pl.Datetime)).dt.total_seconds() / _SECONDS_A_DAY
    return (day - pl.col("TRTSDT")).dt.total_days() + fraction.fill_null(0.0)


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
        unit = next((u for u in profile["AVALU"].to_list() if u), "")
        kinetics = derive_noncompartmental(
            profile["ADAYS"].to_list(),
            profile["AVAL"].to_list(),
            (profile["BLQFL"] == "Y").to_list(),
            blq_rule=blq_rule,
            auc_meaning=auc_meaning,
            unit=unit,
        )
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
