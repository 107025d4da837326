"""Adverse events: when they began and ended, whether they are treatment-emergent, what they are.

The lines of the treatment-emergent rule are those of PHUSE WP-087, for a single infusion.
"""

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from protocyte.derivation import AnalysisData, derive_counted_events
from protocyte.protocol.endpoint import AdverseEventEndpoint
from protocyte.record import Event, fold_events
from protocyte.record.event import (
    AdverseEventSeen,
    Consented,
    Died,
    ProcedureDone,
    Treated,
    VisitHeld,
)

P: dict[str, Any] = {
    "participant": "P1",
    "by": "site",
    "recorded": datetime(2027, 9, 1, tzinfo=UTC),
}
CONSENT = Consented(happened="2026-09-01", **P)
INFUSED = Treated(happened="2026-11-30", treatment="cells", category="CELL INFUSION", **P)
BEFORE: tuple[Event, ...] = (
    CONSENT,
    ProcedureDone(happened="2026-10-20", procedure="Leukapheresis", **P),
    Treated(happened="2026-11-25", treatment="Flu", category="LYMPHODEPLETION", **P),
)
LATER = VisitHeld(happened="2027-08-01", visit="Month 8", **P)
NINETY = "safety: {treatment_emergent: {from: infusion, until: 90 days}}"


def seen(start: str | None, end: str | None = None, **values: Any) -> AdverseEventSeen:
    more: dict[str, Any] = {"identifier": "1", "term": "Fever", "grade": 2} | values
    return AdverseEventSeen(happened=start or "", until=end, **P, **more)


def event(derive: Any, one: AdverseEventSeen, *others: Event, patch: str = "{}") -> dict[str, Any]:
    data: AnalysisData = derive([*(others or (*BEFORE, INFUSED, LATER)), one], patch=patch)
    assert data.adae.height == 1
    return data.adae.row(0, named=True)


@pytest.mark.parametrize(
    ("start", "end", "before", "flag"),
    [
        # 2: over before the infusion
        ("2026-11-20", "2026-11-29", None, None),
        ("2026-11", "2026-11-29", None, None),
        (None, "2026-11-29", None, None),
        (None, "2026-10", None, None),
        # 3: nobody knows when it began
        (None, None, None, "Y"),
        (None, "2026-12-05", None, "Y"),
        # 4: begun on the day of the infusion or later, inside the window
        ("2026-11-30", None, None, "Y"),
        ("2026-11-30T07:00", None, None, "Y"),
        ("2026-12-01", "2026-12-02", None, "Y"),
        ("2026-12", None, None, "Y"),
        # of a partial start some day may be the infusion's
        ("2026-11", None, None, "Y"),
        ("2026-11", "2026-11-30", None, "Y"),
        ("2026-11", None, 2, "Y"),
        ("2026", "2027-01-05", None, "Y"),
        # 5: begun before and worsened, or nobody knows whether it worsened
        ("2026-11-20", None, 1, "Y"),
        ("2026-11-20", "2026-11-30", 1, "Y"),
        ("2026-11-20", None, None, "Y"),
        ("2026-10", None, 1, "Y"),
        # begun before and going on as it was
        ("2026-11-20", None, 2, None),
        ("2026-11-20", "2027-01-01", 3, None),
        ("2026-10", None, 2, None),
    ],
)
def test_the_lines_of_the_treatment_emergent_rule(
    derive: Any, start: str | None, end: str | None, before: int | None, flag: str | None
) -> None:
    one = seen(start, end, grade_before=before)
    assert event(derive, one, patch=NINETY)["TRTEMFL"] == flag


def test_without_an_infusion_nothing_is_treatment_emergent(derive: Any) -> None:
    assert event(derive, seen("2026-12-01"), CONSENT)["TRTEMFL"] is None


def test_an_event_that_worsened_counts_only_where_the_protocol_says_so(derive: Any) -> None:
    patch = "safety: {treatment_emergent: {until: 90 days, worsened: false}}"
    assert event(derive, seen("2026-11-20", grade_before=1), patch=patch)["TRTEMFL"] is None


def test_a_grade_that_is_missing_may_have_worsened(derive: Any) -> None:
    assert event(derive, seen("2026-11-20", grade=None, grade_before=2))["TRTEMFL"] == "Y"


@pytest.mark.parametrize(
    ("until", "start", "flag"),
    [
        # 30 November + 90 days is 28 February; day 91 is 1 March.
        ("90 days", "2027-02-28", "Y"),
        ("90 days", "2027-03-01", None),
        # Three calendar months from 30 November end on 28 February as well.
        ("3 months", "2027-02-28", "Y"),
        ("3 months", "2027-03-01", None),
        ("3 months", "2027-02", "Y"),
        ("3 months", "2027-03", None),
        ("2 months", "2027-01-30", "Y"),
        ("2 months", "2027-01-31", None),
    ],
)
def test_the_end_of_the_window(derive: Any, until: str, start: str, flag: str | None) -> None:
    patch = f"safety: {{treatment_emergent: {{until: {until}}}}}"
    assert event(derive, seen(start), patch=patch)["TRTEMFL"] == flag


def test_without_a_window_follow_up_is_the_window(derive: Any) -> None:
    patch = "safety: {treatment_emergent: null}"
    assert event(derive, seen("2027-07-01"), patch=patch)["TRTEMFL"] == "Y"


@pytest.mark.parametrize(("start", "flag"), [("2026-11-24", None), ("2026-11-25", "Y")])
def test_the_window_begins_where_the_protocol_lets_it_begin(
    derive: Any, start: str, flag: str | None
) -> None:
    patch = "safety: {treatment_emergent: {from: lymphodepletion, until: 90 days}}"
    assert event(derive, seen(start, grade_before=2), patch=patch)["TRTEMFL"] == flag


@pytest.mark.parametrize(
    ("start", "period"),
    [
        ("2026-09-15", "before treatment"),
        ("2026-10-20", "from leukapheresis"),
        ("2026-11-24", "from leukapheresis"),
        ("2026-11-25", "lymphodepletion"),
        ("2026-11-29", "lymphodepletion"),
        ("2026-11-30", "from infusion"),
        ("2027-07-01", "from infusion"),
        (None, None),
    ],
)
def test_the_period_in_which_it_began(derive: Any, start: str | None, period: str | None) -> None:
    assert event(derive, seen(start))["APERIODC"] == period


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (
            "2026-12-01",
            "2026-12-03",
            (date(2026, 12, 1), None, date(2026, 12, 3), None, 2, 4, 3),
        ),
        # A start that may be the infusion is put there, another on its first day.
        ("2026-11", None, (date(2026, 11, 30), "D", None, None, 1, None, None)),
        ("2026-10", None, (date(2026, 10, 1), "D", None, None, -60, None, None)),
        ("2027", None, (date(2027, 1, 1), "M", None, None, 33, None, None)),
        # An end is put on its last day.
        (
            "2026-11-29",
            "2026-12",
            (date(2026, 11, 29), None, date(2026, 12, 31), "D", -1, 32, 33),
        ),
        # But not beyond the last day on which the participant was seen.
        (
            "2026-12-01",
            "2027-08",
            (date(2026, 12, 1), None, date(2027, 8, 1), "D", 2, 245, 244),
        ),
    ],
)
def test_dates_study_days_and_duration(
    derive: Any, start: str, end: str | None, expected: tuple[Any, ...]
) -> None:
    found = event(derive, seen(start, end))
    names = ("ASTDT", "ASTDTF", "AENDT", "AENDTF", "ASTDY", "AENDY", "ADURN")
    assert tuple(found[name] for name in names) == expected


def test_an_end_in_a_month_after_the_last_visit_is_not_before_that_month(derive: Any) -> None:
    early = VisitHeld(happened="2026-12-10", visit="Day 7", **P)
    found = event(derive, seen("2026-12-01", "2027-01"), CONSENT, INFUSED, early)
    assert found["AENDT"] == date(2027, 1, 1)


def test_an_end_is_not_put_after_death(derive: Any) -> None:
    died = Died(happened="2026-12-20", **P)
    found = event(derive, seen("2026-12-01", "2026-12"), CONSENT, INFUSED, died)
    assert found["AENDT"] == date(2026, 12, 20)


@pytest.mark.parametrize(
    ("term", "system", "interest", "blood"),
    [
        ("Cytokine release syndrome", "Immune system disorders", "CRS", "N"),
        ("CYTOKINE RELEASE SYNDROME", "IMMUNE SYSTEM DISORDERS", "CRS", "N"),
        ("Acute graft versus host disease", None, "GvHD", "N"),
        (
            "Immune effector cell-associated neurotoxicity syndrome",
            "Nervous system disorders",
            "ICANS",
            "N",
        ),
        ("Pneumonia", "Infections and infestations", "infection", "N"),
        ("PNEUMONIA", "INFECTIONS AND INFESTATIONS", "infection", "N"),
        ("Neutrophil count decreased", "Investigations", "cytopenia", "Y"),
        ("PLATELET COUNT DECREASED", "INVESTIGATIONS", "cytopenia", "Y"),
        ("Anaemia", "Blood and lymphatic system disorders", None, "Y"),
        ("ANAEMIA", "BLOOD AND LYMPHATIC SYSTEM DISORDERS", None, "Y"),
        ("Alanine aminotransferase increased", "Investigations", None, "N"),
        ("Nausea", None, None, "N"),
    ],
)
def test_what_an_event_is(
    derive: Any, term: str, system: str | None, interest: str | None, blood: str
) -> None:
    found = event(derive, seen("2026-12-01", term=term, system=system))
    assert (found["AESI"], found["HAEMFL"]) == (interest, blood)


def counted(derive: Any, endpoint: AdverseEventEndpoint, *events: Event) -> list[str]:
    data: AnalysisData = derive([*BEFORE, INFUSED, LATER, *events], patch=NINETY)
    rows = derive_counted_events(endpoint, adsl=data.adsl, adae=data.adae)
    assert rows.columns == data.adae.columns
    return rows["AESPID"].to_list()


def test_events_that_an_endpoint_counts(derive: Any) -> None:
    crs = "Cytokine release syndrome"
    events = [
        seen("2026-11-29", "2026-11-29", identifier="before", term=crs),
        seen("2026-11-30", identifier="day 0", term=crs, related=True),
        seen("2026-12-30", identifier="day 30", term=crs, related=False),
        seen("2026-12-31", identifier="day 31", term=crs),
        seen(None, identifier="unknown", term=crs),
        seen("2026-12-10", identifier="other"),
    ]

    def endpoint(**values: Any) -> AdverseEventEndpoint:
        return AdverseEventEndpoint.model_validate({"measure": "adverse events"} | values)

    assert counted(derive, endpoint(of="CRS", until="30 days"), *events) == [
        "day 0",
        "day 30",
        "unknown",
    ]
    assert counted(derive, endpoint(of="CRS"), *events) == [
        "day 0",
        "day 30",
        "day 31",
        "unknown",
    ]
    assert counted(derive, endpoint(of="CRS", related=True), *events) == ["day 0"]
    assert counted(derive, endpoint(until="10 days"), *events) == ["day 0", "unknown", "other"]
    assert counted(derive, endpoint(of="GvHD"), *events) == []


def test_rows_keep_their_number(derive: Any) -> None:
    events = [seen("2026-12-02", identifier="b"), seen("2026-12-01", identifier="a")]
    data = derive([CONSENT, INFUSED, *events])
    rows = data.adae.select("AESEQ", "AESPID").rows()
    assert (
        rows
        == fold_events([CONSENT, *events], about=data.record.about)["AE"]
        .select("AESEQ", "AESPID")
        .rows()
    )
    assert data.adae.filter(pl.col("AESEQ") == 1)["AESPID"].item() == "b"
