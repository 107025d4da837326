"""Dose-limiting toxicity: who had one, who had none, who is still watched, and which row says so.

The example protocol: CRS >= 3, GvHD >= 2, non-haematological AE >= 3 for > 7 days; 28 days.
"""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from protocyte.record import Event
from protocyte.record.event import (
    AdverseEventSeen,
    Consented,
    Died,
    LeftTrial,
    Treated,
    VisitHeld,
)

P: dict[str, Any] = {
    "participant": "P1",
    "by": "site",
    "recorded": datetime(2027, 9, 1, tzinfo=UTC),
}
CONSENT = Consented(happened="2026-02-01", **P)
INFUSED = Treated(
    happened="2026-03-01", treatment="cells", category="CELL INFUSION", level=2, cohort=1, **P
)
#: Day of the infusion + 28.
LAST = "2026-03-29"
CRS = "Cytokine release syndrome"


def seen(start: str, end: str | None = None, **values: Any) -> AdverseEventSeen:
    more: dict[str, Any] = {"identifier": "1", "term": "Nausea", "grade": 3} | values
    return AdverseEventSeen(happened=start, until=end, **P, **more)


def judged(
    derive: Any, *events: Event, at: str = "2026-04-30", patch: str = "{}"
) -> dict[str, Any]:
    data = derive([CONSENT, INFUSED, *events], at=at, patch=patch)
    (row,) = data.dlt.iter_rows(named=True)
    return dict(row)


def verdict(derive: Any, *events: Event, **options: str) -> tuple[str, str | None]:
    found = judged(derive, *events, **options)
    return found["DLTEVAL"], found["DLTFL"]


def test_nothing_happened(derive: Any) -> None:
    found = judged(derive)
    assert (found["DLTEVAL"], found["DLTFL"], found["DLTREASON"]) == ("evaluable", "N", None)
    assert (found["DLTENDT"], found["LEVELN"], found["COHORTN"]) == (date(2026, 3, 29), 2, 1)


@pytest.mark.parametrize(
    ("at", "expected"),
    [("2026-03-28", "pending"), (LAST, "evaluable"), ("2026-03-01", "pending")],
)
def test_a_participant_is_watched_until_the_window_has_ended(
    derive: Any, at: str, expected: str
) -> None:
    assert verdict(derive, at=at)[0] == expected


def test_nobody_is_in_it_before_the_infusion(derive: Any) -> None:
    data = derive([CONSENT, INFUSED], at="2026-02-28")
    assert data.dlt.height == 0


@pytest.mark.parametrize(
    ("start", "flag"),
    [("2026-02-28", "N"), ("2026-03-01", "Y"), (LAST, "Y"), ("2026-03-30", "N")],
)
def test_the_window_holds_both_its_ends(derive: Any, start: str, flag: str) -> None:
    event = seen(start, start, term=CRS, grade_before=3)
    assert verdict(derive, event) == ("evaluable", flag)


def test_the_reason_names_event_clause_and_row(derive: Any) -> None:
    first = seen("2026-03-02", "2026-03-03", identifier="a")
    found = judged(derive, first, seen("2026-03-05", "2026-03-06", identifier="b", term=CRS))
    assert found["DLTSRCSEQ"] == 2
    assert found["DLTREASON"] == f"{CRS} grade 3 from 2026-03-05 (CRS >= 3)"


def test_the_first_event_decides(derive: Any) -> None:
    late = seen("2026-03-10", "2026-03-12", identifier="a", term=CRS)
    early = seen("2026-03-04", "2026-03-20", identifier="b")
    found = judged(derive, late, early)
    assert found["DLTSRCSEQ"] == 2
    assert "non-haematological AE >= 3 for > 7 days" in found["DLTREASON"]


@pytest.mark.parametrize(
    ("term", "grade", "flag"),
    [
        (CRS, 2, "N"),
        (CRS, 4, "Y"),
        (CRS.upper(), 3, "Y"),
        ("Acute graft versus host disease", 1, "N"),
        ("Acute graft versus host disease", 2, "Y"),
        ("Nausea", 5, "N"),
    ],
)
def test_grades(derive: Any, term: str, grade: int, flag: str) -> None:
    event = seen("2026-03-05", "2026-03-06", term=term, grade=grade)
    assert verdict(derive, event) == ("evaluable", flag)


@pytest.mark.parametrize(
    ("clause", "end", "flag"),
    [
        # Both ends count: 5 to 11 March are seven days, to 12 March eight.
        ("for > 7 days", "2026-03-11", "N"),
        ("for > 7 days", "2026-03-12", "Y"),
        ("for >= 7 days", "2026-03-10", "N"),
        ("for >= 7 days", "2026-03-11", "Y"),
        ("for > 72 hours", "2026-03-07", "N"),
        ("for > 72 hours", "2026-03-08", "Y"),
        ("for > 1 week", "2026-03-11", "N"),
        ("for > 1 week", "2026-03-12", "Y"),
    ],
)
def test_how_long_it_lasted(derive: Any, clause: str, end: str, flag: str) -> None:
    patch = f"dosing: {{dlt: {{is: [non-haematological AE >= 3 {clause}]}}}}"
    assert verdict(derive, seen("2026-03-05", end), patch=patch) == ("evaluable", flag)


def test_a_toxicity_that_began_in_the_window_may_last_beyond_it(derive: Any) -> None:
    assert verdict(derive, seen(LAST, "2026-04-05")) == ("evaluable", "Y")
    assert verdict(derive, seen(LAST, "2026-04-04")) == ("evaluable", "N")


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        # On day 28 it has lasted for two days; whether it will last for more than seven is open.
        (LAST, ("pending", None)),
        ("2026-04-03", ("pending", None)),
        ("2026-04-04", ("evaluable", "Y")),
    ],
)
def test_a_toxicity_that_goes_on_stays_open_until_it_is_long_enough(
    derive: Any, at: str, expected: tuple[str, str | None]
) -> None:
    event = seen("2026-03-28", "2026-04-20")
    assert verdict(derive, event, at=at) == expected
    found = judged(derive, event, at=at)
    assert found["DLTREASON"].startswith("still open: ") == (expected[0] == "pending")
    assert found["DLTSRCSEQ"] == 1


def test_a_short_toxicity_is_settled_when_it_ends(derive: Any) -> None:
    event = seen("2026-03-28", "2026-03-31")
    assert verdict(derive, event, at="2026-03-30") == ("pending", None)
    assert verdict(derive, event, at="2026-03-31") == ("evaluable", "N")


def test_death_ends_an_event(derive: Any) -> None:
    died = Died(happened="2026-03-12", **P)
    assert verdict(derive, seen("2026-03-05"), died) == ("evaluable", "Y")
    assert verdict(derive, seen("2026-03-06"), died) == ("not evaluable", None)
    # After the window it is known that the event was short.
    died = Died(happened="2026-04-01", **P)
    assert verdict(derive, seen("2026-03-28"), died) == ("evaluable", "N")


def test_an_event_lasts_no_longer_than_anybody_looked(derive: Any) -> None:
    left = LeftTrial(happened="2026-03-11", reason="LOST TO FOLLOW-UP", **P)
    assert verdict(derive, seen("2026-03-05"), left) == ("not evaluable", None)
    left = LeftTrial(happened="2026-03-12", reason="LOST TO FOLLOW-UP", **P)
    assert verdict(derive, seen("2026-03-05"), left) == ("evaluable", "Y")


def test_what_was_open_when_a_participant_left_stays_open(derive: Any) -> None:
    left = LeftTrial(happened="2026-04-01", reason="WITHDRAWAL BY SUBJECT", **P)
    assert verdict(derive, seen("2026-03-28"), left) == ("not evaluable", None)


@pytest.mark.parametrize("reason", ["WITHDRAWAL BY SUBJECT", "LOST TO FOLLOW-UP"])
@pytest.mark.parametrize(
    ("on", "expected"), [("2026-03-28", ("not evaluable", None)), (LAST, ("evaluable", "N"))]
)
def test_whoever_leaves_early_without_a_toxicity_is_not_evaluable(
    derive: Any, reason: Any, on: str, expected: tuple[str, str | None]
) -> None:
    assert verdict(derive, LeftTrial(happened=on, reason=reason, **P)) == expected


def test_whoever_leaves_early_with_a_toxicity_is_evaluable(derive: Any) -> None:
    left = LeftTrial(happened="2026-03-10", reason="WITHDRAWAL BY SUBJECT", **P)
    event = seen("2026-03-05", "2026-03-06", term=CRS)
    assert verdict(derive, event, left) == ("evaluable", "Y")


def test_whoever_will_leave_is_still_watched(derive: Any) -> None:
    left = LeftTrial(happened="2026-03-20", reason="WITHDRAWAL BY SUBJECT", **P)
    assert verdict(derive, left, at="2026-03-19") == ("pending", None)


@pytest.mark.parametrize(
    ("attribution", "related", "flag"),
    [
        ("related to the product", True, "Y"),
        ("related to the product", False, "N"),
        ("related to the product", None, "Y"),
        ("any", False, "Y"),
    ],
)
def test_attribution(derive: Any, attribution: str, related: bool | None, flag: str) -> None:
    patch = f"dosing: {{dlt: {{attribution: {attribution}}}}}"
    event = seen("2026-03-05", "2026-03-06", term=CRS, related=related)
    assert verdict(derive, event, patch=patch) == ("evaluable", flag)


@pytest.mark.parametrize(
    ("clause", "term", "system", "flag"),
    [
        ("non-haematological AE >= 3", "Neutrophil count decreased", "Investigations", "N"),
        ("non-haematological AE >= 3", "Anaemia", "Blood and lymphatic system disorders", "N"),
        ("non-haematological AE >= 3", "Nausea", None, "Y"),
        ("haematological AE >= 3", "Neutrophil count decreased", "Investigations", "Y"),
        ("haematological AE >= 3", "Nausea", None, "N"),
        ("AE >= 3", "Anaemia", "Blood and lymphatic system disorders", "Y"),
        ("infection >= 3", "Pneumonia", "Infections and infestations", "Y"),
        ("infection >= 3", "Nausea", None, "N"),
        ("Nausea >= 3", "NAUSEA", None, "Y"),
        ("Vomiting >= 3", "Nausea", None, "N"),
    ],
)
def test_what_a_clause_is_about(
    derive: Any, clause: str, term: str, system: str | None, flag: str
) -> None:
    patch = f"dosing: {{dlt: {{is: [{clause}]}}}}"
    event = seen("2026-03-05", "2026-03-06", term=term, system=system)
    assert verdict(derive, event, patch=patch) == ("evaluable", flag)


def test_a_grade_that_nobody_recorded_leaves_it_open(derive: Any) -> None:
    found = judged(derive, seen("2026-03-05", "2026-03-06", term=CRS, grade=None))
    assert (found["DLTEVAL"], found["DLTFL"]) == ("pending", None)
    assert found["DLTREASON"] == (
        f"still open: {CRS} grade not recorded from 2026-03-05 (CRS >= 3)"
    )


def test_a_grade_that_nobody_recorded_does_not_matter_where_no_clause_could_be_met(
    derive: Any,
) -> None:
    assert verdict(derive, seen("2026-03-05", "2026-03-06", grade=None)) == ("evaluable", "N")


def test_a_known_toxicity_decides_over_an_open_one(derive: Any) -> None:
    unknown = seen("2026-03-02", "2026-03-03", identifier="a", term=CRS, grade=None)
    known = seen("2026-03-05", "2026-03-06", identifier="b", term=CRS)
    found = judged(derive, unknown, known)
    assert (found["DLTFL"], found["DLTSRCSEQ"]) == ("Y", 2)


def test_an_unknown_start_leaves_it_open_unless_it_ended_before(derive: Any) -> None:
    assert verdict(derive, seen("", "2026-03-06", term=CRS)) == ("pending", None)
    assert verdict(derive, seen("", "2026-02-28", term=CRS)) == ("evaluable", "N")


def test_the_window_is_counted_from_where_the_protocol_says(derive: Any) -> None:
    depleted = Treated(happened="2026-02-24", treatment="Flu", category="LYMPHODEPLETION", **P)
    patch = "dosing: {dlt: {from: lymphodepletion}}"
    found = judged(
        derive, depleted, seen("2026-02-25", "2026-02-26", term=CRS, related=True), patch=patch
    )
    assert (found["DLTENDT"], found["DLTFL"]) == (date(2026, 3, 24), "Y")
    late = seen("2026-03-25", "2026-03-26", term=CRS)
    assert verdict(derive, depleted, late, patch=patch) == ("evaluable", "N")
    # Lymphodepletion may be optional; then the infusion stands in.
    assert judged(derive, patch=patch)["DLTENDT"] == date(2026, 3, 29)


def test_calendar_months(derive: Any) -> None:
    patch = "dosing: {dlt: {window: 1 month}}"
    assert judged(derive, patch=patch)["DLTENDT"] == date(2026, 4, 1)


def test_without_a_definition_nobody_is_evaluable(derive: Any) -> None:
    patch = "{dosing: {dlt: null}, endpoints: {primary: {dlt: null}}}"
    found = judged(derive, VisitHeld(happened="2026-04-01", visit="Day 28", **P), patch=patch)
    assert (found["DLTEVAL"], found["DLTFL"]) == ("not evaluable", None)
    assert found["DLTREASON"] == "the protocol does not define dose-limiting toxicity"
