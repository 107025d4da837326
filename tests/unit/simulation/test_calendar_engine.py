"""The compiled engine against a second one: plain Python that asks the designs of conduct.

Both see the same virtual patients. The second engine moves from event to event with a list of
participants and `decide_followed`; it shares the draws with the first, and nothing else.
"""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from protocyte.design import BOIN, BOIN12, Scenario, ThreePlusThree
from protocyte.design.design import Design
from protocyte.design.late_onset.backfill import BEBOIN, BFBOIN, BackfillDesign
from protocyte.design.late_onset.follow_up import Followed, FollowUp
from protocyte.design.late_onset.late_onset import LateOnsetDesign
from protocyte.design.late_onset.rolling_six import RollingSixInTime
from protocyte.design.late_onset.suspension import Suspension
from protocyte.design.late_onset.tite_boin import TITEBOIN
from protocyte.design.late_onset.tite_boin12 import TITEBOIN12
from protocyte.design.late_onset.tite_crm import TITECRM
from protocyte.design.late_onset.tite_keyboard import TITEKeyboard
from protocyte.design.model_based.crm import CRM
from protocyte.design.outcome import Outcomes
from protocyte.design.toxicity.keyboard import Keyboard
from protocyte.design.toxicity.rolling_six import RollingSix
from protocyte.simulation.calendar import Calendar, EventTimes
from protocyte.simulation.calendar_chance import (
    sample_gap,
    sample_luck,
    sample_response_day,
    sample_toxicity_day,
)
from protocyte.simulation.calendar_run import simulate_with

TRUTH = Scenario((0.1, 0.25, 0.4), (0.3, 0.45, 0.5))
SOON = 1e-7


@dataclass
class Person:
    dose: int
    start: float
    dlt: float
    response: float
    extra: bool = False

    def seen(self, now: float, calendar: Calendar) -> Followed:
        days = max(now - self.start, 0.0)
        answers = calendar.response_window or calendar.window
        # A moment after the window is as good as its end: sums of times are not exact.
        days = next((w for w in (calendar.window, answers) if abs(days - w) < 1e-9 * w), days)
        return Followed(
            self.dose + 1,
            days,
            min(self.dlt, days) if 0 <= self.dlt <= days + SOON else None,
            min(self.response, days) if 0 <= self.response <= days + SOON else None,
            backfilled=self.extra,
        )


@dataclass
class PlainTrial:
    """One trial in plain Python: patients wait for a place, or leave."""

    design: Design
    calendar: Calendar
    seed: int
    number: int
    people: list[Person] = field(default_factory=list)
    person: int = 0
    base: float = 0.0

    def __post_init__(self) -> None:
        # The engine's own numbers are 64 bits wide and have no sign.
        self.luck: Any = np.uint64(sample_luck(np.uint64(self.seed), self.number))  # type: ignore[arg-type]
        self.plan, self.truth = self.calendar.plan(), self.calendar.truth(TRUTH)
        self.at: float | None = None

    def arrival(self) -> float:
        if self.at is None:
            gap = sample_gap(self.plan, self.luck, self.person)
            first = self.person == 0 and self.calendar.first == "at once"
            self.at = 0.0 if first else self.base + gap
        return self.at

    def leave(self) -> None:
        assert self.at is not None
        self.base, self.at, self.person = self.at, None, self.person + 1

    def take(self, place: float) -> float:
        while self.calendar.no_place == "leaves" and self.arrival() < place:
            self.leave()
        taken = max(self.arrival(), place)
        self.base = taken if self.calendar.no_place == "waits" else self.arrival()
        self.at, self.person = None, self.person + 1
        return taken

    def infuse(self, dose: int, when: float, *, extra: bool = False) -> None:
        looks = "eff" in self.design.features or isinstance(self.design, BackfillDesign)
        who = self.person - 1
        dlt = sample_toxicity_day(dose, self.plan, self.truth, self.luck, who)
        answer = -1.0
        if looks:
            answer = sample_response_day(
                dose,
                dlt >= 0,
                self.plan,
                self.truth,
                self.luck,
                who,
            )
        self.people.append(Person(dose, when, dlt, answer, extra))

    def cohort(self, dose: int, size: int, place: float) -> None:
        last = -math.inf
        for k in range(size):
            gap = 0.0
            if k and self.calendar.stagger:
                gap = self.calendar.stagger[min(k, len(self.calendar.stagger)) - 1]
            last = self.take(max(place, last + gap))
            self.infuse(dose, last)

    def followed(self, now: float) -> FollowUp:
        return FollowUp(
            self.design.n_doses, tuple(one.seen(now, self.calendar) for one in self.people)
        )

    def moments(self, now: float) -> float:
        """Return when somebody's outcome is known next, or the follow-up that is waited for."""
        calendar, times = self.calendar, []
        answers = calendar.response_window or calendar.window
        suspension = getattr(self.design, "suspension", None)
        share = (suspension.follow_up or 0.0) if suspension else 0.0
        for one in self.people:
            times.append(one.start + (one.dlt if one.dlt >= 0 else calendar.window))
            times.append(one.start + share * calendar.window)
            if isinstance(self.design, TITEBOIN12):
                times.append(one.start + (one.response if one.response >= 0 else answers))
                times.append(one.start + share * answers)
        return min(time for time in times if time > now + SOON)

    def known(self, some: list[Person]) -> float:
        ends = [p.start + (p.dlt if p.dlt >= 0 else self.calendar.window) for p in some]
        if "eff" in self.design.features:
            answers = self.calendar.response_window or self.calendar.window
            ends += [p.start + (p.response if p.response >= 0 else answers) for p in some]
        return max(ends)

    def run(self) -> "PlainTrial":
        start = self.design.start()
        dose, size, place = start.dose, start.size, 0.0
        if isinstance(self.design, RollingSixInTime):
            size = 1
        while True:
            first = len(self.people)
            self.cohort(dose, size, place)
            if isinstance(self.design, LateOnsetDesign):
                decision, place = self.decide_late(self.people[first:])
            else:
                place = self.known(self.people[first:])
                decision = self.design.decide(self.outcomes())
            if decision.dose is None:
                return self
            dose, size = decision.dose - 1, decision.size
            if isinstance(self.design, BackfillDesign):
                treated = sum(not one.extra for one in self.people)
                size = self.design.next_size(treated)

    def decide_late(self, cohort: list[Person]):  # type: ignore[no-untyped-def]
        treated = sum(not one.extra for one in self.people)
        if treated >= self.design.planned:
            return self.design.decide_followed(self.followed(1e9)), 1e9  # type: ignore[attr-defined]
        place = max(one.start for one in cohort)
        if isinstance(self.design, BFBOIN):
            place = max(place, self.known(cohort))
        while True:
            arrival = self.arrival()
            if arrival < place and not self.backfill(arrival):
                if self.calendar.no_place == "leaves":
                    self.leave()
                    continue
            elif arrival < place:
                continue
            now = max(arrival, place)
            decision = self.design.decide_followed(self.followed(now))  # type: ignore[attr-defined]
            if decision.action != "suspend":
                return decision, now
            if arrival >= place and self.backfill(arrival):
                continue
            if self.calendar.no_place == "leaves":
                self.leave()
            else:
                place = self.moments(now)

    def backfill(self, now: float) -> bool:
        if not isinstance(self.design, BackfillDesign):
            return False
        decision = self.design.decide_followed(self.followed(now))
        line = next(line for line in decision.arithmetic if line.endswith("for backfilling"))
        if line.startswith("no lower"):
            return False
        self.base, self.at, self.person = now, None, self.person + 1
        self.infuse(int(line.split()[1]) - 1, now, extra=True)
        return True

    def outcomes(self) -> Outcomes:
        answers = self.calendar.response_window or self.calendar.window
        return self.followed(1e9).outcomes(self.calendar.window, answers)

    def counts(self) -> list[list[int]]:
        rows = [[0, 0, 0, 0] for _ in range(self.design.n_doses)]
        for one in self.people:
            tox, eff = one.dlt >= 0, one.response >= 0
            for column, add in enumerate((1, tox, eff, tox and eff)):
                rows[one.dose][column] += int(add)
        return rows


WAIT = Suspension(0.5, 2, 0.25)
BOIN_3 = BOIN(target=0.3, n_doses=3, cohorts=5, early_stop=9)
DESIGNS = {
    "BOIN": BOIN_3,
    "3+3 C": ThreePlusThree(3, "C"),
    "BOIN12": BOIN12(3, cohorts=5),
    "TITE-BOIN": TITEBOIN(BOIN_3, 28, WAIT),
    "TITE-BOIN ESS": TITEBOIN(
        BOIN_3,
        28,
        Suspension(0.49, None, 0.25, unless_toxic=True, lowest_waits=True),
        method="effective sample size",
        thirds=(0.1, 0.2, 0.7),
    ),
    "TITE-Keyboard": TITEKeyboard(Keyboard(target=0.3, n_doses=3, cohorts=5), 28, WAIT),
    "TITE-CRM": TITECRM(
        CRM(target=0.3, skeleton=(0.15, 0.3, 0.45), cohorts=12, cohort_size=1),
        28,
        Suspension(None, None, 0.3),
        weights="adaptive",
    ),
    "rolling six": RollingSixInTime(RollingSix(3), 28),
    "TITE-BOIN12": TITEBOIN12(BOIN12(3, cohorts=5), 28, 60, Suspension(0.5, None, 0.25)),
    "BF-BOIN": BFBOIN(BOIN_3, 28, cap=9, order="lowest"),
    "BE-BOIN": BEBOIN(BOIN_3, 28, Suspension(0.49, None, 0.25, unless_toxic=True), cap=9),
}
CALENDARS = {
    "waits": Calendar(gap=6, window=28, response_window=60, stagger=(7, 3)),
    "leaves": Calendar(
        gap=5,
        window=28,
        response_window=60,
        gaps="uniform",
        first="after a gap",
        no_place="leaves",
        toxicity_times=EventTimes("uniform"),
        response_times=EventTimes("uniform"),
    ),
    "queues": Calendar(gap=9, window=28, response_window=60, no_place="queues"),
}


@pytest.mark.parametrize("how", CALENDARS)
@pytest.mark.parametrize("name", DESIGNS)
def test_two_engines_run_the_same_trials(name: str, how: str) -> None:
    design, calendar, trials = DESIGNS[name], CALENDARS[how], 25
    block = simulate_with(design, calendar, seed=20261)(0, trials, calendar.truth(TRUTH))
    for number in range(trials):
        plain = PlainTrial(design, calendar, 20261, number).run()
        assert block.counts[number].tolist() == plain.counts(), number
        last = max(one.start for one in plain.people)
        wide = 60 if "eff" in design.features else 28
        ends = max(last + wide, plain.known(plain.people))
        assert block.figures[number, 0] == pytest.approx(ends, abs=1e-6)
        assert block.figures[number, 5] == len(plain.people)
        extras = sum(one.extra for one in plain.people)
        assert block.figures[number, 9] == extras
