"""The casebook of a virtual participant: who it is, when what happened, and what became of them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypedDict

from protocyte.protocol.plan import Protocol
from protocyte.protocol.schedule import Leukapheresis
from protocyte.simulation.leukaemia import LeukaemiaCourse
from protocyte.simulation.lupus import LupusCourse
from protocyte.simulation.participant import VirtualParticipant
from protocyte.simulation.safety import DrawnEvent

_BY = "virtual site"


class Told(TypedDict):
    """Keywords that every event takes."""

    participant: str
    happened: str
    recorded: datetime
    by: str


@dataclass(frozen=True)
class Casebook:
    """What a site will learn of one virtual participant.

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
