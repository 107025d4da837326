"""From analysis data to what a dose-finding design reads: toxicity and response by dose level."""

from dataclasses import dataclass

import polars as pl

from protocyte.derivation.adsl import ANCHOR_COLUMNS
from protocyte.derivation.dataset import AnalysisData
from protocyte.derivation.moment import derive_date_after
from protocyte.design import Outcomes
from protocyte.errors import ProtocolError, RecordError
from protocyte.protocol.endpoint import ResponderEndpoint, ResponseEndpoint
from protocyte.protocol.method import BACKFILL, WEIGH_BENEFIT

_LETTERS = {(False, False): "N", (True, False): "T", (False, True): "E", (True, True): "B"}


@dataclass(frozen=True)
class Observed:
    """What the record tells a dose-finding design.

    Parameters
    ----------
    outcomes : Outcomes
        Counts by dose level, of evaluable participants.
    notation : str
        The same, cohort after cohort, as trialists write it.
    participants : polars.DataFrame
        One row an infused participant: level, toxicity and its day, response and its day, whether
        it was treated at a lower level than its cohort (`BACKFILL`), whether and why it counts.
    """

    outcomes: Outcomes
    notation: str
    participants: pl.DataFrame

    @property
    def pending(self) -> int:
        """How many participants are still watched."""
        return self.participants.filter(pl.col("STATUS") == "pending").height


def derive_outcomes(data: AnalysisData) -> Observed:
    """Derive the outcomes that a dose decision is taken on.

    Parameters
    ----------
    data : AnalysisData
        Analysis data sets at the cut of the decision.

    Returns
    -------
    Observed
        Outcomes of the evaluable participants, and everybody's status.

    Raises
    ------
    ProtocolError
        If the protocol has no dose levels or no definition of dose-limiting toxicity.
    RecordError
        If somebody was treated at a level that the protocol does not have.

    Notes
    -----
    Where cohorts are recorded, participants treated outside of one came after dose finding and do
    not count. Where the method backfills, those at a lower level than their cohort's are backfilled
    and stand before it.

    Examples
    --------
    >>> from datetime import date, datetime
    >>> from protocyte.derivation.dataset import derive_analysis_data
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.record import About, fold_events
    >>> from protocyte.record.event import Consented, Treated
    >>> told = {"participant": "P1", "by": "site", "recorded": datetime(2026, 3, 1)}
    >>> events = [Consented(happened="2026-03-01", **told),
    ...           Treated(happened="2026-03-09", treatment="cells", category="CELL INFUSION",
    ...                   level=1, **told)]
    >>> record = fold_events(events, about=About("DEMO"))
    >>> data = derive_analysis_data(record, parse_protocol(EXAMPLE).plan, at=date(2026, 5, 1))
    >>> derive_outcomes(data).notation
    '1N'
    """
    dosing = data.protocol.dosing
    if dosing is None or dosing.dlt is None:
        raise ProtocolError(
            f"{data.protocol.name} does not define dose-limiting toxicity, so no outcomes can be "
            "counted; add `dosing.dlt`."
        )
    _check_levels(data.dlt, n_doses=len(dosing.levels))
    people = _with_toxicity(data)
    weighs_benefit = isinstance(dosing.method, WEIGH_BENEFIT)
    backfills = isinstance(dosing.method, BACKFILL)
    if weighs_benefit or (backfills and dosing.efficacy is not None):
        people = _with_response(people, data)
    else:
        people = people.with_columns(
            pl.lit(None, pl.Boolean).alias("RESPONSE"),
            pl.lit(value=False).alias("AWAITED"),
            pl.lit(None, pl.Date).alias("RESPONSEDT"),
        )
    highest = pl.col("LEVELN").max().over("COHORTN")
    people = people.with_columns(
        pl.lit(backfills)
        .and_(pl.col("COHORTN").is_not_null(), pl.col("LEVELN") < highest)
        .alias("BACKFILL")
    )
    in_cohorts = pl.lit(people["COHORTN"].is_not_null().any())
    people = people.with_columns(
        pl.when(pl.col("LEVELN").is_null())
        .then(pl.lit("no dose level recorded"))
        .when(pl.col("COHORTN").is_null() & in_cohorts)
        .then(pl.lit("not in dose finding"))
        .when((pl.col("DLTEVAL") == "evaluable") & pl.col("AWAITED") & pl.lit(weighs_benefit))
        .then(pl.lit("pending"))
        .when(pl.col("RESPONSE").is_null() & pl.lit(weighs_benefit) & ~pl.col("AWAITED"))
        .then(pl.lit("not evaluable"))
        .otherwise(pl.col("DLTEVAL"))
        .alias("STATUS")
    )
    order = [pl.col("COHORTN"), ~pl.col("BACKFILL"), pl.col("TRTSDT"), pl.col("USUBJID")]
    people = people.sort(order, nulls_last=True)
    return _counted(people, n_doses=len(dosing.levels), weighs_benefit=weighs_benefit)


def _check_levels(dlt: pl.DataFrame, *, n_doses: int) -> None:
    odd = dlt.filter(~pl.col("LEVELN").is_between(1, n_doses))
    for row in odd.iter_rows(named=True):
        raise RecordError(
            f"{row['USUBJID']} was treated at dose level {row['LEVELN']} (EXLEVEL), and the "
            f"protocol has levels 1 to {n_doses}; correct the record or the protocol."
        )


def _with_toxicity(data: AnalysisData) -> pl.DataFrame:
    """Give who had a dose-limiting toxicity, and when it began."""
    began = data.adae.select("USUBJID", pl.col("AESEQ").alias("DLTSRCSEQ"), "ASTDT")
    toxic = pl.col("DLTFL") == "Y"
    return data.dlt.join(began, on=["USUBJID", "DLTSRCSEQ"], how="left").with_columns(
        toxic.alias("TOXICITY"), pl.when(toxic).then(pl.col("ASTDT")).alias("DLTDT")
    )


def _with_response(people: pl.DataFrame, data: AnalysisData) -> pl.DataFrame:
    """Add whether the participant responded by the dosing chapter's endpoint.

    `RESPONSE` is null as long as that is not known; `AWAITED` tells whether it still will be;
    `RESPONSEDT` is when it was first seen.
    """
    efficacy = data.protocol.dosing.efficacy if data.protocol.dosing else None
    if efficacy is None:
        raise ProtocolError(
            f"{data.protocol.name} weighs benefit and does not say what a response is; add "
            "`dosing.efficacy`."
        )
    match data.protocol.endpoints.named(efficacy.endpoint):
        case ResponderEndpoint(at=visits):
            known = _state(data.responders[efficacy.endpoint], visit=efficacy.at or visits[0])
        case ResponseEndpoint() as endpoint:
            known = _best(data.best[efficacy.endpoint], endpoint, data)
        case _:
            raise ProtocolError(
                f'"{efficacy.endpoint}" is not a response rate or responder endpoint of '
                f"{data.protocol.name}; name one of them in `dosing.efficacy.endpoint`."
            )
    return people.join(known, on="USUBJID", how="left").with_columns(
        pl.col("AWAITED").fill_null(value=False)
    )


def _state(found: pl.DataFrame, *, visit: str) -> pl.DataFrame:
    """Give who is in a state at one visit; before the visit is due it is awaited."""
    return found.filter(pl.col("VISIT") == visit).select(
        "USUBJID",
        (pl.col("AVALC") == "Y").alias("RESPONSE"),
        (pl.col("STATUS") == "not yet due").alias("AWAITED"),
        pl.when(pl.col("AVALC") == "Y").then(pl.col("ADT")).alias("RESPONSEDT"),
    )


def _best(best: pl.DataFrame, endpoint: ResponseEndpoint, data: AnalysisData) -> pl.DataFrame:
    """Give who responded; who has not may still do so until the window closes."""
    start = pl.col(ANCHOR_COLUMNS[endpoint.anchor])
    closes = derive_date_after(start, endpoint.until) if endpoint.until else pl.lit(None, pl.Date)
    left = pl.min_horizontal(pl.col("EOSDT"), pl.col("DTHDT")) <= pl.lit(data.at)
    closed = pl.any_horizontal(
        (closes <= pl.lit(data.at)).fill_null(value=False), left.fill_null(value=False)
    )
    responded = pl.col("RSPFL") == "Y"
    return data.adsl.join(best.select("USUBJID", "RSPFL", "RSPDT"), on="USUBJID").select(
        "USUBJID",
        pl.when(responded | closed).then(responded).alias("RESPONSE"),
        (~responded & ~closed).alias("AWAITED"),
        pl.when(responded).then(pl.col("RSPDT")).alias("RESPONSEDT"),
    )


def _counted(people: pl.DataFrame, *, n_doses: int, weighs_benefit: bool) -> Observed:
    """Count the evaluable, cohort after cohort in the order of treatment."""
    outcomes = Outcomes.none(n_doses)
    words: list[str] = []
    # Where no cohorts are recorded, participants treated one after the other at a level are one.
    evaluable = people.filter(pl.col("STATUS") == "evaluable").with_columns(
        pl.struct("COHORTN", "LEVELN").rle_id().alias("_cohort")
    )
    for (_, level), cohort in evaluable.group_by("_cohort", "LEVELN", maintain_order=True):
        toxic = cohort["TOXICITY"].to_list()
        responded = [weighs_benefit and bool(r) for r in cohort["RESPONSE"].to_list()]
        pairs = list(zip(toxic, responded, strict=True))
        words.append(f"{level}" + "".join(_LETTERS[pair] for pair in pairs))
        outcomes = outcomes.after(
            int(str(level)),
            n=len(pairs),
            tox=sum(toxic),
            eff=sum(responded) if weighs_benefit else 0,
            both=sum(t and r for t, r in pairs) if weighs_benefit else 0,
        )
    shown = people.select(
        "USUBJID",
        "COHORTN",
        "LEVELN",
        "TRTSDT",
        "DLTENDT",
        "TOXICITY",
        "DLTDT",
        "RESPONSE",
        "RESPONSEDT",
        "AWAITED",
        "BACKFILL",
        "STATUS",
        "DLTEVAL",
        "DLTREASON",
    )
    return Observed(outcomes, " ".join(words), shown)
