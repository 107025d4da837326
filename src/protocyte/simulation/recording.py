"""From a casebook to events: what a site would write down of one person, and when.

Each event carries the moment at which a site would know it, so that an interim look sees the past
and nothing of the future.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal
from protocyte.protocol.schedule import Agent
from protocyte.record import Event
from protocyte.record.event import (
    AdverseEventSeen,
    Consented,
    Died,
    Enrolled,
    LeftTrial,
    MedicationTaken,
    ProcedureDone,
    Treated,
)
from protocyte.simulation.assessment import Chart
from protocyte.simulation.casebook import Casebook

_TREATED_CRS_GRADE = 2
_SERIOUS_GRADE = 3


def simulate_recording(case: Casebook, protocol: Protocol, rehearsal: Rehearsal) -> list[Event]:
    """Simulate what is recorded of one person.

    Parameters
    ----------
    case : Casebook
        Who it is, and what becomes of them.
    protocol : Protocol
        The plan.
    rehearsal : Rehearsal
        How values are measured.

    Returns
    -------
    list of Event
        Events, in the order of recording.

    Examples
    --------
    >>> import numpy as np
    >>> from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.protocol.rehearsal import parse_rehearsal
    >>> from protocyte.simulation.participant import sample_participant
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> truths = parse_rehearsal(REHEARSAL, protocol=plan).plan
    >>> person = sample_participant(1, truths, rng=np.random.default_rng(1))
    >>> case = Casebook("DEMO-01-001", person, consent=date(2026, 3, 2))
    >>> [type(event).__name__ for event in simulate_recording(case, plan, truths)]
    ['Consented', 'LeftTrial']
    """
    found = [*_arrival(case, protocol)]
    if case.infusion is not None:
        last = case.last_day(protocol)
        found += _treatment(case, protocol, rehearsal)
        found += _harm(case, last)
        found += Chart(case, case.infusion, protocol, rehearsal).events(last)
        found += _end(case, last)
    return sorted(found, key=lambda event: event.recorded)


def _arrival(case: Casebook, protocol: Protocol) -> Iterator[Event]:
    person = case.person
    yield Consented(
        **case.told(case.consent),
        site="01",
        age=person.age,
        sex=person.sex,
        country=protocol.trial.countries[0] if protocol.trial.countries else None,
        arm="single arm",
    )
    if case.enrolment is None:
        failed = case.consent + timedelta(days=1)
        yield LeftTrial(**case.told(failed), reason="SCREEN FAILURE")
        return
    yield Enrolled(**case.told(case.enrolment))
    collection = protocol.schedule.activities.leukapheresis
    if collection:
        collected = case.enrolment + timedelta(days=case.collection_after(collection))
        yield ProcedureDone(**case.told(max(collected, case.consent)), procedure="Leukapheresis")
    if case.infusion is None:
        left = case.enrolment + timedelta(days=14)
        own = protocol.product.is_autologous
        yield LeftTrial(
            **case.told(left), reason="PRODUCT NOT MANUFACTURED" if own else "NOT TREATED"
        )


def _treatment(case: Casebook, protocol: Protocol, rehearsal: Rehearsal) -> Iterator[Event]:
    infusion = case.infusion
    if infusion is None:
        return
    plan = protocol.schedule.activities.lymphodepletion
    (rng,) = case.person.rng.spawn(1)
    if plan and (not plan.optional or rng.random() < rehearsal.lymphodepletion_needed):
        level = protocol.dosing.levels[case.level - 1] if protocol.dosing and case.level else None
        for agent in plan.given(level.regimen if level else None) or (
            Agent(drug="lymphodepletion"),
        ):
            first, last = protocol.schedule.offsets(agent.days or plan.days)
            number, unit = _dose(agent)
            begun, ended = (infusion + timedelta(days=day) for day in (first, last))
            yield Treated(
                **case.told(ended, began=begun),
                treatment=agent.drug,
                category="LYMPHODEPLETION",
                dose=number,
                unit=unit,
                until=ended.isoformat(),
            )
    dose = None
    if protocol.dosing and case.level:
        dose = protocol.dosing.levels[case.level - 1].dose
    yield Treated(
        **case.told(infusion),
        treatment=protocol.product.name,
        category="CELL INFUSION",
        dose=dose.cells if dose else None,
        unit=("cells/kg" if dose.per_kg else "cells") if dose else None,
        level=case.level,
        cohort=case.cohort,
        route=protocol.schedule.activities.infusion.route.upper(),
    )


def _harm(case: Casebook, last: date) -> Iterator[Event]:
    """Give adverse events, and the medicines given for CRS."""
    if case.infusion is None:
        return
    for number, event in enumerate(case.adverse_events, start=1):
        start = case.infusion + timedelta(days=event.onset)
        end = start + timedelta(days=event.lasting - 1)
        if start > last:
            continue
        seen = AdverseEventSeen(
            **case.told(start),
            identifier=f"{number:02d}",
            term=event.term,
            system=event.system or None,
            grade=event.grade,
            grade_before=event.grade if event.onset < 0 else None,
            scale=event.scale or None,
            serious=event.grade >= _SERIOUS_GRADE,
            related=event.related and event.onset >= 0,
        )
        yield seen
        if end <= last:
            yield replace(
                seen,
                recorded=case.told(end)["recorded"],
                until=end.isoformat(),
                outcome="RECOVERED/RESOLVED",
            )
        if event.term == "Cytokine release syndrome" and event.grade >= _TREATED_CRS_GRADE:
            yield MedicationTaken(
                **case.told(start),
                drug="Tocilizumab",
                category="ANTICYTOKINE",
                indication=event.term,
                until=start.isoformat(),
            )


def _end(case: Casebook, last: date) -> Iterator[Event]:
    if case.death is not None and case.death <= last:
        yield Died(**case.told(case.death), cause="disease")
    elif case.withdrawal is not None and case.withdrawal <= last:
        yield LeftTrial(**case.told(last), reason="WITHDRAWAL BY SUBJECT")
    else:
        yield LeftTrial(**case.told(last), reason="COMPLETED")


def _dose(agent: Agent) -> tuple[float | None, str | None]:
    """Split a dose such as "30 mg/m2" into number and unit."""
    number, _, unit = (agent.dose or "").partition(" ")
    return (float(number), unit) if unit else (None, None)
