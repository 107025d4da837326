"""A virtual trial: participants arrive, are dosed by the design's own decisions, and are followed.

Each decision looks at the record as it stands on that day, through the same derivation that the
real trial uses; the truth behind the record is never asked.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from protocyte.derivation import Observed, derive_analysis_data, derive_outcomes
from protocyte.design import Decision, Outcomes, Selection
from protocyte.design.catalogue.monitoring import find_expansion_monitor
from protocyte.design.plan import find_dose_design, find_sample_design
from protocyte.errors import ProtocolError
from protocyte.protocol.endpoint import Endpoint, ResponderEndpoint, ResponseEndpoint
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal, Scenario
from protocyte.record import About, Event, Record, fold_events
from protocyte.record.event import AdverseEventSeen
from protocyte.simulation.accrual import Recruiter
from protocyte.simulation.casebook import Casebook
from protocyte.simulation.recording import simulate_recording

_MOST_REPLACED = 20


@dataclass(frozen=True, slots=True)
class Meeting:
    """One dose meeting of a virtual trial.

    Parameters
    ----------
    on : date
        Day of the decision.
    notation : str
        Outcomes so far, as trialists write them.
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
        Recruiter(protocol, rehearsal, scenario, about.study, rng=rng),
        start,
        progress or (lambda _: None),
        rng.spawn(1)[0],
    )
    level = run.dose_finding()
    if level is not None and run.expand(level):
        run.sample(level)
    record = run.fold(None)
    return VirtualTrial(record, scenario, tuple(run.meetings), run.selection, tuple(run.stages))


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
    meetings: list[Meeting] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)
    selection: Selection | None = None
    cohort: int = 0
    infused: int = 0

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
        outcomes = Outcomes.none(design.n_doses)
        decision = design.decide(outcomes)
        while decision.dose is not None:
            dose = self._drawn(decision) or decision.dose
            outcomes, notation = self._treat_cohort(dose, decision.size, before=outcomes)
            decision = design.decide(outcomes)
            self.meetings.append(Meeting(self.today, notation, decision))
        self.selection = design.select(outcomes)
        return self.selection.dose

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
            self.today = max(self._due(case, None) for case in cases)
            self.stages.append(f"{self._dlts(cases)} DLTs in {most} of the expansion cohort.")
            return True
        outcomes, size, self.cohort = Outcomes.none(1), int(monitor.start().size), 0
        while size:
            cases = self._recruit(level, size)
            self.today = max(self._due(case, None) for case in cases)
            outcomes = outcomes.after(1, n=size, tox=self._dlts(cases), eff=0, both=0)
            decision = monitor.decide(outcomes)
            size = decision.size
        seen = f"{sum(outcomes.tox)} DLTs in {outcomes.total} of the expansion cohort"
        self.stages.append(f"{seen}: {decision.reason}")
        return monitor.select(outcomes).dose is not None

    def _dlts(self, cases: list[Casebook]) -> int:
        """Count dose-limiting toxicities as the analysis does, from the record as it stands."""
        data = derive_analysis_data(self.fold(self.today), self.protocol, at=self.today)
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
            self.today = max(self._due(case, endpoint) for case in cases)
            responses = self._responses(cases, endpoint)
            outcomes = outcomes.after(1, n=size, tox=0, eff=responses, both=0)
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
            self.today = max(self._due(case, benefit) for case in cases)
            observed = self._observed()
            missing = before.total + size - observed.outcomes.total
            if missing <= 0:
                break
        return observed.outcomes, observed.notation

    def _observed(self) -> Observed:
        """Look at the record; while a toxicity is still open, wait for news of it."""
        while True:
            data = derive_analysis_data(self.fold(self.today), self.protocol, at=self.today)
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

    def _recruit(self, level: int, size: int) -> list[Casebook]:
        """Recruit until so many are infused; those who fail on the way are recorded as well."""
        infused: list[Casebook] = []
        while len(infused) < size:
            case = self.recruiter.next_case(
                level=level,
                cohort=self.cohort or None,
                after=self.today,
                previous=infused,
            )
            self.events += simulate_recording(case, self.protocol, self.rehearsal)
            if case.infusion is not None:
                infused.append(case)
                self.infused += 1
                self.progress(self.infused)
            self.today = max(self.today, case.consent)
        return infused

    def _due(self, case: Casebook, endpoint: str | None) -> date:
        """Return the day on which all that a decision needs is known of an infused person."""
        if case.infusion is None:
            return case.consent
        dosing, schedule = self.protocol.dosing, self.protocol.schedule
        days = [case.infusion]
        if dosing and dosing.dlt:
            days.append(dosing.dlt.window.after(case.infusion))
        if dosing and dosing.cohort.next_after:
            days.append(dosing.cohort.next_after.after(case.infusion))
        awaited = self._endpoint(endpoint)
        if isinstance(awaited, ResponseEndpoint):
            last = [schedule.latest_date(v, anchor=case.infusion) for v in schedule.visits]
            days.append(awaited.until.after(case.infusion) if awaited.until else max(last))
        if isinstance(awaited, ResponderEndpoint):
            at = dosing.efficacy.at if dosing and dosing.efficacy else None
            visits = [schedule.visit(name) for name in ([at] if at else awaited.at[:1])]
            days += [schedule.latest_date(v, anchor=case.infusion) for v in visits if v]
        return max(days) + timedelta(days=1)

    def _endpoint(self, name: str | None) -> Endpoint | None:
        ranked = self.protocol.endpoints.ranked()
        return next((endpoint for _, known, endpoint in ranked if known == name), None)

    def fold(self, until: date | None) -> Record:
        return fold_events(_known(self.events, until), about=self.about)

    def _responses(self, cases: list[Casebook], endpoint: str | None) -> int:
        """Count responders as the analysis does, from the record as it stands."""
        awaited = self._endpoint(endpoint)
        if endpoint is None or awaited is None:
            return 0
        data = derive_analysis_data(self.fold(self.today), self.protocol, at=self.today)
        mine = pl.col("USUBJID").is_in([case.identifier for case in cases])
        if isinstance(awaited, ResponseEndpoint):
            return data.best[endpoint].filter(mine & (pl.col("RSPFL") == "Y")).height
        first = pl.col("VISIT") == data.responders[endpoint]["VISIT"][0]
        return data.responders[endpoint].filter(mine & first & (pl.col("AVALC") == "Y")).height


def _known(events: Iterable[Event], until: date | None) -> list[Event]:
    """Keep what was recorded up to a day, in the order of recording."""
    kept = [event for event in events if until is None or event.recorded.date() <= until]
    return sorted(kept, key=lambda event: (event.recorded, event.participant))
