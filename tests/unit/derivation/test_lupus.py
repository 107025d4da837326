"""Lupus visits, and who reaches the state of an instrument: what is unknown stays unknown."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import polars as pl
import pytest

from protocyte.derivation import (
    derive_adsl,
    derive_lupus_visits,
    derive_responders,
)
from protocyte.protocol.endpoint import ResponderEndpoint
from protocyte.record import About, Event, Record, fold_events
from protocyte.record.event import Consented, Measured, MedicationTaken, Treated
from protocyte.standards.bilag_2004 import SYSTEMS
from protocyte.standards.sledai import WEIGHTS

P: dict[str, Any] = {
    "participant": "P1",
    "by": "site",
    "recorded": datetime(2027, 9, 1, tzinfo=UTC),
}
CONSENT = Consented(happened="2026-02-01", **P)
INFUSED = Treated(happened="2026-03-01", treatment="cells", category="CELL INFUSION", **P)
PATCH = """
endpoints: {secondary: null}
schedule:
  visits:
    - {name: Baseline, day: -6, does: [safety, SLEDAI, BILAG, PGA, medication, cell kinetics]}
    - {name: Day 28, day: 28, window: 3 days, does: [SLEDAI, BILAG, PGA, medication]}
    - {name: Month 3, after: 3 months, window: 7 days, does: [SLEDAI, BILAG, PGA, medication]}
    - {name: Month 6, after: 6 months, does: [SLEDAI, BILAG, PGA, medication]}
    - {name: Month 9, after: 9 months, does: [SLEDAI, BILAG, PGA]}
"""
DAYS = {
    "Baseline": "2026-02-23",
    "Day 28": "2026-03-29",
    "Month 3": "2026-06-01",
    "Month 6": "2026-09-01",
    "Month 9": "2026-12-01",
}
ACTIVE = ("arthritis", "rash", "low complement")


def asked(
    visit: str, category: str, question: str, *, on: str | None = None, **value: Any
) -> Event:
    return Measured(
        happened=on or DAYS[visit],
        domain="QS",
        test=question[:8],
        name=question,
        category=category,
        visit=visit,
        **P,
        **value,
    )


def assessed(
    visit: str,
    *,
    items: tuple[str, ...] = (),
    bilag: Mapping[str, str | None] | None = None,
    pga: float | None = 0.2,
    without: tuple[str, ...] = (),
    on: str | None = None,
    judged: Mapping[str, bool] | None = None,
) -> list[Event]:
    """All answers of a visit; `without` leaves items or instruments out."""
    events = [
        asked(visit, "SELENA-SLEDAI", item, text="PRESENT" if item in items else "ABSENT", on=on)
        for item in WEIGHTS
        if item not in without
    ]
    if "BILAG" not in without:
        letters = dict.fromkeys(SYSTEMS, "D") | dict(bilag or {})
        events += [
            asked(visit, "BILAG-2004", system, text=letter, on=on)
            for system, letter in letters.items()
            if letter is not None
        ]
    if "PGA" not in without:
        events.append(asked(visit, "PGA", "PGA", number=pga, on=on))
    answers = {
        "haemolytic anaemia": False,
        "gastrointestinal activity": False,
        "standard drugs tolerated": True,
        "investigational drug": False,
    } | dict(judged or {})
    events += [
        asked(visit, "LLDAS", question, text="Y" if answer else "N", on=on)
        for question, answer in answers.items()
        if question not in without
    ]
    return events


BEFORE = assessed("Baseline", items=ACTIVE, pga=2.0)


def drug(
    name: str,
    start: str,
    end: str | None = None,
    *,
    category: str = "GLUCOCORTICOID",
    **values: Any,
) -> Event:
    return MedicationTaken(happened=start, drug=name, until=end, category=category, **P, **values)


def visits(plan: Any, *events: Event) -> Any:
    protocol = plan(PATCH)
    record = fold_events([CONSENT, INFUSED, *events], about=About("S"))
    return derive_lupus_visits(record, protocol).get("P1", ())


def verdict(
    plan: Any,
    *events: Event,
    instrument: Literal["SRI-4", "DORIS", "drug-free DORIS", "LLDAS"] = "SRI-4",
    at: tuple[str, ...] = ("Month 3",),
    on: str = "2027-01-31",
    **settings: Any,
) -> list[tuple[Any, ...]]:
    """Visit, letter and status of each judged visit."""
    protocol = plan(PATCH)
    record = fold_events([CONSENT, INFUSED, *events], about=About("S"))
    endpoint = ResponderEndpoint(measure="responder", instrument=instrument, at=at, **settings)
    frame = derive_responders(
        endpoint,
        visits=derive_lupus_visits(record, protocol),
        adsl=derive_adsl(record, protocol),
        protocol=protocol,
        at=date.fromisoformat(on),
    )
    rows: list[tuple[Any, ...]] = frame.select("VISIT", "AVALC", "STATUS").rows()
    return rows


# ── the visits ───────────────────────────────────────────────────────────────
def test_a_visit_holds_what_was_asked(plan: Any) -> None:
    (visit,) = visits(plan, *BEFORE)
    assert (visit.visit, visit.on) == ("Baseline", date(2026, 2, 23))
    assert visit.sledai.total.points == 4 + 2 + 2
    assert visit.sledai.clinical.points == 4 + 2
    assert visit.pga == 2.0
    assert set(visit.bilag.values()) == {"D"}


def test_an_item_that_was_not_asked_leaves_the_score_open(plan: Any) -> None:
    (visit,) = visits(plan, *assessed("Baseline", items=ACTIVE, without=("seizure",)))
    assert visit.items["seizure"] is None
    assert visit.sledai.total.points is None


def test_a_planned_visit_may_take_two_days(plan: Any) -> None:
    first = assessed("Month 3", items=("rash",), without=("PGA",), on="2026-06-01")
    second = asked("Month 3", "PGA", "PGA", number=0.4, on="2026-06-03")
    (visit,) = visits(plan, *first, second)
    assert (visit.on, visit.pga, visit.sledai.total.points) == (date(2026, 6, 3), 0.4, 2)


def test_what_is_asked_outside_of_visits_stands_for_its_day(plan: Any) -> None:
    events = [
        Measured(
            happened=on,
            domain="QS",
            test="PGA",
            name="PGA",
            category="PGA",
            number=number,
            visit="Unscheduled",
            **P,
        )
        for on, number in (("2026-04-10", 1.0), ("2026-05-10", 2.0))
    ]
    assert [(visit.on.month, visit.pga) for visit in visits(plan, *events)] == [(4, 1.0), (5, 2.0)]


def test_a_letter_that_is_none_is_not_known(plan: Any) -> None:
    (visit,) = visits(plan, *assessed("Baseline", bilag={"renal": "b", "ophthalmic": "ND"}))
    assert visit.bilag["renal"] is None
    assert visit.bilag["ophthalmic"] is None


# ── drugs ────────────────────────────────────────────────────────────────────
DAILY: dict[str, Any] = {"unit": "mg/d", "frequency": "QD"}


@pytest.mark.parametrize(
    ("courses", "dose"),
    [
        ([], 0.0),
        ([drug("Prednisolone", "2026-02-01", dose=7.5, **DAILY)], 7.5),
        ([drug("prednisone", "2026-02-01", dose=5, unit="mg", frequency="QD")], 5.0),
        ([drug("Prednisolone", "2026-02-01", "2026-05-31", dose=7.5, **DAILY)], 0.0),
        ([drug("Prednisolone", "2026-06-02", dose=7.5, **DAILY)], 0.0),
        ([drug("Prednisolone", "2026-02-01", "2026-06-01", dose=7.5, **DAILY)], 7.5),
        (
            [
                drug("Prednisolone", "2026-02-01", dose=5, **DAILY),
                drug("Prednisone", "2026-02-01", dose=2.5, **DAILY),
            ],
            7.5,
        ),
        # Of a partial date the longest course that it may mean counts.
        ([drug("Prednisolone", "2026-02-01", "2026-05", dose=7.5, **DAILY)], 0.0),
        ([drug("Prednisolone", "2026-02-01", "2026-06", dose=7.5, **DAILY)], 7.5),
        ([drug("Prednisolone", "2026-06", dose=7.5, **DAILY)], 7.5),
        # What cannot be read as milligrams of prednisolone a day is not known.
        ([drug("Prednisolone", "2026-02-01")], None),
        ([drug("Prednisolone", "2026-02-01", dose=5, unit="mg", frequency="BID")], None),
        ([drug("Prednisolone", "2026-02-01", dose=5, unit="mg")], None),
        ([drug("Prednisolone", "2026-02-01", dose=0.1, unit="mg/kg")], None),
        ([drug("Methylprednisolone", "2026-02-01", dose=4, **DAILY)], None),
        ([drug("Hydroxychloroquine", "2026-02-01", category="ANTIMALARIAL")], 0.0),
    ],
)
def test_the_dose_of_glucocorticoid(plan: Any, courses: list[Event], dose: float | None) -> None:
    (visit,) = visits(plan, *assessed("Month 3"), *courses)
    assert visit.prednisolone == dose


def test_a_drug_that_was_asked_for_and_not_taken(plan: Any) -> None:
    taken = drug("Prednisolone", "2026-02-01", dose=7.5, **DAILY)
    record = fold_events([CONSENT, INFUSED, *assessed("Month 3"), taken], about=About("S"))
    courses = record["CM"].with_columns(pl.lit("N").alias("CMOCCUR"))
    record = Record(record.about, dict(record.tables) | {"CM": courses})
    (visit,) = derive_lupus_visits(record, plan(PATCH))["P1"]
    assert visit.prednisolone == 0.0


def test_medication_that_was_not_reviewed_is_not_known(plan: Any) -> None:
    (visit,) = visits(plan, *assessed("Month 9"))
    assert (visit.prednisolone, visit.lupus_drugs, visit.drugs_stable) == (None, None, None)


@pytest.mark.parametrize(
    ("start", "taken", "stable"),
    [
        ("2026-02-01", True, True),
        ("2026-05-01", True, False),
        ("2026-06-01", True, False),
        ("2026-06-02", False, True),
    ],
)
def test_drugs_are_stable_if_none_began_since_the_visit_before(
    plan: Any, start: str, taken: bool, stable: bool
) -> None:
    course = drug("Azathioprine", start, category="IMMUNOSUPPRESSANT")
    _, visit = visits(plan, *assessed("Day 28"), *assessed("Month 3"), course)
    assert (visit.lupus_drugs, visit.drugs_stable) == (taken, stable)


# ── who reaches the state ────────────────────────────────────────────────────
def test_a_response_against_baseline(plan: Any) -> None:
    assert verdict(plan, *BEFORE, *assessed("Month 3")) == [("Month 3", "Y", "assessed")]
    still = assessed("Month 3", items=ACTIVE)
    assert verdict(plan, *BEFORE, *still) == [("Month 3", "N", "assessed")]


def test_baseline_is_the_last_visit_on_or_before_the_infusion(plan: Any) -> None:
    quiet = assessed("Day 28", on="2026-03-01")
    assert verdict(plan, *BEFORE, *quiet, *assessed("Month 3"))[0][1] == "N"
    early = assessed("Day 28", on="2026-03-02")
    assert verdict(plan, *BEFORE, *early, *assessed("Month 3"))[0][1] == "Y"


def test_without_a_baseline_nobody_responds(plan: Any) -> None:
    assert verdict(plan, *assessed("Month 3"))[0][1:] == ("N", "assessed")
    assert verdict(plan, *assessed("Month 3"), missing="excluded")[0][1:] == (None, "assessed")


@pytest.mark.parametrize("part", ["arthritis", "BILAG", "PGA"])
def test_a_component_that_is_missing_is_what_the_policy_says(plan: Any, part: str) -> None:
    events = (*BEFORE, *assessed("Month 3", without=(part,)))
    assert verdict(plan, *events) == [("Month 3", "N", "assessed")]
    assert verdict(plan, *events, missing="excluded") == [("Month 3", None, "assessed")]


def test_a_visit_that_was_not_held(plan: Any) -> None:
    # Month 3 is 1 June; with its window it may be held until 8 June.
    assert verdict(plan, *BEFORE, on="2026-06-07") == [("Month 3", None, "not yet due")]
    assert verdict(plan, *BEFORE, on="2026-06-08") == [("Month 3", "N", "missing")]
    assert verdict(plan, *BEFORE, on="2026-06-08", missing="excluded") == [
        ("Month 3", None, "missing")
    ]


def test_a_visit_counts_from_the_day_on_which_it_is_held(plan: Any) -> None:
    held = assessed("Month 3", on="2026-06-03")
    assert verdict(plan, *BEFORE, *held, on="2026-06-02")[0][2] == "not yet due"
    assert verdict(plan, *BEFORE, *held, on="2026-06-03")[0][1] == "Y"


def test_those_who_were_not_infused_are_not_judged(plan: Any) -> None:
    protocol = plan(PATCH)
    record = fold_events([CONSENT, *BEFORE], about=About("S"))
    endpoint = ResponderEndpoint(measure="responder", instrument="SRI-4", at=("Month 3",))
    frame = derive_responders(
        endpoint,
        visits=derive_lupus_visits(record, protocol),
        adsl=derive_adsl(record, protocol),
        protocol=protocol,
        at=date(2027, 1, 31),
    )
    assert frame.height == 0


@pytest.mark.parametrize(
    ("held", "on", "together"),
    [
        (("Month 3", "Month 6"), "2027-01-31", ("all", "Y", "assessed")),
        (("Month 3",), "2027-01-31", ("all", "N", "assessed")),
        (("Month 3",), "2026-08-31", ("all", None, "not yet due")),
        ((), "2026-08-31", ("all", "N", "assessed")),
    ],
)
def test_a_state_that_must_be_kept(
    plan: Any, held: tuple[str, ...], on: str, together: tuple[Any, ...]
) -> None:
    events = [event for visit in held for event in assessed(visit)]
    found = verdict(plan, *BEFORE, *events, at=("Month 3", "Month 6"), maintained=True, on=on)
    assert found[-1] == together


@pytest.mark.parametrize(
    ("courses", "doris", "drug_free"),
    [
        ([], "Y", "Y"),
        ([drug("Prednisolone", "2026-02-01", dose=5, **DAILY)], "Y", "N"),
        ([drug("Prednisolone", "2026-02-01", dose=7.5, **DAILY)], "N", "N"),
        ([drug("Hydroxychloroquine", "2026-02-01", category="ANTIMALARIAL")], "Y", "N"),
        ([drug("Dexamethasone", "2026-02-01", dose=1, **DAILY)], "N", "N"),
    ],
)
def test_remission_with_and_without_drugs(
    plan: Any, courses: list[Event], doris: str, drug_free: str
) -> None:
    events = [*BEFORE, *assessed("Month 3", items=("low complement",)), *courses]
    assert verdict(plan, *events, instrument="DORIS")[0][1] == doris
    assert verdict(plan, *events, instrument="drug-free DORIS")[0][1] == drug_free


def test_a_dose_that_cannot_be_read_does_not_make_a_remission(plan: Any) -> None:
    course = drug("Dexamethasone", "2026-02-01", dose=1, **DAILY)
    events = [*BEFORE, *assessed("Month 3"), course]
    found = verdict(plan, *events, instrument="drug-free DORIS", missing="excluded")
    assert found[0][1] is None


QUIET = assessed("Day 28")


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (QUIET, assessed("Month 3"), "Y"),
        (QUIET, assessed("Month 3", items=("rash",)), "N"),
        (assessed("Day 28", items=("rash",)), assessed("Month 3", items=("rash",)), "Y"),
        (QUIET, assessed("Month 3", bilag={"renal": "B"}), "N"),
        (assessed("Day 28", bilag={"renal": "B"}), assessed("Month 3", bilag={"renal": "B"}), "Y"),
        (QUIET, assessed("Month 3", pga=1.1), "N"),
        (QUIET, assessed("Month 3", judged={"standard drugs tolerated": False}), "N"),
        # What would settle it is missing.
        (assessed("Day 28", without=("rash",)), assessed("Month 3", items=("rash",)), None),
        (QUIET, assessed("Month 3", bilag={"renal": None}), None),
        (QUIET, assessed("Month 3", without=("haemolytic anaemia",)), None),
        # Where BILAG is not made at all, new items of SLEDAI decide.
        (assessed("Day 28", without=("BILAG",)), assessed("Month 3", without=("BILAG",)), "Y"),
    ],
)
def test_low_disease_activity(
    plan: Any, before: list[Event], now: list[Event], expected: str | None
) -> None:
    found = verdict(plan, *before, *now, instrument="LLDAS", missing="excluded")
    assert found[0][1] == expected


def test_low_disease_activity_needs_an_assessment_before(plan: Any) -> None:
    found = verdict(plan, *assessed("Month 3"), instrument="LLDAS", missing="excluded")
    assert found[0][1] is None


def test_scores_and_change(derive: Any) -> None:
    data = derive([CONSENT, INFUSED, *BEFORE, *assessed("Month 3", items=("rash",))], patch=PATCH)
    found = {
        (row["PARAMCD"], row["VISIT"]): (row["AVAL"], row["CHG"])
        for row in data.adqs.iter_rows(named=True)
    }
    assert found["SLEDAI", "Month 3"] == (2.0, -6.0)
    assert found["CSLEDAI", "Baseline"] == (6.0, 0.0)
    assert found["PGA", "Month 3"] == (0.2, -1.8)
    assert found["PRED", "Month 3"] == (0.0, 0.0)


def test_a_schedule_that_counts_from_elsewhere(plan: Any) -> None:
    protocol = plan(PATCH)
    schedule = protocol.schedule.model_copy(update={"anchor": "consent"})
    protocol = protocol.model_copy(update={"schedule": schedule})
    record = fold_events([CONSENT, INFUSED], about=About("S"))
    endpoint = ResponderEndpoint(measure="responder", instrument="SRI-4", at=("Month 3",))
    due = date(2026, 5, 1) + timedelta(days=7)
    for on, status in ((due - timedelta(days=1), "not yet due"), (due, "missing")):
        frame = derive_responders(
            endpoint,
            visits={},
            adsl=derive_adsl(record, protocol),
            protocol=protocol,
            at=on,
        )
        assert frame["STATUS"].to_list() == [status]
