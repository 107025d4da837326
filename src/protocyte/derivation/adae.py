"""ADAE: adverse events with dates, the treatment-emergent flag and the grade that counts."""

from typing import Final

import polars as pl

from protocyte.derivation.adsl import ANCHOR_COLUMNS
from protocyte.derivation.moment import (
    derive_date,
    derive_date_after,
    derive_date_flag,
    derive_earliest_date,
    derive_latest_date,
)
from protocyte.protocol.endpoint import AdverseEventEndpoint
from protocyte.protocol.plan import Protocol
from protocyte.protocol.safety import TreatmentEmergent
from protocyte.record import Record
from protocyte.standards.adverse_event import (
    COUNT_TERMS,
    HAEMATOLOGICAL_CLASS,
    INFECTION_CLASS,
    TERMS,
)

_INTERESTS: Final = {term.name.lower(): term.short for term in TERMS.values()}
_COUNTS: Final = [term.lower() for term in COUNT_TERMS]


def derive_adae(record: Record, protocol: Protocol, *, adsl: pl.DataFrame) -> pl.DataFrame:
    """Derive the adverse-event data set.

    Of a partial date the span of days that it may mean decides, in favour of counting: an event
    that may have begun on or after the infusion is treatment-emergent unless it ended before.

    Parameters
    ----------
    record : Record
        What happened.
    protocol : Protocol
        The plan; its safety chapter says when an event is treatment-emergent.
    adsl : polars.DataFrame
        The participant-level data set.

    Returns
    -------
    polars.DataFrame
        One row an event: start and end (`ASTDT`, `AENDT`, with `ASTDTF`, `AENDTF`), study days,
        duration [d], grade (`ATOXGRN`), treatment-emergent flag (`TRTEMFL`), the period in which it
        began (`APERIODC`), special interest (`AESI`), haematological (`HAEMFL`).

    References
    ----------
    .. [1] PHUSE WP-087. Treatment emergent definitions recommendations, 2024.

    Examples
    --------
    >>> from protocyte.derivation import derive_adsl
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.record import About
    >>> plan, record = parse_protocol(EXAMPLE).plan, Record(About("DEMO"), {})
    >>> derive_adae(record, plan, adsl=derive_adsl(record, plan)).height
    0
    """
    people = adsl.select("USUBJID", "LEVELN", "LEVEL", *ANCHOR_COLUMNS.values(), "LSTALVDT")
    window = protocol.safety.treatment_emergent
    return (
        record["AE"]
        .join(people, on="USUBJID", how="left")
        .with_columns(
            derive_earliest_date("AESTDTC").alias("_first"),
            derive_latest_date("AESTDTC").alias("_last"),
            derive_latest_date("AEENDTC").alias("_end"),
            derive_date_flag("AESTDTC").alias("ASTDTF"),
            derive_date_flag("AEENDTC").alias("AENDTF"),
            pl.col("AETOXGR").cast(pl.Int64).alias("ATOXGRN"),
        )
        .with_columns(_start().alias("ASTDT"), _end().alias("AENDT"))
        .with_columns(
            _study_day("ASTDT").alias("ASTDY"),
            _study_day("AENDT").alias("AENDY"),
            ((pl.col("AENDT") - pl.col("ASTDT")).dt.total_days() + 1).alias("ADURN"),
            _treatment_emergent(window).alias("TRTEMFL"),
            _period().alias("APERIODC"),
            _interest().alias("AESI"),
            _haematological().alias("HAEMFL"),
        )
        .drop("_first", "_last", "_end")
        .sort("USUBJID", "AESEQ")
    )


def derive_counted_events(
    endpoint: AdverseEventEndpoint, *, adsl: pl.DataFrame, adae: pl.DataFrame
) -> pl.DataFrame:
    """Keep the adverse events that an endpoint counts.

    Parameters
    ----------
    endpoint : AdverseEventEndpoint
        Which events, from which anchor, until when.
    adsl : polars.DataFrame
        The participant-level data set.
    adae : polars.DataFrame
        The adverse-event data set.

    Returns
    -------
    polars.DataFrame
        Rows of ADAE; an event whose start is not known at all is kept.

    Examples
    --------
    >>> from protocyte.derivation import derive_adsl
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.record import About
    >>> plan, record = parse_protocol(EXAMPLE).plan, Record(About("DEMO"), {})
    >>> adsl = derive_adsl(record, plan)
    >>> adae = derive_adae(record, plan, adsl=adsl)
    >>> derive_counted_events(plan.endpoints.primary["teae"], adsl=adsl, adae=adae).height
    0
    """
    anchor = adsl.select("USUBJID", pl.col(ANCHOR_COLUMNS[endpoint.anchor]).alias("_from"))
    events = adae.join(anchor, on="USUBJID")
    unknown = pl.col("ASTDT").is_null()
    if endpoint.of == "treatment-emergent":
        events = events.filter(pl.col("TRTEMFL") == "Y")
    else:
        since = unknown | (pl.col("ASTDT") >= pl.col("_from"))
        events = events.filter((pl.col("AESI") == endpoint.of) & since)
    if endpoint.until is not None:
        last = derive_date_after(pl.col("_from"), endpoint.until)
        events = events.filter(unknown | (pl.col("ASTDT") <= last))
    if endpoint.related:
        events = events.filter(pl.col("AEREL") == "Y")
    return events.drop("_from")


def _start() -> pl.Expr:
    """Impute a partial start to the infusion where it may be that day, else to the first day."""
    may_be_infusion = pl.col("TRTSDT").is_between("_first", "_last")
    return (
        pl.when(derive_date_flag("AESTDTC").is_null())
        .then(derive_date("AESTDTC"))
        .when(may_be_infusion)
        .then(pl.col("TRTSDT"))
        .otherwise(pl.col("_first"))
    )


def _end() -> pl.Expr:
    """Impute a partial end to its last day, not beyond the last known date if it may be earlier."""
    known = pl.min_horizontal("_end", "LSTALVDT")
    return (
        pl.when(derive_date_flag("AEENDTC").is_null())
        .then(derive_date("AEENDTC"))
        .otherwise(pl.max_horizontal(known, derive_earliest_date("AEENDTC")))
    )


def _study_day(column: str) -> pl.Expr:
    days = (pl.col(column) - pl.col("TRTSDT")).dt.total_days()
    return pl.when(days >= 0).then(days + 1).otherwise(days)


def _treatment_emergent(window: TreatmentEmergent | None) -> pl.Expr:
    """Decide by the first line that applies, as analysis plans word it."""
    treated = pl.col(ANCHOR_COLUMNS[window.anchor if window else "infusion"])
    ended_before = pl.col("_end").is_not_null() & (pl.col("_end") < treated)
    may_start_after = pl.col("_last") >= treated
    in_window = pl.lit(value=True)
    worsened = pl.lit(value=True)
    if window is not None:
        in_window = pl.col("_first") <= derive_date_after(treated, window.until)
        worsened = pl.lit(value=window.worsened)
    before = pl.col("AEBGR").cast(pl.Int64)
    grew = before.is_null() | pl.col("ATOXGRN").is_null() | (before < pl.col("ATOXGRN"))
    return (
        pl.when(treated.is_null() | ended_before)
        .then(None)
        .when(pl.col("_first").is_null())
        .then(pl.lit("Y"))
        .when(may_start_after & in_window)
        .then(pl.lit("Y"))
        .when(~may_start_after & grew & worsened)
        .then(pl.lit("Y"))
    )


def _period() -> pl.Expr:
    start = pl.col("ASTDT")
    return (
        pl.when(start >= pl.col("TRTSDT"))
        .then(pl.lit("from infusion"))
        .when(start >= pl.col("LDSDT"))
        .then(pl.lit("lymphodepletion"))
        .when(start >= pl.col("LEUKDT"))
        .then(pl.lit("from leukapheresis"))
        .when(start.is_not_null())
        .then(pl.lit("before treatment"))
    )


def _interest() -> pl.Expr:
    term = pl.col("AEDECOD").str.to_lowercase()
    named = term.replace_strict(_INTERESTS, default=None, return_dtype=pl.String)
    return (
        pl.when(named.is_not_null())
        .then(named)
        .when(_is_of_class(INFECTION_CLASS))
        .then(pl.lit("infection"))
        .when(term.is_in(_COUNTS))
        .then(pl.lit("cytopenia"))
    )


def _haematological() -> pl.Expr:
    """Vectorised form of `standards.adverse_event.classify_haematological`."""
    counted = pl.col("AEDECOD").str.to_lowercase().is_in(_COUNTS)
    return (
        pl.when(_is_of_class(HAEMATOLOGICAL_CLASS) | counted)
        .then(pl.lit("Y"))
        .otherwise(pl.lit("N"))
    )


def _is_of_class(system: str) -> pl.Expr:
    same = pl.col("AEBODSYS").str.to_lowercase() == system.lower()
    return same.fill_null(value=False)
