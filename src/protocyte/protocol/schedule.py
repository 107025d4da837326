"""Chapter: the schedule of activities (ICH M11 section 1.3 and 8), counted from an anchor."""

from datetime import date, timedelta
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from protocyte.protocol.chapter import Chapter
from protocyte.protocol.quantity import Days, DaysText, DurationText, WindowText
from protocyte.protocol.timepoint import Timepoint
from protocyte.standards.calendar import Duration
from protocyte.standards.studyday import (
    convert_day_to_date,
    convert_protocol_day,
    label_protocol_day,
)

Anchor = Literal["consent", "enrolment", "leukapheresis", "lymphodepletion", "infusion"]
Assessment = Literal[
    "safety",
    "vital signs",
    "haematology",
    "chemistry",
    "cytokines",
    "B cells",
    "cell kinetics",
    "disease response",
    "measurable residual disease",
    "ECOG",
    "SLEDAI",
    "BILAG",
    "PGA",
    "medication",
    "pregnancy test",
    "survival",
]
ANCHORS: tuple[str, ...] = get_args(Anchor)
ASSESSMENTS: tuple[str, ...] = get_args(Assessment)


class Screening(Chapter):
    """From consent to enrolment."""

    days: DaysText
    """Protocol days of the screening period."""


class Leukapheresis(Chapter):
    """Collection of the participant's own cells."""

    when: Literal["after enrolment", "before enrolment"] = "after enrolment"
    """Before or after enrolment."""
    vein_to_vein: DurationText | None = None
    """Time from collection to infusion, where a source gives it."""


class Agent(Chapter):
    """One drug of a regimen."""

    drug: str
    """Name of the drug."""
    dose: str | None = None
    """Dose a day with its unit, such as `30 mg/m2`; absent where no source gives it."""
    days: DaysText | None = None
    """Protocol days on which it is given."""


class Regimen(Chapter):
    """One of several lymphodepletion regimens."""

    agents: tuple[Agent, ...] = ()
    """Drugs given."""


class Lymphodepletion(Chapter):
    """Chemotherapy that makes room for the cells."""

    days: DaysText
    """Protocol days of chemotherapy."""
    agents: tuple[Agent, ...] = ()
    """Drugs given."""
    regimens: dict[Annotated[str, Field(min_length=1)], Regimen] = Field(default_factory=dict)
    """Regimens by name, the mildest first, where dose levels name them."""
    optional: bool = False
    """Given only if clinically needed."""
    rest: DaysText | None = None
    """Protocol days without treatment between the last dose and the infusion."""

    def given(self, regimen: str | None) -> tuple[Agent, ...]:
        """Return the drugs of a regimen; those of all participants without one.

        Parameters
        ----------
        regimen : str or None
            Name of the regimen.

        Returns
        -------
        tuple of Agent
            Drugs; none where no source names them.
        """
        chosen = None if regimen is None else self.regimens.get(regimen)
        return self.agents if chosen is None else chosen.agents


class Infusion(Chapter):
    """The giving of cells."""

    day: int
    """Protocol day of the infusion: the anchor's own day."""
    route: Literal["intravenous", "intrathecal", "intraventricular"] = "intravenous"
    """Route."""
    doses: Annotated[int, Field(ge=1, le=5)] = 1
    """Number of infusions."""


class Stay(Chapter):
    """Days in hospital."""

    days: DaysText
    """Protocol days in hospital."""
    at_least: bool = False
    """Whether these days are a minimum."""


class Proximity(Chapter):
    """Days during which the participant stays near the site."""

    days: DaysText
    """Protocol days."""
    within: DurationText
    """Greatest travelling time to the site."""


class Activities(Chapter):
    """What happens around the infusion, besides visits."""

    screening: Screening | None = None
    """Screening period."""
    leukapheresis: Leukapheresis | None = None
    """Collection of the participant's own cells; autologous products only."""
    lymphodepletion: Lymphodepletion | None = None
    """Lymphodepleting chemotherapy."""
    infusion: Infusion
    """The infusion itself."""
    hospital: Stay | None = None
    """Stay in hospital."""
    proximity: Proximity | None = None
    """Stay near the site."""


class Visit(Chapter):
    """A planned contact, with what is done at it."""

    name: str
    """Name as the protocol prints it; endpoints refer to it."""
    day: int | None = None
    """Protocol day of the visit. Give this or `after`."""
    after: DurationText | None = None
    """Time after the anchor, for visits counted in months. Give this or `day`."""
    window: WindowText | None = None
    """How far the visit may stray; absent where no source gives it."""
    does: Annotated[tuple[Assessment, ...], Field(min_length=1)]
    """What is assessed."""

    @model_validator(mode="after")
    def _one_time(self) -> "Visit":
        if (self.day is None) == (self.after is None):
            raise ValueError(
                f'the visit "{self.name}" needs one time; write either `day` (a protocol day) or '
                "`after` (a time after the anchor)"
            )
        return self


class Schedule(Chapter):
    """When what is done, counted from the anchor."""

    anchor: Anchor = "infusion"
    """The event that days are counted from."""
    day_zero: bool = True
    """Whether the anchor's day is Day 0; otherwise it is Day 1 and there is no Day 0."""
    activities: Activities
    """What happens around the infusion."""
    visits: Annotated[tuple[Visit, ...], Field(min_length=1)]
    """Planned visits, in order."""
    follow_up: DurationText | None = None
    """How long each participant is followed after the anchor."""

    def offset(self, visit: Visit) -> float:
        """Return how long after the anchor a visit is planned, for ordering [d]."""
        return self.timepoint(visit).days

    def offset_of(self, day: int) -> int:
        """Return a protocol day as days after the anchor.

        A Day 0 in a protocol that has none is the anchor's day: a finding reports it.
        """
        has_day = self.day_zero or day != 0
        return convert_protocol_day(day, day_zero=self.day_zero) if has_day else 0

    def date_of(self, visit: Visit, *, anchor: date) -> date:
        """Return the date on which a visit is planned, once the anchor has happened."""
        if visit.after is not None:
            return visit.after.after(anchor)
        return convert_day_to_date(visit.day or 0, anchor=anchor, day_zero=self.day_zero)

    def latest_date(self, visit: Visit, *, anchor: date) -> date:
        """Return the last date on which a visit may be held."""
        late = visit.window.after if visit.window else 0
        return self.date_of(visit, anchor=anchor) + timedelta(days=late)

    def offsets(self, days: Days) -> tuple[int, int]:
        """Return first and last day of a span as days after the anchor."""
        return self.offset_of(days.first), self.offset_of(days.last)

    def day_after(self, length: Duration) -> int:
        """Return the protocol day that lies a length of time after the anchor."""
        return label_protocol_day(round(length.nominal_days), day_zero=self.day_zero)

    def timepoint(self, visit: Visit) -> Timepoint:
        """Return when a visit is planned."""
        if visit.after is not None:
            return Timepoint.of(visit.after)
        return Timepoint(float(self.offset_of(visit.day or 0)))

    def earliest(self, visit: Visit) -> Timepoint:
        """Return the beginning of a visit's window; its planned time where it has none."""
        return self.timepoint(visit).shifted(-visit.window.before if visit.window else 0)

    def latest(self, visit: Visit) -> Timepoint:
        """Return the end of a visit's window; its planned time where it has none."""
        return self.timepoint(visit).shifted(visit.window.after if visit.window else 0)

    def happens(self, anchor: str) -> bool:
        """Return whether an anchor is among the activities of the trial."""
        match anchor:
            case "leukapheresis":
                return self.activities.leukapheresis is not None
            case "lymphodepletion":
                return self.activities.lymphodepletion is not None
            case _:
                return True

    def time_of(self, anchor: str) -> Timepoint | None:
        """Return when an anchor is planned; None if the plan does not tell."""
        activities = self.activities
        infusion = Timepoint(float(self.offset_of(activities.infusion.day)))
        collection = activities.leukapheresis and activities.leukapheresis.vein_to_vein
        match anchor:
            case self.anchor:
                return Timepoint(0.0)
            case "infusion":
                return infusion
            case "consent" if activities.screening:
                return Timepoint(float(self.offsets(activities.screening.days)[0]))
            case "lymphodepletion" if activities.lymphodepletion:
                return Timepoint(float(self.offsets(activities.lymphodepletion.days)[0]))
            case "leukapheresis" if collection:
                length = Timepoint.of(collection)
                return Timepoint(infusion.days - length.days, length.calendar)
            case _:
                return None

    def visit(self, name: str) -> Visit | None:
        """Return the visit of a name, or None."""
        return next((visit for visit in self.visits if visit.name == name), None)

    def visits_for(self, *assessments: str) -> tuple[Visit, ...]:
        """Return the visits at which one of some assessments is made, in the order of time."""
        found = [visit for visit in self.visits if set(assessments) & set(visit.does)]
        return tuple(sorted(found, key=self.offset))
