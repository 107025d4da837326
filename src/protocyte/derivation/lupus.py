"""Lupus assessments, visit by visit: SLEDAI, BILAG, PGA and drugs as they were recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any, Final

import polars as pl

from protocyte.derivation.moment import (
    derive_date,
    derive_earliest_date,
    derive_latest_date,
)
from protocyte.protocol.plan import Protocol
from protocyte.record import Record
from protocyte.standards.bilag_2004 import POINTS, SYSTEMS
from protocyte.standards.sledai import WEIGHTS, Sledai, grade_sledai

SLEDAI_CATEGORY: Final = "SELENA-SLEDAI"
BILAG_CATEGORY: Final = "BILAG-2004"
PGA_CATEGORY: Final = "PGA"
LLDAS_CATEGORY: Final = "LLDAS"
GLUCOCORTICOID: Final = "GLUCOCORTICOID"
#: Glucocorticoids that count milligram by milligram as prednisolone.
PREDNISOLONES: Final = ("PREDNISOLONE", "PREDNISONE")
LUPUS_DRUGS: Final = ("ANTIMALARIAL", "IMMUNOSUPPRESSANT", "BIOLOGIC")


@dataclass(frozen=True, slots=True)
class LupusVisit:
    """What is known of a participant's lupus at one visit; None is unknown.

    Parameters
    ----------
    visit : str
        Name of the visit.
    on : date
        Its date.
    items : mapping of str to bool or None
        Whether each SLEDAI item was present.
    sledai : Sledai
        The items added up as SELENA-SLEDAI; not scored where one is missing.
    bilag : mapping of str to str or None
        Letter by system.
    pga : float or None
        Physician's global assessment [1], 0 to 3.
    prednisolone : float or None
        Glucocorticoid dose [mg/d]; None if medication was not reviewed, or a glucocorticoid other
        than prednisolone and prednisone, or a dose not in mg a day, was recorded.
    lupus_drugs, drugs_stable : bool or None
        Whether any antimalarial, immunosuppressant or biologic is taken, and whether none began
        since the visit before.
    judged : mapping of str to bool or None
        Answers of the investigator that LLDAS needs.
    """

    visit: str
    on: date
    items: Mapping[str, bool | None]
    sledai: Sledai
    bilag: Mapping[str, str | None]
    pga: float | None
    prednisolone: float | None
    lupus_drugs: bool | None
    drugs_stable: bool | None
    judged: Mapping[str, bool | None]


def derive_lupus_visits(record: Record, protocol: Protocol) -> dict[str, tuple[LupusVisit, ...]]:
    """Derive each participant's lupus assessments, in the order of their dates.

    Parameters
    ----------
    record : Record
        What happened.
    protocol : Protocol
        The plan; its visits say whether medication was reviewed.

    Returns
    -------
    dict of str to tuple of LupusVisit
        Assessments by participant.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.record import About
    >>> derive_lupus_visits(Record(About("DEMO"), {}), parse_protocol(EXAMPLE).plan)
    {}
    """
    answers = record["QS"].with_columns(derive_date("QSDTC").alias("ADT")).drop_nulls("ADT")
    planned = [visit.name for visit in protocol.schedule.visits]
    reviewed = {v.name for v in protocol.schedule.visits if "medication" in v.does}
    # A planned visit may take several days; what is asked outside of visits stands for its day.
    answers = answers.with_columns(
        pl.when(pl.col("VISIT").is_in(planned))
        .then(pl.col("VISIT"))
        .otherwise(pl.col("ADT").dt.to_string())
        .alias("_contact")
    )
    courses = _courses(record)
    visits: dict[str, tuple[LupusVisit, ...]] = {}
    for (person,), mine in answers.group_by(["USUBJID"], maintain_order=True):
        held: list[LupusVisit] = []
        contacts = mine.sort("ADT").group_by(["_contact"], maintain_order=True)
        for on, rows in sorted(
            ((rows["ADT"][-1], rows) for _, rows in contacts), key=itemgetter(0)
        ):
            visit = str(rows["VISIT"][0])
            taken = courses.get(str(person), []) if visit in reviewed else None
            before = held[-1].on if held else None
            held.append(_visit(visit, on, rows, taken, before))
        visits[str(person)] = tuple(held)
    return visits


@dataclass(frozen=True, slots=True)
class _Course:
    """A course of a drug; `dose` is in mg/d, None where it is not known in that unit."""

    drug: str
    category: str
    dose: float | None
    start: date | None
    end: date | None

    def taken_on(self, on: date) -> bool:
        return (self.start is None or self.start <= on) and (self.end is None or on <= self.end)


def _courses(record: Record) -> dict[str, list[_Course]]:
    """Collect the courses taken; of a partial date the longest course that it may mean counts."""
    found: dict[str, list[_Course]] = {}
    frame = (
        record["CM"]
        .filter(pl.col("CMOCCUR").ne_missing("N"))
        .with_columns(
            derive_earliest_date("CMSTDTC").alias("start"),
            derive_latest_date("CMENDTC").alias("end"),
        )
    )
    for row in frame.iter_rows(named=True):
        drug = str(row["CMDECOD"] or row["CMTRT"]).upper()
        course = _Course(drug, row["CMCAT"] or "", _daily(row), row["start"], row["end"])
        found.setdefault(row["USUBJID"], []).append(course)
    return found


def _daily(row: dict[str, Any]) -> float | None:
    """Give a dose a day [mg/d]; None where unit or frequency do not tell."""
    unit = str(row["CMDOSU"] or "").lower().replace(" ", "")
    once = row["CMDOSFRQ"] in (None, "QD")
    is_daily = unit in ("mg/d", "mg/day") or (unit == "mg" and row["CMDOSFRQ"] == "QD")
    return row["CMDOSE"] if is_daily and once else None


def _visit(
    visit: str, on: date, rows: pl.DataFrame, taken: list[_Course] | None, before: date | None
) -> LupusVisit:
    by_category: dict[str, dict[str, tuple[str | None, float | None]]] = {}
    for row in rows.iter_rows(named=True):
        answers = by_category.setdefault(row["QSCAT"], {})
        answers[row["QSTEST"]] = (row["QSSTRESC"], row["QSSTRESN"])
    scored = by_category.get(SLEDAI_CATEGORY, {})
    items = {item: _present(scored.get(item)) for item in WEIGHTS}
    letters = by_category.get(BILAG_CATEGORY, {})
    judged = by_category.get(LLDAS_CATEGORY, {})
    return LupusVisit(
        visit,
        on,
        items,
        grade_sledai(items, version="SELENA-SLEDAI"),
        {system: _letter(letters.get(system)) for system in SYSTEMS},
        by_category.get(PGA_CATEGORY, {}).get("PGA", (None, None))[1],
        *_drugs(on, taken, before),
        {question: _present(answer) for question, answer in judged.items()},
    )


def _letter(answer: tuple[str | None, float | None] | None) -> str | None:
    """Take a BILAG letter; another text is not one, so the letter is not known."""
    return answer[0] if answer and answer[0] in POINTS else None


def _present(answer: tuple[str | None, float | None] | None) -> bool | None:
    if answer is None or answer[0] is None:
        return None
    return {"PRESENT": True, "ABSENT": False, "Y": True, "N": False}.get(answer[0])


def _drugs(
    on: date, taken: list[_Course] | None, before: date | None
) -> tuple[float | None, bool | None, bool | None]:
    """Give dose of glucocorticoid [mg/d], whether lupus drugs are taken, and whether stable."""
    if taken is None:
        return None, None, None
    steroids = [
        c.dose if c.drug in PREDNISOLONES else None
        for c in taken
        if (c.category == GLUCOCORTICOID or c.drug in PREDNISOLONES) and c.taken_on(on)
    ]
    dose = None if None in steroids else float(sum(d for d in steroids if d is not None))
    others = [c for c in taken if c.category in LUPUS_DRUGS]
    began = [c for c in others if c.start and before and before < c.start <= on]
    return dose, any(c.taken_on(on) for c in others), not began
