"""The report of a trial: assumptions first, then flow, doses, cells, harm, benefit and time."""

from collections.abc import Iterator

import polars as pl

from protocyte.analysis.endpoint import UNFIT, EndpointResult
from protocyte.derivation import AnalysisData, derive_monitoring, derive_outcomes
from protocyte.design.plan import find_dose_design
from protocyte.errors import OutcomeError
from protocyte.protocol.endpoint import (
    AdverseEventEndpoint,
    ChangeEndpoint,
    KineticsEndpoint,
    ResponderEndpoint,
    ResponseEndpoint,
    TimeToEventEndpoint,
)
from protocyte.report.benefit import (
    render_responder_figure,
    render_response_figure,
    render_response_table,
    render_score_figure,
)
from protocyte.report.document import (
    Block,
    Document,
    Facts,
    Flow,
    Paragraph,
    Row,
    Section,
    Table,
)
from protocyte.report.harm import (
    render_interest,
    render_overview,
    render_term_figure,
    render_terms,
)
from protocyte.report.kinetics import render_kinetics, render_parameters
from protocyte.report.monitoring import render_watches
from protocyte.report.survival import render_survival
from protocyte.report.swimmer import render_swimmer
from protocyte.report.synopsis import render_assumptions, render_endpoint
from protocyte.report.word import render_date, render_estimate

_UNSEEN = Paragraph("The record holds no data for this section.", "warning")
#: CDISC's words for the end of participation, as a reader says them.
_ENDS = {
    "SCREEN FAILURE": "failed screening",
    "WITHDRAWAL BY SUBJECT": "withdrew",
    "LOST TO FOLLOW-UP": "lost to follow-up",
    "COMPLETED": "completed",
    "DEATH": "died",
    "PRODUCT NOT MANUFACTURED": "without a product",
    "NOT TREATED": "not treated",
}
_SEXES = {"F": "female", "M": "male"}
_STATUS = ("evaluable", "pending", "not evaluable", "not in dose finding")


def render_trial(
    data: AnalysisData,
    results: tuple[EndpointResult, ...],
    *,
    characteristics: Section | None,
    origin: tuple[tuple[str, str], ...],
) -> Document:
    """Put together the report of a trial.

    Parameters
    ----------
    data : AnalysisData
        Analysis data sets.
    results : tuple of EndpointResult
        Estimates of every endpoint.
    characteristics : Section or None
        Operating characteristics of the protocol's method, if there is a rehearsal.
    origin : tuple of (str, str)
        How the report came about.

    Returns
    -------
    Document
        The report; sections that the protocol does not ask for are left out.

    Examples
    --------
    >>> document = render_trial(example_data, (), characteristics=None, origin=())
    >>> document.sections[0].title
    'What this report rests on'
    """
    protocol, about = data.protocol, data.record.about
    sections = [
        _foundation(data),
        Section("Results by endpoint", _summary(results)),
        Section("Participants", _flow(data)),
    ]
    if protocol.dosing and protocol.dosing.method:
        sections.append(Section("Dose finding", _dose_finding(data)))
    swimmer = render_swimmer(data)
    sections.append(Section("Courses", (swimmer,) if swimmer else (_UNSEEN,)))
    sections += [
        *_kinetics(data, results),
        Section("Adverse events", _harm(data)),
        *_boundaries(data),
        *_benefit(data, results),
        *_time(results),
    ]
    if characteristics:
        sections.append(characteristics)
    sections.append(render_assumptions(protocol))
    trial = protocol.trial
    facts = [trial.acronym, trial.id, trial.phase if trial.phase != "not stated" else None]
    until = f"data to {render_date(data.at)}" if about.dates == "actual" else None
    return Document(
        trial.title,
        " · ".join(fact for fact in (*facts, trial.sponsor, until) if fact),
        "rehearsal: virtual patients" if about.provenance == "rehearsal" else "",
        tuple(sections),
        origin,
    )


def _boundaries(data: AnalysisData) -> Iterator[Section]:
    """Show where stopping boundaries stand, if the protocol has any."""
    watches = derive_monitoring(data)
    if watches:
        yield render_watches(watches)


def _foundation(data: AnalysisData) -> Section:
    """Say first what a reader must know before believing anything below."""
    protocol, about = data.protocol, data.record.about
    blocks: list[Block] = []
    if about.provenance == "rehearsal":
        blocks.append(
            Paragraph(
                "No person was treated. These are virtual patients, drawn to rehearse the "
                "protocol and its analysis; no number here says anything about the product.",
                "warning",
            )
        )
    blocks += [Paragraph(note, "warning") for note in (*about.notes, *_other_scales(data))]
    if about.protocol_digest and about.protocol_digest != protocol.digest:
        blocks.append(
            Paragraph(
                "The record was written under another version of the protocol (digest "
                f"{about.protocol_digest[:12]}) than the one it is analysed by "
                f"({protocol.digest[:12]}).",
                "warning",
            )
        )
    count = len(protocol.assumptions)
    blocks.append(
        Paragraph(
            f"The protocol file lists {count} values that no source gives. The chapters they stand "
            "in are named here; each is told with its reason in the last section."
            if count
            else "The protocol file lists no assumption."
        )
    )
    if count:
        chapters: dict[str, list[str]] = {}
        for assumption in protocol.assumptions:
            chapter, _, rest = assumption.at.partition(".")
            chapters.setdefault(chapter, []).append(rest or "(all of it)")
        blocks.append(Facts(tuple((name, ", ".join(found)) for name, found in chapters.items())))
    return Section("What this report rests on", tuple(blocks))


def _other_scales(data: AnalysisData) -> Iterator[str]:
    """Tell where events were graded on another scale than the protocol names."""
    graded = data.adae.drop_nulls(("ATOXGRN", "AESCALE")).with_columns(
        pl.col("AESI").fill_null("Adverse events").alias("what")
    )
    found = graded.select("what", "AESCALE").unique().sort("what", "AESCALE")
    for what, scale in found.iter_rows():
        planned = data.protocol.safety.scales.of(what)
        if planned and planned != scale:
            yield (
                f"{what}: graded by {scale} in the record, by {planned} in the protocol. The same "
                "people graded on two scales give two answers."
            )


def _summary(results: tuple[EndpointResult, ...]) -> tuple[Block, ...]:
    rows: list[Row] = []
    for rank in dict.fromkeys(result.rank for result in results):
        rows.append(Row((f"{rank.capitalize()} endpoints", "", "", ""), kind="group"))
        for result in (one for one in results if one.rank == rank):
            rows += _summary_rows(result)
    return (
        Table(
            "Every endpoint, over all participants",
            ("Endpoint", "Measured as", "", "Estimate"),
            tuple(rows),
            align="lllr",
            footnotes=(
                (
                    "Proportions: participants with the event over all counted (percentage; "
                    "confidence limits in %). Times: median, and share without the event, with "
                    "confidence limits. Changes and kinetics: mean, geometric mean or median "
                    "(lowest–highest)."
                ),
            ),
        ),
    )


def _summary_rows(result: EndpointResult) -> list[Row]:
    overall = [line for line in result.lines if line.group == "all"]
    is_counted = isinstance(result.endpoint, AdverseEventEndpoint | ResponseEndpoint)
    lines = [
        (
            f"{line.label} ({line.estimate.note})"
            if is_counted and line.estimate.note
            else line.label,
            render_estimate(line.estimate),
        )
        for line in overall
    ]
    lines = lines or [("", result.statement or "no data")]
    heads = [(result.name.replace("_", " "), render_endpoint(result.endpoint))]
    heads += [("", "")] * (len(lines) - 1)
    return [Row((*head, *line)) for head, line in zip(heads, lines, strict=True)]


def _flow(data: AnalysisData) -> tuple[Block, ...]:
    people = data.adsl
    enrolled = people.filter(pl.col("ENRLFL") == "Y")
    infused = people.filter(pl.col("SAFFL") == "Y")
    steps = []
    if people["RFICDT"].is_not_null().any() and enrolled.height:
        steps.append(("consented", people.height, _leaving(people, enrolled)))
    collected = enrolled.filter(pl.col("LEUKDT").is_not_null())
    if collected.height:
        onwards = pl.concat([collected, infused]).unique("USUBJID")
        steps.append(("enrolled", enrolled.height, _leaving(enrolled, onwards)))
        steps.append(("had leukapheresis", collected.height, _leaving(collected, infused)))
    elif enrolled.height:
        steps.append(("enrolled", enrolled.height, _leaving(enrolled, infused)))
    steps.append(("infused", infused.height, ()))
    ends = []
    levels = infused.select("LEVELN", "LEVEL").unique().sort("LEVELN", nulls_last=True)
    for number, label in levels.iter_rows():
        here = infused.filter(pl.col("LEVELN").eq_missing(pl.lit(number, pl.Int64)))
        ended = _ended(here) if data.record["DS"].height else ()
        ends.append((label or "dose not recorded", here.height, ended))
    return (Flow("Flow of participants", tuple(steps), tuple(ends)), _demographics(infused))


def _leaving(before: pl.DataFrame, after: pl.DataFrame) -> tuple[str, ...]:
    gone = before.join(after, on="USUBJID", how="anti")
    reasons = gone.group_by(pl.col("EOSSTT").fill_null("no reason recorded")).len("n")
    ordered = reasons.sort("n", "EOSSTT", descending=[True, False])
    return tuple(f"{n} {_ENDS.get(reason, reason.lower())}" for reason, n in ordered.iter_rows())


def _ended(people: pl.DataFrame) -> tuple[str, ...]:
    status = people.select(
        pl.when(pl.col("DTHDT").is_not_null())
        .then(pl.lit("DEATH"))
        .otherwise(pl.col("EOSSTT").fill_null("still followed"))
        .alias("status")
    )
    found = status.group_by("status").len("n").sort("n", "status", descending=[True, False])
    return tuple(f"{n} {_ENDS.get(reason, reason.lower())}" for reason, n in found.iter_rows())


def _demographics(infused: pl.DataFrame) -> Table | Paragraph:
    ages = [age for age in infused["AGE"].to_list() if age is not None]
    sexes = infused.group_by("SEX").len("n").sort("SEX", nulls_last=True)
    known = [f"{n} {_SEXES.get(sex, 'sex not recorded')}" for sex, n in sexes.iter_rows()]
    if not ages:
        return Paragraph(f"Infused participants: {infused.height}. Age is not recorded.")
    ordered = sorted(ages)
    middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    return Paragraph(
        f"Infused participants: {infused.height}, {', '.join(known)}; median age {middle:g} years "
        f"({min(ages):g}–{max(ages):g})."
    )


def _dose_finding(data: AnalysisData) -> tuple[Block, ...]:
    """Show who counts, what the rule says of it, and which dose it selects."""
    design, dosing = find_dose_design(data.protocol), data.protocol.dosing
    if design is None or dosing is None:
        return (_UNSEEN,)
    if dosing.dlt is None:
        return (
            Paragraph(
                "The protocol names a dose method and does not define dose-limiting toxicity, so "
                "nothing can be counted.",
                "warning",
            ),
        )
    observed = derive_outcomes(data)
    outcomes = observed.outcomes
    try:
        selection, decision = design.select(outcomes), design.decide(outcomes)
    except OutcomeError as error:
        return (Paragraph(f"{UNFIT} {error}", "warning"),)
    rows = []
    for number in range(1, len(dosing.levels) + 1):
        here = observed.participants.filter(pl.col("LEVELN") == number)
        counts = [here.filter(pl.col("STATUS") == status).height for status in _STATUS]
        responses = str(outcomes.eff[number - 1]) if outcomes.eff and dosing.efficacy else "–"
        mark = "selected" if selection.dose == number else ""
        if number in decision.closed:
            mark = "closed"
        rows.append(
            Row(
                (
                    dosing.label(number),
                    *(str(c) if c else "–" for c in counts),
                    str(outcomes.tox[number - 1]),
                    responses,
                    mark,
                )
            )
        )
    board = Table(
        "Dose levels as the method counts them",
        ("Level", *(status.capitalize() for status in _STATUS), "DLTs", "Responses", ""),
        tuple(rows),
        align="lrrrrrrl",
        footnotes=(f"In notation: {observed.notation or 'nobody yet'}.",),
    )
    chosen = "none"
    if selection.dose is not None:
        chosen = dosing.label(selection.dose)
    toxic = observed.participants.filter(pl.col("DLTREASON").is_not_null())
    sentences = [f"Selected if the trial ends here: {chosen}.", selection.reason]
    sentences += [f"{line[:1].upper()}{line[1:]}." for line in selection.arithmetic]
    blocks: list[Block] = [board, Paragraph(" ".join(sentences), "note")]
    if toxic.height:
        blocks.append(
            Table(
                "Dose-limiting toxicities, with the event that decided or is still open",
                ("Participant", "Level", "Event and clause"),
                tuple(
                    Row((row["USUBJID"], str(row["LEVELN"] or "–"), row["DLTREASON"]))
                    for row in toxic.iter_rows(named=True)
                ),
            )
        )
    return tuple(blocks)


def _kinetics(data: AnalysisData, results: tuple[EndpointResult, ...]) -> list[Section]:
    asked = [r for r in results if isinstance(r.endpoint, KineticsEndpoint)]
    if not asked and data.adpc.is_empty():
        return []
    figures = render_kinetics(data)
    if not figures:
        return [Section("Cell kinetics", (_UNSEEN,))]
    tables = [table for result in asked for table in render_parameters(result, data)]
    return [Section("Cell kinetics", (*figures, *tables))]


def _harm(data: AnalysisData) -> tuple[Block, ...]:
    if data.adae.is_empty():
        return (_UNSEEN,)
    blocks: list[Block] = [render_overview(data)]
    if data.protocol.safety.of_interest:
        blocks.append(render_interest(data))
    figure = render_term_figure(data)
    if figure:
        blocks.append(figure)
    blocks.append(render_terms(data))
    return tuple(blocks)


def _benefit(data: AnalysisData, results: tuple[EndpointResult, ...]) -> list[Section]:
    response = [r for r in results if isinstance(r.endpoint, ResponseEndpoint)]
    states = [r for r in results if isinstance(r.endpoint, ResponderEndpoint)]
    changes = [r for r in results if isinstance(r.endpoint, ChangeEndpoint)]
    sections: list[Section] = []
    if response:
        sections.append(Section("Response", tuple(_responses(response, data))))
    if states:
        drawn = [render_responder_figure(states, data), render_score_figure(data)]
        figures = tuple(figure for figure in drawn if figure is not None)
        sections.append(
            Section("Disease states", (_state_table(states), *figures) if figures else (_UNSEEN,))
        )
    if changes:
        sections.append(Section("Changes from baseline", (_change_table(changes),)))
    return sections


def _responses(results: list[EndpointResult], data: AnalysisData) -> Iterator[Block]:
    """Give a table an endpoint, and a figure wherever the best responses are others."""
    drawn: list[pl.DataFrame] = []
    for result in results:
        yield render_response_table(result, data, named=len(results) > 1)
        best = data.best[result.name].select("USUBJID", "AVALC")
        figure = render_response_figure(result, data)
        if figure and not any(best.equals(known) for known in drawn):
            drawn.append(best)
            yield figure


def _state_table(results: list[EndpointResult]) -> Table:
    groups = list(dict.fromkeys(line.group for r in results for line in r.lines))
    rows = []
    for result in results:
        labels = list(dict.fromkeys(line.label for line in result.lines))
        instrument = getattr(result.endpoint, "instrument", result.name)
        rows.append(Row((str(instrument), *("" for _ in groups)), kind="group"))
        found = {(line.group, line.label): line.estimate for line in result.lines}
        for label in labels:
            cells = [
                render_estimate(found[group, label]) if (group, label) in found else "–"
                for group in [*groups[1:], *groups[:1]]
            ]
            rows.append(Row((label, *cells)))
    heads = ["All" if group == "all" else group for group in [*groups[1:], *groups[:1]]]
    return Table(
        "Participants in each state",
        ("", *heads),
        tuple(rows),
        align="l" + "r" * len(heads),
        footnotes=("Visits that are not yet due for a participant are not counted.",),
    )


def _change_table(results: list[EndpointResult]) -> Table:
    rows = []
    for result in results:
        measured = str(getattr(result.endpoint, "of", result.name))
        rows.append(Row((measured, "", "", ""), kind="group"))
        rows += [
            Row(
                (
                    line.label,
                    str(line.estimate.n),
                    render_estimate(line.estimate),
                    line.estimate.note,
                )
            )
            for line in result.lines
            if line.group == "all"
        ]
    return Table(
        "Mean change from baseline",
        ("", "n", "Mean (lowest–highest)", "Spread"),
        tuple(rows),
        align="lrrl",
        footnotes=("Baseline: the last value on or before the infusion.",),
    )


def _time(results: tuple[EndpointResult, ...]) -> list[Section]:
    timed = [r for r in results if isinstance(r.endpoint, TimeToEventEndpoint)]
    if not timed:
        return []
    figures = [render_survival(result) for result in timed]
    drawn = tuple(figure for figure in figures if figure is not None)
    return [Section("Time to events", drawn or (_UNSEEN,))]
