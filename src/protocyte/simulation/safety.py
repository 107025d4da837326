"""Adverse events of a virtual participant, so that the protocol's own words decide what is a DLT.

Whether a participant has a dose-limiting toxicity is settled first, by the scenario. Then events
are drawn that make it so: one that meets a clause for those who have it, none for the others.
"""

from dataclasses import dataclass, replace

import numpy as np

from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import EventTruth, Rehearsal
from protocyte.protocol.schedule import Schedule
from protocyte.protocol.timepoint import CALENDAR_SLACK, Timepoint
from protocyte.protocol.toxicity import DoseLimitingToxicity, ToxicityClause
from protocyte.simulation.participant import VirtualParticipant
from protocyte.standards.adverse_event import INFECTION_CLASS, TERMS, classify_haematological

_MOST_SEVERE = 4
#: Weight of a clause whose grade the rehearsal never draws, and of one about events in general.
_RARE, _OTHER = 0.005, 0.03
_LIVER = ("Aspartate aminotransferase increased", "Investigations")
#: An event of each group that a clause may name, with its system organ class.
_EXAMPLES = {
    "AE": _LIVER,
    "non-haematological AE": _LIVER,
    "haematological AE": ("Neutrophil count decreased", "Investigations"),
    "infection": ("Infection", INFECTION_CLASS),
}


@dataclass(frozen=True, slots=True)
class DrawnEvent:
    """An adverse event of a virtual participant.

    Parameters
    ----------
    term, system : str
        Standard term and system organ class.
    grade : int
        Highest grade, 1 to 4.
    onset, lasting : int
        Day on which it begins after the infusion, and its duration [d].
    related : bool
        Whether the investigator relates it to the product.
    scale : str
        Scale of the grade.
    """

    term: str
    system: str
    grade: int
    onset: int
    lasting: int
    related: bool
    scale: str


def sample_adverse_events(
    person: VirtualParticipant, *, toxic: bool, protocol: Protocol, rehearsal: Rehearsal
) -> list[DrawnEvent]:
    """Sample the adverse events of a virtual participant.

    Parameters
    ----------
    person : VirtualParticipant
        The participant.
    toxic : bool
        Whether the participant is to have a dose-limiting toxicity.
    protocol : Protocol
        The plan; its dosing chapter says what counts.
    rehearsal : Rehearsal
        How often which event occurs.

    Returns
    -------
    list of DrawnEvent
        Events in the order of their onset.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.protocol.rehearsal import parse_rehearsal
    >>> from protocyte.simulation.participant import sample_participant
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> truths = parse_rehearsal(REHEARSAL, protocol=plan).plan
    >>> person = sample_participant(1, truths, rng=np.random.default_rng(1))
    >>> events = sample_adverse_events(person, toxic=True, protocol=plan, rehearsal=truths)
    >>> watch = Watch.of(plan.dosing.dlt, plan.schedule)
    >>> any(watch.counts(event) for event in events)
    True
    """
    definition = protocol.dosing.dlt if protocol.dosing else None
    watch = None if definition is None else Watch.of(definition, protocol.schedule)
    allogeneic = not protocol.product.is_autologous
    (rng,) = person.rng.spawn(1)
    events = []
    for truth in rehearsal.adverse_events:
        # Drawn even if it cannot occur, so that one event more or less shifts nobody else's luck.
        (own,) = rng.spawn(1)
        luck = person.crs if truth.term == "CRS" else float(own.random())
        event = _drawn(truth, luck, protocol, own)
        if person.fate is not None and truth.term in person.fate.events:
            # The cell-kinetics model settled it, whether it is dose-limiting or not.
            grade, onset, lasting = person.fate.events[truth.term]
            events.append(replace(event, grade=grade, onset=onset, lasting=lasting, related=True))
        elif allogeneic or not truth.allogeneic_only:
            events.append(event if watch is None else _harmless(event, watch))
    events = [event for event in events if event.grade >= 1]
    if toxic and watch is not None and not any(watch.counts(event) for event in events):
        events = _with_toxicity(events, watch, protocol, rehearsal, rng)
    return sorted(events, key=lambda event: event.onset)


@dataclass(frozen=True, slots=True)
class Watch:
    """What a participant is watched for, and when.

    Parameters
    ----------
    definition : DoseLimitingToxicity
        What counts.
    opens, closes : float
        First and last day of the window after the infusion [d]; in calendar steps the last day is
        the nominal one.
    slack : float
        How far the last day may lie from the nominal one [d].
    """

    definition: DoseLimitingToxicity
    opens: float
    closes: float
    slack: float

    @classmethod
    def of(cls, definition: DoseLimitingToxicity, schedule: Schedule) -> "Watch":
        """Return the watch that a protocol keeps."""
        start, infusion = schedule.time_of(definition.anchor), schedule.time_of("infusion")
        opens = start.days - infusion.days if start and infusion else 0.0
        window = Timepoint.of(definition.window)
        slack = CALENDAR_SLACK if window.calendar else 0.0
        return cls(definition, opens, opens + window.days, slack)

    def counts(self, event: DrawnEvent) -> bool:
        """Return whether an event may be a dose-limiting toxicity."""
        return any(self.meets(event, clause) for clause in self.definition.is_)

    def meets(self, event: DrawnEvent, clause: ToxicityClause) -> bool:
        """Return whether an event may meet a clause."""
        in_window = self.opens <= event.onset <= self.closes + self.slack
        related = event.related or self.definition.attribution == "any"
        is_one = event.grade >= clause.grade and _is_named(event, clause)
        if not (in_window and related and is_one) or clause.lasting is None:
            return in_window and related and is_one
        needed = clause.lasting.nominal_days
        return event.lasting > needed if clause.longer else event.lasting >= needed


def _drawn(
    truth: EventTruth, luck: float, protocol: Protocol, rng: np.random.Generator
) -> DrawnEvent:
    """Draw one kind of event; low luck is a high grade, and grade 0 is no event."""
    worse = np.cumsum(truth.grades[::-1])[:_MOST_SEVERE]
    grade = int(_MOST_SEVERE - np.searchsorted(worse, luck, side="right"))
    onset = _pick(*truth.onset, rng)
    lasting = _pick(*truth.lasting, rng)
    related = bool(rng.random() < truth.related)
    name, system, scale = _named(truth.term, truth.system, protocol)
    return DrawnEvent(name, system, grade, onset, lasting, related, scale)


def _named(short: str, system: str | None, protocol: Protocol) -> tuple[str, str, str]:
    scales = protocol.safety.scales
    by_term = {"CRS": scales.crs, "ICANS": scales.icans, "GvHD": scales.gvhd}
    scale = by_term.get(short) or scales.adverse_events or ""
    if short in TERMS:
        return TERMS[short].name, TERMS[short].system, scale
    return short, system or "", scale


def _harmless(event: DrawnEvent, watch: Watch) -> DrawnEvent:
    """Shorten or lower an event until no clause of the definition is met."""
    for clause in watch.definition.is_:
        if watch.meets(event, clause) and clause.lasting is not None:
            most = int(clause.lasting.nominal_days) - (0 if clause.longer else 1)
            event = replace(event, lasting=max(most, 1))
        if watch.meets(event, clause):
            event = replace(event, grade=clause.grade - 1)
    return event


def _is_named(event: DrawnEvent, clause: ToxicityClause) -> bool:
    blood = classify_haematological(event.term, event.system)
    groups: dict[str, bool] = {
        "AE": True,
        "non-haematological AE": not blood,
        "haematological AE": blood,
        "infection": event.system.lower() == INFECTION_CLASS.lower(),
    }
    if clause.term in groups:
        return groups[clause.term]
    name = TERMS[clause.term].name if clause.term in TERMS else clause.term
    return event.term.lower() == name.lower()


def _with_toxicity(
    events: list[DrawnEvent],
    watch: Watch,
    protocol: Protocol,
    rehearsal: Rehearsal,
    rng: np.random.Generator,
) -> list[DrawnEvent]:
    """Add, or raise, one event so that it meets a clause that this product can meet."""
    clause = _likely_clause(watch.definition, protocol, rehearsal, rng)
    truth = next((t for t in rehearsal.adverse_events if t.term == clause.term), None)
    window = int(watch.closes - watch.slack)
    needed = int(clause.lasting.nominal_days) + 1 if clause.lasting else 1
    first, last = truth.onset if truth else (1, window // 2)
    # It has lasted long enough inside the window, so that it is known when the cohort is judged.
    last = min(last, window - needed)
    onset = _pick(max(0, min(first, last)), max(0, last), rng)
    shortest, longest = truth.lasting if truth else (needed, needed + 7)
    lasting = max(needed, _pick(shortest, longest, rng))
    short, system = _EXAMPLES.get(clause.term, (clause.term, truth.system if truth else None))
    name, of, scale = _named(short, system, protocol)
    event = DrawnEvent(name, of, clause.grade, onset, lasting, related=True, scale=scale)
    return [e for e in events if e.term != name] + [event]


def _pick(first: int, last: int, rng: np.random.Generator) -> int:
    return int(rng.integers(first, last + 1))


def _likely_clause(
    definition: DoseLimitingToxicity,
    protocol: Protocol,
    rehearsal: Rehearsal,
    rng: np.random.Generator,
) -> ToxicityClause:
    """Choose how a toxicity comes about, in proportion to how often such grades occur."""
    allogeneic = not protocol.product.is_autologous
    clauses = [c for c in definition.is_ if allogeneic or c.term != "GvHD"]
    severe = {t.term: np.cumsum(t.grades[::-1])[::-1] for t in rehearsal.adverse_events}
    weights = [
        float(severe[c.term][min(c.grade, _MOST_SEVERE)]) + _RARE if c.term in severe else _OTHER
        for c in clauses
    ]
    return clauses[int(rng.choice(len(clauses), p=np.array(weights) / sum(weights)))]
