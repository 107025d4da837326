"""Events: something recorded as having happened, with when, and when and by whom recorded.

An event says which rows of which tables it fills. Folding events gives the record; a correction is
another event, never a change of an earlier one.
"""

import abc
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Final, Literal

Value = str | int | float | None
MILESTONE: Final = "PROTOCOL MILESTONE"
DISPOSITION: Final = "DISPOSITION EVENT"


@dataclass(frozen=True, slots=True)
class Row:
    """What an event writes.

    Parameters
    ----------
    domain : str
        The domain.
    values : dict of str to str, int, float or None
        Some of its columns, keys included.
    corrects : dict of str to str, int, float or None, optional
        Keys of the row that is corrected; None if the row is written or filled.
    """

    domain: str
    values: dict[str, Value]
    corrects: dict[str, Value] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(abc.ABC):
    """Something recorded as having happened to a participant.

    Parameters
    ----------
    participant : str
        Unique participant identifier.
    happened : str
        When it happened, ISO 8601, possibly partial.
    recorded : datetime
        When it was recorded.
    by : str
        Who recorded it.
    visit : str or None
        Visit at which it was recorded, by name.
    visit_number : float or None
        Number of that visit [1].
    """

    participant: str
    happened: str
    recorded: datetime
    by: str
    visit: str | None = None
    visit_number: float | None = None

    @abc.abstractmethod
    def rows(self) -> Iterator[Row]:
        """Give the rows that the event fills."""

    def _at_visit(self) -> dict[str, Value]:
        return {"VISIT": self.visit, "VISITNUM": self.visit_number}


@dataclass(frozen=True, slots=True, kw_only=True)
class Consented(Event):
    """A person has signed the consent form and is a participant from now on."""

    site: str | None = None
    age: float | None = None
    sex: Literal["F", "M", "U"] | None = None
    country: str | None = None
    arm: str | None = None

    def rows(self) -> Iterator[Row]:
        """Give the rows that the event fills."""
        yield Row(
            "DM",
            {
                "RFICDTC": self.happened,
                "SITEID": self.site,
                "AGE": self.age,
                "AGEU": None if self.age is None else "YEARS",
                "SEX": self.sex,
                "COUNTRY": self.country,
                "ARM": self.arm,
            },
        )
        yield _disposition(MILESTONE, "INFORMED CONSENT OBTAINED", self.happened)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled(Event):
    """All criteria are met and the participant is enrolled."""

    def rows(self) -> Iterator[Row]:
        """Give the rows that the event fills."""
        yield _disposition(MILESTONE, "ENROLLED", self.happened)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftTrial(Event):
    """The participant's part in the trial ends: screen failure, withdrawal, completion."""

    reason: Literal[
        "SCREEN FAILURE",
        "WITHDRAWAL BY SUBJECT",
        "LOST TO FOLLOW-UP",
        "COMPLETED",
        "DEATH",
        "PRODUCT NOT MANUFACTURED",
        "NOT TREATED",
    ]
    details: str | None = None

    def rows(self) -> Iterator[Row]:
        """Give the rows that the event fills."""
        yield _disposition(DISPOSITION, self.reason, self.happened, self.details)
        yield Row("DM", {"RFENDTC": self.happened})


@dataclass(frozen=True, slots=True, kw_only=True)
class Died(Event):
    """The participant has died."""

    cause: str | None = None

    def rows(self) -> Iterator[Row]:
        """Give the rows that the event fills."""
        yield Row("DM", {"DTHDTC": self.happened, "DTHFL": "Y", "RFENDTC": self.happened})
        yield _disposition(DISPOSITION, "DEATH", self.happened, self.cause)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureDone(Event):
    """A procedure was done: leukapheresis, transplantation, biopsy."""

    procedure: str
    category: str | None = None

    def rows(self) -> Iterator[Row]:
        """Give the rows that the event fills."""
        yield Row(
            "PR",
            {
                "PRTRT": self.procedure,
                "PRDECOD": self.procedure.upper(),
                "PRCAT": self.category,
                "PROCCUR": "Y",
                "PRSTDTC": self.happened,
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Treated(Event):
    """A study treatment was given: lymphodepletion, bridging, or the cells."""

    treatment: str
    category: Literal["CELL INFUSION", "LYMPHODEPLETION", "BRIDGING"]
    dose: float | None = None
    unit: str | None = None
    level: int | None = None
    cohort: int | None = None
    route: str | None = None
    batch: str | None = None
    until: str | None = None

    def rows(self) -> Iterator[Row]:
        """Give the rows that the event fills."""
        yield Row(
            "EX",
            {
                "EXTRT": self.treatment,
                "EXCAT": self.category,
                "EXDOSE": self.dose,
                "EXDOSU": self.unit if self.dose is not None else None,
                "EXLEVEL": self.level,
                "EXCOHORT": self.cohort,
                "EXROUTE": self.route,
                "EXLOT": self.batch,
                "EXSTDTC": self.happened,
                "EXENDTC": self.until or self.happened,
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitHeld(Event):
    """The participant came to a visit."""

    def rows(self) -> Iterator[Row]:
        """Give the rows that the event fills."""
        yield Row("SV", {**self._at_visit(), "SVSTDTC": self.happened})


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEventSeen(Event):
    """An adverse event, or news of one that was reported before under the same identifier."""

    identifier: str
    term: str
    system: str | None = None
    category: str | None = None
    grade: int | None = None
    scale: str | None = None
    grade_before: int | None = None
    serious: bool | None = None
    related: bool | None = None
    outcome: str | None = None
    fatal: bool | None = None
    until: str | None = None

    def rows(self) -> Iterator[Row]:
        """Give the rows that the event fills."""
        yield Row(
            "AE",
            {
                "AESPID": self.identifier,
                "AETERM": self.term,
                "AEDECOD": self.term,
                "AEBODSYS": self.system,
                "AECAT": self.category,
                "AETOXGR": _text(self.grade),
                "AESCALE": self.scale,
                "AEBGR": _text(self.grade_before),
                "AESER": _yes_no(self.serious),
                "AEREL": _yes_no(self.related),
                "AEOUT": self.outcome,
                "AESDTH": _yes_no(self.fatal),
                "AESTDTC": self.happened,
                "AEENDTC": self.until,
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured(Event):
    """A value was measured or judged: laboratory, vital sign, kinetics, response, instrument."""

    domain: Literal["LB", "VS", "PC", "RS", "QS"]
    test: str
    name: str
    category: str | None = None
    text: str | None = None
    number: float | None = None
    unit: str | None = None
    more: dict[str, Value] = field(default_factory=dict)

    #: Columns that the domains add to the shared ones.
    EXTRA: ClassVar[dict[str, tuple[str, ...]]] = {
        "LB": ("LBSTNRLO", "LBSTNRHI", "LBNRIND"),
        "RS": ("RSEVAL",),
        "PC": ("PCSPEC", "PCMETHOD", "PCLLOQ"),
    }

    def rows(self) -> Iterator[Row]:
        """Give the rows that the event fills."""
        d = self.domain
        shown = self.text if self.text is not None else _number(self.number)
        values: dict[str, Value] = {
            "TESTCD": self.test,
            "TEST": self.name,
            "CAT": self.category,
            "ORRES": shown,
            "ORRESU": self.unit,
            "STRESC": shown,
            "STRESN": self.number,
            "STRESU": self.unit,
            "DTC": self.happened,
        }
        row = {f"{d}{name}": value for name, value in values.items()} | self._at_visit()
        yield Row(d, row | dict(self.more))


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryTaken(Event):
    """Something of the medical history; `happened` is when it began."""

    condition: str
    category: str | None = None
    occurred: bool | None = True
    until: str | None = None

    def rows(self) -> Iterator[Row]:
        """Give the rows that the event fills."""
        yield Row(
            "MH",
            {
                "MHTERM": self.condition,
                "MHDECOD": self.condition,
                "MHCAT": self.category,
                "MHOCCUR": _yes_no(self.occurred),
                "MHSTDTC": self.happened or None,
                "MHENDTC": self.until,
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationTaken(Event):
    """A course of another medicine; `happened` is when it began."""

    drug: str
    category: str | None = None
    dose: float | None = None
    unit: str | None = None
    frequency: str | None = None
    indication: str | None = None
    until: str | None = None

    def rows(self) -> Iterator[Row]:
        """Give the rows that the event fills."""
        yield Row(
            "CM",
            {
                "CMTRT": self.drug,
                "CMDECOD": self.drug.upper(),
                "CMCAT": self.category,
                "CMOCCUR": "Y",
                "CMDOSE": self.dose,
                "CMDOSU": self.unit if self.dose is not None else None,
                "CMDOSFRQ": self.frequency,
                "CMINDC": self.indication,
                "CMSTDTC": self.happened,
                "CMENDTC": self.until,
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected(Event):
    """An earlier value was wrong; the row is named by its keys, the reason is kept.

    A value of None empties its column; a new value of a key moves the row.
    """

    domain: str
    keys: dict[str, Value]
    values: dict[str, Value]
    reason: str

    def rows(self) -> Iterator[Row]:
        """Give the rows that the event fills."""
        yield Row(self.domain, self.values, self.keys)


def _disposition(category: str, term: str, on: str, details: str | None = None) -> Row:
    return Row(
        "DS",
        {"DSCAT": category, "DSDECOD": term, "DSTERM": details or term, "DSSTDTC": on},
    )


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.15g}"


def _yes_no(value: Any) -> str | None:
    return None if value is None else "Y" if value else "N"
