"""Dose-limiting toxicity a participant, by the protocol's own words, with the rows that decided."""

from datetime import date

import polars as pl

from protocyte.derivation.adsl import ANCHOR_COLUMNS
from protocyte.derivation.moment import derive_date_after
from protocyte.protocol.plan import Protocol
from protocyte.protocol.toxicity import ToxicityClause
from protocyte.standards.adverse_event import TERMS


def derive_dlt(
    protocol: Protocol, *, adsl: pl.DataFrame, adae: pl.DataFrame, at: date
) -> pl.DataFrame:
    """Derive who had a dose-limiting toxicity, who had none, and who is still watched.

    An event whose end is not known lasts at least until `at`, until the participant left, or until
    death. Where a grade, a start or an end that is not known could make a toxicity, it stays open.
    An event without a statement on its relation to the product counts as related.

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
        One row an infused participant: `LEVELN`, `DLTFL` (Y, N, null while open or not evaluable),
        `DLTEVAL` (evaluable, pending, not evaluable), `DLTREASON` (the clause and event that
        decided, or that is still open), `DLTSRCSEQ` (`AESEQ` of that event), `DLTENDT` (end of the
        window). Without a definition in the protocol nobody is evaluable.

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
    anchor = pl.coalesce(ANCHOR_COLUMNS[definition.anchor], "TRTSDT")
    watched = infused.with_columns(
        anchor.alias("_from"), derive_date_after(anchor, definition.window).alias("DLTENDT")
    )
    events = adae.join(
        watched.select("USUBJID", "_from", "DLTENDT", "EOSDT", "DTHDT"), on="USUBJID"
    )
    inside = pl.col("ASTDT").is_between("_from", "DLTENDT") & (pl.col("ASTDT") <= at)
    ended_before = pl.col("ASTDT").is_null() & (pl.col("AENDT") < pl.col("_from"))
    events = events.with_columns(inside.alias("_inside")).filter(
        _may_be(pl.col("_inside")) & _may_be(~ended_before)
    )
    if definition.attribution == "related to the product":
        events = events.filter(pl.col("AEREL").is_null() | (pl.col("AEREL") == "Y"))
    return (
        watched.join(_deciding(events, definition.is_, at), on="USUBJID", how="left")
        .with_columns(_evaluable(at).alias("DLTEVAL"))
        .with_columns(
            pl.when(pl.col("_met"))
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


def _may_be(condition: pl.Expr) -> pl.Expr:
    """Tell whether something is so, or is not known."""
    return condition.fill_null(value=True)


def _evaluable(at: date) -> pl.Expr:
    """Tell who has had a toxicity, or has been watched long enough to have had none."""
    left = pl.min_horizontal("EOSDT", "DTHDT")
    is_open = pl.col("DLTREASON").is_not_null() & pl.col("_met").is_null()
    has_left = (left <= at).fill_null(value=False)
    return (
        pl.when(pl.col("_met"))
        .then(pl.lit("evaluable"))
        .when(has_left & ((left < pl.col("DLTENDT")) | is_open))
        .then(pl.lit("not evaluable"))
        .when((pl.col("DLTENDT") <= at) & ~is_open)
        .then(pl.lit("evaluable"))
        .otherwise(pl.lit("pending"))
    )


def _deciding(events: pl.DataFrame, clauses: tuple[ToxicityClause, ...], at: date) -> pl.DataFrame:
    """Keep of each participant the first event that meets a clause, or that may still meet one."""
    grade = pl.col("ATOXGRN").cast(pl.String).fill_null("not recorded")
    start = pl.col("ASTDT").dt.to_string().fill_null("an unknown day")
    is_open = pl.when(pl.col("_met").is_null()).then(pl.lit("still open: ")).otherwise(pl.lit(""))
    judged = [
        events.with_columns((pl.col("_inside") & derive_clause_met(clause, at=at)).alias("_met"))
        .filter(_may_be(pl.col("_met")))
        .select(
            "USUBJID",
            "_met",
            "ASTDT",
            pl.col("AESEQ").alias("DLTSRCSEQ"),
            pl.format(
                "{}{} grade {} from {} ({})", is_open, "AEDECOD", grade, start, pl.lit(str(clause))
            ).alias("DLTREASON"),
        )
        for clause in clauses
    ]
    return (
        pl.concat(judged)
        .sort("_met", "ASTDT", "DLTSRCSEQ", nulls_last=True, maintain_order=True)
        .group_by("USUBJID", maintain_order=True)
        .first()
        .drop("ASTDT")
    )


def derive_clause_met(clause: ToxicityClause, *, at: date) -> pl.Expr:
    """Tell whether an event meets a clause, whenever it began.

    Parameters
    ----------
    clause : ToxicityClause
        A term, a lowest grade, and perhaps how long it must last.
    at : date
        The day of looking.

    Returns
    -------
    polars.Expr
        Over rows of `ADAE` with `EOSDT` and `DTHDT`: true or false; null where that is not known,
        or not known yet.

    Examples
    --------
    >>> clause = ToxicityClause.read("AE >= 3")
    >>> frame = pl.DataFrame({"ATOXGRN": [2, 4, None]}, schema={"ATOXGRN": pl.Int64})
    >>> frame.select(derive_clause_met(clause, at=date(2026, 3, 1))).to_series().to_list()
    [False, True, None]
    """
    meets = _named(clause.term) & (pl.col("ATOXGRN") >= clause.grade)
    if clause.lasting is None:
        return meets
    needed = clause.lasting.nominal_days

    def is_long(until: pl.Expr) -> pl.Expr:
        days = (until - pl.col("ASTDT")).dt.total_days() + 1
        return days > needed if clause.longer else days >= needed

    ended = pl.coalesce("AENDT", "DTHDT")
    so_far = pl.min_horizontal(pl.lit(at), "EOSDT")
    long_enough = (
        pl.when(ended.is_not_null())
        .then(is_long(ended))
        .when(is_long(so_far))
        .then(pl.lit(value=True))
    )
    return meets & long_enough


def _named(term: str) -> pl.Expr:
    match term:
        case "AE":
            return pl.lit(value=True)
        case "non-haematological AE":
            return pl.col("HAEMFL") == "N"
        case "haematological AE":
            return pl.col("HAEMFL") == "Y"
        case "infection":
            return (pl.col("AESI") == "infection").fill_null(value=False)
        case _:
            name = TERMS[term].name if term in TERMS else term
            return pl.col("AEDECOD").str.to_lowercase() == name.lower()
