"""How virtual participants arrive, pass screening, wait for their cells and for each other."""

from datetime import date, timedelta

import numpy as np

from protocyte.errors import ProtocolError
from protocyte.protocol.endpoint import ResponderEndpoint
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal, Scenario
from protocyte.protocol.schedule import Visit
from protocyte.protocol.timepoint import CALENDAR_SLACK
from protocyte.simulation.casebook import Casebook
from protocyte.simulation.leukaemia import LeukaemiaCourse, sample_leukaemia_course
from protocyte.simulation.lupus import LupusCourse, sample_lupus_course
from protocyte.simulation.participant import VirtualParticipant, sample_participant
from protocyte.simulation.population.member import Members
from protocyte.simulation.safety import sample_adverse_events

_DAYS_A_MONTH = 365.25 / 12
_DAYS_A_YEAR = 365.25
_NEARLY_ALL = 0.999
_MOST_TURNED_AWAY = 2000
_JUDGED_WITHOUT_VISIT = (90.0, 90.0)


class Recruiter:
    """Brings virtual participants to a trial, one after the other.

    Parameters
    ----------
    protocol : Protocol
        The plan.
    rehearsal : Rehearsal
        How participants arrive.
    scenario : Scenario
        The truth about the dose levels.
    study : str
        Study identifier; participant identifiers begin with it.
    members : Members, optional
        Bank of virtual patients that participants come from.
    rng : numpy.random.Generator
        Where chance comes from.
    """

    def __init__(
        self,
        protocol: Protocol,
        rehearsal: Rehearsal,
        scenario: Scenario,
        study: str,
        *,
        members: Members | None = None,
        rng: np.random.Generator,
    ) -> None:
        self._protocol = protocol
        self._rehearsal = rehearsal
        self._scenario = scenario
        self._study = study
        self._arrivals, self._people = rng.spawn(2)
        self._members = members
        self._number = 0
        self._consented = 0
        self._waiting: list[VirtualParticipant] = []

    def next_case(
        self, *, level: int, cohort: int | None, after: date, previous: list[Casebook]
    ) -> Casebook:
        """Give the next person who consents, whatever becomes of him or her.

        Parameters
        ----------
        level : int
            Dose level that is open, from 1.
        cohort : int or None
            Cohort that is open, from 1.
        after : date
            Day from which a place is open.
        previous : list of Casebook
            Those infused in the same cohort.

        Returns
        -------
        Casebook
            The casebook; without an infusion for those who are not treated.

        Raises
        ------
        ProtocolError
            If nobody comes whose age the level is open to.

        Notes
        -----
        Ages count in dose finding alone. Who is refused for age is not recorded; who waits for a
        level consents as soon as it is open.
        """
        accrual = self._rehearsal.accrual
        person, gap, (fails, lost, leaves) = self._next_person(level, cohort)
        if self._members is not None:
            person = self._members.treat(person, level)
        self._consented += 1
        consent = after + timedelta(days=round(gap))
        identifier = f"{self._study}-01-{self._consented:03d}"
        if fails < accrual.screen_failure:
            return Casebook(identifier, person, consent)
        enrolment = accrual.screening.after(consent)
        if lost < accrual.not_infused:
            return Casebook(identifier, person, consent, enrolment)
        infusion = max(enrolment + self._lead(), self._staggered(previous, cohort))
        rate = -np.log1p(-min(accrual.withdrawal_a_year, _NEARLY_ALL)) / _DAYS_A_YEAR
        stays = -np.log(leaves) / rate if rate > 0 else None
        return Casebook(
            identifier=identifier,
            person=person,
            consent=consent,
            enrolment=enrolment,
            infusion=infusion,
            level=level,
            cohort=cohort,
            withdrawal=infusion + timedelta(days=int(stays)) if stays is not None else None,
            adverse_events=tuple(
                sample_adverse_events(
                    person,
                    toxic=person.is_toxic(self._scenario.toxicity[level - 1]),
                    protocol=self._protocol,
                    rehearsal=self._rehearsal,
                )
            ),
            leukaemia=self._leukaemia(person, level),
            lupus=self._lupus(person, level),
        )

    def _next_person(
        self, level: int, cohort: int | None
    ) -> tuple[VirtualParticipant, float, tuple[float, float, float]]:
        """Give the next person whose age the level is open to, how long that takes, and luck."""
        dosing = self._protocol.dosing
        ages = dosing.levels[level - 1].ages if dosing and cohort is not None else None
        waits = dosing is not None and dosing.outside_ages == "wait"
        known = next((one for one in self._waiting if not ages or ages.admits(one.age)), None)
        if known is not None:
            self._waiting.remove(known)
            _, *luck = self._luck()
            return known, 0.0, (luck[0], luck[1], luck[2])
        waited = 0.0
        for _ in range(_MOST_TURNED_AWAY):
            self._number += 1
            gap, *luck = self._luck()
            person = sample_participant(self._number, self._rehearsal, rng=self._people)
            if self._members is not None:
                person = self._members.introduce(person)
            waited += gap
            if ages is None or ages.admits(person.age):
                return person, waited, (luck[0], luck[1], luck[2])
            if waits:
                self._waiting.append(person)
        raise ProtocolError(
            f"Level {level} is open to ages of {ages}, and none of {_MOST_TURNED_AWAY} patients "
            "who came has one; correct `dosing.levels` or the ages of the rehearsal "
            "(`patients.age`)."
        )

    def _luck(self) -> tuple[float, float, float, float]:
        (rng,) = self._arrivals.spawn(1)
        gap = rng.exponential(_DAYS_A_MONTH / self._rehearsal.accrual.per_month)
        fails, lost, leaves = rng.random(3)
        return float(gap), float(fails), float(lost), float(max(leaves, 1e-12))

    def _lead(self) -> timedelta:
        """Give the days between enrolment and infusion that the schedule needs."""
        schedule = self._protocol.schedule
        days = [-schedule.offset(visit) for visit in schedule.visits]
        depletion = schedule.activities.lymphodepletion
        if depletion:
            days.append(-float(schedule.offsets(depletion.days)[0]))
        collected = schedule.activities.leukapheresis
        if collected and collected.vein_to_vein:
            days.append(collected.vein_to_vein.nominal_days + Casebook.collection_after(collected))
        return timedelta(days=round(max(0.0, *days)))

    def _staggered(self, previous: list[Casebook], cohort: int | None) -> date:
        """Give the first day on which the next person of a cohort may be infused."""
        infused = [case.infusion for case in previous if case.infusion is not None]
        plan = self._protocol.dosing.cohort if self._protocol.dosing else None
        if not infused or cohort is None or plan is None or plan.stagger is None:
            return date.min
        first_only = plan.stagger_applies_to == "first participant"
        return plan.stagger.after(min(infused) if first_only else max(infused))

    def _leukaemia(self, person: VirtualParticipant, level: int) -> LeukaemiaCourse | None:
        truth = self._rehearsal.leukaemia
        if truth is None:
            return None
        visits = self._protocol.schedule.visits_for("disease response")
        assessed = [last for visit in visits if (last := self._held(visit)[1]) > 0]
        return sample_leukaemia_course(
            person, truth, response=self._scenario.response[level - 1], assessed=assessed
        )

    def _lupus(self, person: VirtualParticipant, level: int) -> LupusCourse | None:
        truth = self._rehearsal.lupus
        if truth is None:
            return None
        return sample_lupus_course(
            person,
            truth,
            response=self._scenario.response[level - 1],
            judged=self._judged(),
        )

    def _judged(self) -> tuple[float, float]:
        """Give the days between which the visit is held that judges SRI-4 for the decision."""
        schedule, dosing = self._protocol.schedule, self._protocol.dosing
        names = [dosing.efficacy.at] if dosing and dosing.efficacy and dosing.efficacy.at else []
        names += [
            name
            for _, _, endpoint in self._protocol.endpoints.ranked()
            if isinstance(endpoint, ResponderEndpoint) and endpoint.instrument == "SRI-4"
            for name in endpoint.at
        ]
        visits = (schedule.visit(name) for name in names)
        return next((self._held(visit) for visit in visits if visit), _JUDGED_WITHOUT_VISIT)

    def _held(self, visit: Visit) -> tuple[float, float]:
        """Give the first and last day on which a visit may be held, whatever the calendar."""
        schedule = self._protocol.schedule
        first, last = schedule.earliest(visit), schedule.latest(visit)
        slack = CALENDAR_SLACK if first.calendar else 0.0
        return first.days - slack, last.days + slack
