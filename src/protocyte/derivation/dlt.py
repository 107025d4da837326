"""Dose-limiting toxicity a participant, by the protocol's own words, with the rows that decided."""

from datetime import date, timedelta

import polars as pl

from protocyte.derivation.moment import derive_date_after
from protocyte.protocol.plan import Protocol
from protocyte.protocol.toxicity import ToxicityClause
from protocyte.standards.adverse_event import TERMS


def derive_dlt(
    protocol: Protocol, *, adsl: pl.DataFrame, adae: pl.DataFrame, at: date
) -> pl.DataFrame:
    """Derive who had a dose-limiting toxicity, who had none, and who is still watched.

    An event whose end is not known lasts at least until `at`. An event without a statement on its
    relation to the product counts as related.

    Parameters
    ----------
    protocol : Protocol
        The plan; its dosing chapter defines dose-limiting toxicity.
    adsl : polars.DataFrame
        The participant-level data set.
    adae : polars.DataFrame
        The adverse-event data set.
    at : date
        The day of looking.

    Returns
    -------
    polars.DataFrame
        One row an infused participant: `LEVELN`, `DLTFL` (Y, N, null while watched or not
        evaluable), `DLTEVAL` (evaluable, pending, not evaluable), `DLTREASON` (the clause and event
        that decided), `DLTSRCSEQ` (`AESEQ` of that event), `DLTENDT` (end of the window). Without
        a definition in the protocol nobody is evaluable.

    Examples
    --------
    >>> from protocyte.derivation import derive_adae, derive_adsl
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.record import About, Record
    >>> plan, record = parse_protocol(EXAMPLE).plan, Record(About("DEMO"), {})
    >>> adsl = derive_adsl(record, plan)
    >>> adae = derive_adae(record, plan, adsl=adsl)
    >>> derive_dlt(plan, adsl=adsl, adae=adae, at=date(2026, 3, 1)).height
    0
    """
    infused = adsl.filter(pl.col("TRTSDT").is_not_null() & (pl.col("TRTSDT") <= at))
    definition = protocol.dosing.dlt if protocol.dosing else None
    if definition is None:
        return infused.select("USUBJID", "LEVELN", "COHORTN", "TRTSDT").with_columns(
            pl.lit(None, pl.String).alias("DLTFL"),
            pl.lit("not evaluable").alias("DLTEVAL"),
            pl.lit("the protocol does not define dose-limiting toxicity").alias("DLTREASON"),
            pl.lit(None, pl.Int64).alias("DLTSRCSEQ"),
            pl.lit(None, pl.Date).alias("DLTENDT"),
        )
    end = derive_date_after(pl.col("TRTSDT"), definition.window)
    events = adae.filter(pl.col("ASTDT").is_between("TRTSDT", end) & (pl.col("ASTDT") <= at))
    if definition.attribution == "related to the product":
        events = events.filter(pl.col("AEREL").is_null() | (pl.col("AEREL") == "Y"))
    first = _deciding(events, definition.is_, at)
    return (
        infused.select("USUBJID", "LEVELN", "COHORTN", "TRTSDT", "LSTALVDT", "EOSDT", "DTHDT")
        .join(first, on="USUBJID", how="left")
        .with_columns(end.alias("DLTENDT"))
        .with_columns(_evaluable(at).alias("DLTEVAL"))
        .with_columns(
            pl.when(pl.col("DLTREASON").is_not_null())
            .then(pl.lit("Y"))
            .when(pl.col("DLTEVAL") == "evaluable")
            .then(pl.lit("N"))
            .alias("DLTFL")
        )
        .select(
            "USUBJID",
            "LEVELN",
            "COHORTN",
            "TRTSDT",
            "DLTENDT",
            "DLTFL",
            "DLTEVAL",
            "DLTREASON",
            "DLTSRCSEQ",
        )
        .sort("TRTSDT", "USUBJID")
    )


def _evaluable(at: date) -> pl.Expr:
    """Tell who has been watched long enough, or has had a toxicity."""
    left = pl.min_horizontal("EOSDT", "DTHDT")
    return (
        pl.when(pl.col("DLTREASON").is_not_null())
        .then(pl.lit("evaluable"))
        .when(left.is_not_null() & (left <= at) & (left < pl.col("DLTENDT")))
        .then(pl.lit("not evaluable"))
        .when(pl.col("DLTENDT") <= at)
        .then(pl.lit("evaluable"))
        .otherwise(pl.lit("pending"))
    )


def _deciding(events: pl.DataFrame, clauses: tuple[ToxicityClause, ...], at: date) -> pl.DataFrame:
    """Keep of each participant the first event that meets a clause, with the clause."""
    hits = [
        events.filter(_meets(clause, at)).select(
            "USUBJID",
            "ASTDT",
            pl.col("AESEQ").alias("DLTSRCSEQ"),
            (
                pl.format(
                    "{} grade {} from {}", "AEDECOD", "ATOXGRN", pl.col("ASTDT").dt.to_string()
                )
                + f" ({clause})"
            ).alias("DLTREASON"),
        )
        for clause in clauses
    ]
    return (
        pl.concat(hits)
        .sort("ASTDT", "DLTSRCSEQ", maintain_order=True)
        .group_by("USUBJID", maintain_order=True)
        .first()
        .drop("ASTDT")
    )


def _meets(clause: ToxicityClause, at: date) -> pl.Expr:
    meets = _named(clause.term) & (pl.col("ATOXGRN") >= clause.grade)
    if clause.lasting is None:
        return meets
    needed = clause.lasting.nominal_days
    days = (pl.coalesce("AENDT", pl.lit(at)) - pl.col("ASTDT") + timedelta(days=1)).dt.total_days()
    return meets & (days > needed if clause.longer else days >= needed)


def _named(term: str) -> pl.Expr:
    match term:
        case "AE":
            return pl.lit(value=True)
        case "non-haematological AE":
            return pl.col("HAEMFL") == "N"
        case "haematological AE":
            return pl.col("HAEMFL") == "Y"
        case "infection":
            return pl.col("AESI") == "infection"
        case _:
            name = TERMS[term].name if term in TERMS else term
            return pl.col("AEDECOD").str.to_lowercase() == name.lower()
