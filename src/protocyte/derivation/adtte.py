"""ADTTE: time from an anchor to the first of some events, or to the reason why it was not seen."""

import polars as pl

from protocyte.derivation.adrs import BEST_FIRST, FAILURES
from protocyte.derivation.adsl import ANCHOR_COLUMNS
from protocyte.derivation.moment import derive_date
from protocyte.protocol.endpoint import TimeToEventEndpoint
from protocyte.record import Record

#: Category of medication and of procedure that mark the end of observation.
NEW_THERAPY = "NEW ANTICANCER THERAPY"
TRANSPLANT = "HAEMATOPOIETIC STEM CELL TRANSPLANTATION"


def derive_adtte(
    name: str,
    endpoint: TimeToEventEndpoint,
    *,
    record: Record,
    adsl: pl.DataFrame,
    adrs: pl.DataFrame,
    responders: tuple[str, ...] = (),
) -> pl.DataFrame:
    """Derive the time to an endpoint event.

    Parameters
    ----------
    name : str
        Name of the endpoint; it becomes `PARAMCD`.
    endpoint : TimeToEventEndpoint
        Anchor, endpoint events, and intercurrent events that end observation.
    record : Record
        What happened.
    adsl : polars.DataFrame
        The participant-level data set.
    adrs : polars.DataFrame
        Response at each assessment.
    responders : tuple of str, optional
        Categories that count as response, for time since the first response.

    Returns
    -------
    polars.DataFrame
        One row a participant whose clock started: `STARTDT`, `ADT`, `AVAL` [d] (the first day is
        day 1), `CNSR` (0 event, 1 end of observation, 2 intercurrent event), `EVNTDESC`.

    References
    ----------
    .. [1] CDISC. ADaM Basic Data Structure for Time-to-Event Analyses v1.0.
    .. [2] FDA. Clinical trial endpoints for the approval of cancer drugs and biologics, 2018;
       appendix on progression-free survival: censoring at the last assessment before new therapy.

    Examples
    --------
    >>> from protocyte.derivation import derive_adrs, derive_adsl
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.record import About
    >>> plan, record = parse_protocol(EXAMPLE).plan, Record(About("DEMO"), {})
    >>> adsl = derive_adsl(record, plan)
    >>> adrs = derive_adrs(record, adsl=adsl)
    >>> survival = plan.endpoints.secondary["os"]
    >>> derive_adtte("os", survival, record=record, adsl=adsl, adrs=adrs).height
    0
    """
    started = _started(endpoint, adsl=adsl, adrs=adrs, responders=responders)
    dated = pl.concat(
        [_event(kind, record=record, adsl=adsl, adrs=adrs) for kind in endpoint.until_first]
    )
    event = _first(started, dated).rename({"ADT": "_event", "DESC": "_what"})
    stops = [_stop(kind, record=record, adsl=adsl) for kind in endpoint.censor_at]
    stop = (
        _first(started, pl.concat(stops)).rename({"ADT": "_stop", "DESC": "_why"})
        if stops
        else started.select("USUBJID")
        .clear()
        .with_columns(pl.lit(None, pl.Date).alias("_stop"), pl.lit(None, pl.String).alias("_why"))
    )
    stopped = started.select("USUBJID", "STARTDT").join(stop, on="USUBJID", how="left")
    seen = _last_look(endpoint, stopped, adsl=adsl, adrs=adrs)
    happened = pl.col("_event").is_not_null() & (
        pl.col("_stop").is_null() | (pl.col("_event") <= pl.col("_stop"))
    )
    return (
        started.join(event, on="USUBJID", how="left")
        .join(stop, on="USUBJID", how="left")
        .join(seen, on="USUBJID", how="left")
        .with_columns(
            pl.lit(name.upper()).alias("PARAMCD"),
            pl.when(happened).then(pl.col("_event")).otherwise(pl.col("_seen")).alias("ADT"),
            pl.when(happened)
            .then(0)
            .when(pl.col("_stop").is_not_null())
            .then(2)
            .otherwise(1)
            .cast(pl.Int64)
            .alias("CNSR"),
        )
        .with_columns(
            ((pl.col("ADT") - pl.col("STARTDT")).dt.total_days() + 1).alias("AVAL"),
            pl.when(pl.col("CNSR") == 0)
            .then(pl.col("_what"))
            .when(pl.col("CNSR") == 2)
            .then(pl.col("_why"))
            .otherwise(pl.lit("no event by the last assessment"))
            .alias("EVNTDESC"),
        )
        .select(
            "USUBJID", "LEVELN", "LEVEL", "PARAMCD", "STARTDT", "ADT", "AVAL", "CNSR", "EVNTDESC"
        )
        .sort("USUBJID")
    )


def _started(
    endpoint: TimeToEventEndpoint,
    *,
    adsl: pl.DataFrame,
    adrs: pl.DataFrame,
    responders: tuple[str, ...],
) -> pl.DataFrame:
    """Give the participants whose clock started, and when."""
    people = adsl.select("USUBJID", "LEVELN", "LEVEL", *set(ANCHOR_COLUMNS.values()))
    if endpoint.anchor == "first response":
        counted = responders or BEST_FIRST[: BEST_FIRST.index("PR") + 1]
        first = (
            adrs.filter(pl.col("AVALC").is_in(counted) & (pl.col("ADT") >= pl.col("TRTSDT")))
            .group_by("USUBJID")
            .agg(pl.col("ADT").min().alias("STARTDT"))
        )
        people = people.join(first, on="USUBJID", how="inner")
    else:
        start = pl.col(ANCHOR_COLUMNS[endpoint.anchor]).alias("STARTDT")
        people = people.with_columns(start).filter(pl.col("STARTDT").is_not_null())
    return people.select("USUBJID", "LEVELN", "LEVEL", "STARTDT")


def _event(kind: str, *, record: Record, adsl: pl.DataFrame, adrs: pl.DataFrame) -> pl.DataFrame:
    """Give the dates of one kind of endpoint event."""
    match kind:
        case "death":
            found = adsl.select("USUBJID", pl.col("DTHDT").alias("ADT"))
        case "new therapy":
            return _stop(kind, record=record, adsl=adsl)
        case _:
            found = adrs.filter(pl.col("AVALC").is_in(FAILURES[kind])).select("USUBJID", "ADT")
    return found.with_columns(pl.lit(kind).alias("DESC")).drop_nulls("ADT")


def _stop(kind: str, *, record: Record, adsl: pl.DataFrame) -> pl.DataFrame:
    """Give the dates of one kind of intercurrent event."""
    match kind:
        case "new therapy":
            found = record["CM"].filter(pl.col("CMCAT") == NEW_THERAPY)
            found = found.select("USUBJID", derive_date("CMSTDTC").alias("ADT"))
        case "transplant":
            found = record["PR"].filter(pl.col("PRDECOD") == TRANSPLANT)
            found = found.select("USUBJID", derive_date("PRSTDTC").alias("ADT"))
        case _:
            left = adsl.filter(
                pl.col("EOSSTT").is_in(["WITHDRAWAL BY SUBJECT", "LOST TO FOLLOW-UP"])
            )
            found = left.select("USUBJID", pl.col("EOSDT").alias("ADT"))
    return found.with_columns(pl.lit(kind).alias("DESC")).drop_nulls("ADT")


def _first(started: pl.DataFrame, dated: pl.DataFrame) -> pl.DataFrame:
    """Take the first event on or after the start."""
    return (
        dated.join(started.select("USUBJID", "STARTDT"), on="USUBJID", how="inner")
        .filter(pl.col("ADT") >= pl.col("STARTDT"))
        .sort("ADT", maintain_order=True)
        .group_by("USUBJID", maintain_order=True)
        .agg(pl.col("ADT").first(), pl.col("DESC").first())
    )


def _last_look(
    endpoint: TimeToEventEndpoint, started: pl.DataFrame, *, adsl: pl.DataFrame, adrs: pl.DataFrame
) -> pl.DataFrame:
    """Take the last date on which absence of the event was known, not after an intercurrent event.

    Death alone: the last day known alive. Progression or relapse: the last assessment; without any
    after the start, the start itself.
    """
    people = started.select("USUBJID", "STARTDT", "_stop")
    not_after = pl.col("_stop").is_null() | (pl.col("ADT") <= pl.col("_stop"))
    if set(endpoint.until_first) <= {"death", "new therapy"}:
        last = adsl.select("USUBJID", pl.col("LSTALVDT").alias("_seen"))
    else:
        last = (
            adrs.filter(pl.col("AVALC") != "NE")
            .join(people, on="USUBJID")
            .filter(not_after)
            .group_by("USUBJID")
            .agg(pl.col("ADT").max().alias("_seen"))
        )
    seen = pl.max_horizontal(pl.min_horizontal("_seen", "_stop"), "STARTDT")
    return people.join(last, on="USUBJID", how="left").select("USUBJID", seen.alias("_seen"))
