"""A virtual trial: participants arrive, are dosed by the design's own decisions, and are followed.

Each decision looks at the record as it stands on that day, through the same derivation that the
real trial uses; the truth behind the record is never asked.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from protocyte.derivation import (
    AnalysisData,
    Observed,
    Watch,
    derive_analysis_data,
    derive_decision,
    derive_follow_up,
    derive_monitoring,
    derive_outcomes,
)
from protocyte.design import Decision, Design, Outcomes, Selection
from protocyte.design.catalogue.late_onset import find_late_onset
from protocyte.design.catalogue.monitoring import find_expansion_monitor
from protocyte.design.decision import Reason
from protocyte.design.late_onset.backfill import BackfillDesign
from protocyte.design.late_onset.follow_up import FollowUp
from protocyte.design.late_onset.late_onset import LateOnsetDesign
from protocyte.design.late_onset.rolling_six import RollingSixInTime
from protocyte.design.plan import find_dose_design, find_sample_design
from protocyte.errors import ProtocolError
from protocyte.protocol.endpoint import ResponseEndpoint
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal, Scenario
from protocyte.record import About, Event, Record, fold_events
from protocyte.record.event import AdverseEventSeen, Died, LeftTrial
from protocyte.simulation.accrual import Recruiter
from protocyte.simulation.casebook import Casebook
from protocyte.simulation.population.member import Members
from protocyte.simulation.recording import simulate_recording
from protocyte.simulation.timetable import Timetable

_MOST_REPLACED = 20
_NOT_BACKFILLED = (
    "Nobody was backfilled: in this virtual trial patients without a place go elsewhere; "
    "`protocyte simulate --calendar` backfills."
)
_NEWS = (AdverseEventSeen, LeftTrial, Died)


@dataclass(frozen=True, slots=True)
class Meeting:
    """One dose meeting of a virtual trial.

    Parameters
    ----------
    on : date
        Day of the decision.
    notation : str
        Outcomes so far, as trialists write them, and how many are pending.
    decision : Decision
        What the design said.
    """

    on: date
    notation: str
    decision: Decision


@dataclass(frozen=True)
class VirtualTrial:
    """A virtual trial from the first consent to the last visit.

    Parameters
    ----------
    record : Record
        What was recorded.
    scenario : Scenario
        The truth that was rehearsed.
    meetings : tuple of Meeting
        Dose decisions, in order.
    selection : Selection or None
        The dose found; None if none was looked for.
    stages : tuple of str
        What the rule for the number treated said, stage by stage.
    """

    record: Record
    scenario: Scenario
    meetings: tuple[Meeting, ...]
    selection: Selection | None
    stages: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return what was decided as JSON can hold it."""
        return {
            "scenario": self.scenario.name,
            "participants": len(self.record.participants),
            "meetings": [
                {"on": m.on.isoformat(), "outcomes": m.notation, "decision": m.decision.as_dict()}
                for m in self.meetings
            ],
            "selection": self.selection.as_dict() if self.selection else None,
            "stages": list(self.stages),
        }


def simulate_trial(
    protocol: Protocol,
    rehearsal: Rehearsal,
    *,
    scenario: Scenario,
    about: About,
    start: date,
    members: Members | None = None,
    progress: Callable[[int], object] | None = None,
    rng: np.random.Generator,
) -> VirtualTrial:
    """Simulate one trial as a record.

    Parameters
    ----------
    protocol : Protocol
        The plan.
    rehearsal : Rehearsal
        How participants arrive, and what becomes of them.
    scenario : Scenario
        The truth about the dose levels.
    about : About
        Where the record will say that it comes from.
    start : date
        First day on which a patient may consent.
    members : Members, optional
        Bank of virtual patients that participants come from; the scenario then only says what
        share of them has an outcome.
    progress : callable, optional
        Told the number of participants infused so far.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    VirtualTrial
        Record, decisions and selection.

    Raises
    ------
    ProtocolError
        If the protocol says neither how a dose is found nor how many are treated, or does not count
        its days from the infusion.

    Notes
    -----
    Patients who come while no place is open go elsewhere: accrual begins anew when a cohort opens.
    A participant who leaves before the end of the window without a toxicity is replaced.

    A design that decides while outcomes are pending is asked on the day of a cohort's last infusion
    (or as long after it as `dosing.cohort.next_after` says). If it suspends enrolment it is asked
    again on the next day with news, or on which follow-up suffices. Once all are treated, the
    dose is selected from complete outcomes. Nobody is backfilled.

    Stopping boundaries are looked at whenever somebody consents and whenever a decision is taken.
    At a boundary the virtual trial ends, also at one that pauses it: what a committee would decide
    is not rehearsed. Those who have been infused are followed as planned; who waits for an
    infusion is not treated.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.protocol.rehearsal import parse_rehearsal
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> truths = parse_rehearsal(REHEARSAL, protocol=plan).plan
    >>> trial = simulate_trial(plan, truths, scenario=truths.scenarios[1],
    ...     about=About("DEMO", "rehearsal"), start=date(2026, 1, 5),
    ...     rng=np.random.default_rng(1))
    >>> trial.meetings[0].notation[0]
    '1'
    """
    if protocol.schedule.anchor != "infusion":
        raise ProtocolError(
            f"{protocol.name} counts its days from the {protocol.schedule.anchor}; a virtual trial "
            "can be drawn only where they are counted from the infusion (`schedule.anchor`)."
        )
    run = _Run(
        protocol,
        rehearsal,
        about,
        Recruiter(protocol, rehearsal, scenario, about.study, members=members, rng=rng),
        start,
        progress or (lambda _: None),
        rng.spawn(1)[0],
    )
    try:
        level = run.dose_finding()
        if level is not None and run.expand(level):
            run.sample(level)
    except _BoundaryError as reached:
        run.halt(reached.watch)
    record = run.fold(None)
    return VirtualTrial(record, scenario, tuple(run.meetings), run.selection, tuple(run.stages))


class _BoundaryError(Exception):
    """A stopping boundary is reached."""

    def __init__(self, watch: Watch) -> None:
        super().__init__(watch.sentence)
        self.watch = watch


@dataclass
class _Run:
    """The state of a trial that is being simulated."""

    protocol: Protocol
    rehearsal: Rehearsal
    about: About
    recruiter: Recruiter
    today: date
    progress: Callable[[int], object]
    lots: np.random.Generator
    events: list[Event] = field(default_factory=list)
    cases: list[Casebook] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)
    selection: Selection | None = None
    cohort: int = 0
    infused: int = 0

    @property
    def timetable(self) -> Timetable:
        """When what is known of a participant."""
        return Timetable(self.protocol)

    def dose_finding(self) -> int | None:
        """Find a dose; return the level at which the trial goes on, or None."""
        design = find_dose_design(self.protocol)
        if design is None:
            if self.protocol.statistics.sample is None:
                raise ProtocolError(
                    f"{self.protocol.name} says neither how a dose is found (`dosing.method`) nor "
                    "how many are treated (`statistics.sample`); a trial cannot be simulated."
                )
            return self.protocol.dosing.start if self.protocol.dosing else 1
        dosing = self.protocol.dosing
        late = find_late_onset(design, dosing) if dosing else None
        outcomes = self._find_waiting(design) if late is None else self._find_in_time(late)
        self.selection = design.select(outcomes)
        return self.selection.dose

    def _find_waiting(self, design: Design) -> Outcomes:
        """Treat cohort after cohort, each after the outcomes of the one before."""
        outcomes = Outcomes.none(design.n_doses)
        decision = design.decide(outcomes)
        while decision.dose is not None:
            dose = self._drawn(decision) or decision.dose
            outcomes, notation = self._treat_cohort(dose, decision.size, before=outcomes)
            decision = design.decide(outcomes)
            self.meetings.append(Meeting(self.today, notation, decision))
        return outcomes

    def _find_in_time(self, design: LateOnsetDesign) -> Outcomes:
        """Treat participants while outcomes are pending, or wait as the design wants."""
        if isinstance(design, BackfillDesign):
            self.stages.append(_NOT_BACKFILLED)
        decision = design.decide_followed(FollowUp(design.n_doses, ()))
        together: list[Casebook] = []
        while decision.action != "stop":
            if decision.dose is not None:
                # Rolling six has no cohorts: those at a dose are one, as are those replaced.
                rolls = isinstance(design, RollingSixInTime)
                goes_on = rolls or decision.why == Reason.FILL.name.lower()
                if not (goes_on and together and together[-1].level == decision.dose):
                    self.cohort, together = self.cohort + 1, []
                together += self._recruit(decision.dose, decision.size, previous=together)
                self.today = max(self.timetable.next_place(case) for case in together)
            observed, decision = self._ask(design)
            if decision.action == "stop" and observed.pending:
                self.today = max(self.today, *map(self._complete, self.cases))
                self._observed()
                observed, decision = self._ask(design)
            while decision.action == "suspend":
                self.today = self._next_moment(design, observed)
                observed, decision = self._ask(design)
        return observed.outcomes

    def _complete(self, case: Casebook) -> date:
        """Return the day on which all that dose finding needs is known of an infused person."""
        dosing = self.protocol.dosing
        return self.timetable.due(
            case, dosing.efficacy.endpoint if dosing and dosing.efficacy else None
        )

    def _ask(self, design: LateOnsetDesign) -> tuple[Observed, Decision]:
        """Ask the design, from the record as it stands, and keep what is new of its answer."""
        observed = derive_outcomes(self._look())
        decision = derive_decision(observed, design, at=self.today)
        pending = f"{observed.pending} pending" if observed.pending else ""
        notation = ", ".join(part for part in (observed.notation, pending) if part)
        last = self.meetings[-1].decision if self.meetings else None
        if decision.action != "suspend" or last is None or last.why != decision.why:
            self.meetings.append(Meeting(self.today, notation, decision))
        return observed, decision

    def _next_moment(self, design: LateOnsetDesign, observed: Observed) -> date:
        """Return the next day on which a design that waits may answer otherwise."""
        followed = derive_follow_up(observed, design, at=self.today)
        mine = set(observed.participants["USUBJID"].to_list())
        days = [
            event.recorded.date()
            for event in self.events
            if isinstance(event, _NEWS) and event.participant in mine
        ]
        days += [
            self.today + timedelta(days=max(math.ceil(wait), 1))
            for wait in design.waiting_times(followed)
        ]
        later = [day for day in days if day > self.today]
        if not later:
            raise ProtocolError(
                f"{self.protocol.name} waits for outcomes after {self.today}, and none will come; "
                "correct when enrolment waits (`suspend`), or what a dose-limiting toxicity is."
            )
        return min(later)

    def _drawn(self, decision: Decision) -> int | None:
        """Draw the dose level of the next cohort, where the design leaves it to chance."""
        if not decision.shares:
            return None
        levels, shares = zip(*decision.shares, strict=True)
        return int(self.lots.choice(levels, p=shares))

    def expand(self, level: int) -> bool:
        """Treat the expansion cohort at the selected dose; tell whether the trial goes on."""
        dosing = self.protocol.dosing
        if dosing is None or dosing.expansion is None or self.selection is None:
            return True
        most, monitor = dosing.expansion.participants, find_expansion_monitor(dosing.expansion)
        if monitor is None:
            self.cohort = 0
            cases = self._recruit(level, most)
            self.today = max(self.timetable.due(case, None) for case in cases)
            self.stages.append(f"{self._dlts(cases)} DLTs in {most} of the expansion cohort.")
            return True
        outcomes, size, self.cohort = Outcomes.none(1), int(monitor.start().size), 0
        while size:
            cases = self._recruit(level, size)
            self.today = max(self.timetable.due(case, None) for case in cases)
            outcomes = outcomes.after(1, n=size, tox=self._dlts(cases), eff=0, both=0)
            decision = monitor.decide(outcomes)
            size = decision.size
        seen = f"{sum(outcomes.tox)} DLTs in {outcomes.total} of the expansion cohort"
        self.stages.append(f"{seen}: {decision.reason}")
        return monitor.select(outcomes).dose is not None

    def _dlts(self, cases: list[Casebook]) -> int:
        """Count dose-limiting toxicities as the analysis does, from the record as it stands."""
        data = self._look()
        mine = pl.col("USUBJID").is_in([case.identifier for case in cases])
        return data.dlt.filter(mine & (pl.col("DLTFL") == "Y")).height

    def sample(self, level: int) -> None:
        """Treat the number that the protocol's rule asks for, at one dose."""
        design = find_sample_design(self.protocol)
        plan = self.protocol.statistics.sample
        if design is None or plan is None:
            return
        outcomes, size = Outcomes.none(1), int(design.start().size)
        self.cohort = 0
        while size:
            cases = self._recruit(level, size)
            endpoint = plan.settings.endpoint
            self.today = max(self.timetable.due(case, endpoint) for case in cases)
            responses = self._responses(cases, endpoint)
            tox = self._dlts(cases) if "tox" in design.features else 0
            outcomes = outcomes.after(1, n=size, tox=tox, eff=responses)
            decision = design.decide(outcomes)
            seen = sum(outcomes.eff or ())
            self.stages.append(f"{seen} responses in {outcomes.total}: {decision.reason}")
            size = decision.size

    def _treat_cohort(self, dose: int, size: int, *, before: Outcomes) -> tuple[Outcomes, str]:
        """Treat a cohort until as many as planned are evaluable."""
        self.cohort += 1
        missing = size
        dosing = self.protocol.dosing
        benefit = dosing.efficacy.endpoint if dosing and dosing.efficacy else None
        for _ in range(_MOST_REPLACED):
            cases = self._recruit(dose, missing)
            self.today = max(self.timetable.due(case, benefit) for case in cases)
            observed = self._observed()
            missing = before.total + size - observed.outcomes.total
            if missing <= 0:
                break
        return observed.outcomes, observed.notation

    def _observed(self) -> Observed:
        """Look at the record; while a toxicity is still open, wait for news of it."""
        while True:
            data = self._look()
            observed = derive_outcomes(data)
            open_for = observed.participants.filter(pl.col("STATUS") == "pending")["USUBJID"]
            news = [
                event.recorded.date()
                for event in self.events
                if isinstance(event, AdverseEventSeen)
                and event.recorded.date() > self.today
                and event.participant in open_for
            ]
            if not news:
                return observed
            self.today = min(news)

    def _recruit(
        self, level: int, size: int, *, previous: Iterable[Casebook] = ()
    ) -> list[Casebook]:
        """Recruit until so many are infused; those who fail on the way are recorded as well."""
        infused: list[Casebook] = []
        before = list(previous)
        while len(infused) < size:
            case = self.recruiter.next_case(
                level=level,
                cohort=self.cohort or None,
                after=self.today,
                previous=[*before, *infused],
            )
            self.events += simulate_recording(case, self.protocol, self.rehearsal)
            if case.infusion is not None:
                infused.append(case)
                self.cases.append(case)
                self.infused += 1
                self.progress(self.infused)
            self.today = max(self.today, case.consent)
            if self.protocol.safety.monitoring:
                self._look()
        return infused

    def _look(self) -> AnalysisData:
        """Derive analysis data from the record as it stands; a boundary may end the trial."""
        data = derive_analysis_data(self.fold(self.today), self.protocol, at=self.today)
        for watch in derive_monitoring(data):
            if watch.reached:
                raise _BoundaryError(watch)
        return data

    def halt(self, watch: Watch) -> None:
        """End accrual on this day; who was not infused before is not treated."""
        notation = ""
        dosing = self.protocol.dosing
        if dosing and dosing.dlt:
            known = self.fold(self.today)
            notation = derive_outcomes(
                derive_analysis_data(known, self.protocol, at=self.today)
            ).notation
        self.meetings.append(Meeting(self.today, notation, watch.decision))
        self.selection = self.selection or Selection(None, f"No dose is selected. {watch.sentence}")
        for case in self.cases:
            if case.infusion is not None and case.infusion > self.today:
                self.events = [
                    event
                    for event in self.events
                    if event.participant != case.identifier or event.recorded.date() <= self.today
                ]
                self.events.append(LeftTrial(**case.told(self.today), reason="NOT TREATED"))

    def fold(self, until: date | None) -> Record:
        return fold_events(_known(self.events, until), about=self.about)

    def _responses(self, cases: list[Casebook], endpoint: str | None) -> int:
        """Count responders as the analysis does, from the record as it stands."""
        awaited = self.timetable.endpoint(endpoint)
        if endpoint is None or awaited is None:
            return 0
        data = self._look()
        mine = pl.col("USUBJID").is_in([case.identifier for case in cases])
        if isinstance(awaited, ResponseEndpoint):
            return data.best[endpoint].filter(mine & (pl.col("RSPFL") == "Y")).height
        first = pl.col("VISIT") == data.responders[endpoint]["VISIT"][0]
        return data.responders[endpoint].filter(mine & first & (pl.col("AVALC") == "Y")).height


def _known(events: Iterable[Event], until: date | None) -> list[Event]:
    """Keep what was recorded up to a day, in the order of recording."""
    kept = [event for event in events if until is None or event.recorded.date() <= until]
    return sorted(kept, key=lambda event: (event.recorded, event.participant))
