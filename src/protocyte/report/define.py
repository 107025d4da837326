"""The DEFINE checklist of early phase dose-finding trials, answered from a protocol file.

DEFINE extends two older lists: SPIRIT for protocols and CONSORT for reports. The items here are
those whose published wording was read: all of SPIRIT 2013, on which SPIRIT-DEFINE builds, and the
first part of CONSORT-DEFINE. Topics are told in other words than the published ones.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from protocyte.design.programme import Programme
from protocyte.protocol.plan import Protocol
from protocyte.report.document import Document, Paragraph, Row, Section, Table
from protocyte.report.word import render_percent

SPIRIT_DEFINE: Final = (
    "Yap C, Rekowski J, Ursino M, et al. Enhancing quality and impact of early phase dose-finding "
    "clinical trial protocols: SPIRIT Dose-finding Extension (SPIRIT-DEFINE) guidance. BMJ "
    "2023;383:e076386. doi:10.1136/bmj-2023-076386"
)
CONSORT_DEFINE: Final = (
    "Yap C, Solovyeva O, de Bono J, et al. Enhancing reporting quality and impact of early phase "
    "dose-finding clinical trials: CONSORT Dose-finding Extension (CONSORT-DEFINE) guidance. BMJ "
    "2023;383:e076387. doi:10.1136/bmj-2023-076387"
)
SPIRIT_2013: Final = (
    "Chan AW, Tetzlaff JM, Gøtzsche PC, et al. SPIRIT 2013 explanation and elaboration: guidance "
    "for protocols of clinical trials. BMJ 2013;346:e7586. doi:10.1136/bmj.e7586"
)
REFERENCES: Final = (SPIRIT_DEFINE, CONSORT_DEFINE, SPIRIT_2013)
NOT_STATED: Final = "not stated"

Told: TypeAlias = tuple[str, str]
"""Key path, and what stands there."""
Answer: TypeAlias = Callable[[Protocol, Programme | None], list[Told]]


@dataclass(frozen=True, slots=True)
class _Item:
    number: str
    topic: str
    answer: Answer | None = None


def render_define(
    protocol: Protocol, *, programme: Programme | None, origin: tuple[tuple[str, str], ...]
) -> Document:
    """Fill the DEFINE checklist from a protocol and its operating characteristics.

    Parameters
    ----------
    protocol : Protocol
        The plan.
    programme : Programme or None
        Its operating characteristics; None if it is not rehearsed.
    origin : tuple of (str, str)
        How the document came about.

    Returns
    -------
    Document
        A line an item: its number, its topic, where the protocol answers it and how.

    References
    ----------
    .. [1] Yap C, Rekowski J, Ursino M, et al. SPIRIT Dose-finding Extension (SPIRIT-DEFINE)
       guidance. *BMJ* 2023;383:e076386. doi:10.1136/bmj-2023-076386
    .. [2] Yap C, Solovyeva O, de Bono J, et al. CONSORT Dose-finding Extension (CONSORT-DEFINE)
       guidance. *BMJ* 2023;383:e076387. doi:10.1136/bmj-2023-076387

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> document = render_define(parse_protocol(EXAMPLE).plan, programme=None, origin=())
    >>> document.sections[0].blocks[1].rows[0].cells[0]
    '1'
    """
    assumed = tuple(assumption.at for assumption in protocol.assumptions)
    known = Paragraph(
        "Listed are all items of SPIRIT 2013, on which SPIRIT-DEFINE builds, and items 1 to 3a of "
        "CONSORT-DEFINE, in other words than the published ones. Not listed, because their wording "
        "could not be read: the 17 items that SPIRIT-DEFINE adds to SPIRIT and its changes to 15 "
        "others, and the rest of CONSORT-DEFINE, which adds 21 and changes 19 in all. Compare with "
        "the publications before this list is handed in.",
        "note",
    )
    sections = (
        Section(
            "Protocol: SPIRIT 2013, on which SPIRIT-DEFINE builds",
            (known, _table("Items of a protocol", _PROTOCOL, protocol, programme, assumed)),
        ),
        Section(
            "Report: CONSORT-DEFINE",
            (
                _table("Items of a report", _REPORT, protocol, programme, assumed),
                Paragraph(f"Sources: {'; '.join(REFERENCES)}.", "note"),
            ),
        ),
    )
    return Document(
        f"DEFINE checklist: {protocol.trial.title}", protocol.name, "", sections, origin
    )


def _table(
    title: str,
    items: tuple[_Item, ...],
    protocol: Protocol,
    programme: Programme | None,
    assumed: tuple[str, ...],
) -> Table:
    rows, open_ = [], 0
    for item in items:
        told = item.answer(protocol, programme) if item.answer else []
        open_ += not told
        where = ", ".join(path for path, _ in told if path) or "–"
        text = "; ".join(said for _, said in told) or NOT_STATED
        if any(_covers(at, path) for path, _ in told for at in assumed if path):
            text += " (assumed in part: see assumptions)"
        rows.append(Row((item.number, item.topic, where, text)))
    note = (
        f"{len(items) - open_} of {len(items)} items answered by the file; a dash: no key holds it."
    )
    return Table(
        title,
        ("Item", "Topic", "Where", "Answer"),
        tuple(rows),
        footnotes=(note, *(["† changed, * added by DEFINE."] if items is _REPORT else [])),
    )


def _covers(assumption: str, path: str) -> bool:
    return assumption == path or assumption.startswith((f"{path}.", f"{path}["))


def _kept(*told: tuple[str, object]) -> list[Told]:
    """Keep what is stated."""
    return [(path, " ".join(str(value).split())) for path, value in told if value]


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''}"


def _title(protocol: Protocol, _: Programme | None) -> list[Told]:
    return _kept(("trial.title", protocol.trial.title), ("trial.acronym", protocol.trial.acronym))


def _registry(protocol: Protocol, _: Programme | None) -> list[Told]:
    return _kept(("trial.id", protocol.trial.id))


def _version(protocol: Protocol, _: Programme | None) -> list[Told]:
    return [("", f"the file is identified by its digest {protocol.digest[:16]}")]


def _sponsor(protocol: Protocol, _: Programme | None) -> list[Told]:
    return _kept(("trial.sponsor", protocol.trial.sponsor), ("trial.kind", protocol.trial.kind))


def _purpose(protocol: Protocol, _: Programme | None) -> list[Told]:
    return _kept(("trial.purpose", protocol.trial.purpose))


def _objectives(protocol: Protocol, _: Programme | None) -> list[Told]:
    if protocol.objectives is None:
        return []
    return _kept(
        *(
            (f"objectives.{rank}", f"{len(found)} {rank}")
            for rank in ("primary", "secondary", "exploratory")
            if (found := getattr(protocol.objectives, rank))
        )
    )


def _design(protocol: Protocol, _: Programme | None) -> list[Told]:
    trial = protocol.trial
    phase = "" if trial.phase == NOT_STATED else trial.phase
    return _kept(("trial.phase", phase), ("trial.arms", _counted(trial.arms, "arm")))


def _places(protocol: Protocol, _: Programme | None) -> list[Told]:
    trial = protocol.trial
    return _kept(
        ("trial.sites", _counted(trial.sites, "site") if trial.sites else ""),
        ("trial.countries", ", ".join(trial.countries)),
    )


def _eligibility(protocol: Protocol, _: Programme | None) -> list[Told]:
    include, exclude = protocol.population.include, protocol.population.exclude
    return _kept(
        ("population.include", f"{len(include)} to be included by" if include else ""),
        ("population.exclude", f"{len(exclude)} to be excluded by" if exclude else ""),
    )


def _treatment(protocol: Protocol, _: Programme | None) -> list[Told]:
    activities, dosing = protocol.schedule.activities, protocol.dosing
    doses = [level.dose for level in dosing.levels] if dosing else []
    stated = [str(dose) for dose in doses if dose]
    return _kept(
        ("product", f"{protocol.product.name}, {protocol.product.donor}"),
        ("dosing.levels", f"cells at {len(stated)} of {len(doses)} levels" if stated else ""),
        ("schedule.activities.infusion", activities.infusion.route),
        (
            "schedule.activities.lymphodepletion",
            "lymphodepletion" * bool(activities.lymphodepletion),
        ),
    )


def _outcomes(protocol: Protocol, _: Programme | None) -> list[Told]:
    ranked = protocol.endpoints.ranked()
    ranks = dict.fromkeys(rank for rank, _, _ in ranked)
    return _kept(
        *(
            (f"endpoints.{rank}", ", ".join(name for one, name, _ in ranked if one == rank))
            for rank in ranks
        )
    )


def _timeline(protocol: Protocol, _: Programme | None) -> list[Told]:
    return _kept(
        ("schedule.visits", f"{len(protocol.schedule.visits)} visits"),
        ("schedule.follow_up", protocol.schedule.follow_up),
    )


def _number(protocol: Protocol, programme: Programme | None) -> list[Told]:
    dosing, sample = protocol.dosing, protocol.statistics.sample
    planned, treated = protocol.population.planned, dosing.participants if dosing else None
    told = _kept(
        ("population.planned", f"{planned} planned" if planned else ""),
        ("dosing.participants", f"{treated} to find the dose" if treated else ""),
        (
            "statistics.sample",
            f"by {type(sample).model_fields['settings'].alias}" if sample is not None else "",
        ),
    )
    return told + _characteristics(programme)


def _characteristics(programme: Programme | None) -> list[Told]:
    found = programme.dose if programme else None
    if found is None:
        return []
    kind = "exact" if found.exact else f"simulated, {found.trials:,} trials"
    text = f"operating characteristics in {len(found.scenarios)} scenarios, {kind}"
    if found.correct is not None:
        known = found.correct[np.isfinite(found.correct)].tolist()
        if known:
            text += (
                f": right dose selected with probability {render_percent(min(known))} to "
                f"{render_percent(max(known))}"
            )
    return [("", text)]


def _masking(protocol: Protocol, _: Programme | None) -> list[Told]:
    return _kept(("trial.masking", protocol.trial.masking))


def _comparators(protocol: Protocol, _: Programme | None) -> list[Told]:
    alone = protocol.trial.arms == 1
    return _kept(("trial.arms", "one arm, so that there is no comparator" if alone else ""))


def _allocation(protocol: Protocol, _: Programme | None) -> list[Told]:
    alone = protocol.trial.arms == 1
    return _kept(("trial.arms", "one arm, so that none is allocated to another" if alone else ""))


def _unmasking(protocol: Protocol, _: Programme | None) -> list[Told]:
    is_open = protocol.trial.masking == "open label"
    return _kept(("trial.masking", "open label, so that nothing is revealed" if is_open else ""))


def _collected(protocol: Protocol, _: Programme | None) -> list[Told]:
    done = {what for visit in protocol.schedule.visits for what in visit.does}
    counted = _counted(len(done), "kind") + " of assessment, visit by visit" if done else ""
    scales = protocol.safety.scales.adverse_events
    return _kept(("schedule.visits", counted), ("safety.scales", scales))


def _analysis(protocol: Protocol, _: Programme | None) -> list[Told]:
    statistics = protocol.statistics
    return _kept(
        ("statistics.level", f"{100 * statistics.level:g} % intervals"),
        ("statistics.intervals", f"proportions by {statistics.intervals.proportion}"),
    )


def _analysed(protocol: Protocol, _: Programme | None) -> list[Told]:
    return _kept(
        *(
            (f"endpoints.{rank}.{name}.denominator", f"{name}: {denominator} participants")
            for rank, name, endpoint in protocol.endpoints.ranked()
            if (denominator := getattr(endpoint, "denominator", None))
        )
    )


def _looks(protocol: Protocol, _: Programme | None) -> list[Told]:
    monitoring = protocol.safety.monitoring or {}
    return _strategy(protocol, None)[:1] + _kept(
        ("safety.monitoring", ", ".join(monitoring)),
        (
            "statistics.sample",
            type(protocol.statistics.sample).model_fields["settings"].alias
            if protocol.statistics.sample is not None
            else "",
        ),
    )


def _harms(protocol: Protocol, _: Programme | None) -> list[Told]:
    safety, dosing = protocol.safety, protocol.dosing
    window = safety.treatment_emergent
    return _kept(
        ("safety.scales", safety.scales.adverse_events),
        ("safety.treatment_emergent", f"within {window.until}" if window else ""),
        (
            "dosing.dlt",
            f"dose-limiting toxicity within {dosing.dlt.window}" if dosing and dosing.dlt else "",
        ),
    )


def _early(protocol: Protocol, _: Programme | None) -> list[Told]:
    phase = protocol.trial.phase
    return _kept(
        ("trial.phase", "" if phase == NOT_STATED else phase),
        ("dosing.finds", protocol.dosing.finds if protocol.dosing else ""),
    )


def _strategy(protocol: Protocol, _: Programme | None) -> list[Told]:
    dosing = protocol.dosing
    if dosing is None or dosing.method is None:
        return []
    cohort = dosing.cohort
    stagger = f", {cohort.stagger} apart" if cohort.stagger else ""
    return _kept(
        ("dosing.method", type(dosing.method).model_fields["settings"].alias),
        ("dosing.levels", f"{len(dosing.levels)} levels from level {dosing.start}"),
        ("dosing.cohort", f"cohorts of {cohort.size}{stagger}"),
    )


def _schema(protocol: Protocol, _: Programme | None) -> list[Told]:
    if not _strategy(protocol, None):
        return []
    return [("dosing.method", "decision table by `show --table`, paths by `decide --paths`")]


_PROTOCOL: Final = (
    _Item("1", "A title that tells design, people and product", _title),
    _Item("2a", "Registry and number", _registry),
    _Item("2b", "The data set of the WHO for registries"),
    _Item("3", "Version and date of the protocol", _version),
    _Item("4", "Who pays"),
    _Item("5a", "Who wrote it"),
    _Item("5b", "Sponsor", _sponsor),
    _Item("5c", "What sponsor and funders decide"),
    _Item("5d", "Committees and groups that oversee the trial"),
    _Item("6a", "Why the trial is done, and what is known", _purpose),
    _Item("6b", "Why these comparators", _comparators),
    _Item("7", "Objectives", _objectives),
    _Item("8", "Kind of trial: phase, arms", _design),
    _Item("9", "Where it is done", _places),
    _Item("10", "Who may take part", _eligibility),
    _Item("11a", "What is given, how and when", _treatment),
    _Item("11b", "When a participant's treatment is changed or ended"),
    _Item("11c", "How adherence is furthered and watched"),
    _Item("11d", "Which other care is allowed, which is not"),
    _Item("12", "Outcomes, with measure and time", _outcomes),
    _Item("13", "Timeline of a participant", _timeline),
    _Item("14", "How many participants, and why", _number),
    _Item("15", "How enough participants are found"),
    _Item("16a", "How the order of allocation is made", _allocation),
    _Item("16b", "How it is kept hidden", _allocation),
    _Item("16c", "Who makes it, enrols and allocates", _allocation),
    _Item("17a", "Who is blinded", _masking),
    _Item("17b", "When and how blinding is lifted", _unmasking),
    _Item("18a", "What is collected, how, with which instruments", _collected),
    _Item("18b", "How participants are kept; what is collected of those who leave"),
    _Item("19", "How data are entered, checked and stored"),
    _Item("20a", "How outcomes are analysed", _analysis),
    _Item("20b", "Further analyses, such as subgroups"),
    _Item("20c", "Whose data are analysed", _analysed),
    _Item("21a", "Data monitoring committee"),
    _Item("21b", "Interim looks, and rules to stop", _looks),
    _Item("22", "How harms are collected and judged", _harms),
    _Item("23", "Audits"),
    _Item("24", "Approval by an ethics committee"),
    _Item("25", "How amendments are made known"),
    _Item("26a", "Who asks for consent, and how"),
    _Item("26b", "Consent to further studies of data and samples"),
    _Item("27", "How personal data are protected"),
    _Item("28", "Competing interests"),
    _Item("29", "Who has access to the final data"),
    _Item("30", "Care after the trial; compensation for harm"),
    _Item("31a", "How results are made known"),
    _Item("31b", "Who may be an author"),
    _Item("31c", "Public access to protocol, data and code"),
    _Item("32", "Consent form"),
    _Item("33", "How samples are taken, examined and kept"),
)
_REPORT: Final = (
    _Item("1a†", "Recognisable as an early phase, dose-finding trial", _early),
    _Item("1b", "Summary"),
    _Item("2a.1†", "Question, justification, and earlier clinical evidence", _purpose),
    _Item("2a.2*", "What is known before use in people"),
    _Item("2a.3*", "Earlier findings behind biomarker studies"),
    _Item("2b†", "Objectives: safety, activity, kinetics, recommended dose", _objectives),
    _Item("3a.1†", "How doses go up and down, groups, planned adaptations", _strategy),
    _Item("3a.2*", "A drawing of the trial's turning points", _schema),
)
