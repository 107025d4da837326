"""Estimates for every endpoint that a protocol names, over all participants and by dose level."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from protocyte.analysis.estimate import Estimate
from protocyte.analysis.proportion import estimate_proportion
from protocyte.analysis.summary import estimate_summary
from protocyte.analysis.survival import KaplanMeier, estimate_survival
from protocyte.derivation import AnalysisData, derive_counted_events, derive_outcomes
from protocyte.design.plan import find_dose_design
from protocyte.errors import OutcomeError
from protocyte.protocol.endpoint import (
    AdverseEventEndpoint,
    ChangeEndpoint,
    DoseEndpoint,
    DoseLimitingToxicityEndpoint,
    Endpoint,
    KineticsEndpoint,
    ResponderEndpoint,
    ResponseEndpoint,
    TimeToEventEndpoint,
)

ALL = "all"
#: Said where the record has outcomes that the dose method cannot have.
UNFIT = "The protocol's method cannot be applied to this record."
_GEOMETRIC = ("Cmax", "AUC0-28d", "AUC0-90d", "Clast")
_SEVERE = 3
_COUNTED_IN = {"transgene": "(?i)^cop(y|ies)", "CAR-positive cells": "(?i)^cells?"}


@dataclass(frozen=True, slots=True)
class Line:
    """One estimate of an endpoint.

    Parameters
    ----------
    group : str
        "all", or the name of a dose level.
    label : str
        What is estimated: a visit, a grade, a parameter.
    estimate : Estimate
        The number with its uncertainty.
    """

    group: str
    label: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class EndpointResult:
    """What the record says about one endpoint.

    Parameters
    ----------
    name, rank : str
        Name in the protocol; primary, secondary or exploratory.
    endpoint : Endpoint
        The endpoint.
    lines : tuple of Line
        Estimates, those over all participants first.
    statement : str
        The result in words, for endpoints that are not a number.
    curves : dict of str to KaplanMeier
        Curves by group, for times to an event.
    """

    name: str
    rank: str
    endpoint: Endpoint
    lines: tuple[Line, ...]
    statement: str = ""
    curves: dict[str, KaplanMeier] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data, one object an estimate."""
        return {
            "endpoint": self.name,
            "rank": self.rank,
            "measure": self.endpoint.measure,
            "statement": self.statement,
            "estimates": [
                {"group": line.group, "label": line.label} | line.estimate.as_dict()
                for line in self.lines
            ],
        }


def estimate_endpoints(data: AnalysisData) -> tuple[EndpointResult, ...]:
    """Estimate every endpoint of the protocol from its analysis data.

    Parameters
    ----------
    data : AnalysisData
        Analysis data sets.

    Returns
    -------
    tuple of EndpointResult
        One result an endpoint, in the protocol's order.

    Examples
    --------
    >>> from datetime import datetime
    >>> from protocyte.derivation import derive_analysis_data
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.record import About, fold_events
    >>> from protocyte.record.event import Consented
    >>> event = Consented(participant="P1", happened="2026-03-01", by="site",
    ...                   recorded=datetime(2026, 3, 1))
    >>> record = fold_events([event], about=About("DEMO"))
    >>> results = estimate_endpoints(derive_analysis_data(record, parse_protocol(EXAMPLE).plan))
    >>> [result.name for result in results]
    ['teae', 'dlt', 'orr', 'os', 'kinetics']
    """
    results = []
    for rank, name, endpoint in data.protocol.endpoints.ranked():
        match endpoint:
            case AdverseEventEndpoint():
                lines = _adverse_events(endpoint, data)
            case DoseLimitingToxicityEndpoint():
                lines = _toxicity(data)
            case DoseEndpoint():
                results.append(EndpointResult(name, rank, endpoint, (), _dose_found(data)))
                continue
            case ResponseEndpoint():
                lines = _response(name, data)
            case ResponderEndpoint():
                lines = _responders(name, endpoint, data)
            case ChangeEndpoint():
                lines = _change(endpoint, data)
            case KineticsEndpoint():
                lines = _kinetics(endpoint, data)
            case TimeToEventEndpoint():
                results.append(_time_to_event(name, rank, endpoint, data))
                continue
        results.append(EndpointResult(name, rank, endpoint, tuple(lines)))
    return tuple(results)


def _groups(frame: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Give all rows, then those of each dose level if there are several."""
    yield ALL, frame
    levels = frame.drop_nulls("LEVELN").select("LEVELN", "LEVEL").unique().sort("LEVELN")
    if levels.height > 1:
        for number, label in levels.iter_rows():
            yield str(label), frame.filter(pl.col("LEVELN") == number)


def _proportion(x: int, n: int, data: AnalysisData) -> Estimate:
    statistics = data.protocol.statistics
    return estimate_proportion(x, n, level=statistics.level, method=statistics.intervals.proportion)


def _adverse_events(endpoint: AdverseEventEndpoint, data: AnalysisData) -> Iterator[Line]:
    """Give the share of infused participants with an event, at all and by lowest grade."""
    anyhow = endpoint.model_copy(update={"related": False})
    events = derive_counted_events(anyhow, adsl=data.adsl, adae=data.adae)
    related = pl.col("AEREL") == "Y" if endpoint.related else pl.lit(value=True)
    infused = data.adsl.filter(pl.col("SAFFL") == "Y")
    grades: tuple[tuple[str, int], ...] = (("any grade", 0), (f"grade {_SEVERE} or more", _SEVERE))
    for label, least in grades:
        counts = related & (pl.col("ATOXGRN") >= least) if least else related
        counted, possible = events.filter(counts), events.filter(counts.fill_null(value=True))
        for group, people in _groups(infused):
            n = people.join(counted, on="USUBJID", how="semi").height
            more = people.join(possible, on="USUBJID", how="semi").height - n
            estimate = _proportion(n, people.height, data)
            if more:
                note = f"{more} more may count: grade or relation is not recorded"
                estimate = replace(estimate, note=note)
            yield Line(group, label, estimate)


def _toxicity(data: AnalysisData) -> Iterator[Line]:
    evaluable = data.dlt.filter(pl.col("DLTEVAL") == "evaluable").join(
        data.adsl.select("USUBJID", "LEVEL"), on="USUBJID", how="left"
    )
    for group, people in _groups(evaluable):
        toxic = people.filter(pl.col("DLTFL") == "Y").height
        yield Line(group, "evaluable participants", _proportion(toxic, people.height, data))


def _dose_found(data: AnalysisData) -> str:
    """Say which dose the protocol's own method selects on the data as they are."""
    design, dosing = find_dose_design(data.protocol), data.protocol.dosing
    if design is None or dosing is None:
        return "The protocol names no method that finds a dose."
    if dosing.dlt is None:
        return "The protocol does not define dose-limiting toxicity, so no dose can be selected."
    try:
        selection = design.select(derive_outcomes(data).outcomes)
    except OutcomeError as error:
        return f"{UNFIT} {error}"
    if selection.dose is None:
        return f"No dose is selected. {selection.reason}"
    return f"{dosing.label(selection.dose)}. {selection.reason}"


def _response(name: str, data: AnalysisData) -> Iterator[Line]:
    for group, everybody in _groups(data.best[name]):
        people = everybody.filter(pl.col("DUEFL") == "Y")
        responding = people.filter(pl.col("RSPFL") == "Y").height
        estimate = _proportion(responding, people.height, data)
        if everybody.height > people.height:
            open_ones = everybody.height - people.height
            estimate = replace(estimate, note=f"{open_ones} more whose window is still open")
        yield Line(group, "response", estimate)


def _responders(name: str, endpoint: ResponderEndpoint, data: AnalysisData) -> Iterator[Line]:
    found = data.responders[name].filter(pl.col("STATUS") != "not yet due")
    labels = [*endpoint.at, *(["all"] if endpoint.maintained else [])]
    for visit in labels:
        judged = found.filter((pl.col("VISIT") == visit) & pl.col("AVALC").is_not_null())
        label = f"maintained at {', '.join(endpoint.at)}" if visit == "all" else visit
        for group, people in _groups(judged):
            met = people.filter(pl.col("AVALC") == "Y").height
            yield Line(group, label, _proportion(met, people.height, data))


def _change(endpoint: ChangeEndpoint, data: AnalysisData) -> Iterator[Line]:
    source = data.adqs if endpoint.of in ("SLEDAI", "PGA") else data.adlb
    code = {"B cells": "CD19"}.get(endpoint.of, endpoint.of)
    rows = source.filter(pl.col("PARAMCD") == code)
    for visit in endpoint.at:
        for group, people in _groups(rows.filter(pl.col("VISIT") == visit)):
            yield Line(group, visit, _mean(people["CHG"].to_list(), _unit(people), data))


def _mean(values: list[float | None], unit: str, data: AnalysisData) -> Estimate:
    """Give the mean change with its extremes; with so few people an interval says little."""
    summary = estimate_summary(values)
    spread = "" if summary.sd is None else f"SD {summary.sd:.3g}; "
    return Estimate(
        summary.mean,
        summary.minimum,
        summary.maximum,
        level=data.protocol.statistics.level,
        n=summary.n,
        method="mean change (lowest, highest)",
        unit=unit,
        note=f"{spread}median {summary.median:.3g}" if summary.median is not None else "no values",
    )


def _kinetics(endpoint: KineticsEndpoint, data: AnalysisData) -> Iterator[Line]:
    measured = data.adpp
    if measured["ANALYTE"].n_unique() > 1:
        # Copies of the transgene and counts of cells are never put together.
        found = data.adpc.filter(pl.col("AVALU").str.contains(_COUNTED_IN[endpoint.analyte]))
        measured = measured.filter(pl.col("ANALYTE").is_in(found["PARAMCD"].unique().to_list()))
    for parameter in endpoint.parameters:
        rows = measured.filter(pl.col("PARAMCD") == parameter)
        summarise: Callable[[list[float | None], str, AnalysisData], Estimate] = (
            _geometric if parameter in _GEOMETRIC else _median
        )
        for group, people in _groups(rows):
            yield Line(group, parameter, summarise(people["AVAL"].to_list(), _unit(people), data))


def _geometric(values: list[float | None], unit: str, data: AnalysisData) -> Estimate:
    above = [value for value in values if value is not None and value > 0]
    summary, flat = estimate_summary(above), len(values) - len(above)
    cv = "" if summary.geometric_cv is None else f"geometric CV {100 * summary.geometric_cv:.0f} %"
    zero = f"; {flat} without a value above 0 left out" if flat else ""
    return Estimate(
        summary.geometric_mean,
        summary.minimum,
        summary.maximum,
        level=data.protocol.statistics.level,
        n=summary.n,
        method="geometric mean (lowest, highest)",
        unit=unit,
        note=f"{cv}{zero}",
    )


def _median(values: list[float | None], unit: str, data: AnalysisData) -> Estimate:
    summary = estimate_summary(values)
    return Estimate(
        summary.median,
        summary.minimum,
        summary.maximum,
        level=data.protocol.statistics.level,
        n=summary.n,
        method="median (lowest, highest)",
        unit=unit,
        note=f"{summary.missing} without a value" if summary.missing else "",
    )


def _unit(rows: pl.DataFrame) -> str:
    units = rows["AVALU"].drop_nulls().unique().sort().to_list()
    return ", ".join(units) or "1"


def _time_to_event(
    name: str, rank: str, endpoint: TimeToEventEndpoint, data: AnalysisData
) -> EndpointResult:
    statistics = data.protocol.statistics
    lines: list[Line] = []
    curves: dict[str, KaplanMeier] = {}
    for group, people in _groups(data.adtte[name]):
        if not people.height:
            continue
        curve = estimate_survival(
            people["AVAL"].to_numpy(),
            (people["CNSR"] == 0).to_numpy(),
            conf_type=statistics.intervals.survival,
            level=statistics.level,
        )
        curves[group] = curve
        lines.append(Line(group, "median", curve.median()))
        if endpoint.horizon is not None:
            day = endpoint.horizon.nominal_days
            lines.append(Line(group, f"at {endpoint.horizon}", curve.at(day)))
    return EndpointResult(name, rank, endpoint, tuple(lines), curves=curves)
