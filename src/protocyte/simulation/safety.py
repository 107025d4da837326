"""Adverse events of a virtual participant, so that the protocol's own words decide what is a DLT.

Whether a participant has a dose-limiting toxicity is settled first, by the scenario. Then events
are drawn that make it so: one that meets a clause for those who have it, none for the others.
"""

from dataclasses import dataclass, replace

import numpy as np

from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import EventTruth, Rehearsal
from protocyte.protocol.toxicity import DoseLimitingToxicity, ToxicityClause
from protocyte.simulation.participant import VirtualParticipant
from protocyte.standards.adverse_event import TERMS, classify_haematological

_MOST_SEVERE = 4
#: Weight of a clause whose grade the rehearsal never draws, and of one about events in general.
_RARE, _OTHER = 0.005, 0.03


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
    >>> any(_meets(event, clause, plan.dosing.dlt)
    ...     for event in events for clause in plan.dosing.dlt.is_)
    True
    """
    definition = protocol.dosing.dlt if protocol.dosing else None
    allogeneic = not protocol.product.is_autologous
    (rng,) = person.rng.spawn(1)
    events = []
    for truth in rehearsal.adverse_events:
        # Drawn even if it cannot occur, so that one event more or less shifts nobody else's luck.
        (own,) = rng.spawn(1)
        luck = person.crs if truth.term == "CRS" else float(own.random())
        event = _drawn(truth, luck, protocol, own)
        if allogeneic or not truth.allogeneic_only:
            events.append(event if definition is None else _harmless(event, definition))
    events = [event for event in events if event.grade >= 1]
    if toxic and definition is not None:
        events = _with_toxicity(events, definition, protocol, rehearsal, rng)
    return sorted(events, key=lambda event: event.onset)


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


def _harmless(event: DrawnEvent, definition: DoseLimitingToxicity) -> DrawnEvent:
    """Shorten or lower an event until no clause of the definition is met."""
    for clause in definition.is_:
        if not _meets(event, clause, definition):
            continue
        if clause.lasting is None:
            event = replace(event, grade=clause.grade - 1)
        else:
            most = int(clause.lasting.nominal_days) - (0 if clause.longer else 1)
            event = replace(event, lasting=max(most, 1))
            if _meets(event, clause, definition):
                event = replace(event, grade=clause.grade - 1)
    return event


def _meets(event: DrawnEvent, clause: ToxicityClause, definition: DoseLimitingToxicity) -> bool:
    in_window = 0 <= event.onset <= definition.window.nominal_days
    counts = event.related or definition.attribution == "any"
    if not (in_window and counts and event.grade >= clause.grade and _is_named(event, clause)):
        return False
    if clause.lasting is None:
        return True
    needed = clause.lasting.nominal_days
    return event.lasting > needed if clause.longer else event.lasting >= needed


def _is_named(event: DrawnEvent, clause: ToxicityClause) -> bool:
    blood = classify_haematological(event.term, event.system)
    groups: dict[str, bool] = {
        "AE": True,
        "non-haematological AE": not blood,
        "haematological AE": blood,
    }
    if clause.term in groups:
        return groups[clause.term]
    name = TERMS[clause.term].name if clause.term in TERMS else clause.term
    return event.term.lower() == name.lower()


def _with_toxicity(
    events: list[DrawnEvent],
    definition: DoseLimitingToxicity,
    protocol: Protocol,
    rehearsal: Rehearsal,
    rng: np.random.Generator,
) -> list[DrawnEvent]:
    """Add, or raise, one event so that it meets a clause that this product can meet."""
    clause = _likely_clause(definition, protocol, rehearsal, rng)
    truth = next((t for t in rehearsal.adverse_events if t.term == clause.term), None)
    window = int(definition.window.nominal_days)
    needed = int(clause.lasting.nominal_days) + 1 if clause.lasting else 1
    first, last = truth.onset if truth else (1, window // 2)
    # The whole event lies inside the window, so that it is known when the cohort is judged.
    last = min(last, window - needed)
    onset = _pick(max(0, min(first, last)), max(0, last), rng)
    shortest, longest = truth.lasting if truth else (needed, needed + 7)
    lasting = max(needed, _pick(shortest, longest, rng))
    short = clause.term if clause.term in TERMS else "Aspartate aminotransferase increased"
    name, system, scale = _named(short, "Investigations", protocol)
    event = DrawnEvent(name, system, clause.grade, onset, lasting, related=True, scale=scale)
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
