"""From analysis data to what a dose-finding design reads: toxicity and response by dose level."""

from dataclasses import dataclass

import polars as pl

from protocyte.derivation.dataset import AnalysisData
from protocyte.design import Outcomes
from protocyte.errors import ProtocolError
from protocyte.protocol.method import UseBOIN12

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
        One row an infused participant: level, toxicity, response, whether and why it counts.
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

    Notes
    -----
    Where cohorts are recorded, participants treated outside of one came after dose finding and do
    not count.

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
    people = data.dlt.with_columns((pl.col("DLTFL") == "Y").alias("TOXICITY"))
    weighs_benefit = isinstance(dosing.method, UseBOIN12)
    people = (
        _with_response(people, data)
        if weighs_benefit
        else people.with_columns(pl.lit(None, pl.Boolean).alias("RESPONSE"))
    )
    unknown = pl.col("RESPONSE").is_null() & pl.lit(weighs_benefit)
    in_cohorts = pl.lit(people["COHORTN"].is_not_null().any())
    people = people.with_columns(
        pl.when(pl.col("LEVELN").is_null())
        .then(pl.lit("no dose level recorded"))
        .when(pl.col("COHORTN").is_null() & in_cohorts)
        .then(pl.lit("not in dose finding"))
        .when((pl.col("DLTEVAL") == "evaluable") & unknown)
        .then(pl.lit("pending"))
        .otherwise(pl.col("DLTEVAL"))
        .alias("STATUS")
    ).sort("COHORTN", "TRTSDT", "USUBJID", nulls_last=True)
    return _counted(people, n_doses=len(dosing.levels), weighs_benefit=weighs_benefit)


def _with_response(people: pl.DataFrame, data: AnalysisData) -> pl.DataFrame:
    """Add whether the participant responded by the dosing chapter's endpoint; null if unknown."""
    efficacy = data.protocol.dosing.efficacy if data.protocol.dosing else None
    if efficacy is None:
        raise ProtocolError(
            f"{data.protocol.name} weighs benefit and does not say what a response is; add "
            "`dosing.efficacy`."
        )
    if efficacy.endpoint in data.responders:
        found = data.responders[efficacy.endpoint]
        if efficacy.at is not None:
            found = found.filter(pl.col("VISIT") == efficacy.at)
        flag = pl.col("AVALC") == "Y"
    elif efficacy.endpoint in data.best:
        found = data.best[efficacy.endpoint].filter(pl.col("AVALC") != "NE")
        flag = pl.col("RSPFL") == "Y"
    else:
        raise ProtocolError(
            f'"{efficacy.endpoint}" is not a response rate or responder endpoint of '
            f"{data.protocol.name}; name one of them in `dosing.efficacy.endpoint`."
        )
    known = found.select("USUBJID", flag.alias("RESPONSE"))
    return people.join(known, on="USUBJID", how="left")


def _counted(people: pl.DataFrame, *, n_doses: int, weighs_benefit: bool) -> Observed:
    """Count the evaluable, cohort after cohort in the order of treatment."""
    outcomes = Outcomes.none(n_doses)
    words: list[str] = []
    evaluable = people.filter(pl.col("STATUS") == "evaluable")
    keys = ["COHORTN", "LEVELN"]
    for (_, level), cohort in evaluable.group_by(keys, maintain_order=True):
        toxic = cohort["TOXICITY"].to_list()
        responded = [bool(r) for r in cohort["RESPONSE"].to_list()]
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
        "RESPONSE",
        "STATUS",
        "DLTREASON",
    )
    return Observed(outcomes, " ".join(words), shown)
