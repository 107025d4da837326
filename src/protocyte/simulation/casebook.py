"""The casebook of a virtual participant: everything that is recorded of one person, as events.

Each event carries the moment at which a site would know it, so that an interim look sees the past
and nothing of the future.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TypedDict

from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal
from protocyte.protocol.schedule import Agent, Leukapheresis
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
from protocyte.simulation.leukaemia import LeukaemiaCourse
from protocyte.simulation.lupus import LupusCourse
from protocyte.simulation.participant import VirtualParticipant
from protocyte.simulation.safety import DrawnEvent

_BY = "virtual site"
_TREATED_CRS_GRADE = 2
_SERIOUS_GRADE = 3


class Told(TypedDict):
    """Keywords that every event takes."""

    participant: str
    happened: str
    recorded: datetime
    by: str


@dataclass(frozen=True)
class Casebook:
    """One virtual participant's part of the record.

    Parameters
    ----------
    identifier : str
        Unique participant identifier.
    person : VirtualParticipant
        Who it is.
    consent, enrolment : date
        When consent was given, and when the participant was enrolled.
    infusion : date or None
        When the cells were given; None if they never were.
    level, cohort : int or None
        Dose level and cohort, from 1.
    withdrawal : date or None
        When the participant left; None if not.
    adverse_events : tuple of DrawnEvent
        What went wrong.
    leukaemia, lupus : course or None
        What became of the disease.
    """

    identifier: str
    person: VirtualParticipant
    consent: date
    enrolment: date | None = None
    infusion: date | None = None
    level: int | None = None
    cohort: int | None = None
    withdrawal: date | None = None
    adverse_events: tuple[DrawnEvent, ...] = ()
    leukaemia: LeukaemiaCourse | None = None
    lupus: LupusCourse | None = None

    @property
    def death(self) -> date | None:
        """Day of death; None if the course ends without."""
        if self.infusion is None or self.leukaemia is None:
            return None
        return self.infusion + timedelta(days=round(self.leukaemia.dies))

    @staticmethod
    def collection_after(plan: Leukapheresis) -> int:
        """Return how many days after enrolment cells are collected [d]; negative before it."""
        return 1 if plan.when == "after enrolment" else -1

    def last_day(self, protocol: Protocol) -> date:
        """Return the last day on which the participant can be seen."""
        if self.infusion is None:
            return self.enrolment or self.consent
        follow_up = protocol.schedule.follow_up
        days = [follow_up.after(self.infusion)] if follow_up else []
        days += [
            protocol.schedule.latest_date(visit, anchor=self.infusion)
            for visit in protocol.schedule.visits[-1:]
        ]
        ends = [max(days), *(day for day in (self.withdrawal, self.death) if day is not None)]
        return min(ends)

    def events(self, protocol: Protocol, rehearsal: Rehearsal) -> list[Event]:
        """Return everything that is recorded, in the order of recording.

        Parameters
        ----------
        protocol : Protocol
            The plan.
        rehearsal : Rehearsal
            How values are measured.

        Returns
        -------
        list of Event
            Events.
        """
        found = [*self._arrival(protocol)]
        if self.infusion is not None:
            last = self.last_day(protocol)
            found += self._treatment(protocol, rehearsal)
            found += self._harm(last)
            found += Chart(self, self.infusion, protocol, rehearsal).events(last)
            found += self._end(last)
        return sorted(found, key=lambda event: event.recorded)

    def told(self, on: date, *, began: date | None = None) -> Told:
        """Return who, when and by whom, as keywords of an event.

        Parameters
        ----------
        on : date
            Day on which it is recorded, and on which it happened unless told otherwise.
        began : date, optional
            Day on which it began.

        Returns
        -------
        Told
            Keywords.
        """
        return Told(
            participant=self.identifier,
            happened=(began or on).isoformat(),
            recorded=datetime.combine(on, time(12)),
            by=_BY,
        )

    def _arrival(self, protocol: Protocol) -> Iterator[Event]:
        person = self.person
        yield Consented(
            **self.told(self.consent),
            site="01",
            age=person.age,
            sex=person.sex,
            country=protocol.trial.countries[0] if protocol.trial.countries else None,
            arm="single arm",
        )
        if self.enrolment is None:
            failed = self.consent + timedelta(days=1)
            yield LeftTrial(**self.told(failed), reason="SCREEN FAILURE")
            return
        yield Enrolled(**self.told(self.enrolment))
        collection = protocol.schedule.activities.leukapheresis
        if collection:
            collected = self.enrolment + timedelta(days=self.collection_after(collection))
            yield ProcedureDone(
                **self.told(max(collected, self.consent)), procedure="Leukapheresis"
            )
        if self.infusion is None:
            left = self.enrolment + timedelta(days=14)
            own = protocol.product.is_autologous
            yield LeftTrial(
                **self.told(left), reason="PRODUCT NOT MANUFACTURED" if own else "NOT TREATED"
            )

    def _treatment(self, protocol: Protocol, rehearsal: Rehearsal) -> Iterator[Event]:
        infusion = self.infusion
        if infusion is None:
            return
        plan = protocol.schedule.activities.lymphodepletion
        (rng,) = self.person.rng.spawn(1)
        if plan and (not plan.optional or rng.random() < rehearsal.lymphodepletion_needed):
            for agent in plan.agents or (Agent(drug="lymphodepletion"),):
                first, last = protocol.schedule.offsets(agent.days or plan.days)
                number, unit = _dose(agent)
                begun, ended = (infusion + timedelta(days=day) for day in (first, last))
                yield Treated(
                    **self.told(ended, began=begun),
                    treatment=agent.drug,
                    category="LYMPHODEPLETION",
                    dose=number,
                    unit=unit,
                    until=ended.isoformat(),
                )
        dose = None
        if protocol.dosing and self.level:
            dose = protocol.dosing.levels[self.level - 1].dose
        yield Treated(
            **self.told(infusion),
            treatment=protocol.product.name,
            category="CELL INFUSION",
            dose=dose.cells if dose else None,
            unit=("cells/kg" if dose.per_kg else "cells") if dose else None,
            level=self.level,
            cohort=self.cohort,
            route=protocol.schedule.activities.infusion.route.upper(),
        )

    def _harm(self, last: date) -> Iterator[Event]:
        """Give adverse events, and the medicines given for CRS."""
        if self.infusion is None:
            return
        for number, event in enumerate(self.adverse_events, start=1):
            start = self.infusion + timedelta(days=event.onset)
            end = start + timedelta(days=event.lasting - 1)
            if start > last:
                continue
            seen = AdverseEventSeen(
                **self.told(start),
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
                    recorded=self.told(end)["recorded"],
                    until=end.isoformat(),
                    outcome="RECOVERED/RESOLVED",
                )
            if event.term == "Cytokine release syndrome" and event.grade >= _TREATED_CRS_GRADE:
                yield MedicationTaken(
                    **self.told(start),
                    drug="Tocilizumab",
                    category="ANTICYTOKINE",
                    indication=event.term,
                    until=start.isoformat(),
                )

    def _end(self, last: date) -> Iterator[Event]:
        if self.death is not None and self.death <= last:
            yield Died(**self.told(self.death), cause="disease")
        elif self.withdrawal is not None and self.withdrawal <= last:
            yield LeftTrial(**self.told(last), reason="WITHDRAWAL BY SUBJECT")
        else:
            yield LeftTrial(**self.told(last), reason="COMPLETED")


def _dose(agent: Agent) -> tuple[float | None, str | None]:
    """Split a dose such as "30 mg/m2" into number and unit."""
    number, _, unit = (agent.dose or "").partition(" ")
    return (float(number), unit) if unit else (None, None)
