"""ADRS: disease response at each assessment, and the best of each participant in a window."""

from datetime import date
from typing import Final

import polars as pl

from protocyte.derivation.adsl import ANCHOR_COLUMNS
from protocyte.derivation.moment import derive_date, derive_date_after
from protocyte.protocol.endpoint import ResponseEndpoint
from protocyte.record import Record

#: Overall response, best first. Categories of several criteria stand in one order, because no
#: trial mixes them.
BEST_FIRST: Final = ("CR", "CRh", "CRi", "MLFS", "PR", "SD", "NR", "PD", "RELAPSE", "NE")
#: Categories that end response or remission.
FAILURES: Final = {"progression": ("PD",), "relapse": ("RELAPSE",)}
_ASSESSORS: Final = {
    "investigator": "INVESTIGATOR",
    "independent committee": "INDEPENDENT|COMMITTEE",
}


def derive_adrs(record: Record, *, adsl: pl.DataFrame) -> pl.DataFrame:
    """Derive the overall response at each assessment.

    Parameters
    ----------
    record : Record
        What happened.
    adsl : polars.DataFrame
        The participant-level data set.

    Returns
    -------
    polars.DataFrame
        One row an assessment: `ADT`, `ADAYS` [d] since the infusion, `AVALC` (category), `AVAL`
        (its rank, 1 best), `RSEVAL`, `VISIT`, and the row it came from (`SRCDOM`, `SRCSEQ`).

    Examples
    --------
    >>> from protocyte.derivation import derive_adsl
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.record import About
    >>> record = Record(About("DEMO"), {})
    >>> derive_adrs(record, adsl=derive_adsl(record, parse_protocol(EXAMPLE).plan)).height
    0
    """
    ranks = {category: rank for rank, category in enumerate(BEST_FIRST, start=1)}
    return (
        record["RS"]
        .filter(pl.col("RSTESTCD") == "OVRLRESP")
        .join(adsl.select("USUBJID", "TRTSDT", "LEVELN", "LEVEL"), on="USUBJID", how="left")
        .select(
            "USUBJID",
            "LEVELN",
            "LEVEL",
            "TRTSDT",
            pl.lit("OVRLRESP").alias("PARAMCD"),
            derive_date("RSDTC").alias("ADT"),
            pl.col("RSSTRESC").alias("AVALC"),
            pl.col("RSSTRESC")
            .replace_strict(ranks, default=len(BEST_FIRST) + 1, return_dtype=pl.Int64)
            .alias("AVAL"),
            "RSEVAL",
            "VISIT",
            pl.lit("RS").alias("SRCDOM"),
            pl.col("RSSEQ").alias("SRCSEQ"),
        )
        .with_columns((pl.col("ADT") - pl.col("TRTSDT")).dt.total_days().alias("ADAYS"))
        .sort("USUBJID", "ADT")
    )


def derive_best_response(
    endpoint: ResponseEndpoint,
    *,
    adsl: pl.DataFrame,
    adrs: pl.DataFrame,
    at: date | None = None,
) -> pl.DataFrame:
    """Derive each participant's best response in the window of an endpoint.

    Where the record says who judged, only the endpoint's own assessor counts. In an interim look
    windows may still be open; to count the responses that have come already would raise a rate, to
    count all those who have not responded yet would lower it, so such people are flagged.

    Parameters
    ----------
    endpoint : ResponseEndpoint
        Window, categories that count as response, and who is in the denominator.
    adsl : polars.DataFrame
        The participant-level data set.
    adrs : polars.DataFrame
        Response at each assessment.
    at : date, optional
        Day of an interim look; every window has closed if absent.

    Returns
    -------
    polars.DataFrame
        One row a participant of the denominator: `AVALC` (best category; ``NE`` without an
        assessment), `ADT` (when it was first reached), `RSPFL` (Y if it counts as response),
        `RSPDT` (when a response was first seen), `DUEFL` (N while the window is open).

    Examples
    --------
    >>> from protocyte.derivation import derive_adsl
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.record import About
    >>> plan, record = parse_protocol(EXAMPLE).plan, Record(About("DEMO"), {})
    >>> adsl = derive_adsl(record, plan)
    >>> adrs = derive_adrs(record, adsl=adsl)
    >>> derive_best_response(plan.endpoints.secondary["orr"], adsl=adsl, adrs=adrs).height
    0
    """
    start = ANCHOR_COLUMNS[endpoint.anchor]
    by_assessor = pl.col("RSEVAL").str.to_uppercase().str.contains(_ASSESSORS[endpoint.assessed_by])
    judged = adrs.join(
        adsl.select("USUBJID", pl.col(start).alias("STARTDT")), on="USUBJID", how="left"
    ).filter(
        (pl.col("ADT") >= pl.col("STARTDT")) & (pl.col("AVALC") != "NE"),
        by_assessor.fill_null(value=True),
    )
    if endpoint.until is not None:
        judged = judged.filter(
            pl.col("ADT") <= derive_date_after(pl.col("STARTDT"), endpoint.until)
        )
    best = (
        judged.sort("AVAL", "ADT", maintain_order=True)
        .group_by("USUBJID", maintain_order=True)
        .agg(
            pl.col("AVALC").first(),
            pl.col("ADT").first(),
            pl.col("SRCSEQ").first(),
            pl.col("ADT").filter(pl.col("AVALC").is_in(endpoint.responders)).min().alias("RSPDT"),
        )
    )
    due = pl.when(_is_closed(endpoint, at=at)).then(pl.lit("Y")).otherwise(pl.lit("N"))
    people = adsl.select(
        "USUBJID", "LEVELN", "LEVEL", "TRTSDT", "ENRLFL", "SAFFL", due.alias("DUEFL")
    )
    match endpoint.denominator:
        case "infused":
            people = people.filter(pl.col("SAFFL") == "Y")
        case "enrolled":
            people = people.filter(pl.col("ENRLFL") == "Y")
        case "evaluable":
            people = people.join(best.select("USUBJID"), on="USUBJID", how="semi")
    return (
        people.join(best, on="USUBJID", how="left")
        .with_columns(pl.col("AVALC").fill_null("NE"))
        .with_columns(
            pl.when(pl.col("AVALC").is_in(endpoint.responders))
            .then(pl.lit("Y"))
            .otherwise(pl.lit("N"))
            .alias("RSPFL")
        )
        .sort("USUBJID")
    )


def _is_closed(endpoint: ResponseEndpoint, *, at: date | None) -> pl.Expr:
    """Tell whether nothing more can come: the window is over, or the participant has left."""
    if at is None or endpoint.until is None:
        return pl.lit(value=True)
    start = pl.col(ANCHOR_COLUMNS[endpoint.anchor])
    is_over = derive_date_after(start, endpoint.until) <= at
    # Those whose window never began are for the denominator to judge.
    return is_over.fill_null(value=True) | pl.any_horizontal(pl.col("DTHDT", "EOSDT").is_not_null())
