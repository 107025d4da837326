"""The rehearsal file (`scenarios.yaml`): truths against which a protocol is rehearsed.

Nothing in it is claimed about real patients. Values that a source gives carry it under `sources`;
all others are assumptions by their nature.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from protocyte.protocol.biology import Biology
from protocyte.protocol.chapter import Chapter
from protocyte.protocol.endpoint import ResponseEndpoint
from protocyte.protocol.finding import Finding
from protocyte.protocol.parse import Parsed, parse_document
from protocyte.protocol.plan import Protocol
from protocyte.protocol.quantity import DurationText, Share
from protocyte.standards.sledai import WEIGHTS

Grades = Annotated[tuple[Share, Share, Share, Share, Share], Field()]
DaySpan = Annotated[tuple[int, int], Field(description="First and last day [d].")]
_SUM_TOLERANCE = 1e-6


class Accrual(Chapter):
    """How participants arrive."""

    per_month: Annotated[float, Field(gt=0, le=1000)]
    """Patients who consent a month while a place is open [1/month]."""
    screen_failure: Share = 0.0
    """Share of those who consent and turn out not to be eligible [1]."""
    screening: DurationText
    """Time from consent to enrolment."""
    not_infused: Share = 0.0
    """Share of those enrolled who are never infused: product failed, progression, death [1]."""
    withdrawal_a_year: Share = 0.0
    """Yearly probability of leaving the trial [1]."""


class Spread(Chapter):
    """A normal distribution cut at both ends."""

    mean: float
    """Mean."""
    sd: Annotated[float, Field(ge=0)]
    """Standard deviation."""
    low: float
    """Lowest value."""
    high: float
    """Highest value."""

    @model_validator(mode="after")
    def _in_order(self) -> "Spread":
        if not self.low <= self.mean <= self.high:
            raise ValueError(
                f"the mean {self.mean:g} does not lie between {self.low:g} and {self.high:g}; "
                "write the lowest value, the mean and the highest value in order"
            )
        return self


class Patients(Chapter):
    """Who arrives."""

    age: Spread
    """Age [years]."""
    weight: Spread
    """Body weight [kg]."""
    female: Share
    """Share of women [1]."""


class Kinetics(Chapter):
    """How the cells grow and persist."""

    model: Literal["Stein 2019"] = "Stein 2019"
    """Published model."""
    spread: Literal["variance", "sd"] = "variance"
    """How the printed random effects are read."""
    lower_limit: Annotated[float, Field(gt=0)]
    """Lower limit of quantification [copies/µg DNA]."""
    assay_sd: Annotated[float, Field(ge=0)] = 0.0
    """Standard deviation of the assay on the natural log scale [1]."""


class Links(Chapter):
    """What goes together in one participant; each outcome's own probability stays as stated."""

    response: Annotated[float, Field(gt=-1, lt=1)] = 0.0
    """Rank correlation of response with peak expansion [1]."""
    crs: Annotated[float, Field(gt=-1, lt=1)] = 0.0
    """Rank correlation of CRS grade with peak expansion [1]."""
    toxicity_with_response: Annotated[float, Field(ge=-1, le=1)] = 0.0
    """Correlation of the normal numbers behind dose-limiting toxicity and response (a Gaussian
    copula) [1]; 0 if they are independent given the dose."""


class EventTruth(Chapter):
    """How often an adverse event occurs, when, how badly and how long."""

    term: str
    """Standard term, or a short name such as CRS."""
    system: str | None = None
    """System organ class; known by itself for short names."""
    grades: Grades
    """Probability of no event and of grades 1 to 4 [1]; together 1."""
    onset: DaySpan
    """Days after the infusion between which it begins; negative before."""
    lasting: DaySpan
    """Shortest and longest duration [d]."""
    related: Share = 1.0
    """Share that the investigator relates to the product [1]."""
    allogeneic_only: bool = False
    """Whether it can only follow cells of another person."""

    @model_validator(mode="after")
    def _sum_to_one(self) -> "EventTruth":
        if abs(sum(self.grades) - 1) > _SUM_TOLERANCE:
            raise ValueError(
                f"the probabilities of {self.term} sum to {sum(self.grades):g}; make them sum to 1"
            )
        if self.onset[0] > self.onset[1] or not 1 <= self.lasting[0] <= self.lasting[1]:
            raise ValueError(
                f"onset or duration of {self.term} run backwards; write the smaller number first"
            )
        return self


class Leukaemia(Chapter):
    """What becomes of leukaemia or lymphoma."""

    responses: dict[str, Share]
    """Split of responders over the categories that count [1]; together 1."""
    failures: dict[str, Share]
    """Split of the others over NR, SD, PD [1]; together 1."""
    late_first_response: Share = 0.0
    """Share of responders seen only at the second assessment [1]."""
    relapse_median: DurationText
    """Median time from response to relapse."""
    progression_median: DurationText
    """Median time from infusion to progression without response."""
    death_median: DurationText
    """Median time from relapse or progression to death."""

    @model_validator(mode="after")
    def _sum_to_one(self) -> "Leukaemia":
        for name in ("responses", "failures"):
            total = sum(getattr(self, name).values())
            if abs(total - 1) > _SUM_TOLERANCE:
                raise ValueError(f"the shares of {name} sum to {total:g}; make them sum to 1")
        return self


class Lupus(Chapter):
    """What becomes of lupus."""

    items: dict[str, Share]
    """Share of participants with each SLEDAI item at baseline [1]."""
    least_sledai: int = 8
    """Lowest SELENA-SLEDAI with which a participant is admitted."""
    pga: Spread
    """Physician's global assessment at baseline [1], 0 to 3."""
    prednisolone: Spread
    """Prednisolone dose at baseline [mg/d]."""
    remission: Share
    """Share of responders who come to full remission [1]."""
    serology_lags: Share
    """Share of responders whose serology stays abnormal [1]."""
    lost_a_year: Share
    """Yearly probability that a response is lost [1]."""

    @model_validator(mode="after")
    def _can_be_admitted(self) -> "Lupus":
        for item in self.items:
            if item not in WEIGHTS:
                raise ValueError(f'"{item}" is not a SLEDAI item; use one of {", ".join(WEIGHTS)}')
        most = sum(WEIGHTS[item] for item, share in self.items.items() if share > 0)
        if most < self.least_sledai:
            raise ValueError(
                f"the items make a SELENA-SLEDAI of at most {most}, below the {self.least_sledai} "
                "that is admitted; name more items, or lower `least_sledai`"
            )
        return self


class Course(Chapter):
    """One laboratory value over time: baseline, trough or peak, return."""

    test: str
    """Short name of the test."""
    name: str
    """Name of the test."""
    panel: Literal["haematology", "chemistry", "cytokines", "B cells"]
    """With which assessment it is drawn."""
    unit: str
    """Unit."""
    low: float | None = None
    """Lower limit of normal, in the unit."""
    high: float | None = None
    """Upper limit of normal, in the unit."""
    baseline: Annotated[float, Field(gt=0)]
    """Median before lymphodepletion, in the unit."""
    extreme: Annotated[float, Field(gt=0)]
    """Median at the trough or peak, as a multiple of baseline [1]."""
    at: float
    """Day of the trough or peak [d]."""
    back: Annotated[float, Field(gt=0)]
    """Days from there until the way back is half done [d]."""
    sd: Annotated[float, Field(ge=0)]
    """Standard deviation between participants on the natural log scale [1]."""


class Delivery(Chapter):
    """How often products reach the assigned level, or are made at all."""

    received: Annotated[tuple[tuple[Share, ...], ...], Field(min_length=1)]
    """For each assigned level, the probability of each received level given an infusion [1]; a row
    adds up to 1."""
    infused: Annotated[tuple[Share, ...], Field(min_length=1)]
    """For each assigned level, the probability that an apheresed participant is infused [1]."""
    apheresed: Share = 1.0
    """Probability that an enrolled participant is apheresed [1]."""
    evaluable: Share = 1.0
    """Probability that an infused participant can be evaluated [1]."""


class Scenario(Chapter):
    """One truth about the dose levels."""

    name: str
    """Name."""
    says: str | None = None
    """What it stands for."""
    toxicity: Annotated[tuple[Share, ...], Field(min_length=1)]
    """Probability of a dose-limiting toxicity at each level [1]."""
    response: Annotated[tuple[Share, ...], Field(min_length=1)]
    """Probability of a response at each level [1]."""
    both: tuple[Share, ...] | None = None
    """Probability of a dose-limiting toxicity with a response at each level [1]; `links` tell if it
    is absent."""


class Borrowed(Chapter):
    """Where a value of the file comes from."""

    at: str
    """Path of the value."""
    from_: str = Field(alias="from")
    """Source."""


class Rehearsal(Chapter):
    """Truths to rehearse a protocol against."""

    protocyte: Literal[1]
    """Version of the language."""
    accrual: Accrual
    """How participants arrive."""
    patients: Patients
    """Who arrives."""
    kinetics: Kinetics
    """How the cells grow and persist."""
    biology: Biology = Biology()
    """What the cell-kinetics model of virtual patients is told."""
    lymphodepletion_needed: Share = 1.0
    """Share who need lymphodepletion where the protocol leaves it open [1]."""
    delivery: Delivery | None = None
    """How often products fall short; operating characteristics are then given with and without."""
    links: Links = Links()
    """What goes with peak expansion."""
    adverse_events: tuple[EventTruth, ...] = ()
    """Adverse events."""
    leukaemia: Leukaemia | None = None
    """Disease course, for protocols with a response rate."""
    lupus: Lupus | None = None
    """Disease course, for protocols with lupus instruments."""
    laboratory: tuple[Course, ...] = ()
    """Laboratory values over time."""
    scenarios: Annotated[tuple[Scenario, ...], Field(min_length=1)]
    """Truths about the dose levels, the one to simulate by default first."""
    sources: tuple[Borrowed, ...] = ()
    """Values that a source gives; all others are assumed."""

    def scenario(self, name: str | None) -> Scenario | None:
        """Return the scenario of a name, the first one without a name, or None."""
        if name is None:
            return self.scenarios[0]
        return next((one for one in self.scenarios if one.name == name), None)


def parse_rehearsal(
    text: str, *, protocol: Protocol, file: str = "scenarios.yaml"
) -> Parsed[Rehearsal]:
    r"""Read a rehearsal file, and see that it fits its protocol.

    Parameters
    ----------
    text : str
        The YAML text.
    protocol : Protocol
        The protocol that is rehearsed.
    file : str
        The file's name, for findings.

    Returns
    -------
    Parsed
        The rehearsal and every defect.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> parse_rehearsal("protocyte: 1\n", protocol=parse_protocol(EXAMPLE).plan).is_sound
    False
    """
    parsed = parse_document(text, Rehearsal, file=file)
    if parsed.plan is None:
        return parsed
    levels = len(protocol.dosing.levels) if protocol.dosing else 1
    odd = [
        parsed.source.finding(
            "SYN005",
            "error",
            parsed.rest.origin(("scenarios", index, key)),
            f'The scenario "{scenario.name}" gives {len(getattr(scenario, key))} probabilities of '
            f"{key}, and the protocol has {levels} dose levels.",
            "Write one probability a level.",
        )
        for index, scenario in enumerate(parsed.plan.scenarios)
        for key in ("toxicity", "response", "both")
        if getattr(scenario, key) is not None and len(getattr(scenario, key)) != levels
    ]
    odd += _uncounted(parsed, protocol) + _undeliverable(parsed, levels)
    return Parsed(parsed.plan, (*parsed.findings, *odd), parsed.source, parsed.rest)


def _undeliverable(parsed: Parsed[Rehearsal], levels: int) -> list[Finding]:
    """Find rows of `delivery` of another length, or that do not add up to 1."""
    truth = parsed.plan.delivery if parsed.plan else None
    if truth is None:
        return []
    lengths = {len(truth.received), len(truth.infused), *map(len, truth.received)}
    wrong = []
    if lengths != {levels}:
        wrong.append(f"describes {sorted(lengths)} levels, and the protocol has {levels}")
    wrong += [
        f"has received levels that add up to {sum(row):g} at assigned level {level}"
        for level, row in enumerate(truth.received, start=1)
        if abs(sum(row) - 1) > 1e-9
    ]
    return [
        parsed.source.finding(
            "SYN005",
            "error",
            parsed.rest.origin(("delivery",)),
            f"The delivery {text}.",
            "Write one row and one probability of infusion a level, and let each row add up to 1.",
        )
        for text in wrong
    ]


def _uncounted(parsed: Parsed[Rehearsal], protocol: Protocol) -> list[Finding]:
    """Find responses that the protocol does not count, and failures that it does."""
    counted = next(
        (
            e.responders
            for _, _, e in protocol.endpoints.ranked()
            if isinstance(e, ResponseEndpoint)
        ),
        None,
    )
    disease = parsed.plan.leukaemia if parsed.plan else None
    if counted is None or disease is None:
        return []
    return [
        parsed.source.finding(
            "SYN005",
            "error",
            parsed.rest.origin(("leukaemia", key, category)),
            f"{category} stands under {key}, and the protocol "
            f"{'counts' if category in counted else 'does not count'} it as a response.",
            f"The protocol counts {', '.join(counted)}.",
        )
        for key in ("responses", "failures")
        for category in getattr(disease, key)
        if (category in counted) != (key == "responses")
    ]
