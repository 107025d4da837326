"""How a trial goes on in time: arrivals, places, infusions, windows; every convention a setting.

Programs that report how long a trial lasts differ in these conventions more than in anything else,
so each of them has a name here, and the report prints them.
"""

import math
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Any, Final, Literal, final

import numpy as np

from protocyte.design.correlation import find_response_given_toxicity
from protocyte.design.scenario import Scenario
from protocyte.design.state import Floats
from protocyte.errors import DesignError
from protocyte.protocol.methods.late_onset import TITEBOIN12
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal

GAPS: Final = ("exponential", "uniform", "fixed")
NO_PLACE: Final = ("waits", "queues", "leaves")
TIMES: Final = ("Weibull", "uniform", "thirds", "at the end")
ALMOST: Final = 1 - 1e-12
_DAYS_A_MONTH: Final = 365.25 / 12


@final
@dataclass(frozen=True, slots=True)
class EventTimes:
    """When in its window an event comes, if it comes.

    Parameters
    ----------
    kind : {"Weibull", "uniform", "thirds", "at the end"}
        A Weibull time with a share of the events in the second half, a uniform time, uniform in
        thirds of the window with given shares, or all at the end of the window, where an
        assessment sees them.
    late_share : float
        Share of the events in the second half of the window [1], between 0 and 1; for "Weibull".
    thirds : tuple of float
        Shares of the events in each third [1]; for "thirds".

    Raises
    ------
    DesignError
        If shares are not shares.

    Examples
    --------
    >>> EventTimes("Weibull", late_share=0.5).kind
    'Weibull'
    """

    kind: Literal["Weibull", "uniform", "thirds", "at the end"] = "Weibull"
    late_share: float = 0.5
    thirds: tuple[float, float, float] = (1 / 3, 1 / 3, 1 / 3)

    def __post_init__(self) -> None:
        if self.kind not in TIMES:
            raise DesignError(f"Times of events are {self.kind!r}; name one of {', '.join(TIMES)}.")
        if not 0 < self.late_share < 1:
            raise DesignError(
                f"late_share is {self.late_share}; give the share of events in the second half of "
                f"the window, between 0 and 1."
            )
        if min(self.thirds) < 0 or abs(sum(self.thirds) - 1) > 1e-9:
            raise DesignError(f"thirds = {self.thirds}; give three shares that add up to 1.")

    def powers(self, chances: tuple[float, ...]) -> Floats:
        """Return the inverse Weibull shape for each event probability.

        Parameters
        ----------
        chances : tuple of float
            Probability of the event within the window at each dose [1].

        Returns
        -------
        ndarray of float, shape (n_doses,)
            One divided by the shape [1].
        """
        if self.kind != "Weibull":
            return np.ones(len(chances))
        p = np.clip(np.array(chances, dtype=float), 1e-12, ALMOST)
        shape = np.log(np.log1p(-p) / np.log1p(-(1 - self.late_share) * p)) / math.log(2)
        powers: Floats = 1 / shape
        return powers


class In(IntEnum):
    """Places in a plan, which is a calendar as plain numbers.

    Words become their places in `GAPS`, `NO_PLACE` and `TIMES`. The stagger comes last, as long as
    it is.
    """

    GAP = 0
    GAPS = 1
    FIRST_AT_ONCE = 2
    NO_PLACE = 3
    WINDOW = 4
    RESPONSE_WINDOW = 5
    ONLY_FIRST_COHORT = 6
    NEXT_COHORT_AFTER = 7
    REVIEW = 8
    SLOT_STEP = 9
    LEAD = 10
    FAILURE = 11
    DROP_OUT = 12
    REPLACED = 13
    AT_INFUSION = 14
    WHEN_DATA_ALLOW = 15
    CUT_COHORT = 16
    TOXICITY_TIMES = 17
    RESPONSE_TIMES = 18
    LAST_WINDOW = 19
    TOXICITY_THIRDS = 20
    RESPONSE_THIRDS = 23
    GAP_COUNT = 26
    STAGGER = 27


class Of(IntEnum):
    """Rows of a truth, which is a scenario as plain numbers; columns are doses."""

    TOX = 0
    EFF_WITHOUT = 1
    EFF_WITH = 2
    TOX_POWER = 3
    EFF = 4
    EFF_POWER = 5


@final
@dataclass(frozen=True, slots=True)
class Calendar:
    """The conventions of a trial in time.

    Parameters
    ----------
    gap : float
        Mean time between two arrivals [d].
    window : float
        Time after the infusion in which a DLT counts [d].
    response_window : float, optional
        Time in which a response counts [d]; as the other window by default.
    gaps : {"exponential", "uniform", "fixed"}
        Times between arrivals: exponential, uniform between 0 and twice the mean, or all equal.
    first : {"at once", "after a gap"}
        Whether the first patient arrives at time 0.
    no_place : {"waits", "queues", "leaves"}
        Who finds no place: waits, and nobody else arrives until then; waits in a queue while
        others arrive behind; or leaves.
    stagger : tuple of float
        Least times between an infusion and the next of the same cohort [d]; the last is repeated.
    stagger_cohorts : {"every", "first at a dose"}
        Which cohorts are staggered.
    next_cohort_after : float
        Least time from the last infusion of a cohort to the opening of the next [d].
    review : float
        Time that a committee takes from complete data to the opening of the next cohort [d].
    vein_to_vein : float
        Time from apheresis to infusion [d]; 0 for a product from the shelf.
    slots_per_week : float, optional
        Apheresis and production slots a week, evenly spaced, one patient each; None for as many as
        are asked for.
    manufacturing_failure : float
        Probability that a product is not made or is out of specification [1].
    drop_out : float
        Probability of leaving between apheresis and infusion [1], if the product is made.
    replaced : bool
        Whether another patient takes the place of one who is not infused.
    assigned : {"at apheresis", "at infusion"}
        When the dose is fixed. At infusion, the next cohort's products may be made while the
        decision is awaited.
    decides : {"at arrival", "when data allow"}
        When a suspended late-onset design decides: when somebody arrives (or, waiting, when the
        data allow), or always as soon as the data allow.
    cut_cohort : bool
        Whether the rest of a cohort is not infused once its DLTs suffice to go down (at the lowest
        dose: to close it), whatever the rest would have shown. One at least is infused.
    toxicity_times, response_times : EventTimes
        When events come.
    infusions_each : int
        Infusions a participant.
    final : {"last window", "last outcome"}
        Whether the trial lasts until the last window ends, or until the last outcome is known.

    Raises
    ------
    DesignError
        If a time is negative or a share is not one.

    Examples
    --------
    >>> float(Calendar(gap=10, window=28, stagger=(14,)).plan()[In.WINDOW])
    28.0
    """

    gap: float
    window: float
    response_window: float | None = None
    gaps: Literal["exponential", "uniform", "fixed"] = "exponential"
    first: Literal["at once", "after a gap"] = "at once"
    no_place: Literal["waits", "queues", "leaves"] = "waits"
    stagger: tuple[float, ...] = ()
    stagger_cohorts: Literal["every", "first at a dose"] = "every"
    next_cohort_after: float = 0.0
    review: float = 0.0
    vein_to_vein: float = 0.0
    slots_per_week: float | None = None
    manufacturing_failure: float = 0.0
    drop_out: float = 0.0
    replaced: bool = True
    assigned: Literal["at apheresis", "at infusion"] = "at apheresis"
    decides: Literal["at arrival", "when data allow"] = "at arrival"
    cut_cohort: bool = False
    toxicity_times: EventTimes = EventTimes()
    response_times: EventTimes = EventTimes("at the end")
    infusions_each: int = 1
    final: Literal["last window", "last outcome"] = "last window"

    def __post_init__(self) -> None:
        for name in ("gap", "window"):
            if not 0 < getattr(self, name) < math.inf:
                raise DesignError(f"{name} is {getattr(self, name)} days; give more than 0.")
        times = {name: getattr(self, name) for name in ("next_cohort_after", "review")}
        times |= {"vein_to_vein": self.vein_to_vein}
        times |= {f"stagger {k}": days for k, days in enumerate(self.stagger, start=1)}
        if self.response_window is not None:
            times["response_window"] = self.response_window
        for name, days in times.items():
            if not 0 <= days < math.inf:
                raise DesignError(f"{name} is {days} days; give 0 or more.")
        for name in ("manufacturing_failure", "drop_out"):
            if not 0 <= getattr(self, name) < 1:
                raise DesignError(f"{name} is {getattr(self, name)}; give a probability below 1.")
        if self.slots_per_week is not None and not 0 < self.slots_per_week < math.inf:
            raise DesignError(f"slots_per_week is {self.slots_per_week}; give more than 0.")
        if self.infusions_each < 1:
            raise DesignError(f"infusions_each is {self.infusions_each}; give at least 1.")
        self._check_words()
        self._check_refusals()

    @classmethod
    def from_protocol(cls, protocol: Protocol, rehearsal: Rehearsal) -> "Calendar":
        """Return the conventions that a protocol and its rehearsal describe.

        Arrivals are patients who turn out to be eligible, at exponential gaps. Who finds no place
        waits. Participants who are never infused are replaced. Responses are seen at the end of
        their window.

        Parameters
        ----------
        protocol : Protocol
            Cohorts, stagger, windows and vein-to-vein time.
        rehearsal : Rehearsal
            How patients arrive.

        Returns
        -------
        Calendar
            The conventions.

        Raises
        ------
        DesignError
            If the protocol has no dose finding or no DLT window, or nobody is eligible.
        """
        dosing, accrual = protocol.dosing, rehearsal.accrual
        if dosing is None or dosing.dlt is None:
            raise DesignError(
                "Trials in calendar time need a DLT window; write `dosing.dlt` in the protocol."
            )
        cohort, schedule = dosing.cohort, protocol.schedule
        stagger: tuple[float, ...] = ()
        if cohort.stagger is not None:
            days = cohort.stagger.nominal_days
            stagger = (days,) if cohort.stagger_applies_to == "every participant" else (days, 0.0)
        collected = schedule.activities.leukapheresis
        lead = collected.vein_to_vein if collected else None
        eligible = accrual.per_month * (1 - accrual.screen_failure)
        if eligible <= 0 or accrual.not_infused >= 1:
            raise DesignError(
                "Nobody is ever infused, so that no trial ends; write `accrual.screen_failure` and "
                "`accrual.not_infused` below 1."
            )
        return cls(
            gap=_DAYS_A_MONTH / eligible,
            window=dosing.dlt.window.nominal_days,
            response_window=_response_window(protocol),
            stagger=stagger,
            next_cohort_after=cohort.next_after.nominal_days if cohort.next_after else 0.0,
            vein_to_vein=lead.nominal_days if lead else 0.0,
            drop_out=accrual.not_infused,
            infusions_each=schedule.activities.infusion.doses,
        )

    def _check_words(self) -> None:
        known = {
            "gaps": GAPS,
            "first": ("at once", "after a gap"),
            "no_place": NO_PLACE,
            "stagger_cohorts": ("every", "first at a dose"),
            "assigned": ("at apheresis", "at infusion"),
            "decides": ("at arrival", "when data allow"),
            "final": ("last window", "last outcome"),
        }
        for name, words in known.items():
            if getattr(self, name) not in words:
                raise DesignError(
                    f"{name} is {getattr(self, name)!r}; name one of {', '.join(words)}."
                )

    def _check_refusals(self) -> None:
        longest = max(self.window, self.response_window or 0.0, self.next_cohort_after)
        longest += self.review + sum(self.stagger)
        if self.no_place == "leaves" and longest / self.gap > 100_000:
            raise DesignError(
                f"A patient every {self.gap:g} days and {longest:g} days without a place turn more "
                f"than 100,000 patients away at a time; let patients wait, or lengthen the gap."
            )

    def plan(self) -> Floats:
        """Return the conventions as plain numbers, in the places that `In` names."""
        stagger = self.stagger or (0.0,)
        plan = np.zeros(In.STAGGER + len(stagger))
        answers = self.window if self.response_window is None else self.response_window
        values: dict[In, float] = {
            In.GAP: self.gap,
            In.GAPS: GAPS.index(self.gaps),
            In.FIRST_AT_ONCE: self.first == "at once",
            In.NO_PLACE: NO_PLACE.index(self.no_place),
            In.WINDOW: self.window,
            In.RESPONSE_WINDOW: answers,
            In.ONLY_FIRST_COHORT: self.stagger_cohorts == "first at a dose",
            In.NEXT_COHORT_AFTER: self.next_cohort_after,
            In.REVIEW: self.review,
            In.SLOT_STEP: 0.0 if self.slots_per_week is None else 7 / self.slots_per_week,
            In.LEAD: self.vein_to_vein,
            In.FAILURE: self.manufacturing_failure,
            In.DROP_OUT: self.drop_out,
            In.REPLACED: self.replaced,
            In.AT_INFUSION: self.assigned == "at infusion",
            In.WHEN_DATA_ALLOW: self.decides == "when data allow",
            In.CUT_COHORT: self.cut_cohort,
            In.TOXICITY_TIMES: TIMES.index(self.toxicity_times.kind),
            In.RESPONSE_TIMES: TIMES.index(self.response_times.kind),
            In.LAST_WINDOW: self.final == "last window",
            In.GAP_COUNT: len(stagger),
        }
        for place, value in values.items():
            plan[place] = float(value)
        plan[In.TOXICITY_THIRDS : In.TOXICITY_THIRDS + 3] = np.cumsum(self.toxicity_times.thirds)
        plan[In.RESPONSE_THIRDS : In.RESPONSE_THIRDS + 3] = np.cumsum(self.response_times.thirds)
        plan[In.STAGGER :] = stagger
        return plan

    def truth(self, scenario: Scenario) -> Floats:
        """Return a scenario as plain numbers, shape (6, n_doses), in the rows that `Of` names.

        Parameters
        ----------
        scenario : Scenario
            The truth.

        Returns
        -------
        ndarray of float, shape (6, n_doses)
            Probabilities and inverse shapes of times [1].
        """
        zeros = (0.0,) * scenario.n_doses
        tox, eff = scenario.tox or zeros, scenario.eff or zeros
        p, q = np.array(tox), np.array(eff)
        without, with_tox = (
            (q, q) if scenario.eff is None else find_response_given_toxicity(scenario)
        )
        powers = self.toxicity_times.powers(tox), self.response_times.powers(eff)
        return np.stack([p, without, with_tox, powers[0], q, powers[1]])

    def as_dict(self) -> dict[str, Any]:
        """Return every convention as JSON can hold it."""
        return asdict(self)


def _response_window(protocol: Protocol) -> float | None:
    """Return when a response is judged [d]: by the method, or at the visit that it names."""
    dosing = protocol.dosing
    settings = dosing.method.settings if dosing and dosing.method else None
    if isinstance(settings, TITEBOIN12):
        return settings.response_window.nominal_days
    efficacy = dosing.efficacy if dosing else None
    visit = protocol.schedule.visit(efficacy.at) if efficacy and efficacy.at else None
    return protocol.schedule.offset(visit) if visit else None
