"""All analysis data sets of one trial at one cut, derived together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from protocyte.derivation.adae import derive_adae
from protocyte.derivation.adlb import derive_adlb
from protocyte.derivation.adpp import derive_adpc, derive_adpp
from protocyte.derivation.adqs import derive_adqs, derive_responders
from protocyte.derivation.adrs import derive_adrs, derive_best_response
from protocyte.derivation.adsl import derive_adsl
from protocyte.derivation.adtte import derive_adtte
from protocyte.derivation.cut import derive_cut
from protocyte.derivation.dlt import derive_dlt
from protocyte.derivation.lupus import derive_lupus_visits
from protocyte.errors import RecordError
from protocyte.protocol.endpoint import ResponderEndpoint, ResponseEndpoint, TimeToEventEndpoint
from protocyte.protocol.plan import Protocol
from protocyte.record import Record


@dataclass(frozen=True)
class AnalysisData:
    """Analysis data sets of one trial at one cut.

    Parameters
    ----------
    protocol : Protocol
        The plan.
    record : Record
        What happened.
    at : date
        The cut.
    adsl, adae, adlb, adrs, adpc, adpp, adqs, dlt : polars.DataFrame
        Participants, adverse events, laboratory, response, samples, kinetic parameters, lupus
        scores, dose-limiting toxicity.
    best : mapping of str to polars.DataFrame
        Best response by response endpoint.
    adtte : mapping of str to polars.DataFrame
        Times by time-to-event endpoint.
    responders : mapping of str to polars.DataFrame
        Verdicts by responder endpoint.
    """

    protocol: Protocol
    record: Record
    at: date
    adsl: pl.DataFrame
    adae: pl.DataFrame
    adlb: pl.DataFrame
    adrs: pl.DataFrame
    adpc: pl.DataFrame
    adpp: pl.DataFrame
    adqs: pl.DataFrame
    dlt: pl.DataFrame
    best: Mapping[str, pl.DataFrame]
    adtte: Mapping[str, pl.DataFrame]
    responders: Mapping[str, pl.DataFrame]

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return every data set by its name, as they are written to files."""
        single = {
            name: getattr(self, name)
            for name in ("adsl", "adae", "adlb", "adrs", "adpc", "adpp", "adqs", "dlt")
        }
        groups = {"adbor": self.best, "adtte": self.adtte, "adresp": self.responders}
        joined = {
            name: pl.concat(
                [frame.with_columns(pl.lit(key).alias("ENDPOINT")) for key, frame in group.items()],
                how="diagonal_relaxed",
            )
            for name, group in groups.items()
            if group
        }
        return single | joined


def derive_analysis_data(
    record: Record, protocol: Protocol, *, at: date | None = None
) -> AnalysisData:
    """Derive all analysis data sets that a protocol's endpoints need.

    Parameters
    ----------
    record : Record
        What happened.
    protocol : Protocol
        The plan.
    at : date, optional
        The cut: nothing that began later is looked at. The last date of the record if absent.

    Returns
    -------
    AnalysisData
        The data sets.

    Raises
    ------
    RecordError
        If the record holds no participant up to the cut, or no full date and `at` is absent.

    Examples
    --------
    >>> from datetime import datetime
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.record import About, fold_events
    >>> from protocyte.record.event import Consented
    >>> event = Consented(participant="P1", happened="2026-03-01", by="site",
    ...                   recorded=datetime(2026, 3, 1))
    >>> record = fold_events([event], about=About("DEMO"))
    >>> derive_analysis_data(record, parse_protocol(EXAMPLE).plan).adsl["ENRLFL"].to_list()
    ['N']
    """
    if not record["DM"].height:
        raise RecordError("The record holds no participant; its table DM is empty.")
    interim = at
    if at is not None:
        record = derive_cut(record, at=at)
        if not record["DM"].height:
            raise RecordError(f"Nobody had consented by {at}; look at a later day.")
    elif record.last_date:
        at = date.fromisoformat(record.last_date)
    else:
        raise RecordError("The record holds no full date; say at which day to look (`--at`).")
    adsl = derive_adsl(record, protocol)
    adae = derive_adae(record, protocol, adsl=adsl)
    adrs = derive_adrs(record, adsl=adsl)
    adpc = derive_adpc(record, adsl=adsl)
    visits = derive_lupus_visits(record, protocol)
    endpoints = {name: endpoint for _, name, endpoint in protocol.endpoints.ranked()}
    responders = next(
        (e.responders for e in endpoints.values() if isinstance(e, ResponseEndpoint)), ()
    )
    return AnalysisData(
        protocol=protocol,
        record=record,
        at=at,
        adsl=adsl,
        adae=adae,
        adlb=derive_adlb(record, adsl=adsl),
        adrs=adrs,
        adpc=adpc,
        adpp=derive_adpp(adpc),
        adqs=derive_adqs(visits, adsl=adsl),
        dlt=derive_dlt(protocol, adsl=adsl, adae=adae, at=at),
        best={
            name: derive_best_response(endpoint, adsl=adsl, adrs=adrs, at=interim)
            for name, endpoint in endpoints.items()
            if isinstance(endpoint, ResponseEndpoint)
        },
        adtte={
            name: derive_adtte(
                name, endpoint, record=record, adsl=adsl, adrs=adrs, responders=responders
            )
            for name, endpoint in endpoints.items()
            if isinstance(endpoint, TimeToEventEndpoint)
        },
        responders={
            name: derive_responders(endpoint, visits=visits, adsl=adsl, protocol=protocol, at=at)
            for name, endpoint in endpoints.items()
            if isinstance(endpoint, ResponderEndpoint)
        },
    )
