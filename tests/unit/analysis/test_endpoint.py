"""Every endpoint of a small trial, counted by hand.

Four participants: A and B at level 1, C at level 2, D never infused. All dates from 1 March 2026.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from protocyte.analysis.endpoint import UNFIT, EndpointResult, estimate_endpoints
from protocyte.derivation import derive_analysis_data
from protocyte.protocol.checks.example import amend_example
from protocyte.protocol.parse import parse_protocol
from protocyte.record import About, Event, fold_events
from protocyte.record.event import (
    AdverseEventSeen,
    Consented,
    Died,
    Measured,
    Treated,
    VisitHeld,
)

DAY = date(2026, 3, 1)
PATCH = """
endpoints:
  primary:
    mtd: {measure: dose, finds: maximum tolerated dose}
    related: {measure: adverse events, until: 3 months, related: true}
    crs: {measure: adverse events, of: CRS, until: 30 days}
  secondary:
    alt: {measure: change, of: ECOG, at: [Month 3]}
    pfs: {measure: time to event, from: infusion, until_first: [progression, relapse, death]}
"""


def on(days: int) -> str:
    return (DAY + timedelta(days=days)).isoformat()


def told(name: str) -> dict[str, Any]:
    return {"participant": name, "by": "site", "recorded": datetime(2027, 9, 1, tzinfo=UTC)}


def harm(name: str, day: int, term: str, grade: int | None, **more: Any) -> Event:
    return AdverseEventSeen(
        happened=on(day),
        identifier=term,
        term=term,
        grade=grade,
        until=on(day + 2),
        **more,
        **told(name),
    )


def response(name: str, day: int, category: str) -> Event:
    return Measured(
        happened=on(day),
        domain="RS",
        test="OVRLRESP",
        name="Overall response",
        text=category,
        **told(name),
    )


def ecog(name: str, day: int, status: float, visit: str) -> Event:
    return Measured(
        happened=on(day),
        domain="RS",
        test="ECOG",
        name="ECOG performance status",
        number=status,
        visit=visit,
        **told(name),
    )


def cells(name: str, day: int, number: float | None) -> Event:
    return Measured(
        happened=on(day),
        domain="PC",
        test="CARTG",
        name="CAR transgene",
        number=number,
        text=None if number else "<50",
        unit="copies/ug",
        more={"PCLLOQ": 50.0},
        **told(name),
    )


CRS = "Cytokine release syndrome"
EVENTS: list[Event] = [
    *(Consented(happened=on(-30), **told(name)) for name in "ABCD"),
    *(
        Treated(
            happened=on(0),
            treatment="cells",
            category="CELL INFUSION",
            level=level,
            cohort=level,
            **told(name),
        )
        for name, level in (("A", 1), ("B", 1), ("C", 2))
    ),
    harm("A", 2, CRS, 1, related=True),
    harm("A", 20, "Nausea", 3, related=False),
    harm("B", -3, "Cough", 2, grade_before=2),
    harm("C", 3, CRS, 3, related=True),
    harm("C", 100, "Rash", 4, related=True),
    harm("D", 5, "Fall", 3),
    response("A", 28, "CR"),
    response("A", 89, "RELAPSE"),
    response("B", 28, "NR"),
    ecog("A", -6, 1, "Baseline"),
    ecog("A", 91, 0, "Month 3"),
    ecog("B", -6, 1, "Baseline"),
    ecog("B", 91, 2, "Month 3"),
    ecog("C", 91, 2, "Month 3"),
    *(cells(name, -6, None) for name in "ABC"),
    *(cells("A", day, number) for day, number in ((7, 100.0), (14, 400.0), (28, 60.0))),
    *(cells("B", day, number) for day, number in ((7, 900.0), (14, 300.0), (28, None))),
    *(cells("C", day, None) for day in (7, 14, 28)),
    Died(happened=on(59), **told("B")),
    VisitHeld(happened=on(200), visit="Month 6", **told("A")),
    VisitHeld(happened=on(120), visit="Month 3", **told("C")),
]


@pytest.fixture(scope="module")
def results() -> dict[str, EndpointResult]:
    plan = parse_protocol(amend_example(PATCH)).plan
    assert plan is not None
    record = fold_events(EVENTS, about=About("S"))
    return {one.name: one for one in estimate_endpoints(derive_analysis_data(record, plan))}


def counts(result: EndpointResult) -> dict[tuple[str, str], tuple[int | None, int]]:
    """(group, label) → events and participants."""
    return {(one.group, one.label): (one.estimate.events, one.estimate.n) for one in result.lines}


ONE, TWO = "Level 1: 1e6 cells/kg", "Level 2: 3e6 cells/kg"


def test_adverse_events_are_counted_by_infused_participants(
    results: dict[str, EndpointResult],
) -> None:
    # B's cough went on as it was, C's rash began after three months, D was never infused.
    assert counts(results["teae"]) == {
        ("all", "any grade"): (2, 3),
        (ONE, "any grade"): (1, 2),
        (TWO, "any grade"): (1, 1),
        ("all", "grade 3 or more"): (2, 3),
        (ONE, "grade 3 or more"): (1, 2),
        (TWO, "grade 3 or more"): (1, 1),
    }
    assert counts(results["related"])["all", "any grade"] == (2, 3)
    assert counts(results["related"])["all", "grade 3 or more"] == (1, 3)
    assert counts(results["crs"])["all", "any grade"] == (2, 3)


def test_what_was_not_recorded_is_neither_counted_nor_denied() -> None:
    plan = parse_protocol(amend_example(PATCH)).plan
    assert plan is not None
    unknown = [
        harm("B", 5, "Fever", None, related=True),
        harm("A", 6, "Rash", 3),
        harm("C", 7, "Fever", None),
    ]
    record = fold_events([*EVENTS, *unknown], about=About("S"))
    found = {one.name: one for one in estimate_endpoints(derive_analysis_data(record, plan))}
    assert counts(found["related"])["all", "any grade"] == (3, 3)
    severe = next(one for one in found["related"].lines if one.label == "grade 3 or more")
    # C has a severe related one anyhow; B's may be severe, A's may be related.
    assert (severe.estimate.events, severe.estimate.n) == (1, 3)
    assert severe.estimate.note == "2 more may count: grade or relation is not recorded"


def test_in_an_interim_look_an_open_window_does_not_count() -> None:
    plan = parse_protocol(amend_example(PATCH)).plan
    assert plan is not None
    record = fold_events(EVENTS, about=About("S"))

    def orr(day: int) -> tuple[tuple[int | None, int], str]:
        data = derive_analysis_data(record, plan, at=date.fromisoformat(on(day)))
        line = next(one for one in estimate_endpoints(data) if one.name == "orr").lines[0]
        return (line.estimate.events, line.estimate.n), line.estimate.note

    until = plan.endpoints.secondary["orr"].until  # type: ignore[union-attr]
    assert until is not None
    assert orr(30) == ((0, 0), "3 more whose window is still open")
    # B has died, and cannot respond any more.
    assert orr(60) == ((0, 1), "2 more whose window is still open")
    assert orr((until.after(DAY) - DAY).days) == ((1, 3), "")


def test_toxicity_is_counted_by_those_who_were_watched(results: dict[str, EndpointResult]) -> None:
    assert counts(results["dlt"]) == {
        ("all", "evaluable participants"): (1, 3),
        (ONE, "evaluable participants"): (0, 2),
        (TWO, "evaluable participants"): (1, 1),
    }


def test_the_dose_is_the_one_that_the_method_selects(results: dict[str, EndpointResult]) -> None:
    assert results["mtd"].lines == ()
    assert results["mtd"].statement.startswith("Level 1: 1e6 cells/kg. Dose 1 is selected.")


def test_response(results: dict[str, EndpointResult]) -> None:
    assert counts(results["orr"]) == {
        ("all", "response"): (1, 3),
        (ONE, "response"): (1, 2),
        (TWO, "response"): (0, 1),
    }


def test_change_is_of_those_who_have_a_baseline(results: dict[str, EndpointResult]) -> None:
    line = results["alt"].lines[0]
    assert (line.group, line.label) == ("all", "Month 3")
    estimate = line.estimate
    assert (estimate.n, estimate.value, estimate.lower, estimate.upper) == (2, 0.0, -1.0, 1.0)


def test_kinetics(results: dict[str, EndpointResult]) -> None:
    found = {(one.group, one.label): one.estimate for one in results["kinetics"].lines}
    peak = found["all", "Cmax"]
    # 400 and 900; C never grew and has no place on a logarithmic scale.
    assert peak.value == pytest.approx(600.0)
    assert (peak.n, peak.lower, peak.upper, peak.unit) == (2, 400.0, 900.0, "copies/ug")
    assert peak.note.endswith("1 without a value above 0 left out")
    assert found[TWO, "Cmax"].value is None
    assert (found["all", "Tmax"].value, found["all", "Tmax"].n) == (10.5, 2)
    assert found["all", "Tmax"].note == "1 without a value"


def test_times(results: dict[str, EndpointResult]) -> None:
    survival = results["os"].curves
    assert survival is not None
    assert set(survival) == {"all", ONE, TWO}
    assert (survival["all"].n, survival["all"].n_events) == (3, 1)
    free = results["pfs"].curves
    assert free is not None
    # A relapsed, B died, nobody looked at C's disease.
    assert (free["all"].n, free["all"].n_events) == (3, 2)
    labels = [(one.group, one.label) for one in results["os"].lines]
    assert labels[:2] == [("all", "median"), ("all", "at 12 months")]


def test_more_participants_at_a_dose_than_the_method_reckons_with() -> None:
    """Where nobody recorded cohorts, an expansion looks like dose finding: the rest is analysed."""
    mtd = "{measure: dose, finds: maximum tolerated dose}"
    patch = f"{{endpoints: {{primary: {{mtd: {mtd}}}}}, dosing: {{participants: 3}}}}"
    plan = parse_protocol(amend_example(patch)).plan
    assert plan is not None
    events: list[Event] = []
    for number in range(12):
        name = f"N{number:02d}"
        events += [
            Consented(happened=on(-30), **told(name)),
            Treated(
                happened=on(number),
                treatment="cells",
                category="CELL INFUSION",
                level=1,
                **told(name),
            ),
            VisitHeld(happened=on(90), visit="Month 3", **told(name)),
        ]
    data = derive_analysis_data(fold_events(events, about=About("S")), plan)
    found = {one.name: one for one in estimate_endpoints(data)}
    assert found["mtd"].statement.startswith(UNFIT)
    assert found["orr"].lines[0].estimate.n == 12


def test_one_level_is_not_repeated() -> None:
    plan = parse_protocol(amend_example(PATCH)).plan
    assert plan is not None
    events = [event for event in EVENTS if event.participant != "C"]
    data = derive_analysis_data(fold_events(events, about=About("S")), plan)
    groups = {line.group for one in estimate_endpoints(data) for line in one.lines}
    assert groups == {"all"}


def test_nobody_was_infused() -> None:
    plan = parse_protocol(amend_example(PATCH)).plan
    assert plan is not None
    record = fold_events([Consented(happened=on(0), **told("A"))], about=About("S"))
    found = {one.name: one for one in estimate_endpoints(derive_analysis_data(record, plan))}
    assert found["teae"].lines[0].estimate.value is None
    assert found["os"].lines == ()
    assert found["mtd"].statement.startswith("No dose is selected.")


def test_results_are_plain_data(results: dict[str, EndpointResult]) -> None:
    plain = results["orr"].as_dict()
    assert (plain["endpoint"], plain["rank"], plain["measure"]) == (
        "orr",
        "secondary",
        "response rate",
    )
    assert plain["estimates"][0]["group"] == "all"
    assert plain["estimates"][0]["value"] == pytest.approx(1 / 3)
