"""Time to an event: from the protocol's anchor, to the event or to the last look.

CNSR is 0 for an event (CDISC), and the first day is day 1.
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from protocyte.derivation import derive_adtte
from protocyte.protocol.endpoint import TimeToEventEndpoint
from protocyte.record import Event
from protocyte.record.event import (
    Consented,
    Died,
    Enrolled,
    LeftTrial,
    Measured,
    MedicationTaken,
    ProcedureDone,
    Treated,
    VisitHeld,
)

P: dict[str, Any] = {
    "participant": "P1",
    "by": "site",
    "recorded": datetime(2027, 9, 1, tzinfo=UTC),
}
START = (
    Consented(happened="2026-01-01", **P),
    Enrolled(happened="2026-01-05", **P),
)
INFUSED = Treated(happened="2026-03-01", treatment="cells", category="CELL INFUSION", **P)
COLLECTED = ProcedureDone(happened="2026-01-10", procedure="Leukapheresis", **P)
NO_EVENT = "no event by the last assessment"


def judged(on: str, category: str) -> Measured:
    return Measured(
        happened=on, domain="RS", test="OVRLRESP", name="Overall response", text=category, **P
    )


def visit(on: str) -> VisitHeld:
    return VisitHeld(happened=on, visit=on, **P)


def therapy(on: str) -> MedicationTaken:
    return MedicationTaken(happened=on, drug="Other", category="NEW ANTICANCER THERAPY", **P)


def died(on: str) -> Died:
    return Died(happened=on, **P)


def time_to(
    derive: Any, *events: Event, infused: bool = True, **endpoint: Any
) -> tuple[int, int, str] | None:
    """AVAL, CNSR and EVNTDESC of the only participant; None if the clock has not started."""
    settings = {"measure": "time to event", "from": "infusion", "until_first": ["death"]}
    planned = TimeToEventEndpoint.model_validate(settings | endpoint)
    data = derive([*START, *([INFUSED] if infused else []), *events])
    frame = derive_adtte(
        "x",
        planned,
        record=data.record,
        adsl=data.adsl,
        adrs=data.adrs,
        responders=("CR", "CRi"),
    )
    rows: list[tuple[int, int, str]] = frame.select("AVAL", "CNSR", "EVNTDESC").rows()
    assert frame["PARAMCD"].to_list() == ["X"] * len(rows)
    return rows[0] if rows else None


FREE: dict[str, Any] = {"until_first": ["progression", "relapse", "death"]}


def test_death_is_the_event_of_survival(derive: Any) -> None:
    assert time_to(derive, died("2026-03-31")) == (31, 0, "death")


def test_a_death_on_the_first_day_has_lasted_for_one(derive: Any) -> None:
    assert time_to(derive, died("2026-03-01")) == (1, 0, "death")


def test_without_a_death_the_last_day_known_alive_ends_it(derive: Any) -> None:
    events = (visit("2026-05-29"), judged("2026-04-01", "NE"))
    assert time_to(derive, *events) == (90, 1, NO_EVENT)
    assert time_to(derive) == (1, 1, NO_EVENT)


def test_progression_is_known_to_be_absent_only_where_somebody_looked(derive: Any) -> None:
    assert time_to(derive, judged("2026-03-29", "CR"), visit("2026-05-29"), **FREE) == (
        29,
        1,
        NO_EVENT,
    )
    not_evaluable = (judged("2026-03-29", "CR"), judged("2026-04-30", "NE"))
    assert time_to(derive, *not_evaluable, **FREE) == (29, 1, NO_EVENT)
    assert time_to(derive, visit("2026-05-29"), **FREE) == (1, 1, NO_EVENT)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([judged("2026-03-29", "PD")], (29, 0, "progression")),
        ([judged("2026-03-29", "CR"), judged("2026-06-01", "RELAPSE")], (93, 0, "relapse")),
        ([judged("2026-03-29", "PD"), died("2026-03-20")], (20, 0, "death")),
        # Before the clock started it was another disease.
        ([judged("2026-02-01", "PD"), judged("2026-03-29", "CR")], (29, 1, NO_EVENT)),
    ],
)
def test_the_first_event_counts(
    derive: Any, events: list[Event], expected: tuple[int, int, str]
) -> None:
    assert time_to(derive, *events, **FREE) == expected


@pytest.mark.parametrize(
    ("kind", "stop"),
    [
        ("new therapy", therapy("2026-03-20")),
        (
            "transplant",
            ProcedureDone(
                happened="2026-03-20",
                procedure="Haematopoietic stem cell transplantation",
                **P,
            ),
        ),
        ("withdrawal", LeftTrial(happened="2026-03-20", reason="WITHDRAWAL BY SUBJECT", **P)),
        ("withdrawal", LeftTrial(happened="2026-03-20", reason="LOST TO FOLLOW-UP", **P)),
    ],
)
def test_an_intercurrent_event_ends_observation(derive: Any, kind: str, stop: Event) -> None:
    late = judged("2026-03-29", "PD")
    assert time_to(derive, stop, late, censor_at=[kind], **FREE) == (20, 2, kind)
    # An event before it, or on the same day, is an event.
    early = judged("2026-03-20", "PD")
    assert time_to(derive, stop, early, censor_at=[kind], **FREE) == (20, 0, "progression")
    # Where the protocol does not name it, it ends nothing.
    assert time_to(derive, stop, late, **FREE) == (29, 0, "progression")


def test_new_therapy_ends_observation_at_the_last_look_before_it(derive: Any) -> None:
    events = (judged("2026-03-29", "CR"), therapy("2026-05-01"))
    stop: dict[str, Any] = {"censor_at": ["new therapy"], **FREE}
    assert time_to(derive, *events, **stop) == (29, 2, "new therapy")
    later = judged("2026-05-29", "CR")
    assert time_to(derive, *events, later, **stop) == (29, 2, "new therapy")


def test_new_therapy_can_be_an_event(derive: Any) -> None:
    found = time_to(derive, therapy("2026-03-20"), until_first=["death", "new therapy"])
    assert found == (20, 0, "new therapy")


def test_from_leukapheresis_those_who_were_never_infused_count(derive: Any) -> None:
    events = (COLLECTED, died("2026-02-08"))
    assert time_to(derive, *events, infused=False, **{"from": "leukapheresis"}) == (30, 0, "death")
    assert time_to(derive, *events, infused=False) is None
    left = LeftTrial(happened="2026-01-29", reason="PRODUCT NOT MANUFACTURED", **P)
    found = time_to(derive, COLLECTED, left, infused=False, **{"from": "leukapheresis"})
    assert found == (20, 1, NO_EVENT)


DURATION: dict[str, Any] = {"from": "first response", **FREE}


def test_duration_of_response_begins_with_the_first_response(derive: Any) -> None:
    events = (
        judged("2026-03-29", "PR"),
        judged("2026-04-30", "CRi"),
        judged("2026-05-30", "CR"),
        judged("2026-08-01", "RELAPSE"),
    )
    assert time_to(derive, *events, **DURATION) == (94, 0, "relapse")


def test_duration_of_response_is_for_responders(derive: Any) -> None:
    assert time_to(derive, judged("2026-03-29", "PR"), **DURATION) is None
    assert time_to(derive, judged("2026-02-20", "CR"), **DURATION) is None
    assert time_to(derive, judged("2026-03-29", "CR"), **DURATION) == (1, 1, NO_EVENT)


def test_a_death_on_an_unknown_day_is_not_lost(derive: Any) -> None:
    assert time_to(derive, visit("2026-03-20"), died("2026-04")) == (32, 0, "death")
