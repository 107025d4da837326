"""Where the stopping boundaries of the safety chapter stand, from the record."""

from dataclasses import dataclass
from typing import Any, Final, final

import polars as pl

from protocyte.derivation.dataset import AnalysisData
from protocyte.derivation.dlt import derive_clause_met
from protocyte.derivation.moment import derive_date_after
from protocyte.design import Decision
from protocyte.design.plan import find_monitors
from protocyte.protocol.methods.monitoring import Monitoring
from protocyte.protocol.toxicity import ToxicityClause

_ENDS: Final = {"stop": "stop the trial", "pause": "pause until a committee has decided"}


@final
@dataclass(frozen=True, slots=True)
class Watch:
    """Where one boundary stands.

    Parameters
    ----------
    name : str
        Name of the boundary.
    event : str
        What is watched.
    treated : int
        Participants infused so far, at most as many as are watched [participants].
    events : int
        Those with the event [participants].
    reached : tuple of (int, int, int) or None
        The look at which the boundary is reached: among the first so many, those with the event,
        and from how many it stops; None if it is not.
    following : tuple of (int, int) or None
        The next look that can stop the trial: among the first so many, from how many; None if there
        is none.
    then : {"stop", "pause"}
        What follows at the boundary.

    Examples
    --------
    >>> Watch("deaths", "death", 4, 1, None, (6, 2), "stop").sentence
    'deaths: 1 of 4 with death; from 2 among the first 6: stop the trial.'
    """

    name: str
    event: str
    treated: int
    events: int
    reached: tuple[int, int, int] | None
    following: tuple[int, int] | None
    then: str

    @property
    def sentence(self) -> str:
        """Where the boundary stands, in a sentence."""
        if self.reached is not None:
            among, seen, limit = self.reached
            told = f"{seen} among the first {among} with {self.event}, and the limit is {limit}"
            return f"{self.name}: {told}: {_ENDS[self.then]}."
        counted = f"{self.name}: {self.events} of {self.treated} with {self.event}"
        if self.following is None:
            return f"{counted}; no look is left."
        among, limit = self.following
        return f"{counted}; from {limit} among the first {among}: {_ENDS[self.then]}."

    @property
    def decision(self) -> Decision:
        """What follows if the boundary is reached."""
        return Decision(
            "stop" if self.then == "stop" else "suspend", None, 0, "boundary", self.sentence
        )

    def as_dict(self) -> dict[str, Any]:
        """Return where the boundary stands as JSON can hold it."""
        return {
            "boundary": self.name,
            "event": self.event,
            "treated": self.treated,
            "events": self.events,
            "reached": self.reached is not None,
            "then": self.then,
            "says": self.sentence,
        }


def derive_monitoring(data: AnalysisData) -> tuple[Watch, ...]:
    """Derive where every stopping boundary of the protocol stands.

    Parameters
    ----------
    data : AnalysisData
        Analysis data sets at the cut of the look.

    Returns
    -------
    tuple of Watch
        One a boundary; empty if the protocol names none.

    Raises
    ------
    DesignError
        If the settings of a boundary contradict each other.

    Notes
    -----
    Participants count in the order of their infusions: the first six are those infused first. An
    event counts as soon as it is seen, and once the events among the participants so far suffice
    for a look to come, that look cannot end otherwise: the boundary is reached then, not later. A
    look is over when the next one has come. A toxicity counts whatever it is attributed to; a
    dose-limiting one as the dosing chapter defines it.

    Examples
    --------
    >>> from datetime import date, datetime
    >>> from protocyte.derivation.dataset import derive_analysis_data
    >>> from protocyte.protocol.checks.example import amend_example
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.record import About, fold_events
    >>> from protocyte.record.event import Consented, Died, Treated
    >>> text = amend_example(
    ...     "safety: {monitoring: {deaths: {of: death, participants: 12, "
    ...     "rule: {table: [{among: 6, stop_from: 2}]}}}}")
    >>> told = {"participant": "P1", "by": "site", "recorded": datetime(2026, 3, 1)}
    >>> events = [Consented(happened="2026-03-01", **told),
    ...           Treated(happened="2026-03-09", treatment="cells", category="CELL INFUSION",
    ...                   level=1, **told), Died(happened="2026-04-01", **told)]
    >>> record = fold_events(events, about=About("DEMO"))
    >>> data = derive_analysis_data(record, parse_protocol(text).plan, at=date(2026, 5, 1))
    >>> [watch.sentence for watch in derive_monitoring(data)]
    ['deaths: 1 of 1 with death; from 2 among the first 6: stop the trial.']
    """
    named = data.protocol.safety.monitoring or {}
    if not named:
        return ()
    return tuple(
        _watched(name, named[name], monitor.rule.rows(), data)
        for name, monitor in find_monitors(data.protocol).items()
    )


def _watched(
    name: str, settings: Monitoring, rows: tuple[tuple[int, int], ...], data: AnalysisData
) -> Watch:
    infused = data.adsl.filter(pl.col("TRTSDT").is_not_null() & (pl.col("TRTSDT") <= data.at))
    people = infused.sort("TRTSDT", "USUBJID").head(settings.participants)["USUBJID"].to_list()
    hurt = _hurt(settings, infused, data)
    flags = [person in hurt for person in people]
    # Looks before the latest one are over: events that came since count at later looks.
    latest = max((n for n, _ in rows if n <= len(flags)), default=0)
    rows = tuple(row for row in rows if row[0] >= latest)
    reached = next(
        (
            (n, sum(flags[:n]), limit)
            for n, limit in rows
            if sum(flags[:n]) >= limit and (limit or len(flags) >= n)
        ),
        None,
    )
    following = next(((n, limit) for n, limit in rows if n > len(flags)), None)
    if following is None and rows and rows[-1][0] == len(flags):
        following = rows[-1]
    return Watch(name, str(settings.of), len(flags), sum(flags), reached, following, settings.then)


def _hurt(settings: Monitoring, infused: pl.DataFrame, data: AnalysisData) -> set[str]:
    """Give the participants who have had the event in its time."""
    people = infused.select(
        "USUBJID",
        "TRTSDT",
        "DTHDT",
        "EOSDT",
        (
            derive_date_after(pl.col("TRTSDT"), settings.until)
            if settings.until
            else pl.lit(None, pl.Date)
        ).alias("_until"),
    )

    def inside(day: str) -> pl.Expr:
        return (
            (pl.col(day) >= pl.col("TRTSDT"))
            & (pl.col(day) <= pl.lit(data.at))
            & (pl.col(day) <= pl.col("_until")).fill_null(value=True)
        )

    match settings.of:
        case ToxicityClause() as clause:
            events = data.adae.drop("TRTSDT").join(people, on="USUBJID")
            met = events.filter(inside("ASTDT") & derive_clause_met(clause, at=data.at))
        case "death":
            met = people.filter(inside("DTHDT"))
        case _:
            toxic = data.dlt.filter(pl.col("DLTFL") == "Y").select("USUBJID", "DLTSRCSEQ")
            began = data.adae.select("USUBJID", pl.col("AESEQ").alias("DLTSRCSEQ"), "ASTDT")
            met = toxic.join(began, on=["USUBJID", "DLTSRCSEQ"]).join(people, on="USUBJID")
            met = met.filter(inside("ASTDT"))
    return set(met["USUBJID"].to_list())
