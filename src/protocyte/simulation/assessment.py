"""What is measured of a virtual participant at each visit that the protocol plans."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final, Literal

import numpy as np

from protocyte.protocol.endpoint import ResponseEndpoint
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal
from protocyte.protocol.schedule import Visit
from protocyte.record.event import Event, Measured, MedicationTaken, Value, VisitHeld
from protocyte.simulation.casebook import Casebook
from protocyte.simulation.laboratory import sample_laboratory_value
from protocyte.standards.sledai import WEIGHTS

_VITAL_SIGNS: Final = (
    ("TEMP", "Temperature", "Cel", 36.8, 0.3),
    ("SYSBP", "Systolic blood pressure", "mm[Hg]", 122.0, 11.0),
    ("PULSE", "Pulse rate", "/min", 78.0, 9.0),
    ("OXYSAT", "Oxygen saturation", "%", 97.5, 0.8),
)
_JUDGED: Final = {
    "haemolytic anaemia": False,
    "gastrointestinal activity": False,
    "standard drugs tolerated": True,
    "investigational drug": False,
}
_FEVER_GRADE: Final = 1


@dataclass(frozen=True, slots=True)
class _Result:
    """What one measurement gives."""

    domain: Literal["LB", "VS", "PC", "RS", "QS"]
    test: str
    name: str
    category: str | None = None
    text: str | None = None
    number: float | None = None
    unit: str | None = None
    more: dict[str, Value] = field(default_factory=dict)


class Chart:
    """Turns a virtual participant's state into what a site would write down at each visit.

    Parameters
    ----------
    casebook : Casebook
        The participant.
    infusion : date
        When the cells were given.
    protocol : Protocol
        The plan.
    rehearsal : Rehearsal
        How values are measured.
    """

    def __init__(
        self, casebook: Casebook, infusion: date, protocol: Protocol, rehearsal: Rehearsal
    ) -> None:
        self._case = casebook
        self._infusion = infusion
        self._protocol = protocol
        self._rehearsal = rehearsal
        levels, noise = casebook.person.rng.spawn(2)
        self._levels = dict(
            zip(
                (course.test for course in rehearsal.laboratory),
                levels.standard_normal(len(rehearsal.laboratory)),
                strict=True,
            )
        )
        self._noise = noise
        self._responses = 0

    def events(self, last: date) -> list[Event]:
        """Return what is recorded at all visits up to a day.

        Parameters
        ----------
        last : date
            Last day on which the participant is seen.

        Returns
        -------
        list of Event
            Events.
        """
        found: list[Event] = []
        held: list[tuple[date, Visit]] = []
        for number, visit in enumerate(self._protocol.schedule.visits, start=1):
            on = self._day(visit)
            noise = self._noise.spawn(1)[0]
            if on <= last:
                held.append((on, visit))
                found += self._at(visit, float(number), on, noise)
        found += self._medication(held)
        return found

    def _day(self, visit: Visit) -> date:
        """Plan the visit, and let it stray inside its window."""
        planned = self._protocol.schedule.date_of(visit, anchor=self._infusion)
        (luck,) = self._noise.spawn(1)
        if visit.window is None or planned <= self._infusion:
            return planned
        stray = luck.integers(-visit.window.before, visit.window.after + 1)
        return max(planned + timedelta(days=int(stray)), self._infusion)

    def _at(
        self, visit: Visit, number: float, on: date, rng: np.random.Generator
    ) -> Iterator[Event]:
        told = self._case.told(on)
        day = float((on - self._infusion).days)
        yield VisitHeld(**told, visit=visit.name, visit_number=number)
        does = set(visit.does)
        streams = dict(zip(sorted(does), rng.spawn(len(does)), strict=True))
        for what, stream in streams.items():
            for result in self._measured(what, day, stream):
                yield Measured(
                    **told,
                    visit=visit.name,
                    visit_number=number,
                    domain=result.domain,
                    test=result.test,
                    name=result.name,
                    category=result.category,
                    text=result.text,
                    number=result.number,
                    unit=result.unit,
                    more=result.more,
                )

    def _measured(self, what: str, day: float, rng: np.random.Generator) -> Iterator[_Result]:
        match what:
            case "haematology" | "chemistry" | "cytokines" | "B cells":
                yield from self._laboratory(what, day, rng)
            case "vital signs":
                yield from self._vital_signs(day, rng)
            case "cell kinetics":
                yield self._kinetics(day, rng)
            case "disease response":
                yield from self._response(day)
            case "ECOG":
                yield self._performance(day, rng)
            case "SLEDAI" | "BILAG" | "PGA":
                yield from self._lupus(what, day)

    def _laboratory(self, panel: str, day: float, rng: np.random.Generator) -> Iterator[_Result]:
        for course in self._rehearsal.laboratory:
            noise = float(rng.standard_normal())
            if course.panel == panel:
                value = sample_laboratory_value(
                    course, day, level=float(self._levels[course.test]), noise=noise
                )
                yield _Result(
                    domain="LB",
                    test=course.test,
                    name=course.name,
                    category=panel.upper(),
                    number=value,
                    unit=course.unit,
                    more={"LBSTNRLO": course.low, "LBSTNRHI": course.high},
                )

    def _vital_signs(self, day: float, rng: np.random.Generator) -> Iterator[_Result]:
        fever = any(
            event.term == "Cytokine release syndrome"
            and event.onset <= day < event.onset + event.lasting
            and event.grade >= _FEVER_GRADE
            for event in self._case.adverse_events
        )
        for test, name, unit, mean, sd in _VITAL_SIGNS:
            value = mean + sd * float(rng.standard_normal())
            if fever and test == "TEMP":
                value = 38.6 + 0.5 * abs(float(rng.standard_normal()))
            digits = 1 if test in ("TEMP", "OXYSAT") else 0
            value = min(value, 100.0) if test == "OXYSAT" else value
            yield _Result(
                domain="VS",
                test=test,
                name=name,
                number=round(value, digits),
                unit=unit,
            )

    def _kinetics(self, day: float, rng: np.random.Generator) -> _Result:
        truth = self._rehearsal.kinetics
        level = 0.0
        if day > 0:
            level = float(self._case.person.transgene(np.array([day]))[0])
            level *= float(np.exp(truth.assay_sd * rng.standard_normal()))
        quantified = level >= truth.lower_limit
        return _Result(
            domain="PC",
            test="CARTG",
            name="CAR transgene",
            text=None if quantified else f"<{truth.lower_limit:g}",
            number=float(f"{level:.4g}") if quantified else None,
            unit="copies/ug",
            more={
                "PCSPEC": "BLOOD",
                "PCMETHOD": "qPCR",
                "PCLLOQ": truth.lower_limit,
            },
        )

    def _response(self, day: float) -> Iterator[_Result]:
        course = self._case.leukaemia
        if course is None or day <= 0:
            return
        category = course.category_at(day, assessment=self._responses)
        self._responses += 1
        criteria = next(
            e.criteria
            for _, _, e in self._protocol.endpoints.ranked()
            if isinstance(e, ResponseEndpoint)
        )
        yield _Result(
            domain="RS",
            test="OVRLRESP",
            name="Overall response",
            category=criteria,
            text=category,
            more={"RSEVAL": "INVESTIGATOR"},
        )

    def _performance(self, day: float, rng: np.random.Generator) -> _Result:
        course = self._case.leukaemia
        status = int(rng.choice([0, 1, 2], p=[0.3, 0.5, 0.2]))
        if course is not None and day > 0:
            status = max(0, status - 1) if course.responds and day < course.ends else status + 1
        return _Result(
            domain="RS",
            test="ECOG",
            name="ECOG performance status",
            category="ECOG",
            number=float(min(status, 4)),
        )

    def _lupus(self, what: str, day: float) -> Iterator[_Result]:
        if self._case.lupus is None:
            return
        state = self._case.lupus.at(day)
        match what:
            case "SLEDAI":
                for number, item in enumerate(WEIGHTS, start=1):
                    present = "PRESENT" if item in state.items else "ABSENT"
                    yield _answer("SELENA-SLEDAI", f"SLED{number:02d}", item, present)
                for number, (question, answer) in enumerate(_JUDGED.items(), start=1):
                    yield _answer("LLDAS", f"LLDAS{number:02d}", question, "Y" if answer else "N")
            case "BILAG":
                for number, (system, letter) in enumerate(state.bilag.items(), start=1):
                    yield _answer("BILAG-2004", f"BILAG{number:02d}", system, letter)
            case _:
                yield _Result(
                    domain="QS",
                    test="PGA",
                    name="PGA",
                    category="PGA",
                    number=state.pga,
                )

    def _medication(self, held: list[tuple[date, Visit]]) -> Iterator[Event]:
        """Give the prednisolone courses between the visits at which medication is reviewed."""
        if self._case.lupus is None:
            return
        reviews = [on for on, visit in held if "medication" in visit.does]
        for on, following in zip(reviews, [*reviews[1:], None], strict=True):
            dose = self._case.lupus.at(float((on - self._infusion).days)).prednisolone
            if dose <= 0:
                continue
            course = MedicationTaken(
                **self._case.told(on),
                drug="Prednisolone",
                category="GLUCOCORTICOID",
                dose=dose,
                unit="mg/d",
                frequency="QD",
                indication="lupus",
            )
            yield course
            if following is not None:
                until = (following - timedelta(days=1)).isoformat()
                recorded = self._case.told(following)["recorded"]
                yield replace(course, recorded=recorded, until=until)


def _answer(category: str, test: str, question: str, answer: str) -> _Result:
    return _Result(
        domain="QS",
        test=test,
        name=question,
        category=category,
        text=answer,
    )
