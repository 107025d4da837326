"""A protocol in prose: synopsis, endpoints, schedule, criteria, doses, decisions, assumptions."""

from protocyte.design.catalogue.monitoring import find_expansion_monitor
from protocyte.protocol.dosing import Dosing
from protocyte.protocol.endpoint import (
    AdverseEventEndpoint,
    ChangeEndpoint,
    DoseEndpoint,
    Endpoint,
    KineticsEndpoint,
    ResponderEndpoint,
    ResponseEndpoint,
    TimeToEventEndpoint,
)
from protocyte.protocol.methods.expansion import Expansion
from protocyte.protocol.plan import Protocol
from protocyte.protocol.population import Criterion
from protocyte.report.decision import render_decisions
from protocyte.report.document import Block, Document, Facts, Paragraph, Row, Section, Table
from protocyte.report.monitoring import render_monitoring
from protocyte.report.sample import render_sample
from protocyte.report.schedule import render_schedule
from protocyte.report.word import render_date


def render_synopsis(protocol: Protocol, *, origin: tuple[tuple[str, str], ...]) -> Document:
    """Describe a protocol as a document.

    Parameters
    ----------
    protocol : Protocol
        The plan.
    origin : tuple of (str, str)
        How the document came about.

    Returns
    -------
    Document
        The protocol in prose.

    Raises
    ------
    DesignError
        If the settings of the dose method contradict each other.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> document = render_synopsis(parse_protocol(EXAMPLE).plan, origin=())
    >>> document.sections[0].title
    'Synopsis'
    """
    sections = [
        Section("Synopsis", _synopsis(protocol)),
        Section("Objectives and endpoints", _endpoints(protocol)),
        Section("Schedule of activities", (render_schedule(protocol),)),
        Section("Eligibility", tuple(_criteria(protocol))),
    ]
    if protocol.dosing:
        sections.append(Section("Dose levels and decisions", tuple(_dosing(protocol))))
    if protocol.statistics.sample:
        sections.append(Section("Number of participants", tuple(render_sample(protocol))))
    sections.append(Section("Safety", _safety(protocol)))
    sections.append(render_assumptions(protocol))
    return Document(protocol.trial.title, _subtitle(protocol), "", tuple(sections), origin)


def render_assumptions(protocol: Protocol) -> Section:
    """List every value of a protocol that its sources do not give.

    Parameters
    ----------
    protocol : Protocol
        The plan.

    Returns
    -------
    Section
        The list.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> render_assumptions(parse_protocol(EXAMPLE).plan).title
    'Assumptions'
    """
    if not protocol.assumptions:
        text = "The protocol lists no assumption: every value is said to come from its source."
        return Section("Assumptions", (Paragraph(text, "note"),))
    heads = ("Where in the protocol", "Why this value", "Borrowed from")
    cells = [(a.at, " ".join(a.why.split()), a.from_ or "") for a in protocol.assumptions]
    width = 3 if any(borrowed for *_, borrowed in cells) else 2
    table = Table(
        f"{len(cells)} values that no source gives",
        heads[:width],
        tuple(Row(row[:width]) for row in cells),
    )
    return Section("Assumptions", (table,))


def _subtitle(protocol: Protocol) -> str:
    trial = protocol.trial
    registry = trial.id or "registry number not published"
    phase = "phase not stated" if trial.phase == "not stated" else trial.phase
    return f"{trial.acronym} · {registry} · {phase} · {trial.sponsor}"


def _synopsis(protocol: Protocol) -> tuple[Block, ...]:
    trial, product = protocol.trial, protocol.product
    edits = (
        "not stated"
        if product.edits is None
        else ", ".join(f"{gene} deleted" for gene in product.edits) or "none"
    )
    start = render_date(trial.start) if trial.start else "start not stated"
    end = render_date(trial.completion) if trial.completion else "end not stated"
    pairs = [
        ("Condition", trial.condition),
        (
            "Design",
            (
                f"{trial.phase}, {trial.arms} arm{'s' if trial.arms > 1 else ''}, "
                f"{trial.masking}, {trial.kind}"
            ),
        ),
        (
            "Participants",
            f"{protocol.population.planned or 'number not stated'} planned"
            + (f" at {trial.sites} site{'s' if trial.sites != 1 else ''}" if trial.sites else ""),
        ),
        ("Dates", f"{start} to {end}"),
        (
            "Product",
            f"{product.name}" + (f" ({', '.join(product.aliases)})" if product.aliases else ""),
        ),
        ("Cells", f"{product.donor} T cells with CAR against {' and '.join(product.cars)}"),
        ("Gene edits", edits),
    ]
    if product.armour:
        pairs.append(("Armour", ", ".join(product.armour)))
    if trial.designations:
        pairs.append(
            (
                "Designations",
                "; ".join(
                    f"{d.name} ({d.agency}"
                    + (
                        f", {render_date(d.on)}"
                        if d.on
                        else f", by {render_date(d.by)}"
                        if d.by
                        else ""
                    )
                    + ")"
                    for d in trial.designations
                ),
            )
        )
    pairs.append(("Protocol digest", protocol.digest[:16]))
    blocks: list[Block] = [Paragraph(" ".join(trial.purpose.split()))] if trial.purpose else []
    return (*blocks, Facts(tuple(pairs)))


def _endpoints(protocol: Protocol) -> tuple[Block, ...]:
    blocks: list[Block] = []
    if protocol.objectives:
        rows = [
            Row((rank.capitalize(), text))
            for rank in ("primary", "secondary", "exploratory")
            for text in getattr(protocol.objectives, rank)
        ]
        blocks.append(Table("Objectives", ("", "Question"), tuple(rows)))
    rows = [
        Row(
            (
                rank.capitalize(),
                name,
                " ".join((endpoint.says or "").split()) or "–",
                render_endpoint(endpoint),
            )
        )
        for rank, name, endpoint in protocol.endpoints.ranked()
    ]
    blocks.append(Table("Endpoints", ("", "Name", "In words", "Measured as"), tuple(rows)))
    return tuple(blocks)


def render_endpoint(endpoint: Endpoint) -> str:  # noqa: PLR0911 - a sentence for each kind
    """Say in one line how an endpoint is measured.

    Parameters
    ----------
    endpoint : Endpoint
        The endpoint.

    Returns
    -------
    str
        The line.

    Examples
    --------
    >>> from protocyte.protocol.endpoint import DoseLimitingToxicityEndpoint
    >>> render_endpoint(DoseLimitingToxicityEndpoint(measure="dose-limiting toxicity"))
    'share of evaluable participants with a dose-limiting toxicity'
    """
    match endpoint:
        case AdverseEventEndpoint():
            until = f" to {endpoint.until}" if endpoint.until else ""
            related = "related " if endpoint.related else ""
            scale = f", {endpoint.scale}" if endpoint.scale else ""
            return (
                f"share with {related}{endpoint.of} adverse events from {endpoint.anchor}"
                f"{until}{scale}"
            )
        case DoseEndpoint():
            return f"{endpoint.finds} by the dosing chapter's method"
        case ResponseEndpoint():
            until = f" to {endpoint.until}" if endpoint.until else ""
            criteria = endpoint.criteria
            by = criteria if criteria == "as reported" else f"by {criteria}"
            return (
                f"share with {', '.join(endpoint.responders)} {by}, from {endpoint.anchor}{until}, "
                f"of {endpoint.denominator} participants"
            )
        case TimeToEventEndpoint():
            horizon = f", reported at {endpoint.horizon}" if endpoint.horizon else ""
            return f"time from {endpoint.anchor} to {' or '.join(endpoint.until_first)}{horizon}"
        case ResponderEndpoint():
            how = "kept at" if endpoint.maintained else "at"
            return f"share in {endpoint.instrument} {how} {', '.join(endpoint.at)}"
        case ChangeEndpoint():
            return f"change of {endpoint.of} from baseline at {', '.join(endpoint.at)}"
        case KineticsEndpoint():
            return f"{', '.join(endpoint.parameters)} of {endpoint.analyte}"
        case _:
            return "share of evaluable participants with a dose-limiting toxicity"


def _criteria(protocol: Protocol) -> list[Block]:
    population = protocol.population
    blocks: list[Block] = []
    for title, criteria in (
        ("Inclusion criteria", population.include),
        ("Exclusion criteria", population.exclude),
    ):
        if criteria:
            rows = [
                Row((str(number), " ".join((c.says or c.ask or "").split()), _decided(c)))
                for number, c in enumerate(criteria.values(), start=1)
            ]
            blocks.append(Table(title, ("", "Criterion", "Decided by"), tuple(rows)))
    window = population.lab_window
    absent = population.absent_means
    blocks.append(
        Paragraph(
            f"Look-back for laboratory values: {window or 'not stated'}, counted from "
            f"{population.anchor}. A laboratory value or score that is absent means "
            f"{absent.labs}; a condition or drug absent from the history means "
            f"{absent.history}; an answer that is absent means {absent.attestation}."
        )
    )
    return blocks


def _decided(criterion: Criterion) -> str:
    rule = " ".join((criterion.rule or "").split())
    if not rule:
        return "a person's answer"
    return f"{rule} (or: {criterion.waive})" if criterion.waive else rule


def _dosing(protocol: Protocol) -> list[Block]:
    dosing = protocol.dosing
    if dosing is None:
        return []
    cohort = dosing.cohort
    blocks: list[Block] = []
    blocks += _levels(dosing)
    if dosing.method is None:
        blocks.append(Paragraph("One dose is given; no dose is looked for."))
        return blocks
    stagger = f", {cohort.stagger} apart" if cohort.stagger else ""
    most = dosing.participants or "as many as the design needs"
    next_after = cohort.next_after or (dosing.dlt.window if dosing.dlt else None)
    blocks.append(
        Paragraph(
            f"The {dosing.finds or 'dose'} is looked for, starting at level {dosing.start}, in "
            f"cohorts of {cohort.size}{stagger}; the next cohort opens {next_after or 'some time'} "
            f"after the last infusion. At most {most} participants take part in dose finding."
        )
    )
    if dosing.dlt:
        blocks.append(
            Paragraph(
                f"Dose-limiting toxicity, within {dosing.dlt.window} of the {dosing.dlt.anchor}, "
                f"attribution {dosing.dlt.attribution}: {'; '.join(map(str, dosing.dlt.is_))}."
            )
        )
    if dosing.efficacy:
        at = f" at {dosing.efficacy.at}" if dosing.efficacy.at else ""
        text = (
            f"A response, for the dose decision, is `{dosing.efficacy.endpoint}`{at}; the decision "
            "waits until it is known."
        )
        blocks.append(Paragraph(text))
    blocks += render_decisions(protocol)
    if dosing.expansion:
        blocks += _expansion(dosing.expansion)
    return blocks


def _expansion(expansion: Expansion) -> list[Block]:
    """Say who is treated at the selected dose afterwards, and what stops that."""
    text = f"Up to {expansion.participants} more participants are treated at the selected dose"
    monitor = find_expansion_monitor(expansion)
    if monitor is None:
        return [Paragraph(f"{text}; no boundary stops it.")]
    rows = tuple(Row((str(n), f"≥ {events}")) for n, events in monitor.rule.rows())
    table = Table(
        "Dose-limiting toxicities that stop the expansion cohort",
        ("Among its first", "Stop at"),
        rows,
        align="rr",
    )
    return [Paragraph(f"{text}, with a boundary on their own dose-limiting toxicities."), table]


def _levels(dosing: Dosing) -> list[Block]:
    """Print the dose levels, and what happens to patients outside their ages."""
    heads = ["Level", "Name", "Cells", *(["Lymphodepletion"] if dosing.regimens else []), "Open to"]
    rows = [
        Row(
            (
                str(number),
                level.name or "–",
                str(level.dose) if level.dose else "not stated",
                *([level.regimen or "–"] if dosing.regimens else []),
                str(level.ages) if level.ages else "all",
            )
        )
        for number, level in enumerate(dosing.levels, start=1)
    ]
    blocks: list[Block] = [Table("Dose levels", tuple(heads), tuple(rows))]
    if any(level.ages for level in dosing.levels):
        meanwhile = (
            "go elsewhere" if dosing.outside_ages == "refuse" else "wait for a level that is"
        )
        text = f"In dose finding, patients whose age a level is not open to {meanwhile}."
        blocks.append(Paragraph(text))
    return blocks


def _safety(protocol: Protocol) -> tuple[Block, ...]:
    safety, scales = protocol.safety, protocol.safety.scales
    window = safety.treatment_emergent
    pairs: list[tuple[str, str]] = [
        ("Adverse events", scales.adverse_events or "scale not named"),
        ("CRS", scales.crs or "scale not named"),
        ("ICANS", scales.icans or "scale not named"),
    ]
    if not protocol.product.is_autologous:
        pairs.append(("GvHD", scales.gvhd or "scale not named"))
    if window:
        worse = ", or existed before and worsened" if window.worsened else ""
        pairs.append(
            ("Treatment-emergent", f"begun within {window.until} of the {window.anchor}{worse}")
        )
    if safety.of_interest:
        pairs.append(("Of special interest", ", ".join(safety.of_interest)))
    return (Facts(tuple(pairs)), *render_monitoring(protocol))
